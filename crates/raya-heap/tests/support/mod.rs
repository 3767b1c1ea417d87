//! A small object model for the tests of the heap, and roots that are plain lists.
//!
//! Objects are `[kind: u32, count: u32][id: u64][slots]`.

#![allow(dead_code, reason = "each test binary uses its own part")]

use std::ops::Range;
use std::ptr::NonNull;

use raya_heap::{Collection, Heap, HeapOptions, ObjectModel, RootProvider, Roots, Visitor};

/// What an object is, and how many slots or bytes it has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shape {
    /// Reference slots.
    Refs(usize),
    /// Bytes.
    Raw(usize),
    /// One weak slot.
    Weak,
    /// Key and value.
    Ephemeron,
    /// One slot that may point into an object.
    Interior,
}

const REFS: u32 = 1;
const RAW: u32 = 2;
const WEAK: u32 = 3;
const EPHEMERON: u32 = 4;
const INTERIOR: u32 = 5;

/// Bytes before the slots.
pub const HEADER: usize = 16;
/// What the collector stores into dead weak slots.
pub const CLEARED: u64 = 2;

impl Shape {
    /// Reference slots, weak ones included.
    pub fn slots(self) -> usize {
        match self {
            Shape::Refs(count) => count,
            Shape::Raw(_) => 0,
            Shape::Weak | Shape::Interior => 1,
            Shape::Ephemeron => 2,
        }
    }

    /// Bytes of the object.
    pub fn size(self) -> usize {
        match self {
            Shape::Raw(bytes) => HEADER + bytes,
            shape => HEADER + 8 * shape.slots(),
        }
    }

    fn header(self) -> (u32, u32) {
        match self {
            Shape::Refs(count) => (REFS, count as u32),
            Shape::Raw(bytes) => (RAW, bytes as u32),
            Shape::Weak => (WEAK, 1),
            Shape::Ephemeron => (EPHEMERON, 2),
            Shape::Interior => (INTERIOR, 1),
        }
    }
}

/// Describes the objects of the tests.
#[derive(Debug)]
pub struct TestModel;

// SAFETY: the slots of each kind are reported, nothing else is read.
unsafe impl ObjectModel for TestModel {
    const CLEARED: u64 = CLEARED;

    unsafe fn scan<V: Visitor>(&self, object: *const u8, visitor: &mut V) {
        // SAFETY: an allocated object as `Mutator::alloc` makes them, or zeroes.
        unsafe {
            let kind = object.cast::<u32>().read();
            let count = object.cast::<u32>().add(1).read() as usize;
            let slots = object.add(HEADER).cast::<u64>().cast_mut();
            match kind {
                0 | RAW => {}
                REFS => visitor.words(std::slice::from_raw_parts(slots, count)),
                WEAK => visitor.weak(slots),
                EPHEMERON => visitor.ephemeron(slots, slots.add(1)),
                INTERIOR => visitor.interior(slots.read()),
                kind => panic!("scanned {object:?} of kind {kind:#x}"),
            }
        }
    }

    unsafe fn scan_range<V: Visitor>(
        &self,
        object: *const u8,
        from: *const u8,
        to: *const u8,
        visitor: &mut V,
    ) {
        // SAFETY: as above.
        unsafe {
            let kind = object.cast::<u32>().read();
            if kind != REFS {
                assert!(kind == RAW || kind == 0);
                return;
            }
            let count = object.cast::<u32>().add(1).read() as usize;
            let first = object.add(HEADER);
            let end = first.add(8 * count);
            let mut at = from.max(first);
            while at < to.min(end) {
                visitor.word(at.cast::<u64>().read());
                at = at.add(8);
            }
        }
    }
}

/// Roots that the test lists.
#[derive(Debug, Default)]
pub struct TestRoots {
    /// References.
    pub precise: Vec<u64>,
    /// Words that may point into objects.
    pub conservative: Vec<usize>,
    /// Scan the current stack up to here.
    pub stack: Option<usize>,
    /// Addresses to be reported.
    pub foreign: Range<usize>,
    /// Reported addresses.
    pub foreign_seen: Vec<usize>,
    /// Collections that happened.
    pub log: Vec<Collection>,
}

// SAFETY: the tests list what they use afterwards.
unsafe impl RootProvider for TestRoots {
    fn visit_roots(&mut self, collection: Collection, roots: &mut Roots<'_, '_>) {
        self.log.push(collection);
        roots.words(&self.precise);
        for &word in &self.conservative {
            roots.conservative_word(word);
        }
        if let Some(base) = self.stack {
            // SAFETY: the tests give the address of a variable of a caller.
            unsafe { roots.current_stack(base) };
        }
    }

    fn foreign_range(&self) -> Range<usize> {
        self.foreign.clone()
    }

    fn foreign_word(&mut self, word: usize) {
        self.foreign_seen.push(word);
    }
}

/// A heap with roots and object access for tests.
#[derive(Debug)]
pub struct Mutator {
    /// The heap under test.
    pub heap: Heap<TestModel>,
    /// Its roots.
    pub roots: TestRoots,
}

impl Mutator {
    /// A heap that reserves less address space than the default.
    pub fn new(options: HeapOptions) -> Self {
        let options = HeapOptions {
            reservation: options.reservation.min(1 << 30),
            ..options
        };
        Mutator {
            heap: Heap::new(options, TestModel).expect("reservation"),
            roots: TestRoots::default(),
        }
    }

    /// A new object, `None` at the heap limit.
    pub fn alloc(&mut self, shape: Shape, id: u64) -> Option<u64> {
        let size = shape.size();
        let cell = self.heap.alloc(size, &mut self.roots).ok()?;
        assert!(is_zero(cell, size), "fresh memory is zero");
        let (kind, count) = shape.header();
        // SAFETY: fresh memory of this size.
        unsafe {
            cell.cast::<u32>().write(kind);
            cell.cast::<u32>().add(1).write(count);
            cell.cast::<u64>().add(1).write(id);
        }
        Some(cell.as_ptr() as u64)
    }

    /// Stores into a slot, through the barrier.
    pub fn set(&mut self, object: u64, slot: usize, word: u64) {
        let object = object as *mut u8;
        // SAFETY: the tests store to live objects only.
        unsafe {
            let slot = object.add(HEADER).cast::<u64>().add(slot);
            self.heap.write(object, slot, word);
        }
    }

    /// Stores without the barrier.
    pub fn set_raw(&mut self, object: u64, slot: usize, word: u64) {
        // SAFETY: the tests store to live objects only.
        unsafe {
            let slot = (object as *mut u8).add(HEADER).cast::<u64>().add(slot);
            slot.write(word);
        }
    }

    /// Reads a slot.
    pub fn get(&self, object: u64, slot: usize) -> u64 {
        // SAFETY: the tests read live objects only.
        unsafe { (object as *const u64).add(HEADER / 8 + slot).read() }
    }

    /// Reads the id.
    pub fn id(&self, object: u64) -> u64 {
        // SAFETY: as above.
        unsafe { (object as *const u64).add(1).read() }
    }

    /// Collects now.
    pub fn collect(&mut self, collection: Collection) {
        self.heap.collect(collection, &mut self.roots);
    }

    /// Whether an object is allocated at this address.
    pub fn is_allocated(&self, object: u64) -> bool {
        let found = self.heap.object_at(object as usize);
        found.is_some_and(|start| start.as_ptr() as u64 == object)
    }
}

fn is_zero(cell: NonNull<u8>, size: usize) -> bool {
    // SAFETY: fresh memory of this size.
    let bytes = unsafe { std::slice::from_raw_parts(cell.as_ptr(), size) };
    bytes.iter().all(|&byte| byte == 0)
}

/// A small generator of pseudo-random numbers (xorshift).
#[derive(Debug)]
pub struct Random(u64);

impl Random {
    /// A generator whose sequence depends on `seed` only.
    pub fn new(seed: u64) -> Self {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// Less than `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        ((self.0 >> 16) % bound as u64) as usize
    }

    /// True once in `n`.
    pub fn one_in(&mut self, n: usize) -> bool {
        self.below(n) == 0
    }
}
