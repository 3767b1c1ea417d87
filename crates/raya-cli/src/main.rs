//! The `raya` command.
fn main() {}
