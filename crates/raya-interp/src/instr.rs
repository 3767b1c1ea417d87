//! The threaded instruction: what the interpreter executes.
//!
//! Sixteen bytes: the handler (an address or a number, see `backend`) and four
//! 16-bit operands. Operand roles are chosen at translation so that a handler
//! decodes nothing: registers, immediates and short jumps are 16-bit fields; a byte
//! displacement from this very instruction fills `c, d` (long jumps, and words of
//! the function's pool, which lies in front of its code); an address fills `b, c, d`.
//!
//! Invariant: instruction `n` of the threaded code is instruction `n` of the
//! portable code, so a program counter needs no table in either direction.

use crate::backend::Handler;

/// Bytes of a threaded instruction.
pub const THREADED_SIZE: usize = 16;

/// A threaded instruction. See the module's header.
#[derive(Clone, Copy)]
#[repr(C, align(16))]
pub(crate) struct Threaded {
    pub(crate) handler: Handler,
    pub(crate) a: u16,
    pub(crate) b: u16,
    pub(crate) c: u16,
    /// Fourth operand. Loop instructions keep their round counter here.
    pub(crate) d: u16,
}

const _: () = assert!(size_of::<Threaded>() == THREADED_SIZE);

/// Address of the current instruction.
pub(crate) type Ip = *const Threaded;
/// Address of the current frame's register 0.
pub(crate) type Fp = *mut u64;
/// The context.
pub(crate) type Cx = *mut raya_runtime::ctx::Ctx;
/// Where a handler goes on.
pub(crate) type Next = (Ip, Fp);

impl Threaded {
    /// An instruction without operands.
    pub(crate) const fn bare(handler: Handler) -> Self {
        Self {
            handler,
            a: 0,
            b: 0,
            c: 0,
            d: 0,
        }
    }

    /// With `c, d` as one signed 32-bit operand.
    pub(crate) const fn with_cd(mut self, cd: i32) -> Self {
        self.c = cd as u16;
        self.d = (cd >> 16) as u16;
        self
    }

    /// With `b, c, d` as one 48-bit address.
    pub(crate) fn with_address(mut self, address: usize) -> Self {
        debug_assert!(address >> 48 == 0, "user addresses have 48 bits");
        self.b = address as u16;
        self.c = (address >> 16) as u16;
        self.d = (address >> 32) as u16;
        self
    }
}

/// The signed 32-bit operand in `c, d`.
///
/// # Safety
/// `ip` must point to a threaded instruction.
#[inline(always)]
pub(crate) unsafe fn cd(ip: Ip) -> i32 {
    if cfg!(target_endian = "little") {
        // SAFETY: `c` is at offset 12 of a 16-byte aligned instruction and `d` follows it.
        unsafe { (&raw const (*ip).c).cast::<i32>().read() }
    } else {
        // SAFETY: the caller's promise.
        unsafe { ((*ip).c as u32 | ((*ip).d as u32) << 16) as i32 }
    }
}

/// The address in `b, c, d`.
///
/// # Safety
/// `ip` must point to a threaded instruction.
#[inline(always)]
pub(crate) unsafe fn address(ip: Ip) -> usize {
    if cfg!(target_endian = "little") {
        // SAFETY: `a` is at offset 8 and starts the second word of the instruction.
        unsafe { ((&raw const (*ip).a).cast::<u64>().read() >> 16) as usize }
    } else {
        // SAFETY: the caller's promise.
        unsafe { (*ip).b as usize | ((*ip).c as usize) << 16 | ((*ip).d as usize) << 32 }
    }
}

/// The pool word that `c, d` names by its displacement from the instruction.
///
/// # Safety
/// `ip` must point to an instruction that translation gave a pool operand.
#[inline(always)]
pub(crate) unsafe fn pool(ip: Ip) -> *mut u64 {
    // SAFETY: the displacement leads into the pool of the same allocation.
    unsafe { ip.byte_offset(cd(ip) as isize).cast_mut().cast() }
}
