//! Strings: ECMAScript's methods over UTF-16 units.
//!
//! Positions arrive as doubles and are clamped here; missing ones were filled in by
//! `builtins/String.raya`. Parts of large strings share their characters.

use unicode_normalization::UnicodeNormalization;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::array::{Array, Elements};
use crate::mem::string::{MAX_LENGTH, Str, Units, with_both, with_units};
use crate::mem::value::Value;
use crate::text::builder::Builder;
use crate::text::case::{self, Cased};
use crate::text::collate;
use crate::text::number_format;
use crate::text::number_parse::is_space;
use crate::text::search;
use crate::types::array::relative;

/// A position between 0 and `len`; NaN is 0.
fn clamp(x: f64, len: usize) -> usize {
    // Casts from doubles saturate.
    (x as usize).min(len)
}

/// The index `x` names, if a unit lies there; NaN names the first.
fn index(x: f64, len: usize) -> Option<usize> {
    let x = if x.is_nan() { 0.0 } else { x.trunc() };
    (x >= 0.0 && x < len as f64).then_some(x as usize)
}

/// `s.charAt(i)`.
pub fn string_char_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Str> {
    match index(i, s.len()) {
        Some(i) => s.substring(ctx, i, i + 1),
        None => ctx.empty_string(),
    }
}

/// `s.at(i)`.
pub fn string_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Value> {
    let i = if i <= -1.0 {
        i.trunc() + s.len() as f64
    } else {
        i
    };
    match index(i, s.len()) {
        Some(i) => Ok(s.substring(ctx, i, i + 1)?.value()),
        None => Ok(Value::NULL),
    }
}

/// `s.charCodeAt(i)`.
pub fn string_char_code_at(ctx: &mut Ctx, s: Str, i: f64) -> R<f64> {
    let Some(i) = index(i, s.len()) else {
        return Ok(f64::NAN);
    };
    let unit = with_units(ctx, s, |units| units.get(i));
    Ok(unit.map_or(f64::NAN, f64::from))
}

/// `s.codePointAt(i)`.
pub fn string_code_point_at(ctx: &mut Ctx, s: Str, i: f64) -> R<Value> {
    let Some(i) = index(i, s.len()) else {
        return Ok(Value::NULL);
    };
    let point = with_units(ctx, s, |units| units.code_point(i));
    Ok(point.map_or(Value::NULL, |(c, _)| Value::number(c.into())))
}

/// `s.substring(start, end)`.
pub fn string_substring(ctx: &mut Ctx, s: Str, start: f64, end: f64) -> R<Str> {
    let (a, b) = (clamp(start, s.len()), clamp(end, s.len()));
    s.substring(ctx, a.min(b), a.max(b))
}

/// `s.slice(start, end)`.
pub fn string_slice(ctx: &mut Ctx, s: Str, start: f64, end: f64) -> R<Str> {
    let (a, b) = (relative(start, s.len()), relative(end, s.len()));
    s.substring(ctx, a, b.max(a))
}

fn with_case(ctx: &mut Ctx, s: Str, map: fn(Units<'_>) -> Cased) -> R<Str> {
    match map(s.units(ctx)?) {
        Cased::Same => Ok(s),
        Cased::Narrow(bytes) => Str::new(ctx, Units::Latin1(&bytes)),
        Cased::Wide(wide) => Str::new(ctx, Units::Wide(&wide)),
    }
}

/// `s.toUpperCase()`.
pub fn string_to_upper_case(ctx: &mut Ctx, s: Str) -> R<Str> {
    with_case(ctx, s, case::upper)
}

/// `s.toLowerCase()`.
pub fn string_to_lower_case(ctx: &mut Ctx, s: Str) -> R<Str> {
    with_case(ctx, s, case::lower)
}

fn trimmed(ctx: &mut Ctx, s: Str, front: bool, back: bool) -> R<Str> {
    let units = s.units(ctx)?;
    let keep = |u: u16| !char::from_u32(u.into()).is_some_and(is_space);
    let (mut start, mut end) = (0, s.len());
    if front {
        start = units.iter().position(keep).unwrap_or(end);
    }
    if back {
        let spaces = units.iter().rev().position(keep);
        end = spaces.map_or(start, |n| end - n);
    }
    s.substring(ctx, start, end)
}

/// `s.trim()`.
pub fn string_trim(ctx: &mut Ctx, s: Str) -> R<Str> {
    trimmed(ctx, s, true, true)
}

/// `s.trimStart()`.
pub fn string_trim_start(ctx: &mut Ctx, s: Str) -> R<Str> {
    trimmed(ctx, s, true, false)
}

/// `s.trimEnd()`.
pub fn string_trim_end(ctx: &mut Ctx, s: Str) -> R<Str> {
    trimmed(ctx, s, false, true)
}

/// Position of `needle` in `s`.
fn find(ctx: &mut Ctx, s: Str, needle: Str, from: usize) -> Option<usize> {
    if needle.len() > s.len() {
        return None;
    }
    with_both(ctx, s, needle, |text, needle| {
        search::find(text, needle, from)
    })
}

fn position(at: Option<usize>) -> f64 {
    at.map_or(-1.0, |at| at as f64)
}

/// `s.indexOf(needle, from)`.
pub fn string_index_of(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<f64> {
    let from = clamp(from, s.len());
    Ok(position(find(ctx, s, needle, from)))
}

/// `s.includes(needle, from)`.
pub fn string_includes(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<bool> {
    let from = clamp(from, s.len());
    Ok(find(ctx, s, needle, from).is_some())
}

/// `s.lastIndexOf(needle, from)`; NaN means from the end.
pub fn string_last_index_of(ctx: &mut Ctx, s: Str, needle: Str, from: f64) -> R<f64> {
    let from = if from.is_nan() { f64::INFINITY } else { from };
    let from = clamp(from, s.len());
    let found = with_both(ctx, s, needle, |text, needle| {
        search::find_last(text, needle, from)
    });
    Ok(position(found))
}

/// Whether `needle` lies at `at`.
fn lies_at(ctx: &mut Ctx, s: Str, needle: Str, at: usize) -> bool {
    at + needle.len() <= s.len()
        && with_both(ctx, s, needle, |text, needle| {
            search::is_at(text, needle, at)
        })
}

/// `s.startsWith(needle, at)`.
pub fn string_starts_with(ctx: &mut Ctx, s: Str, needle: Str, at: f64) -> R<bool> {
    let at = clamp(at, s.len());
    Ok(lies_at(ctx, s, needle, at))
}

/// `s.endsWith(needle, end)`.
pub fn string_ends_with(ctx: &mut Ctx, s: Str, needle: Str, end: f64) -> R<bool> {
    let end = clamp(end, s.len());
    match end.checked_sub(needle.len()) {
        Some(at) => Ok(lies_at(ctx, s, needle, at)),
        None => Ok(false),
    }
}

/// `s.split(separator, limit)`; an infinite limit is none.
pub fn string_split(ctx: &mut Ctx, s: Str, separator: Str, limit: f64) -> R<Array> {
    let limit = if limit == f64::INFINITY {
        usize::MAX
    } else {
        crate::math::to_int32(limit) as u32 as usize
    };
    let out = ctx.string_array(0)?;
    if limit == 0 {
        return Ok(out);
    }
    // Flat now, so that views of the units stay valid while parts are allocated.
    let text = s.units(ctx)?;
    let needle = separator.units(ctx)?;
    if needle.is_empty() {
        let n = text.len().min(limit);
        out.reserve(ctx, n)?;
        for unit in text.iter().take(n) {
            let part = ctx.unit_string(unit)?;
            out.push_bits(ctx, part.value().0)?;
        }
        return Ok(out);
    }
    let mut start = 0;
    while let Some(at) = search::find(text, needle, start) {
        let part = s.substring(ctx, start, at)?;
        out.push_bits(ctx, part.value().0)?;
        if out.len() >= limit {
            return Ok(out);
        }
        start = at + needle.len();
    }
    let part = s.substring(ctx, start, s.len())?;
    out.push_bits(ctx, part.value().0)?;
    Ok(out)
}

/// Appends a replacement text, whose `$` patterns stand for the match at `at` and what
/// lies around it.
fn push_replacement(
    ctx: &mut Ctx,
    out: &mut Builder,
    (text, at, end): (Units<'_>, usize, usize),
    by: Units<'_>,
) -> R<()> {
    const DOLLAR: u16 = b'$' as u16;
    let mut i = 0;
    while i < by.len() {
        let dollar = (i..by.len()).find(|&j| by.get(j) == Some(DOLLAR));
        let Some(dollar) = dollar else {
            break;
        };
        out.push_units(ctx, by.range(i, dollar))?;
        i = dollar + 2;
        match by.get(dollar + 1).and_then(|u| char::from_u32(u.into())) {
            Some('$') => out.push(DOLLAR),
            Some('&') => out.push_units(ctx, text.range(at, end))?,
            Some('`') => out.push_units(ctx, text.range(0, at))?,
            Some('\'') => out.push_units(ctx, text.range(end, text.len()))?,
            _ => {
                out.push(DOLLAR);
                i = dollar + 1;
            }
        }
    }
    out.push_units(ctx, by.range(i.min(by.len()), by.len()))
}

/// `s.replace(needle, by)`: the first occurrence.
pub fn string_replace(ctx: &mut Ctx, s: Str, needle: Str, by: Str) -> R<Str> {
    let Some(at) = find(ctx, s, needle, 0) else {
        return Ok(s);
    };
    let end = at + needle.len();
    let (text, by_units) = (s.units(ctx)?, by.units(ctx)?);
    let by = if by_units.iter().any(|u| u == u16::from(b'$')) {
        let mut out = Builder::with_capacity(by_units.len());
        push_replacement(ctx, &mut out, (text, at, end), by_units)?;
        out.finish(ctx)?
    } else {
        by
    };
    let before = s.substring(ctx, 0, at)?;
    let after = s.substring(ctx, end, s.len())?;
    Str::concat_all(ctx, &[before, by, after])
}

/// `s.replaceAll(needle, by)`.
pub fn string_replace_all(ctx: &mut Ctx, s: Str, needle: Str, by: Str) -> R<Str> {
    let (text, needle, by) = (s.units(ctx)?, needle.units(ctx)?, by.units(ctx)?);
    let Some(mut at) = search::find(text, needle, 0) else {
        return Ok(s);
    };
    let mut out = Builder::with_capacity(text.len());
    let mut done = 0;
    loop {
        let end = at + needle.len();
        out.push_units(ctx, text.range(done, at))?;
        push_replacement(ctx, &mut out, (text, at, end), by)?;
        done = end;
        // An empty needle matches at every position once.
        match search::find(text, needle, end.max(at + 1)) {
            Some(next) => at = next,
            None => break,
        }
    }
    out.push_units(ctx, text.range(done, text.len()))?;
    out.finish(ctx)
}

/// Throws when a string of `len` units is too long.
fn check_length(ctx: &mut Ctx, len: f64) -> R<()> {
    if len > MAX_LENGTH as f64 {
        return Err(ctx.range_error("Invalid string length"));
    }
    Ok(())
}

/// `n` units that repeat `pattern`.
fn repeated(ctx: &mut Ctx, pattern: Units<'_>, n: usize) -> R<Str> {
    match pattern {
        Units::Latin1([one]) => Str::new(ctx, Units::Latin1(&vec![*one; n])),
        Units::Latin1(u) => {
            let mut all = u.repeat(n.div_ceil(u.len().max(1)));
            all.truncate(n);
            Str::new(ctx, Units::Latin1(&all))
        }
        Units::Wide(u) => {
            let mut all = u.repeat(n.div_ceil(u.len().max(1)));
            all.truncate(n);
            Str::new(ctx, Units::Wide(&all))
        }
    }
}

/// `s.repeat(n)`.
pub fn string_repeat(ctx: &mut Ctx, s: Str, n: f64) -> R<Str> {
    let count = if n.is_nan() { 0.0 } else { n.trunc() };
    if count < 0.0 || count.is_infinite() {
        let text = number_format::to_string(n);
        return Err(ctx.range_error(&format!("Invalid count value: {text}")));
    }
    if s.is_empty() || count == 0.0 {
        return ctx.empty_string();
    }
    let len = s.len() as f64 * count;
    check_length(ctx, len)?;
    let units = s.units(ctx)?;
    repeated(ctx, units, len as usize)
}

/// What pads `s` to `n` units, none where it is long enough.
fn padding(ctx: &mut Ctx, s: Str, n: f64, pad: Str) -> R<Option<Str>> {
    let wanted = if n.is_nan() { 0.0 } else { n.trunc() };
    if wanted <= s.len() as f64 || pad.is_empty() {
        return Ok(None);
    }
    check_length(ctx, wanted)?;
    let pattern = pad.units(ctx)?;
    repeated(ctx, pattern, wanted as usize - s.len()).map(Some)
}

/// `s.padStart(n, pad)`.
pub fn string_pad_start(ctx: &mut Ctx, s: Str, n: f64, pad: Str) -> R<Str> {
    match padding(ctx, s, n, pad)? {
        Some(padding) => Str::concat(ctx, padding, s),
        None => Ok(s),
    }
}

/// `s.padEnd(n, pad)`.
pub fn string_pad_end(ctx: &mut Ctx, s: Str, n: f64, pad: Str) -> R<Str> {
    match padding(ctx, s, n, pad)? {
        Some(padding) => Str::concat(ctx, s, padding),
        None => Ok(s),
    }
}

/// `s.concat(...parts)`.
pub fn string_concat(ctx: &mut Ctx, s: Str, parts: Array) -> R<Str> {
    let mut all = s;
    for i in 0..parts.len() {
        if let Some(part) = parts.get(i).and_then(|v| ctx.as_str(v)) {
            all = Str::concat(ctx, all, part)?;
        }
    }
    Ok(all)
}

/// `s.localeCompare(other)`.
pub fn string_locale_compare(ctx: &mut Ctx, s: Str, other: Str) -> R<f64> {
    let wide = |ctx: &mut Ctx, s: Str| with_units(ctx, s, |u| u.iter().collect::<Vec<u16>>());
    let (a, b) = (wide(ctx, s), wide(ctx, other));
    Ok(f64::from(collate::compare(&a, &b) as i8))
}

/// `s.normalize(form)`.
pub fn string_normalize(ctx: &mut Ctx, s: Str, form: Str) -> R<Str> {
    let form = form.to_text(ctx);
    let units = s.units(ctx)?;
    let map: fn(&str) -> String = match &form[..] {
        "NFC" => |t| t.nfc().collect(),
        "NFD" => |t| t.nfd().collect(),
        "NFKC" => |t| t.nfkc().collect(),
        "NFKD" => |t| t.nfkd().collect(),
        _ => {
            let message = "The normalization form should be one of NFC, NFD, NFKC, NFKD.";
            return Err(ctx.range_error(message));
        }
    };
    if let Units::Latin1(bytes) = units
        && (bytes.is_ascii() || form == "NFC")
    {
        return Ok(s);
    }
    let mut out = Builder::with_capacity(units.len());
    for part in text_parts(units) {
        match part {
            Ok(text) => map(&text).chars().for_each(|c| out.push_char(c)),
            Err(lone) => out.push(lone),
        }
    }
    out.finish(ctx)
}

/// Stretches of text and the lone surrogates between them.
fn text_parts(units: Units<'_>) -> Vec<Result<String, u16>> {
    let mut parts = Vec::new();
    let mut text = String::new();
    for c in char::decode_utf16(units.iter()) {
        match c {
            Ok(c) => text.push(c),
            Err(lone) => {
                parts.push(Ok(std::mem::take(&mut text)));
                parts.push(Err(lone.unpaired_surrogate()));
            }
        }
    }
    parts.push(Ok(text));
    parts
}

/// The numbers of a `number[]`.
fn numbers(array: Array) -> impl Iterator<Item = f64> {
    (0..array.len()).map(move |i| array.get(i).and_then(Value::as_f64).unwrap_or(0.0))
}

/// `String.fromCharCode(...units)`.
pub fn string_from_char_codes(ctx: &mut Ctx, units: Array) -> R<Str> {
    if let Elements::F64(&[one]) = units.storage().elements() {
        return string_from_char_code(ctx, one);
    }
    let mut out = Builder::with_capacity(units.len());
    numbers(units).for_each(|x| out.push(crate::math::to_int32(x) as u16));
    out.finish(ctx)
}

/// `String.fromCharCode(unit)`.
pub fn string_from_char_code(ctx: &mut Ctx, unit: f64) -> R<Str> {
    ctx.unit_string(crate::math::to_int32(unit) as u16)
}

/// `String.fromCodePoint(...points)`.
pub fn string_from_code_points(ctx: &mut Ctx, points: Array) -> R<Str> {
    let mut out = Builder::with_capacity(points.len());
    for x in numbers(points) {
        if !(0.0..=1_114_111.0).contains(&x) || x.trunc() != x {
            let text = number_format::to_string(x);
            return Err(ctx.range_error(&format!("Invalid code point {text}")));
        }
        match char::from_u32(x as u32) {
            Some(c) => out.push_char(c),
            None => out.push(x as u16),
        }
    }
    out.finish(ctx)
}

/// The code points of `s`, each as a string.
pub fn string_code_points(ctx: &mut Ctx, s: Str) -> R<Array> {
    let out = ctx.string_array(s.len())?;
    let units = s.units(ctx)?;
    let mut i = 0;
    while let Some((_, n)) = units.code_point(i) {
        let part = s.substring(ctx, i, i + n)?;
        out.push_bits(ctx, part.value().0)?;
        i += n;
    }
    Ok(out)
}

/// Where the code point after the one at `i` begins.
pub fn string_next_index(ctx: &mut Ctx, s: Str, i: i32) -> R<i32> {
    let at = usize::try_from(i).unwrap_or(0);
    let point = with_units(ctx, s, |units| units.code_point(at));
    Ok(i + point.map_or(1, |(_, n)| n as i32))
}

/// `s.isWellFormed()`.
pub fn string_is_well_formed(ctx: &mut Ctx, s: Str) -> R<bool> {
    Ok(with_units(ctx, s, well_formed))
}

fn well_formed(units: Units<'_>) -> bool {
    match units {
        Units::Latin1(_) => true,
        Units::Wide(_) => char::decode_utf16(units.iter()).all(|c| c.is_ok()),
    }
}

/// `s.toWellFormed()`.
pub fn string_to_well_formed(ctx: &mut Ctx, s: Str) -> R<Str> {
    let units = s.units(ctx)?;
    if well_formed(units) {
        return Ok(s);
    }
    Str::from_text(ctx, &units.to_text())
}
