//! Ranges of integers, and what operations make of them.
//!
//! A range says: an integer from `lo` to `hi`, exactly representable, never −0 and
//! never NaN. What is not known to be that is `ANY`.

use raya_bytecode::Op;

/// Largest magnitude at which doubles count by ones.
const EXACT: i64 = 1 << 53;
/// Longest array: the runtime refuses longer ones.
pub const MAX_LENGTH: i64 = (1 << 30) - 1;

/// Ends that growing ranges are widened to.
pub const STEPS: &[i64] = &[
    -EXACT,
    i32::MIN as i64,
    -1,
    0,
    1,
    255,
    MAX_LENGTH,
    i32::MAX as i64,
    EXACT,
];

/// A range.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// Least value.
    pub lo: i64,
    /// Greatest value.
    pub hi: i64,
}

impl Range {
    /// No value: not reached yet.
    pub const EMPTY: Range = Range { lo: 1, hi: 0 };
    /// Any double.
    pub const ANY: Range = Range {
        lo: i64::MIN,
        hi: i64::MAX,
    };
    /// Any 32-bit integer.
    pub const I32: Range = Range {
        lo: i32::MIN as i64,
        hi: i32::MAX as i64,
    };
    /// A length.
    pub const LENGTH: Range = Range {
        lo: 0,
        hi: MAX_LENGTH,
    };

    /// From `lo` to `hi`; `ANY` beyond what doubles represent exactly.
    pub fn new(lo: i64, hi: i64) -> Range {
        if lo < -EXACT || hi > EXACT {
            return Range::ANY;
        }
        Range { lo, hi }
    }

    /// One value.
    pub fn of(value: f64) -> Range {
        let int = value as i64;
        let integral = (int as f64).to_bits() == value.to_bits();
        if integral && magnitude(int) <= EXACT {
            Range { lo: int, hi: int }
        } else {
            Range::ANY
        }
    }

    /// Whether there is no value.
    pub fn is_empty(self) -> bool {
        self.lo > self.hi
    }

    /// Whether nothing is known.
    pub fn is_any(self) -> bool {
        self == Range::ANY
    }

    /// Whether all values are 32-bit integers.
    pub fn fits_i32(self) -> bool {
        self.lo >= Range::I32.lo && self.hi <= Range::I32.hi
    }

    /// The only value.
    pub fn single(self) -> Option<i64> {
        (self.lo == self.hi).then_some(self.lo)
    }

    /// Values of either.
    pub fn join(self, other: Range) -> Range {
        if self.is_empty() {
            return other;
        }
        if other.is_empty() {
            return self;
        }
        Range {
            lo: self.lo.min(other.lo),
            hi: self.hi.max(other.hi),
        }
    }

    /// Values of both.
    pub fn meet(self, other: Range) -> Range {
        if self.is_any() {
            return self;
        }
        let lo = self.lo.max(other.lo);
        let hi = self.hi.min(other.hi);
        if lo > hi {
            Range::EMPTY
        } else {
            Range { lo, hi }
        }
    }

    /// A range that contains `grown` and will not grow much more often: its ends lie
    /// on `steps`, which are sorted.
    pub fn widen(self, grown: Range, steps: &[i64]) -> Range {
        if grown.is_any() || self.is_empty() {
            return grown;
        }
        let hi = if grown.hi > self.hi {
            steps.iter().copied().find(|&t| t >= grown.hi)
        } else {
            Some(grown.hi)
        };
        let lo = if grown.lo < self.lo {
            steps.iter().rev().copied().find(|&t| t <= grown.lo)
        } else {
            Some(grown.lo)
        };
        match (lo, hi) {
            (Some(lo), Some(hi)) => Range { lo, hi },
            _ => Range::ANY,
        }
    }

    fn known(self) -> Option<Range> {
        (!self.is_any()).then_some(self)
    }
}

/// The range of a binary operation's result on doubles or on ints.
pub fn binary(op: Op, a: Range, b: Range) -> Range {
    if a.is_empty() || b.is_empty() {
        return Range::EMPTY;
    }
    let double = matches!(
        op,
        Op::AddF64
            | Op::SubF64
            | Op::MulF64
            | Op::ModF64
            | Op::MinF64
            | Op::MaxF64
            | Op::DivF64
            | Op::PowF64
    );
    if !double {
        return int_binary(op, a, b);
    }
    let (Some(a), Some(b)) = (a.known(), b.known()) else {
        return Range::ANY;
    };
    match op {
        Op::AddF64 => Range::new(a.lo + b.lo, a.hi + b.hi),
        Op::SubF64 => Range::new(a.lo - b.hi, a.hi - b.lo),
        Op::MulF64 if !may_make_negative_zero(a, b) => product(a, b),
        Op::ModF64 => remainder(a, b),
        Op::MinF64 => Range::new(a.lo.min(b.lo), a.hi.min(b.hi)),
        Op::MaxF64 => Range::new(a.lo.max(b.lo), a.hi.max(b.hi)),
        _ => Range::ANY,
    }
}

fn may_make_negative_zero(a: Range, b: Range) -> bool {
    let has_zero = |r: Range| r.lo <= 0 && r.hi >= 0;
    has_zero(a) && b.lo < 0 || has_zero(b) && a.lo < 0
}

fn product(a: Range, b: Range) -> Range {
    let corners = [
        a.lo.checked_mul(b.lo),
        a.lo.checked_mul(b.hi),
        a.hi.checked_mul(b.lo),
        a.hi.checked_mul(b.hi),
    ];
    let mut out = Range::EMPTY;
    for corner in corners {
        let Some(v) = corner else { return Range::ANY };
        out = out.join(Range { lo: v, hi: v });
    }
    Range::new(out.lo, out.hi)
}

/// The absolute value of a bound, which may be an end of what is open.
fn magnitude(bound: i64) -> i64 {
    bound.saturating_abs()
}

/// A negative dividend could give −0, a zero divisor NaN.
fn remainder(a: Range, b: Range) -> Range {
    if a.lo < 0 || b.lo <= 0 && b.hi >= 0 {
        return Range::ANY;
    }
    let largest = magnitude(b.lo).max(magnitude(b.hi)) - 1;
    Range::new(0, a.hi.min(largest))
}

/// `floor(a / b)` and `trunc(a / b)` of non-negative integers.
pub fn quotient(a: Range, b: Range) -> Range {
    let (Some(a), Some(b)) = (a.known(), b.known()) else {
        return Range::ANY;
    };
    if a.is_empty() || b.is_empty() {
        return Range::EMPTY;
    }
    if a.lo < 0 || b.lo < 1 || !a.fits_i32() || !b.fits_i32() {
        return Range::ANY;
    }
    Range::new(a.lo / b.hi, a.hi / b.lo)
}

fn wrapped(r: Range) -> Range {
    if r.fits_i32() { r } else { Range::I32 }
}

fn int_binary(op: Op, a: Range, b: Range) -> Range {
    let (a, b) = (wrapped(a), wrapped(b));
    match op {
        Op::AddI32 => wrapped(Range::new(a.lo + b.lo, a.hi + b.hi)),
        Op::SubI32 => wrapped(Range::new(a.lo - b.hi, a.hi - b.lo)),
        Op::MulI32 => wrapped(product(a, b)),
        Op::AndI32 => match (a.lo >= 0, b.lo >= 0) {
            (true, true) => Range::new(0, a.hi.min(b.hi)),
            (true, false) => Range::new(0, a.hi),
            (false, true) => Range::new(0, b.hi),
            _ => Range::I32,
        },
        Op::OrI32 | Op::XorI32 if a.lo >= 0 && b.lo >= 0 => {
            let bits = 64 - (a.hi.max(b.hi) as u64).leading_zeros();
            Range::new(0, (1i64 << bits) - 1)
        }
        Op::ShrI32 => match b.single() {
            Some(s) => Range::new(a.lo >> (s & 31), a.hi >> (s & 31)),
            None if a.lo >= 0 => Range::new(0, a.hi),
            None => Range::I32,
        },
        Op::ShlI32 => match b.single() {
            Some(s) => wrapped(Range::new(a.lo << (s & 31), a.hi << (s & 31))),
            None => Range::I32,
        },
        Op::UshrF64 => match b.single() {
            Some(s) if a.lo >= 0 => Range::new(a.lo >> (s & 31), a.hi >> (s & 31)),
            Some(s) => Range::new(0, (1i64 << (32 - (s & 31))) - 1),
            None if a.lo >= 0 => Range::new(0, a.hi),
            None => Range::new(0, u32::MAX.into()),
        },
        Op::DivI32 if a.lo >= 0 && b.lo > 0 => Range::new(a.lo / b.hi, a.hi / b.lo),
        Op::ModI32 if a.lo >= 0 => {
            let largest = (magnitude(b.lo).max(magnitude(b.hi)) - 1).max(0);
            Range::new(0, a.hi.min(largest))
        }
        _ => Range::I32,
    }
}

/// The range of a unary operation's result.
pub fn unary(op: Op, a: Range) -> Range {
    if a.is_empty() {
        return Range::EMPTY;
    }
    match op {
        Op::Mov | Op::I32ToF64 | Op::FloorF64 | Op::CeilF64 | Op::TruncF64 => a,
        Op::F64ToI32Wrap | Op::F64ToIndex | Op::F64ToI32 => wrapped(a),
        Op::NegF64 if !a.is_any() && (a.lo > 0 || a.hi < 0) => {
            Range::new(a.hi.saturating_neg(), a.lo.saturating_neg())
        }
        Op::AbsF64 if !a.is_any() => {
            let least = if a.lo <= 0 && a.hi >= 0 {
                0
            } else {
                magnitude(a.lo).min(magnitude(a.hi))
            };
            Range::new(least, magnitude(a.lo).max(magnitude(a.hi)))
        }
        Op::NegI32 => wrapped(Range::new(-wrapped(a).hi, -wrapped(a).lo)),
        Op::NotI32 => Range::new(-wrapped(a).hi - 1, -wrapped(a).lo - 1),
        _ => Range::ANY,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn r(lo: i64, hi: i64) -> Range {
        Range::new(lo, hi)
    }

    #[test]
    fn negative_zero_is_no_integer() {
        assert_eq!(Range::of(-0.0), Range::ANY);
        assert_eq!(binary(Op::MulF64, r(0, 3), r(-2, 2)), Range::ANY);
        assert_eq!(binary(Op::MulF64, r(-3, 3), r(1, 2)), r(-6, 6));
        assert_eq!(binary(Op::ModF64, r(-1, 5), r(3, 3)), Range::ANY);
        assert_eq!(unary(Op::NegF64, r(0, 5)), Range::ANY);
        assert_eq!(unary(Op::NegF64, r(1, 5)), r(-5, -1));
    }

    #[test]
    fn growth_ends() {
        let mut known = r(0, 0);
        for i in 1..20 {
            known = known.widen(
                known.join(r(0, known.hi.saturating_add(i).min(EXACT))),
                STEPS,
            );
        }
        assert!(known.hi <= EXACT);
        assert_eq!(binary(Op::AddF64, r(0, EXACT), r(1, 1)), Range::ANY);
    }

    #[test]
    fn int_operations_wrap() {
        let max = i64::from(i32::MAX);
        assert_eq!(binary(Op::AddI32, r(0, max), r(1, 1)), Range::I32);
        assert_eq!(binary(Op::AndI32, Range::I32, r(0, 255)), r(0, 255));
        assert_eq!(binary(Op::UshrF64, Range::I32, r(1, 1)), r(0, max));
    }
}
