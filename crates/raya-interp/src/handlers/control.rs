//! Returns, exceptions and the stubs.

use super::macros::*;
use crate::instr::{Fp, Ip, Next};
use crate::{hot, unwind};
use raya_runtime::mem::value::NULL;

/// Leaves the frame with its result.
#[inline(always)]
pub(super) unsafe fn leave(fp: Fp, result: u64) -> Next {
    // SAFETY: the three words below a frame are its header.
    unsafe {
        let return_to = *fp.sub(3) as Ip;
        let caller = *fp.sub(2) as Fp;
        *fp.sub(3) = result;
        (return_to, caller)
    }
}

flow! {
    Ret |i, fp, cx| leave(fp, word(fp, (*i).a));
    RetVoid |i, fp, cx| leave(fp, NULL);
    Throw |i, fp, cx| {
        try_helper!(i, fp, cx, throw(word(fp, (*i).a)));
        (i.add(1), fp)
    };
    Rethrow |i, fp, cx| {
        try_helper!(i, fp, cx, rethrow(word(fp, (*i).a)));
        (i.add(1), fp)
    };
    Debug |i, fp, cx| (i.add(1), fp);
    Halt |i, fp, cx| (i, fp);
    Unwind |i, fp, cx| unwind::unwind(cx);
    CallSlow |i, fp, cx| hot::call_slow(fp, cx);
    LoopSlow |i, fp, cx| hot::loop_slow(fp, cx);
}
