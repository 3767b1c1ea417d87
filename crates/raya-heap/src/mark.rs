//! Marking: from grey objects to everything they reach.
//!
//! A [`Tracer`] owns one mark stack; marks are set through one function and large
//! objects are scanned a piece at a time, so that several tracers could share the
//! work. Objects are prefetched some steps before they are scanned, which is worth
//! more than anything else here.

use std::mem;

use crate::class::{BLOCK_SIZE, GRANULE};
use crate::model::{ObjectModel, Visitor};
use crate::space::Space;

/// Objects between prefetch and scan; a power of two.
const AHEAD: usize = 32;
/// Bytes of a large object that are scanned before what they reached.
const PIECE: usize = 128 << 10;
/// Entries that a mark stack keeps allocated between collections.
const KEPT_ENTRIES: usize = 64 << 10;

/// Work of one tracer: objects marked but not scanned.
#[derive(Debug, Default)]
pub(crate) struct MarkStack {
    objects: Vec<usize>,
    /// Large objects and how far each is scanned.
    large: Vec<(usize, usize)>,
}

impl MarkStack {
    /// Forgets memory that an unusual collection needed.
    pub fn shrink(&mut self) {
        debug_assert!(self.objects.is_empty() && self.large.is_empty());
        self.objects.shrink_to(KEPT_ENTRIES);
        self.large.shrink_to(KEPT_ENTRIES);
    }
}

/// An ephemeron whose key was not yet seen alive.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ephemeron {
    /// Slot of the key.
    pub key: *mut u64,
    /// Slot of the value.
    pub value: *mut u64,
}

/// Marks objects and collects the weak slots among what it reaches.
#[derive(Debug)]
pub struct Tracer<'a> {
    base: usize,
    extent: usize,
    marks: *mut u64,
    pub(crate) space: &'a Space,
    stack: MarkStack,
    pub(crate) weak: Vec<*mut u64>,
    pub(crate) ephemerons: Vec<Ephemeron>,
}

impl<'a> Tracer<'a> {
    /// A tracer with an empty `stack`.
    pub(crate) fn new(space: &'a Space, stack: MarkStack) -> Self {
        Tracer {
            base: space.base,
            extent: space.extent(),
            marks: space.marks.start(),
            space,
            stack,
            weak: Vec::new(),
            ephemerons: Vec::new(),
        }
    }

    /// The empty mark stack, to be used again.
    pub(crate) fn into_stack(self) -> MarkStack {
        self.stack
    }

    /// Whether `word` lies in the heap.
    #[inline(always)]
    pub(crate) fn in_heap(&self, word: u64) -> bool {
        (word as usize).wrapping_sub(self.base) < self.extent
    }

    /// Whether `word` is no reference, or one to an object already marked.
    #[inline(always)]
    pub(crate) fn is_alive(&self, word: u64) -> bool {
        !self.in_heap(word) || self.space.is_marked(word as usize)
    }

    /// Marks the object at `address` and puts it on the stack if that is news.
    #[inline(always)]
    pub(crate) fn mark(&mut self, address: usize) {
        let granule = (address - self.base) / GRANULE;
        let bit = 1u64 << (granule % 64);
        // SAFETY: `address` lies below the frontier, so its word lies in the table.
        // Only this tracer runs: reading and writing need not be atomic.
        let news = unsafe {
            let word = self.marks.add(granule / 64);
            let old = word.read();
            word.write(old | bit);
            old & bit == 0
        };
        if news {
            self.stack.objects.push(address);
        }
    }

    /// Scans an object that is already marked, as soon as `drain` runs.
    pub(crate) fn revisit(&mut self, address: usize) {
        self.stack.objects.push(address);
    }

    /// Scans until nothing grey is left. `seen` is told each object before its scan.
    #[inline(never)]
    pub(crate) fn drain<M: ObjectModel>(
        &mut self,
        model: &M,
        mut seen: impl FnMut(&mut Self, usize),
    ) {
        loop {
            let mut ring = [0usize; AHEAD];
            let (mut head, mut len) = (0, 0);
            loop {
                while len < AHEAD
                    && let Some(object) = self.stack.objects.pop()
                {
                    prefetch(object);
                    ring[(head + len) % AHEAD] = object;
                    len += 1;
                }
                if len == 0 {
                    break;
                }
                let object = ring[head % AHEAD];
                head += 1;
                len -= 1;
                seen(self, object);
                if self.space.is_large(object) {
                    self.stack.large.push((object, object));
                } else {
                    // SAFETY: only starts of allocated objects are marked.
                    unsafe { model.scan(object as *const u8, self) };
                }
            }
            let Some((object, from)) = self.stack.large.pop() else {
                return;
            };
            let end = object + self.space.large_extent(object);
            let to = end.min(from + PIECE);
            if to < end {
                self.stack.large.push((object, to));
            }
            // SAFETY: a marked large object and a range inside its blocks.
            unsafe { scan_piece(model, object, from, to, self) };
        }
    }
}

/// `ObjectModel::scan_range` over addresses.
///
/// # Safety
/// As there.
pub(crate) unsafe fn scan_piece<M: ObjectModel, V: Visitor>(
    model: &M,
    object: usize,
    from: usize,
    to: usize,
    visitor: &mut V,
) {
    // SAFETY: passed on.
    unsafe {
        model.scan_range(
            object as *const u8,
            from as *const u8,
            to as *const u8,
            visitor,
        )
    }
}

impl Visitor for Tracer<'_> {
    #[inline(always)]
    fn word(&mut self, word: u64) {
        if self.in_heap(word) {
            self.mark(word as usize);
        }
    }

    #[inline]
    fn interior(&mut self, word: u64) {
        // A live object refers to allocated ones only: no need to ask.
        if let Some((start, _)) = self.space.cell_around(word as usize) {
            self.mark(start);
        }
    }

    fn weak(&mut self, slot: *mut u64) {
        self.weak.push(slot);
    }

    fn ephemeron(&mut self, key: *mut u64, value: *mut u64) {
        self.ephemerons.push(Ephemeron { key, value });
    }
}

impl Tracer<'_> {
    /// Keeps the values of ephemerons with live keys alive, then clears the slots of
    /// everything whose target died. Marking is complete afterwards.
    pub(crate) fn finish_weak<M: ObjectModel>(&mut self, model: &M) {
        self.resolve_ephemerons(model);
        for slot in mem::take(&mut self.weak) {
            // SAFETY: the slot belongs to an object found alive in this collection.
            unsafe {
                if !self.is_alive(slot.read()) {
                    slot.write(M::CLEARED);
                }
            }
        }
    }

    /// Linear in the number of ephemerons and of objects their values reach: those with
    /// unmarked keys wait in a map, in which each newly marked object is looked up.
    fn resolve_ephemerons<M: ObjectModel>(&mut self, model: &M) {
        use std::collections::HashMap;
        let mut waiting: HashMap<usize, Vec<Ephemeron>> = HashMap::new();
        while !self.ephemerons.is_empty() {
            for ephemeron in mem::take(&mut self.ephemerons) {
                // SAFETY: the slots belong to an object found alive in this collection.
                let (key, value) = unsafe { (ephemeron.key.read(), ephemeron.value.read()) };
                if self.is_alive(key) {
                    self.word(value);
                } else {
                    waiting.entry(key as usize).or_default().push(ephemeron);
                }
            }
            self.drain(model, |tracer, object| {
                // A key found now makes its values alive.
                if let Some(found) = waiting.remove(&object) {
                    tracer.ephemerons.extend(found);
                }
            });
        }
        for ephemeron in waiting.into_values().flatten() {
            // SAFETY: as above; the key is dead, so nobody can ask for the value.
            unsafe {
                ephemeron.key.write(M::CLEARED);
                ephemeron.value.write(M::CLEARED);
            }
        }
    }
}

/// Asks for the cache line of an object's header.
#[inline(always)]
fn prefetch(address: usize) {
    debug_assert!(address.is_multiple_of(GRANULE) && BLOCK_SIZE > 64);
    #[cfg(target_arch = "x86_64")]
    // SAFETY: a prefetch has no effect that the program can see.
    unsafe {
        use core::arch::x86_64::{_MM_HINT_T0, _mm_prefetch};
        _mm_prefetch(address as *const i8, _MM_HINT_T0);
    }
    #[cfg(target_arch = "aarch64")]
    // SAFETY: a prefetch has no effect that the program can see.
    unsafe {
        core::arch::asm!("prfm pldl1keep, [{}]", in(reg) address, options(nostack, readonly));
    }
}
