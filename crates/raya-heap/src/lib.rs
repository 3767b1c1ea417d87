//! Allocation and garbage collection for one engine.
//!
//! Owns the memory of objects: cells in 32 KiB blocks of one size class each, larger
//! objects in blocks of their own. Knows no types of the language: an
//! [`ObjectModel`] tells it which words of an object are references, a [`RootProvider`]
//! where the program holds them.
//!
//! The collector stops the program, marks precisely in the heap and conservatively on
//! stacks, never moves an object and has two generations told apart by mark bits that
//! stay set. Invariant for everybody else: a reference that lives only in memory
//! which neither the model nor the roots report is dead at the next allocation.
//!
//! Several heaps can exist in a process; there is no global state.

mod alloc;
mod blocks;
mod class;
mod collect;
mod cursors;
mod finalise;
mod heap;
mod mark;
mod model;
mod options;
mod os;
mod pacing;
mod remember;
mod roots;
mod space;
mod stack;
mod stats;
mod table;
mod verify;

pub use class::{
    BLOCK_SHIFT, BLOCK_SIZE, CELL_SIZES, CLASS_COUNT, GRANULE, MAX_SMALL, cell_size, class_of,
};
pub use cursors::Bump;
pub use heap::{
    BUMP_CUR, BUMP_END, BUMP_OFFSET, BUMP_STRIDE, Heap, HeapLimit, POISON, ReservationFailed,
    UNLOG_BIAS_OFFSET,
};
pub use mark::Tracer;
pub use model::{ObjectModel, Visitor};
pub use options::HeapOptions;
pub use roots::{Collection, RootProvider, Roots};
pub use stack::{stack_base, stack_bounds, with_saved_registers};
pub use stats::Stats;
pub use verify::VerifyError;
