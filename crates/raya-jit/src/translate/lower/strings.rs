//! Strings and iteration.

use super::lowerings;
use crate::error::JitError;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I32, I64};
use raya_bytecode::{FRAME_HEADER, Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout;

lowerings! {
    StrLen |t, i| {
        let s = t.get(i.b);
        let v = t.load(I32, Region::Text, s, layout::STRING_LEN);
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
    StrCharCode |t, i| char_code(t, i);
    StrIndex |t, i| {
        let (s, n) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::str_index, &[s, n]);
        t.set(i.a, v)
    };
    GetIter |t, i| {
        let w = t.get(i.b);
        let v = t.call_helper(Helper::get_iter, &[w]);
        t.set(i.a, v)
    };
    IterNext |t, i| {
        let iterator = t.get(i.b);
        let v = t.call_helper(Helper::iter_next, &[iterator]);
        let frame = t.frame();
        let [end, next] = frame.analysis.graph[frame.node].succs[..] else {
            return Err(JitError::Malformed("an iteration without two targets".into()));
        };
        let (end, next) = (t.edge(end), t.edge(next));
        let more = t.compare_imm(IntCC::NotEqual, v, 0);
        t.set(i.a, v);
        t.ended = true;
        t.b.ins().brif(more, next, &[], end, &[])
    };
}

/// A UTF-16 unit: read in place where the string is flat and the index inside.
fn char_code(t: &mut Translator<'_>, i: Instr) {
    let (s, n) = (t.get(i.b), t.get(i.c));
    let slow = t.cold();
    let (wide, narrow) = (t.fresh(), t.fresh());
    let (done, result) = t.result_block(Repr::F64);
    let len = t.load(I32, Region::Text, s, layout::STRING_LEN);
    let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
    t.require(inside, slow);
    let data = t.load(I64, Region::Text, s, layout::STRING_DATA);
    let rope = t.b.ins().band_imm_u(data, layout::ROPE_TAG as i64);
    let flat = t.compare_imm(IntCC::Equal, rope, 0);
    t.require(flat, slow);
    let flags = t.load(I32, Region::Header, s, layout::HEADER_FLAGS);
    let utf16 = t.b.ins().band_imm_u(flags, i64::from(layout::FLAG_UTF16));
    let index = t.b.ins().uextend(I64, n);
    t.b.ins().brif(utf16, wide, &[], narrow, &[]);

    t.enter(narrow);
    let at = t.b.ins().iadd(data, index);
    let flags = t.flags(Region::Characters);
    let unit = t.b.ins().uload8(I32, flags, at, 0);
    let v = t.b.ins().fcvt_from_sint(F64, unit);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(wide);
    let offset = t.b.ins().ishl_imm_u(index, 1);
    let at = t.b.ins().iadd(data, offset);
    let flags = t.flags(Region::Characters);
    let unit = t.b.ins().uload16(I32, flags, at, 0);
    let v = t.b.ins().fcvt_from_sint(F64, unit);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let v = t.call_helper(Helper::str_char_code, &[s, n]);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);
    t.enter(done);
    t.set(i.a, result);
}
