//! Why a production failed: a small `Copy` value that chumsky can merge cheaply.
//!
//! A fault carries its own position, because chumsky files a failed `custom` parser
//! under the place where it began. Of two faults the one further on wins; at one
//! place the sets of expected tokens are joined. A fault that is `reported` has
//! already left a diagnostic behind and wins over all others.

use super::input::Tokens;
use crate::codes;
use crate::diagnostics::Diagnostic;
use crate::source::SourceFile;
use crate::token::{Token, TokenKind};
use chumsky::DefaultExpected;
use chumsky::error::{Error, LabelError};
use chumsky::span::SimpleSpan;
use chumsky::util::MaybeRef;

/// What would have fitted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(super) struct Expected([u64; 3]);

/// Things that are expected besides single tokens; they follow the kinds.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
#[repr(u8)]
pub(super) enum Class {
    Expression = 180,
    Type,
    Name,
    PropertyName,
    Pattern,
    ModulePath,
}

impl Class {
    const ALL: [(Class, &'static str); 6] = [
        (Class::Expression, "an expression"),
        (Class::Type, "a type"),
        (Class::Name, "a name"),
        (Class::PropertyName, "a property name"),
        (Class::Pattern, "a name or pattern"),
        (Class::ModulePath, "a module path in quotes"),
    ];
}

impl Expected {
    const NONE: Expected = Expected([0; 3]);

    const fn bit(index: u8) -> Self {
        let mut words = [0; 3];
        words[index as usize / 64] = 1 << (index % 64);
        Expected(words)
    }

    const fn has_bit(self, index: u8) -> bool {
        self.0[index as usize / 64] & 1 << (index % 64) != 0
    }

    fn has(self, kind: TokenKind) -> bool {
        self.has_bit(kind as u8)
    }

    fn has_class(self, class: Class) -> bool {
        self.has_bit(class as u8)
    }

    fn join(self, other: Self) -> Self {
        let mut words = self.0;
        for (word, more) in words.iter_mut().zip(other.0) {
            *word |= more;
        }
        Expected(words)
    }

    /// In the order of the kinds, classes first.
    fn describe(self) -> Vec<String> {
        let classes = Class::ALL
            .into_iter()
            .filter(|&(class, _)| self.has_class(class))
            .map(|(_, text)| text.to_owned());
        let kinds = TokenKind::ALL
            .iter()
            .filter(|&&kind| self.has(kind))
            .map(|kind| kind.describe());
        classes.chain(kinds).collect()
    }
}

impl From<TokenKind> for Expected {
    fn from(kind: TokenKind) -> Self {
        Expected::bit(kind as u8)
    }
}

impl From<Class> for Expected {
    fn from(class: Class) -> Self {
        Expected::bit(class as u8)
    }
}

/// See the module's header.
#[derive(Clone, Copy, Debug)]
pub(super) struct Fault {
    /// Index of the token that does not fit.
    at: u32,
    expected: Expected,
    reported: bool,
}

impl Fault {
    /// The token at `at` does not fit.
    pub(super) fn new(at: usize, expected: impl Into<Expected>) -> Self {
        Self {
            at: at as u32,
            expected: expected.into(),
            reported: false,
        }
    }

    /// A diagnostic has been left behind.
    pub(super) fn reported(at: usize) -> Self {
        Self {
            at: at as u32,
            expected: Expected::NONE,
            reported: true,
        }
    }

    pub(super) fn is_reported(&self) -> bool {
        self.reported
    }

    pub(super) fn token(&self) -> usize {
        self.at as usize
    }

    /// Whether a closing bracket would have fitted.
    pub(super) fn expects_closer(&self) -> bool {
        [TokenKind::RParen, TokenKind::RBracket, TokenKind::RBrace]
            .into_iter()
            .any(|closer| self.expected.has(closer))
    }

    fn join(self, other: Self) -> Self {
        if self.reported || other.reported {
            return if self.reported { self } else { other };
        }
        match self.at.cmp(&other.at) {
            std::cmp::Ordering::Greater => self,
            std::cmp::Ordering::Less => other,
            std::cmp::Ordering::Equal => Self {
                expected: self.expected.join(other.expected),
                ..self
            },
        }
    }

    /// The fault in the user's terms.
    pub(super) fn diagnostic(&self, source: &SourceFile, tokens: &[Token]) -> Diagnostic {
        let index = self.token().min(tokens.len() - 1);
        let found = tokens[index];
        let found_text = describe_found(source, found);
        let expected = self.expected;
        let (code, message) = if expected.has_class(Class::Expression) {
            (
                codes::EXPECTED_EXPRESSION,
                format!("expected an expression, found {found_text}"),
            )
        } else if expected.has_class(Class::Type) {
            (
                codes::EXPECTED_TYPE,
                format!("expected a type, found {found_text}"),
            )
        } else if expected.has(TokenKind::Semi) {
            let message = format!("expected `;` or a new line before {found_text}");
            (codes::EXPECTED_SEMICOLON, message)
        } else {
            let wanted = expected.describe();
            let message = match wanted.is_empty() {
                true => format!("{found_text} does not fit here"),
                false => format!("expected {}, found {found_text}", join_words(&wanted)),
            };
            (codes::UNEXPECTED_TOKEN, message)
        };
        let diagnostic = Diagnostic::error(code, source.id(), found.span(), message);
        if let Some(word) = misspelt_word(source, tokens, index) {
            return diagnostic.with_help(format!("did you mean `{word}`?"));
        }
        diagnostic
    }
}

fn join_words(words: &[String]) -> String {
    const SHOWN: usize = 5;
    let (shown, rest) = words.split_at(words.len().min(SHOWN));
    match (shown, rest.is_empty()) {
        ([only], true) => only.clone(),
        ([first @ .., last], true) => format!("{} or {last}", first.join(", ")),
        _ => format!("{} or something else", shown.join(", ")),
    }
}

fn describe_found(source: &SourceFile, token: Token) -> String {
    const SHOWN: usize = 30;
    let text = source.slice(token.span());
    let short = text.chars().count() <= SHOWN && !text.contains('\n');
    match token.kind {
        TokenKind::Eof => "the end of the file".to_owned(),
        TokenKind::Ident | TokenKind::PrivateName | TokenKind::Number | TokenKind::BigInt
            if short =>
        {
            format!("`{text}`")
        }
        TokenKind::String if short => format!("the string {text}"),
        TokenKind::Ident => "a name".to_owned(),
        TokenKind::Number | TokenKind::BigInt => "a number".to_owned(),
        TokenKind::String => "a string".to_owned(),
        TokenKind::Regex => "a regular expression".to_owned(),
        TokenKind::TemplateWhole | TokenKind::TemplateHead => "a template string".to_owned(),
        TokenKind::TemplateMiddle | TokenKind::TemplateTail => "`}`".to_owned(),
        kind => kind.describe(),
    }
}

/// The word that the name before the faulty token was perhaps meant to be, as in
/// `fucntion f()`.
fn misspelt_word(source: &SourceFile, tokens: &[Token], index: usize) -> Option<&'static str> {
    let before = tokens.get(index.checked_sub(1)?)?;
    let found = tokens[index];
    let starts_more = found.kind.is_word() || found.kind == TokenKind::LBrace;
    if before.kind != TokenKind::Ident || found.nl_before || !starts_more {
        return None;
    }
    let text = source.slice(before.span());
    TokenKind::words()
        .iter()
        .map(|kind| kind.text())
        .find(|word| word.len() > 2 && is_one_slip_apart(text, word))
}

/// Whether one letter inserted, left out, replaced or swapped with its neighbour
/// makes `a` out of `b`.
fn is_one_slip_apart(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let prefix = a.iter().zip(b).take_while(|(x, y)| x == y).count();
    let (a, b) = (&a[prefix..], &b[prefix..]);
    match (a, b) {
        ([], []) => false,
        ([_, a_rest @ ..], [_, b_rest @ ..]) if a_rest == b_rest => true,
        ([_, rest @ ..], _) if rest == b => true,
        (_, [_, rest @ ..]) if rest == a => true,
        ([x, y, a_rest @ ..], [v, w, b_rest @ ..]) => x == w && y == v && a_rest == b_rest,
        _ => false,
    }
}

impl<'s> Error<'s, Tokens<'s>> for Fault {
    #[inline]
    fn merge(self, other: Self) -> Self {
        self.join(other)
    }
}

impl<'s> LabelError<'s, Tokens<'s>, MaybeRef<'s, Token>> for Fault {
    #[inline]
    fn expected_found<E: IntoIterator<Item = MaybeRef<'s, Token>>>(
        expected: E,
        _found: Option<MaybeRef<'s, Token>>,
        span: SimpleSpan,
    ) -> Self {
        let expected = expected
            .into_iter()
            .fold(Expected::NONE, |set, token| set.join(token.kind.into()));
        Fault::new(span.start, expected)
    }
}

impl<'s> LabelError<'s, Tokens<'s>, DefaultExpected<'s, Token>> for Fault {
    #[inline]
    fn expected_found<E: IntoIterator<Item = DefaultExpected<'s, Token>>>(
        expected: E,
        _found: Option<MaybeRef<'s, Token>>,
        span: SimpleSpan,
    ) -> Self {
        let expected = expected
            .into_iter()
            .fold(Expected::NONE, |set, item| match item {
                DefaultExpected::Token(token) => set.join(token.kind.into()),
                DefaultExpected::EndOfInput => set.join(TokenKind::Eof.into()),
                _ => set,
            });
        Fault::new(span.start, expected)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_recognised() {
        for (typed, meant) in [
            ("fucntion", "function"),
            ("cons", "const"),
            ("lett", "let"),
            ("clasz", "class"),
        ] {
            assert!(is_one_slip_apart(typed, meant), "{typed}");
        }
        assert!(!is_one_slip_apart("let", "let"));
        assert!(!is_one_slip_apart("print", "function"));
    }

    #[test]
    fn the_fault_further_on_wins() {
        let near = Fault::new(3, TokenKind::Comma);
        let far = Fault::new(5, TokenKind::Semi);
        assert_eq!(near.join(far).token(), 5);
        let same = far.join(Fault::new(5, TokenKind::RParen));
        assert!(same.expected.has(TokenKind::Semi) && same.expects_closer());
        assert!(far.join(Fault::reported(1)).is_reported());
    }
}
