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
