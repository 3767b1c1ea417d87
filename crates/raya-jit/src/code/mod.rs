//! Machine code at rest: the area it lives in, how it is linked, and what is known
//! about every address in it.

pub mod blob;
pub mod memory;
pub mod object;
pub mod perf;
pub mod registry;
pub mod stubs;
