//! Facts about the graph: order, predecessors, loops.
//!
//! Everything is computed afresh from a [`Func`]; nothing is kept up to date.

use super::{BlockId, Func};

/// Blocks in reverse postorder from the entry; unreachable ones are absent.
pub fn reverse_postorder(func: &Func) -> Vec<BlockId> {
    let mut seen = vec![false; func.blocks.len()];
    let mut order = Vec::with_capacity(func.blocks.len());
    // An explicit stack of (block, successors not yet visited): depth follows the program.
    let mut stack: Vec<(BlockId, Vec<BlockId>)> = Vec::new();
    let successors = |block: BlockId| {
        let mut out = Vec::with_capacity(3);
        func.each_successor(block, |s| out.push(s));
        out
    };
    seen[0] = true;
    stack.push((BlockId(0), successors(BlockId(0))));
    while let Some((block, rest)) = stack.last_mut() {
        match rest.pop() {
            Some(next) if !seen[next.index()] => {
                seen[next.index()] = true;
                stack.push((next, successors(next)));
            }
            Some(_) => {}
            None => {
                order.push(*block);
                stack.pop();
            }
        }
    }
    order.reverse();
    order
}

/// Predecessors of every block (handler edges included).
pub fn predecessors(func: &Func, order: &[BlockId]) -> Vec<Vec<BlockId>> {
    let mut preds = vec![Vec::new(); func.blocks.len()];
    for &block in order {
        func.each_successor(block, |s| {
            let list: &mut Vec<BlockId> = &mut preds[s.index()];
            if list.last() != Some(&block) {
                list.push(block);
            }
        });
    }
    preds
}

/// Immediate dominators, by position in a reverse postorder.
#[derive(Debug)]
pub struct Dominators {
    /// Position of each block in the order; `u32::MAX` if unreachable.
    pub position: Vec<u32>,
    idom: Vec<u32>,
}

impl Dominators {
    /// Computes them by the iteration of Cooper, Harvey and Kennedy.
    pub fn new(func: &Func, order: &[BlockId], preds: &[Vec<BlockId>]) -> Self {
        let mut position = vec![u32::MAX; func.blocks.len()];
        for (i, &b) in order.iter().enumerate() {
            position[b.index()] = i as u32;
        }
        let mut idom = vec![u32::MAX; order.len()];
        if let Some(first) = idom.first_mut() {
            *first = 0;
        }
        let mut changed = true;
        while changed {
            changed = false;
            for i in 1..order.len() {
                let mut new = u32::MAX;
                for &p in &preds[order[i].index()] {
                    let mut p = position[p.index()];
                    if p == u32::MAX || idom[p as usize] == u32::MAX {
                        continue;
                    }
                    if new == u32::MAX {
                        new = p;
                        continue;
                    }
                    while p != new {
                        while p > new {
                            p = idom[p as usize];
                        }
                        while new > p {
                            new = idom[new as usize];
                        }
                    }
                }
                if new != idom[i] {
                    idom[i] = new;
                    changed = true;
                }
            }
        }
        Self { position, idom }
    }

    /// Whether every path to `b` passes through `a`.
    pub fn dominates(&self, a: BlockId, b: BlockId) -> bool {
        let (a, mut b) = (self.position[a.index()], self.position[b.index()]);
        if a == u32::MAX || b == u32::MAX {
            return false;
        }
        while b > a {
            b = self.idom[b as usize];
        }
        a == b
    }

    /// The immediate dominator of a block, none for the entry and for unreachable blocks.
    pub fn parent(&self, block: BlockId, order: &[BlockId]) -> Option<BlockId> {
        let position = self.position[block.index()];
        if position == 0 || position == u32::MAX {
            return None;
        }
        Some(order[self.idom[position as usize] as usize])
    }
}

/// A natural loop.
#[derive(Debug)]
pub struct Loop {
    /// Its header: dominates all its blocks.
    pub header: BlockId,
    /// Its blocks, in no particular order.
    pub blocks: Vec<BlockId>,
    /// Blocks that jump back to the header.
    pub latches: Vec<BlockId>,
}

/// Natural loops, outer ones before inner ones.
#[derive(Debug)]
pub struct Loops {
    /// The loops.
    pub list: Vec<Loop>,
    /// Nesting depth of every block.
    pub depth: Vec<u32>,
}

impl Loops {
    /// Finds the loops.
    pub fn new(func: &Func, order: &[BlockId], preds: &[Vec<BlockId>], dom: &Dominators) -> Self {
        let mut depth = vec![0; func.blocks.len()];
        let mut list = Vec::new();
        let mut mark = vec![u32::MAX; func.blocks.len()];
        for &header in order {
            let latches: Vec<BlockId> = preds[header.index()]
                .iter()
                .copied()
                .filter(|&p| dom.dominates(header, p))
                .collect();
            if latches.is_empty() {
                continue;
            }
            let stamp = list.len() as u32;
            let mut blocks = vec![header];
            mark[header.index()] = stamp;
            let mut work = latches.clone();
            while let Some(b) = work.pop() {
                if mark[b.index()] == stamp {
                    continue;
                }
                mark[b.index()] = stamp;
                blocks.push(b);
                work.extend(preds[b.index()].iter().copied());
            }
            for b in &blocks {
                depth[b.index()] += 1;
            }
            list.push(Loop {
                header,
                blocks,
                latches,
            });
        }
        Self { list, depth }
    }
}
