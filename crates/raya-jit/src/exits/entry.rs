//! The entries that exits call: they turn an image into interpreter frames.
//!
//! Invariant: an image holds, for every frame of its record, the live registers at
//! `(base + register) * 8`; the interpreter builds the frame headers itself, from the
//! call instructions of the chain.

use super::record::{ExitRecord, Place};
use crate::code::object::CodeObject;
use crate::shared::Shared;
use crate::translate::osr_result;
use raya_bytecode::{FRAME_HEADER, Repr};
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::helpers::entry::throw_stack_overflow;
use raya_runtime::hooks::ResumeFrame;
use raya_runtime::mem::refs::Ref;
use raya_runtime::raya_abi;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What the interpreter provides for compiled code. `resume` and `materialise` take the
/// frame of the outermost function and the chain from it inwards, with the registers in
/// place.
#[derive(Clone, Copy, Debug)]
pub struct InterpreterHooks {
    /// Runs a function over a frame that holds its arguments; the result is in `fp[-3]`.
    pub call: fn(&mut Ctx, Ref<FuncInfo>, *mut u64),
    /// Interprets until the outermost function returns; its result is then in `fp[-3]`,
    /// unless `ctx.pending` is set.
    pub resume: unsafe fn(*mut Ctx, *mut u64, &[ResumeFrame]),
    /// Leaves the innermost position in `ctx.ip`, `ctx.fp`.
    pub materialise: unsafe fn(*mut Ctx, *mut u64, &[ResumeFrame]),
}

raya_abi! {
    /// Exit of a function that returns a double.
    pub fn exit_f64(cx: *mut Ctx, image: *const u64, exit: u32, shared: *const Shared) -> f64 {
        f64::from_bits(leave(cx, image, exit, shared))
    }

    /// Exit of a function that returns an int or a boolean.
    pub fn exit_i32(cx: *mut Ctx, image: *const u64, exit: u32, shared: *const Shared) -> u32 {
        leave(cx, image, exit, shared) as u32
    }

    /// Exit of a function that returns a word.
    pub fn exit_word(cx: *mut Ctx, image: *const u64, exit: u32, shared: *const Shared) -> u64 {
        leave(cx, image, exit, shared)
    }

    /// Exit of code that was entered at a loop header over the interpreter's frame `fp`,
    /// which is the image.
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // called by address
    pub fn exit_osr(cx: *mut Ctx, fp: *mut u64, exit: u32, shared: *const Shared) -> u64 {
        // SAFETY: compiled code passes its context, its frame, and the address that the
        // engine gave the translator.
        unsafe {
            let Some((code, frames)) = record(&*shared, exit) else { return osr_result::THROWN };
            if let Some(record) = code.exit(exit) {
                fill(record, fp, fp);
            }
            ((*shared).hooks.materialise)(cx, fp, &frames);
        }
        osr_result::EXITED
    }

    /// Runs a function that is not compiled over the frame at `fp`.
    #[allow(clippy::not_unsafe_ptr_arg_deref)] // called by address
    pub fn interpret(cx: *mut Ctx, func: *const FuncInfo, fp: *mut u64, shared: *const Shared) {
        // SAFETY: thunks pass their context, a function record of its engine, and the
        // address that the engine gave the translator.
        unsafe { ((*shared).hooks.call)(&mut *cx, Ref::from_ptr(func), fp) }
    }
}

/// Interprets what is left of the activation; gives its result in register format.
fn leave(cx: *mut Ctx, image: *const u64, exit: u32, shared: *const Shared) -> u64 {
    // SAFETY: compiled code passes its context, an image that the exit's record
    // describes, and the address that the engine gave the translator.
    unsafe {
        let Some((code, frames)) = record(&*shared, exit) else {
            return 0;
        };
        let Some(record) = code.exit(exit) else {
            return 0;
        };
        let fp = (*cx).vm_top.add(FRAME_HEADER as usize);
        if fp.add(extent(record)) > (*cx).vm_limit {
            throw_stack_overflow(cx);
            return 0;
        }
        fill(record, image, fp);
        ((*shared).hooks.resume)(cx, fp, &frames);
        *fp.sub(FRAME_HEADER as usize)
    }
}

/// Finds an exit, counts it, and lists its frames. Code names only exits that exist.
fn record(shared: &Shared, exit: u32) -> Option<(Arc<CodeObject>, Vec<ResumeFrame>)> {
    let code = shared.code_of_exit(exit)?;
    let record = code.exit(exit)?;
    let taken = record.taken.fetch_add(1, Ordering::Relaxed) + 1;
    shared.exit_taken(&code, record, taken);
    let frames = (record.frames.iter())
        .map(|f| ResumeFrame {
            func: f.func as *const FuncInfo,
            pc: f.pc,
        })
        .collect();
    Some((code, frames))
}

/// Slots that the frames of a record take from the outermost register 0 on.
fn extent(record: &ExitRecord) -> usize {
    let ends = record.frames.iter().map(|f| {
        // SAFETY: function records live as long as their engine.
        let nregs = unsafe { (*(f.func as *const FuncInfo)).nregs };
        f.base as usize + nregs as usize
    });
    ends.max().unwrap_or(0)
}

/// Writes the live registers of every frame in register format.
///
/// # Safety
/// `image` is one that `record` describes, and the frames fit at `fp`.
unsafe fn fill(record: &ExitRecord, image: *const u64, fp: *mut u64) {
    for frame in &record.frames {
        for &(reg, place) in &frame.regs {
            let slot = frame.base as usize + reg as usize;
            // SAFETY: the caller's promise; narrow values were stored at the slot's
            // address with their own width.
            unsafe {
                let bits = match place {
                    Place::Const(bits) => bits,
                    Place::Image(Repr::F64 | Repr::Word) => *image.add(slot),
                    Place::Image(Repr::I32) => u64::from(*image.add(slot).cast::<u32>()),
                    Place::Image(Repr::Bool) => u64::from(*image.add(slot).cast::<u8>()),
                };
                *fp.add(slot) = bits;
            }
        }
    }
}
