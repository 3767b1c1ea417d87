//! Removal of instructions whose results nobody reads.

use super::facts::{Defs, uses};
use crate::ir::Func;
use crate::ir::analysis::Graph;
use crate::ir::liveness::{BitSet, Liveness};
use raya_bytecode::Op;

/// Removes what defines registers that are read nowhere, and copies to themselves.
pub fn unused(func: &mut Func) {
    let mut uses = uses(func);
    let mut keep = Vec::new();
    // Registers with a definition that was passed by because it was still needed.
    let mut kept = vec![false; func.regs.len()];
    loop {
        let mut again = false;
        // From the end, so that a chain goes in one round.
        for b in (0..func.blocks.len()).rev() {
            let mut insts = std::mem::take(&mut func.blocks[b].insts);
            let mut dropped = false;
            for (i, inst) in insts.iter().enumerate().rev() {
                let Some(d) = inst.def() else { continue };
                let itself = inst.op == Op::Mov && inst.b == d.0;
                let dead = uses[d.index()] == 0 && inst.removable();
                if !(itself || dead) {
                    kept[d.index()] = true;
                    continue;
                }
                if !std::mem::replace(&mut dropped, true) {
                    keep.clear();
                    keep.resize(insts.len(), true);
                }
                keep[i] = false;
                inst.each_use(&func.pool, |r| {
                    uses[r.index()] -= 1;
                    again |= uses[r.index()] == 0 && kept[r.index()];
                });
            }
            if dropped {
                let mut flags = keep.iter();
                insts.retain(|_| *flags.next().unwrap_or(&true));
            }
            func.blocks[b].insts = insts;
        }
        if !again {
            return;
        }
    }
}

/// Removes assignments of variables that are overwritten before they are read.
pub fn dead_stores(func: &mut Func, graph: &Graph) {
    unused(func);
    if !Defs::new(func).any_variable() {
        return;
    }
    let live = Liveness::new(func, &graph.order);
    for &block in &graph.order {
        let mut now: BitSet = live.live_out[block.index()].clone();
        if let Some(h) = func.blocks[block.index()].handler {
            let target = func.handlers[h.index()].target;
            // Alive throughout: nothing there is dead.
            now.union(&live.live_in[target.index()]);
        }
        let pinned = now.clone();
        let guarded = func.blocks[block.index()].handler.is_some();
        let crossing = &live.crossing;
        let b = &func.blocks[block.index()];
        if let Some(i) = b.term.def().and_then(|d| crossing.get(d)) {
            now.remove(i);
        }
        b.term.each_use(|r| {
            if let Some(i) = crossing.get(r) {
                now.insert(i);
            }
        });
        let mut insts = std::mem::take(&mut func.blocks[block.index()].insts);
        let mut keep = vec![true; insts.len()];
        for (i, inst) in insts.iter().enumerate().rev() {
            if let Some(d) = inst.def()
                && let Some(n) = crossing.get(d)
            {
                let needed = now.contains(n) || guarded && pinned.contains(n);
                let dead = !needed;
                if dead && inst.removable() && inst.op.operands()[0].is_dest() {
                    keep[i] = false;
                    continue;
                }
                now.remove(n);
            }
            inst.each_use(&func.pool, |r| {
                if let Some(i) = crossing.get(r) {
                    now.insert(i);
                }
            });
        }
        let mut flags = keep.iter();
        insts.retain(|_| *flags.next().unwrap_or(&true));
        func.blocks[block.index()].insts = insts;
    }
    unused(func);
}
