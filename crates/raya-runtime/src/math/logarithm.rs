//! Logarithms, the exponential function and the hyperbolic functions made of them.

use std::f64::consts::{E, LN_2, LOG10_E};

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
