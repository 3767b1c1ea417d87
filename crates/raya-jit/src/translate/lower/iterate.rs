//! Iteration over what is only known as `any`.
//!
//! An iterator over an `any[]` is stepped in place. Declared `__next__` methods that the runtime
//! has met are entered directly; the exception that ends an iteration never leaves the loop.

use super::any_calls::{require_words, words};
use super::arrays::load_element;
use super::convert::{box_int, is_object};
use super::{lowerings, memo};
use crate::error::JitError;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator, ctx};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Receiver, Repr};
use raya_runtime::caches::{NEXT_METHOD, SiteQuestion};
use raya_runtime::func::boxed_form;
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout::{self, ElemKind, RECORD_FIRST};
use raya_runtime::mem::value;

lowerings! {
    GetIter |t, i| {
        let w = t.get(i.b);
        let v = t.call_helper(Helper::get_iter, &[w]);
        t.set(i.a, v)
    };
    IterNext |t, i| iter_next(t, i)?;
}

/// The next element of an iterator. What ran other code tests the code's assumptions on both
/// edges; what was done in place does not.
fn iter_next(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let iterator = t.get(i.b);
    let frame = t.frame();
    let [end, next] = frame.analysis.graph[frame.node].succs[..] else {
        return Err(JitError::Malformed(
            "an iteration without two targets".into(),
        ));
    };
    let in_place = t.edge(next);
    let (end, next) = (t.tested_edge(end), t.tested_edge(next));
    let (slow, sequence, user) = (t.cold(), t.fresh(), t.fresh());
    let (joined, given) = t.result_block(Repr::Word);
    let object = is_object(t, iterator);
    t.require(object, slow);
    let handle = t.load(I32, Region::Header, iterator, layout::HEADER_TYPE);
    let known = i64::from(t.frame().snapshot.known.iterator as i32);
    let is_sequence = t.compare_imm(IntCC::Equal, handle, known);
    t.b.ins().brif(is_sequence, sequence, &[], user, &[]);

    t.enter(sequence);
    let item = step(t, iterator, slow);
    t.set(i.a, item);
    t.b.ins().jump(in_place, &[]);

    t.enter(user);
    let w = next_by_method(t, iterator, handle, slow, end.block);
    t.b.ins().jump(joined, &[w.into()]);

    t.aside(slow, |t| {
        let v = t.call_helper(Helper::iter_next, &[iterator]);
        let more = t.compare_imm(IntCC::NotEqual, v, 0);
        (t.b.ins()).brif(more, joined, &[v.into()], end.block, &[]);
    });
    t.enter(joined);
    t.set(i.a, given);
    t.b.ins().jump(next.block, &[]);
    t.ended = true;
    t.finish_edge(end);
    t.finish_edge(next);
    Ok(())
}

/// The next element of an iterator over the values of an `any[]`; control is in `slow` at its
/// end and for every other one.
fn step(t: &mut Translator<'_>, iterator: Value, slow: Block) -> Value {
    let word = |t: &mut Translator<'_>, n: usize| {
        t.load(I64, Region::Iterator, iterator, RECORD_FIRST + n * 8)
    };
    let gives = word(t, 2);
    let values = t.word_const(value::Value::int(0).0);
    let gives_values = t.b.ins().icmp(IntCC::Equal, gives, values);
    t.require(gives_values, slow);
    let array = word(t, 0);
    // At the end it is null.
    let object = is_object(t, array);
    t.require(object, slow);
    let handle = t.load(I32, Region::Header, array, layout::HEADER_TYPE);
    let any_array = i64::from(t.frame().snapshot.known.any_array as i32);
    let same = t.compare_imm(IntCC::Equal, handle, any_array);
    t.require(same, slow);
    let at = word(t, 1);
    let n = t.b.ins().ireduce(I32, at);
    let storage = t.load(I64, Region::Storage, array, layout::ARRAY_STORAGE);
    let len = t.load(I32, Region::Length, storage, layout::STORAGE_LEN);
    let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
    t.require(inside, slow);
    let item = load_element(t, storage, n, ElemKind::Word);
    let n = t.b.ins().iadd_imm_s(n, 1);
    let at = box_int(t, n);
    t.store(Region::Iterator, at, iterator, RECORD_FIRST + 8);
    item
}

/// The next element by the method that the runtime remembers for the iterator's type; control is
/// in `slow` where it remembers none, and in `end` where the method threw `StopIteration`.
fn next_by_method(
    t: &mut Translator<'_>,
    iterator: Value,
    handle: Value,
    slow: Block,
    end: Block,
) -> Value {
    let answer = memo::ask(t, (NEXT_METHOD, SiteQuestion::Call), handle, slow);
    let info = answer.method(t);
    require_words(t, info, boxed_form(Receiver::This, 0), slow);
    let w = t.call_entry(info, &words(0), &[iterator], slow);
    let pending = t.load(I64, Region::Ctx, t.cx, ctx::PENDING);
    let (thrown, ok) = (t.cold(), t.fresh());
    t.b.ins().brif(pending, thrown, &[], ok, &[]);
    t.aside(thrown, |t| {
        t.mark_place();
        let ended = t.raw_helper(Helper::iteration_ended, &[]);
        let other = t.fresh();
        t.b.ins().brif(ended, end, &[], other, &[]);
        t.enter(other);
        t.throw_pending();
    });
    t.enter(ok);
    w
}
