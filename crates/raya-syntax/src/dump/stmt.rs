//! Statements.

use super::Dumper;
use super::sexp::Sexp;
use crate::ast::*;
use crate::limits::ensure_stack;

impl Dumper<'_> {
    pub(super) fn stmt(&self, stmt: &Stmt) -> Sexp {
        let sexp = ensure_stack(|| self.stmt_kind(&stmt.kind));
        self.spanned(sexp, stmt.span)
    }

    fn stmts(&self, stmts: &[Stmt]) -> Vec<Sexp> {
        stmts.iter().map(|stmt| self.stmt(stmt)).collect()
    }

    pub(super) fn block(&self, block: &Block) -> Sexp {
        Sexp::list("block", self.stmts(&block.stmts))
    }

    fn stmt_kind(&self, kind: &StmtKind) -> Sexp {
        match kind {
            StmtKind::Var(decl) => self.var_decl(decl),
            StmtKind::Function(function) => self.function(function),
            StmtKind::Class(class) => self.class(class),
            StmtKind::Interface(interface) => self.interface(interface),
            StmtKind::TypeAlias(alias) => self.type_alias(alias),
            StmtKind::Enum(declaration) => self.enumeration(declaration),
            StmtKind::Import(import) => self.import(import),
            StmtKind::Export(export) => self.export(export),
            StmtKind::Expr(expr) => Sexp::list("expr", vec![self.expr(expr)]),
            StmtKind::Block(block) => self.block(block),
            StmtKind::If {
                test,
                then,
                otherwise,
            } => {
                let mut items = vec![self.expr(test), self.stmt(then)];
                items.extend(otherwise.as_ref().map(|stmt| self.stmt(stmt)));
                Sexp::list("if", items)
            }
            StmtKind::While { test, body } => {
                Sexp::list("while", vec![self.expr(test), self.stmt(body)])
            }
            StmtKind::DoWhile { body, test } => {
                Sexp::list("do", vec![self.stmt(body), self.expr(test)])
            }
            StmtKind::For(for_loop) => self.for_loop(for_loop),
            StmtKind::ForOf(for_of) => self.for_of(for_of),
            StmtKind::Switch {
                discriminant,
                cases,
            } => {
                let mut items = vec![self.expr(discriminant)];
                items.extend(cases.iter().map(|case| self.case(case)));
                Sexp::list("switch", items)
            }
            StmtKind::Try(try_stmt) => self.try_stmt(try_stmt),
            StmtKind::Throw(expr) => Sexp::list("throw", vec![self.expr(expr)]),
            StmtKind::Return(value) => Sexp::list(
                "return",
                value.iter().map(|value| self.expr(value)).collect(),
            ),
            StmtKind::Break(label) => self.jump("break", label),
            StmtKind::Continue(label) => self.jump("continue", label),
            StmtKind::Labelled { label, body } => {
                Sexp::list("label", vec![self.ident(*label), self.stmt(body)])
            }
            StmtKind::Empty => Sexp::list("empty", Vec::new()),
            StmtKind::Error => Sexp::list("error", Vec::new()),
        }
    }

    fn jump(&self, head: &str, label: &Option<Ident>) -> Sexp {
        Sexp::list(head, label.iter().map(|label| self.ident(*label)).collect())
    }

    fn var_decl(&self, decl: &VarDecl) -> Sexp {
        let head = match decl.kind {
            VarKind::Let => "let",
            VarKind::Const => "const",
            VarKind::Using => "using",
            VarKind::AwaitUsing => "await-using",
        };
        let declarator = |declarator: &Declarator| {
            let mut items = vec![self.pattern(&declarator.pattern)];
            items.extend(declarator.definite.then(|| Sexp::atom("!")));
            items.extend(declarator.ty.as_ref().map(|ty| self.ty(ty)));
            if let Some(init) = &declarator.init {
                items.push(Sexp::list("=", vec![self.expr(init)]));
            }
            Sexp::list("var", items)
        };
        Sexp::list(head, decl.declarators.iter().map(declarator).collect())
    }

    fn for_loop(&self, for_loop: &ForLoop) -> Sexp {
        let part = |expr: &Option<Expr>| match expr {
            Some(expr) => self.expr(expr),
            None => Sexp::atom("_"),
        };
        let init = match &for_loop.init {
            Some(ForInit::Var(decl)) => self.var_decl(decl),
            Some(ForInit::Expr(expr)) => self.expr(expr),
            None => Sexp::atom("_"),
        };
        let (test, update) = (part(&for_loop.test), part(&for_loop.update));
        Sexp::list("for", vec![init, test, update, self.stmt(&for_loop.body)])
    }

    fn for_of(&self, for_of: &ForOfLoop) -> Sexp {
        let left = match &for_of.left {
            ForOfLeft::Var(decl) => self.var_decl(decl),
            ForOfLeft::Assign(pattern) => self.pattern(pattern),
        };
        let head = if for_of.is_await {
            "for-await-of"
        } else {
            "for-of"
        };
        Sexp::list(
            head,
            vec![left, self.expr(&for_of.right), self.stmt(&for_of.body)],
        )
    }

    fn case(&self, case: &SwitchCase) -> Sexp {
        let mut items = Vec::new();
        items.extend(case.test.as_ref().map(|test| self.expr(test)));
        items.extend(self.stmts(&case.body));
        let head = if case.test.is_some() {
            "case"
        } else {
            "default"
        };
        Sexp::list(head, items)
    }

    fn try_stmt(&self, try_stmt: &TryStmt) -> Sexp {
        let mut items = vec![self.block(&try_stmt.block)];
        if let Some(handler) = &try_stmt.handler {
            let mut parts = Vec::new();
            parts.extend(handler.param.as_ref().map(|param| self.pattern(param)));
            parts.extend(handler.ty.as_ref().map(|ty| self.ty(ty)));
            parts.push(self.block(&handler.body));
            items.push(Sexp::list("catch", parts));
        }
        if let Some(block) = &try_stmt.finalizer {
            items.push(Sexp::list("finally", vec![self.block(block)]));
        }
        Sexp::list("try", items)
    }
}
