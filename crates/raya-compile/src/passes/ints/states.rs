//! The ranges that hold at the starts of blocks: one row of a table for each block that
//! is reached, one column for each register that takes part.

use super::range::Range;
use crate::ir::BlockId;

/// What holds at the starts of blocks.
#[derive(Debug)]
pub struct States {
    columns: usize,
    /// Row of each block, one more than its number; 0 if it is not reached.
    rows: Vec<u32>,
    ranges: Vec<Range>,
}

impl States {
    /// No block is reached.
    pub fn new(blocks: usize, columns: usize) -> Self {
        Self {
            columns,
            rows: vec![0; blocks],
            ranges: Vec::new(),
        }
    }

    fn start(&self, block: BlockId) -> Option<usize> {
        let row = self.rows[block.index()].checked_sub(1)?;
        Some(row as usize * self.columns)
    }

    /// The ranges at a block, none if it is not reached.
    pub fn get(&self, block: BlockId) -> Option<&[Range]> {
        let start = self.start(block)?;
        Some(&self.ranges[start..start + self.columns])
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, block: BlockId) -> Option<&mut [Range]> {
        let start = self.start(block)?;
        Some(&mut self.ranges[start..start + self.columns])
    }

    /// Sets the ranges at a block; tells whether they are others than before.
    pub fn set(&mut self, block: BlockId, state: &[Range]) -> bool {
        if let Some(row) = self.get_mut(block) {
            let changed = row != state;
            row.copy_from_slice(state);
            return changed;
        }
        self.ranges.extend_from_slice(state);
        let rows = self.ranges.len().checked_div(self.columns);
        // Without columns all rows are the same.
        self.rows[block.index()] = rows.map_or(1, |rows| rows as u32);
        true
    }

    /// Adds values that are possible at a block.
    pub fn join(&mut self, block: BlockId, state: &[Range]) {
        match self.get_mut(block) {
            Some(row) => row
                .iter_mut()
                .zip(state)
                .for_each(|(known, new)| *known = known.join(*new)),
            None => {
                self.set(block, state);
            }
        }
    }

    /// Takes a block as not reached; tells whether it was.
    pub fn forget(&mut self, block: BlockId) -> bool {
        std::mem::take(&mut self.rows[block.index()]) != 0
    }

    /// No block is reached any more.
    pub fn clear(&mut self) {
        self.rows.fill(0);
        self.ranges.clear();
    }
}
