//! Raya's bytecode: the opcode list, the slot table and the module format.
//!
//! Every table that more than one part of the engine reads is declared here once.
//! This crate knows neither the source language nor the heap nor a tier.

#![forbid(unsafe_code)]

pub mod disasm;
pub mod format;
pub mod module;
pub mod natives;
pub mod ops;
pub mod show;
pub mod slots;
pub mod subtype;
pub mod verify;

pub use module::*;
pub use natives::{NATIVES, Native, NativeType, native_index};
pub use ops::{Op, OpFlags, OperandKind, Usage};
pub use show::{show_signature, show_type};
pub use slots::{Slot, SlotKind, SlotOp};
pub use subtype::{assignable, assignable_but_null, inherits, may_view_unboxed, word_fits};
pub use verify::{Fault, verify};
