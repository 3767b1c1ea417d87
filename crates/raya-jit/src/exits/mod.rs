//! Leaving compiled code in the middle of a function.
//!
//! A failing check stores the live registers into the *image*, an exact picture of
//! the interpreter frames that would exist at this point (the inlined chain lies in
//! it as the interpreter would have stacked it), and leaves by an entry of
//! [`entry`], which copies it to the VM stack and lets the interpreter go on.

pub mod entry;
pub mod record;
