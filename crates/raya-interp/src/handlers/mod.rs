//! Handler bodies: what each operation does, written once for both dispatch forms.
//!
//! A body takes the instruction, the frame and the context and gives the next
//! instruction and frame. Bodies are `#[inline(always)]`, hold no local with a
//! destructor and pass no address of a local, or the tail call after them would not
//! be a jump. Nothing in the hot path is a `Result`: what fails continues at a stub.
//! Semantics beyond a few machine instructions belong to the runtime's helpers.
//!
//! Invariant, and the reason of every `unsafe` here: `ip` lies in code that
//! [`crate::translate`] made of a *verified* function, and `fp` is that function's
//! frame on the context's VM stack. Registers therefore exist and hold the
//! representation that the operand kind says, words declared as references are live
//! objects of their declared class, and pool displacements and addresses are valid.

#[macro_use]
mod macros;

mod arithmetic;
mod arrays;
mod calls;
mod compare;
mod control;
mod convert;
mod dynamic;
mod jumps;
mod moves;
mod objects;
mod strings;

pub(crate) use arithmetic::*;
pub(crate) use arrays::*;
pub(crate) use calls::*;
pub(crate) use compare::*;
pub(crate) use control::*;
pub(crate) use convert::*;
pub(crate) use dynamic::*;
pub(crate) use jumps::*;
pub(crate) use moves::*;
pub(crate) use objects::*;
pub(crate) use strings::*;
