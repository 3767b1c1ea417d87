//! Static members.
//!
//! `C.member` on a class that the text names is resolved here. `this.member` in a
//! static method, or a class that a variable holds, may be an heir, which may have a
//! member of its own of that name: then the class object is asked by name at run time,
//! and what it gives is verified. Where the program has no such heir, the value is as
//! good as a name.

use super::ctx::Lower;
use super::instances::Form;
use crate::ir::VReg;
use raya_bytecode::{FieldId, Op, TypeDesc, TypeId};
use raya_check::hir::{self, Dispatch, Element, Expr, ExprId, ExprKind, FieldIdx, Place, StmtKind};
use raya_check::types::{self, Ty, TyList, TypeKind};

/// The class that is asked for a static member.
pub(super) enum Asked {
    /// Exactly this one.
    Named(types::ClassId),
    /// What the register holds: this class, and no heir of it.
    Only(VReg, types::ClassId),
    /// What the register holds: possibly an heir.
    Open(VReg),
}

/// A call of a static member.
#[derive(Clone, Copy)]
pub(super) struct StaticCall<'a> {
    /// The class that declares it.
    pub class: types::ClassId,
    /// The member.
    pub method: &'a hir::Method,
    /// Its own type arguments.
    pub type_args: TyList,
    /// Whether an heir's member of that name takes its place.
    pub dispatch: Dispatch,
}

impl<'a> Lower<'_, 'a> {
    /// Evaluates the class that is asked; none: the one that declares the member.
    pub(super) fn asked(
        &mut self,
        object: Option<ExprId>,
        declaring: types::ClassId,
        checked: bool,
    ) -> Asked {
        let (named, checked) = match object.map(|id| &self.hx(id).kind) {
            None => (Some(declaring), checked),
            Some(&ExprKind::Class { class, checked }) => (Some(class), checked),
            Some(_) => (None, false),
        };
        if let Some(class) = named {
            if checked {
                let origin = self.c.origin_class(class);
                self.emit(Op::CheckClass, origin.0.into(), 0, 0);
            }
            return Asked::Named(class);
        }
        let Some(object) = object else {
            return Asked::Named(declaring);
        };
        let value = self.expr(object);
        let ty = self.concrete(self.hx(object).ty);
        match self.c.types.kind(ty) {
            TypeKind::ClassObject(class) if !self.c.has_heirs(class) => Asked::Only(value, class),
            _ => Asked::Open(value),
        }
    }

    /// The class that is asked, as a value.
    pub(super) fn asked_object(&mut self, asked: &Asked) -> VReg {
        match *asked {
            Asked::Only(value, _) | Asked::Open(value) => value,
            Asked::Named(class) => {
                let origin = self.c.origin_class(class);
                self.c.comes_alive(origin);
                self.class_object(class)
            }
        }
    }

    fn class_object(&mut self, class: types::ClassId) -> VReg {
        let origin = self.c.origin_class(class);
        let ty = self.c.tables.ty(TypeDesc::ClassObject(origin));
        self.emit_to(ty, Op::GetClass, origin.0.into(), 0)
    }

    // ---- fields

    /// Whether the storage of the declaring class is meant. An heir that is assigned to
    /// gets a field of its own.
    fn is_own_field(asked: &Asked, declaring: types::ClassId) -> bool {
        match *asked {
            Asked::Named(class) | Asked::Only(_, class) => class == declaring,
            Asked::Open(_) => false,
        }
    }

    fn static_field(&mut self, class: types::ClassId, field: FieldIdx) -> (FieldId, TypeId) {
        let decl = &self.hir.class(class).statics[field.index()];
        let id = self.c.origin_class(class);
        let (_, ty) = self.field_type(id, decl.ty);
        (self.field_ref(id, class, decl, true), ty)
    }

    /// The value of a static field; `ty` is the type of the read.
    pub(super) fn read_static(
        &mut self,
        asked: &Asked,
        class: types::ClassId,
        field: FieldIdx,
        ty: Ty,
    ) -> VReg {
        let private = self.hir.class(class).statics[field.index()].private;
        if !private && !Self::is_own_field(asked, class) {
            let name = self.hir.class(class).statics[field.index()].name;
            let object = self.asked_object(asked);
            let prop = self.prop(name, ty, false);
            let to = self.reg_type(ty).0;
            return self.emit_to(to, Op::GetProp, object.0, prop);
        }
        if let Some(value) = self.library_constant(class, field) {
            return self.const_f64(value);
        }
        let (id, ty) = self.static_field(class, field);
        self.emit_to(ty, Op::GetStatic, id.0.into(), 0)
    }

    /// Stores a static field.
    pub(super) fn write_static(
        &mut self,
        asked: &Asked,
        class: types::ClassId,
        field: FieldIdx,
        value: ExprId,
    ) -> VReg {
        let private = self.hir.class(class).statics[field.index()].private;
        if private || Self::is_own_field(asked, class) {
            let (id, ty) = self.static_field(class, field);
            let value = self.expr_as(value, ty);
            self.emit(Op::SetStatic, value.0, id.0.into(), 0);
            return value;
        }
        let name = self.hir.class(class).statics[field.index()].name;
        let ty = self.hx(value).ty;
        let object = self.asked_object(asked);
        let guard = self.guard(object);
        let value = self.expr(value);
        let object = self.settle(guard);
        let prop = self.prop(name, ty, false);
        self.emit(Op::SetProp, object.0, prop, value.0);
        value
    }

    /// The value of a read-only number of a library class, such as `Math.PI`.
    fn library_constant(&self, class: types::ClassId, field: FieldIdx) -> Option<f64> {
        let decl = self.hir.class(class);
        let known = decl.builtin && decl.statics[field.index()].readonly;
        let init = self.hir.function(decl.static_init.filter(|_| known)?);
        init.body.as_ref()?.stmts.iter().find_map(|stmt| {
            let StmtKind::Expr(id) = stmt.kind else {
                return None;
            };
            let ExprKind::Assign { place, value } = self.hx(id).kind else {
                return None;
            };
            match (place, &self.hx(value).kind) {
                (Place::Static { field: f, .. }, ExprKind::Number(v)) if f == field => Some(*v),
                _ => None,
            }
        })
    }

    // ---- methods and accessors

    /// A call of a static method or accessor.
    pub(super) fn call_static(
        &mut self,
        e: &Expr,
        asked: &Asked,
        m: StaticCall<'a>,
        args: &[Element],
    ) -> VReg {
        let decl = self.hir.class(m.class);
        let origin = self.c.origin_class(m.class);
        let this = match *asked {
            // Static methods of the library do not look at `this`.
            Asked::Named(class) if decl.builtin => self.class_object(class),
            _ => self.asked_object(asked),
        };
        let any_args = vec![Ty::ANY; decl.params.len()];
        let class_args = self.c.types.intern_list(&any_args);
        let mut subst = self.c.class_subst(m.class, class_args);
        let func = self.hir.function(m.method.func);
        // An heir may have, or get, a member of its own of that name.
        let open = matches!(asked, Asked::Open(_)) && m.dispatch == Dispatch::Virtual;
        let own = if open {
            self.c
                .types
                .intern_list(&vec![Ty::ANY; func.type_params.len()])
        } else {
            self.c.types.substitute_list(m.type_args, &self.subst)
        };
        self.push_own(&mut subst, func, own);
        let private = self.c.names.text(m.method.name).starts_with('#');
        let fixed = decl.builtin || decl.primitive || private || !func.type_params.is_empty();
        let sig = self.c.instance_signature(m.method.func, &subst);
        if open {
            return self.call_open_static(e, this, m.method, sig, args);
        }
        let (params, ret) = self.signature_of(sig);
        let args = self.arguments(&[this], args, &params);
        if fixed {
            let this_ty = self.c.types.intern(TypeKind::Class(m.class, class_args));
            let target = self
                .c
                .request_with(m.method.func, subst, Some(this_ty), Form::Direct);
            return self.emit_window(Op::Call, ret, target.0.into(), &args);
        }
        let name = self.c.str_name(m.method.name);
        let op = match m.dispatch {
            Dispatch::Virtual => Op::CallMethod,
            Dispatch::Direct => Op::CallSuper,
        };
        // Somebody may put another member into the class that is asked, too.
        let holder = match *asked {
            Asked::Named(class) | Asked::Only(_, class) if m.dispatch == Dispatch::Virtual => {
                self.c.origin_class(class)
            }
            _ if m.dispatch == Dispatch::Direct => match self.base_of_code() {
                Some((base, _)) if self.c.types.inherits(base, m.class) => {
                    self.c.origin_class(base)
                }
                _ => origin,
            },
            _ => origin,
        };
        let method = self.method_ref(holder, name, m.method, sig);
        self.emit_window(op, ret, method, &args)
    }

    /// A static member that an heir may override, asked of a class object by name.
    fn call_open_static(
        &mut self,
        e: &Expr,
        object: VReg,
        method: &hir::Method,
        sig: raya_bytecode::SigId,
        args: &[Element],
    ) -> VReg {
        let (params, ret) = self.signature_of(sig);
        let name = self.c.str_name(method.name);
        let values = self.arguments(&[object], args, &params);
        let result = self.call_by_name(method.kind, name, sig, ret, &values);
        if method.kind == hir::MethodKind::Setter {
            return result;
        }
        let to = self.exact_type(e.ty);
        self.checked(result, to)
    }
}
