//! What compiled code did, by opcode: counters for the coverage report.
//!
//! Only engines that were made for it emit the calls that count, so they cost nothing
//! elsewhere, and may be as slow as they like.

use crate::shared::Shared;
use raya_bytecode::Op;
use raya_runtime::ctx::Ctx;
use raya_runtime::raya_abi;
use std::sync::atomic::{AtomicU64, Ordering};

/// What can happen to an instruction in compiled code.
#[derive(Clone, Copy, Debug)]
pub enum Event {
    /// It ran.
    Ran,
    /// A check in it or behind it left the code.
    Exited,
    /// It threw.
    Threw,
    /// The heap was collected during it.
    Collected,
}

/// Counts by opcode number and event.
#[derive(Debug)]
pub struct Coverage {
    counts: Box<[[AtomicU64; 4]]>,
}

impl Default for Coverage {
    fn default() -> Self {
        let counts = (0..=u8::MAX).map(|_| Default::default()).collect();
        Coverage { counts }
    }
}

impl Coverage {
    /// Counts an event.
    pub fn count(&self, op: u32, event: Event) {
        if let Some(row) = self.counts.get(op as usize) {
            row[event as usize].fetch_add(1, Ordering::Relaxed);
        }
    }

    /// How often each [`Event`] happened to an opcode, in their order.
    pub fn row(&self, op: Op) -> [u64; 4] {
        let row = self.counts.get(op as usize);
        row.map_or([0; 4], |r| r.each_ref().map(|n| n.load(Ordering::Relaxed)))
    }
}

/// Addresses of the functions that count: `(ctx, op, …, jit)`.
#[derive(Clone, Copy, Debug)]
pub struct CoverageLinks {
    /// Before an instruction; gives the number of collections so far.
    pub begin: usize,
    /// Behind it, with that number.
    pub end: usize,
    /// Where its exception leaves it.
    pub threw: usize,
}

impl CoverageLinks {
    /// The addresses.
    pub fn addresses() -> CoverageLinks {
        CoverageLinks {
            begin: begin as *const () as usize,
            end: end as *const () as usize,
            threw: threw as *const () as usize,
        }
    }
}

raya_abi! {
    fn begin(cx: *mut Ctx, op: u32, shared: *const Shared) -> u64 {
        // SAFETY: compiled code passes its context and the address that the engine gave the
        // translator.
        let (ctx, shared) = unsafe { (&mut *cx, &*shared) };
        shared.count(op, Event::Ran);
        ctx.collections()
    }

    fn end(cx: *mut Ctx, op: u32, before: u64, shared: *const Shared) -> u64 {
        // SAFETY: as above.
        let (ctx, shared) = unsafe { (&mut *cx, &*shared) };
        if ctx.collections() != before {
            shared.count(op, Event::Collected);
        }
        0
    }

    fn threw(_cx: *mut Ctx, op: u32, shared: *const Shared) -> u64 {
        // SAFETY: as above.
        unsafe { (*shared).count(op, Event::Threw) };
        0
    }
}
