//! Type operators on type parameters: `keyof T`, `T[K]`, `Partial<T>`.
//!
//! What such a type is depends on arguments that are not known yet. It is a type parameter of
//! its own, made for one operator and one list of operands: substitution that leaves no
//! parameter among the operands computes it, and until then it is as good as its constraint,
//! which is what the operator gives for the operands' constraints.

use super::{
    ClassId, IndexSig, Member, ObjectType, ParamId, Subst, Ty, TyList, TypeInterner, TypeKind,
};
use raya_syntax::name::Name;

/// A type operator that can wait for its operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeOperator {
    /// `keyof T`
    Keyof,
    /// `T[K]`
    Indexed,
    /// `Partial<T>`
    Partial,
    /// `Required<T>`
    Required,
    /// `Readonly<T>`
    Readonly,
    /// `Pick<T, K>`
    Pick,
    /// `Omit<T, K>`
    Omit,
}

impl TypeOperator {
    /// The operator of a predefined type function.
    pub fn by_name(name: &str) -> Option<TypeOperator> {
        Some(match name {
            "Partial" => TypeOperator::Partial,
            "Required" => TypeOperator::Required,
            "Readonly" => TypeOperator::Readonly,
            "Pick" => TypeOperator::Pick,
            "Omit" => TypeOperator::Omit,
            _ => return None,
        })
    }

    /// The name of its type function, where it has one.
    pub(super) fn name(self) -> &'static str {
        match self {
            TypeOperator::Keyof => "keyof",
            TypeOperator::Indexed => "",
            TypeOperator::Partial => "Partial",
            TypeOperator::Required => "Required",
            TypeOperator::Readonly => "Readonly",
            TypeOperator::Pick => "Pick",
            TypeOperator::Omit => "Omit",
        }
    }

    /// Whether members keep their types under it.
    fn keeps_types(self) -> bool {
        matches!(
            self,
            TypeOperator::Readonly | TypeOperator::Pick | TypeOperator::Omit
        )
    }
}

/// The members of an object type.
type Members = (Vec<Member>, Option<IndexSig>);

impl TypeInterner {
    /// What a type parameter was made for, if it stands for an operator.
    pub fn as_operator(&self, ty: Ty) -> Option<(TypeOperator, TyList)> {
        match self.kind(ty) {
            TypeKind::Param(p) => self.param(p).operator,
            _ => None,
        }
    }

    /// Whether operators on the type have to wait.
    pub fn is_deferred(&mut self, ty: Ty) -> bool {
        let ty = self.expand(ty);
        match self.kind(ty) {
            TypeKind::Param(p) => self.param(p).this_of.is_none(),
            TypeKind::Union(l) | TypeKind::Intersection(l) => {
                let list = self.list_arc(l);
                list.iter().any(|&t| self.is_deferred(t))
            }
            _ => false,
        }
    }

    /// Whether some operator waits for its operands.
    pub fn has_operators(&self) -> bool {
        !self.operators.is_empty()
    }

    /// Tells the interner what members the instances of a class have.
    pub fn publish_members(&mut self, class: ClassId, members: Vec<Member>) {
        self.class_members.insert(class, members);
    }

    /// Whether the members of a class are known here.
    pub fn knows_members(&self, class: ClassId) -> bool {
        self.class_members.contains_key(&class)
    }

    /// The type that an operator gives, or the parameter that stands for it.
    pub fn operator(&mut self, op: TypeOperator, args: &[Ty]) -> Ty {
        if !args.iter().any(|&t| self.is_deferred(t)) {
            return self.evaluate(op, args);
        }
        if let Some(simpler) = self.simplified(op, args) {
            return simpler;
        }
        let list = self.intern_list(args);
        if let Some(&param) = self.operators.get(&(op, list)) {
            return self.param_type(param);
        }
        let param = self.new_param(raya_syntax::name::names::EMPTY);
        self.operators.insert((op, list), param);
        let constraint = self.bound(op, args);
        let decl = self.param_mut(param);
        decl.operator = Some((op, list));
        decl.constraint = constraint.filter(|&t| t != Ty::UNKNOWN);
        self.param_type(param)
    }

    /// The parameter of an operator with arguments put in.
    pub(super) fn substitute_operator(&mut self, param: ParamId, subst: &Subst) -> Option<Ty> {
        let (op, list) = self.param(param).operator?;
        let args = self.substitute_list(list, subst);
        if args == list {
            return None;
        }
        let args = self.list_arc(args);
        Some(self.operator(op, &args))
    }

    /// An operator on an operator: `keyof Partial<T>` is `keyof T`.
    fn simplified(&mut self, op: TypeOperator, args: &[Ty]) -> Option<Ty> {
        let (inner, list) = self.as_operator(args[0])?;
        let operands = self.list_arc(list);
        match (op, inner) {
            (TypeOperator::Keyof, TypeOperator::Pick) => Some(operands[1]),
            (
                TypeOperator::Keyof,
                TypeOperator::Partial | TypeOperator::Required | TypeOperator::Readonly,
            ) => Some(self.operator(op, &[operands[0]])),
            (TypeOperator::Indexed, TypeOperator::Partial) => {
                let inner = self.operator(op, &[operands[0], args[1]]);
                Some(self.nullable(inner))
            }
            (TypeOperator::Indexed, inner) if inner.keeps_types() => {
                Some(self.operator(op, &[operands[0], args[1]]))
            }
            _ => None,
        }
    }

    /// What is known of the result before the operands are.
    fn bound(&mut self, op: TypeOperator, args: &[Ty]) -> Option<Ty> {
        if op == TypeOperator::Keyof {
            return Some(Ty::STRING);
        }
        let mut bounds = Vec::with_capacity(args.len());
        for &arg in args {
            bounds.push(self.constraint_chain(arg)?);
        }
        self.object_members(bounds[0])?;
        Some(self.evaluate(op, &bounds))
    }

    /// The first constraint that is no parameter.
    fn constraint_chain(&mut self, ty: Ty) -> Option<Ty> {
        let mut at = ty;
        for _ in 0..32 {
            match self.kind(at) {
                TypeKind::Param(p) => at = self.param(p).constraint?,
                _ => break,
            }
        }
        (!self.is_deferred(at)).then_some(at)
    }

    fn object_members(&mut self, ty: Ty) -> Option<Members> {
        let ty = self.expand(ty);
        match self.kind(ty) {
            TypeKind::Object(id) => {
                let object = self.object(id);
                Some((object.members.to_vec(), object.index))
            }
            TypeKind::Class(class, args) => {
                let members = self.class_members.get(&class)?.clone();
                let subst = Subst::new(&self.class(class).params.clone(), &self.list_arc(args));
                let put = |s: &mut Self, m: Member| Member {
                    ty: s.substitute(m.ty, &subst),
                    ..m
                };
                Some((members.into_iter().map(|m| put(self, m)).collect(), None))
            }
            TypeKind::Intersection(l) => {
                let mut all: Members = (Vec::new(), None);
                for &part in self.list_arc(l).iter() {
                    let (members, index) = self.object_members(part)?;
                    all.0.retain(|m| members.iter().all(|n| n.name != m.name));
                    all.0.extend(members);
                    all.1 = all.1.or(index);
                }
                Some(all)
            }
            _ => None,
        }
    }

    fn evaluate(&mut self, op: TypeOperator, args: &[Ty]) -> Ty {
        let ty = self.expand(args[0]);
        let second = args.get(1).copied().unwrap_or(Ty::NEVER);
        if matches!(ty, Ty::ANY | Ty::ERROR) {
            return match op {
                TypeOperator::Keyof => Ty::STRING,
                _ => ty,
            };
        }
        match op {
            TypeOperator::Keyof => self.keys_of(ty),
            TypeOperator::Indexed => self.type_at(ty, second),
            _ => match self.object_members(ty) {
                Some((members, index)) => self.mapped(op, members, index, second),
                None => ty,
            },
        }
    }

    fn keys_of(&mut self, ty: Ty) -> Ty {
        let keys: Vec<Ty> = match self.kind(ty) {
            TypeKind::Array(_) | TypeKind::ReadonlyArray(_) | TypeKind::Tuple(_) => {
                vec![Ty::NUMBER]
            }
            TypeKind::Union(l) => {
                let list = self.list_arc(l);
                let each: Vec<Vec<Ty>> = list
                    .iter()
                    .map(|&t| {
                        let keys = self.evaluate(TypeOperator::Keyof, &[t]);
                        self.members(keys)
                    })
                    .collect();
                let first = each.first().cloned().unwrap_or_default();
                let shared = |k: &Ty| each.iter().all(|keys| keys.contains(k));
                first.into_iter().filter(shared).collect()
            }
            _ => match self.object_members(ty) {
                Some((members, index)) => {
                    let names: Vec<Name> = members.iter().map(|m| m.name).collect();
                    let names = names.into_iter().map(|n| self.lit_string(n));
                    let mut keys: Vec<Ty> = names.collect();
                    keys.extend(index.map(|i| i.key));
                    keys
                }
                None => Vec::new(),
            },
        };
        self.union(&keys)
    }

    fn type_at(&mut self, object: Ty, key: Ty) -> Ty {
        let parts: Vec<Ty> = (self.members(key).into_iter())
            .map(|key| self.type_at_one(object, key).unwrap_or(Ty::UNKNOWN))
            .collect();
        self.union(&parts)
    }

    fn type_at_one(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        match self.kind(object) {
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => return Some(t),
            TypeKind::Tuple(id) => {
                let tuple = self.tuple(id).clone();
                return match self.kind(key) {
                    TypeKind::LitNumber(bits) => {
                        let at = f64::from_bits(bits) as usize;
                        tuple.elems.get(at).copied().or(tuple.rest)
                    }
                    _ => {
                        let all: Vec<Ty> = tuple.elems.iter().chain(&tuple.rest).copied().collect();
                        Some(self.union(&all))
                    }
                };
            }
            _ => {}
        }
        let (members, index) = self.object_members(object)?;
        let named = match self.kind(key) {
            TypeKind::LitString(name) => members.iter().find(|m| m.name == name),
            _ => None,
        };
        match named {
            Some(m) if m.optional => Some(self.nullable(m.ty)),
            Some(m) => Some(m.ty),
            None => index.map(|i| i.value),
        }
    }

    fn mapped(
        &mut self,
        op: TypeOperator,
        members: Vec<Member>,
        index: Option<IndexSig>,
        keys: Ty,
    ) -> Ty {
        let keys = self.members(keys);
        let mut changed = Vec::with_capacity(members.len());
        for m in members {
            let named = self.lit_string(m.name);
            changed.push(match op {
                TypeOperator::Partial => Member {
                    ty: self.nullable(m.ty),
                    optional: true,
                    ..m
                },
                TypeOperator::Required if m.optional => Member {
                    ty: self.non_null(m.ty),
                    optional: false,
                    ..m
                },
                TypeOperator::Readonly => Member {
                    readonly: true,
                    ..m
                },
                TypeOperator::Pick if !keys.contains(&named) => continue,
                TypeOperator::Omit if keys.contains(&named) => continue,
                _ => m,
            });
        }
        self.object_type(ObjectType {
            members: changed.into(),
            index: index.filter(|_| op != TypeOperator::Pick),
            ..ObjectType::default()
        })
    }
}
