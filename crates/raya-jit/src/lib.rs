//! Raya's compiling tier: bytecode to machine code through Cranelift.
//!
//! Owns the analyses, the translator, the code memory and the exits back into the
//! interpreter. It knows the interpreter only through the hooks that the engine
//! installs, and nothing but the engine depends on it.

pub mod analysis;
pub mod code;
pub mod compile;
pub mod error;
pub mod exits;
pub mod helpers;
pub mod isa;
pub mod snapshot;
pub mod translate;

#[cfg(test)]
mod tests;
