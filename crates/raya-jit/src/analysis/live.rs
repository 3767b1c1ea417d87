//! Liveness of registers: what an exit must hand to the interpreter.
//!
//! A register is live before an instruction when the interpreter, going on there,
//! could read it before writing it. What a covering handler reads is live before
//! every instruction that may throw.

use super::bits::RegSet;
use super::graph::{Graph, NodeId};
use super::operands::{self, Code};

/// Live registers at the start of every node. See the module's header.
#[derive(Debug)]
pub struct Liveness {
    live_in: Vec<RegSet>,
}

impl Liveness {
    /// Solves the backward data flow.
    pub fn new(code: Code<'_>, graph: &Graph) -> Liveness {
        let mut live = Liveness {
            live_in: vec![RegSet::new(code.func.regs.len()); graph.nodes.len()],
        };
        let mut changed = true;
        while changed {
            changed = false;
            for &n in graph.rpo.iter().rev() {
                let mut set = live.live_out(graph, n);
                let handler = live.handler_in(code, graph, n);
                for pc in (graph[n].start..graph[n].end).rev() {
                    step(code, pc, handler.as_ref(), &mut set);
                }
                changed |= live.live_in[n.index()].union(&set);
            }
        }
        live
    }

    /// Live before the first instruction of a node.
    pub fn at_start(&self, n: NodeId) -> &RegSet {
        &self.live_in[n.index()]
    }

    /// Live after the last instruction of a node on its ordinary successors.
    pub fn live_out(&self, graph: &Graph, n: NodeId) -> RegSet {
        let mut set = self.live_in[n.index()].clone();
        set.clear();
        for s in &graph[n].succs {
            set.union(&self.live_in[s.index()]);
        }
        set
    }

    /// Live before each instruction of a node, and after the last.
    pub fn within(&self, code: Code<'_>, graph: &Graph, n: NodeId) -> Vec<RegSet> {
        let handler = self.handler_in(code, graph, n);
        let mut set = self.live_out(graph, n);
        let mut all = vec![set.clone()];
        for pc in (graph[n].start..graph[n].end).rev() {
            step(code, pc, handler.as_ref(), &mut set);
            all.push(set.clone());
        }
        all.reverse();
        all
    }

    /// What the handler of a node reads, without the register that it receives.
    fn handler_in(&self, code: Code<'_>, graph: &Graph, n: NodeId) -> Option<RegSet> {
        let target = graph[n].handler?;
        let index = operands::handler_of(code.func, graph[n].start)?;
        let mut set = self.live_in[target.index()].clone();
        set.remove(code.func.handlers[index].reg.index());
        Some(set)
    }
}

/// Takes `set` from after the instruction at `pc` to before it.
fn step(code: Code<'_>, pc: u32, handler: Option<&RegSet>, set: &mut RegSet) {
    let ins = code.func.code[pc as usize];
    for r in operands::clobbered(ins) {
        set.remove(r as usize);
    }
    if let Some(d) = operands::dest(ins) {
        set.remove(d as usize);
    }
    if ins.op.flags().throws
        && let Some(h) = handler
    {
        set.union(h);
    }
    operands::for_each_read(code, ins, |r| {
        set.insert(r as usize);
    });
}
