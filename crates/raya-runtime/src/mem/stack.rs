//! The VM stack as runtime code uses it, and the creation of contexts.
//!
//! Runtime code that calls a function lays out a window at [`Ctx::stack_top`] exactly
//! as the interpreter does for its own calls. Knows frame headers, no instructions.

use raya_bytecode::FRAME_HEADER;

use crate::ctx::{Ctx, LinkKind};
use crate::engine::Engine;
use crate::func::FuncInfo;
use crate::mem::region::Region;
use crate::mem::slots::Slots;

/// Words of a frame header.
pub const HEADER_WORDS: usize = FRAME_HEADER as usize;
/// Slots kept free at the end of the VM stack.
const VM_RESERVE: usize = 64;
/// Bytes of native stack that the prologue's check leaves for helpers.
const NATIVE_RESERVE: usize = 64 << 10;

impl Ctx {
    /// A context for `engine` on a VM stack and the native stack that ends at `stack_base`.
    pub(crate) fn new(engine: &Engine, stack: &Region, stack_base: usize) -> Ctx {
        let base: *mut u64 = stack.start().cast();
        let slots = stack.len() / 8;
        // A thread's stack may be smaller than what the options allow to use.
        let lowest = raya_heap::stack_bounds().map_or(0, |bounds| bounds.start);
        Ctx {
            budget: i64::MAX / 2,
            pending: 0,
            stack_limit: stack_base
                .saturating_sub(engine.options.native_stack)
                .max(lowest)
                .saturating_add(NATIVE_RESERVE),
            vm_limit: base.wrapping_add(slots - VM_RESERVE),
            vm_top: base,
            vm_base: base,
            globals: engine.globals.base(),
            fp: std::ptr::null_mut(),
            ip: std::ptr::null(),
            native_fp: 0,
            site: 0,
            stop: 0,
            link: std::ptr::null_mut(),
            ret: 0,
            heap: engine.heap_address(),
            types: engine.types.base(),
            engine,
            counters: std::ptr::null_mut(),
            stack_base,
            no_cell: [0; crate::caches::WAYS],
            depth: 0,
        }
    }

    /// The first free slot of the VM stack. The interpreter stores it with `fp` and `ip`
    /// before anything that may need it.
    #[inline]
    pub fn stack_top(&self) -> *mut u64 {
        self.vm_top
    }

    /// What the innermost transition entered.
    pub fn innermost(&self) -> Option<LinkKind> {
        // SAFETY: links live in the frames of whoever pushed them, until popped.
        (!self.link.is_null()).then(|| unsafe { (*self.link).kind })
    }

    /// A window at the top of the stack for a callee with `nregs` registers; none when
    /// the VM stack or the native stack has no room.
    pub(crate) fn new_window(&mut self, nregs: usize) -> Option<Slots> {
        let top = self.stack_top();
        let end = top.wrapping_add(HEADER_WORDS + nregs);
        if end > self.vm_limit || native_position() < self.stack_limit {
            return None;
        }
        // SAFETY: the window lies in the VM stack, above everything that is in use.
        Some(unsafe { Slots::new(top) })
    }
}

impl Ctx {
    /// Whether so little native stack is left that runtime code must not recurse further.
    pub(crate) fn native_stack_is_low(&self) -> bool {
        native_position() < self.stack_limit
    }
}

/// About where the native stack pointer is.
#[inline(always)]
fn native_position() -> usize {
    let here = 0u8;
    std::ptr::from_ref(&here) as usize
}

/// The function of a frame.
///
/// # Safety
/// `fp` is the first register of a frame whose header is written.
#[inline(always)]
pub unsafe fn frame_func(fp: *mut u64) -> *const FuncInfo {
    // SAFETY: by the caller.
    unsafe { *fp.sub(1) as *const FuncInfo }
}
