//! Settings of a heap, fixed when it is created.

/// How a heap is sized and how it checks itself. `Default` is what programs get
/// without flags.
#[derive(Debug, Clone)]
pub struct HeapOptions {
    /// Address space to reserve, in bytes. Smaller reservations are tried when the
    /// system refuses, down to one sixty-fourth.
    pub reservation: usize,
    /// The heap never holds more than this many bytes (counted in blocks), nor more than
    /// the reservation; `None` stands for half of the machine's memory.
    pub max_heap: Option<usize>,
    /// Bytes beyond `max_heap` for the objects of an out-of-memory exception, usable
    /// while [`Heap::open_reserve`](crate::Heap::open_reserve) holds.
    pub reserve: usize,
    /// Bytes allocated between two collections at least.
    pub min_nursery: usize,
    /// Bytes allocated between two collections at most; between the two bounds it
    /// follows the size of the live data.
    pub max_nursery: usize,
    /// A major collection happens when the live data has grown by `growth` percent
    /// plus `min_growth` bytes since the last one.
    pub growth: usize,
    /// See `growth`.
    pub min_growth: usize,
    /// Collect at every Nth allocation and fill freed cells with
    /// [`POISON`](crate::POISON). Zero: off.
    pub gc_stress: u32,
    /// Verify the heap before and after each collection.
    pub verify: bool,
}

impl Default for HeapOptions {
    fn default() -> Self {
        HeapOptions {
            reservation: 64 << 30,
            max_heap: None,
            reserve: 1 << 20,
            min_nursery: 8 << 20,
            max_nursery: 16 << 20,
            growth: 40,
            min_growth: 8 << 20,
            gc_stress: 0,
            verify: cfg!(debug_assertions),
        }
    }
}
