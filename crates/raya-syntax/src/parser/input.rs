//! What the productions stand on: chumsky's input over our tokens, the state that
//! travels with it, and the small steps (`kind`, `eat`, `expect`, …).
//!
//! A production is a function from the input to a value or a [`Fault`]; `custom`
//! makes it a chumsky parser, so that combinators and functions mix freely and the
//! grammar needs no parser objects to be built or tied into knots.
//! Invariant: whoever fails goes through `fail`, `expect` or a combinator, so that
//! what optional parts expected at that place is not lost; whoever tries something
//! that may fail without consequence goes through `attempt`.

use super::fault::{Expected, Fault};
use crate::ast::{Expr, ExprKind, Ident, NodeId, TypeExpr, TypeKind};
use crate::codes::{self, Code};
use crate::diagnostics::Diagnostic;
use crate::limits::{MAX_HEIGHT, MAX_NESTING, ensure_stack};
use crate::name::{Interner, Name};
use crate::source::SourceFile;
use crate::span::Span;
use crate::token::{NO_MATE, Token, TokenKind};
use chumsky::input::InputRef;
use chumsky::inspector::SimpleState;
use chumsky::prelude::*;
use rustc_hash::FxHashSet;

pub(super) type Tokens<'s> = &'s [Token];
pub(super) type Extra<'s> = extra::Full<Fault, SimpleState<State<'s>>, ()>;
pub(super) type Input<'s, 'p> = InputRef<'s, 'p, Tokens<'s>, Extra<'s>>;
pub(super) type Parse<T> = Result<T, Fault>;

/// What the surroundings allow. Copied and restored around productions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Context {
    /// `in` ends the expression: the head of a `for`.
    pub no_in: bool,
    /// The middle of a conditional, where `(a): b =>` may not be an arrow function.
    pub before_colon: bool,
    pub in_function: bool,
    pub in_async: bool,
    pub in_generator: bool,
    /// `super.m` has a meaning.
    pub in_method: bool,
    /// `super(…)` has a meaning.
    pub in_constructor: bool,
    pub in_loop: bool,
    pub in_switch: bool,
    /// Inside any block or function: imports and exports are out of place.
    pub nested: bool,
    /// Labels below this index belong to an outer function.
    pub first_label: usize,
}

/// An error that does not stand if the literal turns out to be a pattern.
#[derive(Clone, Copy, Debug)]
pub(super) enum CoverFault {
    /// `{ a = 1 }`
    Default(Span),
    /// `[, a]`
    Hole(Span),
}

/// A label in scope.
#[derive(Clone, Copy, Debug)]
pub(super) struct Label {
    pub ident: Ident,
    pub on_loop: bool,
}

/// Everything that travels with the input.
pub(super) struct State<'s> {
    pub source: &'s SourceFile,
    pub tokens: Tokens<'s>,
    pub interner: &'s mut Interner,
    pub diagnostics: Vec<Diagnostic>,
    pub next_id: u32,
    pub context: Context,
    pub labels: Vec<Label>,
    pub cover_faults: Vec<CoverFault>,
    /// Tokens `<` at which type arguments were tried in vain.
    pub not_type_args: FxHashSet<u32>,
    /// Tokens `(` at which an arrow function was tried in vain.
    pub not_arrow: FxHashSet<u32>,
    /// Brackets about which the lexer has complained.
    pub unbalanced: Vec<Span>,
    /// The lexer has said why the file ends too early.
    pub end_explained: bool,
    /// The token at which the last fault was found.
    pub last_fault: Option<usize>,
    depth: u32,
    /// Height of the highest tree finished so far at this level of nesting.
    height: u32,
}

impl<'s> State<'s> {
    pub(super) fn new(
        source: &'s SourceFile,
        tokens: Tokens<'s>,
        interner: &'s mut Interner,
    ) -> Self {
        Self {
            source,
            tokens,
            interner,
            diagnostics: Vec::new(),
            next_id: 0,
            context: Context::default(),
            labels: Vec::new(),
            cover_faults: Vec::new(),
            not_type_args: FxHashSet::default(),
            not_arrow: FxHashSet::default(),
            unbalanced: Vec::new(),
            end_explained: false,
            last_fault: None,
            depth: 0,
            height: 0,
        }
    }

    pub(super) fn error(&self, code: Code, span: Span, message: impl Into<String>) -> Diagnostic {
        Diagnostic::error(code, self.source.id(), span, message)
    }
}

/// A token of `kind` as a chumsky parser.
pub(super) fn token<'s>(kind: TokenKind) -> impl Parser<'s, Tokens<'s>, Token, Extra<'s>> + Copy {
    just(Token::of(kind))
}

/// `item`s between commas, a trailing one allowed, in brackets.
pub(super) fn comma_list<'s, T: 's>(
    open: TokenKind,
    item: fn(&mut Input<'s, '_>) -> Parse<T>,
    close: TokenKind,
) -> impl Parser<'s, Tokens<'s>, Vec<T>, Extra<'s>> + Copy {
    custom(item)
        .separated_by(token(TokenKind::Comma))
        .allow_trailing()
        .collect::<Vec<T>>()
        .delimited_by(token(open), token(close))
}

/// The small steps.
pub(super) trait Steps<'s> {
    /// Index of the next token.
    fn index(&self) -> usize;
    /// The next token.
    fn next_token(&mut self) -> Token;
    /// The token `ahead` of the next one; `Eof` past the end.
    fn token_at(&mut self, ahead: usize) -> Token;
    /// The token with this index; `Eof` past the end.
    fn token_number(&mut self, index: usize) -> Token;
    /// Its kind.
    fn kind(&mut self) -> TokenKind;
    /// The kind of the token `ahead` of the next one.
    fn kind_at(&mut self, ahead: usize) -> TokenKind;
    /// Takes the next token.
    fn bump(&mut self) -> Token;
    /// Takes the next token if it is of `kind`.
    fn eat(&mut self, kind: TokenKind) -> bool;
    /// Takes the next token, which must be of `kind`.
    fn expect(&mut self, kind: TokenKind) -> Parse<Token>;
    /// The next token does not fit.
    fn fail<T>(&mut self, expected: impl Into<Expected>) -> Parse<T>;
    /// Leaves an error behind and fails.
    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Parse<T>;
    /// Leaves an error behind and goes on.
    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str);
    /// Offset of the next token.
    fn start(&mut self) -> u32;
    /// Offset past the last token taken.
    fn end(&mut self) -> u32;
    /// From `start` to the last token taken.
    fn spanned(&mut self, start: u32) -> Span;
    /// A fresh id.
    fn id(&mut self) -> NodeId;
    /// An expression that ends with the last token taken.
    fn expr(&mut self, start: u32, kind: ExprKind) -> Expr;
    /// A type that ends with the last token taken.
    fn type_expr(&mut self, start: u32, kind: TypeKind) -> TypeExpr;
    /// The name of a token's text.
    fn intern(&mut self, token: Token) -> Name;
    /// The token as an identifier.
    fn ident_of(&mut self, token: Token) -> Ident;
    /// Index of the token after the bracket that matches the one at `index`.
    fn after_mate(&mut self, index: usize) -> Option<usize>;
    /// Whether the next token and the one after it touch.
    fn touches_next(&mut self, ahead: usize) -> bool;
    /// Runs `body` in a changed context.
    fn within<T>(
        &mut self,
        change: impl FnOnce(&mut Context),
        body: impl FnOnce(&mut Self) -> Parse<T>,
    ) -> Parse<T>;
    /// Runs `body` one level deeper, with stack enough, unless that is too deep.
    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T>;
    /// Accounts for a tree that grows by one level without nesting.
    fn grow(&mut self) -> Parse<()>;
    /// Runs `body`; if that gives None or fails, it is as if nothing had happened.
    fn attempt<T>(&mut self, body: impl FnOnce(&mut Self) -> Parse<Option<T>>) -> Option<T>;
    /// Whether `body` succeeds and gives true; nothing is taken.
    fn looks_ahead(&mut self, body: impl FnOnce(&mut Self) -> Parse<bool>) -> bool;
}

impl<'s> Steps<'s> for Input<'s, '_> {
    #[inline]
    fn index(&self) -> usize {
        *self.cursor().inner()
    }

    #[inline]
    fn next_token(&mut self) -> Token {
        self.token_at(0)
    }

    #[inline]
    fn token_at(&mut self, ahead: usize) -> Token {
        let index = self.index() + ahead;
        self.token_number(index)
    }

    #[inline]
    fn token_number(&mut self, index: usize) -> Token {
        let tokens = self.state().tokens;
        tokens[index.min(tokens.len() - 1)]
    }

    #[inline]
    fn kind(&mut self) -> TokenKind {
        self.token_at(0).kind
    }

    #[inline]
    fn kind_at(&mut self, ahead: usize) -> TokenKind {
        self.token_at(ahead).kind
    }

    #[inline]
    fn bump(&mut self) -> Token {
        let token = self.token_at(0);
        // `Eof` stays: there is always a next token.
        if token.kind != TokenKind::Eof {
            self.skip();
        }
        token
    }

    #[inline]
    fn eat(&mut self, kind: TokenKind) -> bool {
        let fits = self.kind() == kind;
        if fits {
            self.bump();
        }
        fits
    }

    #[inline]
    fn expect(&mut self, kind: TokenKind) -> Parse<Token> {
        if self.kind() == kind {
            Ok(self.bump())
        } else {
            self.fail(kind)
        }
    }

    #[cold]
    fn fail<T>(&mut self, expected: impl Into<Expected>) -> Parse<T> {
        let fault = Fault::new(self.index(), expected);
        // By way of a parser, so that chumsky merges what was expected here before.
        self.parse(custom(move |_: &mut Input<'s, '_>| Err(fault)))
    }

    #[cold]
    fn refuse<T>(&mut self, diagnostic: Diagnostic) -> Parse<T> {
        self.state().diagnostics.push(diagnostic);
        let fault = Fault::reported(self.index());
        self.parse(custom(move |_: &mut Input<'s, '_>| Err(fault)))
    }

    #[cold]
    fn report(&mut self, code: Code, span: Span, message: impl Into<String>, help: &str) {
        let state = self.state();
        let mut diagnostic = state.error(code, span, message);
        if !help.is_empty() {
            diagnostic = diagnostic.with_help(help);
        }
        state.diagnostics.push(diagnostic);
    }

    #[inline]
    fn start(&mut self) -> u32 {
        self.token_at(0).start
    }

    #[inline]
    fn end(&mut self) -> u32 {
        match self.index().checked_sub(1) {
            Some(last) => self.token_number(last).end,
            None => 0,
        }
    }

    #[inline]
    fn spanned(&mut self, start: u32) -> Span {
        Span::new(start, self.end().max(start))
    }

    #[inline]
    fn id(&mut self) -> NodeId {
        let state = self.state();
        let id = NodeId(state.next_id);
        state.next_id += 1;
        id
    }

    #[inline]
    fn expr(&mut self, start: u32, kind: ExprKind) -> Expr {
        Expr {
            id: self.id(),
            span: self.spanned(start),
            kind,
        }
    }

    #[inline]
    fn type_expr(&mut self, start: u32, kind: TypeKind) -> TypeExpr {
        TypeExpr {
            id: self.id(),
            span: self.spanned(start),
            kind,
        }
    }

    #[inline]
    fn intern(&mut self, token: Token) -> Name {
        let state = self.state();
        let text = state.source.slice(token.span());
        state.interner.intern(text)
    }

    #[inline]
    fn ident_of(&mut self, token: Token) -> Ident {
        Ident {
            name: self.intern(token),
            span: token.span(),
        }
    }

    #[inline]
    fn after_mate(&mut self, index: usize) -> Option<usize> {
        let mate = self.token_number(index).mate;
        (mate != NO_MATE && mate as usize > index).then_some(mate as usize + 1)
    }

    #[inline]
    fn touches_next(&mut self, ahead: usize) -> bool {
        self.token_at(ahead).end == self.token_at(ahead + 1).start
    }

    #[inline]
    fn within<T>(
        &mut self,
        change: impl FnOnce(&mut Context),
        body: impl FnOnce(&mut Self) -> Parse<T>,
    ) -> Parse<T> {
        let outer = self.state().context;
        change(&mut self.state().context);
        let result = body(self);
        self.state().context = outer;
        result
    }

    fn nested<T>(&mut self, body: impl FnOnce(&mut Self) -> Parse<T>) -> Parse<T> {
        let state = self.state();
        if state.depth >= MAX_NESTING {
            return self.too_deep("this is nested too deeply");
        }
        state.depth += 1;
        let outer = std::mem::take(&mut state.height);
        let result = ensure_stack(|| body(self));
        let state = self.state();
        state.depth -= 1;
        state.height = outer.max(state.height + 1);
        result
    }

    #[inline]
    fn grow(&mut self) -> Parse<()> {
        let state = self.state();
        state.height += 1;
        if state.height > MAX_HEIGHT {
            return self.too_deep("this chain is too long");
        }
        Ok(())
    }

    fn attempt<T>(&mut self, body: impl FnOnce(&mut Self) -> Parse<Option<T>>) -> Option<T> {
        let checkpoint = self.save();
        let state = self.state();
        let errors = state.diagnostics.len();
        let covers = state.cover_faults.len();
        let labels = state.labels.len();
        let (height, last_fault) = (state.height, state.last_fault);
        if let Ok(Some(value)) = body(self) {
            return Some(value);
        }
        self.rewind(checkpoint);
        // Forget what chumsky remembers of the attempt, which lies ahead of us now.
        let nothing = Fault::new(0, Expected::default());
        let _: Parse<()> = self.parse(custom(move |_: &mut Input<'s, '_>| Err(nothing)));
        let state = self.state();
        state.diagnostics.truncate(errors);
        state.cover_faults.truncate(covers);
        state.labels.truncate(labels);
        state.height = height;
        state.last_fault = last_fault;
        None
    }

    fn looks_ahead(&mut self, body: impl FnOnce(&mut Self) -> Parse<bool>) -> bool {
        let mut answer = false;
        self.attempt(|p| {
            answer = body(p)?;
            Ok(None::<()>)
        });
        answer
    }
}

trait TooDeep {
    fn too_deep<T>(&mut self, message: &str) -> Parse<T>;
}

impl TooDeep for Input<'_, '_> {
    #[cold]
    fn too_deep<T>(&mut self, message: &str) -> Parse<T> {
        let span = self.next_token().span();
        let diagnostic = self
            .state()
            .error(codes::NESTING_TOO_DEEP, span, message)
            .with_help("give a part of it a name of its own");
        self.refuse(diagnostic)
    }
}
