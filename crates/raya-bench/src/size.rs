//! The sizes at which a program runs.
//!
//! A program of `bench/` has a line `const size = N; // small: M`. It is rewritten in a
//! copy of the file; a program without that line has only one size.

/// How much work a program does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// About a second of compiled code.
    Full,
    /// About a second of CPython.
    Small,
}

impl Size {
    /// For tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Size::Full => "full",
            Size::Small => "small",
        }
    }
}

/// A program at a size: its text, and the number that its size line holds.
pub fn sized(text: &str, size: Size) -> (String, Option<u64>) {
    let mut out = String::with_capacity(text.len());
    let mut number = None;
    for line in text.split_inclusive('\n') {
        match (number, parse(line)) {
            (None, Some((full, small))) => {
                let chosen = if size == Size::Full { full } else { small };
                number = Some(chosen);
                out.push_str(&format!("const size = {chosen};\n"));
            }
            _ => out.push_str(line),
        }
    }
    (out, number)
}

fn parse(line: &str) -> Option<(u64, u64)> {
    let (full, small) = line
        .trim_end()
        .strip_prefix("const size = ")?
        .split_once("; // small: ")?;
    Some((full.parse().ok()?, small.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Size, sized};

    #[test]
    fn rewrites_the_size_line() {
        let text = "// one\n\nconst size = 40; // small: 7\nf(size);\n";
        assert_eq!(
            sized(text, Size::Small),
            ("// one\n\nconst size = 7;\nf(size);\n".to_owned(), Some(7))
        );
        assert_eq!(sized(text, Size::Full).1, Some(40));
        assert_eq!(sized("f();\n", Size::Small), ("f();\n".to_owned(), None));
    }
}
