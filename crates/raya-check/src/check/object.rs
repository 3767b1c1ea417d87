//! Object literals with known members.

use super::Checker;
use super::context::ThisCtx;
use super::resolve::ObjectParts;
use crate::codes;
use crate::hir::{ExprId, ExprKind, LocalId, ObjectLit, ObjectMember};
use crate::types::{Member, Signature, Ty, TypeFlags, TypeKind};
use raya_syntax::ast::{self, FunctionBody, MethodKind};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

/// An object literal while it is built.
pub(crate) struct Builder {
    /// The expected type.
    shape: Option<Ty>,
    /// It is only the bound of the type, which the literal tells: members keep their types.
    pub(super) bound: bool,
    span: Span,
    pub(super) parts: ObjectParts,
    pub(super) members: Vec<ObjectMember>,
    pub(super) beyond: Vec<ExprId>,
    /// Every member takes any.
    pub any: bool,
    /// The local that methods see as `this`.
    this: Option<LocalId>,
}

impl Builder {
    /// A literal for a place of this type.
    pub(crate) fn new(shape: Option<Ty>, span: Span) -> Self {
        Self {
            shape,
            bound: false,
            span,
            parts: ObjectParts::default(),
            members: Vec::new(),
            beyond: Vec::new(),
            any: false,
            this: None,
        }
    }
}

impl<'a> Checker<'a> {
    /// Checks the members.
    pub(crate) fn build_object(&mut self, builder: &mut Builder, members: &'a [ast::ObjectMember]) {
        let has_methods = members
            .iter()
            .any(|m| matches!(m, ast::ObjectMember::Method { .. }));
        if has_methods {
            let this_ty = self.this_type_of_literal(builder, members);
            builder.this = Some(self.temp(this_ty, builder.span));
        }
        for member in members {
            match member {
                ast::ObjectMember::Property { key, value, .. } => {
                    let Some(name) = self.fixed_key(key) else {
                        self.computed_member(key, value);
                        continue;
                    };
                    let (wish, known) = self.member_wish(builder, name);
                    self.check_excess(builder, name, known, key.span());
                    let id = self.named_expr(name, value, wish);
                    let ty = self.member_value_type(builder, value, id, wish);
                    let id = self.move_to(id, ty, value.span);
                    self.put_member(builder, name, ty, id, false);
                }
                ast::ObjectMember::Method {
                    key,
                    kind,
                    function,
                } => {
                    self.method_member(builder, key, *kind, function);
                }
                ast::ObjectMember::Spread(e) => self.spread_member(builder, e),
            }
        }
    }

    fn computed_member(&mut self, key: &'a ast::PropKey, value: &'a ast::Expr) {
        let message =
            "computed keys make dictionaries: the place needs a type with an index signature";
        self.error(codes::COMPUTED_KEY, key.span(), message).help =
            Some("for example `const d: { [key: string]: number } = …`".to_string());
        self.expr(value, None);
    }

    /// The type that the expected type gives a member, and whether it knows it.
    fn member_wish(&mut self, builder: &Builder, name: Name) -> (Option<Ty>, bool) {
        if builder.any {
            return (Some(Ty::ANY), true);
        }
        match builder.shape {
            Some(shape) => match self.lookup(shape, name) {
                Some(found) => (Some(found.ty), true),
                None => (None, false),
            },
            None => (None, true),
        }
    }

    fn check_excess(&mut self, builder: &Builder, name: Name, known: bool, span: Span) {
        let Some(shape) = builder.shape.filter(|_| !known) else {
            return;
        };
        if self.types.has_params(shape) {
            return;
        }
        let apparent = self.types.expand(shape);
        let candidates: Vec<Name> = match self.types.kind(apparent) {
            TypeKind::Object(id) => self
                .types
                .object(id)
                .members
                .iter()
                .map(|m| m.name)
                .collect(),
            _ => return,
        };
        if candidates.is_empty() {
            return;
        }
        let help = self.did_you_mean(name, &candidates);
        let message = format!(
            "`{}` does not know a member `{}`",
            self.show(shape),
            self.text(name)
        );
        self.error_help(codes::EXCESS_MEMBER, span, message, help);
    }

    /// The type of the member: the expected one if it fits, else the value's own.
    fn member_value_type(
        &mut self,
        builder: &Builder,
        value: &'a ast::Expr,
        id: ExprId,
        wish: Option<Ty>,
    ) -> Ty {
        let ty = self.ty(id);
        if builder.any {
            return Ty::ANY;
        }
        match wish {
            Some(wish) if builder.bound => {
                let literal = self.types.flags(wish).has(TypeFlags::LITERAL);
                if literal { ty } else { self.widened(value, ty) }
            }
            Some(wish) if self.is_closed(wish) && self.fits(ty, wish) => wish,
            Some(wish) if self.is_closed(wish) => ty,
            Some(_) => ty,
            None => {
                let ty = self.widened(value, ty);
                if ty == Ty::VOID { Ty::NULL } else { ty }
            }
        }
    }

    /// Whether values of the type can be made here.
    pub(crate) fn is_closed(&self, ty: Ty) -> bool {
        !self.types.has_params(ty) || self.params_in_scope(ty)
    }

    pub(super) fn put_member(
        &mut self,
        builder: &mut Builder,
        name: Name,
        ty: Ty,
        value: ExprId,
        method: bool,
    ) {
        let optional = builder
            .shape
            .and_then(|s| self.lookup(s, name))
            .is_some_and(|f| f.optional);
        let _ = optional;
        builder.parts.put(Member {
            name,
            ty,
            optional: false,
            readonly: false,
            method,
        });
        builder.members.push(ObjectMember::Field { name, value });
    }

    // ---- methods

    /// What `this` is in the literal's methods: the expected type, or the literal's
    /// own type as far as it can be known without checking the methods.
    fn this_type_of_literal(&mut self, builder: &Builder, members: &'a [ast::ObjectMember]) -> Ty {
        if let Some(shape) = builder.shape
            && self.is_closed(shape)
        {
            return shape;
        }
        if builder.any {
            return Ty::ANY;
        }
        let mut parts = ObjectParts::default();
        for member in members {
            match member {
                ast::ObjectMember::Property { key, value, .. } => {
                    let Some(name) = self.fixed_key(key) else {
                        continue;
                    };
                    let ty = match self.probe(|c| c.expr(value, None)) {
                        Some(id) => self.ty(id),
                        None => Ty::ANY,
                    };
                    let ty = self.widened(value, ty);
                    parts.put(Member {
                        name,
                        ty,
                        optional: false,
                        readonly: false,
                        method: false,
                    });
                }
                ast::ObjectMember::Method {
                    key,
                    kind,
                    function,
                } => {
                    let Some(name) = self.fixed_key(key) else {
                        continue;
                    };
                    let ty = self.method_shape(*kind, function);
                    parts.put(Member {
                        name,
                        ty,
                        optional: false,
                        readonly: false,
                        method: *kind == MethodKind::Method,
                    });
                }
                ast::ObjectMember::Spread(e) => {
                    let spread = self.probe(|c| c.expr(e, None));
                    let ty = spread.map_or(Ty::ERROR, |id| self.ty(id));
                    let apparent = self.apparent(ty);
                    if let TypeKind::Object(id) = self.types.kind(apparent) {
                        let object = self.types.object(id).clone();
                        object.members.iter().for_each(|&m| parts.put(m));
                    }
                }
            }
        }
        self.finish_object(parts)
    }

    /// The type of a method as written; one without result type is any to `this`.
    fn method_shape(&mut self, kind: MethodKind, function: &'a ast::Function) -> Ty {
        self.in_scope(|c| {
            let type_params = c.declare_type_params(&function.signature.type_params);
            let (sig, _) =
                c.quietly(|c| c.signature_with(&function.signature, type_params, Some(Ty::ANY)));
            match kind {
                MethodKind::Method => c.types.function(sig),
                MethodKind::Getter => sig.ret,
                MethodKind::Setter => sig.params.first().map_or(Ty::ANY, |p| p.ty),
            }
        })
    }

    fn method_member(
        &mut self,
        builder: &mut Builder,
        key: &'a ast::PropKey,
        kind: MethodKind,
        function: &'a ast::Function,
    ) {
        let Some(name) = self.fixed_key(key) else {
            let message = "methods of object literals have fixed names";
            self.error(codes::COMPUTED_KEY, key.span(), message);
            return;
        };
        if matches!(function.body, FunctionBody::None) {
            return;
        }
        let (wish, known) = self.member_wish(builder, name);
        self.check_excess(builder, name, known, key.span());
        let owner = self.current();
        let this = match builder.this {
            Some(local) => {
                let ty = self.ctx().locals[local.index()].ty;
                ThisCtx::Local { owner, local, ty }
            }
            None => ThisCtx::None,
        };
        let wish = match kind {
            MethodKind::Method => wish.filter(|_| !builder.any),
            MethodKind::Getter => None,
            MethodKind::Setter => self.setter_wish(builder, name),
        };
        let value = self.method_closure(function, name, this, wish);
        let ty = self.ty(value);
        match kind {
            MethodKind::Method => {
                let wish = wish.filter(|&w| w != Ty::UNKNOWN && self.is_closed(w));
                let ty = match wish {
                    Some(wish) if self.fits(ty, wish) => wish,
                    _ if builder.any => Ty::ANY,
                    _ => ty,
                };
                let value = self.coerce(value, ty);
                self.put_member(builder, name, ty, value, true);
            }
            MethodKind::Getter => {
                let sig = self.call_signatures(ty).pop();
                let ty = sig.map_or(Ty::ERROR, |s| s.ret);
                let readonly = !builder.parts.members.iter().any(|m| m.name == name);
                builder.parts.put(Member {
                    name,
                    ty,
                    optional: false,
                    readonly,
                    method: false,
                });
                builder.members.push(ObjectMember::Getter { name, value });
            }
            MethodKind::Setter => {
                let sig = self.call_signatures(ty).pop();
                let ty = sig
                    .and_then(|s| s.params.first().map(|p| p.ty))
                    .unwrap_or(Ty::ERROR);
                builder.parts.put(Member {
                    name,
                    ty,
                    optional: false,
                    readonly: false,
                    method: false,
                });
                builder.members.push(ObjectMember::Setter { name, value });
            }
        }
    }

    /// What a setter without written type takes: what the getter gives.
    fn setter_wish(&mut self, builder: &Builder, name: Name) -> Option<Ty> {
        let own = builder.parts.members.iter().find(|m| m.name == name);
        let ty = match own {
            Some(m) => m.ty,
            None => self.lookup(builder.shape?, name)?.ty,
        };
        let param = crate::types::Param {
            name,
            ty,
            optional: false,
        };
        Some(self.types.function(Signature::new(vec![param], Ty::VOID)))
    }

    /// The literal's expression.
    pub(crate) fn finish_literal(&mut self, builder: Builder) -> ExprId {
        let Builder {
            parts,
            members,
            beyond,
            this,
            span,
            shape,
            ..
        } = builder;
        let own = self.types.object_of(parts.members);
        // The expected type's optional members make literals of one place share their
        // shape.
        let ty = match shape {
            Some(shape) if self.is_closed(shape) => self.arranged(own, shape),
            _ => own,
        };
        if let Some(local) = this {
            let this_ty = self.ctx().locals[local.index()].ty;
            if self.types.kind(this_ty) != TypeKind::Any && !self.fits(ty, this_ty) {
                // Methods saw an approximation; what they read is verified anyway.
                self.ctx_mut().locals[local.index()].ty = ty;
            }
        }
        let literal = ObjectLit {
            members,
            beyond,
            this,
            dict: false,
        };
        self.add(ExprKind::Object(Box::new(literal)), ty, span)
    }

    /// The literal's members as they are written, then the optional ones of the
    /// expected type that it lacks: what is written later comes last, as in JavaScript.
    fn arranged(&mut self, own: Ty, shape: Ty) -> Ty {
        let expanded = self.types.expand(shape);
        let (TypeKind::Object(own_id), TypeKind::Object(shape_id)) =
            (self.types.kind(own), self.types.kind(expanded))
        else {
            return own;
        };
        let (own_object, wanted) = (
            self.types.object(own_id).clone(),
            self.types.object(shape_id).clone(),
        );
        let mut members = Vec::with_capacity(wanted.members.len());
        for mine in &own_object.members {
            let Some(m) = wanted.member(mine.name) else {
                return own;
            };
            members.push(Member {
                optional: m.optional || mine.optional,
                ..*mine
            });
        }
        for m in &wanted.members {
            if own_object.member(m.name).is_some() {
                continue;
            }
            if !m.optional {
                return own;
            }
            members.push(*m);
        }
        self.types.object_of(members)
    }
}
