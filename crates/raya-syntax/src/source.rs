//! Source texts and positions in them.
//!
//! A `SourceMap` holds the files of a session; a `FileId` is an index into it.
//! Lines and columns are counted from 1, columns in characters (not bytes, not
//! UTF-16 units), and a line ends with `\n`, `\r\n`, `\r`, U+2028 or U+2029.
//! Must not know: where a text came from; this crate reads no files.

use crate::span::Span;
use std::sync::OnceLock;

/// A file of a [`SourceMap`].
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug, Default)]
pub struct FileId(pub u32);

/// A line and a column, both from 1.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct LineCol {
    /// The line.
    pub line: u32,
    /// The column, in characters.
    pub column: u32,
}

/// A source text with its name.
#[derive(Debug)]
pub struct SourceFile {
    id: FileId,
    name: String,
    text: String,
    /// Offset at which each line starts; made when first asked for.
    line_starts: OnceLock<Vec<u32>>,
    /// Offset of each byte that goes on with a character; made when first asked for. By it a
    /// column is found without a walk over its line, which may be the whole program.
    continuations: OnceLock<Vec<u32>>,
}

impl SourceFile {
    /// A file of its own, outside any map.
    pub fn new(id: FileId, name: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            id,
            name: name.into(),
            text: text.into(),
            line_starts: OnceLock::new(),
            continuations: OnceLock::new(),
        }
    }

    /// The identity that diagnostics refer to.
    pub fn id(&self) -> FileId {
        self.id
    }

    /// The name shown in messages, usually a path.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of `span`; empty if it does not lie in this file at character
    /// boundaries.
    pub fn slice(&self, span: Span) -> &str {
        self.text.get(span.range()).unwrap_or("")
    }

    fn line_starts(&self) -> &[u32] {
        self.line_starts.get_or_init(|| {
            let bytes = self.text.as_bytes();
            let mut starts = vec![0];
            let mut at = 0;
            while at < bytes.len() {
                let length = line_end_length(bytes, at);
                at += length.max(1);
                if length > 0 {
                    starts.push(at as u32);
                }
            }
            starts
        })
    }

    /// Number of lines; a text that ends in a line end has an empty last line.
    pub fn line_count(&self) -> u32 {
        self.line_starts().len() as u32
    }

    /// The position of byte `offset` (clamped to the text).
    pub fn line_col(&self, offset: u32) -> LineCol {
        let starts = self.line_starts();
        let offset = offset.min(self.text.len() as u32);
        let line = starts.partition_point(|&start| start <= offset);
        let start = starts[line - 1];
        let characters =
            (offset - start) - (self.continuations(offset) - self.continuations(start));
        LineCol {
            line: line as u32,
            column: characters + 1,
        }
    }

    /// How many bytes before `offset` do not begin a character.
    fn continuations(&self, offset: u32) -> u32 {
        let all = self.continuations.get_or_init(|| {
            let bytes = (0..).zip(self.text.bytes());
            bytes
                .filter(|(_, byte)| byte & 0xC0 == 0x80)
                .map(|(at, _)| at)
                .collect()
        });
        all.partition_point(|&at| at < offset) as u32
    }

    /// The text of a line (from 1) without its end.
    pub fn line_text(&self, line: u32) -> &str {
        let starts = self.line_starts();
        let index = (line as usize).saturating_sub(1);
        let Some(&start) = starts.get(index) else {
            return "";
        };
        let end = starts
            .get(index + 1)
            .map_or(self.text.len(), |&next| next as usize);
        self.text[start as usize..end].trim_end_matches(['\n', '\r', '\u{2028}', '\u{2029}'])
    }
}

/// Length in bytes of the line end at `at`, 0 if there is none.
pub(crate) fn line_end_length(bytes: &[u8], at: usize) -> usize {
    match bytes[at] {
        b'\n' => 1,
        b'\r' if bytes.get(at + 1) == Some(&b'\n') => 2,
        b'\r' => 1,
        0xE2 if bytes.get(at + 1) == Some(&0x80)
            && matches!(bytes.get(at + 2), Some(0xA8 | 0xA9)) =>
        {
            3
        }
        _ => 0,
    }
}

/// The files of a session.
#[derive(Debug, Default)]
pub struct SourceMap {
    files: Vec<SourceFile>,
}

impl SourceMap {
    /// A map without files.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file and gives its id.
    pub fn add(&mut self, name: impl Into<String>, text: impl Into<String>) -> FileId {
        let id = FileId(self.files.len() as u32);
        self.files.push(SourceFile::new(id, name, text));
        id
    }

    /// The file, if `id` came from this map.
    pub fn get(&self, id: FileId) -> Option<&SourceFile> {
        self.files.get(id.0 as usize)
    }

    /// All files in the order they were added.
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> SourceFile {
        SourceFile::new(FileId(0), "t.raya", text)
    }

    fn position(file: &SourceFile, offset: u32) -> (u32, u32) {
        let at = file.line_col(offset);
        (at.line, at.column)
    }

    #[test]
    fn columns_count_characters() {
        let file = file("let ä = \"😀\"; x");
        let x = file.text().find('x').unwrap() as u32;
        assert_eq!(position(&file, x), (1, 14));
    }

    #[test]
    fn every_line_end_starts_a_line() {
        let file = file("a\nb\r\nc\rd\u{2028}e");
        assert_eq!(file.line_count(), 5);
        let lines: Vec<_> = (1..=6).map(|line| file.line_text(line)).collect();
        assert_eq!(lines, ["a", "b", "c", "d", "e", ""]);
        assert_eq!(position(&file, 2), (2, 1));
        assert_eq!(position(&file, 5), (3, 1));
    }

    #[test]
    fn offsets_past_the_end_are_clamped() {
        let file = file("ab\n");
        assert_eq!(position(&file, 3), (2, 1));
        assert_eq!(position(&file, 99), (2, 1));
        assert_eq!(file.slice(Span::new(1, 99)), "");
    }
}
