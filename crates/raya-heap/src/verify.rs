//! Verification: what must hold of every heap between two allocations.
//!
//! Every reference in an object that survived a collection leads to an allocated
//! object, and one that leads to a younger object is covered by the remembered set.
//! Slow: it scans everything.

use std::fmt;

use crate::class::TABLE_WORDS;
use crate::heap::Heap;
use crate::mark::scan_piece;
use crate::model::{ObjectModel, Visitor};
use crate::space::{CARD_SHIFT, Kind, Space};

/// What is wrong with a heap.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VerifyError {
    /// A reference leads to a free cell or into the middle of one.
    Dangling {
        /// Object that holds the reference.
        holder: usize,
        /// Where it leads.
        target: usize,
    },
    /// A reference from an old to a young object escaped the write barrier.
    Unremembered {
        /// The old object.
        holder: usize,
        /// The young object.
        target: usize,
    },
    /// A mark bit lies where no object starts.
    StrayMark {
        /// The address it stands for.
        address: usize,
    },
}

impl fmt::Display for VerifyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match *self {
            VerifyError::Dangling { holder, target } => {
                write!(f, "object {holder:#x} refers to {target:#x}, which is free")
            }
            VerifyError::Unremembered { holder, target } => write!(
                f,
                "old object {holder:#x} refers to young {target:#x} and is not remembered"
            ),
            VerifyError::StrayMark { address } => {
                write!(f, "mark at {address:#x}, where no object starts")
            }
        }
    }
}

impl std::error::Error for VerifyError {}

/// Checks the references of one object, or of a part of it.
struct Checker<'a> {
    space: &'a Space,
    holder: usize,
    /// The remembered set covers what is being scanned.
    covered: bool,
    error: Option<VerifyError>,
}

impl Checker<'_> {
    fn check(&mut self, word: u64, exact: bool) {
        let (holder, target) = (self.holder, word as usize);
        if target.wrapping_sub(self.space.base) >= self.space.extent() {
            return;
        }
        let error = match self.space.resolve(target, &self.space.marks) {
            Some(start) if exact && start != target => VerifyError::Dangling { holder, target },
            Some(start) if self.covered || self.space.is_marked(start) => return,
            Some(_) => VerifyError::Unremembered { holder, target },
            None => VerifyError::Dangling { holder, target },
        };
        self.error.get_or_insert(error);
    }

    fn check_slot(&mut self, slot: *mut u64) {
        // SAFETY: the model hands out slots of the object being scanned.
        self.check(unsafe { slot.read() }, true);
    }
}

impl Visitor for Checker<'_> {
    fn word(&mut self, word: u64) {
        self.check(word, true);
    }

    fn interior(&mut self, word: u64) {
        self.check(word, false);
    }

    fn weak(&mut self, slot: *mut u64) {
        self.check_slot(slot);
    }

    fn ephemeron(&mut self, key: *mut u64, value: *mut u64) {
        self.check_slot(key);
        self.check_slot(value);
    }
}

impl<M: ObjectModel> Heap<M> {
    /// Checks every object that survived a collection; the first error found.
    pub fn verify(&self) -> Result<(), VerifyError> {
        let space = &self.core.space;
        self.core.sources.publish(&self.core.bumps, space);
        for block in 0..space.frontier {
            match space.meta.get(block).kind() {
                Kind::Cells(_) => self.verify_cells(block)?,
                Kind::Large if space.is_marked(space.block_address(block)) => {
                    self.verify_large(space.block_address(block))?;
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn verify_cells(&self, block: usize) -> Result<(), VerifyError> {
        let space = &self.core.space;
        let bits = block * TABLE_WORDS * 64;
        let end = bits + TABLE_WORDS * 64;
        let mut at = bits;
        while let Some(bit) = space.marks.find(true, at, end) {
            let address = space.base + bit * crate::GRANULE;
            if space.cell_around(address).map(|(start, _)| start) != Some(address) {
                return Err(VerifyError::StrayMark { address });
            }
            let mut checker = self.checker(address);
            // SAFETY: a marked cell is an allocated object.
            unsafe { self.model.scan(address as *const u8, &mut checker) };
            checker.error.map_or(Ok(()), Err)?;
            at = bit + 1;
        }
        Ok(())
    }

    fn verify_large(&self, address: usize) -> Result<(), VerifyError> {
        let space = &self.core.space;
        let mut checker = self.checker(address);
        let remembered = checker.covered;
        let end = address + space.large_extent(address);
        for from in (address..end).step_by(1 << CARD_SHIFT) {
            let card = (from - space.base) >> CARD_SHIFT;
            checker.covered = remembered || space.cards.get(card) != 0;
            let to = from + (1 << CARD_SHIFT);
            // SAFETY: a marked large object and a range inside its blocks.
            unsafe { scan_piece(&self.model, address, from, to, &mut checker) };
        }
        checker.error.map_or(Ok(()), Err)
    }

    fn checker(&self, holder: usize) -> Checker<'_> {
        let space = &self.core.space;
        Checker {
            space,
            holder,
            covered: !space.unlog.bit(space.granule(holder)),
            error: None,
        }
    }
}
