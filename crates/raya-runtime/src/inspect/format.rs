//! The arguments of `console.log` as one text: format directives in the first, then the
//! rest with spaces between.

use raya_bytecode::Slot;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::json::write::stringify;
use crate::mem::array::Array;
use crate::mem::value::Value;
use crate::text::{number_format, number_parse};
use crate::type_info::{Form, SlotFn, TypeKind};

use super::{Options, inspect, primitive};

/// Formats the arguments of one call.
pub fn format_args(ctx: &mut Ctx, args: Array) -> R<String> {
    let mut out = String::new();
    let first = args.get(0).unwrap_or(Value::NULL);
    let mut used = 0;
    if let Some(template) = ctx.as_str(first) {
        let template = template.to_text(ctx);
        used = 1;
        if args.len() > 1 {
            directives(ctx, &template, args, &mut used, &mut out)?;
        } else {
            out = template;
        }
    }
    for i in used..args.len() {
        if i > 0 {
            out.push(' ');
        }
        // Printing an argument may run user code, but nobody else has this array.
        let v = args.get(i).unwrap_or(Value::NULL);
        push_value(ctx, v, &mut out)?;
    }
    Ok(out)
}

/// Strings as they are, everything else inspected.
fn push_value(ctx: &mut Ctx, v: Value, out: &mut String) -> R<()> {
    match ctx.as_str(v) {
        Some(s) => out.push_str(&s.to_text(ctx)),
        None => out.push_str(&ctx.inspect(v)?),
    }
    Ok(())
}

/// Copies the template; directives take the arguments from `used` on.
fn directives(
    ctx: &mut Ctx,
    template: &str,
    args: Array,
    used: &mut usize,
    out: &mut String,
) -> R<()> {
    let mut rest = template;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let Some(directive) = rest.chars().next() else {
            out.push('%');
            break;
        };
        let after = &rest[directive.len_utf8()..];
        if directive == '%' {
            out.push('%');
            rest = after;
            continue;
        }
        let argument = args.get(*used);
        let (true, Some(v)) = ("sdifjoOc".contains(directive), argument) else {
            out.push('%');
            continue;
        };
        *used += 1;
        rest = after;
        let text = directive_text(ctx, directive, v)?;
        out.push_str(&text);
    }
    out.push_str(rest);
    Ok(())
}

fn directive_text(ctx: &mut Ctx, directive: char, v: Value) -> R<String> {
    match directive {
        's' => as_string(ctx, v),
        'd' => {
            let x = match ctx.kind_of(v) {
                TypeKind::Instance | TypeKind::Literal | TypeKind::Dict => f64::NAN,
                _ => ctx.to_number(v)?,
            };
            Ok(primitive(Value::number(x)))
        }
        'i' => {
            let text = parsable(ctx, v)?;
            let x = number_parse::parse_int(&text, 0);
            Ok(primitive(Value::number(x)))
        }
        'f' => {
            let text = parsable(ctx, v)?;
            Ok(primitive(Value::number(number_parse::parse_float(&text))))
        }
        'c' => Ok(String::new()),
        'j' => as_json(ctx, v),
        'o' => {
            let options = Options {
                depth: 4,
                ..Options::default()
            };
            inspect(ctx, v, options)
        }
        _ => ctx.inspect(v),
    }
}

/// `%j`: JSON, or a word where the value contains itself.
fn as_json(ctx: &mut Ctx, v: Value) -> R<String> {
    let indent = ctx.empty_string()?;
    match stringify(ctx, v, Value::NULL, indent) {
        Ok(text) => Ok(text.to_text(ctx)),
        Err(_) if ctx.take_if(ErrorKind::TypeError) => Ok("[Circular]".to_owned()),
        Err(thrown) => Err(thrown),
    }
}

/// What `parseInt` and `parseFloat` get to see.
fn parsable(ctx: &mut Ctx, v: Value) -> R<String> {
    match v.as_f64() {
        Some(x) => Ok(number_format::to_string(x)),
        None => Ok(ctx.to_str(v)?.to_text(ctx)),
    }
}

/// `%s`: text through the program's own methods where it has some, else a short
/// inspection.
fn as_string(ctx: &mut Ctx, v: Value) -> R<String> {
    if let Some(s) = ctx.as_str(v) {
        return Ok(s.to_text(ctx));
    }
    if !v.is_object() {
        return Ok(primitive(v));
    }
    let ty = ctx.type_of(v);
    let own = |slot| {
        !matches!(
            ty.slot(slot, Form::Forward),
            SlotFn::Absent | SlotFn::Native(_)
        )
    };
    let text_of_its_own = match ty.kind {
        TypeKind::Instance => !ctx.is_error(v) && (own(Slot::str) || own(Slot::repr)),
        TypeKind::Function | TypeKind::BoundMethod | TypeKind::NativeFunction => true,
        TypeKind::ClassObject => true,
        _ => false,
    };
    if text_of_its_own {
        return Ok(ctx.to_str(v)?.to_text(ctx));
    }
    let options = Options {
        depth: 0,
        ..Options::default()
    };
    inspect(ctx, v, options)
}
