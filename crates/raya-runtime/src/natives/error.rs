//! Natives of the `Error` family.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::Str;
use crate::mem::value::Value;

pub fn error_stack(ctx: &mut Ctx, e: Value) -> R<Value> {
    ctx.stack_text(e)
}

pub fn error_class_name(ctx: &mut Ctx, e: Value) -> R<Str> {
    let ty = ctx.type_of(e);
    ctx.name(&ty.meta.name)
}

pub fn error_to_string(ctx: &mut Ctx, e: Value) -> R<Str> {
    ctx.error_text(e)
}
