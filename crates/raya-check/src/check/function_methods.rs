//! `f.call(…)`, `f.apply(…)` and `f.bind(…)` of function values.
//!
//! A function that declares no `this` ignores the first argument, so that these are calls
//! as any other; one that declares it is called through the slots, with what its signature
//! says of arguments and result.

use super::Checker;
use super::args::Resolved;
use crate::codes;
use crate::hir::{Call, Callee, CoerceKind, Element, ExprId, ExprKind};
use crate::types::{Signature, Ty, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::span::Span;
use std::sync::Arc;

impl<'a> Checker<'a> {
    /// The call of a function's own method; none if `property` is no such method.
    pub(super) fn function_method(
        &mut self,
        object: ExprId,
        property: Ident,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> Option<ExprId> {
        let method = self.text(property.name).to_string();
        if !matches!(method.as_str(), "call" | "apply" | "bind") {
            return None;
        }
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        if matches!(
            self.types.kind(apparent),
            TypeKind::Class(..) | TypeKind::ClassObject(_)
        ) {
            return None;
        }
        let signatures = self.member_signatures(apparent);
        let wanted = signatures.first()?.this_ty;
        let Some((this, rest)) = call.args.split_first().filter(|(first, _)| !first.spread) else {
            let message = format!("`{method}` needs what `this` shall be");
            self.error(codes::ARGUMENT_COUNT, span, message);
            self.check_args_only(call);
            return Some(self.error_expr(span));
        };
        let this = match wanted {
            Some(wanted) => self.expr_as(&this.expr, wanted),
            None => self.expr(&this.expr, None),
        };
        Some(match method.as_str() {
            "bind" => self.bind_function(object, this, &signatures, rest, span),
            _ => {
                let resolved = match method.as_str() {
                    "call" => self.resolve_call(&signatures, &call.type_args, rest, expected, span),
                    _ => self.resolve_apply(&signatures, rest.first(), expected, span),
                };
                match resolved {
                    Some(resolved) => self.call_with_this((object, apparent), this, resolved, span),
                    None => self.error_with(self.common_result(&signatures), span),
                }
            }
        })
    }

    /// The arguments of `apply` come as a list: written out, or a tuple or array.
    fn resolve_apply(
        &mut self,
        signatures: &[Arc<Signature>],
        list: Option<&'a ast::Element>,
        expected: Option<Ty>,
        span: Span,
    ) -> Option<Resolved> {
        match list.map(|e| &e.expr) {
            None => self.resolve_call(signatures, &[], &[], expected, span),
            Some(Expr {
                kind: ast::ExprKind::Array(elements),
                ..
            }) => self.resolve_call(signatures, &[], elements, expected, span),
            Some(e) => {
                let mut flat = Vec::new();
                self.flatten_spread(e, &mut flat);
                self.resolve_flat(signatures, &[], &flat, expected, span)
            }
        }
    }

    /// A plain call of a function that declares `this`.
    pub(super) fn call_without_this(
        &mut self,
        callee: (ExprId, Ty),
        this: Ty,
        resolved: Resolved,
        span: Span,
    ) -> ExprId {
        if !self.fits(Ty::NULL, this) && this != Ty::VOID {
            let message = format!("this function needs a `this` of type `{}`", self.show(this));
            self.error(codes::INVALID_THIS, span, message).help =
                Some("call it as a member of an object, or with `.call(…)`".to_string());
            return self.error_expr(span);
        }
        let null = self.add(ExprKind::Null, Ty::NULL, span);
        self.call_with_this(callee, null, resolved, span)
    }

    fn call_with_this(
        &mut self,
        (object, ty): (ExprId, Ty),
        this: ExprId,
        resolved: Resolved,
        span: Span,
    ) -> ExprId {
        if resolved.sig.this_ty.is_none() {
            let id = self.emit_value_call(object, ty, resolved, span);
            return self.behind(this, id, span);
        }
        let ret = resolved.sig.ret;
        let mut args = vec![Element::One(self.coerce(this, Ty::ANY))];
        let fixed = resolved.sig.fixed().len();
        for (i, &arg) in resolved.args.iter().enumerate() {
            let arg = self.coerce(arg, Ty::ANY);
            args.push(if i < fixed {
                Element::One(arg)
            } else {
                Element::Spread(arg)
            });
        }
        let id = self.call_own_method(object, "call", args, span);
        if ret == Ty::VOID {
            return self.with_type(id, Ty::VOID, span);
        }
        self.coerce(id, ret)
    }

    /// `f.bind(this, …)`: what is left of the parameters.
    fn bind_function(
        &mut self,
        object: ExprId,
        this: ExprId,
        signatures: &[Arc<Signature>],
        first: &'a [ast::Element],
        span: Span,
    ) -> ExprId {
        let sig = (*signatures[0]).clone();
        if first.is_empty() && sig.this_ty.is_none() {
            return self.behind(this, object, span);
        }
        let fixed = sig.fixed().len();
        let mut given = Vec::with_capacity(first.len());
        for (i, e) in first.iter().enumerate() {
            let wish = match self.param_at(&sig, i) {
                Some(wish) if !e.spread && self.is_closed(wish) => wish,
                _ => {
                    let message = "`bind` takes arguments for the first parameters";
                    self.error(codes::ARGUMENT_COUNT, e.expr.span, message);
                    Ty::ANY
                }
            };
            let id = self.expr_as(&e.expr, wish);
            given.push(Element::One(self.coerce(id, Ty::ANY)));
        }
        let taken = first.len().min(fixed);
        let left = Signature {
            this_ty: None,
            params: sig.params[taken..].into(),
            ..sig
        };
        let ty = self.types.function(left);
        let this = self.coerce(this, Ty::ANY);
        let bound = if given.is_empty() {
            self.call_own_method(object, "bind", vec![Element::One(this)], span)
        } else {
            let array = self.types.array(Ty::ANY);
            let given = self.add(ExprKind::Array(given.into()), array, span);
            let partial = self.names.intern("__partial");
            self.call_method_on(object, partial, vec![this, given], span)
        };
        self.coerce_node(bound, ty, CoerceKind::Check)
    }

    /// A method of the function object, through the slots.
    fn call_own_method(
        &mut self,
        object: ExprId,
        name: &str,
        args: Vec<Element>,
        span: Span,
    ) -> ExprId {
        let object = self.coerce(object, Ty::ANY);
        let name = self.names.intern(name);
        let call = Call {
            callee: Callee::AnyMethod { object, name },
            args: args.into(),
        };
        self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span)
    }

    /// The value behind another one that is evaluated for its effects.
    fn behind(&mut self, first: ExprId, value: ExprId, span: Span) -> ExprId {
        let ty = self.ty(value);
        self.add(ExprKind::Seq(Box::new([first, value])), ty, span)
    }
}
