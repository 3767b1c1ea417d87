//! Dropped assumptions: code that left out a check tests, behind everything that may have run
//! other code, whether what it relies on still holds, and leaves where it does not.
//!
//! Code that relies on nothing emits no test.

use super::Translator;
use super::emit::Region;
use crate::analysis::NodeId;
use crate::exits::record::ExitReason;
use cranelift_codegen::ir::types::I8;
use cranelift_codegen::ir::{Block, InstBuilder, Value};

/// An edge on which the test lies: where its source jumps to, and the node behind it.
#[derive(Clone, Copy)]
pub(super) struct TestedEdge {
    /// Where the source jumps to.
    pub block: Block,
    node: NodeId,
}

impl Translator<'_> {
    /// Whether this code left out a check because of an assumption.
    fn relies(&self) -> bool {
        self.job.valid != 0
    }

    /// Whether all assumptions of this code hold.
    fn valid(&mut self) -> Value {
        let at = self.address(self.job.valid);
        self.load(I8, Region::Cell, at, 0)
    }

    /// Behind an instruction and the `skip` fused ones that follow it: leaves when they ran
    /// code that dropped an assumption.
    pub(super) fn test_validity(&mut self, skip: u32) {
        if !self.relies() || !std::mem::take(&mut self.ran_code) || self.ended {
            return;
        }
        let valid = self.valid();
        self.frame_mut().pc += skip;
        let exit = self.exit_after(ExitReason::Invalid);
        self.frame_mut().pc -= skip;
        self.require(valid, exit);
    }

    /// Fills the cold block that does what the fast path of the current instruction, which
    /// gives its result to register `r` in `done`, leaves to the runtime.
    ///
    /// The test on assumptions lies here, so that the fast path goes without.
    pub(super) fn slow_result(
        &mut self,
        slow: Block,
        (done, r): (Block, u16),
        emit: impl FnOnce(&mut Self) -> Value,
    ) {
        self.aside(slow, |t| {
            let before = std::mem::take(&mut t.ran_code);
            let v = emit(t);
            t.set(r, v);
            t.test_validity(t.skip);
            t.ran_code = before;
            t.b.ins().jump(done, &[v.into()]);
        });
    }

    /// The same for an instruction without a result.
    pub(super) fn slow_effect(&mut self, slow: Block, done: Block, emit: impl FnOnce(&mut Self)) {
        self.aside(slow, |t| {
            let before = std::mem::take(&mut t.ran_code);
            emit(t);
            t.test_validity(0);
            t.ran_code = before;
            t.b.ins().jump(done, &[]);
        });
    }

    /// Joins the ways through the current instruction that may have run other code, which meet
    /// with their result in `called`, with the others in `done`.
    pub(super) fn join_called(&mut self, (called, v): (Block, Value), (done, r): (Block, u16)) {
        self.enter(called);
        self.set(r, v);
        self.ran_code = true;
        self.test_validity(0);
        self.b.ins().jump(done, &[v.into()]);
    }

    /// In front of the edge to a node of the frame at `level`: leaves to there when an
    /// assumption was dropped.
    pub(super) fn test_validity_before(&mut self, level: usize, to: NodeId) {
        if self.relies() {
            let valid = self.valid();
            let exit = self.exit_to_level(ExitReason::Invalid, level, to);
            self.require(valid, exit);
        }
    }

    /// The edge to a node from an instruction that ends its node after running other code.
    pub(super) fn tested_edge(&mut self, node: NodeId) -> TestedEdge {
        let block = if self.relies() {
            self.fresh()
        } else {
            self.edge(node)
        };
        TestedEdge { block, node }
    }

    /// Fills in the test on an edge; its sources are complete.
    pub(super) fn finish_edge(&mut self, edge: TestedEdge) {
        if self.relies() {
            self.enter(edge.block);
            let level = self.frames.len() - 1;
            self.test_validity_before(level, edge.node);
            let to = self.edge(edge.node);
            self.b.ins().jump(to, &[]);
        }
    }
}
