//! Strings as programs see them: searching, cutting, mapping.
//!
//! Everything counts in UTF-16 units, as JavaScript does. Natives and attribute access
//! through `any` both call in here.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::math::to_int32;
use crate::mem::array::Array;
use crate::mem::string::{Str, Units, with_units};
use crate::mem::value::Value;
use crate::text::number_parse::is_space;
use crate::types::array::relative;

/// Clamps a position to `0..=len` after truncation; NaN is 0.
fn clamp(at: f64, len: usize) -> usize {
    if at > 0.0 {
        at.min(len as f64) as usize
    } else {
        0
    }
}

/// Index of the first occurrence of `needle` from `from` on.
pub fn find(hay: Units<'_>, needle: Units<'_>, from: usize) -> Option<usize> {
    if needle.is_empty() {
        return (from <= hay.len()).then_some(from);
    }
    let last = hay.len().checked_sub(needle.len())?;
    if from > last {
        return None;
    }
    match (hay, needle) {
        (Units::Latin1(h), Units::Latin1(n)) => {
            memchr::memmem::find(&h[from..], n).map(|i| i + from)
        }
        (Units::Wide(h), Units::Wide(n)) => {
            (from..=last).find(|&i| h[i] == n[0] && h[i..i + n.len()] == *n)
        }
        _ => (from..=last).find(|&i| hay.range(i, i + needle.len()) == needle),
    }
}

/// Index of the last occurrence of `needle` that starts at or before `from`.
pub fn find_last(hay: Units<'_>, needle: Units<'_>, from: usize) -> Option<usize> {
    let last = hay.len().checked_sub(needle.len())?;
    (0..=from.min(last))
        .rev()
        .find(|&i| hay.range(i, i + needle.len()) == needle)
}

fn is_space_unit(unit: u16) -> bool {
    char::from_u32(unit.into()).is_some_and(is_space)
}

/// The range that is left when white space at the ends is cut.
pub fn trimmed(units: Units<'_>, start: bool, end: bool) -> (usize, usize) {
    let mut from = 0;
    let mut to = units.len();
    if start {
        from = units.iter().take_while(|&u| is_space_unit(u)).count();
    }
    if end && from < to {
        to -= units.iter().rev().take_while(|&u| is_space_unit(u)).count();
    }
    (from, to.max(from))
}

/// Replaces `$$`, `$&`, `` $` ``, `$'` in a replacement.
fn expand(out: &mut Vec<u16>, by: Units<'_>, hay: Units<'_>, at: usize, len: usize) {
    const DOLLAR: u16 = b'$' as u16;
    let mut units = by.iter().peekable();
    while let Some(unit) = units.next() {
        let next = units.peek().and_then(|&u| u8::try_from(u).ok());
        let part = match (unit, next) {
            (DOLLAR, Some(b'$')) => {
                out.push(DOLLAR);
                units.next();
                continue;
            }
            (DOLLAR, Some(b'&')) => hay.range(at, at + len),
            (DOLLAR, Some(b'`')) => hay.range(0, at),
            (DOLLAR, Some(b'\'')) => hay.range(at + len, hay.len()),
            _ => {
                out.push(unit);
                continue;
            }
        };
        units.next();
        out.extend(part.iter());
    }
}

impl Ctx {
    /// `charCodeAt`.
    pub fn char_code_at(&mut self, s: Str, i: f64) -> f64 {
        let i = i.trunc();
        if !(i >= 0.0 && i < s.len() as f64) && !i.is_nan() {
            return f64::NAN;
        }
        let at = if i.is_nan() { 0 } else { i as usize };
        with_units(self, s, |u| u.get(at).map_or(f64::NAN, f64::from))
    }

    /// `charAt`.
    pub fn char_at(&mut self, s: Str, i: f64) -> R<Str> {
        let i = if i.is_nan() { 0.0 } else { i.trunc() };
        if i < 0.0 || i >= s.len() as f64 {
            return self.empty_string();
        }
        s.substring(self, i as usize, i as usize + 1)
    }

    /// `substring`.
    pub fn substring(&mut self, s: Str, start: f64, end: f64) -> R<Str> {
        let (a, b) = (clamp(start, s.len()), clamp(end, s.len()));
        s.substring(self, a.min(b), a.max(b))
    }

    /// `slice`.
    pub fn string_slice(&mut self, s: Str, start: f64, end: f64) -> R<Str> {
        let (a, b) = (relative(start, s.len()), relative(end, s.len()));
        if a >= b {
            return self.empty_string();
        }
        s.substring(self, a, b)
    }

    /// `indexOf`.
    pub fn index_of(&mut self, s: Str, needle: Str, from: f64) -> Option<usize> {
        let from = clamp(from, s.len());
        if needle.len() > s.len() {
            return None;
        }
        self.with_two(s, needle, |h, n| find(h, n, from))
    }

    /// `lastIndexOf`; NaN starts at the end.
    pub fn last_index_of(&mut self, s: Str, needle: Str, from: f64) -> Option<usize> {
        let from = if from.is_nan() { f64::INFINITY } else { from };
        let from = clamp(from, s.len());
        self.with_two(s, needle, |h, n| find_last(h, n, from))
    }

    fn with_two<T>(&mut self, a: Str, b: Str, f: impl FnOnce(Units<'_>, Units<'_>) -> T) -> T {
        // Flattening the second cannot turn the first back into a rope.
        with_units(self, b, |_| ());
        with_units(self, a, |_| ());
        match (a.flat_units(), b.flat_units()) {
            (Some(x), Some(y)) => f(x, y),
            _ => {
                let x: Vec<u16> = with_units(self, a, |u| u.iter().collect());
                let y: Vec<u16> = with_units(self, b, |u| u.iter().collect());
                f(Units::Wide(&x), Units::Wide(&y))
            }
        }
    }

    /// Whether `needle` lies exactly at unit `at`.
    pub fn matches_at(&mut self, s: Str, needle: Str, at: usize) -> bool {
        if at + needle.len() > s.len() {
            return false;
        }
        self.with_two(s, needle, |h, n| h.range(at, at + n.len()) == n)
    }

    /// `startsWith`.
    pub fn starts_with(&mut self, s: Str, needle: Str, at: f64) -> bool {
        let at = clamp(at, s.len());
        self.matches_at(s, needle, at)
    }

    /// `endsWith`.
    pub fn ends_with(&mut self, s: Str, needle: Str, end: f64) -> bool {
        let end = clamp(end, s.len());
        match end.checked_sub(needle.len()) {
            Some(at) => self.matches_at(s, needle, at),
            None => false,
        }
    }

    /// `trim`, `trimStart`, `trimEnd`.
    pub fn trim(&mut self, s: Str, start: bool, end: bool) -> R<Str> {
        let (from, to) = trimmed(s.units(self)?, start, end);
        s.substring(self, from, to)
    }

    /// `repeat`.
    pub fn repeat(&mut self, s: Str, n: f64) -> R<Str> {
        let n = if n.is_nan() { 0.0 } else { n.trunc() };
        if n < 0.0 || n.is_infinite() {
            let shown = crate::text::number_format::to_string(n);
            return Err(self.range_error(&format!("Invalid count value: {shown}")));
        }
        if s.is_empty() {
            return self.empty_string();
        }
        if n * s.len() as f64 > crate::mem::string::MAX_LENGTH as f64 {
            return Err(self.range_error("Invalid string length"));
        }
        // Ropes by doubling: the characters are put together once.
        let mut n = n as usize;
        let mut all = self.empty_string()?;
        let mut power = s;
        while n > 0 {
            if n & 1 == 1 {
                all = Str::concat(self, all, power)?;
            }
            n >>= 1;
            if n > 0 {
                power = Str::concat(self, power, power)?;
            }
        }
        Ok(all)
    }

    /// `padStart` and `padEnd`.
    pub fn pad(&mut self, s: Str, n: f64, pad: Str, at_start: bool) -> R<Str> {
        let missing = n.trunc() - s.len() as f64;
        if missing.is_nan() || missing <= 0.0 || pad.is_empty() {
            return Ok(s);
        }
        if n > crate::mem::string::MAX_LENGTH as f64 {
            return Err(self.range_error("Invalid string length"));
        }
        let missing = missing as usize;
        let times = missing.div_ceil(pad.len());
        let filler = self.repeat(pad, times as f64)?;
        let filler = filler.substring(self, 0, missing)?;
        if at_start {
            Str::concat(self, filler, s)
        } else {
            Str::concat(self, s, filler)
        }
    }

    /// `split` by a string.
    pub fn split(&mut self, s: Str, separator: Str, limit: f64) -> R<Array> {
        // An infinite limit stands for none.
        let limit = if limit == f64::INFINITY {
            u32::MAX
        } else {
            to_int32(limit) as u32
        } as usize;
        let parts = self.string_array(0)?;
        s.units(self)?;
        separator.units(self)?;
        if separator.is_empty() {
            for i in 0..s.len().min(limit) {
                let part = s.substring(self, i, i + 1)?;
                parts.push_bits(self, part.value().0)?;
            }
            return Ok(parts);
        }
        let mut from = 0;
        while parts.len() < limit {
            let found = self.with_two(s, separator, |h, n| find(h, n, from));
            let end = found.unwrap_or(s.len());
            let part = s.substring(self, from, end)?;
            parts.push_bits(self, part.value().0)?;
            match found {
                Some(at) => from = at + separator.len(),
                None => break,
            }
        }
        Ok(parts)
    }

    /// `replace` of the first occurrence, or of all.
    pub fn replace(&mut self, s: Str, needle: Str, by: Str, all: bool) -> R<Str> {
        let (hay, units, by) = (s.units(self)?, needle.units(self)?, by.units(self)?);
        let mut out: Vec<u16> = Vec::new();
        let mut done = 0;
        let mut from = 0;
        while let Some(at) = find(hay, units, from) {
            out.extend(hay.range(done, at).iter());
            expand(&mut out, by, hay, at, units.len());
            done = at + units.len();
            if !all {
                break;
            }
            from = done.max(at + 1);
            if out.len() > crate::mem::string::MAX_LENGTH {
                return Err(self.range_error("Invalid string length"));
            }
        }
        if done == 0 && out.is_empty() {
            return Ok(s);
        }
        out.extend(hay.range(done, hay.len()).iter());
        Str::new(self, Units::Wide(&out))
    }

    /// Maps well-formed text; lone surrogates stay as they are.
    pub fn map_text(&mut self, s: Str, map: impl Fn(&str) -> String) -> R<Str> {
        let units = s.units(self)?;
        if let Units::Latin1(bytes) = units
            && bytes.is_ascii()
        {
            let text = String::from_utf8_lossy(bytes);
            return Str::from_text(self, &map(&text));
        }
        let mut out: Vec<u16> = Vec::with_capacity(units.len());
        let mut run = String::new();
        for piece in char::decode_utf16(units.iter()) {
            match piece {
                Ok(c) => run.push(c),
                Err(lone) => {
                    out.extend(map(&run).encode_utf16());
                    run.clear();
                    out.push(lone.unpaired_surrogate());
                }
            }
        }
        out.extend(map(&run).encode_utf16());
        Str::new(self, Units::Wide(&out))
    }

    /// `toUpperCase` or `toLowerCase`.
    pub fn change_case(&mut self, s: Str, upper: bool) -> R<Str> {
        let unchanged = match s.units(self)? {
            Units::Latin1(bytes) => bytes.iter().all(|b| {
                b.is_ascii()
                    && if upper {
                        !b.is_ascii_lowercase()
                    } else {
                        !b.is_ascii_uppercase()
                    }
            }),
            Units::Wide(_) => false,
        };
        if unchanged {
            return Ok(s);
        }
        self.map_text(s, |text| {
            if upper {
                text.to_uppercase()
            } else {
                text.to_lowercase()
            }
        })
    }

    /// The code points of a string, as strings.
    pub fn code_points(&mut self, s: Str) -> R<Array> {
        let all = self.string_array(s.len())?;
        let mut at = 0;
        while let Some((_, width)) = s.units(self)?.code_point(at) {
            let part = s.substring(self, at, at + width)?;
            all.push_bits(self, part.value().0)?;
            at += width;
        }
        Ok(all)
    }

    /// Concatenates the strings of an array.
    pub fn concat_array(&mut self, first: Str, parts: Array) -> R<Str> {
        let mut all = first;
        for i in 0..parts.len() {
            let part = parts.get(i).unwrap_or(Value::NULL);
            let part = self.to_str(part)?;
            all = Str::concat(self, all, part)?;
        }
        Ok(all)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn latin(s: &str) -> Units<'_> {
        Units::Latin1(s.as_bytes())
    }

    #[test]
    fn finds_across_representations() {
        let wide: Vec<u16> = "abcab".encode_utf16().collect();
        assert_eq!(find(Units::Wide(&wide), latin("ab"), 1), Some(3));
        assert_eq!(find(latin("abcab"), latin("ab"), 1), Some(3));
        assert_eq!(find(latin("abc"), latin(""), 3), Some(3));
        assert_eq!(find(latin("abc"), latin(""), 4), None);
        assert_eq!(find_last(latin("abcab"), latin("ab"), 9), Some(3));
        assert_eq!(find_last(latin("abcab"), latin("ab"), 2), Some(0));
    }

    #[test]
    fn replacement_patterns() {
        let mut out = Vec::new();
        expand(&mut out, latin("[$&|$`|$'|$$|$x]"), latin("abc"), 1, 1);
        assert_eq!(String::from_utf16_lossy(&out), "[b|a|c|$|$x]");
    }

    #[test]
    fn trims_javascript_space() {
        assert_eq!(trimmed(latin(" \n\u{b}a "), true, true), (3, 4));
        assert_eq!(trimmed(latin("   "), true, true), (3, 3));
    }
}
