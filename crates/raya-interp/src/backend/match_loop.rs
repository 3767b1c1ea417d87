//! One loop over a `match`: for builds where tail calls are not jumps (unoptimised
//! builds, other architectures, Miri), and for counting.

use crate::coverage::Coverage;
use crate::handlers;
use crate::instr::{Cx, Fp, Ip, Next};
use crate::threaded_op::{ThreadedOp, for_each_threaded_op};

/// What an instruction holds to find its handler.
#[cfg(not(raya_tail_calls))]
#[derive(Clone, Copy)]
#[repr(C)]
pub(crate) struct Handler {
    op: ThreadedOp,
    _pad: [u16; 3],
}

/// The handler of an operation.
#[cfg(not(raya_tail_calls))]
pub(crate) const fn handler(op: ThreadedOp) -> Handler {
    Handler { op, _pad: [0; 3] }
}

macro_rules! dispatcher {
    ($($name:ident)*) => {
        /// Executes one instruction.
        #[inline(always)]
        unsafe fn step(op: ThreadedOp, ip: Ip, fp: Fp, cx: Cx) -> Next {
            // SAFETY: translated code, see `handlers`.
            unsafe {
                match op {
                    $(ThreadedOp::$name => handlers::$name(ip, fp, cx),)*
                }
            }
        }
    };
}
for_each_threaded_op!(dispatcher);

/// Runs from `ip` until a `Halt`.
///
/// # Safety
/// `ip` and `fp` must be a position in translated code and its frame.
#[cfg(not(raya_tail_calls))]
pub(crate) unsafe fn run(mut ip: Ip, mut fp: Fp, cx: Cx) {
    // SAFETY: the caller's promise.
    unsafe {
        loop {
            let op = (*ip).handler.op;
            if op == ThreadedOp::Halt {
                return;
            }
            (ip, fp) = step(op, ip, fp, cx);
        }
    }
}

/// Runs from `ip` until a `Halt` and counts every instruction of a program.
///
/// # Safety
/// As for [`run`].
pub(crate) unsafe fn run_counting(mut ip: Ip, mut fp: Fp, cx: Cx, coverage: &Coverage) {
    // SAFETY: the caller's promise.
    unsafe {
        loop {
            let op = Coverage::operation(ip, fp);
            if op == ThreadedOp::Halt {
                return;
            }
            if op.is_internal_step() {
                (ip, fp) = step(op, ip, fp, cx);
                continue;
            }
            let portable = coverage.executed(ip, fp);
            let collections = (*cx).collections();
            (ip, fp) = step(op, ip, fp, cx);
            if (*cx).collections() != collections {
                coverage.collected(portable);
            }
        }
    }
}
