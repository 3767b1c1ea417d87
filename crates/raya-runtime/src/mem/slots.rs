//! Register slots outside of heap objects: call windows, frames, argument lists.

use raya_bytecode::Repr;

use crate::func::FuncInfo;
use crate::mem::alloc::box_slot;
use crate::mem::refs::Ref;
use crate::mem::stack::frame_func;
use crate::mem::value::Value;

/// The address of consecutive 64-bit slots on the VM stack (or a copy of such).
///
/// Invariant: made only from addresses that a tier passed for as many slots as the
/// reader takes.
#[derive(Clone, Copy, Debug)]
pub struct Slots(*mut u64);

impl Slots {
    /// The slots at `address`.
    ///
    /// # Safety
    /// As many slots as will be read or written lie there.
    #[inline(always)]
    pub unsafe fn new(address: *mut u64) -> Slots {
        Slots(address)
    }

    /// The slots from the `n`th on.
    #[inline(always)]
    pub fn skip(self, n: usize) -> Slots {
        Slots(self.0.wrapping_add(n))
    }

    /// The address.
    pub fn address(self) -> *mut u64 {
        self.0
    }

    /// Raw contents.
    #[inline(always)]
    pub fn bits(self, i: usize) -> u64 {
        // SAFETY: the invariant of the type.
        unsafe { self.0.add(i).read() }
    }

    /// Sets raw contents.
    #[inline(always)]
    pub fn set_bits(self, i: usize, bits: u64) {
        // SAFETY: the invariant of the type; stacks need no barrier.
        unsafe { self.0.add(i).write(bits) }
    }

    /// A slot that holds a word.
    #[inline(always)]
    pub fn word(self, i: usize) -> Value {
        Value(self.bits(i))
    }

    /// A slot of the given representation, boxed.
    pub fn boxed(self, i: usize, repr: Repr) -> Value {
        box_slot(self.bits(i), repr)
    }

    /// The function of the frame whose first register this is.
    pub(crate) fn frame_func(self) -> Ref<FuncInfo> {
        // SAFETY: the header of a frame names a function of the engine.
        unsafe { Ref::from_ptr(frame_func(self.0)) }
    }

    /// `n` slots that hold words.
    pub fn words<'a>(self, n: usize) -> &'a [Value] {
        if n == 0 {
            return &[];
        }
        // SAFETY: the invariant of the type; the caller's frame keeps them for the call.
        unsafe { std::slice::from_raw_parts(self.0.cast(), n) }
    }
}
