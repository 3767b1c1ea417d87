//! Loop-invariant code motion: constants, conversions and arithmetic that give the
//! same in every round move in front of the loop.
//!
//! Only operations that cannot fail and read no memory; a loop that is not entered
//! then computes something for nothing, and that is all. Inner loops first, so that
//! what leaves one can leave the next.

use super::facts::Counts;
use crate::ir::analysis::{Dominators, Loop, Loops, predecessors, reverse_postorder};
use crate::ir::{BlockId, Func, Inst, VReg};
use raya_bytecode::Op;

/// Moves invariant instructions out of the loops of a function.
pub fn run(func: &mut Func) {
    let order = reverse_postorder(func);
    let preds = predecessors(func, &order);
    let dom = Dominators::new(func, &order, &preds);
    let loops = Loops::new(func, &order, &preds, &dom);
    if loops.list.is_empty() {
        return;
    }
    let counts = Counts::new(func);
    // Arguments of windows stay: they are computed into place.
    let mut windowed = vec![false; func.regs.len()];
    for reg in &func.pool {
        windowed[reg.index()] = true;
    }
    let mut inside = vec![0u32; func.regs.len()];
    for l in loops.list.iter().rev() {
        let Some(entry) = entry(l, &preds, &dom) else {
            continue;
        };
        definitions(func, l, &mut inside, true);
        let mut blocks = l.blocks.clone();
        // Dominating blocks first: what they give may make others invariant.
        blocks.sort_unstable_by_key(|b| dom.position[b.index()]);
        for b in blocks {
            let mut moved = Vec::new();
            let mut insts = std::mem::take(&mut func.blocks[b.index()].insts);
            insts.retain(|inst| {
                let hoist = can_move(inst)
                    && counts.single(VReg(inst.a))
                    && !windowed[inst.a as usize]
                    && is_invariant(func, inst, &inside);
                if hoist {
                    inside[inst.a as usize] = 0;
                    moved.push(*inst);
                }
                !hoist
            });
            func.blocks[b.index()].insts = insts;
            func.blocks[entry.index()].insts.extend(moved);
        }
        definitions(func, l, &mut inside, false);
    }
}

/// The only block through which a loop is entered.
fn entry(l: &Loop, preds: &[Vec<BlockId>], dom: &Dominators) -> Option<BlockId> {
    let mut outside = preds[l.header.index()]
        .iter()
        .copied()
        .filter(|&p| !dom.dominates(l.header, p));
    let entry = outside.next()?;
    outside.next().is_none().then_some(entry)
}

/// Counts (or forgets) the definitions inside a loop.
fn definitions(func: &Func, l: &Loop, inside: &mut [u32], count: bool) {
    let mut note = |r: VReg| {
        let n = &mut inside[r.index()];
        *n = if count { *n + 1 } else { 0 };
    };
    for b in &l.blocks {
        let block = &func.blocks[b.index()];
        block.insts.iter().filter_map(Inst::def).for_each(&mut note);
        block.term.def().into_iter().for_each(&mut note);
    }
    for h in &func.handlers {
        note(h.reg);
    }
}

fn is_invariant(func: &Func, inst: &Inst, inside: &[u32]) -> bool {
    let mut invariant = true;
    inst.each_use(&func.pool, |r| invariant &= inside[r.index()] == 0);
    invariant
}

/// Operations without effect, without memory, that never fail.
fn can_move(inst: &Inst) -> bool {
    let flags = inst.op.flags();
    let load = matches!(
        inst.op,
        Op::LoadF64 | Op::LoadF64I | Op::LoadI32 | Op::LoadI32K | Op::LoadBool | Op::LoadConst
    );
    let n = inst.op as u16;
    let converts = (Op::I32ToF64 as u16..=Op::BoxBool as u16).contains(&n);
    let computes = (Op::AddF64 as u16..=Op::NeBool as u16).contains(&n);
    let other = matches!(
        inst.op,
        Op::Not | Op::TruthyF64 | Op::GetCapture | Op::StrLen
    );
    (load || converts || computes || other) && flags.pure && !flags.throws
}
