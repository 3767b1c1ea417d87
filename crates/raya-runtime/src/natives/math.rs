//! `Math`: see [`crate::math`] for what the functions compute.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::math;
use crate::mem::array::{Array, Elements};

macro_rules! functions {
    ($($name:ident = $f:path;)*) => {$(
        #[doc = concat!("See [`", stringify!($f), "`].")]
        pub fn $name(_: &mut Ctx, x: f64) -> R<f64> {
            Ok($f(x))
        }
    )*};
}

functions! {
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
    math_cbrt = math::cbrt;
    math_round = math::round;
    math_sign = math::sign;
}

/// `Math.atan2`.
pub fn math_atan2(_: &mut Ctx, y: f64, x: f64) -> R<f64> {
    Ok(libm::atan2(y, x))
}

/// `Math.fround`.
pub fn math_fround(_: &mut Ctx, x: f64) -> R<f64> {
    Ok(f64::from(x as f32))
}

/// `Math.clz32`.
pub fn math_clz32(_: &mut Ctx, x: f64) -> R<f64> {
    Ok(math::to_int32(x).leading_zeros().into())
}

/// `Math.imul`.
pub fn math_imul(_: &mut Ctx, a: f64, b: f64) -> R<f64> {
    Ok(math::to_int32(a).wrapping_mul(math::to_int32(b)).into())
}

/// `Math.hypot`.
pub fn math_hypot(_: &mut Ctx, xs: Array) -> R<f64> {
    Ok(math::hypot(&numbers(xs)))
}

/// `Math.random`.
pub fn math_random(ctx: &mut Ctx) -> R<f64> {
    Ok(ctx.engine().host.borrow_mut().random.next_f64())
}

/// `Math.max` of any number of arguments.
pub fn math_max(_: &mut Ctx, xs: Array) -> R<f64> {
    Ok(numbers(xs).into_iter().fold(f64::NEG_INFINITY, math::max))
}

/// `Math.min` of any number of arguments.
pub fn math_min(_: &mut Ctx, xs: Array) -> R<f64> {
    Ok(numbers(xs).into_iter().fold(f64::INFINITY, math::min))
}

/// The elements of a `number[]`, whatever its storage is; NaN for what is no number.
fn numbers(xs: Array) -> Vec<f64> {
    match xs.storage().elements() {
        Elements::F64(xs) => xs.to_vec(),
        Elements::I32(xs) => xs.iter().map(|&x| x.into()).collect(),
        Elements::Bool(xs) => xs.iter().map(|&x| x.into()).collect(),
        Elements::Word(xs) => xs.iter().map(|v| v.as_f64().unwrap_or(f64::NAN)).collect(),
    }
}
