//! Why a program did not come to its end.

use std::fmt;

use raya_syntax::render::{Style, render};
use raya_syntax::{Diagnostic, SourceMap};

/// Errors and warnings of a program, with the texts that they point into.
#[derive(Debug)]
pub struct Diagnostics {
    /// In the order of the text.
    pub list: Vec<Diagnostic>,
    /// The files.
    pub sources: SourceMap,
}

impl Diagnostics {
    /// Whether the program cannot be run.
    pub fn has_errors(&self) -> bool {
        self.list.iter().any(Diagnostic::is_error)
    }

    /// As text for people.
    pub fn render(&self, style: Style) -> String {
        render(&self.list, &self.sources, style)
    }
}

/// Why something failed.
#[derive(Debug)]
pub enum Error {
    /// The program is not right.
    Compile(Box<Diagnostics>),
    /// The program threw and nobody caught it: the message and trace, as Node shows them.
    Uncaught(String),
    /// A loaded program has no function of this name that could be called.
    NoFunction(String),
    /// The program ended itself with `process.exit`.
    Exit(i32),
    /// The program ran longer than allowed.
    Timeout,
    /// The system refused the memory that an engine needs.
    Memory,
    /// A fault of the engine itself.
    Internal {
        /// What was being done.
        phase: &'static str,
        /// What went wrong.
        message: String,
    },
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Error::Compile(diagnostics) => f.write_str(&diagnostics.render(Style::Plain)),
            Error::Uncaught(text) => f.write_str(text),
            Error::NoFunction(name) => write!(f, "there is no function `{name}` to call"),
            Error::Exit(code) => write!(f, "the program ended itself with status {code}"),
            Error::Timeout => f.write_str("the program ran longer than allowed"),
            Error::Memory => f.write_str("the system refused the memory that an engine needs"),
            Error::Internal { phase, message } => {
                write!(f, "internal error in {phase}: {message}")
            }
        }
    }
}

impl std::error::Error for Error {}
