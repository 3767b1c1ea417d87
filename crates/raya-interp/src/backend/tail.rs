//! Tail-calling handlers: the address of the code is in the instruction.
//!
//! Rust does not promise that the last call of a function becomes a jump; the
//! optimiser does it when the function holds nothing that needs a destructor and
//! passes no address of a local. A test dispatches 10^8 instructions on a 256 KB
//! stack to hold that.

use crate::handlers;
use crate::instr::{Cx, Fp, Ip};
use crate::threaded_op::{ThreadedOp, for_each_threaded_op};

#[cfg(target_arch = "x86_64")]
type Code = unsafe extern "sysv64" fn(Ip, Fp, Cx);
#[cfg(not(target_arch = "x86_64"))]
type Code = unsafe extern "C" fn(Ip, Fp, Cx);

/// What an instruction holds to find its handler.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(crate) struct Handler(Code);

macro_rules! entries {
    ($($name:ident)*) => {
        /// One function per operation: its body, then a jump to the next handler.
        #[allow(non_snake_case, reason = "named as the operations are")]
        #[allow(unused_unsafe, reason = "`Halt` does nothing")]
        mod entry {
            use super::*;
            $(
                #[cfg(target_arch = "x86_64")]
                pub(super) unsafe extern "sysv64" fn $name(ip: Ip, fp: Fp, cx: Cx) {
                    // SAFETY: translated code, see `handlers`.
                    unsafe { step!($name, ip, fp, cx) }
                }
                #[cfg(not(target_arch = "x86_64"))]
                pub(super) unsafe extern "C" fn $name(ip: Ip, fp: Fp, cx: Cx) {
                    // SAFETY: translated code, see `handlers`.
                    unsafe { step!($name, ip, fp, cx) }
                }
            )*
        }

        /// The handler of an operation.
        pub(crate) const fn handler(op: ThreadedOp) -> Handler {
            match op {
                $(ThreadedOp::$name => Handler(entry::$name),)*
            }
        }
    };
}

macro_rules! step {
    (Halt, $ip:ident, $fp:ident, $cx:ident) => {{
        let _ = ($ip, $fp, $cx);
    }};
    ($name:ident, $ip:ident, $fp:ident, $cx:ident) => {{
        let (ip, fp) = handlers::$name($ip, $fp, $cx);
        ((*ip).handler.0)(ip, fp, $cx)
    }};
}

for_each_threaded_op!(entries);

/// Runs from `ip` until a `Halt`.
///
/// # Safety
/// `ip` and `fp` must be a position in translated code and its frame.
pub(crate) unsafe fn run(ip: Ip, fp: Fp, cx: Cx) {
    // SAFETY: the caller's promise.
    unsafe { ((*ip).handler.0)(ip, fp, cx) }
}
