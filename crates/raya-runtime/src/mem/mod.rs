//! Representation: values, object layouts, raw access. The only place in this
//! crate that knows how things lie in memory; the rest uses typed handles.

pub mod abi;
pub mod alloc;
pub mod array;
mod array_bulk;
mod cells;
pub mod entries;
pub mod globals;
pub mod heap_model;
pub mod intern;
pub mod layout;
pub mod native_entries;
pub mod obj;
pub mod object;
pub mod refs;
pub mod region;
pub mod slots;
pub mod stack;
pub mod string;
pub mod table;
pub mod types;
pub mod value;
pub(crate) mod walk;
