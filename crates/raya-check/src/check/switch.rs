//! `switch`: a chain of `===` tests that narrow like conditions.

use super::{Checker, Flow};
use crate::hir::{Case, ExprId, LocalId, Stmt, StmtKind, Switch};
use crate::types::Ty;
use raya_syntax::ast::{self, Expr, SwitchCase};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// `switch (discriminant) { cases }`
    pub(crate) fn switch(
        &mut self,
        discriminant: &'a Expr,
        cases: &'a [SwitchCase],
        labels: Vec<Name>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let always_true = matches!(discriminant.kind, ast::ExprKind::Bool(true));
        let value = self.expr(discriminant, None);
        let value = if always_true {
            self.coerce(value, Ty::BOOLEAN)
        } else {
            value
        };
        let (local, ty) = self.keep(value);
        let label = self.enter_target(labels, false, true);
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        for case in cases {
            self.declare_all(&case.body);
        }
        let (tests, entries, missed) = self.case_tests(discriminant, (local, ty), cases);
        let has_default = cases.iter().any(|c| c.test.is_none());
        let mut checked = Vec::with_capacity(cases.len());
        let mut falling = Flow::unreachable();
        for ((case, test), entry) in cases.iter().zip(tests).zip(entries) {
            self.flow = self.join(entry, falling);
            let mut body = Vec::with_capacity(case.body.len());
            self.case_body(&case.body, &mut body);
            falling = std::mem::take(&mut self.flow);
            checked.push(Case { test, body });
        }
        self.scope = outer;
        self.flow = if has_default {
            falling
        } else {
            self.join(falling, missed)
        };
        let (behind, _) = self.leave_target(label);
        self.flow = behind;
        let switch = Switch {
            label,
            local,
            value,
            cases: checked,
        };
        out.push(Stmt {
            kind: StmtKind::Switch(Box::new(switch)),
            span,
        });
    }

    /// The tests of all cases, the flow at the start of each, and the flow if none
    /// is taken.
    fn case_tests(
        &mut self,
        discriminant: &'a Expr,
        (local, ty): (LocalId, Ty),
        cases: &'a [SwitchCase],
    ) -> (Vec<Option<ExprId>>, Vec<Flow>, Flow) {
        let mut tests = Vec::with_capacity(cases.len());
        let mut entries = Vec::with_capacity(cases.len());
        let mut current_ty = ty;
        for case in cases {
            let Some(test) = &case.test else {
                tests.push(None);
                entries.push(Flow::unreachable());
                continue;
            };
            let span = test.span;
            let left = self.read_temp(local, ty, span);
            let left = self.narrow_case(left, current_ty);
            let wish = self.wants_int(ty).then_some(Ty::INT);
            let right = self.expr(test, wish);
            let id = self.equal(true, left, right, span);
            let (yes, no, rest) = self.narrow_case_flow(discriminant, (test, right), current_ty);
            current_ty = rest;
            tests.push(Some(id));
            entries.push(yes);
            self.flow = no;
        }
        let mut missed = std::mem::take(&mut self.flow);
        for (case, entry) in cases.iter().zip(&mut entries) {
            if case.test.is_none() {
                *entry = missed.clone();
            }
        }
        let all_kinds = match &discriminant.kind {
            ast::ExprKind::Unary {
                op: ast::UnaryOp::Typeof,
                operand,
            } => self.reference_type(&missed, operand) == Some(Ty::NEVER),
            _ => false,
        };
        if current_ty == Ty::NEVER || all_kinds {
            // Every value has its case.
            missed = Flow::unreachable();
        }
        (tests, entries, missed)
    }

    /// Comparing needs the declared type; only messages would gain from the rest.
    fn narrow_case(&mut self, id: ExprId, _ty: Ty) -> ExprId {
        id
    }

    /// What a case's test proves about the discriminant; the third part is the type
    /// that is left for the next cases.
    fn narrow_case_flow(
        &mut self,
        discriminant: &'a Expr,
        (test, right): (&'a Expr, ExprId),
        ty: Ty,
    ) -> (Flow, Flow, Ty) {
        if let ast::ExprKind::Bool(true) = discriminant.kind {
            // `switch (true)`: each case is a condition.
            let ((_, yes, no), _) = self.quietly(|c| c.condition(test));
            return (yes, no, ty);
        }
        let value = self.ty(right);
        if let ast::ExprKind::Unary {
            op: ast::UnaryOp::Typeof,
            ..
        } = discriminant.kind
        {
            let discriminant_id = right;
            let (yes, no) = self.narrow_by_equality((discriminant, discriminant_id), (test, right));
            return (yes, no, ty);
        }
        let rest = self.without(ty, value);
        // The discriminant's own expression stands for its value in the narrowing.
        let probe = self.add(crate::hir::ExprKind::Null, ty, test.span);
        let (yes, no) = self.narrow_by_equality((discriminant, probe), (test, right));
        (yes, no, rest)
    }

    fn case_body(&mut self, stmts: &'a [ast::Stmt], out: &mut Vec<Stmt>) {
        self.declared_stmts(stmts, out);
    }
}
