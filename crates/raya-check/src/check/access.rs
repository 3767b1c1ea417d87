//! Reading members and elements, and optional chains.
//!
//! An optional chain is lowered while it is checked: each `?.` keeps its object in a
//! local and leaves (local, value) in `chain`; the enclosing `Chain` node wraps what
//! came out in tests of these locals.

use super::Checker;
use super::member::{Found, How};
use crate::codes;
use crate::hir::{Call, CoerceKind, Dispatch, ExprId, ExprKind, Place};
use crate::types::{ClassId, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// `a.name`
    pub(crate) fn member_expr(
        &mut self,
        e: &'a Expr,
        object: &'a Expr,
        property: Ident,
        optional: bool,
        null_tested: bool,
    ) -> ExprId {
        if matches!(object.kind, ast::ExprKind::Super) {
            return self.super_member(property, e.span);
        }
        let object = self.object_of(object, optional);
        let id = self.read_member(object, property, null_tested, e.span);
        self.narrowed_read(e, id)
    }

    /// The object of a member access or call: never null behind this point.
    pub(crate) fn object_of(&mut self, object: &'a Expr, optional: bool) -> ExprId {
        self.null_tested = optional;
        let id = self.expr(object, None);
        if optional {
            return self.chain_link(id, object.span);
        }
        self.require_non_null(id, object.span)
    }

    /// The object of a `?.`: kept in a local that the chain tests.
    fn chain_link(&mut self, id: ExprId, span: Span) -> ExprId {
        let ty = self.ty(id);
        if ty == Ty::ERROR || !(ty == Ty::ANY || self.admits_null(ty) || self.is_open(ty)) {
            return id;
        }
        let (local, _) = self.keep(id);
        self.chain.push((local, id));
        let read = self.read_temp(local, ty, span);
        if ty == Ty::ANY {
            return read;
        }
        let rest = self.types.non_null(ty);
        self.narrow_to(read, rest)
    }

    fn is_open(&mut self, ty: Ty) -> bool {
        matches!(self.types.kind(ty), TypeKind::Param(_) | TypeKind::Unknown)
    }

    /// The extent of a short circuit.
    pub(crate) fn chain_expr(
        &mut self,
        inner: &'a Expr,
        expected: Option<Ty>,
        null_tested: bool,
        span: Span,
    ) -> ExprId {
        let outer = std::mem::take(&mut self.chain);
        self.null_tested = null_tested;
        let mut id = self.expr(inner, expected);
        let links = std::mem::replace(&mut self.chain, outer);
        if links.is_empty() || self.ty(id) == Ty::ERROR {
            return id;
        }
        let value_ty = match self.ty(id) {
            Ty::VOID => Ty::NULL,
            ty => ty,
        };
        let ty = if value_ty == Ty::ANY {
            Ty::ANY
        } else {
            self.types.nullable(value_ty)
        };
        id = if self.ty(id) == Ty::VOID {
            let null = self.add(ExprKind::Null, Ty::NULL, span);
            self.add(ExprKind::Seq(Box::new([id, null])), Ty::NULL, span)
        } else {
            self.coerce(id, ty)
        };
        for (local, value) in links.into_iter().rev() {
            let object_ty = self.ty(value);
            let test = self.read_temp(local, object_ty, span);
            let test = self.add(ExprKind::IsNull(test), Ty::BOOLEAN, span);
            let null = self.add(ExprKind::Null, Ty::NULL, span);
            let null = self.coerce(null, ty);
            let body = self.conditional(test, null, id, ty, span);
            id = self.let_in(local, value, body);
        }
        id
    }

    /// Applies what flow analysis knows about a member that was read.
    pub(crate) fn narrowed_read(&mut self, e: &Expr, id: ExprId) -> ExprId {
        if self.flow.is_plain() {
            return id;
        }
        let Some(reference) = self.reference(e) else {
            return id;
        };
        match self.flow.get(reference) {
            Some(ty) if ty != self.ty(id) && self.ty(id) != Ty::ANY => self.narrow_to(id, ty),
            _ => id,
        }
    }

    /// A member of a checked object.
    pub(crate) fn read_member(
        &mut self,
        object: ExprId,
        property: Ident,
        null_tested: bool,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(object);
        if ty == Ty::UNKNOWN {
            let message = "a value of type `unknown` must be narrowed before it is used";
            self.error(codes::UNKNOWN_VALUE, span, message);
            return self.error_expr(span);
        }
        if let Some(id) = self.tuple_length(object, ty, property.name, span) {
            return id;
        }
        if let Some(id) = self.class_of(object, property.name, span) {
            return id;
        }
        match self.lookup_on(object, property.name) {
            Some((object, found)) => {
                self.check_access(&found, ty, property);
                self.read_found(object, &found, property.name, null_tested, span)
            }
            None => {
                self.report_unknown_member(ty, property);
                self.error_expr(span)
            }
        }
    }

    /// `x.constructor` of an instance: its class.
    fn class_of(&mut self, object: ExprId, name: Name, span: Span) -> Option<ExprId> {
        if self.text(name) != "constructor" {
            return None;
        }
        let apparent = self.apparent(self.ty(object));
        let members = self.types.members(apparent);
        let is_class = |c: &Self, t: &Ty| matches!(c.types.kind(*t), TypeKind::Class(..));
        if !members.iter().all(|t| is_class(self, t)) {
            return None;
        }
        let name = self.names.intern("__class__");
        let object = self.coerce(object, Ty::ANY);
        let read = ExprKind::Read(Place::Attr { object, name });
        let id = self.add(read, Ty::ANY, span);
        let TypeKind::Class(class, _) = self.types.kind(apparent) else {
            return Some(id);
        };
        let ty = self.types.class_object(class);
        Some(self.coerce(id, ty))
    }

    /// The length of a tuple without rest and optional elements is a constant type.
    fn tuple_length(&mut self, object: ExprId, ty: Ty, name: Name, span: Span) -> Option<ExprId> {
        let TypeKind::Tuple(id) = self.types.kind(ty) else {
            return None;
        };
        let tuple = self.types.tuple(id).clone();
        let fixed = tuple.rest.is_none() && tuple.required as usize == tuple.elems.len();
        if name != names::LENGTH || !fixed {
            return None;
        }
        let length = tuple.elems.len() as f64;
        let ty = self.types.lit_number(length);
        let value = self.add(ExprKind::Number(length), ty, span);
        Some(self.add(ExprKind::Seq(Box::new([object, value])), ty, span))
    }

    /// The value of a member that was found.
    pub(crate) fn read_found(
        &mut self,
        object: ExprId,
        found: &Found,
        name: Name,
        null_tested: bool,
        span: Span,
    ) -> ExprId {
        match found.how {
            How::Field { class, field } => {
                let object = self.as_class(object, class);
                let place = Place::Field {
                    object,
                    class,
                    field,
                };
                self.add(ExprKind::Read(place), found.ty, span)
            }
            How::Static { .. } if self.is_class_attribute(found, name) => {
                let object = self.coerce(object, Ty::ANY);
                let read = ExprKind::Read(Place::Attr { object, name });
                let id = self.add(read, Ty::ANY, span);
                self.coerce(id, found.ty)
            }
            How::Static { class, field } => {
                let place = Place::Static {
                    object: self.asked_class(object, class),
                    class,
                    field,
                    checked: false,
                };
                let id = self.add(ExprKind::Read(place), found.ty, span);
                let (current, clock) = (self.current(), self.clock);
                self.post.read_class(id, class, current, clock);
                id
            }
            How::Method {
                class,
                method,
                is_static,
                index,
                ..
            } => {
                self.need_method(class, index);
                if is_static {
                    let object = self.asked_class(object, class);
                    let place = Place::StaticMethod {
                        object,
                        class,
                        method,
                    };
                    return self.add(ExprKind::Read(place), found.ty, span);
                }
                let object = self.as_class(object, class);
                let place = Place::Method {
                    object,
                    class,
                    method,
                };
                self.add(ExprKind::Read(place), found.ty, span)
            }
            How::Accessor {
                class,
                args,
                getter,
                is_static,
                ..
            } => match getter {
                Some(getter) => {
                    let call =
                        self.accessor_call(object, class, args, getter, is_static, None, span);
                    self.with_type(call, found.ty, span)
                }
                None => {
                    let message = format!("`{}` can be written but not read", self.text(name));
                    self.error(codes::INVALID_ACCESSOR, span, message);
                    self.error_expr(span)
                }
            },
            How::Prop => {
                let place = Place::Prop {
                    object,
                    name,
                    optional: found.optional,
                };
                self.add(ExprKind::Read(place), found.ty, span)
            }
            How::Entry => {
                let key_ty = self.types.lit_string(name);
                let key = self.add(ExprKind::Str(name), key_ty, span);
                self.read_entry(object, key, found.ty, null_tested, span)
            }
            How::Dynamic => {
                let object = self.coerce(object, Ty::ANY);
                let id = self.add(ExprKind::Read(Place::Attr { object, name }), Ty::ANY, span);
                self.coerce(id, found.ty)
            }
        }
    }

    /// The object seen as an instance of the class that declares a member.
    pub(crate) fn as_class(&mut self, object: ExprId, class: ClassId) -> ExprId {
        let ty = self.ty(object);
        if let TypeKind::Int = self.types.kind(ty) {
            return self.int_to_number(object);
        }
        if let TypeKind::Param(_) | TypeKind::Named(..) = self.types.kind(ty) {
            let apparent = self.apparent(ty);
            let this = matches!(self.types.kind(ty), TypeKind::Param(p) if self.types.param(p).this_of.is_some());
            let is_class = matches!(self.types.kind(apparent), TypeKind::Class(..));
            if apparent != Ty::UNKNOWN && (!this || is_class) {
                return self.coerce_node(object, apparent, CoerceKind::Widen);
            }
        }
        let _ = class;
        object
    }

    /// The class that is asked for a static member, unless that is plainly the one that
    /// declares it.
    /// Whether a static field is reached by the attribute's name: one that may hold anything
    /// may hold a descriptor.
    pub(crate) fn is_class_attribute(&self, found: &super::member::Found, name: Name) -> bool {
        matches!(found.how, How::Static { .. })
            && found.ty == Ty::ANY
            && !self.text(name).starts_with('#')
    }

    pub(crate) fn asked_class(&self, object: ExprId, declaring: ClassId) -> Option<ExprId> {
        match self.hir.exprs[object.index()].kind {
            ExprKind::Class { class, .. } if class == declaring => None,
            _ => Some(object),
        }
    }

    /// A call of a getter or, with a value, of a setter.
    #[allow(clippy::too_many_arguments)]
    pub(crate) fn accessor_call(
        &mut self,
        object: ExprId,
        class: ClassId,
        class_args: TyList,
        method: crate::hir::MethodIdx,
        is_static: bool,
        value: Option<ExprId>,
        span: Span,
    ) -> ExprId {
        self.need_method_by_index(class, method);
        let none = TyList::EMPTY;
        let callee = self.method_callee(object, class, class_args, method, none, is_static);
        let args = value.into_iter().map(crate::hir::Element::One).collect();
        let ty = match value {
            Some(_) => Ty::VOID,
            None => {
                let sig = self.hir.classes[class.index()].methods[method.index()].ty;
                self.types.as_signature(sig).map_or(Ty::ERROR, |s| s.ret)
            }
        };
        let id = self.add(ExprKind::Call(Box::new(Call { callee, args })), ty, span);
        if is_static {
            let (current, clock) = (self.current(), self.clock);
            self.post.read_class(id, class, current, clock);
        }
        id
    }

    /// Gives a call's expression the type for its receiver.
    pub(crate) fn with_type(&mut self, id: ExprId, ty: Ty, _span: Span) -> ExprId {
        self.hir.exprs[id.index()].ty = ty;
        id
    }

    /// Methods of primitives and private ones are called directly.
    pub(crate) fn dispatch_of(&self, class: ClassId, method: crate::hir::MethodIdx) -> Dispatch {
        let data = &self.hir.classes[class.index()];
        let name = data.methods[method.index()].name;
        if data.primitive || self.text(name).starts_with('#') {
            Dispatch::Direct
        } else {
            Dispatch::Virtual
        }
    }

    fn read_entry(
        &mut self,
        object: ExprId,
        key: ExprId,
        value: Ty,
        nullable: bool,
        span: Span,
    ) -> ExprId {
        let ty = if nullable {
            self.types.nullable(value)
        } else {
            value
        };
        let place = Place::Dict {
            object,
            key,
            nullable,
        };
        self.add(ExprKind::Read(place), ty, span)
    }

    // ---- elements

    /// `a[i]`
    pub(crate) fn index_expr(
        &mut self,
        e: &'a Expr,
        object: &'a Expr,
        index: &'a Expr,
        optional: bool,
        null_tested: bool,
    ) -> ExprId {
        if matches!(object.kind, ast::ExprKind::Super) {
            self.error(
                codes::INVALID_THIS,
                e.span,
                "`super` is asked for members by name",
            );
            return self.error_expr(e.span);
        }
        let object = self.object_of(object, optional);
        let id = self.read_element(object, index, null_tested, e.span);
        self.narrowed_read(e, id)
    }

    /// The value at `object[index]`.
    pub(super) fn read_element(
        &mut self,
        object: ExprId,
        index: &'a Expr,
        null_tested: bool,
        span: Span,
    ) -> ExprId {
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        if let Some(id) = self.read_item(object, apparent, index, span) {
            return id;
        }
        if let Some(id) = self.read_named_element(object, apparent, index, null_tested, span) {
            return id;
        }
        match self.element_place(object, apparent, index, null_tested, span) {
            Some((place @ Place::Item { .. }, ty)) => {
                let id = self.add(ExprKind::Read(place), Ty::ANY, span);
                self.coerce(id, ty)
            }
            Some((place, ty)) => self.add(ExprKind::Read(place), ty, span),
            None => self.error_expr(span),
        }
    }

    /// `a["name"]` where that is a member.
    fn read_named_element(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        null_tested: bool,
        span: Span,
    ) -> Option<ExprId> {
        let name = self.member_key(index, apparent)?;
        let ident = Ident {
            name,
            span: index.span,
        };
        Some(self.read_member(object, ident, null_tested, span))
    }

    /// The member that a literal key stands for; a number only where it is one's name.
    pub(super) fn member_key(&mut self, index: &Expr, apparent: Ty) -> Option<Name> {
        if let Some(symbol) = index.as_well_known_symbol() {
            return Some(self.symbol_member(symbol));
        }
        if apparent == Ty::ANY {
            return None;
        }
        if self.array_element(apparent).is_some() || self.is_stringy(apparent) {
            // `a["length"]`
            let ast::ExprKind::String(ast::Text::Name(name)) = index.kind else {
                return None;
            };
            return self.lookup(apparent, name).map(|_| name);
        }
        match &index.kind {
            ast::ExprKind::String(ast::Text::Name(name)) => Some(*name),
            ast::ExprKind::Number(lit)
                if matches!(self.types.kind(apparent), TypeKind::Object(_)) =>
            {
                let name = self.names.intern(&lit.value.to_string());
                self.lookup(apparent, name).map(|_| name)
            }
            _ => None,
        }
    }

    /// Where `object[index]` is, and its type.
    pub(crate) fn element_place(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        null_tested: bool,
        span: Span,
    ) -> Option<(Place, Ty)> {
        match self.types.kind(apparent) {
            TypeKind::Error => {
                self.expr(index, None);
                None
            }
            TypeKind::Any => {
                let key = self.expr(index, None);
                let key = self.move_to(key, Ty::ANY, index.span);
                let object = self.coerce(object, Ty::ANY);
                Some((Place::Item { object, key }, Ty::ANY))
            }
            TypeKind::Array(elem) | TypeKind::ReadonlyArray(elem) => {
                let array = self.as_array(object, apparent);
                let index = self.array_index(index)?;
                Some((Place::Index { array, index }, elem))
            }
            TypeKind::Tuple(_) => self.tuple_element(object, apparent, index),
            TypeKind::String | TypeKind::LitString(_) => {
                let string = self.coerce(object, Ty::STRING);
                let index = self.array_index(index)?;
                Some((Place::Char { string, index }, Ty::STRING))
            }
            TypeKind::Union(_) => self.union_element(object, apparent, index, span),
            _ => self.entry_place(object, apparent, index, null_tested, span),
        }
    }

    fn as_array(&mut self, object: ExprId, apparent: Ty) -> ExprId {
        if self.ty(object) == apparent {
            object
        } else {
            self.coerce_node(object, apparent, CoerceKind::Widen)
        }
    }

    /// An index: a number or an int.
    fn array_index(&mut self, index: &'a Expr) -> Option<ExprId> {
        let id = self.expr(index, None);
        let ty = self.ty(id);
        match self.numeric_base(ty) {
            Some(Ty::ANY) => Some(self.coerce(id, Ty::NUMBER)),
            Some(base) => Some(self.coerce(id, base)),
            None => {
                if self.admits_null(ty) {
                    self.require_non_null(id, index.span);
                } else {
                    let message = format!("an index is a number, not `{}`", self.show(ty));
                    self.error(codes::INVALID_INDEX, index.span, message);
                }
                None
            }
        }
    }

    fn tuple_element(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
    ) -> Option<(Place, Ty)> {
        let TypeKind::Tuple(id) = self.types.kind(apparent) else {
            return None;
        };
        let tuple = self.types.tuple(id).clone();
        let key = self.expr(index, None);
        let key_ty = self.ty(key);
        let TypeKind::LitNumber(bits) = self.types.kind(key_ty) else {
            // The position is only known at run time: the union of all elements.
            let elem = self.array_element(apparent)?;
            let array = self.as_array(object, apparent);
            let base = self.numeric_base(key_ty);
            let Some(base) = base else {
                let message = format!("an index is a number, not `{}`", self.show(key_ty));
                self.error(codes::INVALID_INDEX, index.span, message);
                return None;
            };
            let index = self.coerce(key, base);
            return Some((Place::Index { array, index }, elem));
        };
        let position = f64::from_bits(bits);
        let at = position as usize;
        let ty = tuple.elems.get(at).copied().or(tuple.rest);
        match ty {
            Some(ty) if position >= 0.0 && position.fract() == 0.0 => {
                let tuple_id = self.as_array(object, apparent);
                let optional = at >= tuple.required as usize && at < tuple.elems.len();
                let place = Place::TupleElem {
                    tuple: tuple_id,
                    index: at as u32,
                    optional,
                };
                Some((place, ty))
            }
            _ => {
                let message = format!("`{}` has no element at {position}", self.show(apparent));
                self.error(codes::TUPLE_INDEX, index.span, message);
                None
            }
        }
    }

    /// Arrays of several element types: through the slots, checked.
    fn union_element(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        span: Span,
    ) -> Option<(Place, Ty)> {
        if self.is_stringy(apparent) {
            let string = self.coerce(object, Ty::STRING);
            let index = self.array_index(index)?;
            return Some((Place::Char { string, index }, Ty::STRING));
        }
        match self.array_element(apparent) {
            Some(elem) => {
                let array = self.coerce(object, Ty::ANY);
                let index = self.array_index(index)?;
                let key = self.coerce(index, Ty::ANY);
                Some((Place::Item { object: array, key }, elem))
            }
            None => {
                self.expr(index, None);
                let message = format!("`{}` cannot be indexed", self.show(apparent));
                self.error(codes::INVALID_INDEX, span, message);
                None
            }
        }
    }

    /// An entry of a type with an index signature, a `keyof` key, or `__getitem__`.
    fn entry_place(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        null_tested: bool,
        span: Span,
    ) -> Option<(Place, Ty)> {
        let signature = match self.types.kind(apparent) {
            TypeKind::Object(id) => self.types.object(id).index,
            _ => None,
        };
        let key = self.expr(index, None);
        let key_ty = self.ty(key);
        let object_ty = self.ty(object);
        let waits = self.types.is_deferred(object_ty) && self.is_deferred_entry(object_ty, key_ty);
        if let Some(signature) = signature.filter(|_| !waits) {
            let stringy = self.is_stringy(key_ty);
            let bound = self.constraint_of(key_ty);
            let usable = bound != Ty::UNKNOWN && self.is_ordered(key_ty);
            if !usable && !stringy && key_ty != Ty::ERROR {
                let message = format!("a key here is a string, not `{}`", self.show(key_ty));
                self.error(codes::INVALID_INDEX, index.span, message);
                return None;
            }
            let key = if key_ty == Ty::ANY || stringy {
                self.coerce(key, Ty::STRING)
            } else {
                self.as_text(key)
            };
            let ty = if null_tested {
                self.types.nullable(signature.value)
            } else {
                signature.value
            };
            return Some((
                Place::Dict {
                    object,
                    key,
                    nullable: null_tested,
                },
                ty,
            ));
        }
        let item = self.names.intern("__getitem__");
        if let Some(method) = self.dunder_of(apparent, item) {
            let ret = self
                .call_signatures(method)
                .first()
                .map_or(Ty::ANY, |s| s.ret);
            let (object, key) = (self.coerce(object, Ty::ANY), self.coerce(key, Ty::ANY));
            return Some((Place::Item { object, key }, ret));
        }
        let ty = match self.is_deferred_entry(object_ty, key_ty) {
            true => Some(self.indexed_type(object_ty, key_ty, span)),
            false => self.keyed_type(apparent, key_ty),
        };
        match ty {
            Some(ty) => {
                let (object, key) = (self.coerce(object, Ty::ANY), self.coerce(key, Ty::ANY));
                Some((Place::Item { object, key }, ty))
            }
            None => {
                if key_ty != Ty::ERROR {
                    let message = format!(
                        "`{}` has no index signature for keys of type `{}`",
                        self.show(object_ty),
                        self.show(key_ty)
                    );
                    self.error(codes::INVALID_INDEX, span, message);
                }
                None
            }
        }
    }

    /// The type of `object[key]` for a key type whose values are member names.
    fn keyed_type(&mut self, object: Ty, key: Ty) -> Option<Ty> {
        let key = self.constraint_of(key);
        let keys = self.types.members(key);
        let mut parts = Vec::with_capacity(keys.len());
        for key in keys {
            let TypeKind::LitString(name) = self.types.kind(key) else {
                return None;
            };
            parts.push(self.lookup(object, name)?.ty);
        }
        (!parts.is_empty()).then(|| self.join_types(&parts))
    }
}
