//! From text to tokens.
//!
//! One pass that also matches brackets, so that the parser can look past a pair of
//! parentheses in one step. Two questions need more than the next bytes: whether a
//! `/` divides or opens a regular expression (answered from the tokens before it)
//! and whether a `}` ends a `${` (answered from the open brackets).
//! Any text gives tokens that end in one `Eof`; faults are diagnostics, and the
//! faulty literal keeps its kind so that the parser can go on.
//! Must not know: the grammar, beyond those two questions.

mod brackets;
pub(crate) mod literal;
mod number;
mod punctuation;
mod quoted;

use crate::codes::{self, Code};
use crate::diagnostics::Diagnostic;
use crate::source::{SourceFile, line_end_length};
use crate::span::Span;
use crate::token::{Token, TokenKind};

/// After so many faults the lexer stops describing them.
const MAX_DIAGNOSTICS: usize = 100;

/// The tokens of a file.
#[derive(Debug)]
pub struct Lexed {
    /// In order; the last one is `Eof`.
    pub tokens: Vec<Token>,
    /// In the order of the text, except for brackets that are never closed.
    pub diagnostics: Vec<Diagnostic>,
}

/// Splits `source` into tokens. Of a text longer than
/// [`MAX_SOURCE_BYTES`](crate::limits::MAX_SOURCE_BYTES) nothing is read.
pub fn lex(source: &SourceFile) -> Lexed {
    let mut lexer = Lexer::new(source);
    if source.text().len() > crate::limits::MAX_SOURCE_BYTES {
        lexer.text = "";
        lexer.report(
            codes::FILE_TOO_LARGE,
            Span::at(0),
            "this file is too large to be read",
        );
    }
    lexer.run();
    Lexed {
        tokens: lexer.tokens,
        diagnostics: lexer.diagnostics,
    }
}

struct Lexer<'s> {
    source: &'s SourceFile,
    text: &'s str,
    /// Offset of the next byte to read.
    at: usize,
    tokens: Vec<Token>,
    /// Indices of the tokens that opened a bracket.
    open: Vec<u32>,
    /// How many of those are `{` or `${`.
    open_braces: u32,
    /// An unterminated template or comment took the closing brackets with it.
    rest_is_swallowed: bool,
    diagnostics: Vec<Diagnostic>,
}

impl<'s> Lexer<'s> {
    fn new(source: &'s SourceFile) -> Self {
        let text = source.text();
        Self {
            source,
            text,
            at: 0,
            tokens: Vec::with_capacity(text.len() / 4 + 8),
            open: Vec::new(),
            open_braces: 0,
            rest_is_swallowed: false,
            diagnostics: Vec::new(),
        }
    }

    /// The byte `ahead` of the next one, 0 past the end.
    #[inline]
    fn peek(&self, ahead: usize) -> u8 {
        self.text
            .as_bytes()
            .get(self.at + ahead)
            .copied()
            .unwrap_or(0)
    }

    /// The next character, if there is one.
    fn peek_char(&self) -> Option<char> {
        self.text[self.at..].chars().next()
    }

    fn at_end(&self) -> bool {
        self.at >= self.text.len()
    }

    fn span_from(&self, start: usize) -> Span {
        Span::new(start as u32, self.at as u32)
    }

    fn report(&mut self, code: Code, span: Span, message: impl Into<String>) {
        self.push(Diagnostic::error(code, self.source.id(), span, message));
    }

    fn report_with_help(&mut self, code: Code, span: Span, message: &str, help: &str) {
        self.push(Diagnostic::error(code, self.source.id(), span, message).with_help(help));
    }

    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MAX_DIAGNOSTICS {
            self.diagnostics.push(diagnostic);
        }
    }

    fn run(&mut self) {
        self.skip_prologue();
        loop {
            let nl_before = self.skip_trivia();
            let start = self.at;
            if self.at_end() {
                self.finish(start as u32);
                return;
            }
            let first_error = self.diagnostics.len();
            let kind = self.token();
            let escaped = match kind {
                TokenKind::String
                | TokenKind::TemplateWhole
                | TokenKind::TemplateHead
                | TokenKind::TemplateMiddle
                | TokenKind::TemplateTail => self.text.as_bytes()[start..self.at].contains(&b'\\'),
                _ => false,
            };
            debug_assert!(self.at > start, "a token has at least one byte");
            let mate = self.match_bracket(kind, first_error);
            self.tokens.push(Token {
                kind,
                nl_before,
                escaped,
                start: start as u32,
                end: self.at as u32,
                mate,
            });
        }
    }

    fn finish(&mut self, end: u32) {
        self.report_unclosed_at_end();
        self.tokens.push(Token {
            nl_before: true,
            start: end,
            end,
            ..Token::of(TokenKind::Eof)
        });
    }

    /// A byte-order mark and a `#!` line.
    fn skip_prologue(&mut self) {
        if self.text.starts_with('\u{FEFF}') {
            self.at = 3;
        }
        if self.text[self.at..].starts_with("#!") {
            self.skip_line();
        }
    }

    fn skip_line(&mut self) {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() && line_end_length(bytes, self.at) == 0 {
            self.at += 1;
        }
    }

    /// Skips blanks and comments; says whether they hold a line end.
    fn skip_trivia(&mut self) -> bool {
        let mut newline = false;
        loop {
            match self.peek(0) {
                b' ' | b'\t' | 0x0B | 0x0C => self.at += 1,
                b'\n' | b'\r' => {
                    newline = true;
                    self.at += 1;
                }
                b'/' if self.peek(1) == b'/' => self.skip_line(),
                b'/' if self.peek(1) == b'*' => newline |= self.skip_block_comment(),
                0x80.. => match self.peek_char() {
                    Some(end @ ('\u{2028}' | '\u{2029}')) => {
                        newline = true;
                        self.at += end.len_utf8();
                    }
                    Some(blank) if blank.is_whitespace() || blank == '\u{FEFF}' => {
                        self.at += blank.len_utf8();
                    }
                    _ => return newline,
                },
                _ => return newline,
            }
        }
    }

    fn skip_block_comment(&mut self) -> bool {
        let start = self.at;
        let body = &self.text[start + 2..];
        match body.find("*/") {
            Some(length) => self.at = start + 2 + length + 2,
            None => {
                self.report_with_help(
                    codes::UNTERMINATED_COMMENT,
                    Span::new(start as u32, start as u32 + 2),
                    "this comment has no end",
                    "close it with `*/`",
                );
                self.at = self.text.len();
                self.rest_is_swallowed = true;
            }
        }
        self.text[start..self.at].contains(['\n', '\r', '\u{2028}', '\u{2029}'])
    }

    /// Reads one token; the text is not at its end.
    fn token(&mut self) -> TokenKind {
        match self.peek(0) {
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => self.word(),
            b'0'..=b'9' => self.number(),
            b'.' if self.peek(1).is_ascii_digit() => self.number(),
            b'"' | b'\'' => self.string(),
            b'`' => self.template(true),
            b'}' if self.closes_substitution() => self.template(false),
            b'/' if !self.previous_ends_operand() => self.regex(),
            b'#' => self.private_name(),
            0x80.. => match self.peek_char() {
                Some(first) if is_name_start(first) => self.word(),
                _ => self.invalid_characters(),
            },
            _ => match self.punctuation() {
                Some(kind) => kind,
                None => self.invalid_characters(),
            },
        }
    }

    fn word(&mut self) -> TokenKind {
        let start = self.at;
        self.skip_name();
        let text = &self.text[start..self.at];
        if (2..=10).contains(&text.len()) && text.as_bytes()[0].is_ascii_lowercase() {
            TokenKind::of_word(text)
        } else {
            TokenKind::Ident
        }
    }

    fn skip_name(&mut self) {
        loop {
            match self.peek(0) {
                b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' | b'0'..=b'9' => self.at += 1,
                0x80.. => match self.peek_char() {
                    Some(part) if is_name_part(part) => self.at += part.len_utf8(),
                    _ => return,
                },
                _ => return,
            }
        }
    }

    fn private_name(&mut self) -> TokenKind {
        let start = self.at;
        self.at += 1;
        if !self.peek_char().is_some_and(is_name_start) {
            self.at = start;
            return self.invalid_characters();
        }
        self.skip_name();
        TokenKind::PrivateName
    }

    /// Takes a run of characters that begin no token, with one error for all.
    fn invalid_characters(&mut self) -> TokenKind {
        let start = self.at;
        let first = self.peek_char().unwrap_or('\u{FFFD}');
        self.at += first.len_utf8();
        while let Some(next) = self.peek_char() {
            let invalid = match next {
                '\\' => true,
                _ if next.is_ascii() => next.is_ascii_control() && !next.is_ascii_whitespace(),
                _ => !is_name_start(next) && !next.is_whitespace() && next != '\u{FEFF}',
            };
            if !invalid {
                break;
            }
            self.at += next.len_utf8();
        }
        let message = match first {
            '\\' => "names cannot hold a backslash".to_owned(),
            '#' => "a `#` must be followed by a name".to_owned(),
            _ if first.is_control() => {
                format!("the character U+{:04X}", first as u32) + " has no meaning here"
            }
            _ => format!("the character `{first}` has no meaning here"),
        };
        let mut diagnostic = Diagnostic::error(
            codes::INVALID_CHARACTER,
            self.source.id(),
            self.span_from(start),
            message,
        );
        if let Some(ascii) = look_alike(first) {
            diagnostic = diagnostic.with_help(format!("did you mean `{ascii}`?"));
        }
        self.push(diagnostic);
        TokenKind::Invalid
    }
}

fn is_name_start(character: char) -> bool {
    character == '_' || character == '$' || unicode_ident::is_xid_start(character)
}

fn is_name_part(character: char) -> bool {
    // The two joiners are allowed by ECMAScript beyond Unicode's own rule.
    character == '$'
        || matches!(character, '\u{200C}' | '\u{200D}')
        || unicode_ident::is_xid_continue(character)
}

/// The ASCII character that a typographic one was probably meant to be.
fn look_alike(character: char) -> Option<char> {
    Some(match character {
        '“' | '”' | '„' | '«' | '»' => '"',
        '‘' | '’' | '‚' => '\'',
        '–' | '—' | '−' => '-',
        '×' => '*',
        '÷' => '/',
        '；' => ';',
        '，' => ',',
        '（' => '(',
        '）' => ')',
        _ => return None,
    })
}

#[cfg(test)]
mod tests;
