//! `Reflect`: attribute access in functional form.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::natives::object::object_keys;
use crate::type_info::TypeKind;

/// `Reflect.get(o, name)`.
pub fn reflect_get(ctx: &mut Ctx, o: Value, name: Str) -> R<Value> {
    let name = ctx.intern_str(name)?;
    ctx.get_attr(o, name.value())
}

/// `Reflect.get(o, name, otherwise)`.
pub fn reflect_get_or(ctx: &mut Ctx, o: Value, name: Str, otherwise: Value) -> R<Value> {
    let name = ctx.intern_str(name)?;
    let found = ctx.get_attr_opt(o, name.value())?;
    Ok(found.unwrap_or(otherwise))
}

/// `Reflect.set(o, name, v)`.
pub fn reflect_set(ctx: &mut Ctx, o: Value, name: Str, v: Value) -> R<bool> {
    let name = ctx.intern_str(name)?;
    ctx.set_attr(o, name.value(), v)?;
    Ok(true)
}

/// `Reflect.has(o, name)`: whether reading the attribute gives something, false only for
/// `AttributeError`. Structural objects have what they hold.
pub fn reflect_has(ctx: &mut Ctx, o: Value, name: Str) -> R<bool> {
    let name = ctx.intern_str(name)?.value();
    if matches!(ctx.kind_of(o), TypeKind::Literal | TypeKind::Dict) {
        return ctx.has_attr(o, name);
    }
    Ok(ctx.get_attr_opt(o, name)?.is_some())
}

/// `Reflect.deleteProperty(o, name)`: as `delete o.name`, which throws where there is none.
pub fn reflect_delete(ctx: &mut Ctx, o: Value, name: Str) -> R<bool> {
    let name = ctx.intern_str(name)?;
    ctx.del_attr(o, name.value())?;
    Ok(true)
}

/// `super.name` in the code of `class`, looked up for this receiver.
pub fn super_get(ctx: &mut Ctx, this: Value, class: Value, name: Str) -> R<Value> {
    let name = ctx.intern_str(name)?;
    ctx.super_attr(this, class, name.value())
}

/// `Reflect.ownKeys(o)`.
pub fn reflect_own_keys(ctx: &mut Ctx, o: Value) -> R<Array> {
    object_keys(ctx, o)
}
