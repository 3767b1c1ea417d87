//! Bump allocation: one cursor per size class, fed with runs of free cells.
//!
//! Owns the cursors that compiled code increments and the walk over mark bits that
//! finds the next run in a block (the lazy sweep). Invariant: the cells between a
//! cursor's `cur` and `end` are zero and nobody refers to them; cells of the
//! current block below `cur` are allocated or survived the last collection.

use crate::class::{BLOCK_SIZE, CLASS_COUNT, GRANULE, TABLE_WORDS, cell_size, cells_per_block};
use crate::space::Space;

/// The free cells that allocation takes next: an object of the class fits iff
/// `cur < end`, which for whole cells is the same as `cur + size <= end`.
#[derive(Debug, Clone, Copy, Default)]
#[repr(C)]
pub struct Bump {
    /// Address of the next cell.
    pub cur: usize,
    /// Address behind the last free cell of the run.
    pub end: usize,
}

/// `upto` of a block whose cells are all allocated.
pub(crate) const FULL: u32 = u32::MAX;
const NO_BLOCK: usize = usize::MAX;

/// The part of a cursor that only the slow path uses.
#[derive(Debug, Clone, Copy)]
struct Source {
    /// Block in use or `NO_BLOCK`.
    block: usize,
    /// Free cells of the block read as zero.
    fresh: bool,
    /// First cell of the current run.
    run: usize,
    /// Bytes of this class handed out in runs that are used up.
    allocated: u64,
}

/// Slow-path state of the cursors. The [`Bump`]s are apart, at a fixed offset.
#[derive(Debug)]
pub(crate) struct Sources {
    classes: [Source; CLASS_COUNT],
    /// Hand out single cells, so that each allocation takes the slow path.
    single: bool,
}

impl Sources {
    /// No blocks yet; `single` for heaps that count every allocation.
    pub fn new(single: bool) -> Self {
        let source = Source {
            block: NO_BLOCK,
            fresh: false,
            run: 0,
            allocated: 0,
        };
        Sources {
            classes: [source; CLASS_COUNT],
            single,
        }
    }

    /// Makes `block` the source of `class`; its first run is found by `next_run`.
    pub fn open(&mut self, class: usize, block: usize, fresh: bool, bump: &mut Bump, at: usize) {
        let source = &mut self.classes[class];
        (source.block, source.fresh, source.run) = (block, fresh, at);
        *bump = Bump { cur: at, end: at };
    }

    /// Finds the next run of free cells in the current block of `class`, zeroes it and
    /// returns its length in bytes. `None` when the block is used up.
    pub fn next_run(&mut self, class: usize, bump: &mut Bump, space: &Space) -> Option<usize> {
        let source = &mut self.classes[class];
        if source.block == NO_BLOCK {
            return None;
        }
        source.allocated += (bump.cur - source.run) as u64;
        let start = space.block_address(source.block);
        let size = cell_size(class);
        let step = size / GRANULE;
        let limit = cells_per_block(class) * step;
        let most = if self.single { step } else { limit };
        let bits = source.block * TABLE_WORDS * 64;
        let mut at = (bump.end - start) / GRANULE;
        while at < limit {
            let most = limit.min(at + most);
            let marked = space.marks.find(true, bits + at, bits + most);
            let end = marked.map_or(most, |bit| bit - bits);
            if end > at {
                *bump = Bump {
                    cur: start + at * GRANULE,
                    end: start + end * GRANULE,
                };
                source.run = bump.cur;
                let len = bump.end - bump.cur;
                if !source.fresh {
                    // SAFETY: the cells are free: neither marked nor handed out since
                    // the last collection, and they lie in this block.
                    unsafe { (bump.cur as *mut u8).write_bytes(0, len) };
                }
                return Some(len);
            }
            at += step;
        }
        let mut meta = space.meta.get(source.block);
        meta.upto = FULL;
        space.meta.set(source.block, meta);
        source.block = NO_BLOCK;
        *bump = Bump::default();
        source.run = 0;
        None
    }

    /// Takes note in each current block of how far it is allocated.
    pub fn publish(&self, bumps: &[Bump; CLASS_COUNT], space: &Space) {
        for (source, bump) in self.classes.iter().zip(bumps) {
            if source.block != NO_BLOCK {
                let mut meta = space.meta.get(source.block);
                meta.upto = (bump.cur - space.block_address(source.block)) as u32;
                debug_assert!(meta.upto as usize <= BLOCK_SIZE);
                space.meta.set(source.block, meta);
            }
        }
    }

    /// Lets go of all blocks.
    pub fn close(&mut self, bumps: &mut [Bump; CLASS_COUNT]) {
        for (source, bump) in self.classes.iter_mut().zip(bumps) {
            source.allocated += (bump.cur - source.run) as u64;
            source.block = NO_BLOCK;
            source.run = 0;
            *bump = Bump::default();
        }
    }

    /// Bytes in cells of `class` allocated since the heap was created.
    pub fn allocated(&self, class: usize, bump: &Bump) -> u64 {
        let source = &self.classes[class];
        source.allocated + (bump.cur - source.run) as u64
    }
}
