//! Sizes on the command line: bytes with an optional unit.

/// Parses `64M`, `1.5G`, `4096`, `512kb`, `1GiB`; units are powers of 1024.
pub(crate) fn parse_size(text: &str) -> Result<usize, String> {
    let digits = text.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let number: f64 = digits
        .trim()
        .parse()
        .map_err(|_| format!("`{text}` is not a size: write for example 512M"))?;
    let shift = match text[digits.len()..].to_ascii_lowercase().as_str() {
        "" | "b" => 0,
        "k" | "kb" | "kib" => 10,
        "m" | "mb" | "mib" => 20,
        "g" | "gb" | "gib" => 30,
        unit => return Err(format!("`{unit}` is not a unit: use K, M or G")),
    };
    let bytes = number * (1u64 << shift) as f64;
    if bytes.is_finite() && (1.0..9e15).contains(&bytes) {
        Ok(bytes as usize)
    } else {
        Err(format!("`{text}` is out of range"))
    }
}

#[cfg(test)]
mod tests {
    use super::parse_size;

    #[test]
    fn units_are_powers_of_1024() {
        assert_eq!(parse_size("4096"), Ok(4096));
        assert_eq!(parse_size("64k"), Ok(64 << 10));
        assert_eq!(parse_size("1.5M"), Ok(3 << 19));
        assert_eq!(parse_size("2GiB"), Ok(2 << 30));
    }

    #[test]
    fn nonsense_is_refused() {
        for text in ["", "M", "12X", "-1M", "0", "1e99G", "nan"] {
            assert!(parse_size(text).is_err(), "{text}");
        }
    }
}
