//! Numbers: decimal, hexadecimal, octal, binary, exponents, separators, bigints.

use super::{Lexer, is_name_part};
use crate::codes;
use crate::token::TokenKind;

impl Lexer<'_> {
    /// Reads a number; the next byte is a digit, or a dot before one.
    pub(super) fn number(&mut self) -> TokenKind {
        let start = self.at;
        let mut bigint_allowed = true;
        match (self.peek(0), self.peek(1) | 0x20) {
            (b'0', b'x') => self.radix_digits(16, "hexadecimal"),
            (b'0', b'o') => self.radix_digits(8, "octal"),
            (b'0', b'b') => self.radix_digits(2, "binary"),
            (b'0', _) if self.peek(1).is_ascii_digit() || self.peek(1) == b'_' => {
                self.leading_zero();
                bigint_allowed = false;
            }
            _ => bigint_allowed = self.decimal(),
        }
        let is_bigint = self.peek(0) == b'n';
        if is_bigint {
            self.at += 1;
            if !bigint_allowed {
                self.report(
                    codes::INVALID_NUMBER,
                    self.span_from(start),
                    "a bigint is a whole number without leading zeros and exponent",
                );
            }
        }
        self.no_name_may_follow();
        if is_bigint {
            TokenKind::BigInt
        } else {
            TokenKind::Number
        }
    }

    fn radix_digits(&mut self, radix: u32, adjective: &str) {
        let start = self.at;
        self.at += 2;
        if self.digits(radix) == 0 {
            let message = format!("this {adjective} number has no digits");
            self.report(codes::INVALID_NUMBER, self.span_from(start), message);
        } else if self.peek(0).is_ascii_digit() {
            let digit_at = self.at;
            self.digits(10);
            let message = format!("this digit does not fit a {adjective} number");
            self.report(codes::INVALID_NUMBER, self.span_from(digit_at), message);
        }
    }

    fn leading_zero(&mut self) {
        let start = self.at;
        self.digits(10);
        self.report_with_help(
            codes::NO_LEGACY_OCTAL,
            self.span_from(start),
            "numbers with a leading zero are not part of the language",
            "write `0o17` for an octal number, `17` for a decimal one",
        );
    }

    /// Reads a decimal number; says whether it is a plain integer.
    fn decimal(&mut self) -> bool {
        let mut integer = true;
        self.digits(10);
        if self.peek(0) == b'.' {
            integer = false;
            self.at += 1;
            if self.peek(0) == b'_' {
                self.separator_error(self.at);
            }
            self.digits(10);
        }
        if self.peek(0) | 0x20 == b'e' && self.exponent_follows() {
            integer = false;
            self.at += 1;
            if matches!(self.peek(0), b'+' | b'-') {
                self.at += 1;
            }
            let start = self.at;
            if self.digits(10) == 0 {
                self.report(
                    codes::INVALID_NUMBER,
                    self.span_from(start.saturating_sub(1)),
                    "this exponent has no digits",
                );
            }
        }
        integer
    }

    /// Whether the `e` at this place is an exponent, not the start of a name such as
    /// in `1em`.
    fn exponent_follows(&self) -> bool {
        let next = self.peek(1);
        next.is_ascii_digit() || matches!(next, b'+' | b'-') || !is_name_part(next as char)
    }

    /// Reads digits and separators; gives the number of digits.
    fn digits(&mut self, radix: u32) -> usize {
        let mut count = 0;
        let mut separator_at = None;
        loop {
            let byte = self.peek(0);
            if (byte as char).is_digit(radix) {
                count += 1;
                separator_at = None;
            } else if byte == b'_' {
                if count == 0 || separator_at.is_some() {
                    self.separator_error(self.at);
                }
                separator_at = Some(self.at);
            } else {
                break;
            }
            self.at += 1;
        }
        if let Some(at) = separator_at {
            self.separator_error(at);
        }
        count
    }

    fn separator_error(&mut self, at: usize) {
        let span = crate::span::Span::new(at as u32, at as u32 + 1);
        // A separator can break two rules at once; one message is enough.
        if self
            .diagnostics
            .last()
            .is_some_and(|last| last.span == span)
        {
            return;
        }
        self.report(
            codes::INVALID_NUMBER,
            span,
            "a numeric separator stands between two digits",
        );
    }

    fn no_name_may_follow(&mut self) {
        let start = self.at;
        if self.peek_char().is_some_and(is_name_part) {
            self.skip_name();
            let message = format!(
                "`{}` cannot follow a number directly",
                &self.text[start..self.at]
            );
            self.report_with_help(
                codes::INVALID_NUMBER,
                self.span_from(start),
                &message,
                "put a space or an operator between them",
            );
        }
    }
}
