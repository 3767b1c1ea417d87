//! Generated programs: well-typed, random, printed in two dialects.
//!
//! A program is a function of a list of choices, so that shrinking the list shrinks the
//! program. It is built as Raya and, at the same time, as JavaScript that spells out what
//! Raya adds (`int`, bounds), so that Node is an oracle for all of it. Values are biased
//! to the edges of integer inference: -0, 2^31, 2^53, NaN, fractions.
//! Invariant: a program ends after a bounded number of steps, and whatever it throws is
//! caught and printed.

mod choices;
mod class;
mod code;
mod expr;
mod grammar;
mod prelude;
mod program;
mod run;
mod shrink;
mod stmt;
mod template;
mod value;

pub use choices::Choices;
pub use program::{Batch, Program, program};
pub(crate) use run::lists;
pub(crate) use shrink::shrink;

pub use run::{Campaign, Finding, Report, batch, campaign, node_is_there, write};
