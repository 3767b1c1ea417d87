//! Natives of strings.

use unicode_normalization::UnicodeNormalization;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::string::{Str, Units, with_units};
use crate::mem::value::Value;
use crate::text::collate;

fn position(found: Option<usize>) -> f64 {
    found.map_or(-1.0, |i| i as f64)
}

pub fn string_char_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Str> {
    ctx.char_at(s, i)
}

pub fn string_substring(ctx: &mut Ctx, s: Str, start: f64, end: f64) -> R<Str> {
    ctx.substring(s, start, end)
}

pub fn string_to_upper_case(ctx: &mut Ctx, s: Str) -> R<Str> {
    ctx.change_case(s, true)
}

pub fn string_to_lower_case(ctx: &mut Ctx, s: Str) -> R<Str> {
    ctx.change_case(s, false)
}

pub fn string_trim(ctx: &mut Ctx, s: Str) -> R<Str> {
    ctx.trim(s, true, true)
}

pub fn string_trim_start(ctx: &mut Ctx, s: Str) -> R<Str> {
    ctx.trim(s, true, false)
}

pub fn string_trim_end(ctx: &mut Ctx, s: Str) -> R<Str> {
    ctx.trim(s, false, true)
}

pub fn string_index_of(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<f64> {
    Ok(position(ctx.index_of(s, needle, from)))
}

pub fn string_includes(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<bool> {
    Ok(ctx.index_of(s, needle, from).is_some())
}

pub fn string_last_index_of(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<f64> {
    Ok(position(ctx.last_index_of(s, needle, from)))
}

pub fn string_split(ctx: &mut Ctx, s: Str, separator: Str, limit: f64) -> R<Array> {
    ctx.split(s, separator, limit)
}

pub fn string_starts_with(ctx: &mut Ctx, s: Str, needle: Str, at: f64) -> R<bool> {
    Ok(ctx.starts_with(s, needle, at))
}

pub fn string_ends_with(ctx: &mut Ctx, s: Str, needle: Str, end: f64) -> R<bool> {
    Ok(ctx.ends_with(s, needle, end))
}

pub fn string_replace(ctx: &mut Ctx, s: Str, needle: Str, by: Str) -> R<Str> {
    ctx.replace(s, needle, by, false)
}

pub fn string_replace_all(ctx: &mut Ctx, s: Str, needle: Str, by: Str) -> R<Str> {
    ctx.replace(s, needle, by, true)
}

pub fn string_repeat(ctx: &mut Ctx, s: Str, n: f64) -> R<Str> {
    ctx.repeat(s, n)
}

pub fn string_pad_start(ctx: &mut Ctx, s: Str, n: f64, pad: Str) -> R<Str> {
    ctx.pad(s, n, pad, true)
}

pub fn string_pad_end(ctx: &mut Ctx, s: Str, n: f64, pad: Str) -> R<Str> {
    ctx.pad(s, n, pad, false)
}

pub fn string_char_code_at(ctx: &mut Ctx, s: Str, i: f64) -> R<f64> {
    Ok(ctx.char_code_at(s, i))
}

pub fn string_slice(ctx: &mut Ctx, s: Str, start: f64, end: f64) -> R<Str> {
    ctx.string_slice(s, start, end)
}

pub fn string_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Value> {
    let i = if i.is_nan() { 0.0 } else { i.trunc() };
    let at = if i < 0.0 { i + s.len() as f64 } else { i };
    if at < 0.0 || at >= s.len() as f64 {
        return Ok(Value::NULL);
    }
    Ok(s.substring(ctx, at as usize, at as usize + 1)?.value())
}

pub fn string_code_point_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Value> {
    let i = if i.is_nan() { 0.0 } else { i.trunc() };
    if i < 0.0 || i >= s.len() as f64 {
        return Ok(Value::NULL);
    }
    let point = with_units(ctx, s, |u| u.code_point(i as usize));
    Ok(point.map_or(Value::NULL, |(c, _)| Value::number(c.into())))
}

pub fn string_concat(ctx: &mut Ctx, s: Str, parts: Array) -> R<Str> {
    ctx.concat_array(s, parts)
}

pub fn string_locale_compare(ctx: &mut Ctx, s: Str, other: Str) -> R<f64> {
    let a: Vec<u16> = with_units(ctx, s, |u| u.iter().collect());
    let b: Vec<u16> = with_units(ctx, other, |u| u.iter().collect());
    Ok(f64::from(collate::compare(&a, &b) as i32))
}

pub fn string_normalize(ctx: &mut Ctx, s: Str, form: Str) -> R<Str> {
    let form = form.to_text(ctx);
    let map: fn(&str) -> String = match form.as_str() {
        "NFC" => |t| t.nfc().collect(),
        "NFD" => |t| t.nfd().collect(),
        "NFKC" => |t| t.nfkc().collect(),
        "NFKD" => |t| t.nfkd().collect(),
        _ => {
            return Err(
                ctx.range_error("The normalization form should be one of NFC, NFD, NFKC, NFKD.")
            );
        }
    };
    ctx.map_text(s, map)
}

/// A unit from a number, as `String.fromCharCode` converts it.
fn to_unit(v: Value) -> u16 {
    crate::operators::to_int32(v.as_f64().unwrap_or(0.0)) as u16
}

pub fn string_from_char_codes(ctx: &mut Ctx, units: Array) -> R<Str> {
    if let (1, Some(only)) = (units.len(), units.get(0)) {
        return ctx.unit_string(to_unit(only));
    }
    let units: Vec<u16> = (0..units.len())
        .filter_map(|i| units.get(i))
        .map(to_unit)
        .collect();
    Str::new(ctx, Units::Wide(&units))
}

pub fn string_from_code_points(ctx: &mut Ctx, points: Array) -> R<Str> {
    let mut units = Vec::with_capacity(points.len());
    for i in 0..points.len() {
        let point = points.get(i).and_then(Value::as_f64).unwrap_or(f64::NAN);
        if !(point >= 0.0 && point <= 1_114_111.0 && point.fract() == 0.0) {
            let shown = crate::text::number_format::to_string(point);
            return Err(ctx.range_error(&format!("Invalid code point {shown}")));
        }
        let point = point as u32;
        match u16::try_from(point) {
            Ok(unit) => units.push(unit),
            Err(_) => {
                let rest = point - 0x10000;
                units.push(0xD800 | (rest >> 10) as u16);
                units.push(0xDC00 | (rest & 0x3FF) as u16);
            }
        }
    }
    Str::new(ctx, Units::Wide(&units))
}

pub fn string_code_points(ctx: &mut Ctx, s: Str) -> R<Array> {
    ctx.code_points(s)
}

pub fn string_next_index(ctx: &mut Ctx, s: Str, i: i32) -> R<i32> {
    let at = usize::try_from(i).unwrap_or(0);
    let width = with_units(ctx, s, |u| u.code_point(at).map_or(1, |(_, w)| w));
    Ok((at + width) as i32)
}

pub fn string_is_well_formed(ctx: &mut Ctx, s: Str) -> R<bool> {
    Ok(with_units(ctx, s, |u| {
        char::decode_utf16(u.iter()).all(|c| c.is_ok())
    }))
}

pub fn string_to_well_formed(ctx: &mut Ctx, s: Str) -> R<Str> {
    let text = s.to_text(ctx);
    Str::from_text(ctx, &text)
}
