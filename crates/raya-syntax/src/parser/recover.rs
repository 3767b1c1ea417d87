//! Going on after a fault: lists of statements and class members.
//!
//! A faulty item is reported, skipped as a whole and replaced by a placeholder.
//! Where it ends is guessed from the fault's position: the next `;`, the closing
//! brace of the list, or a word that begins a line, past every pair of brackets in
//! between. Each round takes at least one token.

use super::fault::Fault;
use super::input::{Input, Parse, Steps};
use crate::span::Span;
use crate::token::TokenKind as T;

/// After so many diagnostics no more are added.
pub(super) const MAX_DIAGNOSTICS: usize = 100;

/// Items up to a token that `ends` the list, or the end of the file.
pub(super) fn list<'s, 'p, X>(
    p: &mut Input<'s, 'p>,
    ends: fn(T) -> bool,
    item: fn(&mut Input<'s, 'p>) -> Parse<X>,
    placeholder: fn(&mut Input<'s, 'p>, Span) -> X,
) -> Vec<X> {
    let mut items = Vec::new();
    loop {
        let next = p.kind();
        if next == T::Eof || ends(next) {
            return items;
        }
        let first = p.index();
        let checkpoint = p.save();
        let state = p.state();
        let (labels, covers) = (state.labels.len(), state.cover_faults.len());
        match item(p) {
            Ok(value) => {
                items.push(value);
                debug_assert!(p.index() > first, "an item takes at least one token");
            }
            Err(fault) => {
                p.rewind(checkpoint);
                let state = p.state();
                state.labels.truncate(labels);
                state.cover_faults.truncate(covers);
                report(p, fault);
                let span = skip(p, fault.token());
                let value = placeholder(p, span);
                items.push(value);
            }
        }
    }
}

/// Turns a fault into a diagnostic, unless that would say the same thing again.
fn report(p: &mut Input<'_, '_>, fault: Fault) {
    let at = fault.token();
    let token = p.token_number(at);
    let state = p.state();
    // Where brackets do not match, the lexer has said so in better words.
    let bracket_fault = state.unbalanced.iter().any(|bracket| {
        bracket.start == token.start || (bracket.start < token.start && fault.expects_closer())
    });
    let known = fault.is_reported()
        || state.last_fault == Some(at)
        || token.kind == T::Invalid
        || bracket_fault
        || (token.kind == T::Eof && state.end_explained);
    state.last_fault = Some(at);
    if known || state.diagnostics.len() >= MAX_DIAGNOSTICS {
        return;
    }
    let diagnostic = fault.diagnostic(state.source, state.tokens);
    state.diagnostics.push(diagnostic);
}

/// Skips the rest of a faulty item, from its first token.
fn skip(p: &mut Input<'_, '_>, fault: usize) -> Span {
    let first = p.index();
    let start = p.start();
    let mut at = first;
    loop {
        let token = p.token_number(at);
        match token.kind {
            T::Eof => break,
            T::Semi if at >= fault => {
                at += 1;
                if !continues_statement(p.token_number(at).kind) {
                    break;
                }
            }
            T::RBrace if at > first => break,
            kind if at > fault && token.nl_before && begins_item(kind) => break,
            T::LParen | T::LBracket | T::LBrace | T::TemplateHead => {
                at = after_brackets(p, at);
            }
            _ => at += 1,
        }
    }
    while p.index() < at {
        p.bump();
    }
    p.spanned(start)
}

/// Whether the word belongs to a statement that has begun before.
fn continues_statement(kind: T) -> bool {
    matches!(kind, T::Else | T::Catch | T::Finally)
}

/// Whether a statement or member probably begins with a token at the start of a line.
fn begins_item(kind: T) -> bool {
    kind == T::At || (kind.is_word() && !continues_statement(kind))
}

/// Index of the token after the bracket at `at` and its partner; of a template, after
/// its last piece.
fn after_brackets(p: &mut Input<'_, '_>, at: usize) -> usize {
    let mut after = p.after_mate(at);
    while let Some(next) = after
        && p.token_number(next - 1).kind == T::TemplateMiddle
    {
        after = p.after_mate(next - 1);
    }
    after.unwrap_or(at + 1)
}
