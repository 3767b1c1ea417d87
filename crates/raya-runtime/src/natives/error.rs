//! `Error`: text of errors and of their traces.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::Str;
use crate::mem::value::Value;

/// `e.stack`; null before the first throw.
pub fn error_stack(ctx: &mut Ctx, e: Value) -> R<Value> {
    ctx.stack_text(e)
}

/// Name of the value's class.
pub fn error_class_name(ctx: &mut Ctx, e: Value) -> R<Str> {
    let ty = ctx.type_of(e);
    Str::from_text(ctx, &ty.meta.name)
}

/// `Name: message`, or what of the two is not empty.
pub fn error_to_string(ctx: &mut Ctx, e: Value) -> R<Str> {
    let name = attribute(ctx, e, "name")?;
    let message = attribute(ctx, e, "message")?;
    if name.is_empty() {
        return Ok(message);
    }
    if message.is_empty() {
        return Ok(name);
    }
    let colon = Str::from_text(ctx, ": ")?;
    Str::concat_all(ctx, &[name, colon, message])
}

/// An attribute as a string.
fn attribute(ctx: &mut Ctx, e: Value, name: &str) -> R<Str> {
    let name = ctx.intern(name)?;
    let v = ctx.get_attr(e, name)?;
    ctx.to_str(v)
}
