//! What functions, bound methods and accessors read off a class have as attributes.

use crate::abi::R;
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::mem::value::Value;
use crate::type_info::NativeDef;

impl Ctx {
    /// What programs put on the function; `name`, `length`, CPython's `__name__`, `__qualname__`
    /// and `__dict__`; receiver and function of a bound method.
    pub(crate) fn function_attr(&mut self, o: Value, name: Value) -> R<Option<Value>> {
        let bound = self.as_bound_method(o);
        if let Some((receiver, func)) = bound {
            if self.name_is(name, "__self__") {
                return Ok(Some(receiver));
            }
            if self.name_is(name, "__func__") {
                return Ok(Some(func));
            }
        }
        let func = bound.map_or(o, |(_, func)| func);
        if let Some(own) = self.own_member(func, name) {
            return Ok(Some(own));
        }
        if self.name_is(name, "__dict__") {
            return self.attribute_view(func).map(Some);
        }
        let Some(closure) = self.as_closure(func) else {
            return Ok(None);
        };
        let func = closure.func();
        if self.name_is(name, "name") {
            let text = func.name.rsplit('.').next().unwrap_or("");
            return self.string(text).map(Some);
        }
        if self.name_is(name, "__qualname__") {
            return self.string(&func.qualified_name()).map(Some);
        }
        if self.name_is(name, "__name__") {
            let text = func.qualified_name();
            return self.string(text.rsplit('.').next().unwrap_or("")).map(Some);
        }
        if self.is_length(name) || self.name_is(name, "__arity__") {
            return Ok(Some(Value::number(func.sig_info.required.into())));
        }
        Ok(None)
    }
}

/// The argument at `i`, null where it is missing.
fn at(args: &[Value], i: usize) -> Value {
    args.get(i).copied().unwrap_or(Value::NULL)
}

/// A half of an accessor object.
fn half(ctx: &mut Ctx, property: Value, i: usize) -> Value {
    let record = ctx.as_record(property, ctx.engine().core.property);
    record.map_or(Value::NULL, |record| record.get(i))
}

/// Runs a half of an accessor object on `o`.
fn run(ctx: &mut Ctx, args: &[Value], i: usize, rest: &[Value]) -> R<Value> {
    let (o, f) = (at(args, 1), half(ctx, at(args, 0), i));
    if f.is_null() {
        let which = if i == 0 { "getter" } else { "setter" };
        let class = ctx.type_name(o);
        let message = format!("property of '{class}' object has no {which}");
        return Err(ctx.throw(crate::errors::ErrorKind::AttributeError, &message));
    }
    ctx.call_bound(f, o, rest, Surplus::Drop)
}

/// The descriptor protocol of accessors as methods.
pub(crate) static PROPERTY: &[NativeDef] = &[
    NativeDef {
        name: "__get__",
        arity: (1, 2),
        func: |ctx, args| match at(args, 1) {
            Value::NULL => Ok(at(args, 0)),
            _ => run(ctx, args, 0, &[]),
        },
    },
    NativeDef {
        name: "__set__",
        arity: (2, 2),
        func: |ctx, args| {
            run(ctx, args, 1, &[at(args, 2)])?;
            Ok(Value::NULL)
        },
    },
    NativeDef {
        name: "fget",
        arity: (1, 1),
        func: |ctx, args| run(ctx, args, 0, &[]),
    },
    NativeDef {
        name: "fset",
        arity: (2, 2),
        func: |ctx, args| run(ctx, args, 1, &[at(args, 2)]),
    },
];
