//! Text as numbers, as ECMAScript reads it (ECMA-262, `StringToNumber`, `parseFloat`,
//! `parseInt`).

/// White space and line terminators of ECMAScript.
pub fn is_space(c: char) -> bool {
    matches!(c, '\u{9}'..='\u{d}' | ' ' | '\u{a0}' | '\u{1680}' | '\u{2000}'..='\u{200a}'
        | '\u{2028}' | '\u{2029}' | '\u{202f}' | '\u{205f}' | '\u{3000}' | '\u{feff}')
}

/// `Number(text)`: NaN when the whole text is not a numeric literal; 0 for blank text.
pub fn to_number(text: &str) -> f64 {
    let text = text.trim_matches(is_space);
    if text.is_empty() {
        return 0.0;
    }
    let bytes = text.as_bytes();
    if bytes.len() > 2 && bytes[0] == b'0' {
        let radix = match bytes[1] {
            b'x' | b'X' => 16,
            b'o' | b'O' => 8,
            b'b' | b'B' => 2,
            _ => 0,
        };
        if radix != 0 {
            let digits = &text[2..];
            return if digits.chars().all(|c| c.is_digit(radix)) {
                digits_value(digits, radix)
            } else {
                f64::NAN
            };
        }
    }
    let end = decimal_prefix(text);
    if end == text.len() {
        decimal_value(text)
    } else {
        f64::NAN
    }
}

/// `parseFloat(text)`: the longest numeric prefix.
pub fn parse_float(text: &str) -> f64 {
    let text = text.trim_start_matches(is_space);
    decimal_value(&text[..decimal_prefix(text)])
}

/// `parseInt(text, radix)`; radix 0 means "by the prefix".
pub fn parse_int(text: &str, radix: i32) -> f64 {
    let text = text.trim_start_matches(is_space);
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    let mut radix = radix;
    if radix != 0 && !(2..=36).contains(&radix) {
        return f64::NAN;
    }
    let hex = rest.starts_with("0x") || rest.starts_with("0X");
    if hex && (radix == 0 || radix == 16) {
        rest = &rest[2..];
        radix = 16;
    }
    let radix = if radix == 0 { 10 } else { radix as u32 };
    let end = rest
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(rest.len());
    if end == 0 {
        return f64::NAN;
    }
    let value = digits_value(&rest[..end], radix);
    if negative { -value } else { value }
}

/// Value of a run of digits; correctly rounded for powers of two and for ten.
fn digits_value(digits: &str, radix: u32) -> f64 {
    if radix == 10 {
        return digits.parse().unwrap_or(f64::NAN);
    }
    if radix.is_power_of_two() {
        return power_of_two_value(digits, radix);
    }
    // As many digits at once as fit, which is where V8 rounds.
    let mut value = 0.0;
    let (mut part, mut multiplier) = (0, 1);
    for digit in digits.chars().map(|c| c.to_digit(radix).unwrap_or(0)) {
        if multiplier * radix > u32::MAX / 36 {
            value = value * f64::from(multiplier) + f64::from(part);
            (part, multiplier) = (0, 1);
        }
        part = part * radix + digit;
        multiplier *= radix;
    }
    value * f64::from(multiplier) + f64::from(part)
}

/// Rounds to nearest-even by hand: 64 leading bits and a sticky bit decide.
fn power_of_two_value(digits: &str, radix: u32) -> f64 {
    let shift = radix.trailing_zeros();
    let mut mantissa: u64 = 0;
    let mut dropped_bits: i32 = 0;
    let mut sticky = false;
    for c in digits.chars() {
        let digit = u64::from(c.to_digit(radix).unwrap_or(0));
        if mantissa >> (64 - shift) == 0 {
            mantissa = mantissa << shift | digit;
        } else {
            dropped_bits = dropped_bits.saturating_add(shift as i32);
            sticky |= digit != 0;
        }
    }
    // u64 → f64 rounds to nearest even; the sticky bit only has to break exact ties.
    if sticky {
        mantissa |= 1;
    }
    if dropped_bits > 2000 {
        return f64::INFINITY;
    }
    mantissa as f64 * 2f64.powi(dropped_bits)
}

/// Length of the longest prefix that is a decimal literal, `Infinity` included; 0 for none.
fn decimal_prefix(text: &str) -> usize {
    let b = text.as_bytes();
    let mut i = usize::from(matches!(b.first(), Some(b'+' | b'-')));
    if text[i..].starts_with("Infinity") {
        return i + "Infinity".len();
    }
    let digits = |mut at: usize| {
        let from = at;
        while b.get(at).is_some_and(u8::is_ascii_digit) {
            at += 1;
        }
        (at, at - from)
    };
    let (after_int, int) = digits(i);
    i = after_int;
    let mut fraction = 0;
    if b.get(i) == Some(&b'.') {
        let (end, n) = digits(i + 1);
        if int > 0 || n > 0 {
            fraction = n;
            i = end;
        }
    }
    if int == 0 && fraction == 0 {
        return 0;
    }
    if matches!(b.get(i), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(b.get(i + 1), Some(b'+' | b'-')));
        let (end, n) = digits(i + 1 + sign);
        if n > 0 {
            i = end;
        }
    }
    i
}

fn decimal_value(text: &str) -> f64 {
    match text {
        "" => f64::NAN,
        "Infinity" | "+Infinity" => f64::INFINITY,
        "-Infinity" => f64::NEG_INFINITY,
        _ => text.parse().unwrap_or(f64::NAN),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_texts() {
        for (text, want) in [
            ("", 0.0),
            (" 12 ", 12.0),
            ("1e3", 1000.0),
            (".5", 0.5),
            ("5.", 5.0),
            ("0x1F", 31.0),
            ("0b101", 5.0),
            ("-Infinity", f64::NEG_INFINITY),
            ("+1", 1.0),
            ("-0", -0.0),
            ("0x20000000000001", 9007199254740992.0),
            ("0x20000000000003", 9007199254740996.0),
            ("0x200000000000011", 144115188075855904.0),
        ] {
            assert_eq!(to_number(text).to_bits(), f64::to_bits(want), "{text}");
        }
        for text in [
            "1x", "0x", "e3", ".", "1e", "--1", "inf", "nan", "1_0", "0xg", "Infinit",
        ] {
            assert!(to_number(text).is_nan(), "{text}");
        }
    }

    #[test]
    fn prefixes() {
        assert_eq!(parse_float("3.75abc"), 3.75);
        assert_eq!(parse_float("1e5e"), 1e5);
        assert_eq!(parse_float("1e+"), 1.0);
        assert!(parse_float("abc").is_nan());
        assert_eq!(parse_float("-.5"), -0.5);
        assert_eq!(parse_int("42px", 0), 42.0);
        assert_eq!(parse_int("0x1f", 0), 31.0);
        assert_eq!(parse_int("0x1f", 10), 0.0);
        assert_eq!(parse_int("zz", 36), 1295.0);
        assert!(parse_int("9", 8).is_nan());
        assert!(parse_int("1", 37).is_nan());
        assert_eq!(parse_int("-12.9", 10), -12.0);
    }
}
