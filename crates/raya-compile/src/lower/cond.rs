//! Conditions: boolean expressions that only decide where control goes.

use super::ctx::Lower;
use super::operators::{Operands, is_equality};
use crate::ir::{BlockId, Term, VReg};
use raya_bytecode::Op;
use raya_check::hir::{ExprId, ExprKind, UnOp};
use raya_syntax::ast::BinaryOp;
use raya_syntax::limits::ensure_stack;

impl Lower<'_, '_> {
    /// Evaluates a boolean expression and goes to one of two blocks.
    pub fn condition(&mut self, id: ExprId, yes: BlockId, no: BlockId) {
        ensure_stack(|| {
            let at = self.go_to(self.hx(id).span);
            self.condition_kind(id, yes, no);
            self.set_at(at);
        });
    }

    fn condition_kind(&mut self, id: ExprId, yes: BlockId, no: BlockId) {
        let e = self.hx(id);
        match &e.kind {
            ExprKind::Bool(value) => self.end(Term::Jump(if *value { yes } else { no })),
            ExprKind::Logical { and, left, right } => {
                let middle = self.block();
                if *and {
                    self.condition(*left, middle, no);
                } else {
                    self.condition(*left, yes, middle);
                }
                self.switch_to(middle);
                self.condition(*right, yes, no);
            }
            ExprKind::Unary {
                op: UnOp::Not,
                operand,
            } => self.condition(*operand, no, yes),
            ExprKind::IsNull(operand) => {
                let value = self.expr(*operand);
                let value = self.boxed(value);
                self.branch(Op::JumpNull, value.0, 0, yes, no);
            }
            ExprKind::Binary { op, left, right } => {
                let (a, b, kind) = self.operands(*left, *right);
                if !self.compare_and_branch(*op, a, b, kind, yes, no) {
                    let value = self.binary_condition(e, *op, a, b, kind);
                    self.branch(Op::JumpTrue, value.0, 0, yes, no);
                }
            }
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => {
                let (a, b) = (self.block(), self.block());
                self.condition(*test, a, b);
                self.switch_to(a);
                self.condition(*then, yes, no);
                self.switch_to(b);
                self.condition(*otherwise, yes, no);
            }
            _ => {
                let value = self.expr(id);
                let value = self.convert(value, self.c.boolean);
                self.branch(Op::JumpTrue, value.0, 0, yes, no);
            }
        }
    }

    /// A comparison that needs a value first.
    fn binary_condition(
        &mut self,
        e: &raya_check::hir::Expr,
        op: BinaryOp,
        a: VReg,
        b: VReg,
        kind: Operands,
    ) -> VReg {
        let value = self.binary_values(e, op, a, b, kind);
        self.convert(value, self.c.boolean)
    }

    /// One compare-and-branch instruction, if there is one.
    fn compare_and_branch(
        &mut self,
        op: BinaryOp,
        a: VReg,
        b: VReg,
        kind: Operands,
        yes: BlockId,
        no: BlockId,
    ) -> bool {
        if is_equality(op) {
            return self.branch_on_equality(op, a, b, kind, yes, no);
        }
        let (lt, le) = match kind {
            Operands::Number => (Op::JltF64, Op::JleF64),
            Operands::Int => (Op::JltI32, Op::JleI32),
            _ => return false,
        };
        let (code, a, b) = match op {
            BinaryOp::Lt => (lt, a, b),
            BinaryOp::Le => (le, a, b),
            BinaryOp::Gt => (lt, b, a),
            BinaryOp::Ge => (le, b, a),
            _ => return false,
        };
        self.branch(code, a.0, b.0, yes, no);
        true
    }

    fn branch_on_equality(
        &mut self,
        op: BinaryOp,
        a: VReg,
        b: VReg,
        kind: Operands,
        yes: BlockId,
        no: BlockId,
    ) -> bool {
        let negated = matches!(op, BinaryOp::NotEq | BinaryOp::StrictNotEq);
        let (yes, no) = if negated { (no, yes) } else { (yes, no) };
        let strict = matches!(op, BinaryOp::StrictEq | BinaryOp::StrictNotEq);
        match kind {
            Operands::Word if self.asks_equality_slots(op, a, b) => return false,
            Operands::Number => self.branch(Op::JeqF64, a.0, b.0, yes, no),
            Operands::Int => self.branch(Op::JeqI32, a.0, b.0, yes, no),
            Operands::Word => {
                if let Some(operand) = self.compared_with_null(a, b) {
                    self.branch(Op::JumpNull, operand.0, 0, yes, no);
                } else if strict && (self.has_identity(a) || self.has_identity(b)) {
                    self.branch(Op::JeqRef, a.0, b.0, yes, no);
                } else {
                    return false;
                }
            }
            _ => return false,
        }
        true
    }

    /// The value of an expression whose operators only branch.
    pub fn condition_value(&mut self, id: ExprId) -> VReg {
        if let ExprKind::IsNull(operand) = self.hx(id).kind {
            let value = self.expr(operand);
            let value = self.boxed(value);
            return self.emit_to(self.c.boolean, Op::IsNull, value.0, 0);
        }
        let (yes, no, join) = (self.block(), self.block(), self.block());
        let dst = self.temp(self.c.boolean);
        self.condition(id, yes, no);
        for (block, value) in [(yes, 1), (no, 0)] {
            self.switch_to(block);
            self.emit(Op::LoadBool, dst.0, value, 0);
            self.end(Term::Jump(join));
        }
        self.switch_to(join);
        dst
    }
}
