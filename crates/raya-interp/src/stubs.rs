//! Instructions that belong to no function: where slow paths continue.
//!
//! A handler that fails returns the address of a stub, so that its hot path contains
//! no call and saves no register.

use crate::backend::handler;
use crate::instr::{Ip, Threaded};
use crate::threaded_op::ThreadedOp;

/// A stub instruction.
#[repr(transparent)]
pub(crate) struct Stub(Threaded);

impl Stub {
    const fn new(op: ThreadedOp) -> Self {
        Self(Threaded::bare(handler(op)))
    }

    /// Its address.
    #[inline(always)]
    pub(crate) const fn ip(&'static self) -> Ip {
        &raw const self.0
    }
}

/// Leaves the dispatch loop. The return address of entry frames.
pub(crate) static HALT: Stub = Stub::new(ThreadedOp::Halt);
/// Continues with the exception in `ctx.pending`, thrown at `ctx.ip` in `ctx.fp`.
pub(crate) static UNWIND: Stub = Stub::new(ThreadedOp::Unwind);
/// Finishes a call whose new frame is current, made at `ctx.ip` in `ctx.fp`.
pub(crate) static CALL_SLOW: Stub = Stub::new(ThreadedOp::CallSlow);
/// Finishes the back-edge at `ctx.ip`.
pub(crate) static LOOP_SLOW: Stub = Stub::new(ThreadedOp::LoopSlow);

/// Which stub lies at `ip`, if one does.
pub(crate) fn operation(ip: Ip) -> Option<ThreadedOp> {
    let stubs = [
        (&HALT, ThreadedOp::Halt),
        (&UNWIND, ThreadedOp::Unwind),
        (&CALL_SLOW, ThreadedOp::CallSlow),
        (&LOOP_SLOW, ThreadedOp::LoopSlow),
    ];
    let found = stubs.into_iter().find(|(stub, _)| stub.ip() == ip);
    found.map(|(_, op)| op)
}
