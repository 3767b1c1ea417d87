//! Special methods of operators, elements and constructions on `any`.
//!
//! Where the cell of a site names the method that comes first for an operand's type, code looks
//! at the operands and calls it like a known function. What `NotImplemented` leads to, and all
//! that the cell does not name, stays with the helpers.

use super::any_calls::{argument, result_word};
use super::convert::{box_bool, is_object, truth};
use super::objects::new_object;
use crate::snapshot::AnyMethodFact;
use crate::translate::Translator;
use crate::translate::emit::Region;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::I32;
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::layout;
use raya_runtime::slot_calls::Side;

/// What the cell of the current instruction knows about special methods.
pub(super) fn special_methods<'a>(t: &Translator<'a>) -> &'a [AnyMethodFact] {
    let frame = t.frame();
    let facts = frame.snapshot.any_methods.get(&frame.pc);
    facts.map_or(&[], Vec::as_slice)
}

/// A block for what the fast path of an instruction on `any` leaves: expected to run where
/// special methods were met.
pub(super) fn slow_block(t: &mut Translator<'_>) -> Block {
    match special_methods(t) {
        [] => t.cold(),
        _ => t.fresh(),
    }
}

/// The result, as a word, of the special method that the cell knows for this receiver; that of
/// `helper` where it knows none.
pub(super) fn ask_special(
    t: &mut Translator<'_>,
    receiver: Value,
    args: &[Value],
    helper: impl FnOnce(&mut Translator<'_>) -> Value,
) -> Value {
    let facts = special_methods(t);
    if facts.is_empty() {
        return helper(t);
    }
    let (done, result) = t.result_block(Repr::Word);
    for (k, fact) in facts.iter().enumerate() {
        let other = other_block(t, k + 1 == facts.len());
        require_receiver(t, receiver, fact, other);
        let w = enter(t, fact, receiver, args);
        t.b.ins().jump(done, &[w.into()]);
        t.enter(other);
    }
    let w = helper(t);
    t.b.ins().jump(done, &[w.into()]);
    t.enter(done);
    result
}

/// The same for a binary operator with the operand `op` of the generic instruction.
pub(super) fn ask_operator(
    t: &mut Translator<'_>,
    (x, y): (Value, Value),
    op: u16,
    helper: impl FnOnce(&mut Translator<'_>) -> Value,
) -> Value {
    let facts = special_methods(t);
    if facts.is_empty() {
        return helper(t);
    }
    let (done, result) = t.result_block(Repr::Word);
    for (k, fact) in facts.iter().enumerate() {
        let other = other_block(t, k + 1 == facts.len());
        let (this, arg) = match fact.special {
            Some(Side::Right) => (y, x),
            _ => (x, y),
        };
        require_receiver(t, this, fact, other);
        if matches!(fact.special, Some(Side::LeftAlone | Side::Right)) {
            require_alone(t, arg, fact, other);
        }
        let w = enter(t, fact, this, &[arg]);
        let answered = t.fresh();
        if fact.func.interface.ret == Repr::Word && !fact.void {
            let refused = t.cold();
            let word = t.frame().snapshot.not_implemented;
            let word = t.word_const(word);
            let same = t.b.ins().icmp(IntCC::Equal, w, word);
            t.b.ins().brif(same, refused, &[], answered, &[]);
            t.aside(refused, |t| {
                let op = t.index_arg(op);
                let w = t.call_helper(Helper::operator_refused, &[x, y, op]);
                t.b.ins().jump(done, &[w.into()]);
            });
        } else {
            t.b.ins().jump(answered, &[]);
        }
        t.enter(answered);
        let w = match fact.special {
            Some(Side::Inverse) => inverted(t, w),
            _ => w,
        };
        t.b.ins().jump(done, &[w.into()]);
        t.enter(other);
    }
    let w = helper(t);
    t.b.ins().jump(done, &[w.into()]);
    t.enter(done);
    result
}

/// Whether a word is not true, as a word.
fn inverted(t: &mut Translator<'_>, w: Value) -> Value {
    let v = truth(t, w);
    let v = t.b.ins().bxor_imm_u(v, 1);
    box_bool(t, v)
}

/// Where control goes when a word does not fit: on to the next, or to the helper.
fn other_block(t: &mut Translator<'_>, last: bool) -> Block {
    if last { t.cold() } else { t.fresh() }
}

/// Goes on where the receiver is of the type that a word names, and the word holds.
fn require_receiver(t: &mut Translator<'_>, w: Value, fact: &AnyMethodFact, other: Block) {
    if !t.facts.is_object(w) {
        let object = is_object(t, w);
        t.require(object, other);
    }
    let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    let same = t.compare_imm(IntCC::Equal, handle, i64::from(fact.said.handle() as i32));
    t.require(same, other);
    t.require_said(fact.said, other);
}

/// Goes on where the other operand does not go first: it is no object, or, where the left one
/// has the method, of the same type.
fn require_alone(t: &mut Translator<'_>, w: Value, fact: &AnyMethodFact, other: Block) {
    let (alone, object) = (t.fresh(), t.fresh());
    let is = is_object(t, w);
    t.b.ins().brif(is, object, &[], alone, &[]);
    t.enter(object);
    if fact.special == Some(Side::LeftAlone) {
        let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
        let same = t.compare_imm(IntCC::Equal, handle, i64::from(fact.said.handle() as i32));
        t.b.ins().brif(same, alone, &[], other, &[]);
    } else {
        t.b.ins().jump(other, &[]);
    }
    t.enter(alone);
}

/// Calls a special method; its result as a word.
fn enter(t: &mut Translator<'_>, fact: &AnyMethodFact, this: Value, args: &[Value]) -> Value {
    let mut all = vec![this];
    for (param, &w) in fact.params.iter().zip(args) {
        all.push(argument(t, param, w));
    }
    let v = t.call_function(&fact.func, &all);
    result_word(t, fact, v)
}

/// An instance of a class that the site has met, made here; control is in the current block
/// where `callee` is another one. Instances go to `done`.
pub(super) fn construct_known(t: &mut Translator<'_>, i: Instr, words: &[Value], done: Block) {
    let frame = t.frame();
    let snapshot = frame.snapshot;
    let facts = snapshot.constructions.get(&frame.pc);
    for fact in facts.into_iter().flatten() {
        let other = t.fresh();
        let object = t.word_const(fact.object);
        let same = t.b.ins().icmp(IntCC::Equal, words[0], object);
        t.require(same, other);
        t.require_said(fact.said, other);
        let mut args = Vec::with_capacity(i.b as usize);
        for (param, &w) in fact.params.iter().zip(&words[1..]) {
            args.push(argument(t, param, w));
        }
        let made = new_object(t, fact.class);
        let all: Vec<Value> = std::iter::once(made).chain(args).collect();
        t.call_function(&fact.func, &all);
        t.b.ins().jump(done, &[made.into()]);
        t.enter(other);
    }
}
