//! Operations on `any`: two doubles inline, everything else by the slot helpers.

use super::arithmetic::remainder;
use super::macros::*;
use crate::instr::{Ip, cd, pool};
use crate::translate::{numbered_cell, site, string};
use raya_bytecode::StrId;
use raya_runtime::caches::{CacheCell, read_cached, write_cached};
use raya_runtime::mem::value::Value;
use raya_runtime::operators::on_numbers;

/// Binary operators with a fast path for two doubles.
macro_rules! on_doubles {
    ($cx:ident: $($name:ident $helper:ident, |$x:ident, $y:ident| $fast:expr;)*) => {
        flow! {$(
            $name |i, fp, $cx| {
                let (b, c) = (word(fp, (*i).b), word(fp, (*i).c));
                let result = match (Value(b).as_number(), Value(c).as_number()) {
                    (Some($x), Some($y)) => $fast.0,
                    _ => {
                        let cell = numbered_cell((*i).d, fp, $cx);
                        try_helper!(i, fp, $cx, $helper(b, c, cell as _))
                    }
                };
                set_word(fp, (*i).a, result);
                (i.add(1), fp)
            };
        )*}
    };
}

on_doubles! { cx:
    AddAny add_any, |x, y| Value::number(x + y);
    SubAny sub_any, |x, y| Value::number(x - y);
    MulAny mul_any, |x, y| Value::number(x * y);
    DivAny div_any, |x, y| Value::number(x / y);
    ModAny mod_any, |x, y| Value::number(remainder(cx, x, y));
    LtAny lt_any, |x, y| Value::bool(x < y);
    LeAny le_any, |x, y| Value::bool(x <= y);
    GtAny gt_any, |x, y| Value::bool(x > y);
    GeAny ge_any, |x, y| Value::bool(x >= y);
    EqAny eq_any, |x, y| Value::bool(x == y);
    NeAny ne_any, |x, y| Value::bool(x != y);
}

flow! {
    BinaryAny |i, fp, cx| {
        let (a, b) = (word(fp, (*i).a), word(fp, (*i).b));
        let result = match on_numbers((*i).c, Value(a), Value(b)) {
            Some(x) => Value::number(x).0,
            None => {
                let cell = numbered_cell((*i).d, fp, cx);
                try_helper!(i, fp, cx, binary_any(a, b, (*i).c as u32, cell as _))
            }
        };
        set_word(fp, (*i).a, result);
        (i.add(1), fp)
    };
    UnaryAny |i, fp, cx| {
        let cell = numbered_cell((*i).d, fp, cx);
        let (x, op) = (word(fp, (*i).b), (*i).c as u32);
        let result = try_helper!(i, fp, cx, unary_any(x, op, cell as _));
        set_word(fp, (*i).a, result);
        (i.add(1), fp)
    };
    Contains |i, fp, cx| {
        let cell = numbered_cell((*i).d, fp, cx);
        let (key, object) = (word(fp, (*i).b), word(fp, (*i).c));
        let has = try_helper!(i, fp, cx, contains(key, object, cell as _));
        set_boolean(fp, (*i).a, has != 0);
        (i.add(1), fp)
    };
    GetAttr |i, fp, cx| {
        let object = word(fp, (*i).b);
        let value = match Value(object).as_obj().and_then(|obj| read_cached(cell(i), obj)) {
            Some(value) => value.0,
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
        let (object, value) = (word(fp, (*i).a), word(fp, (*i).b));
        let known = Value(object).as_obj();
        if known.is_some_and(|obj| write_cached(&mut *cx, cell(i), obj, Value(value))) {
            return (i.add(1), fp);
        }
        std::hint::cold_path();
        let (module, instr) = site(i, fp);
        let name = string(module, StrId(instr.b));
        try_helper!(i, fp, cx, set_attr(object, name as _, value, pool(i) as _));
        (i.add(1), fp)
    };
    DelAttr |i, fp, cx| {
        try_helper!(i, fp, cx, del_attr(word(fp, (*i).a), *pool(i) as _));
        (i.add(1), fp)
    };
    GetItem |i, fp, cx| {
        let (object, key) = (word(fp, (*i).b), word(fp, (*i).c));
        let cell = numbered_cell((*i).d, fp, cx);
        // The first access goes to the runtime, which notes what it meets.
        let value = match (*cx).element(Value(object), Value(key)) {
            Some(value) if *cell != 0 => value.0,
            _ => {
                std::hint::cold_path();
                try_helper!(i, fp, cx, get_item(object, key, cell as _))
            }
        };
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
        if !(*cx).set_element(Value(object), Value(key), Value(value)) {
            std::hint::cold_path();
            let cell = numbered_cell((*i).d, fp, cx);
            try_helper!(i, fp, cx, set_item(object, key, value, cell as _));
        }
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

/// The cell of an instruction that owns one.
#[inline(always)]
unsafe fn cell<'a>(i: Ip) -> &'a CacheCell {
    // SAFETY: translation gave the instruction a cell of its own, which lives as long as
    // the code.
    unsafe { &*pool(i).cast() }
}
