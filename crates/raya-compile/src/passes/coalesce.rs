//! Results straight into variables: `t = op …; v = t` becomes `v = op …`.
//!
//! Only within a block, where `t` has no other use and nothing in between reads or
//! writes `v` or, under a handler that sees `v`, may throw.

use super::facts::{Defs, uses};
use crate::ir::{Func, Inst, VReg};
use raya_bytecode::Op;

/// How far back the definition is looked for.
const REACH: usize = 24;

/// Coalesces copies in a function.
pub fn run(func: &mut Func) {
    let mut insts = func.blocks.iter().flat_map(|b| &b.insts);
    if !insts.any(|i| i.op == Op::Mov) {
        return;
    }
    let (uses, defs) = (uses(func), Defs::new(func));
    let fresh = |t: VReg| defs.single(t) && uses[t.index()] == 1;
    for b in 0..func.blocks.len() {
        let insts = std::mem::take(&mut func.blocks[b].insts);
        let guarded = func.blocks[b].handler.is_some();
        let mut kept: Vec<Inst> = Vec::with_capacity(insts.len());
        for inst in insts {
            if inst.op == Op::Mov
                && inst.a != inst.b
                && fresh(VReg(inst.b))
                && let Some(def) = retarget(func, &kept, inst.a, inst.b, guarded)
            {
                kept[def].a = inst.a;
            } else {
                kept.push(inst);
            }
        }
        func.blocks[b].insts = kept;
    }
}

/// The index of the definition that may write `var` instead of `temp`, which is written
/// once and read once.
fn retarget(func: &Func, before: &[Inst], var: u32, temp: u32, guarded: bool) -> Option<usize> {
    let (v, t) = (VReg(var), VReg(temp));
    if temp < func.params || func.reg(v).repr != func.reg(t).repr {
        return None;
    }
    for (i, inst) in before.iter().enumerate().rev().take(REACH) {
        if inst.def() == Some(t) {
            // A call's result lies in its window; a moved variable gains nothing.
            let direct = inst.op.operands()[0].is_dest() && !inst.op.operands()[0].is_source();
            let typed = !matches!(inst.op, Op::Narrow | Op::NonNull | Op::CheckType | Op::Cast);
            let same = func.reg(v).ty == func.reg(t).ty;
            return (direct && (same || typed)).then_some(i);
        }
        let mut touches = inst.def() == Some(v);
        inst.each_use(&func.pool, |r| touches |= r == v);
        if touches || guarded && inst.op.flags().throws {
            return None;
        }
    }
    None
}
