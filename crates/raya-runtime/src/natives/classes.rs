//! Classes that declarations with computed bases make.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::Str;
use crate::mem::value::Value;

/// Makes a class; see [`Ctx::create_class`].
pub fn class_create(ctx: &mut Ctx, name: Str, bases: Value, members: Value) -> R<Value> {
    let name = name.to_text(ctx);
    match (ctx.as_array(bases), ctx.as_array(members)) {
        (Some(bases), Some(members)) => ctx.create_class(&name, bases, members),
        _ => Err(ctx.type_error("bases must be types")),
    }
}

/// The hooks of class creation: `__set_name__`, then `__init_subclass__`.
pub fn class_finish(ctx: &mut Ctx, class: Value) -> R<Value> {
    if let Some(ty) = ctx.as_class(class) {
        ctx.define_class(ty)?;
    }
    Ok(class)
}

/// A static field of a new class.
pub fn class_define(ctx: &mut Ctx, class: Value, name: Str, v: Value) -> R<Value> {
    let name = ctx.intern_str(name)?.value();
    ctx.define_static(class, name, v)?;
    Ok(v)
}

/// Field initialisers that a class has itself.
pub fn class_init_fields(ctx: &mut Ctx, this: Value, class: Value) -> R<Value> {
    ctx.init_own_fields(this, class)?;
    Ok(Value::NULL)
}

/// A field of a new instance, stored without asking `__setattr__`.
pub fn object_define(ctx: &mut Ctx, o: Value, name: Str, v: Value) -> R<Value> {
    let name = ctx.intern_str(name)?.value();
    let ty = ctx.type_of(o);
    ctx.store_attr(o, ty, name, v)?;
    Ok(v)
}
