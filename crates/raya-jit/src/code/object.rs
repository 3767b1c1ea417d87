//! Installed code: what is known about it while it may run.

use super::memory::CodeRange;
use crate::compile::{PieceKind, Request};
use crate::exits::record::ExitRecord;
use crate::translate::{InlineNode, Site, Tables};
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::refs::Ref;
use std::sync::Arc;
use std::sync::atomic::AtomicU8;

/// The code of one job, in place.
#[derive(Debug)]
pub struct CodeObject {
    /// Address of the function's `FuncInfo`.
    pub func: usize,
    /// The function's name.
    pub name: Box<str>,
    /// What was compiled.
    pub request: Request,
    /// Cleared when an assumption is dropped that the code relies on.
    pub valid: Arc<AtomicU8>,
    /// Where the code lies.
    pub range: CodeRange,
    /// First address.
    pub start: usize,
    /// Entries: what each is and where.
    pub entries: Vec<(PieceKind, usize)>,
    /// First number of its sites and exits.
    pub site_base: u32,
    /// Sites, exits, inline tree.
    pub tables: Tables,
    /// Return addresses and the local numbers of their sites, ascending.
    pub returns: Vec<(usize, u32)>,
    /// Time that compiling took, in microseconds.
    pub micros: u64,
}

impl CodeObject {
    /// The entry of a kind.
    pub fn entry(&self, kind: PieceKind) -> Option<usize> {
        self.entries.iter().find(|e| e.0 == kind).map(|e| e.1)
    }

    /// How many site numbers it takes.
    pub fn numbers(tables: &Tables) -> u32 {
        tables.sites.len().max(tables.exits.len()).max(1) as u32
    }

    /// The exit with this global number.
    pub fn exit(&self, number: u32) -> Option<&ExitRecord> {
        self.tables
            .exits
            .get(number.checked_sub(self.site_base)? as usize)
    }

    /// The site of a return address.
    pub fn site_at(&self, address: usize) -> Option<u32> {
        let at = self.returns.binary_search_by_key(&address, |r| r.0).ok()?;
        Some(self.returns[at].1)
    }

    /// The number of the opcode whose check an exit belongs to.
    pub fn op_of_exit(&self, exit: &ExitRecord) -> Option<u32> {
        let &Site { node, pc } = self.tables.sites.get(exit.site as usize)?;
        let func = self.tables.tree[node as usize].func as *const FuncInfo;
        // SAFETY: function records live as long as their engine.
        let func = unsafe { Ref::from_ptr(func) };
        let owner = func.owner.get()?;
        let function = owner.module.functions.get(func.index as usize)?;
        Some(function.code.get(pc as usize)?.op as u32)
    }

    /// Calls `visit` with the functions active at a site, innermost first.
    pub fn chain(&self, local: u32, mut visit: impl FnMut(usize, u32)) {
        let Some(&Site { node, pc }) = self.tables.sites.get(local as usize) else {
            return;
        };
        let mut at = Some((node, pc));
        while let Some((node, pc)) = at {
            let InlineNode { func, parent } = self.tables.tree[node as usize];
            visit(func, pc);
            at = parent;
        }
    }
}
