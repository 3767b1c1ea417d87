//! Members, attributes, elements, iteration.

use raya_bytecode::{Repr, Slot};

use crate::abi::R;
use crate::attr_calls::Access;
use crate::caches::{Cache, Place, read_cached, remember_array, write_cached};
use crate::ctx::Ctx;
use crate::desc::DescKind;
use crate::link::{FieldSite, MethodSite, PropSite};
use crate::mem::obj::Obj;
use crate::mem::refs::Ref;
use crate::mem::value::Value;

/// A declared field that something may stand before, or that is unset.
pub fn read_field(ctx: &mut Ctx, o: Value, field: Ref<FieldSite>) -> R<Value> {
    ctx.read_field(o, &field).map(Value)
}

/// The same written, `v` in register format.
pub fn write_field(ctx: &mut Ctx, o: Value, field: Ref<FieldSite>, v: Value) -> R<Value> {
    ctx.write_field(o, &field, v.0)?;
    Ok(Value::NULL)
}

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
    if let Some(v) = read_cached(&cache, obj) {
        return Ok(v);
    }
    if let Some(result) = ctx.read_by_call(&cache, obj, name) {
        return result;
    }
    match ctx.place_of(obj, name) {
        Some(place) => {
            if let Some(payload) = place.encode() {
                cache.remember(&ctx.type_of_obj(obj), payload);
            }
            if let Some(v) = obj.read_place(place) {
                return Ok(v);
            }
        }
        None => ctx.remember_attr_call(&cache, obj, (name, Access::Read))?,
    }
    ctx.get_attr(o, name)
}

/// What `__len__` gave, as a number.
pub fn as_length(ctx: &mut Ctx, v: Value) -> R<Value> {
    ctx.as_length(v).map(Value::number)
}

/// Attribute write.
pub fn set_attr(ctx: &mut Ctx, o: Value, name: Value, v: Value, cache: Cache) -> R<Value> {
    let Some(obj) = o.as_obj() else {
        ctx.set_attr(o, name, v)?;
        return Ok(Value::NULL);
    };
    if write_cached(ctx, &cache, obj, v) {
        return Ok(Value::NULL);
    }
    if let Some(result) = ctx.write_by_call(&cache, obj, (name, v)) {
        return result;
    }
    match ctx.place_of(obj, name) {
        Some(place) if takes_everything(ctx, obj, name, place) => {
            if let Some(payload) = place.encode() {
                cache.remember(&ctx.type_of_obj(obj), payload);
            }
        }
        Some(_) => {}
        None => ctx.remember_attr_call(&cache, obj, (name, Access::Write))?,
    }
    ctx.set_attr(o, name, v)?;
    Ok(Value::NULL)
}

/// Whether a value of the place's representation may be stored there unchecked.
fn takes_everything(ctx: &Ctx, obj: Obj, name: Value, place: Place) -> bool {
    let ty = ctx.type_of_obj(obj);
    match place {
        Place::Field(field) => ty.field(name).is_some_and(|declared| {
            (field.repr != Repr::Word || declared.desc.kind == DescKind::Any)
                && field.repr == declared.desc.repr
        }),
        Place::Expando { .. } => ty.meta.members.iter().all(|m| m.name != name),
        Place::ArrayLength | Place::StringLength | Place::Call(_) => false,
    }
}

/// Attribute delete.
pub fn del_attr(ctx: &mut Ctx, o: Value, name: Value) -> R<Value> {
    ctx.del_attr(o, name)?;
    Ok(Value::NULL)
}

/// `o[k]`.
pub fn get_item(ctx: &mut Ctx, o: Value, k: Value, cache: Cache) -> R<Value> {
    if let Some(array) = ctx.as_array(o) {
        remember_array(
            &cache,
            &ctx.type_of_obj(array.obj()),
            array.storage().kind(),
        );
    }
    match ctx.element(o, k) {
        Some(item) => Ok(item),
        None => match ctx.declared_slot(&cache, o, Slot::getitem) {
            Some(func) => ctx.call_special(func, o, &[k]),
            None => ctx.get_item(o, k),
        },
    }
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
pub fn set_item(ctx: &mut Ctx, o: Value, k: Value, v: Value, cache: Cache) -> R<Value> {
    if ctx.set_element(o, k, v) {
        return Ok(Value::NULL);
    }
    match ctx.declared_slot(&cache, o, Slot::setitem) {
        Some(func) => {
            ctx.call_special(func, o, &[k, v])?;
        }
        None => ctx.set_item(o, k, v)?,
    }
    Ok(Value::NULL)
}

/// `delete o[k]`.
pub fn del_item(ctx: &mut Ctx, o: Value, k: Value) -> R<Value> {
    ctx.del_item(o, k)?;
    Ok(Value::NULL)
}

/// `k in o`.
pub fn contains(ctx: &mut Ctx, k: Value, o: Value, cache: Cache) -> R<bool> {
    match ctx.declared_slot(&cache, o, Slot::contains) {
        Some(func) => {
            let found = ctx.call_special(func, o, &[k])?;
            ctx.truth(found)
        }
        None => ctx.contains(k, o),
    }
}

/// A bound method.
pub fn get_method(ctx: &mut Ctx, o: Value, method: Ref<MethodSite>) -> R<Value> {
    ctx.get_method(o, &method)
}

/// Copies own members.
pub fn spread_object(ctx: &mut Ctx, into: Value, from: Value) -> R<Value> {
    ctx.spread_members(into, from)?;
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

/// Whether what is pending ends an iteration; it stays pending where not.
pub fn iteration_ended(ctx: &mut Ctx) -> R<bool> {
    ctx.iteration_ended()
}
