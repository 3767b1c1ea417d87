//! Statements.

use super::{Checker, Flow, Pending};
use crate::codes;
use crate::env::{FuncState, SymId, SymKind};
use crate::hir::{Block, CoerceKind, ExprId, ExprKind, FuncKind, Stmt, StmtKind};
use crate::types::Ty;
use raya_syntax::ast::{self, ExportKind};
use raya_syntax::limits::ensure_stack;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    // ---- blocks

    /// Statements with a scope of their own.
    pub(crate) fn block(&mut self, stmts: &'a [ast::Stmt]) -> Block {
        let mut out = Vec::with_capacity(stmts.len());
        self.in_scope(|c| c.block_stmts(stmts, &mut out));
        Block {
            label: None,
            stmts: out,
        }
    }

    /// Statements in the current scope.
    pub(crate) fn block_stmts(&mut self, stmts: &'a [ast::Stmt], out: &mut Vec<Stmt>) {
        let waiting = self.pending.len();
        self.declare_all(stmts);
        self.declared_stmts(stmts, out);
        // Bodies see everything that the block declares.
        self.drain_pending_from(waiting);
    }

    /// Checks the bodies that wait since there were `waiting` of them.
    pub(crate) fn drain_pending_from(&mut self, waiting: usize) {
        if self.pending.len() <= waiting {
            return;
        }
        let flow = std::mem::take(&mut self.flow);
        while self.pending.len() > waiting {
            let Some(pending) = self.pending.pop() else {
                break;
            };
            self.check_pending(pending);
        }
        self.flow = flow;
    }

    pub(super) fn check_pending(&mut self, pending: Pending) {
        match pending {
            Pending::Function(symbol) => self.check_func(symbol),
            Pending::Class(class) => self.check_class_bodies(class),
            Pending::Method(class, member) => self.check_method_body(class, member),
        }
    }

    /// Statements whose declarations are in scope already.
    pub(crate) fn declared_stmts(&mut self, stmts: &'a [ast::Stmt], out: &mut Vec<Stmt>) {
        let hoisted = self.hoisted_functions(stmts);
        for &symbol in &hoisted {
            self.emit_closure(symbol, out);
        }
        for stmt in stmts {
            self.stmt(stmt, out);
            if let ast::StmtKind::Function(f) = &stmt.kind
                && let Some(symbol) = self.nested_function(f)
                && !hoisted.contains(&symbol)
            {
                self.emit_closure(symbol, out);
            }
        }
    }

    /// The nested function that a statement declares.
    fn nested_function(&self, f: &'a ast::Function) -> Option<SymId> {
        let symbol = self.scopes.own_value(self.scope, f.name?.name)?;
        match &self.symbol(symbol).kind {
            SymKind::Func(func) if func.local.is_some() && std::ptr::eq(func.ast, f) => {
                Some(symbol)
            }
            _ => None,
        }
    }

    /// The nested functions that are mentioned in front of their declaration: their
    /// closures are made at the start of the block.
    fn hoisted_functions(&mut self, stmts: &'a [ast::Stmt]) -> Vec<SymId> {
        let mut hoisted = Vec::new();
        for (i, stmt) in stmts.iter().enumerate() {
            let ast::StmtKind::Function(f) = &stmt.kind else {
                continue;
            };
            let Some(symbol) = self.nested_function(f) else {
                continue;
            };
            if super::walk::mentions(&stmts[..i], self.symbol(symbol).name) {
                hoisted.push(symbol);
            }
        }
        hoisted
    }

    fn emit_closure(&mut self, symbol: SymId, out: &mut Vec<Stmt>) {
        // Each closure has its own moment: one that is made earlier cannot copy it.
        self.clock += 1;
        let clock = self.clock;
        let span = self.symbol(symbol).span;
        let SymKind::Func(f) = &mut self.symbol_mut(symbol).kind else {
            return;
        };
        f.created_at = clock;
        let (func, local, state) = (f.func, f.local, f.state);
        debug_assert!(state != FuncState::Busy);
        let Some((_, local)) = local else { return };
        // The closure's type is set when the body is checked; see `func_local`.
        let value = self.add(ExprKind::Closure(func), Ty::ERROR, span);
        self.closures.push((value, symbol));
        out.push(Stmt {
            kind: StmtKind::Let {
                local,
                value: Some(value),
            },
            span,
        });
    }

    // ---- statements

    /// Checks a statement and adds what it becomes.
    pub(crate) fn stmt(&mut self, stmt: &'a ast::Stmt, out: &mut Vec<Stmt>) {
        ensure_stack(|| self.stmt_kind(stmt, out));
    }

    fn stmt_kind(&mut self, stmt: &'a ast::Stmt, out: &mut Vec<Stmt>) {
        let span = stmt.span;
        match &stmt.kind {
            ast::StmtKind::Var(decl) => self.var_decl_stmts(decl, out),
            ast::StmtKind::Function(_) | ast::StmtKind::Empty | ast::StmtKind::Error => {}
            ast::StmtKind::Class(class) => self.class_stmt(class, span, out),
            ast::StmtKind::Interface(i) => self.check_type_decl(i.name),
            ast::StmtKind::TypeAlias(t) => self.check_type_decl(t.name),
            ast::StmtKind::Enum(_) => self.unsupported(codes::UNSUPPORTED_ENUMS, span),
            ast::StmtKind::Import(_) => self.unsupported(codes::UNSUPPORTED_MODULES, span),
            ast::StmtKind::Export(export) => self.export(export, out),
            ast::StmtKind::Expr(e) => self.expr_stmt_parts(e, out),
            ast::StmtKind::Block(block) => {
                let block = self.block(&block.stmts);
                out.push(Stmt {
                    kind: StmtKind::Block(block),
                    span,
                });
            }
            ast::StmtKind::If {
                test,
                then,
                otherwise,
            } => {
                self.if_stmt(test, then, otherwise.as_deref(), span, out);
            }
            ast::StmtKind::While { .. }
            | ast::StmtKind::DoWhile { .. }
            | ast::StmtKind::For(_)
            | ast::StmtKind::ForOf(_) => self.loop_stmt(stmt, Vec::new(), out),
            ast::StmtKind::Switch {
                discriminant,
                cases,
            } => {
                self.switch(discriminant, cases, Vec::new(), span, out);
            }
            ast::StmtKind::Try(t) => self.try_stmt(t, span, out),
            ast::StmtKind::Throw(e) => {
                let id = self.expr_as(e, Ty::ANY);
                out.push(Stmt {
                    kind: StmtKind::Throw(id),
                    span,
                });
                self.flow = Flow::unreachable();
            }
            ast::StmtKind::Return(e) => self.return_stmt(e.as_ref(), span, out),
            ast::StmtKind::Break(label) => self.jump(*label, true, span, out),
            ast::StmtKind::Continue(label) => self.jump(*label, false, span, out),
            ast::StmtKind::Labelled { .. } => self.labelled(stmt, Vec::new(), out),
        }
    }

    /// Types are resolved lazily; a declaration is checked where it stands.
    fn check_type_decl(&mut self, ident: ast::Ident) {
        self.check_declared_type(ident);
    }

    fn export(&mut self, export: &'a ast::Export, out: &mut Vec<Stmt>) {
        self.unsupported(codes::UNSUPPORTED_MODULES, export.span);
        match &export.kind {
            ExportKind::Decl(inner) => self.stmt(inner, out),
            ExportKind::DefaultExpr(e) => {
                self.expr(e, None);
            }
            _ => {}
        }
    }

    pub(crate) fn expr_stmt_parts(&mut self, e: &'a ast::Expr, out: &mut Vec<Stmt>) {
        let mut id = self.expr(e, None);
        // What the value would be narrowed or widened to does not matter.
        while let ExprKind::Coerce { expr, kind } = self.hir.exprs[id.index()].kind {
            match kind {
                CoerceKind::Narrow | CoerceKind::Widen | CoerceKind::IntToNumber => id = expr,
                CoerceKind::Check | CoerceKind::Cast | CoerceKind::NonNull => break,
            }
        }
        let id = self.drop_postfix(id);
        out.push(Stmt {
            kind: StmtKind::Expr(id),
            span: e.span,
        });
        if let ast::ExprKind::Call(call) = &e.kind {
            self.apply_assertion(call, e.span);
            if self.ty(id) == Ty::NEVER {
                self.flow = Flow::unreachable();
            }
        }
    }

    /// `i++` as a statement is `++i`: the old value is not needed.
    fn drop_postfix(&mut self, id: ExprId) -> ExprId {
        let ExprKind::Let { local, value, body } = self.hir.exprs[id.index()].kind else {
            return id;
        };
        let ExprKind::Seq(parts) = &self.hir.exprs[body.index()].kind else {
            return id;
        };
        let [written, old] = **parts else { return id };
        let reads_old = |e: ExprId| matches!(self.hir.exprs[e.index()].kind, ExprKind::Local { local: l, .. } if l == local);
        if !reads_old(old) {
            return id;
        }
        // written: place = local ± 1; put the value in the local's place.
        let mut at = written;
        while let ExprKind::Coerce { expr, .. } = self.hir.exprs[at.index()].kind {
            at = expr;
        }
        let ExprKind::Assign { value: mut sum, .. } = self.hir.exprs[at.index()].kind else {
            return id;
        };
        while let ExprKind::Coerce { expr, .. } = self.hir.exprs[sum.index()].kind {
            sum = expr;
        }
        let ExprKind::Binary { left, .. } = self.hir.exprs[sum.index()].kind else {
            return id;
        };
        if !reads_old(left) {
            return id;
        }
        if let ExprKind::Binary { left, .. } = &mut self.hir.exprs[sum.index()].kind {
            *left = value;
        }
        at
    }

    // ---- branches

    fn if_stmt(
        &mut self,
        test: &'a ast::Expr,
        then: &'a ast::Stmt,
        otherwise: Option<&'a ast::Stmt>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let (test, yes, no) = self.condition(test);
        self.flow = yes;
        let then = self.branch(then);
        let after_then = std::mem::replace(&mut self.flow, no);
        let otherwise = otherwise.map(|s| self.branch(s));
        let after_else = std::mem::take(&mut self.flow);
        self.flow = self.join(after_then, after_else);
        out.push(Stmt {
            kind: StmtKind::If {
                test,
                then,
                otherwise,
            },
            span,
        });
    }

    /// A statement that is a body of its own.
    pub(crate) fn branch(&mut self, stmt: &'a ast::Stmt) -> Block {
        if let ast::StmtKind::Block(block) = &stmt.kind {
            return self.block(&block.stmts);
        }
        let mut stmts = Vec::with_capacity(1);
        self.stmt(stmt, &mut stmts);
        Block { label: None, stmts }
    }

    fn return_stmt(&mut self, e: Option<&'a ast::Expr>, span: Span, out: &mut Vec<Stmt>) {
        let is_ctor = self.ctx().ctor.is_some();
        let kind = match e {
            Some(e) if is_ctor => {
                self.error(
                    codes::CONSTRUCTOR_RETURN,
                    e.span,
                    "a constructor returns nothing",
                );
                self.expr(e, None);
                StmtKind::Return(None)
            }
            Some(e) if self.ctx().ret == Some(Ty::VOID) => {
                let id = self.expr(e, None);
                let ty = self.ty(id);
                let declared = self.ctx_declares_void();
                if declared && !matches!(ty, Ty::VOID | Ty::NULL | Ty::ANY | Ty::ERROR | Ty::NEVER)
                {
                    self.report_mismatch(ty, Ty::VOID, e.span);
                }
                out.push(Stmt {
                    kind: StmtKind::Expr(id),
                    span,
                });
                StmtKind::Return(None)
            }
            Some(e) => self.return_value(e),
            None => {
                self.empty_return(span);
                match self.ctx().ret {
                    Some(ret) if ret != Ty::VOID => {
                        let null = self.absent(ret, span);
                        StmtKind::Return(Some(null))
                    }
                    _ => StmtKind::Return(None),
                }
            }
        };
        if is_ctor {
            self.check_fields_set(span);
        }
        out.push(Stmt { kind, span });
        self.flow = Flow::unreachable();
    }

    /// Whether the function's result is written as `void` (not only expected so).
    fn ctx_declares_void(&self) -> bool {
        let function = &self.hir.functions[self.current().index()];
        !matches!(function.kind, FuncKind::Closure | FuncKind::ClosureThis)
    }

    fn empty_return(&mut self, span: Span) {
        match self.ctx().ret {
            Some(ret) => {
                let fine = matches!(ret, Ty::VOID | Ty::ANY | Ty::UNKNOWN | Ty::ERROR)
                    || self.admits_null(ret);
                if !fine {
                    let message =
                        format!("this function gives a value of type `{}`", self.show(ret));
                    self.error(codes::MISSING_RETURN, span, message);
                }
            }
            None => {
                let null = self.add(ExprKind::Null, Ty::NULL, span);
                let _ = null;
                self.ctx_mut().returns.push(Ty::VOID);
            }
        }
    }
}
