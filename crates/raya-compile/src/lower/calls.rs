//! Calls whose callee is known to the checker: functions, methods, constructors,
//! function values, structural members.
//!
//! Arguments come in the order and number of the callee's parameters. The callee's
//! code is fixed at compile time where nothing at run time can replace it: declared
//! functions, and methods of the built-in library that no class of the program
//! overrides. User methods are always called through the class, because a program
//! may patch them.

use super::classes::method_kind;
use super::ctx::Lower;
use super::instances::Form;
use super::statics::StaticCall;
use crate::ir::VReg;
use raya_bytecode::{ClassId, FuncId, MethodKind, MethodRef, Op, PropRef, StrId, TypeDesc, TypeId};
use raya_check::hir::{self, Call, Callee, Dispatch, Element, Expr, ExprId, ExprKind, FuncKind};
use raya_check::types::{self, Subst, Ty, TyList, TypeKind};
use raya_syntax::Name;

/// A method call's static facts.
#[derive(Clone, Copy)]
struct MethodCall<'a> {
    class: types::ClassId,
    class_args: TyList,
    method: &'a hir::Method,
    type_args: TyList,
    dispatch: Dispatch,
}

impl<'a> Lower<'_, 'a> {
    /// A call.
    pub fn call(&mut self, e: &'a Expr, call: &'a Call) -> VReg {
        let value = self.call_by_kind(e, call);
        let (to, _) = self.reg_type(e.ty);
        // The instance for type arguments that nest too deeply gives any.
        if self.f.reg(value).ty == self.c.any && to != self.c.any && e.ty != Ty::VOID {
            let exact = self.exact_type(e.ty);
            return self.checked(value, exact);
        }
        // A method that gives `this` is declared with the class it stands in, and may be
        // replaced by one that gives another instance of that class.
        if let (&TypeDesc::Class(have), &TypeDesc::Class(want)) =
            (self.desc(value), self.c.tables.desc(to))
            && !raya_bytecode::inherits(&self.c.tables.module, have, want)
        {
            return self.narrowed(value, to);
        }
        value
    }

    fn call_by_kind(&mut self, e: &'a Expr, call: &'a Call) -> VReg {
        match call.callee {
            Callee::Func {
                func,
                type_args,
                closure,
            } => self.call_function(func, type_args, closure, &call.args),
            Callee::Known {
                value,
                func,
                type_args,
            } => self.call_known(value, func, type_args, &call.args),
            Callee::Method {
                object,
                class,
                class_args,
                method,
                type_args,
                dispatch,
            } => {
                let m = MethodCall {
                    class,
                    class_args,
                    method: &self.hir.class(class).methods[method.index()],
                    type_args,
                    dispatch,
                };
                self.call_method(e, object, m, &call.args)
            }
            Callee::Static {
                object,
                class,
                method,
                type_args,
                dispatch,
                checked,
            } => {
                let asked = self.asked(object, class, checked);
                let m = StaticCall {
                    class,
                    method: &self.hir.class(class).methods[method.index()],
                    type_args,
                    dispatch,
                };
                self.call_static(e, &asked, m, &call.args)
            }
            Callee::Value(callee) => self.call_value(callee, &call.args),
            Callee::Prop { object, name, ty } => self.call_prop(object, name, ty, &call.args),
            Callee::Any(callee) => self.call_any(e, callee, &call.args),
            Callee::AnyMethod { object, name } => self.call_any_method(e, object, name, &call.args),
        }
    }

    /// Evaluates arguments one by one, each converted to its parameter's type, behind
    /// the values that are there already.
    pub(super) fn arguments(
        &mut self,
        before: &[VReg],
        args: &[Element],
        params: &[TypeId],
    ) -> Vec<VReg> {
        let mut guards: Vec<_> = before.iter().map(|&v| self.guard(v)).collect();
        for (i, arg) in args.iter().enumerate() {
            let (Element::One(id) | Element::Spread(id)) = *arg;
            let value = match params.get(i) {
                Some(&ty) => self.expr_as(id, ty),
                None => self.expr(id),
            };
            guards.push(self.guard(value));
        }
        guards.into_iter().map(|g| self.settle(g)).collect()
    }

    pub(super) fn signature_of(&mut self, id: raya_bytecode::SigId) -> (Box<[TypeId]>, TypeId) {
        match self.c.tables.module.signatures.get(id.index()) {
            Some(sig) => {
                let (params, ret) = (sig.params.clone(), sig.ret);
                (params, self.c.widen(ret))
            }
            None => (Box::default(), self.c.any),
        }
    }

    /// Types for what a function sees: what of the current scope it shares, and its
    /// own type arguments.
    pub(super) fn function_subst(&mut self, func: hir::FuncId, type_args: TyList) -> Subst {
        let decl = self.hir.function(func);
        let mut subst = Subst::default();
        for &(param, ty) in self.subst.pairs() {
            let shared = decl.outer_params.contains(&param)
                || self.c.types.param(param).this_of.is_some() && !decl.outer_params.is_empty();
            if shared {
                subst.push(param, ty);
            }
        }
        let args = self.c.types.substitute_list(type_args, &self.subst);
        let args = self.c.types.list_arc(args);
        for (i, &param) in decl.type_params.iter().enumerate() {
            subst.push(param, args.get(i).copied().unwrap_or(Ty::ANY));
        }
        self.c.bounded_subst(subst)
    }

    fn call_function(
        &mut self,
        func: hir::FuncId,
        type_args: TyList,
        closure: Option<hir::LocalId>,
        args: &[Element],
    ) -> VReg {
        let decl = self.hir.function(func);
        let subst = self.function_subst(func, type_args);
        let sig = self.c.instance_signature(func, &subst);
        let (params, ret) = self.signature_of(sig);
        if let Some(local) = closure
            && !decl.captures.is_empty()
        {
            let value = self.read_variable(local);
            return self.call_instance(value, func, subst, args);
        }
        let id = self.c.request_with(func, subst, None, Form::Direct);
        let args = self.arguments(&[], args, &params);
        self.emit_window(Op::Call, ret, id.0.into(), &args)
    }

    /// A call of the function expression that a constant holds.
    fn call_known(
        &mut self,
        value: ExprId,
        func: hir::FuncId,
        type_args: TyList,
        args: &[Element],
    ) -> VReg {
        let decl = self.hir.function(func);
        let subst = self.function_subst(func, type_args);
        if !decl.captures.is_empty() {
            let value = self.expr(value);
            return self.call_instance(value, func, subst, args);
        }
        if let ExprKind::Local { checked: true, .. } | ExprKind::Global { checked: true, .. } =
            self.hx(value).kind
        {
            self.expr(value);
        }
        let sig = self.c.instance_signature(func, &subst);
        let (params, ret) = self.signature_of(sig);
        let id = self.c.request_with(func, subst, None, Form::Direct);
        let args = self.arguments(&[], args, &params);
        self.emit_window(Op::Call, ret, id.0.into(), &args)
    }

    /// A call of an instance of the function that a closure was made of. The closure
    /// of a generic function runs the instance for `any`; others share its captures.
    fn call_instance(
        &mut self,
        closure: VReg,
        func: hir::FuncId,
        subst: Subst,
        args: &[Element],
    ) -> VReg {
        let decl = self.hir.function(func);
        let sig = self.c.instance_signature(func, &subst);
        let (params, ret) = self.signature_of(sig);
        let ty = self.c.tables.ty(TypeDesc::Function(sig));
        let mut callee = closure;
        if !decl.type_params.is_empty() && !self.is_instance(closure, func, &subst) {
            let id = self.c.request_with(func, subst, None, Form::Value);
            callee = self.emit_to(ty, Op::CloneClosure, id.0.into(), closure.0);
        }
        let callee = self.narrowed(callee, ty);
        let args = self.arguments(&[callee], args, &params);
        self.emit_window(Op::CallClosure, ret, sig.0.into(), &args)
    }

    /// Whether a register holds the closure of the instance that is being lowered, and
    /// that is the wanted one.
    fn is_instance(&self, closure: VReg, func: hir::FuncId, subst: &Subst) -> bool {
        let own = std::ptr::eq(self.decl, self.hir.function(func));
        let same = |&(p, t): &(types::ParamId, Ty)| self.subst.pairs().contains(&(p, t));
        own && closure == VReg(0) && subst.pairs().iter().all(same)
    }

    fn call_value(&mut self, callee: ExprId, args: &[Element]) -> VReg {
        let value = self.expr(callee);
        let ty = self.concrete(self.hx(callee).ty);
        let ty = self.c.types.expand(ty);
        let fn_type = self.c.type_id(ty);
        let TypeDesc::Function(sig) = *self.c.tables.desc(fn_type) else {
            let span = self.hx(callee).span;
            self.fail(span, "a called value is not of function type");
            return self.const_null();
        };
        let (params, ret) = self.signature_of(sig);
        let value = self.narrowed(value, fn_type);
        let args = self.arguments(&[value], args, &params);
        self.emit_window(Op::CallClosure, ret, sig.0.into(), &args)
    }

    fn call_prop(&mut self, object: ExprId, name: Name, ty: Ty, args: &[Element]) -> VReg {
        let object = self.expr(object);
        let object = self.boxed(object);
        let ty = self.exact_type(ty);
        let TypeDesc::Function(sig) = *self.c.tables.desc(ty) else {
            self.fail(self.decl.span, "a called member is not of function type");
            return object;
        };
        let (params, ret) = self.signature_of(sig);
        let args = self.arguments(&[object], args, &params);
        let prop = PropRef {
            name: self.c.str_name(name),
            ty,
            optional: false,
        };
        let prop = self.c.tables.prop(prop);
        self.emit_window(Op::CallProp, ret, prop.0.into(), &args)
    }

    // ---- methods

    fn call_method(
        &mut self,
        e: &Expr,
        object: ExprId,
        m: MethodCall<'a>,
        args: &[Element],
    ) -> VReg {
        let value = self.expr(object);
        if self.hir.class(m.class).primitive {
            return self.call_primitive(value, m, args);
        }
        let Some(id) = self.receiver_class(value, m.class) else {
            return self.call_method_elsewhere(e, value, m, args);
        };
        self.call_class_method(value, id, m, args)
    }

    /// The module class that declares a member, for a receiver whose register has a
    /// class type.
    pub(super) fn receiver_class(&self, value: VReg, class: types::ClassId) -> Option<ClassId> {
        match *self.desc(value) {
            TypeDesc::Class(id) => self.c.ancestor(id, class),
            _ => None,
        }
    }

    fn call_method_elsewhere(
        &mut self,
        e: &Expr,
        value: VReg,
        m: MethodCall<'a>,
        args: &[Element],
    ) -> VReg {
        let class_args = self.c.types.substitute_list(m.class_args, &self.subst);
        let ty = self.c.types.intern(TypeKind::Class(m.class, class_args));
        let (ty, _) = self.c.reg_type(ty);
        if let TypeDesc::Class(id) = *self.c.tables.desc(ty) {
            let value = self.narrowed(value, ty);
            return self.call_class_method(value, id, m, args);
        }
        // Any instantiation may be behind it: the call is dynamic, its result checked.
        self.dynamic_method(e, value, m.method, args)
    }

    /// Calls a method that module class `id` declares.
    fn call_class_method(
        &mut self,
        value: VReg,
        id: ClassId,
        m: MethodCall<'a>,
        args: &[Element],
    ) -> VReg {
        let Some(info) = self.c.class_args(id).cloned() else {
            self.fail(m.method.span, "a method of a class without description");
            return value;
        };
        let mut subst = self.c.class_subst(info.class, info.args);
        let this = self.c.types.intern(TypeKind::Class(info.class, info.args));
        let func = self.hir.function(m.method.func);
        let generic = !func.type_params.is_empty();
        let own = self.c.types.substitute_list(m.type_args, &self.subst);
        self.push_own(&mut subst, func, own);
        // A generic method has code per type argument, of which patching knows nothing.
        let replaceable = if generic {
            m.method.is_abstract || self.c.is_overridden(m.class, m.method.name)
        } else {
            self.is_replaceable(m)
        };
        let sig = self.c.instance_signature(m.method.func, &subst);
        let (params, ret) = self.signature_of(sig);
        let args = self.arguments(&[value], args, &params);
        if !replaceable && func.body.is_some() {
            let target = self
                .c
                .request_with(m.method.func, subst, Some(this), Form::Direct);
            return self.emit_window(Op::Call, ret, target.0.into(), &args);
        }
        let name = if generic {
            self.c.generic_method(m.class, m.method, own)
        } else {
            self.c.str_name(m.method.name)
        };
        let op = match m.dispatch {
            Dispatch::Virtual => Op::CallMethod,
            Dispatch::Direct => Op::CallSuper,
        };
        let holder = match (m.dispatch, self.desc(value)) {
            (Dispatch::Virtual, &TypeDesc::Class(own)) => self.c.holder(own, id),
            (Dispatch::Direct, _) => Some(self.class_above(m.class).unwrap_or(id)),
            _ => Some(id),
        };
        if let Some(holder) = holder {
            let method = self.method_ref(holder, name, m.method, sig);
            return self.emit_window(op, ret, method, &args);
        }
        self.call_by_name(m.method.kind, name, sig, ret, &args)
    }

    /// The class that `super` asks for a member of `owner`: the base of the class that the code
    /// belongs to. Somebody may give that one a member of its own.
    fn class_above(&mut self, owner: types::ClassId) -> Option<ClassId> {
        let (class, args) = self.base_of_code()?;
        if !self.c.types.inherits(class, owner) {
            return None;
        }
        let args = self.c.types.substitute_list(args, &self.subst);
        let id = self.c.class_instance(class, args);
        let displaced = self.c.tables.module.classes[id.index()].flags.displaced;
        (!displaced).then_some(id)
    }

    /// The base, with its arguments, of the class whose member this code is or stands in.
    pub(super) fn base_of_code(&self) -> Option<(types::ClassId, TyList)> {
        let mut function = self.decl;
        let class = loop {
            match function.kind {
                FuncKind::Method { class, .. }
                | FuncKind::Constructor(class)
                | FuncKind::FieldInit(class)
                | FuncKind::StaticInit(class) => break class,
                _ => function = self.hir.function(function.parent?),
            }
        };
        let base = self.hir.class(class).base?;
        match self.c.types.kind(base) {
            TypeKind::Class(base, args) => Some((base, args)),
            _ => None,
        }
    }

    /// A call of a method or accessor that is looked up in the receiver, the first of `args`.
    pub(super) fn call_by_name(
        &mut self,
        kind: hir::MethodKind,
        name: StrId,
        sig: raya_bytecode::SigId,
        ret: TypeId,
        args: &[VReg],
    ) -> VReg {
        let ty = match kind {
            hir::MethodKind::Method => self.c.tables.ty(TypeDesc::Function(sig)),
            hir::MethodKind::Getter => ret,
            hir::MethodKind::Setter => self.signature_of(sig).0.first().copied().unwrap_or(ret),
        };
        let prop = PropRef {
            name,
            ty,
            optional: false,
        };
        let prop = self.c.tables.prop(prop).0.into();
        match kind {
            hir::MethodKind::Method => self.emit_window(Op::CallProp, ret, prop, args),
            hir::MethodKind::Getter => self.emit_to(ret, Op::GetProp, args[0].0, prop),
            hir::MethodKind::Setter => {
                self.emit(Op::SetProp, args[0].0, prop, args[1].0);
                self.const_null()
            }
        }
    }

    /// Types for a function's own type parameters.
    pub(super) fn push_own(&mut self, subst: &mut Subst, func: &hir::Function, own: TyList) {
        let own = self.c.bounded_list(own);
        let own = self.c.types.list(own);
        for (i, &param) in func.type_params.iter().enumerate() {
            subst.push(param, own.get(i).copied().unwrap_or(Ty::ANY));
        }
    }

    /// Whether something at run time may put other code in the method's place.
    fn is_replaceable(&mut self, m: MethodCall<'_>) -> bool {
        let decl = self.hir.class(m.class);
        if self.c.names.text(m.method.name).starts_with('#') {
            return false;
        }
        if m.dispatch == Dispatch::Direct {
            return !decl.builtin;
        }
        !decl.builtin || m.method.is_abstract || self.c.is_overridden(m.class, m.method.name)
    }

    pub(super) fn method_ref(
        &mut self,
        id: ClassId,
        name: StrId,
        method: &hir::Method,
        sig: raya_bytecode::SigId,
    ) -> u32 {
        let method = MethodRef {
            class: id,
            name,
            kind: method_kind(method),
            sig,
        };
        self.c.tables.method(method).0.into()
    }

    /// Methods of arrays, strings, numbers and booleans are functions with the value
    /// as `this`.
    fn call_primitive(&mut self, value: VReg, m: MethodCall<'a>, args: &[Element]) -> VReg {
        let class_args = self.c.types.substitute_list(m.class_args, &self.subst);
        let mut subst = self.c.class_subst(m.class, class_args);
        let func = self.hir.function(m.method.func);
        let own = self.c.types.substitute_list(m.type_args, &self.subst);
        self.push_own(&mut subst, func, own);
        let this = self.c.types.intern(TypeKind::Class(m.class, class_args));
        let this_ty = self.c.reg_type(this).0;
        let value = self.unboxed_elements(value, this_ty);
        let value = self.convert(value, this_ty);
        let value = self.narrowed(value, this_ty);
        let sig = self.c.instance_signature(m.method.func, &subst);
        let (params, ret) = self.signature_of(sig);
        let args = self.arguments(&[value], args, &params);
        let target = self
            .c
            .request_with(m.method.func, subst, Some(this), Form::Direct);
        self.emit_window(Op::Call, ret, target.0.into(), &args)
    }

    // ---- construction

    /// `new C(…)`
    pub fn new_object(
        &mut self,
        new: ExprId,
        class: types::ClassId,
        class_args: TyList,
        args: &[ExprId],
        checked: bool,
    ) -> VReg {
        if self.constructs_by_name(new, class) {
            return self.new_by_class_object(class, class_args, args, checked);
        }
        let class_args = self.c.types.substitute_list(class_args, &self.subst);
        let id = self.c.class_instance(class, class_args);
        self.c.comes_alive(id);
        if self.has_new(id) {
            return self.new_by_hook(id, args);
        }
        if checked {
            // The declaration defines the class of source; its instances share that.
            let origin = self.c.origin_class(class);
            self.emit(Op::CheckClass, origin.0.into(), 0, 0);
        }
        let ty = self.c.tables.ty(TypeDesc::Class(id));
        let elements: Vec<Element> = args.iter().map(|&a| Element::One(a)).collect();
        let Some((func, sig)) = self.constructor(id) else {
            self.arguments(&[], &elements, &[]);
            let object = self.emit_to(ty, Op::NewObject, id.0.into(), 0);
            self.hand_over_scopes(new, object, id);
            return object;
        };
        let (params, ret) = self.signature_of(sig);
        let mut values = self.arguments(&[], &elements, &params);
        let object = self.emit_to(ty, Op::NewObject, id.0.into(), 0);
        self.hand_over_scopes(new, object, id);
        values.insert(0, object);
        self.emit_window(Op::Call, ret, func.0.into(), &values);
        object
    }

    /// Whether a class, or one that it inherits from, makes its instances itself.
    fn has_new(&self, id: ClassId) -> bool {
        let makes = |c: ClassId| {
            self.c.class_args(c).is_some_and(|info| {
                let mut methods = self.hir.class(info.class).methods.iter();
                methods.any(|m| m.is_static && self.c.names.text(m.name) == "__new__")
            })
        };
        let above = self.c.class_args(id).map_or(&[][..], |info| &info.mro);
        makes(id) || above.iter().any(|&c| makes(c))
    }

    /// Whether the last argument of a class's constructor is the array of a rest parameter.
    fn collects_rest(&self, id: ClassId) -> bool {
        let ctor = |c: ClassId| self.hir.class(self.c.class_args(c)?.class).ctor;
        let above = self.c.class_args(id).map_or(&[][..], |info| &info.mro);
        let first = ctor(id).or_else(|| above.iter().find_map(|&c| ctor(c)));
        first.is_some_and(|func| self.hir.function(func).rest)
    }

    /// `new C(…)` where `__new__` decides what comes out.
    fn new_by_hook(&mut self, id: ClassId, args: &[ExprId]) -> VReg {
        let class_ty = self.c.tables.ty(TypeDesc::ClassObject(id));
        let object = self.emit_to(class_ty, Op::GetClass, id.0.into(), 0);
        let class = self.boxed(object);
        let mut elements: Vec<Element> = args.iter().map(|&a| Element::One(a)).collect();
        let any = self.c.any;
        let made = if self.collects_rest(id)
            && let Some(Element::One(rest)) = elements.pop()
        {
            elements.push(Element::Spread(rest));
            let guard = self.guard(class);
            let array = self.argument_array(&elements);
            let class = self.settle(guard);
            self.emit_window(Op::NewSpread, any, 0, &[class, array])
        } else {
            let window = self.words(class, &elements);
            self.emit_window(Op::NewAny, any, 0, &window)
        };
        let ty = self.c.tables.ty(TypeDesc::Class(id));
        self.checked(made, ty)
    }

    /// The nearest constructor of a class chain.
    fn constructor(&mut self, id: ClassId) -> Option<(FuncId, raya_bytecode::SigId)> {
        self.constructor_of(id)
            .or_else(|| self.next_constructor(id))
    }

    /// The constructor that follows in the resolution order of a class.
    fn next_constructor(&mut self, id: ClassId) -> Option<(FuncId, raya_bytecode::SigId)> {
        let above = self.c.class_args(id)?.mro.clone();
        above.into_iter().find_map(|c| self.constructor_of(c))
    }

    /// The constructor that a class has itself.
    fn constructor_of(&mut self, c: ClassId) -> Option<(FuncId, raya_bytecode::SigId)> {
        let info = self.c.class_args(c)?.clone();
        let func = self.hir.class(info.class).ctor?;
        let subst = self.c.class_subst(info.class, info.args);
        let sig = self.c.instance_signature(func, &subst);
        let this = self.c.types.intern(TypeKind::Class(info.class, info.args));
        let target = self.c.request_with(func, subst, Some(this), Form::Direct);
        Some((target, sig))
    }

    /// `super(…)`
    pub fn super_init(&mut self, base: types::ClassId, base_args: TyList, args: &[ExprId]) -> VReg {
        let base_args = self.c.types.substitute_list(base_args, &self.subst);
        let declared = base;
        let base = self.c.class_instance(base, base_args);
        let own = match *self.desc(VReg(self.this_index())) {
            TypeDesc::Class(id) => Some(id),
            _ => None,
        };
        if let Some(called) = self.super_by_name(own, declared, args) {
            return called;
        }
        let elements: Vec<Element> = args.iter().map(|&a| Element::One(a)).collect();
        let this = VReg(self.this_index());
        let next = match own {
            Some(id) => self.next_constructor(id),
            None => self.constructor(base),
        };
        let Some((func, sig)) = next else {
            self.arguments(&[], &elements, &[]);
            return this;
        };
        let (params, ret) = self.signature_of(sig);
        let values = self.arguments(&[this], &elements, &params);
        self.emit_window(Op::Call, ret, func.0.into(), &values)
    }

    /// Runs the field initialisers of a class on `this`.
    pub fn init_fields(&mut self, class: types::ClassId) -> VReg {
        let this = VReg(self.this_index());
        let info = match *self.desc(this) {
            TypeDesc::Class(id) => self.c.class_args(id).cloned(),
            _ => None,
        };
        let (Some(info), Some(func)) = (info, self.hir.class(class).field_init) else {
            return this;
        };
        let subst = self.c.class_subst(info.class, info.args);
        let ty = self.c.types.intern(TypeKind::Class(info.class, info.args));
        let target = self.c.request_with(func, subst, Some(ty), Form::Direct);
        self.emit_window(Op::Call, self.c.null, target.0.into(), &[this])
    }

    /// A bound method as a value.
    pub fn method_value(
        &mut self,
        value: VReg,
        class: types::ClassId,
        method: hir::MethodIdx,
        ty: Ty,
    ) -> VReg {
        let method = &self.hir.class(class).methods[method.index()];
        let (to, _) = self.reg_type(ty);
        let id = match *self.desc(value) {
            TypeDesc::Class(id) => {
                let owner = self.c.ancestor(id, class);
                owner.filter(|&owner| self.c.holder(owner, owner).is_some())
            }
            TypeDesc::ClassObject(id) => self.c.ancestor(id, class),
            _ => None,
        };
        let Some(id) = id else {
            let name = self.c.str_name(method.name);
            let value = self.boxed(value);
            let any = self.c.any;
            let found = self.emit_to(any, Op::GetAttr, value.0, name.0.into());
            return self.checked(found, to);
        };
        let Some(info) = self.c.class_args(id).cloned() else {
            return value;
        };
        let mut subst = self.c.class_subst(info.class, info.args);
        for &param in &self.hir.function(method.func).type_params {
            subst.push(param, Ty::ANY);
        }
        let sig = self.c.instance_signature(method.func, &subst);
        let bound = self.c.tables.ty(TypeDesc::Function(sig));
        let kind = method_kind(method);
        debug_assert!(matches!(kind, MethodKind::Method | MethodKind::Static));
        let name = self.c.str_name(method.name);
        let method = self.method_ref(id, name, method, sig);
        self.emit_to(bound, Op::GetMethod, value.0, method)
    }
}
