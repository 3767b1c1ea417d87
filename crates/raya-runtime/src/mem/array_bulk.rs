//! Operations on ranges of a storage, and growth in place.

use std::ptr::NonNull;

use crate::ctx::Ctx;
use crate::mem::array::{MAX_ELEMENTS, Storage};
use crate::mem::layout::{ElemKind, STORAGE_CAP, STORAGE_DATA};

impl Storage {
    /// Makes room for `cap` elements where the storage is, as large ones often can.
    pub(crate) fn grow_in_place(self, ctx: &mut Ctx, cap: usize) -> bool {
        let size = |cap| STORAGE_DATA + cap * self.kind().size();
        let (old, new) = (size(self.cap()), size(cap));
        let grows = cap <= MAX_ELEMENTS
            && NonNull::new(self.obj().address())
                .is_some_and(|cell| ctx.heap().try_grow(cell, old, new));
        if grows {
            // SAFETY: the layout of storages; the cell has that many bytes, zero behind
            // the old ones.
            unsafe { self.obj().store(STORAGE_CAP, cap as u32) };
        }
        grows
    }

    /// Stores an element in register format at every index from `from` to `to`.
    pub(crate) fn fill(self, ctx: &mut Ctx, from: usize, to: usize, bits: u64) {
        debug_assert!(from <= to && to <= self.len());
        let n = to - from;
        if n == 0 {
            return;
        }
        let kind = self.kind();
        let first = self.obj().at(STORAGE_DATA + from * kind.size());
        // SAFETY: `n` elements of this kind lie there, and no view of them is in use.
        unsafe {
            match kind {
                ElemKind::F64 | ElemKind::Word => {
                    std::slice::from_raw_parts_mut(first.cast::<u64>(), n).fill(bits);
                }
                ElemKind::I32 => {
                    std::slice::from_raw_parts_mut(first.cast::<u32>(), n).fill(bits as u32);
                }
                ElemKind::Bool => first.write_bytes(bits as u8 & 1, n),
            }
        }
        if kind == ElemKind::Word {
            ctx.barrier_range(self.obj(), STORAGE_DATA + from * 8, n);
        }
    }
}
