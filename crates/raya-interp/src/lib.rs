//! Tier 0: the interpreter.
//!
//! Owns threaded code, the dispatch loop, interpreter frames, unwinding and the hotness
//! counters. Knows no semantics beyond a few machine instructions per opcode (those are
//! the runtime's helpers) and nothing of the compiler behind the tier-up hook.
//!
//! Invariant others rely on: `pc = (ip - FuncInfo.code) / THREADED_SIZE`, one threaded
//! instruction per portable one.

mod backend;
mod code;
mod coverage;
mod enter;
mod handlers;
mod hot;
mod instr;
mod state;
mod stubs;
#[cfg(test)]
mod tests;
mod threaded_op;
mod translate;
mod unwind;

pub use coverage::Coverage;
pub use enter::{OSR_EXITED, OSR_RETURNED, call_frame, install, materialise, resume_at};
pub use instr::THREADED_SIZE;
pub use state::{Compiler, FUNCTION, State};
pub use translate::ensure_translated;
