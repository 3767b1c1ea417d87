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

use crate::ir::Func;
use crate::ir::analysis::Graph;
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
    let mut graphs = Vec::with_capacity(program.len());
    for (lowered, touched) in program.iter_mut().zip(touched) {
        let func = &mut lowered.func;
        // What is emitted follows from these blocks; inlining has counted the others too.
        cleanup::renumber(func);
        if touched {
            simplify(func, tables);
        }
        graphs.push(share(func, tables));
    }
    let touched = ints::run(program, &graphs, tables);
    for ((lowered, touched), graph) in program.iter_mut().zip(touched).zip(graphs) {
        let func = &mut lowered.func;
        let graph = if touched {
            simplify(func, tables);
            share(func, tables)
        } else {
            graph
        };
        finish(func, graph, tables);
    }
}

/// Common subexpressions, and what becomes simpler by them; gives the graph.
fn share(func: &mut Func, tables: &mut Tables) -> Graph {
    let graph = Graph::new(func);
    if !cse::run(func, &graph) {
        return graph;
    }
    simplify(func, tables);
    Graph::new(func)
}

/// The last passes, which make the form that is emitted.
fn finish(func: &mut Func, mut graph: Graph, tables: &mut Tables) {
    coalesce::run(func);
    select::run(func, &graph, tables);
    dce::dead_stores(func, &graph);
    if cleanup::run(func) {
        graph = Graph::new(func);
    }
    merge::run(func, &graph);
}

/// Folding, removal of what is not needed, straightening of the graph. Straightening
/// lengthens blocks, so that the next round folds further.
fn simplify(func: &mut Func, tables: &mut Tables) {
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
