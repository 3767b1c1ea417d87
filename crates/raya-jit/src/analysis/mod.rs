//! What the translator must know about a function before it emits anything:
//! control flow, dominators, loops, and which registers are live where.
//!
//! Works on portable bytecode alone: nothing here knows Cranelift, the heap or a
//! linked module. The graph may hold one piece of bytecode several times (an entry
//! into the middle of a loop nest unrolls the way back to the outer headers), so the
//! unit is the [`graph::Node`], never the program counter.
//!
//! Invariant: every analysis is over the nodes reachable from one entry, and the
//! graph is final once built.

pub mod bits;
pub mod dom;
pub mod effects;
pub mod graph;
pub mod live;
pub mod loops;
pub mod numbers;
pub mod operands;

pub use bits::RegSet;
pub use graph::{Graph, Node, NodeId};
pub use live::Liveness;
pub use loops::{Loop, LoopId, Loops};
pub use operands::Code;

use raya_bytecode::Function;

/// Every analysis of one function from one entry.
#[derive(Debug)]
pub struct Analysis {
    /// Control flow.
    pub graph: Graph,
    /// Immediate dominator of every node; the entry is its own.
    pub idom: Vec<NodeId>,
    /// Natural loops.
    pub loops: Loops,
    /// Live registers.
    pub live: Liveness,
}

impl Analysis {
    /// Analyses a function as entered at its first instruction, or at the loop header `osr`.
    pub fn new(code: Code<'_>, osr: Option<u32>) -> Analysis {
        let graph = Graph::new(code.func, osr);
        let idom = dom::immediate_dominators(&graph);
        let loops = Loops::find(code.func, &graph, &idom);
        let live = Liveness::new(code, &graph);
        Analysis {
            graph,
            idom,
            loops,
            live,
        }
    }

    /// Registers that the nodes between a node and its immediate dominator write.
    pub fn written_on_the_way(&self, func: &Function, n: NodeId) -> RegSet {
        let from = self.idom[n.index()];
        let mut written = RegSet::new(func.regs.len());
        let mut seen = RegSet::new(self.graph.nodes.len());
        let mut open = self.graph[n].preds.clone();
        seen.insert(n.index());
        while let Some(node) = open.pop() {
            if node == from || !seen.insert(node.index()) {
                continue;
            }
            let node = &self.graph[node];
            for ins in &func.code[node.start as usize..node.end as usize] {
                operands::dest(*ins).map(|d| written.insert(d as usize));
                operands::clobbered(*ins).for_each(|r| {
                    written.insert(r as usize);
                });
            }
            open.extend_from_slice(&node.preds);
        }
        written
    }

    /// Whether `a` dominates `b`.
    pub fn dominates(&self, a: NodeId, b: NodeId) -> bool {
        dom::dominates(&self.graph, &self.idom, a, b)
    }
}
