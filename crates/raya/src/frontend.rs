//! The road from text to bytecode.
//!
//! Owns the order of the phases and what they share: files and names. Does no I/O.

use std::sync::Arc;

use raya_bytecode::Module;
use raya_check::hir::{self, ExprId, ExprKind, Hir, StmtKind};
use raya_check::types::Ty;
use raya_check::{Checked, EmbeddedBuiltins, Input};
use raya_syntax::{Diagnostic, FileId, Interner, SourceMap, ast, parse};

use crate::error::{Diagnostics, Error};

/// A program that was compiled.
#[derive(Debug)]
pub struct Program {
    pub(crate) module: Arc<Module>,
    /// Whether its top level gives something, if only null.
    pub(crate) has_value: bool,
    warnings: Diagnostics,
}

impl Program {
    /// A program from bytecode. Whoever made it is not trusted: the module is verified.
    ///
    /// # Errors
    /// [`Error::Internal`] with what the verifier has against it.
    pub fn from_module(module: Module) -> Result<Program, Error> {
        raya_bytecode::verify(&module).map_err(|fault| Error::Internal {
            phase: "verification",
            message: fault.to_string(),
        })?;
        Ok(Program {
            module: Arc::new(module),
            has_value: true,
            warnings: Diagnostics {
                list: Vec::new(),
                sources: SourceMap::new(),
            },
        })
    }

    /// What the checker has to say although the program runs.
    pub fn warnings(&self) -> &Diagnostics {
        &self.warnings
    }

    /// The bytecode.
    pub fn module(&self) -> &Module {
        &self.module
    }
}

/// A program on its way through the phases.
pub(crate) struct Session {
    pub(crate) sources: SourceMap,
    pub(crate) names: Interner,
    pub(crate) file: FileId,
    pub(crate) diagnostics: Vec<Diagnostic>,
}

impl Session {
    /// A session on one text.
    pub(crate) fn new(name: &str, text: String) -> Self {
        let mut sources = SourceMap::new();
        let file = sources.add(name, text);
        Self {
            sources,
            names: Interner::new(),
            file,
            diagnostics: Vec::new(),
        }
    }

    /// The syntax tree; errors are among the diagnostics.
    pub(crate) fn parse(&mut self) -> ast::Module {
        let Some(source) = self.sources.get(self.file) else {
            unreachable!("the session's file was just added");
        };
        let parsed = parse(source, &mut self.names);
        self.diagnostics.extend(parsed.diagnostics);
        parsed.module
    }

    /// The typed tree; errors are among the diagnostics.
    pub(crate) fn check(&mut self, module: &ast::Module) -> Checked {
        let mut checked = raya_check::check(Input {
            module,
            file: self.file,
            names: &mut self.names,
            sources: &mut self.sources,
            builtins: &EmbeddedBuiltins,
            whole_library: false,
        });
        self.diagnostics.append(&mut checked.diagnostics);
        checked
    }

    /// Bytecode of a program without errors.
    pub(crate) fn compile(
        &mut self,
        checked: &mut Checked,
        options: &raya_compile::Options,
    ) -> Option<raya_compile::Compiled> {
        let (hir, types) = (&checked.hir, &mut checked.types);
        match raya_compile::compile(hir, types, &self.names, &self.sources, options) {
            Ok(compiled) => Some(compiled),
            Err(diagnostics) => {
                self.diagnostics.extend(diagnostics);
                None
            }
        }
    }

    /// Whether a phase found an error.
    pub(crate) fn has_errors(&self) -> bool {
        self.diagnostics.iter().any(Diagnostic::is_error)
    }

    /// What was found, as data.
    pub(crate) fn into_diagnostics(self) -> Diagnostics {
        Diagnostics {
            list: self.diagnostics,
            sources: self.sources,
        }
    }

    /// What was found, as an error. A fault of the compiler is told apart from faults
    /// of the program.
    pub(crate) fn into_error(self) -> Error {
        let internal = raya_compile::errors::INTERNAL;
        match self.diagnostics.iter().find(|d| d.code == internal) {
            Some(fault) => Error::Internal {
                phase: "compilation",
                message: format!(
                    "{} ({})",
                    fault.message,
                    raya_syntax::render::location(&self.sources, fault.file, fault.span)
                ),
            },
            None => Error::Compile(Box::new(self.into_diagnostics())),
        }
    }
}

/// Errors and warnings of a program.
pub fn check(name: &str, text: String) -> Diagnostics {
    let mut session = Session::new(name, text);
    let tree = session.parse();
    if !session.has_errors() {
        session.check(&tree);
    }
    session.into_diagnostics()
}

/// What a program is compiled for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// To be run; its value is what a top-level `return` gives.
    Program,
    /// The same, but its value may also be that of an expression in the last place.
    Eval,
    /// To have its functions called afterwards.
    Library,
}

/// How something is compiled.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aim {
    pub(crate) purpose: Purpose,
    pub(crate) verify: bool,
}

/// Compiles a program to bytecode.
pub(crate) fn compile(name: &str, text: String, aim: Aim) -> Result<Program, Error> {
    let mut session = Session::new(name, text);
    let mut tree = session.parse();
    if aim.purpose == Purpose::Eval {
        return_last(&mut tree);
    }
    if session.has_errors() {
        return Err(session.into_error());
    }
    let mut checked = session.check(&tree);
    drop(tree);
    if session.has_errors() {
        return Err(session.into_error());
    }
    let options = raya_compile::Options {
        verify: aim.verify,
        exports: aim.purpose == Purpose::Library,
        ..raya_compile::Options::default()
    };
    let has_value = gives_value(&checked);
    match session.compile(&mut checked, &options) {
        Some(compiled) => Ok(Program {
            module: Arc::new(compiled.module),
            has_value,
            warnings: session.into_diagnostics(),
        }),
        None => Err(session.into_error()),
    }
}

/// Turns an expression in the last place into a `return` of its value.
fn return_last(tree: &mut ast::Module) {
    if let Some(last) = tree.body.last_mut()
        && let ast::StmtKind::Expr(_) = last.kind
    {
        let kind = std::mem::replace(&mut last.kind, ast::StmtKind::Empty);
        if let ast::StmtKind::Expr(value) = kind {
            last.kind = ast::StmtKind::Return(Some(value));
        }
    }
}

/// Whether the top level returns something other than the absent result of a call.
fn gives_value(checked: &Checked) -> bool {
    let hir = &checked.hir;
    let body = hir.main.and_then(|main| hir.function(main).body.as_ref());
    body.is_some_and(|body| returns_value(hir, &body.stmts))
}

fn returns_value(hir: &Hir, stmts: &[hir::Stmt]) -> bool {
    let any = |block: &hir::Block| returns_value(hir, &block.stmts);
    stmts.iter().any(|stmt| match &stmt.kind {
        StmtKind::Return(Some(value)) => !is_void(hir, *value),
        StmtKind::Block(block) => any(block),
        StmtKind::If {
            then, otherwise, ..
        } => any(then) || otherwise.as_ref().is_some_and(any),
        StmtKind::Loop(l) => any(&l.body),
        StmtKind::ForOf(l) => any(&l.body),
        StmtKind::Switch(s) => s.cases.iter().any(|case| returns_value(hir, &case.body)),
        StmtKind::Try(t) => {
            let handler = t.handler.as_ref().is_some_and(|h| any(&h.body));
            any(&t.body) || handler || t.finalizer.as_ref().is_some_and(any)
        }
        _ => false,
    })
}

/// Whether an expression is of type void, before it is converted to what the top level
/// returns.
fn is_void(hir: &Hir, mut value: ExprId) -> bool {
    while let ExprKind::Coerce { expr, .. } = hir.expr(value).kind {
        value = expr;
    }
    hir.expr(value).ty == Ty::VOID
}
