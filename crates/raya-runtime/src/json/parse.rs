//! `JSON.parse`: text to arrays of `any` and records.

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::mem::array::Array;
use crate::mem::object::Instance;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;

use super::scan::{Fault, Scanner, Text, Token};

/// The value that a text describes.
pub fn parse(ctx: &mut Ctx, text: Str) -> R<Value> {
    let units = text.units(ctx)?;
    let mut scanner = Scanner::new(units);
    // Containers that are open, each followed by the name that waits for its value (null in
    // arrays): in the heap, where the collector sees them.
    let open = ctx.any_array(0)?;
    loop {
        let token = scanner.value().map_err(|f| fault(ctx, f))?;
        let mut v = match token {
            Token::Array => {
                let array = ctx.any_array(0)?;
                push_open(ctx, open, array.value(), Value::NULL)?;
                continue;
            }
            Token::Object => {
                let object = new_record(ctx)?;
                let name = next_name(ctx, &mut scanner, units, true)?;
                push_open(ctx, open, object.value(), name)?;
                continue;
            }
            token => scalar(ctx, token, units)?,
        };
        loop {
            let Some((container, name)) = innermost(open) else {
                scanner.end().map_err(|f| fault(ctx, f))?;
                return Ok(v);
            };
            if add(ctx, &mut scanner, units, open, (container, name), v)? {
                break;
            }
            v = container;
            open.pop();
            open.pop();
        }
    }
}

/// Adds a finished value to the innermost container; whether another value follows there.
fn add(
    ctx: &mut Ctx,
    scanner: &mut Scanner<'_>,
    units: Units<'_>,
    open: Array,
    (container, name): (Value, Value),
    v: Value,
) -> R<bool> {
    if let Some(array) = ctx.as_array(container) {
        array.push_bits(ctx, v.0)?;
        return scanner.more_elements().map_err(|f| fault(ctx, f));
    }
    if let Some(object) = ctx.as_instance(container) {
        ctx.set_expando(object, name, v)?;
    }
    let more = scanner.more_members().map_err(|f| fault(ctx, f))?;
    if more {
        let name = next_name(ctx, scanner, units, false)?;
        open.pop();
        open.push_bits(ctx, name.0)?;
    }
    Ok(more)
}

fn push_open(ctx: &mut Ctx, open: Array, container: Value, name: Value) -> R<()> {
    open.push_bits(ctx, container.0)?;
    open.push_bits(ctx, name.0)
}

/// The innermost open container and the name that waits.
fn innermost(open: Array) -> Option<(Value, Value)> {
    let at = open.len().checked_sub(2)?;
    Some((open.get(at)?, open.get(at + 1)?))
}

fn new_record(ctx: &mut Ctx) -> R<Instance> {
    let ty = ctx.engine().core.record;
    Instance::new(ctx, ty)
}

fn scalar(ctx: &mut Ctx, token: Token, units: Units<'_>) -> R<Value> {
    Ok(match token {
        Token::Bool(b) => Value::bool(b),
        Token::Number(x) => Value::number(x),
        Token::Text(Text::Plain(from, to)) if to - from == 1 => {
            ctx.unit_string(units.get(from).unwrap_or(0))?.value()
        }
        Token::Text(Text::Plain(from, to)) => Str::new(ctx, units.range(from, to))?.value(),
        Token::Text(Text::Unescaped(text)) => Str::new(ctx, Units::Wide(&text))?.value(),
        Token::EmptyArray => ctx.any_array(0)?.value(),
        Token::EmptyObject => new_record(ctx)?.value(),
        _ => Value::NULL,
    })
}

/// A member's name, interned.
fn next_name(ctx: &mut Ctx, scanner: &mut Scanner<'_>, units: Units<'_>, first: bool) -> R<Value> {
    match scanner.name(first).map_err(|f| fault(ctx, f))? {
        Text::Plain(from, to) => ctx.intern_units(units.range(from, to)),
        Text::Unescaped(name) => ctx.intern_units(Units::Wide(&name)),
    }
}

#[cold]
fn fault(ctx: &mut Ctx, message: Fault) -> Thrown {
    ctx.throw(ErrorKind::SyntaxError, &message)
}
