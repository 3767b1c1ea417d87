//! What can go wrong after checking: limits and internal errors.

use raya_syntax::{Diagnostic, FileId, Span};

mod codes {
    raya_syntax::error_codes! {
        /// The program needs more of something than bytecode can number (65,535
        /// strings, functions, types, registers of one function, …). Split the module.
        LIMIT = 980, "program too large";
        /// Generic code asks for instantiations without end: each call makes a longer
        /// type argument. Use `any` for the growing part.
        /// A fault of the compiler itself; the program is not to blame.
        INTERNAL = 999, "internal error";
    }
}

pub use codes::{ALL as CODES, INTERNAL};

/// A failure of the compiler.
#[derive(Clone, Debug)]
pub struct Failure {
    kind: Kind,
    file: FileId,
    span: Span,
    message: String,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Internal(&'static str),
    Limit,
    Unsupported,
}

impl Failure {
    /// Something that cannot be; `phase` says who noticed.
    pub fn internal(
        phase: &'static str,
        file: FileId,
        span: Span,
        message: impl Into<String>,
    ) -> Self {
        Self {
            kind: Kind::Internal(phase),
            file,
            span,
            message: message.into(),
        }
    }

    /// A limit of the bytecode.
    pub fn limit(file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Limit,
            file,
            span,
            message: message.into(),
        }
    }

    /// Something that cannot be translated yet.
    pub fn unsupported(file: FileId, span: Span, message: impl Into<String>) -> Self {
        Self {
            kind: Kind::Unsupported,
            file,
            span,
            message: message.into(),
        }
    }

    /// As a diagnostic.
    pub fn diagnostic(&self) -> Diagnostic {
        let (code, message) = match self.kind {
            Kind::Internal(phase) => (
                codes::INTERNAL,
                format!("the compiler failed in {phase}: {}", self.message),
            ),
            Kind::Limit => (codes::LIMIT, self.message.clone()),
            Kind::Unsupported => (raya_syntax::codes::NOT_SUPPORTED_YET, self.message.clone()),
        };
        Diagnostic::error(code, self.file, self.span, message)
    }
}
