//! Reporting errors in the user's terms.

use super::Checker;
use crate::codes;
use crate::hir::FuncId;
use crate::suggest::closest;
use crate::types::{Signature, Ty};
use raya_syntax::Code;
use raya_syntax::diagnostics::Diagnostic;
use raya_syntax::name::Name;
use raya_syntax::span::Span;

/// After so many errors the rest is not reported.
const MAX_DIAGNOSTICS: usize = 1_000;

/// How far a check has got, to take back what an attempt reported.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Mark {
    reported: usize,
    functions: usize,
}

impl Mark {
    /// How many reports there were.
    pub(crate) fn reported(self) -> usize {
        self.reported
    }
}

impl<'a> Checker<'a> {
    /// The present state of the reports.
    pub(crate) fn mark(&self) -> Mark {
        Mark {
            reported: self.diagnostics.len(),
            functions: self.hir.functions.len(),
        }
    }

    /// Takes back what was reported since, for something that is checked again. What the body
    /// of a function that is declared outside has reported meanwhile stays: nobody checks it
    /// again.
    pub(crate) fn roll_back(&mut self, mark: Mark) {
        self.diagnostics.truncate(mark.reported);
        (self.settled).retain(|(func, _)| func.index() < mark.functions);
    }

    /// Whether errors were reported since.
    pub(crate) fn failed_since(&self, mark: Mark) -> bool {
        let new = &self.diagnostics[mark.reported.min(self.diagnostics.len())..];
        new.iter().any(Diagnostic::is_error)
    }

    /// Whether anything was reported since.
    pub(crate) fn reported_since(&self, mark: Mark) -> bool {
        self.diagnostics.len() > mark.reported
    }

    /// Checks the body of a declared function, which may happen in the middle of anything
    /// that needs its type: what is reported belongs to the function alone.
    pub(crate) fn declared_body(
        &mut self,
        func: FuncId,
        check: impl FnOnce(&mut Self) -> Signature,
    ) -> Signature {
        let outer = std::mem::take(&mut self.diagnostics);
        let sig = check(self);
        let own = std::mem::replace(&mut self.diagnostics, outer);
        let room = MAX_DIAGNOSTICS.saturating_sub(self.settled.len());
        self.settled
            .extend(own.into_iter().take(room).map(|d| (func, d)));
        sig
    }

    /// Reports an error and gives it, to add labels and help.
    pub(crate) fn error(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
    ) -> &mut Diagnostic {
        if self.diagnostics.len() >= MAX_DIAGNOSTICS {
            self.diagnostics.pop();
        }
        let diagnostic = Diagnostic::error(code, self.file, span, message);
        self.diagnostics.push(diagnostic);
        let last = self.diagnostics.len() - 1;
        &mut self.diagnostics[last]
    }

    /// Reports an error with a hint.
    pub(crate) fn error_help(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        self.error(code, span, message).help = help;
    }

    /// Reports a feature that is still missing.
    pub(crate) fn unsupported(&mut self, code: Code, span: Span) {
        self.error(code, span, code.title);
    }

    /// Reports a value that does not fit.
    pub(crate) fn report_mismatch(&mut self, from: Ty, to: Ty, span: Span) {
        // Members that the type does not know were reported where they stand.
        let told = self.diagnostics.iter().any(|d| {
            d.code == codes::EXCESS_MEMBER
                && d.file == self.file
                && span.start < d.span.start
                && d.span.end <= span.end
        });
        if told {
            return;
        }
        let message = format!(
            "a value of type `{}` does not fit `{}`",
            self.show(from),
            self.show(to)
        );
        let (code, help) = match self.mismatch_reason(from, to) {
            Some((code, help)) => (code, Some(help)),
            None => (codes::NOT_ASSIGNABLE, None),
        };
        self.error_help(code, span, message, help);
    }

    /// "did you mean `x`?" for a misspelled name.
    pub(crate) fn did_you_mean(&mut self, wanted: Name, candidates: &[Name]) -> Option<String> {
        if self.hints_left == 0 {
            return None;
        }
        self.hints_left = self.hints_left.saturating_sub(candidates.len());
        let names = candidates.iter().map(|&n| self.text(n));
        let found = closest(self.text(wanted), names)?;
        Some(format!("did you mean `{found}`?"))
    }

    /// The expression's type, if it may be used as a value; reports `void` once.
    pub(crate) fn report_unknown_name(&mut self, name: Name, span: Span) {
        let mut candidates = match self.hints_left {
            0 => Vec::new(),
            _ => self.scopes.visible_values(self.scope),
        };
        candidates.extend(self.library_names());
        let help = self
            .did_you_mean(name, &candidates)
            .or_else(|| self.global_hint(name));
        let message = format!("nothing named `{}` is in scope", self.text(name));
        self.error_help(codes::UNKNOWN_NAME, span, message, help);
    }

    /// What to write instead of some globals of other environments.
    fn global_hint(&self, name: Name) -> Option<String> {
        let hint = match self.text(name) {
            "Symbol" => "only `[Symbol.iterator]` and `[Symbol.dispose]` exist, as member names",
            "Proxy" => "proxies are not part of the language",
            "require" => "use `import`",
            "globalThis" | "window" | "global" => "there is no global object",
            _ => return None,
        };
        Some(hint.to_string())
    }
}
