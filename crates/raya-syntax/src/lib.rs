//! From source text to syntax tree: spans, interned names, tokens, the parser, the
//! diagnostics of the whole front end and their rendering.
//!
//! Owns the shape of the language. Must not know what names, types or modules
//! mean, and does no input or output. Any text gives a tree and diagnostics: the
//! parser neither panics nor overflows the stack, and reports at least one error
//! whenever the tree holds an `Error` node.

#![forbid(unsafe_code)]

pub mod ast;
pub mod codes;
pub mod diagnostics;
pub mod dump;
pub mod lexer;
pub mod limits;
pub mod name;
pub mod parser;
pub mod render;
pub mod source;
pub mod span;
pub mod token;

pub use codes::Code;
pub use diagnostics::{Diagnostic, Label, Severity};
pub use name::{Interner, Name, names};
pub use parser::parse;
pub use source::{FileId, LineCol, SourceFile, SourceMap};
pub use span::Span;

/// What a parse gives.
#[derive(Debug)]
pub struct Parsed {
    /// The tree; complete if no diagnostic is an error.
    pub module: ast::Module,
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Parsed {
    /// Whether the text is a program without syntax errors.
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}
