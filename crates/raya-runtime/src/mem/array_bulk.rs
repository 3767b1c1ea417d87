//! Operations on ranges of a storage.

use crate::ctx::Ctx;
use crate::mem::array::Storage;
use crate::mem::layout::{ElemKind, STORAGE_DATA};

impl Storage {
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
