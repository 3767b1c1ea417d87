//! Facts about the graph: order, predecessors, dominators, loops.
//!
//! A [`Graph`] is what a function's graph is at one time, computed as far as somebody
//! asks. Passes that leave the graph as it is share one; nothing is kept up to date.

use super::{BlockId, Func};
use std::cell::OnceCell;

/// The graph of a function that does not change while this is in use.
#[derive(Debug)]
pub struct Graph {
    /// Blocks in reverse postorder from the entry; unreachable ones are absent.
    pub order: Vec<BlockId>,
    /// Whether there are no loops, so that nothing about them needs to be computed.
    pub acyclic: bool,
    preds: OnceCell<Predecessors>,
    dom: OnceCell<Dominators>,
    loops: OnceCell<Loops>,
}

impl Graph {
    /// The graph of a function.
    pub fn new(func: &Func) -> Self {
        let (order, acyclic) = search(func);
        Self {
            order,
            acyclic,
            preds: OnceCell::new(),
            dom: OnceCell::new(),
            loops: OnceCell::new(),
        }
    }

    /// Predecessors, of the same function.
    pub fn preds(&self, func: &Func) -> &Predecessors {
        self.preds.get_or_init(|| predecessors(func, &self.order))
    }

    /// Dominators, of the same function.
    pub fn dom(&self, func: &Func) -> &Dominators {
        let make = || Dominators::new(func, &self.order, self.preds(func));
        self.dom.get_or_init(make)
    }

    /// Loops, of the same function.
    pub fn loops(&self, func: &Func) -> &Loops {
        self.loops.get_or_init(|| {
            if self.acyclic {
                return Loops::none(func);
            }
            Loops::new(func, &self.order, self.preds(func), self.dom(func))
        })
    }
}

/// Blocks in reverse postorder from the entry; unreachable ones are absent.
pub fn reverse_postorder(func: &Func) -> Vec<BlockId> {
    search(func).0
}

/// How far a search has come with a block.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    New,
    Open,
    Done,
}

/// A depth-first search: the reverse postorder, and whether no way leads back.
fn search(func: &Func) -> (Vec<BlockId>, bool) {
    let mut pending = Vec::with_capacity(8);
    func.each_successor(BlockId(0), |s| pending.push(s));
    if pending.is_empty() {
        return (vec![BlockId(0)], true);
    }
    let mut marks = vec![Mark::New; func.blocks.len()];
    let mut order = Vec::with_capacity(func.blocks.len());
    // An explicit stack, since depth follows the program: the open blocks, each with the
    // place in `pending` where its successors begin that are not visited yet.
    let mut open: Vec<(BlockId, usize)> = Vec::with_capacity(16);
    let mut acyclic = true;
    marks[0] = Mark::Open;
    open.push((BlockId(0), 0));
    while let Some(&(block, base)) = open.last() {
        if pending.len() == base {
            order.push(block);
            marks[block.index()] = Mark::Done;
            open.pop();
        } else if let Some(next) = pending.pop() {
            let mark = &mut marks[next.index()];
            acyclic &= *mark != Mark::Open;
            if *mark == Mark::New {
                *mark = Mark::Open;
                open.push((next, pending.len()));
                func.each_successor(next, |s| pending.push(s));
            }
        }
    }
    order.reverse();
    (order, acyclic)
}

/// Predecessors of every block, by its index; all in one list.
#[derive(Debug)]
pub struct Predecessors {
    /// Start and number of a block's predecessors in `list`.
    ranges: Vec<(u32, u32)>,
    list: Vec<BlockId>,
}

impl std::ops::Index<usize> for Predecessors {
    type Output = [BlockId];

    fn index(&self, block: usize) -> &[BlockId] {
        let (start, len) = self.ranges[block];
        &self.list[start as usize..(start + len) as usize]
    }
}

/// Predecessors of every block (handler edges included).
fn predecessors(func: &Func, order: &[BlockId]) -> Predecessors {
    let mut ranges = vec![(0u32, 0u32); func.blocks.len()];
    let mut edges = 0;
    for &block in order {
        func.each_successor(block, |s| {
            ranges[s.index()].0 += 1;
            edges += 1;
        });
    }
    let mut next = 0;
    for (start, _) in &mut ranges {
        next += std::mem::replace(start, next);
    }
    let mut list = vec![BlockId(0); edges];
    for &block in order {
        func.each_successor(block, |s| {
            let (start, len) = &mut ranges[s.index()];
            let end = (*start + *len) as usize;
            // Both ways of a branch may lead to the same block.
            if *len == 0 || list[end - 1] != block {
                list[end] = block;
                *len += 1;
            }
        });
    }
    Predecessors { ranges, list }
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
    fn new(func: &Func, order: &[BlockId], preds: &Predecessors) -> Self {
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

    /// A walk over the whole tree, siblings in the order of the blocks.
    pub fn walk(&self, order: &[BlockId]) -> Vec<Visit> {
        // By position: the last child, and the sibling before each.
        let mut child = vec![u32::MAX; order.len()];
        let mut sibling = vec![u32::MAX; order.len()];
        for (at, (&parent, sibling)) in self.idom.iter().zip(&mut sibling).enumerate().skip(1) {
            *sibling = std::mem::replace(&mut child[parent as usize], at as u32);
        }
        let mut visits = Vec::with_capacity(2 * order.len());
        let mut work = vec![0];
        while let Some(at) = work.pop() {
            if at == u32::MAX {
                visits.push(Visit::Leave);
                continue;
            }
            visits.push(Visit::Enter(order[at as usize]));
            work.push(u32::MAX);
            let mut next = child[at as usize];
            while next != u32::MAX {
                work.push(next);
                next = sibling[next as usize];
            }
        }
        visits
    }
}

/// A step of a walk over a dominator tree.
#[derive(Clone, Copy, Debug)]
pub enum Visit {
    /// Into a block; the blocks that it dominates follow.
    Enter(BlockId),
    /// Out of the innermost block that was entered.
    Leave,
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
    /// A function without loops.
    fn none(func: &Func) -> Self {
        Self {
            list: Vec::new(),
            depth: vec![0; func.blocks.len()],
        }
    }

    /// Finds the loops.
    fn new(func: &Func, order: &[BlockId], preds: &Predecessors, dom: &Dominators) -> Self {
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
