//! Which opcodes ran, and which of them threw: counters for the coverage report.
//!
//! Owns the counts of one engine. Counting costs a table lookup per instruction, so it
//! exists only in engines made for it.

use std::cell::Cell;

use crate::code::CodeBlock;
use crate::instr::{Fp, Ip};
use crate::stubs;
use crate::threaded_op::ThreadedOp;
use crate::translate::site;
use raya_bytecode::Op;
use raya_runtime::func::FuncInfo;

/// Counts by opcode number.
type Counts = Box<[Cell<u64>]>;

/// What an engine counted.
pub struct Coverage {
    executed: Counts,
    threw: Counts,
    collected: Counts,
}

impl Coverage {
    pub(crate) fn new() -> Self {
        let counts = || vec![Cell::new(0); 256].into_boxed_slice();
        Self {
            executed: counts(),
            threw: counts(),
            collected: counts(),
        }
    }

    /// The operation at `ip`, a stub or an instruction of the function of `fp`.
    ///
    /// Handlers do not tell: the compiler merges those with equal bodies.
    ///
    /// # Safety
    /// `ip` and `fp` are a position of the running activation.
    pub(crate) unsafe fn operation(ip: Ip, fp: Fp) -> ThreadedOp {
        if let Some(op) = stubs::operation(ip) {
            return op;
        }
        // SAFETY: the caller's promise: the frame's header holds its function.
        let func = unsafe { &*(*fp.sub(1) as *const FuncInfo) };
        CodeBlock::of(func)
            .and_then(|block| block.op(ip))
            .unwrap_or(ThreadedOp::Halt)
    }

    /// Counts the instruction at `ip` as executed; gives its opcode.
    ///
    /// # Safety
    /// `ip` lies in the code of the function of `fp`.
    pub(crate) unsafe fn executed(&self, ip: Ip, fp: Fp) -> Op {
        // SAFETY: the caller's promise.
        let (_, instr) = unsafe { site(ip, fp) };
        bump(&self.executed, instr.op);
        instr.op
    }

    /// Counts an instruction during which the heap was collected.
    pub(crate) fn collected(&self, op: Op) {
        bump(&self.collected, op);
    }

    /// Counts the instruction at `ip` as throwing.
    ///
    /// # Safety
    /// As for [`Self::executed`].
    pub(crate) unsafe fn threw(&self, ip: Ip, fp: Fp) {
        // SAFETY: the caller's promise.
        let (_, instr) = unsafe { site(ip, fp) };
        bump(&self.threw, instr.op);
    }

    /// How often an opcode was executed.
    pub fn count(&self, op: Op) -> u64 {
        self.executed[op as usize].get()
    }

    /// How often the heap was collected during an opcode in the interpreter.
    pub fn count_collected(&self, op: Op) -> u64 {
        self.collected[op as usize].get()
    }

    /// How often an opcode threw in the interpreter.
    pub fn count_threw(&self, op: Op) -> u64 {
        self.threw[op as usize].get()
    }
}

fn bump(counts: &Counts, op: Op) {
    if let Some(count) = counts.get(op as usize) {
        count.set(count.get() + 1);
    }
}
