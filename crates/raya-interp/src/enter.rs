//! Starting and resuming activations: the doors between the tiers.
//!
//! Owns the transition links: whoever enters the other tier pushes a [`Link`] that
//! lives in its native frame and pops it when that returns. Everything about the outer
//! activation that the context holds is saved in the link and restored from it.

use std::rc::Rc;
use std::sync::atomic::Ordering::Acquire;

use crate::backend;
use crate::code::CodeBlock;
use crate::hot::{OsrEnd, Prepared, prepare};
use crate::instr::{Cx, Fp, Ip};
use crate::state::State;
use crate::stubs;
use raya_bytecode::FRAME_HEADER;
use raya_runtime::ctx::{Ctx, Link, LinkKind};
use raya_runtime::engine::Engine;
use raya_runtime::func::FuncInfo;
use raya_runtime::hooks::{Hooks, ResumeFrame};
use raya_runtime::mem::abi::FrameEntry;
use raya_runtime::mem::refs::Ref;
use raya_runtime::raya_fn;

/// Native entry into the middle of a loop: `(ctx, fp) -> status`.
type LoopEntry = raya_fn!((*mut Ctx, *mut u64) -> u64);

/// Status of a `LoopEntry`: the function returned, its result is in `ctx.ret`.
pub const OSR_RETURNED: u64 = 0;
/// Status of a `LoopEntry`: continue at `ctx.ip`, `ctx.fp`.
pub const OSR_EXITED: u64 = 1;

/// Makes this crate the interpreter of an engine.
///
/// `state` must outlive everything that runs in the engine: whoever made the engine
/// keeps it.
pub fn install(engine: &Engine, state: &Rc<State>) {
    engine.hooks.set(Some(Hooks {
        call_frame,
        pc_of,
        fields_ask: crate::translate::ask_for_fields,
        state: Rc::as_ptr(state).cast(),
    }));
}

/// The program counter of an instruction of `func`.
fn pc_of(func: Ref<FuncInfo>, ip: *const u8) -> u32 {
    CodeBlock::of(&func).map_or(0, |block| block.pc(ip.cast()))
}

/// Runs `func` over the frame at `fp`; the implementation of the runtime's hook.
///
/// Arguments are in the frame's first registers; the header words are written here.
/// The result is in `fp[-3]` unless `ctx.pending` is set.
///
/// The caller vouches for `fp`: on the VM stack, with room for a header below it.
#[allow(
    clippy::not_unsafe_ptr_arg_deref,
    reason = "reached through the hook, whose contract is the runtime's"
)]
pub fn call_frame(ctx: &mut Ctx, func: Ref<FuncInfo>, fp: *mut u64) {
    let cx: Cx = ctx;
    // SAFETY: the contract of the hook.
    unsafe {
        if !native_stack_left(cx) {
            raya_runtime::helpers::entry::throw_stack_overflow(cx);
            return;
        }
        with_link(cx, LinkKind::Interpreter, false, || {
            *fp.sub(1) = func.addr() as u64;
            (*cx).vm_top = fp.add(func.nparams as usize + func.hidden as usize);
            match prepare_entry(func, fp, cx) {
                Prepared::Threw => {}
                Prepared::Native => {
                    // No interpreter frame lies between: walkers go on at the outer link.
                    (*cx).fp = std::ptr::null_mut();
                    native_from_interpreter(func, fp, cx);
                }
                Prepared::Code(first) => {
                    *fp.sub(2) = 0;
                    *fp.sub(3) = stubs::HALT.ip() as u64;
                    backend::run(first, fp, cx);
                }
            }
        });
    }
}

/// As a call instruction does: counts the call, then prepares it.
unsafe fn prepare_entry(func: Ref<FuncInfo>, fp: Fp, cx: Cx) -> Prepared {
    use std::sync::atomic::Ordering::Relaxed;
    let left = func.hotness.load(Relaxed).wrapping_sub(1);
    func.hotness.store(left, Relaxed);
    // SAFETY: the caller's promise.
    unsafe { prepare(func, fp, cx) }
}

/// Whether the native stack has room for another activation.
fn native_stack_left(cx: Cx) -> bool {
    let here = 0u8;
    // SAFETY: the context is the running one.
    let limit = unsafe { (*cx).stack_limit };
    (&raw const here) as usize > limit
}

/// Calls the native frame entry of `func` from the interpreter, whose position is in
/// `ctx.ip`, `ctx.fp`.
///
/// # Safety
/// `func` has a frame entry and `new` holds its arguments.
pub(crate) unsafe fn native_from_interpreter(func: Ref<FuncInfo>, new: Fp, cx: Cx) {
    // SAFETY: a published frame entry is code of that type.
    unsafe {
        let entry = func.frame_entry.load(Acquire);
        let entry = std::mem::transmute::<*mut u8, FrameEntry>(entry);
        // An interpreted callee overwrites its header and what lies above the arguments, which
        // is dead to the caller. Compiled code does not, and what is left of earlier calls
        // there would keep garbage alive for as long as this one runs.
        *new.sub(2) = 0;
        *new.sub(3) = 0;
        with_link(cx, LinkKind::Compiled, false, || {
            (*cx).vm_top = new.add(func.nparams as usize + func.hidden as usize);
            entry(cx, new);
        });
    }
}

/// Enters compiled code at the loop of the frame `ctx.fp`.
///
/// # Safety
/// `entry` is the compiled entry of the loop at `ctx.ip`.
pub(crate) unsafe fn loop_from_interpreter(entry: *const u8, cx: Cx) -> OsrEnd {
    // SAFETY: the caller's promise.
    unsafe {
        let entry = std::mem::transmute::<*const u8, LoopEntry>(entry);
        let (status, ip, fp) = with_link(cx, LinkKind::Compiled, true, || {
            let status = entry(cx, (*cx).fp);
            // An exit leaves its position in the context, which the link restores.
            (status, (*cx).ip, (*cx).fp)
        });
        match status {
            OSR_RETURNED => OsrEnd::Returned,
            OSR_EXITED => {
                (*cx).ip = ip;
                (*cx).fp = fp;
                OsrEnd::Exited
            }
            _ => OsrEnd::Threw,
        }
    }
}

/// Builds the headers of the frames of an exit: `frames` from the outermost, whose
/// register 0 is at `fp`, to the innermost. Each inner frame lies in the window of its
/// caller's call instruction, where the registers already are. Gives the innermost
/// position.
///
/// # Safety
/// The registers are in place and every function has been translated or can be.
unsafe fn build_frames(cx: Cx, fp: Fp, frames: &[ResumeFrame]) -> (Ip, Fp) {
    // SAFETY: the caller's promise.
    unsafe {
        let mut fp = fp;
        let mut position = (stubs::HALT.ip(), fp);
        for (depth, frame) in frames.iter().enumerate() {
            let func = Ref::from_ptr(frame.func);
            let Some(block) = crate::translate::block_of(cx, func) else {
                unreachable!("compiled code was translated before");
            };
            *fp.sub(1) = func.addr() as u64;
            position = (block.at(frame.pc), fp);
            if depth + 1 < frames.len() {
                let base = (*block.at(frame.pc)).a as usize;
                let inner = fp.add(base + FRAME_HEADER as usize);
                *inner.sub(2) = fp as u64;
                *inner.sub(3) = block.at(frame.pc + 1) as u64;
                fp = inner;
            }
        }
        position
    }
}

/// Leaves `ctx.ip`, `ctx.fp` at the innermost frame of an exit out of code that was
/// entered in the middle of a loop; the outermost frame is the interpreter's own.
///
/// # Safety
/// See `build_frames`.
pub unsafe fn materialise(ctx: *mut Ctx, fp: *mut u64, frames: &[ResumeFrame]) {
    // SAFETY: the caller's promise.
    unsafe {
        let (ip, fp) = build_frames(ctx, fp, frames);
        (*ctx).ip = ip.cast();
        (*ctx).fp = fp;
    }
}

/// Interprets what is left of a compiled activation, until its outermost frame
/// returns: the result is then in `fp[-3]`, or `ctx.pending` is set. With an exception
/// already pending it starts by unwinding from the innermost position.
///
/// # Safety
/// See `build_frames`; `fp` lies on the VM stack at or above `ctx.vm_top`, with room for
/// every frame.
pub unsafe fn resume_at(ctx: *mut Ctx, fp: *mut u64, frames: &[ResumeFrame]) {
    let cx: Cx = ctx;
    // SAFETY: the caller's promise.
    unsafe {
        with_link(cx, LinkKind::Interpreter, true, || {
            *fp.sub(2) = 0;
            *fp.sub(3) = stubs::HALT.ip() as u64;
            let (ip, inner) = build_frames(cx, fp, frames);
            (*cx).ip = ip.cast();
            (*cx).fp = inner;
            let throwing = (*cx).pending != 0;
            backend::run(if throwing { stubs::UNWIND.ip() } else { ip }, inner, cx);
        });
    }
}

/// Runs `run` with a link current that saves the outer activation, and restores it.
unsafe fn with_link<T>(cx: Cx, kind: LinkKind, replaces: bool, run: impl FnOnce() -> T) -> T {
    // SAFETY: the context is the running one; the link lives until it is popped below,
    // since nothing unwinds across an activation.
    unsafe {
        let mut link = Link {
            prev: (*cx).link,
            kind,
            fp: (*cx).fp,
            ip: (*cx).ip,
            native_fp: (*cx).native_fp,
            site: (*cx).site,
            replaces,
            vm_top: (*cx).vm_top,
        };
        (*cx).link = &raw mut link;
        let result = run();
        (*cx).link = link.prev;
        (*cx).fp = link.fp;
        (*cx).ip = link.ip;
        (*cx).native_fp = link.native_fp;
        (*cx).site = link.site;
        (*cx).vm_top = link.vm_top;
        result
    }
}
