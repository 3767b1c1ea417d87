//! Operations on `any`: two doubles inline, everything else by the slot helpers.

use super::macros::*;
use crate::instr::{cd, pool};
use crate::translate::{numbered_cell, site, string};
use raya_bytecode::{Repr, StrId};
use raya_runtime::mem::layout::HEADER_TYPE;
use raya_runtime::mem::value::{UNSET, Value};

/// Binary operators with a fast path for two doubles.
macro_rules! on_doubles {
    ($($name:ident $helper:ident, |$x:ident, $y:ident| $fast:expr;)*) => {
        flow! {$(
            $name |i, fp, cx| {
                let (b, c) = (word(fp, (*i).b), word(fp, (*i).c));
                let result = match (Value(b).as_number(), Value(c).as_number()) {
                    (Some($x), Some($y)) => $fast.0,
                    _ => {
                        let cell = numbered_cell((*i).d, fp, cx);
                        try_helper!(i, fp, cx, $helper(b, c, cell as _))
                    }
                };
                set_word(fp, (*i).a, result);
                (i.add(1), fp)
            };
        )*}
    };
}

on_doubles! {
    AddAny add_any, |x, y| Value::number(x + y);
    SubAny sub_any, |x, y| Value::number(x - y);
    MulAny mul_any, |x, y| Value::number(x * y);
    DivAny div_any, |x, y| Value::number(x / y);
    LtAny lt_any, |x, y| Value::bool(x < y);
    LeAny le_any, |x, y| Value::bool(x <= y);
    GtAny gt_any, |x, y| Value::bool(x > y);
    GeAny ge_any, |x, y| Value::bool(x >= y);
    EqAny eq_any, |x, y| Value::bool(x == y);
    NeAny ne_any, |x, y| Value::bool(x != y);
}

flow! {
    ModAny |i, fp, cx| {
        let (b, c) = (word(fp, (*i).b), word(fp, (*i).c));
        let cell = numbered_cell((*i).d, fp, cx);
        let result = try_helper!(i, fp, cx, mod_any(b, c, cell as _));
        set_word(fp, (*i).a, result);
        (i.add(1), fp)
    };
    BinaryAny |i, fp, cx| {
        let (a, b) = (word(fp, (*i).a), word(fp, (*i).b));
        let result = try_helper!(i, fp, cx, binary_any(a, b, (*i).c as u32));
        set_word(fp, (*i).a, result);
        (i.add(1), fp)
    };
    UnaryAny |i, fp, cx| {
        let result = try_helper!(i, fp, cx, unary_any(word(fp, (*i).b), (*i).c as u32));
        set_word(fp, (*i).a, result);
        (i.add(1), fp)
    };
    Contains |i, fp, cx| {
        let has = try_helper!(i, fp, cx, contains(word(fp, (*i).b), word(fp, (*i).c)));
        set_boolean(fp, (*i).a, has != 0);
        (i.add(1), fp)
    };
    GetAttr |i, fp, cx| {
        let object = word(fp, (*i).b);
        let value = match cached_attribute(object, *pool(i)) {
            Some(value) => value,
            None => {
                std::hint::cold_path();
                let (module, instr) = site(i, fp);
                let name = string(module, StrId(instr.c));
                try_helper!(i, fp, cx, get_attr(object, name as _, pool(i) as _))
            }
        };
        set_word(fp, (*i).a, value);
        (i.add(1), fp)
    };
    SetAttr |i, fp, cx| {
        let (module, instr) = site(i, fp);
        let name = string(module, StrId(instr.b));
        let (object, value) = (word(fp, (*i).a), word(fp, (*i).b));
        try_helper!(i, fp, cx, set_attr(object, name as _, value, pool(i) as _));
        (i.add(1), fp)
    };
    DelAttr |i, fp, cx| {
        try_helper!(i, fp, cx, del_attr(word(fp, (*i).a), *pool(i) as _));
        (i.add(1), fp)
    };
    GetItem |i, fp, cx| {
        let cell = numbered_cell((*i).d, fp, cx);
        let (object, key) = (word(fp, (*i).b), word(fp, (*i).c));
        let value = try_helper!(i, fp, cx, get_item(object, key, cell as _));
        set_word(fp, (*i).a, value);
        (i.add(1), fp)
    };
    GetItemOpt |i, fp, cx| {
        let (object, key) = (word(fp, (*i).b), word(fp, (*i).c));
        let value = try_helper!(i, fp, cx, get_item_opt(object, key));
        set_word(fp, (*i).a, value);
        (i.add(1), fp)
    };
    SetItem |i, fp, cx| {
        let (object, key, value) = (word(fp, (*i).a), word(fp, (*i).b), word(fp, (*i).c));
        try_helper!(i, fp, cx, set_item(object, key, value));
        (i.add(1), fp)
    };
    DelItem |i, fp, cx| {
        try_helper!(i, fp, cx, del_item(word(fp, (*i).a), word(fp, (*i).b)));
        (i.add(1), fp)
    };
    GetIter |i, fp, cx| {
        let iterator = try_helper!(i, fp, cx, get_iter(word(fp, (*i).b)));
        set_word(fp, (*i).a, iterator);
        (i.add(1), fp)
    };
    IterNext |i, fp, cx| {
        let value = try_helper!(i, fp, cx, iter_next(word(fp, (*i).b)));
        if value == 0 {
            std::hint::cold_path();
            return (i.byte_offset(cd(i) as isize), fp);
        }
        set_word(fp, (*i).a, value);
        (i.add(1), fp)
    };
}

/// The attribute that a cell leads to in `object`, boxed, if the cell is about objects of
/// that type and the attribute is set. The high half of a cell is the byte offset of a
/// field, shifted by two, and its representation.
#[inline(always)]
unsafe fn cached_attribute(object: u64, cell: u64) -> Option<u64> {
    if !Value(object).is_object() || cell == 0 {
        return None;
    }
    // SAFETY: the word refers to a live object; the runtime filled the cell with the place
    // of a field of that type.
    unsafe {
        let object = object as *const u8;
        if object.add(HEADER_TYPE).cast::<u32>().read() != cell as u32 {
            return None;
        }
        let place = (cell >> 32) as usize;
        let bits = object.add(place >> 2).cast::<u64>().read();
        let value = match place & 3 {
            F64 => Value::number(f64::from_bits(bits)).0,
            I32 => Value::int(bits as i32).0,
            BOOL => Value::bool(bits != 0).0,
            _ => bits,
        };
        (value != UNSET).then_some(value)
    }
}

const F64: usize = Repr::F64 as usize;
const I32: usize = Repr::I32 as usize;
const BOOL: usize = Repr::Bool as usize;
