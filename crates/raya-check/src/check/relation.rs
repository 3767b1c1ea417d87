//! Which type fits which.
//!
//! `subtype` holds where a value of one type may stand at a place of the other
//! without conversion; `fits` adds the conversions of values: int to number, and
//! anything out of `any`, which is checked at run time.
//!
//! What makes the relation sound: arrays, tuples and the arguments of classes are
//! invariant, read-only arrays covariant, parameters contravariant, classes nominal.
//! Members of structural types are covariant because each access is verified at run
//! time; for the same reason `any` fits every member, parameter and result inside a
//! structural or function type.

use super::Checker;
use crate::codes;
use crate::types::{
    Member, ObjectId, Signature, Subst, Tuple, Ty, TyList, TypeFlags, TypeKind, TypeOperator,
};
use raya_syntax::Code;
use raya_syntax::limits::ensure_stack;
use rustc_hash::FxHashMap;

/// How deep types may be nested in one question before it is answered with yes.
const MAX_DEPTH: usize = 48;

/// How many values of a tag are tried one by one.
const MAX_CASES: usize = 25;

/// Answers so far, and the questions that are being asked.
#[derive(Debug, Default)]
pub(crate) struct RelationState {
    known: FxHashMap<(Ty, Ty), bool>,
    assumed: Vec<(Ty, Ty)>,
}

impl<'a> Checker<'a> {
    /// Whether a value of type `from` may move to a place of type `to`.
    pub(crate) fn fits(&mut self, from: Ty, to: Ty) -> bool {
        if from == to || from == Ty::ANY || self.subtype(from, to) {
            return true;
        }
        self.converts_int(from, to)
    }

    /// Whether `from` is int and `to` takes numbers, so that a conversion helps.
    pub(crate) fn converts_int(&mut self, from: Ty, to: Ty) -> bool {
        let from = self.constraint_of(from);
        from == Ty::INT && self.subtype(Ty::NUMBER, to)
    }

    /// Whether both types have the same values, at run time too.
    pub(crate) fn equivalent(&mut self, a: Ty, b: Ty) -> bool {
        a == b || (self.subtype(a, b) && self.subtype(b, a))
    }

    /// Whether every value of `a` is one of `b` as it stands.
    pub(crate) fn subtype(&mut self, a: Ty, b: Ty) -> bool {
        if a == b || b == Ty::ANY || b == Ty::UNKNOWN || a == Ty::NEVER {
            return true;
        }
        let flags = self.types.flags(a).union(self.types.flags(b));
        if a == Ty::ERROR || b == Ty::ERROR || flags.has(TypeFlags::ERROR) {
            return true;
        }
        if let Some(&known) = self.relation.known.get(&(a, b)) {
            return known;
        }
        let state = &self.relation;
        if state.assumed.contains(&(a, b)) || state.assumed.len() > MAX_DEPTH {
            return true;
        }
        self.relation.assumed.push((a, b));
        let answer = ensure_stack(|| self.subtype_kinds(a, b));
        self.relation.assumed.pop();
        // An answer found under an assumption holds only with it, unless it is no.
        if self.relation.assumed.is_empty() || !answer {
            self.relation.known.insert((a, b), answer);
        }
        answer
    }

    fn subtype_kinds(&mut self, a: Ty, b: Ty) -> bool {
        let (ka, kb) = (self.types.kind(a), self.types.kind(b));
        match (ka, kb) {
            (TypeKind::Named(n, xs), TypeKind::Named(m, ys)) if n == m => {
                self.all_equivalent(xs, ys) || self.subtype_expanded(a, b)
            }
            (TypeKind::Named(..), _) | (_, TypeKind::Named(..)) => self.subtype_expanded(a, b),
            (TypeKind::Union(l), _) => {
                let list = self.types.list_arc(l);
                list.iter().all(|&t| self.subtype(t, b))
            }
            (TypeKind::Boolean, TypeKind::Union(_)) => {
                self.fits_some_member(a, b)
                    || (self.fits_some_member(Ty::TRUE, b) && self.fits_some_member(Ty::FALSE, b))
            }
            (TypeKind::Param(p), TypeKind::Union(_)) => {
                let constraint = self.types.param(p).constraint;
                self.fits_some_member(a, b) || constraint.is_some_and(|c| self.subtype(c, b))
            }
            (_, TypeKind::Union(_)) => self.fits_some_member(a, b) || self.each_case_fits(a, b),
            (_, TypeKind::Intersection(l)) => {
                let list = self.types.list_arc(l);
                list.iter().all(|&t| self.subtype(a, t))
            }
            (_, TypeKind::Param(_)) if self.operator_takes(a, b) => true,
            (TypeKind::Param(p), _) => {
                let constraint = self.types.param(p).constraint;
                constraint.is_some_and(|c| self.subtype(c, b))
            }
            (TypeKind::Intersection(l), _) => {
                let list = self.types.list_arc(l);
                list.iter().any(|&t| self.subtype(t, b)) || self.structural(a, b)
            }
            (TypeKind::Null, TypeKind::Void) => true,
            (TypeKind::LitString(_), TypeKind::String)
            | (TypeKind::LitNumber(_), TypeKind::Number)
            | (TypeKind::LitBool(_), TypeKind::Boolean) => true,
            (_, TypeKind::AnyObject) => self.is_object_like(a),
            (TypeKind::Array(x), TypeKind::Array(y)) => self.equivalent(x, y),
            (TypeKind::Array(x) | TypeKind::ReadonlyArray(x), TypeKind::ReadonlyArray(y)) => {
                self.subtype(x, y)
            }
            (TypeKind::Tuple(x), TypeKind::ReadonlyArray(y)) => {
                let tuple = self.types.tuple(x).clone();
                let mut parts = tuple.elems.iter().chain(&tuple.rest);
                parts.all(|&t| self.subtype(t, y))
            }
            (TypeKind::Tuple(x), TypeKind::Tuple(y)) => {
                let (x, y) = (self.types.tuple(x).clone(), self.types.tuple(y).clone());
                self.tuple_subtype(&x, &y)
            }
            (TypeKind::Class(..), TypeKind::Class(..)) => self.class_subtype(a, b),
            (TypeKind::ClassObject(x), TypeKind::ClassObject(y)) => self.types.inherits(x, y),
            (TypeKind::Function(x), TypeKind::Function(y)) => {
                let (x, y) = (
                    self.types.signature(x).clone(),
                    self.types.signature(y).clone(),
                );
                self.signature_subtype(&x, &y)
            }
            (_, TypeKind::Function(_)) => self.callable_subtype(a, b),
            (_, TypeKind::Overloads(l)) => {
                let list = self.types.list_arc(l);
                list.iter().all(|&t| self.subtype(a, t))
            }
            (_, TypeKind::Object(_)) => self.structural(a, b),
            _ => false,
        }
    }

    /// Whether a value is of a type that waits for its operands, whatever they will be.
    fn operator_takes(&mut self, a: Ty, b: Ty) -> bool {
        let Some((op, list)) = self.types.as_operator(b) else {
            return false;
        };
        let args = self.types.list_arc(list);
        match (op, self.types.as_operator(a)) {
            (TypeOperator::Keyof, _) => {
                let bound = self.constraint_of(args[0]);
                let key = matches!(self.types.kind(a), TypeKind::LitString(_));
                key && bound != Ty::UNKNOWN && !self.types.is_deferred(bound) && {
                    let keys = self.keyof(bound);
                    self.subtype(a, keys)
                }
            }
            (TypeOperator::Indexed, Some((TypeOperator::Indexed, other))) => {
                let other = self.types.list_arc(other);
                args[0] == other[0] && self.subtype(other[1], args[1])
            }
            (TypeOperator::Partial, None) if self.asks_for_nothing(a) => true,
            (TypeOperator::Indexed | TypeOperator::Required, _) => false,
            _ => a == args[0],
        }
    }

    fn subtype_expanded(&mut self, a: Ty, b: Ty) -> bool {
        let (x, y) = (self.types.expand(a), self.types.expand(b));
        if (x, y) == (a, b) {
            return false;
        }
        self.subtype(x, y)
    }

    fn fits_some_member(&mut self, a: Ty, union: Ty) -> bool {
        let members = self.types.members(union);
        members.contains(&a) || members.iter().any(|&t| self.subtype(a, t))
    }

    /// Whether an object whose tag may be one of several literals fits a union with a member
    /// for each of them.
    fn each_case_fits(&mut self, a: Ty, union: Ty) -> bool {
        let TypeKind::Object(id) = self.types.kind(a) else {
            return false;
        };
        let object = self.types.object(id).clone();
        let literal = |c: &Self, t: Ty| {
            matches!(
                c.types.kind(t),
                TypeKind::LitString(_) | TypeKind::LitNumber(_) | TypeKind::LitBool(_)
            )
        };
        for (at, member) in object.members.iter().enumerate() {
            let cases = match member.ty {
                Ty::BOOLEAN => vec![Ty::TRUE, Ty::FALSE],
                ty => self.types.members(ty),
            };
            let several = (2..=MAX_CASES).contains(&cases.len());
            if !several || !cases.iter().all(|&t| literal(self, t)) {
                continue;
            }
            return cases.into_iter().all(|ty| {
                let mut case = (*object).clone();
                case.members[at].ty = ty;
                let case = self.types.object_type(case);
                self.subtype(case, union)
            });
        }
        false
    }

    fn all_equivalent(&mut self, xs: TyList, ys: TyList) -> bool {
        let (xs, ys) = (self.types.list_arc(xs), self.types.list_arc(ys));
        xs.len() == ys.len()
            && xs
                .iter()
                .zip(ys.iter())
                .all(|(&x, &y)| self.equivalent(x, y))
    }

    /// Whether values of the type are objects, so that `object` takes them.
    pub(crate) fn is_object_like(&self, ty: Ty) -> bool {
        matches!(
            self.types.kind(ty),
            TypeKind::AnyObject
                | TypeKind::Array(_)
                | TypeKind::ReadonlyArray(_)
                | TypeKind::Tuple(_)
                | TypeKind::Function(_)
                | TypeKind::Overloads(_)
                | TypeKind::Class(..)
                | TypeKind::ClassObject(_)
                | TypeKind::Object(_)
        )
    }

    fn tuple_subtype(&mut self, a: &Tuple, b: &Tuple) -> bool {
        if a.readonly && !b.readonly {
            return false;
        }
        let lengths = a.elems.len() == b.elems.len() && a.required >= b.required;
        if !lengths || a.rest.is_some() != b.rest.is_some() {
            return false;
        }
        let pairs: Vec<(Ty, Ty)> = a
            .elems
            .iter()
            .chain(&a.rest)
            .copied()
            .zip(b.elems.iter().chain(&b.rest).copied())
            .collect();
        pairs.into_iter().all(|(x, y)| {
            if b.readonly {
                self.subtype(x, y)
            } else {
                self.equivalent(x, y)
            }
        })
    }

    fn class_subtype(&mut self, a: Ty, b: Ty) -> bool {
        let TypeKind::Class(ancestor, wanted) = self.types.kind(b) else {
            return false;
        };
        let Some(found) = self.types.as_instance_of(a, ancestor) else {
            return false;
        };
        let TypeKind::Class(_, args) = self.types.kind(found) else {
            return false;
        };
        self.is_wildcard(wanted) || self.all_equivalent(args, wanted)
    }

    /// Whether these are the arguments of a class narrowed by a bare `instanceof`:
    /// all `any`, which takes every instantiation.
    pub(crate) fn is_wildcard(&self, args: TyList) -> bool {
        args != TyList::EMPTY && self.types.list(args).iter().all(|&t| t == Ty::ANY)
    }

    /// A part of a function or structural type: `any` fits, because it is checked
    /// when it moves.
    fn part_fits(&mut self, from: Ty, to: Ty) -> bool {
        from == Ty::ANY || self.subtype(from, to)
    }

    /// Whether a function of signature `a` may be called as `b` says.
    pub(crate) fn signature_subtype(&mut self, a: &Signature, b: &Signature) -> bool {
        if !a.type_params.is_empty() {
            let Some(instance) = self.instantiate_towards(a, b) else {
                return false;
            };
            return self.signature_subtype(&instance, b);
        }
        // A caller may pass fewer arguments than `a` requires only if `b` says so.
        if a.required() > b.params.len() && !b.rest {
            return false;
        }
        for i in 0..a.params.len() {
            let Some(given) = self.param_at(b, i) else {
                break;
            };
            let Some(taken) = self.param_at(a, i) else {
                break;
            };
            if !self.part_fits(given, taken) {
                return false;
            }
        }
        if !self.predicate_fits(a, b) {
            return false;
        }
        b.ret == Ty::VOID || self.part_fits(a.ret, b.ret)
    }

    /// Where `b` promises that a call proves something, `a` proves that.
    fn predicate_fits(&mut self, a: &Signature, b: &Signature) -> bool {
        let Some(wanted) = b.predicate else {
            return true;
        };
        let Some(own) = a.predicate else { return false };
        let same = own.param == wanted.param && own.asserts == wanted.asserts;
        same && match (own.ty, wanted.ty) {
            (Some(own), Some(wanted)) => self.subtype(own, wanted),
            (own, wanted) => own.is_some() || wanted.is_none(),
        }
    }

    /// The type of the argument at a position, elements of the rest parameter
    /// included.
    pub(crate) fn param_at(&mut self, sig: &Signature, index: usize) -> Option<Ty> {
        let fixed = sig.fixed();
        if let Some(param) = fixed.get(index) {
            return Some(param.ty);
        }
        let last = sig.params.last().filter(|_| sig.rest)?;
        let ty = self.constraint_of(last.ty);
        match self.types.kind(ty) {
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => Some(t),
            TypeKind::Tuple(id) => {
                let tuple = self.types.tuple(id);
                tuple.elems.get(index - fixed.len()).copied().or(tuple.rest)
            }
            _ => Some(ty),
        }
    }

    /// Anything callable against a function type.
    fn callable_subtype(&mut self, a: Ty, b: Ty) -> bool {
        self.call_signatures(a).into_iter().any(|sig| {
            let ty = self.types.function((*sig).clone());
            self.subtype(ty, b)
        })
    }

    /// Members of `a` against a structural type.
    fn structural(&mut self, a: Ty, b: Ty) -> bool {
        let TypeKind::Object(id) = self.types.kind(b) else {
            return false;
        };
        if matches!(
            self.types.kind(a),
            TypeKind::Null | TypeKind::Void | TypeKind::Unknown
        ) {
            return false;
        }
        let object = self.types.object(id).clone();
        let members = object.members.iter().all(|m| self.member_fits(a, m));
        if !members {
            return false;
        }
        let calls = object.calls.iter().all(|&c| self.subtype(a, c));
        if !calls || !object.constructs.iter().all(|&c| self.constructs_as(a, c)) {
            return false;
        }
        match object.index {
            Some(index) => self.entries_fit(a, index.key, index.value),
            None => true,
        }
    }

    fn member_fits(&mut self, a: Ty, wanted: &Member) -> bool {
        match self.lookup(a, wanted.name) {
            Some(found) if !found.is_public() => false,
            Some(found) if found.optional && !wanted.optional => false,
            Some(found) => self.part_fits(found.ty, wanted.ty),
            None => wanted.optional && !self.is_primitive(a),
        }
    }

    /// Every member of `a` against the value type of an index signature.
    fn entries_fit(&mut self, a: Ty, key: Ty, value: Ty) -> bool {
        match self.types.kind(a) {
            TypeKind::Object(id) => self.object_entries_fit(id, value),
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) if key == Ty::NUMBER => {
                self.subtype(t, value)
            }
            _ => false,
        }
    }

    fn object_entries_fit(&mut self, id: ObjectId, value: Ty) -> bool {
        let object = self.types.object(id).clone();
        if let Some(index) = object.index {
            // A dictionary is written through too: its values are invariant.
            return self.equivalent(index.value, value) || value == Ty::ANY;
        }
        object.members.iter().all(|m| self.part_fits(m.ty, value))
    }

    fn constructs_as(&mut self, a: Ty, wanted: Ty) -> bool {
        let Some(wanted) = self.types.as_signature(wanted).cloned() else {
            return false;
        };
        self.construct_signatures(a)
            .into_iter()
            .any(|sig| self.signature_subtype(&sig, &wanted))
    }

    /// The type's constraint, if it is a type parameter; else itself.
    pub(crate) fn constraint_of(&mut self, ty: Ty) -> Ty {
        let mut ty = ty;
        for _ in 0..32 {
            let TypeKind::Param(p) = self.types.kind(ty) else {
                return ty;
            };
            match self.types.param(p).constraint {
                // Any array or tuple may stand behind it: accesses look at its own type.
                Some(list) if self.types.kind(list) == TypeKind::Array(Ty::UNKNOWN) => {
                    return self.types.array(Ty::ANY);
                }
                Some(constraint) => ty = constraint,
                None => return Ty::UNKNOWN,
            }
        }
        ty
    }

    /// The structure to work with: constraints and references resolved.
    pub(crate) fn apparent(&mut self, ty: Ty) -> Ty {
        let ty = self.constraint_of(ty);
        self.types.expand(ty)
    }

    /// Whether the type is a primitive.
    pub(crate) fn is_primitive(&self, ty: Ty) -> bool {
        matches!(
            self.types.kind(ty),
            TypeKind::Null
                | TypeKind::Void
                | TypeKind::Number
                | TypeKind::Int
                | TypeKind::Boolean
                | TypeKind::String
                | TypeKind::LitString(_)
                | TypeKind::LitNumber(_)
                | TypeKind::LitBool(_)
        )
    }

    /// The instance of a generic signature that may be called as `target`.
    fn instantiate_towards(&mut self, a: &Signature, target: &Signature) -> Option<Signature> {
        let args = self.args_towards(a, target)?;
        Some(self.types.instantiate_signature(a, &args))
    }

    /// The type arguments that make a generic signature fit another one.
    pub(crate) fn args_towards(&mut self, a: &Signature, target: &Signature) -> Option<Vec<Ty>> {
        let mut inference = super::infer::Inference::new(&a.type_params);
        for i in 0..a.params.len() {
            if let (Some(p), Some(given)) = (self.param_at(a, i), self.param_at(target, i)) {
                self.infer_from(&mut inference, p, given);
            }
        }
        self.infer_from(&mut inference, a.ret, target.ret);
        let args = self.solve(&mut inference, a);
        let subst = Subst::new(&a.type_params, &args);
        for (&p, &arg) in a.type_params.iter().zip(&args) {
            if let Some(constraint) = self.types.param(p).constraint {
                let constraint = self.types.substitute(constraint, &subst);
                if !self.subtype(arg, constraint) {
                    return None;
                }
            }
        }
        Some(args)
    }

    /// Why a value does not fit, where that needs more than the two types.
    pub(crate) fn mismatch_reason(&mut self, from: Ty, to: Ty) -> Option<(Code, String)> {
        let (a, b) = (self.types.expand(from), self.types.expand(to));
        let same = |help: String| Some((codes::NOT_ASSIGNABLE, help));
        if from == Ty::NUMBER && to == Ty::INT {
            return same("`int(x)` truncates a number to an int".to_string());
        }
        if a == Ty::UNKNOWN {
            return same("narrow the value first, or cast it with `as`".to_string());
        }
        if self.types.admits_null(a) && !self.types.admits_null(b) {
            let rest = self.types.non_null(a);
            if rest != Ty::NEVER && self.fits(rest, b) {
                return same("it may be null: test it, or write `!` behind it".to_string());
            }
        }
        match (self.types.kind(a), self.types.kind(b)) {
            (TypeKind::Array(x), TypeKind::Array(y)) if self.subtype(x, y) => {
                let text = self.show(y);
                same(format!(
                    "arrays are invariant: a place that only reads may be `readonly {text}[]`"
                ))
            }
            (TypeKind::Class(x, _), TypeKind::Class(y, _)) if x == y => {
                same("type arguments of classes must be the same".to_string())
            }
            (_, TypeKind::Object(id)) if !self.is_primitive(a) => {
                let object = self.types.object(id).clone();
                object.members.iter().find_map(|m| self.member_reason(a, m))
            }
            _ => None,
        }
    }

    fn member_reason(&mut self, a: Ty, wanted: &Member) -> Option<(Code, String)> {
        if self.member_fits(a, wanted) {
            return None;
        }
        let name = self.text(wanted.name).to_string();
        let help = match self.lookup(a, wanted.name) {
            None => format!("member `{name}` is missing"),
            Some(found) if !found.is_public() => format!("member `{name}` is not public"),
            Some(found) if found.optional && !wanted.optional => {
                format!("member `{name}` may be absent")
            }
            Some(found) => format!(
                "member `{name}` is `{}` and not `{}`",
                self.show(found.ty),
                self.show(wanted.ty)
            ),
        };
        Some((codes::NOT_ASSIGNABLE, help))
    }
}
