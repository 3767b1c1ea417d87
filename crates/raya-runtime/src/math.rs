//! Mathematics on doubles with JavaScript's results: pure functions, no values.
//!
//! Programs print what these return, so the last bit matters. V8 computes with the
//! classic fdlibm algorithms; the `libm` crate descends from the same source, and where
//! the two went apart the function is written here by fdlibm's formula.
//!
//! Invariant: a function here gives what Node 20 gives, edge cases included; the rare
//! difference in a last bit is confined to `log1p` and very large angles.

use std::f64::consts::{E, FRAC_2_PI, FRAC_PI_4, LN_2, LOG10_E};

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

/// `x ** y`: unlike C's, 1 to the power of NaN or infinity is NaN.
pub fn pow(x: f64, y: f64) -> f64 {
    if y.is_nan() || (x.abs() == 1.0 && y.is_infinite()) {
        return f64::NAN;
    }
    if y == 2.0 {
        return x * x;
    }
    let whole = y.trunc() == y;
    let ordinary = x.is_normal()
        && y != 0.0
        && y.abs() != 1.0
        && y != 0.5
        && y.abs() < 2_147_483_648.0
        && (x > 0.0 || whole);
    // Where the result may leave the normal range, libm rounds it with care.
    if !ordinary || x.abs() == 1.0 || (x.abs().log2() * y).abs() > 1020.0 {
        return libm::pow(x, y);
    }
    let power = positive_power(x.abs(), y);
    if x < 0.0 && y % 2.0 != 0.0 {
        -power
    } else {
        power
    }
}

/// The double with its lower half cleared: products of two such are exact.
fn upper_half(x: f64) -> f64 {
    f64::from_bits(x.to_bits() & 0xFFFF_FFFF_0000_0000)
}

/// `x ** y` for positive normal `x`, `y` other than 0 and ±1, and a normal result.
fn positive_power(x: f64, y: f64) -> f64 {
    let (t1, t2) = log2_parts(x);
    let y1 = upper_half(y);
    let low = (y - y1) * t1 + y * t2;
    exp2_of_sum(y1 * t1, low)
}

/// log₂ of a positive normal number as a sum: 20 bits, and the rest.
fn log2_parts(x: f64) -> (f64, f64) {
    const L: [f64; 6] = [
        5.999_999_999_999_946e-1,
        4.285_714_285_785_502e-1,
        3.333_333_298_183_774_3e-1,
        2.727_281_238_085_34e-1,
        2.306_607_457_755_617_5e-1,
        2.069_750_178_003_384_2e-1,
    ];
    /// log₂ 1.5.
    const LOG_1_5: (f64, f64) = (5.849_624_872_207_642e-1, 1.350_039_202_129_749e-8);
    /// 2 ⁄ (3 ln 2): all of it, and in two parts.
    const CP: f64 = 9.617_966_939_259_756e-1;
    const CP_PARTS: (f64, f64) = (9.617_967_009_544_373e-1, -7.028_461_650_952_758e-9);
    let high = (x.to_bits() >> 32) as u32;
    let mantissa = high & 0x000F_FFFF;
    let mut n = (high >> 20) as i32 - 1023;
    let mut scaled_high = mantissa | 0x3FF0_0000;
    // Mantissas around 1.5 are measured from there, those close to 2 from the next 1.
    let from_1_5 = (0x0003_988F..0x000B_B67A).contains(&mantissa);
    if mantissa >= 0x000B_B67A {
        n += 1;
        scaled_high -= 0x0010_0000;
    }
    let scaled = f64::from_bits(u64::from(scaled_high) << 32 | x.to_bits() & 0xFFFF_FFFF);
    let (center, (log_high, log_low)) = if from_1_5 {
        (1.5, LOG_1_5)
    } else {
        (1.0, (0.0, 0.0))
    };
    let u = scaled - center;
    let v = 1.0 / (scaled + center);
    let s = u * v;
    let s_high = upper_half(s);
    let sum_bits = ((scaled_high >> 1) | 0x2000_0000) + 0x0008_0000 + (u32::from(from_1_5) << 18);
    let sum_high = f64::from_bits(u64::from(sum_bits) << 32);
    let sum_low = scaled - (sum_high - center);
    let s_low = v * ((u - s_high * sum_high) - s_high * sum_low);
    let s2 = s * s;
    let series = L[0] + s2 * (L[1] + s2 * (L[2] + s2 * (L[3] + s2 * (L[4] + s2 * L[5]))));
    let r = s2 * s2 * series + s_low * (s_high + s);
    let s2 = s_high * s_high;
    let t_high = upper_half(3.0 + s2 + r);
    let t_low = r - ((t_high - 3.0) - s2);
    let u = s_high * t_high;
    let v = s_low * t_high + t_low * s;
    let p_high = upper_half(u + v);
    let p_low = v - (p_high - u);
    let z_high = CP_PARTS.0 * p_high;
    let z_low = CP_PARTS.1 * p_high + p_low * CP + log_low;
    let t = f64::from(n);
    let t1 = upper_half(((z_high + z_low) + log_high) + t);
    (t1, z_low - (((t1 - t) - log_high) - z_high))
}

/// 2 to the power of a sum, whose second part is small.
fn exp2_of_sum(mut high: f64, low: f64) -> f64 {
    const P: [f64; 5] = [
        1.666_666_666_666_660_2e-1,
        -2.777_777_777_701_559_3e-3,
        6.613_756_321_437_934e-5,
        -1.653_390_220_546_525_2e-6,
        4.138_136_797_057_238_5e-8,
    ];
    const LN2_SPLIT: (f64, f64) = (6.931_471_824_645_996e-1, -1.904_654_299_957_768e-9);
    let n = (high + low).round();
    high -= n;
    let t = upper_half(low + high);
    let u = t * LN2_SPLIT.0;
    let v = (low - (t - high)) * LN_2 + t * LN2_SPLIT.1;
    let z = u + v;
    let w = v - (z - u);
    let t = z * z;
    let t1 = z - t * (P[0] + t * (P[1] + t * (P[2] + t * (P[3] + t * P[4]))));
    // V8 divides by all of it, where fdlibm subtracts the correction afterwards.
    let r = (z * t1) / ((t1 - 2.0) - (w + z * w));
    let mantissa = 1.0 - (r - z);
    f64::from_bits(mantissa.to_bits().wrapping_add((n as i64 as u64) << 52))
}

/// `x % y`: the remainder of truncated division, with the sign of `x`.
#[inline]
pub fn rem(x: f64, y: f64) -> f64 {
    /// Integers below this magnitude are exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
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

/// Cosine of `x + tail` for |x| ≤ π/4.
fn kernel_cos(x: f64, tail: f64) -> f64 {
    const C: [f64; 6] = [
        4.166_666_666_666_66e-2,
        -1.388_888_888_887_411e-3,
        2.480_158_728_947_673e-5,
        -2.755_731_435_139_066e-7,
        2.087_572_321_298_175e-9,
        -1.135_964_755_778_819_5e-11,
    ];
    let magnitude = high_word(x);
    if magnitude < 0x3E40_0000 {
        return 1.0;
    }
    let z = x * x;
    let r = z * (C[0] + z * (C[1] + z * (C[2] + z * (C[3] + z * (C[4] + z * C[5])))));
    let low = z * r - x * tail;
    if magnitude < 0x3FD3_3333 {
        return 1.0 - (0.5 * z - low);
    }
    // A quarter of x, roughly: subtracting it first loses no bits.
    let quarter = if magnitude > 0x3FE9_0000 {
        0.28125
    } else {
        f64::from_bits(u64::from(magnitude - 0x0020_0000) << 32)
    };
    (1.0 - quarter) - ((0.5 * z - quarter) - low)
}

/// Sine of `x + tail` for |x| ≤ π/4.
fn kernel_sin(x: f64, tail: f64) -> f64 {
    const S: [f64; 6] = [
        -1.666_666_666_666_663_2e-1,
        8.333_333_333_322_49e-3,
        -1.984_126_982_985_795e-4,
        2.755_731_370_707_006_8e-6,
        -2.505_076_025_340_686_3e-8,
        1.589_690_995_211_55e-10,
    ];
    if high_word(x) < 0x3E40_0000 {
        return x;
    }
    let z = x * x;
    let v = z * x;
    let r = S[1] + z * (S[2] + z * (S[3] + z * (S[4] + z * S[5])));
    if tail == 0.0 {
        return x + v * (S[0] + z * r);
    }
    x - ((z * (0.5 * tail - v * r) - tail) - v * S[0])
}

/// The upper half of |x|'s bits.
fn high_word(x: f64) -> u32 {
    (x.abs().to_bits() >> 32) as u32
}

/// The quadrant of `x` and its distance from that multiple of π/2 as a sum of two;
/// none when `x` is too large for the reduction in three steps.
fn reduce(x: f64) -> Option<(u32, f64, f64)> {
    /// π/2 in parts of 33 bits, each with what is left after it.
    const PARTS: [(f64, f64); 3] = [
        (1.570_796_326_734_125_6, 6.077_100_506_506_192e-11),
        (6.077_100_506_303_966e-11, 2.022_266_248_795_950_6e-21),
        (2.022_266_248_711_166_5e-21, 8.478_427_660_368_9e-32),
    ];
    if x.abs() > 500_000.0 {
        return None;
    }
    let n = (x.abs() * FRAC_2_PI + 0.5).floor();
    let mut r = x.abs() - n * PARTS[0].0;
    let mut w = n * PARTS[0].1;
    for (limit, (part, rest)) in [16, 49].into_iter().zip(PARTS.into_iter().skip(1)) {
        // Where subtracting cancelled more bits than this part covers, the next is needed.
        let lost = (high_word(x) >> 20) as i32 - (high_word(r - w) >> 20) as i32;
        if lost <= limit {
            break;
        }
        let before = r;
        w = n * part;
        r = before - w;
        w = n * rest - ((before - r) - w);
    }
    let y = r - w;
    let tail = (r - y) - w;
    let quadrant = n as u32 & 3;
    Some(if x < 0.0 {
        (quadrant.wrapping_neg() & 3, -y, -tail)
    } else {
        (quadrant, y, tail)
    })
}

/// `Math.sin`.
pub fn sin(x: f64) -> f64 {
    if x.abs() <= FRAC_PI_4 {
        return kernel_sin(x, 0.0);
    }
    match reduce(x) {
        Some((0, y, tail)) => kernel_sin(y, tail),
        Some((1, y, tail)) => kernel_cos(y, tail),
        Some((2, y, tail)) => -kernel_sin(y, tail),
        Some((_, y, tail)) => -kernel_cos(y, tail),
        None => libm::sin(x),
    }
}

/// `Math.cos`.
pub fn cos(x: f64) -> f64 {
    if x.abs() <= FRAC_PI_4 {
        return kernel_cos(x, 0.0);
    }
    match reduce(x) {
        Some((0, y, tail)) => kernel_cos(y, tail),
        Some((1, y, tail)) => -kernel_sin(y, tail),
        Some((2, y, tail)) => -kernel_cos(y, tail),
        Some((_, y, tail)) => kernel_sin(y, tail),
        None => libm::cos(x),
    }
}

/// ln 2, whose upper part has trailing zeros so that multiples of it are exact.
const LN2_PARTS: (f64, f64) = (6.931_471_803_691_238e-1, 1.908_214_929_270_587_7e-10);

/// `Math.log`.
pub fn log(x: f64) -> f64 {
    const L: [f64; 7] = [
        6.666_666_666_666_735e-1,
        3.999_999_999_940_942e-1,
        2.857_142_874_366_239e-1,
        2.222_219_843_214_978_4e-1,
        1.818_357_216_161_805e-1,
        1.531_383_769_920_937_3e-1,
        1.479_819_860_511_658_6e-1,
    ];
    if !(x.is_normal() && x > 0.0) {
        return libm::log(x);
    }
    let bits = x.to_bits();
    let high = (bits >> 32) as u32;
    let mantissa = high & 0x000F_FFFF;
    let mut k = (high >> 20) as i32 - 1023;
    // Halve mantissas from √2 on, so that 1 + f lies around one.
    let i = (mantissa + 0x0009_5F64) & 0x0010_0000;
    k += (i >> 20) as i32;
    let scaled = u64::from(mantissa | (i ^ 0x3FF0_0000)) << 32 | bits & 0xFFFF_FFFF;
    let f = f64::from_bits(scaled) - 1.0;
    let dk = f64::from(k);
    let (ln2_high, ln2_low) = LN2_PARTS;
    if (0x000F_FFFF & (2 + mantissa)) < 3 {
        if f == 0.0 {
            return dk * ln2_high + dk * ln2_low;
        }
        let r = f * f * (0.5 - f / 3.0);
        return if k == 0 {
            f - r
        } else {
            dk * ln2_high - ((r - dk * ln2_low) - f)
        };
    }
    let s = f / (2.0 + f);
    let z = s * s;
    let w = z * z;
    let even = w * (L[1] + w * (L[3] + w * L[5]));
    let odd = z * (L[0] + w * (L[2] + w * (L[4] + w * L[6])));
    let r = odd + even;
    let middle =
        (mantissa.wrapping_sub(0x0006_147A) | 0x0006_B851u32.wrapping_sub(mantissa)) as i32;
    if middle > 0 {
        let half = 0.5 * f * f;
        if k == 0 {
            f - (half - s * (half + r))
        } else {
            dk * ln2_high - ((half - (s * (half + r) + dk * ln2_low)) - f)
        }
    } else if k == 0 {
        f - s * (f - r)
    } else {
        dk * ln2_high - ((s * (f - r) - dk * ln2_low) - f)
    }
}

/// `Math.log10`.
pub fn log10(x: f64) -> f64 {
    const LOG10_2: (f64, f64) = (3.010_299_956_636_117_7e-1, 3.694_239_077_158_931e-13);

    if !(x.is_normal() && x > 0.0) {
        return libm::log10(x);
    }
    let exponent = (x.to_bits() >> 52) as i32 - 1023;
    // One more for negative exponents keeps the rest below one.
    let below = i32::from(exponent < 0);
    let rest = f64::from_bits(x.to_bits() & 0x000F_FFFF_FFFF_FFFF | ((0x3FF - below) as u64) << 52);
    let y = f64::from(exponent + below);
    let z = y * LOG10_2.1 + LOG10_E * log(rest);
    z + y * LOG10_2.0
}

/// `Math.exp`.
pub fn exp(x: f64) -> f64 {
    if x == 1.0 { E } else { libm::exp(x) }
}

/// From here on `exp` overflows, though half of it does not.
const EXP_OVERFLOW: f64 = 709.782_712_893_384;
/// The largest argument that hyperbolic functions take apart.
const HYPERBOLIC_LARGE: f64 = 22.0;

/// `Math.sinh`.
pub fn sinh(x: f64) -> f64 {
    let a = x.abs();
    let half = 0.5f64.copysign(x);
    if !x.is_finite() || a < 3.725_290_298_461_914e-9 {
        return x;
    }
    if a < HYPERBOLIC_LARGE {
        let t = libm::expm1(a);
        return if a < 1.0 {
            half * (2.0 * t - t * t / (t + 1.0))
        } else {
            half * (t + t / (t + 1.0))
        };
    }
    if a < EXP_OVERFLOW {
        return half * exp(a);
    }
    let w = exp(0.5 * a);
    half * w * w
}

/// `Math.cosh`.
pub fn cosh(x: f64) -> f64 {
    let a = x.abs();
    if a < 0.5 * LN_2 {
        let t = libm::expm1(a);
        let w = 1.0 + t;
        return if a < 2.775_557_561_562_891_4e-17 {
            w
        } else {
            1.0 + t * t / (w + w)
        };
    }
    if a < HYPERBOLIC_LARGE {
        let t = exp(a);
        return 0.5 * t + 0.5 / t;
    }
    if a < EXP_OVERFLOW {
        return 0.5 * exp(a);
    }
    let w = exp(0.5 * a);
    0.5 * w * w
}

/// `Math.tanh`.
pub fn tanh(x: f64) -> f64 {
    let a = x.abs();
    if x.is_nan() || a < 3.725_290_298_461_914e-9 {
        return x;
    }
    let z = if a >= HYPERBOLIC_LARGE {
        1.0
    } else if a >= 1.0 {
        1.0 - 2.0 / (libm::expm1(2.0 * a) + 2.0)
    } else {
        let t = libm::expm1(-2.0 * a);
        -t / (t + 2.0)
    };
    z.copysign(x)
}

/// Above this, adding one to the square changes nothing.
const SQUARE_LARGE: f64 = 268_435_456.0;

/// `Math.asinh`.
pub fn asinh(x: f64) -> f64 {
    let a = x.abs();
    if !x.is_finite() || a < 3.725_290_298_461_914e-9 {
        return x;
    }
    let w = if a > SQUARE_LARGE {
        log(a) + LN_2
    } else if a > 2.0 {
        log(2.0 * a + 1.0 / ((x * x + 1.0).sqrt() + a))
    } else {
        let t = x * x;
        libm::log1p(a + t / (1.0 + (1.0 + t).sqrt()))
    };
    w.copysign(x)
}

/// `Math.acosh`.
pub fn acosh(x: f64) -> f64 {
    if x.is_nan() || x < 1.0 {
        f64::NAN
    } else if x > SQUARE_LARGE {
        log(x) + LN_2
    } else if x > 2.0 {
        let t = x * x;
        log(2.0 * x - 1.0 / (x + (t - 1.0).sqrt()))
    } else {
        let t = x - 1.0;
        libm::log1p(t + (2.0 * t + t * t).sqrt())
    }
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
