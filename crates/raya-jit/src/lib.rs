//! Raya's compiling tier: bytecode to machine code through Cranelift.
//!
//! Owns the analyses, the translator, the code memory and the exits back into the
//! interpreter. It knows the interpreter only through the hooks that the engine
//! installs, and nothing but the engine depends on it.

pub mod analysis;
pub mod code;
pub mod compile;
pub mod coverage;
pub mod dump;
pub mod error;
pub mod exits;
pub mod isa;
pub mod jit;
pub mod options;
pub mod shared;
pub mod snapshot;
pub mod stats;
mod tiering;
pub mod translate;
pub mod worker;

pub use error::JitError;
pub use exits::entry::InterpreterHooks;
pub use jit::{EngineHooks, Jit};
pub use options::JitOptions;
pub use snapshot::take::LinkHooks;
pub use stats::Stats;

#[cfg(test)]
mod tests;
