//! The seam to the language: how the collector asks what an object refers to.
//!
//! The heap knows sizes and addresses only. An [`ObjectModel`] tells it where the
//! references of an object are; a [`Visitor`] receives them. The same `scan`
//! serves marking and verification.

/// Receives the contents of reference slots while an object is scanned.
pub trait Visitor {
    /// A slot holds `word`: a reference to the start of an object, or anything else,
    /// which is ignored (numbers and constants never lie in the heap's address range).
    fn word(&mut self, word: u64);

    /// `word` may point anywhere into an object. Dearer than [`Visitor::word`].
    fn interior(&mut self, word: u64);

    /// The slot refers to its target weakly: when the target dies the collector
    /// stores [`ObjectModel::CLEARED`] there. Stores to the slot go through the write
    /// barrier like any other.
    fn weak(&mut self, slot: *mut u64);

    /// `value` is kept alive by this object only while the object in `key` is
    /// alive. When the key dies both slots become [`ObjectModel::CLEARED`].
    fn ephemeron(&mut self, key: *mut u64, value: *mut u64);

    /// Every word of `words` is a reference slot.
    #[inline(always)]
    fn words(&mut self, words: &[u64]) {
        for &word in words {
            self.word(word);
        }
    }
}

/// What the heap must know about the objects in it.
///
/// # Safety
/// `scan` and `scan_range` report every slot through which the program can reach
/// another object (or it will be freed while in use) and read no memory outside of the
/// object's cell and the model's own data. They neither allocate in the heap nor
/// change the object.
pub unsafe trait ObjectModel {
    /// Stored into weak slots whose target died.
    const CLEARED: u64;

    /// Visits every reference slot of `object`.
    ///
    /// A cell whose first word is still zero was allocated but not yet
    /// constructed: it has no references.
    ///
    /// # Safety
    /// `object` is the start of an allocated cell.
    unsafe fn scan<V: Visitor>(&self, object: *const u8, visitor: &mut V);

    /// Visits the reference slots of the large `object` whose addresses lie in
    /// `from..to`. Consecutive ranges that cover the object visit each slot once;
    /// `to` may lie behind the last slot.
    ///
    /// # Safety
    /// `object` is the start of an allocated object larger than
    /// [`MAX_SMALL`](crate::MAX_SMALL) and `from..to` lies in its blocks.
    unsafe fn scan_range<V: Visitor>(
        &self,
        object: *const u8,
        from: *const u8,
        to: *const u8,
        visitor: &mut V,
    );
}
