//! Searching strings for strings, over one-byte and two-byte units.

use crate::mem::string::Units;

/// Index of the first occurrence of `needle` at or after `from`.
pub fn find(text: Units<'_>, needle: Units<'_>, from: usize) -> Option<usize> {
    if needle.len() + from > text.len() {
        return None;
    }
    match text {
        Units::Latin1(text) => {
            let needle = narrow(needle)?;
            let at = match &needle[..] {
                [one] => memchr::memchr(*one, &text[from..]),
                needle => memchr::memmem::find(&text[from..], needle),
            };
            at.map(|at| at + from)
        }
        Units::Wide(text) => {
            let mut units = needle.iter();
            let Some(first) = units.next() else {
                return Some(from);
            };
            let last = text.len() - needle.len();
            let mut at = from;
            while let Some(step) = text[at..=last].iter().position(|&u| u == first) {
                at += step;
                let rest = &text[at + 1..at + needle.len()];
                if units.clone().eq(rest.iter().copied()) {
                    return Some(at);
                }
                at += 1;
                if at > last {
                    break;
                }
            }
            None
        }
    }
}

/// Index of the last occurrence of `needle` that starts at or before `from`.
pub fn find_last(text: Units<'_>, needle: Units<'_>, from: usize) -> Option<usize> {
    let last = text.len().checked_sub(needle.len())?.min(from);
    match text {
        Units::Latin1(text) => {
            let needle = narrow(needle)?;
            memchr::memmem::rfind(&text[..last + needle.len()], &needle)
        }
        Units::Wide(text) => (0..=last).rev().find(|&at| {
            let part = &text[at..at + needle.len()];
            needle.iter().eq(part.iter().copied())
        }),
    }
}

/// Whether `needle` lies at `at`.
pub fn is_at(text: Units<'_>, needle: Units<'_>, at: usize) -> bool {
    let end = at + needle.len();
    end <= text.len() && text.range(at, end) == needle
}

/// The units as bytes, if they fit.
fn narrow(units: Units<'_>) -> Option<std::borrow::Cow<'_, [u8]>> {
    match units {
        Units::Latin1(bytes) => Some(bytes.into()),
        Units::Wide(wide) => {
            let bytes: Result<Vec<u8>, _> = wide.iter().map(|&u| u8::try_from(u)).collect();
            bytes.ok().map(Into::into)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn storage_makes_no_difference() {
        let wide = |s: &str| s.encode_utf16().collect::<Vec<_>>();
        let texts = ["", "a", "abcabc", "aaab", "xyz"];
        let needles = ["", "a", "abc", "c", "ab", "aab", "z", "zz", "abcabcabc"];
        for text in texts {
            for needle in needles {
                let first = text.find(needle);
                let last = text.rfind(needle);
                let (tw, nw) = (wide(text), wide(needle));
                let ts = [Units::Latin1(text.as_bytes()), Units::Wide(&tw)];
                let ns = [Units::Latin1(needle.as_bytes()), Units::Wide(&nw)];
                for t in ts {
                    for n in ns {
                        assert_eq!(find(t, n, 0), first, "{text} {needle}");
                        assert_eq!(find_last(t, n, usize::MAX >> 1), last, "{text} {needle}");
                        assert_eq!(is_at(t, n, 0), text.starts_with(needle));
                    }
                }
            }
        }
        let text = Units::Latin1(b"abcabc");
        assert_eq!(find(text, Units::Latin1(b"abc"), 1), Some(3));
        assert_eq!(find(text, Units::Latin1(b""), 6), Some(6));
        assert_eq!(find(text, Units::Latin1(b""), 7), None);
        assert_eq!(find_last(text, Units::Latin1(b"abc"), 2), Some(0));
        assert_eq!(find(text, Units::Wide(&[0x101]), 0), None);
    }
}
