//! Moves, constants and module variables.

use super::macros::*;
use crate::instr::{Cx, Fp, Ip, cd, pool};
use crate::translate::site;
use raya_bytecode::{Op, StrId};
use raya_runtime::mem::value::{NULL, UNSET, UNSET_F64, UNSET_I32, Value};

/// Leaves with the ReferenceError of a variable that was not set.
macro_rules! throw_unset {
    ($i:ident, $fp:ident, $cx:ident) => {{
        std::hint::cold_path();
        let name = unset_name($i, $fp, $cx);
        try_helper!($i, $fp, $cx, throw_unset(name as _));
    }};
}

macro_rules! check_set {
    ($($name:ident $marker:expr;)*) => {
        flow! {$(
            $name |i, fp, cx| {
                if word(fp, (*i).a) == $marker {
                    throw_unset!(i, fp, cx);
                }
                (i.add(1), fp)
            };
        )*}
    };
}

macro_rules! get_global_checked {
    ($($name:ident $marker:expr;)*) => {
        flow! {$(
            $name |i, fp, cx| {
                let value = *(*cx).globals.add(cd(i) as u32 as usize);
                if value == $marker {
                    throw_unset!(i, fp, cx);
                }
                set_word(fp, (*i).a, value);
                (i.add(1), fp)
            };
        )*}
    };
}

/// Name of the variable that the instruction found unset.
#[cold]
#[inline(never)]
unsafe fn unset_name(i: Ip, fp: Fp, cx: Cx) -> u64 {
    // SAFETY: the caller's promise.
    unsafe {
        let (module, instr) = site(i, fp);
        let name = match instr.op {
            Op::CheckSet => StrId(instr.b),
            Op::GetStatic => module.module.fields[instr.b as usize].name,
            _ => module.module.globals[instr.b as usize].name,
        };
        // Names of variables are made here, when one is found unset; without the memory
        // for one the message goes without it.
        let name = (*cx).module_string(module, name);
        name.unwrap_or(Value::NULL).0
    }
}

ops! {
    Nop |i, fp, cx| ();
    Mov |i, fp, cx| set_word(fp, (*i).a, word(fp, (*i).b));
    LoadI32 |i, fp, cx| set_int(fp, (*i).a, (*i).b as i16 as i32);
    LoadI32K |i, fp, cx| set_int(fp, (*i).a, cd(i));
    LoadF64 |i, fp, cx| set_word(fp, (*i).a, *pool(i));
    LoadF64I |i, fp, cx| set_double(fp, (*i).a, (*i).b as i16 as f64);
    LoadBool |i, fp, cx| set_word(fp, (*i).a, (*i).b as u64);
    LoadConst |i, fp, cx| set_word(fp, (*i).a, *pool(i));
    LoadRaw |i, fp, cx| set_word(fp, (*i).a, *pool(i));
    LoadNull |i, fp, cx| set_word(fp, (*i).a, NULL);
    LoadUnset |i, fp, cx| set_word(fp, (*i).a, UNSET);
    GetGlobal |i, fp, cx| set_word(fp, (*i).a, *(*cx).globals.add(cd(i) as u32 as usize));
    SetGlobalRaw |i, fp, cx| *(*cx).globals.add(cd(i) as u32 as usize) = word(fp, (*i).a);
    GetStatic |i, fp, cx| set_word(fp, (*i).a, *(*cx).globals.add(cd(i) as u32 as usize));
    SetStatic |i, fp, cx| *(*cx).globals.add(cd(i) as u32 as usize) = word(fp, (*i).a);
    SetGlobal |i, fp, cx| *(*cx).globals.add(cd(i) as u32 as usize) = word(fp, (*i).a);
}

check_set! {
    CheckSet UNSET;
    CheckSetF64 UNSET_F64;
    CheckSetI32 UNSET_I32;
}

get_global_checked! {
    GetGlobalChecked UNSET;
    GetGlobalCheckedF64 UNSET_F64;
    GetGlobalCheckedI32 UNSET_I32;
}
