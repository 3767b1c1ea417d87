//! Types of class members, computed when they are first asked for; and which
//! methods of built-in classes the program uses.

use super::context::ThisCtx;
use super::{Checker, Flow, Pending};
use crate::codes;
use crate::env::{LazyTy, MemberKind, MemberSource};
use crate::hir::{ExprKind, FieldIdx, FuncId, FuncKind, MethodIdx};
use crate::types::{ClassId, Param, ParamId, Signature, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, ClassMemberKind, Function, FunctionBody};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// The type of a member in terms of the class's parameters; of accessors, the
    /// property's.
    pub(crate) fn member_type(&mut self, class: ClassId, index: u32) -> Ty {
        let member = &self.class(class).members[index as usize];
        match member.ty {
            LazyTy::Done(ty) => ty,
            LazyTy::Busy => {
                let (name, span) = (member.name, member.span);
                let (file, scope) = (self.class(class).file, self.scope);
                let message = format!(
                    "the type of `{}` depends on itself; write it",
                    self.text(name)
                );
                self.elsewhere(scope, file, |c| {
                    c.error(codes::CIRCULAR_INFERENCE, span, message);
                });
                Ty::ERROR
            }
            LazyTy::Waiting => {
                self.set_member_type(class, index, LazyTy::Busy);
                let (scope, file) = (self.class(class).scope, self.class(class).file);
                let ty = self.elsewhere(scope, file, |c| c.compute_member_type(class, index));
                // The body may have set it while it was checked.
                self.set_member_type(class, index, LazyTy::Done(ty));
                ty
            }
        }
    }

    fn set_member_type(&mut self, class: ClassId, index: u32, ty: LazyTy) {
        self.class_mut(class).members[index as usize].ty = ty;
    }

    fn compute_member_type(&mut self, class: ClassId, index: u32) -> Ty {
        let member = self.class(class).members[index as usize].clone();
        match member.source {
            MemberSource::Field(field) => {
                let ty = self.field_type(class, index, field);
                self.store_field_type(class, member.kind, member.is_static, ty);
                ty
            }
            MemberSource::Param(param) => {
                let p = self.property_param(class, param);
                let ty = if param.default.is_some() && !param.optional {
                    self.default_param_type(param, p.ty)
                } else {
                    p.ty
                };
                self.store_field_type(class, member.kind, member.is_static, ty);
                ty
            }
            MemberSource::Method(_) => self.method_member_type(class, index),
        }
    }

    /// A parameter property as written; the default of one without type may mention the
    /// parameters in front of it.
    fn property_param(&mut self, class: ClassId, param: &'a ast::Param) -> Param {
        let ctor = self.class(class).ctor.zip(self.class(class).ctor_func);
        let (Some((function, func)), None) = (ctor, &param.ty) else {
            return self.written_param(param);
        };
        let params = &function.signature.params;
        let at = params.iter().position(|p| std::ptr::eq(p, param));
        let this = self.this_of(class, false);
        let (all, _) = self.quietly(|c| {
            c.in_class_scope(class, |c, parent| {
                let saved = c.enter_initialiser(func, class, false, this);
                c.ctx_mut().parent = parent;
                let all = c.written_params(&function.signature);
                c.leave_initialiser(saved);
                all
            })
        });
        match at.and_then(|at| all.get(at).copied()) {
            Some(p) => p,
            None => self.written_param(param),
        }
    }

    /// The type that a parameter with a default has inside.
    fn default_param_type(&mut self, param: &'a ast::Param, ty: Ty) -> Ty {
        match &param.default {
            Some(d) if matches!(d.kind, ast::ExprKind::Null) => ty,
            _ => self.types.non_null(ty),
        }
    }

    fn store_field_type(&mut self, class: ClassId, kind: MemberKind, is_static: bool, ty: Ty) {
        let MemberKind::Field(FieldIdx(field)) = kind else {
            return;
        };
        let hir = &mut self.hir.classes[class.index()];
        let list = if is_static {
            &mut hir.statics
        } else {
            &mut hir.fields
        };
        list[field as usize].ty = ty;
    }

    fn field_type(&mut self, class: ClassId, index: u32, field: &'a ast::ClassMember) -> Ty {
        let ClassMemberKind::Field {
            ty, init, optional, ..
        } = &field.kind
        else {
            return Ty::ERROR;
        };
        let written = match (ty, init) {
            (Some(ty), _) => self.resolve(ty),
            (None, Some(init)) => self.type_of_initialiser(class, index, init),
            (None, None) => {
                let name = self.class(class).members[index as usize].name;
                let message = format!("field `{}` needs a type", self.text(name));
                self.error(codes::IMPLICIT_ANY, field.span, message);
                Ty::ERROR
            }
        };
        if *optional {
            self.types.nullable(written)
        } else {
            written
        }
    }

    /// The type of a field that has only an initialiser: checked for its type now
    /// and again, for its code, with the other initialisers.
    fn type_of_initialiser(&mut self, class: ClassId, index: u32, init: &'a ast::Expr) -> Ty {
        let member = &self.class(class).members[index as usize];
        let (is_static, readonly) = (member.is_static, member.readonly);
        let func = self.new_func(member.name, init.span, FuncKind::FieldInit(class));
        let this = self.this_of(class, is_static);
        let (ty, _) = self.quietly(|c| {
            c.in_class_scope(class, |c, parent| {
                let saved = c.enter_initialiser(func, class, is_static, this);
                c.ctx_mut().parent = parent.filter(|_| !is_static);
                let id = c.expr(init, None);
                let ty = c.ty(id);
                c.leave_initialiser(saved);
                ty
            })
        });
        if readonly {
            return ty;
        }
        let ty = self.widened(init, ty);
        match &init.kind {
            ast::ExprKind::Array(elements) if elements.is_empty() => {
                let name = self.class(class).members[index as usize].name;
                let message = format!(
                    "nothing says what the elements of `{}` are",
                    self.text(name)
                );
                self.error(codes::IMPLICIT_ANY, init.span, message).help =
                    Some("write its type".to_string());
                Ty::ERROR
            }
            _ => ty,
        }
    }

    /// Begins checking initialisers: a function of their own on `this`.
    pub(crate) fn enter_initialiser(
        &mut self,
        func: FuncId,
        class: ClassId,
        is_static: bool,
        this: Ty,
    ) -> Flow {
        let mut ctx = super::FnCtx::new(func, None, self.clock);
        ctx.this = ThisCtx::Receiver(this);
        ctx.class = Some(class);
        ctx.is_static = is_static;
        ctx.ret = Some(Ty::VOID);
        ctx.type_params = self.types.class(class).params.clone();
        self.fns.push(ctx);
        std::mem::take(&mut self.flow)
    }

    /// Ends it; gives the function's state.
    pub(crate) fn leave_initialiser(&mut self, saved: Flow) -> Option<super::FnCtx<'a>> {
        self.flow = saved;
        self.fns.pop()
    }

    /// The type of `this` in a class's code.
    pub(crate) fn this_of(&mut self, class: ClassId, is_static: bool) -> Ty {
        if is_static {
            return self.types.class_object(class);
        }
        let known = self.hir.well_known;
        let params = self.types.class(class).params.clone();
        let args: Vec<Ty> = params.iter().map(|&p| self.types.param_type(p)).collect();
        if Some(class) == known.function {
            return Ty::ANY;
        }
        self.instance_type(class, &args)
    }

    // ---- methods

    fn method_member_type(&mut self, class: ClassId, index: u32) -> Ty {
        let mut at = Some(index);
        let mut ty: Option<Ty> = None;
        let mut property: Option<Ty> = None;
        while let Some(i) = at {
            let member = self.class(class).members[i as usize].clone();
            match member.kind {
                MemberKind::Method(method) => {
                    let own = self.overloads_or_own(class, i);
                    self.store_method_type(class, method, own);
                    ty = Some(match ty {
                        Some(first) => self.overload(first, own),
                        None => own,
                    });
                }
                MemberKind::Getter(method) => {
                    let own = self.own_method_type(class, i);
                    self.store_method_type(class, method, own);
                    property = Some(self.types.as_signature(own).map_or(Ty::ERROR, |s| s.ret));
                }
                MemberKind::Setter(method) => {
                    let own = self.own_method_type(class, i);
                    self.store_method_type(class, method, own);
                    if property.is_none() {
                        let sig = self.types.as_signature(own);
                        property = Some(
                            sig.and_then(|s| s.params.first().map(|p| p.ty))
                                .unwrap_or(Ty::ERROR),
                        );
                    }
                }
                MemberKind::Field(_) => {}
            }
            at = member.next;
        }
        let result = ty.or(property).unwrap_or(Ty::ERROR);
        let optional = self.class(class).members[index as usize].optional;
        if optional {
            self.types.nullable(result)
        } else {
            result
        }
    }

    fn store_method_type(&mut self, class: ClassId, method: MethodIdx, ty: Ty) {
        self.hir.classes[class.index()].methods[method.index()].ty = ty;
    }

    /// The type that callers see: the overloads, if there are any.
    fn overloads_or_own(&mut self, class: ClassId, index: u32) -> Ty {
        let overloads = self.class(class).members[index as usize].overloads.clone();
        if overloads.is_empty() {
            return self.own_method_type(class, index);
        }
        let types: Vec<Ty> = overloads
            .iter()
            .map(|o| self.function_type(&o.signature))
            .collect();
        if let [one] = *types {
            return one;
        }
        let list = self.types.intern_list(&types);
        self.types.intern(TypeKind::Overloads(list))
    }

    /// The type of a method by its own signature.
    fn own_method_type(&mut self, class: ClassId, index: u32) -> Ty {
        let member = &self.class(class).members[index as usize];
        let (MemberSource::Method(function), Some(func)) = (member.source, member.func) else {
            return Ty::ERROR;
        };
        if let Some(&ty) = self.func_types.get(&func) {
            return ty;
        }
        let setter = matches!(member.kind, MemberKind::Setter(_));
        let bodiless = matches!(function.body, FunctionBody::None);
        if function.signature.return_type.is_some() || setter || bodiless {
            let scope = self.method_scope(class, func, function);
            let file = self.class(class).file;
            self.setter_param = self.getter_result(class, index);
            let sig = self.elsewhere(scope.scope, file, |c| {
                c.signature_with(
                    &function.signature,
                    scope.type_params.clone(),
                    Some(Ty::VOID),
                )
            });
            self.setter_param = None;
            if bodiless && function.signature.return_type.is_none() && !setter {
                let message = "a method without body needs a result type";
                self.error(codes::IMPLICIT_ANY, function.span, message);
            }
            let ty = self.types.function(Signature {
                this_ty: None,
                ..sig
            });
            self.func_types.insert(func, ty);
            return ty;
        }
        self.check_method_body(class, index);
        self.func_types.get(&func).copied().unwrap_or(Ty::ERROR)
    }

    /// For a setter, what the getter of its name gives.
    pub(crate) fn getter_result(&mut self, class: ClassId, index: u32) -> Option<Ty> {
        let data = self.class(class);
        let member = &data.members[index as usize];
        if !matches!(member.kind, MemberKind::Setter(_)) {
            return None;
        }
        let mut at = data.by_name.get(&(member.name, member.is_static)).copied();
        while let Some(i) = at {
            let other = &self.class(class).members[i as usize];
            if matches!(other.kind, MemberKind::Getter(_)) {
                let ty = self.own_method_type(class, i);
                return self.types.as_signature(ty).map(|s| s.ret);
            }
            at = other.next;
        }
        None
    }

    /// The signature of a method's own code.
    pub(crate) fn method_signature(&mut self, class: ClassId, index: u32) -> Option<Signature> {
        let (scope, file) = (self.class(class).scope, self.class(class).file);
        let ty = self.elsewhere(scope, file, |c| c.own_method_type(class, index));
        self.types.as_signature(ty).map(|s| (**s).clone())
    }

    /// The scope of a method's type parameters.
    pub(crate) fn method_scope(
        &mut self,
        class: ClassId,
        func: FuncId,
        function: &'a Function,
    ) -> super::function::FuncScope {
        if let Some(known) = self.func_scopes.get(&func) {
            return known.clone();
        }
        let (scope, file) = (self.class(class).scope, self.class(class).file);
        let inner = self.scopes.new_scope(Some(scope));
        let type_params = self.elsewhere(inner, file, |c| {
            c.declare_type_params(&function.signature.type_params)
        });
        let fs = super::function::FuncScope {
            scope: inner,
            type_params,
        };
        self.func_scopes.insert(func, fs.clone());
        fs
    }

    /// Records that the program uses a method: its body is checked if it belongs to
    /// the built-in library.
    pub(crate) fn need_method(&mut self, class: ClassId, index: u32) {
        let data = self.class(class);
        let member = &data.members[index as usize];
        if !data.builtin {
            return;
        }
        let (func, is_static) = (member.func, member.is_static);
        let waiting = !member.checked;
        if waiting {
            self.pending.push(Pending::Method(class, index));
        }
        if let Some(func) = func {
            let (current, clock) = (self.current(), self.clock);
            self.post.mention_func(current, func, clock);
        }
        if !is_static {
            self.queue_class(class);
        }
    }

    /// The same for a method known by its index in the tree.
    pub(crate) fn need_method_by_index(&mut self, class: ClassId, method: MethodIdx) {
        let found = self
            .class(class)
            .members
            .iter()
            .position(|m| m.kind.method().is_some_and(|(index, _)| index == method));
        if let Some(index) = found {
            self.need_method(class, index as u32);
        }
    }

    // ---- constructors

    /// The type of a class's constructor: functions that give the instance, generic
    /// in the class's parameters.
    pub(crate) fn ctor_type(&mut self, class: ClassId) -> Ty {
        if let Some(ty) = self.class(class).ctor_ty {
            return ty;
        }
        // A constructor that needs its own type while it is computed is in error
        // elsewhere.
        self.class_mut(class).ctor_ty = Some(Ty::ERROR);
        self.ensure_base(class);
        let instance = self.types.class_self(class);
        let params = self.types.class(class).params.clone();
        let (scope, file) = (self.class(class).scope, self.class(class).file);
        let signatures = match (
            self.class(class).ctor,
            self.class(class).ctor_overloads.clone(),
        ) {
            (Some(function), overloads) if overloads.is_empty() => {
                vec![self.elsewhere(scope, file, |c| {
                    c.ctor_signature(function, &params, instance)
                })]
            }
            (_, overloads) if !overloads.is_empty() => overloads
                .iter()
                .map(|f| self.elsewhere(scope, file, |c| c.ctor_signature(f, &params, instance)))
                .collect(),
            _ => self.inherited_ctor(class, &params, instance),
        };
        let types: Vec<Ty> = signatures
            .into_iter()
            .map(|s| self.types.function(s))
            .collect();
        let ty = match *types {
            [one] => one,
            _ => {
                let list = self.types.intern_list(&types);
                self.types.intern(TypeKind::Overloads(list))
            }
        };
        self.class_mut(class).ctor_ty = Some(ty);
        ty
    }

    fn ctor_signature(
        &mut self,
        function: &'a Function,
        params: &[ParamId],
        instance: Ty,
    ) -> Signature {
        let sig = self.signature_with(&function.signature, Vec::new(), Some(Ty::VOID));
        Signature {
            type_params: params.into(),
            ret: instance,
            ..sig
        }
    }

    fn inherited_ctor(
        &mut self,
        class: ClassId,
        params: &[ParamId],
        instance: Ty,
    ) -> Vec<Signature> {
        let Some((base, args)) = self.next_ctor(class, TyList::EMPTY) else {
            let sig = Signature::new(Vec::new(), instance);
            return vec![Signature {
                type_params: params.into(),
                ..sig
            }];
        };
        let base_ctor = self.ctor_type(base);
        let base_params = self.types.class(base).params.clone();
        let subst = crate::types::Subst::new(&base_params, &self.types.list_arc(args));
        self.call_signatures(base_ctor)
            .iter()
            .map(|s| {
                let sig = self.types.substitute_signature(s, &subst);
                Signature {
                    type_params: params.into(),
                    ret: instance,
                    ..sig
                }
            })
            .collect()
    }

    /// The class of the chain whose constructor runs, with its arguments.
    pub(crate) fn ctor_owner(&mut self, class: ClassId, args: TyList) -> Option<(ClassId, TyList)> {
        if self.class(class).ctor.is_some() {
            return Some((class, args));
        }
        self.next_ctor(class, args)
    }

    /// The class whose written constructor `super(…)` reaches from a class.
    pub(crate) fn next_ctor(&mut self, class: ClassId, args: TyList) -> Option<(ClassId, TyList)> {
        self.ensure_base(class);
        let mut above = self.types.ancestors(class, args).into_iter();
        above.find(|&(c, _)| self.class(c).ctor.is_some())
    }

    /// The signature of a constructor's own code.
    pub(crate) fn ctor_impl_signature(&mut self, class: ClassId) -> Option<Signature> {
        let function = self.class(class).ctor?;
        let (scope, file) = (self.class(class).scope, self.class(class).file);
        let instance = self.types.class_self(class);
        let params = self.types.class(class).params.clone();
        Some(self.elsewhere(scope, file, |c| {
            let (sig, _) = c.quietly(|c| c.ctor_signature(function, &params, instance));
            Signature {
                type_params: Box::default(),
                ..sig
            }
        }))
    }

    /// The parameters of the constructor that instances of a class get, in terms of
    /// the class's parameters.
    pub(crate) fn ctor_params(&mut self, class: ClassId) -> Vec<Param> {
        let ty = self.ctor_type(class);
        match self.call_signatures(ty).first() {
            Some(sig) => sig.params.to_vec(),
            None => Vec::new(),
        }
    }

    /// The fields' initialisers as an expression, if the class has some.
    pub(crate) fn init_fields(&mut self, class: ClassId, span: Span) -> Option<crate::hir::ExprId> {
        self.hir.classes[class.index()]
            .field_init
            .map(|_| self.add(ExprKind::InitFields(class), Ty::VOID, span))
    }
}
