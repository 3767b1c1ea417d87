//! Inline-cache cells of a function as a slice.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::func::FuncInfo;

impl FuncInfo {
    /// The cache cells; none before the function was first run.
    pub fn cache_cells(&self) -> &[AtomicU64] {
        let cells = self.caches.load(Ordering::Acquire);
        if cells.is_null() {
            return &[];
        }
        let n = self.ncaches.get() as usize;
        // SAFETY: whoever sets `caches` allocates `ncaches` cells that live as long as the function.
        unsafe { std::slice::from_raw_parts(cells.cast(), n) }
    }

    /// Gives the function its cells, zeroed, if it has none yet.
    pub fn allocate_caches(&self) {
        if self.caches.load(Ordering::Acquire).is_null() {
            let n = self.ncaches.get() as usize;
            let cells: Box<[u64]> = vec![0; n].into();
            let cells = Box::leak(cells).as_mut_ptr();
            self.caches.store(cells, Ordering::Release);
        }
    }
}

impl Drop for FuncInfo {
    fn drop(&mut self) {
        let cells = *self.caches.get_mut();
        if !cells.is_null() {
            let n = self.ncaches.get() as usize;
            // SAFETY: allocated by `allocate_caches` with this length.
            drop(unsafe { Box::from_raw(std::ptr::slice_from_raw_parts_mut(cells, n)) });
        }
    }
}
