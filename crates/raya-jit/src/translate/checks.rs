//! Guards, polls and the stack check.

use super::Translator;
use super::ctx;
use super::emit::Region;
use crate::analysis::NodeId;
use crate::exits::record::ExitReason;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value};
use cranelift_frontend::Variable;
use raya_bytecode::Instr;
use raya_runtime::helpers::HelperId as Helper;

/// Registers of a function whose native frame is small.
const SMALL_FRAME: usize = 200;

/// Rounds of a loop that are paid for at once.
pub(super) const ROUNDS: i32 = 1024;

impl Translator<'_> {
    /// Leaves before the current instruction unless `cond` holds.
    pub(super) fn guard(&mut self, cond: Value, reason: ExitReason) {
        let cond = self.forced(cond);
        let exit = self.exit(reason);
        self.require(cond, exit);
    }

    /// Leaves before the current instruction unless an integer fits; where that happened often
    /// integers are not taken for such there any more.
    pub(super) fn guard_overflow(&mut self, fits: Value) {
        let fits = self.forced(fits);
        let exit = self.exit_apart(ExitReason::Overflow);
        self.require(fits, exit);
    }

    /// Leaves before the current instruction unless `cond` holds; where that happened
    /// often, throws in place what the interpreter would throw, by calling a helper that
    /// does nothing else.
    pub(super) fn guard_or_throw(
        &mut self,
        cond: Value,
        reason: ExitReason,
        helper: Helper,
        args: &[Value],
    ) {
        if !self.is_blocked() {
            return self.guard(cond, reason);
        }
        let (cold, ok) = (self.cold(), self.fresh());
        self.b.ins().brif(cond, ok, &[], cold, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        self.mark_place();
        self.raw_helper(helper, args);
        self.throw_pending();
        self.in_cold = before;
        self.enter(ok);
    }

    /// With forced exits, makes every Nth condition false.
    fn forced(&mut self, cond: Value) -> Value {
        match self.job.linkage.exit_counter {
            0 => cond,
            counter => {
                let keep = self.count_down(counter);
                self.b.ins().band(cond, keep)
            }
        }
    }

    /// With forced invalidation, leaves behind every Nth call.
    pub(super) fn force_invalid(&mut self, ins: Instr) {
        let counter = self.job.linkage.invalid_counter;
        let flags = ins.op.flags();
        if counter == 0 || !flags.user || flags.branch || flags.jump || self.ended {
            return;
        }
        let keep = self.count_down(counter);
        let exit = self.exit_after(ExitReason::Invalid);
        self.require(keep, exit);
    }

    /// Decrements a counter in memory; true while it is positive.
    fn count_down(&mut self, counter: usize) -> Value {
        let at = self.address(counter);
        let left = self.load(I32, Region::Cell, at, 0);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.store(Region::Cell, left, at, 0);
        self.compare_imm(IntCC::SignedGreaterThan, left, 0)
    }

    /// Whether the function may call deeper. Helpers fit into the reserve below the limit,
    /// and so does a frame of ordinary size.
    pub(super) fn needs_stack_check(&self) -> bool {
        let snapshot = self.frame().snapshot;
        snapshot.opaque || snapshot.func().regs.len() > SMALL_FRAME
    }

    /// Throws when the native stack is used up.
    pub(super) fn stack_check(&mut self) {
        let sp = self.b.ins().get_stack_pointer(I64);
        let limit = self.load(I64, Region::Ctx, self.cx, ctx::STACK_LIMIT);
        let full = self.b.ins().icmp(IntCC::UnsignedLessThan, sp, limit);
        let cold = self.cold();
        self.divert_to(full, cold, |t| {
            t.mark_place();
            t.raw_helper(Helper::throw_stack_overflow, &[]);
            t.throw_pending();
        });
    }

    /// Subtracts a weight from the budget and runs the slow path when it is used up.
    /// `to` is the node that control is about to enter.
    pub(super) fn pay(&mut self, weight: u16, to: NodeId) {
        if weight == 0 {
            return;
        }
        let budget = self.load(I64, Region::Ctx, self.cx, ctx::BUDGET);
        let left = self.b.ins().iadd_imm_s(budget, -i64::from(weight));
        self.settle(left, to);
    }

    /// Subtracts a round from a loop's own counter; when that is used up, pays for all of
    /// its rounds at once.
    ///
    /// A counter in memory would tie the rounds together by the latency of a store and
    /// the load behind it, which a short loop feels.
    pub(super) fn count_round(&mut self, rounds: Variable, weight: u16, to: NodeId) {
        let left = self.b.use_var(rounds);
        let left = self.b.ins().iadd_imm_s(left, -1);
        self.b.def_var(rounds, left);
        let (cold, go_on) = (self.cold(), self.fresh());
        self.b.ins().brif(left, go_on, &[], cold, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        let full = self.int_const(ROUNDS);
        self.b.def_var(rounds, full);
        self.pay_rounds(full, weight, to);
        self.in_cold = before;
        self.b.ins().jump(go_on, &[]);
        self.enter(go_on);
    }

    /// Pays for the rounds that a loop has counted when it ends.
    pub(super) fn charge_rounds(&mut self, rounds: Variable, weight: u16) {
        let left = self.b.use_var(rounds);
        let full = self.int_const(ROUNDS);
        let done = self.b.ins().isub(full, left);
        let done = self.b.ins().uextend(I64, done);
        let cost = self.b.ins().imul_imm_u(done, i64::from(weight));
        let budget = self.load(I64, Region::Ctx, self.cx, ctx::BUDGET);
        let left = self.b.ins().isub(budget, cost);
        self.store(Region::Ctx, left, self.cx, ctx::BUDGET);
    }

    /// Pays for `rounds` rounds and polls when the budget is used up.
    fn pay_rounds(&mut self, rounds: Value, weight: u16, to: NodeId) {
        let rounds = self.b.ins().uextend(I64, rounds);
        let cost = self.b.ins().imul_imm_u(rounds, i64::from(weight));
        let budget = self.load(I64, Region::Ctx, self.cx, ctx::BUDGET);
        let left = self.b.ins().isub(budget, cost);
        self.settle(left, to);
    }

    /// Stores what is left of the budget, and runs the slow path when that is nothing.
    fn settle(&mut self, left: Value, to: NodeId) {
        self.store(Region::Ctx, left, self.cx, ctx::BUDGET);
        let empty = self.compare_imm(IntCC::SignedLessThan, left, 0);
        let (cold, go_on) = (self.cold(), self.fresh());
        self.b.ins().brif(empty, cold, &[], go_on, &[]);
        self.enter(cold);
        let before = std::mem::replace(&mut self.in_cold, true);
        self.call_helper(Helper::poll, &[]);
        self.test_validity_before(self.frames.len() - 1, to);
        self.in_cold = before;
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
