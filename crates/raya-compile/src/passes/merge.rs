//! Merging of registers that are copied into each other and never hold different
//! values at the same time: the copy disappears.
//!
//! For every remaining `d = s` of equal types, liveness decides exactly whether the
//! two interfere. Rounds of disjoint pairs, because a merge changes liveness.

use crate::ir::analysis::Graph;
use crate::ir::liveness::Liveness;
use crate::ir::{BlockId, Func, VReg};
use raya_bytecode::Op;
use rustc_hash::FxHashSet;

const MAX_ROUNDS: usize = 4;
/// Largest product of candidates and instructions that is looked at in one round.
const MAX_WORK: usize = 2_000_000;

/// Merges copied registers of a function.
pub fn run(func: &mut Func, graph: &Graph) {
    for _ in 0..MAX_ROUNDS {
        let candidates = candidates(func);
        if candidates.is_empty() {
            return;
        }
        let size: usize = func.blocks.iter().map(|b| b.insts.len() + 1).sum();
        let live = Liveness::new(func, &graph.order);
        let mut taken = vec![false; func.regs.len()];
        let mut rename: Vec<u32> = (0..func.regs.len() as u32).collect();
        let mut merged = false;
        for &(d, s) in candidates.iter().take(1 + MAX_WORK / size.max(1)) {
            if taken[d.index()] || taken[s.index()] || interfere(func, &graph.order, &live, d, s) {
                continue;
            }
            taken[d.index()] = true;
            taken[s.index()] = true;
            // A parameter keeps its register.
            let (from, to) = if d.0 < func.params { (s, d) } else { (d, s) };
            rename[from.index()] = to.0;
            func.regs[to.index()].variable = true;
            merged = true;
        }
        if !merged {
            return;
        }
        apply(func, &rename);
    }
}

fn candidates(func: &Func) -> Vec<(VReg, VReg)> {
    let caught: FxHashSet<u32> = func.handlers.iter().map(|h| h.reg.0).collect();
    let mut seen = FxHashSet::default();
    let mut out = Vec::new();
    for inst in func.blocks.iter().flat_map(|b| &b.insts) {
        let (d, s) = (inst.a, inst.b);
        if inst.op != Op::Mov || d == s {
            continue;
        }
        let same = func.regs[d as usize].ty == func.regs[s as usize].ty;
        let params = d < func.params && s < func.params;
        let free = !params && !caught.contains(&d) && !caught.contains(&s);
        if same && free && seen.insert((d, s)) {
            out.push((VReg(d), VReg(s)));
        }
    }
    out
}

/// Whether one register is written while the other one's value is still needed.
fn interfere(func: &Func, order: &[BlockId], live: &Liveness, d: VReg, s: VReg) -> bool {
    for &b in order {
        let block = &func.blocks[b.index()];
        // Needed by the handler: alive at every point of the block.
        let guarded = |r: VReg| {
            block.handler.is_some_and(|h| {
                let target = func.handlers[h.index()].target;
                let number = live.crossing.get(r);
                number.is_some_and(|n| live.live_in[target.index()].contains(n))
            })
        };
        let leaves = |r: VReg| {
            let number = live.crossing.get(r);
            number.is_some_and(|n| live.live_out[b.index()].contains(n))
        };
        let keep = [guarded(d), guarded(s)];
        let mut now = [leaves(d) || keep[0], leaves(s) || keep[1]];
        let regs = [d, s];
        let write = |now: &mut [bool; 2], reg: VReg, copy: bool| {
            for i in 0..2 {
                if regs[i] == reg {
                    if now[1 - i] && !copy {
                        return true;
                    }
                    now[i] = keep[i];
                }
            }
            false
        };
        if let Some(r) = block.term.def()
            && write(&mut now, r, false)
        {
            return true;
        }
        block.term.each_use(|r| mark(&mut now, &regs, r));
        for inst in block.insts.iter().rev() {
            let copy = inst.op == Op::Mov
                && (VReg(inst.a) == d && VReg(inst.b) == s
                    || VReg(inst.a) == s && VReg(inst.b) == d);
            if let Some(r) = inst.def()
                && write(&mut now, r, copy)
            {
                return true;
            }
            inst.each_use(&func.pool, |r| mark(&mut now, &regs, r));
        }
        // Both hold their own values from the start on.
        if b.index() == 0 && now[0] && now[1] {
            return true;
        }
    }
    false
}

fn mark(now: &mut [bool; 2], regs: &[VReg; 2], reg: VReg) {
    for i in 0..2 {
        now[i] |= regs[i] == reg;
    }
}

fn apply(func: &mut Func, rename: &[u32]) {
    let to = |r: u32| rename[r as usize];
    for block in &mut func.blocks {
        for inst in &mut block.insts {
            let kinds = inst.op.operands();
            let is_reg = |k: raya_bytecode::OperandKind| k.is_source() || k.is_dest();
            if is_reg(kinds[0]) || crate::ir::has_result(inst.op) {
                inst.a = to(inst.a);
            }
            if is_reg(kinds[1]) {
                inst.b = to(inst.b);
            }
            if is_reg(kinds[2]) {
                inst.c = to(inst.c);
            }
        }
        block.insts.retain(|i| i.op != Op::Mov || i.a != i.b);
        if let crate::ir::Term::Branch { op, a, .. } = &mut block.term
            && op.operands()[0].is_dest()
        {
            *a = to(*a);
        }
        block.term.map_uses(|r| VReg(to(r.0)));
    }
    for r in &mut func.pool {
        *r = VReg(to(r.0));
    }
}
