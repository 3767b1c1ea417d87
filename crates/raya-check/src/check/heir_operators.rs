//! Operators on classes whose heirs may come first.
//!
//! `a + b` on a class with `__add__` is a call of that method, unless the right operand is an
//! instance of an heir that has its own `__radd__`: then CPython asks that one first. Which
//! heirs a class has is known when everything is checked. So where a program may have such
//! heirs, both ways are made with a test between them that [`Checker::settle_heirs`] fills in.

use super::Checker;
use crate::hir::{ExprId, ExprKind, LocalId};
use crate::types::{ClassId, Ty, TyList, TypeKind};
use raya_syntax::ast::BinaryOp;
use raya_syntax::name::Name;
use raya_syntax::span::Span;

/// A test for heirs that is still to be made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct HeirTest {
    /// False so far.
    test: ExprId,
    /// The right operand.
    operand: LocalId,
    operand_ty: Ty,
    left: ClassId,
    /// None where the operand may be anything.
    right: Option<ClassId>,
    reflected: Name,
    /// Comparisons ask an heir first even if it has no method of its own.
    inherits: bool,
}

impl<'a> Checker<'a> {
    /// `left op right` as a call of the left operand's method `name`, behind a test whether
    /// the right operand's `reflected` comes first.
    pub(super) fn operator_call(
        &mut self,
        op: BinaryOp,
        operands: [ExprId; 2],
        [name, reflected]: [Name; 2],
        span: Span,
    ) -> ExprId {
        let [left, right] = operands;
        let (l, r) = (self.plain_class(left), self.plain_class(right));
        let known = r.is_some() || self.ty(right) == Ty::ANY;
        let Some(l) = l.filter(|_| known && self.facts.may_have_heirs(reflected)) else {
            return self.call_method_on(left, name, vec![right], span);
        };
        let ((a, left_ty), (b, right_ty)) = (self.keep(left), self.keep(right));
        let fast = {
            let left = self.read_temp(a, left_ty, span);
            let right = self.read_temp(b, right_ty, span);
            self.call_method_on(left, name, vec![right], span)
        };
        let ty = self.ty(fast);
        let slow = {
            let left = self.read_temp(a, left_ty, span);
            let right = self.read_temp(b, right_ty, span);
            self.slot_binary(op, left, right, name, span)
        };
        let slow = self.coerce(slow, ty);
        let test = self.add(ExprKind::Bool(false), Ty::BOOLEAN, span);
        self.heir_tests.push(HeirTest {
            test,
            operand: b,
            operand_ty: right_ty,
            left: l,
            right: r,
            reflected,
            inherits: matches!(
                op,
                BinaryOp::Lt
                    | BinaryOp::Le
                    | BinaryOp::Gt
                    | BinaryOp::Ge
                    | BinaryOp::Eq
                    | BinaryOp::NotEq
            ),
        });
        let chosen = self.conditional(test, slow, fast, ty, span);
        let inner = self.let_in(b, right, chosen);
        self.let_in(a, left, inner)
    }

    fn plain_class(&mut self, id: ExprId) -> Option<ClassId> {
        let ty = self.ty(id);
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Class(class, _) => Some(class),
            _ => None,
        }
    }

    /// Makes the tests, now that all classes are known.
    pub(crate) fn settle_heirs(&mut self) {
        let records = std::mem::take(&mut self.heir_tests);
        if records.is_empty() {
            return;
        }
        let all = (0..self.hir.classes.len() as u32).map(ClassId);
        let orders: Vec<Vec<ClassId>> = all.map(|c| self.resolution_order(c)).collect();
        for record in records {
            let heirs = self.heirs_that_come_first(&record, &orders);
            if let Some(test) = self.any_of(&heirs, &record) {
                self.hir.exprs[record.test.index()].kind = test;
            }
        }
    }

    /// Whether the right operand is an instance of one of the classes.
    fn any_of(&mut self, classes: &[ClassId], record: &HeirTest) -> Option<ExprKind> {
        let span = self.span(record.test);
        let mut whole: Option<ExprId> = None;
        for &class in classes {
            let expr = self.read_temp(record.operand, record.operand_ty, span);
            let kind = ExprKind::InstanceOf { expr, class };
            let test = self.add(kind, Ty::BOOLEAN, span);
            whole = Some(match whole {
                None => test,
                Some(others) => {
                    let yes = self.add(ExprKind::Bool(true), Ty::BOOLEAN, span);
                    self.conditional(test, yes, others, Ty::BOOLEAN, span)
                }
            });
        }
        whole.map(|id| self.hir.exprs[id.index()].kind.clone())
    }

    /// The uppermost heirs of both operands' classes whose reflected method is asked first.
    fn heirs_that_come_first(&self, record: &HeirTest, orders: &[Vec<ClassId>]) -> Vec<ClassId> {
        let inherits = |class: ClassId, base: ClassId| orders[class.index()].contains(&base);
        let owner = |class: ClassId| {
            let declares = |c: &&ClassId| {
                let members = &self.class(**c).by_name;
                members.contains_key(&(record.reflected, false))
            };
            orders[class.index()].iter().find(declares).copied()
        };
        let usual = owner(record.left);
        let comes_first = |class: ClassId| {
            class != record.left
                && inherits(class, record.left)
                && record.right.is_none_or(|right| inherits(class, right))
                && owner(class).is_some_and(|o| record.inherits || Some(o) != usual)
        };
        let all = (0..orders.len() as u32).map(ClassId);
        let first: Vec<ClassId> = all.filter(|&c| comes_first(c)).collect();
        let is_uppermost = |class: &ClassId| {
            let mut others = first.iter().filter(|&c| c != class);
            !others.any(|&c| inherits(*class, c))
        };
        first.iter().copied().filter(is_uppermost).collect()
    }

    /// A class and what it inherits from.
    fn resolution_order(&mut self, class: ClassId) -> Vec<ClassId> {
        let above = self.types.ancestors(class, TyList::EMPTY);
        let above = above.into_iter().map(|(c, _)| c);
        std::iter::once(class).chain(above).collect()
    }
}
