//! Finding the handler of an exception among the frames of one activation.
//!
//! Owns nothing but the walk. An activation ends at its entry frame, whose saved
//! frame pointer is null: there the exception stays in `ctx.pending` and the dispatch
//! loop stops, so that whoever started the activation goes on with it.

use crate::code::CodeBlock;
use crate::instr::{Cx, Fp, Ip, Next};
use crate::state::state_of;
use crate::stubs;
use raya_runtime::func::FuncInfo;

/// Continues at the handler of `ctx.pending`, thrown at `ctx.ip` in frame `ctx.fp`.
///
/// # Safety
/// `ctx.fp` is a frame of the running activation and `ctx.ip` an instruction of its
/// function.
#[cold]
#[inline(never)]
pub(crate) unsafe fn unwind(cx: Cx) -> Next {
    // SAFETY: frames of an activation are linked by their headers; see `handlers`.
    unsafe {
        let mut fp: Fp = (*cx).fp;
        let mut ip: Ip = (*cx).ip.cast();
        if let Some(coverage) = state_of(cx).coverage() {
            coverage.threw(ip, fp);
        }
        loop {
            let func = &*(*fp.sub(1) as *const FuncInfo);
            if let Some(next) = enter_handler(func, ip, fp, cx) {
                return next;
            }
            let caller = *fp.sub(2) as Fp;
            if caller.is_null() {
                return (stubs::HALT.ip(), fp);
            }
            ip = (*fp.sub(3) as Ip).sub(1);
            fp = caller;
        }
    }
}

/// The innermost handler of `func` that covers `ip`, with the exception delivered.
unsafe fn enter_handler(func: &FuncInfo, ip: Ip, fp: Fp, cx: Cx) -> Option<Next> {
    // SAFETY: the caller's promise: `ip` lies in the threaded code of `func`.
    unsafe {
        let block = CodeBlock::of(func)?;
        if !(*cx).is_catchable() {
            return None;
        }
        let pc = block.pc(ip);
        let function = block.function()?;
        let handler = (function.handlers.iter()).find(|h| h.start <= pc && pc < h.end)?;
        *fp.add(handler.reg.index()) = std::mem::take(&mut (*cx).pending);
        Some((block.at(handler.target), fp))
    }
}
