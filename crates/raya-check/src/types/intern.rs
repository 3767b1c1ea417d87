//! The interner: makes types, hands out their parts.
//!
//! Invariant: an id that it gave out stays valid; nothing is ever removed. Large
//! parts are shared (`Arc`), so that a caller can hold one while making new types.

use super::{
    ClassDecl, ClassId, FIXED, Member, NamedDecl, NamedId, ObjectId, ObjectType, ParamDecl,
    ParamId, SigId, Signature, Tuple, TupleId, Ty, TyList, TypeFlags, TypeKind, TypeOperator,
};
use raya_syntax::name::Name;
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// The table of all types of a compilation session.
#[derive(Debug)]
pub struct TypeInterner {
    kinds: Vec<TypeKind>,
    flags: Vec<TypeFlags>,
    by_kind: FxHashMap<TypeKind, Ty>,
    lists: Vec<Arc<[Ty]>>,
    by_list: FxHashMap<Arc<[Ty]>, TyList>,
    signatures: Vec<Arc<Signature>>,
    by_signature: FxHashMap<Arc<Signature>, SigId>,
    objects: Vec<Arc<ObjectType>>,
    by_object: FxHashMap<Arc<ObjectType>, ObjectId>,
    tuples: Vec<Arc<Tuple>>,
    by_tuple: FxHashMap<Arc<Tuple>, TupleId>,
    params: Vec<ParamDecl>,
    classes: Vec<ClassDecl>,
    named: Vec<NamedDecl>,
    pub(super) expansions: FxHashMap<Ty, Ty>,
    /// Type parameters that stand for others with new bounds (constraint, default).
    pub(super) rebound: FxHashMap<(ParamId, Option<Ty>, Option<Ty>), ParamId>,
    /// The parameters that stand for operators.
    pub(super) operators: FxHashMap<(TypeOperator, TyList), ParamId>,
    /// Members of instances, as far as operators need them.
    pub(super) class_members: FxHashMap<ClassId, Vec<Member>>,
    /// Names that aliases gave to types, for messages.
    pub(super) alias_names: FxHashMap<Ty, Name>,
}

impl Default for TypeInterner {
    fn default() -> Self {
        Self::new()
    }
}

impl TypeInterner {
    /// An interner that holds the types with constant indices.
    pub fn new() -> Self {
        let empty: Arc<[Ty]> = Arc::from([]);
        let mut interner = Self {
            kinds: Vec::with_capacity(256),
            flags: Vec::with_capacity(256),
            by_kind: FxHashMap::default(),
            lists: vec![empty.clone()],
            by_list: FxHashMap::from_iter([(empty, TyList::EMPTY)]),
            signatures: Vec::new(),
            by_signature: FxHashMap::default(),
            objects: Vec::new(),
            by_object: FxHashMap::default(),
            tuples: Vec::new(),
            by_tuple: FxHashMap::default(),
            params: Vec::new(),
            classes: Vec::new(),
            named: Vec::new(),
            expansions: FxHashMap::default(),
            rebound: FxHashMap::default(),
            operators: FxHashMap::default(),
            class_members: FxHashMap::default(),
            alias_names: FxHashMap::default(),
        };
        for &kind in FIXED {
            interner.intern(kind);
        }
        interner
    }

    /// Number of distinct types.
    pub fn len(&self) -> usize {
        self.kinds.len()
    }

    /// Never true: the fixed types are always there.
    pub fn is_empty(&self) -> bool {
        self.kinds.is_empty()
    }

    /// The structure of a type.
    #[inline]
    pub fn kind(&self, ty: Ty) -> TypeKind {
        self.kinds[ty.index()]
    }

    /// The facts about a type.
    #[inline]
    pub fn flags(&self, ty: Ty) -> TypeFlags {
        self.flags[ty.index()]
    }

    /// Whether a type mentions a type parameter.
    #[inline]
    pub fn has_params(&self, ty: Ty) -> bool {
        self.flags(ty).has(TypeFlags::PARAM)
    }

    /// The types of a list.
    #[inline]
    pub fn list(&self, list: TyList) -> &[Ty] {
        &self.lists[list.index()]
    }

    /// The types of a list, shared.
    #[inline]
    pub fn list_arc(&self, list: TyList) -> Arc<[Ty]> {
        Arc::clone(&self.lists[list.index()])
    }

    /// A signature by its id.
    #[inline]
    pub fn signature(&self, id: SigId) -> &Arc<Signature> {
        &self.signatures[id.index()]
    }

    /// An object type by its id.
    #[inline]
    pub fn object(&self, id: ObjectId) -> &Arc<ObjectType> {
        &self.objects[id.index()]
    }

    /// A tuple type by its id.
    #[inline]
    pub fn tuple(&self, id: TupleId) -> &Arc<Tuple> {
        &self.tuples[id.index()]
    }

    /// A type parameter's declaration.
    #[inline]
    pub fn param(&self, id: ParamId) -> &ParamDecl {
        &self.params[id.index()]
    }

    /// A type parameter's declaration, to complete it.
    pub fn param_mut(&mut self, id: ParamId) -> &mut ParamDecl {
        &mut self.params[id.index()]
    }

    /// A class's declaration.
    #[inline]
    pub fn class(&self, id: ClassId) -> &ClassDecl {
        &self.classes[id.index()]
    }

    /// A class's declaration, to complete it.
    pub fn class_mut(&mut self, id: ClassId) -> &mut ClassDecl {
        &mut self.classes[id.index()]
    }

    /// How many classes there are.
    pub fn class_count(&self) -> usize {
        self.classes.len()
    }

    /// An interface's or recursive alias's declaration.
    pub fn named(&self, id: NamedId) -> &NamedDecl {
        &self.named[id.index()]
    }

    /// An interface's or recursive alias's declaration, to complete it.
    pub fn named_mut(&mut self, id: NamedId) -> &mut NamedDecl {
        &mut self.named[id.index()]
    }

    /// A new type parameter.
    pub fn new_param(&mut self, name: Name) -> ParamId {
        self.params.push(ParamDecl {
            name,
            constraint: None,
            default: None,
            this_of: None,
            is_const: false,
            operator: None,
        });
        ParamId(self.params.len() as u32 - 1)
    }

    /// A new class with these type parameters and, so far, no base.
    pub fn new_class(&mut self, name: Name, params: Vec<ParamId>) -> ClassId {
        let id = ClassId(self.classes.len() as u32);
        let this_param = self.new_param(raya_syntax::name::names::THIS);
        self.classes.push(ClassDecl {
            name,
            params,
            this_param,
            base: None,
            bases: Vec::new(),
            mro: Vec::new(),
            depth: 0,
        });
        let own = self.class_self(id);
        let decl = &mut self.params[this_param.index()];
        decl.constraint = Some(own);
        decl.this_of = Some(id);
        id
    }

    /// A new interface or recursive alias, so far without a body.
    pub fn new_named(&mut self, name: Name, params: Vec<ParamId>) -> NamedId {
        self.named.push(NamedDecl {
            name,
            params,
            body: None,
        });
        NamedId(self.named.len() as u32 - 1)
    }

    /// Remembers the name that an alias gave to a type, for messages.
    pub fn name_alias(&mut self, ty: Ty, name: Name) {
        self.alias_names.entry(ty).or_insert(name);
    }

    /// The type of this structure. Unions and intersections must come from
    /// [`union`](Self::union) and [`intersection`](Self::intersection).
    pub fn intern(&mut self, kind: TypeKind) -> Ty {
        if let Some(&ty) = self.by_kind.get(&kind) {
            return ty;
        }
        let flags = self.compute_flags(kind);
        let ty = Ty(self.kinds.len() as u32);
        self.kinds.push(kind);
        self.flags.push(flags);
        self.by_kind.insert(kind, ty);
        ty
    }

    fn list_flags(&self, list: &[Ty]) -> TypeFlags {
        list.iter()
            .fold(TypeFlags::default(), |f, &t| f.union(self.flags(t)))
    }

    fn compute_flags(&self, kind: TypeKind) -> TypeFlags {
        let inner = |f: TypeFlags| TypeFlags(f.0 & !TypeFlags::LITERAL.0);
        match kind {
            TypeKind::Error => TypeFlags::ERROR,
            TypeKind::LitString(_) | TypeKind::LitNumber(_) | TypeKind::LitBool(_) => {
                TypeFlags::LITERAL
            }
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => inner(self.flags(t)),
            TypeKind::Tuple(id) => {
                let tuple = self.tuple(id);
                let rest = tuple.rest.map_or(TypeFlags::default(), |t| self.flags(t));
                inner(self.list_flags(&tuple.elems).union(rest))
            }
            TypeKind::Function(id) => inner(self.signature_flags(id)),
            TypeKind::Object(id) => inner(self.object_flags(id)),
            TypeKind::Named(_, l) | TypeKind::Class(_, l) | TypeKind::Overloads(l) => {
                inner(self.list_flags(self.list(l)))
            }
            TypeKind::Union(l) | TypeKind::Intersection(l) => self.list_flags(self.list(l)),
            TypeKind::Param(_) => TypeFlags::PARAM,
            _ => TypeFlags::default(),
        }
    }

    fn signature_flags(&self, id: SigId) -> TypeFlags {
        let sig = self.signature(id);
        let mut flags = self.flags(sig.ret);
        for p in &sig.params {
            flags = flags.union(self.flags(p.ty));
        }
        for t in sig
            .this_ty
            .iter()
            .chain(sig.predicate.iter().filter_map(|p| p.ty.as_ref()))
        {
            flags = flags.union(self.flags(*t));
        }
        flags
    }

    fn object_flags(&self, id: ObjectId) -> TypeFlags {
        let object = self.object(id);
        let mut flags = self
            .list_flags(&object.calls)
            .union(self.list_flags(&object.constructs));
        for m in &object.members {
            flags = flags.union(self.flags(m.ty));
        }
        if let Some(index) = object.index {
            flags = flags.union(self.flags(index.value));
        }
        flags
    }

    /// The list of these types.
    pub fn intern_list(&mut self, types: &[Ty]) -> TyList {
        if let Some(&list) = self.by_list.get(types) {
            return list;
        }
        let shared: Arc<[Ty]> = Arc::from(types);
        let list = TyList(self.lists.len() as u32);
        self.lists.push(Arc::clone(&shared));
        self.by_list.insert(shared, list);
        list
    }

    /// The function type of this signature.
    pub fn function(&mut self, sig: Signature) -> Ty {
        let id = self.intern_signature(sig);
        self.intern(TypeKind::Function(id))
    }

    /// The id of this signature.
    pub fn intern_signature(&mut self, sig: Signature) -> SigId {
        if let Some(&id) = self.by_signature.get(&sig) {
            return id;
        }
        let shared = Arc::new(sig);
        let id = SigId(self.signatures.len() as u32);
        self.signatures.push(Arc::clone(&shared));
        self.by_signature.insert(shared, id);
        id
    }

    /// The structural type of these parts.
    pub fn object_type(&mut self, object: ObjectType) -> Ty {
        let id = match self.by_object.get(&object) {
            Some(&id) => id,
            None => {
                let shared = Arc::new(object);
                let id = ObjectId(self.objects.len() as u32);
                self.objects.push(Arc::clone(&shared));
                self.by_object.insert(shared, id);
                id
            }
        };
        self.intern(TypeKind::Object(id))
    }

    /// The structural type with only these members.
    pub fn object_of(&mut self, members: Vec<Member>) -> Ty {
        self.object_type(ObjectType {
            members: members.into(),
            ..ObjectType::default()
        })
    }

    /// The tuple type of these parts.
    pub fn tuple_type(&mut self, tuple: Tuple) -> Ty {
        let id = match self.by_tuple.get(&tuple) {
            Some(&id) => id,
            None => {
                let shared = Arc::new(tuple);
                let id = TupleId(self.tuples.len() as u32);
                self.tuples.push(Arc::clone(&shared));
                self.by_tuple.insert(shared, id);
                id
            }
        };
        self.intern(TypeKind::Tuple(id))
    }

    /// `T[]`
    pub fn array(&mut self, elem: Ty) -> Ty {
        self.intern(TypeKind::Array(elem))
    }

    /// `readonly T[]`
    pub fn readonly_array(&mut self, elem: Ty) -> Ty {
        self.intern(TypeKind::ReadonlyArray(elem))
    }

    /// Instances of a class with these arguments.
    pub fn instance(&mut self, class: ClassId, args: &[Ty]) -> Ty {
        let list = self.intern_list(args);
        self.intern(TypeKind::Class(class, list))
    }

    /// Instances of a class with its own parameters as arguments.
    pub fn class_self(&mut self, class: ClassId) -> Ty {
        let params = self.class(class).params.clone();
        let args: Vec<Ty> = params.iter().map(|&p| self.param_type(p)).collect();
        self.instance(class, &args)
    }

    /// `typeof C`
    pub fn class_object(&mut self, class: ClassId) -> Ty {
        self.intern(TypeKind::ClassObject(class))
    }

    /// An interface or recursive alias with these arguments.
    pub fn named_type(&mut self, id: NamedId, args: &[Ty]) -> Ty {
        let list = self.intern_list(args);
        self.intern(TypeKind::Named(id, list))
    }

    /// A type parameter as a type.
    pub fn param_type(&mut self, id: ParamId) -> Ty {
        self.intern(TypeKind::Param(id))
    }

    /// The type of one string.
    pub fn lit_string(&mut self, text: Name) -> Ty {
        self.intern(TypeKind::LitString(text))
    }

    /// The type of one number.
    pub fn lit_number(&mut self, value: f64) -> Ty {
        self.intern(TypeKind::LitNumber(value.to_bits()))
    }

    /// `T | null`
    pub fn nullable(&mut self, ty: Ty) -> Ty {
        self.union(&[ty, Ty::NULL])
    }

    /// The signature, if this is a function type.
    pub fn as_signature(&self, ty: Ty) -> Option<&Arc<Signature>> {
        match self.kind(ty) {
            TypeKind::Function(id) => Some(self.signature(id)),
            _ => None,
        }
    }
}
