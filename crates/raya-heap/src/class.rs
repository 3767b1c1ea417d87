//! Size classes of small objects and the geometry of a block.
//!
//! Owns the table of cell sizes and the arithmetic from a byte offset inside a
//! block to the cell that contains it. Everything here is constant, so compiled
//! code may embed it. Invariant: every cell size is a multiple of [`GRANULE`],
//! sizes ascend, and a block holds at least two cells of every class.

/// Size in bytes of a block, the unit in which the heap is handed out.
pub const BLOCK_SIZE: usize = 1 << BLOCK_SHIFT;
/// Base-2 logarithm of [`BLOCK_SIZE`].
pub const BLOCK_SHIFT: u32 = 15;
/// Alignment of every object; side tables have one bit per granule.
pub const GRANULE: usize = 8;
/// Words of a one-bit-per-granule side table that describe one block.
pub(crate) const TABLE_WORDS: usize = BLOCK_SIZE / GRANULE / 64;
/// Largest object in bytes that lives in a cell; larger ones get blocks of their own.
pub const MAX_SMALL: usize = 16 << 10;
/// Number of size classes.
pub const CLASS_COUNT: usize = CELL_SIZES.len();

/// Cell size in bytes of each class.
///
/// Steps of 8 where most objects are, then of 16, then sizes chosen so that a
/// whole number of cells nearly fills a block (neighbours differ by a fifth or less
/// up to 8 KiB).
pub const CELL_SIZES: [u32; 47] = [
    16, 24, 32, 40, 48, 56, 64, 72, 80, 88, 96, 104, 112, 120, 128, //
    144, 160, 176, 192, 208, 224, 240, 256, //
    288, 320, 360, 408, 464, 512, 584, 680, 816, 1024, 1168, 1360, 1632, 2048, //
    2336, 2728, 3272, 4096, 4680, 5456, 6552, 8192, 10920, 16384,
];

/// `ceil(2^32 / size)`: multiplying an offset by it divides by the cell size.
const RECIPROCALS: [u32; CLASS_COUNT] = {
    let mut table = [0; CLASS_COUNT];
    let mut class = 0;
    while class < CLASS_COUNT {
        table[class] = (1u64 << 32).div_ceil(CELL_SIZES[class] as u64) as u32;
        class += 1;
    }
    table
};

/// Class of each size, indexed by the size in granules, rounded up.
static CLASS_OF: [u8; MAX_SMALL / GRANULE + 1] = {
    let mut table = [0; MAX_SMALL / GRANULE + 1];
    let mut class = 0;
    let mut granules = 0;
    while granules < table.len() {
        while (CELL_SIZES[class] as usize) < granules * GRANULE {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// The class whose cells hold objects of `size` bytes (at most [`MAX_SMALL`]).
///
/// # Panics
/// If `size` is larger than [`MAX_SMALL`].
#[inline(always)]
pub fn class_of(size: usize) -> usize {
    CLASS_OF[size.div_ceil(GRANULE)] as usize
}

/// Bytes per cell of `class`.
///
/// # Panics
/// If there is no such class.
#[inline(always)]
pub const fn cell_size(class: usize) -> usize {
    CELL_SIZES[class] as usize
}

/// Number of cells that a block of `class` holds.
pub(crate) const fn cells_per_block(class: usize) -> usize {
    BLOCK_SIZE / cell_size(class)
}

/// Offset in the block of the cell that contains byte `offset`, or `None` in the
/// unused tail of the block.
#[inline(always)]
pub(crate) fn cell_start(class: usize, offset: usize) -> Option<usize> {
    let size = cell_size(class);
    let index = (offset as u64 * RECIPROCALS[class] as u64) >> 32;
    let start = index as usize * size;
    (start + size <= BLOCK_SIZE).then_some(start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_ascend_in_granules_and_fit_twice() {
        assert!(CELL_SIZES.is_sorted_by(|a, b| a < b));
        for class in 0..CLASS_COUNT {
            assert_eq!(cell_size(class) % GRANULE, 0);
            assert!(cells_per_block(class) >= 2);
        }
        assert_eq!(cell_size(CLASS_COUNT - 1), MAX_SMALL);
    }

    #[test]
    fn class_is_the_smallest_that_fits() {
        for size in 0..=MAX_SMALL {
            let class = class_of(size);
            assert!(cell_size(class) >= size);
            assert!(class == 0 || cell_size(class - 1) < size);
        }
    }

    #[test]
    fn multiplication_divides_every_offset() {
        for class in 0..CLASS_COUNT {
            let size = cell_size(class);
            for offset in 0..BLOCK_SIZE {
                let start = offset / size * size;
                let expected = (start + size <= BLOCK_SIZE).then_some(start);
                assert_eq!(cell_start(class, offset), expected);
            }
        }
    }
}
