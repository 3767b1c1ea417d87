//! Built-in types: what their values do, one file each. Layouts are in [`crate::mem`].

pub mod array;
mod array_join;
pub mod array_search;
mod array_sort;
mod callbacks;
pub mod dict;
mod methods;
mod table;
