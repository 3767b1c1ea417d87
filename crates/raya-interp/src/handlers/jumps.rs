//! Jumps, conditional jumps and back-edges.
//!
//! A conditional jump is a real branch: the arm that falls through is marked cold, so
//! the compiler does not fold both targets into a conditional move, which would put
//! the comparison into the dependency chain of the dispatch (up to twice as slow).
//!
//! Displacements: a reg-reg form keeps the byte displacement in `c, d`; a form with a
//! pool constant keeps its jump in `b` and a back-edge in `c`, in instructions. A
//! back-edge counts its rounds down in `d` and leaves for [`crate::hot`] at zero; that
//! one counter serves the poll, the fuel and the hotness of the loop.

#![allow(
    clippy::neg_cmp_op_on_partial_ord,
    reason = "`not a < b` differs from `a >= b` for NaN, and both opcodes exist"
)]

use super::macros::*;
use crate::instr::{Fp, Ip, Next, cd, pool};
use raya_runtime::mem::layout::{ARRAY_STORAGE, STORAGE_LEN};
use raya_runtime::mem::value::NULL;

/// Goes to a byte displacement in `c, d` if the condition holds.
macro_rules! branch_far {
    ($($name:ident |$i:ident, $fp:ident| $cond:expr;)*) => {
        flow! {$(
            $name |$i, $fp, cx| {
                if $cond {
                    ($i.byte_offset(cd($i) as isize), $fp)
                } else {
                    std::hint::cold_path();
                    ($i.add(1), $fp)
                }
            };
        )*}
    };
}

/// Goes to the instruction displacement in `b` if the condition holds.
macro_rules! branch_constant {
    ($($name:ident |$x:ident, $k:ident| $cond:expr;)*) => {
        flow! {$(
            $name |i, fp, cx| {
                let $x = double(fp, (*i).a);
                let $k = f64::from_bits(*pool(i));
                if $cond {
                    (i.offset((*i).b as i16 as isize), fp)
                } else {
                    std::hint::cold_path();
                    (i.add(1), fp)
                }
            };
        )*}
    };
}

/// A back-edge: counts a round, then goes to the displacement in `c` if the condition holds.
macro_rules! back_edge {
    ($($name:ident |$i:ident, $fp:ident| $cond:expr;)*) => {
        flow! {$(
            $name |$i, $fp, cx| {
                if $cond {
                    take_back_edge($i, $fp, cx)
                } else {
                    std::hint::cold_path();
                    ($i.add(1), $fp)
                }
            };
        )*}
    };
}

/// Counts one round of the loop and goes on at its header, or at the slow path once
/// the counter ran out.
#[inline(always)]
unsafe fn take_back_edge(i: Ip, fp: Fp, cx: crate::instr::Cx) -> Next {
    // SAFETY: the counter is a field of the instruction, which is in writable memory;
    // threaded code of one engine runs on one thread at a time.
    unsafe {
        let counter = (&raw const (*i).d).cast_mut();
        let left = (*counter).wrapping_sub(1);
        *counter = left;
        if left == 0 {
            std::hint::cold_path();
            (*cx).ip = i.cast();
            return (crate::stubs::LOOP_SLOW.ip(), fp);
        }
        (i.offset((*i).c as i16 as isize), fp)
    }
}

/// Length of the array in a register.
#[inline(always)]
pub(super) unsafe fn array_len(fp: Fp, r: u16) -> u32 {
    // SAFETY: the register holds an array, whose storage pointer is never null.
    unsafe {
        let array = word(fp, r) as *const u8;
        let storage = array.add(ARRAY_STORAGE).cast::<*const u8>().read();
        storage.add(STORAGE_LEN).cast::<u32>().read()
    }
}

flow! {
    Jump |i, fp, cx| (i.byte_offset(cd(i) as isize), fp);
    JumpWide |i, fp, cx| (i.offset(cd(i) as isize), fp);
    JumpTable |i, fp, cx| {
        let index = int(fp, (*i).a) as u32 as usize;
        let count = (*i).b as usize;
        (i.add(1 + index.min(count)), fp)
    };
}

flow! {
    // As the other back-edges, with the displacement in `c, d` and the counter in `b`.
    LoopWide |i, fp, cx| {
        let counter = (&raw const (*i).b).cast_mut();
        let left = (*counter).wrapping_sub(1);
        *counter = left;
        if left == 0 {
            std::hint::cold_path();
            (*cx).ip = i.cast();
            return (crate::stubs::LOOP_SLOW.ip(), fp);
        }
        (i.offset(cd(i) as isize), fp)
    };
}

branch_far! {
    JumpTrue |i, fp| boolean(fp, (*i).a);
    JumpFalse |i, fp| !boolean(fp, (*i).a);
    JumpNull |i, fp| word(fp, (*i).a) == NULL;
    JumpNotNull |i, fp| word(fp, (*i).a) != NULL;
    JltF64 |i, fp| double(fp, (*i).a) < double(fp, (*i).b);
    JleF64 |i, fp| double(fp, (*i).a) <= double(fp, (*i).b);
    JnltF64 |i, fp| !(double(fp, (*i).a) < double(fp, (*i).b));
    JnleF64 |i, fp| !(double(fp, (*i).a) <= double(fp, (*i).b));
    JeqF64 |i, fp| double(fp, (*i).a) == double(fp, (*i).b);
    JneF64 |i, fp| double(fp, (*i).a) != double(fp, (*i).b);
    JltI32 |i, fp| int(fp, (*i).a) < int(fp, (*i).b);
    JleI32 |i, fp| int(fp, (*i).a) <= int(fp, (*i).b);
    JeqI32 |i, fp| int(fp, (*i).a) == int(fp, (*i).b);
    JneI32 |i, fp| int(fp, (*i).a) != int(fp, (*i).b);
    JltI32I |i, fp| int(fp, (*i).a) < (*i).b as i16 as i32;
    JleI32I |i, fp| int(fp, (*i).a) <= (*i).b as i16 as i32;
    JgtI32I |i, fp| int(fp, (*i).a) > (*i).b as i16 as i32;
    JgeI32I |i, fp| int(fp, (*i).a) >= (*i).b as i16 as i32;
    JeqI32I |i, fp| int(fp, (*i).a) == (*i).b as i16 as i32;
    JneI32I |i, fp| int(fp, (*i).a) != (*i).b as i16 as i32;
    JeqRef |i, fp| word(fp, (*i).a) == word(fp, (*i).b);
    JneRef |i, fp| word(fp, (*i).a) != word(fp, (*i).b);
    JumpArrayEnd |i, fp| int(fp, (*i).a) >= array_len(fp, (*i).b) as i32;
}

branch_constant! {
    JltF64K |x, k| x < k;
    JleF64K |x, k| x <= k;
    JnltF64K |x, k| !(x < k);
    JnleF64K |x, k| !(x <= k);
    JgtF64K |x, k| x > k;
    JngtF64K |x, k| !(x > k);
    JgeF64K |x, k| x >= k;
    JngeF64K |x, k| !(x >= k);
    JeqF64K |x, k| x == k;
    JneF64K |x, k| x != k;
}

back_edge! {
    Loop |i, fp| true;
    LoopTrue |i, fp| boolean(fp, (*i).a);
    LoopLtF64 |i, fp| double(fp, (*i).a) < double(fp, (*i).b);
    LoopLeF64 |i, fp| double(fp, (*i).a) <= double(fp, (*i).b);
    LoopLtI32 |i, fp| int(fp, (*i).a) < int(fp, (*i).b);
    LoopLeI32 |i, fp| int(fp, (*i).a) <= int(fp, (*i).b);
    LoopLtI32I |i, fp| int(fp, (*i).a) < (*i).b as i16 as i32;
    LoopGeI32I |i, fp| int(fp, (*i).a) >= (*i).b as i16 as i32;
    LoopIncLt |i, fp| step(fp, (*i).a) < int(fp, (*i).b);
    LoopIncLe |i, fp| step(fp, (*i).a) <= int(fp, (*i).b);
    LoopIncLtI |i, fp| step(fp, (*i).a) < (*i).b as i16 as i32;
    LoopIncArray |i, fp| step(fp, (*i).a) < array_len(fp, (*i).b) as i32;
}

/// Adds one to a register and gives the sum.
#[inline(always)]
unsafe fn step(fp: Fp, r: u16) -> i32 {
    // SAFETY: the caller's promise: an int register.
    unsafe {
        let next = int(fp, r).wrapping_add(1);
        set_int(fp, r, next);
        next
    }
}
