//! Natives of arrays.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::TypeKind;

fn position(found: Option<usize>) -> f64 {
    found.map_or(-1.0, |i| i as f64)
}

pub fn array_shift(ctx: &mut Ctx, a: Array) -> R<Value> {
    Ok(ctx.array_shift(a).unwrap_or(Value::NULL))
}

pub fn array_unshift(ctx: &mut Ctx, a: Array, items: Array) -> R<f64> {
    ctx.array_splice(a, 0.0, 0.0, items)?;
    Ok(a.len() as f64)
}

pub fn array_index_of(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<f64> {
    Ok(position(ctx.array_find(a, v, from, false)))
}

pub fn array_includes(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<bool> {
    Ok(ctx.array_find(a, v, from, true).is_some())
}

pub fn array_last_index_of(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<f64> {
    Ok(position(ctx.array_find_last(a, v, from)))
}

pub fn array_slice(ctx: &mut Ctx, a: Array, start: f64, end: f64) -> R<Array> {
    ctx.array_slice(a, start, end)
}

pub fn array_concat(ctx: &mut Ctx, a: Array, parts: Array) -> R<Array> {
    let all = ctx.array_slice(a, 0.0, f64::INFINITY)?;
    for i in 0..parts.len() {
        let part = parts.get(i).unwrap_or(Value::NULL);
        match ctx.as_array(part) {
            Some(part) => ctx.array_append(all, part)?,
            None => ctx.array_push_checked(all, part)?,
        }
    }
    Ok(all)
}

pub fn array_reverse(ctx: &mut Ctx, a: Array) -> R<Array> {
    a.storage().reverse(ctx);
    Ok(a)
}

pub fn array_to_reversed(ctx: &mut Ctx, a: Array) -> R<Array> {
    let copy = ctx.array_slice(a, 0.0, f64::INFINITY)?;
    copy.storage().reverse(ctx);
    Ok(copy)
}

pub fn array_join(ctx: &mut Ctx, a: Array, separator: Str) -> R<Str> {
    ctx.join(a.value(), separator, 0)
}

pub fn array_fill(ctx: &mut Ctx, a: Array, v: Value, start: f64, end: f64) -> R<Array> {
    ctx.array_fill(a, v, start, end)?;
    Ok(a)
}

pub fn array_flat_into(ctx: &mut Ctx, into: Array, a: Array, depth: f64) -> R<Array> {
    ctx.array_flatten(into, a, depth)?;
    Ok(into)
}

pub fn array_splice(ctx: &mut Ctx, a: Array, start: f64, count: f64, items: Array) -> R<Array> {
    ctx.array_splice(a, start, count, items)
}

pub fn array_at(_: &mut Ctx, a: Array, i: f64) -> R<Value> {
    let i = if i.is_nan() { 0.0 } else { i.trunc() };
    let at = if i < 0.0 { i + a.len() as f64 } else { i };
    let found = (at >= 0.0).then(|| a.get(at as usize));
    Ok(found.flatten().unwrap_or(Value::NULL))
}

pub fn array_sort_default(ctx: &mut Ctx, a: Array) -> R<Array> {
    ctx.array_sort_default(a)?;
    Ok(a)
}

pub fn array_copy_within(ctx: &mut Ctx, a: Array, target: f64, start: f64, end: f64) -> R<Array> {
    ctx.array_copy_within(a, target, start, end);
    Ok(a)
}

pub fn array_with(ctx: &mut Ctx, a: Array, i: f64, v: Value) -> R<Array> {
    let i = if i.is_nan() { 0.0 } else { i.trunc() };
    let at = if i < 0.0 { i + a.len() as f64 } else { i };
    if at < 0.0 || at >= a.len() as f64 {
        return Err(ctx.out_of_bounds(a, i));
    }
    let copy = ctx.array_slice(a, 0.0, f64::INFINITY)?;
    ctx.array_store(copy, at as i32, v)?;
    Ok(copy)
}

pub fn array_is_array(ctx: &mut Ctx, v: Value) -> R<bool> {
    Ok(matches!(ctx.kind_of(v), TypeKind::Array | TypeKind::Tuple))
}

pub fn array_get(ctx: &mut Ctx, a: Array, i: i32) -> R<Value> {
    match usize::try_from(i).ok().and_then(|at| a.get(at)) {
        Some(v) => Ok(v),
        None => Err(ctx.out_of_bounds(a, i.into())),
    }
}

pub fn array_set(ctx: &mut Ctx, a: Array, i: i32, v: Value) -> R<()> {
    ctx.array_store(a, i, v)
}

pub fn array_push_all(ctx: &mut Ctx, a: Array, items: Array) -> R<f64> {
    ctx.array_append(a, items)?;
    Ok(a.len() as f64)
}
