//! Arrays with unboxed elements. An index is checked against the length in the storage
//! that the element is then taken from.

use super::jumps::array_len;
use super::macros::*;
use super::objects::{is_frozen, must_remember, store_word};
use crate::instr::{Fp, pool};
use raya_runtime::mem::layout::{ARRAY_STORAGE, STORAGE_CAP, STORAGE_DATA, STORAGE_LEN};

/// Storage of the array in a register.
#[inline(always)]
unsafe fn storage(fp: Fp, r: u16) -> *mut u8 {
    // SAFETY: the register holds an array, whose storage pointer is never null.
    unsafe {
        (word(fp, r) as *const u8)
            .add(ARRAY_STORAGE)
            .cast::<*mut u8>()
            .read()
    }
}

/// A `u32` field of a storage.
#[inline(always)]
unsafe fn header(storage: *mut u8, offset: usize) -> *mut u32 {
    // SAFETY: the caller's promise: a storage.
    unsafe { storage.add(offset).cast() }
}

/// Element `index` of a storage.
#[inline(always)]
unsafe fn element<T>(storage: *mut u8, index: u32) -> *mut T {
    // SAFETY: the caller checked the index against the length or capacity.
    unsafe { storage.add(STORAGE_DATA).cast::<T>().add(index as usize) }
}

macro_rules! array_get {
    ($($name:ident $t:ty, |$fp:ident, $r:ident, $v:ident| $set:expr;)*) => {
        flow! {$(
            $name |i, $fp, cx| {
                let storage = storage($fp, (*i).b);
                let index = int($fp, (*i).c) as u32;
                if index >= *header(storage, STORAGE_LEN) {
                    std::hint::cold_path();
                    let (array, index) = (word($fp, (*i).b), index as i32);
                    try_helper!(i, $fp, cx, array_out_of_bounds(array, index));
                }
                let $v = *element::<$t>(storage, index);
                let $r = (*i).a;
                $set;
                (i.add(1), $fp)
            };
        )*}
    };
}

array_get! {
    ArrayGetF64 u64, |fp, r, v| set_word(fp, r, v);
    ArrayGetI32 i32, |fp, r, v| set_int(fp, r, v);
    ArrayGetBool u8, |fp, r, v| set_word(fp, r, v as u64);
    ArrayGetW u64, |fp, r, v| set_word(fp, r, v);
}

macro_rules! array_set {
    ($($name:ident $t:ty, $slow:ident, |$fp:ident, $r:ident| $arg:expr;)*) => {
        flow! {$(
            $name |i, $fp, cx| {
                let storage = storage($fp, (*i).a);
                let index = int($fp, (*i).b) as u32;
                let $r = (*i).c;
                let array = word($fp, (*i).a);
                if index < *header(storage, STORAGE_LEN) && !is_frozen(array) {
                    *element::<$t>(storage, index) = word($fp, $r) as $t;
                } else {
                    std::hint::cold_path();
                    try_helper!(i, $fp, cx, $slow(array, index as i32, $arg));
                }
                (i.add(1), $fp)
            };
        )*}
    };
}

array_set! {
    ArraySetF64 u64, array_set_slow_f64, |fp, r| double(fp, r);
    ArraySetI32 u32, array_set_slow_i32, |fp, r| int(fp, r);
    ArraySetBool u8, array_set_slow_bool, |fp, r| boolean(fp, r) as u32;
}

macro_rules! array_push {
    ($($name:ident $t:ty, $slow:ident, |$fp:ident, $r:ident| $arg:expr;)*) => {
        flow! {$(
            $name |i, $fp, cx| {
                let storage = storage($fp, (*i).a);
                let len = *header(storage, STORAGE_LEN);
                let $r = (*i).b;
                let array = word($fp, (*i).a);
                if len < *header(storage, STORAGE_CAP) && !is_frozen(array) {
                    *element::<$t>(storage, len) = word($fp, $r) as $t;
                    *header(storage, STORAGE_LEN) = len + 1;
                } else {
                    std::hint::cold_path();
                    try_helper!(i, $fp, cx, $slow(array, $arg));
                }
                (i.add(1), $fp)
            };
        )*}
    };
}

array_push! {
    ArrayPushF64 u64, array_push_f64, |fp, r| double(fp, r);
    ArrayPushI32 u32, array_push_i32, |fp, r| int(fp, r);
    ArrayPushBool u8, array_push_bool, |fp, r| boolean(fp, r) as u32;
}

flow! {
    ArraySetW |i, fp, cx| {
        let storage = storage(fp, (*i).a);
        let index = int(fp, (*i).b) as u32;
        let value = word(fp, (*i).c);
        let array = word(fp, (*i).a);
        if index < *header(storage, STORAGE_LEN) && !is_frozen(array) {
            store_word!(cx, storage as u64, element::<u64>(storage, index), value);
        } else {
            std::hint::cold_path();
            try_helper!(i, fp, cx, array_set_slow_word(array, index as i32, value));
        }
        (i.add(1), fp)
    };
    ArrayPush |i, fp, cx| {
        let storage = storage(fp, (*i).a);
        let len = *header(storage, STORAGE_LEN);
        let value = word(fp, (*i).b);
        let array = word(fp, (*i).a);
        if len < *header(storage, STORAGE_CAP) && !is_frozen(array) {
            store_word!(cx, storage as u64, element::<u64>(storage, len), value);
            *header(storage, STORAGE_LEN) = len + 1;
        } else {
            std::hint::cold_path();
            try_helper!(i, fp, cx, array_push_word(array, value));
        }
        (i.add(1), fp)
    };
    ArrayPushSlow |i, fp, cx| {
        let (array, value) = (word(fp, (*i).a), word(fp, (*i).b));
        try_helper!(i, fp, cx, array_push_word(array, value));
        (i.add(1), fp)
    };
    ArrayPop |i, fp, cx| {
        let value = try_helper!(i, fp, cx, array_pop(word(fp, (*i).b)));
        set_word(fp, (*i).a, value);
        (i.add(1), fp)
    };
    NewArray |i, fp, cx| {
        let array = try_helper!(i, fp, cx, new_array(*pool(i) as _, int(fp, (*i).b)));
        set_word(fp, (*i).a, array);
        (i.add(1), fp)
    };
    NewArrayCap |i, fp, cx| {
        let room = (*i).b as i16 as i32;
        let array = try_helper!(i, fp, cx, new_array_cap(*pool(i) as _, room));
        set_word(fp, (*i).a, array);
        (i.add(1), fp)
    };
    ArraySetLen |i, fp, cx| {
        try_helper!(i, fp, cx, array_set_len(word(fp, (*i).a), int(fp, (*i).b)));
        (i.add(1), fp)
    };
    ArrayExtend |i, fp, cx| {
        try_helper!(i, fp, cx, array_extend(word(fp, (*i).a), word(fp, (*i).b)));
        (i.add(1), fp)
    };
    NewDict |i, fp, cx| {
        let dict = try_helper!(i, fp, cx, new_dict(*pool(i) as _));
        set_word(fp, (*i).a, dict);
        (i.add(1), fp)
    };
}

ops! {
    ArrayLen |i, fp, cx| set_int(fp, (*i).a, array_len(fp, (*i).b) as i32);
}
