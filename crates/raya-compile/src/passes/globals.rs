//! Module constants: a `const` whose value is a constant is that constant wherever
//! it is read without a test. Variables of the top level alone become registers.

use super::facts::{Counts, Defs, Value};
use crate::ir::analysis::{Dominators, predecessors, reverse_postorder};
use crate::ir::{BlockId, Inst, VReg};
use crate::lower::Lowered;
use crate::tables::Tables;
use raya_bytecode::Op;

/// Replaces reads of constant module variables; tells which functions changed.
pub fn propagate(program: &mut [Lowered], tables: &mut Tables) -> Vec<bool> {
    let mut values: Vec<Option<Value>> = vec![None; tables.module.globals.len()];
    let mut writes = vec![0u32; values.len()];
    for lowered in program.iter() {
        let func = &lowered.func;
        let mut defs = None;
        for inst in func.blocks.iter().flat_map(|b| &b.insts) {
            if inst.op != Op::SetGlobal {
                continue;
            }
            let defs = defs.get_or_insert_with(|| Defs::new(func, &Counts::new(func)));
            let global = inst.b as usize;
            writes[global] += 1;
            let made = defs.inst(func, VReg(inst.a));
            values[global] = made.and_then(|made| Value::of(made, tables));
        }
    }
    let constant = |global: u32| {
        let once = writes[global as usize] == 1 && tables.module.globals[global as usize].constant;
        values[global as usize].filter(|_| once)
    };
    let mut found = Vec::new();
    for (f, lowered) in program.iter().enumerate() {
        for (b, block) in lowered.func.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                if inst.op == Op::GetGlobal
                    && let Some(value) = constant(inst.b)
                {
                    found.push((f, b, i, value));
                }
            }
        }
    }
    let mut changed = vec![false; program.len()];
    for (f, b, i, value) in found {
        changed[f] = true;
        let inst = &mut program[f].func.blocks[b].insts[i];
        *inst = value.load(inst.a, inst.at, tables);
    }
    changed
}

/// Accesses of one module variable.
#[derive(Default)]
struct Accesses {
    /// Some function other than the top level refers to it.
    elsewhere: bool,
    reads: Vec<(BlockId, usize)>,
    writes: Vec<(BlockId, usize)>,
}

/// Keeps module variables that only the top level uses in registers, where every
/// read is certainly preceded by a write. Tells whether there were any.
pub fn promote(program: &mut [Lowered], tables: &Tables) -> bool {
    let mut accesses: Vec<Accesses> = Vec::new();
    accesses.resize_with(tables.module.globals.len(), Accesses::default);
    for (f, lowered) in program.iter().enumerate() {
        for (b, block) in lowered.func.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                let place = (BlockId(b as u32), i);
                match inst.op {
                    _ if !is_global(inst.op) => {}
                    _ if f != 0 => accesses[inst.b as usize].elsewhere = true,
                    Op::SetGlobal => accesses[inst.b as usize].writes.push(place),
                    _ => accesses[inst.b as usize].reads.push(place),
                }
            }
        }
    }
    let Some(main) = program.first_mut().map(|l| &mut l.func) else {
        return false;
    };
    let order = reverse_postorder(main);
    let preds = predecessors(main, &order);
    let dom = Dominators::new(main, &order, &preds);
    let mut promoted = Vec::new();
    for (g, access) in accesses.iter().enumerate() {
        let set_before = |&(block, index): &(BlockId, usize)| {
            access.writes.iter().any(|&(b, i)| {
                // A block under a handler may be left before its write.
                let whole = b != block && main.blocks[b.index()].handler.is_none();
                b == block && i < index || whole && dom.dominates(b, block)
            })
        };
        let reached = |&(b, _): &(BlockId, usize)| dom.position[b.index()] != u32::MAX;
        let sure = access.reads.iter().filter(|r| reached(r)).all(set_before);
        if !access.elsewhere && sure && !access.writes.is_empty() {
            let ty = tables.module.globals[g].ty;
            promoted.push((g, ty));
        }
    }
    if promoted.is_empty() {
        return false;
    }
    let mut regs: Vec<Option<VReg>> = vec![None; accesses.len()];
    for (g, ty) in promoted {
        regs[g] = Some(main.new_reg(ty, tables.repr(ty), true));
    }
    for inst in main.blocks.iter_mut().flat_map(|b| &mut b.insts) {
        if is_global(inst.op)
            && let Some(reg) = regs[inst.b as usize]
        {
            let (to, from) = match inst.op {
                Op::SetGlobal => (reg.0, inst.a),
                _ => (inst.a, reg.0),
            };
            *inst = Inst::new(Op::Mov, to, from, 0, inst.at);
        }
    }
    true
}

fn is_global(op: Op) -> bool {
    matches!(op, Op::GetGlobal | Op::GetGlobalChecked | Op::SetGlobal)
}
