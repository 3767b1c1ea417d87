//! Operators on any words: doubles and ints inline, the slots behind.
//!
//! Both operands are looked at together: the sum of two words whose tags were
//! shifted away tells two doubles, the conjunction of the tags two ints. The slow
//! path is a cold call that keeps vector registers.

use super::convert::{
    boolean, box_bool, box_double, box_int, is_double, known_double, known_int, truth, unboxed,
};
use super::lowerings;
use super::numbers::remainder;
use super::slot_calls::{ask_operator, ask_special, slow_block};
use super::types::descriptor;
use crate::analysis::NodeId;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::types::{F64, I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, Value};
use raya_bytecode::{Instr, Op, Repr, Slot, SlotOp};
use raya_runtime::helpers::HelperId as Helper;
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
    ($($name:ident $operator:expr, $helper:ident, $slot:ident;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            binary(t, i, $operator, Slow::Own(Helper::$helper, Slot::$slot))
        }
    )*};
}

any_ops! {
    AddAny Operator::Add, add_any, add;
    SubAny Operator::Sub, sub_any, sub;
    MulAny Operator::Mul, mul_any, mul;
    DivAny Operator::Div, div_any, truediv;
    LtAny Operator::Compare(FloatCC::LessThan, IntCC::SignedLessThan), lt_any, lt;
    LeAny Operator::Compare(FloatCC::LessThanOrEqual, IntCC::SignedLessThanOrEqual), le_any, le;
    GtAny Operator::Compare(FloatCC::GreaterThan, IntCC::SignedGreaterThan), gt_any, gt;
    GeAny Operator::Compare(FloatCC::GreaterThanOrEqual, IntCC::SignedGreaterThanOrEqual), ge_any, ge;
    EqAny Operator::Compare(FloatCC::Equal, IntCC::Equal), eq_any, eq;
    NeAny Operator::Compare(FloatCC::NotEqual, IntCC::NotEqual), ne_any, ne;
}

lowerings! {
    ModAny |t, i| modulo(t, i);
    UnaryAny |t, i| unary(t, i);
    Contains |t, i| {
        let (key, object) = (t.get(i.b), t.get(i.c));
        let w = ask_special(t, object, &[key], |t| {
            let cache = t.cache_cell();
            let v = t.call_helper(Helper::contains, &[key, object, cache]);
            box_bool(t, v)
        });
        let v = truth(t, w);
        t.set(i.a, v)
    };
}

/// An operator of one operand: a double's sign in place.
fn unary(t: &mut Translator<'_>, i: Instr) {
    let x = t.get(i.b);
    let slow = slow_block(t);
    let (done, result) = t.result_block(Repr::Word);
    if SlotOp::from_u16(i.c).map(|op| op.slot) == Some(Slot::neg) {
        let double = is_double(t, x);
        t.require(double, slow);
        let v = unboxed(t, x);
        let v = t.b.ins().fneg(v);
        let w = box_double(t, v);
        t.b.ins().jump(done, &[w.into()]);
    } else {
        t.b.ins().jump(slow, &[]);
    }
    t.slow_result(slow, (done, i.a), |t| {
        ask_special(t, x, &[], |t| {
            let (op, cache) = (t.index_arg(i.c), t.cache_cell());
            t.call_helper(Helper::unary_any, &[x, op, cache])
        })
    });
    t.enter(done);
    t.set(i.a, result)
}

/// An operator without an instruction of its own: arithmetic in place as where it has one.
#[allow(non_snake_case)]
pub(super) fn BinaryAny(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let slow = Slow::Generic(i.c);
    let operator = match SlotOp::from_u16(i.c).map(|op| op.slot) {
        Some(Slot::add) => Operator::Add,
        Some(Slot::sub) => Operator::Sub,
        Some(Slot::mul) => Operator::Mul,
        Some(Slot::truediv) => Operator::Div,
        // Not in line: counted among what runs user code on its expected path.
        _ => {
            let (x, y) = (t.get(i.a), t.get(i.b));
            let w = slow.ask(t, x, y);
            t.set(i.a, w);
            return Ok(());
        }
    };
    let operands = Instr {
        b: i.a,
        c: i.b,
        ..i
    };
    binary(t, operands, operator, slow)
}

/// What is asked about operands that are not numbers.
enum Slow {
    /// A special method, or the helper of an operator with an instruction of its own.
    Own(Helper, Slot),
    /// The same for the operand of the generic instruction.
    Generic(u16),
}

impl Slow {
    fn ask(&self, t: &mut Translator<'_>, x: Value, y: Value) -> Value {
        let op = match *self {
            Slow::Generic(op) => op,
            Slow::Own(_, slot) => SlotOp {
                slot,
                in_place: false,
            }
            .to_u16(),
        };
        ask_operator(t, (x, y), op, |t| {
            let cache = t.cache_cell();
            match *self {
                Slow::Own(helper, _) => t.call_helper(helper, &[x, y, cache]),
                Slow::Generic(op) => {
                    let op = t.index_arg(op);
                    t.call_helper(Helper::binary_any, &[x, y, op, cache])
                }
            }
        })
    }
}

/// Where the result of an operator goes.
enum Sink {
    /// Into a register, as a word.
    Word(Block, Value, u16),
    /// Its truth into a register: the next instruction asks for nothing else.
    Truth(Block, Value, u16, Asked),
    /// Its truth decides between the nodes behind the jump that ends this one.
    Branch(NodeId, NodeId, Asked),
}

/// How the instruction behind a comparison makes a boolean of it.
#[derive(Clone, Copy)]
enum Asked {
    /// By its truth.
    Truth,
    /// It must be one; the descriptor that says so.
    Boolean(Value),
}

impl Sink {
    /// What the instructions behind a comparison do with its result.
    fn of(t: &mut Translator<'_>, i: Instr, op: Operator) -> Result<Sink, JitError> {
        if let Operator::Compare(..) = op
            && let Some(truth) = t.following(1).filter(|n| n.b == i.a)
            && matches!(truth.op, Op::Truthy | Op::UnboxBool)
            && !t.live_behind(1, i.a)
        {
            let asked = match truth.op {
                Op::Truthy => Asked::Truth,
                _ => Asked::Boolean(descriptor(t, truth.c)?),
            };
            t.skip = 1;
            if let Some(jump) = t.following(2).filter(|j| j.a == truth.a)
                && matches!(jump.op, Op::JumpTrue | Op::JumpFalse)
                && !t.live_behind(2, truth.a)
                && let [to, next] = t.frame().analysis.graph[t.frame().node].succs[..]
            {
                t.skip = 2;
                return Ok(match jump.op {
                    Op::JumpTrue => Sink::Branch(to, next, asked),
                    _ => Sink::Branch(next, to, asked),
                });
            }
            let (done, v) = t.result_block(Repr::Bool);
            return Ok(Sink::Truth(done, v, truth.a, asked));
        }
        let (done, v) = t.result_block(Repr::Word);
        Ok(Sink::Word(done, v, i.a))
    }

    /// Ends the block with a boolean result.
    fn boolean(&self, t: &mut Translator<'_>, v: Value) {
        match *self {
            Sink::Word(done, ..) => {
                let w = box_bool(t, v);
                t.b.ins().jump(done, &[w.into()]);
            }
            Sink::Truth(done, ..) => {
                t.b.ins().jump(done, &[v.into()]);
            }
            Sink::Branch(yes, no, _) => {
                let (yes, no) = (t.edge(yes), t.edge(no));
                t.b.ins().brif(v, yes, &[], no, &[]);
            }
        }
    }

    /// Ends the block with an arithmetic result.
    fn word(&self, t: &mut Translator<'_>, w: Value) {
        if let Sink::Word(done, ..) = *self {
            t.b.ins().jump(done, &[w.into()]);
        }
    }

    /// Fills the cold block in which a helper, which may run other code, gives the result.
    fn slow(
        &self,
        t: &mut Translator<'_>,
        slow: Block,
        ask: impl FnOnce(&mut Translator) -> Value,
    ) {
        match *self {
            Sink::Word(done, _, r) => t.slow_result(slow, (done, r), ask),
            Sink::Truth(done, _, r, asked) => t.slow_result(slow, (done, r), |t| {
                let w = ask(t);
                asked.boolean(t, w)
            }),
            Sink::Branch(yes, no, asked) => t.aside(slow, |t| {
                let w = ask(t);
                let v = asked.boolean(t, w);
                let (yes, no) = (t.tested_edge(yes), t.tested_edge(no));
                t.b.ins().brif(v, yes.block, &[], no.block, &[]);
                t.finish_edge(yes);
                t.finish_edge(no);
            }),
        }
    }

    /// Goes on behind the instructions that are done.
    fn finish(self, t: &mut Translator<'_>) {
        match self {
            Sink::Word(done, v, r) | Sink::Truth(done, v, r, _) => {
                t.enter(done);
                t.set(r, v);
            }
            Sink::Branch(..) => t.ended = true,
        }
    }
}

impl Asked {
    /// The boolean that is made of a comparison's result.
    fn boolean(self, t: &mut Translator<'_>, w: Value) -> Value {
        match self {
            Asked::Truth => truth(t, w),
            Asked::Boolean(desc) => boolean(t, w, desc),
        }
    }
}

/// double ∘ double, then int ∘ int, then what is slow.
fn binary(t: &mut Translator<'_>, i: Instr, op: Operator, slow_path: Slow) -> Lowered {
    if t.only_numbers(t.frame().pc) {
        return on_doubles(t, i, op);
    }
    let (x, y) = (t.get(i.b), t.get(i.c));
    let sink = Sink::of(t, i, op)?;
    let (doubles, not_doubles) = (t.fresh(), t.fresh());
    let (ints, slow) = (t.fresh(), slow_block(t));

    let both = both_doubles(t, x, y);
    t.b.ins().brif(both, doubles, &[], not_doubles, &[]);

    t.enter(doubles);
    let (xd, yd) = (unboxed(t, x), unboxed(t, y));
    compute(t, op, (xd, yd), &sink);

    t.enter(not_doubles);
    let tags = t.b.ins().band(x, y);
    let tag = t.word_const(value::INT_TAG);
    let both = (t.b.ins()).icmp(IntCC::UnsignedGreaterThanOrEqual, tags, tag);
    t.b.ins().brif(both, ints, &[], slow, &[]);

    t.enter(ints);
    on_ints(t, op, x, y, &sink, slow);

    sink.slow(t, slow, |t| slow_path.ask(t, x, y));
    sink.finish(t);
    Ok(())
}

/// The result on two doubles.
fn compute(t: &mut Translator<'_>, op: Operator, (x, y): (Value, Value), sink: &Sink) {
    let v = arithmetic(t, op, x, y);
    if let Operator::Compare(..) = op {
        return sink.boolean(t, v);
    }
    let w = box_double(t, v);
    sink.word(t, w);
}

fn arithmetic(t: &mut Translator<'_>, op: Operator, x: Value, y: Value) -> Value {
    match op {
        Operator::Add => t.b.ins().fadd(x, y),
        Operator::Sub => t.b.ins().fsub(x, y),
        Operator::Mul => t.b.ins().fmul(x, y),
        Operator::Div => t.b.ins().fdiv(x, y),
        Operator::Compare(cc, _) => t.b.ins().fcmp(cc, x, y),
    }
}

/// The doubles in both operands; what has another operand leaves.
fn operands(t: &mut Translator<'_>, i: Instr) -> (Value, Value) {
    let (x, y) = (t.get(i.b), t.get(i.c));
    let cond = match (known_double(t, x).is_some(), known_double(t, y).is_some()) {
        (true, true) => None,
        (true, false) => Some(is_double(t, y)),
        (false, true) => Some(is_double(t, x)),
        (false, false) => Some(both_doubles(t, x, y)),
    };
    if let Some(cond) = cond {
        t.guard(cond, ExitReason::Number);
    }
    let doubles = (unboxed(t, x), unboxed(t, y));
    t.facts.add_double(x, doubles.0);
    t.facts.add_double(y, doubles.1);
    t.note_number(i.b);
    t.note_number(i.c);
    doubles
}

/// double ∘ double; what has another operand leaves.
fn on_doubles(t: &mut Translator<'_>, i: Instr, op: Operator) -> Lowered {
    let doubles = operands(t, i);
    let ints = known_int(t, doubles.0).zip(known_int(t, doubles.1));
    if let Operator::Compare(_, cc) = op {
        let sink = Sink::of(t, i, op)?;
        match ints {
            Some((n, m)) => {
                let v = t.b.ins().icmp(cc, n, m);
                sink.boolean(t, v);
            }
            None => compute(t, op, doubles, &sink),
        }
        sink.finish(t);
        return Ok(());
    }
    let v = match (ints, op) {
        (Some(ints), Operator::Add | Operator::Sub) if t.stays_int(t.frame().pc) => {
            let n = exact_sum(t, op, ints);
            let x = t.b.ins().fcvt_from_sint(F64, n);
            t.facts.add_whole(x, n);
            x
        }
        _ => arithmetic(t, op, doubles.0, doubles.1),
    };
    let w = box_double(t, v);
    t.set(i.a, w);
    Ok(())
}

/// The sum or difference of integers; leaves where it is beyond 32 bits. It is never -0, no
/// more than the doubles' would be.
fn exact_sum(t: &mut Translator<'_>, op: Operator, (n, m): (Value, Value)) -> Value {
    let (n, m) = (t.b.ins().sextend(I64, n), t.b.ins().sextend(I64, m));
    let sum = match op {
        Operator::Sub => t.b.ins().isub(n, m),
        _ => t.b.ins().iadd(n, m),
    };
    let low = t.b.ins().ireduce(I32, sum);
    let again = t.b.ins().sextend(I64, low);
    let exact = t.b.ins().icmp(IntCC::Equal, again, sum);
    t.guard_overflow(exact);
    low
}

/// The remainder, of doubles in place where the operator has met nothing else.
fn modulo(t: &mut Translator<'_>, i: Instr) {
    let w = if t.only_numbers(t.frame().pc) {
        let (x, y) = operands(t, i);
        let v = remainder(t, x, y);
        box_double(t, v)
    } else {
        let (x, y) = (t.get(i.b), t.get(i.c));
        Slow::Own(Helper::mod_any, Slot::modulo).ask(t, x, y)
    };
    t.set(i.a, w);
}

/// The result on two ints, which wrap; where ints take the helper, control goes there.
fn on_ints(t: &mut Translator<'_>, op: Operator, x: Value, y: Value, sink: &Sink, slow: Block) {
    let x = t.b.ins().ireduce(I32, x);
    let y = t.b.ins().ireduce(I32, y);
    let n = match op {
        Operator::Add => t.b.ins().iadd(x, y),
        Operator::Sub => t.b.ins().isub(x, y),
        Operator::Mul => t.b.ins().imul(x, y),
        Operator::Div => {
            t.b.ins().jump(slow, &[]);
            return;
        }
        Operator::Compare(_, cc) => {
            let v = t.b.ins().icmp(cc, x, y);
            return sink.boolean(t, v);
        }
    };
    let w = box_int(t, n);
    sink.word(t, w);
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
