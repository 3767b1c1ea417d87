//! Handing out blocks: one at a time to the size classes, in runs to large objects.
//!
//! Free blocks are zero bits in a bitmap, so neighbours coalesce by themselves. Single
//! blocks and runs come from the lowest address where they fit; the heap grows at its
//! frontier only when they fit nowhere. Blocks that were written carry a dirty bit
//! until their memory is returned to the system.

use crate::class::{BLOCK_SHIFT, BLOCK_SIZE, TABLE_WORDS};
use crate::space::{BlockMeta, Space};

/// Free blocks that keep their memory whatever happens.
const KEPT_BLOCKS: usize = 32;
/// Collections during which a block must stay free before its memory is returned.
const WINDOW: u32 = 8;

/// A block that now belongs to the caller.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Taken {
    /// Index of the block.
    pub block: usize,
    /// Whether it reads as zero.
    pub fresh: bool,
}

/// Lengths of gaps that are told apart; longer ones share the last row.
const GAP_ROWS: usize = 64;

/// Where the search for a gap of some length may begin, so that a heap full of short
/// gaps is not walked for each large object.
#[derive(Debug)]
pub(crate) struct Gaps {
    /// No gap of at least `row` blocks starts below `bounds[row]`, but for blocks
    /// released since.
    bounds: [usize; GAP_ROWS],
    /// The lowest block released since the last search.
    lowest_released: usize,
}

impl Gaps {
    /// Nothing is known.
    pub const NEW: Gaps = Gaps {
        bounds: [0; GAP_ROWS],
        lowest_released: usize::MAX,
    };
}

impl Space {
    /// A block for cells of `class`, or `None` at the limit.
    pub fn take_block(&mut self, class: usize) -> Option<Taken> {
        if self.used_blocks >= self.limit {
            return None;
        }
        let found = self.used.find(false, self.first_free, self.frontier);
        let block = match found {
            Some(block) => block,
            None => self.extend(1)?,
        };
        self.first_free = block + 1;
        let fresh = !self.dirty.bit(block);
        self.dirty.set_bit(block, true);
        self.used.set_bit(block, true);
        self.used_blocks += 1;
        self.meta.set(block, BlockMeta::cells(class));
        Some(Taken { block, fresh })
    }

    /// `count` adjoining blocks for one object, or `None` at the limit. Their contents
    /// are arbitrary where the dirty bit is set.
    pub fn take_run(&mut self, count: usize) -> Option<usize> {
        if count > self.limit.saturating_sub(self.used_blocks) {
            return None;
        }
        let block = match self.first_gap(count) {
            Some(block) => block,
            None => self.extend(count)?,
        };
        self.meta.set(block, BlockMeta::large(count));
        self.used.set_bit(block, true);
        for back in 1..count {
            self.meta.set(block + back, BlockMeta::inner(back));
            self.used.set_bit(block + back, true);
        }
        self.used_blocks += count;
        Some(block)
    }

    /// Zeroes `len` bytes from the start of `block` on, skipping blocks that already
    /// are, and takes note that all `count` blocks will be written.
    pub fn zero_dirty(&mut self, block: usize, count: usize, len: usize) {
        let end = block + count;
        let mut at = block;
        while let Some(first) = self.dirty.find(true, at, end) {
            let last = self.dirty.find(false, first, end).unwrap_or(end);
            let from = (first - block) << BLOCK_SHIFT;
            let to = ((last - block) << BLOCK_SHIFT).min(len);
            if from < to {
                let start = self.block_address(first) as *mut u8;
                // SAFETY: these blocks were just taken by the caller, nobody else
                // refers to them.
                unsafe { start.write_bytes(0, to - from) };
            }
            at = last;
        }
        for block in block..end {
            self.dirty.set_bit(block, true);
        }
    }

    /// Takes back `count` blocks. Their marks and remembered bits are cleared.
    pub fn release(&mut self, block: usize, count: usize) {
        for block in block..block + count {
            self.meta.set(block, BlockMeta::FREE);
            self.used.set_bit(block, false);
        }
        // Inner blocks of large objects never have bits.
        self.unlog.clear(block * TABLE_WORDS, TABLE_WORDS);
        self.marks.clear(block * TABLE_WORDS, TABLE_WORDS);
        self.used_blocks -= count;
        self.first_free = self.first_free.min(block);
        self.gaps.lowest_released = self.gaps.lowest_released.min(block);
    }

    /// Grows the object at `block` from `count` blocks to `wanted` without moving it.
    pub fn extend_run(&mut self, block: usize, count: usize, wanted: usize) -> bool {
        let more = wanted - count;
        let end = block + count;
        let room = more <= self.limit.saturating_sub(self.used_blocks)
            && block + wanted <= self.capacity
            && self
                .used
                .find(true, end, (end + more).min(self.frontier))
                .is_none();
        if !room {
            return false;
        }
        self.frontier = self.frontier.max(block + wanted);
        let mut first = self.meta.get(block);
        first.span = wanted as u32;
        self.meta.set(block, first);
        for back in count..wanted {
            self.meta.set(block + back, BlockMeta::inner(back));
            self.used.set_bit(block + back, true);
        }
        self.used_blocks += more;
        true
    }

    /// Moves the frontier and returns the first of the new blocks.
    fn extend(&mut self, count: usize) -> Option<usize> {
        // A gap that reaches the frontier is the beginning of the new run.
        let block = match count {
            1 => self.frontier,
            _ => self.used.run_start(false, self.frontier),
        };
        if count > self.capacity - block {
            return None;
        }
        self.frontier = self.frontier.max(block + count);
        Some(block)
    }

    /// The lowest gap of at least `count` blocks.
    fn first_gap(&mut self, count: usize) -> Option<usize> {
        let released = std::mem::replace(&mut self.gaps.lowest_released, usize::MAX);
        for bound in &mut self.gaps.bounds {
            *bound = released.min(*bound);
        }
        let row = count.min(GAP_ROWS - 1);
        let mut too_small = None;
        let bound = self.gaps.bounds[row].min(self.frontier);
        let mut at = self.used.run_start(false, bound);
        while let Some(start) = self.used.find(false, at, self.frontier) {
            let enough = self.frontier.min(start + count);
            let end = self.used.find(true, start, enough).unwrap_or(enough);
            if end - start == count {
                self.gaps.bounds[row] = too_small.unwrap_or(start);
                return Some(start);
            }
            if end - start >= row {
                too_small.get_or_insert(start);
            }
            at = end;
        }
        self.gaps.bounds[row] = too_small.unwrap_or(self.frontier);
        None
    }

    /// Free blocks that still have memory.
    pub fn idle_blocks(&self) -> usize {
        let words = self.frontier.div_ceil(64);
        (0..words)
            .map(|word| (self.dirty.get(word) & !self.used.get(word)).count_ones() as usize)
            .sum()
    }

    /// Returns the memory of at most `count` free blocks to the system, those at the
    /// highest addresses first because they are reused last. Returns how many.
    pub fn decommit(&mut self, count: usize) -> usize {
        let is_idle =
            |space: &Space, block: usize| space.dirty.bit(block) && !space.used.bit(block);
        let mut done = 0;
        let mut end = self.frontier;
        while done < count && end > 0 {
            if !is_idle(self, end - 1) {
                end -= 1;
                continue;
            }
            let mut start = end - 1;
            while start > 0 && end - start < count - done && is_idle(self, start - 1) {
                start -= 1;
            }
            let offset = self.block_address(start) - self.reservation.start().as_ptr() as usize;
            let len = (end - start) * BLOCK_SIZE;
            if !self.reservation.decommit(offset, len) {
                return done;
            }
            for block in start..end {
                self.dirty.set_bit(block, false);
            }
            done += end - start;
            end = start;
        }
        done
    }
}

/// Watches for blocks that stay free, and returns their memory in small portions.
///
/// The nursery is full when a collection begins: a block that is free then was not
/// needed since the last one.
#[derive(Debug)]
pub(crate) struct IdleWatch {
    collections: u32,
    /// The fewest idle blocks at the beginning of a collection of this window.
    fewest: usize,
}

impl IdleWatch {
    pub const NEW: IdleWatch = IdleWatch {
        collections: 0,
        fewest: usize::MAX,
    };

    /// A collection begins. At the end of a window, returns half of the blocks that were
    /// idle throughout; the number of blocks whose memory was returned.
    pub fn collection_begins(&mut self, space: &mut Space) -> usize {
        self.collections += 1;
        self.fewest = self.fewest.min(space.idle_blocks());
        if self.collections < WINDOW {
            return 0;
        }
        let idle = std::mem::replace(self, Self::NEW).fewest;
        space.decommit((idle / 2).min(idle.saturating_sub(KEPT_BLOCKS)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::space::Kind;

    fn space() -> Space {
        Space::new(64 << 20).expect("reservation")
    }

    #[test]
    fn single_blocks_come_from_the_lowest_address() {
        let mut space = space();
        for expected in 0..5 {
            let run = space.take_block(0).expect("room");
            assert_eq!((run.block, run.fresh), (expected, true));
        }
        space.release(3, 1);
        space.release(1, 1);
        let run = space.take_block(2).expect("room");
        assert_eq!((run.block, run.fresh), (1, false));
        assert_eq!(space.meta.get(1).kind(), Kind::Cells(2));
        assert_eq!(space.used_blocks, 4);
    }

    #[test]
    fn runs_take_the_lowest_gap_and_gaps_coalesce() {
        let mut space = space();
        let starts: Vec<_> = [2, 1, 4, 1, 3, 1]
            .map(|count| space.take_run(count).expect("room"))
            .into();
        space.release(starts[0], 2);
        space.release(starts[2], 4);
        space.release(starts[4], 3);
        assert_eq!(space.take_run(3), Some(starts[2]));
        assert_eq!(space.take_run(3), Some(starts[4]));
        assert_eq!(space.take_run(2), Some(starts[0]));
        space.release(starts[0], 2);
        space.release(starts[1], 1);
        assert_eq!(space.take_run(3), Some(starts[0]));
    }

    #[test]
    fn gap_search_agrees_with_a_plain_walk() {
        let mut space = Space::new(1 << 30).expect("reservation");
        let mut taken: Vec<(usize, usize)> = Vec::new();
        let mut state = 12345u32;
        let mut random = |bound: u32| {
            state = state.wrapping_mul(1_103_515_245).wrapping_add(12345);
            ((state >> 16) % bound) as usize
        };
        for _ in 0..5000 {
            if random(100) < 52 && space.used_blocks < 1500 {
                let count = 2 + if random(10) == 0 {
                    random(150)
                } else {
                    random(6)
                };
                let free = |block: &usize| !space.used.bit(*block);
                let fits = |start: &usize| (*start..start + count).all(|block| free(&block));
                let expected = (0..space.frontier.saturating_sub(count - 1)).find(fits);
                let block = space.take_run(count).expect("room");
                assert!(expected.is_none_or(|expected| expected == block));
                taken.push((block, count));
            } else if !taken.is_empty() {
                let (block, count) = taken.swap_remove(random(taken.len() as u32));
                space.release(block, count);
            }
            if random(10) == 0 && space.used_blocks < 1500 {
                let single = space.take_block(0).expect("room");
                taken.push((single.block, 1));
            }
        }
    }

    #[test]
    fn the_heap_grows_from_a_gap_at_its_frontier() {
        let mut space = space();
        assert_eq!(space.take_run(2), Some(0));
        assert_eq!(space.take_run(2), Some(2));
        space.release(2, 2);
        assert_eq!(space.take_run(3), Some(2));
        assert_eq!(space.frontier, 5);
        assert!(space.extend_run(2, 3, 6));
        assert_eq!((space.frontier, space.used_blocks), (8, 8));
        assert!(!space.extend_run(0, 2, 3));
    }

    #[test]
    fn limit_counts_blocks_in_use() {
        let mut space = space();
        space.limit = 3;
        assert!(space.take_run(4).is_none());
        assert!(space.take_run(2).is_some());
        assert!(space.take_block(0).is_some());
        assert!(space.take_block(0).is_none());
        space.release(0, 2);
        assert!(space.take_block(0).is_some());
    }

    #[test]
    fn returned_memory_reads_as_zero() {
        let mut space = space();
        let block = space.take_run(100).expect("room");
        space.zero_dirty(block, 100, 100 * BLOCK_SIZE);
        let start = space.block_address(block) as *mut u8;
        // SAFETY: the run belongs to this test.
        unsafe { start.write_bytes(7, 100 * BLOCK_SIZE) };
        space.release(block, 100);
        assert_eq!(space.idle_blocks(), 100);
        let mut watch = IdleWatch::NEW;
        for _ in 1..WINDOW {
            assert_eq!(watch.collection_begins(&mut space), 0);
        }
        assert_eq!(watch.collection_begins(&mut space), 50);
        assert_eq!(space.idle_blocks(), 50);
        let block = space.take_run(100).expect("room");
        space.zero_dirty(block, 100, 100 * BLOCK_SIZE);
        // SAFETY: as above.
        let bytes = unsafe { std::slice::from_raw_parts(start, 100 * BLOCK_SIZE) };
        assert!(bytes.iter().all(|&byte| byte == 0));
    }
}
