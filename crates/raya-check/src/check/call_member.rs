//! Calls of members: methods, accessors' values, structural members, attributes.

use super::Checker;
use super::args::Resolved;
use super::member::{Found, How};
use crate::codes;
use crate::hir::{Call, Callee, Dispatch, Element, ExprId, ExprKind, MethodIdx};
use crate::types::{ClassId, Signature, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::name::Name;
use raya_syntax::span::Span;
use std::sync::Arc;

/// How many nested calls are checked again in their general form; each level doubles
/// the work.
const MAX_ARITY_RETRIES: u32 = 4;

impl<'a> Checker<'a> {
    pub(super) fn call_member(
        &mut self,
        object: &'a Expr,
        property: Ident,
        optional: bool,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if matches!(object.kind, ast::ExprKind::Super) {
            return self.super_method_call(property, call, expected, span);
        }
        if let Some(id) = self.filled_array(object, property, call, expected, span) {
            return id;
        }
        if let Some(class) = self.library_receiver(object, property.name)
            && !optional
            && !call.optional
        {
            return self.call_on(class, property, call, expected, span);
        }
        let id = self.object_of(object, optional);
        if let Some(id) = self.flat_call(id, property, call, span) {
            return id;
        }
        if call.optional || self.is_narrowed_member(&call.callee) {
            // The method itself may be absent, or is known better than its type says.
            let member = self.read_member(id, property, call.optional, call.callee.span);
            let member = self.narrowed_read(&call.callee, member);
            let member = if call.optional {
                self.optional_callee(member, call.callee.span)
            } else {
                self.require_non_null(member, call.callee.span)
            };
            return self.call_value(member, call, expected, span);
        }
        self.call_on(id, property, call, expected, span)
    }

    fn is_narrowed_member(&mut self, callee: &Expr) -> bool {
        if self.flow.is_plain() {
            return false;
        }
        let Some(reference) = self.reference(callee) else {
            return false;
        };
        self.flow.get(reference).is_some()
    }

    /// The callee of `f?.()`, tested by the chain around it.
    fn optional_callee(&mut self, id: ExprId, span: Span) -> ExprId {
        let ty = self.ty(id);
        if ty == Ty::ERROR || (ty != Ty::ANY && !self.admits_null(ty)) {
            return id;
        }
        let (local, _) = self.keep(id);
        self.chain.push((local, id));
        let read = self.read_temp(local, ty, span);
        let rest = self.types.non_null(ty);
        if ty == Ty::ANY {
            read
        } else {
            self.narrow_to(read, rest)
        }
    }

    /// `object.name(args)` on a checked object.
    pub(crate) fn call_on(
        &mut self,
        object: ExprId,
        property: Ident,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(object);
        if ty == Ty::UNKNOWN {
            let message = "a value of type `unknown` must be narrowed before it is used";
            self.error(codes::UNKNOWN_VALUE, span, message);
            self.check_args_only(call);
            return self.error_expr(span);
        }
        let Some((object, found)) = self.lookup_on(object, property.name) else {
            if let Some(id) = self.function_method(object, property, call, expected, span) {
                return id;
            }
            self.report_unknown_member(ty, property);
            self.check_args_only(call);
            return self.error_expr(span);
        };
        self.check_access(&found, ty, property);
        if let Some(special) = self.arity_form(ty, &found, property.name, call) {
            // Where its types do not fit, the general form may.
            let (before, flow) = (self.mark(), self.flow.clone());
            self.overload_depth += 1;
            let id = self.call_found(object, &special, property, call, expected, span);
            self.overload_depth -= 1;
            if !self.reported_since(before) || self.overload_depth >= MAX_ARITY_RETRIES {
                return id;
            }
            self.roll_back(before);
            self.flow = flow;
        }
        match found.how {
            How::Dynamic if found.ty == Ty::ANY || found.ty == Ty::ERROR => {
                self.call_attribute(object, property.name, call, found.ty, span)
            }
            How::Method { .. } | How::Prop | How::Dynamic => {
                self.call_found(object, &found, property, call, expected, span)
            }
            _ => {
                let member =
                    self.read_found(object, &found, property.name, false, call.callee.span);
                let member = self.require_non_null(member, call.callee.span);
                self.call_value(member, call, expected, span)
            }
        }
    }

    /// In the built-in library a method `name__2` is the form of `name` for calls
    /// with exactly two plain arguments.
    fn arity_form(&mut self, ty: Ty, found: &Found, name: Name, call: &ast::Call) -> Option<Found> {
        let How::Method {
            class, is_static, ..
        } = found.how
        else {
            return None;
        };
        if !self.class(class).builtin || call.args.iter().any(|a| a.spread) {
            return None;
        }
        let special = format!("{}__{}", self.text(name), call.args.len());
        let special = self.names.lookup(&special)?;
        if !self
            .class(class)
            .by_name
            .contains_key(&(special, is_static))
        {
            return None;
        }
        self.lookup(ty, special)
    }

    fn call_found(
        &mut self,
        object: ExprId,
        found: &Found,
        property: Ident,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if self.admits_null(found.ty) {
            let message = format!("`{}` may be absent", self.text(property.name));
            self.error(codes::POSSIBLY_NULL, property.span, message)
                .help = Some(format!(
                "call it with `?.`: `{}?.(…)`",
                self.text(property.name)
            ));
            self.check_args_only(call);
            return self.error_expr(span);
        }
        let signatures = self.member_signatures(found.ty);
        if signatures.is_empty() {
            let member = self.read_found(object, found, property.name, false, call.callee.span);
            return self.call_value(member, call, expected, span);
        }
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_with(self.common_result(&signatures), span);
        };
        self.emit_member_call(object, found, property.name, resolved, span)
    }

    /// The signatures of a member; of a union of functions, one that all fit.
    pub(super) fn member_signatures(&mut self, ty: Ty) -> Vec<Arc<Signature>> {
        let own = self.call_signatures(ty);
        if !own.is_empty() {
            return own;
        }
        let TypeKind::Union(l) = self.types.kind(ty) else {
            return own;
        };
        let list = self.types.list_arc(l);
        let mut all = Vec::with_capacity(list.len());
        for &t in list.iter() {
            match self.call_signatures(t).as_slice() {
                [one] if one.type_params.is_empty() => all.push(Arc::clone(one)),
                _ => return Vec::new(),
            }
        }
        self.merge_signatures(&all)
            .into_iter()
            .map(Arc::new)
            .collect()
    }

    /// A signature that may be called whichever of these functions it is.
    fn merge_signatures(&mut self, all: &[Arc<Signature>]) -> Option<Signature> {
        let longest = all.iter().max_by_key(|s| s.params.len())?;
        if all.iter().any(|s| s.rest) {
            return None;
        }
        let mut params = longest.params.to_vec();
        for (i, p) in params.iter_mut().enumerate() {
            let types: Vec<Ty> = all
                .iter()
                .filter_map(|s| s.params.get(i).map(|p| p.ty))
                .collect();
            p.ty = self.types.intersection(&types);
            p.optional = all
                .iter()
                .all(|s| s.params.get(i).is_none_or(|p| p.optional));
        }
        let rets: Vec<Ty> = all.iter().map(|s| s.ret).collect();
        let ret = self.join_types(&rets);
        Some(Signature::new(params, ret))
    }

    /// The call of a member whose arguments are moved.
    pub(crate) fn emit_member_call(
        &mut self,
        object: ExprId,
        found: &Found,
        name: Name,
        resolved: Resolved,
        span: Span,
    ) -> ExprId {
        let ret = resolved.sig.ret;
        match found.how {
            How::Method {
                class,
                args,
                index,
                is_static,
                ..
            } => {
                let (index, method) = self.method_overload(class, index, resolved.index);
                self.need_method(class, index);
                let (call_args, own_ret) = self.method_args(class, args, index, &resolved, span);
                let type_args = self.method_type_args(class, index, &resolved);
                let callee = self.method_callee(object, class, args, method, type_args, is_static);
                let id = self.call_node(callee, call_args, own_ret, span);
                if is_static {
                    let (current, clock) = (self.current(), self.clock);
                    self.post.read_class(id, class, current, clock);
                }
                self.finish_call(id, ret)
            }
            How::Prop => {
                let (ty, sig) = self.erased_signature(&resolved, found.ty);
                let args: Vec<ExprId> = resolved
                    .args
                    .iter()
                    .zip(sig.params.iter())
                    .map(|(&id, p)| self.force(id, p.ty))
                    .collect();
                let callee = Callee::Prop { object, name, ty };
                let id = self.call_node(callee, args, sig.ret, span);
                self.finish_call(id, ret)
            }
            How::Dynamic => self.dynamic_member_call(object, name, &resolved, span),
            _ => self.error_expr(span),
        }
    }

    /// A call whose types are known but whose code must be looked up by name.
    fn dynamic_member_call(
        &mut self,
        object: ExprId,
        name: Name,
        resolved: &Resolved,
        span: Span,
    ) -> ExprId {
        let object = self.coerce(object, Ty::ANY);
        let args = self.dynamic_elements(resolved);
        let callee = Callee::AnyMethod { object, name };
        let call = Call { callee, args };
        let id = self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        self.finish_call(id, resolved.sig.ret)
    }

    /// Arguments that were checked against a signature, for a call that knows none.
    pub(crate) fn dynamic_elements(&mut self, resolved: &Resolved) -> Box<[Element]> {
        let fixed = resolved.sig.fixed().len();
        let mut args = Vec::with_capacity(resolved.args.len());
        for (i, &id) in resolved.args.iter().enumerate() {
            let any = self.coerce(id, Ty::ANY);
            args.push(if i < fixed {
                Element::One(any)
            } else {
                Element::Spread(any)
            });
        }
        let is_absent = |c: &Self, e: &Element| match e {
            Element::One(id) => c.is_null_literal(*id),
            Element::Spread(_) => false,
        };
        // What may be left out is, so that the callee's own defaults apply.
        let required = resolved.sig.required();
        while args.len() > required && args.last().is_some_and(|e| is_absent(self, e)) {
            args.pop();
        }
        args.into()
    }

    fn is_null_literal(&self, id: ExprId) -> bool {
        match self.hir.exprs[id.index()].kind {
            ExprKind::Null => true,
            ExprKind::Coerce { expr, .. } => self.is_null_literal(expr),
            _ => false,
        }
    }

    /// What a call of a method that was found calls.
    pub(crate) fn method_callee(
        &mut self,
        object: ExprId,
        class: ClassId,
        class_args: TyList,
        method: MethodIdx,
        type_args: TyList,
        is_static: bool,
    ) -> Callee {
        if is_static {
            return Callee::Static {
                object: self.asked_class(object, class),
                class,
                method,
                type_args,
                dispatch: Dispatch::Virtual,
                checked: false,
            };
        }
        let object = self.as_class(object, class);
        let dispatch = self.dispatch_of(class, method);
        Callee::Method {
            object,
            class,
            class_args,
            method,
            type_args,
            dispatch,
        }
    }

    /// The function behind an overload: in the built-in library each may have one.
    fn method_overload(&self, class: ClassId, index: u32, overload: usize) -> (u32, MethodIdx) {
        let mut at = index;
        let members = &self.class(class).members;
        if members[index as usize].overloads.is_empty() {
            for _ in 0..overload {
                match members[at as usize].next {
                    Some(next) => at = next,
                    None => break,
                }
            }
        }
        let method = members[at as usize]
            .kind
            .method()
            .map_or(MethodIdx(0), |(m, _)| m);
        (at, method)
    }

    /// Arguments as the method's own code takes them, and what it gives.
    fn method_args(
        &mut self,
        class: ClassId,
        args: TyList,
        index: u32,
        resolved: &Resolved,
        span: Span,
    ) -> (Vec<ExprId>, Ty) {
        if self.class(class).members[index as usize]
            .overloads
            .is_empty()
        {
            return (resolved.args.clone(), resolved.sig.ret);
        }
        let Some(own) = self.method_signature(class, index) else {
            return (resolved.args.clone(), resolved.sig.ret);
        };
        let params = self.types.class(class).params.clone();
        let subst = crate::types::Subst::new(&params, &self.types.list_arc(args));
        let own = self.types.substitute_signature(&own, &subst);
        self.call_implementation(resolved, &own, span)
    }

    fn method_type_args(&mut self, class: ClassId, index: u32, resolved: &Resolved) -> TyList {
        if self.class(class).members[index as usize]
            .overloads
            .is_empty()
        {
            return self.types.intern_list(&resolved.type_args);
        }
        let count = self
            .method_signature(class, index)
            .map_or(0, |s| s.type_params.len());
        self.types.intern_list(&vec![Ty::ANY; count])
    }

    /// Function values have no type parameters at run time: a generic one is called
    /// as its instance with `any`.
    pub(super) fn erased_signature(&mut self, resolved: &Resolved, ty: Ty) -> (Ty, Signature) {
        let signatures = self.call_signatures(ty);
        let original = signatures.get(resolved.index).cloned();
        let sig = match original {
            Some(sig) if !sig.type_params.is_empty() => {
                let any = vec![Ty::ANY; sig.type_params.len()];
                self.types.instantiate_signature(&sig, &any)
            }
            _ => resolved.sig.clone(),
        };
        (self.types.function(sig.clone()), sig)
    }

    /// A call of an attribute of `any`.
    fn call_attribute(
        &mut self,
        object: ExprId,
        name: Name,
        call: &'a ast::Call,
        ty: Ty,
        span: Span,
    ) -> ExprId {
        if ty == Ty::ERROR {
            self.check_args_only(call);
            return self.error_expr(span);
        }
        let object = self.coerce(object, Ty::ANY);
        let args = self.dynamic_args(&call.args);
        let callee = Callee::AnyMethod { object, name };
        self.add(
            ExprKind::Call(Box::new(Call { callee, args })),
            Ty::ANY,
            span,
        )
    }

    /// Arguments of a call of `any`.
    pub(crate) fn dynamic_args(&mut self, args: &'a [ast::Element]) -> Box<[Element]> {
        let mut moved = Vec::with_capacity(args.len());
        for arg in args {
            let id = self.expr_as(&arg.expr, Ty::ANY);
            moved.push(if arg.spread {
                Element::Spread(id)
            } else {
                Element::One(id)
            });
        }
        moved.into()
    }
}
