//! From checker types to run-time descriptors and register types.
//!
//! Two views of one type: the *exact* descriptor (fields, signatures, checks), and
//! the *register* type, in which literal types are widened to their primitives, so
//! that registers of one kind share slots.
//!
//! Invariant: types that come here have no type parameters left.

use super::Compiler;
use raya_bytecode::{Member, Repr, SigId, Signature, TypeDesc, TypeId};
use raya_check::types::{self, Ty, TypeFlags, TypeKind};
use raya_syntax::limits::ensure_stack;

impl Compiler<'_> {
    /// The exact descriptor of a concrete type.
    pub fn type_id(&mut self, ty: Ty) -> TypeId {
        if let Some(&id) = self.type_ids.get(&ty) {
            return id;
        }
        let id = ensure_stack(|| self.make_type(ty));
        self.type_ids.insert(ty, id);
        id
    }

    /// The register type of a concrete type, with its representation.
    pub fn reg_type(&mut self, ty: Ty) -> (TypeId, Repr) {
        if let Some(&known) = self.reg_types.get(&ty) {
            return known;
        }
        let mut wide = ty;
        if let TypeKind::Named(..) = self.types.kind(ty) {
            wide = self.types.expand(ty);
        }
        let id = if self.types.flags(wide).has(TypeFlags::LITERAL) {
            let wide = self.types.widen_literals(wide);
            self.type_id(wide)
        } else {
            self.type_id(ty)
        };
        let repr = self.tables.repr(id);
        self.reg_types.insert(ty, (id, repr));
        (id, repr)
    }

    /// The register type of values that have this exact type.
    pub fn widen(&mut self, ty: TypeId) -> TypeId {
        match self.tables.desc(ty) {
            TypeDesc::LitString(_) => self.string,
            TypeDesc::LitNumber(_) => self.number,
            TypeDesc::LitBool(_) => self.boolean,
            TypeDesc::Union(members) => {
                let members = members.clone();
                let mut wide: Vec<TypeId> = members.iter().map(|&m| self.widen(m)).collect();
                wide.sort_unstable();
                wide.dedup();
                match wide.as_slice() {
                    [one] => *one,
                    _ => self.tables.ty(TypeDesc::Union(wide.into())),
                }
            }
            _ => ty,
        }
    }

    fn make_type(&mut self, ty: Ty) -> TypeId {
        let desc = match self.types.kind(ty) {
            TypeKind::Error | TypeKind::Any | TypeKind::Unknown | TypeKind::Param(_) => {
                TypeDesc::Any
            }
            TypeKind::Never => TypeDesc::Never,
            TypeKind::Null | TypeKind::Void => TypeDesc::Null,
            TypeKind::Number => TypeDesc::Number,
            TypeKind::Int => TypeDesc::Int,
            TypeKind::Boolean => TypeDesc::Boolean,
            TypeKind::String => TypeDesc::String,
            TypeKind::AnyObject => TypeDesc::AnyObject,
            TypeKind::LitString(name) => TypeDesc::LitString(self.str_name(name)),
            TypeKind::LitNumber(bits) => TypeDesc::LitNumber(bits),
            TypeKind::LitBool(value) => TypeDesc::LitBool(value),
            TypeKind::Array(elem) => TypeDesc::Array(self.type_id(elem)),
            TypeKind::ReadonlyArray(elem) => TypeDesc::ReadonlyArray(self.type_id(elem)),
            TypeKind::Tuple(id) => self.tuple_desc(id),
            TypeKind::Function(id) => TypeDesc::Function(self.type_signature(id)),
            TypeKind::Overloads(_) => TypeDesc::AnyObject,
            TypeKind::Object(id) => self.object_desc(id),
            TypeKind::Named(..) => return self.named_type(ty),
            TypeKind::Class(class, args) => self.class_desc(class, args),
            TypeKind::ClassObject(class) => TypeDesc::ClassObject(self.origin_class(class)),
            TypeKind::Union(list) => {
                let list = self.types.list_arc(list);
                return self.union_type(&list);
            }
            TypeKind::Intersection(list) => {
                let list = self.types.list_arc(list);
                let ids = list.iter().map(|&t| self.type_id(t)).collect();
                TypeDesc::Intersection(ids)
            }
        };
        self.tables.ty(desc)
    }

    /// Interfaces and recursive aliases may contain themselves: the index is given
    /// out before the parts are made.
    fn named_type(&mut self, ty: Ty) -> TypeId {
        if self.bounded(ty) != ty {
            return self.any;
        }
        let body = self.types.expand(ty);
        if let Some(&id) = self.type_ids.get(&body) {
            return id;
        }
        let id = self.tables.reserve_type();
        self.type_ids.insert(ty, id);
        self.type_ids.insert(body, id);
        let made = self.make_type(body);
        let desc = self.tables.desc(made).clone();
        self.tables.describe(id, desc);
        id
    }

    fn union_type(&mut self, list: &[Ty]) -> TypeId {
        let mut ids: Vec<TypeId> = Vec::with_capacity(list.len());
        for &member in list {
            let id = self.type_id(member);
            match self.tables.desc(id) {
                TypeDesc::Any => return id,
                TypeDesc::Union(inner) => {
                    let inner = inner.clone();
                    ids.extend(inner.iter().copied());
                }
                _ => ids.push(id),
            }
        }
        ids.sort_unstable();
        ids.dedup();
        match ids.as_slice() {
            [one] => *one,
            _ => self.tables.ty(TypeDesc::Union(ids.into())),
        }
    }

    fn tuple_desc(&mut self, id: types::TupleId) -> TypeDesc {
        let tuple = self.types.tuple(id).clone();
        TypeDesc::Tuple {
            elems: tuple.elems.iter().map(|&t| self.type_id(t)).collect(),
            required: tuple.required,
            rest: tuple.rest.map(|t| self.type_id(t)),
        }
    }

    fn object_desc(&mut self, id: types::ObjectId) -> TypeDesc {
        let object = self.types.object(id).clone();
        if let ([], [call]) = (&*object.members, &*object.calls) {
            let id = self.type_id(*call);
            return self.tables.desc(id).clone();
        }
        if let (Some(index), []) = (object.index, &*object.members) {
            return TypeDesc::Dict(self.type_id(index.value));
        }
        let members = object
            .members
            .iter()
            .map(|m| Member {
                name: self.str_name(m.name),
                ty: self.type_id(m.ty),
                optional: m.optional,
            })
            .collect();
        TypeDesc::Object(members)
    }

    fn class_desc(&mut self, class: types::ClassId, args: types::TyList) -> TypeDesc {
        let args = self.bounded_list(args);
        let list = self.types.list_arc(args);
        if self.hir.class(class).primitive {
            return match list.first() {
                Some(&elem) if Some(class) == self.hir.well_known.array => {
                    TypeDesc::Array(self.type_id(elem))
                }
                Some(&elem) => TypeDesc::ReadonlyArray(self.type_id(elem)),
                None => self.primitive_desc(class),
            };
        }
        if !list.is_empty() && list.iter().all(|&t| t == Ty::ANY) {
            return TypeDesc::ClassOrigin(self.origin_class(class));
        }
        TypeDesc::Class(self.class_instance(class, args))
    }

    fn primitive_desc(&mut self, class: types::ClassId) -> TypeDesc {
        let known = self.hir.well_known;
        if Some(class) == known.string {
            TypeDesc::String
        } else if Some(class) == known.number {
            TypeDesc::Number
        } else if Some(class) == known.boolean {
            TypeDesc::Boolean
        } else {
            TypeDesc::Any
        }
    }

    /// The run-time signature of a function type; type parameters of its own are any.
    pub fn type_signature(&mut self, id: types::SigId) -> SigId {
        let sig = self.types.signature(id).clone();
        let sig = if sig.type_params.is_empty() {
            sig
        } else {
            let args = vec![Ty::ANY; sig.type_params.len()];
            std::sync::Arc::new(self.types.instantiate_signature(&sig, &args))
        };
        let made = Signature {
            params: sig.params.iter().map(|p| self.type_id(p.ty)).collect(),
            required: sig.required() as u16,
            rest: sig.rest,
            ret: self.type_id(sig.ret),
        };
        self.tables.signature(made)
    }
}
