//! The write barrier: which old objects may refer to young ones.
//!
//! A small object is remembered whole, once per collection cycle: its `unlog` bit goes
//! out and it joins a list. A large object is remembered by card and keeps its bit, so
//! that each store comes here, until there were so many that scanning all of it is
//! cheaper; then it is treated like a small one.

use std::ops::Range;

use crate::class::GRANULE;
use crate::mark::{Tracer, scan_piece};
use crate::model::ObjectModel;
use crate::space::{CARD_SHIFT, Space};

/// Stores after which a large object is remembered whole: one per this many bytes.
const BYTES_PER_STORE: usize = 64;

/// Objects that the barrier recorded since the last collection.
#[derive(Debug, Default)]
pub(crate) struct Remembered {
    objects: Vec<usize>,
    /// Blocks of large objects that have dirty cards.
    carded: Vec<usize>,
    /// Slow paths taken since the heap was created.
    pub count: u64,
}

impl Remembered {
    /// Records that references were stored at `slots` of `object`. Young objects need
    /// no record.
    pub fn store(&mut self, space: &Space, object: usize, slots: Range<usize>) {
        let bit = space.granule(object);
        if !space.unlog.bit(bit) {
            return;
        }
        self.count += 1;
        if space.is_large(object) && self.few_stores(space, object) {
            let card = |address: usize| (address - space.base) >> CARD_SHIFT;
            for card in card(slots.start)..=card(slots.end - 1) {
                space.cards.set(card, 1);
            }
        } else {
            space.unlog.set_bit(bit, false);
            self.objects.push(object);
        }
    }

    /// Counts a store to a large object; whether there are still few enough for cards.
    fn few_stores(&mut self, space: &Space, object: usize) -> bool {
        let block = space.block_of(object);
        let mut meta = space.meta.get(block);
        if meta.stores == 0 {
            self.carded.push(block);
        }
        meta.stores += 1;
        space.meta.set(block, meta);
        (meta.stores as usize) < space.large_extent(object) / BYTES_PER_STORE
    }

    /// Makes `unlog` hold all objects that survived the last collection again.
    pub fn restore(&self, space: &Space) {
        for &object in &self.objects {
            space.unlog.set_bit(space.granule(object), true);
        }
    }

    /// Scans what was recorded, as roots of a minor collection.
    pub fn scan<M: ObjectModel>(&self, model: &M, tracer: &mut Tracer<'_>) {
        for &object in &self.objects {
            tracer.revisit(object);
        }
        let space = tracer.space;
        for &block in &self.carded {
            let object = space.block_address(block);
            let end = object + space.large_extent(object);
            let mut from = object;
            while let Some((low, high)) = dirty_cards(space, from, end) {
                // SAFETY: an old large object and a range inside its blocks.
                unsafe { scan_piece(model, object, low, high, tracer) };
                from = high;
            }
        }
    }

    /// Forgets everything; the next cycle begins. Must precede the sweep, which may free
    /// what is recorded here.
    pub fn clear(&mut self, space: &Space) {
        self.objects.clear();
        for block in self.carded.drain(..) {
            let object = space.block_address(block);
            let first = (object - space.base) >> CARD_SHIFT;
            space
                .cards
                .clear(first, space.large_extent(object) >> CARD_SHIFT);
            let mut meta = space.meta.get(block);
            meta.stores = 0;
            space.meta.set(block, meta);
        }
    }
}

/// The first run of dirty cards in `from..to`, as addresses.
pub(crate) fn dirty_cards(space: &Space, from: usize, to: usize) -> Option<(usize, usize)> {
    debug_assert!(from.is_multiple_of(GRANULE));
    let card = |address: usize| (address - space.base) >> CARD_SHIFT;
    let address = |card: usize| space.base + (card << CARD_SHIFT);
    let first = (card(from)..card(to)).find(|&index| space.cards.get(index) != 0)?;
    let last = (first..card(to))
        .find(|&index| space.cards.get(index) == 0)
        .unwrap_or(card(to));
    Some((address(first), address(last)))
}
