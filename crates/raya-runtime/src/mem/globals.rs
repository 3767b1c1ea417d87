//! Slots of module variables and static fields.
//!
//! One reserved range for the whole engine, so that instructions name a variable by its
//! address. Slots are in register format and start unset. Invariant: word slots are
//! roots, visited at every collection; stores need no write barrier.

use std::cell::{Cell, RefCell};

use raya_bytecode::Repr;

use crate::mem::region::Region;
use crate::mem::value::{UNSET, UNSET_F64, UNSET_I32, Value};

/// Address space for slots.
const BYTES: usize = 64 << 20;
/// The least that is worth having.
const LEAST: usize = 64 << 10;

/// The slots of an engine.
#[derive(Debug)]
pub struct Globals {
    region: Region,
    next: Cell<u32>,
    words: RefCell<Vec<u32>>,
}

impl Globals {
    /// Reserves the range.
    pub(crate) fn new() -> Option<Globals> {
        Some(Globals {
            region: Region::reserve(BYTES, LEAST)?,
            next: Cell::new(0),
            words: RefCell::default(),
        })
    }

    /// First slot.
    pub fn base(&self) -> *mut u64 {
        self.region.start().cast()
    }

    /// Adds consecutive slots, unset; none when there is no room. The index of the first.
    pub fn add(&self, reprs: impl ExactSizeIterator<Item = Repr>) -> Option<u32> {
        let first = self.next.get();
        let end = first as usize + reprs.len();
        if end * 8 > self.region.len() {
            return None;
        }
        self.next.set(end as u32);
        for (i, repr) in (first..).zip(reprs) {
            self.set_bits(i, unset_bits(repr));
            if repr == Repr::Word {
                self.words.borrow_mut().push(i);
            }
        }
        Some(first)
    }

    /// Address of a slot.
    pub fn address(&self, index: u32) -> *mut u64 {
        debug_assert!(index < self.next.get());
        self.base().wrapping_add(index as usize)
    }

    /// Contents of a slot.
    pub fn bits(&self, index: u32) -> u64 {
        assert!(index < self.next.get(), "global slot out of range");
        // SAFETY: the slot lies in the region.
        unsafe { self.address(index).read() }
    }

    /// Sets a slot.
    pub fn set_bits(&self, index: u32, bits: u64) {
        assert!(index < self.next.get(), "global slot out of range");
        // SAFETY: the slot lies in the region; roots need no barrier.
        unsafe { self.address(index).write(bits) }
    }

    /// Calls `visit` with the contents of every word slot.
    pub(crate) fn each_word(&self, mut visit: impl FnMut(Value)) {
        for &index in self.words.borrow().iter() {
            visit(Value(self.bits(index)));
        }
    }
}

/// The unset marker of a representation.
pub const fn unset_bits(repr: Repr) -> u64 {
    match repr {
        Repr::Word => UNSET,
        Repr::F64 => UNSET_F64,
        Repr::I32 | Repr::Bool => UNSET_I32,
    }
}
