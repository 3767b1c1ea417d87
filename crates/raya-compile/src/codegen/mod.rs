//! From IR to bytecode: block order, slots, instructions.
//!
//! Owns the decisions about frames. Must not know: the typed tree, types beyond
//! their identity.

mod alloc;
mod branch;
mod emit;
mod intervals;
mod layout;
mod relax;
mod windows;

use crate::ir::analysis::Graph;
use crate::ir::liveness::Liveness;
use crate::ir::{At, Func};
use intervals::Intervals;
use raya_bytecode::{Function, InlineSite, TypeId};
use raya_syntax::LineCol;
use windows::Windows;

/// A frame that does not fit the bytecode's operands.
#[derive(Debug)]
pub struct FrameTooLarge;

/// Turns a function into bytecode. `locate` gives the line and column of an offset in
/// the file of an inline chain's function.
pub fn generate(
    func: &Func,
    filler: TypeId,
    locate: &mut dyn FnMut(u32, At) -> LineCol,
) -> Result<Function, FrameTooLarge> {
    let graph = Graph::new(func);
    let layout = layout::order(func, &graph);
    let live = Liveness::new(func, &graph.order);
    let intervals = Intervals::new(func, &layout, &live);
    let windows = Windows::new(func, &layout, &intervals);
    let allocation = alloc::allocate(func, &intervals, windows);
    if !emit::addressable(allocation.types.len()) {
        return Err(FrameTooLarge);
    }
    let code = emit::emit(func, &layout, &intervals, &allocation);
    let mut place = |at: At| locate(func.inlined[at.inline as usize].file, at);
    let positions = code
        .positions
        .iter()
        .map(|p| {
            let at = place(p.at);
            p.resolve(at.line, at.column)
        })
        .collect();
    let inlined = chains(func, &mut place);
    let weight = code.code.len().clamp(1, u16::MAX as usize) as u16;
    Ok(Function {
        name: func.name,
        qualified: func.qualified,
        param_names: func.param_names.clone(),
        receiver: func.receiver,
        sig: func.sig,
        regs: allocation
            .types
            .iter()
            .map(|t| t.unwrap_or(filler))
            .collect(),
        captures: func.captures.clone(),
        code: code.code,
        handlers: code.handlers,
        positions,
        inlined,
        loops: code.loops,
        weight,
        flags: func.flags,
    })
}

/// The chains of inlined calls with lines and columns; entry 0 is the function itself.
fn chains(func: &Func, place: &mut dyn FnMut(At) -> LineCol) -> Vec<InlineSite> {
    let own = LineCol { line: 0, column: 0 };
    let entry = |(i, site): (usize, &crate::ir::Inlined)| {
        let at = if i == 0 { own } else { place(site.call) };
        InlineSite {
            func: site.name,
            parent: site.call.inline,
            line: at.line,
            column: at.column,
            builtin: site.builtin,
        }
    };
    func.inlined.iter().enumerate().map(entry).collect()
}

#[cfg(test)]
mod tests;
