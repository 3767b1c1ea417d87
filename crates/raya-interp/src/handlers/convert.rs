//! Conversions between representations, casts and tests of words.

use super::macros::*;
use crate::instr::pool;
use raya_runtime::mem::layout::STRING_LEN;
use raya_runtime::mem::value::{NULL, Value};

ops! {
    I32ToF64 |i, fp, cx| set_double(fp, (*i).a, int(fp, (*i).b) as f64);
    F64ToI32Wrap |i, fp, cx| {
        let x = double(fp, (*i).b);
        let near = x as i64;
        // In range the low 32 bits of the truncated value are the answer.
        let wrapped = if near != i64::MAX && near != i64::MIN {
            near as i32
        } else {
            helper!(cx, f64_to_i32_wrap(x))
        };
        set_int(fp, (*i).a, wrapped);
    };
    BoxF64 |i, fp, cx| set_word(fp, (*i).a, Value::number(double(fp, (*i).b)).0);
    BoxI32 |i, fp, cx| set_word(fp, (*i).a, Value::int(int(fp, (*i).b)).0);
    BoxBool |i, fp, cx| set_word(fp, (*i).a, Value::bool(boolean(fp, (*i).b)).0);
    TruthyF64 |i, fp, cx| {
        let x = double(fp, (*i).b);
        set_boolean(fp, (*i).a, x.abs() > 0.0);
    };
    TruthyStr |i, fp, cx| {
        let string = word(fp, (*i).b) as *const u8;
        set_boolean(fp, (*i).a, string.add(STRING_LEN).cast::<u32>().read() != 0);
    };
    Not |i, fp, cx| set_boolean(fp, (*i).a, !boolean(fp, (*i).b));
}

flow! {
    F64ToI32 |i, fp, cx| {
        let x = double(fp, (*i).b);
        let near = x as i32;
        let converted = if near as f64 == x {
            near
        } else {
            try_helper!(i, fp, cx, f64_to_i32(x))
        };
        set_int(fp, (*i).a, converted);
        (i.add(1), fp)
    };
    F64ToIndex |i, fp, cx| {
        let x = double(fp, (*i).b);
        let near = x as i32;
        let index = if near as f64 == x {
            near
        } else {
            std::hint::cold_path();
            try_helper!(i, fp, cx, f64_to_index(x))
        };
        set_int(fp, (*i).a, index);
        (i.add(1), fp)
    };
    UnboxF64 |i, fp, cx| {
        let v = word(fp, (*i).b);
        let x = match Value(v).as_number() {
            Some(x) => x,
            None => {
                std::hint::cold_path();
                try_helper!(i, fp, cx, unbox_f64(v, *pool(i) as _))
            }
        };
        set_double(fp, (*i).a, x);
        (i.add(1), fp)
    };
    UnboxI32 |i, fp, cx| {
        let v = word(fp, (*i).b);
        let n = match Value(v).as_int() {
            Some(n) => n,
            None => {
                std::hint::cold_path();
                try_helper!(i, fp, cx, unbox_i32(v, *pool(i) as _))
            }
        };
        set_int(fp, (*i).a, n);
        (i.add(1), fp)
    };
    UnboxBool |i, fp, cx| {
        let v = word(fp, (*i).b);
        let truth = match Value(v).as_bool() {
            Some(truth) => truth,
            None => {
                std::hint::cold_path();
                try_helper!(i, fp, cx, unbox_bool(v, *pool(i) as _)) != 0
            }
        };
        set_boolean(fp, (*i).a, truth);
        (i.add(1), fp)
    };
    CheckType |i, fp, cx| {
        let v = try_helper!(i, fp, cx, check_type(word(fp, (*i).b), *pool(i) as _));
        set_word(fp, (*i).a, v);
        (i.add(1), fp)
    };
    Cast |i, fp, cx| {
        let v = try_helper!(i, fp, cx, cast(word(fp, (*i).b), *pool(i) as _));
        set_word(fp, (*i).a, v);
        (i.add(1), fp)
    };
    Narrow |i, fp, cx| {
        let v = try_helper!(i, fp, cx, narrow(word(fp, (*i).b), *pool(i) as _));
        set_word(fp, (*i).a, v);
        (i.add(1), fp)
    };
    NonNull |i, fp, cx| {
        let v = word(fp, (*i).b);
        if v == NULL {
            std::hint::cold_path();
            try_helper!(i, fp, cx, throw_null(*pool(i) as _));
        }
        set_word(fp, (*i).a, v);
        (i.add(1), fp)
    };
    F64ToStr |i, fp, cx| {
        let text = try_helper!(i, fp, cx, f64_to_str(double(fp, (*i).b)));
        set_word(fp, (*i).a, text);
        (i.add(1), fp)
    };
    I32ToStr |i, fp, cx| {
        let text = try_helper!(i, fp, cx, i32_to_str(int(fp, (*i).b)));
        set_word(fp, (*i).a, text);
        (i.add(1), fp)
    };
    BoolToStr |i, fp, cx| {
        let text = try_helper!(i, fp, cx, to_str(Value::bool(boolean(fp, (*i).b)).0));
        set_word(fp, (*i).a, text);
        (i.add(1), fp)
    };
    ToStr |i, fp, cx| {
        let text = try_helper!(i, fp, cx, to_str(word(fp, (*i).b)));
        set_word(fp, (*i).a, text);
        (i.add(1), fp)
    };
    TypeOf |i, fp, cx| {
        let name = try_helper!(i, fp, cx, type_of(word(fp, (*i).b)));
        set_word(fp, (*i).a, name);
        (i.add(1), fp)
    };
    ToNumber |i, fp, cx| {
        let x = try_helper!(i, fp, cx, to_number(word(fp, (*i).b)));
        set_double(fp, (*i).a, x);
        (i.add(1), fp)
    };
    Truthy |i, fp, cx| {
        let v = word(fp, (*i).b);
        let truth = match Value(v).as_bool() {
            Some(truth) => truth,
            None => try_helper!(i, fp, cx, truthy(v)) != 0,
        };
        set_boolean(fp, (*i).a, truth);
        (i.add(1), fp)
    };
}
