//! Optimisations on the IR: a fixed sequence, each pass over a whole function.
//!
//! Order: clean-up and folding per function; constants of the module; inlining,
//! callees before callers; folding again; integers; instruction selection. Every
//! pass keeps the meaning of the program exactly, the order and place of errors
//! included.
//! Must not know: the typed tree, frame slots.

mod cleanup;
mod coalesce;
mod constants;
mod cse;
mod dce;
mod facts;
mod fold;
mod globals;
mod inline;
pub mod ints;
mod merge;
mod prune;
mod select;

use crate::lower::Lowered;
use crate::tables::Tables;

/// Optimises a whole program; function 0 is the top level.
pub fn run(program: &mut Vec<Lowered>, tables: &mut Tables) {
    for lowered in program.iter_mut() {
        simplify(&mut lowered.func, tables);
    }
    // Only what a pass changed is simplified again.
    let mut touched = globals::propagate(program, tables);
    inline::run(program, tables, &mut touched);
    prune::run(program, tables, &mut touched);
    touched[0] |= globals::promote(program, tables);
    for (lowered, touched) in program.iter_mut().zip(touched) {
        let func = &mut lowered.func;
        // What is emitted follows from these blocks; inlining has counted the others too.
        cleanup::renumber(func);
        if touched {
            simplify(func, tables);
        }
        if cse::run(func) {
            simplify(func, tables);
        }
    }
    let touched = ints::run(program, tables);
    for (lowered, touched) in program.iter_mut().zip(touched) {
        let func = &mut lowered.func;
        if touched {
            simplify(func, tables);
            if cse::run(func) {
                simplify(func, tables);
            }
        }
        coalesce::run(func);
        select::run(func, tables);
        dce::dead_stores(func);
        cleanup::run(func);
        merge::run(func);
    }
}

/// Folding, removal of what is not needed, straightening of the graph. Straightening
/// lengthens blocks, so that the next round folds further.
fn simplify(func: &mut crate::ir::Func, tables: &mut Tables) {
    for round in 0..3 {
        let folded = fold::run(func, tables);
        if folded || round == 0 {
            dce::unused(func);
        }
        let straightened = cleanup::run(func);
        if !folded && !straightened {
            break;
        }
    }
}
