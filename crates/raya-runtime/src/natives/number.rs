//! Natives of numbers.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::text::{number_format, number_parse};

/// A digit count in `low..=100`, or the `RangeError` of the method.
fn digits(ctx: &mut Ctx, n: f64, low: f64, what: &str) -> R<usize> {
    let n = if n.is_nan() { 0.0 } else { n.trunc() };
    if (low..=100.0).contains(&n) {
        return Ok(n as usize);
    }
    let message = format!("{what} must be between {low} and 100");
    Err(ctx.range_error(&message))
}

pub fn number_to_fixed(ctx: &mut Ctx, x: f64, n: f64) -> R<Str> {
    let n = digits(ctx, n, 0.0, "toFixed() digits argument")?;
    Str::from_text(ctx, &number_format::to_fixed(x, n))
}

pub fn number_to_precision(ctx: &mut Ctx, x: f64, n: f64) -> R<Str> {
    if n.is_nan() || !x.is_finite() {
        return ctx.number_string(x);
    }
    let n = digits(ctx, n, 1.0, "toPrecision() argument")?;
    Str::from_text(ctx, &number_format::to_precision(x, n))
}

pub fn number_to_exponential(ctx: &mut Ctx, x: f64, n: f64) -> R<Str> {
    if !x.is_finite() {
        return ctx.number_string(x);
    }
    let n = if n.is_nan() {
        None
    } else {
        Some(digits(ctx, n, 0.0, "toExponential() argument")?)
    };
    Str::from_text(ctx, &number_format::to_exponential(x, n))
}

pub fn number_to_string(ctx: &mut Ctx, x: f64, radix: f64) -> R<Str> {
    let radix = radix.trunc();
    if !(2.0..=36.0).contains(&radix) {
        return Err(ctx.range_error("toString() radix must be between 2 and 36"));
    }
    if radix == 10.0 || !x.is_finite() {
        return ctx.number_string(x);
    }
    Str::from_text(ctx, &number_format::to_radix(x, radix as u32))
}

pub fn number_parse_int(ctx: &mut Ctx, s: Str, radix: f64) -> R<f64> {
    let text = s.to_text(ctx);
    let radix = crate::operators::to_int32(radix);
    Ok(number_parse::parse_int(&text, radix))
}

pub fn number_parse_float(ctx: &mut Ctx, s: Str) -> R<f64> {
    let text = s.to_text(ctx);
    Ok(number_parse::parse_float(&text))
}

pub fn number_is_integer(_: &mut Ctx, v: Value) -> R<bool> {
    Ok(v.as_f64()
        .is_some_and(|x| x.is_finite() && x.fract() == 0.0))
}

pub fn number_is_safe_integer(_: &mut Ctx, v: Value) -> R<bool> {
    let safe = |x: f64| x.fract() == 0.0 && x.abs() <= 9_007_199_254_740_991.0;
    Ok(v.as_f64().is_some_and(safe))
}

pub fn number_is_finite(_: &mut Ctx, x: f64) -> R<bool> {
    Ok(x.is_finite())
}

pub fn number_is_nan(_: &mut Ctx, x: f64) -> R<bool> {
    Ok(x.is_nan())
}

pub fn number_of(ctx: &mut Ctx, v: Value) -> R<f64> {
    ctx.to_number(v)
}

pub fn int_of(ctx: &mut Ctx, v: Value) -> R<i32> {
    let x = ctx.to_number(v)?;
    ctx.to_int(x)
}
