//! The slow path of allocation: new runs, new blocks, large objects, the limit.

use std::ptr::NonNull;

use crate::class::{BLOCK_SHIFT, BLOCK_SIZE, GRANULE, TABLE_WORDS};
use crate::heap::{Core, Heap, HeapLimit};
use crate::model::ObjectModel;
use crate::roots::{Collection, RootProvider};
use crate::space::Kind;

/// In stress mode one collection in this many is a major one.
const STRESS_MAJOR: u64 = 4;

impl<M: ObjectModel> Heap<M> {
    /// A cell of `class` from the next run, after a collection if one is due.
    pub(crate) fn alloc_small(
        &mut self,
        class: usize,
        roots: &mut dyn RootProvider,
    ) -> Result<NonNull<u8>, HeapLimit> {
        let mut last_chance = true;
        loop {
            if let Some(cell) = self.core.refill(class) {
                return Ok(cell);
            }
            if self.core.pacing.is_due(0) {
                self.collect(self.core.pacing.next(), roots);
            } else if !self.core.open_block(class) {
                let size = crate::cell_size(class);
                self.make_room(size, &mut last_chance, roots)?;
            }
        }
    }

    /// Blocks of its own for an object of `size` bytes.
    pub(crate) fn alloc_large(
        &mut self,
        size: usize,
        roots: &mut dyn RootProvider,
    ) -> Result<NonNull<u8>, HeapLimit> {
        let count = size.div_ceil(BLOCK_SIZE);
        if count > self.core.space.limit {
            return Err(self.core.limit_error(size));
        }
        if self.core.pacing.is_due(count << BLOCK_SHIFT) {
            self.collect(self.core.pacing.next(), roots);
        }
        let mut last_chance = true;
        let block = loop {
            match self.core.space.take_run(count) {
                Some(block) => break block,
                None => self.make_room(size, &mut last_chance, roots)?,
            }
        };
        let core = &mut self.core;
        core.space.zero_dirty(block, count, size);
        core.touched.push(block as u32);
        core.stats.large_objects += 1;
        core.account_blocks(count);
        Ok(address(core.space.block_address(block)))
    }

    /// A major collection because the limit is reached, at most once per allocation.
    fn make_room(
        &mut self,
        size: usize,
        last_chance: &mut bool,
        roots: &mut dyn RootProvider,
    ) -> Result<(), HeapLimit> {
        if !std::mem::take(last_chance) || !self.core.pacing.try_at_limit() {
            return Err(self.core.limit_error(size));
        }
        self.collect(Collection::Major, roots);
        let core = &mut self.core;
        let limit = core.space.limit << BLOCK_SHIFT;
        core.pacing.collected_at_limit(core.free_bytes(), limit);
        Ok(())
    }

    /// Counts an allocation in stress mode and collects at every Nth.
    pub(crate) fn stress(&mut self, roots: &mut dyn RootProvider) {
        let every = self.core.options.gc_stress;
        if every == 0 {
            return;
        }
        self.core.stress_left -= 1;
        if self.core.stress_left == 0 {
            self.core.stress_left = every;
            let stats = &self.core.stats;
            let done = stats.minor_collections + stats.major_collections;
            let collection = if done % STRESS_MAJOR == STRESS_MAJOR - 1 {
                Collection::Major
            } else {
                Collection::Minor
            };
            self.collect(collection, roots);
        }
    }

    /// Makes the large `object` of `size` bytes `wanted` bytes long where it is, if the
    /// blocks behind it are free. The new bytes are zero.
    ///
    /// `object` must be larger than [`MAX_SMALL`](crate::MAX_SMALL); for other objects
    /// the answer is `false`, as it is where the heap's limit is in the way.
    pub fn try_grow(&mut self, object: NonNull<u8>, size: usize, wanted: usize) -> bool {
        let core = &mut self.core;
        let start = object.as_ptr() as usize;
        let in_heap = start.wrapping_sub(core.space.base) < core.space.extent();
        if !in_heap || !core.space.is_large(start) || wanted <= size {
            return false;
        }
        let block = core.space.block_of(start);
        let extent = core.space.large_extent(start);
        let (count, needed) = (extent >> BLOCK_SHIFT, wanted.div_ceil(BLOCK_SIZE));
        if size > extent || needed > core.space.limit {
            return false;
        }
        if needed > count {
            if !core.space.extend_run(block, count, needed) {
                return false;
            }
            let added = needed - count;
            core.space.zero_dirty(block + count, added, wanted - extent);
            core.account_blocks(added);
            if core.space.is_marked(start) {
                core.pacing.live += added << BLOCK_SHIFT;
            }
        }
        let tail = wanted.min(extent) - size;
        // SAFETY: the bytes from `size` to the end of the old extent belong to the
        // object's blocks and hold nothing yet.
        unsafe { object.as_ptr().add(size).write_bytes(0, tail) };
        true
    }
}

impl Core {
    /// Takes the next run of the current block of `class` and a cell from it.
    fn refill(&mut self, class: usize) -> Option<NonNull<u8>> {
        if let Some(cell) = self.bump(class) {
            return Some(cell);
        }
        let bump = &mut self.bumps[class];
        let len = self.sources.next_run(class, bump, &self.space)?;
        self.pacing.allocated += len;
        self.bump(class)
    }

    /// Makes another block with free cells the current one of `class`.
    fn open_block(&mut self, class: usize) -> bool {
        let (block, fresh) = match self.partial[class].pop() {
            Some(block) => (block as usize, false),
            None => match self.space.take_block(class) {
                Some(taken) => (taken.block, taken.fresh),
                None => return false,
            },
        };
        self.touched.push(block as u32);
        let start = self.space.block_address(block);
        self.sources
            .open(class, block, fresh, &mut self.bumps[class], start);
        self.note_peak();
        true
    }

    /// Counts `count` blocks taken by a large object.
    fn account_blocks(&mut self, count: usize) {
        self.pacing.allocated += count << BLOCK_SHIFT;
        self.stats.allocated_bytes += (count << BLOCK_SHIFT) as u64;
        self.note_peak();
    }

    fn note_peak(&mut self) {
        let used = self.space.used_blocks << BLOCK_SHIFT;
        self.stats.peak_bytes = self.stats.peak_bytes.max(used);
    }

    /// Bytes of blocks that may still be taken.
    pub fn free_bytes(&self) -> usize {
        self.space.limit.saturating_sub(self.space.used_blocks) << BLOCK_SHIFT
    }

    fn limit_error(&self, requested: usize) -> HeapLimit {
        HeapLimit {
            requested,
            limit: self.limit << BLOCK_SHIFT,
        }
    }

    /// Bytes of the cell or blocks at `start`, if an object can start there.
    pub fn extent_of(&self, start: usize) -> Option<usize> {
        let (found, meta) = self.space.cell_around(start)?;
        match meta.kind() {
            _ if found != start => None,
            Kind::Cells(class) => Some(crate::cell_size(class)),
            _ => Some(self.space.large_extent(start)),
        }
    }
}

/// An address in the heap as a pointer.
fn address(start: usize) -> NonNull<u8> {
    debug_assert!(start.is_multiple_of(GRANULE) && TABLE_WORDS > 0);
    NonNull::new(start as *mut u8).expect("the heap does not start at zero")
}
