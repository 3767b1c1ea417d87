//! Natural loops: nesting, and what a round may change.

use super::bits::RegSet;
use super::dom;
use super::graph::{Graph, NodeId};
use super::operands;
use raya_bytecode::Function;

/// Index of a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LoopId(pub u32);

impl LoopId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A natural loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// The node that every entry and every back-edge goes to.
    pub header: NodeId,
    /// The loop around it.
    pub parent: Option<LoopId>,
    /// 1 for an outermost loop.
    pub depth: u32,
    /// Its nodes, those of inner loops included.
    pub nodes: RegSet,
    /// Registers that a round may write, argument windows included.
    pub modified: RegSet,
    /// It contains no other loop.
    pub innermost: bool,
}

/// The loops of a graph.
#[derive(Debug)]
pub struct Loops {
    /// Outer loops before the loops inside them.
    pub list: Vec<Loop>,
    /// The innermost loop around each node.
    pub of_node: Vec<Option<LoopId>>,
    /// Nodes that a retreating edge enters without dominating its source. The compiler
    /// emits none; if there are any, the translator assumes nothing there.
    pub irregular: RegSet,
}

impl std::ops::Index<LoopId> for Loops {
    type Output = Loop;
    fn index(&self, l: LoopId) -> &Loop {
        &self.list[l.index()]
    }
}

impl Loops {
    /// Finds the loops.
    pub fn find(func: &Function, graph: &Graph, idom: &[NodeId]) -> Loops {
        let count = graph.nodes.len();
        let mut irregular = RegSet::new(count);
        let mut list: Vec<Loop> = Vec::new();
        // Reverse postorder meets outer headers before inner ones.
        for &header in &graph.rpo {
            let mut latches = Vec::new();
            for &p in &graph[header].preds {
                if graph[p].order < graph[header].order {
                    continue;
                }
                if dom::dominates(graph, idom, header, p) {
                    latches.push(p);
                } else {
                    irregular.insert(header.index());
                }
            }
            if !latches.is_empty() {
                list.push(natural_loop(func, graph, header, latches));
            }
        }
        let mut loops = Loops {
            list,
            of_node: vec![None; count],
            irregular,
        };
        loops.nest();
        loops
    }

    /// The loop whose header `n` is.
    pub fn headed_by(&self, n: NodeId) -> Option<LoopId> {
        self.of_node[n.index()].filter(|l| self[*l].header == n)
    }

    /// Whether the node lies in the loop.
    pub fn contains(&self, l: LoopId, n: NodeId) -> bool {
        self[l].nodes.contains(n.index())
    }

    fn nest(&mut self) {
        for i in 0..self.list.len() {
            let id = LoopId(i as u32);
            let parent = self.of_node[self.list[i].header.index()];
            self.list[i].parent = parent;
            self.list[i].depth = parent.map_or(1, |p| self.list[p.index()].depth + 1);
            if let Some(p) = parent {
                self.list[p.index()].innermost = false;
            }
            for n in self.list[i].nodes.iter() {
                self.of_node[n] = Some(id);
            }
        }
    }
}

fn natural_loop(func: &Function, graph: &Graph, header: NodeId, latches: Vec<NodeId>) -> Loop {
    let mut nodes = RegSet::new(graph.nodes.len());
    nodes.insert(header.index());
    let mut work = latches;
    while let Some(n) = work.pop() {
        if nodes.insert(n.index()) {
            work.extend(&graph[n].preds);
        }
    }
    let mut modified = RegSet::new(func.regs.len());
    for n in nodes.iter() {
        let node = &graph.nodes[n];
        for pc in node.start..node.end {
            let ins = func.code[pc as usize];
            if let Some(d) = operands::dest(ins) {
                modified.insert(d as usize);
            }
            for r in operands::clobbered(ins) {
                modified.insert(r as usize);
            }
        }
    }
    for h in &func.handlers {
        if nodes.iter().any(|n| graph.nodes[n].start == h.target) {
            modified.insert(h.reg.index());
        }
    }
    Loop {
        header,
        parent: None,
        depth: 1,
        nodes,
        modified,
        innermost: true,
    }
}
