//! Classes inside functions and blocks, which may use the variables around them.
//!
//! A class that stands in a function is made each time its declaration runs, and its
//! code sees the variables of that time. What the code of its instances captures is
//! kept in one object, the class's scope: made where the declaration runs, held by a
//! local there, and handed to every instance by `new`. To the checker the scope is a
//! function between the one that declares the class and the methods: captures go
//! through it like through any closure.

use super::Checker;
use super::context::FnCtx;
use crate::codes;
use crate::env::{Nested, SymId};
use crate::hir::{ExprId, ExprKind, FuncKind, LocalKind, Place, Stmt, StmtKind};
use crate::types::{ClassId, Ty};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// What a class needs that is declared in the current scope; nothing at module
    /// level.
    pub(crate) fn nested_class(
        &mut self,
        class: ClassId,
        name: Name,
        span: Span,
    ) -> Option<Nested> {
        if self.at_module_level() || self.fns.is_empty() || self.is_builtin_file() {
            return None;
        }
        let scope = self.new_func(name, span, FuncKind::ClassScope(class));
        let owner = self.current();
        let kind = LocalKind::Variable;
        let local = self.ctx_mut().new_local(names::EMPTY, Ty::ANY, kind, span);
        self.hir.functions[scope.index()].parent = Some(owner);
        self.hir.classes[class.index()].scope = Some(scope);
        Some(Nested {
            scope,
            owner,
            local,
        })
    }

    /// Runs `inside` with the class's scope among the functions under check; gives it
    /// the place in the stack that code of instances is nested in.
    pub(crate) fn in_class_scope<R>(
        &mut self,
        class: ClassId,
        inside: impl FnOnce(&mut Self, Option<usize>) -> R,
    ) -> R {
        let Some(nested) = self.class(class).nested else {
            return inside(self, None);
        };
        if let Some(known) = self.fns.iter().rposition(|f| f.func == nested.scope) {
            return inside(self, Some(known));
        }
        let Some(parent) = self.fns.iter().rposition(|f| f.func == nested.owner) else {
            return inside(self, None);
        };
        let mut ctx = match self.class_scopes.remove(&nested.scope) {
            Some(ctx) => ctx,
            None => FnCtx::new(nested.scope, Some(parent), 0),
        };
        ctx.parent = Some(parent);
        ctx.created_at = self.class(class).declared_at;
        ctx.type_params = self.types.class(class).params.clone();
        self.fns.push(ctx);
        let result = inside(self, Some(self.fns.len() - 1));
        if let Some(ctx) = self.fns.pop() {
            let function = &mut self.hir.functions[nested.scope.index()];
            function.parent = Some(nested.owner);
            function.locals.clone_from(&ctx.locals);
            function.captures.clone_from(&ctx.captures);
            self.class_scopes.insert(nested.scope, ctx);
        }
        result
    }

    /// The statement that makes a class's scope, in front of its definition.
    pub(crate) fn class_scope_stmt(&mut self, class: ClassId, span: Span, out: &mut Vec<Stmt>) {
        let Some(nested) = self.class(class).nested else {
            return;
        };
        let value = self.add(ExprKind::ClassScope(class), Ty::ANY, span);
        out.push(Stmt {
            kind: StmtKind::Let {
                local: nested.local,
                value: Some(value),
            },
            span,
        });
    }

    /// The same for a class expression.
    pub(crate) fn class_scope_expr(&mut self, class: ClassId, id: ExprId) -> ExprId {
        let Some(nested) = self.class(class).nested else {
            return id;
        };
        let (ty, span) = (self.ty(id), self.span(id));
        let value = self.add(ExprKind::ClassScope(class), Ty::ANY, span);
        let place = Place::Local {
            local: nested.local,
            checked: false,
        };
        let set = self.add(ExprKind::Assign { place, value }, Ty::ANY, span);
        self.class_expressions.push((class, self.file, span));
        self.add(ExprKind::Seq(Box::new([set, id])), ty, span)
    }

    /// Notes the scopes that a new instance gets: those of its class and of the bases
    /// that stand in functions.
    pub(crate) fn note_scopes(&mut self, new: ExprId, class: ClassId, span: Span) {
        let mut scopes = Vec::new();
        for class in self.lineage(class) {
            if let Some(scope) = self.class_scope_value(class, span) {
                scopes.push((class, scope));
            }
        }
        if !scopes.is_empty() {
            self.hir.new_scopes.insert(new, scopes.into());
        }
    }

    /// The scope of a class, seen from the current function.
    fn class_scope_value(&mut self, class: ClassId, span: Span) -> Option<ExprId> {
        let nested = self.class(class).nested?;
        let declared_at = self.class(class).declared_at;
        // Code of the class itself runs when the scope is there, but was made with it.
        let within = self.fns.iter().any(|f| f.func == nested.scope);
        let inner = nested.owner != self.current();
        let late = declared_at == 0 || declared_at > self.entry_clock(nested.owner);
        let early = inner && (within || late);
        let local = self.reach_local(nested.owner, nested.local, early)?;
        let kind = ExprKind::Local {
            local,
            checked: early,
        };
        Some(self.add(kind, Ty::ANY, span))
    }

    /// Class expressions are values, of which nobody can tell at `new` which scope
    /// their instances need.
    pub(crate) fn report_class_expressions(&mut self) {
        for (class, file, span) in std::mem::take(&mut self.class_expressions) {
            let scope = self.hir.classes[class.index()].scope;
            let captures =
                scope.is_some_and(|s| !self.hir.functions[s.index()].captures.is_empty());
            if captures {
                let scope = self.scope;
                self.elsewhere(scope, file, |c| {
                    let message = "a class expression cannot use variables of its function yet";
                    c.error(codes::UNSUPPORTED_CLASS_CAPTURE, span, message)
                        .help = Some("declare the class with a name".to_string());
                });
            }
        }
    }

    /// Static members belong to the class, of which there is one.
    pub(crate) fn report_class_capture(&mut self, symbol: SymId, span: Span) {
        let message = format!(
            "a static member cannot use the variable `{}` of the function around the class yet",
            self.text(self.symbol(symbol).name)
        );
        self.error(codes::UNSUPPORTED_CLASS_CAPTURE, span, message)
            .help = Some("pass the value as an argument, or move the class out".to_string());
    }
}
