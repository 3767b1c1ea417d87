//! JSON as ECMAScript reads and writes it.
//!
//! `scan` knows the syntax and the messages of its errors, `parse` makes values, `write`
//! turns values into text. Nesting is limited by memory when reading and by
//! [`write::MAX_NESTING`] when writing, never by the native stack.

pub mod parse;
pub mod scan;
pub mod write;
