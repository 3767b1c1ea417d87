//! Upper and lower case of whole strings, as Unicode's full mappings have it.

use crate::mem::string::Units;

/// What a string turns into.
#[derive(Debug, PartialEq, Eq)]
pub enum Cased {
    /// It already is of that case.
    Same,
    /// One byte per unit.
    Narrow(Vec<u8>),
    /// Two bytes per unit.
    Wide(Vec<u16>),
}

/// `toLowerCase`.
pub fn lower(units: Units<'_>) -> Cased {
    match units {
        Units::Latin1(bytes) => {
            let small = |&b: &u8| match b {
                b'A'..=b'Z' | 0xC0..=0xD6 | 0xD8..=0xDE => b + 32,
                _ => b,
            };
            narrow(bytes, small)
        }
        Units::Wide(wide) => by_text(wide, |text| text.to_lowercase()),
    }
}

/// `toUpperCase`.
pub fn upper(units: Units<'_>) -> Cased {
    match units {
        // These three leave Latin-1 or grow.
        Units::Latin1(bytes) if bytes.iter().any(|b| matches!(b, 0xB5 | 0xDF | 0xFF)) => {
            let wide: Vec<u16> = bytes.iter().map(|&b| b.into()).collect();
            by_text(&wide, |text| text.to_uppercase())
        }
        Units::Latin1(bytes) => {
            let large = |&b: &u8| match b {
                b'a'..=b'z' | 0xE0..=0xF6 | 0xF8..=0xFE => b - 32,
                _ => b,
            };
            narrow(bytes, large)
        }
        Units::Wide(wide) => by_text(wide, |text| text.to_uppercase()),
    }
}

fn narrow(bytes: &[u8], map: impl Fn(&u8) -> u8) -> Cased {
    if bytes.iter().all(|b| map(b) == *b) {
        Cased::Same
    } else {
        Cased::Narrow(bytes.iter().map(map).collect())
    }
}

/// Maps every stretch of text between lone surrogates.
fn by_text(units: &[u16], map: impl Fn(&str) -> String) -> Cased {
    let mut out = Vec::with_capacity(units.len());
    let mut text = String::new();
    for c in char::decode_utf16(units.iter().copied()) {
        match c {
            Ok(c) => text.push(c),
            Err(lone) => {
                out.extend(map(&text).encode_utf16());
                text.clear();
                out.push(lone.unpaired_surrogate());
            }
        }
    }
    out.extend(map(&text).encode_utf16());
    if out == units {
        Cased::Same
    } else {
        Cased::Wide(out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cased(map: fn(Units<'_>) -> Cased, text: &str) -> String {
        let wide: Vec<u16> = text.encode_utf16().collect();
        let latin: Result<Vec<u8>, _> = wide.iter().map(|&u| u8::try_from(u)).collect();
        let units = match &latin {
            Ok(bytes) => Units::Latin1(bytes),
            Err(_) => Units::Wide(&wide),
        };
        match map(units) {
            Cased::Same => text.to_owned(),
            Cased::Narrow(bytes) => bytes.iter().map(|&b| char::from(b)).collect(),
            Cased::Wide(wide) => String::from_utf16_lossy(&wide),
        }
    }

    #[test]
    fn as_in_node() {
        assert_eq!(cased(upper, "straße"), "STRASSE");
        assert_eq!(cased(upper, "ÿ µ é"), "Ÿ Μ É");
        assert_eq!(cased(lower, "ÀÉ×Þ"), "àé×þ");
        assert_eq!(cased(upper, "à÷þ"), "À÷Þ");
        assert_eq!(cased(lower, "ΟΔΥΣΣΕΥΣ ΑΣ"), "οδυσσευς ας");
        assert_eq!(cased(lower, "İ"), "i̇");
        assert_eq!(cased(upper, "ŉ ﬁ ΐ"), "ʼN FI Ι\u{308}\u{301}");
        assert_eq!(cased(lower, "𐐀x"), "𐐨x");
    }

    #[test]
    fn lone_surrogates_stay() {
        let units = [0xD800, 0x61, 0xDC00];
        assert_eq!(
            upper(Units::Wide(&units)),
            Cased::Wide(vec![0xD800, 0x41, 0xDC00])
        );
        assert_eq!(lower(Units::Wide(&units)), Cased::Same);
    }
}
