//! Items and containment of instances: `o[k]`, `o[k] = v`, `delete o[k]` and `k in o` where
//! the class says what they are. The method is called directly, its types count.

use super::Checker;
use super::target::{Slot, Target};
use crate::codes;
use crate::hir::{ExprId, ExprKind, Place};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::Expr;
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// The name of a method, if the type's class has it and says what it takes.
    fn item_method(&mut self, ty: Ty, method: &str) -> Option<Name> {
        if !matches!(self.types.kind(ty), TypeKind::Class(..)) {
            return None;
        }
        let name = self.names.intern(method);
        self.dunder_of(ty, name).map(|_| name)
    }

    /// The type of a parameter of a method of a class.
    fn item_param(&mut self, ty: Ty, method: Name, index: usize) -> Option<Ty> {
        let method = self.dunder_of(ty, method)?;
        let sig = self.call_signatures(method).into_iter().next()?;
        self.param_at(&sig, index)
    }

    /// `object[index]` by `__getitem__`.
    pub(super) fn read_item(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        span: Span,
    ) -> Option<ExprId> {
        let name = self.item_method(apparent, "__getitem__")?;
        let wish = self.item_param(apparent, name, 0);
        let key = self.expr(index, wish);
        Some(self.call_method_on(object, name, vec![key], span))
    }

    /// The place `object[index]` that is written by `__setitem__`. Its parts are evaluated
    /// before the value.
    pub(super) fn item_target(
        &mut self,
        object: ExprId,
        apparent: Ty,
        index: &'a Expr,
        span: Span,
    ) -> Option<Target> {
        let name = self.item_method(apparent, "__setitem__")?;
        let ty = self.item_param(apparent, name, 1)?;
        let wish = self.item_param(apparent, name, 0);
        let mut lets = Vec::new();
        let object = self.keep_part(object, &mut lets);
        let key = self.expr(index, wish);
        let key = self.keep_part(key, &mut lets);
        Some(Target {
            place: Slot::Item { object, key },
            ty,
            lets,
            span,
        })
    }

    /// Reports a write or a `delete` of an item where the class can only be asked for items.
    /// A string may also be an attribute's name.
    pub(super) fn require_item_method(&mut self, item: Place, apparent: Ty, method: &str) -> bool {
        let Place::Item { key, .. } = item else {
            return true;
        };
        let at = self.span(key);
        let mut key = key;
        while let ExprKind::Coerce { expr, .. } = self.hir.exprs[key.index()].kind {
            key = expr;
        }
        let key = self.ty(key);
        let is_name = matches!(key, Ty::ANY | Ty::ERROR) || self.is_stringy(key);
        if is_name || self.item_method(apparent, "__getitem__").is_none() {
            return true;
        }
        let message = format!("`{}` has no method `{method}`", self.show(apparent));
        self.error(codes::INVALID_INDEX, at, message);
        false
    }

    /// What an item is before a compound assignment writes it.
    pub(super) fn read_item_again(&mut self, object: ExprId, key: ExprId, span: Span) -> ExprId {
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        match self.item_method(apparent, "__getitem__") {
            Some(name) => self.call_method_on(object, name, vec![key], span),
            None => {
                let message = format!("items of `{}` can be written but not read", self.show(ty));
                self.error(codes::INVALID_INDEX, span, message);
                self.error_expr(span)
            }
        }
    }

    /// `object[key] = value`; gives the value.
    pub(super) fn write_item(
        &mut self,
        object: ExprId,
        key: ExprId,
        value: ExprId,
        span: Span,
    ) -> ExprId {
        let name = self.names.intern("__setitem__");
        let (local, ty) = self.keep(value);
        let argument = self.read_temp(local, ty, span);
        let call = self.call_method_on(object, name, vec![key, argument], span);
        let result = self.read_temp(local, ty, span);
        let body = self.add(ExprKind::Seq(Box::new([call, result])), ty, span);
        self.let_in(local, value, body)
    }

    /// `delete object[index]` by `__delitem__`.
    pub(super) fn delete_item(
        &mut self,
        object: ExprId,
        index: &'a Expr,
        span: Span,
    ) -> Option<ExprId> {
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        let name = self.item_method(apparent, "__delitem__")?;
        let wish = self.item_param(apparent, name, 0);
        let key = self.expr(index, wish);
        let call = self.call_method_on(object, name, vec![key], span);
        let done = self.add(ExprKind::Bool(true), Ty::BOOLEAN, span);
        Some(self.add(ExprKind::Seq(Box::new([call, done])), Ty::BOOLEAN, span))
    }

    /// `key in object` by `__contains__`.
    pub(super) fn contained(&mut self, key: ExprId, object: ExprId, span: Span) -> Option<ExprId> {
        let ty = self.ty(object);
        let apparent = self.apparent(ty);
        let name = self.item_method(apparent, "__contains__")?;
        let (local, key_ty) = self.keep(key);
        let argument = self.read_temp(local, key_ty, span);
        let call = self.call_method_on(object, name, vec![argument], span);
        let found = self.truth(call);
        Some(self.let_in(local, key, found))
    }

    /// Reports `in` on an instance of a class that has nothing to ask: only names, which are
    /// strings, may be attributes.
    pub(super) fn require_containment(&mut self, key: ExprId, object: ExprId, span: Span) {
        let (key, ty) = (self.ty(key), self.ty(object));
        let apparent = self.apparent(ty);
        let is_name = matches!(key, Ty::ANY | Ty::ERROR) || self.is_stringy(key);
        if is_name || !matches!(self.types.kind(apparent), TypeKind::Class(..)) {
            return;
        }
        let methods = ["__contains__", "__iter__", "__getitem__"];
        if !(methods.iter()).any(|m| self.item_method(apparent, m).is_some()) {
            let (key, ty) = (self.show(key), self.show(ty));
            let message = format!("`in` finds no `{key}` in `{ty}`");
            let help = "the class needs `__contains__`, `__iter__` or `__getitem__`";
            let help = Some(help.to_string());
            self.error_help(codes::INVALID_OPERANDS, span, message, help);
        }
    }
}
