//! Built-in types: what their values do, one file each. Layouts are in [`crate::mem`].

pub mod array;
mod callbacks;
pub mod dict;
mod methods;
pub mod string;
mod table;
