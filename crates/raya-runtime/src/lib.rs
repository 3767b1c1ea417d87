//! Raya's runtime: values, types and slots, built-in types, exceptions.
//!
//! Owns all semantics. Neither tier implements an operation a second time: both
//! call the helpers declared in [`helpers`].

pub mod ctx;
pub mod desc;
pub mod engine;
pub mod func;
pub mod helpers;
pub mod hooks;
pub mod host;
pub mod link;
pub mod math;
pub mod mem;
pub mod shape;
pub mod text;
pub mod type_info;

pub use mem::abi;
