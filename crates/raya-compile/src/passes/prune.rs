//! Removal of functions that nothing refers to any more, mostly because all their
//! calls were inlined.

use crate::lower::Lowered;
use crate::tables::Tables;
use raya_bytecode::{FuncId, Op, OperandKind};

/// Removes unreferenced functions and renumbers the rest; the top level stays 0. `marks`
/// has an entry per function.
pub fn run(program: &mut Vec<Lowered>, tables: &mut Tables, marks: &mut Vec<bool>) {
    let mut used = vec![false; program.len()];
    let mut work = vec![0usize];
    let exported = |(i, l): (usize, &Lowered)| l.func.flags.exported.then_some(i);
    work.extend(program.iter().enumerate().filter_map(exported));
    for class in &tables.module.classes {
        let methods = class.methods.iter().filter_map(|m| m.func);
        let all = methods.chain(class.constructor).chain(class.static_init);
        work.extend(all.map(FuncId::index));
    }
    while let Some(f) = work.pop() {
        if std::mem::replace(&mut used[f], true) {
            continue;
        }
        let insts = program[f].func.blocks.iter().flat_map(|b| &b.insts);
        work.extend(insts.filter(|i| names_function(i.op)).map(|i| i.b as usize));
    }
    if used.iter().all(|&u| u) {
        return;
    }
    let mut next = 0u16;
    let number: Vec<u16> = used
        .iter()
        .map(|&u| {
            let n = next;
            next += u16::from(u);
            n
        })
        .collect();
    let mut flags = used.iter();
    program.retain(|_| *flags.next().unwrap_or(&true));
    let mut flags = used.iter();
    marks.retain(|_| *flags.next().unwrap_or(&true));
    for lowered in program.iter_mut() {
        for inst in lowered.func.blocks.iter_mut().flat_map(|b| &mut b.insts) {
            if names_function(inst.op) {
                inst.b = number[inst.b as usize].into();
            }
        }
    }
    let rename = |f: &mut FuncId| *f = FuncId(number[f.index()]);
    for class in &mut tables.module.classes {
        class
            .methods
            .iter_mut()
            .filter_map(|m| m.func.as_mut())
            .for_each(rename);
        class.constructor.iter_mut().for_each(rename);
        class.static_init.iter_mut().for_each(rename);
    }
}

fn names_function(op: Op) -> bool {
    op.operands()[1] == OperandKind::Func
}
