//! Numbers: formatting with digits and radix, parsing, tests.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::math;
use crate::mem::string::{Str, Units, with_units};
use crate::mem::value::Value;
use crate::text::{number_format, number_parse};

/// Checks a digits argument, truncated, against what a method allows.
fn digits(ctx: &mut Ctx, x: f64, least: i32, what: &str) -> R<usize> {
    let n = x.trunc();
    let n = if n.is_nan() { 0.0 } else { n };
    if n < f64::from(least) || n > 100.0 {
        return Err(ctx.range_error(&format!("{what} must be between {least} and 100")));
    }
    Ok(n as usize)
}

/// `x.toFixed(digits)`.
pub fn number_to_fixed(ctx: &mut Ctx, x: f64, places: f64) -> R<Str> {
    let places = digits(ctx, places, 0, "toFixed() digits argument")?;
    Str::from_text(ctx, &number_format::to_fixed(x, places))
}

/// `x.toPrecision(digits)`; NaN digits: as `toString`.
pub fn number_to_precision(ctx: &mut Ctx, x: f64, precision: f64) -> R<Str> {
    if precision.is_nan() || !x.is_finite() {
        return number_text(ctx, x);
    }
    let precision = digits(ctx, precision, 1, "toPrecision() argument")?;
    Str::from_text(ctx, &number_format::to_precision(x, precision))
}

/// `x.toExponential(digits)`; NaN digits: as many as needed.
pub fn number_to_exponential(ctx: &mut Ctx, x: f64, places: f64) -> R<Str> {
    if !x.is_finite() {
        return number_text(ctx, x);
    }
    let places = if places.is_nan() {
        None
    } else {
        Some(digits(ctx, places, 0, "toExponential() argument")?)
    };
    Str::from_text(ctx, &number_format::to_exponential(x, places))
}

/// `x.toString(radix)`.
pub fn number_to_string(ctx: &mut Ctx, x: f64, radix: f64) -> R<Str> {
    let radix = radix.trunc();
    if radix == 10.0 {
        return number_text(ctx, x);
    }
    if !(2.0..=36.0).contains(&radix) {
        return Err(ctx.range_error("toString() radix argument must be between 2 and 36"));
    }
    Str::from_text(ctx, &number_format::to_radix(x, radix as u32))
}

/// The shortest text of a number.
fn number_text(ctx: &mut Ctx, x: f64) -> R<Str> {
    ctx.number_string(x)
}

/// Calls `f` with the contents of `s` as text.
fn with_text<T>(ctx: &mut Ctx, s: Str, f: impl FnOnce(&str) -> T) -> T {
    with_units(ctx, s, |units| {
        if let Units::Latin1(bytes) = units
            && bytes.is_ascii()
            && let Ok(text) = std::str::from_utf8(bytes)
        {
            return f(text);
        }
        f(&units.to_text())
    })
}

/// `parseInt(s, radix)`; radix 0: by the prefix.
pub fn number_parse_int(ctx: &mut Ctx, s: Str, radix: f64) -> R<f64> {
    let radix = math::to_int32(radix);
    Ok(with_text(ctx, s, |t| number_parse::parse_int(t, radix)))
}

/// `parseFloat(s)`.
pub fn number_parse_float(ctx: &mut Ctx, s: Str) -> R<f64> {
    Ok(with_text(ctx, s, number_parse::parse_float))
}

/// `Number.isInteger(v)`.
pub fn number_is_integer(_: &mut Ctx, v: Value) -> R<bool> {
    Ok(v.as_f64().is_some_and(|x| x.is_finite() && x.trunc() == x))
}

/// `Number.isSafeInteger(v)`.
pub fn number_is_safe_integer(_: &mut Ctx, v: Value) -> R<bool> {
    const LARGEST: f64 = 9_007_199_254_740_991.0;
    let safe = |x: f64| x.trunc() == x && x.abs() <= LARGEST;
    Ok(v.as_f64().is_some_and(safe))
}

/// `isFinite(x)`.
pub fn number_is_finite(_: &mut Ctx, x: f64) -> R<bool> {
    Ok(x.is_finite())
}

/// `isNaN(x)`.
pub fn number_is_nan(_: &mut Ctx, x: f64) -> R<bool> {
    Ok(x.is_nan())
}

/// `Number(v)`.
pub fn number_of(ctx: &mut Ctx, v: Value) -> R<f64> {
    ctx.to_number(v)
}

/// `int(v)`.
pub fn int_of(ctx: &mut Ctx, v: Value) -> R<i32> {
    let x = ctx.to_number(v)?;
    ctx.to_int(x)
}
