//! Conversions between representations.

use super::numbers::{bits, truncate, whole};
use super::types::descriptor;
use super::{lowerings, memo};
use crate::exits::record::ExitReason;
use crate::translate::emit::Region;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I8, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, InstructionData, MemFlagsData, Value, ValueDef};
use raya_bytecode::{Instr, Repr};
use raya_runtime::caches::{ALWAYS_TRUE, SiteQuestion};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::{layout, value};

lowerings! {
    I32ToF64 |t, i| {
        let n = t.get(i.b);
        let v = t.b.ins().fcvt_from_sint(F64, n);
        t.facts.add_whole(v, n);
        t.set(i.a, v)
    };
    F64ToI32 |t, i| {
        let x = t.get(i.b);
        let n = truncate(t, x);
        // `i32::MIN` may be the number itself or out of range: the helper knows.
        let fine = t.compare_imm(IntCC::NotEqual, n, i64::from(i32::MIN));
        let v = t.unless(fine, n, |t| t.call_helper(Helper::f64_to_i32, &[x]));
        t.set(i.a, v)
    };
    F64ToI32Wrap |t, i| {
        let x = t.get(i.b);
        let wide = t.b.ins().fcvt_to_sint_sat(I64, x);
        // The ends stand for everything beyond 64 bits; NaN became 0.
        let past_ends = t.b.ins().iadd_imm_s(wide, i64::MIN + 1);
        let fine = t.compare_imm(IntCC::UnsignedGreaterThan, past_ends, 1);
        let n = t.b.ins().ireduce(I32, wide);
        let v = t.unless(fine, n, |t| t.call_helper(Helper::f64_to_i32_wrap, &[x]));
        t.set(i.a, v)
    };
    F64ToIndex |t, i| {
        let x = t.get(i.b);
        let (n, exact) = whole(t, x);
        t.guard_or_throw(exact, ExitReason::Number, Helper::f64_to_index, &[x]);
        t.set(i.a, n)
    };
    BoxF64 |t, i| {
        let x = t.get(i.b);
        let v = box_double(t, x);
        t.set(i.a, v)
    };
    BoxI32 |t, i| {
        let n = t.get(i.b);
        let v = box_int(t, n);
        t.set(i.a, v)
    };
    BoxBool |t, i| {
        let x = t.get(i.b);
        let v = box_bool(t, x);
        t.set(i.a, v)
    };
    UnboxF64 |t, i| {
        let w = t.get(i.b);
        let desc = descriptor(t, i.c)?;
        let v = unbox_double(t, w, desc);
        t.set(i.a, v)
    };
    UnboxI32 |t, i| {
        let w = t.get(i.b);
        let desc = descriptor(t, i.c)?;
        let int = is_int(t, w);
        let n = t.b.ins().ireduce(I32, w);
        let v = t.unless(int, n, |t| t.call_helper(Helper::unbox_i32, &[w, desc]));
        t.set(i.a, v)
    };
    UnboxBool |t, i| {
        let w = t.get(i.b);
        let tag = t.b.ins().band_imm_s(w, -2);
        let is_bool = t.compare_imm(IntCC::Equal, tag, value::FALSE as i64);
        let desc = descriptor(t, i.c)?;
        t.guard_or_throw(is_bool, ExitReason::Type, Helper::unbox_bool, &[w, desc]);
        let low = t.b.ins().ireduce(I8, w);
        let v = t.b.ins().band_imm_u(low, 1);
        t.set(i.a, v)
    };
    F64ToStr |t, i| {
        let x = t.get(i.b);
        let v = t.call_helper(Helper::f64_to_str, &[x]);
        t.set(i.a, v)
    };
    I32ToStr |t, i| {
        let n = t.get(i.b);
        let v = t.call_helper(Helper::i32_to_str, &[n]);
        t.set(i.a, v)
    };
    BoolToStr |t, i| {
        let x = t.get(i.b);
        let w = box_bool(t, x);
        let v = t.call_helper(Helper::to_str, &[w]);
        t.set(i.a, v)
    };
    ToStr |t, i| {
        let w = t.get(i.b);
        let v = t.call_helper(Helper::to_str, &[w]);
        t.set(i.a, v)
    };
    TruthyF64 |t, i| {
        let x = t.get(i.b);
        let zero = t.double_const(0.0);
        // Ordered and different: false for NaN.
        let v = t.b.ins().fcmp(FloatCC::OrderedNotEqual, x, zero);
        t.set(i.a, v)
    };
    TruthyStr |t, i| {
        let s = t.get(i.b);
        let len = t.load(I32, Region::Text, s, layout::STRING_LEN);
        let v = t.compare_imm(IntCC::NotEqual, len, 0);
        t.set(i.a, v)
    };
    Truthy |t, i| {
        let w = t.get(i.b);
        let (slow, (done, v)) = (t.cold(), t.result_block(Repr::Bool));
        truth_in_place(t, w, slow, done);
        t.slow_result(slow, (done, i.a), |t| t.call_helper(Helper::truthy, &[w]));
        t.enter(done);
        t.set(i.a, v)
    };
    TypeOf |t, i| {
        let w = t.get(i.b);
        let v = t.call_helper(Helper::type_of, &[w]);
        t.set(i.a, v)
    };
    ToNumber |t, i| {
        let w = t.get(i.b);
        if let Some(x) = known_double(t, w) {
            t.set(i.a, x);
            return Ok(());
        }
        let double = is_double(t, w);
        let fast = unboxed(t, w);
        let (slow, (done, v)) = (t.cold(), t.result_block(Repr::F64));
        (t.b.ins()).brif(double, done, &[fast.into()], slow, &[]);
        t.slow_result(slow, (done, i.a), |t| t.call_helper(Helper::to_number, &[w]));
        t.enter(done);
        t.set(i.a, v)
    };
    Not |t, i| {
        let x = t.get(i.b);
        let v = t.b.ins().bxor_imm_u(x, 1);
        t.set(i.a, v)
    };
}

/// The truth of a word.
pub(super) fn truth(t: &mut Translator<'_>, w: Value) -> Value {
    let (slow, (done, v)) = (t.cold(), t.result_block(Repr::Bool));
    truth_in_place(t, w, slow, done);
    t.aside(slow, |t| {
        let v = t.call_helper(Helper::truthy, &[w]);
        t.b.ins().jump(done, &[v.into()]);
    });
    t.enter(done);
    v
}

/// The truth of booleans, null and objects of types that have no say in it, given to `done`;
/// control is in `slow` for everything else.
fn truth_in_place(t: &mut Translator<'_>, w: Value, slow: Block, done: Block) {
    let others = t.fresh();
    let tag = t.b.ins().band_imm_s(w, -2);
    let is_bool = t.compare_imm(IntCC::Equal, tag, value::FALSE as i64);
    let low = t.b.ins().ireduce(I8, w);
    let fast = t.b.ins().band_imm_u(low, 1);
    (t.b.ins()).brif(is_bool, done, &[fast.into()], others, &[]);

    t.enter(others);
    let object = t.fresh();
    let null = t.compare_imm(IntCC::Equal, w, value::NULL as i64);
    let no = t.zero(I8);
    t.b.ins().brif(null, done, &[no.into()], object, &[]);

    t.enter(object);
    let is = is_object(t, w);
    t.require(is, slow);
    let handle = t.load(I32, Region::Header, w, layout::HEADER_TYPE);
    memo::ask(t, (ALWAYS_TRUE, SiteQuestion::Holds), handle, slow);
    let yes = t.b.ins().iconst(I8, 1);
    t.b.ins().jump(done, &[yes.into()]);
}

/// The boolean in a word; the helper throws for everything else.
pub(super) fn boolean(t: &mut Translator<'_>, w: Value, desc: Value) -> Value {
    let tag = t.b.ins().band_imm_s(w, -2);
    let is_bool = t.compare_imm(IntCC::Equal, tag, value::FALSE as i64);
    let low = t.b.ins().ireduce(I8, w);
    let fast = t.b.ins().band_imm_u(low, 1);
    t.unless(is_bool, fast, |t| {
        t.call_helper(Helper::unbox_bool, &[w, desc])
    })
}

/// Whether a word refers to a heap object: one subtraction and an unsigned compare.
pub(super) fn is_object(t: &mut Translator<'_>, w: Value) -> Value {
    let from = t.b.ins().iadd_imm_s(w, -(value::FIRST_POINTER as i64));
    let room = t.word_const(value::FIRST_NUMBER - value::FIRST_POINTER);
    t.b.ins().icmp(IntCC::UnsignedLessThan, from, room)
}

/// Whether a word is a boxed int.
pub(super) fn is_int(t: &mut Translator<'_>, w: Value) -> Value {
    let tag = t.word_const(value::INT_TAG);
    t.b.ins().icmp(IntCC::UnsignedGreaterThanOrEqual, w, tag)
}

/// Whether a word is a boxed double: between the doubles' offset and the ints' tag.
pub(super) fn is_double(t: &mut Translator<'_>, w: Value) -> Value {
    let offset = t.word_const(value::DOUBLE_OFFSET);
    let from = t.b.ins().isub(w, offset);
    let room = t.word_const(value::INT_TAG - value::DOUBLE_OFFSET);
    t.b.ins().icmp(IntCC::UnsignedLessThan, from, room)
}

/// The double in a word that holds one; control is in `otherwise` where it does not.
pub(in crate::translate) fn require_double(
    t: &mut Translator<'_>,
    w: Value,
    otherwise: Block,
) -> Value {
    if let Some(x) = known_double(t, w) {
        return x;
    }
    let double = is_double(t, w);
    t.require(double, otherwise);
    unboxed(t, w)
}

/// The double that a word was made of, or was found to hold.
pub(in crate::translate) fn known_double(t: &mut Translator<'_>, w: Value) -> Option<Value> {
    if let Some(x) = t.facts.double_in(w) {
        return Some(x);
    }
    let v = value::Value(t.constant_of(w)?).as_number()?;
    Some(t.double_const(v))
}

/// The integer that a double is known to be.
pub(in crate::translate) fn known_int(t: &mut Translator<'_>, x: Value) -> Option<Value> {
    if let Some(n) = t.facts.whole_of(x) {
        return Some(n);
    }
    let constant = double_constant(t, x)?;
    let n = constant as i32;
    (f64::from(n).to_bits() == constant.to_bits()).then(|| t.int_const(n))
}

/// The double in a word that holds one.
pub(super) fn unboxed(t: &mut Translator<'_>, w: Value) -> Value {
    if let Some(x) = known_double(t, w) {
        return x;
    }
    let offset = t.word_const(value::DOUBLE_OFFSET);
    let bits = t.b.ins().isub(w, offset);
    t.b.ins().bitcast(F64, MemFlagsData::new(), bits)
}

/// The double in a word that holds a double or an int; the helper throws for others.
pub(super) fn unbox_double(t: &mut Translator<'_>, w: Value, desc: Value) -> Value {
    if let Some(x) = known_double(t, w) {
        return x;
    }
    let double = is_double(t, w);
    let fast = unboxed(t, w);
    t.unless(double, fast, |t| {
        t.call_helper(Helper::unbox_f64, &[w, desc])
    })
}

/// A double as a word; NaN becomes canonical.
pub(in crate::translate) fn box_double(t: &mut Translator<'_>, x: Value) -> Value {
    if let Some(constant) = double_constant(t, x) {
        let w = t.word_const(value::Value::number(constant).0);
        t.facts.add_double(w, x);
        return w;
    }
    t.note_boxing();
    let raw = bits(t, x);
    let offset = t.word_const(value::DOUBLE_OFFSET);
    if t.facts.whole_of(x).is_some() {
        let w = t.b.ins().iadd(raw, offset);
        t.facts.add_double(w, x);
        return w;
    }
    let ordered = t.b.ins().fcmp(FloatCC::Equal, x, x);
    let canonical = t.word_const(f64::NAN.to_bits());
    let clean = t.b.ins().select(ordered, raw, canonical);
    let w = t.b.ins().iadd(clean, offset);
    t.facts.add_double(w, x);
    w
}

/// The number that a value is, where it is a constant.
fn double_constant(t: &Translator<'_>, x: Value) -> Option<f64> {
    let dfg = &t.b.func.dfg;
    let ValueDef::Result(inst, _) = dfg.value_def(x) else {
        return None;
    };
    match dfg.insts[inst] {
        InstructionData::UnaryIeee64 { imm, .. } => Some(f64::from_bits(imm.bits())),
        _ => None,
    }
}

/// An int as a word.
pub(super) fn box_int(t: &mut Translator<'_>, n: Value) -> Value {
    t.note_boxing();
    let wide = t.b.ins().uextend(I64, n);
    let tag = t.word_const(value::INT_TAG);
    t.b.ins().bor(wide, tag)
}

/// A boolean as a word.
pub(super) fn box_bool(t: &mut Translator<'_>, x: Value) -> Value {
    let wide = t.b.ins().uextend(I64, x);
    t.b.ins().bor_imm_u(wide, value::FALSE as i64)
}

impl Translator<'_> {
    /// Counts a boxing on the expected path of an innermost loop.
    fn note_boxing(&mut self) {
        if !self.in_cold && self.in_innermost_loop() {
            self.tables.census.loop_boxings += 1;
        }
    }
}
