//! Looking for a value among the elements of an array, by `===` or SameValueZero.
//!
//! The value is turned once into what equal elements look like in the array's own
//! representation; the pass over them then compares machine words, in blocks without a
//! branch inside. Only strings and bound methods are compared one by one.

use crate::casts::as_exact_int;
use crate::ctx::Ctx;
use crate::mem::array::Elements;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::TypeKind;

/// Elements compared between two looks at the result.
const BLOCK: usize = 16;

/// Which way to look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// From the first element.
    Forward,
    /// From the last.
    Backward,
}

/// What equality means for NaN.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Equality {
    /// `===`: it equals nothing.
    Strict,
    /// It equals itself.
    SameValueZero,
}

impl<'a> Elements<'a> {
    /// A range, which must lie inside.
    pub fn range(self, from: usize, to: usize) -> Elements<'a> {
        match self {
            Elements::F64(xs) => Elements::F64(&xs[from..to]),
            Elements::I32(xs) => Elements::I32(&xs[from..to]),
            Elements::Bool(xs) => Elements::Bool(&xs[from..to]),
            Elements::Word(xs) => Elements::Word(&xs[from..to]),
        }
    }
}

/// What words that equal a value look like.
enum Pattern {
    /// One of these three words.
    Bits([u64; 3]),
    /// A string with these contents.
    Text(Str),
    /// An object that may equal others.
    Object(Value),
    /// None does.
    Nothing,
}

/// Index of the first (or last) of `elements` that equals `v`.
pub fn find(
    ctx: &mut Ctx,
    elements: Elements<'_>,
    v: Value,
    equality: Equality,
    direction: Direction,
) -> Option<usize> {
    match elements {
        Elements::F64(xs) => {
            let x = v.as_f64()?;
            if x.is_nan() {
                let wanted = equality == Equality::SameValueZero;
                return wanted.then(|| position(xs, direction, f64::is_nan))?;
            }
            position(xs, direction, |y| y == x)
        }
        Elements::I32(xs) => {
            // −0 equals 0.
            let x = as_exact_int(v.as_f64()? + 0.0)?;
            position(xs, direction, |y| y == x)
        }
        Elements::Bool(xs) => {
            let b = u8::from(v.as_bool()?);
            position(xs, direction, |y| y == b)
        }
        Elements::Word(xs) => match pattern(ctx, v, equality) {
            Pattern::Nothing => None,
            Pattern::Bits([a, b, c]) => {
                position(xs, direction, |y| (y.0 == a) | (y.0 == b) | (y.0 == c))
            }
            Pattern::Text(text) => scan(xs, direction, |y| {
                y == v || ctx.as_str(y).is_some_and(|s| s.equals(ctx, text))
            }),
            Pattern::Object(v) => scan(xs, direction, |y| ctx.strict_equals(y, v)),
        },
    }
}

fn pattern(ctx: &Ctx, v: Value, equality: Equality) -> Pattern {
    if let Some(x) = v.as_f64() {
        if x.is_nan() {
            return match equality {
                Equality::SameValueZero => Pattern::Bits([v.0; 3]),
                Equality::Strict => Pattern::Nothing,
            };
        }
        let double = Value::number(x).0;
        // Both zeros are equal, and so are a double and an int.
        let zero = if x == 0.0 {
            Value::number(-x).0
        } else {
            double
        };
        let int = as_exact_int(x + 0.0).map_or(double, |n| Value::int(n).0);
        return Pattern::Bits([double, zero, int]);
    }
    match ctx.kind_of(v) {
        TypeKind::String => Str::from_value(v).map_or(Pattern::Nothing, Pattern::Text),
        TypeKind::BoundMethod | TypeKind::NativeFunction => Pattern::Object(v),
        _ => Pattern::Bits([v.0; 3]),
    }
}

/// Index of the first or last element that `hit` accepts; `hit` has no branches, so that a
/// block is a few vector instructions.
#[inline(always)]
fn position<T: Copy>(xs: &[T], direction: Direction, hit: impl Fn(T) -> bool) -> Option<usize> {
    let any = |block: &[T]| block.iter().fold(false, |any, &x| any | hit(x));
    match direction {
        Direction::Forward => {
            let blocks = xs.chunks_exact(BLOCK);
            let start = BLOCK * blocks.take_while(|block| !any(block)).count();
            let at = xs[start..].iter().position(|&x| hit(x))?;
            Some(start + at)
        }
        Direction::Backward => {
            let blocks = xs.rchunks_exact(BLOCK);
            let end = xs.len() - BLOCK * blocks.take_while(|block| !any(block)).count();
            xs[..end].iter().rposition(|&x| hit(x))
        }
    }
}

/// The same where looking at an element costs more than a comparison.
fn scan(xs: &[Value], direction: Direction, mut hit: impl FnMut(Value) -> bool) -> Option<usize> {
    match direction {
        Direction::Forward => xs.iter().position(|&x| hit(x)),
        Direction::Backward => xs.iter().rposition(|&x| hit(x)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_make_no_difference() {
        for len in [0, 1, 15, 16, 17, 40, 64] {
            let xs: Vec<i32> = (0..len).collect();
            for wanted in -1..=len {
                let there = (0..len).contains(&wanted).then_some(wanted as usize);
                for direction in [Direction::Forward, Direction::Backward] {
                    assert_eq!(position(&xs, direction, |x| x == wanted), there);
                }
            }
            let ends = (len > 0).then(|| (0, len as usize - 1));
            assert_eq!(
                position(&xs, Direction::Forward, |_| true),
                ends.map(|e| e.0)
            );
            assert_eq!(
                position(&xs, Direction::Backward, |_| true),
                ends.map(|e| e.1)
            );
        }
    }
}
