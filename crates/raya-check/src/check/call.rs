//! Calls.

use super::Checker;
use super::args::Resolved;
use super::member::{Found, How};
use crate::codes;
use crate::env::{SymId, SymKind};
use crate::hir::{Call, Callee, Dispatch, Element, ExprId, ExprKind, FuncId, FuncKind, MethodIdx};
use crate::types::{ClassId, Signature, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::name::Name;
use raya_syntax::span::Span;
use std::sync::Arc;

/// How many nested calls are checked again in their general form; each level doubles
/// the work.
const MAX_ARITY_RETRIES: u32 = 4;

impl<'a> Checker<'a> {
    /// `callee(args)`
    pub(crate) fn call_expr(
        &mut self,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        match &call.callee.kind {
            ast::ExprKind::Super => return self.super_call(call, span),
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

    /// The function expression that a constant certainly holds, at exactly its type.
    fn known_function(&self, symbol: SymId) -> Option<FuncId> {
        let var = self.var(symbol)?;
        let func = var.func.filter(|_| !var.annotated)?;
        let reached = var.declared_at != 0 || self.fns.iter().any(|f| f.func == func);
        let plain = self.hir.functions[func.index()].kind == FuncKind::Closure;
        (reached && plain).then_some(func)
    }

    /// A call of a function expression by the constant that holds it: the code is
    /// known, and of a generic one the instance.
    fn call_known(
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

    fn call_implementation(
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
    fn finish_call(&mut self, id: ExprId, ret: Ty) -> ExprId {
        let from = self.ty(id);
        if from == ret || ret == Ty::VOID {
            return id;
        }
        self.force(id, ret)
    }

    /// Where overload choice failed: the result that all overloads give, if they
    /// agree, so that one mistake is reported once.
    fn common_result(&self, signatures: &[Arc<Signature>]) -> Ty {
        match signatures {
            [first, rest @ ..]
                if rest.iter().all(|s| s.ret == first.ret) && !self.types.has_params(first.ret) =>
            {
                first.ret
            }
            _ => Ty::ERROR,
        }
    }

    fn error_with(&mut self, ty: Ty, span: Span) -> ExprId {
        self.add(ExprKind::Error, ty, span)
    }

    /// Checks the arguments of a call whose callee is in error.
    fn check_args_only(&mut self, call: &'a ast::Call) {
        for arg in &call.args {
            self.expr(&arg.expr, None);
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

    // ---- members

    fn call_member(
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
            self.report_unknown_member(ty, property);
            self.check_args_only(call);
            return self.error_expr(span);
        };
        self.check_access(&found, ty, property);
        if let Some(special) = self.arity_form(ty, &found, property.name, call) {
            // Where its types do not fit, the general form may.
            let (before, flow) = (self.diagnostics.len(), self.flow.clone());
            self.overload_depth += 1;
            let id = self.call_found(object, &special, property, call, expected, span);
            self.overload_depth -= 1;
            if self.diagnostics.len() == before || self.overload_depth >= MAX_ARITY_RETRIES {
                return id;
            }
            self.diagnostics.truncate(before);
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
    fn member_signatures(&mut self, ty: Ty) -> Vec<Arc<Signature>> {
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
        while args.last().is_some_and(|e| is_absent(self, e)) {
            args.pop();
        }
        let callee = Callee::AnyMethod { object, name };
        let call = Call {
            callee,
            args: args.into(),
        };
        let id = self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        self.finish_call(id, resolved.sig.ret)
    }

    fn is_null_literal(&self, id: ExprId) -> bool {
        match self.hir.exprs[id.index()].kind {
            ExprKind::Null => true,
            ExprKind::Coerce { expr, .. } => self.is_null_literal(expr),
            _ => false,
        }
    }

    fn method_callee(
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
    fn erased_signature(&mut self, resolved: &Resolved, ty: Ty) -> (Ty, Signature) {
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
        self.emit_value_call(callee, apparent, resolved, span)
    }

    fn emit_value_call(
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
