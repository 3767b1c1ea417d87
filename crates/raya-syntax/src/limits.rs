//! Limits on the shape of programs, and the means to walk what is within them.
//!
//! Every limit ends in a diagnostic of its own. A tree that the parser returned is
//! never higher than `MAX_HEIGHT`, so a recursive walk that calls `ensure_stack` at
//! its entry cannot overflow the stack on any input.

/// How deep brackets, statements, prefix operators and types may nest.
pub const MAX_NESTING: u32 = 500;

/// How high a syntax tree may be: nesting, and chains such as `a + b + c + …` or
/// `a.b.c…`, whose trees are as high as the chains are long.
pub const MAX_HEIGHT: u32 = 2_000;

/// The longest source text, so that offsets fit `u32` with room to spare.
pub const MAX_SOURCE_BYTES: usize = 1 << 30;

/// Bytes of stack that must be free before `ensure_stack` calls its argument.
const RED_ZONE: usize = 256 * 1024;
/// Bytes of stack allocated when they are not.
const SEGMENT: usize = 4 * 1024 * 1024;

/// Calls `walk` with enough stack for one level of a recursive walk.
#[inline]
pub fn ensure_stack<R>(walk: impl FnOnce() -> R) -> R {
    stacker::maybe_grow(RED_ZONE, SEGMENT, walk)
}
