//! Elements and lengths of what is only known as `any`.
//!
//! Arrays of the type that the site has met, or of `any[]` where it has met none, are read and
//! written in place at whole numbers inside. Everything else is the runtime's business.

use super::arrays::{load_element, repr_of, store_element};
use super::convert::{
    box_bool, box_double, box_int, is_object, known_int, require_double, unboxed,
};
use super::lowerings;
use super::numbers::integer;
use super::slot_calls::{ask_special, slow_block, special_methods};
use crate::exits::record::ExitReason;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout::{self, ElemKind};
use raya_runtime::slot_calls::SlotCall;

lowerings! {
    GetItem |t, i| get_item(t, i);
    SetItem |t, i| set_item(t, i);
    GetItemOpt |t, i| {
        let (object, key) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::get_item_opt, &[object, key]);
        t.set(i.a, v)
    };
    DelItem |t, i| {
        let (object, key) = (t.get(i.a), t.get(i.b));
        t.call_helper(Helper::del_item, &[object, key])
    };
}

/// Arrays by type handle and kind of elements.
#[derive(Clone, Copy)]
struct Arrays {
    handle: u32,
    kind: ElemKind,
}

/// The type of arrays that a site has met first.
fn observed_arrays(t: &Translator<'_>) -> Option<Arrays> {
    let frame = t.frame();
    let cell = frame.snapshot.first_word(frame.pc).filter(|w| *w != 0)?;
    if SlotCall::decode((cell >> 32) as u32).is_some() {
        return None;
    }
    let kind = match cell >> 32 {
        0 => ElemKind::F64,
        1 => ElemKind::I32,
        2 => ElemKind::Bool,
        _ => ElemKind::Word,
    };
    Some(Arrays {
        handle: cell as u32,
        kind,
    })
}

/// Where control goes when an access is not what it is expected to be: out of the code, or
/// on to the runtime where that happened often or nothing is expected. The second is true for
/// the latter.
fn unexpected(t: &mut Translator<'_>, expected: bool) -> (Block, bool) {
    if expected && !t.is_blocked() {
        (t.exit(ExitReason::Target), false)
    } else {
        (t.cold(), true)
    }
}

/// Goes on where a word is an object with this type handle; control is in `otherwise`
/// where it is not.
pub(super) fn require_handle(t: &mut Translator<'_>, w: Value, handle: u32, otherwise: Block) {
    if !t.facts.is_object(w) {
        let object = is_object(t, w);
        t.require(object, otherwise);
    }
    let actual = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    let same = t.compare_imm(IntCC::Equal, actual, i64::from(handle as i32));
    t.require(same, otherwise);
}

/// The storage of an array and an index inside of it; control is in `otherwise` where the
/// key is none.
fn require_inside(
    t: &mut Translator<'_>,
    array: Value,
    key: Value,
    otherwise: Block,
) -> (Value, Value) {
    let x = require_double(t, key, otherwise);
    let n = match known_int(t, x) {
        Some(n) => n,
        None => {
            let (n, exact) = integer(t, x);
            t.require(exact, otherwise);
            n
        }
    };
    let storage = t.load(I64, Region::Storage, array, layout::ARRAY_STORAGE);
    let len = t.load(I32, Region::Length, storage, layout::STORAGE_LEN);
    let inside = t.b.ins().icmp(IntCC::UnsignedLessThan, n, len);
    t.require(inside, otherwise);
    (storage, n)
}

fn get_item(t: &mut Translator<'_>, i: Instr) {
    let (object, key) = (t.get(i.b), t.get(i.c));
    let observed = observed_arrays(t);
    if observed.is_none() && !special_methods(t).is_empty() {
        return get_special_item(t, i);
    }
    let arrays = observed.unwrap_or(Arrays {
        handle: t.frame().snapshot.known.any_array,
        kind: ElemKind::Word,
    });
    let alone = special_methods(t).is_empty();
    let (miss, ask) = unexpected(t, observed.is_some() && alone);
    require_handle(t, object, arrays.handle, miss);
    let (storage, n) = require_inside(t, object, key, miss);
    let v = load_element(t, storage, n, arrays.kind);
    let w = match repr_of(arrays.kind) {
        Repr::F64 => box_double(t, v),
        Repr::I32 => box_int(t, v),
        Repr::Bool => box_bool(t, v),
        Repr::Word => v,
    };
    if !ask {
        t.facts.add_object(object);
        note_position(t, key, n);
        return t.set(i.a, w);
    }
    let (done, result) = t.result_block(Repr::Word);
    t.b.ins().jump(done, &[w.into()]);
    t.slow_result(miss, (done, i.a), |t| {
        ask_special(t, object, &[key], |t| {
            let cache = t.cache_cell();
            t.call_helper(Helper::get_item, &[object, key, cache])
        })
    });
    t.enter(done);
    t.set(i.a, result);
}

/// An element of what has a special method for that.
fn get_special_item(t: &mut Translator<'_>, i: Instr) {
    let (object, key) = (t.get(i.b), t.get(i.c));
    let w = ask_special(t, object, &[key], |t| {
        let cache = t.cache_cell();
        t.call_helper(Helper::get_item, &[object, key, cache])
    });
    t.set(i.a, w);
}

/// Records what a key was found to be.
fn note_position(t: &mut Translator<'_>, key: Value, n: Value) {
    let x = unboxed(t, key);
    t.facts.add_double(key, x);
    t.facts.add_whole(x, n);
}

fn set_item(t: &mut Translator<'_>, i: Instr) {
    let (object, key, v) = (t.get(i.a), t.get(i.b), t.get(i.c));
    let (slow, done) = (slow_block(t), t.fresh());
    let handle = t.frame().snapshot.known.any_array;
    require_handle(t, object, handle, slow);
    let flags = t.load(I32, Region::Header, object, layout::HEADER_FLAGS);
    let free = t.compare_imm(IntCC::Equal, flags, 0);
    t.require(free, slow);
    let (storage, n) = require_inside(t, object, key, slow);
    store_element(t, storage, n, ElemKind::Word, v);
    t.b.ins().jump(done, &[]);
    t.slow_effect(slow, done, |t| {
        ask_special(t, object, &[key, v], |t| {
            let cache = t.cache_cell();
            t.call_helper(Helper::set_item, &[object, key, v, cache])
        });
    });
    t.enter(done);
}

/// The length of what is an array of `any` or a string.
pub(super) fn get_length(t: &mut Translator<'_>, i: Instr, object: Value, name: Value) {
    let (miss, ask) = unexpected(t, true);
    let w = length(t, object, miss);
    if !ask {
        t.facts.add_object(object);
        return t.set(i.a, w);
    }
    let (done, result) = t.result_block(Repr::Word);
    t.b.ins().jump(done, &[w.into()]);
    t.slow_result(miss, (done, i.a), |t| {
        let cache = t.cache_cell();
        t.call_helper(Helper::get_attr, &[object, name, cache])
    });
    t.enter(done);
    t.set(i.a, result);
}

/// The length of an array of `any` or a string as a word; control is in `otherwise` where
/// the word is neither.
fn length(t: &mut Translator<'_>, w: Value, otherwise: Block) -> Value {
    let known = t.frame().snapshot.known;
    let (array, string, done) = (t.fresh(), t.fresh(), t.fresh());
    let len = t.b.append_block_param(done, I32);
    if !t.facts.is_object(w) {
        let object = is_object(t, w);
        t.require(object, otherwise);
    }
    let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    let is_array = t.compare_imm(IntCC::Equal, handle, i64::from(known.any_array as i32));
    t.b.ins().brif(is_array, array, &[], string, &[]);

    t.enter(string);
    let is_string = t.compare_imm(IntCC::Equal, handle, i64::from(known.string as i32));
    t.require(is_string, otherwise);
    let n = t.load(I32, Region::Text, w, layout::STRING_LEN);
    t.b.ins().jump(done, &[n.into()]);

    t.enter(array);
    let storage = t.load(I64, Region::Storage, w, layout::ARRAY_STORAGE);
    let n = t.load(I32, Region::Length, storage, layout::STORAGE_LEN);
    t.b.ins().jump(done, &[n.into()]);

    t.enter(done);
    let x = t.b.ins().fcvt_from_sint(F64, len);
    t.facts.add_whole(x, len);
    box_double(t, x)
}
