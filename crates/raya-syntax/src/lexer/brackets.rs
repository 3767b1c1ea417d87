//! Matching brackets while lexing.
//!
//! Braces are stronger than parentheses and square brackets: a `}` closes what was
//! left open since its `{`, whereas a `)` never reaches across a `{`.

use super::Lexer;
use crate::codes;
use crate::diagnostics::Diagnostic;
use crate::token::{NO_MATE, TokenKind};

/// How far a `)` or `]` looks back for its partner past other open brackets.
const REACH: usize = 32;

fn is_brace_like(kind: TokenKind) -> bool {
    matches!(
        kind,
        TokenKind::LBrace | TokenKind::TemplateHead | TokenKind::TemplateMiddle
    )
}

impl Lexer<'_> {
    /// Whether a `}` at this place ends a `${`.
    pub(super) fn closes_substitution(&self) -> bool {
        // Without the count, a file of `(` and `}` would be scanned again and again.
        if self.open_braces == 0 {
            return false;
        }
        let mut kinds = self.open.iter().rev().map(|&index| self.kind(index));
        kinds.find(|&kind| is_brace_like(kind)) != Some(TokenKind::LBrace)
    }

    /// Records what the token that is about to be pushed opens and closes; gives its
    /// mate. Errors go in front of those that the token itself caused.
    pub(super) fn match_bracket(&mut self, kind: TokenKind, first_error: usize) -> u32 {
        let index = self.tokens.len() as u32;
        let mate = match kind {
            TokenKind::RParen => self.close(index, TokenKind::LParen),
            TokenKind::RBracket => self.close(index, TokenKind::LBracket),
            TokenKind::RBrace | TokenKind::TemplateTail => self.close_brace(index, first_error),
            TokenKind::TemplateMiddle => {
                // Its own mate is the piece after it, set when that is read.
                self.close_brace(index, first_error);
                NO_MATE
            }
            _ => NO_MATE,
        };
        if is_brace_like(kind) {
            self.open_braces += 1;
            self.open.push(index);
        } else if matches!(kind, TokenKind::LParen | TokenKind::LBracket) {
            self.open.push(index);
        }
        mate
    }

    fn kind(&self, index: u32) -> TokenKind {
        self.tokens[index as usize].kind
    }

    fn close(&mut self, index: u32, opener: TokenKind) -> u32 {
        let found = self
            .open
            .iter()
            .rev()
            .take(REACH)
            .map(|&open| self.kind(open))
            .take_while(|&kind| !is_brace_like(kind))
            .position(|kind| kind == opener);
        let Some(above) = found else {
            self.report_unopened(index, opener);
            return NO_MATE;
        };
        for _ in 0..above {
            self.pop_unclosed();
        }
        self.pair(index)
    }

    fn close_brace(&mut self, index: u32, first_error: usize) -> u32 {
        if self.open_braces == 0 {
            self.report_unopened(index, TokenKind::LBrace);
            return NO_MATE;
        }
        let own = self.diagnostics.split_off(first_error);
        while self
            .open
            .last()
            .is_some_and(|&top| !is_brace_like(self.kind(top)))
        {
            self.pop_unclosed();
        }
        self.diagnostics.extend(own);
        self.open_braces -= 1;
        self.pair(index)
    }

    fn pair(&mut self, index: u32) -> u32 {
        let Some(opener) = self.open.pop() else {
            return NO_MATE;
        };
        self.tokens[opener as usize].mate = index;
        opener
    }

    fn pop_unclosed(&mut self) {
        if let Some(index) = self.open.pop() {
            self.report_unclosed(index);
        }
    }

    fn report_unclosed(&mut self, index: u32) {
        let token = self.tokens[index as usize];
        let opener = match token.kind {
            TokenKind::TemplateHead | TokenKind::TemplateMiddle => "${",
            kind => kind.text(),
        };
        let message = format!("this `{opener}` is never closed");
        self.report(codes::UNBALANCED_BRACKET, token.span(), message);
    }

    fn report_unopened(&mut self, index: u32, opener: TokenKind) {
        debug_assert_eq!(index as usize, self.tokens.len());
        let end = self.at as u32;
        let span = crate::span::Span::new(end - 1, end);
        let message = format!("this `{}` closes nothing", &self.text[self.at - 1..self.at]);
        let mut diagnostic =
            Diagnostic::error(codes::UNBALANCED_BRACKET, self.source.id(), span, message);
        if let Some(&open) = self.open.last() {
            let open = self.tokens[open as usize];
            diagnostic = diagnostic.with_label(open.span(), "this is still open");
        } else {
            diagnostic = diagnostic.with_help(format!("remove it, or add the `{}`", opener.text()));
        }
        self.push(diagnostic);
    }

    /// Of all brackets that the end of the file leaves open, only the innermost is
    /// reported: the others are usually open because of it.
    pub(super) fn report_unclosed_at_end(&mut self) {
        if let Some(&innermost) = self.open.last()
            && !self.rest_is_swallowed
        {
            self.report_unclosed(innermost);
        }
    }
}
