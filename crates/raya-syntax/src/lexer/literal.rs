//! From the text of a literal to its value: numbers, escapes, strings, templates.
//!
//! The lexer uses the same scanners to report errors that the parser uses to make
//! values, so what is accepted has a value.

use crate::ast::{NumberLit, Text};
use crate::name::Interner;
use std::borrow::Cow;

/// One escape sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Escape {
    /// Stands for a UTF-16 code unit or a code point.
    Unit(u32),
    /// A backslash before a line end: stands for nothing.
    LineContinuation,
}

/// What is wrong with an escape sequence.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum EscapeError {
    /// `\x` without two, `\u` without four hexadecimal digits.
    MissingHexDigits,
    /// `\u{…}` without digits or closing brace.
    MissingBrace,
    /// `\u{…}` above 10FFFF.
    OutOfRange,
    /// `\1`, `\01`
    LegacyOctal,
}

impl EscapeError {
    pub(crate) fn message(self) -> &'static str {
        match self {
            EscapeError::MissingHexDigits => "this escape sequence lacks hexadecimal digits",
            EscapeError::MissingBrace => "this escape sequence is not written `\\u{…}`",
            EscapeError::OutOfRange => "the largest code point is `\\u{10FFFF}`",
            EscapeError::LegacyOctal => "octal escape sequences are not part of the language",
        }
    }

    pub(crate) fn help(self) -> &'static str {
        match self {
            EscapeError::MissingHexDigits => "write `\\x` with two digits or `\\u` with four",
            EscapeError::MissingBrace => "write one to six hexadecimal digits in the braces",
            EscapeError::OutOfRange => "use a smaller number",
            EscapeError::LegacyOctal => "write `\\x` and two hexadecimal digits",
        }
    }
}

/// Reads the escape at the start of `text`, which begins with a backslash and is
/// longer than that. Gives the escape and its length in bytes.
pub(crate) fn escape(text: &str) -> (Result<Escape, EscapeError>, usize) {
    let bytes = text.as_bytes();
    let unit = |unit: u32| (Ok(Escape::Unit(unit)), 2);
    match bytes[1] {
        b'n' => unit(0x0A),
        b't' => unit(0x09),
        b'r' => unit(0x0D),
        b'b' => unit(0x08),
        b'f' => unit(0x0C),
        b'v' => unit(0x0B),
        b'0' if !bytes.get(2).is_some_and(u8::is_ascii_digit) => unit(0),
        b'0'..=b'9' => (Err(EscapeError::LegacyOctal), 2),
        b'x' => hex_digits(bytes, 2, 2),
        b'u' if bytes.get(2) == Some(&b'{') => braced(bytes),
        b'u' => hex_digits(bytes, 2, 4),
        b'\r' if bytes.get(2) == Some(&b'\n') => (Ok(Escape::LineContinuation), 3),
        b'\r' | b'\n' => (Ok(Escape::LineContinuation), 2),
        _ => {
            let character = text[1..].chars().next().unwrap_or('\\');
            let escape = match character {
                '\u{2028}' | '\u{2029}' => Escape::LineContinuation,
                other => Escape::Unit(other as u32),
            };
            (Ok(escape), 1 + character.len_utf8())
        }
    }
}

fn hex_digits(bytes: &[u8], from: usize, count: usize) -> (Result<Escape, EscapeError>, usize) {
    let mut value = 0;
    for index in from..from + count {
        match bytes.get(index).and_then(|&byte| hex_value(byte)) {
            Some(digit) => value = value * 16 + digit,
            None => return (Err(EscapeError::MissingHexDigits), index.min(bytes.len())),
        }
    }
    (Ok(Escape::Unit(value)), from + count)
}

fn braced(bytes: &[u8]) -> (Result<Escape, EscapeError>, usize) {
    let mut value: u32 = 0;
    let mut index = 3;
    while let Some(digit) = bytes.get(index).and_then(|&byte| hex_value(byte)) {
        value = value.saturating_mul(16).saturating_add(digit);
        index += 1;
    }
    if index == 3 || bytes.get(index) != Some(&b'}') {
        return (Err(EscapeError::MissingBrace), index);
    }
    if value > 0x10_FFFF {
        return (Err(EscapeError::OutOfRange), index + 1);
    }
    (Ok(Escape::Unit(value)), index + 1)
}

fn hex_value(byte: u8) -> Option<u32> {
    (byte as char).to_digit(16)
}

/// The value of the inside of a string or template; None if an escape is invalid.
pub(crate) fn cook(text: &str, interner: &mut Interner) -> Option<Text> {
    if !text.contains(['\\', '\r']) {
        return Some(Text::Name(interner.intern(text)));
    }
    let mut cooked = Cooked::default();
    let mut rest = text;
    while let Some(at) = rest.find(['\\', '\r']) {
        cooked.push_str(&rest[..at]);
        rest = &rest[at..];
        if let Some(after) = rest.strip_prefix('\r') {
            cooked.push_str("\n");
            rest = after.strip_prefix('\n').unwrap_or(after);
            continue;
        }
        if rest.len() < 2 {
            return None;
        }
        let (escape, length) = escape(rest);
        match escape.ok()? {
            Escape::Unit(unit) => cooked.push_unit(unit),
            Escape::LineContinuation => {}
        }
        rest = &rest[length..];
    }
    cooked.push_str(rest);
    Some(cooked.finish(interner))
}

/// Collects a text that stays UTF-8 until a lone surrogate appears.
#[derive(Default)]
struct Cooked {
    text: String,
    /// Set from the first surrogate on; then `text` is no longer used.
    wide: Option<Vec<u16>>,
}

impl Cooked {
    fn push_str(&mut self, text: &str) {
        match &mut self.wide {
            Some(wide) => wide.extend(text.encode_utf16()),
            None => self.text.push_str(text),
        }
    }

    fn push_unit(&mut self, unit: u32) {
        match char::from_u32(unit) {
            Some(character) => self.push_str(character.encode_utf8(&mut [0; 4])),
            None => {
                let text = &self.text;
                self.wide
                    .get_or_insert_with(|| text.encode_utf16().collect())
                    .push(unit as u16);
            }
        }
    }

    fn finish(self, interner: &mut Interner) -> Text {
        match self.wide {
            None => Text::Name(interner.intern(&self.text)),
            Some(wide) => match String::from_utf16(&wide) {
                Ok(text) => Text::Name(interner.intern(&text)),
                Err(_) => Text::Wide(wide.into()),
            },
        }
    }
}

/// The raw text of a template piece: line ends become `\n`.
pub(crate) fn raw_template(text: &str) -> Cow<'_, str> {
    if text.contains('\r') {
        Cow::Owned(text.replace("\r\n", "\n").replace('\r', "\n"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The value of a number as the lexer accepts it.
pub(crate) fn number(text: &str) -> NumberLit {
    let digits = without_separators(text);
    let value = match digits.as_bytes() {
        [b'0', b'x' | b'X', ..] => radix_value(&digits[2..], 4),
        [b'0', b'o' | b'O', ..] => radix_value(&digits[2..], 3),
        [b'0', b'b' | b'B', ..] => radix_value(&digits[2..], 1),
        _ => {
            return NumberLit {
                value: digits.parse().unwrap_or(f64::NAN),
                integer: digits.bytes().all(|byte| byte.is_ascii_digit()),
            };
        }
    };
    NumberLit {
        value,
        integer: true,
    }
}

/// The digits of a bigint: without suffix and separators, radix prefix in lower case.
pub(crate) fn bigint(text: &str) -> String {
    without_separators(text.trim_end_matches('n')).to_ascii_lowercase()
}

fn without_separators(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', ""))
    } else {
        Cow::Borrowed(text)
    }
}

/// The double nearest to a number in radix 2^`bits`.
fn radix_value(digits: &str, bits: u32) -> f64 {
    let mut mantissa: u128 = 0;
    let mut exponent = 0i32;
    let mut lost = false;
    for digit in digits.chars().filter_map(|digit| digit.to_digit(16)) {
        if mantissa >> 120 == 0 {
            mantissa = mantissa << bits | u128::from(digit);
        } else {
            exponent = exponent.saturating_add(bits as i32);
            lost |= digit != 0;
        }
    }
    // A bit that was lost decides only between two halves; the lowest of 120 bits
    // can say so.
    (mantissa | u128::from(lost)) as f64 * 2f64.powi(exponent)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_javascript_values() {
        let cases = [
            ("0", 0.0, true),
            ("1_000", 1000.0, true),
            ("1.5", 1.5, false),
            (".5", 0.5, false),
            ("5.", 5.0, false),
            ("5.e1", 50.0, false),
            ("1e3", 1000.0, false),
            ("1E-2", 0.01, false),
            ("0xFf", 255.0, true),
            ("0o17", 15.0, true),
            ("0b1_01", 5.0, true),
            ("9007199254740993", 9007199254740992.0, true),
            ("0x20000000000001", 9007199254740992.0, true),
            ("0x20000000000003", 9007199254740996.0, true),
            ("1e400", f64::INFINITY, false),
        ];
        for (text, value, integer) in cases {
            assert_eq!(number(text), NumberLit { value, integer }, "{text}");
        }
        let halfway_and_a_bit = format!("0x20000000000001{}1", "0".repeat(40));
        let expected = 9007199254740994.0 * 2f64.powi(164);
        assert_eq!(number(&halfway_and_a_bit).value, expected);
        assert_eq!(bigint("0XFF_ffn"), "0xffff");
    }

    #[test]
    fn strings_are_cooked() {
        let mut interner = Interner::new();
        let mut cook = |text: &str| match cook(text, &mut interner) {
            Some(Text::Name(name)) => interner.text(name).to_owned(),
            other => format!("{other:?}"),
        };
        assert_eq!(cook(r"a\n\t\x41\u0042\u{1F600}\'\q"), "a\n\tAB😀'q");
        assert_eq!(cook("a\\\r\nb\\\nc"), "abc");
        assert_eq!(cook(r"\ud83d\ude00!"), "😀!");
        assert_eq!(cook(r"x\ud83d"), "Some(Wide([120, 55357]))");
        assert_eq!(cook(r"\0"), "\0");
        assert_eq!(cook("one\r\ntwo\rthree"), "one\ntwo\nthree");
        for bad in [
            r"\01",
            r"\8",
            r"\x4",
            r"\u12",
            r"\u{}",
            r"\u{110000}",
            r"\u{12",
        ] {
            assert_eq!(cook(bad), "None", "{bad}");
        }
    }
}
