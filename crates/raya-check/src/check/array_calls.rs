//! Calls on arrays whose types the declarations of the library cannot say: arrays
//! made by their length, and `flat`.

use super::Checker;
use super::args::Arg;
use crate::env::SymKind;
use crate::hir::ExprId;
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, Expr, Ident};
use raya_syntax::span::Span;

/// `flat` opens at most so many levels of a type.
const MAX_FLAT: u32 = 8;

impl<'a> Checker<'a> {
    /// `new Array(n).fill(x)`: an array of what it is filled with. Nobody sees its
    /// elements before, so their type needs no zero.
    pub(crate) fn filled_array(
        &mut self,
        object: &'a Expr,
        property: Ident,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> Option<ExprId> {
        if self.text(property.name) != "fill" {
            return None;
        }
        let made = self.sized_array(object)?;
        let [value] = &*call.args else { return None };
        if value.spread {
            return None;
        }
        let wanted = expected.filter(|&t| self.is_closed(t));
        let elem = match (&*made.type_args, wanted.and_then(|t| self.array_element(t))) {
            ([written], _) => self.resolve(written),
            ([], Some(elem)) => elem,
            _ => {
                let id = self.probe(|c| c.expr(&value.expr, None));
                let ty = id.map_or(Ty::ANY, |id| self.ty(id));
                match self.types.widen_literals(ty) {
                    Ty::NULL | Ty::VOID => Ty::ANY,
                    ty if self.holds_empty(ty) => Ty::ANY,
                    ty => ty,
                }
            }
        };
        let class = self.hir.well_known.array?;
        let array = self.class_value(class, made.callee.span);
        let length = [Arg::Expr(&made.args[0].expr)];
        let array = self.call_instance(array, "__new____1", &[elem], &length, object.span)?;
        Some(self.call_on(array, property, call, expected, span))
    }

    /// `new Array(n)` or `Array(n)`.
    pub(crate) fn sized_array(&mut self, e: &'a Expr) -> Option<&'a ast::Call> {
        let (ast::ExprKind::New(made) | ast::ExprKind::Call(made)) = &e.kind else {
            return None;
        };
        let [length] = &*made.args else { return None };
        let ast::ExprKind::Ident(name) = made.callee.kind else {
            return None;
        };
        let symbol = self.value_symbol(name)?;
        let array = self.hir.well_known.array;
        let is_array = matches!(self.symbol(symbol).kind, SymKind::Class(c) if Some(c) == array);
        (is_array && !length.spread && !made.optional).then_some(made)
    }

    /// `xs.flat(depth)` with a depth that is known here.
    pub(crate) fn flat_call(
        &mut self,
        object: ExprId,
        property: Ident,
        call: &'a ast::Call,
        span: Span,
    ) -> Option<ExprId> {
        if self.text(property.name) != "flat" {
            return None;
        }
        let depth = match &*call.args {
            [] => 1,
            [one] if !one.spread => match &one.expr.kind {
                ast::ExprKind::Number(n) if n.integer && n.value <= f64::from(MAX_FLAT) => {
                    n.value as u32
                }
                ast::ExprKind::Ident(raya_syntax::name::names::INFINITY) => MAX_FLAT,
                _ => return None,
            },
            _ => return None,
        };
        let ty = self.ty(object);
        let elem = self.array_element(ty)?;
        let elem = self.flattened(elem, depth)?;
        let args: Vec<Arg<'a>> = call.args.iter().map(|a| Arg::Expr(&a.expr)).collect();
        self.call_instance(object, "__flatTo", &[elem], &args, span)
    }

    /// What is in the arrays of a type, `depth` levels down; none if arrays are left
    /// at the last level of what may be opened.
    fn flattened(&mut self, ty: Ty, depth: u32) -> Option<Ty> {
        if depth == 0 {
            return Some(ty);
        }
        let members = self.types.members(ty);
        let mut parts = Vec::with_capacity(members.len());
        for t in members {
            match self.array_element(t) {
                Some(elem) => parts.push(self.flattened(elem, depth - 1)?),
                None => parts.push(t),
            }
        }
        let joined = self.join_types(&parts);
        let left = depth == MAX_FLAT && self.array_element(joined).is_some();
        (!left).then_some(joined)
    }

    /// Calls a generic method of the library with type arguments that are known.
    fn call_instance(
        &mut self,
        object: ExprId,
        method: &str,
        type_args: &[Ty],
        args: &[Arg<'a>],
        span: Span,
    ) -> Option<ExprId> {
        let name = self.names.intern(method);
        let ty = self.ty(object);
        let found = self.lookup(ty, name)?;
        let sig = self.call_signatures(found.ty).into_iter().next()?;
        let resolved = self.try_signature(0, &sig, type_args, args, None, span)?;
        Some(self.emit_member_call(object, &found, name, resolved, span))
    }

    /// Whether a type is that of an empty array, or has elements or members that are.
    pub(crate) fn holds_empty(&self, ty: Ty) -> bool {
        self.holds_empty_at(ty, 0)
    }

    fn holds_empty_at(&self, ty: Ty, depth: u32) -> bool {
        if depth > 4 {
            return false;
        }
        match self.types.kind(ty) {
            TypeKind::Array(t) => t == Ty::NEVER || self.holds_empty_at(t, depth + 1),
            TypeKind::Object(id) => {
                let members = &self.types.object(id).members;
                members.iter().any(|m| self.holds_empty_at(m.ty, depth + 1))
            }
            _ => false,
        }
    }
}
