//! Guards, polls and the stack check.

use super::Translator;
use super::ctx;
use super::emit::Region;
use crate::exits::record::ExitReason;
use crate::helpers::Helper;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value};

impl Translator<'_> {
    /// Leaves before the current instruction unless `cond` holds.
    pub(super) fn guard(&mut self, cond: Value, reason: ExitReason) {
        let cond = self.forced(cond);
        let exit = self.exit(reason);
        self.require(cond, exit);
    }

    /// With forced exits, makes every Nth condition false.
    fn forced(&mut self, cond: Value) -> Value {
        let counter = self.job.linkage.exit_counter;
        if counter == 0 {
            return cond;
        }
        let at = self.address(counter);
        let left = self.load(I32, Region::Cell, at, 0);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.store(Region::Cell, left, at, 0);
        let keep = self.compare_imm(IntCC::SignedGreaterThan, left, 0);
        self.b.ins().band(cond, keep)
    }

    /// Throws when the native stack is used up.
    pub(super) fn stack_check(&mut self) {
        let sp = self.b.ins().get_stack_pointer(I64);
        let limit = self.load(I64, Region::Ctx, self.cx, ctx::STACK_LIMIT);
        let full = self.b.ins().icmp(IntCC::UnsignedLessThan, sp, limit);
        let cold = self.cold();
        self.divert_to(full, cold, |t| {
            t.raw_helper(Helper::throw_stack_overflow, &[]);
            t.throw_pending();
        });
    }

    /// Subtracts a weight from the budget and runs the slow path when it is used up.
    pub(super) fn pay(&mut self, weight: u16) {
        if weight == 0 {
            return;
        }
        let budget = self.load(I64, Region::Ctx, self.cx, ctx::BUDGET);
        let left = self.b.ins().iadd_imm_s(budget, -i64::from(weight));
        self.store(Region::Ctx, left, self.cx, ctx::BUDGET);
        let empty = self.compare_imm(IntCC::SignedLessThan, left, 0);
        let cold = self.cold();
        let go_on = self.fresh();
        self.b.ins().brif(empty, cold, &[], go_on, &[]);
        self.enter(cold);
        self.call_helper(Helper::poll, &[]);
        self.b.ins().jump(go_on, &[]);
        self.enter(go_on);
    }

    /// Branches to `cold`, which `emit` fills and ends, when `cond` holds.
    pub(super) fn divert_to(
        &mut self,
        cond: Value,
        cold: cranelift_codegen::ir::Block,
        emit: impl FnOnce(&mut Self),
    ) {
        let ok = self.fresh();
        self.b.ins().brif(cond, cold, &[], ok, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        emit(self);
        self.in_cold = before;
        self.enter(ok);
    }

    /// The value of `fast`, or in the cold case where `cond` does not hold of `slow`.
    pub(super) fn unless(
        &mut self,
        cond: Value,
        fast: Value,
        slow: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let ty = self.b.func.dfg.value_type(fast);
        let cold = self.cold();
        let done = self.fresh();
        let result = self.b.append_block_param(done, ty);
        self.b.ins().brif(cond, done, &[fast.into()], cold, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        let v = slow(self);
        self.in_cold = before;
        self.b.ins().jump(done, &[v.into()]);
        self.enter(done);
        result
    }
}
