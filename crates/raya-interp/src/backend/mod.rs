//! How control goes from one handler to the next.
//!
//! Both forms run the same bodies (`crate::handlers`). In the tail-calling form an
//! instruction holds its handler's address and each handler ends in a jump to the
//! next one; in the loop form it holds a number that one `match` dispatches on. The
//! loop also runs where instructions are counted, whatever they hold.

mod match_loop;
#[cfg(raya_tail_calls)]
mod tail;

use crate::instr::{Cx, Fp, Ip};
use crate::state::state_of;
#[cfg(not(raya_tail_calls))]
pub(crate) use match_loop::{Handler, handler};
#[cfg(raya_tail_calls)]
pub(crate) use tail::{Handler, handler};

/// Runs from `ip` until the activation ends.
///
/// # Safety
/// `ip` and `fp` must be a position in translated code and its frame.
pub(crate) unsafe fn run(ip: Ip, fp: Fp, cx: Cx) {
    // SAFETY: the caller's promise.
    unsafe {
        if let Some(coverage) = state_of(cx).coverage() {
            return match_loop::run_counting(ip, fp, cx, coverage);
        }
        #[cfg(raya_tail_calls)]
        tail::run(ip, fp, cx);
        #[cfg(not(raya_tail_calls))]
        match_loop::run(ip, fp, cx);
    }
}
