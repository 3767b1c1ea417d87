//! `localeCompare`: the order of text for people.
//!
//! The root order of the Unicode collation algorithm, as ICU has it, for the alphabets
//! that have upper and lower case, kana, and by code point for other scripts. Strings are
//! compared three times: by letters, then by accents, then by case (lower case first).

use std::cmp::Ordering;

use unicode_normalization::UnicodeNormalization;

/// Characters in the order of their first weights. Letters stand for both cases.
const ORDER: &str = "\t\n\u{b}\u{c}\r\u{2028}\u{2029} _‗-‒–—―,;:!‼¡?¿‽.‥…·'‹›\"«»()[]{}‖§¶\
@*/\\&#%‰‱†‡•‣‧⁃′″‴‵‶‷‸※‿⁀⁁⁂`´^¯¨¸°©®←→↑↓+±÷×<=>¬|¦~⁄\u{e000}¤¢$£¥₠₡₢₣₤₥₦₩₪₫€₭₮₯₰₱₲₳₴₵₶₷\
₸₹₺₻₼₽₾₿0123456789abƀɓƃcƈdɖɗƌȡeɇǝəɛfƒgǥɠɣƣhƕiıɨɩjȷɉkƙlƚȴƛmnɲƞȵŋoɔɵȣpƥqȹɋĸrʀɍsȿʃƪtƾŧⱦƫƭʈȶuʉɯʊvʋʌ\
wxyɏƴȝzƍƶȥɀʒƹƺþƿƻƨƽƅɂǀǁǂǃαβγδεϝͷϛζͱηθιϳκϗλμνξοπϻϟϙρϼσͼͻͽτυφχψωϡͳϸϣϥϧϩϫϭϯ\
абвгдђеєжзѕийіјклљмнњопрстћуфхцчџшщъыьэюя";

/// Marks where symbols come that have no place of their own: before currencies.
const OTHER_SYMBOLS: char = '\u{e000}';

/// Accents in the order of their second weights.
const ACCENTS: &str = "\u{332}\u{313}\u{314}\u{301}\u{300}\u{306}\u{302}\u{30c}\u{30a}\u{342}\
\u{308}\u{30b}\u{303}\u{307}\u{338}\u{327}\u{328}\u{304}\u{30d}\u{30e}\u{312}\u{315}\u{31a}\
\u{335}\u{309}\u{30f}\u{310}\u{311}\u{31b}\u{323}\u{324}\u{325}\u{326}\u{32d}\u{32e}\u{330}\
\u{331}\u{334}";

/// First weights of ASCII characters; 0 for control characters, which do not count.
const ASCII: [u8; 128] = ascii_weights();

const fn ascii_weights() -> [u8; 128] {
    let mut table = [0; 128];
    let bytes = ORDER.as_bytes();
    let (mut i, mut rank) = (0, 0);
    while i < bytes.len() {
        // A character begins with a byte that does not continue another.
        if bytes[i] & 0xC0 != 0x80 {
            rank += 1;
        }
        if bytes[i] < 128 {
            table[bytes[i] as usize] = rank;
            table[bytes[i].to_ascii_uppercase() as usize] = rank;
        }
        // The letter z stands early enough for one byte.
        if bytes[i] == b'z' {
            break;
        }
        i += 1;
    }
    table
}

/// The weights of one character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Weights {
    letter: u32,
    accent: u32,
    case: u8,
}

/// Compares two strings as ICU's root collation does.
pub fn compare(a: &[u16], b: &[u16]) -> Ordering {
    if let Some(order) = compare_ascii(a, b) {
        return order;
    }
    let (a, b) = (weights(a), weights(b));
    let letters =
        |w: &[Weights]| -> Vec<u32> { w.iter().map(|w| w.letter).filter(|&l| l != 0).collect() };
    let accents = |w: &[Weights]| -> Vec<u32> { w.iter().map(|w| w.accent).collect() };
    let cases = |w: &[Weights]| -> Vec<u8> { w.iter().map(|w| w.case).collect() };
    letters(&a)
        .cmp(&letters(&b))
        .then_with(|| accents(&a).cmp(&accents(&b)))
        .then_with(|| cases(&a).cmp(&cases(&b)))
}

/// The order of two ASCII strings, none when one of them is not ASCII.
fn compare_ascii(a: &[u16], b: &[u16]) -> Option<Ordering> {
    if a.iter().chain(b).any(|&u| u >= 128) {
        return None;
    }
    let letters = ascii_letters(a).cmp(ascii_letters(b));
    Some(letters.then_with(|| ascii_cases(a).cmp(ascii_cases(b))))
}

/// First weights of an ASCII string.
fn ascii_letters(units: &[u16]) -> impl Iterator<Item = u8> {
    let weights = units.iter().map(|&u| ASCII[usize::from(u)]);
    weights.filter(|&weight| weight != 0)
}

/// Which counting characters of an ASCII string are upper case.
fn ascii_cases(units: &[u16]) -> impl Iterator<Item = bool> {
    let counting = units.iter().filter(|&&u| ASCII[usize::from(u)] != 0);
    counting.map(|u| (65..=90).contains(u))
}

/// The weights of a string's characters, taken apart into letters and accents.
fn weights(units: &[u16]) -> Vec<Weights> {
    let mut out = Vec::with_capacity(units.len() + 4);
    let decoded = char::decode_utf16(units.iter().copied());
    let chars = decoded.map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER));
    for c in chars {
        if matches!(c, 'й' | 'Й') {
            // A letter of its own, though Unicode takes it apart.
            push_weights(c, &mut out);
        } else {
            let parts = std::iter::once(c).nfd();
            parts.for_each(|c| push_weights(c, &mut out));
        }
    }
    out
}

fn push_weights(c: char, out: &mut Vec<Weights>) {
    let letter = |c: char, case: u8| Weights {
        letter: letter_weight(c),
        accent: 1,
        case,
    };
    let accent = |mark: char| Weights {
        letter: 0,
        accent: accent_weight(mark),
        case: 0,
    };
    let upper = u8::from(c.is_uppercase());
    let (letters, mark, case) = match c {
        '\0'..='\u{8}' | '\u{e}'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{ad}' => return,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2064}' => return,
        '\u{fe00}'..='\u{fe0f}' | '\u{feff}' => return,
        '\u{300}'..='\u{36f}' => {
            out.push(accent(c));
            return;
        }
        'đ' | 'Đ' => ("d", Some('\u{335}'), upper),
        'ð' | 'Ð' => ("d", Some('\u{36f}'), upper),
        'ħ' | 'Ħ' => ("h", Some('\u{335}'), upper),
        'ł' | 'Ł' => ("l", Some('\u{335}'), upper),
        'ø' | 'Ø' => ("o", Some('\u{338}'), upper),
        'æ' | 'Æ' => ("ae", Some('\u{36f}'), upper),
        'œ' | 'Œ' => ("oe", Some('\u{36f}'), upper),
        'ß' => ("ss", None, 2),
        'ẞ' => ("ss", None, 3),
        'ſ' => ("s", None, 2),
        'ĳ' | 'Ĳ' => ("ij", None, 2 + upper),
        'ﬁ' => ("fi", None, 2),
        'ﬂ' => ("fl", None, 2),
        'ª' => ("a", None, 2),
        'º' => ("o", None, 2),
        '\u{a0}' | '\u{2000}'..='\u{200a}' | '\u{202f}' | '\u{3000}' => (" ", None, 2),
        '‘' | '’' | '‚' | '‛' => ("'", None, 2 + (c as u32 - '‘' as u32) as u8),
        '“' | '”' | '„' | '‟' => ("\"", None, 2 + (c as u32 - '“' as u32) as u8),
        '‐' | '‑' => ("-", None, 2),
        'ς' => ("σ", None, 2),
        'µ' => ("μ", None, 2),
        'ŀ' | 'Ŀ' => ("l·", None, 2 + upper),
        '¼' => ("1⁄4", None, 2),
        '½' => ("1⁄2", None, 2),
        '¾' => ("3⁄4", None, 2),
        '¹' => ("1", None, 2),
        '²' => ("2", None, 2),
        '³' => ("3", None, 2),
        '\u{30a1}'..='\u{30f6}' => {
            let hiragana = char::from_u32(c as u32 - 0x60).unwrap_or(c);
            out.push(letter(hiragana, 1));
            return;
        }
        _ => {
            out.push(letter(c, upper));
            return;
        }
    };
    out.extend(letters.chars().map(|c| letter(c, case)));
    out.extend(mark.map(accent));
}

fn letter_weight(c: char) -> u32 {
    const SYMBOLS: u32 = 0x1_0000;
    /// Currencies, digits and letters come after all symbols.
    const LISTED: u32 = 0x20_0000;
    let small = c.to_lowercase().next().unwrap_or(c);
    let boundary = ORDER.chars().position(|o| o == OTHER_SYMBOLS).unwrap_or(0);
    if let Some(rank) = ORDER.chars().position(|o| o == small) {
        let base = if rank < boundary { 1 } else { LISTED };
        return base + rank as u32;
    }
    let code = c as u32;
    // Hangul comes before kana, Han after everything.
    match code {
        0x2000..=0x2BFF | 0x1_F000..=0x1_FAFF => SYMBOLS + code,
        0xAC00..=0xD7A3 | 0x1100..=0x11FF => LISTED * 3 + code,
        0x3040..=0x30FF => LISTED * 4 + code,
        0x3400..=0x9FFF | 0x2_0000..=0x3_FFFF => LISTED * 5 + code,
        _ => LISTED * 2 + code,
    }
}

fn accent_weight(mark: char) -> u32 {
    let known = ACCENTS.chars().position(|a| a == mark);
    match known {
        Some(rank) => 2 + rank as u32,
        None => 1000 + mark as u32,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(a: &str, b: &str) -> i32 {
        let wide = |s: &str| s.encode_utf16().collect::<Vec<_>>();
        compare(&wide(a), &wide(b)) as i32
    }

    #[test]
    fn pairs_as_in_node() {
        let less = [
            ("a", "A"),
            ("ab", "aB"),
            ("aB", "Ab"),
            ("á", "Á"),
            ("áb", "ÁB"),
            ("a", "á"),
            ("A", "á"),
            ("áa", "ab"),
            ("role", "Role"),
            ("co-op", "coop"),
            ("resume", "résumé"),
            ("Resume", "résumé"),
            ("résumé", "resumes"),
            ("cote", "coté"),
            ("coté", "côte"),
            ("a b", "ab"),
            ("a-b", "ab"),
            ("a", "Z"),
            ("10", "9"),
            ("", " "),
            ("1", "¹"),
            ("2", "²"),
            ("'", "’"),
            ("\"", "“"),
            ("o", "ø"),
            ("ø", "Ø"),
            ("d", "đ"),
            ("đ", "ð"),
            ("ae", "æ"),
            ("aé", "æ"),
            ("ss", "ß"),
            ("æ", "af"),
            ("😀", "a"),
            ("😀", "€"),
            ("a", "日"),
            ("あ", "ア"),
            ("가", "日"),
            ("е", "ё"),
            ("и", "й"),
            ("σ", "ς"),
            ("z", "α"),
            ("ω", "а"),
            ("_", "-"),
            ("-", "1"),
            ("$", "1"),
            ("9", "a"),
            ("z", "þ"),
            ("Zürich", "Zürichs"),
            ("Zurich", "Zürich"),
        ];
        for (a, b) in less {
            assert_eq!((order(a, b), order(b, a)), (-1, 1), "{a} {b}");
        }
        for (a, b) in [("a\0", "a"), ("é", "e\u{301}"), ("ø", "o\u{338}"), ("", "")] {
            assert_eq!(order(a, b), 0, "{a} {b}");
        }
    }
}
