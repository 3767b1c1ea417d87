//! The context: what running code of one task can see, passed to every handler,
//! compiled function and helper.
//!
//! Fields are at fixed offsets (`repr(C)`); compiled code addresses them with
//! `offset_of!`. The context belongs to a task and its address is valid on any
//! thread; allocation cursors are behind `Ctx::heap` and are re-read after every
//! call or poll.
//!
//! Invariant: before an instruction or helper that may throw, collect or run user code,
//! the innermost activation has stored where it is: the interpreter `fp` and `ip`,
//! compiled code `native_fp` and `site`.

use crate::engine::Engine;
use crate::func::FuncInfo;
use crate::mem::abi::Thrown;
use crate::mem::value::Value;

/// State of one running task. See the module's header.
#[repr(C)]
pub struct Ctx {
    /// Remaining budget: every function entry and loop round subtracts its weight;
    /// below zero the slow path runs (timeout, collection request, cancellation).
    pub budget: i64,
    /// The exception in flight, 0 for none.
    pub pending: u64,
    /// Lowest address that the native stack may reach in a function's prologue.
    pub stack_limit: usize,
    /// End of the VM stack less the reserve of one frame header.
    pub vm_limit: *mut u64,
    /// First VM slot that is free for a new activation; stored by the interpreter together
    /// with `fp` and `ip`. VM stack roots end here.
    pub vm_top: *mut u64,
    /// First slot of the VM stack.
    pub vm_base: *mut u64,
    /// Module variables of the engine, eight bytes each in register format.
    pub globals: *mut u64,
    /// Frame of the innermost interpreter activation, stored before anything that
    /// may throw, collect or run user code; null before the first.
    pub fp: *mut u64,
    /// Instruction of the innermost interpreter activation, stored with `fp`.
    pub ip: *const u8,
    /// Frame pointer of the innermost compiled activation, stored before helper calls.
    pub native_fp: usize,
    /// Call site of the innermost compiled activation: index into its side table.
    pub site: u32,
    /// Why the interpreter loop stopped (`StopReason`).
    pub stop: u32,
    /// Innermost transition between tiers.
    pub link: *mut Link,
    /// Scratch for results of stubs that cannot return one.
    pub ret: u64,
    /// The heap, whose allocation cursors are at `raya_heap::BUMP_OFFSET`.
    pub heap: *mut u8,
    /// Start of the type region: a handle is an offset from here.
    pub types: *const u8,
    /// The engine.
    pub engine: *const Engine,
    /// Calls per helper, indexed by `HelperId`; null while nobody counts.
    pub counters: *mut u64,
    /// Highest address of the native stack that the task runs on.
    pub stack_base: usize,
    /// Stands in for the cells of sites that have none of their own; stays empty.
    pub no_cell: [u64; crate::caches::WAYS],
    /// Nesting of runtime code that calls itself along a program's data or through user code.
    pub depth: u32,
}

/// A change of tier on the native stack, pushed by whoever enters the other tier
/// and popped when that returns. Stack walkers follow the chain.
#[repr(C)]
pub struct Link {
    /// The next outer transition.
    pub prev: *mut Link,
    /// What was entered.
    pub kind: LinkKind,
    /// At an exit: the compiled activation that the interpreter replaces is skipped. At an
    /// entry into the middle of a loop: the interpreter's frame that compiled code
    /// replaces is.
    pub replaces: bool,
    /// The interpreter's frame and instruction at an entry into compiled code, and the
    /// outer activation's when Rust code starts another.
    pub fp: *mut u64,
    /// See `fp`.
    pub ip: *const u8,
    /// Compiled code's frame pointer at an entry into the interpreter.
    pub native_fp: usize,
    /// Compiled code's call site there.
    pub site: u32,
    /// `vm_top` at the entry, restored when it returns.
    pub vm_top: *mut u64,
}

/// Which way a [`Link`] goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u32)]
pub enum LinkKind {
    /// The interpreter called compiled code.
    Compiled = 0,
    /// Compiled code or Rust code started an interpreter activation.
    Interpreter = 1,
}

impl Ctx {
    /// Takes the exception in flight.
    pub fn take_pending(&mut self) -> Option<Value> {
        let v = std::mem::take(&mut self.pending);
        (v != 0).then_some(Value(v))
    }

    /// Puts `v` in flight, without capturing a trace.
    #[cold]
    pub fn set_pending(&mut self, v: Value) -> Thrown {
        self.pending = v.0;
        Thrown
    }
}

/// What a function reference in a call window points to.
pub type Callee = *const FuncInfo;
