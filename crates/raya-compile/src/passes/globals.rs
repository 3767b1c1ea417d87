//! Module constants: a `const` whose value is a constant is that constant wherever
//! it is read without a test.

use super::facts::{Counts, Defs, Value};
use crate::ir::VReg;
use crate::lower::Lowered;
use crate::tables::Tables;
use raya_bytecode::Op;

/// Replaces reads of constant module variables.
pub fn propagate(program: &mut [Lowered], tables: &mut Tables) {
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
    for (f, b, i, value) in found {
        let inst = &mut program[f].func.blocks[b].insts[i];
        *inst = value.load(inst.a, inst.at, tables);
    }
}
