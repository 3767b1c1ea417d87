//! The address space of one heap: blocks, their descriptions and the side tables.
//!
//! Owns the layout of the reservation and the translation from an address to the
//! object that contains it. Knows nothing of allocation policy or collection.
//!
//! Invariants others rely on:
//! - a cell is allocated iff its bit in `unlog` or `marks` is set or it lies below
//!   the block's `upto`; outside of collections `marks` holds the objects that
//!   survived one and `unlog` those of them that are not remembered;
//! - a large object starts at the first byte of its first block.

use std::ptr::NonNull;

use crate::blocks::Gaps;
use crate::class::{BLOCK_SHIFT, BLOCK_SIZE, GRANULE, TABLE_WORDS, cell_start};
use crate::os::Reservation;
use crate::table::{Table, Zeroable};

/// Base-2 logarithm of the bytes that one card of a large object covers.
pub(crate) const CARD_SHIFT: u32 = 10;
/// Cards in a block.
pub(crate) const BLOCK_CARDS: usize = BLOCK_SIZE >> CARD_SHIFT;
/// Smallest reservation that is worth having, in blocks.
const MIN_BLOCKS: usize = 64;

/// What a block is used for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Nothing.
    Free,
    /// First block of a large object.
    Large,
    /// A later block of a large object.
    Inner,
    /// Cells of this class.
    Cells(usize),
}

/// Description of one block; all zero for a free one.
#[derive(Debug, Clone, Copy)]
#[repr(C)]
pub(crate) struct BlockMeta {
    /// `Kind`, with the class added to `CELLS`.
    tag: u8,
    /// Cells that survived the last collection of this block.
    pub live: u16,
    /// Cells that start below this offset are allocated.
    pub upto: u32,
    /// Blocks of a large object; in its inner ones the distance to the first.
    pub span: u32,
    /// Stores to a large object that the barrier saw since the last collection.
    pub stores: u32,
}

// SAFETY: integers; zero describes a free block.
unsafe impl Zeroable for BlockMeta {}

const FREE: u8 = 0;
const LARGE: u8 = 1;
const INNER: u8 = 2;
const CELLS: u8 = 3;

impl BlockMeta {
    /// A block that nobody uses.
    pub const FREE: BlockMeta = BlockMeta {
        tag: FREE,
        live: 0,
        upto: 0,
        span: 0,
        stores: 0,
    };

    /// An empty block of cells.
    pub fn cells(class: usize) -> Self {
        BlockMeta {
            tag: CELLS + class as u8,
            ..Self::FREE
        }
    }

    /// The first block of a large object of `span` blocks.
    pub fn large(span: usize) -> Self {
        BlockMeta {
            tag: LARGE,
            span: span as u32,
            ..Self::FREE
        }
    }

    /// The block `back` blocks behind the first one of a large object.
    pub fn inner(back: usize) -> Self {
        BlockMeta {
            tag: INNER,
            span: back as u32,
            ..Self::FREE
        }
    }

    /// What the block is used for.
    #[inline(always)]
    pub fn kind(&self) -> Kind {
        match self.tag {
            FREE => Kind::Free,
            LARGE => Kind::Large,
            INNER => Kind::Inner,
            tag => Kind::Cells((tag - CELLS) as usize),
        }
    }
}

/// Reservation, block descriptions and side tables.
#[derive(Debug)]
pub(crate) struct Space {
    /// Address of the first block, a multiple of the block size.
    pub base: usize,
    /// Blocks below this index were handed out at least once.
    pub frontier: usize,
    /// Number of blocks in the reservation.
    pub capacity: usize,
    /// Blocks in use may not exceed this number.
    pub limit: usize,
    /// Blocks in use.
    pub used_blocks: usize,
    /// All free blocks below the frontier have at least this index.
    pub first_free: usize,
    /// Where runs of free blocks may be.
    pub gaps: Gaps,
    /// One bit per granule: survived, or found live in this collection.
    pub marks: Table<u64>,
    /// One bit per granule: old and not remembered. During a collection, the objects
    /// that survived the previous one.
    pub unlog: Table<u64>,
    /// One byte per card: a reference was stored there.
    pub cards: Table<u8>,
    /// One entry per block.
    pub meta: Table<BlockMeta>,
    /// One bit per block: in use.
    pub used: Table<u64>,
    /// One bit per block: may hold something other than zeroes.
    pub dirty: Table<u64>,
    /// Owns everything the tables refer to; last, so that it is dropped last.
    pub reservation: Reservation,
}

impl Space {
    /// Reserves room for `bytes` of objects, or less if the system refuses.
    pub fn new(bytes: usize) -> Option<Self> {
        let wanted = (bytes >> BLOCK_SHIFT).max(MIN_BLOCKS);
        let mut capacity = wanted;
        while capacity >= (wanted / 64).max(MIN_BLOCKS) {
            if let Some(space) = Self::reserve(capacity.next_multiple_of(MIN_BLOCKS)) {
                return Some(space);
            }
            capacity /= 2;
        }
        None
    }

    fn reserve(capacity: usize) -> Option<Self> {
        let page = |bytes: usize| bytes.next_multiple_of(64 << 10);
        let heap = capacity.checked_mul(BLOCK_SIZE)?;
        let bits = page(capacity * TABLE_WORDS * 8);
        let cards = page(capacity * BLOCK_CARDS);
        let meta = page(capacity * size_of::<BlockMeta>());
        let used = page(capacity.div_ceil(64) * 8);
        let total = heap.checked_add(BLOCK_SIZE + 2 * bits + cards + meta + 2 * used)?;
        let reservation = Reservation::new(total)?;
        let raw = reservation.start();
        let mut at = raw.align_offset(BLOCK_SIZE);
        let mut take = |len: usize| -> NonNull<u8> {
            // SAFETY: the lengths taken add up to at most `total`.
            let part = unsafe { raw.add(at) };
            at += len;
            part
        };
        let base = take(heap).as_ptr() as usize;
        // SAFETY: each part is fresh zero memory of this reservation, page aligned, large
        // enough for its elements, and lives as long as the space.
        unsafe {
            Some(Space {
                base,
                frontier: 0,
                capacity,
                limit: capacity,
                used_blocks: 0,
                first_free: 0,
                gaps: Gaps::NEW,
                marks: Table::new(take(bits), capacity * TABLE_WORDS),
                unlog: Table::new(take(bits), capacity * TABLE_WORDS),
                cards: Table::new(take(cards), capacity * BLOCK_CARDS),
                meta: Table::new(take(meta), capacity),
                used: Table::new(take(used), capacity.div_ceil(64)),
                dirty: Table::new(take(used), capacity.div_ceil(64)),
                reservation,
            })
        }
    }

    /// Bytes from `base` that blocks were handed out of.
    #[inline(always)]
    pub fn extent(&self) -> usize {
        self.frontier << BLOCK_SHIFT
    }

    /// Address of a block's first byte.
    #[inline(always)]
    pub fn block_address(&self, block: usize) -> usize {
        self.base + (block << BLOCK_SHIFT)
    }

    /// The block that contains `address`, which lies in the heap.
    #[inline(always)]
    pub fn block_of(&self, address: usize) -> usize {
        (address - self.base) >> BLOCK_SHIFT
    }

    /// Position of an object in the bit tables.
    #[inline(always)]
    pub fn granule(&self, address: usize) -> usize {
        (address - self.base) / GRANULE
    }

    /// Whether the object at `address` survived, or was found live in this collection.
    #[inline(always)]
    pub fn is_marked(&self, address: usize) -> bool {
        self.marks.bit(self.granule(address))
    }

    /// Whether `address` is the start of a large object.
    #[inline(always)]
    pub fn is_large(&self, address: usize) -> bool {
        address & (BLOCK_SIZE - 1) == 0
            && self.meta.get(self.block_of(address)).kind() == Kind::Large
    }

    /// Blocks of the large object at `address`, in bytes.
    pub fn large_extent(&self, address: usize) -> usize {
        (self.meta.get(self.block_of(address)).span as usize) << BLOCK_SHIFT
    }

    /// Start of the cell or large object around `word`, allocated or not.
    #[inline(always)]
    pub fn cell_around(&self, word: usize) -> Option<(usize, BlockMeta)> {
        let offset = word.wrapping_sub(self.base);
        if offset >= self.extent() {
            return None;
        }
        let block = offset >> BLOCK_SHIFT;
        // SAFETY: below the frontier, hence inside the table.
        let meta = unsafe { self.meta.get_unchecked(block) };
        match meta.kind() {
            Kind::Cells(class) => {
                let start = cell_start(class, offset & (BLOCK_SIZE - 1))?;
                Some((self.block_address(block) + start, meta))
            }
            Kind::Large => Some((self.block_address(block), meta)),
            Kind::Inner => Some((self.block_address(block - meta.span as usize), meta)),
            Kind::Free => None,
        }
    }

    /// Start of the allocated object around `word`; `survivors` is the bit table
    /// that holds the objects older than the last collection.
    #[inline(always)]
    pub fn resolve(&self, word: usize, survivors: &Table<u64>) -> Option<usize> {
        let (start, meta) = self.cell_around(word)?;
        let allocated = !matches!(meta.kind(), Kind::Cells(_))
            || ((start & (BLOCK_SIZE - 1)) as u32) < meta.upto
            || survivors.bit(self.granule(start));
        allocated.then_some(start)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refused_reservation_is_tried_smaller() {
        // More than the address space of a process.
        let bytes = 1 << 47;
        let space = Space::new(bytes).expect("a smaller one is possible");
        assert!(space.capacity < bytes >> BLOCK_SHIFT);
        assert!(space.capacity >= bytes >> BLOCK_SHIFT >> 6);
    }

    #[test]
    fn words_lead_to_the_object_around_them() {
        let mut space = Space::new(1 << 20).expect("reservation");
        let class = crate::class_of(48);
        let cells = space.take_block(class).expect("room").block;
        let large = space.take_run(3).expect("room");
        let mut meta = space.meta.get(cells);
        meta.upto = 96;
        space.meta.set(cells, meta);
        let start = space.block_address(cells);
        let marked = start + 10 * 48;
        space.marks.set_bit(space.granule(marked), true);
        let resolve = |word: usize| space.resolve(word, &space.marks);
        assert_eq!(resolve(start + 47), Some(start));
        assert_eq!(resolve(start + 48), Some(start + 48));
        assert_eq!(resolve(start + 96), None);
        assert_eq!(resolve(marked + 47), Some(marked));
        assert_eq!(resolve(marked + 48), None);
        assert_eq!(resolve(start + BLOCK_SIZE - 1), None, "the tail of a block");
        let object = space.block_address(large);
        for inside in [0, 1, BLOCK_SIZE, 3 * BLOCK_SIZE - 1] {
            assert_eq!(resolve(object + inside), Some(object));
        }
        assert_eq!(resolve(object + 3 * BLOCK_SIZE), None);
        assert_eq!(resolve(space.base - 1), None);
    }
}
