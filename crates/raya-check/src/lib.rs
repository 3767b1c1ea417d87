//! The type checker: syntax trees to typed, resolved trees.
//!
//! Owns names, types, inference, narrowing and the typing rules of operators. It
//! does no I/O: sources of the built-in library come through a provider.
//! Must not know: bytecode, representations, the runtime.

#![forbid(unsafe_code)]

mod builtins;
mod check;
pub mod codes;
mod dump;
mod env;
pub mod hir;
mod suggest;
pub mod types;

pub use builtins::{BuiltinFile, BuiltinSource, EmbeddedBuiltins};
pub use check::{Checked, Input, check};
pub use dump::dump;
