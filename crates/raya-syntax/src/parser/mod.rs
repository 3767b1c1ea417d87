//! From tokens to the syntax tree.
//!
//! The grammar is written as productions over chumsky's input (see `input`):
//! combinators where things stand in sequence, a look at the next token where there
//! is a choice, precedence climbing for operators, and the table of matching
//! brackets to tell arrow functions from parentheses. Nothing is tried twice except
//! type arguments in expressions and arrow functions with a result type, and both
//! remember where they failed, so parsing takes linear time.
//! Faults end at the statement or class member that holds them (see `recover`).

mod class;
mod decl;
mod expr;
mod fault;
mod function;
mod input;
mod loops;
mod module;
mod object;
mod operators;
mod pattern;
mod postfix;
mod primary;
mod recover;
mod stmt;
mod type_members;
mod types;

use crate::Parsed;
use crate::ast::Module;
use crate::codes;
use crate::diagnostics::Diagnostic;
use crate::lexer::{Lexed, lex};
use crate::name::Interner;
use crate::source::SourceFile;
use crate::span::Span;
use crate::token::TokenKind;
use chumsky::Parser;
use chumsky::inspector::SimpleState;
use chumsky::primitive::custom;
use input::{Extra, Input, Parse, State, Tokens};

/// Parses a file. The tree is complete if no diagnostic is an error.
pub fn parse(source: &SourceFile, interner: &mut Interner) -> Parsed {
    parse_tokens(source, lex(source), interner)
}

/// Parses the tokens of a file.
pub fn parse_tokens(source: &SourceFile, lexed: Lexed, interner: &mut Interner) -> Parsed {
    let Lexed {
        tokens,
        diagnostics: lexical,
    } = lexed;
    let mut state = State::new(source, &tokens, interner);
    state.unbalanced = lexical
        .iter()
        .filter(|diagnostic| diagnostic.code == codes::UNBALANCED_BRACKET)
        .map(|diagnostic| diagnostic.span)
        .collect();
    state.end_explained = lexical.iter().any(|diagnostic| {
        [
            codes::UNBALANCED_BRACKET,
            codes::UNTERMINATED_TEMPLATE,
            codes::UNTERMINATED_COMMENT,
        ]
        .contains(&diagnostic.code)
    });
    let mut state = SimpleState(state);
    let body = custom::<_, Tokens<'_>, _, Extra<'_>>(program)
        .parse_with_state(tokens.as_slice(), &mut state)
        .into_output();
    let module = Module {
        span: Span::new(0, source.text().len() as u32),
        body: body.unwrap_or_default(),
        node_count: state.next_id,
    };
    let syntactic = std::mem::take(&mut state.diagnostics);
    Parsed {
        module,
        diagnostics: in_order(lexical, syntactic),
    }
}

/// The statements of a file; never fails, because each statement recovers.
fn program<'s>(p: &mut Input<'s, '_>) -> Parse<Vec<crate::ast::Stmt>> {
    let statements = stmt::statements(p, |kind| kind == TokenKind::Eof);
    p.skip();
    Ok(statements)
}

/// The diagnostics of both phases in the order of the text, at most one per place.
fn in_order(lexical: Vec<Diagnostic>, syntactic: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut all = lexical;
    all.extend(syntactic);
    // Stable: of two at one place the lexer's stands first and stays.
    all.sort_by_key(|diagnostic| diagnostic.span.start);
    // Brackets that were given up as too deep have not been looked at to their end.
    if let Some(deep) = all.iter().find(|d| d.code == codes::NESTING_TOO_DEEP) {
        let limit = deep.span.start;
        all.retain(|d| d.code != codes::UNBALANCED_BRACKET || d.span.start <= limit);
    }
    all.dedup_by_key(|diagnostic| diagnostic.span.start);
    all.truncate(recover::MAX_DIAGNOSTICS);
    all
}

#[cfg(test)]
mod tests;
