//! Integer inference: `number` registers that provably hold small integers become
//! i32 registers.
//!
//! A register qualifies if a range analysis over the whole program shows that every
//! value assigned to it is an integer within ±2^31 and never −0. Functions that are
//! only called directly get the ranges of their arguments from their call sites, and
//! give the range of their result back; their parameters and results may become
//! integers too. What qualifies is converted where it saves work.
//!
//! Invariant: the program computes the same values; only representations change.

mod analysis;
mod inside;
mod plan;
mod range;
mod refine;
mod rewrite;
mod states;

use crate::ir::analysis::Graph;
use crate::lower::Lowered;
use crate::tables::Tables;
use analysis::Summary;
pub use range::Range;
use raya_bytecode::{Op, Receiver, Repr};

/// Rounds over the program before growing ranges are widened, then given up.
const WIDEN_AFTER: u32 = 3;
const GIVE_UP_AFTER: u32 = 8;

/// What is known about a function from its callers, and to them.
#[derive(Clone, Debug)]
pub(crate) struct Signature {
    /// Whether every caller is known.
    pub closed: bool,
    /// Ranges of all parameters.
    pub params: Vec<Range>,
    /// Range of the result.
    pub ret: Range,
}

/// Runs the inference over a program with these graphs; tells which functions changed.
/// The graphs stay what they are.
pub fn run(program: &mut [Lowered], graphs: &[Graph], tables: &mut Tables) -> Vec<bool> {
    let mut signatures = initial(program, tables);
    let mut summaries: Vec<Option<Summary>> = vec![None; program.len()];
    let mut dirty = vec![true; program.len()];
    let callers = callers(program);
    for round in 0.. {
        let mut changed = false;
        for f in 0..program.len() {
            if !dirty[f] || is_unreached(&signatures[f]) {
                continue;
            }
            dirty[f] = false;
            if summaries[f].as_ref().is_some_and(|s| s.is_final) {
                continue;
            }
            let summary = analysis::analyse(&program[f].func, &graphs[f], f, &signatures, tables);
            for (callee, args) in &summary.calls {
                if join_params(&mut signatures[*callee], args, round) {
                    dirty[*callee] = true;
                    changed = true;
                }
            }
            if join_ret(&mut signatures[f], summary.ret, round) {
                changed = true;
                callers[f].iter().for_each(|&c| dirty[c] = true);
            }
            summaries[f] = Some(summary);
        }
        if !changed {
            break;
        }
    }
    let plans: Vec<plan::Plan> = program
        .iter()
        .enumerate()
        .map(|(f, lowered)| {
            let summary = summaries[f].as_ref();
            plan::plan(&lowered.func, &graphs[f], f, summary, &signatures, tables)
        })
        .collect();
    rewrite::apply(program, &plans, tables)
}

fn is_unreached(sig: &Signature) -> bool {
    sig.closed && sig.params.iter().any(|r| r.is_empty())
}

/// Functions whose only references are direct calls are closed; the others may be
/// given anything.
fn initial(program: &[Lowered], tables: &Tables) -> Vec<Signature> {
    let mut open = vec![false; program.len()];
    open[0] = true;
    for (open, lowered) in open.iter_mut().zip(program) {
        *open |= lowered.func.flags.exported;
    }
    for lowered in program {
        for inst in lowered.func.blocks.iter().flat_map(|b| &b.insts) {
            if matches!(
                inst.op,
                Op::MakeClosure | Op::CloneClosure | Op::GetFunction
            ) {
                open[inst.b as usize] = true;
            }
        }
    }
    for class in &tables.module.classes {
        let methods = class.methods.iter().filter_map(|m| m.func);
        for func in methods.chain(class.constructor).chain(class.static_init) {
            open[func.index()] = true;
        }
    }
    program
        .iter()
        .zip(open)
        .map(|(lowered, open)| {
            let func = &lowered.func;
            let closed = !open && func.receiver == Receiver::None;
            let params = func.regs[..func.params as usize]
                .iter()
                .map(|reg| match reg.repr {
                    Repr::F64 | Repr::I32 if closed => Range::EMPTY,
                    Repr::I32 => Range::I32,
                    _ => Range::ANY,
                })
                .collect();
            let counts = matches!(tables.repr(func.ret), Repr::F64 | Repr::I32);
            Signature {
                closed,
                params,
                ret: if counts { Range::EMPTY } else { Range::ANY },
            }
        })
        .collect()
}

fn callers(program: &[Lowered]) -> Vec<Vec<usize>> {
    let mut out = vec![Vec::new(); program.len()];
    for (f, lowered) in program.iter().enumerate() {
        for inst in lowered.func.blocks.iter().flat_map(|b| &b.insts) {
            if inst.op == Op::Call {
                let list: &mut Vec<usize> = &mut out[inst.b as usize];
                if list.last() != Some(&f) {
                    list.push(f);
                }
            }
        }
    }
    out
}

fn join_params(sig: &mut Signature, args: &[Range], round: u32) -> bool {
    if !sig.closed {
        return false;
    }
    let mut changed = false;
    for (known, &arg) in sig.params.iter_mut().zip(args) {
        changed |= grow(known, arg, round);
    }
    changed
}

fn join_ret(sig: &mut Signature, ret: Range, round: u32) -> bool {
    grow(&mut sig.ret, ret, round)
}

fn grow(known: &mut Range, new: Range, round: u32) -> bool {
    let joined = known.join(new);
    if joined == *known {
        return false;
    }
    *known = match round {
        r if r >= GIVE_UP_AFTER => Range::ANY,
        r if r >= WIDEN_AFTER => known.widen(joined, range::STEPS),
        _ => joined,
    };
    true
}
