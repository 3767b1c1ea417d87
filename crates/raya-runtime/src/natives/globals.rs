//! Global functions and `JSON`: `structuredClone`, `encodeURIComponent`,
//! `decodeURIComponent`.

use rustc_hash::FxHashMap;

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::json::parse::parse;
use crate::json::write::stringify;
use crate::mem::array::{Array, Elements};
use crate::mem::object::{Instance, Record};
use crate::mem::string::{Str, Units, with_units};
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::text::builder::Builder;
use crate::type_info::TypeKind;

use raya_bytecode::Repr;

/// Units of indentation for one level of JSON.
const MAX_INDENT: usize = 10;

/// `structuredClone(v)`: classes are kept, functions refused.
pub fn structured_clone(ctx: &mut Ctx, v: Value) -> R<Value> {
    let mut cloner = Cloner {
        sources: ctx.any_array(0)?,
        clones: ctx.any_array(0)?,
        known: FxHashMap::default(),
    };
    let clone = cloner.value(ctx, v)?;
    let mut done = 0;
    while let (Some(from), Some(to)) = (cloner.sources.get(done), cloner.clones.get(done)) {
        cloner.fill(ctx, from, to)?;
        done += 1;
    }
    Ok(clone)
}

/// Objects are made empty when they are first met and filled one after the other, so that
/// neither nesting nor references back matter.
struct Cloner {
    /// Objects met, and their clones at the same places: arrays in the heap, which keep
    /// both alive.
    sources: Array,
    clones: Array,
    /// Place of an object by its word.
    known: FxHashMap<Value, usize>,
}

impl Cloner {
    /// The clone of a value, perhaps still to be filled.
    fn value(&mut self, ctx: &mut Ctx, v: Value) -> R<Value> {
        if !v.is_object() || ctx.as_str(v).is_some() {
            return Ok(v);
        }
        if let Some(clone) = self.known.get(&v).and_then(|&i| self.clones.get(i)) {
            return Ok(clone);
        }
        let clone = shell(ctx, v)?;
        self.known.insert(v, self.sources.len());
        self.sources.push_bits(ctx, v.0)?;
        self.clones.push_bits(ctx, clone.0)?;
        Ok(clone)
    }

    /// Copies what `from` holds into its empty clone.
    fn fill(&mut self, ctx: &mut Ctx, from: Value, to: Value) -> R<()> {
        if let (Some(from), Some(to)) = (ctx.as_array(from), ctx.as_array(to)) {
            return self.fill_array(ctx, from, to);
        }
        if let (Some(from), Some(to)) = (ctx.as_table(from), ctx.as_table(to)) {
            return self.fill_table(ctx, from, to);
        }
        if let (Some(from), Some(to)) = (ctx.dict_table(from), ctx.dict_table(to)) {
            return self.fill_table(ctx, from, to);
        }
        if let (Some(from), Some(to)) = (ctx.as_instance(from), ctx.as_instance(to)) {
            return self.fill_instance(ctx, from, to);
        }
        Ok(())
    }

    fn fill_array(&mut self, ctx: &mut Ctx, from: Array, to: Array) -> R<()> {
        if !matches!(from.storage().elements(), Elements::Word(_)) {
            let n = from.len();
            let storage = to.reserve(ctx, n)?;
            storage.set_len(n);
            storage.copy(ctx, 0, from.storage(), 0, n);
            return Ok(());
        }
        let mut i = 0;
        while let Some(v) = from.get(i) {
            let clone = self.value(ctx, v)?;
            to.push_bits(ctx, clone.0)?;
            i += 1;
        }
        Ok(())
    }

    fn fill_table(&mut self, ctx: &mut Ctx, from: Table, to: Table) -> R<()> {
        let cursor = from.cursor(ctx)?;
        while cursor.advance(ctx) {
            let Some((key, v)) = cursor.entry() else {
                break;
            };
            let key = self.value(ctx, key)?;
            let v = self.value(ctx, v)?;
            ctx.table_set(to, key, v)?;
        }
        Ok(())
    }

    fn fill_instance(&mut self, ctx: &mut Ctx, from: Instance, to: Instance) -> R<()> {
        let ty = ctx.type_of_obj(from.obj());
        for field in &ty.meta.fields {
            let bits = from.bits(field);
            let bits = match field.repr {
                Repr::Word => self.value(ctx, Value(bits))?.0,
                _ => bits,
            };
            to.set_bits(ctx, field, bits);
        }
        if from.expando().is_some() {
            for (name, v) in ctx.own_members(from.value()) {
                if ty.field(name).is_none() {
                    let clone = self.value(ctx, v)?;
                    ctx.set_expando(to, name, clone)?;
                }
            }
        }
        Ok(())
    }
}

/// An empty object of the same type.
fn shell(ctx: &mut Ctx, v: Value) -> R<Value> {
    let ty = ctx.type_of(v);
    match ty.kind {
        TypeKind::Array | TypeKind::Tuple => Ok(Array::new(ctx, ty, 0, 0)?.value()),
        TypeKind::Instance | TypeKind::Literal => Ok(Instance::new(ctx, ty)?.value()),
        TypeKind::Dict => {
            let table = Table::new(ctx, 2)?;
            Ok(Record::new(ctx, ty, &[table.value()])?.value())
        }
        _ => match ctx.as_table(v) {
            Some(table) => Ok(Table::new(ctx, table.columns())?.value()),
            None => Err(not_cloneable(ctx, v)),
        },
    }
}

#[cold]
fn not_cloneable(ctx: &mut Ctx, v: Value) -> Thrown {
    let text = match ctx.kind_of(v) {
        TypeKind::Internal => Ok("an iterator".to_owned()),
        _ => ctx.to_str(v).map(|s| s.to_text(ctx)),
    };
    match text {
        Ok(text) => ctx.type_error(&format!("{text} could not be cloned.")),
        Err(thrown) => thrown,
    }
}

/// `JSON.parse(text)`.
pub fn json_parse(ctx: &mut Ctx, text: Str) -> R<Value> {
    parse(ctx, text)
}

/// `JSON.stringify(v, replacer, space)`.
pub fn json_stringify(ctx: &mut Ctx, v: Value, replacer: Value, space: Value) -> R<Str> {
    let indent = match (space.as_f64(), ctx.as_str(space)) {
        (Some(n), _) => Str::from_text(ctx, &" ".repeat((n as usize).min(MAX_INDENT)))?,
        (_, Some(s)) => s.substring(ctx, 0, s.len().min(MAX_INDENT))?,
        _ => ctx.empty_string()?,
    };
    stringify(ctx, v, replacer, indent)
}

/// Characters that `encodeURIComponent` leaves as they are.
fn is_unreserved(unit: u16) -> bool {
    u8::try_from(unit).is_ok_and(|b| b.is_ascii_alphanumeric() || b"-_.!~*'()".contains(&b))
}

#[cold]
fn malformed(ctx: &mut Ctx) -> Thrown {
    ctx.throw(ErrorKind::SyntaxError, "URI malformed")
}

/// `encodeURIComponent(s)`.
pub fn encode_uri_component(ctx: &mut Ctx, s: Str) -> R<Str> {
    let encoded = with_units(ctx, s, |units| {
        if units.iter().all(is_unreserved) {
            return Some(None);
        }
        encode(units).map(Some)
    });
    match encoded {
        Some(None) => Ok(s),
        Some(Some(text)) => Str::new(ctx, Units::Latin1(&text)),
        None => Err(malformed(ctx)),
    }
}

/// The UTF-8 bytes of the text, escaped; none for lone surrogates.
fn encode(units: Units<'_>) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(units.len() * 2);
    for c in char::decode_utf16(units.iter()) {
        let c = c.ok()?;
        if c.is_ascii() && is_unreserved(c as u16) {
            out.push(c as u8);
            continue;
        }
        for &byte in c.encode_utf8(&mut [0; 4]).as_bytes() {
            const HEX: &[u8; 16] = b"0123456789ABCDEF";
            out.push(b'%');
            out.push(HEX[usize::from(byte >> 4)]);
            out.push(HEX[usize::from(byte & 15)]);
        }
    }
    Some(out)
}

/// `decodeURIComponent(s)`.
pub fn decode_uri_component(ctx: &mut Ctx, s: Str) -> R<Str> {
    let decoded = with_units(ctx, s, decode);
    match decoded {
        Some(text) => text.finish(ctx),
        None => Err(malformed(ctx)),
    }
}

/// The text with escapes decoded as UTF-8; none where that is impossible.
fn decode(units: Units<'_>) -> Option<Builder> {
    let mut out = Builder::with_capacity(units.len());
    let escaped = |at: usize| -> Option<u8> {
        let digit = |at: usize| char::from_u32(units.get(at)?.into())?.to_digit(16);
        let is_escape = units.get(at)? == u16::from(b'%');
        let value = digit(at + 1)? * 16 + digit(at + 2)?;
        is_escape.then_some(value as u8)
    };
    let mut i = 0;
    while let Some(unit) = units.get(i) {
        if unit != u16::from(b'%') {
            out.push(unit);
            i += 1;
            continue;
        }
        let first = escaped(i)?;
        let n = match first {
            0..=0x7F => 1,
            0xC0..=0xDF => 2,
            0xE0..=0xEF => 3,
            0xF0..=0xF7 => 4,
            _ => return None,
        };
        let bytes: Option<Vec<u8>> = (0..n).map(|k| escaped(i + 3 * k)).collect();
        let bytes = bytes?;
        let text = std::str::from_utf8(&bytes).ok()?;
        text.chars().for_each(|c| out.push_char(c));
        i += 3 * n;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> Option<String> {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let encoded = encode(Units::Wide(&wide))?;
        let back = decode(Units::Latin1(&encoded))?;
        assert_eq!(back.units().to_text(), text);
        String::from_utf8(encoded).ok()
    }

    #[test]
    fn components_as_in_node() {
        assert_eq!(round("a b&c=d/é"), Some("a%20b%26c%3Dd%2F%C3%A9".into()));
        assert_eq!(round("-_.!~*'()"), Some("-_.!~*'()".into()));
        assert_eq!(round("😀日"), Some("%F0%9F%98%80%E6%97%A5".into()));
        assert_eq!(encode(Units::Wide(&[0xD800])), None);
        for bad in [
            "%",
            "%4",
            "%zz",
            "%80",
            "%C3",
            "%C3x",
            "%F8%80%80%80",
            "%ED%A0%80",
        ] {
            assert!(decode(Units::Latin1(bad.as_bytes())).is_none(), "{bad}");
        }
    }
}
