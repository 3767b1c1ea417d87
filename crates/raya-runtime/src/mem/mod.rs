//! Representation: values, object layouts, raw access. The only place in this
//! crate that knows how things lie in memory; the rest uses typed handles.

pub mod abi;
pub mod layout;
pub mod refs;
pub mod value;
