//! `x ** y` by fdlibm's method with V8's last step: log₂ and 2ˣ in double-double.

use std::f64::consts::LN_2;

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
