//! Strings in quotes, as Node's inspection prints them.

use std::fmt::Write;

/// Quotes UTF-16 text: single quotes, or double quotes or backticks where that saves
/// escaping; control characters and lone surrogates are escaped.
pub fn quote(units: &[u16]) -> String {
    let has = |c: char| units.contains(&(c as u16));
    let mark = if !has('\'') {
        '\''
    } else if !has('"') {
        '"'
    } else if !has('`')
        && !units
            .windows(2)
            .any(|w| w == [u16::from(b'$'), u16::from(b'{')])
    {
        '`'
    } else {
        '\''
    };
    let mut out = String::with_capacity(units.len() + 2);
    out.push(mark);
    for c in char::decode_utf16(units.iter().copied()) {
        match c {
            Ok(c) if c == mark => {
                out.push('\\');
                out.push(c);
            }
            Ok(c) => push_escaped(&mut out, c),
            Err(e) => {
                let _ = write!(out, "\\u{:04x}", e.unpaired_surrogate());
            }
        }
    }
    out.push(mark);
    out
}

fn push_escaped(out: &mut String, c: char) {
    match c {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        '\u{8}' => out.push_str("\\b"),
        '\u{c}' => out.push_str("\\f"),
        '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' => {
            let _ = write!(out, "\\x{:02X}", c as u32);
        }
        c => out.push(c),
    }
}

/// A property key: bare when it is an identifier, quoted else.
pub fn key(units: &[u16]) -> String {
    let text = String::from_utf16_lossy(units);
    if text == "__proto__" {
        return "['__proto__']".to_owned();
    }
    let mut chars = text.chars();
    let bare = chars
        .next()
        .is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && chars.all(|c| c.is_ascii_alphanumeric() || c == '_');
    if bare { text } else { quote(units) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn q(s: &str) -> String {
        quote(&s.encode_utf16().collect::<Vec<_>>())
    }

    #[test]
    fn picks_the_mark_that_saves_escapes() {
        assert_eq!(q("a"), "'a'");
        assert_eq!(q("it's"), "\"it's\"");
        assert_eq!(q("it's \"x\""), "`it's \"x\"`");
        assert_eq!(q("'\"`"), "'\\'\"`'");
        assert_eq!(q("a\n\u{1b}\\"), "'a\\n\\x1B\\\\'");
        assert_eq!(quote(&[0xD800]), "'\\ud800'");
    }

    #[test]
    fn keys() {
        let k = |s: &str| key(&s.encode_utf16().collect::<Vec<_>>());
        assert_eq!(k("abc_1"), "abc_1");
        assert_eq!(k("a-b"), "'a-b'");
        assert_eq!(k("1"), "'1'");
        assert_eq!(k("$x"), "'$x'");
        assert_eq!(k("__proto__"), "['__proto__']");
    }
}
