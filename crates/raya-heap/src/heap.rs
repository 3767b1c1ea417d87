//! The heap: allocation, the write barrier and what a runtime asks of it.

use std::fmt;
use std::ptr::NonNull;

use crate::blocks::IdleWatch;
use crate::class::{BLOCK_SHIFT, CLASS_COUNT, MAX_SMALL, TABLE_WORDS, cell_size, class_of};
use crate::cursors::{Bump, Sources};
use crate::finalise::Finalisers;
use crate::mark::MarkStack;
use crate::model::ObjectModel;
use crate::options::HeapOptions;
use crate::os::physical_memory;
use crate::pacing::Pacing;
use crate::remember::Remembered;
use crate::roots::RootProvider;
use crate::space::Space;
use crate::stats::Stats;

/// The system has no address space for a heap.
#[derive(Debug, Clone, Copy)]
pub struct ReservationFailed {
    /// Bytes that were asked for first.
    pub requested: usize,
}

impl fmt::Display for ReservationFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mib = self.requested >> 20;
        write!(f, "cannot reserve address space for a heap of {mib} MiB")
    }
}

impl std::error::Error for ReservationFailed {}

/// An allocation would take the heap beyond its limit, even after a major collection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeapLimit {
    /// Bytes of the allocation that failed.
    pub requested: usize,
    /// The limit in bytes.
    pub limit: usize,
}

impl fmt::Display for HeapLimit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let HeapLimit { requested, limit } = self;
        write!(f, "out of memory: {requested} bytes more, limit {limit}")
    }
}

impl std::error::Error for HeapLimit {}

/// Everything of a heap that does not depend on the object model.
#[derive(Debug)]
#[repr(C)]
pub(crate) struct Core {
    pub bumps: [Bump; CLASS_COUNT],
    pub unlog_bias: usize,
    pub space: Space,
    pub sources: Sources,
    /// Blocks with free cells, by class; the last is taken first.
    pub partial: [Vec<u32>; CLASS_COUNT],
    /// Blocks of cells and first blocks of large objects that the next minor collection
    /// has to look at.
    pub touched: Vec<u32>,
    pub remembered: Remembered,
    pub finalisers: Finalisers,
    pub pacing: Pacing,
    pub idle: IdleWatch,
    pub stack: MarkStack,
    pub stats: Stats,
    /// The limit in blocks, without the reserve.
    pub limit: usize,
    pub options: HeapOptions,
    /// Allocations until the next collection in stress mode.
    pub stress_left: u32,
}

/// A garbage-collected heap for objects that `M` describes.
///
/// Objects never move. Fresh memory is zero. Collections happen only inside of
/// [`alloc`](Heap::alloc), [`alloc_slow`](Heap::alloc_slow) and
/// [`collect`](Heap::collect).
#[derive(Debug)]
#[repr(C)]
pub struct Heap<M> {
    pub(crate) core: Core,
    pub(crate) model: M,
}

/// Offset in [`Heap`] of the array of [`Bump`]s, one per size class.
///
/// Compiled code allocates an object of `size` bytes, of class `c = class_of(size)`, with
/// `cursor` the address `heap + BUMP_OFFSET + c * BUMP_STRIDE`, so:
///
/// ```text
/// cell = load [cursor + BUMP_CUR]
/// if cell >= load [cursor + BUMP_END]     ; unsigned
///     cell = call alloc_slow(size)        ; cold, may collect
/// else
///     store [cursor + BUMP_CUR], cell + cell_size(c)
/// store [cell], header                    ; the rest is zero already
/// ```
pub const BUMP_OFFSET: usize = std::mem::offset_of!(Core, bumps);
/// Distance in bytes between the [`Bump`]s of neighbouring classes.
pub const BUMP_STRIDE: usize = size_of::<Bump>();
/// Offset of `cur` in a [`Bump`].
pub const BUMP_CUR: usize = std::mem::offset_of!(Bump, cur);
/// Offset of `end` in a [`Bump`].
pub const BUMP_END: usize = std::mem::offset_of!(Bump, end);
/// Offset in [`Heap`] of the word that [`Heap::unlog_bias`] returns.
pub const UNLOG_BIAS_OFFSET: usize = std::mem::offset_of!(Core, unlog_bias);
/// Bytes of freed cells in stress mode.
pub const POISON: u8 = 0xf7;

/// The limit of heaps that nobody limited: half of the machine's memory, so that a program
/// that never stops allocating ends with an exception and not by the system's hand.
fn default_limit() -> usize {
    physical_memory().map_or(usize::MAX, |bytes| bytes / 2)
}

impl<M: ObjectModel> Heap<M> {
    /// An empty heap.
    pub fn new(options: HeapOptions, model: M) -> Result<Self, ReservationFailed> {
        let requested = options.reservation;
        let mut space = Space::new(requested).ok_or(ReservationFailed { requested })?;
        let wanted = options.max_heap.unwrap_or_else(default_limit);
        let limit = (wanted >> BLOCK_SHIFT).clamp(1, space.capacity);
        space.limit = limit;
        let core = Core {
            bumps: [Bump::default(); CLASS_COUNT],
            unlog_bias: (space.unlog.start() as usize).wrapping_sub(space.base >> 6),
            space,
            sources: Sources::new(options.gc_stress != 0),
            partial: [const { Vec::new() }; CLASS_COUNT],
            touched: Vec::new(),
            remembered: Remembered::default(),
            finalisers: Finalisers::default(),
            pacing: Pacing::new(&options),
            idle: IdleWatch::NEW,
            stack: MarkStack::default(),
            stats: Stats::ZERO,
            limit,
            stress_left: options.gc_stress,
            options,
        };
        Ok(Heap { core, model })
    }

    /// What describes the objects.
    pub fn model(&self) -> &M {
        &self.model
    }

    /// What describes the objects.
    pub fn model_mut(&mut self) -> &mut M {
        &mut self.model
    }

    /// A zeroed cell for `size` bytes if one is at hand. Never collects: on `None` call
    /// [`alloc_slow`](Heap::alloc_slow) with the roots.
    ///
    /// The caller stores the header, and with it makes the cell an object, before the
    /// next allocation or safepoint. Until then stores need no barrier.
    #[inline(always)]
    pub fn try_alloc(&mut self, size: usize) -> Option<NonNull<u8>> {
        if size > MAX_SMALL {
            return None;
        }
        self.try_alloc_class(class_of(size))
    }

    /// [`try_alloc`](Heap::try_alloc) for a class known in advance.
    ///
    /// # Panics
    /// If there is no such class.
    #[inline(always)]
    pub fn try_alloc_class(&mut self, class: usize) -> Option<NonNull<u8>> {
        self.core.bump(class)
    }

    /// Zeroed memory for an object of `size` bytes, collecting garbage first if
    /// due. See [`try_alloc`](Heap::try_alloc) for what the caller must do.
    #[inline]
    pub fn alloc(
        &mut self,
        size: usize,
        roots: &mut dyn RootProvider,
    ) -> Result<NonNull<u8>, HeapLimit> {
        match self.try_alloc(size) {
            Some(cell) => Ok(cell),
            None => self.alloc_slow(size, roots),
        }
    }

    /// Memory for an object that no cursor has room for.
    #[cold]
    #[inline(never)]
    pub fn alloc_slow(
        &mut self,
        size: usize,
        roots: &mut dyn RootProvider,
    ) -> Result<NonNull<u8>, HeapLimit> {
        self.stress(roots);
        if size > MAX_SMALL {
            self.alloc_large(size, roots)
        } else {
            self.alloc_small(class_of(size), roots)
        }
    }

    /// Stores `word` into `slot` of `object`, with the write barrier.
    ///
    /// # Safety
    /// `object` is an allocated object of this heap, `slot` an aligned slot in it.
    #[inline(always)]
    pub unsafe fn write(&mut self, object: *mut u8, slot: *mut u64, word: u64) {
        // SAFETY: by the caller.
        unsafe { slot.write(word) };
        // SAFETY: by the caller.
        unsafe { self.barrier(object, slot) };
    }

    /// The write barrier: after a reference was stored at `slot` of `object`.
    ///
    /// Compiled code does the same inline, with `bias` the constant that
    /// [`unlog_bias`](Heap::unlog_bias) returns:
    ///
    /// ```text
    /// byte = load.u8 [bias + (object >> 6)]      ; logical shift
    /// if byte & (1 << ((object >> 3) & 7)) != 0  ; equally (byte >> (..)) & 1
    ///     call remember(object, slot)            ; cold
    /// ```
    ///
    /// `object` is the start of the object, also where it is a large array's storage.
    ///
    /// # Safety
    /// `object` is an allocated object of this heap.
    #[inline(always)]
    pub unsafe fn barrier(&mut self, object: *const u8, slot: *const u64) {
        let space = &self.core.space;
        let granule = space.granule(object as usize);
        debug_assert!(granule / 64 < space.frontier * TABLE_WORDS);
        // SAFETY: the object lies in the heap by the caller, so its bit in the table.
        let word = unsafe { space.unlog.get_unchecked(granule / 64) };
        if word >> (granule % 64) & 1 != 0 {
            self.remember(object, slot);
        }
    }

    /// Slow path of the barrier: remembers that `slot` of `object` was written.
    ///
    /// # Panics
    /// If `object` does not lie in the heap.
    #[cold]
    #[inline(never)]
    pub fn remember(&mut self, object: *const u8, slot: *const u64) {
        let core = &mut self.core;
        let slots = slot as usize..slot as usize + 8;
        core.remembered.store(&core.space, object as usize, slots);
    }

    /// The write barrier after `len` slots from `first` on were stored at once.
    ///
    /// # Panics
    /// If `object` does not lie in the heap.
    pub fn barrier_range(&mut self, object: *const u8, first: *const u64, len: usize) {
        if len > 0 {
            let core = &mut self.core;
            let slots = first as usize..first as usize + len * 8;
            core.remembered.store(&core.space, object as usize, slots);
        }
    }

    /// Constant of the inline barrier, fixed for the life of the heap.
    pub fn unlog_bias(&self) -> usize {
        self.core.unlog_bias
    }

    /// Queues `token`, which the heap keeps alive, once `object` has died.
    pub fn register_finaliser(&mut self, object: *const u8, token: u64) {
        self.core.finalisers.register(object as usize, token);
    }

    /// The next token whose object has died. The runtime drains the queue after a
    /// collection.
    pub fn take_finalised(&mut self) -> Option<u64> {
        self.core.finalisers.take()
    }

    /// Number of tokens that wait in the queue.
    pub fn finalised(&self) -> usize {
        self.core.finalisers.pending()
    }

    /// Lets allocations exceed the limit by the reserve, so that the objects of an
    /// out-of-memory exception can be made.
    pub fn open_reserve(&mut self) {
        let reserve = self.core.options.reserve >> BLOCK_SHIFT;
        self.core.space.limit = (self.core.limit + reserve).min(self.core.space.capacity);
    }

    /// Ends what [`open_reserve`](Heap::open_reserve) began.
    pub fn close_reserve(&mut self) {
        self.core.space.limit = self.core.limit;
    }

    /// Bytes that the heap may hold, without the reserve.
    pub fn limit(&self) -> usize {
        self.core.limit << BLOCK_SHIFT
    }

    /// Returns the memory of all free blocks to the system.
    pub fn trim(&mut self) {
        let returned = self.core.space.decommit(usize::MAX);
        self.core.stats.returned_bytes += (returned << BLOCK_SHIFT) as u64;
    }

    /// Start of the allocated object that `word` points at or into.
    pub fn object_at(&self, word: usize) -> Option<NonNull<u8>> {
        let core = &self.core;
        core.sources.publish(&core.bumps, &core.space);
        let start = core.space.resolve(word, &core.space.marks)?;
        NonNull::new(start as *mut u8)
    }

    /// Bytes that the object at `object` may use: its cell or its blocks.
    pub fn extent_of(&self, object: *const u8) -> Option<usize> {
        self.core.extent_of(object as usize)
    }

    /// How many major collections there were: the counter alone, because [`Self::stats`] adds
    /// up over all size classes.
    pub fn major_collections(&self) -> u64 {
        self.core.stats.major_collections
    }

    /// Counters up to now.
    pub fn stats(&self) -> Stats {
        let core = &self.core;
        let mut stats = core.stats.clone();
        stats.live_bytes = core.pacing.live;
        stats.used_bytes = core.space.used_blocks << BLOCK_SHIFT;
        stats.remembered = core.remembered.count;
        for (class, bump) in core.bumps.iter().enumerate() {
            let bytes = core.sources.allocated(class, bump);
            stats.allocated_bytes += bytes;
            stats.objects_by_class[class] = bytes / cell_size(class) as u64;
        }
        stats
    }
}

impl Core {
    /// The next cell of `class` in its current run.
    #[inline(always)]
    pub fn bump(&mut self, class: usize) -> Option<NonNull<u8>> {
        let bump = &mut self.bumps[class];
        let cell = bump.cur;
        if cell < bump.end {
            bump.cur = cell + cell_size(class);
            NonNull::new(cell as *mut u8)
        } else {
            None
        }
    }
}

// SAFETY: a heap owns its memory; its pointers are not tied to a thread. Only one
// thread at a time has the exclusive reference that changes it.
unsafe impl<M: Send> Send for Heap<M> {}
