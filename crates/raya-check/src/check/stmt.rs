//! Statements.

use super::{Checker, Flow, Pending};
use crate::codes;
use crate::env::{FuncState, SymId, SymKind, VarKind};
use crate::hir::{
    Block, CoerceKind, ExprId, ExprKind, FuncKind, Handler, LocalKind, Place, Stmt, StmtKind, Try,
};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, Declarator, ExportKind, PatternKind};
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::names;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    // ---- the top level

    /// Checks a whole module as the body of the main function.
    pub(crate) fn check_main(&mut self, module: &'a ast::Module) {
        let outer = self.scope;
        let main = self.new_func(names::EMPTY, module.span, FuncKind::Main);
        self.main_body(module, main);
        if self.settle_evolving(main) {
            // Types of variables were collected: check again with them.
            self.diagnostics.clear();
            self.hir.globals.clear();
            self.post.forget_user();
            let pending = std::mem::take(&mut self.pending);
            self.pending = pending
                .into_iter()
                .filter(|p| self.is_builtin_pending(*p))
                .collect();
            self.clock = 1;
            self.scope = self.scopes.new_scope(self.scopes.parent(outer));
            self.main_body(module, main);
            self.settle_evolving(main);
        }
    }

    fn is_builtin_pending(&self, pending: Pending) -> bool {
        match pending {
            Pending::Function(symbol) => {
                self.post.builtin_files.contains(&self.symbol(symbol).file)
            }
            Pending::Class(class) | Pending::Method(class, _) => self.class(class).builtin,
        }
    }

    fn main_body(&mut self, module: &'a ast::Module, main: crate::hir::FuncId) {
        self.flow = Flow::default();
        let mut ctx = super::FnCtx::new(main, None, 0);
        ctx.ret = Some(Ty::ANY);
        self.fns.push(ctx);
        let mut stmts = Vec::with_capacity(module.body.len());
        self.block_stmts(&module.body, &mut stmts);
        let falls_off = !self.flow.dead;
        if let Some(mut ctx) = self.fns.pop() {
            for local in &mut ctx.locals {
                local.boxed |= local.captured && local.assigned;
            }
            let function = &mut self.hir.functions[main.index()];
            function.ret = Ty::ANY;
            function.locals = ctx.locals;
            function.body = Some(Block { label: None, stmts });
            function.falls_off = falls_off;
        }
    }

    /// Checks the bodies that wait.
    pub(crate) fn drain_pending(&mut self) {
        while let Some(pending) = self.pending.pop() {
            self.check_pending(pending);
        }
    }

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

    fn check_pending(&mut self, pending: Pending) {
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

    // ---- variables

    pub(crate) fn var_decl_stmts(&mut self, decl: &'a ast::VarDecl, out: &mut Vec<Stmt>) {
        if matches!(decl.kind, ast::VarKind::Using | ast::VarKind::AwaitUsing) {
            self.unsupported(codes::UNSUPPORTED_USING, decl.keyword);
        }
        for d in &decl.declarators {
            self.declarator(d, out);
        }
    }

    fn declarator(&mut self, d: &'a Declarator, out: &mut Vec<Stmt>) {
        let PatternKind::Binding(name) = d.pattern.kind else {
            return self.pattern_declarator(d, out);
        };
        let Some(symbol) = self.scopes.own_value(self.scope, name) else {
            return;
        };
        if self.symbol(symbol).span != d.pattern.span {
            // The second declaration of a name; reported when it was declared.
            d.init.iter().for_each(|e| {
                self.expr(e, None);
            });
            return;
        }
        if let Some(ty) = self.evolving_type(d, symbol) {
            return self.evolving_declarator(d, symbol, ty, out);
        }
        let declared = self.resolve_opt(&d.ty);
        match &d.init {
            Some(init) => {
                let value = self.initialise(symbol, declared, init);
                self.pass_declaration(symbol);
                self.narrow_initial(symbol, declared, init, value);
                self.bind_stmt(symbol, value, out);
            }
            None => {
                let ty = declared.unwrap_or(Ty::ERROR);
                self.set_var_type(symbol, ty);
                self.declare_unset(symbol, ty, d.definite, d.span, out);
            }
        }
    }

    /// Checks an initialiser; sets the variable's type and gives the value at it.
    fn initialise(&mut self, symbol: SymId, declared: Option<Ty>, init: &'a ast::Expr) -> ExprId {
        if let Some(ty) = declared {
            self.set_var_type(symbol, ty);
            if let Some(var) = self.var_mut(symbol) {
                var.annotated = true;
            }
        }
        self.self_symbol = matches!(init.kind, ast::ExprKind::Function(_)).then_some(symbol);
        let name = self.symbol(symbol).name;
        self.null_tested = declared.is_none() && self.is_tested(symbol);
        let id = self.named_expr(name, init, declared);
        self.self_symbol = None;
        if declared.is_none()
            && self.is_missing_entry(id)
            && let Some(var) = self.var_mut(symbol)
        {
            var.missing_entry = true;
        }
        let constant = self.var(symbol).is_some_and(|v| v.kind == VarKind::Const);
        let ty = match declared {
            Some(ty) => ty,
            None => {
                let own = self.ty(id);
                let ty = if constant {
                    own
                } else {
                    self.widened(init, own)
                };
                if own == Ty::VOID {
                    self.report_void(init.span);
                }
                let widening = constant && self.is_widening(init);
                if let Some(var) = self.var_mut(symbol) {
                    var.widening = widening;
                }
                self.set_var_type(symbol, ty);
                ty
            }
        };
        self.move_to(id, ty, init.span)
    }

    /// Whether the user's code asks somewhere whether a variable is null.
    fn is_tested(&self, symbol: SymId) -> bool {
        let at = self.symbol(symbol).span.start;
        !self.is_builtin_file() && self.facts.null_tested.contains(&at)
    }

    /// Whether an expression reads an entry whose absence alone makes it null.
    fn is_missing_entry(&mut self, id: ExprId) -> bool {
        let ExprKind::Read(Place::Dict {
            object,
            nullable: true,
            ..
        }) = self.hir.exprs[id.index()].kind
        else {
            return false;
        };
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        let TypeKind::Object(object) = self.types.kind(apparent) else {
            return false;
        };
        let value = self.types.object(object).index.map(|i| i.value);
        value.is_some_and(|v| !self.admits_null(v))
    }

    /// The initialiser's type narrows a variable that is declared as a union.
    fn narrow_initial(
        &mut self,
        symbol: SymId,
        declared: Option<Ty>,
        init: &'a ast::Expr,
        value: ExprId,
    ) {
        let Some(declared) = declared else { return };
        let expanded = self.types.expand(declared);
        if !matches!(self.types.kind(expanded), TypeKind::Union(_)) {
            return;
        }
        let mut at = value;
        while let ExprKind::Coerce {
            expr,
            kind: CoerceKind::Widen,
        } = self.hir.exprs[at.index()].kind
        {
            at = expr;
        }
        let own = self.ty(at);
        if matches!(init.kind, ast::ExprKind::As { .. }) || own == Ty::ERROR {
            return;
        }
        let part = self.assigned_part(expanded, own);
        if part != expanded {
            let reference = self.refs.var(symbol);
            self.flow.set(reference, part);
        }
    }

    /// A variable without initialiser.
    fn declare_unset(
        &mut self,
        symbol: SymId,
        ty: Ty,
        definite: bool,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let starts_null = self.admits_null(ty) || matches!(ty, Ty::ANY | Ty::UNKNOWN);
        self.pass_declaration(symbol);
        if starts_null {
            let null = self.add(ExprKind::Null, Ty::NULL, span);
            let value = self.coerce(null, ty);
            if !matches!(ty, Ty::ANY | Ty::UNKNOWN) {
                let reference = self.refs.var(symbol);
                self.flow.set(reference, Ty::NULL);
            }
            return self.bind_stmt(symbol, value, out);
        }
        if let Some(var) = self.var_mut(symbol) {
            var.valueless = true;
            var.needs_assignment = !definite;
        }
        if !definite {
            self.flow.unassigned.push(symbol);
        }
        if let Some(crate::env::Storage::Local { owner, local }) =
            self.var(symbol).map(|v| v.storage)
        {
            self.local_mut(owner, local, |l| l.checked |= definite);
            out.push(Stmt {
                kind: StmtKind::Let { local, value: None },
                span,
            });
        }
    }

    fn evolving_declarator(
        &mut self,
        d: &'a Declarator,
        symbol: SymId,
        ty: Ty,
        out: &mut Vec<Stmt>,
    ) {
        self.set_var_type(symbol, ty);
        match &d.init {
            Some(init) => {
                let value = self.expr_as(init, ty);
                self.pass_declaration(symbol);
                self.narrow_initial(symbol, Some(ty), init, value);
                self.bind_stmt(symbol, value, out);
            }
            None => {
                self.declare_unset(symbol, ty, false, d.span, out);
                if self.var(symbol).is_some_and(|v| v.evolving.is_some()) {
                    self.flow.unassigned.push(symbol);
                }
            }
        }
    }

    fn pattern_declarator(&mut self, d: &'a Declarator, out: &mut Vec<Stmt>) {
        let declared = self.resolve_opt(&d.ty);
        let Some(init) = &d.init else { return };
        let wish = declared.or_else(|| self.pattern_wish(&d.pattern));
        let id = self.expr(init, wish);
        let id = match declared {
            Some(ty) => self.move_to(id, ty, init.span),
            None => id,
        };
        let mut steps = Vec::new();
        self.destructure(&d.pattern, id, &mut steps);
        self.steps_to_stmts(steps, out);
    }

    /// The types of a declaration that is asked for before it is reached.
    pub(crate) fn infer_declarator(&mut self, d: &'a Declarator) {
        let mut ignored = Vec::new();
        if self.fns.is_empty() {
            return;
        }
        if let (PatternKind::Binding(name), Some(_)) = (&d.pattern.kind, &d.ty)
            && let Some(symbol) = self.scopes.own_value(self.scope, *name)
        {
            let ty = self.resolve_opt(&d.ty).unwrap_or(Ty::ERROR);
            return self.set_var_type(symbol, ty);
        }
        let clock = self.clock;
        self.declarator(d, &mut ignored);
        self.clock = clock;
        self.unpass(&d.pattern);
    }

    /// Declarations that were only looked at are not passed yet.
    fn unpass(&mut self, pattern: &'a ast::Pattern) {
        match &pattern.kind {
            PatternKind::Binding(name) => {
                let Some(symbol) = self.scopes.own_value(self.scope, *name) else {
                    return;
                };
                if let Some(var) = self.var_mut(symbol) {
                    var.declared_at = 0;
                    if let crate::env::Storage::Global(global) = var.storage {
                        self.post.undeclare_global(global);
                    }
                }
            }
            PatternKind::Array(a) => {
                for e in a.elements.iter().flatten() {
                    self.unpass(&e.pattern);
                }
                a.rest.iter().for_each(|p| self.unpass(p));
            }
            PatternKind::Object(o) => {
                for p in &o.props {
                    self.unpass(&p.value.pattern);
                }
                o.rest.iter().for_each(|p| self.unpass(p));
            }
            PatternKind::Expr(_) | PatternKind::Error => {}
        }
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

    // ---- exceptions

    fn try_stmt(&mut self, t: &'a ast::TryStmt, span: Span, out: &mut Vec<Stmt>) {
        let before = self.flow.clone();
        let assigned = super::walk::assigned_names(&t.block.stmts);
        let body = self.block(&t.block.stmts);
        let after_body = std::mem::take(&mut self.flow);
        // The handler starts from any point of the body.
        let touched: Vec<_> = self.narrowed_among(&before, &assigned);
        let mut interrupted = before;
        for (reference, _) in touched {
            interrupted.remove(reference);
        }
        let handler = t.handler.as_ref().map(|clause| {
            self.flow = interrupted.clone();
            self.catch_clause(clause)
        });
        let after_handler = match handler {
            Some(_) => std::mem::take(&mut self.flow),
            None => Flow::unreachable(),
        };
        let joined = self.join(after_body, after_handler);
        let finalizer = t.finalizer.as_ref().map(|block| {
            let dead = joined.dead;
            self.flow = if dead { interrupted } else { joined.clone() };
            self.flow.dead = false;
            let block = self.block(&block.stmts);
            self.flow.dead |= dead;
            block
        });
        if finalizer.is_none() {
            self.flow = joined;
        }
        let kind = StmtKind::Try(Box::new(Try {
            body,
            handler,
            finalizer,
        }));
        out.push(Stmt { kind, span });
    }

    fn catch_clause(&mut self, clause: &'a ast::CatchClause) -> Handler {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let mut stmts = Vec::new();
        let declared = self.resolve_opt(&clause.ty);
        let ty = match declared {
            Some(Ty::UNKNOWN) => Ty::UNKNOWN,
            Some(ty) => {
                if ty != Ty::ANY && ty != Ty::ERROR {
                    let span = clause.ty.as_ref().map_or(clause.span, |t| t.span);
                    let message = "anything can be thrown: a caught value is `any` or `unknown`";
                    self.error(codes::NOT_ASSIGNABLE, span, message);
                }
                Ty::ANY
            }
            None => Ty::ANY,
        };
        let local = clause.param.as_ref().map(|pattern| {
            if let PatternKind::Binding(name) = pattern.kind {
                let symbol =
                    self.declare_local(name, pattern.span, VarKind::Catch, LocalKind::Variable);
                self.set_var_type(symbol, ty);
                self.pass_declaration(symbol);
                return self.local_of_symbol(symbol);
            }
            self.declare_pattern(pattern, VarKind::Let, None);
            let local = self.temp(Ty::ANY, pattern.span);
            let value = self.read_temp(local, Ty::ANY, pattern.span);
            let mut steps = Vec::new();
            self.destructure(pattern, value, &mut steps);
            self.steps_to_stmts(steps, &mut stmts);
            local
        });
        let inner = self.block(&clause.body.stmts);
        stmts.extend(inner.stmts);
        self.scope = outer;
        Handler {
            local,
            body: Block { label: None, stmts },
        }
    }

    // ---- after everything

    /// Closures of nested declarations get the types that their bodies gave.
    pub(crate) fn settle_closures(&mut self) {
        for (id, symbol) in std::mem::take(&mut self.closures) {
            let SymKind::Func(f) = &self.symbol(symbol).kind else {
                continue;
            };
            let (func, local) = (f.func, f.local);
            let ty = self.func_types.get(&func).copied().unwrap_or(Ty::ERROR);
            self.hir.exprs[id.index()].ty = ty;
            if let Some((owner, local)) = local
                && let Some(l) = self.hir.functions[owner.index()]
                    .locals
                    .get_mut(local.index())
            {
                l.ty = ty;
            }
        }
    }

    /// A place for a compiler-made local.
    pub(crate) fn local_place(&self, local: crate::hir::LocalId) -> Place {
        Place::Local {
            local,
            checked: false,
        }
    }
}
