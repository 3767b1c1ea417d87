//! Text forms of tokens and trees, for `raya dump` and for tests.
//!
//! Stable: the same input gives the same text, and a change of the text is a change
//! of what tests compare with. The tree is written as nested parentheses with the
//! operator or the kind of the node in front, each node optionally followed by its
//! byte range.

mod decl;
mod expr;
mod sexp;
mod stmt;
mod types;

use crate::ast::{Ident, Module, Text};
use crate::name::{Interner, Name};
use crate::source::SourceFile;
use crate::span::Span;
use crate::token::Token;
use sexp::Sexp;
use std::fmt::Write as _;

/// One line per token: position, kind, text; `~` marks a line end before it.
pub fn tokens(source: &SourceFile, tokens: &[Token]) -> String {
    let mut out = String::new();
    for token in tokens {
        let at = source.line_col(token.start);
        let newline = if token.nl_before { '~' } else { ' ' };
        let place = format!("{}:{}", at.line, at.column);
        let kind = format!("{:?}", token.kind);
        let text = source.slice(token.span());
        let _ = writeln!(out, "{place:>8}{newline} {kind:<18} {text:?}");
    }
    out
}

/// The tree of a file, with byte ranges if `spans`.
pub fn ast(module: &Module, interner: &Interner, spans: bool) -> String {
    let dumper = Dumper { interner, spans };
    let body = module.body.iter().map(|stmt| dumper.stmt(stmt)).collect();
    Sexp::list("module", body).render()
}

struct Dumper<'a> {
    interner: &'a Interner,
    spans: bool,
}

impl Dumper<'_> {
    fn name(&self, name: Name) -> String {
        self.interner.text(name).to_owned()
    }

    fn quoted(&self, name: Name) -> Sexp {
        Sexp::atom(format!("{:?}", self.interner.text(name)))
    }

    fn text(&self, text: &Text) -> Sexp {
        match text {
            Text::Name(name) => self.quoted(*name),
            Text::Wide(units) => Sexp::atom(format!("(wide {units:x?})")),
        }
    }

    fn ident(&self, ident: Ident) -> Sexp {
        self.spanned(Sexp::atom(self.name(ident.name)), ident.span)
    }

    fn spanned(&self, sexp: Sexp, span: Span) -> Sexp {
        if self.spans { sexp.at(span) } else { sexp }
    }

    /// `(head items…)` if there are items, for parts that are often absent.
    fn group(head: &str, items: Vec<Sexp>) -> Option<Sexp> {
        (!items.is_empty()).then(|| Sexp::list(head, items))
    }
}
