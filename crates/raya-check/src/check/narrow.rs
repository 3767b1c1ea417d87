//! Narrowing: what a test that was true or false says about a reference.

use super::flow::RefId;
use super::{Checker, Flow};
use crate::hir::ExprId;
use crate::types::{ClassId, Member, Ty, TypeKind};
use raya_syntax::ast::{self, Call, Expr, UnaryOp};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    // ---- parts of types

    /// What is left of a type if the value is truthy.
    pub(crate) fn truthy_part(&mut self, ty: Ty) -> Ty {
        if matches!(ty, Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            return ty;
        }
        let members = self.types.members(ty);
        let mut kept = Vec::with_capacity(members.len());
        for t in members {
            match self.types.kind(t) {
                TypeKind::Null | TypeKind::Void | TypeKind::LitBool(false) => {}
                TypeKind::Boolean => kept.push(Ty::TRUE),
                TypeKind::LitString(name) if self.text(name).is_empty() => {}
                TypeKind::LitNumber(bits) if is_falsy_number(bits) => {}
                _ => kept.push(t),
            }
        }
        self.same_or_union(ty, &kept)
    }

    /// What is left of a type if the value is falsy. Instances may be falsy by
    /// `__bool__` or `__len__`, arrays and functions are not.
    pub(crate) fn falsy_part(&mut self, ty: Ty) -> Ty {
        if matches!(ty, Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            return ty;
        }
        let members = self.types.members(ty);
        let mut kept = Vec::with_capacity(members.len());
        for t in members {
            match self.types.kind(t) {
                TypeKind::Boolean => kept.push(Ty::FALSE),
                TypeKind::LitBool(true)
                | TypeKind::Array(_)
                | TypeKind::ReadonlyArray(_)
                | TypeKind::Tuple(_)
                | TypeKind::Function(_)
                | TypeKind::Overloads(_)
                | TypeKind::ClassObject(_) => {}
                TypeKind::LitString(name) if !self.text(name).is_empty() => {}
                TypeKind::LitNumber(bits) if !is_falsy_number(bits) => {}
                TypeKind::Class(class, _) if !self.may_be_falsy(class) => {}
                _ => kept.push(t),
            }
        }
        self.same_or_union(ty, &kept)
    }

    /// Only built-in containers are certain to be true: a user's class may get a
    /// heir or a method later that says otherwise.
    fn may_be_falsy(&self, class: ClassId) -> bool {
        !self.hir.classes[class.index()].builtin
    }

    fn same_or_union(&mut self, ty: Ty, kept: &[Ty]) -> Ty {
        let union = self.types.union(kept);
        let before = self.types.expand(ty);
        if union == before { ty } else { union }
    }

    // ---- flows

    /// Records that a reference has a narrower type on a path. A type without values
    /// makes nothing unreachable: the program may still get there through `any`.
    pub(crate) fn narrow_flow(
        &mut self,
        flow: &mut Flow,
        e: &Expr,
        reference: RefId,
        from: Ty,
        to: Ty,
    ) {
        if flow.dead || from == Ty::ERROR {
            return;
        }
        if self.admits_null(to) && self.is_null_by_chain(flow, e) {
            flow.remove(reference);
        } else if from != to {
            flow.set(reference, to);
        }
        self.narrow_parent(flow, e, from, to);
    }

    /// Whether a member is never `null` where its object is not: `a?.b` is `null` because `a`
    /// is, which tells nothing about `a.b` where `a` turns out to be an object.
    fn is_null_by_chain(&mut self, flow: &Flow, e: &Expr) -> bool {
        let ast::ExprKind::Chain(inner) = &e.kind else {
            return false;
        };
        let Some((object, name)) = member_access(inner) else {
            return false;
        };
        let Some(ty) = self.reference_type(flow, object) else {
            return false;
        };
        let ty = self.types.non_null(ty);
        (self.lookup(ty, name)).is_some_and(|found| !self.admits_null(found.ty))
    }

    /// Discriminants: a member that is narrowed narrows the union it is read from.
    fn narrow_parent(&mut self, flow: &mut Flow, e: &Expr, from: Ty, to: Ty) {
        let Some((object, name)) = member_access(e) else {
            return;
        };
        let Some(reference) = self.reference(object) else {
            return;
        };
        let Some(object_ty) = self.reference_type(flow, object) else {
            return;
        };
        let expanded = self.types.expand(object_ty);
        let is_union = matches!(self.types.kind(expanded), TypeKind::Union(_));
        if from == to || (!is_union && to != Ty::NEVER) {
            return;
        }
        let kept = self.types.filter_union(expanded, |_, _| true);
        let members = self.types.members(kept);
        let mut parts = Vec::with_capacity(members.len());
        for t in members {
            let possible = match self.lookup(t, name) {
                // Nothing is left of the member: only one of a single value proves that
                // the object is another one.
                Some(found) if to == Ty::NEVER => !self.is_unit(found.ty),
                Some(found) if self.is_unit_like(found.ty) => self.comparable(found.ty, to),
                // A member that is not a discriminant tells nothing.
                Some(_) => true,
                None => t != Ty::NULL || self.types.admits_null(to),
            };
            if possible {
                parts.push(t);
            }
        }
        let narrowed = self.same_or_union(object_ty, &parts);
        if narrowed != object_ty {
            flow.set(reference, narrowed);
        }
    }

    /// Whether a type has so few values that comparing with it discriminates.
    fn is_unit_like(&mut self, ty: Ty) -> bool {
        let members = self.types.members(ty);
        members.iter().any(|&t| {
            matches!(
                self.types.kind(t),
                TypeKind::LitString(_)
                    | TypeKind::LitNumber(_)
                    | TypeKind::LitBool(_)
                    | TypeKind::Null
                    | TypeKind::Boolean
            )
        })
    }

    /// If `a?.b` is not null, neither is `a`.
    pub(crate) fn narrow_chain_objects(&mut self, flow: &mut Flow, e: &Expr) {
        let ast::ExprKind::Chain(inner) = &e.kind else {
            return;
        };
        let mut at: &Expr = inner;
        while let Some((object, optional)) = chain_link(at) {
            if optional
                && let Some(reference) = self.reference(object)
                && let Some(ty) = self.reference_type(flow, object)
            {
                let rest = self.types.non_null(ty);
                if rest != ty {
                    flow.set(reference, rest);
                }
            }
            at = object;
        }
    }

    /// The type of a reference under a flow.
    pub(crate) fn reference_type(&mut self, flow: &Flow, e: &Expr) -> Option<Ty> {
        let reference = self.reference(e)?;
        if let Some(ty) = flow.get(reference) {
            return Some(ty);
        }
        match &e.kind {
            ast::ExprKind::Ident(name) => {
                let symbol = self.scopes.value(self.scope, *name)?;
                Some(match self.var(symbol) {
                    Some(_) => self.var_type(symbol, e.span),
                    None => self.symbol_type(symbol, e.span),
                })
            }
            ast::ExprKind::This => self.resolve_this().map(|(ty, _)| ty),
            ast::ExprKind::NonNull(inner) => {
                let ty = self.reference_type(flow, inner)?;
                Some(self.types.non_null(ty))
            }
            ast::ExprKind::Chain(inner) => {
                let ty = self.reference_type(flow, inner)?;
                match self.may_end_early(flow, inner) {
                    true => Some(self.types.nullable(ty)),
                    false => Some(ty),
                }
            }
            _ => {
                let (object, name) = member_access(e)?;
                let ty = self.reference_type(flow, object)?;
                let ty = self.types.non_null(ty);
                self.lookup(ty, name).map(|f| f.ty)
            }
        }
    }

    /// Whether a chain may give `null` because an object before a `?.` is.
    fn may_end_early(&mut self, flow: &Flow, chain: &Expr) -> bool {
        let mut at = chain;
        while let Some((object, optional)) = chain_link(at) {
            if optional
                && (self.reference_type(flow, object)).is_some_and(|ty| self.admits_null(ty))
            {
                return true;
            }
            at = object;
        }
        false
    }

    // ---- tests

    /// The flows of `a === b` being true and false.
    pub(crate) fn narrow_by_equality(
        &mut self,
        (left, l): (&'a Expr, ExprId),
        (right, r): (&'a Expr, ExprId),
    ) -> (Flow, Flow) {
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        for ((e, id), (other_e, other)) in [((left, l), (right, r)), ((right, r), (left, l))] {
            let (ty, value) = (self.ty(id), self.ty(other));
            if let ast::ExprKind::Unary {
                op: UnaryOp::Typeof,
                operand,
            } = &e.kind
            {
                if let ast::ExprKind::String(ast::Text::Name(word)) = &other_e.kind {
                    self.narrow_by_typeof(&mut yes, &mut no, operand, *word);
                }
                continue;
            }
            let Some(reference) = self.reference(e) else {
                continue;
            };
            if matches!(value, Ty::ANY | Ty::ERROR) {
                continue;
            }
            let equal = self.equal_part(ty, value);
            self.narrow_flow(&mut yes, e, reference, ty, equal);
            if self.is_unit(value) {
                let different = self.without(ty, value);
                self.narrow_flow(&mut no, e, reference, ty, different);
                if value == Ty::NULL {
                    self.narrow_chain_objects(&mut no, e);
                }
            }
            if !self.admits_null(value) {
                self.narrow_chain_objects(&mut yes, e);
            }
        }
        (yes, no)
    }

    /// Whether the type has one value.
    fn is_unit(&self, ty: Ty) -> bool {
        matches!(
            self.types.kind(ty),
            TypeKind::Null
                | TypeKind::Void
                | TypeKind::LitString(_)
                | TypeKind::LitNumber(_)
                | TypeKind::LitBool(_)
        )
    }

    /// The part of a type whose values may equal one of `value`.
    pub(crate) fn equal_part(&mut self, ty: Ty, value: Ty) -> Ty {
        if ty == Ty::ANY {
            return ty;
        }
        if ty == Ty::UNKNOWN {
            return if self.is_primitive(value) { value } else { ty };
        }
        let members = self.types.members(ty);
        let mut parts = Vec::with_capacity(members.len());
        for t in members {
            if self.is_unit(value) && self.subtype(value, t) && self.is_primitive(t) {
                parts.push(value);
            } else if self.comparable(t, value) {
                parts.push(t);
            }
        }
        self.same_or_union(ty, &parts)
    }

    /// The type without one value.
    pub(crate) fn without(&mut self, ty: Ty, value: Ty) -> Ty {
        if matches!(ty, Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            return ty;
        }
        let value = if value == Ty::VOID { Ty::NULL } else { value };
        let members = self.types.members(ty);
        let mut parts = Vec::with_capacity(members.len());
        for t in members {
            match t {
                Ty::VOID if value == Ty::NULL => {}
                Ty::BOOLEAN if value == Ty::TRUE => parts.push(Ty::FALSE),
                Ty::BOOLEAN if value == Ty::FALSE => parts.push(Ty::TRUE),
                _ if t != value => parts.push(t),
                _ => {}
            }
        }
        self.same_or_union(ty, &parts)
    }

    fn narrow_by_typeof(&mut self, yes: &mut Flow, no: &mut Flow, operand: &'a Expr, word: Name) {
        let Some(reference) = self.reference(operand) else {
            return;
        };
        let Some(ty) = self.reference_type(yes, operand) else {
            return;
        };
        let text = self.text(word).to_string();
        let (is, is_not) = (
            self.typeof_part(ty, &text, true),
            self.typeof_part(ty, &text, false),
        );
        for (flow, part) in [(yes, is), (no, is_not)] {
            self.narrow_flow(flow, operand, reference, ty, part);
            if !self.admits_null(part) {
                self.narrow_chain_objects(flow, operand);
            }
        }
    }

    /// The part of a type for which `typeof` gives the word, or does not.
    pub(crate) fn typeof_part(&mut self, ty: Ty, word: &str, is: bool) -> Ty {
        if word == "undefined" {
            return if is {
                self.equal_part(ty, Ty::NULL)
            } else {
                self.without(ty, Ty::NULL)
            };
        }
        if matches!(ty, Ty::ANY | Ty::UNKNOWN) {
            return match (word, is) {
                ("string", true) => Ty::STRING,
                ("number", true) => Ty::NUMBER,
                ("boolean", true) => Ty::BOOLEAN,
                ("function", true) => Ty::ANY,
                ("object", true) if ty == Ty::UNKNOWN => self.types.nullable(Ty::ANY_OBJECT),
                _ => ty,
            };
        }
        let members = self.types.members(ty);
        let mut parts = Vec::with_capacity(members.len());
        for t in members {
            let apparent = self.apparent(t);
            let matches = match self.types.kind(apparent) {
                TypeKind::String | TypeKind::LitString(_) => word == "string",
                TypeKind::Number | TypeKind::LitNumber(_) | TypeKind::Int => word == "number",
                TypeKind::Boolean | TypeKind::LitBool(_) => word == "boolean",
                TypeKind::Function(_) | TypeKind::Overloads(_) | TypeKind::ClassObject(_) => {
                    word == "function"
                }
                TypeKind::Unknown | TypeKind::Any => {
                    if t != apparent || !is {
                        parts.push(t);
                    }
                    continue;
                }
                TypeKind::Union(_) => {
                    parts.push(t);
                    continue;
                }
                TypeKind::Object(id) if !self.types.object(id).calls.is_empty() => {
                    word == "function"
                }
                TypeKind::AnyObject => {
                    if word == "object" || word == "function" || !is {
                        parts.push(t);
                    }
                    continue;
                }
                _ => word == "object",
            };
            if matches == is {
                parts.push(t);
            }
        }
        self.same_or_union(ty, &parts)
    }

    /// The flows of `value instanceof class`.
    pub(crate) fn narrow_by_class(
        &mut self,
        (e, id): (&'a Expr, ExprId),
        class: ClassId,
    ) -> (Flow, Flow) {
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        let Some(reference) = self.reference(e) else {
            return (yes, no);
        };
        let ty = self.ty(id);
        let (is, is_not) = self.instance_parts(ty, class);
        self.narrow_flow(&mut yes, e, reference, ty, is);
        self.narrow_flow(&mut no, e, reference, ty, is_not);
        self.narrow_chain_objects(&mut yes, e);
        (yes, no)
    }

    /// The parts of a type that are instances of a class, and that are not.
    fn instance_parts(&mut self, ty: Ty, class: ClassId) -> (Ty, Ty) {
        let params = self.types.class(class).params.len();
        let wildcard = vec![Ty::ANY; params];
        let target = self.instance_type(class, &wildcard);
        if matches!(ty, Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            return (target, ty);
        }
        let members = self.types.members(ty);
        let (mut is, mut is_not) = (Vec::new(), Vec::new());
        for t in members {
            let apparent = self.apparent(t);
            if self.subtype(apparent, target) {
                is.push(t);
                continue;
            }
            is_not.push(t);
            if self.subtype(target, apparent) {
                let precise = self.heir_instance(apparent, class, target);
                is.push(precise);
            } else if !self.is_primitive(apparent) && self.may_be_instance(apparent, class) {
                let both = self.types.intersection(&[t, target]);
                is.push(both);
            }
        }
        (self.same_or_union(ty, &is), self.same_or_union(ty, &is_not))
    }

    /// The instance of an heir whose base arguments agree with a known base type.
    fn heir_instance(&mut self, base: Ty, heir: ClassId, fallback: Ty) -> Ty {
        let TypeKind::Class(base_class, args) = self.types.kind(base) else {
            return fallback;
        };
        let params = self.types.class(heir).params.clone();
        if params.is_empty() || self.is_wildcard(args) {
            return fallback;
        }
        let own = self.types.class_self(heir);
        let Some(seen) = self.types.as_instance_of(own, base_class) else {
            return fallback;
        };
        let mut inference = super::infer::Inference::new(&params);
        self.infer_from(&mut inference, seen, base);
        let known = self.current_subst(&inference, true);
        let args: Vec<Ty> = params
            .iter()
            .map(|&p| known.get(p).unwrap_or(Ty::ANY))
            .collect();
        self.types.instance(heir, &args)
    }

    /// Whether an instance of the class may also be of the other type.
    fn may_be_instance(&mut self, ty: Ty, class: ClassId) -> bool {
        match self.types.kind(ty) {
            TypeKind::Object(_) | TypeKind::AnyObject | TypeKind::Intersection(_) => true,
            TypeKind::Class(other, _) => {
                let (a, b) = (
                    &self.hir.classes[other.index()],
                    &self.hir.classes[class.index()],
                );
                !a.primitive && !b.primitive && (!a.builtin || !b.builtin)
            }
            _ => false,
        }
    }

    /// The flows of `"name" in object`.
    pub(crate) fn narrow_by_member(&mut self, e: &'a Expr, ty: Ty, name: Name) -> (Flow, Flow) {
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        let Some(reference) = self.reference(e) else {
            return (yes, no);
        };
        let members = self.types.members(ty);
        if let [only] = *members {
            if let Some(wider) = self.with_member(only, name) {
                self.narrow_flow(&mut yes, e, reference, ty, wider);
            }
            return (yes, no);
        }
        let (mut with, mut without) = (Vec::new(), Vec::new());
        for t in members {
            match self.lookup(t, name) {
                Some(found) if found.optional => {
                    with.push(t);
                    without.push(t);
                }
                Some(_) => with.push(t),
                None => without.push(t),
            }
        }
        let (with, without) = (
            self.same_or_union(ty, &with),
            self.same_or_union(ty, &without),
        );
        self.narrow_flow(&mut yes, e, reference, ty, with);
        self.narrow_flow(&mut no, e, reference, ty, without);
        (yes, no)
    }

    /// An object type that does not declare a member, of an object that has it.
    fn with_member(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let apparent = self.apparent(ty);
        let kind = self.types.kind(apparent);
        let open = matches!(
            kind,
            TypeKind::AnyObject
                | TypeKind::Object(_)
                | TypeKind::Intersection(_)
                | TypeKind::Class(..)
        );
        if !open || self.lookup(ty, name).is_some() {
            return None;
        }
        let member = self.types.object_of(vec![Member {
            name,
            ty: Ty::UNKNOWN,
            optional: false,
            readonly: false,
            method: false,
        }]);
        Some(match kind {
            TypeKind::AnyObject => member,
            _ => self.types.intersection(&[ty, member]),
        })
    }

    /// The flows of a call whose function has the result type `x is T`.
    pub(crate) fn narrow_by_predicate(
        &mut self,
        call: &'a Call,
        _id: ExprId,
    ) -> Option<(Flow, Flow)> {
        let (predicate, e) = self.call_predicate(call)?;
        if predicate.asserts {
            return None;
        }
        let proven = predicate.ty?;
        let reference = self.reference(e)?;
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        let Some(ty) = self.reference_type(&yes, e) else {
            return Some((yes, no));
        };
        let (is, is_not) = (self.part_of(ty, proven), self.part_outside(ty, proven));
        self.narrow_flow(&mut yes, e, reference, ty, is);
        self.narrow_flow(&mut no, e, reference, ty, is_not);
        Some((yes, no))
    }

    /// The part of a type that is of another type.
    pub(crate) fn part_of(&mut self, ty: Ty, proven: Ty) -> Ty {
        if matches!(ty, Ty::ANY | Ty::UNKNOWN) {
            return proven;
        }
        let members = self.types.members(ty);
        let any_array = self.types.array(Ty::ANY);
        let mut parts = Vec::new();
        for t in members {
            if self.subtype(t, proven) || (proven == any_array && self.array_element(t).is_some()) {
                parts.push(t);
            } else if self.subtype(proven, t) {
                parts.push(proven);
            }
        }
        if parts.is_empty() {
            return self.types.intersection(&[ty, proven]);
        }
        self.same_or_union(ty, &parts)
    }

    fn part_outside(&mut self, ty: Ty, proven: Ty) -> Ty {
        if matches!(ty, Ty::ANY | Ty::UNKNOWN) {
            return ty;
        }
        let members = self.types.members(ty);
        let any_array = self.types.array(Ty::ANY);
        let parts: Vec<Ty> = members
            .into_iter()
            .filter(|&t| {
                let array = proven == any_array && self.array_element(t).is_some();
                !array && !self.subtype(t, proven)
            })
            .collect();
        self.same_or_union(ty, &parts)
    }

    /// What a call of an assertion function proves for the code behind it.
    pub(crate) fn apply_assertion(&mut self, call: &'a Call, span: Span) {
        let Some((predicate, e)) = self.call_predicate(call) else {
            return;
        };
        if !predicate.asserts {
            return;
        }
        match predicate.ty {
            None => {
                let ((_, yes, _), _) = self.quietly(|c| c.condition(e));
                self.flow = yes;
            }
            Some(proven) => {
                let Some(reference) = self.reference(e) else {
                    return;
                };
                let mut flow = std::mem::take(&mut self.flow);
                if let Some(ty) = self.reference_type(&flow, e) {
                    let is = self.part_of(ty, proven);
                    self.narrow_flow(&mut flow, e, reference, ty, is);
                }
                self.flow = flow;
            }
        }
        let _ = span;
    }
}

fn is_falsy_number(bits: u64) -> bool {
    let value = f64::from_bits(bits);
    value == 0.0 || value.is_nan()
}

/// What a link of a chain of members and calls is about, and whether it ends the chain where
/// that is `null`.
fn chain_link(e: &Expr) -> Option<(&Expr, bool)> {
    match &e.kind {
        ast::ExprKind::Member {
            object, optional, ..
        }
        | ast::ExprKind::PrivateMember {
            object, optional, ..
        }
        | ast::ExprKind::Index {
            object, optional, ..
        } => Some((object, *optional)),
        ast::ExprKind::Call(call) => Some((&call.callee, call.optional)),
        ast::ExprKind::NonNull(inner) => Some((inner, false)),
        _ => None,
    }
}

/// The object and the name, if an expression reads a named member.
pub(crate) fn member_access(e: &Expr) -> Option<(&Expr, Name)> {
    match &e.kind {
        ast::ExprKind::Member {
            object, property, ..
        }
        | ast::ExprKind::PrivateMember {
            object, property, ..
        } => Some((object, property.name)),
        ast::ExprKind::Index { object, index, .. } => match &index.kind {
            ast::ExprKind::String(ast::Text::Name(name)) => Some((object, *name)),
            _ => None,
        },
        ast::ExprKind::Chain(inner) | ast::ExprKind::NonNull(inner) => member_access(inner),
        _ => None,
    }
}
