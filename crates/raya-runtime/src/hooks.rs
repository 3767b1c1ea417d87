//! The seam to the tiers: what the runtime calls and does not depend on.
//!
//! The interpreter installs [`Hooks`] when an engine is made, the JIT its [`CodeMap`]
//! when it is first used. Runtime code never calls into a tier by any other way.

use std::ops::Range;

use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::refs::Ref;
#[cfg(doc)]
use crate::type_info::type_flags;

/// What the interpreter provides.
#[derive(Clone, Copy)]
pub struct Hooks {
    /// Runs `func` over a frame whose first register is at `fp`: header below it, hidden
    /// and declared arguments in its first registers in register format. Returns when
    /// that function returns; the result is in `fp[-3]` unless `ctx.pending` is set. It pushes
    /// the transition link, enters compiled code where there is some, and checks
    /// the stack limits.
    pub call_frame: fn(ctx: &mut Ctx, func: Ref<FuncInfo>, fp: *mut u64),
    /// The bytecode index of the threaded instruction at `ip` in code of `func`.
    pub pc_of: fn(func: Ref<FuncInfo>, ip: *const u8) -> u32,
    /// Some classes are plain no more ([`type_flags::ASKS_FIELDS`]): translated code asks for
    /// their fields from now on, in running activations, too.
    pub fields_ask: fn(ctx: &mut Ctx),
    /// What the interpreter keeps per engine; the engine library keeps it alive.
    pub state: *const (),
}

/// One interpreter frame that compiled code leaves behind at an exit: outer ones with
/// their call instruction, the innermost with the instruction to execute next.
#[derive(Clone, Copy, Debug)]
#[repr(C)]
pub struct ResumeFrame {
    /// Its function.
    pub func: *const FuncInfo,
    /// Bytecode index of the instruction.
    pub pc: u32,
}

/// Receives the functions that are active at a place in machine code, innermost
/// (inlined) first, each with its bytecode index.
pub type FrameVisitor<'a> = dyn FnMut(Ref<FuncInfo>, u32) + 'a;

/// What the JIT provides: from machine code to functions.
pub trait CodeMap {
    /// The addresses that compiled code may have.
    fn range(&self) -> Range<usize>;
    /// A major collection found these words of that range on stacks and nowhere else: code
    /// that is not entered any more and that no word points into may be freed.
    fn collected(&self, words: &mut [usize]);
    /// The functions active at the call that returns to `address`. False when the
    /// address lies in no compiled code.
    fn at_return(&self, address: usize, visit: &mut FrameVisitor<'_>) -> bool;
    /// The functions active at the call site `site` of the compiled frame at `native_fp`.
    fn at_site(&self, native_fp: usize, site: u32, visit: &mut FrameVisitor<'_>);
}
