//! Module constants: a `const` whose value is a constant is that constant wherever
//! it is read without a test. Variables of the top level alone become registers.

use super::facts::{Defs, Value};
use crate::ir::analysis::{Graph, Visit};
use crate::ir::{BlockId, Func, Inst, VReg};
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
            let defs = defs.get_or_insert_with(|| Defs::new(func));
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

/// How module variables are used.
struct Accesses {
    /// Some function other than the top level refers to it, or a read of it may come
    /// before every write.
    refused: Vec<bool>,
    written: Vec<bool>,
}

impl Accesses {
    /// Looks at a whole program of which function 0 is the top level.
    fn new(program: &[Lowered], globals: usize) -> Self {
        let mut this = Self {
            refused: vec![false; globals],
            written: vec![false; globals],
        };
        let mut functions = program.iter().map(|l| &l.func);
        let main = functions.next();
        for func in functions {
            for inst in func.blocks.iter().flat_map(|b| &b.insts) {
                if is_global(inst.op) {
                    this.refused[inst.b as usize] = true;
                }
            }
        }
        main.into_iter().for_each(|main| this.top_level(main));
        this
    }

    /// Walks the dominator tree with the variables that are certainly set.
    fn top_level(&mut self, main: &Func) {
        let graph = Graph::new(main);
        let mut set = vec![false; self.refused.len()];
        // What was set first in the open blocks.
        let mut here: Vec<u32> = Vec::new();
        let mut open: Vec<usize> = Vec::new();
        for visit in graph.dom(main).walk(&graph.order) {
            match visit {
                Visit::Enter(b) => {
                    open.push(here.len());
                    self.block(main, b, &mut set, &mut here);
                    if main.blocks[b.index()].handler.is_some() {
                        // It may be left before its writes.
                        close(&mut set, &mut here, open.last().copied());
                    }
                }
                Visit::Leave => close(&mut set, &mut here, open.pop()),
            }
        }
    }

    fn block(&mut self, main: &Func, b: BlockId, set: &mut [bool], here: &mut Vec<u32>) {
        for inst in &main.blocks[b.index()].insts {
            let global = inst.b as usize;
            if inst.op == Op::SetGlobal {
                self.written[global] = true;
                if !std::mem::replace(&mut set[global], true) {
                    here.push(inst.b);
                }
            } else if is_global(inst.op) {
                self.refused[global] |= !set[global];
            }
        }
    }
}

/// Forgets what was set beyond a length of the list.
fn close(set: &mut [bool], here: &mut Vec<u32>, length: Option<usize>) {
    let gone = here.drain(length.unwrap_or(0)..);
    gone.for_each(|global| set[global as usize] = false);
}

/// Keeps module variables that only the top level uses in registers, where every
/// read is certainly preceded by a write. Tells whether there were any.
pub fn promote(program: &mut [Lowered], tables: &Tables) -> bool {
    let globals = &tables.module.globals;
    let accesses = Accesses::new(program, globals.len());
    let Some(main) = program.first_mut().map(|l| &mut l.func) else {
        return false;
    };
    let mut promoted = Vec::new();
    for (g, global) in globals.iter().enumerate() {
        if accesses.written[g] && !accesses.refused[g] {
            promoted.push((g, global.ty));
        }
    }
    if promoted.is_empty() {
        return false;
    }
    let mut regs: Vec<Option<VReg>> = vec![None; globals.len()];
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
