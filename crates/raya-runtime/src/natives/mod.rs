//! The natives: what `__NATIVE_CALL` reaches, one function per row of the native table.
//!
//! Arguments arrive typed; optional ones were filled in by the declarations in
//! `builtins/`. A row without a function here does not compile. Entries for
//! the tiers are generated in [`crate::mem::native_entries`].

pub mod array;
mod classes;
mod console;
mod error;
mod globals;
mod math;
mod number;
pub(crate) mod object;
mod process;
mod reflect;
mod string;
mod table;
#[cfg(test)]
mod tests;

#[cfg(test)]
mod random_tests;

pub use crate::mem::native_entries::{call, entry_address, slot_entry};

/// The functions, by the names of the table.
pub(crate) mod imp {
    pub use super::array::*;
    pub use super::classes::*;
    pub use super::console::*;
    pub use super::error::*;
    pub use super::globals::*;
    pub use super::math::*;
    pub use super::number::*;
    pub use super::object::*;
    pub use super::process::*;
    pub use super::reflect::*;
    pub use super::string::*;
    pub use super::table::*;
}
