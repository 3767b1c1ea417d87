//! Calls by name: functions, classes, conversions. What else is called is told apart
//! here.

use super::Checker;
use super::args::Resolved;
use crate::codes;
use crate::env::{SymId, SymKind};
use crate::hir::{Call, Callee, Element, ExprId, ExprKind};
use crate::types::{ClassId, Signature, Ty, TyList};
use raya_syntax::ast::{self, Ident};
use raya_syntax::name::Name;
use raya_syntax::span::Span;
use std::sync::Arc;

impl<'a> Checker<'a> {
    /// `callee(args)`
    pub(crate) fn call_expr(
        &mut self,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if matches!(call.callee.kind, ast::ExprKind::Super) {
            return self.super_call(call, span);
        }
        if let Some(id) = self.spreading_call(call, span) {
            return id;
        }
        match &call.callee.kind {
            ast::ExprKind::Ident(name) if !call.optional => {
                return self.call_name(*name, call, expected, span);
            }
            ast::ExprKind::Member {
                object,
                property,
                optional,
            } => {
                if let Some(id) = self.evolve_push(call) {
                    return id;
                }
                return self.call_member(object, *property, *optional, call, expected, span);
            }
            ast::ExprKind::PrivateMember {
                object,
                property,
                optional,
            } => {
                return self.call_member(object, *property, *optional, call, expected, span);
            }
            ast::ExprKind::Index {
                object,
                index,
                optional,
            } => {
                if let Some(symbol) = index.as_well_known_symbol() {
                    let property = ast::Ident {
                        name: self.symbol_member(symbol),
                        span: index.span,
                    };
                    return self.call_member(object, property, *optional, call, expected, span);
                }
            }
            _ => {}
        }
        if let ast::ExprKind::Function(f) = &call.callee.kind
            && f.signature
                .params
                .iter()
                .any(|p| p.ty.is_none() && p.default.is_none())
        {
            return self.call_literal(f, call, expected, span);
        }
        let callee = self.object_of(&call.callee, call.optional);
        self.call_value(callee, call, expected, span)
    }

    /// A function expression called where it stands: its parameters get their types
    /// from the arguments.
    fn call_literal(
        &mut self,
        f: &'a ast::Function,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let mut params = Vec::with_capacity(call.args.len());
        for arg in &call.args {
            let id = self.probe(|c| c.expr(&arg.expr, None));
            let ty = id.map_or(Ty::ANY, |id| self.ty(id));
            let ty = self.types.widen_literals(ty);
            let name = raya_syntax::name::names::VALUE;
            params.push(crate::types::Param {
                name,
                ty,
                optional: false,
            });
        }
        let ret = expected.unwrap_or(Ty::UNKNOWN);
        let context = self.types.function(Signature::new(params, ret));
        let callee = self.function_expr(f, Some(context));
        self.call_value(callee, call, expected, span)
    }

    // ---- by name

    fn call_name(
        &mut self,
        name: Name,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if self.is_builtin_file()
            && let Some(id) = self.intrinsic(name, call, expected, span)
        {
            return id;
        }
        let symbol = self.value_symbol(name);
        match symbol.map(|s| &self.symbol(s).kind) {
            Some(SymKind::Func(_)) => {
                let symbol = symbol.expect("matched above");
                self.call_function(symbol, call, expected, span)
            }
            Some(SymKind::Class(class)) => {
                let class = *class;
                self.call_class(class, call, expected, span)
            }
            _ => {
                let known = symbol.and_then(|s| self.known_function(s));
                let callee = self.expr(&call.callee, None);
                if let Some(func) = known
                    && self.types.as_signature(self.ty(callee)).is_some()
                {
                    return self.call_known(callee, func, call, expected, span);
                }
                let callee = self.require_non_null(callee, call.callee.span);
                self.call_value(callee, call, expected, span)
            }
        }
    }

    fn call_function(
        &mut self,
        symbol: SymId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let ty = self.func_type(symbol, call.callee.span);
        if ty == Ty::ERROR {
            self.check_args_only(call);
            return self.error_expr(span);
        }
        let signatures = self.call_signatures(ty);
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_with(self.common_result(&signatures), span);
        };
        if let Some(this) = resolved.sig.this_ty {
            let callee = self.expr(&call.callee, None);
            return self.call_without_this((callee, ty), this, resolved, span);
        }
        let target = self.overload_target(symbol, resolved.index);
        self.mention_func(target);
        let SymKind::Func(f) = &self.symbol(target).kind else {
            return self.error_expr(span);
        };
        let (func, local, created_at) = (f.func, f.local, f.created_at);
        let has_overloads = !f.overloads.is_empty();
        let closure = match local {
            Some(_) => self.func_local(func, local, created_at, ty, call.callee.span),
            None => None,
        };
        let (args, ret) = if has_overloads {
            match self.impl_signature(target) {
                Some(own) => self.call_implementation(&resolved, &own, span),
                None => return self.error_expr(span),
            }
        } else {
            (resolved.args.clone(), resolved.sig.ret)
        };
        let type_args = if has_overloads {
            self.impl_type_args(target)
        } else {
            self.types.intern_list(&resolved.type_args)
        };
        let callee = Callee::Func {
            func,
            type_args,
            closure,
        };
        let id = self.call_node(callee, args, ret, span);
        self.finish_call(id, resolved.sig.ret)
    }

    /// An implementation behind overloads sees `any` for its own type parameters.
    fn impl_type_args(&mut self, symbol: SymId) -> TyList {
        let count = self
            .impl_signature(symbol)
            .map_or(0, |s| s.type_params.len());
        self.types.intern_list(&vec![Ty::ANY; count])
    }

    pub(super) fn call_implementation(
        &mut self,
        resolved: &Resolved,
        own: &Signature,
        span: Span,
    ) -> (Vec<ExprId>, Ty) {
        let any = vec![Ty::ANY; own.type_params.len()];
        let own = self.types.instantiate_signature(own, &any);
        let args = self.adapt_args(resolved.args.clone(), &resolved.sig, &own, span);
        (args, own.ret)
    }

    /// In the built-in library an overload may be a function of its own.
    fn overload_target(&self, symbol: SymId, index: usize) -> SymId {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return symbol;
        };
        if f.siblings.is_empty() || index == 0 {
            return symbol;
        }
        f.siblings.get(index - 1).copied().unwrap_or(symbol)
    }

    /// A call node from one expression per parameter.
    pub(crate) fn call_node(
        &mut self,
        callee: Callee,
        args: Vec<ExprId>,
        ret: Ty,
        span: Span,
    ) -> ExprId {
        let args = args.into_iter().map(Element::One).collect();
        self.add(ExprKind::Call(Box::new(Call { callee, args })), ret, span)
    }

    /// Moves a call's result from what the code gives to what the call promises.
    pub(super) fn finish_call(&mut self, id: ExprId, ret: Ty) -> ExprId {
        let from = self.ty(id);
        if from == ret || ret == Ty::VOID {
            return id;
        }
        self.force(id, ret)
    }

    /// Where overload choice failed: the result that all overloads give, if they
    /// agree, so that one mistake is reported once.
    pub(super) fn common_result(&self, signatures: &[Arc<Signature>]) -> Ty {
        match signatures {
            [first, rest @ ..]
                if rest.iter().all(|s| s.ret == first.ret) && !self.types.has_params(first.ret) =>
            {
                first.ret
            }
            _ => Ty::ERROR,
        }
    }

    pub(super) fn error_with(&mut self, ty: Ty, span: Span) -> ExprId {
        self.add(ExprKind::Error, ty, span)
    }

    /// Checks the arguments of a call whose callee is in error.
    pub(super) fn check_args_only(&mut self, call: &'a ast::Call) {
        for arg in &call.args {
            self.expr(&arg.expr, Some(Ty::ERROR));
        }
    }

    /// `C(args)`: a conversion such as `String(x)`, or the same as `new C(args)`.
    fn call_class(
        &mut self,
        class: ClassId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if let Some(id) = self.conversion(class, call, span) {
            return id;
        }
        let name = self.names.intern("__call__");
        if self.class(class).by_name.contains_key(&(name, true)) {
            let object = self.class_value(class, call.callee.span);
            let property = Ident {
                name,
                span: call.callee.span,
            };
            return self.call_on(object, property, call, expected, span);
        }
        if self.class(class).builtin {
            return self.new_class(class, call, expected, span);
        }
        let text = self.text(self.hir.classes[class.index()].name).to_string();
        let message = format!("class `{text}` is instantiated with `new`");
        self.error(codes::NOT_CALLABLE, span, message).help =
            Some(format!("write `new {text}(…)`"));
        self.check_args_only(call);
        self.error_expr(span)
    }

    /// `String(x)`, `Boolean(x)`, and `Number(x)` of a number, without a call.
    fn conversion(&mut self, class: ClassId, call: &'a ast::Call, span: Span) -> Option<ExprId> {
        let known = self.hir.well_known;
        let [
            ast::Element {
                spread: false,
                expr,
            },
        ] = &*call.args
        else {
            return None;
        };
        if Some(class) == known.string {
            let id = self.expr(expr, None);
            return Some(self.as_text(id));
        }
        if Some(class) == known.boolean {
            let id = self.expr(expr, None);
            return Some(self.truth(id));
        }
        if Some(class) != known.number {
            return None;
        }
        let id = self.expr(expr, None);
        let ty = self.ty(id);
        match self.numeric_base(ty) {
            Some(Ty::NUMBER | Ty::INT) => Some(self.coerce(id, Ty::NUMBER)),
            _ => {
                let any = self.move_to(id, Ty::ANY, expr.span);
                let name = self.names.intern("TO_NUMBER");
                let args = Box::new([any]);
                Some(self.add(ExprKind::Opcode { name, args }, Ty::NUMBER, span))
            }
        }
    }
}
