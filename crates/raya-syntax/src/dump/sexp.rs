//! The tree of parentheses that dumps are made of, and its layout.
//!
//! A node goes on one line if it fits, else each child gets a line of its own. The
//! text depends on nothing but the tree.

use crate::limits::ensure_stack;
use crate::span::Span;
use std::fmt::Write as _;

/// Lines up to this length are not broken.
const LINE: usize = 88;

/// `head`, or `(head item item)`.
pub(super) struct Sexp {
    head: String,
    /// None for an atom.
    items: Option<Vec<Sexp>>,
    /// Length of the whole on one line.
    width: usize,
}

impl Sexp {
    pub(super) fn atom(text: impl Into<String>) -> Self {
        let head = text.into();
        Self {
            width: head.chars().count(),
            head,
            items: None,
        }
    }

    pub(super) fn list(head: impl Into<String>, items: Vec<Sexp>) -> Self {
        let head = head.into();
        let inside: usize = items.iter().map(|item| item.width + 1).sum();
        Self {
            width: head.chars().count() + inside + 2,
            head,
            items: Some(items),
        }
    }

    /// Adds `@start..end` to the head.
    pub(super) fn at(mut self, span: Span) -> Self {
        let text = format!("@{span:?}");
        self.width += text.len();
        self.head.push_str(&text);
        self
    }

    /// The text, with a line end.
    pub(super) fn render(&self) -> String {
        let mut out = String::new();
        self.write(0, &mut out);
        out.push('\n');
        out
    }

    fn write(&self, indent: usize, out: &mut String) {
        let Some(items) = &self.items else {
            out.push_str(&self.head);
            return;
        };
        let _ = write!(out, "({}", self.head);
        let one_line = indent + self.width <= LINE;
        for item in items {
            if one_line {
                out.push(' ');
            } else {
                let _ = write!(out, "\n{:width$}", "", width = indent + 2);
            }
            ensure_stack(|| item.write(indent + 2, out));
        }
        out.push(')');
    }
}
