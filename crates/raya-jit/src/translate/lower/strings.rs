//! Strings and iteration.

use super::lowerings;
use crate::error::JitError;
use crate::helpers::Helper;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I32;
use raya_bytecode::{FRAME_HEADER, Instr};
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
    StrCharCode |t, i| {
        let (s, n) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::str_char_code, &[s, n]);
        t.set(i.a, v)
    };
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
