//! Block order: the entry first, each loop in one piece, cold blocks last.
//!
//! A reverse postorder already puts a block behind those that dominate it; loops are
//! kept together by placing, at each loop's header, all blocks of that loop before
//! anything outside. Blocks that always throw, and what only they reach, go to the end.

use crate::ir::analysis::{Dominators, Graph, Loop, Loops};
use crate::ir::{BlockId, Func, Term};
use raya_bytecode::Op;

/// The order in which blocks are emitted; unreachable ones are left out.
pub fn order(func: &Func, graph: &Graph) -> Vec<BlockId> {
    let rpo = &graph.order;
    let cold = cold_blocks(func, rpo);
    if graph.acyclic {
        let (late, mut out): (Vec<_>, Vec<_>) = rpo.iter().partition(|b| cold[b.index()]);
        out.extend(late);
        return out;
    }
    let loops = graph.loops(func);
    let (innermost, parent) = nesting(func, loops);
    let dom = graph.dom(func);
    let ends: Vec<usize> = loops.list.iter().map(|l| end_of(l, dom)).collect();
    let mut placed = vec![false; func.blocks.len()];
    let mut out = Vec::with_capacity(rpo.len());
    let mut late = Vec::new();
    let inside = |mut at: usize, l: usize| {
        while at != usize::MAX && at != l {
            at = parent[at];
        }
        at == l
    };
    // Open loops, innermost last: each is finished before the one around it goes on.
    let mut open: Vec<(usize, usize)> = vec![(usize::MAX, 0)];
    while let Some((current, mut at)) = open.pop() {
        let end = ends.get(current).copied().unwrap_or(rpo.len());
        while at < end {
            let b = rpo[at];
            let own = innermost[b.index()];
            let mine = current == usize::MAX || inside(own, current);
            if !mine || placed[b.index()] {
                at += 1;
                continue;
            }
            if cold[b.index()] {
                placed[b.index()] = true;
                late.push(b);
                at += 1;
                continue;
            }
            if own != current && own != usize::MAX {
                // The header of an inner loop: place that loop in one piece first.
                let mut inner = own;
                while parent[inner] != current && parent[inner] != usize::MAX {
                    inner = parent[inner];
                }
                open.push((current, at));
                open.push((inner, at));
                break;
            }
            placed[b.index()] = true;
            out.push(b);
            at += 1;
        }
    }
    out.extend(late);
    out
}

/// Where a loop's last block lies in the reverse postorder, and one more.
fn end_of(l: &Loop, dom: &Dominators) -> usize {
    let positions = l.blocks.iter().map(|b| dom.position[b.index()]);
    positions.max().map_or(0, |last| last as usize + 1)
}

/// The innermost loop of each block and the loop around each loop; `usize::MAX` for none.
fn nesting(func: &Func, loops: &Loops) -> (Vec<usize>, Vec<usize>) {
    let mut innermost = vec![usize::MAX; func.blocks.len()];
    let mut parent = vec![usize::MAX; loops.list.len()];
    for (i, l) in loops.list.iter().enumerate() {
        // Outer loops come first, so what the header lies in now is the loop around.
        parent[i] = innermost[l.header.index()];
        for b in &l.blocks {
            innermost[b.index()] = i;
        }
    }
    (innermost, parent)
}

/// Blocks marked cold, blocks that throw, and blocks all of whose ways end there.
fn cold_blocks(func: &Func, rpo: &[BlockId]) -> Vec<bool> {
    let mut cold = vec![false; func.blocks.len()];
    for &b in rpo.iter().rev() {
        if b.index() == 0 {
            continue;
        }
        let block = &func.blocks[b.index()];
        cold[b.index()] = block.cold
            || match &block.term {
                Term::Exit { op, .. } => matches!(op, Op::Throw | Op::Rethrow),
                Term::Unreachable => true,
                term => {
                    let mut all = true;
                    term.each_target(|t| all &= cold[t.index()]);
                    all
                }
            };
    }
    cold
}
