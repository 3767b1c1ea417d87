//! Built-in types: what their values do, one file each. Layouts are in [`crate::mem`].

pub mod array;
pub mod dict;
pub mod string;
mod table;
