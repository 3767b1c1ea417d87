//! Assignments: `=`, compound operators, `++`.
//!
//! A place that is read and written is taken apart first: its object and index are
//! kept in locals, so that they are evaluated once.

use super::Checker;
use super::target::{Slot, Target};
use crate::codes;
use crate::hir::{ExprId, ExprKind, LocalId, Place};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, AssignOp, BinaryOp, Expr, LogicalOp, Pattern, PatternKind, UpdateOp};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// `target op value`
    pub(crate) fn assignment(
        &mut self,
        op: AssignOp,
        target: &'a Pattern,
        value: &'a Expr,
        span: Span,
    ) -> ExprId {
        let PatternKind::Expr(e) = &target.kind else {
            return self.destructuring_assignment(target, value, span);
        };
        match op {
            AssignOp::Assign => self.simple_assignment(e, value, span),
            AssignOp::Binary(op) => self.compound(op, e, value, span),
            AssignOp::Logical(op) => self.logical_assignment(op, e, value, span),
        }
    }

    fn simple_assignment(&mut self, e: &'a Expr, value: &'a Expr, span: Span) -> ExprId {
        if let Some(id) = self.evolve_element(e, value) {
            return id;
        }
        let Some(target) = self.target(e, false) else {
            self.expr(value, None);
            self.invalidate(e);
            return self.error_expr(span);
        };
        if let Some(id) = self.evolve(&target, value, span) {
            return id;
        }
        let raw = self.assigned_value(&target, value);
        let raw_ty = self.ty(raw);
        let moved = self.move_to(raw, target.ty, value.span);
        let mut id = self.write(&target, moved, span);
        self.after_write(e, &target, raw_ty);
        if raw_ty != target.ty && raw_ty != Ty::ERROR {
            // The expression's own value is as narrow as what was assigned.
            let declared = self.types.expand(target.ty);
            let part = self.assigned_part(declared, raw_ty);
            id = if part == declared {
                id
            } else {
                self.narrow_to(id, part)
            };
        }
        self.wrap_lets(target.lets, id)
    }

    /// The value of an assignment; a function or class takes the variable's name.
    fn assigned_value(&mut self, target: &Target, value: &'a Expr) -> ExprId {
        match target.place {
            Slot::Var(symbol) => {
                let name = self.symbol(symbol).name;
                self.named_expr(name, value, Some(target.ty))
            }
            _ => self.expr(value, Some(target.ty)),
        }
    }

    /// `a op= b`
    fn compound(&mut self, op: BinaryOp, e: &'a Expr, value: &'a Expr, span: Span) -> ExprId {
        let Some(target) = self.target(e, true) else {
            self.expr(value, None);
            return self.error_expr(span);
        };
        let current = self.read_target(e, &target);
        let wish = self.is_int_target(current).then_some(Ty::INT);
        let wish = wish.filter(|_| is_integer_literal(value));
        let value_id = self.expr(value, wish);
        let result = self.apply_in_place(op, current, value_id, target.ty, span);
        let moved = self.move_to(result, target.ty, span);
        let id = self.write(&target, moved, span);
        let ty = self.ty(result);
        self.after_write(e, &target, ty);
        self.wrap_lets(target.lets, id)
    }

    fn is_int_target(&mut self, id: ExprId) -> bool {
        let ty = self.ty(id);
        self.constraint_of(ty) == Ty::INT
    }

    /// `a ??= b`, `a ||= b`, `a &&= b`
    fn logical_assignment(
        &mut self,
        op: LogicalOp,
        e: &'a Expr,
        value: &'a Expr,
        span: Span,
    ) -> ExprId {
        let Some(target) = self.target(e, true) else {
            self.expr(value, None);
            return self.error_expr(span);
        };
        if let Slot::Place(Place::Dict { object, key, .. }) = target.place {
            return self.dict_default(op, e, (target, object, key), value, span);
        }
        let current = self.read_target(e, &target);
        self.assign_unless(op, e, target, current, value, span)
    }

    fn dict_default(
        &mut self,
        op: LogicalOp,
        e: &'a Expr,
        (target, object, key): (Target, ExprId, ExprId),
        value: &'a Expr,
        span: Span,
    ) -> ExprId {
        let place = Place::Dict {
            object,
            key,
            nullable: true,
        };
        let ty = self.types.nullable(target.ty);
        let current = self.add(ExprKind::Read(place), ty, span);
        self.assign_unless(op, e, target, current, value, span)
    }

    fn assign_unless(
        &mut self,
        op: LogicalOp,
        e: &'a Expr,
        target: Target,
        current: ExprId,
        value: &'a Expr,
        span: Span,
    ) -> ExprId {
        let current_ty = self.ty(current);
        let (kept, _) = self.keep(current);
        let read = self.read_temp(kept, current_ty, span);
        let before = self.flow.clone();
        let test = match op {
            LogicalOp::Nullish => self.add(ExprKind::IsNull(read), Ty::BOOLEAN, span),
            LogicalOp::And | LogicalOp::Or => self.truth(read),
        };
        let raw = self.assigned_value(&target, value);
        let raw_ty = self.ty(raw);
        let moved = self.move_to(raw, target.ty, value.span);
        let written = self.write(&target, moved, span);
        let stays = match op {
            LogicalOp::Nullish => self.types.non_null(current_ty),
            LogicalOp::Or => self.truthy_part(current_ty),
            LogicalOp::And => self.falsy_part(current_ty),
        };
        let own = self.read_temp(kept, current_ty, span);
        let own = if current_ty == Ty::ANY {
            own
        } else {
            self.narrow_to(own, stays)
        };
        let ty = if stays == Ty::NEVER {
            raw_ty
        } else {
            self.join_types(&[stays, raw_ty])
        };
        let ty = if self.fits(ty, target.ty) {
            ty
        } else {
            target.ty
        };
        let own = self.move_to(own, ty, span);
        let written = if self.subtype(raw_ty, ty) && raw_ty != target.ty {
            let narrowed = self.narrow_to(written, raw_ty);
            self.coerce(narrowed, ty)
        } else {
            self.narrow_or_widen(written, ty)
        };
        let (then, otherwise) = match op {
            LogicalOp::Nullish | LogicalOp::And => (written, own),
            LogicalOp::Or => (own, written),
        };
        let body = self.conditional(test, then, otherwise, ty, span);
        let id = self.let_in(kept, current, body);
        self.flow = before;
        self.after_write(e, &target, ty);
        self.wrap_lets(target.lets, id)
    }

    /// A value of a place's type at a type that is known to hold.
    fn narrow_or_widen(&mut self, id: ExprId, ty: Ty) -> ExprId {
        let from = self.ty(id);
        if self.subtype(from, ty) {
            self.coerce(id, ty)
        } else {
            self.narrow_to(id, ty)
        }
    }

    /// `++a`, `a--`
    pub(crate) fn update(&mut self, op: UpdateOp, prefix: bool, e: &'a Expr, span: Span) -> ExprId {
        let Some(target) = self.target(e, true) else {
            return self.error_expr(span);
        };
        let current = self.read_target(e, &target);
        let ty = self.ty(current);
        let base = match self.numeric_base(ty) {
            Some(base) => base,
            None => {
                let sign = if op == UpdateOp::Increment {
                    "++"
                } else {
                    "--"
                };
                let message = format!("`{sign}` does not take a value of type `{}`", self.show(ty));
                self.error(codes::INVALID_OPERANDS, span, message);
                return self.error_expr(span);
            }
        };
        let binary = if op == UpdateOp::Increment {
            BinaryOp::Add
        } else {
            BinaryOp::Sub
        };
        let current = self.coerce(current, base);
        let (kept, _) = if prefix {
            (None, base)
        } else {
            (Some(self.temp(base, span)), base)
        };
        let left = match kept {
            Some(local) => self.read_temp(local, base, span),
            None => current,
        };
        let one = match base {
            Ty::INT => self.add(ExprKind::Int(1), Ty::INT, span),
            _ => self.add(ExprKind::Number(1.0), Ty::NUMBER, span),
        };
        let sum = self.apply_binary(binary, left, one, Some(base), span);
        let moved = self.move_to(sum, target.ty, span);
        let written = self.write(&target, moved, span);
        self.after_write(e, &target, base);
        let id = match kept {
            None => self.narrow_or_widen(written, base),
            Some(local) => {
                let old = self.read_temp(local, base, span);
                let body = self.add(ExprKind::Seq(Box::new([written, old])), base, span);
                self.let_in(local, current, body)
            }
        };
        self.wrap_lets(target.lets, id)
    }

    /// Evaluates definitions around an expression.
    pub(crate) fn wrap_lets(&mut self, lets: Vec<(LocalId, ExprId)>, id: ExprId) -> ExprId {
        lets.into_iter()
            .rev()
            .fold(id, |body, (local, value)| self.let_in(local, value, body))
    }

    // ---- flow

    /// What an assignment says about its target: the assigned part of a union.
    fn after_write(&mut self, e: &'a Expr, target: &Target, value: Ty) {
        self.invalidate(e);
        if let Slot::Var(symbol) = target.place {
            self.flow.unassigned.retain(|&s| s != symbol);
        }
        if let ast::ExprKind::Member {
            object, property, ..
        }
        | ast::ExprKind::PrivateMember {
            object, property, ..
        } = &e.kind
            && matches!(object.kind, ast::ExprKind::This)
        {
            self.flow.unset_fields.retain(|&f| f != property.name);
        }
        let Some(reference) = self.reference(e) else {
            return;
        };
        let declared = self.types.expand(target.ty);
        if value == Ty::ERROR {
            return;
        }
        let assigned = self.assigned_part(declared, value);
        if assigned != declared {
            self.flow.set(reference, assigned);
        }
    }

    /// The part of a declared union that a value of this type can be.
    pub(crate) fn assigned_part(&mut self, declared: Ty, value: Ty) -> Ty {
        let is_union = matches!(self.types.kind(declared), TypeKind::Union(_));
        if !is_union || value == Ty::ANY {
            return declared;
        }
        let value = self.types.widen_literals_towards(value, declared);
        let members = self.types.members(declared);
        let mut parts: Vec<Ty> = Vec::new();
        let values = self.types.members(value);
        for &v in &values {
            if members.contains(&v) {
                parts.push(v);
                continue;
            }
            let exact: Vec<Ty> = members
                .iter()
                .copied()
                .filter(|&m| self.fits(v, m))
                .collect();
            parts.extend(exact);
        }
        if parts.is_empty() {
            return declared;
        }
        self.types.union(&parts)
    }

    fn invalidate(&mut self, e: &'a Expr) {
        if let Some(reference) = self.reference(e) {
            self.assigned_to(reference);
        }
    }
}

fn is_integer_literal(e: &Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Number(lit) => lit.integer,
        ast::ExprKind::Unary {
            op: ast::UnaryOp::Neg,
            operand,
        } => is_integer_literal(operand),
        _ => false,
    }
}
