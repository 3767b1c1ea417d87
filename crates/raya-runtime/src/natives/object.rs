//! Natives of `Object`, `Reflect` and the global functions.

use raya_bytecode::{Repr, Slot};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescShape;
use crate::errors::ErrorKind;
use crate::mem::array::Array;
use crate::mem::layout::FLAG_FROZEN;
use crate::mem::object::Instance;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::{Form, TypeKind};

pub fn object_repr(ctx: &mut Ctx, o: Value) -> R<Str> {
    let repr = ctx.type_of(o).slot(Slot::repr, Form::Forward);
    if repr.is_absent() {
        return ctx.name("[object Object]");
    }
    let text = ctx.call_slot(repr, &[o])?;
    ctx.expect_str(text, "__repr__")
}

pub fn object_hash_code(ctx: &mut Ctx, o: Value) -> R<f64> {
    Ok(ctx.hash_key(o)?.into())
}

pub fn object_equals(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    let result = ctx.rich_compare(Slot::eq, a, b)?;
    ctx.truth(result)
}

/// Own members of any value; null has none to give.
fn members(ctx: &mut Ctx, o: Value) -> R<Vec<(Value, Value)>> {
    if o.is_null() {
        return Err(ctx.type_error("Cannot convert null to object"));
    }
    if let Some(array) = ctx.as_array(o) {
        return (0..array.len())
            .map(|i| {
                let key = ctx.number_string(i as f64)?;
                let key = ctx.intern_str(key)?.value();
                Ok((key, array.get(i).unwrap_or(Value::NULL)))
            })
            .collect();
    }
    Ok(ctx.own_members(o))
}

pub fn object_keys(ctx: &mut Ctx, o: Value) -> R<Array> {
    let all = members(ctx, o)?;
    let keys = ctx.string_array(all.len())?;
    for (name, _) in all {
        keys.push_bits(ctx, name.0)?;
    }
    Ok(keys)
}

pub fn object_values(ctx: &mut Ctx, o: Value) -> R<Array> {
    let all = members(ctx, o)?;
    let values = ctx.any_array(all.len())?;
    for (_, v) in all {
        values.push_bits(ctx, v.0)?;
    }
    Ok(values)
}

pub fn object_entries(ctx: &mut Ctx, o: Value) -> R<Array> {
    let all = members(ctx, o)?;
    let entries = ctx.any_array(all.len())?;
    let descs = &ctx.engine().descs;
    let pair = descs.intern(DescShape::Tuple {
        elems: [descs.string, descs.any].into(),
        required: 2,
        rest: None,
    });
    for (name, v) in all {
        let entry = ctx.new_array(pair, 0, 2)?;
        entry.push_bits(ctx, name.0)?;
        entry.push_bits(ctx, v.0)?;
        entries.push_bits(ctx, entry.value().0)?;
    }
    Ok(entries)
}

pub fn object_assign(ctx: &mut Ctx, target: Value, from: Value) -> R<Value> {
    ctx.copy_members(target, from)?;
    Ok(target)
}

pub fn object_freeze(_: &mut Ctx, o: Value) -> R<Value> {
    if let Some(obj) = o.as_obj() {
        obj.set_flags(FLAG_FROZEN);
    }
    Ok(o)
}

pub fn object_is_frozen(ctx: &mut Ctx, o: Value) -> R<bool> {
    Ok(!o.is_object() || ctx.is_frozen(o) || ctx.as_str(o).is_some())
}

pub fn object_from_entries(ctx: &mut Ctx, entries: Value) -> R<Value> {
    let any = ctx.engine().descs.any;
    let desc = ctx.engine().descs.intern(DescShape::Dict(any));
    let dict = ctx.new_dict(desc)?;
    let it = ctx.get_iter(entries)?;
    while let Some(entry) = ctx.iter_next(it)? {
        let key = ctx.get_item(entry, Value::int(0))?;
        let v = ctx.get_item(entry, Value::int(1))?;
        let key = ctx.to_str(key)?.value();
        ctx.dict_set(dict, key, v)?;
    }
    Ok(dict)
}

pub fn object_has_own(ctx: &mut Ctx, o: Value, key: Str) -> R<bool> {
    let name = ctx.intern_str(key)?.value();
    Ok(ctx.own_member(o, name).is_some())
}

pub fn object_is(ctx: &mut Ctx, a: Value, b: Value) -> R<bool> {
    if let (Some(x), Some(y)) = (a.as_f64(), b.as_f64()) {
        let same_sign = x.is_sign_negative() == y.is_sign_negative();
        return Ok(x.is_nan() && y.is_nan() || x == y && same_sign);
    }
    Ok(ctx.same_value_zero(a, b))
}

/// The interned form of an attribute name.
fn interned(ctx: &mut Ctx, name: Str) -> R<Value> {
    Ok(ctx.intern_str(name)?.value())
}

pub fn reflect_get(ctx: &mut Ctx, o: Value, name: Str) -> R<Value> {
    let name = interned(ctx, name)?;
    ctx.get_attr(o, name)
}

pub fn reflect_get_or(ctx: &mut Ctx, o: Value, name: Str, otherwise: Value) -> R<Value> {
    let name = interned(ctx, name)?;
    Ok(ctx.get_attr_opt(o, name)?.unwrap_or(otherwise))
}

pub fn reflect_set(ctx: &mut Ctx, o: Value, name: Str, v: Value) -> R<bool> {
    let name = interned(ctx, name)?;
    ctx.set_attr(o, name, v)?;
    Ok(true)
}

pub fn reflect_has(ctx: &mut Ctx, o: Value, name: Str) -> R<bool> {
    let name = interned(ctx, name)?;
    ctx.has_attr(o, name)
}

pub fn reflect_delete(ctx: &mut Ctx, o: Value, name: Str) -> R<bool> {
    let name = interned(ctx, name)?;
    match ctx.del_attr(o, name) {
        Ok(()) => Ok(true),
        Err(_) if ctx.take_if(ErrorKind::AttributeError) => Ok(false),
        Err(thrown) => Err(thrown),
    }
}

pub fn reflect_own_keys(ctx: &mut Ctx, o: Value) -> R<Array> {
    object_keys(ctx, o)
}

/// Nesting of data that a clone follows.
const MAX_NESTING: usize = 500;

pub fn structured_clone(ctx: &mut Ctx, v: Value) -> R<Value> {
    let mut clones = Vec::new();
    clone(ctx, v, &mut clones, 0)
}

/// Copies arrays, literals and dictionaries; `clones` maps what was copied already. The
/// originals are reachable from the root value, the copies from the copy of it or from this
/// list's owner frame by way of their parents.
fn clone(ctx: &mut Ctx, v: Value, clones: &mut Vec<(Value, Value)>, depth: usize) -> R<Value> {
    if !v.is_object() || ctx.as_str(v).is_some() {
        return Ok(v);
    }
    if let Some(&(_, known)) = clones.iter().find(|(original, _)| *original == v) {
        return Ok(known);
    }
    if depth > MAX_NESTING {
        return Err(ctx.stack_overflow());
    }
    if let Some(array) = ctx.as_array(v) {
        let copy = ctx.array_range(array, 0, array.len())?;
        clones.push((v, copy.value()));
        if copy.repr() == Repr::Word {
            for i in 0..copy.len() {
                let item = copy.get(i).unwrap_or(Value::NULL);
                let item = clone(ctx, item, clones, depth + 1)?;
                copy.storage().set_bits(ctx, i, item.0);
            }
        }
        return Ok(copy.value());
    }
    match ctx.kind_of(v) {
        TypeKind::Dict => {
            let desc = ctx.type_of(v).desc.get();
            let any = ctx.engine().descs.any;
            let desc = desc.unwrap_or_else(|| ctx.engine().descs.intern(DescShape::Dict(any)));
            let copy = ctx.new_dict(desc)?;
            clones.push((v, copy));
            for (name, item) in ctx.own_members(v) {
                let item = clone(ctx, item, clones, depth + 1)?;
                ctx.dict_set(copy, name, item)?;
            }
            Ok(copy)
        }
        TypeKind::Literal => {
            let ty = ctx.type_of(v);
            let copy = Instance::new(ctx, ty)?.value();
            clones.push((v, copy));
            for (name, item) in ctx.own_members(v) {
                let item = clone(ctx, item, clones, depth + 1)?;
                ctx.set_attr(copy, name, item)?;
            }
            Ok(copy)
        }
        _ => {
            let message = format!("'{}' object could not be cloned", ctx.type_name(v));
            Err(ctx.type_error(&message))
        }
    }
}

pub fn encode_uri_component(ctx: &mut Ctx, s: Str) -> R<Str> {
    let units: Vec<u16> = s.units(ctx)?.iter().collect();
    let mut out = String::new();
    for c in char::decode_utf16(units) {
        match c {
            Ok(c) if c.is_ascii_alphanumeric() || "-_.!~*'()".contains(c) => out.push(c),
            Ok(c) => {
                let mut bytes = [0; 4];
                for byte in c.encode_utf8(&mut bytes).bytes() {
                    out.push_str(&format!("%{byte:02X}"));
                }
            }
            Err(_) => return Err(ctx.throw(ErrorKind::Error, "URI malformed")),
        }
    }
    Str::from_text(ctx, &out)
}

pub fn decode_uri_component(ctx: &mut Ctx, s: Str) -> R<Str> {
    let text = s.to_text(ctx);
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        if first != b'%' {
            bytes.push(first);
            rest = tail;
            continue;
        }
        let digits = tail.get(..2).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => bytes.push(byte),
            None => return Err(ctx.throw(ErrorKind::Error, "URI malformed")),
        }
        rest = &tail[2..];
    }
    match String::from_utf8(bytes) {
        Ok(text) => Str::from_text(ctx, &text),
        Err(_) => Err(ctx.throw(ErrorKind::Error, "URI malformed")),
    }
}

impl Ctx {
    /// Copies the own members of `from` into `into`, as a spread or `Object.assign` does.
    pub(crate) fn copy_members(&mut self, into: Value, from: Value) -> R<()> {
        if !from.is_object() {
            return Ok(());
        }
        for (name, v) in members(self, from)? {
            self.set_attr(into, name, v)?;
        }
        Ok(())
    }
}
