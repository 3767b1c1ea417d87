//! Calls of values: what a constant is known to hold, any function value, and the
//! calls that the checker itself makes.

use super::Checker;
use super::args::Resolved;
use super::member::How;
use crate::codes;
use crate::env::SymId;
use crate::hir::{Call, Callee, ExprId, ExprKind, FuncId, FuncKind};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, Ident};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    // ---- constants

    /// The function expression that a constant certainly holds, at exactly its type.
    pub(super) fn known_function(&self, symbol: SymId) -> Option<FuncId> {
        let var = self.var(symbol)?;
        let func = var.func.filter(|_| !var.annotated)?;
        let reached = var.declared_at != 0 || self.fns.iter().any(|f| f.func == func);
        let plain = self.hir.functions[func.index()].kind == FuncKind::Closure;
        (reached && plain).then_some(func)
    }

    /// A call of a function expression by the constant that holds it: the code is
    /// known, and of a generic one the instance.
    pub(super) fn call_known(
        &mut self,
        value: ExprId,
        func: FuncId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let signatures = self.call_signatures(self.ty(value));
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_with(self.common_result(&signatures), span);
        };
        let type_args = self.types.intern_list(&resolved.type_args);
        let callee = Callee::Known {
            value,
            func,
            type_args,
        };
        self.call_node(callee, resolved.args, resolved.sig.ret, span)
    }

    // ---- values

    /// A call of a checked value.
    pub(crate) fn call_value(
        &mut self,
        callee: ExprId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(callee);
        match ty {
            Ty::ERROR => {
                self.check_args_only(call);
                return self.error_expr(span);
            }
            Ty::ANY => {
                let args = self.dynamic_args(&call.args);
                let callee = Callee::Any(callee);
                return self.add(
                    ExprKind::Call(Box::new(Call { callee, args })),
                    Ty::ANY,
                    span,
                );
            }
            _ => {}
        }
        let apparent = self.apparent(ty);
        if let TypeKind::Class(..) | TypeKind::ClassObject(_) = self.types.kind(apparent) {
            let name = self.names.intern("__call__");
            if self.lookup(apparent, name).is_some() {
                let property = Ident {
                    name,
                    span: call.callee.span,
                };
                return self.call_on(callee, property, call, expected, span);
            }
        }
        let signatures = self.member_signatures(apparent);
        if signatures.is_empty() {
            self.report_not_callable(ty, call.callee.span);
            self.check_args_only(call);
            return self.error_expr(span);
        }
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_with(self.common_result(&signatures), span);
        };
        match resolved.sig.this_ty {
            Some(this) => self.call_without_this((callee, apparent), this, resolved, span),
            None => self.emit_value_call(callee, apparent, resolved, span),
        }
    }

    pub(super) fn emit_value_call(
        &mut self,
        callee: ExprId,
        ty: Ty,
        resolved: Resolved,
        span: Span,
    ) -> ExprId {
        let (fn_ty, sig) = self.erased_signature(&resolved, ty);
        let args: Vec<ExprId> = resolved
            .args
            .iter()
            .zip(sig.params.iter())
            .map(|(&id, p)| self.force(id, p.ty))
            .collect();
        let callee = if self.ty(callee) == fn_ty {
            callee
        } else {
            self.coerce_node(callee, fn_ty, crate::hir::CoerceKind::Widen)
        };
        let id = self.call_node(Callee::Value(callee), args, sig.ret, span);
        self.finish_call(id, resolved.sig.ret)
    }

    fn report_not_callable(&mut self, ty: Ty, span: Span) {
        let message = format!("a value of type `{}` cannot be called", self.show(ty));
        let help = match self.types.kind(ty) {
            TypeKind::ClassObject(_) => Some("classes are instantiated with `new`".to_string()),
            _ => None,
        };
        self.error_help(codes::NOT_CALLABLE, span, message, help);
    }

    // ---- calls that the checker itself makes

    /// `object.name(args)` with checked arguments that are known to fit.
    pub(crate) fn call_method_on(
        &mut self,
        object: ExprId,
        name: Name,
        args: Vec<ExprId>,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(object);
        let Some(found) = self.lookup(ty, name) else {
            self.report_unknown_member(ty, Ident { name, span });
            return self.error_expr(span);
        };
        let signatures = self.call_signatures(found.ty);
        let Some((index, sig)) = signatures.iter().enumerate().find(|(_, s)| {
            s.type_params.is_empty()
                && args.len() >= s.required()
                && !s.rest
                && args.len() <= s.params.len()
        }) else {
            self.report_not_callable(found.ty, span);
            return self.error_expr(span);
        };
        let sig = (**sig).clone();
        let mut moved = Vec::with_capacity(sig.params.len());
        for (i, p) in sig.params.iter().enumerate() {
            moved.push(match args.get(i) {
                Some(&id) => self.move_to(id, p.ty, span),
                None => self.absent(p.ty, span),
            });
        }
        let resolved = Resolved {
            index,
            sig,
            type_args: Vec::new(),
            args: moved,
        };
        match found.how {
            How::Method { .. } | How::Prop | How::Dynamic => {
                self.emit_member_call(object, &found, name, resolved, span)
            }
            _ => {
                let member = self.read_found(object, &found, name, false, span);
                let member_ty = self.ty(member);
                self.emit_value_call(member, member_ty, resolved, span)
            }
        }
    }
}
