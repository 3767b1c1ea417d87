//! A piece of program in both dialects.

/// The same piece as Raya and as JavaScript.
#[derive(Clone, Debug, Default)]
pub struct Code {
    /// As Raya.
    pub raya: String,
    /// As JavaScript.
    pub js: String,
}

impl Code {
    /// A piece that reads the same in both.
    pub fn same(text: impl Into<String>) -> Self {
        let raya = text.into();
        let js = raya.clone();
        Self { raya, js }
    }

    /// A piece that differs.
    pub fn new(raya: impl Into<String>, js: impl Into<String>) -> Self {
        Self {
            raya: raya.into(),
            js: js.into(),
        }
    }

    /// Fills the holes `@` of a text, the same for both, with pieces in order.
    pub fn fill(text: &str, pieces: &[&Code]) -> Self {
        Self::fill2(text, text, pieces)
    }

    /// As `fill`, with a text for each dialect and the same pieces.
    pub fn fill2(raya: &str, js: &str, pieces: &[&Code]) -> Self {
        Self {
            raya: insert(raya, pieces.iter().map(|piece| piece.raya.as_str())),
            js: insert(js, pieces.iter().map(|piece| piece.js.as_str())),
        }
    }

    /// Appends a piece.
    pub fn push(&mut self, piece: &Code) {
        self.raya.push_str(&piece.raya);
        self.js.push_str(&piece.js);
    }

    /// Pieces with a text between them.
    pub fn join(pieces: &[Code], between: &str) -> Self {
        let mut all = Self::default();
        for (i, piece) in pieces.iter().enumerate() {
            if i > 0 {
                all.push(&Self::same(between));
            }
            all.push(piece);
        }
        all
    }
}

fn insert<'a>(text: &str, mut pieces: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '@' => out.push_str(pieces.next().unwrap_or("@")),
            c => out.push(c),
        }
    }
    out
}
