//! A linked function: what calls, both tiers and stack walkers need of it.

use std::sync::atomic::{AtomicI32, AtomicPtr, AtomicU8};

/// A linked function. `repr(C)`: interpreter handlers and compiled code read it at
/// fixed offsets. Lives as long as its engine; its address is its identity.
#[repr(C)]
pub struct FuncInfo {
    /// First threaded instruction, or the "translate me" stub before the first call.
    pub code: AtomicPtr<u8>,
    /// Typed native entry `(ctx, args…) -> result`: compiled code, or a thunk into
    /// the interpreter. Null until some compiled function needed it.
    pub cell: AtomicPtr<u8>,
    /// Native entry over a VM frame, `(ctx, fp)`: reads arguments from the frame's
    /// registers and leaves the result in `fp[-3]`. Null while not compiled.
    pub frame_entry: AtomicPtr<u8>,
    /// Calls and loop rounds left before the function is handed to the compiler.
    pub hotness: AtomicI32,
    /// Number of registers.
    pub nregs: u32,
    /// Number of declared parameters (hidden ones not counted).
    pub nparams: u16,
    /// Hidden registers before them (0, 1, 2).
    pub hidden: u8,
    /// Compiled code is valid: cleared when an assumption it holds is dropped.
    pub valid: AtomicU8,
    /// Engine-wide id of the interned signature.
    pub sig: u32,
    /// Index of the module and of the function in it.
    pub module: u32,
    /// See `module`.
    pub index: u32,
    /// Budget weight of an entry.
    pub weight: u32,
    /// Inline-cache cells of the function's code, one word each, published atomically.
    pub caches: AtomicPtr<u64>,
}
