//! Reserved address ranges that never move: types, globals, VM stacks.
//!
//! Pages appear when they are first touched, read as zero, and go back to the system
//! with the region. Knows nothing of what lies in it.

use std::ptr::NonNull;

/// A reserved range.
#[derive(Debug)]
pub struct Region {
    start: NonNull<u8>,
    len: usize,
}

impl Region {
    /// Reserves `len` bytes; tries halves down to `least` when the system refuses.
    pub fn reserve(len: usize, least: usize) -> Option<Region> {
        let mut len = len;
        loop {
            if let Some(region) = Self::map(len) {
                return Some(region);
            }
            if len / 2 < least {
                return None;
            }
            len /= 2;
        }
    }

    fn map(len: usize) -> Option<Region> {
        // SAFETY: asks for fresh anonymous memory; touches nothing that exists.
        let start = unsafe {
            libc::mmap(
                std::ptr::null_mut(),
                len,
                libc::PROT_READ | libc::PROT_WRITE,
                libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE,
                -1,
                0,
            )
        };
        if start == libc::MAP_FAILED {
            return None;
        }
        Some(Region {
            start: NonNull::new(start.cast())?,
            len,
        })
    }

    /// First byte.
    pub fn start(&self) -> *mut u8 {
        self.start.as_ptr()
    }

    /// Bytes.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// Address behind the last byte.
    pub fn end(&self) -> *mut u8 {
        self.start().wrapping_add(self.len)
    }
}

impl Drop for Region {
    fn drop(&mut self) {
        // SAFETY: the range was mapped by `map` and nobody outlives the owner.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}
