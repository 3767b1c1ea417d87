//! What can be assigned to: variables, members, elements.
//!
//! A place that is read and written is taken apart first: its object and index are
//! kept in locals, so that they are evaluated once.

use super::Checker;
use super::member::{Found, How};
use crate::codes;
use crate::env::{Storage, SymId, SymKind, VarKind};
use crate::hir::{ExprId, ExprKind, LocalId, Place};
use crate::types::{ClassId, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

/// A place that was checked and can be written.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    /// Where values go.
    pub place: Slot,
    /// The type of the values that it takes.
    pub ty: Ty,
    /// Definitions to evaluate around the assignment: (local, value).
    pub lets: Vec<(LocalId, ExprId)>,
    /// Where it is written.
    pub span: Span,
}

/// A place, or an accessor.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Slot {
    /// A place of the tree.
    Place(Place),
    /// A variable, for which reads and writes differ.
    Var(SymId),
    /// A property with a setter.
    Accessor {
        object: ExprId,
        class: ClassId,
        args: TyList,
        getter: Option<crate::hir::MethodIdx>,
        setter: crate::hir::MethodIdx,
        is_static: bool,
    },
    /// What `__setitem__` writes.
    Item { object: ExprId, key: ExprId },
}

impl<'a> Checker<'a> {
    /// Checks a place that is written. `reused`: it is read too, so that its parts
    /// are kept in locals.
    pub(crate) fn target(&mut self, e: &'a Expr, reused: bool) -> Option<Target> {
        match &e.kind {
            ast::ExprKind::Ident(name) => self.var_target(*name, e.span),
            ast::ExprKind::Member {
                object, property, ..
            }
            | ast::ExprKind::PrivateMember {
                object, property, ..
            } => self.member_target(object, *property, reused, e.span),
            ast::ExprKind::Index { object, index, .. } => {
                self.element_target(object, index, reused, e.span)
            }
            ast::ExprKind::NonNull(inner)
            | ast::ExprKind::As { expr: inner, .. }
            | ast::ExprKind::Satisfies { expr: inner, .. } => self.target(inner, reused),
            _ => None,
        }
    }

    pub(super) fn var_target(&mut self, name: Name, span: Span) -> Option<Target> {
        let Some(symbol) = self.value_symbol(name) else {
            self.report_unknown_name(name, span);
            return None;
        };
        let constant = match &self.symbol(symbol).kind {
            SymKind::Var(var) => match var.kind {
                VarKind::Const => Some("a constant"),
                VarKind::SelfName => Some("the name of a function expression"),
                VarKind::Let | VarKind::Param | VarKind::Catch => None,
            },
            SymKind::Func(_) => Some("a function"),
            SymKind::Class(_) => Some("a class"),
        };
        if let Some(what) = constant {
            let text = self.text(name).to_string();
            let message = format!("`{text}` is {what} and cannot be assigned");
            let help = (what == "a constant").then(|| format!("declare it with `let {text}`"));
            self.error_help(codes::ASSIGN_TO_CONSTANT, span, message, help);
            return None;
        }
        let ty = self.var_type(symbol, span);
        let place = Slot::Var(symbol);
        Some(Target {
            place,
            ty,
            lets: Vec::new(),
            span,
        })
    }

    pub(super) fn member_target(
        &mut self,
        object: &'a Expr,
        property: Ident,
        reused: bool,
        span: Span,
    ) -> Option<Target> {
        if matches!(object.kind, ast::ExprKind::Super) {
            self.error(
                codes::INVALID_THIS,
                span,
                "members of `super` cannot be assigned",
            );
            return None;
        }
        let is_this = matches!(object.kind, ast::ExprKind::This);
        let mut id = self.object_of(object, false);
        let ty = self.ty(id);
        if ty == Ty::ERROR {
            return None;
        }
        let (target, found) = self.lookup_target(id, property)?;
        id = target;
        let mut lets = Vec::new();
        // The object of a setter is evaluated before the value that it gets.
        let kept = reused || matches!(found.how, How::Accessor { .. });
        if kept && !is_this {
            id = self.keep_part(id, &mut lets);
        }
        self.check_access(&found, ty, property);
        if found.readonly && !self.may_initialise(&found, property.name, is_this) {
            self.report_readonly(&found, ty, property);
            return None;
        }
        let place = self.slot_of(id, &found, property.name, span)?;
        Some(Target {
            place,
            ty: found.ty,
            lets,
            span,
        })
    }

    pub(super) fn lookup_target(
        &mut self,
        object: ExprId,
        property: Ident,
    ) -> Option<(ExprId, Found)> {
        let ty = self.ty(object);
        if ty == Ty::UNKNOWN {
            let message = "a value of type `unknown` must be narrowed before it is used";
            self.error(codes::UNKNOWN_VALUE, property.span, message);
            return None;
        }
        if property.name == names::LENGTH
            && let TypeKind::Array(_) = self.types.kind(ty)
        {
            // `a.length = n` shrinks.
            let mut found = self.lookup(ty, property.name)?;
            found.readonly = false;
            return Some((object, found));
        }
        if self.lookup(ty, property.name).is_none()
            && let Some(found) = self.hooked_member(ty, "__setattr__")
        {
            return Some((object, found));
        }
        let found = self.lookup_on(object, property.name);
        if found.is_none() {
            self.report_unknown_member(ty, property);
        }
        found
    }

    /// Whether a read-only field is being initialised by its constructor.
    pub(super) fn may_initialise(&self, found: &Found, _name: Name, is_this: bool) -> bool {
        let own = found.declared_in;
        let is_field = matches!(found.how, How::Field { .. } | How::Static { .. });
        let ctx = self.ctx();
        let in_ctor = ctx.ctor.is_some_and(|c| Some(c.class) == own);
        let in_init = ctx.class == own
            && matches!(
                self.hir.functions[ctx.func.index()].kind,
                crate::hir::FuncKind::StaticInit(_) | crate::hir::FuncKind::FieldInit(_)
            );
        is_field && is_this && (in_ctor || in_init)
    }

    pub(super) fn report_readonly(&mut self, found: &Found, ty: Ty, property: Ident) {
        let text = self.text(property.name).to_string();
        let message = match found.how {
            How::Method { .. } => {
                format!("`{text}` is a method; methods are assigned through `any` only")
            }
            How::Accessor { .. } => format!("`{text}` has no setter"),
            _ => format!("`{text}` of `{}` is read-only", self.show(ty)),
        };
        self.error(codes::READONLY, property.span, message);
    }

    /// The place of a member that was found.
    pub(super) fn slot_of(
        &mut self,
        object: ExprId,
        found: &Found,
        name: Name,
        span: Span,
    ) -> Option<Slot> {
        Some(Slot::Place(match found.how {
            How::Field { class, field } => {
                let object = self.as_class(object, class);
                Place::Field {
                    object,
                    class,
                    field,
                }
            }
            How::Static { .. } if self.is_class_attribute(found, name) => {
                let object = self.coerce(object, Ty::ANY);
                Place::Attr { object, name }
            }
            How::Static { class, field } => Place::Static {
                object: self.asked_class(object, class),
                class,
                field,
                checked: false,
            },
            How::Accessor {
                class,
                args,
                getter,
                setter,
                is_static,
            } => {
                let Some(setter) = setter else {
                    return self.length_slot(object, found, name, span);
                };
                return Some(Slot::Accessor {
                    object,
                    class,
                    args,
                    getter,
                    setter,
                    is_static,
                });
            }
            How::Prop => Place::Prop {
                object,
                name,
                optional: found.optional,
            },
            How::Entry => {
                let ty = self.types.lit_string(name);
                let key = self.add(ExprKind::Str(name), ty, span);
                Place::Dict {
                    object,
                    key,
                    nullable: false,
                }
            }
            How::Dynamic => {
                let object = self.coerce(object, Ty::ANY);
                Place::Attr { object, name }
            }
            How::Method { .. } => return None,
        }))
    }

    /// Array lengths are written through the slots, which refuse to grow.
    pub(super) fn length_slot(
        &mut self,
        object: ExprId,
        _: &Found,
        name: Name,
        _: Span,
    ) -> Option<Slot> {
        let object = self.coerce(object, Ty::ANY);
        Some(Slot::Place(Place::Attr { object, name }))
    }

    pub(super) fn element_target(
        &mut self,
        object: &'a Expr,
        index: &'a Expr,
        reused: bool,
        span: Span,
    ) -> Option<Target> {
        let id = self.object_of(object, false);
        let ty = self.ty(id);
        let apparent = self.apparent(ty);
        if let Some(target) = self.item_target(id, apparent, index, span) {
            return Some(target);
        }
        let mut lets = Vec::new();
        let id = if reused {
            self.keep_part(id, &mut lets)
        } else {
            id
        };
        if let Some(name) = self.member_key(index, apparent)
            && let Some(found) = self.lookup(apparent, name)
        {
            let ident = Ident {
                name,
                span: index.span,
            };
            if found.readonly {
                self.report_readonly(&found, ty, ident);
                return None;
            }
            let place = self.slot_of(id, &found, name, span)?;
            return Some(Target {
                place,
                ty: found.ty,
                lets,
                span,
            });
        }
        self.refuse_readonly_element(apparent, span)?;
        let (place, ty) = self.element_place(id, apparent, index, false, span)?;
        if !self.require_item_method(place, apparent, "__setitem__") {
            return None;
        }
        let place = if reused {
            self.keep_index(place, &mut lets)
        } else {
            place
        };
        Some(Target {
            place: Slot::Place(place),
            ty,
            lets,
            span,
        })
    }

    pub(super) fn refuse_readonly_element(&mut self, ty: Ty, span: Span) -> Option<()> {
        let readonly = match self.types.kind(ty) {
            TypeKind::ReadonlyArray(_) | TypeKind::String | TypeKind::LitString(_) => true,
            TypeKind::Tuple(id) => self.types.tuple(id).readonly,
            TypeKind::Object(id) => self.types.object(id).index.is_some_and(|i| i.readonly),
            _ => false,
        };
        if readonly {
            let message = format!("elements of `{}` are read-only", self.show(ty));
            self.error(codes::READONLY, span, message);
            return None;
        }
        Some(())
    }

    /// Keeps a part of a place in a local.
    pub(super) fn keep_part(&mut self, id: ExprId, lets: &mut Vec<(LocalId, ExprId)>) -> ExprId {
        let (ty, span) = (self.ty(id), self.span(id));
        if matches!(
            self.hir.exprs[id.index()].kind,
            ExprKind::This
                | ExprKind::Class { .. }
                | ExprKind::Number(_)
                | ExprKind::Int(_)
                | ExprKind::Str(_)
        ) {
            return id;
        }
        let (local, _) = self.keep(id);
        lets.push((local, id));
        self.read_temp(local, ty, span)
    }

    pub(super) fn keep_index(&mut self, place: Place, lets: &mut Vec<(LocalId, ExprId)>) -> Place {
        match place {
            Place::Index { array, index } => Place::Index {
                array,
                index: self.keep_part(index, lets),
            },
            Place::Dict {
                object,
                key,
                nullable,
            } => Place::Dict {
                object,
                key: self.keep_part(key, lets),
                nullable,
            },
            Place::Item { object, key } => Place::Item {
                object,
                key: self.keep_part(key, lets),
            },
            other => other,
        }
    }

    pub(super) fn read_target(&mut self, e: &'a Expr, target: &Target) -> ExprId {
        let id = match target.place {
            Slot::Var(symbol) => return self.read_var_again(symbol, target.span),
            Slot::Place(place @ (Place::Item { .. } | Place::Attr { .. })) => {
                let id = self.add(ExprKind::Read(place), Ty::ANY, target.span);
                self.coerce(id, target.ty)
            }
            Slot::Place(place) => {
                let id = self.add(ExprKind::Read(place), target.ty, target.span);
                self.note_static(id, place);
                id
            }
            Slot::Accessor {
                object,
                class,
                args,
                getter,
                is_static,
                ..
            } => match getter {
                Some(getter) => {
                    let call = self.accessor_call(
                        object,
                        class,
                        args,
                        getter,
                        is_static,
                        None,
                        target.span,
                    );
                    self.with_type(call, target.ty, target.span)
                }
                None => {
                    let message = "this property can be written but not read";
                    self.error(codes::INVALID_ACCESSOR, target.span, message);
                    self.error_expr(target.span)
                }
            },
            Slot::Item { object, key } => self.read_item_again(object, key, target.span),
        };
        self.narrowed_read(e, id)
    }

    pub(super) fn read_var_again(&mut self, symbol: SymId, span: Span) -> ExprId {
        let name = self.symbol(symbol).name;
        self.ident(name, span)
    }

    pub(super) fn note_static(&mut self, id: ExprId, place: Place) {
        if let Place::Static { class, .. } = place {
            let (current, clock) = (self.current(), self.clock);
            self.post.read_class(id, class, current, clock);
        }
    }

    /// Stores a value of the target's type.
    pub(crate) fn write(&mut self, target: &Target, value: ExprId, span: Span) -> ExprId {
        match target.place {
            Slot::Var(symbol) => self.write_var(symbol, value, span),
            Slot::Place(place @ (Place::Item { .. } | Place::Attr { .. })) => {
                let value = self.coerce(value, Ty::ANY);
                let id = self.add(ExprKind::Assign { place, value }, Ty::ANY, span);
                self.coerce(id, target.ty)
            }
            Slot::Place(place) => {
                let id = self.add(ExprKind::Assign { place, value }, target.ty, span);
                self.note_static(id, place);
                id
            }
            Slot::Accessor {
                object,
                class,
                args,
                setter,
                is_static,
                ..
            } => {
                let (local, ty) = self.keep(value);
                let argument = self.read_temp(local, ty, span);
                let call = self.accessor_call(
                    object,
                    class,
                    args,
                    setter,
                    is_static,
                    Some(argument),
                    span,
                );
                let result = self.read_temp(local, ty, span);
                let body = self.add(ExprKind::Seq(Box::new([call, result])), ty, span);
                self.let_in(local, value, body)
            }
            Slot::Item { object, key } => self.write_item(object, key, value, span),
        }
    }

    pub(super) fn write_var(&mut self, symbol: SymId, value: ExprId, span: Span) -> ExprId {
        let ty = self.var_type(symbol, span);
        self.mark_assigned(symbol);
        self.report_early_write(symbol, span);
        let Some(place) = self.written_place(symbol, span) else {
            return self.error_expr(span);
        };
        let id = self.add(ExprKind::Assign { place, value }, ty, span);
        // One without initial value is unset before its first write, wherever that is.
        let valueless = self.var(symbol).is_some_and(|v| v.valueless);
        if let Place::Global { global, .. } = place
            && !valueless
        {
            let (current, clock) = (self.current(), self.clock);
            self.post.read_global(id, global, current, clock);
        }
        id
    }

    pub(super) fn report_early_write(&mut self, symbol: SymId, span: Span) {
        let current = self.current();
        let Some(var) = self.var(symbol) else { return };
        let same = matches!(var.storage, Storage::Local { owner, .. } if owner == current)
            || (matches!(var.storage, Storage::Global(_)) && self.fns.len() == 1);
        if same && var.declared_at == 0 && var.kind == VarKind::Let && !self.flow.dead {
            let message = format!(
                "`{}` is used before its declaration",
                self.text(self.symbol(symbol).name)
            );
            self.error(codes::USED_BEFORE_DECLARATION, span, message);
        }
    }

    /// Records that a variable is assigned other than by its declaration.
    pub(crate) fn mark_assigned(&mut self, symbol: SymId) {
        let Some(var) = self.var(symbol) else { return };
        match var.storage {
            Storage::Local { owner, local } => {
                self.local_mut(owner, local, |l| {
                    l.assigned = true;
                    l.boxed |= l.captured;
                });
            }
            Storage::Global(global) => self.hir.globals[global.index()].constant = false,
        }
    }
}
