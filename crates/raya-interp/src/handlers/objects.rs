//! Objects: allocation, fields at fixed offsets, structural members through caches.

use super::macros::*;
use crate::instr::{Cx, address, cd, pool};
use crate::translate::site;
use raya_bytecode::{FieldId, PropId};
use raya_heap::{BUMP_CUR, BUMP_END, BUMP_OFFSET, BUMP_STRIDE, UNLOG_BIAS_OFFSET, class_of};
use raya_runtime::caches::CacheCell;
use raya_runtime::mem::layout::{FLAG_FROZEN, HEADER_FLAGS, HEADER_TYPE};
use raya_runtime::mem::value::{NULL, UNSET, Value};
use raya_runtime::type_info::TypeInfo;

/// Largest instance that the inline allocation handles.
const MAX_INLINE: u32 = 256;

/// Takes a zeroed cell of `size` bytes from the heap's current run, or null.
#[inline(always)]
unsafe fn bump(cx: Cx, size: u32) -> *mut u8 {
    // SAFETY: the heap publishes its cursors at these offsets; cells between `cur` and
    // `end` are free and zero.
    unsafe {
        let cursor = (*cx)
            .heap
            .add(BUMP_OFFSET + class_of(size as usize) * BUMP_STRIDE);
        let cur = cursor.add(BUMP_CUR).cast::<*mut u8>();
        let cell = *cur;
        if cell >= *cursor.add(BUMP_END).cast::<*mut u8>() {
            return std::ptr::null_mut();
        }
        let step = raya_heap::cell_size(class_of(size as usize));
        *cur = cell.add(step);
        cell
    }
}

/// Whether the heap wants to know that a reference was stored into `object`.
#[inline(always)]
pub(super) unsafe fn must_remember(cx: Cx, object: u64) -> bool {
    // SAFETY: the unlogged bits cover every object of the heap; see `raya_heap::Heap::barrier`.
    unsafe {
        let bias = (*cx).heap.add(UNLOG_BIAS_OFFSET).cast::<usize>().read();
        let byte = *((bias.wrapping_add((object >> 6) as usize)) as *const u8);
        byte >> ((object >> 3) & 7) & 1 != 0
    }
}

/// Stores a word into a slot of an object, with the write barrier.
macro_rules! store_word {
    ($cx:ident, $object:expr, $slot:expr, $word:expr) => {{
        let (object, slot): (u64, *mut u64) = ($object, $slot);
        *slot = $word;
        if must_remember($cx, object) {
            std::hint::cold_path();
            helper!($cx, write_barrier(object, slot as _));
        }
    }};
}
pub(super) use store_word;

/// Reads a declared field as its class says.
macro_rules! read_field_slow {
    ($i:ident, $fp:ident, $cx:ident, $object:expr) => {{
        std::hint::cold_path();
        let (module, instr) = site($i, $fp);
        let field = module.field(FieldId(instr.c)).as_ptr();
        let bits = try_helper!($i, $fp, $cx, read_field($object, field as _));
        set_word($fp, (*$i).a, bits);
    }};
}

/// A structural read whose cell does not know the receiver.
macro_rules! get_prop_slow {
    ($i:ident, $fp:ident, $cx:ident, $object:ident) => {{
        std::hint::cold_path();
        let (module, instr) = site($i, $fp);
        let prop = module.prop(PropId(instr.c)).as_ptr();
        let cell = pool($i);
        let value = try_helper!($i, $fp, $cx, get_prop($object, prop as _, cell as _));
        set_word($fp, (*$i).a, value);
    }};
}

/// A structural write whose cell does not know the receiver.
macro_rules! set_prop_slow {
    ($i:ident, $fp:ident, $cx:ident, $object:ident, $value:ident) => {{
        std::hint::cold_path();
        let (module, instr) = site($i, $fp);
        let prop = module.prop(PropId(instr.b)).as_ptr();
        let cell = pool($i);
        try_helper!(
            $i,
            $fp,
            $cx,
            set_prop($object, prop as _, $value, cell as _)
        );
    }};
}

/// Whether an object was frozen.
#[inline(always)]
pub(super) unsafe fn is_frozen(object: u64) -> bool {
    // SAFETY: the caller's promise: a live object.
    let flags = unsafe { (object as *const u8).add(HEADER_FLAGS).cast::<u32>().read() };
    flags & FLAG_FROZEN != 0
}

/// Throws when the object whose field is about to be stored was frozen.
macro_rules! refuse_frozen {
    ($i:ident, $fp:ident, $cx:ident, $object:ident) => {
        if is_frozen($object) {
            std::hint::cold_path();
            let (module, instr) = site($i, $fp);
            let field = module.field(FieldId(instr.b)).as_ptr();
            try_helper!($i, $fp, $cx, throw_frozen_field($object, field as _));
        }
    };
}

flow! {
    SetFieldRaw |i, fp, cx| {
        let object = word(fp, (*i).a);
        refuse_frozen!(i, fp, cx, object);
        let slot = (object as *mut u8).byte_offset(cd(i) as isize).cast::<u64>();
        slot.write(word(fp, (*i).b));
        (i.add(1), fp)
    };
    SetField |i, fp, cx| {
        let object = word(fp, (*i).a);
        refuse_frozen!(i, fp, cx, object);
        let slot = (object as *mut u8).byte_offset(cd(i) as isize).cast::<u64>();
        store_word!(cx, object, slot, word(fp, (*i).b));
        (i.add(1), fp)
    };
    NewObject |i, fp, cx| {
        let info = address(i) as *const TypeInfo;
        let size = (*info).size;
        let mut cell = std::ptr::null_mut();
        if size <= MAX_INLINE {
            cell = bump(cx, size);
        }
        if cell.is_null() {
            std::hint::cold_path();
            let object = try_helper!(i, fp, cx, new_object(info as _));
            set_word(fp, (*i).a, object);
        } else {
            // The flags half of the header is zero.
            cell.add(HEADER_TYPE).cast::<u64>().write((*info).handle as u64);
            set_word(fp, (*i).a, cell as u64);
        }
        (i.add(1), fp)
    };
    GetFieldSet |i, fp, cx| {
        let object = word(fp, (*i).b) as *const u8;
        let value = object.byte_offset(cd(i) as isize).cast::<u64>().read();
        if value == UNSET {
            std::hint::cold_path();
            let (module, instr) = site(i, fp);
            let field = module.field(FieldId(instr.c));
            if !field.optional {
                try_helper!(i, fp, cx, throw_unset_field(object as u64, field.as_ptr() as _));
            }
            set_word(fp, (*i).a, NULL);
        } else {
            set_word(fp, (*i).a, value);
        }
        (i.add(1), fp)
    };
    // Where nothing stands before a field, translation takes one of the forms above and below;
    // these are for classes that are plain no more.
    ReadField |i, fp, cx| {
        read_field_slow!(i, fp, cx, word(fp, (*i).b));
        (i.add(1), fp)
    };
    WriteField |i, fp, cx| {
        let (module, instr) = site(i, fp);
        let field = module.field(FieldId(instr.b)).as_ptr();
        try_helper!(i, fp, cx, write_field(word(fp, (*i).a), field as _, word(fp, (*i).b)));
        (i.add(1), fp)
    };
    ReadFieldWord |i, fp, cx| {
        let object = word(fp, (*i).b);
        let value = (object as *const u8).byte_offset(cd(i) as isize).cast::<u64>().read();
        if value == UNSET {
            read_field_slow!(i, fp, cx, object);
        } else {
            set_word(fp, (*i).a, value);
        }
        (i.add(1), fp)
    };
    // A word that was not set yet reads as null or not at all: the helper knows.
    GetProp |i, fp, cx| {
        let object = word(fp, (*i).b);
        match cached_field(object, pool(i)) {
            Some(slot) if *slot != UNSET => set_word(fp, (*i).a, *slot),
            _ => get_prop_slow!(i, fp, cx, object),
        }
        (i.add(1), fp)
    };
    GetPropRaw |i, fp, cx| {
        let object = word(fp, (*i).b);
        match cached_field(object, pool(i)) {
            Some(slot) => set_word(fp, (*i).a, *slot),
            None => get_prop_slow!(i, fp, cx, object),
        }
        (i.add(1), fp)
    };
    SetProp |i, fp, cx| {
        let (object, value) = (word(fp, (*i).a), word(fp, (*i).b));
        match writable_field(object, pool(i)) {
            Some(slot) => store_word!(cx, object, slot, value),
            None => set_prop_slow!(i, fp, cx, object, value),
        }
        (i.add(1), fp)
    };
    SetPropRaw |i, fp, cx| {
        let (object, value) = (word(fp, (*i).a), word(fp, (*i).b));
        match writable_field(object, pool(i)) {
            Some(slot) => *slot = value,
            None => set_prop_slow!(i, fp, cx, object, value),
        }
        (i.add(1), fp)
    };
    HasProp |i, fp, cx| {
        let has = try_helper!(i, fp, cx, has_prop(word(fp, (*i).b), *pool(i) as _));
        set_boolean(fp, (*i).a, has != 0);
        (i.add(1), fp)
    };
    GetMethod |i, fp, cx| {
        let bound = try_helper!(i, fp, cx, get_method(word(fp, (*i).b), *pool(i) as _));
        set_word(fp, (*i).a, bound);
        (i.add(1), fp)
    };
    GetFunction |i, fp, cx| {
        let function = try_helper!(i, fp, cx, get_function(address(i) as _));
        set_word(fp, (*i).a, function);
        (i.add(1), fp)
    };
    GetClass |i, fp, cx| {
        let class = try_helper!(i, fp, cx, get_class(address(i) as _));
        set_word(fp, (*i).a, class);
        (i.add(1), fp)
    };
    InitClass |i, fp, cx| {
        try_helper!(i, fp, cx, init_class(address(i) as _));
        (i.add(1), fp)
    };
    CheckClass |i, fp, cx| {
        try_helper!(i, fp, cx, check_class(address(i) as _));
        (i.add(1), fp)
    };
    MakeClosure |i, fp, cx| {
        let captures = fp.add((*i).b as usize);
        let closure = try_helper!(i, fp, cx, make_closure(*pool(i) as _, captures as _));
        set_word(fp, (*i).a, closure);
        (i.add(1), fp)
    };
    CloneClosure |i, fp, cx| {
        let lender = word(fp, (*i).b);
        let closure = try_helper!(i, fp, cx, clone_closure(lender, *pool(i) as _));
        set_word(fp, (*i).a, closure);
        (i.add(1), fp)
    };
    SpreadObject |i, fp, cx| {
        try_helper!(i, fp, cx, spread_object(word(fp, (*i).a), word(fp, (*i).b)));
        (i.add(1), fp)
    };
}

ops! {
    GetField |i, fp, cx| {
        let object = word(fp, (*i).b) as *const u8;
        set_word(fp, (*i).a, object.byte_offset(cd(i) as isize).cast::<u64>().read());
    };
    GetCapture |i, fp, cx| {
        let closure = word(fp, (*i).b) as *const u8;
        set_word(fp, (*i).a, closure.byte_offset(cd(i) as isize).cast::<u64>().read());
    };
    SetFieldFreeRaw |i, fp, cx| {
        let object = word(fp, (*i).a) as *mut u8;
        object.byte_offset(cd(i) as isize).cast::<u64>().write(word(fp, (*i).b));
    };
    SetFieldFree |i, fp, cx| {
        let object = word(fp, (*i).a);
        let slot = (object as *mut u8).byte_offset(cd(i) as isize).cast::<u64>();
        store_word!(cx, object, slot, word(fp, (*i).b));
    };
}

/// The slot that a structural access's cell leads to in `object`, if the cell is about
/// objects of that type: the payload is the field's offset.
#[inline(always)]
unsafe fn cached_field(object: u64, cell: *mut u64) -> Option<*mut u64> {
    let obj = Value(object).as_obj()?;
    // SAFETY: translation gave the instruction a cell of its own; the runtime filled it with
    // the offset of a field of that type.
    unsafe {
        let offset = (*cell.cast::<CacheCell>()).payload(obj.handle())?;
        Some((object as *mut u8).add(offset as usize).cast())
    }
}

/// As [`cached_field`], for objects that nothing restricts: a frozen or pinned one has a
/// flag in its header.
#[inline(always)]
unsafe fn writable_field(object: u64, cell: *mut u64) -> Option<*mut u64> {
    // SAFETY: the caller's promise.
    unsafe {
        let slot = cached_field(object, cell)?;
        let flags = (object as *const u8).add(HEADER_FLAGS).cast::<u32>().read();
        (flags == 0).then_some(slot)
    }
}
