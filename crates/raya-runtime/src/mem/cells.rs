//! Inline-cache cells of a function as a slice. They belong to the interpreter, which
//! allocates them with the function's threaded code.

use std::sync::atomic::Ordering;

use crate::caches::CacheCell;
use crate::func::FuncInfo;

impl FuncInfo {
    /// The cache cells; none before the function was first run.
    pub fn cache_cells(&self) -> &[CacheCell] {
        let cells = self.caches.load(Ordering::Acquire);
        if cells.is_null() {
            return &[];
        }
        let n = self.ncaches.get() as usize;
        // SAFETY: whoever sets `caches` allocates `ncaches` cells that live as long as the function.
        unsafe { std::slice::from_raw_parts(cells.cast(), n) }
    }
}
