//! The functions of the helper table: one per helper, called by both tiers.
//!
//! Each is the meaning of an instruction on typed arguments; what takes more than a few
//! lines is in the module of its subject. Results are in register format where the table
//! says so.

mod access;
mod arrays;
mod convert;
mod dynamic;

pub use access::*;
pub use arrays::*;
pub use convert::*;
pub use dynamic::*;
