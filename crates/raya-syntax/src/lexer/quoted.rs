//! Strings, templates and regular expressions: tokens whose inside has rules of its
//! own.

use super::Lexer;
use super::literal;
use crate::codes;
use crate::diagnostics::Diagnostic;
use crate::source::line_end_length;
use crate::span::Span;
use crate::token::{NO_MATE, TokenKind};

impl Lexer<'_> {
    /// Reads a string in single or double quotes.
    pub(super) fn string(&mut self) -> TokenKind {
        let start = self.at;
        let quote = self.peek(0);
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(&byte) if byte == quote => {
                    self.at += 1;
                    return TokenKind::String;
                }
                Some(b'\\') if self.at + 1 < bytes.len() => self.string_escape(),
                None | Some(b'\n' | b'\r') => {
                    self.report_with_help(
                        codes::UNTERMINATED_STRING,
                        self.span_from(start),
                        "this string has no closing quote on its line",
                        "close it, or use backquotes for a text of several lines",
                    );
                    return TokenKind::String;
                }
                Some(_) => self.at += 1,
            }
        }
    }

    fn string_escape(&mut self) {
        let start = self.at;
        let (escape, length) = literal::escape(&self.text[start..]);
        self.at += length;
        if let Err(error) = escape {
            let code = match error {
                literal::EscapeError::LegacyOctal => codes::NO_LEGACY_OCTAL,
                _ => codes::INVALID_ESCAPE,
            };
            self.report_with_help(code, self.span_from(start), error.message(), error.help());
        }
    }

    /// Reads a piece of a template: from its backquote if `first`, else from the `}`
    /// of a substitution. Escapes are checked by the parser, which knows whether the
    /// template is tagged.
    pub(super) fn template(&mut self, first: bool) -> TokenKind {
        let start = self.at;
        let bytes = self.text.as_bytes();
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(b'`') => {
                    self.at += 1;
                    return if first {
                        TokenKind::TemplateWhole
                    } else {
                        TokenKind::TemplateTail
                    };
                }
                Some(b'$') if bytes.get(self.at + 1) == Some(&b'{') => {
                    self.at += 2;
                    return if first {
                        TokenKind::TemplateHead
                    } else {
                        TokenKind::TemplateMiddle
                    };
                }
                Some(b'\\') => self.at = (self.at + 2).min(bytes.len()),
                Some(_) => self.at += 1,
                None => break,
            }
        }
        // The step over an escaped character may have ended inside of it.
        self.at = self.text.len();
        self.rest_is_swallowed = true;
        self.report_unterminated_template(start, first);
        if first {
            TokenKind::TemplateWhole
        } else {
            TokenKind::TemplateTail
        }
    }

    fn report_unterminated_template(&mut self, start: usize, first: bool) {
        let span = Span::new(start as u32, start as u32 + 1);
        let mut diagnostic = Diagnostic::error(
            codes::UNTERMINATED_TEMPLATE,
            self.source.id(),
            span,
            "this template string has no closing backquote",
        );
        if !first && let Some(&head) = self.open.last() {
            let head = self.tokens[head as usize].start;
            diagnostic =
                diagnostic.with_label(Span::new(head, head + 1), "this part of it begins here");
        }
        self.push(diagnostic);
    }

    /// Reads a regular expression; the next byte is its first slash.
    pub(super) fn regex(&mut self) -> TokenKind {
        let start = self.at;
        let bytes = self.text.as_bytes();
        let mut in_class = false;
        self.at += 1;
        loop {
            match bytes.get(self.at) {
                Some(b'/') if !in_class => break,
                Some(b'[') => in_class = true,
                Some(b']') => in_class = false,
                Some(b'\\')
                    if self.at + 1 < bytes.len() && line_end_length(bytes, self.at + 1) == 0 =>
                {
                    self.at += 1;
                }
                Some(_) if line_end_length(bytes, self.at) == 0 => {}
                _ => {
                    self.report_with_help(
                        codes::UNTERMINATED_REGEX,
                        Span::new(start as u32, start as u32 + 1),
                        "this `/` begins a regular expression that does not end on its line",
                        "a slash inside the expression is written `\\/`",
                    );
                    return TokenKind::Regex;
                }
            }
            self.at += 1;
        }
        self.at += 1;
        self.regex_flags();
        TokenKind::Regex
    }

    fn regex_flags(&mut self) {
        let start = self.at;
        self.skip_name();
        let flags = &self.text[start..self.at];
        for (index, flag) in flags.char_indices() {
            let at = (start + index) as u32;
            let span = Span::new(at, at + flag.len_utf8() as u32);
            if !matches!(flag, 'g' | 'i' | 'm' | 's' | 'u') {
                let message = format!("regular expressions have no flag `{flag}`");
                let help = "the flags are `g`, `i`, `m`, `s` and `u`";
                self.report_with_help(codes::INVALID_REGEX_FLAG, span, &message, help);
            } else if flags[..index].contains(flag) {
                let message = format!("the flag `{flag}` stands twice");
                self.report(codes::INVALID_REGEX_FLAG, span, message);
            }
        }
    }

    /// Whether the last token can end an operand, so that a `/` after it divides.
    pub(super) fn previous_ends_operand(&self) -> bool {
        let count = self.tokens.len();
        let kind_at = |back: usize| -> Option<TokenKind> {
            count
                .checked_sub(back)
                .and_then(|index| self.tokens.get(index))
                .map(|token| token.kind)
        };
        let Some(last) = self.tokens.last() else {
            return false;
        };
        match last.kind {
            TokenKind::RParen => !self.closes_condition(last.mate),
            TokenKind::RBrace => !self.closes_block(last.mate),
            TokenKind::RBracket
            | TokenKind::PlusPlus
            | TokenKind::MinusMinus
            | TokenKind::Number
            | TokenKind::BigInt
            | TokenKind::String
            | TokenKind::TemplateWhole
            | TokenKind::TemplateTail
            | TokenKind::Regex
            | TokenKind::PrivateName
            | TokenKind::This
            | TokenKind::Super
            | TokenKind::Null
            | TokenKind::True
            | TokenKind::False => true,
            // `</` is no expression but JSX, which the parser refuses by name.
            TokenKind::Lt => last.end as usize == self.at,
            // A `!` after an operand on its line is the postfix one.
            TokenKind::Bang => {
                !last.nl_before
                    && kind_at(2).is_some_and(|before| {
                        before.is_identifier()
                            || matches!(
                                before,
                                TokenKind::RParen | TokenKind::RBracket | TokenKind::This
                            )
                    })
            }
            kind if kind.is_identifier() => true,
            // A reserved word after a dot is a property.
            kind if kind.is_reserved() => {
                matches!(kind_at(2), Some(TokenKind::Dot | TokenKind::QuestionDot))
            }
            _ => false,
        }
    }

    /// Whether the `(` at `opener` belongs to `if`, `while`, `for` or `with`.
    fn closes_condition(&self, opener: u32) -> bool {
        let Some(before) = self.kind_before(opener) else {
            return false;
        };
        matches!(
            before,
            TokenKind::If | TokenKind::While | TokenKind::For | TokenKind::With | TokenKind::Await
        ) && !matches!(
            self.kind_before(opener - 1),
            Some(TokenKind::Dot | TokenKind::QuestionDot)
        ) && (before != TokenKind::Await || self.kind_before(opener - 1) == Some(TokenKind::For))
    }

    /// Whether the `{` at `opener` begins statements or a body, not an object.
    fn closes_block(&self, opener: u32) -> bool {
        match self.kind_before(opener) {
            None => opener != NO_MATE,
            Some(before) => {
                before.is_identifier()
                    || matches!(
                        before,
                        TokenKind::RParen
                            | TokenKind::Semi
                            | TokenKind::LBrace
                            | TokenKind::RBrace
                            | TokenKind::Else
                            | TokenKind::Do
                            | TokenKind::Try
                            | TokenKind::Finally
                            | TokenKind::Gt
                    )
            }
        }
    }

    fn kind_before(&self, index: u32) -> Option<TokenKind> {
        if index == NO_MATE {
            return None;
        }
        let before = index.checked_sub(1)?;
        self.tokens.get(before as usize).map(|token| token.kind)
    }
}
