//! Diagnostics: what the front end has to say about a program.
//!
//! A diagnostic is plain data with positions; `render` turns it into text. It
//! belongs to one file, of which a label may point into another.
//! Must not know: which phase reports what (see `codes`).

use crate::codes::Code;
use crate::source::FileId;
use crate::span::Span;

/// How bad it is.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub enum Severity {
    /// The program runs nevertheless.
    Warning,
    /// The program is not run.
    Error,
}

impl Severity {
    /// `error` or `warning`.
    pub const fn text(self) -> &'static str {
        match self {
            Severity::Warning => "warning",
            Severity::Error => "error",
        }
    }
}

/// A remark about another place.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Label {
    /// The file, most often the diagnostic's.
    pub file: FileId,
    /// The place.
    pub span: Span,
    /// A few words in the user's terms.
    pub message: String,
}

/// One error or warning.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Diagnostic {
    /// The stable code.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// The file that `span` lies in.
    pub file: FileId,
    /// The place of the fault itself.
    pub span: Span,
    /// One sentence in the user's terms, without a full stop.
    pub message: String,
    /// Other places that explain it.
    pub labels: Vec<Label>,
    /// What to do about it.
    pub help: Option<String>,
}

impl Diagnostic {
    /// An error.
    pub fn error(code: Code, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            file,
            span,
            message: message.into(),
            labels: Vec::new(),
            help: None,
        }
    }

    /// A warning.
    pub fn warning(code: Code, file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            severity: Severity::Warning,
            ..Self::error(code, file, span, message)
        }
    }

    /// Adds a remark about another place of the same file.
    #[must_use]
    pub fn with_label(mut self, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            file: self.file,
            span,
            message: message.into(),
        });
        self
    }

    /// Adds a remark about a place of any file.
    #[must_use]
    pub fn with_label_in(mut self, file: FileId, span: Span, message: impl Into<String>) -> Self {
        self.labels.push(Label {
            file,
            span,
            message: message.into(),
        });
        self
    }

    /// Sets the help text.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Whether it keeps the program from running.
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }
}
