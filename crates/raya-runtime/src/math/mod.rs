//! Mathematics on doubles with JavaScript's results: pure functions, no values.
//!
//! Programs print what these return, so the last bit matters. V8 computes with the
//! classic fdlibm algorithms; the `libm` crate descends from the same source, and where
//! the two went apart the function is written here by fdlibm's formula.
//!
//! Invariant: a function here gives what Node 20 gives, edge cases included; the rare
//! difference in a last bit is confined to `log1p` and very large angles.

mod logarithm;
mod power;
mod trigonometry;

pub use logarithm::{acosh, asinh, cosh, exp, log, log10, sinh, tanh};
pub use power::pow;
pub use trigonometry::{cos, sin};

/// `Math.round`: halves towards positive infinity.
#[inline]
pub fn round(x: f64) -> f64 {
    let floor = x.floor();
    if x - floor >= 0.5 {
        // Halfway below zero rounds to −0.
        (floor + 1.0).copysign(x)
    } else {
        floor.copysign(x)
    }
}

/// `Math.sign`: keeps NaN and the sign of zero.
pub fn sign(x: f64) -> f64 {
    if x > 0.0 {
        1.0
    } else if x < 0.0 {
        -1.0
    } else {
        x
    }
}

/// The 32-bit integer that bit operators see (ECMA-262 `ToInt32`).
#[inline]
pub fn to_int32(x: f64) -> i32 {
    let near = x as i64;
    if near as f64 == x && near != i64::MAX {
        return near as i32;
    }
    if !x.is_finite() {
        return 0;
    }
    let modulus = x.trunc() % 4_294_967_296.0;
    modulus as i64 as i32
}

/// `Math.max` of two: NaN wins, 0 is larger than −0.
#[inline]
pub fn max(a: f64, b: f64) -> f64 {
    if a > b || a.is_nan() || (a == b && b.is_sign_negative()) {
        a
    } else {
        b
    }
}

/// `Math.min` of two: NaN wins, −0 is smaller than 0.
#[inline]
pub fn min(a: f64, b: f64) -> f64 {
    if a < b || a.is_nan() || (a == b && a.is_sign_negative()) {
        a
    } else {
        b
    }
}

/// `x % y`: the remainder of truncated division, with the sign of `x`.
#[inline]
pub fn rem(x: f64, y: f64) -> f64 {
    /// Integral doubles below this magnitude are what they are as 64-bit integers, and so
    /// are their remainders.
    const EXACT: f64 = 9_223_372_036_854_775_808.0;
    let (a, b) = (x as i64, y as i64);
    let whole = a as f64 == x && b as f64 == y && x.abs() < EXACT && y.abs() < EXACT;
    if whole && b != 0 {
        // C's function takes many times as long.
        return ((a % b) as f64).copysign(x);
    }
    x % y
}

/// `Math.hypot`: scaled by the largest, summed with compensation.
pub fn hypot(xs: &[f64]) -> f64 {
    if xs.iter().any(|x| x.is_infinite()) {
        return f64::INFINITY;
    }
    if xs.iter().any(|x| x.is_nan()) {
        return f64::NAN;
    }
    let largest = xs.iter().fold(0.0, |m: f64, x| m.max(x.abs()));
    if largest == 0.0 {
        return 0.0;
    }
    let (mut sum, mut lost) = (0.0, 0.0);
    for x in xs {
        let n = x.abs() / largest;
        let term = n * n - lost;
        let next = sum + term;
        lost = (next - sum) - term;
        sum = next;
    }
    sum.sqrt() * largest
}

/// `Math.cbrt`.
pub fn cbrt(x: f64) -> f64 {
    const P: [f64; 5] = [
        1.875_951_824_271_77,
        -1.884_979_795_433_771_7,
        1.621_429_720_105_354_5,
        -7.583_979_347_787_66e-1,
        1.459_961_928_866_124_5e-1,
    ];
    if !x.is_normal() {
        return libm::cbrt(x);
    }
    // A third of the exponent, to five bits; a polynomial gives 23, one step of Newton all.
    let estimate = (high_word(x) / 3 + 715_094_163) as u64;
    let t = f64::from_bits(estimate << 32).copysign(x);
    let r = (t * t) * (t / x);
    let t = t * ((P[0] + r * (P[1] + r * P[2])) + ((r * r) * r) * (P[3] + r * P[4]));
    let t = f64::from_bits((t.to_bits() + 0x8000_0000) & 0xFFFF_FFFF_C000_0000);
    let s = t * t;
    let r = x / s;
    let w = t + t;
    let r = (r - t) / (w + r);
    t + t * r
}

/// The upper half of |x|'s bits.
fn high_word(x: f64) -> u32 {
    (x.abs().to_bits() >> 32) as u32
}

#[cfg(test)]
#[allow(clippy::approx_constant)] // results are written as Node prints them
mod tests {
    use super::*;

    type Function = fn(f64) -> f64;

    #[test]
    fn powers_as_in_node() {
        let cases = [
            (5.0, -4.0, 0.0015999999999999999),
            (10.0, -5.0, 0.000009999999999999999),
            (1.1, 10.0, 2.5937424601000023),
            (411.8245840072632, 7.0, 2009027487850353400.0),
            (0.5067353248596191, 0.08132004737854004, 0.9462214558849366),
            (-1.3, 3.0, -2.197),
            (2.0, 1023.0, 8.98846567431158e307),
            (2.0, -1074.0, 5e-324),
            (4.0, 0.5, 2.0),
            (7.0, -0.5, 0.37796447300922725),
            (0.0, -1.0, f64::INFINITY),
            (-0.0, -3.0, f64::NEG_INFINITY),
            (f64::NAN, 0.0, 1.0),
        ];
        for (x, y, want) in cases {
            assert_eq!(pow(x, y).to_bits(), f64::to_bits(want), "{x} ** {y}");
        }
        for (x, y) in [
            (1.0, f64::NAN),
            (1.0, f64::INFINITY),
            (-1.0, f64::NEG_INFINITY),
            (-8.0, 1.0 / 3.0),
        ] {
            assert!(pow(x, y).is_nan(), "{x} ** {y}");
        }
    }

    #[test]
    fn functions_as_in_node() {
        let cases: &[(Function, f64, f64)] = &[
            (sin, 1.0, 0.8414709848078965),
            (sin, -0.6814000010490417, -0.629881010066829),
            (sin, 1000.0, 0.8268795405320025),
            (sin, 1e15, 0.8582727931702359),
            (cos, 1.0, 0.5403023058681398),
            (cos, 1e5, -0.9993608074382124),
            (log, 10.0, 2.302585092994046),
            (log, 0.1, -2.3025850929940455),
            (log, 0.0, f64::NEG_INFINITY),
            (log10, 1000.0, 3.0),
            (log10, 2.0, 0.3010299956639812),
            (exp, 1.0, std::f64::consts::E),
            (exp, -1.5, 0.22313016014842982),
            (sinh, 1.0, 1.1752011936438014),
            (cosh, 1.0, 1.5430806348152437),
            (tanh, 0.5, 0.46211715726000974),
            (asinh, 1.0, 0.881373587019543),
            (acosh, 2.0, 1.3169578969248166),
        ];
        for (i, (f, x, want)) in cases.iter().enumerate() {
            assert_eq!(f(*x).to_bits(), want.to_bits(), "case {i}: {x}");
        }
    }

    #[test]
    fn rounding_and_extremes() {
        let cases = [
            (2.5, 3.0),
            (-2.5, -2.0),
            (-0.5, -0.0),
            (0.49999999999999994, 0.0),
            (-0.2, -0.0),
            (4503599627370497.5, 4503599627370498.0),
            (9007199254740991.0, 9007199254740991.0),
            (-0.0, -0.0),
        ];
        for (x, want) in cases {
            assert_eq!(round(x).to_bits(), f64::to_bits(want), "{x}");
        }
        assert!(round(f64::NAN).is_nan() && round(f64::INFINITY).is_infinite());
        assert!(max(f64::NAN, 1.0).is_nan() && min(1.0, f64::NAN).is_nan());
        assert_eq!(max(-0.0, 0.0).to_bits(), 0);
        assert!(min(0.0, -0.0).is_sign_negative());
        assert_eq!(hypot(&[3.0, 4.0]), 5.0);
        assert_eq!(hypot(&[]), 0.0);
        assert_eq!(hypot(&[f64::NAN, f64::INFINITY]), f64::INFINITY);
    }

    #[test]
    fn remainders_of_integers_are_those_of_doubles() {
        let xs = [
            0.0,
            -0.0,
            1.0,
            -1.0,
            2.0,
            3.0,
            -7.0,
            10.5,
            1e15,
            -1e15,
            9e15,
            1e16,
            1e300,
            9_007_199_254_740_992.0,
            -9_223_372_036_854_775_808.0,
            f64::NAN,
            f64::INFINITY,
        ];
        for x in xs {
            for y in xs {
                let (got, want) = (rem(x, y), x % y);
                let same = got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan();
                assert!(same, "{x} % {y} gave {got}");
            }
        }
    }
}
