//! Arrays over reserved memory: the side tables of the heap.
//!
//! Elements are read and written by value, so that the collector can hold shared
//! references to the space while it marks. Checked access is safe; the hot paths use
//! the unchecked ones.

use std::ptr::NonNull;

/// Types for which all-zero memory is a valid value.
///
/// # Safety
/// As said; and the type is plain data.
pub(crate) unsafe trait Zeroable: Copy {}
// SAFETY: integers.
unsafe impl Zeroable for u64 {}
// SAFETY: integers.
unsafe impl Zeroable for u8 {}

/// A fixed-length array in memory that a reservation owns.
#[derive(Debug)]
pub(crate) struct Table<T> {
    start: NonNull<T>,
    len: usize,
}

impl<T: Zeroable> Table<T> {
    /// A table over `len` elements at `start`.
    ///
    /// # Safety
    /// The memory is zero, aligned for `T`, used by nothing else and outlives the table.
    pub unsafe fn new(start: NonNull<u8>, len: usize) -> Self {
        Table {
            start: start.cast(),
            len,
        }
    }

    /// Address of the first element.
    pub fn start(&self) -> *mut T {
        self.start.as_ptr()
    }

    /// The element at `index`.
    #[inline(always)]
    pub fn get(&self, index: usize) -> T {
        assert!(index < self.len, "side table index");
        // SAFETY: in bounds; elements are only accessed by value.
        unsafe { self.get_unchecked(index) }
    }

    /// Replaces the element at `index`.
    #[inline(always)]
    pub fn set(&self, index: usize, value: T) {
        assert!(index < self.len, "side table index");
        // SAFETY: in bounds; elements are only accessed by value.
        unsafe { self.set_unchecked(index, value) }
    }

    /// The element at `index`.
    ///
    /// # Safety
    /// `index` is in bounds.
    #[inline(always)]
    pub unsafe fn get_unchecked(&self, index: usize) -> T {
        // SAFETY: in bounds by the caller, valid by `Zeroable` and `new`.
        unsafe { self.start.as_ptr().add(index).read() }
    }

    /// Replaces the element at `index`.
    ///
    /// # Safety
    /// `index` is in bounds.
    #[inline(always)]
    pub unsafe fn set_unchecked(&self, index: usize, value: T) {
        // SAFETY: in bounds by the caller.
        unsafe { self.start.as_ptr().add(index).write(value) }
    }

    /// `N` elements from `from` on.
    #[inline(always)]
    pub fn chunk<const N: usize>(&self, from: usize) -> [T; N] {
        assert!(from <= self.len && N <= self.len - from, "side table range");
        // SAFETY: in bounds; an array has the layout of its elements.
        unsafe { self.start.as_ptr().add(from).cast::<[T; N]>().read() }
    }

    /// Sets `len` elements from `from` on to zero.
    pub fn clear(&self, from: usize, len: usize) {
        assert!(
            from <= self.len && len <= self.len - from,
            "side table range"
        );
        // SAFETY: in bounds; zero is valid by `Zeroable`.
        unsafe { self.start.as_ptr().add(from).write_bytes(0, len) }
    }

    /// Copies `len` elements from `from` on out of `other`, the same positions.
    pub fn copy_from(&self, other: &Table<T>, from: usize, len: usize) {
        assert!(from + len <= self.len.min(other.len), "side table range");
        assert!(self.start != other.start, "two tables");
        // SAFETY: in bounds of both, and tables do not overlap.
        unsafe {
            let to = self.start.as_ptr().add(from);
            to.copy_from_nonoverlapping(other.start.as_ptr().add(from), len);
        }
    }
}

/// One-bit elements.
impl Table<u64> {
    /// Bit `index`.
    #[inline(always)]
    pub fn bit(&self, index: usize) -> bool {
        self.get(index / 64) >> (index % 64) & 1 != 0
    }

    /// Sets or clears bit `index`.
    #[inline(always)]
    pub fn set_bit(&self, index: usize, value: bool) {
        let word = self.get(index / 64) & !(1 << (index % 64));
        self.set(index / 64, word | (value as u64) << (index % 64));
    }

    /// First bit in `from..to` that equals `value`.
    pub fn find(&self, value: bool, from: usize, to: usize) -> Option<usize> {
        let flip = if value { 0 } else { u64::MAX };
        let mut at = from;
        while at < to {
            let word = (self.get(at / 64) ^ flip) & (u64::MAX << (at % 64));
            if word != 0 {
                let found = at / 64 * 64 + word.trailing_zeros() as usize;
                return (found < to).then_some(found);
            }
            at = (at / 64 + 1) * 64;
        }
        None
    }

    /// First bit of the run of bits that equal `value` and end before `end`; `end` itself
    /// if the bit before it does not.
    pub fn run_start(&self, value: bool, end: usize) -> usize {
        let flip = if value { u64::MAX } else { 0 };
        let mut at = end;
        while at > 0 {
            // The bits below `at` in its word, at the top; ones where the run ends.
            let bits = (at - 1) % 64 + 1;
            let word = (self.get((at - 1) / 64) ^ flip) << (64 - bits);
            let run = (word.leading_zeros() as usize).min(bits);
            at -= run;
            if run < bits {
                break;
            }
        }
        at
    }
}

// SAFETY: a table is an address range; its owner decides who uses it.
unsafe impl<T: Send> Send for Table<T> {}

#[cfg(test)]
mod tests {
    use super::*;

    fn with_table(words: usize, body: impl FnOnce(Table<u64>)) {
        let mut memory = vec![0u64; words];
        let start = NonNull::new(memory.as_mut_ptr().cast()).expect("allocated");
        // SAFETY: the vector is zero, aligned and outlives the call.
        body(unsafe { Table::new(start, words) });
    }

    #[test]
    fn finds_bits_across_words() {
        with_table(4, |table| {
            table.set_bit(3, true);
            table.set_bit(130, true);
            assert_eq!(table.find(true, 0, 256), Some(3));
            assert_eq!(table.find(true, 4, 256), Some(130));
            assert_eq!(table.find(true, 4, 130), None);
            assert_eq!(table.find(true, 131, 256), None);
            assert_eq!(table.find(false, 3, 256), Some(4));
            assert_eq!(table.chunk::<4>(0), [1 << 3, 0, 1 << 2, 0]);
            assert_eq!(table.run_start(false, 130), 4);
            assert_eq!(table.run_start(false, 131), 131);
            assert_eq!(table.run_start(true, 131), 130);
            assert_eq!(table.run_start(false, 3), 0);
            assert_eq!(table.run_start(false, 0), 0);
            table.set_bit(130, false);
            assert!(!table.bit(130));
            table.clear(0, 4);
            assert_eq!(table.find(false, 0, 256), Some(0));
        });
    }
}
