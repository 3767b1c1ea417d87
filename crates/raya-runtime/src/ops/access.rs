//! Members, attributes, elements, iteration.

use std::sync::atomic::Ordering;

use raya_bytecode::Repr;

use crate::abi::R;
use crate::caches::{
    Cache, CachedField, cached_field, plain_field, remember_array, remember_field,
};
use crate::ctx::Ctx;
use crate::desc::DescKind;
use crate::link::{MethodSite, PropSite};
use crate::mem::refs::Ref;
use crate::mem::value::Value;

/// Structural read, verified, in register format.
pub fn get_prop(ctx: &mut Ctx, o: Value, prop: Ref<PropSite>, cache: Cache) -> R<Value> {
    ctx.get_prop(o, &prop, cache).map(Value)
}

/// Structural write, `v` in register format.
pub fn set_prop(ctx: &mut Ctx, o: Value, prop: Ref<PropSite>, v: Value, cache: Cache) -> R<Value> {
    ctx.set_prop(o, &prop, v.0, cache)?;
    Ok(Value::NULL)
}

/// Member test.
pub fn has_prop(ctx: &mut Ctx, o: Value, name: Value) -> R<bool> {
    if o.is_null() || o.is_unset() {
        return Err(ctx.null_access("read", "reading", name));
    }
    ctx.has_attr(o, name)
}

/// Attribute read.
pub fn get_attr(ctx: &mut Ctx, o: Value, name: Value, cache: Cache) -> R<Value> {
    let Some(obj) = o.as_obj() else {
        return ctx.get_attr(o, name);
    };
    if let Some(field) = cached_field(cache, obj)
        && let Some(v) = obj.read_field(field)
    {
        return Ok(v);
    }
    let ty = ctx.type_of_obj(obj);
    if let Some(field) = plain_field(&ty, name) {
        let field = CachedField {
            offset: field.offset,
            repr: field.repr,
        };
        remember_field(cache, &ty, field);
    }
    ctx.get_attr(o, name)
}

/// Attribute write.
pub fn set_attr(ctx: &mut Ctx, o: Value, name: Value, v: Value, cache: Cache) -> R<Value> {
    let Some(obj) = o.as_obj() else {
        ctx.set_attr(o, name, v)?;
        return Ok(Value::NULL);
    };
    if let Some(field) = cached_field(cache, obj)
        && obj.flags() == 0
        && obj.write_field(ctx, field, v)
    {
        return Ok(Value::NULL);
    }
    let ty = ctx.type_of_obj(obj);
    if let Some(field) = plain_field(&ty, name)
        && (field.repr != Repr::Word || field.desc.kind == DescKind::Any)
        && field.repr == field.desc.repr
    {
        let field = CachedField {
            offset: field.offset,
            repr: field.repr,
        };
        remember_field(cache, &ty, field);
    }
    ctx.set_attr(o, name, v)?;
    Ok(Value::NULL)
}

/// Attribute delete.
pub fn del_attr(ctx: &mut Ctx, o: Value, name: Value) -> R<Value> {
    ctx.del_attr(o, name)?;
    Ok(Value::NULL)
}

/// `o[k]`.
pub fn get_item(ctx: &mut Ctx, o: Value, k: Value, cache: Cache) -> R<Value> {
    if let Some(array) = ctx.as_array(o)
        && cache.load(Ordering::Relaxed) == 0
        && let Some(obj) = o.as_obj()
    {
        remember_array(cache, obj.handle(), array.storage().kind());
    }
    ctx.get_item(o, k)
}

/// Dictionary `o[k]`, null when missing.
pub fn get_item_opt(ctx: &mut Ctx, o: Value, k: Value) -> R<Value> {
    if ctx.dict_table(o).is_none() {
        return ctx.get_item(o, k);
    }
    let key = ctx.key_string(k)?;
    Ok(ctx.dict_get_opt(o, key)?.unwrap_or(Value::NULL))
}

/// `o[k] = v`.
pub fn set_item(ctx: &mut Ctx, o: Value, k: Value, v: Value) -> R<Value> {
    ctx.set_item(o, k, v)?;
    Ok(Value::NULL)
}

/// `delete o[k]`.
pub fn del_item(ctx: &mut Ctx, o: Value, k: Value) -> R<Value> {
    ctx.del_item(o, k)?;
    Ok(Value::NULL)
}

/// `k in o`.
pub fn contains(ctx: &mut Ctx, k: Value, o: Value) -> R<bool> {
    ctx.contains(k, o)
}

/// A bound method.
pub fn get_method(ctx: &mut Ctx, o: Value, method: Ref<MethodSite>) -> R<Value> {
    ctx.get_method(o, &method)
}

/// Copies own members.
pub fn spread_object(ctx: &mut Ctx, into: Value, from: Value) -> R<Value> {
    ctx.copy_members(into, from)?;
    Ok(Value::NULL)
}

/// An iterator.
pub fn get_iter(ctx: &mut Ctx, o: Value) -> R<Value> {
    ctx.get_iter(o)
}

/// The next element; unset at the end.
pub fn iter_next(ctx: &mut Ctx, it: Value) -> R<Value> {
    Ok(ctx.iter_next(it)?.unwrap_or(Value::UNSET))
}
