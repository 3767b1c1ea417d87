//! `switch`: a jump table where the cases are a dense range of integers, else one
//! comparison after the other.

use super::ctx::Lower;
use crate::ir::{BlockId, Term, VReg};
use raya_bytecode::{Op, Repr};
use raya_check::hir::{Case, CoerceKind, ExprId, ExprKind, Switch};
use raya_check::types::TypeKind;
use raya_syntax::ast::BinaryOp;

/// Fewest cases for which a table pays.
const MIN_TABLE: usize = 4;

impl Lower<'_, '_> {
    /// A `switch` statement.
    pub fn switch_stmt(&mut self, s: &Switch) {
        self.declare_local(s.local, Some(s.value));
        self.enter_scope(s.cases.iter().flat_map(|c| c.body.iter()));
        let exit = self.block();
        let bodies: Vec<BlockId> = s.cases.iter().map(|_| self.block()).collect();
        let default = s
            .cases
            .iter()
            .position(|c| c.test.is_none())
            .map_or(exit, |i| bodies[i]);
        if !self.dispatch_table(s, &bodies, default) {
            for (case, &body) in s.cases.iter().zip(&bodies) {
                if let Some(test) = case.test {
                    let next = self.block();
                    self.condition(test, body, next);
                    self.switch_to(next);
                }
            }
            self.end(Term::Jump(default));
        }
        self.push_target(s.label, exit, None);
        for (i, (case, &body)) in s.cases.iter().zip(&bodies).enumerate() {
            self.switch_to(body);
            for stmt in &case.body {
                self.stmt(stmt);
            }
            let next = bodies.get(i + 1).copied().unwrap_or(exit);
            self.end(Term::Jump(next));
        }
        self.targets.pop();
        self.switch_to(exit);
    }

    fn dispatch_table(&mut self, s: &Switch, bodies: &[BlockId], default: BlockId) -> bool {
        let Some(values) = self.case_values(&s.cases) else {
            return false;
        };
        let (Some(&low), Some(&high)) =
            (values.iter().flatten().min(), values.iter().flatten().max())
        else {
            return false;
        };
        let count = values.iter().flatten().count();
        let span = i64::from(high) - i64::from(low) + 1;
        if count < MIN_TABLE || span > 2 * count as i64 + 8 {
            return false;
        }
        let value = self.read_variable(s.local);
        let Some(index) = self.table_index(value, default) else {
            return false;
        };
        let mut targets = vec![default; span as usize];
        for (value, &body) in values.iter().zip(bodies).rev() {
            if let Some(value) = value {
                targets[(i64::from(*value) - i64::from(low)) as usize] = body;
            }
        }
        let index = if low == 0 {
            index
        } else {
            let base = self.const_i32(low);
            self.emit_to(self.c.int, Op::SubI32, index.0, base.0)
        };
        self.end(Term::Table {
            index,
            targets: targets.into(),
            default,
        });
        true
    }

    /// The switched value as an integer; values that are none go to `default`.
    fn table_index(&mut self, value: VReg, default: BlockId) -> Option<VReg> {
        match self.repr(value) {
            Repr::I32 => Some(value),
            Repr::F64 => {
                let int = self.emit_to(self.c.int, Op::F64ToI32Wrap, value.0, 0);
                let back = self.emit_to(self.c.number, Op::I32ToF64, int.0, 0);
                let integral = self.block();
                self.branch(Op::JneF64, value.0, back.0, default, integral);
                self.switch_to(integral);
                Some(int)
            }
            _ => None,
        }
    }

    /// The values of all cases as integers (none for `default`); none if some case is
    /// something else.
    fn case_values(&mut self, cases: &[Case]) -> Option<Vec<Option<i32>>> {
        cases
            .iter()
            .map(|case| match case.test {
                None => Some(None),
                Some(test) => self.case_value(test).map(Some),
            })
            .collect()
    }

    fn case_value(&mut self, test: ExprId) -> Option<i32> {
        let ExprKind::Binary {
            op: BinaryOp::StrictEq,
            left,
            right,
        } = self.hx(test).kind
        else {
            return None;
        };
        matches!(self.hx(left).kind, ExprKind::Local { .. }).then_some(())?;
        let mut right = right;
        while let ExprKind::Coerce {
            expr,
            kind: CoerceKind::Widen | CoerceKind::IntToNumber,
        } = self.hx(right).kind
        {
            right = expr;
        }
        let value = match self.hx(right).kind {
            ExprKind::Int(value) => return Some(value),
            ExprKind::Number(value) => value,
            _ => match self.c.types.kind(self.hx(right).ty) {
                TypeKind::LitNumber(bits) => f64::from_bits(bits),
                _ => return None,
            },
        };
        let int = value as i32;
        (f64::from(int) == value).then_some(int)
    }
}
