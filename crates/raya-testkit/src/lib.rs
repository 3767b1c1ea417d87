//! Tests of the `raya` binary from the outside: fixtures, soundness programs, the
//! reference's code blocks, bad input, command lines and generated programs.
//!
//! Owns what a test program expects, the modes it runs in, and the comparison.
//! Must not know anything of the engine's inside: it starts the binary and reads bytes
//! (the opcode list is read only to name the rows of the coverage matrix).
//! Invariant: a program is run in every mode of [`modes::ALL`], each in a process of its
//! own with a time limit, and must give the same bytes in all of them.

#![forbid(unsafe_code)]

pub mod bad_input;
pub mod commands;
pub mod coverage;
pub mod diff;
pub mod docs;
pub mod fixture;
pub mod generate;
pub mod lattice;
pub mod modes;
pub mod patches;
pub mod process;
pub mod slot_matrix;
pub mod soundness;
pub mod suite;
pub mod twin_programs;
pub mod twins;
