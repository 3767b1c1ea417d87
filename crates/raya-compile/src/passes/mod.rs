//! Optimisations on the IR.

use crate::lower::Lowered;
use crate::tables::Tables;

/// Optimises a whole program.
pub fn run(_program: &mut [Lowered], _tables: &mut Tables) {}
