//! Punctuation: the longest operator that the next bytes spell.

use super::Lexer;
use crate::token::TokenKind as T;

impl Lexer<'_> {
    /// Reads an operator or bracket; None if the next byte begins none.
    pub(super) fn punctuation(&mut self) -> Option<T> {
        let (kind, length) = match self.peek(0) {
            b'(' => (T::LParen, 1),
            b')' => (T::RParen, 1),
            b'[' => (T::LBracket, 1),
            b']' => (T::RBracket, 1),
            b'{' => (T::LBrace, 1),
            b'}' => (T::RBrace, 1),
            b',' => (T::Comma, 1),
            b';' => (T::Semi, 1),
            b':' => (T::Colon, 1),
            b'~' => (T::Tilde, 1),
            b'@' => (T::At, 1),
            b'>' => (T::Gt, 1),
            b'.' if self.follows(b"..") => (T::DotDotDot, 3),
            b'.' => (T::Dot, 1),
            b'<' => self.longest(T::Lt, &[(b"=", T::LtEq)]),
            b'=' => self.longest(
                T::Eq,
                &[(b"==", T::EqEqEq), (b"=", T::EqEq), (b">", T::Arrow)],
            ),
            b'!' => self.longest(T::Bang, &[(b"==", T::NotEqEq), (b"=", T::NotEq)]),
            b'+' => self.longest(T::Plus, &[(b"+", T::PlusPlus), (b"=", T::PlusEq)]),
            b'-' => self.longest(T::Minus, &[(b"-", T::MinusMinus), (b"=", T::MinusEq)]),
            b'*' => self.longest(
                T::Star,
                &[
                    (b"*=", T::StarStarEq),
                    (b"*", T::StarStar),
                    (b"=", T::StarEq),
                ],
            ),
            b'/' => self.longest(T::Slash, &[(b"=", T::SlashEq)]),
            b'%' => self.longest(T::Percent, &[(b"=", T::PercentEq)]),
            b'^' => self.longest(T::Caret, &[(b"=", T::CaretEq)]),
            b'&' => self.longest(
                T::Amp,
                &[(b"&=", T::AmpAmpEq), (b"&", T::AmpAmp), (b"=", T::AmpEq)],
            ),
            b'|' => self.longest(
                T::Pipe,
                &[
                    (b"|=", T::PipePipeEq),
                    (b"|", T::PipePipe),
                    (b"=", T::PipeEq),
                ],
            ),
            b'?' => self.question(),
            _ => return None,
        };
        self.at += length;
        Some(kind)
    }

    /// `?`, `??`, `??=`, or `?.` unless a digit follows (`a?.5:1` is a conditional).
    fn question(&self) -> (T, usize) {
        if self.peek(1) == b'.' && !self.peek(2).is_ascii_digit() {
            return (T::QuestionDot, 2);
        }
        let longer: &[(&[u8], T)] = &[(b"?=", T::QuestionQuestionEq), (b"?", T::QuestionQuestion)];
        self.longest(T::Question, longer)
    }

    /// The first of `longer` whose bytes follow the next one, else `single`.
    fn longest(&self, single: T, longer: &[(&[u8], T)]) -> (T, usize) {
        longer
            .iter()
            .find(|(rest, _)| self.follows(rest))
            .map_or((single, 1), |&(rest, kind)| (kind, 1 + rest.len()))
    }

    fn follows(&self, rest: &[u8]) -> bool {
        self.text.as_bytes()[self.at + 1..].starts_with(rest)
    }
}
