//! Why something was not compiled.

use std::fmt;

/// A failure of the compiling tier. None of them stops a program: the function stays
/// in the interpreter and the reason shows in `--jit-stats`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum JitError {
    /// This machine or operating system cannot run compiled code.
    Unsupported(String),
    /// The code area's cap is reached.
    CodeFull,
    /// The function is larger than is worth compiling (instructions).
    TooLarge(usize),
    /// The bytecode is not what the verifier promises.
    Malformed(String),
    /// Cranelift refused what was emitted: an error in this crate.
    Codegen(String),
}

impl fmt::Display for JitError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            JitError::Unsupported(why) => write!(f, "not supported on this machine: {why}"),
            JitError::CodeFull => f.write_str("the code area is full"),
            JitError::TooLarge(n) => write!(f, "too large ({n} instructions)"),
            JitError::Malformed(why) => write!(f, "malformed bytecode: {why}"),
            JitError::Codegen(why) => write!(f, "code generation failed: {why}"),
        }
    }
}

impl std::error::Error for JitError {}
