//! Sine and cosine: reduction to a quadrant and fdlibm's polynomials.

use std::f64::consts::{FRAC_2_PI, FRAC_PI_4};

use super::high_word;

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
