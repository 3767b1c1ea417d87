//! Control flow of one function from one entry.
//!
//! An ordinary entry gives one node per basic block. An entry at a loop header
//! (on-stack replacement) would make the outer loops irreducible or merge them with
//! the inner one, so the blocks between the entry and the next arrival at an outer
//! header are nodes of their own ([`Node::version`]): the nest is peeled once, and
//! from the outer header on the graph is that of the ordinary entry.
//!
//! Invariant: `rpo` holds every node; a node's predecessors are all in the graph.

use super::operands::{self, Flow};
use raya_bytecode::{Function, Op};
use rustc_hash::FxHashMap;
use std::collections::BTreeSet;

/// Index of a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A basic block in one version.
#[derive(Clone, Debug)]
pub struct Node {
    /// First instruction.
    pub start: u32,
    /// End, exclusive.
    pub end: u32,
    /// How many outer loop headers have been passed since the entry.
    pub version: u16,
    /// Ordinary successors: the jump target first, then the fall-through.
    pub succs: Vec<NodeId>,
    /// The handler that receives what the block throws.
    pub handler: Option<NodeId>,
    /// Predecessors of both kinds, each once.
    pub preds: Vec<NodeId>,
    /// Position in reverse postorder.
    pub order: u32,
}

/// Control flow. See the module's header.
#[derive(Debug)]
pub struct Graph {
    /// The nodes.
    pub nodes: Vec<Node>,
    /// Where control enters.
    pub entry: NodeId,
    /// Reverse postorder.
    pub rpo: Vec<NodeId>,
}

impl std::ops::Index<NodeId> for Graph {
    type Output = Node;
    fn index(&self, n: NodeId) -> &Node {
        &self.nodes[n.index()]
    }
}

impl Graph {
    /// The graph of `func` as entered at its first instruction or at the header `osr`.
    pub fn new(func: &Function, osr: Option<u32>) -> Graph {
        let mut builder = Builder {
            func,
            starts: leaders(func, osr),
            rank: FxHashMap::default(),
            nodes: Vec::new(),
            known: FxHashMap::default(),
        };
        if let Some(header) = osr {
            builder.rank_outer_headers(header);
        }
        let entry = builder.build(osr.unwrap_or(0));
        let mut graph = Graph {
            nodes: builder.nodes,
            entry,
            rpo: Vec::new(),
        };
        graph.link();
        graph
    }

    /// Every successor of a node, the handler last.
    pub fn successors(&self, n: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let node = &self[n];
        node.succs.iter().copied().chain(node.handler)
    }

    fn link(&mut self) {
        let mut post = Vec::with_capacity(self.nodes.len());
        let mut seen = vec![false; self.nodes.len()];
        let mut stack = vec![(self.entry, 0)];
        seen[self.entry.index()] = true;
        while let Some((n, k)) = stack.pop() {
            // The fall-through is visited first, so that it follows its block closely
            // in reverse postorder only after everything inside a loop did.
            match self.successors(n).nth(k) {
                Some(s) => {
                    stack.push((n, k + 1));
                    if !std::mem::replace(&mut seen[s.index()], true) {
                        stack.push((s, 0));
                    }
                }
                None => post.push(n),
            }
        }
        post.reverse();
        for (i, &n) in post.iter().enumerate() {
            self.nodes[n.index()].order = i as u32;
            for s in self.successors(n).collect::<Vec<_>>() {
                let preds = &mut self.nodes[s.index()].preds;
                if !preds.contains(&n) {
                    preds.push(n);
                }
            }
        }
        self.rpo = post;
    }
}

/// First instructions of all basic blocks.
fn leaders(func: &Function, osr: Option<u32>) -> BTreeSet<u32> {
    let mut starts: BTreeSet<u32> = [0].into();
    starts.extend(osr);
    for pc in 0..func.code.len() as u32 {
        match operands::flow(func, pc) {
            Flow::Next => {}
            Flow::Jump(t) => starts.extend([t, pc + 1]),
            Flow::Branch(t) => starts.extend([t, pc + 1]),
            Flow::Table(ts) => starts.extend(ts),
            Flow::End => {
                starts.insert(pc + 1);
            }
        }
    }
    for h in &func.handlers {
        starts.extend([h.start, h.end, h.target]);
    }
    starts.retain(|s| (*s as usize) < func.code.len());
    starts
}

struct Builder<'a> {
    func: &'a Function,
    starts: BTreeSet<u32>,
    /// Loop headers around the entry; the outermost has the highest rank.
    rank: FxHashMap<u32, u16>,
    nodes: Vec<Node>,
    known: FxHashMap<(u32, u16), NodeId>,
}

impl Builder<'_> {
    fn rank_outer_headers(&mut self, header: u32) {
        // Structured code: a loop around the entry starts before it and its back-edge
        // comes after it. Inner ones start later, so the order of starts ranks them.
        let mut outer: Vec<u32> = self
            .func
            .loops
            .iter()
            .filter(|l| l.header < header && header < l.back_edge)
            .map(|l| l.header)
            .collect();
        outer.sort_unstable();
        outer.dedup();
        for (i, h) in outer.iter().rev().enumerate() {
            self.rank.insert(*h, i as u16 + 1);
        }
    }

    fn build(&mut self, entry: u32) -> NodeId {
        let first = self.node(entry, 0);
        let mut done = 0;
        while done < self.nodes.len() {
            self.connect(NodeId(done as u32));
            done += 1;
        }
        first
    }

    /// The node of a block reached in `version`.
    fn node(&mut self, start: u32, version: u16) -> NodeId {
        let version = match self.rank.get(&start) {
            Some(&r) if r > version => r,
            _ => version,
        };
        if let Some(&n) = self.known.get(&(start, version)) {
            return n;
        }
        let end = self
            .starts
            .range(start + 1..)
            .next()
            .copied()
            .unwrap_or(self.func.code.len() as u32);
        let id = NodeId(self.nodes.len() as u32);
        self.nodes.push(Node {
            start,
            end,
            version,
            succs: Vec::new(),
            handler: None,
            preds: Vec::new(),
            order: 0,
        });
        self.known.insert((start, version), id);
        id
    }

    fn connect(&mut self, n: NodeId) {
        let Node {
            start,
            end,
            version,
            ..
        } = self.nodes[n.index()];
        let targets = match operands::flow(self.func, end - 1) {
            Flow::Next => vec![end],
            Flow::Jump(t) => vec![t],
            Flow::Branch(t) => vec![t, end],
            Flow::Table(ts) => ts,
            Flow::End => Vec::new(),
        };
        let succs = targets
            .into_iter()
            .filter(|t| (*t as usize) < self.func.code.len())
            .map(|t| self.node(t, version))
            .collect();
        let throws = (start..end).any(|pc| {
            let op = self.func.code[pc as usize].op;
            op.flags().throws || op == Op::Rethrow
        });
        let handler = operands::handler_of(self.func, start)
            .filter(|_| throws)
            .map(|h| self.node(self.func.handlers[h].target, version));
        let node = &mut self.nodes[n.index()];
        node.succs = succs;
        node.handler = handler;
    }
}
