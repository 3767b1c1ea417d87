//! Strings and iteration.

use super::lowerings;
use crate::error::JitError;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{FRAME_HEADER, Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout;

lowerings! {
    StrLen |t, i| {
        let s = t.get(i.b);
        let v = t.load_constant(I32, Region::Text, s, layout::STRING_LEN);
        t.set(i.a, v)
    };
    StrConcat |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::str_concat, &[x, y]);
        t.set(i.a, v)
    };
    StrConcatN |t, i| {
        let window = t.window(i.b, i.c);
        let first = t.b.ins().iadd_imm_s(window, i64::from(FRAME_HEADER) * 8);
        let n = t.index_arg(i.c);
        let v = t.call_helper(Helper::str_concat_n, &[first, n]);
        t.set(i.a, v)
    };
    StrCharCode |t, i| {
        let (s, n) = (t.get(i.b), t.get(i.c));
        let v = char_code(t, s, n, |t| Ok(t.call_helper(Helper::str_char_code, &[s, n])))?;
        t.set(i.a, v)
    };
    StrUnit |t, i| {
        let (s, n) = (t.get(i.b), t.get(i.c));
        let (done, v) = t.result_block(Repr::I32);
        let slow = t.cold();
        let unit = unit_at(t, s, n, slow);
        t.b.ins().jump(done, &[unit.into()]);
        t.aside(slow, |t| {
            let x = t.call_helper(Helper::str_char_code, &[s, n]);
            // 0 for NaN.
            let unit = t.b.ins().fcvt_to_sint_sat(I32, x);
            t.b.ins().jump(done, &[unit.into()]);
            Ok(())
        })?;
        t.enter(done);
        t.set(i.a, v)
    };
    StrIndex |t, i| {
        let (s, n) = (t.get(i.b), t.get(i.c));
        let v = unit_string(t, s, n, |t| Ok(t.call_helper(Helper::str_index, &[s, n])))?;
        t.set(i.a, v)
    };
}

/// The UTF-16 unit at `n` as a double; what `slow` gives where the index is outside or the
/// string a rope.
pub(super) fn char_code<'a>(
    t: &mut Translator<'a>,
    s: Value,
    n: Value,
    slow: impl FnOnce(&mut Translator<'a>) -> Result<Value, JitError>,
) -> Result<Value, JitError> {
    let (done, v) = t.result_block(Repr::F64);
    let cold = t.cold();
    let unit = unit_at(t, s, n, cold);
    let fast = t.b.ins().fcvt_from_sint(F64, unit);
    t.b.ins().jump(done, &[fast.into()]);
    t.aside(cold, |t| {
        let v = slow(t)?;
        t.b.ins().jump(done, &[v.into()]);
        Ok(())
    })?;
    t.enter(done);
    Ok(v)
}

/// The string of the unit at `n`; what `slow` gives where the index is outside, the string
/// a rope, or its unit's string not made yet.
pub(super) fn unit_string<'a>(
    t: &mut Translator<'a>,
    s: Value,
    n: Value,
    slow: impl FnOnce(&mut Translator<'a>) -> Result<Value, JitError>,
) -> Result<Value, JitError> {
    let cold = t.cold();
    let unit = unit_at(t, s, n, cold);
    made_string(t, unit, cold, slow)
}

/// The string of a unit; what `slow` gives where it is not made yet or not of one byte.
pub(super) fn one_unit<'a>(
    t: &mut Translator<'a>,
    unit: Value,
    slow: impl FnOnce(&mut Translator<'a>) -> Result<Value, JitError>,
) -> Result<Value, JitError> {
    let cold = t.cold();
    made_string(t, unit, cold, slow)
}

/// A unit's string from the engine's table; what `slow` gives in `cold`, where control is
/// when it is not there.
fn made_string<'a>(
    t: &mut Translator<'a>,
    unit: Value,
    cold: Block,
    slow: impl FnOnce(&mut Translator<'a>) -> Result<Value, JitError>,
) -> Result<Value, JitError> {
    let (done, v) = t.result_block(Repr::Word);
    let byte = t.compare_imm(IntCC::UnsignedLessThan, unit, UNIT_STRINGS);
    t.require(byte, cold);
    let table = t.frame().snapshot.unit_strings;
    let table = t.address(table);
    let unit = t.b.ins().uextend(I64, unit);
    let offset = t.b.ins().ishl_imm_u(unit, 3);
    let at = t.b.ins().iadd(table, offset);
    let known = t.load(I64, Region::Cell, at, 0);
    (t.b.ins()).brif(known, done, &[known.into()], cold, &[]);
    t.aside(cold, |t| {
        let v = slow(t)?;
        t.b.ins().jump(done, &[v.into()]);
        Ok(())
    })?;
    t.enter(done);
    Ok(v)
}

/// How many units have their string in the engine's table.
const UNIT_STRINGS: i64 = 256;

/// The unit at `n` of a flat string; control is in `slow` where the index is outside or
/// the string is a rope.
fn unit_at(t: &mut Translator<'_>, s: Value, n: Value, slow: Block) -> Value {
    let (wide, narrow) = (t.fresh(), t.fresh());
    let (done, unit) = t.result_block(Repr::I32);
    let len = t.load_constant(I32, Region::Text, s, layout::STRING_LEN);
    let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
    t.require(inside, slow);
    let data = t.load(I64, Region::Text, s, layout::STRING_DATA);
    let flat = t.compare_imm(IntCC::SignedGreaterThanOrEqual, data, 0);
    t.require(flat, slow);
    let flags = t.load_constant(I32, Region::Header, s, layout::HEADER_FLAGS);
    let utf16 = t.b.ins().band_imm_u(flags, i64::from(layout::FLAG_UTF16));
    let index = t.b.ins().uextend(I64, n);
    t.b.ins().brif(utf16, wide, &[], narrow, &[]);

    t.enter(narrow);
    let at = t.b.ins().iadd(data, index);
    let flags = t.flags(Region::Characters);
    let v = t.b.ins().uload8(I32, flags, at, 0);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(wide);
    let offset = t.b.ins().ishl_imm_u(index, 1);
    let at = t.b.ins().iadd(data, offset);
    let flags = t.flags(Region::Characters);
    let v = t.b.ins().uload16(I32, flags, at, 0);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(done);
    unit
}
