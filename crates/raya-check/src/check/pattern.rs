//! Destructuring: patterns become reads of members and elements.

use super::Checker;
use crate::codes;
use crate::env::{Storage, SymId, VarKind};
use crate::hir::{Element, ExprId, ExprKind, ObjectLit, ObjectMember, Place, Stmt, StmtKind};
use crate::types::{Member, Ty, TypeKind};
use raya_syntax::ast::{
    self, ArrayPattern, Expr, Ident, ObjectPattern, Pattern, PatternElement, PatternKind, PropKey,
};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

/// One step of taking a value apart.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Step {
    /// Sets a variable that the pattern declares.
    Bind(SymId, ExprId),
    /// Evaluates an expression (an assignment, or the definition of a local).
    Eval(ExprId),
    /// Sets a compiler-made local.
    Temp(crate::hir::LocalId, ExprId),
}

impl<'a> Checker<'a> {
    /// Takes a value apart by a pattern. What is declared gets its type here.
    pub(crate) fn destructure(
        &mut self,
        pattern: &'a Pattern,
        value: ExprId,
        steps: &mut Vec<Step>,
    ) {
        match &pattern.kind {
            PatternKind::Binding(name) => self.bind_name(*name, pattern.span, value, steps),
            PatternKind::Expr(e) => {
                let Some(target) = self.target(e, false) else {
                    return;
                };
                let moved = self.move_to(value, target.ty, pattern.span);
                let written = self.write(&target, moved, pattern.span);
                if let Some(reference) = self.reference(e) {
                    self.assigned_to(reference);
                }
                if let super::target::Slot::Var(symbol) = target.place {
                    self.flow.unassigned.retain(|&s| s != symbol);
                }
                let id = self.wrap_lets(target.lets, written);
                steps.push(Step::Eval(id));
            }
            PatternKind::Array(a) => self.destructure_array(a, value, pattern.span, steps),
            PatternKind::Object(o) => self.destructure_object(o, value, pattern.span, steps),
            PatternKind::Error => {}
        }
    }

    fn bind_name(&mut self, name: Name, span: Span, value: ExprId, steps: &mut Vec<Step>) {
        let Some(symbol) = self.scopes.own_value(self.scope, name) else {
            return;
        };
        let mut ty = self.ty(value);
        let mutable = self.var(symbol).is_some_and(|v| v.kind != VarKind::Const);
        if mutable {
            ty = self.types.widen_literals(ty);
        }
        if ty == Ty::VOID {
            self.report_void(span);
            ty = Ty::ERROR;
        }
        self.set_var_type(symbol, ty);
        let value = self.move_to(value, ty, span);
        self.pass_declaration(symbol);
        steps.push(Step::Bind(symbol, value));
    }

    /// Keeps the value in a local, so that parts can be read from it.
    fn kept(&mut self, value: ExprId, steps: &mut Vec<Step>) -> (crate::hir::LocalId, Ty) {
        let (local, ty) = self.keep(value);
        steps.push(Step::Temp(local, value));
        (local, ty)
    }

    /// Applies a default to a part that may be null.
    fn with_default(&mut self, part: ExprId, element: &'a PatternElement) -> ExprId {
        let Some(default) = &element.default else {
            return part;
        };
        let ty = self.ty(part);
        if ty == Ty::ERROR {
            return part;
        }
        let before = self.flow.clone();
        let wish = self.types.non_null(ty);
        let name = element.pattern.binding_name();
        let r = self.named_expr(name, default, (wish != Ty::NEVER).then_some(wish));
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(before, after);
        if ty != Ty::ANY && !self.admits_null(ty) {
            // The default is never used, but it has to fit.
            let r_ty = self.ty(r);
            if !self.fits(r_ty, ty) {
                self.report_mismatch(r_ty, ty, default.span);
            }
            return part;
        }
        let r_ty = self.ty(r);
        let r = if self.is_widening(default) && wish == Ty::NEVER {
            let wide = self.types.widen_literals(r_ty);
            self.coerce(r, wide)
        } else {
            r
        };
        self.or_if_null(
            part,
            r,
            Some(wish).filter(|&w| w != Ty::NEVER),
            default.span,
            default.span,
        )
    }

    // ---- arrays

    fn destructure_array(
        &mut self,
        pattern: &'a ArrayPattern,
        value: ExprId,
        span: Span,
        steps: &mut Vec<Step>,
    ) {
        let value = self.require_non_null(value, span);
        let value = self.as_indexable(value, span);
        let (local, ty) = self.kept(value, steps);
        for (i, element) in pattern.elements.iter().enumerate() {
            let Some(element) = element else { continue };
            let object = self.read_temp(local, ty, element.pattern.span);
            let part = self.element_at(object, ty, i, element.default.is_some(), &element.pattern);
            let part = self.with_default(part, element);
            self.destructure(&element.pattern, part, steps);
        }
        if let Some(rest) = &pattern.rest {
            let object = self.read_temp(local, ty, rest.span);
            let part = self.rest_elements(object, ty, pattern.elements.len(), rest.span);
            self.destructure(rest, part, steps);
        }
    }

    /// The value as something with positions: other iterables are copied.
    fn as_indexable(&mut self, value: ExprId, span: Span) -> ExprId {
        let ty = self.ty(value);
        let apparent = self.apparent(ty);
        let positional =
            self.array_element(apparent).is_some() || matches!(apparent, Ty::ANY | Ty::ERROR);
        if positional {
            return value;
        }
        match self.iterated_type(apparent) {
            Some(elem) => self.spread_to_array(value, elem, span),
            None => {
                let message = format!("`{}` cannot be taken apart by position", self.show(ty));
                self.error(codes::NOT_ITERABLE, span, message);
                self.error_expr(span)
            }
        }
    }

    /// `[...value]`
    pub(crate) fn spread_to_array(&mut self, value: ExprId, elem: Ty, span: Span) -> ExprId {
        let ty = self.types.array(elem);
        let any = self.coerce(value, Ty::ANY);
        self.add(ExprKind::Array(Box::new([Element::Spread(any)])), ty, span)
    }

    fn element_at(
        &mut self,
        object: ExprId,
        ty: Ty,
        position: usize,
        has_default: bool,
        pattern: &Pattern,
    ) -> ExprId {
        let span = pattern.span;
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Error => self.error_expr(span),
            TypeKind::Any => {
                let key = self.add(ExprKind::Number(position as f64), Ty::NUMBER, span);
                let key = self.coerce(key, Ty::ANY);
                self.add(ExprKind::Read(Place::Item { object, key }), Ty::ANY, span)
            }
            TypeKind::Tuple(id) => {
                let tuple = self.types.tuple(id).clone();
                let Some(part) = tuple.elems.get(position).copied().or(tuple.rest) else {
                    let message = format!("`{}` has no element at {position}", self.show(ty));
                    self.error(codes::TUPLE_INDEX, span, message);
                    return self.error_expr(span);
                };
                let beyond = position >= tuple.elems.len();
                let optional = position >= tuple.required as usize;
                let part = if beyond && has_default {
                    self.types.nullable(part)
                } else {
                    part
                };
                let place = Place::TupleElem {
                    tuple: object,
                    index: position as u32,
                    optional: optional && (!beyond || has_default),
                };
                self.add(ExprKind::Read(place), part, span)
            }
            TypeKind::Union(_) => self.union_part(object, apparent, position, has_default, span),
            _ => {
                let elem = self.array_element(apparent).unwrap_or(Ty::ERROR);
                self.array_element_at(object, elem, position, has_default, span)
            }
        }
    }

    /// The part at a position of one of several tuples and arrays; null where a tuple
    /// has none.
    fn union_part(
        &mut self,
        object: ExprId,
        apparent: Ty,
        position: usize,
        has_default: bool,
        span: Span,
    ) -> ExprId {
        let mut parts = Vec::new();
        let mut missing = has_default;
        for t in self.types.members(apparent) {
            let t = self.apparent(t);
            match self.types.kind(t) {
                TypeKind::Tuple(id) => {
                    let tuple = self.types.tuple(id);
                    missing |= position >= tuple.required as usize;
                    parts.extend(tuple.elems.get(position).copied().or(tuple.rest));
                }
                _ => parts.extend(self.array_element(t)),
            }
        }
        if parts.is_empty() {
            parts.push(Ty::NULL);
        }
        let elem = self.join_types(&parts);
        let any = self.coerce(object, Ty::ANY);
        let key = self.add(ExprKind::Number(position as f64), Ty::NUMBER, span);
        let key = self.coerce(key, Ty::ANY);
        let place = Place::Item { object: any, key };
        let read = self.add(ExprKind::Read(place), Ty::ANY, span);
        let read = self.coerce(read, elem);
        if missing {
            self.if_longer(object, position, read, span)
        } else {
            read
        }
    }

    /// `position < a.length ? a[position] : null` where there is a default.
    fn array_element_at(
        &mut self,
        object: ExprId,
        elem: Ty,
        position: usize,
        has_default: bool,
        span: Span,
    ) -> ExprId {
        let index = self.add(ExprKind::Int(position as i32), Ty::INT, span);
        let place = Place::Index {
            array: object,
            index,
        };
        let read = self.add(ExprKind::Read(place), elem, span);
        if !has_default {
            return read;
        }
        self.if_longer(object, position, read, span)
    }

    /// `position < object.length ? read : null`
    fn if_longer(&mut self, object: ExprId, position: usize, read: ExprId, span: Span) -> ExprId {
        let elem = self.ty(read);
        let length = Ident {
            name: names::LENGTH,
            span,
        };
        let length = self.read_member(object, length, false, span);
        let at = self.add(ExprKind::Number(position as f64), Ty::NUMBER, span);
        let op = ast::BinaryOp::Lt;
        let kind = ExprKind::Binary {
            op,
            left: at,
            right: length,
        };
        let test = self.add(kind, Ty::BOOLEAN, span);
        let ty = self.types.nullable(elem);
        let read = self.coerce(read, ty);
        let null = self.add(ExprKind::Null, Ty::NULL, span);
        let null = self.coerce(null, ty);
        self.conditional(test, read, null, ty, span)
    }

    pub(super) fn rest_elements(
        &mut self,
        object: ExprId,
        ty: Ty,
        from: usize,
        span: Span,
    ) -> ExprId {
        let apparent = self.apparent(ty);
        if apparent == Ty::ERROR {
            return self.error_expr(span);
        }
        if let TypeKind::Tuple(id) = self.types.kind(apparent) {
            let tuple = self.types.tuple(id).clone();
            if tuple.rest.is_none() && tuple.required as usize == tuple.elems.len() {
                return self.tuple_tail(object, &tuple, from, span);
            }
        }
        let start = self.add(ExprKind::Number(from as f64), Ty::NUMBER, span);
        let slice = self.names.intern("slice");
        if apparent == Ty::ANY {
            let start = self.coerce(start, Ty::ANY);
            let callee = crate::hir::Callee::AnyMethod {
                object,
                name: slice,
            };
            let call = crate::hir::Call {
                callee,
                args: Box::new([Element::One(start)]),
            };
            return self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        }
        let rest = self.call_method_on(object, slice, vec![start], span);
        match self.types.kind(apparent) {
            // Behind the fixed elements there are only those of the rest.
            TypeKind::Tuple(id) if from >= self.types.tuple(id).elems.len() => {
                match self.types.tuple(id).rest {
                    Some(elem) => self.spread_to_array(rest, elem, span),
                    None => rest,
                }
            }
            _ => rest,
        }
    }

    fn tuple_tail(
        &mut self,
        object: ExprId,
        tuple: &crate::types::Tuple,
        from: usize,
        span: Span,
    ) -> ExprId {
        let tail: Vec<Ty> = tuple.elems.iter().skip(from).copied().collect();
        let parts: Vec<ExprId> = tail
            .iter()
            .enumerate()
            .map(|(i, &t)| {
                let place = Place::TupleElem {
                    tuple: object,
                    index: (from + i) as u32,
                    optional: false,
                };
                self.add(ExprKind::Read(place), t, span)
            })
            .collect();
        let ty = self.types.tuple_type(crate::types::Tuple {
            elems: tail.into(),
            required: parts.len() as u16,
            rest: None,
            readonly: false,
            labels: Box::default(),
        });
        self.add(ExprKind::Tuple(parts.into()), ty, span)
    }

    // ---- objects

    fn destructure_object(
        &mut self,
        pattern: &'a ObjectPattern,
        value: ExprId,
        span: Span,
        steps: &mut Vec<Step>,
    ) {
        let value = self.require_non_null(value, span);
        let (local, ty) = self.kept(value, steps);
        let mut taken = Vec::with_capacity(pattern.props.len());
        for prop in &pattern.props {
            let object = self.read_temp(local, ty, prop.span);
            let Some(part) = self.prop_part(object, ty, prop, &mut taken) else {
                continue;
            };
            let part = self.with_default(part, &prop.value);
            self.destructure(&prop.value.pattern, part, steps);
        }
        if let Some(rest) = &pattern.rest {
            let object = self.read_temp(local, ty, rest.span);
            let part = self.rest_members(object, ty, &taken, rest.span);
            self.destructure(rest, part, steps);
        }
    }

    fn prop_part(
        &mut self,
        object: ExprId,
        ty: Ty,
        prop: &'a ast::PatternProp,
        taken: &mut Vec<Name>,
    ) -> Option<ExprId> {
        let span = prop.key.span();
        let name = match &prop.key {
            PropKey::Number { value, .. } => self.names.intern(&format!("{value}")),
            PropKey::Computed(e) => {
                let apparent = self.apparent(ty);
                let nullable = prop.value.default.is_some();
                let (place, ty) = self.element_place(object, apparent, e, nullable, span)?;
                let raw = if matches!(place, Place::Item { .. }) {
                    Ty::ANY
                } else {
                    ty
                };
                let id = self.add(ExprKind::Read(place), raw, span);
                return Some(self.coerce(id, ty));
            }
            PropKey::Private(ident) => ident.name,
            key => key.as_name()?,
        };
        taken.push(name);
        let ident = Ident { name, span };
        Some(self.read_member(object, ident, prop.value.default.is_some(), span))
    }

    /// The members that the pattern did not name, as a new object.
    fn rest_members(&mut self, object: ExprId, ty: Ty, taken: &[Name], span: Span) -> ExprId {
        let apparent = self.apparent(ty);
        let members: Vec<Member> = match self.types.kind(apparent) {
            TypeKind::Error => return self.error_expr(span),
            TypeKind::Object(id) if self.types.object(id).index.is_none() => {
                self.types.object(id).members.to_vec()
            }
            TypeKind::Class(..) => self
                .class_as_members(apparent)
                .into_iter()
                .filter(|m| !m.method)
                .collect(),
            _ => return self.rest_dynamic(object, ty, taken, span),
        };
        let members: Vec<Member> = (members.into_iter())
            .filter(|m| !taken.contains(&m.name))
            .collect();
        if members.iter().any(|m| m.optional) {
            // What is absent stays absent.
            let left = self.types.object_of(members);
            return self.rest_dynamic(object, left, taken, span);
        }
        let mut fields = Vec::new();
        let mut kept = Vec::new();
        for m in members {
            let ident = Ident { name: m.name, span };
            let value = self.read_member(object, ident, false, span);
            let value = self.coerce(value, m.ty);
            fields.push(ObjectMember::Field {
                name: m.name,
                value,
            });
            kept.push(Member {
                method: false,
                readonly: false,
                ..m
            });
        }
        let ty = self.types.object_of(kept);
        let literal = ObjectLit {
            members: fields,
            beyond: Vec::new(),
            this: None,
            dict: false,
        };
        self.add(ExprKind::Object(Box::new(literal)), ty, span)
    }

    /// A copy from which the named members are deleted.
    fn rest_dynamic(&mut self, object: ExprId, ty: Ty, taken: &[Name], span: Span) -> ExprId {
        let any = self.coerce(object, Ty::ANY);
        let literal = ObjectLit {
            members: vec![ObjectMember::Spread(any)],
            beyond: Vec::new(),
            this: None,
            dict: true,
        };
        let copy = self.add(ExprKind::Object(Box::new(literal)), Ty::ANY, span);
        let (local, _) = self.keep(copy);
        let mut parts = Vec::with_capacity(taken.len() + 1);
        for &name in taken {
            let object = self.read_temp(local, Ty::ANY, span);
            let place = Place::Attr { object, name };
            parts.push(self.add(ExprKind::Delete(place), Ty::BOOLEAN, span));
        }
        let result = self.read_temp(local, Ty::ANY, span);
        parts.push(self.coerce(result, ty));
        let body = self.add(ExprKind::Seq(parts.into()), ty, span);
        self.let_in(local, copy, body)
    }

    // ---- uses

    /// The statements of a declaration's steps.
    pub(crate) fn steps_to_stmts(&mut self, steps: Vec<Step>, out: &mut Vec<Stmt>) {
        for step in steps {
            match step {
                Step::Bind(symbol, value) => self.bind_stmt(symbol, value, out),
                Step::Eval(id) => {
                    let span = self.span(id);
                    out.push(Stmt {
                        kind: StmtKind::Expr(id),
                        span,
                    });
                }
                Step::Temp(local, id) => {
                    let span = self.span(id);
                    out.push(Stmt {
                        kind: StmtKind::Let {
                            local,
                            value: Some(id),
                        },
                        span,
                    });
                }
            }
        }
    }

    /// The statement that gives a declared variable its first value.
    pub(crate) fn bind_stmt(&mut self, symbol: SymId, value: ExprId, out: &mut Vec<Stmt>) {
        let span = self.span(value);
        let Some(var) = self.var(symbol) else { return };
        let kind = match var.storage {
            Storage::Local { local, .. } => StmtKind::Let {
                local,
                value: Some(value),
            },
            Storage::Global(global) => {
                let ty = self.hir.globals[global.index()].ty;
                let place = Place::Global {
                    global,
                    checked: false,
                };
                StmtKind::Expr(self.add(ExprKind::Assign { place, value }, ty, span))
            }
        };
        out.push(Stmt { kind, span });
    }

    /// `[a, b] = value` and `{ a, b } = value`: gives the value.
    pub(crate) fn destructuring_assignment(
        &mut self,
        pattern: &'a Pattern,
        value: &'a Expr,
        span: Span,
    ) -> ExprId {
        let wish = self.pattern_wish(pattern);
        let value = self.expr(value, wish);
        let (local, ty) = self.keep(value);
        let source = self.read_temp(local, ty, span);
        let mut steps = Vec::new();
        self.destructure(pattern, source, &mut steps);
        let mut body = self.read_temp(local, ty, span);
        for step in steps.into_iter().rev() {
            body = match step {
                Step::Eval(id) => self.add(ExprKind::Seq(Box::new([id, body])), ty, span),
                Step::Temp(local, id) => self.let_in(local, id, body),
                Step::Bind(..) => body,
            };
        }
        self.let_in(local, value, body)
    }

    /// What a pattern asks of its value: array patterns make literals tuples, so
    /// that `[a, b] = [b, a]` allocates nothing that the compiler cannot remove.
    pub(crate) fn pattern_wish(&mut self, pattern: &'a Pattern) -> Option<Ty> {
        let PatternKind::Array(a) = &pattern.kind else {
            return None;
        };
        if a.rest.is_some() || a.elements.iter().flatten().any(|e| e.default.is_some()) {
            return None;
        }
        let hole = self.hole();
        let elems: Vec<Ty> = a
            .elements
            .iter()
            .map(|e| match e {
                Some(e) => self.target_type_quietly(&e.pattern).unwrap_or(hole),
                None => hole,
            })
            .collect();
        let required = elems.len() as u16;
        Some(self.types.tuple_type(crate::types::Tuple {
            elems: elems.into(),
            required,
            rest: None,
            readonly: false,
            labels: Box::default(),
        }))
    }

    /// A type about which nothing is known: literals keep their own there.
    fn hole(&mut self) -> Ty {
        match self.hole {
            Some(hole) => hole,
            None => {
                let param = self.types.new_param(names::EMPTY);
                let ty = self.types.param_type(param);
                self.hole = Some(ty);
                ty
            }
        }
    }

    fn target_type_quietly(&mut self, pattern: &'a Pattern) -> Option<Ty> {
        let PatternKind::Expr(e) = &pattern.kind else {
            return None;
        };
        let (target, clean) = self.quietly(|c| c.target(e, false));
        target.filter(|_| clean).map(|t| t.ty)
    }
}
