//! Counters of a heap.

use std::time::Duration;

use crate::class::CLASS_COUNT;

/// What a heap has done so far. Sizes in bytes.
#[derive(Debug, Clone)]
pub struct Stats {
    /// Minor collections.
    pub minor_collections: u64,
    /// Major collections.
    pub major_collections: u64,
    /// Time spent in all collections.
    pub total_pause: Duration,
    /// Longest collection.
    pub max_pause: Duration,
    /// The last collection.
    pub last_pause: Duration,
    /// Objects that the last collection left, in cells; after a minor one with the
    /// garbage among the old.
    pub live_bytes: usize,
    /// Blocks in use.
    pub used_bytes: usize,
    /// The most that `used_bytes` was after an allocation.
    pub peak_bytes: usize,
    /// Allocated since the heap was created, in cells and blocks.
    pub allocated_bytes: u64,
    /// Objects larger than [`MAX_SMALL`](crate::MAX_SMALL) allocated.
    pub large_objects: u64,
    /// Objects allocated, by size class.
    pub objects_by_class: [u64; CLASS_COUNT],
    /// Times that the write barrier took its slow path.
    pub remembered: u64,
    /// Memory returned to the system.
    pub returned_bytes: u64,
}

impl Stats {
    pub(crate) const ZERO: Stats = Stats {
        minor_collections: 0,
        major_collections: 0,
        total_pause: Duration::ZERO,
        max_pause: Duration::ZERO,
        last_pause: Duration::ZERO,
        live_bytes: 0,
        used_bytes: 0,
        peak_bytes: 0,
        allocated_bytes: 0,
        large_objects: 0,
        objects_by_class: [0; CLASS_COUNT],
        remembered: 0,
        returned_bytes: 0,
    };

    pub(crate) fn add_pause(&mut self, pause: Duration) {
        self.total_pause += pause;
        self.max_pause = self.max_pause.max(pause);
        self.last_pause = pause;
    }
}
