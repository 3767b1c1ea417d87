//! Operators on any words: doubles and ints inline, the slots behind.
//!
//! Both operands are looked at together: the sum of two words whose tags were
//! shifted away tells two doubles, the conjunction of the tags two ints. The slow
//! path is a cold call that keeps vector registers.

use super::convert::{box_bool, box_double, box_int, unboxed};
use super::lowerings;
use crate::helpers::Helper;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{InstBuilder, Value};
use raya_bytecode::Instr;
use raya_runtime::mem::value;

/// What two numbers in words are combined to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Operator {
    Add,
    Sub,
    Mul,
    Div,
    Compare(FloatCC, IntCC),
}

macro_rules! any_ops {
    ($($name:ident $operator:expr, $helper:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            binary(t, i, $operator, Helper::$helper)
        }
    )*};
}

any_ops! {
    AddAny Operator::Add, add_any;
    SubAny Operator::Sub, sub_any;
    MulAny Operator::Mul, mul_any;
    DivAny Operator::Div, div_any;
    LtAny Operator::Compare(FloatCC::LessThan, IntCC::SignedLessThan), lt_any;
    LeAny Operator::Compare(FloatCC::LessThanOrEqual, IntCC::SignedLessThanOrEqual), le_any;
    GtAny Operator::Compare(FloatCC::GreaterThan, IntCC::SignedGreaterThan), gt_any;
    GeAny Operator::Compare(FloatCC::GreaterThanOrEqual, IntCC::SignedGreaterThanOrEqual), ge_any;
    EqAny Operator::Compare(FloatCC::Equal, IntCC::Equal), eq_any;
    NeAny Operator::Compare(FloatCC::NotEqual, IntCC::NotEqual), ne_any;
}

lowerings! {
    ModAny |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let cache = t.cache_cell();
        let v = t.call_helper(Helper::mod_any, &[x, y, cache]);
        t.set(i.a, v)
    };
    BinaryAny |t, i| {
        let (x, y) = (t.get(i.a), t.get(i.b));
        let op = t.index_arg(i.c);
        let v = t.call_helper(Helper::binary_any, &[x, y, op]);
        t.set(i.a, v)
    };
    UnaryAny |t, i| {
        let x = t.get(i.b);
        let op = t.index_arg(i.c);
        let v = t.call_helper(Helper::unary_any, &[x, op]);
        t.set(i.a, v)
    };
    Contains |t, i| {
        let (x, y) = (t.get(i.b), t.get(i.c));
        let v = t.call_helper(Helper::contains, &[x, y]);
        t.set(i.a, v)
    };
}

/// double ∘ double, then int ∘ int, then the helper.
fn binary(t: &mut Translator<'_>, i: Instr, op: Operator, helper: Helper) -> Lowered {
    let (x, y) = (t.get(i.b), t.get(i.c));
    let done = t.fresh();
    let result = t.b.append_block_param(done, I64);
    let (doubles, not_doubles) = (t.fresh(), t.fresh());
    let (ints, slow) = (t.fresh(), t.cold());

    let both = both_doubles(t, x, y);
    t.b.ins().brif(both, doubles, &[], not_doubles, &[]);

    t.enter(doubles);
    let v = on_doubles(t, op, x, y);
    t.b.ins().jump(done, &[v.into()]);

    t.enter(not_doubles);
    let tags = t.b.ins().band(x, y);
    let tag = t.word_const(value::INT_TAG);
    let both = (t.b.ins()).icmp(IntCC::UnsignedGreaterThanOrEqual, tags, tag);
    t.b.ins().brif(both, ints, &[], slow, &[]);

    t.enter(ints);
    match on_ints(t, op, x, y) {
        Some(w) => {
            t.b.ins().jump(done, &[w.into()]);
        }
        None => {
            t.b.ins().jump(slow, &[]);
        }
    }

    t.enter(slow);
    let before = std::mem::replace(&mut t.in_cold, true);
    let cache = t.cache_cell();
    let v = t.call_helper(helper, &[x, y, cache]);
    t.in_cold = before;
    t.b.ins().jump(done, &[v.into()]);

    t.enter(done);
    t.set(i.a, result);
    Ok(())
}

/// Whether both words are doubles: their distance to the offset is below that of the
/// int tag, for the larger of the two.
fn both_doubles(t: &mut Translator<'_>, x: Value, y: Value) -> Value {
    let offset = t.word_const(value::DOUBLE_OFFSET);
    let xs = t.b.ins().isub(x, offset);
    let ys = t.b.ins().isub(y, offset);
    let larger = t.b.ins().umax(xs, ys);
    let room = t.word_const(value::INT_TAG - value::DOUBLE_OFFSET);
    t.b.ins().icmp(IntCC::UnsignedLessThan, larger, room)
}

fn on_doubles(t: &mut Translator<'_>, op: Operator, x: Value, y: Value) -> Value {
    let (x, y) = (unboxed(t, x), unboxed(t, y));
    let v = match op {
        Operator::Add => t.b.ins().fadd(x, y),
        Operator::Sub => t.b.ins().fsub(x, y),
        Operator::Mul => t.b.ins().fmul(x, y),
        Operator::Div => t.b.ins().fdiv(x, y),
        Operator::Compare(cc, _) => {
            let v = t.b.ins().fcmp(cc, x, y);
            return box_bool(t, v);
        }
    };
    box_double(t, v)
}

/// The result on two ints, which wrap; none where ints take the helper.
fn on_ints(t: &mut Translator<'_>, op: Operator, x: Value, y: Value) -> Option<Value> {
    let x = t.b.ins().ireduce(I32, x);
    let y = t.b.ins().ireduce(I32, y);
    let n = match op {
        Operator::Add => t.b.ins().iadd(x, y),
        Operator::Sub => t.b.ins().isub(x, y),
        Operator::Mul => t.b.ins().imul(x, y),
        Operator::Div => return None,
        Operator::Compare(_, cc) => {
            let v = t.b.ins().icmp(cc, x, y);
            return Some(box_bool(t, v));
        }
    };
    Some(box_int(t, n))
}
