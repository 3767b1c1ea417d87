//! Address space: reserving it, giving memory back, letting it go.
//!
//! The only module that maps memory. A reservation is readable and writable at once
//! and costs no memory until touched; pages read as zero until they are written.

use std::ptr::NonNull;

/// Bytes of memory that the machine has, where the system tells.
pub(crate) fn physical_memory() -> Option<usize> {
    // SAFETY: both ask for a number.
    let (pages, size) = unsafe {
        (
            libc::sysconf(libc::_SC_PHYS_PAGES),
            libc::sysconf(libc::_SC_PAGESIZE),
        )
    };
    let bytes = usize::try_from(pages)
        .ok()?
        .checked_mul(usize::try_from(size).ok()?)?;
    (bytes > 0).then_some(bytes)
}

/// A range of address space, unmapped when dropped.
#[derive(Debug)]
pub(crate) struct Reservation {
    start: NonNull<u8>,
    len: usize,
}

impl Reservation {
    /// Reserves `len` bytes, or `None` where the system refuses.
    pub fn new(len: usize) -> Option<Self> {
        let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_NORESERVE;
        let prot = libc::PROT_READ | libc::PROT_WRITE;
        // SAFETY: an anonymous mapping at an address of the system's choice touches
        // no memory that exists.
        let start = unsafe { libc::mmap(std::ptr::null_mut(), len, prot, flags, -1, 0) };
        if start == libc::MAP_FAILED {
            return None;
        }
        let start = NonNull::new(start.cast::<u8>())?;
        let this = Reservation { start, len };
        this.use_small_pages();
        Some(this)
    }

    /// First byte of the range.
    pub fn start(&self) -> NonNull<u8> {
        self.start
    }

    /// Side tables are sparse: a huge page in each would cost megabytes of memory
    /// before the first object exists.
    fn use_small_pages(&self) {
        #[cfg(target_os = "linux")]
        // SAFETY: the range is this mapping; the advice changes no contents. A kernel
        // without huge pages refuses it, which is as good.
        unsafe {
            libc::madvise(self.start.as_ptr().cast(), self.len, libc::MADV_NOHUGEPAGE);
        }
    }

    /// Returns the memory behind `len` bytes at `offset` (multiples of the page size)
    /// to the system. The range stays mapped and reads as zero; `false` if the system
    /// refused and the contents are unchanged.
    pub fn decommit(&self, offset: usize, len: usize) -> bool {
        assert!(offset + len <= self.len, "decommit inside the reservation");
        // SAFETY: in bounds by the assertion.
        let at = unsafe { self.start.as_ptr().add(offset) }.cast();
        #[cfg(target_os = "linux")]
        // SAFETY: the caller owns the contents of the range, which may become zero.
        let done = unsafe { libc::madvise(at, len, libc::MADV_DONTNEED) } == 0;
        #[cfg(not(target_os = "linux"))]
        let done = {
            let flags = libc::MAP_PRIVATE | libc::MAP_ANONYMOUS | libc::MAP_FIXED;
            let prot = libc::PROT_READ | libc::PROT_WRITE;
            // SAFETY: the range belongs to this mapping; elsewhere `madvise` does not
            // promise zeroes, a fresh mapping in its place does.
            unsafe { libc::mmap(at, len, prot, flags | libc::MAP_NORESERVE, -1, 0) == at }
        };
        done
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `new` with this length and nothing that
        // points into it outlives its owner.
        unsafe { libc::munmap(self.start.as_ptr().cast(), self.len) };
    }
}

// SAFETY: a reservation is a range of addresses, not tied to a thread.
unsafe impl Send for Reservation {}
