//! Function expressions: they take from their place what they do not say themselves.

use super::Checker;
use super::context::ThisCtx;
use super::function::BodyInput;
use crate::env::VarKind;
use crate::hir::{ExprId, ExprKind, FuncId, FuncKind};
use crate::types::{Param, ParamId, Signature, Ty};
use raya_syntax::ast::{self, Function, PatternKind};
use raya_syntax::name::{Name, names};

impl<'a> Checker<'a> {
    /// `function (…) {…}`, `(…) => …`
    pub(crate) fn function_expr(&mut self, f: &'a Function, expected: Option<Ty>) -> ExprId {
        let given = self.given_name.take();
        if self.refuse_special(f) {
            return self.error_expr(f.span);
        }
        let this = if f.is_arrow {
            ThisCtx::Outer
        } else {
            ThisCtx::None
        };
        let name = f.name.map(|i| i.name).or(given);
        self.closure(f, name.unwrap_or(names::EMPTY), this, expected)
    }

    /// A method of an object literal as a closure.
    pub(crate) fn method_closure(
        &mut self,
        f: &'a Function,
        name: Name,
        this: ThisCtx,
        expected: Option<Ty>,
    ) -> ExprId {
        if self.refuse_special(f) {
            return self.error_expr(f.span);
        }
        self.self_symbol = None;
        self.closure(f, name, this, expected)
    }

    /// A member of a class with computed bases as a closure.
    pub(crate) fn member_closure(
        &mut self,
        f: &'a Function,
        name: Name,
        member: super::dynamic_class::DynamicMember,
    ) -> ExprId {
        if self.refuse_special(f) {
            return self.error_expr(f.span);
        }
        self.self_symbol = None;
        self.dynamic_member = Some(member);
        self.closure(f, name, ThisCtx::None, None)
    }

    fn closure(
        &mut self,
        f: &'a Function,
        name: Name,
        this: ThisCtx,
        expected: Option<Ty>,
    ) -> ExprId {
        let context = match expected {
            Some(Ty::ERROR) => Some(self.error_signature()),
            _ => expected.and_then(|t| self.context_signature(t)),
        };
        let dynamic = self.dynamic_member.take();
        let kind = match f.signature.this_param {
            None if dynamic.is_none() => FuncKind::Closure,
            _ => FuncKind::ClosureThis,
        };
        let func = self.new_func(name, f.span, kind);
        let function = &mut self.hir.functions[func.index()];
        function.is_arrow = f.is_arrow;
        function.class_name = dynamic.map(|member| member.name);
        if let Some(symbol) = self.self_symbol.take()
            && let Some(var) = self.var_mut(symbol)
            && var.kind == VarKind::Const
        {
            var.func = Some(func);
        }
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let mut type_params = self.declare_type_params(&f.signature.type_params);
        if let Some(context) = &context
            && type_params.is_empty()
        {
            // In the place of a generic function a closure is generic as well.
            type_params = context.type_params.to_vec();
        }
        let visible = self.ctx().type_params.len();
        self.ctx_mut().type_params.extend(&type_params);
        let params = self.closure_params(f, context.as_ref());
        let ret = self.closure_return(f, context.as_ref());
        self.ctx_mut().type_params.truncate(visible);
        let this = match &f.signature.this_param {
            Some(t) => ThisCtx::Receiver(self.resolve(t)),
            None if dynamic.is_some() => ThisCtx::Receiver(Ty::ANY),
            None => this,
        };
        self.declare_self_name(f, func, context.as_ref());
        let flow = self.flow_for_closure(f.span.start);
        let class = self.ctx().class;
        let input = BodyInput {
            func,
            ast: f,
            scope: self.scope,
            type_params,
            params,
            ret,
            ret_wish: context
                .as_ref()
                .map(|c| c.ret)
                .filter(|&t| !self.is_closed(t)),
            parent: Some(self.fns.len() - 1),
            this,
            class,
            is_static: self.ctx().is_static,
            ctor: None,
            dynamic,
            created_at: self.clock,
            flow,
        };
        let mut sig = self.check_body(input);
        sig.predicate = self.closure_predicate(f).or(sig.predicate);
        if dynamic.is_some() {
            sig.this_ty = Some(Ty::ANY);
        }
        self.scope = outer;
        let ty = self.types.function(sig);
        self.add(ExprKind::Closure(func), ty, f.span)
    }

    fn closure_predicate(&mut self, f: &'a Function) -> Option<crate::types::Predicate> {
        match &f.signature.return_type {
            Some(t) if matches!(t.kind, ast::TypeKind::Predicate(_)) => {
                let (sig, _) = self.quietly(|c| c.signature_with(&f.signature, Vec::new(), None));
                sig.predicate
            }
            _ => None,
        }
    }

    /// A named function expression knows itself.
    fn declare_self_name(&mut self, f: &'a Function, func: FuncId, context: Option<&Signature>) {
        let Some(ident) = f.name else { return };
        let symbol = self.declare_var(ident.name, ident.span, VarKind::SelfName, None);
        // Its type is only known if everything is written.
        let annotated =
            f.signature.return_type.is_some() && f.signature.params.iter().all(|p| p.ty.is_some());
        if annotated {
            let (sig, _) = self.quietly(|c| c.signature_with(&f.signature, Vec::new(), None));
            let ty = self.types.function(sig);
            self.set_var_type(symbol, ty);
        } else if let Some(context) = context {
            let ty = self.types.function(context.clone());
            if self.is_closed(ty) {
                self.set_var_type(symbol, ty);
            }
        }
        if let Some(var) = self.var_mut(symbol) {
            var.func = Some(func);
        }
    }

    /// Behind an error parameters without types are none.
    fn error_signature(&mut self) -> Signature {
        let rest = Param {
            name: names::EMPTY,
            ty: self.types.array(Ty::ERROR),
            optional: false,
        };
        let mut signature = Signature::new(vec![rest], Ty::ERROR);
        signature.rest = true;
        signature
    }

    /// The signature that the expected type gives a function expression.
    fn context_signature(&mut self, expected: Ty) -> Option<Signature> {
        let present = self.types.non_null(expected);
        let members = self.types.members(present);
        let mut found: Option<Signature> = None;
        for t in members {
            for sig in self.call_signatures(t) {
                match &found {
                    Some(_) => return found,
                    None => found = Some((*sig).clone()),
                }
            }
        }
        found
    }

    fn closure_params(&mut self, f: &'a Function, context: Option<&Signature>) -> Vec<Param> {
        let mut params = Vec::with_capacity(f.signature.params.len());
        for (i, p) in f.signature.params.iter().enumerate() {
            let given = context.and_then(|sig| {
                if p.rest {
                    self.rest_from(sig, i)
                } else {
                    self.param_at(sig, i)
                }
            });
            match (&p.ty, given) {
                (None, Some(given)) => {
                    let given = self.close(given);
                    let optional = p.optional || p.default.is_some();
                    let name = match p.pattern.kind {
                        PatternKind::Binding(name) => name,
                        _ => names::VALUE,
                    };
                    let ty = if optional {
                        self.types.nullable(given)
                    } else {
                        given
                    };
                    params.push(Param {
                        name,
                        ty,
                        optional: optional && !p.rest,
                    });
                }
                _ => params.push(self.written_param(p)),
            }
        }
        self.pad_params(f, context, &mut params);
        params
    }

    /// A function expression that leaves out parameters of the type it is written for
    /// takes them nevertheless: calls by that type then need no conversion.
    fn pad_params(
        &mut self,
        f: &'a Function,
        context: Option<&Signature>,
        params: &mut Vec<Param>,
    ) {
        let Some(context) = context else { return };
        let rest = context.rest || f.signature.params.iter().any(|p| p.rest);
        if rest || !f.signature.type_params.is_empty() {
            return;
        }
        for extra in context.params.iter().skip(params.len()) {
            if !self.is_closed(extra.ty) {
                return;
            }
            params.push(Param {
                name: names::EMPTY,
                ..*extra
            });
        }
    }

    /// The array type of a rest parameter, from the expected signature.
    fn rest_from(&mut self, sig: &Signature, index: usize) -> Option<Ty> {
        let rest = sig.params.last().filter(|_| sig.rest).map(|p| p.ty);
        if let Some(rest) = rest
            && index >= sig.fixed().len()
        {
            let whole = index == sig.fixed().len();
            return match self.array_element(rest) {
                Some(elem) if !whole => Some(self.types.array(elem)),
                _ => Some(rest),
            };
        }
        let mut types: Vec<Ty> = sig.fixed().iter().skip(index).map(|p| p.ty).collect();
        types.extend(rest.and_then(|t| self.array_element(t)));
        let elem = self.join_types(&types);
        Some(self.types.array(elem))
    }

    /// A type without type parameters of a call that is still being inferred.
    pub(crate) fn close(&mut self, ty: Ty) -> Ty {
        if self.is_closed(ty) {
            return ty;
        }
        let mut subst = crate::types::Subst::default();
        let mut foreign = Vec::new();
        let visible: Vec<ParamId> = self
            .fns
            .iter()
            .flat_map(|f| f.type_params.iter().copied())
            .collect();
        self.types.all_params(ty, &mut |p| {
            if !visible.contains(&p) {
                foreign.push(p);
            }
            true
        });
        for p in foreign {
            let bound = self.types.param(p).constraint.unwrap_or(Ty::UNKNOWN);
            subst.push(p, bound);
        }
        self.types.substitute(ty, &subst)
    }

    fn closure_return(&mut self, f: &'a Function, context: Option<&Signature>) -> Option<Ty> {
        if f.signature.return_type.is_some() {
            return self.written_return(&f.signature);
        }
        let ret = context?.ret;
        (self.is_closed(ret) && !matches!(ret, Ty::UNKNOWN | Ty::ERROR)).then_some(ret)
    }
}
