//! Building types from types: substitution, expansion, unions, intersections.
//!
//! Invariant: every function here gives canonical types (see the invariant of
//! `types`). Substitution follows the structure of a type, which is finite because
//! `Named` types are not entered.

use super::{
    ClassId, Member, ObjectType, Param, ParamId, Predicate, Signature, Tuple, Ty, TyList,
    TypeInterner, TypeKind,
};
use raya_syntax::limits::ensure_stack;

/// A substitution of types for type parameters.
#[derive(Clone, Debug, Default)]
pub struct Subst {
    pairs: Vec<(ParamId, Ty)>,
}

impl Subst {
    /// Parameters and, position by position, their arguments.
    pub fn new(params: &[ParamId], args: &[Ty]) -> Self {
        Self {
            pairs: params.iter().copied().zip(args.iter().copied()).collect(),
        }
    }

    /// Adds an argument; an earlier one for the same parameter wins.
    pub fn push(&mut self, param: ParamId, arg: Ty) {
        self.pairs.push((param, arg));
    }

    /// The argument for a parameter.
    #[inline]
    pub fn get(&self, param: ParamId) -> Option<Ty> {
        self.pairs
            .iter()
            .find(|(p, _)| *p == param)
            .map(|&(_, t)| t)
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.pairs.is_empty()
    }

    /// All pairs.
    pub fn pairs(&self) -> &[(ParamId, Ty)] {
        &self.pairs
    }
}

impl TypeInterner {
    /// The type with arguments put in for type parameters.
    pub fn substitute(&mut self, ty: Ty, subst: &Subst) -> Ty {
        if subst.is_empty() || !self.has_params(ty) {
            return ty;
        }
        ensure_stack(|| self.substitute_kind(ty, subst))
    }

    fn substitute_kind(&mut self, ty: Ty, subst: &Subst) -> Ty {
        match self.kind(ty) {
            TypeKind::Param(p) => {
                let given = subst.get(p).or_else(|| self.substitute_operator(p, subst));
                given.unwrap_or(ty)
            }
            TypeKind::Array(t) => {
                let elem = self.substitute(t, subst);
                self.array(elem)
            }
            TypeKind::ReadonlyArray(t) => {
                let elem = self.substitute(t, subst);
                self.readonly_array(elem)
            }
            TypeKind::Tuple(id) => {
                let tuple = self.tuple(id).clone();
                let elems = self.substitute_slice(&tuple.elems, subst);
                let rest = tuple.rest.map(|t| self.substitute(t, subst));
                self.tuple_type(Tuple {
                    elems: elems.into(),
                    rest,
                    ..(*tuple).clone()
                })
            }
            TypeKind::Function(id) => {
                let sig = self.signature(id).clone();
                let sig = self.substitute_signature(&sig, subst);
                self.function(sig)
            }
            TypeKind::Overloads(l) => {
                let list = self.substitute_list(l, subst);
                self.intern(TypeKind::Overloads(list))
            }
            TypeKind::Object(id) => {
                let object = self.object(id).clone();
                let object = self.substitute_object(&object, subst);
                self.object_type(object)
            }
            TypeKind::Named(id, l) => {
                let list = self.substitute_list(l, subst);
                self.intern(TypeKind::Named(id, list))
            }
            TypeKind::Class(id, l) => {
                let list = self.substitute_list(l, subst);
                self.intern(TypeKind::Class(id, list))
            }
            TypeKind::Union(l) => {
                let types = self.list_arc(l);
                let types = self.substitute_slice(&types, subst);
                self.union(&types)
            }
            TypeKind::Intersection(l) => {
                let types = self.list_arc(l);
                let types = self.substitute_slice(&types, subst);
                self.intersection(&types)
            }
            _ => ty,
        }
    }

    fn substitute_slice(&mut self, types: &[Ty], subst: &Subst) -> Vec<Ty> {
        types.iter().map(|&t| self.substitute(t, subst)).collect()
    }

    /// A list with arguments put in for type parameters.
    pub fn substitute_list(&mut self, list: TyList, subst: &Subst) -> TyList {
        if list == TyList::EMPTY {
            return list;
        }
        let types = self.list_arc(list);
        if !types.iter().any(|&t| self.has_params(t)) {
            return list;
        }
        let types = self.substitute_slice(&types, subst);
        self.intern_list(&types)
    }

    /// A signature with arguments put in for type parameters. Its own type parameters
    /// are others where their bounds change.
    pub fn substitute_signature(&mut self, sig: &Signature, subst: &Subst) -> Signature {
        if let Some((type_params, renamed)) = self.rebound_params(&sig.type_params, subst) {
            let own = Signature {
                type_params: Box::default(),
                ..sig.clone()
            };
            return Signature {
                type_params,
                ..self.substitute_signature(&own, &renamed)
            };
        }
        let params = sig
            .params
            .iter()
            .map(|p| Param {
                ty: self.substitute(p.ty, subst),
                ..*p
            })
            .collect();
        Signature {
            type_params: sig.type_params.clone(),
            this_ty: sig.this_ty.map(|t| self.substitute(t, subst)),
            params,
            rest: sig.rest,
            ret: self.substitute(sig.ret, subst),
            predicate: sig.predicate.map(|p| Predicate {
                ty: p.ty.map(|t| self.substitute(t, subst)),
                ..p
            }),
        }
    }

    /// Type parameters with bounds in which the substitution has an effect, and the
    /// substitution that puts them in the place of the former ones. None if it has
    /// none.
    fn rebound_params(
        &mut self,
        params: &[ParamId],
        subst: &Subst,
    ) -> Option<(Box<[ParamId]>, Subst)> {
        let changes = |s: &mut Self, p: ParamId| {
            let decl = s.param(p).clone();
            let bounds = [decl.constraint, decl.default];
            let new = bounds.map(|b| b.map(|t| s.substitute(t, subst)));
            (subst.get(p).is_none() && new != bounds).then_some(new)
        };
        if params.iter().all(|&p| changes(self, p).is_none()) {
            return None;
        }
        let mut renamed = subst.clone();
        let mut own = Vec::with_capacity(params.len());
        for &p in params {
            let Some([constraint, default]) = changes(self, p) else {
                own.push(p);
                continue;
            };
            let key = (p, constraint, default);
            let copy = match self.rebound.get(&key) {
                Some(&known) => known,
                None => {
                    let copy = self.new_param(self.param(p).name);
                    let is_const = self.param(p).is_const;
                    let decl = self.param_mut(copy);
                    (decl.constraint, decl.default) = (constraint, default);
                    decl.is_const = is_const;
                    self.rebound.insert(key, copy);
                    copy
                }
            };
            renamed.push(p, self.param_type(copy));
            own.push(copy);
        }
        Some((own.into(), renamed))
    }

    /// A signature without its own type parameters, which are replaced.
    pub fn instantiate_signature(&mut self, sig: &Signature, args: &[Ty]) -> Signature {
        let subst = Subst::new(&sig.type_params, args);
        let mut result = self.substitute_signature(sig, &subst);
        result.type_params = Box::default();
        result
    }

    fn substitute_object(&mut self, object: &ObjectType, subst: &Subst) -> ObjectType {
        ObjectType {
            members: object
                .members
                .iter()
                .map(|m| Member {
                    ty: self.substitute(m.ty, subst),
                    ..*m
                })
                .collect(),
            calls: self.substitute_slice(&object.calls, subst).into(),
            constructs: self.substitute_slice(&object.constructs, subst).into(),
            index: object.index.map(|i| super::IndexSig {
                value: self.substitute(i.value, subst),
                ..i
            }),
        }
    }

    /// What an interface or recursive alias stands for; other types unchanged.
    /// A body that is not known yet (its declaration is in error) gives `Error`.
    pub fn expand(&mut self, ty: Ty) -> Ty {
        let mut current = ty;
        // An alias may stand for another one; a chain without end is refused when
        // it is declared, the bound only keeps a mistake there from hanging.
        for _ in 0..64 {
            let TypeKind::Named(id, args) = self.kind(current) else {
                return current;
            };
            if let Some(&known) = self.expansions.get(&current) {
                current = known;
                continue;
            }
            let decl = self.named(id);
            let Some(body) = decl.body else {
                return Ty::ERROR;
            };
            let subst = Subst::new(&decl.params.clone(), &self.list_arc(args));
            let next = self.substitute(body, &subst);
            self.expansions.insert(current, next);
            current = next;
        }
        Ty::ERROR
    }

    /// The base class of an instance type, with its arguments.
    pub fn base_of(&mut self, class: ClassId, args: TyList) -> Option<Ty> {
        let decl = self.class(class);
        let base = decl.base?;
        if args == TyList::EMPTY {
            return Some(base);
        }
        let subst = Subst::new(&decl.params.clone(), &self.list_arc(args));
        Some(self.substitute(base, &subst))
    }

    /// The instance type of `ancestor` that `ty` is or inherits from.
    pub fn as_instance_of(&mut self, ty: Ty, ancestor: ClassId) -> Option<Ty> {
        let TypeKind::Class(class, args) = self.kind(ty) else {
            return None;
        };
        if class == ancestor {
            return Some(ty);
        }
        let decl = self.class(class);
        let is_it = |&&t: &&Ty| matches!(self.kind(t), TypeKind::Class(c, _) if c == ancestor);
        let found = *decl.mro.iter().find(is_it)?;
        if args == TyList::EMPTY {
            return Some(found);
        }
        let subst = Subst::new(&decl.params.clone(), &self.list_arc(args));
        Some(self.substitute(found, &subst))
    }

    /// Whether a class is `ancestor` or inherits from it.
    pub fn inherits(&self, class: ClassId, ancestor: ClassId) -> bool {
        let is_it = |&t: &Ty| matches!(self.kind(t), TypeKind::Class(c, _) if c == ancestor);
        class == ancestor || self.class(class).mro.iter().any(is_it)
    }

    /// `A | B | …`
    pub fn union(&mut self, types: &[Ty]) -> Ty {
        match types {
            [] => return Ty::NEVER,
            [one] => return *one,
            [a, b] if a == b || *b == Ty::NEVER => return *a,
            [a, b] if *a == Ty::NEVER => return *b,
            _ => {}
        }
        let mut flat = Vec::with_capacity(types.len() + 2);
        for &ty in types {
            if let Some(absorbing) = self.add_to_union(&mut flat, ty) {
                return absorbing;
            }
        }
        self.finish_union(flat)
    }

    /// Adds the members of `ty`, some perhaps again; gives the type that swallows the whole union.
    fn add_to_union(&mut self, flat: &mut Vec<Ty>, ty: Ty) -> Option<Ty> {
        match self.kind(ty) {
            TypeKind::Never => None,
            TypeKind::Any | TypeKind::Unknown | TypeKind::Error => Some(ty),
            TypeKind::Union(l) => {
                let list = self.list_arc(l);
                list.iter().find_map(|&t| self.add_to_union(flat, t))
            }
            TypeKind::Named(id, _) => {
                let is_union = self.named(id).body.is_some_and(|b| {
                    matches!(
                        self.kind(b),
                        TypeKind::Union(_) | TypeKind::Any | TypeKind::Unknown
                    )
                });
                if is_union {
                    let body = self.expand(ty);
                    self.add_to_union(flat, body)
                } else {
                    flat.push(ty);
                    None
                }
            }
            _ => {
                flat.push(ty);
                None
            }
        }
    }

    fn finish_union(&mut self, mut flat: Vec<Ty>) -> Ty {
        flat.sort_unstable();
        flat.dedup();
        if flat.contains(&Ty::TRUE) && flat.contains(&Ty::FALSE) {
            push_new(&mut flat, Ty::BOOLEAN);
        }
        if flat
            .iter()
            .any(|t| matches!(t, &Ty::STRING | &Ty::NUMBER | &Ty::BOOLEAN))
        {
            let (string, number, boolean) = (
                flat.contains(&Ty::STRING),
                flat.contains(&Ty::NUMBER),
                flat.contains(&Ty::BOOLEAN),
            );
            flat.retain(|&t| match self.kind(t) {
                TypeKind::LitString(_) => !string,
                TypeKind::LitNumber(_) => !number,
                TypeKind::LitBool(_) => !boolean,
                _ => true,
            });
        }
        if flat.contains(&Ty::NULL) {
            flat.retain(|&t| t != Ty::VOID);
        }
        match flat.len() {
            0 => Ty::NEVER,
            1 => flat[0],
            _ => {
                flat.sort_unstable();
                let list = self.intern_list(&flat);
                self.intern(TypeKind::Union(list))
            }
        }
    }

    /// `A & B & …`
    pub fn intersection(&mut self, types: &[Ty]) -> Ty {
        let mut flat: Vec<Ty> = Vec::with_capacity(types.len());
        for &ty in types {
            match self.kind(ty) {
                TypeKind::Unknown => {}
                TypeKind::Never => return Ty::NEVER,
                TypeKind::Any | TypeKind::Error => return ty,
                TypeKind::Intersection(l) => {
                    for &t in self.list_arc(l).iter() {
                        push_new(&mut flat, t);
                    }
                }
                TypeKind::Union(l) => return self.distribute(types, ty, l),
                _ => push_new(&mut flat, ty),
            }
        }
        match flat.len() {
            0 => Ty::UNKNOWN,
            1 => flat[0],
            _ if self.is_disjoint_primitives(&flat) => Ty::NEVER,
            _ => {
                let list = self.intern_list(&flat);
                self.intern(TypeKind::Intersection(list))
            }
        }
    }

    /// `(A | B) & C` is `(A & C) | (B & C)`.
    fn distribute(&mut self, types: &[Ty], union: Ty, members: TyList) -> Ty {
        let members = self.list_arc(members);
        let mut parts = Vec::with_capacity(members.len());
        for &member in members.iter() {
            let product: Vec<Ty> = types
                .iter()
                .map(|&t| if t == union { member } else { t })
                .collect();
            parts.push(self.intersection(&product));
        }
        self.union(&parts)
    }

    /// Whether two different primitives, or null and an object, meet.
    fn is_disjoint_primitives(&self, types: &[Ty]) -> bool {
        let base = |t: Ty| match self.kind(t) {
            TypeKind::LitString(_) => Some(Ty::STRING),
            TypeKind::LitNumber(_) => Some(Ty::NUMBER),
            TypeKind::LitBool(_) => Some(Ty::BOOLEAN),
            TypeKind::String
            | TypeKind::Number
            | TypeKind::Int
            | TypeKind::Boolean
            | TypeKind::Null
            | TypeKind::Void => Some(t),
            _ => None,
        };
        let mut bases = types.iter().filter_map(|&t| base(t));
        let Some(first) = bases.next() else {
            return false;
        };
        if bases.any(|b| b != first) {
            return true;
        }
        let literals = types.iter().filter(|&&t| base(t).is_some_and(|b| b != t));
        literals.count() > 1
    }

    /// The members of a union (expanded), or the type alone.
    pub fn members(&mut self, ty: Ty) -> Vec<Ty> {
        let ty = self.expand(ty);
        match self.kind(ty) {
            TypeKind::Union(l) => self.list(l).to_vec(),
            TypeKind::Never => Vec::new(),
            _ => vec![ty],
        }
    }

    /// The union of the members for which `keep` holds.
    pub fn filter_union(&mut self, ty: Ty, mut keep: impl FnMut(&mut Self, Ty) -> bool) -> Ty {
        let members = self.members(ty);
        let kept: Vec<Ty> = members.iter().copied().filter(|&t| keep(self, t)).collect();
        if kept.len() == members.len() {
            return ty;
        }
        self.union(&kept)
    }

    /// The type without null (and void).
    pub fn non_null(&mut self, ty: Ty) -> Ty {
        self.filter_union(ty, |_, t| t != Ty::NULL && t != Ty::VOID)
    }

    /// Whether null is one of the type's values (not for `any` and `unknown`).
    pub fn admits_null(&mut self, ty: Ty) -> bool {
        let ty = self.expand(ty);
        match self.kind(ty) {
            TypeKind::Null | TypeKind::Void => true,
            TypeKind::Union(l) => {
                let list = self.list(l);
                list.contains(&Ty::NULL) || list.contains(&Ty::VOID)
            }
            _ => false,
        }
    }

    /// The type with literal types replaced by their primitives.
    pub fn widen_literals(&mut self, ty: Ty) -> Ty {
        if !self.flags(ty).has(super::TypeFlags::LITERAL) {
            return ty;
        }
        match self.kind(ty) {
            TypeKind::LitString(_) => Ty::STRING,
            TypeKind::LitNumber(_) => Ty::NUMBER,
            TypeKind::LitBool(_) => Ty::BOOLEAN,
            TypeKind::Union(l) => {
                let list = self.list_arc(l);
                let wide: Vec<Ty> = list.iter().map(|&t| self.widen_literals(t)).collect();
                self.union(&wide)
            }
            _ => ty,
        }
    }

    /// Whether `test` holds for every type parameter that the type mentions.
    pub fn all_params(&self, ty: Ty, test: &mut dyn FnMut(ParamId) -> bool) -> bool {
        if !self.has_params(ty) {
            return true;
        }
        match self.kind(ty) {
            TypeKind::Param(p) => match self.param(p).operator {
                Some((_, l)) => self.list_arc(l).iter().all(|&t| self.all_params(t, test)),
                None => test(p),
            },
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => self.all_params(t, test),
            TypeKind::Tuple(id) => {
                let tuple = self.tuple(id);
                tuple
                    .elems
                    .iter()
                    .chain(&tuple.rest)
                    .all(|&t| self.all_params(t, test))
            }
            TypeKind::Function(id) => {
                let sig = self.signature(id).clone();
                let own = sig.type_params.clone();
                let mut inner = |p: ParamId| own.contains(&p) || test(p);
                sig.params.iter().all(|p| self.all_params(p.ty, &mut inner))
                    && self.all_params(sig.ret, &mut inner)
            }
            TypeKind::Object(id) => {
                let object = self.object(id).clone();
                object.members.iter().all(|m| self.all_params(m.ty, test))
                    && object.calls.iter().all(|&t| self.all_params(t, test))
                    && object.index.is_none_or(|i| self.all_params(i.value, test))
            }
            TypeKind::Named(_, l)
            | TypeKind::Class(_, l)
            | TypeKind::Union(l)
            | TypeKind::Intersection(l)
            | TypeKind::Overloads(l) => self.list_arc(l).iter().all(|&t| self.all_params(t, test)),
            _ => true,
        }
    }

    /// Replaces literal types by their primitives where `target` has only these.
    pub fn widen_literals_towards(&mut self, ty: Ty, target: Ty) -> Ty {
        let wanted = self.members(target);
        let members = self.members(ty);
        let parts: Vec<Ty> = members
            .into_iter()
            .map(|t| {
                if wanted.contains(&t) {
                    return t;
                }
                let wide = self.widen_literals(t);
                if wanted.contains(&wide) { wide } else { t }
            })
            .collect();
        self.union(&parts)
    }
}

fn push_new(flat: &mut Vec<Ty>, ty: Ty) {
    if !flat.contains(&ty) {
        flat.push(ty);
    }
}
