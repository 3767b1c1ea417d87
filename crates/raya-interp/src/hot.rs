//! Slow paths of calls and back-edges: translation, budget, hotness, compiled code.
//!
//! A function's or loop's counter counts down a *slice* of rounds; when it runs out
//! the slow path charges the budget for the whole slice, polls, and asks the tier-up
//! hook once the total reached the threshold. One counter thus serves fuel, polls and
//! hotness, and the hot path pays for one decrement.
//!
//! Invariant: a function whose counter is not negative has been translated.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use crate::code::{CodeBlock, LoopState};
use crate::instr::{Cx, Fp, Ip, Next, cd};
use crate::state::{FUNCTION, state_of};
use crate::translate::site;
use crate::{enter, stubs, translate};
use raya_bytecode::Op;
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::refs::Ref;

/// The longest slice: bounds the rounds between two polls.
const MAX_SLICE: u32 = 1024;

/// The slice until the counter's next expiry, `done` rounds into the count.
pub(crate) fn next_slice(threshold: Option<u32>, done: u64) -> u32 {
    match threshold {
        Some(t) if (t as u64) > done => MAX_SLICE.min((t as u64 - done) as u32),
        _ => MAX_SLICE,
    }
}

/// Finishes a call made at `ctx.ip` in frame `ctx.fp`; `new` is the callee's frame.
///
/// # Safety
/// The window of `new` holds the callee and its arguments.
#[cold]
#[inline(never)]
pub(crate) unsafe fn call_slow(new: Fp, cx: Cx) -> Next {
    // SAFETY: the caller's promise; see `handlers`.
    unsafe {
        let (ip, fp) = ((*cx).ip as Ip, (*cx).fp);
        let caller = &*(*fp.sub(1) as *const FuncInfo);
        (*cx).vm_top = fp.add(caller.nregs as usize);
        let func = Ref::from_ptr(*new.sub(1) as *const FuncInfo);
        match prepare(func, new, cx) {
            Prepared::Threw => (stubs::UNWIND.ip(), fp),
            Prepared::Native => {
                enter::native_from_interpreter(func, new, cx);
                if (*cx).pending != 0 {
                    return (stubs::UNWIND.ip(), fp);
                }
                (ip.add(1), fp)
            }
            Prepared::Code(first) => {
                *new.sub(2) = fp as u64;
                *new.sub(3) = ip.add(1) as u64;
                (first, new)
            }
        }
    }
}

/// How a function is to be entered.
pub(crate) enum Prepared {
    /// At its first threaded instruction.
    Code(Ip),
    /// Through its native frame entry.
    Native,
    /// Not at all: `ctx.pending` says why.
    Threw,
}

/// Makes `func` ready to run over the frame `new`: room, code, poll, tier.
///
/// # Safety
/// `ctx` says where the caller is, and `new` lies on the VM stack.
pub(crate) unsafe fn prepare(func: Ref<FuncInfo>, new: Fp, cx: Cx) -> Prepared {
    // SAFETY: the caller's promise.
    unsafe {
        if new.add(func.nregs as usize) > (*cx).vm_limit {
            raya_runtime::helpers::entry::throw_stack_overflow(cx);
            return Prepared::Threw;
        }
        if func.hotness.load(Relaxed) < 0 {
            if !func.frame_entry.load(Acquire).is_null() {
                func.hotness.store(0, Relaxed);
                return Prepared::Native;
            }
            if !expired(func, cx) {
                return Prepared::Threw;
            }
            if !func.frame_entry.load(Acquire).is_null() {
                func.hotness.store(0, Relaxed);
                return Prepared::Native;
            }
        }
        Prepared::Code(func.code.load(Acquire).cast_const().cast())
    }
}

/// The counter of `func` ran out: translates it at its first call, charges the budget
/// for the calls since then, polls, and asks for compiled code. False when it threw.
unsafe fn expired(func: Ref<FuncInfo>, cx: Cx) -> bool {
    // SAFETY: the caller's promise.
    unsafe {
        let state = state_of(cx);
        let first = CodeBlock::of(&func).is_none();
        let Some(block) = translate::block_of(cx, func) else {
            return false;
        };
        if !first {
            let slice = block.slice.get() as u32;
            block.calls.set(block.calls.get() + slice as u64);
            if !charge(cx, slice, func.weight) {
                return false;
            }
        }
        let calls = block.calls.get();
        if let Some(threshold) = state.threshold()
            && calls >= threshold as u64
        {
            state.tier_up(cx, func, FUNCTION);
        }
        let slice = next_slice(state.threshold(), calls);
        block.slice.set(slice as i32);
        // The call that is being made now is the first of the slice.
        func.hotness.store(slice as i32 - 1, Relaxed);
        true
    }
}

/// Takes `rounds` rounds of `weight` from the budget and polls when it is used up.
/// False when the poll threw.
unsafe fn charge(cx: Cx, rounds: u32, weight: u32) -> bool {
    // SAFETY: the context is the running one.
    unsafe {
        (*cx).budget -= rounds as i64 * weight as i64;
        if (*cx).budget < 0 {
            raya_runtime::helpers::entry::poll(cx);
        }
        (*cx).pending == 0
    }
}

/// Finishes the back-edge at `ctx.ip` of the frame `fp`.
///
/// # Safety
/// `ctx.ip` is a loop instruction of the function of `fp`.
#[cold]
#[inline(never)]
pub(crate) unsafe fn loop_slow(fp: Fp, cx: Cx) -> Next {
    // SAFETY: the caller's promise.
    unsafe {
        let ip = (*cx).ip as Ip;
        let func = Ref::from_ptr(*fp.sub(1) as *const FuncInfo);
        (*cx).fp = fp;
        (*cx).vm_top = fp.add(func.nregs as usize);
        let wide = site(ip, fp).1.op == Op::LoopWide;
        let edge = BackEdge { ip, wide };
        let target = edge.target();
        let Some(block) = CodeBlock::of(&func) else {
            return (target, fp);
        };
        let Some((index, looped)) = block.loop_at(block.pc(target)) else {
            edge.restart(MAX_SLICE as u16);
            return (target, fp);
        };
        let slice = looped.slice.get();
        looped.rounds.set(looped.rounds.get() + slice as u64);
        edge.restart(slice);
        if !charge(cx, slice as u32, looped.weight as u32) {
            return (stubs::UNWIND.ip(), fp);
        }
        let state = state_of(cx);
        let entry = match state.threshold() {
            Some(t) if looped.rounds.get() >= t as u64 => state.tier_up(cx, func, index),
            _ => std::ptr::null(),
        };
        if entry.is_null() {
            let slice = next_slice(state.threshold(), looped.rounds.get()) as u16;
            edge.set_slice(looped, slice);
            return (target, fp);
        }
        enter_loop(entry, edge, looped, fp, cx)
    }
}

/// Continues the loop in compiled code, and after it returned wherever it left.
unsafe fn enter_loop(entry: *const u8, edge: BackEdge, looped: &LoopState, fp: Fp, cx: Cx) -> Next {
    // SAFETY: `entry` came from the tier-up hook for this loop.
    unsafe {
        match enter::loop_from_interpreter(entry, cx) {
            OsrEnd::Returned => {
                edge.set_slice(looped, 1);
                let result = (*cx).ret;
                let (return_to, caller) = (*fp.sub(3) as Ip, *fp.sub(2) as Fp);
                *fp.sub(3) = result;
                (return_to, caller)
            }
            OsrEnd::Exited => {
                // A loop that leaves soon after each entry is entered ever more rarely.
                let exits = looped.exits.get().saturating_add(1);
                looped.exits.set(exits);
                edge.set_slice(looped, 1 << exits.min(10));
                if (*cx).pending != 0 {
                    return (stubs::UNWIND.ip(), (*cx).fp);
                }
                ((*cx).ip.cast(), (*cx).fp)
            }
            OsrEnd::Threw => leave_throwing(fp, cx),
        }
    }
}

/// How compiled code that was entered in the middle of a loop ended.
pub(crate) enum OsrEnd {
    /// The function returned; the result is in `ctx.ret`.
    Returned,
    /// To be continued at `ctx.ip`, `ctx.fp`.
    Exited,
    /// `ctx.pending` leaves the frame.
    Threw,
}

/// Unwinds from the caller of `fp`: the exception was not for this frame.
unsafe fn leave_throwing(fp: Fp, cx: Cx) -> Next {
    // SAFETY: the frame's header links it to its caller.
    unsafe {
        let caller = *fp.sub(2) as Fp;
        if caller.is_null() {
            return (stubs::HALT.ip(), fp);
        }
        (*cx).fp = caller;
        (*cx).ip = (*fp.sub(3) as Ip).sub(1).cast();
        (stubs::UNWIND.ip(), caller)
    }
}

/// A back-edge instruction.
struct BackEdge {
    ip: Ip,
    /// It has a 32-bit displacement, and its counter in another operand.
    wide: bool,
}

impl BackEdge {
    /// The loop header that it leads to.
    unsafe fn target(&self) -> Ip {
        // SAFETY: `ip` is a loop instruction of that form.
        unsafe {
            let near = (*self.ip).c as i16 as isize;
            self.ip.offset(if self.wide {
                cd(self.ip) as isize
            } else {
                near
            })
        }
    }

    /// Sets the loop's slice, in force from now on for this back-edge.
    unsafe fn set_slice(&self, looped: &LoopState, slice: u16) {
        looped.slice.set(slice);
        // SAFETY: the caller's promise.
        unsafe { self.restart(slice) }
    }

    /// Restarts the round counter.
    unsafe fn restart(&self, rounds: u16) {
        // SAFETY: as in `jumps`: the counter is a field of writable memory.
        unsafe {
            let ip = self.ip;
            let counter = if self.wide {
                &raw const (*ip).b
            } else {
                &raw const (*ip).d
            };
            *counter.cast_mut() = rounds.max(1);
        }
    }
}
