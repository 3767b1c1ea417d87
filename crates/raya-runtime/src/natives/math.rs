//! Natives of `Math`.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::math;
use crate::mem::array::{Array, Elements};
use crate::mem::value::Value;

/// Functions of one number.
macro_rules! unary {
    ($($name:ident = $f:expr;)*) => {$(
        pub fn $name(_: &mut Ctx, x: f64) -> R<f64> {
            let f: fn(f64) -> f64 = $f;
            Ok(f(x))
        }
    )*};
}

unary! {
    math_sin = math::sin;
    math_cos = math::cos;
    math_tan = libm::tan;
    math_asin = libm::asin;
    math_acos = libm::acos;
    math_atan = libm::atan;
    math_sinh = math::sinh;
    math_cosh = math::cosh;
    math_tanh = math::tanh;
    math_asinh = math::asinh;
    math_acosh = math::acosh;
    math_atanh = libm::atanh;
    math_exp = math::exp;
    math_expm1 = libm::expm1;
    math_log = math::log;
    math_log1p = libm::log1p;
    math_log2 = libm::log2;
    math_log10 = math::log10;
    math_cbrt = libm::cbrt;
    math_round = math::round;
    math_sign = math::sign;
    math_fround = |x| f64::from(x as f32);
    math_clz32 = |x| f64::from((math::to_int32(x) as u32).leading_zeros());
}

pub fn math_atan2(_: &mut Ctx, y: f64, x: f64) -> R<f64> {
    Ok(libm::atan2(y, x))
}

pub fn math_imul(_: &mut Ctx, a: f64, b: f64) -> R<f64> {
    Ok(math::to_int32(a).wrapping_mul(math::to_int32(b)).into())
}

/// The elements as doubles: numbers are stored so, others are converted.
fn with_doubles<T>(xs: Array, f: impl FnOnce(&[f64]) -> T) -> T {
    match xs.storage().elements() {
        Elements::F64(slice) => f(slice),
        _ => {
            let converted = (0..xs.len()).map(|i| xs.get(i).and_then(Value::as_f64));
            let all: Vec<f64> = converted.map(|x| x.unwrap_or(f64::NAN)).collect();
            f(&all)
        }
    }
}

pub fn math_hypot(_: &mut Ctx, xs: Array) -> R<f64> {
    Ok(with_doubles(xs, math::hypot))
}

pub fn math_max(_: &mut Ctx, xs: Array) -> R<f64> {
    let all = |xs: &[f64]| xs.iter().copied().fold(f64::NEG_INFINITY, math::max);
    Ok(with_doubles(xs, all))
}

pub fn math_min(_: &mut Ctx, xs: Array) -> R<f64> {
    let all = |xs: &[f64]| xs.iter().copied().fold(f64::INFINITY, math::min);
    Ok(with_doubles(xs, all))
}

pub fn math_random(ctx: &mut Ctx) -> R<f64> {
    Ok(ctx.engine().host.borrow_mut().random.next_f64())
}
