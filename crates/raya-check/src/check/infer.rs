//! Inference of type arguments.
//!
//! Candidates are collected by walking a parameter's type and an argument's type in
//! step; then each type parameter gets the join of its candidates. Candidates from
//! the expected result count only where arguments say nothing.

use super::Checker;
use crate::types::{ParamId, Signature, Subst, Tuple, Ty, TypeFlags, TypeKind};
use raya_syntax::limits::ensure_stack;
use std::sync::Arc;

/// What is known about the type arguments of one call.
#[derive(Clone, Debug)]
pub(crate) struct Inference {
    /// The parameters.
    pub params: Box<[ParamId]>,
    slots: Vec<Slot>,
    /// Candidates now come from the expected result.
    pub from_result: bool,
    /// Literal types among the candidates now stay as they are: they were declared or
    /// asserted, and are not just those of values that were written as literals.
    pub firm: bool,
    /// Candidates now come from a parameter position: they bound from above.
    contra: bool,
    /// Candidates now come from the elements or members of something, where an int is not
    /// converted to a number.
    inside: bool,
    depth: u32,
}

/// What is known about one type argument.
#[derive(Clone, Debug, Default)]
struct Slot {
    candidates: Vec<Ty>,
    /// Those of the candidates that are not widened.
    firm: Vec<Ty>,
    /// Those of the candidates that are elements or members of an argument.
    inside: Vec<Ty>,
    contra: Vec<Ty>,
    result: Vec<Ty>,
}

impl Inference {
    /// Nothing is known.
    pub(crate) fn new(params: &[ParamId]) -> Self {
        Self {
            params: params.into(),
            slots: vec![Slot::default(); params.len()],
            from_result: false,
            firm: false,
            contra: false,
            inside: false,
            depth: 0,
        }
    }

    fn index(&self, param: ParamId) -> Option<usize> {
        self.params.iter().position(|&p| p == param)
    }

    fn add(&mut self, index: usize, ty: Ty) {
        let slot = &mut self.slots[index];
        if self.firm && !self.from_result && !self.contra && !slot.firm.contains(&ty) {
            slot.firm.push(ty);
        }
        if self.inside && !self.from_result && !self.contra && !slot.inside.contains(&ty) {
            slot.inside.push(ty);
        }
        let list = if self.from_result {
            &mut slot.result
        } else if self.contra {
            &mut slot.contra
        } else {
            &mut slot.candidates
        };
        if !list.contains(&ty) {
            list.push(ty);
        }
    }
}

impl<'a> Checker<'a> {
    /// Collects candidates: `target` mentions type parameters, `source` is what
    /// stands at its place.
    pub(crate) fn infer_from(&mut self, inference: &mut Inference, target: Ty, source: Ty) {
        if !self.types.has_params(target) || inference.depth > 40 {
            return;
        }
        if source == Ty::ERROR {
            // What follows from an error is in error.
            if let TypeKind::Param(p) = self.types.kind(target)
                && let Some(index) = inference.index(p)
            {
                inference.add(index, Ty::ERROR);
            }
            return;
        }
        let outer = inference.inside;
        inference.inside |= matches!(
            self.types.kind(target),
            TypeKind::Array(_)
                | TypeKind::ReadonlyArray(_)
                | TypeKind::Tuple(_)
                | TypeKind::Class(..)
                | TypeKind::Object(_)
                | TypeKind::Named(..)
        );
        inference.depth += 1;
        ensure_stack(|| self.infer_kinds(inference, target, source));
        inference.depth -= 1;
        inference.inside = outer;
    }

    fn infer_kinds(&mut self, inference: &mut Inference, target: Ty, source: Ty) {
        match (self.types.kind(target), self.types.kind(source)) {
            (TypeKind::Param(p), _) => {
                if let Some(index) = inference.index(p) {
                    inference.add(index, source);
                }
            }
            (TypeKind::Union(_), _) => self.infer_to_union(inference, target, source),
            (TypeKind::Named(n, xs), TypeKind::Named(m, ys)) if n == m => {
                self.infer_lists(inference, xs, ys);
            }
            (TypeKind::Named(..), _) => {
                let target = self.types.expand(target);
                self.infer_from(inference, target, source);
            }
            (_, TypeKind::Named(..)) => {
                let expanded = self.types.expand(source);
                match self.entries_of_interface(target, expanded) {
                    Some(value) => self.infer_from(inference, value, Ty::ANY),
                    None => self.infer_from(inference, target, expanded),
                }
            }
            (_, TypeKind::Param(_)) => {
                let source = self.constraint_of(source);
                if source != Ty::UNKNOWN {
                    self.infer_from(inference, target, source);
                }
            }
            (
                TypeKind::Class(..)
                | TypeKind::Tuple(_)
                | TypeKind::Object(_)
                | TypeKind::Function(_),
                TypeKind::Union(_),
            ) => {
                for s in self.types.members(source) {
                    if self.same_shape(target, s) {
                        self.infer_from(inference, target, s);
                    }
                }
            }
            (TypeKind::Array(x) | TypeKind::ReadonlyArray(x), TypeKind::Union(_))
                if inference.from_result =>
            {
                // Each array is a wish of its own.
                for s in self.types.members(source) {
                    if let Some(elem) = self.array_element(s) {
                        self.infer_from(inference, x, elem);
                    }
                }
            }
            (TypeKind::Array(x) | TypeKind::ReadonlyArray(x), _) => {
                if source == Ty::ANY {
                    self.infer_from(inference, x, Ty::ANY);
                } else if let Some(elem) = self.array_element(source) {
                    self.infer_from(inference, x, elem);
                }
            }
            (TypeKind::Tuple(x), TypeKind::Tuple(y)) => {
                let (x, y) = (self.types.tuple(x).clone(), self.types.tuple(y).clone());
                for (&t, &s) in x.elems.iter().zip(y.elems.iter()) {
                    self.infer_from(inference, t, s);
                }
                if let (Some(t), Some(s)) = (x.rest, y.rest) {
                    self.infer_from(inference, t, s);
                }
            }
            (TypeKind::Class(class, xs), TypeKind::Class(..)) => {
                let found = self.types.as_instance_of(source, class);
                if let Some(TypeKind::Class(_, ys)) = found.map(|t| self.types.kind(t)) {
                    self.infer_lists(inference, xs, ys);
                }
            }
            (TypeKind::Function(id), _) => {
                let sig = self.types.signature(id).clone();
                if source == Ty::ANY {
                    return self.infer_from(inference, sig.ret, Ty::ANY);
                }
                if let Some(other) = self.call_signatures(source).into_iter().next_back() {
                    let other = self.instance_for(inference, &sig, &other);
                    self.infer_signatures(inference, &sig, &other);
                }
            }
            (TypeKind::Object(id), _) => {
                let object = self.types.object(id).clone();
                for m in &object.members {
                    if let Some(found) = self.lookup(source, m.name) {
                        self.infer_from(inference, m.ty, found.ty);
                    }
                }
                if let Some(index) = object.index {
                    self.infer_entries(inference, index.value, source);
                }
                if let [call] = *object.calls {
                    self.infer_from(inference, call, source);
                }
                if let [construct] = *object.constructs
                    && let Some(wanted) = self.types.as_signature(construct).cloned()
                    && let Some(own) = self.construct_signatures(source).into_iter().next_back()
                {
                    self.infer_signatures(inference, &wanted, &own);
                }
            }
            (TypeKind::Intersection(l), _) => {
                for &t in self.types.list_arc(l).iter() {
                    self.infer_from(inference, t, source);
                }
            }
            _ => {}
        }
    }

    fn infer_lists(
        &mut self,
        inference: &mut Inference,
        xs: crate::types::TyList,
        ys: crate::types::TyList,
    ) {
        let (xs, ys) = (self.types.list_arc(xs), self.types.list_arc(ys));
        for (&x, &y) in xs.iter().zip(ys.iter()) {
            self.infer_from(inference, x, y);
        }
    }

    /// Where a dictionary is asked for and an interface without index signature is
    /// given, the type of the entries: it may have members that it does not declare,
    /// so they may be anything.
    fn entries_of_interface(&mut self, target: Ty, source: Ty) -> Option<Ty> {
        let (TypeKind::Object(wanted), TypeKind::Object(given)) =
            (self.types.kind(target), self.types.kind(source))
        else {
            return None;
        };
        let (wanted, given) = (self.types.object(wanted), self.types.object(given));
        let open = wanted.members.is_empty() && given.index.is_none();
        wanted.index.filter(|_| open).map(|i| i.value)
    }

    fn infer_entries(&mut self, inference: &mut Inference, value: Ty, source: Ty) {
        if source == Ty::ANY {
            return self.infer_from(inference, value, Ty::ANY);
        }
        if let TypeKind::Object(id) = self.types.kind(source) {
            let object = self.types.object(id).clone();
            for m in &object.members {
                self.infer_from(inference, value, m.ty);
            }
            if let Some(index) = object.index {
                self.infer_from(inference, value, index.value);
            }
        }
    }

    /// Members that the union and the source share are settled; what is left of the
    /// source goes to the type parameters among the members.
    fn infer_to_union(&mut self, inference: &mut Inference, target: Ty, source: Ty) {
        let targets = self.types.members(target);
        let sources = self.types.members(source);
        let rest: Vec<Ty> = sources
            .into_iter()
            .filter(|s| !targets.contains(s))
            .collect();
        let mut naked = Vec::new();
        let mut left = rest;
        for &t in &targets {
            match self.types.kind(t) {
                TypeKind::Param(_) => naked.push(t),
                _ if self.types.has_params(t) => {
                    let (matching, others): (Vec<Ty>, Vec<Ty>) =
                        left.iter().partition(|&&s| self.same_shape(t, s));
                    for s in matching {
                        self.infer_from(inference, t, s);
                    }
                    left = others;
                }
                _ => left.retain(|&s| !self.subtype(s, t)),
            }
        }
        if !left.is_empty() {
            let left = self.types.union(&left);
            for t in naked {
                self.infer_from(inference, t, left);
            }
        }
    }

    /// Whether inferring between the two can give anything.
    fn same_shape(&mut self, target: Ty, source: Ty) -> bool {
        let (target, source) = (self.types.expand(target), self.types.expand(source));
        match (self.types.kind(target), self.types.kind(source)) {
            (TypeKind::Class(x, _), TypeKind::Class(y, _)) => self.types.inherits(y, x),
            (TypeKind::Array(_) | TypeKind::ReadonlyArray(_) | TypeKind::Tuple(_), _) => {
                self.array_element(source).is_some()
            }
            (TypeKind::Function(_), _) => !self.call_signatures(source).is_empty(),
            (TypeKind::Object(_), _) => {
                let stands = self.is_object_like(source) || self.has_members_of(target, source);
                stands && !self.differ_in_tag(target, source)
            }
            _ => false,
        }
    }

    /// Whether a primitive stands where an object type asks for some of its methods.
    fn has_members_of(&mut self, target: Ty, source: Ty) -> bool {
        let TypeKind::Object(id) = self.types.kind(target) else {
            return false;
        };
        let object = self.types.object(id).clone();
        let mut required = object.members.iter().filter(|m| !m.optional).peekable();
        required.peek().is_some() && required.all(|m| self.lookup(source, m.name).is_some())
    }

    /// Whether a member tells the two apart: in each it is one value, but another one.
    fn differ_in_tag(&mut self, target: Ty, source: Ty) -> bool {
        let TypeKind::Object(id) = self.types.kind(target) else {
            return false;
        };
        let object = self.types.object(id).clone();
        object.members.iter().any(|m| {
            let literal = |c: &Self, t: Ty| c.types.flags(t).has(TypeFlags::LITERAL);
            literal(self, m.ty)
                && self.lookup(source, m.name).is_some_and(|found| {
                    literal(self, found.ty) && !self.comparable(m.ty, found.ty)
                })
        })
    }

    /// A generic function as an argument: its instance for the parameters that the
    /// call is known to pass.
    fn instance_for(
        &mut self,
        inference: &Inference,
        target: &Signature,
        source: &Arc<Signature>,
    ) -> Arc<Signature> {
        if source.type_params.is_empty() {
            return Arc::clone(source);
        }
        let known = self.current_subst(inference, false);
        let mut own = Inference::new(&source.type_params);
        for i in 0..source.params.len() {
            let (given, taken) = (self.param_at(target, i), self.param_at(source, i));
            let (Some(given), Some(taken)) = (given, taken) else {
                continue;
            };
            let given = self.types.substitute(given, &known);
            if self.is_closed(given) {
                self.infer_from(&mut own, taken, given);
            }
        }
        let args = self.solve(&mut own, source);
        Arc::new(self.types.instantiate_signature(source, &args))
    }

    fn infer_signatures(
        &mut self,
        inference: &mut Inference,
        target: &Signature,
        source: &Signature,
    ) {
        inference.contra = !inference.contra;
        for i in 0..source.params.len() {
            if let (Some(t), Some(s)) = (self.param_at(target, i), self.param_at(source, i)) {
                self.infer_from(inference, t, s);
            }
        }
        self.infer_rest(inference, target, source);
        inference.contra = !inference.contra;
        if let (Some(t), Some(s)) = (target.predicate, source.predicate)
            && let (Some(t), Some(s)) = (t.ty, s.ty)
        {
            self.infer_from(inference, t, s);
        }
        self.infer_from(inference, target.ret, source.ret);
    }

    /// A rest parameter that is a type parameter stands for all the parameters that
    /// are left.
    fn infer_rest(&mut self, inference: &mut Inference, target: &Signature, source: &Signature) {
        let Some(last) = target.params.last().filter(|_| target.rest) else {
            return;
        };
        if !matches!(self.types.kind(last.ty), TypeKind::Param(_)) {
            return;
        }
        let from = target.fixed().len();
        let left: Vec<_> = source.fixed().iter().skip(from).copied().collect();
        let required = left.iter().take_while(|p| !p.optional).count() as u16;
        let rest = source.params.last().filter(|_| source.rest);
        let rest = rest.and_then(|p| self.array_element(p.ty));
        let tuple = self.types.tuple_type(Tuple {
            elems: left.iter().map(|p| p.ty).collect(),
            required,
            rest,
            readonly: false,
            labels: Box::default(),
        });
        self.infer_from(inference, last.ty, tuple);
    }

    /// What is known so far, for the types that arguments are checked against; a
    /// parameter about which nothing is known stands for itself.
    pub(crate) fn current_subst(&mut self, inference: &Inference, with_result: bool) -> Subst {
        let mut subst = Subst::default();
        for (i, &param) in inference.params.iter().enumerate() {
            let mut slot = inference.slots[i].clone();
            if !with_result {
                slot.result.clear();
            }
            if !slot.candidates.is_empty() {
                let ty = self.solve_slot(param, &slot);
                subst.push(param, ty);
            } else if let [ty] = *slot.result
                && with_result
            {
                subst.push(param, ty);
            }
        }
        subst
    }

    /// The type arguments. Those about which nothing is known become their default
    /// or `unknown` (their constraint, if they have one).
    pub(crate) fn solve(&mut self, inference: &mut Inference, sig: &Signature) -> Vec<Ty> {
        let mut args: Vec<Ty> = Vec::with_capacity(sig.type_params.len());
        for (i, &param) in sig.type_params.iter().enumerate() {
            let slot = inference.slots[i].clone();
            let known = Subst::new(&sig.type_params[..i], &args);
            let arg = self.solve_slot(param, &slot);
            args.push(self.types.substitute(arg, &known));
        }
        if self.types.has_operators() {
            args.iter().for_each(|&t| self.publish_members(t));
        }
        args
    }

    fn solve_slot(&mut self, param: ParamId, slot: &Slot) -> Ty {
        let decl = self.types.param(param).clone();
        if !slot.candidates.is_empty() {
            let widen = !decl.is_const && !self.wants_literals(decl.constraint);
            let candidates: Vec<Ty> = slot
                .candidates
                .iter()
                .map(|&t| {
                    if widen && !slot.firm.contains(&t) {
                        self.types.widen_literals(t)
                    } else {
                        t
                    }
                })
                .collect();
            let joined = self.join_candidates(&candidates);
            // The expected result may ask for a wider type that the candidates fit.
            if let [wanted] = *slot.result
                && wanted != Ty::ANY
                && wanted != Ty::UNKNOWN
                && !self.types.has_params(wanted)
                && candidates
                    .iter()
                    .chain(&slot.candidates)
                    .any(|&c| c != wanted)
                && slot.candidates.iter().all(|&c| self.fits(c, wanted))
                && slot
                    .inside
                    .iter()
                    .all(|&c| !self.converts_int(c, wanted) || self.subtype(c, wanted))
                && slot.contra.iter().all(|&c| self.subtype(wanted, c))
            {
                return wanted;
            }
            return self.filled_in(joined, &slot.contra);
        }
        if !slot.contra.is_empty() {
            return self.narrowest(&slot.contra);
        }
        if !slot.result.is_empty() {
            return self.join_candidates(&slot.result);
        }
        decl.default.or(decl.constraint).unwrap_or(Ty::UNKNOWN)
    }

    /// A start such as `{}` says less than the parameters of a function that takes it.
    fn filled_in(&mut self, joined: Ty, contra: &[Ty]) -> Ty {
        if contra.is_empty() || !self.asks_for_nothing(joined) {
            return joined;
        }
        let wanted = self.narrowest(contra);
        if self.types.has_params(wanted) || !self.fits(joined, wanted) {
            return joined;
        }
        wanted
    }

    /// Whether a constraint asks for literal types to be kept.
    fn wants_literals(&mut self, constraint: Option<Ty>) -> bool {
        constraint.is_some_and(|c| {
            let c = self.constraint_of(c);
            let members = self.types.members(c);
            members
                .iter()
                .any(|&t| self.is_primitive(t) && !matches!(t, Ty::NULL | Ty::VOID))
        })
    }

    /// The type that takes all candidates: one of them if possible, else a union of
    /// candidates that differ in being null only, else of all.
    fn join_candidates(&mut self, candidates: &[Ty]) -> Ty {
        if let [one] = *candidates {
            return one;
        }
        if candidates.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        if candidates.contains(&Ty::ANY) {
            return Ty::ANY;
        }
        // An empty literal is an array of whatever the others are.
        let empty = self.types.array(Ty::NEVER);
        let (others, empties): (Vec<Ty>, Vec<Ty>) = candidates.iter().partition(|&&t| t != empty);
        let arrays = others.iter().any(|&t| self.array_element(t).is_some());
        if arrays && !empties.is_empty() {
            return self.join_candidates(&others);
        }
        for &wide in candidates {
            if candidates.iter().all(|&t| self.fits(t, wide)) {
                return wide;
            }
        }
        self.join_types(candidates)
    }

    fn narrowest(&mut self, candidates: &[Ty]) -> Ty {
        for &narrow in candidates {
            if candidates.iter().all(|&t| self.subtype(narrow, t)) {
                return narrow;
            }
        }
        candidates[0]
    }

    /// The element type, if the type is an array, read-only array or tuple.
    pub(crate) fn array_element(&mut self, ty: Ty) -> Option<Ty> {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Array(t) | TypeKind::ReadonlyArray(t) => Some(t),
            TypeKind::Tuple(id) => {
                let tuple = self.types.tuple(id).clone();
                let parts: Vec<Ty> = tuple.elems.iter().chain(&tuple.rest).copied().collect();
                Some(self.types.union(&parts))
            }
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                let elems: Option<Vec<Ty>> = list.iter().map(|&t| self.array_element(t)).collect();
                elems.map(|e| self.types.union(&e))
            }
            _ => None,
        }
    }

    /// The type of a value that comes from several paths: the union, in which int
    /// beside number becomes number and heirs disappear in their bases.
    pub(crate) fn join_types(&mut self, types: &[Ty]) -> Ty {
        let mut parts: Vec<Ty> = Vec::with_capacity(types.len());
        for &t in types {
            if !parts.contains(&t) {
                parts.push(t);
            }
        }
        let is_number =
            |c: &Self, t: Ty| matches!(c.types.kind(t), TypeKind::Number | TypeKind::LitNumber(_));
        if parts.contains(&Ty::INT) && parts.iter().any(|&t| is_number(self, t)) {
            parts.retain(|&t| t != Ty::INT);
            parts.push(Ty::NUMBER);
        }
        let mut kept: Vec<Ty> = Vec::with_capacity(parts.len());
        for (i, &t) in parts.iter().enumerate() {
            let covered = parts.iter().enumerate().any(|(j, &other)| {
                let heir = matches!(self.types.kind(t), TypeKind::Class(..))
                    && matches!(self.types.kind(other), TypeKind::Class(..));
                i != j && heir && self.subtype(t, other)
            });
            if !covered {
                kept.push(t);
            }
        }
        self.types.union(&kept)
    }
}
