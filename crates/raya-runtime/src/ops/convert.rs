//! Conversions, numbers, comparisons, strings.

use crate::abi::R;
use crate::casts::as_exact_int;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::mem::slots::Slots;
use crate::mem::string::{Str, with_units};
use crate::mem::value::Value;
use crate::operators::{power, remainder, to_int32};

/// The string in a register that is declared as one.
fn string_in(ctx: &Ctx, v: Value) -> Str {
    debug_assert!(ctx.as_str(v).is_some());
    v.known_string()
}

/// `int(x)`.
pub fn f64_to_i32(ctx: &mut Ctx, x: f64) -> R<i32> {
    ctx.to_int(x)
}

/// ToInt32.
pub fn f64_to_i32_wrap(_: &mut Ctx, x: f64) -> R<i32> {
    Ok(to_int32(x))
}

/// An array index from a number.
pub fn f64_to_index(ctx: &mut Ctx, x: f64) -> R<i32> {
    ctx.index_of_number(x)
}

/// A double out of a word.
pub fn unbox_f64(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<f64> {
    match v.as_f64() {
        Some(x) if ty.immediates.get() & crate::desc::imm::NUMBER != 0 => Ok(x),
        _ => {
            let v = ctx.check(v, ty)?;
            Ok(v.as_f64().unwrap_or(f64::NAN))
        }
    }
}

/// An int out of a word.
pub fn unbox_i32(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<i32> {
    if let Some(n) = v.as_int() {
        return Ok(n);
    }
    match v.as_number().and_then(as_exact_int) {
        Some(n) => Ok(n),
        None => Err(ctx.mismatch(v, ty)),
    }
}

/// A boolean out of a word.
pub fn unbox_bool(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<bool> {
    match v.as_bool() {
        Some(b) if ctx.matches(v, ty) => Ok(b),
        _ => Err(ctx.mismatch(v, ty)),
    }
}

/// Checked cast out of `any`; pins.
pub fn check_type(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<Value> {
    if ctx.always_holds(v, ty) {
        return Ok(v);
    }
    ctx.check(v, ty)
}

/// The `as` operator.
pub fn cast(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<Value> {
    ctx.cast(v, ty)
}

/// Verifies what flow analysis claims.
pub fn narrow(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<Value> {
    if ctx.always_holds(v, ty) || ctx.narrows(v, ty) {
        return Ok(v);
    }
    ctx.check(v, ty)
}

/// Descriptor test.
pub fn instance_of(ctx: &mut Ctx, v: Value, ty: DescRef) -> R<bool> {
    Ok(ctx.matches(v, ty))
}

/// `instanceof` a class object.
pub fn instance_of_any(ctx: &mut Ctx, v: Value, class: Value) -> R<bool> {
    match ctx.as_class(class) {
        Some(class) => Ok(ctx.is_instance(v, class)),
        None => Err(ctx.type_error("Right-hand side of 'instanceof' is not a class")),
    }
}

/// ToString of a number.
pub fn f64_to_str(ctx: &mut Ctx, x: f64) -> R<Value> {
    Ok(ctx.number_string(x)?.value())
}

/// ToString of an int.
pub fn i32_to_str(ctx: &mut Ctx, x: i32) -> R<Value> {
    Ok(ctx.number_string(x.into())?.value())
}

/// ToString through the `str` slot.
pub fn to_str(ctx: &mut Ctx, v: Value) -> R<Value> {
    Ok(ctx.to_str(v)?.value())
}

/// `Number(v)`.
pub fn to_number(ctx: &mut Ctx, v: Value) -> R<f64> {
    ctx.to_number(v)
}

/// Truth.
pub fn truthy(ctx: &mut Ctx, v: Value) -> R<bool> {
    ctx.truth(v)
}

/// `typeof`.
pub fn type_of(ctx: &mut Ctx, v: Value) -> R<Value> {
    ctx.type_of_value(v)
}

/// `a % b`.
pub fn mod_f64(_: &mut Ctx, a: f64, b: f64) -> R<f64> {
    Ok(remainder(a, b))
}

/// `a ** b`.
pub fn pow_f64(_: &mut Ctx, a: f64, b: f64) -> R<f64> {
    Ok(power(a, b))
}

/// Int division.
pub fn div_i32(ctx: &mut Ctx, a: i32, b: i32) -> R<i32> {
    if b == 0 {
        return Err(ctx.range_error("Division by zero"));
    }
    Ok(a.wrapping_div(b))
}

/// Int remainder.
pub fn mod_i32(ctx: &mut Ctx, a: i32, b: i32) -> R<i32> {
    if b == 0 {
        return Err(ctx.range_error("Division by zero"));
    }
    Ok(a.wrapping_rem(b))
}

/// String equality.
pub fn eq_str(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    let (a, b) = (string_in(ctx, a), string_in(ctx, b));
    Ok(a.equals(ctx, b))
}

/// -1, 0, 1 by UTF-16 units.
pub fn cmp_str(ctx: &mut Ctx, a: Value, b: Value) -> R<i32> {
    let (a, b) = (string_in(ctx, a), string_in(ctx, b));
    Ok(a.compare(ctx, b) as i32)
}

/// `===`.
pub fn strict_eq(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    Ok(ctx.strict_equals(a, b))
}

/// Truth of `==`.
pub fn loose_eq(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    let result = ctx.rich_compare(raya_bytecode::Slot::eq, a, b)?;
    ctx.truth(result)
}

/// `a + b` of strings.
pub fn str_concat(ctx: &mut Ctx, a: Value, b: Value) -> R<Value> {
    let (a, b) = (string_in(ctx, a), string_in(ctx, b));
    Ok(Str::concat(ctx, a, b)?.value())
}

/// Concatenation of `n` strings in consecutive registers.
pub fn str_concat_n(ctx: &mut Ctx, first: Slots, n: u32) -> R<Value> {
    let parts: smallvec::SmallVec<[Str; 16]> = (first.words(n as usize).iter())
        .map(|&v| string_in(ctx, v))
        .collect();
    Ok(Str::concat_all(ctx, &parts)?.value())
}

/// Flattens a rope; the address of the characters.
pub fn str_flatten(ctx: &mut Ctx, s: Value) -> R<Value> {
    let s = string_in(ctx, s);
    s.units(ctx)?;
    Ok(Value(s.characters()))
}

/// UTF-16 unit at `i`, NaN outside.
pub fn str_char_code(ctx: &mut Ctx, s: Value, i: i32) -> R<f64> {
    let s = string_in(ctx, s);
    let Ok(i) = usize::try_from(i) else {
        return Ok(f64::NAN);
    };
    let unit = match s.flat_units() {
        Some(units) => units.get(i),
        None => with_units(ctx, s, |units| units.get(i)),
    };
    Ok(unit.map_or(f64::NAN, f64::from))
}

/// One-unit string at `i`.
pub fn str_index(ctx: &mut Ctx, s: Value, i: i32) -> R<Value> {
    let s = string_in(ctx, s);
    let unit = match usize::try_from(i) {
        Ok(at) => s.units(ctx)?.get(at),
        Err(_) => None,
    };
    match unit {
        Some(unit) => Ok(ctx.unit_string(unit)?.value()),
        None => Err(ctx.string_index_error(s, i.into())),
    }
}
