//! Moving values: every place where a value meets a type goes through here.

use super::Checker;
use crate::codes;
use crate::hir::{Callee, CoerceKind, ExprId, ExprKind, MethodIdx, UnOp};
use crate::types::{ClassId, Ty, TypeKind};
use raya_syntax::ast;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// Checks an expression and moves its value to a place of type `to`.
    pub(crate) fn expr_as(&mut self, e: &'a ast::Expr, to: Ty) -> ExprId {
        let id = self.expr(e, Some(to));
        self.move_to(id, to, e.span)
    }

    /// Moves a value to a place of type `to`; reports it if it does not fit.
    pub(crate) fn move_to(&mut self, id: ExprId, to: Ty, span: Span) -> ExprId {
        let from = self.ty(id);
        if from == to {
            return id;
        }
        if self.is_own_this(id, to) {
            return self.coerce_node(id, to, CoerceKind::Widen);
        }
        if let Some(function) = self.class_as_function(id, to, span) {
            return self.move_to(function, to, span);
        }
        if !self.fits(from, to) {
            if from == Ty::VOID {
                self.report_void(span);
            } else {
                self.report_mismatch(from, to, span);
            }
            return self.error_expr(span);
        }
        self.coerce(id, to)
    }

    /// A class with `__call__` where a function is expected (`xs.map(String)`): its
    /// static method.
    fn class_as_function(&mut self, id: ExprId, to: Ty, span: Span) -> Option<ExprId> {
        let from = self.ty(id);
        let TypeKind::ClassObject(class) = self.types.kind(from) else {
            return None;
        };
        if self.call_signatures(to).is_empty() {
            return None;
        }
        let name = self.names.intern("__call__");
        let found = self.lookup(from, name)?;
        let _ = class;
        Some(self.read_found(id, &found, name, false, span))
    }

    /// Whether the place asks for the `this` type and the value is `this` itself, or what
    /// a method of `this` gives that is declared to give the `this` type.
    fn is_own_this(&mut self, id: ExprId, to: Ty) -> bool {
        let TypeKind::Param(p) = self.types.kind(to) else {
            return false;
        };
        self.types.param(p).this_of.is_some() && self.is_this_value(id)
    }

    fn is_this_value(&mut self, id: ExprId) -> bool {
        match &self.hir.exprs[id.index()].kind {
            ExprKind::This => true,
            ExprKind::Local { local, .. } => {
                self.ctx().locals[local.index()].name == raya_syntax::name::names::THIS
            }
            &ExprKind::Coerce {
                expr,
                kind: CoerceKind::Widen,
            } => self.is_this_value(expr),
            ExprKind::Call(call) => match call.callee {
                Callee::Method {
                    object,
                    class,
                    method,
                    ..
                } => self.gives_this(class, method) && self.is_this_value(object),
                _ => false,
            },
            _ => false,
        }
    }

    /// Whether a method is declared to give the `this` type.
    fn gives_this(&mut self, class: ClassId, method: MethodIdx) -> bool {
        let index = (self.class(class).members.iter())
            .position(|m| m.kind.method().is_some_and(|(at, _)| at == method));
        let declared = index.and_then(|i| self.method_signature(class, i as u32));
        declared.is_some_and(|sig| {
            matches!(self.types.kind(sig.ret), TypeKind::Param(p) if self.types.param(p).this_of.is_some())
        })
    }

    /// The value at a type that it fits.
    pub(crate) fn coerce(&mut self, id: ExprId, to: Ty) -> ExprId {
        let from = self.ty(id);
        if from == to || from == Ty::ERROR || to == Ty::ERROR {
            return id;
        }
        let at = self.span(id);
        if let Some(function) = self.class_as_function(id, to, at) {
            return self.coerce(function, to);
        }
        if let Some(instance) = self.function_instance(id, to) {
            return self.coerce(instance, to);
        }
        if self.converts_int(from, to) && !self.subtype(from, to) {
            let number = self.int_to_number(id);
            return self.coerce(number, to);
        }
        if let Some(adapted) = self.adapt_literal(id, to) {
            return adapted;
        }
        let unchecked = to == Ty::ANY || to == Ty::UNKNOWN;
        let kind = if from == Ty::ANY && !unchecked {
            CoerceKind::Check
        } else {
            CoerceKind::Widen
        };
        self.coerce_node(id, to, kind)
    }

    /// A generic declared function where a function type without type parameters is
    /// expected: the instance that the place uses.
    fn function_instance(&mut self, id: ExprId, to: Ty) -> Option<ExprId> {
        let ExprKind::Func { func, .. } = self.hir.exprs[id.index()].kind else {
            return None;
        };
        let sig = self.types.as_signature(self.ty(id))?.clone();
        if sig.type_params.is_empty() {
            return None;
        }
        let signatures = self.call_signatures(to);
        let target = signatures.first().filter(|s| s.type_params.is_empty())?;
        let args = self.args_towards(&sig, target)?;
        let instance = self.types.instantiate_signature(&sig, &args);
        let (ty, span) = (self.types.function(instance), self.span(id));
        let type_args = self.types.intern_list(&args);
        Some(self.add(ExprKind::Func { func, type_args }, ty, span))
    }

    /// A coercion node.
    pub(crate) fn coerce_node(&mut self, id: ExprId, to: Ty, kind: CoerceKind) -> ExprId {
        let span = self.span(id);
        self.add(ExprKind::Coerce { expr: id, kind }, to, span)
    }

    /// Literals take their place's type directly where that changes nothing.
    fn adapt_literal(&mut self, id: ExprId, to: Ty) -> Option<ExprId> {
        let span = self.span(id);
        let same = matches!(
            (&self.hir.exprs[id.index()].kind, to),
            (ExprKind::Number(_), Ty::NUMBER)
                | (ExprKind::Str(_) | ExprKind::WideStr(_), Ty::STRING)
                | (ExprKind::Bool(_), Ty::BOOLEAN)
                | (ExprKind::Null, Ty::VOID)
        );
        if !same {
            return None;
        }
        let kind = self.hir.exprs[id.index()].kind.clone();
        Some(self.add(kind, to, span))
    }

    /// An int as a number.
    pub(crate) fn int_to_number(&mut self, id: ExprId) -> ExprId {
        let span = self.span(id);
        match self.hir.exprs[id.index()].kind {
            ExprKind::Int(value) => self.add(ExprKind::Number(value.into()), Ty::NUMBER, span),
            _ => self.coerce_node(id, Ty::NUMBER, CoerceKind::IntToNumber),
        }
    }

    /// What flow analysis knows about a value.
    pub(crate) fn narrow_to(&mut self, id: ExprId, ty: Ty) -> ExprId {
        let from = self.ty(id);
        if from == ty || from == Ty::ERROR || ty == Ty::ERROR {
            return id;
        }
        if ty == Ty::NEVER {
            let span = self.span(id);
            let kind = CoerceKind::Narrow;
            return self.add(ExprKind::Coerce { expr: id, kind }, ty, span);
        }
        if self.subtype(from, ty) {
            return self.coerce_node(id, ty, CoerceKind::Widen);
        }
        self.coerce_node(id, ty, CoerceKind::Narrow)
    }

    /// The value as a boolean condition.
    pub(crate) fn truth(&mut self, id: ExprId) -> ExprId {
        let (ty, span) = (self.ty(id), self.span(id));
        if ty == Ty::VOID {
            self.report_void(span);
            return self.error_expr(span);
        }
        if matches!(
            self.types.kind(ty),
            TypeKind::Boolean | TypeKind::LitBool(_) | TypeKind::Error
        ) {
            return id;
        }
        let kind = ExprKind::Unary {
            op: UnOp::Truthy,
            operand: id,
        };
        self.add(kind, Ty::BOOLEAN, span)
    }

    /// The value as a string, as templates and `+` make it.
    pub(crate) fn as_text(&mut self, id: ExprId) -> ExprId {
        let (ty, span) = (self.ty(id), self.span(id));
        if matches!(
            self.types.kind(ty),
            TypeKind::String | TypeKind::LitString(_) | TypeKind::Error
        ) {
            return id;
        }
        self.add(
            ExprKind::Unary {
                op: UnOp::ToStr,
                operand: id,
            },
            Ty::STRING,
            span,
        )
    }

    /// Reports the use of a result that is none.
    pub(crate) fn report_void(&mut self, span: Span) {
        self.error(
            codes::VOID_VALUE,
            span,
            "this function gives no value that could be used",
        );
    }

    /// Reports a value that may be null where that is not allowed, and gives the
    /// value without null, so that checking can go on.
    pub(crate) fn require_non_null(&mut self, id: ExprId, span: Span) -> ExprId {
        let ty = self.ty(id);
        if !self.admits_null(ty) {
            return id;
        }
        let rest = self.types.non_null(ty);
        let message = if rest == Ty::NEVER {
            "this value is always null here".to_string()
        } else {
            format!("this value may be null: its type is `{}`", self.show(ty))
        };
        self.error_help(
            codes::POSSIBLY_NULL,
            span,
            message,
            Some("test it first, or use `?.` or `!`".to_string()),
        );
        let ty = if rest == Ty::NEVER { Ty::ERROR } else { rest };
        self.coerce_node(id, ty, CoerceKind::Narrow)
    }

    /// Whether null is among the values of a type or of a parameter's constraint.
    pub(crate) fn admits_null(&mut self, ty: Ty) -> bool {
        let ty = self.constraint_of(ty);
        ty != Ty::UNKNOWN && self.types.admits_null(ty)
    }

    /// A read of a compiler-made local.
    pub(crate) fn read_temp(&mut self, local: crate::hir::LocalId, ty: Ty, span: Span) -> ExprId {
        self.add(
            ExprKind::Local {
                local,
                checked: false,
            },
            ty,
            span,
        )
    }

    /// Keeps a value for several uses: the local and, unless the value is a plain
    /// read of a variable nobody assigns, its definition.
    pub(crate) fn keep(&mut self, id: ExprId) -> (crate::hir::LocalId, Ty) {
        let (ty, span) = (self.ty(id), self.span(id));
        (self.temp(ty, span), ty)
    }

    /// `let local = value in body`
    pub(crate) fn let_in(
        &mut self,
        local: crate::hir::LocalId,
        value: ExprId,
        body: ExprId,
    ) -> ExprId {
        let (ty, span) = (self.ty(body), self.span(body));
        self.add(ExprKind::Let { local, value, body }, ty, span)
    }

    /// `test ? then : otherwise` with arms of one type.
    pub(crate) fn conditional(
        &mut self,
        test: ExprId,
        then: ExprId,
        otherwise: ExprId,
        ty: Ty,
        span: Span,
    ) -> ExprId {
        self.add(
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            },
            ty,
            span,
        )
    }
}
