//! Straightening of the graph: unreachable blocks, jumps to jumps, chains of blocks.
//! Blocks that are gone stay behind empty, until the rest is numbered anew.

use crate::ir::analysis::reverse_postorder;
use crate::ir::{Block, BlockId, Func, Term};
use raya_bytecode::Op;

/// Straightens a function; tells whether anything changed.
pub fn run(func: &mut Func) -> bool {
    if func.blocks.len() == 1 {
        return false;
    }
    let threaded = thread_jumps(func);
    let order = reverse_postorder(func);
    let dropped = drop_unreachable(func, &reached(func, &order));
    let merged = merge_chains(func, &order);
    threaded || dropped || merged
}

/// Jumps to an empty block that only jumps on go to its target at once.
fn thread_jumps(func: &mut Func) -> bool {
    let next = |(i, b): (usize, &Block)| match b.term {
        Term::Jump(t) if b.insts.is_empty() && t.index() != i => Some(t),
        _ => None,
    };
    let blocks = || func.blocks.iter().enumerate().map(next);
    if !blocks().any(|next| next.is_some()) {
        return copy_exits(func);
    }
    let forward: Vec<Option<BlockId>> = blocks().collect();
    let resolve = |mut b: BlockId| {
        for _ in 0..forward.len().min(64) {
            match forward[b.index()] {
                Some(next) => b = next,
                None => break,
            }
        }
        b
    };
    let mut changed = false;
    for block in &mut func.blocks {
        block.term.map_targets(|t| {
            let r = resolve(t);
            changed |= r != t;
            r
        });
    }
    for h in &mut func.handlers {
        h.target = resolve(h.target);
    }
    changed | copy_exits(func)
}

/// A jump to an empty block that only leaves the function becomes that exit.
fn copy_exits(func: &mut Func) -> bool {
    let mut changed = false;
    for b in 0..func.blocks.len() {
        let Term::Jump(t) = func.blocks[b].term else {
            continue;
        };
        let target = &func.blocks[t.index()];
        let plain = matches!(
            target.term,
            Term::Exit {
                op: Op::Ret | Op::RetVoid,
                ..
            }
        );
        if plain && target.insts.is_empty() {
            let (term, at) = (target.term.clone(), target.at);
            func.blocks[b].term = term;
            func.blocks[b].at = at;
            changed = true;
        }
    }
    changed
}

fn drop_unreachable(func: &mut Func, reached: &[bool]) -> bool {
    let mut changed = false;
    for (block, reached) in func.blocks.iter_mut().zip(reached) {
        let empty = block.insts.is_empty() && matches!(block.term, Term::Unreachable);
        if !reached && !empty {
            block.insts = Vec::new();
            block.term = Term::Unreachable;
            block.handler = None;
            changed = true;
        }
    }
    changed
}

/// A block whose only predecessor ends in a jump to it becomes part of that one.
fn merge_chains(func: &mut Func, order: &[BlockId]) -> bool {
    let mut preds = vec![0u32; func.blocks.len()];
    preds[0] = 2;
    for &b in order {
        func.blocks[b.index()]
            .term
            .each_target(|t| preds[t.index()] += 1);
    }
    for h in &func.handlers {
        preds[h.target.index()] += 2;
    }
    let mut changed = false;
    for &b in order {
        loop {
            let block = &func.blocks[b.index()];
            let Term::Jump(t) = block.term else { break };
            let next = &func.blocks[t.index()];
            let same_handler = block.handler == next.handler
                || block.insts.is_empty() && b.index() != 0
                || next.insts.is_empty() && !next.term.throws();
            if preds[t.index()] != 1 || t == b || !same_handler {
                break;
            }
            let taken = std::mem::replace(
                &mut func.blocks[t.index()],
                crate::ir::Block {
                    insts: Vec::new(),
                    term: Term::Unreachable,
                    at: Default::default(),
                    handler: None,
                    cold: false,
                },
            );
            let block = &mut func.blocks[b.index()];
            if block.insts.is_empty() && !taken.insts.is_empty() || taken.term.throws() {
                block.handler = taken.handler;
            }
            block.insts.extend(taken.insts);
            block.term = taken.term;
            block.at = taken.at;
            block.cold |= taken.cold;
            changed = true;
        }
    }
    changed
}

/// Which blocks an order holds.
fn reached(func: &Func, order: &[BlockId]) -> Vec<bool> {
    let mut reached = vec![false; func.blocks.len()];
    for b in order {
        reached[b.index()] = true;
    }
    reached
}

/// Removes blocks that cannot be reached; the others keep their order. The target of a
/// handler stays, even if nothing under the handler is left.
pub fn renumber(func: &mut Func) {
    if func.blocks.len() == 1 {
        return;
    }
    let mut used = reached(func, &reverse_postorder(func));
    drop_unreachable(func, &used);
    for h in &func.handlers {
        used[h.target.index()] = true;
    }
    if used.iter().all(|&used| used) {
        return;
    }
    let mut next = 0;
    let number = used.iter().map(|&used| {
        next += u32::from(used);
        BlockId(next.saturating_sub(1))
    });
    let number: Vec<BlockId> = number.collect();
    let mut flags = used.iter();
    func.blocks.retain(|_| *flags.next().unwrap_or(&true));
    let rename = |b: BlockId| number[b.index()];
    for block in &mut func.blocks {
        block.term.map_targets(rename);
    }
    for h in &mut func.handlers {
        h.target = rename(h.target);
    }
}
