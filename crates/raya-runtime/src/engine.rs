//! The engine: everything that tasks share. Independent engines may live in one process.

/// Shared state of one engine.
pub struct Engine {}
