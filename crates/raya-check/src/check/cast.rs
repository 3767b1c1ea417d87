//! Assertions: `e as T`, `e as const` and `e satisfies T`.
//!
//! A cast that is no upcast is checked at run time. An array keeps the type that it was made
//! with, because others may hold it at that type; only one that the operand has just made
//! takes the type of the cast.

use super::Checker;
use super::args::MAX_RECHECKS;
use crate::codes;
use crate::hir::{Callee, CoerceKind, ExprId, ExprKind, MethodIdx};
use crate::types::{ClassId, Ty, TypeKind};
use raya_syntax::ast::{self, Expr};
use raya_syntax::span::Span;

/// How deep types are compared.
const MAX_COMPARED: u32 = 8;

impl<'a> Checker<'a> {
    pub(super) fn cast(&mut self, e: &'a Expr, ty: &'a ast::TypeExpr, span: Span) -> ExprId {
        let to = self.resolve(ty);
        let id = self.cast_operand(e, to);
        let from = self.ty(id);
        if from == to || from == Ty::ERROR || to == Ty::ERROR {
            return id;
        }
        // The library knows that its `any[]` may be an array of any type.
        let kind = match self.is_builtin_file() {
            true => CoerceKind::Check,
            false => CoerceKind::Cast,
        };
        if from == Ty::ANY && to != Ty::UNKNOWN {
            return self.coerce_node(id, to, kind);
        }
        if self.fits(from, to) {
            return self.coerce(id, to);
        }
        if let ast::ExprKind::Object(members) = &e.kind
            && self.may_be_incomplete(from, to)
        {
            return self.incomplete(members, to, span);
        }
        let wide = self.types.widen_literals(from);
        let related = from == Ty::UNKNOWN
            || self.subtype(to, from)
            || self.subtype(to, wide)
            || self.shares_member(from, to);
        if !related {
            let help = if from == Ty::NUMBER && to == Ty::INT {
                "`int(x)` converts a number to an int".to_string()
            } else {
                "cast to `unknown` first if it is meant".to_string()
            };
            let message = format!("`{}` is never a `{}`", self.show(from), self.show(to));
            self.error_help(codes::INVALID_CAST, span, message, Some(help));
            return self.error_expr(span);
        }
        if kind == CoerceKind::Cast
            && let Some(depth) = self.unshared_levels(id, to)
        {
            return self.take_over(id, depth, to);
        }
        self.coerce_node(id, to, kind)
    }

    /// The operand at the type of the cast if it is such a literal, else at its own: what an
    /// array literal spreads may be of a wider type.
    fn cast_operand(&mut self, e: &'a Expr, to: Ty) -> ExprId {
        let (before, flow) = (self.mark(), self.flow.clone());
        let id = self.expr(e, Some(to));
        let array = matches!(e.kind, ast::ExprKind::Array(_));
        if !array || !self.failed_since(before) || self.rechecks >= MAX_RECHECKS {
            return id;
        }
        let reported = self.diagnostics.split_off(before.reported());
        self.flow = flow;
        self.rechecks += 1;
        let own = self.expr(e, None);
        self.rechecks -= 1;
        if self.failed_since(before) {
            self.roll_back(before);
            self.diagnostics.extend(reported);
        }
        own
    }

    /// Whether a literal lacks members of the type that a cast asks for, and no more.
    fn may_be_incomplete(&mut self, from: Ty, to: Ty) -> bool {
        let apparent = self.apparent(to);
        let TypeKind::Object(own) = self.types.kind(from) else {
            return false;
        };
        let own = self.types.object(own).clone();
        match self.types.kind(apparent) {
            // What it will be shows when type arguments are known.
            _ if self.types.is_deferred(to) => true,
            TypeKind::Object(_) | TypeKind::Intersection(_) => own.members.iter().all(|m| {
                let found = self.lookup(to, m.name);
                found.is_none_or(|found| self.comparable(m.ty, found.ty))
            }),
            _ => false,
        }
    }

    /// `{ … } as T` where the literal lacks members of `T`: the program sets them later.
    fn incomplete(&mut self, members: &'a [ast::ObjectMember], to: Ty, span: Span) -> ExprId {
        let literal = self.any_object(members, span);
        let native = ExprKind::Native {
            name: self.names.intern("object_incomplete"),
            args: [literal].into(),
        };
        let marked = self.add(native, Ty::ANY, span);
        self.coerce_node(marked, to, CoerceKind::Cast)
    }

    /// An array that nobody else holds takes the type of a cast that its elements fit: it is
    /// made an `any[]` first, which a cast may pin.
    fn take_over(&mut self, id: ExprId, levels: u32, to: Ty) -> ExprId {
        let span = self.span(id);
        let array = self.coerce(id, Ty::ANY);
        let levels = self.add(ExprKind::Number(levels.into()), Ty::NUMBER, span);
        let native = ExprKind::Native {
            name: self.names.intern("array_unpin"),
            args: [array, levels].into(),
        };
        let loose = self.add(native, Ty::ANY, span);
        self.coerce_node(loose, to, CoerceKind::Cast)
    }

    /// How many levels of arrays in the value of an expression were made by it, so that
    /// nobody else can hold them, if there are some and an array is asked for.
    fn unshared_levels(&mut self, id: ExprId, to: Ty) -> Option<u32> {
        let members = self.types.members(to);
        let array = members.iter().any(|&t| {
            let t = self.types.expand(t);
            self.array_element(t).is_some()
        });
        if !array {
            return None;
        }
        let levels = self.made_levels(id);
        (levels > 0).then_some(levels)
    }

    fn made_levels(&mut self, id: ExprId) -> u32 {
        match &self.hir.exprs[id.index()].kind {
            ExprKind::Array { .. } => 1,
            &ExprKind::Coerce { expr, kind } if kind != CoerceKind::Check => self.made_levels(expr),
            ExprKind::Call(call) => match call.callee {
                Callee::Method {
                    object,
                    class,
                    method,
                    ..
                } => self.levels_made_by(Some(object), class, method),
                Callee::Static { class, method, .. } => self.levels_made_by(None, class, method),
                _ => 0,
            },
            _ => 0,
        }
    }

    /// What a method of the library is declared to give says it: arrays are new, `this` is
    /// the receiver.
    fn levels_made_by(&mut self, object: Option<ExprId>, class: ClassId, method: MethodIdx) -> u32 {
        if !self.class(class).builtin {
            return 0;
        }
        let index = (self.class(class).members.iter())
            .position(|m| m.kind.method().is_some_and(|(at, _)| at == method));
        let declared = index.and_then(|i| self.method_signature(class, i as u32));
        let Some(ret) = declared.map(|sig| sig.ret) else {
            return 0;
        };
        match (self.types.kind(ret), object) {
            (TypeKind::Param(p), Some(object)) if self.types.param(p).this_of.is_some() => {
                self.made_levels(object)
            }
            _ => self.array_levels(ret),
        }
    }

    /// How deep arrays and tuples nest in a type.
    fn array_levels(&mut self, ty: Ty) -> u32 {
        match self.array_element(ty) {
            Some(elem) => 1 + self.array_levels(elem),
            None => 0,
        }
    }

    /// `e satisfies T`: the value keeps its own type where that fits; else it is checked
    /// as at a place of the type.
    pub(super) fn satisfies(&mut self, e: &'a Expr, ty: &'a ast::TypeExpr) -> ExprId {
        let to = self.resolve(ty);
        let (before, flow) = (self.mark(), self.flow.clone());
        let id = self.expr(e, None);
        let from = self.ty(id);
        if !self.reported_since(before) && from != Ty::ERROR && self.fits(from, to) {
            return id;
        }
        self.roll_back(before);
        self.flow = flow;
        let id = self.expr(e, Some(to));
        let from = self.ty(id);
        if !self.fits(from, to) {
            self.report_mismatch(from, to, e.span);
        }
        id
    }

    /// Whether some member of one union may be of the other type.
    fn shares_member(&mut self, from: Ty, to: Ty) -> bool {
        self.shares_member_at(from, to, 0)
    }

    fn shares_member_at(&mut self, from: Ty, to: Ty, depth: u32) -> bool {
        let (from, to) = (self.constraint_of(from), self.constraint_of(to));
        let (xs, ys) = (self.types.members(from), self.types.members(to));
        xs.iter()
            .any(|&x| ys.iter().any(|&y| self.comparable_at(x, y, depth)))
    }

    /// Whether a value may be of both types.
    pub(crate) fn comparable(&mut self, a: Ty, b: Ty) -> bool {
        self.comparable_at(a, b, 0)
    }

    /// `depth`: how many levels of arrays and unions lie around; recursive types are taken
    /// for comparable.
    fn comparable_at(&mut self, a: Ty, b: Ty, depth: u32) -> bool {
        if depth > MAX_COMPARED || self.subtype(a, b) || self.subtype(b, a) {
            return true;
        }
        let depth = depth + 1;
        let (a, b) = (self.apparent(a), self.apparent(b));
        match (self.types.kind(a), self.types.kind(b)) {
            (TypeKind::Any | TypeKind::Unknown, _) | (_, TypeKind::Any | TypeKind::Unknown) => true,
            (TypeKind::Int, TypeKind::Number | TypeKind::LitNumber(_))
            | (TypeKind::Number | TypeKind::LitNumber(_), TypeKind::Int) => true,
            (TypeKind::Union(_), _) | (_, TypeKind::Union(_)) => self.shares_member_at(a, b, depth),
            (
                TypeKind::Array(_) | TypeKind::ReadonlyArray(_) | TypeKind::Tuple(_),
                TypeKind::Array(_) | TypeKind::ReadonlyArray(_) | TypeKind::Tuple(_),
            ) => self.comparable_elements(a, b, depth),
            (TypeKind::Object(_), TypeKind::Object(_))
            | (TypeKind::Object(_), TypeKind::Class(..))
            | (TypeKind::Class(..), TypeKind::Object(_))
            | (TypeKind::Intersection(_), _)
            | (_, TypeKind::Intersection(_)) => true,
            (TypeKind::Class(x, _), TypeKind::Class(y, _)) => {
                self.types.inherits(x, y) || self.types.inherits(y, x)
            }
            _ => false,
        }
    }

    /// Whether one array may have elements of both types.
    fn comparable_elements(&mut self, a: Ty, b: Ty, depth: u32) -> bool {
        if let (TypeKind::Tuple(x), TypeKind::Tuple(y)) = (self.types.kind(a), self.types.kind(b)) {
            let (x, y) = (self.types.tuple(x).clone(), self.types.tuple(y).clone());
            let counts = (x.elems.len() >= usize::from(y.required) || x.rest.is_some())
                && (y.elems.len() >= usize::from(x.required) || y.rest.is_some());
            let mut pairs = x.elems.iter().zip(&y.elems);
            return counts && pairs.all(|(&x, &y)| self.comparable_at(x, y, depth));
        }
        let elems = self.array_element(a).zip(self.array_element(b));
        elems.is_some_and(|(x, y)| self.comparable_at(x, y, depth))
    }

    pub(super) fn as_const(&mut self, inner: &'a Expr) -> ExprId {
        match &inner.kind {
            ast::ExprKind::Array(elements) => self.const_array(elements, inner.span),
            ast::ExprKind::Object(members) => self.const_object(members, inner.span),
            _ => self.expr(inner, None),
        }
    }
}
