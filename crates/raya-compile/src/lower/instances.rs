//! Function instances: which code exists, under which index.
//!
//! An instance is a function of the program with concrete types for its type
//! parameters, in one form. The key lists the types for every parameter that is in
//! scope, so a closure inside a generic function has an instance per instance of it.

use super::Compiler;
use raya_bytecode::{FuncId, SigId, Signature, TypeId};
use raya_check::hir::{self, FuncKind};
use raya_check::types::{self, Subst, Ty, TyList, TypeKind};

/// The form of a function's code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Form {
    /// Called directly.
    Direct,
    /// The body of a function value: receives its closure.
    Value,
    /// A closure that is only ever seen as this function type: it takes all the
    /// parameters of the type and gives its result.
    Shaped(types::SigId),
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct InstanceKey {
    func: hir::FuncId,
    args: TyList,
    this: Option<Ty>,
    form: Form,
}

/// A queued instance.
#[derive(Clone, Debug)]
pub(super) struct Instance {
    pub id: FuncId,
    pub func: hir::FuncId,
    pub subst: Subst,
    /// Type of `this` for methods.
    pub this: Option<TypeId>,
    pub form: Form,
}

impl Compiler<'_> {
    /// The instance of a function whose type parameters are exactly `args` (outer
    /// ones first).
    pub fn request(
        &mut self,
        func: hir::FuncId,
        args: TyList,
        this: Option<Ty>,
        form: Form,
    ) -> FuncId {
        let decl = self.hir.function(func);
        let list = self.types.list_arc(args);
        let params: Vec<_> = decl
            .outer_params
            .iter()
            .chain(&decl.type_params)
            .copied()
            .collect();
        let mut subst = Subst::new(&params, &list);
        self.add_this(&mut subst, func, this);
        self.request_with(func, subst, this, form)
    }

    /// The instance of a function under a substitution that covers everything in scope.
    pub fn request_with(
        &mut self,
        func: hir::FuncId,
        subst: Subst,
        this: Option<Ty>,
        form: Form,
    ) -> FuncId {
        let tys: Vec<Ty> = subst.pairs().iter().map(|&(_, t)| t).collect();
        let key = InstanceKey {
            func,
            args: self.types.intern_list(&tys),
            this,
            form,
        };
        if let Some(&id) = self.instances.get(&key) {
            return id;
        }
        let id = self.tables.reserve_function();
        self.instances.insert(key, id);
        let this = this.map(|t| self.receiver_type(func, t));
        self.queue.push(Instance {
            id,
            func,
            subst,
            this,
            form,
        });
        id
    }

    /// The `this` type parameter of a method's class stands for the instance itself.
    fn add_this(&mut self, subst: &mut Subst, func: hir::FuncId, this: Option<Ty>) {
        let class = match self.hir.function(func).kind {
            FuncKind::Method { class, .. }
            | FuncKind::Constructor(class)
            | FuncKind::FieldInit(class)
            | FuncKind::StaticInit(class) => class,
            _ => return,
        };
        if let Some(this) = this {
            subst.push(self.types.class(class).this_param, this);
        }
    }

    /// Register type of `this`: the class instance itself, even where the same type
    /// seen from outside would admit every instantiation.
    fn receiver_type(&mut self, func: hir::FuncId, this: Ty) -> TypeId {
        let decl = self.hir.function(func);
        let is_static = matches!(
            decl.kind,
            FuncKind::Method {
                is_static: true,
                ..
            } | FuncKind::StaticInit(_)
        );
        match self.types.kind(this) {
            TypeKind::Class(class, _) if is_static => {
                let ty = self.types.class_object(class);
                self.type_id(ty)
            }
            TypeKind::Class(class, args) if !self.hir.class(class).primitive => {
                let id = self.class_instance(class, args);
                self.tables.ty(raya_bytecode::TypeDesc::Class(id))
            }
            _ => self.reg_type(this).0,
        }
    }

    /// The run-time signature of an instance's declared parameters.
    pub(super) fn instance_signature(&mut self, func: hir::FuncId, subst: &Subst) -> SigId {
        let decl = self.hir.function(func);
        let fixed = decl.params.len() - usize::from(decl.rest);
        let required = decl.params[..fixed]
            .iter()
            .rposition(|p| !p.optional)
            .map_or(0, |i| i + 1);
        let params = decl
            .params
            .iter()
            .map(|p| {
                let ty = decl.locals[p.local.index()].ty;
                let ty = self.types.substitute(ty, subst);
                self.type_id(ty)
            })
            .collect();
        let ret = self.types.substitute(decl.ret, subst);
        let ret = match decl.kind {
            FuncKind::Constructor(_) | FuncKind::FieldInit(_) | FuncKind::StaticInit(_) => {
                self.null
            }
            FuncKind::Main => self.any,
            _ => self.type_id(ret),
        };
        self.tables.signature(Signature {
            params,
            required: required as u16,
            rest: decl.rest,
            ret,
        })
    }
}
