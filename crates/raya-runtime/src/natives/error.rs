//! `Error`: text of errors and of their traces.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::NativeDef;

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

/// `e.toString()` of errors whose class no module declares.
static TO_STRING: NativeDef = NativeDef {
    name: "toString",
    arity: (0, 0),
    func: |ctx, args| {
        let e = args.first().copied().unwrap_or(Value::NULL);
        error_to_string(ctx, e).map(Str::value)
    },
};

impl Ctx {
    /// What the declaration of `Error` gives its instances: a program that never names an error
    /// class gets classes without a declaration.
    pub(crate) fn error_attr(&mut self, e: Value, name: Value) -> R<Option<Value>> {
        if self.name_is(name, "name") {
            return error_class_name(self, e).map(|s| Some(s.value()));
        }
        if self.name_is(name, "stack") {
            return self.stack_text(e).map(Some);
        }
        if self.name_is(name, TO_STRING.name) {
            return self.native_value(&TO_STRING, e).map(Some);
        }
        Ok(None)
    }
}

/// An attribute as a string.
fn attribute(ctx: &mut Ctx, e: Value, name: &str) -> R<Str> {
    let name = ctx.intern(name)?;
    let v = ctx.get_attr(e, name)?;
    ctx.to_str(v)
}
