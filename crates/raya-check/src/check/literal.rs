//! Literals. A literal takes the type that its place expects, as far as it can;
//! what does not fit is reported when the value is moved there.

use super::Checker;
use super::resolve::ObjectParts;
use crate::codes;
use crate::hir::{Element, ExprId, ExprKind, ObjectLit, ObjectMember};
use crate::types::{Member, Tuple, Ty, TypeKind};
use raya_syntax::ast::{self, Expr, NumberLit, PropKey, Text};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    // ---- numbers and strings

    /// Whether a place of this type makes an integer literal an int.
    pub(crate) fn wants_int(&mut self, ty: Ty) -> bool {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Int => true,
            TypeKind::Union(l) => {
                let list = self.types.list(l);
                let numbers = list.iter().any(|&t| {
                    matches!(
                        self.types.kind(t),
                        TypeKind::Number | TypeKind::LitNumber(_)
                    )
                });
                list.contains(&Ty::INT) && !numbers
            }
            _ => false,
        }
    }

    /// A number, with a minus sign in front if `negative`.
    pub(crate) fn number(
        &mut self,
        lit: NumberLit,
        negative: bool,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let value = if negative { -lit.value } else { lit.value };
        if lit.integer && expected.is_some_and(|t| self.wants_int(t)) {
            let int = value as i32;
            if f64::from(int) != value {
                let message = format!("`{value}` does not fit into an int");
                self.error(codes::INT_RANGE, span, message).help =
                    Some("an int has 32 bits: from -2147483648 to 2147483647".to_string());
                return self.error_expr(span);
            }
            return self.add(ExprKind::Int(int), Ty::INT, span);
        }
        // No literal type tells the two zeros apart.
        let minus_zero = value == 0.0 && value.is_sign_negative();
        let ty = if minus_zero {
            Ty::NUMBER
        } else {
            self.types.lit_number(value)
        };
        self.add(ExprKind::Number(value), ty, span)
    }

    /// A string.
    pub(crate) fn string(&mut self, text: &Text, span: Span) -> ExprId {
        match text {
            Text::Name(name) => {
                let ty = self.types.lit_string(*name);
                self.add(ExprKind::Str(*name), ty, span)
            }
            Text::Wide(units) => self.add(ExprKind::WideStr(units.clone()), Ty::STRING, span),
        }
    }

    /// A template string.
    pub(crate) fn template(&mut self, t: &'a ast::Template, span: Span) -> ExprId {
        if t.exprs.is_empty() {
            return match t.parts.first().and_then(|p| p.cooked.as_ref()) {
                Some(text) => self.string(text, span),
                None => self.error_expr(span),
            };
        }
        let mut parts = Vec::with_capacity(t.parts.len() + t.exprs.len());
        for (i, part) in t.parts.iter().enumerate() {
            match &part.cooked {
                Some(Text::Name(name)) if self.text(*name).is_empty() => {}
                Some(text) => parts.push(self.string(text, part.span)),
                None => {}
            }
            if let Some(e) = t.exprs.get(i) {
                // What a comparison of objects gives may be any value, whose text is wanted.
                let wanted = is_comparison(e).then_some(Ty::ANY);
                let id = self.expr(e, wanted);
                parts.push(self.as_text(id));
            }
        }
        self.add(ExprKind::Concat(parts.into()), Ty::STRING, span)
    }

    // ---- arrays

    /// `[a, b, ...c]`
    pub(crate) fn array_literal(
        &mut self,
        elements: &'a [ast::Element],
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let expected = expected.map(|t| self.chosen_array(t, elements, span));
        let shape = expected.and_then(|t| self.array_shape(t, elements.len()));
        match shape {
            Some(TypeKind::Tuple(id)) => {
                let tuple = self.types.tuple(id).clone();
                self.tuple_literal(elements, &tuple, span)
            }
            Some(TypeKind::Any) => self.array_of(elements, Ty::ANY, span),
            Some(TypeKind::Array(elem) | TypeKind::ReadonlyArray(elem))
                if !self.types.has_params(elem) || self.params_in_scope(elem) =>
            {
                self.array_of(elements, elem, span)
            }
            Some(TypeKind::Array(elem) | TypeKind::ReadonlyArray(elem)) => {
                self.free_array(elements, Some(elem), span)
            }
            _ => self.free_array(elements, None, span),
        }
    }

    /// Where several array types are expected, the first that the literal fits.
    fn chosen_array(&mut self, expected: Ty, elements: &'a [ast::Element], span: Span) -> Ty {
        let apparent = self.apparent(expected);
        if !matches!(self.types.kind(apparent), TypeKind::Union(_)) {
            return expected;
        }
        let members = self.types.members(apparent);
        let arrays: Vec<Ty> = members
            .into_iter()
            .filter(|&t| self.array_element(t).is_some())
            .collect();
        if arrays.len() < 2 {
            return expected;
        }
        for &t in &arrays {
            let before = self.diagnostics.len();
            let clean = self.probe(|c| {
                let id = c.array_literal(elements, Some(t), span);
                let ty = c.ty(id);
                c.fits(ty, t) && c.diagnostics.len() == before
            });
            if clean == Some(true) {
                return t;
            }
        }
        arrays[0]
    }

    /// The array-like part of an expected type.
    fn array_shape(&mut self, expected: Ty, count: usize) -> Option<TypeKind> {
        let expected = self.apparent(expected);
        let members = self.types.members(expected);
        let mut best = None;
        for t in members {
            let t = self.apparent(t);
            match self.types.kind(t) {
                TypeKind::Tuple(id) => {
                    let tuple = self.types.tuple(id);
                    let fits = count >= tuple.required as usize
                        && (tuple.rest.is_some() || count <= tuple.elems.len());
                    if fits || best.is_none() {
                        best = Some(TypeKind::Tuple(id));
                    }
                }
                kind @ (TypeKind::Array(_) | TypeKind::ReadonlyArray(_) | TypeKind::Any) => {
                    best = best.or(Some(kind));
                }
                _ => {}
            }
        }
        best
    }

    /// Whether every type parameter in a type belongs to the code under check, so
    /// that values of the type can be made here.
    pub(crate) fn params_in_scope(&self, ty: Ty) -> bool {
        let visible: Vec<_> = self
            .fns
            .iter()
            .flat_map(|f| f.type_params.iter().copied())
            .collect();
        self.types.all_params(ty, &mut |p| {
            visible.contains(&p) || self.types.param(p).this_of.is_some()
        })
    }

    /// An array literal of known element type.
    fn array_of(&mut self, elements: &'a [ast::Element], elem: Ty, span: Span) -> ExprId {
        let mut parts = Vec::with_capacity(elements.len());
        for e in elements {
            parts.push(if e.spread {
                self.spread_element(&e.expr, elem)
            } else {
                Element::One(self.expr_as(&e.expr, elem))
            });
        }
        let ty = self.types.array(elem);
        self.add(ExprKind::Array(parts.into()), ty, span)
    }

    /// `...e` in an array of known element type.
    fn spread_element(&mut self, e: &'a Expr, elem: Ty) -> Element {
        let array = self.types.array(elem);
        let id = self.expr(e, Some(array));
        let ty = self.ty(id);
        if let TypeKind::Array(t) = self.types.kind(ty)
            && t == elem
        {
            return Element::Spread(id);
        }
        match self.iterated_type(ty) {
            Some(t) if self.fits(t, elem) => {}
            Some(t) => self.report_mismatch(t, elem, e.span),
            None => self.report_not_iterable(ty, e.span),
        }
        Element::Spread(self.coerce(id, Ty::ANY))
    }

    /// An array literal whose element type comes from its elements.
    fn free_array(&mut self, elements: &'a [ast::Element], wish: Option<Ty>, span: Span) -> ExprId {
        let mut ids = Vec::with_capacity(elements.len());
        let mut types = Vec::with_capacity(elements.len());
        for e in elements {
            if e.spread {
                let id = self.expr(&e.expr, None);
                let ty = self.ty(id);
                let elem = match self.iterated_type(ty) {
                    Some(elem) => elem,
                    None => {
                        self.report_not_iterable(ty, e.expr.span);
                        Ty::ERROR
                    }
                };
                ids.push(id);
                types.push(elem);
            } else {
                let id = self.expr(&e.expr, wish);
                let ty = self.ty(id);
                ids.push(id);
                types.push(if wish.is_some() {
                    ty
                } else {
                    self.widened(&e.expr, ty)
                });
            }
        }
        let elem = self.element_type(&types);
        if let Some(elem) = self.neighbours_type(elements, &types, elem) {
            return self.array_of(elements, elem, span);
        }
        let mut parts = Vec::with_capacity(ids.len());
        for (e, id) in elements.iter().zip(ids) {
            parts.push(if e.spread {
                let ty = self.ty(id);
                match self.types.kind(ty) {
                    TypeKind::Array(t) if t == elem => Element::Spread(id),
                    _ => Element::Spread(self.coerce(id, Ty::ANY)),
                }
            } else {
                Element::One(self.move_to(id, elem, e.expr.span))
            });
        }
        let ty = self.types.array(elem);
        self.add(ExprKind::Array(parts.into()), ty, span)
    }

    /// Where an element is or holds an empty array, the type of another element that
    /// all of them can take.
    fn neighbours_type(
        &mut self,
        elements: &'a [ast::Element],
        types: &[Ty],
        joined: Ty,
    ) -> Option<Ty> {
        let several = matches!(self.types.kind(joined), TypeKind::Union(_));
        if !several || !types.iter().any(|&t| self.holds_empty(t)) {
            return None;
        }
        let mut candidates: Vec<Ty> = types.to_vec();
        candidates.dedup();
        candidates.retain(|&t| !self.holds_empty(t));
        candidates.truncate(4);
        candidates.into_iter().find(|&elem| {
            self.probe(|c| {
                let before = c.diagnostics.len();
                for e in elements {
                    if e.spread {
                        c.spread_element(&e.expr, elem);
                    } else {
                        c.expr_as(&e.expr, elem);
                    }
                }
                c.diagnostics.len() == before
            }) == Some(true)
        })
    }

    fn element_type(&mut self, types: &[Ty]) -> Ty {
        if types.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        if types.contains(&Ty::ANY) {
            return Ty::ANY;
        }
        if types.contains(&Ty::VOID) {
            return Ty::NULL;
        }
        self.join_objects(types)
    }

    /// The join of types; object types with the same member names become one.
    pub(crate) fn join_objects(&mut self, types: &[Ty]) -> Ty {
        let joined = self.join_types(types);
        let members = self.types.members(joined);
        for &wide in &members {
            if members.len() > 1
                && members
                    .iter()
                    .all(|&t| t == wide || self.equivalent(t, wide))
            {
                return wide;
            }
        }
        joined
    }

    fn tuple_literal(&mut self, elements: &'a [ast::Element], tuple: &Tuple, span: Span) -> ExprId {
        let spread = elements.iter().any(|e| e.spread);
        if !spread && elements.len() < tuple.required as usize || self.spreads_array(elements) {
            return self.free_array(elements, None, span);
        }
        let too_many = elements.len() > tuple.elems.len() && tuple.rest.is_none();
        if spread || too_many || elements.len() < tuple.required as usize {
            return self.irregular_tuple(elements, tuple, span);
        }
        let mut ids = Vec::with_capacity(elements.len());
        let mut types = Vec::with_capacity(elements.len());
        for (i, e) in elements.iter().enumerate() {
            let wish = tuple
                .elems
                .get(i)
                .copied()
                .or(tuple.rest)
                .unwrap_or(Ty::ERROR);
            if !self.is_closed(wish) {
                let id = self.expr(&e.expr, Some(wish));
                let ty = self.ty(id);
                let ty = self.widened(&e.expr, ty);
                ids.push(self.coerce(id, ty));
                types.push(ty);
            } else {
                ids.push(self.expr_as(&e.expr, wish));
                types.push(wish);
            }
        }
        let written = types.len();
        let required = (tuple.required as usize).min(written) as u16;
        for &rest in tuple.elems.iter().skip(written) {
            types.push(rest);
        }
        types.truncate(
            tuple
                .elems
                .len()
                .max(if tuple.rest.is_some() { 0 } else { written }),
        );
        let ty = self.types.tuple_type(Tuple {
            elems: types.into(),
            required: if tuple.required as usize == tuple.elems.len() {
                tuple.required
            } else {
                required
            },
            ..tuple.clone()
        });
        self.add(ExprKind::Tuple(ids.into()), ty, span)
    }

    /// Whether something is spread whose length is not known.
    fn spreads_array(&mut self, elements: &'a [ast::Element]) -> bool {
        elements.iter().filter(|e| e.spread).any(|e| {
            let id = self.probe(|c| c.expr(&e.expr, None));
            id.is_some_and(|id| {
                let ty = self.ty(id);
                let apparent = self.apparent(ty);
                ty != Ty::ERROR && !matches!(self.types.kind(apparent), TypeKind::Tuple(_))
            })
        })
    }

    /// A tuple literal with spread elements or of the wrong length.
    fn irregular_tuple(
        &mut self,
        elements: &'a [ast::Element],
        tuple: &Tuple,
        span: Span,
    ) -> ExprId {
        let mut ids = Vec::with_capacity(elements.len());
        let mut types = Vec::with_capacity(elements.len());
        for e in elements {
            if !e.spread {
                let wish = tuple.elems.get(ids.len()).copied().or(tuple.rest);
                let id = self.expr(&e.expr, wish);
                let ty = self.ty(id);
                let ty = match wish {
                    Some(wish) if self.fits(ty, wish) => wish,
                    _ => self.widened(&e.expr, ty),
                };
                ids.push(self.coerce(id, ty));
                types.push(ty);
                continue;
            }
            let id = self.expr(&e.expr, None);
            let ty = self.ty(id);
            let TypeKind::Tuple(inner) = self.types.kind(ty) else {
                if ty != Ty::ERROR {
                    let message =
                        "only tuples can be spread into a tuple: the length must be known";
                    self.error(codes::INVALID_SPREAD, e.expr.span, message);
                }
                return self.error_expr(span);
            };
            let inner = self.types.tuple(inner).clone();
            for (i, &t) in inner.elems.iter().enumerate() {
                let place = crate::hir::Place::TupleElem {
                    tuple: id,
                    index: i as u32,
                    optional: false,
                };
                ids.push(self.add(ExprKind::Read(place), t, span));
                types.push(t);
            }
        }
        let required = types.len() as u16;
        let ty = self.types.tuple_type(Tuple {
            elems: types.into(),
            required,
            rest: None,
            readonly: false,
            labels: Box::default(),
        });
        self.add(ExprKind::Tuple(ids.into()), ty, span)
    }

    /// `[…] as const`
    pub(crate) fn const_array(&mut self, elements: &'a [ast::Element], span: Span) -> ExprId {
        let mut ids = Vec::with_capacity(elements.len());
        for e in elements {
            ids.push(self.const_value(names::EMPTY, &e.expr));
            if e.spread {
                self.error(
                    codes::INVALID_SPREAD,
                    e.expr.span,
                    "a spread is not constant",
                );
            }
        }
        let elems: Vec<Ty> = ids.iter().map(|&id| self.ty(id)).collect();
        let required = elems.len() as u16;
        let ty = self.types.tuple_type(Tuple {
            elems: elems.into(),
            required,
            rest: None,
            readonly: true,
            labels: Box::default(),
        });
        self.add(ExprKind::Tuple(ids.into()), ty, span)
    }

    fn const_value(&mut self, name: Name, e: &'a Expr) -> ExprId {
        match &e.kind {
            ast::ExprKind::Array(elements) => self.const_array(elements, e.span),
            ast::ExprKind::Object(members) => self.const_object(members, e.span),
            _ => self.named_expr(name, e, None),
        }
    }

    /// `{…} as const`
    pub(crate) fn const_object(&mut self, members: &'a [ast::ObjectMember], span: Span) -> ExprId {
        let mut parts = ObjectParts::default();
        let mut fields = Vec::with_capacity(members.len());
        for member in members {
            let ast::ObjectMember::Property { key, value, .. } = member else {
                return self.object_literal(members, None, span);
            };
            let Some(name) = self.type_key(key) else {
                continue;
            };
            let value = self.const_value(name, value);
            let ty = self.ty(value);
            parts.put(Member {
                name,
                ty,
                optional: false,
                readonly: true,
                method: false,
            });
            fields.push(ObjectMember::Field { name, value });
        }
        let ty = self.finish_object(parts);
        let literal = ObjectLit {
            members: fields,
            beyond: Vec::new(),
            this: None,
            dict: false,
        };
        self.add(ExprKind::Object(Box::new(literal)), ty, span)
    }

    // ---- objects

    /// `{ a: 1, b, m() {}, ...c }`
    pub(crate) fn object_literal(
        &mut self,
        members: &'a [ast::ObjectMember],
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if self.spreads_parameter(members) {
            return self.any_object(members, span);
        }
        let shape = expected.and_then(|t| self.object_shape(t, members));
        if let Some(wanted) = shape {
            if wanted == Ty::ANY {
                return self.any_object(members, span);
            }
            let apparent = self.types.expand(wanted);
            if let TypeKind::Object(id) = self.types.kind(apparent)
                && let Some(index) = self.types.object(id).index
                && index.value != Ty::ERROR
            {
                // What is still inferred is told by the members.
                if !self.is_closed(index.value) && self.open_literal(members).is_none() {
                    let mut builder = super::object::Builder::new(None, span);
                    self.build_object(&mut builder, members);
                    return self.finish_literal(builder);
                }
                return self.dict_literal(members, wanted, index.value, span);
            }
        }
        if shape.is_none_or(|t| self.asks_for_nothing(t))
            && let Some((wanted, value)) = self.open_literal(members)
        {
            return self.dict_literal(members, wanted, value, span);
        }
        let mut builder = super::object::Builder::new(shape, span);
        builder.bound = shape.is_some_and(|t| matches!(self.types.kind(t), TypeKind::Param(_)));
        self.build_object(&mut builder, members);
        self.finish_literal(builder)
    }

    /// The object type that an expected type asks for: the one of a union whose
    /// discriminants agree with the literal.
    fn object_shape(&mut self, expected: Ty, members: &'a [ast::ObjectMember]) -> Option<Ty> {
        if self.types.as_operator(expected).is_some() {
            return None;
        }
        let apparent = self.constraint_of(expected);
        let candidates: Vec<Ty> = self
            .types
            .members(apparent)
            .into_iter()
            .filter(|&t| {
                let t = self.apparent(t);
                matches!(
                    self.types.kind(t),
                    TypeKind::Object(_) | TypeKind::Intersection(_) | TypeKind::Any
                )
            })
            .collect();
        match *candidates {
            [] => None,
            // More members than the bound has are no mistake.
            [one] if matches!(self.types.kind(expected), TypeKind::Param(_)) => {
                let computed = members.iter().any(|m| match m {
                    ast::ObjectMember::Property { key, .. } => self.fixed_key(key).is_none(),
                    _ => false,
                });
                Some(if computed { one } else { expected })
            }
            [one] => Some(one),
            _ => {
                let fitting: Vec<Ty> = candidates
                    .iter()
                    .copied()
                    .filter(|&t| self.discriminants_agree(t, members))
                    .collect();
                fitting.first().copied().or(candidates.first().copied())
            }
        }
    }

    fn discriminants_agree(&mut self, ty: Ty, members: &'a [ast::ObjectMember]) -> bool {
        if ty == Ty::ANY {
            return true;
        }
        for member in members {
            let ast::ObjectMember::Property { key, value, .. } = member else {
                continue;
            };
            let Some(name) = key.as_name() else { continue };
            let Some(found) = self.lookup(ty, name) else {
                return false;
            };
            let literal = match &value.kind {
                ast::ExprKind::String(Text::Name(text)) => self.types.lit_string(*text),
                ast::ExprKind::Bool(true) => Ty::TRUE,
                ast::ExprKind::Bool(false) => Ty::FALSE,
                ast::ExprKind::Number(lit) => self.types.lit_number(lit.value),
                ast::ExprKind::Null => Ty::NULL,
                _ => continue,
            };
            if !(self.fits(literal, found.ty) || literal != Ty::NULL && self.wants_int(found.ty)) {
                return false;
            }
        }
        self.required_are_written(ty, members)
    }

    fn required_are_written(&mut self, ty: Ty, members: &'a [ast::ObjectMember]) -> bool {
        let apparent = self.types.expand(ty);
        let TypeKind::Object(id) = self.types.kind(apparent) else {
            return true;
        };
        let object = self.types.object(id).clone();
        let spread = members
            .iter()
            .any(|m| matches!(m, ast::ObjectMember::Spread(_)));
        spread
            || object.members.iter().all(|wanted| {
                wanted.optional
                    || members.iter().any(|m| match m {
                        ast::ObjectMember::Property { key, .. }
                        | ast::ObjectMember::Method { key, .. } => {
                            key.as_name() == Some(wanted.name)
                        }
                        ast::ObjectMember::Spread(_) => true,
                    })
            })
    }

    /// A literal for a type with an index signature.
    fn dict_literal(
        &mut self,
        members: &'a [ast::ObjectMember],
        wanted: Ty,
        value_ty: Ty,
        span: Span,
    ) -> ExprId {
        let mut parts = Vec::with_capacity(members.len());
        for member in members {
            match member {
                ast::ObjectMember::Property { key, value, .. } => {
                    let name = self.fixed_key(key);
                    let ty = name
                        .and_then(|n| self.lookup(wanted, n))
                        .map_or(value_ty, |f| f.ty);
                    match (name, key) {
                        (Some(name), _) => {
                            let value = self.named_expr_as(name, value, ty);
                            parts.push(ObjectMember::Field { name, value });
                        }
                        (None, PropKey::Computed(e)) => {
                            let key = self.expr(e, None);
                            let key = self.as_text(key);
                            let value = self.expr_as(value, value_ty);
                            parts.push(ObjectMember::Computed { key, value });
                        }
                        _ => {}
                    }
                }
                ast::ObjectMember::Method { key, function, .. } => {
                    let Some(name) = self.fixed_key(key) else {
                        continue;
                    };
                    self.given_name = Some(name);
                    let value = self.function_expr(function, Some(value_ty));
                    let value = self.move_to(value, value_ty, function.span);
                    parts.push(ObjectMember::Field { name, value });
                }
                ast::ObjectMember::Spread(e) => {
                    let to = if value_ty == Ty::ANY { Ty::ANY } else { wanted };
                    let id = self.expr(e, Some(to));
                    let id = self.move_to(id, to, e.span);
                    parts.push(ObjectMember::Spread(id));
                }
            }
        }
        let literal = ObjectLit {
            members: parts,
            beyond: Vec::new(),
            this: None,
            dict: true,
        };
        self.add(ExprKind::Object(Box::new(literal)), wanted, span)
    }

    /// A literal where anything is expected: every member is any.
    pub(super) fn any_object(&mut self, members: &'a [ast::ObjectMember], span: Span) -> ExprId {
        let dynamic = members.iter().any(|m| match m {
            ast::ObjectMember::Property { key, .. } => matches!(key, PropKey::Computed(_)),
            ast::ObjectMember::Method { .. } => false,
            ast::ObjectMember::Spread(_) => true,
        });
        if !dynamic {
            let mut builder = super::object::Builder::new(None, span);
            builder.any = true;
            self.build_object(&mut builder, members);
            let id = self.finish_literal(builder);
            return self.coerce(id, Ty::ANY);
        }
        let index = crate::types::IndexSig {
            key: Ty::STRING,
            value: Ty::ANY,
            readonly: false,
        };
        let dict = self.types.object_type(crate::types::ObjectType {
            index: Some(index),
            ..crate::types::ObjectType::default()
        });
        let id = self.dict_literal(members, dict, Ty::ANY, span);
        self.coerce(id, Ty::ANY)
    }

    /// A key that is known when compiling.
    pub(crate) fn fixed_key(&mut self, key: &'a PropKey) -> Option<Name> {
        match key {
            PropKey::Number { value, .. } => Some(self.names.intern(&format!("{value}"))),
            PropKey::Computed(e) => match &e.kind {
                ast::ExprKind::String(Text::Name(name)) => Some(*name),
                _ => match e.as_well_known_symbol() {
                    Some(symbol) => Some(self.symbol_member(symbol)),
                    None => self.constant_key(e),
                },
            },
            key => key.as_name(),
        }
    }
}

fn is_comparison(e: &Expr) -> bool {
    use ast::BinaryOp::{Eq, Ge, Gt, Le, Lt, NotEq};
    matches!(
        e.kind,
        ast::ExprKind::Binary {
            op: Lt | Le | Gt | Ge | Eq | NotEq,
            ..
        }
    )
}
