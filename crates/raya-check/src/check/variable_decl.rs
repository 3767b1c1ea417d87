//! Declarations of variables: their types, initialisers and patterns.

use super::Checker;
use crate::codes;
use crate::env::{SymId, VarKind};
use crate::hir::{CoerceKind, ExprId, ExprKind, Place, Stmt, StmtKind};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, Declarator, PatternKind};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    pub(crate) fn var_decl_stmts(&mut self, decl: &'a ast::VarDecl, out: &mut Vec<Stmt>) {
        if matches!(decl.kind, ast::VarKind::Using | ast::VarKind::AwaitUsing) {
            self.unsupported(codes::UNSUPPORTED_USING, decl.keyword);
        }
        for d in &decl.declarators {
            self.declarator(d, out);
        }
    }

    pub(super) fn declarator(&mut self, d: &'a Declarator, out: &mut Vec<Stmt>) {
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
    pub(super) fn initialise(
        &mut self,
        symbol: SymId,
        declared: Option<Ty>,
        init: &'a ast::Expr,
    ) -> ExprId {
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
    pub(super) fn is_tested(&self, symbol: SymId) -> bool {
        let at = self.symbol(symbol).span.start;
        !self.is_builtin_file() && self.facts.null_tested.contains(&at)
    }

    /// Whether an expression reads an entry whose absence alone makes it null.
    pub(super) fn is_missing_entry(&mut self, id: ExprId) -> bool {
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
    pub(super) fn narrow_initial(
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
    pub(super) fn declare_unset(
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

    pub(super) fn evolving_declarator(
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

    pub(super) fn pattern_declarator(&mut self, d: &'a Declarator, out: &mut Vec<Stmt>) {
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
    pub(super) fn unpass(&mut self, pattern: &'a ast::Pattern) {
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
}
