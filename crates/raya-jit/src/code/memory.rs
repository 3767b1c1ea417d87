//! The code area: one reservation, mapped twice.
//!
//! The same pages are visible at a writable and at an executable address, so no
//! address is ever both, and installing code needs no change of protection. Ranges
//! are freed one by one; the area never grows beyond its cap.
//!
//! Invariant: a range returned by [`CodeMemory::allocate`] is disjoint from every
//! other live range, and its executable bytes change only through [`CodeMemory::write`].

use crate::error::JitError;
use std::collections::BTreeMap;
use std::io;
use std::ops::Range;

/// Alignment of every range: one fetch block.
const ALIGN: usize = 32;
/// What freed bytes are overwritten with: a breakpoint on x86-64.
const FREED: u8 = 0xCC;

/// A piece of the area.
#[derive(Debug, PartialEq, Eq)]
pub struct CodeRange {
    offset: usize,
    len: usize,
}

impl CodeRange {
    /// Bytes taken, padding included.
    pub fn len(&self) -> usize {
        self.len
    }

    /// Whether it holds nothing.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// The area. See the module's header.
#[derive(Debug)]
pub struct CodeMemory {
    writable: *mut u8,
    executable: *const u8,
    size: usize,
    /// Free ranges by offset.
    free: BTreeMap<usize, usize>,
    used: usize,
}

// SAFETY: the two mappings belong to this value alone and are reached through `&mut`.
unsafe impl Send for CodeMemory {}

impl CodeMemory {
    /// Reserves an area of at most `cap` bytes; pages are taken as they are written.
    pub fn new(cap: usize) -> Result<CodeMemory, JitError> {
        let size = cap.next_multiple_of(1 << 16);
        let (writable, executable) =
            map_twice(size).map_err(|e| JitError::Unsupported(e.to_string()))?;
        Ok(CodeMemory {
            writable,
            executable,
            size,
            free: [(0, size)].into(),
            used: 0,
        })
    }

    /// Takes a range of at least `len` bytes; `None` when the cap is reached.
    pub fn allocate(&mut self, len: usize) -> Option<CodeRange> {
        let len = len.max(1).next_multiple_of(ALIGN);
        let (&offset, &room) = self.free.iter().find(|(_, room)| **room >= len)?;
        self.free.remove(&offset);
        if room > len {
            self.free.insert(offset + len, room - len);
        }
        self.used += len;
        Some(CodeRange { offset, len })
    }

    /// The executable address of a range.
    pub fn address(&self, range: &CodeRange) -> usize {
        self.executable as usize + range.offset
    }

    /// Fills a range; `bytes` may be shorter than the range.
    pub fn write(&mut self, range: &CodeRange, bytes: &[u8]) {
        assert!(bytes.len() <= range.len, "code larger than its range");
        // SAFETY: the range lies in the writable mapping and belongs to the caller;
        // nothing executes it before its address was handed out.
        unsafe {
            std::ptr::copy_nonoverlapping(
                bytes.as_ptr(),
                self.writable.add(range.offset),
                bytes.len(),
            );
        }
    }

    /// Gives a range back. The caller knows that no thread is or will be inside it.
    pub fn release(&mut self, range: CodeRange) {
        // SAFETY: as in `write`.
        unsafe { std::ptr::write_bytes(self.writable.add(range.offset), FREED, range.len) };
        self.used -= range.len;
        let (mut offset, mut len) = (range.offset, range.len);
        if let Some((&before, &room)) = self.free.range(..offset).next_back()
            && before + room == offset
        {
            self.free.remove(&before);
            offset = before;
            len += room;
        }
        if let Some(room) = self.free.remove(&(offset + len)) {
            len += room;
        }
        self.free.insert(offset, len);
    }

    /// Bytes in live ranges.
    pub fn used(&self) -> usize {
        self.used
    }

    /// The executable addresses.
    pub fn range(&self) -> Range<usize> {
        let start = self.executable as usize;
        start..start + self.size
    }

    /// Whether an address lies in the area.
    pub fn contains(&self, addr: usize) -> bool {
        self.range().contains(&addr)
    }
}

impl Drop for CodeMemory {
    fn drop(&mut self) {
        // SAFETY: both mappings were made by `map_twice` with this size; the owner
        // drops the area only when no code in it can run any more.
        unsafe {
            libc::munmap(self.writable.cast(), self.size);
            libc::munmap(self.executable.cast_mut().cast(), self.size);
        }
    }
}

/// Maps `size` bytes of one anonymous file at a writable and at an executable address.
#[cfg(target_os = "linux")]
fn map_twice(size: usize) -> io::Result<(*mut u8, *const u8)> {
    // SAFETY: plain system calls on a descriptor that is ours and closed at the end;
    // the kernel chooses the addresses.
    unsafe {
        let fd = libc::memfd_create(c"raya-code".as_ptr(), libc::MFD_CLOEXEC);
        if fd < 0 {
            return Err(io::Error::last_os_error());
        }
        let map = |prot| {
            libc::mmap(
                std::ptr::null_mut(),
                size,
                prot,
                libc::MAP_SHARED | libc::MAP_NORESERVE,
                fd,
                0,
            )
        };
        let result = if libc::ftruncate(fd, size as libc::off_t) != 0 {
            Err(io::Error::last_os_error())
        } else {
            let rw = map(libc::PROT_READ | libc::PROT_WRITE);
            let rx = map(libc::PROT_READ | libc::PROT_EXEC);
            if rw == libc::MAP_FAILED || rx == libc::MAP_FAILED {
                let err = io::Error::last_os_error();
                for p in [rw, rx] {
                    if p != libc::MAP_FAILED {
                        libc::munmap(p, size);
                    }
                }
                Err(err)
            } else {
                Ok((rw.cast::<u8>(), rx.cast::<u8>().cast_const()))
            }
        };
        libc::close(fd);
        result
    }
}

/// Elsewhere there is no double mapping yet: functions stay in the interpreter.
#[cfg(not(target_os = "linux"))]
fn map_twice(_size: usize) -> io::Result<(*mut u8, *const u8)> {
    Err(io::Error::other("no double mapping of code memory"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn freed_ranges_merge_and_are_reused() {
        let mut area = CodeMemory::new(1 << 16).expect("an area");
        let ranges: Vec<_> = (0..4).map(|_| area.allocate(100).expect("room")).collect();
        assert_eq!(area.used(), 4 * 128);
        for r in ranges {
            area.release(r);
        }
        assert_eq!(area.used(), 0);
        let all = area
            .allocate(1 << 16)
            .expect("everything is one range again");
        assert!(area.allocate(1).is_none());
        area.release(all);
    }

    #[test]
    #[cfg(target_arch = "x86_64")]
    fn what_is_written_runs() {
        let mut area = CodeMemory::new(1 << 16).expect("an area");
        let range = area.allocate(6).expect("room");
        // mov eax, 42; ret
        area.write(&range, &[0xB8, 42, 0, 0, 0, 0xC3]);
        // SAFETY: the bytes above are a complete function without arguments.
        let f: extern "C" fn() -> i32 = unsafe { std::mem::transmute(area.address(&range)) };
        assert_eq!(f(), 42);
    }
}
