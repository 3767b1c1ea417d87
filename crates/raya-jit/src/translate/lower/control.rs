//! Jumps, back-edges, returns and exceptions.

use super::lowerings;
use super::moves::{double_constant, immediate};
use crate::analysis::NodeId;
use crate::error::JitError;
use crate::translate::emit::clif_type;
use crate::translate::{Lowered, Translator};
use cranelift_codegen::ir::condcodes::{FloatCC, IntCC};
use cranelift_codegen::ir::{Block, BlockCall, InstBuilder, JumpTableData, Value};
use raya_bytecode::{Instr, Repr};
use raya_runtime::helpers::HelperId as Helper;
use raya_runtime::mem::value;

/// Conditional jumps: what is compared, and whether the outcome is negated.
macro_rules! branches {
    ($($name:ident $kind:ident $compare:ident $cc:expr, $negate:literal;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let (x, y) = operands!(t, i, $kind);
            let cond = t.b.ins().$compare($cc, x, y);
            branch(t, cond, $negate)
        }
    )*};
}

/// The two operands of a comparing jump or back-edge.
macro_rules! operands {
    ($t:ident, $i:ident, registers) => {
        ($t.get($i.a), $t.get($i.b))
    };
    ($t:ident, $i:ident, double) => {{
        let x = $t.get($i.a);
        (x, double_constant($t, $i.b)?)
    }};
    ($t:ident, $i:ident, immediate) => {{
        let x = $t.get($i.a);
        let n = immediate($i.b);
        (x, $t.int_const(n))
    }};
    ($t:ident, $i:ident, counted) => {{
        let n = increment($t, $i.a);
        (n, $t.get($i.b))
    }};
    ($t:ident, $i:ident, counted_immediate) => {{
        let n = increment($t, $i.a);
        let k = immediate($i.b);
        (n, $t.int_const(k))
    }};
}

branches! {
    JltF64 registers fcmp FloatCC::LessThan, false;
    JleF64 registers fcmp FloatCC::LessThanOrEqual, false;
    JnltF64 registers fcmp FloatCC::LessThan, true;
    JnleF64 registers fcmp FloatCC::LessThanOrEqual, true;
    JeqF64 registers fcmp FloatCC::Equal, false;
    JneF64 registers fcmp FloatCC::NotEqual, false;
    JltF64K double fcmp FloatCC::LessThan, false;
    JleF64K double fcmp FloatCC::LessThanOrEqual, false;
    JnltF64K double fcmp FloatCC::LessThan, true;
    JnleF64K double fcmp FloatCC::LessThanOrEqual, true;
    JgtF64K double fcmp FloatCC::GreaterThan, false;
    JngtF64K double fcmp FloatCC::GreaterThan, true;
    JgeF64K double fcmp FloatCC::GreaterThanOrEqual, false;
    JngeF64K double fcmp FloatCC::GreaterThanOrEqual, true;
    JeqF64K double fcmp FloatCC::Equal, false;
    JneF64K double fcmp FloatCC::NotEqual, false;
    JltI32 registers icmp IntCC::SignedLessThan, false;
    JleI32 registers icmp IntCC::SignedLessThanOrEqual, false;
    JeqI32 registers icmp IntCC::Equal, false;
    JneI32 registers icmp IntCC::NotEqual, false;
    JltI32I immediate icmp IntCC::SignedLessThan, false;
    JleI32I immediate icmp IntCC::SignedLessThanOrEqual, false;
    JgtI32I immediate icmp IntCC::SignedGreaterThan, false;
    JgeI32I immediate icmp IntCC::SignedGreaterThanOrEqual, false;
    JeqI32I immediate icmp IntCC::Equal, false;
    JneI32I immediate icmp IntCC::NotEqual, false;
    JeqRef registers icmp IntCC::Equal, false;
    JneRef registers icmp IntCC::NotEqual, false;
}

/// Conditional back-edges.
macro_rules! back_edges {
    ($($name:ident $kind:ident $compare:ident $cc:expr;)*) => {$(
        #[allow(non_snake_case)]
        pub(super) fn $name(t: &mut Translator<'_>, i: Instr) -> Lowered {
            let (x, y) = operands!(t, i, $kind);
            let cond = t.b.ins().$compare($cc, x, y);
            back_edge(t, Some(cond))
        }
    )*};
}

back_edges! {
    LoopLtF64 registers fcmp FloatCC::LessThan;
    LoopLeF64 registers fcmp FloatCC::LessThanOrEqual;
    LoopLtI32 registers icmp IntCC::SignedLessThan;
    LoopLeI32 registers icmp IntCC::SignedLessThanOrEqual;
    LoopLtI32I immediate icmp IntCC::SignedLessThan;
    LoopGeI32I immediate icmp IntCC::SignedGreaterThanOrEqual;
    LoopIncLt counted icmp IntCC::SignedLessThan;
    LoopIncLe counted icmp IntCC::SignedLessThanOrEqual;
    LoopIncLtI counted_immediate icmp IntCC::SignedLessThan;
}

lowerings! {
    Jump |t, _i| go(t)?;
    JumpWide |t, _i| go(t)?;
    JumpTrue |t, i| {
        let cond = t.get(i.a);
        branch(t, cond, false)?
    };
    JumpFalse |t, i| {
        let cond = t.get(i.a);
        branch(t, cond, true)?
    };
    JumpNull |t, i| jump_null(t, i, false)?;
    JumpNotNull |t, i| jump_null(t, i, true)?;
    JumpArrayEnd |t, i| {
        let n = t.get(i.a);
        let len = t.array_len(i.b);
        let cond = t.b.ins().icmp(IntCC::SignedLessThan, n, len);
        branch(t, cond, true)?
    };
    JumpTable |t, i| jump_table(t, i)?;
    Loop |t, _i| back_edge(t, None)?;
    LoopWide |t, _i| back_edge(t, None)?;
    LoopTrue |t, i| {
        let cond = t.get(i.a);
        back_edge(t, Some(cond))?
    };
    LoopIncArray |t, i| {
        let n = increment(t, i.a);
        let len = t.array_len(i.b);
        let cond = t.b.ins().icmp(IntCC::SignedLessThan, n, len);
        back_edge(t, Some(cond))?
    };
    Ret |t, i| {
        let v = t.get(i.a);
        let repr = t.repr(i.a);
        t.return_value(repr, v)
    };
    RetVoid |t, _i| {
        let repr = t.frame().snapshot.interface.ret;
        let v = match repr {
            Repr::Word => t.word_const(value::NULL),
            _ => t.zero(clif_type(repr)),
        };
        t.return_value(repr, v)
    };
    Throw |t, i| {
        let w = t.get(i.a);
        t.mark_place();
        t.raw_helper(Helper::throw, &[w]);
        t.ended = true;
        t.throw_pending()
    };
    Rethrow |t, i| {
        let w = t.get(i.a);
        t.mark_place();
        t.raw_helper(Helper::rethrow, &[w]);
        t.ended = true;
        t.throw_pending()
    };
    Debug |_t, _i| {};
}

/// The two successors of the current node: target and fall-through.
fn successors(t: &Translator<'_>) -> Result<(NodeId, NodeId), JitError> {
    let frame = t.frame();
    match frame.analysis.graph[frame.node].succs[..] {
        [to, next] => Ok((to, next)),
        _ => Err(JitError::Malformed("a branch without two targets".into())),
    }
}

fn branch(t: &mut Translator<'_>, cond: Value, negate: bool) -> Lowered {
    let (to, next) = successors(t)?;
    let (to, next) = (t.edge(to), t.edge(next));
    let (yes, no) = if negate { (next, to) } else { (to, next) };
    t.ended = true;
    t.b.ins().brif(cond, yes, &[], no, &[]);
    Ok(())
}

/// A jump on null, or on anything else; where the word is not null, that is known.
fn jump_null(t: &mut Translator<'_>, i: Instr, negate: bool) -> Lowered {
    let w = t.get(i.a);
    let (to, next) = successors(t)?;
    if to != next {
        t.note_not_null(if negate { to } else { next }, w);
    }
    let cond = t.compare_imm(IntCC::Equal, w, value::NULL as i64);
    branch(t, cond, negate)
}

fn only_successor(t: &Translator<'_>) -> Result<NodeId, JitError> {
    let frame = t.frame();
    match frame.analysis.graph[frame.node].succs[..] {
        [to] => Ok(to),
        _ => Err(JitError::Malformed("a jump without a target".into())),
    }
}

fn go(t: &mut Translator<'_>) -> Lowered {
    let to = only_successor(t)?;
    let block = t.edge(to);
    t.ended = true;
    t.b.ins().jump(block, &[]);
    Ok(())
}

fn jump_table(t: &mut Translator<'_>, i: Instr) -> Lowered {
    let index = t.get(i.a);
    let frame = t.frame();
    let targets = frame.analysis.graph[frame.node].succs.clone();
    let blocks: Vec<Block> = targets.into_iter().map(|n| t.edge(n)).collect();
    let Some((&past, table)) = blocks.split_last() else {
        return Translator::malformed("a jump table without targets");
    };
    let lists = &mut t.b.func.dfg.value_lists;
    let past = BlockCall::new(past, [], lists);
    let table: Vec<BlockCall> = (table.iter())
        .map(|b| BlockCall::new(*b, [], lists))
        .collect();
    let table = t.b.create_jump_table(JumpTableData::new(past, &table));
    t.ended = true;
    t.b.ins().br_table(index, table);
    Ok(())
}

/// Adds one to a counter.
fn increment(t: &mut Translator<'_>, r: u16) -> Value {
    let n = t.get(r);
    let n = t.b.ins().iadd_imm_s(n, 1);
    t.set(r, n);
    n
}

/// A back-edge: pays for the round and polls on the way back.
fn back_edge(t: &mut Translator<'_>, cond: Option<Value>) -> Lowered {
    let (to, leave) = match cond {
        None => (only_successor(t)?, None),
        Some(cond) => {
            let (to, next) = successors(t)?;
            (to, Some((cond, next)))
        }
    };
    let frame = t.frame();
    let header = frame.analysis.graph[to].start;
    let weight = (frame.func().loops.iter())
        .find(|l| l.header == header)
        .map_or(1, |l| l.weight);
    let rounds = frame.analysis.loops.headed_by(to).and_then(|l| {
        let state = frame.loops[l.index()].as_ref()?;
        state.rounds
    });
    if let Some((cond, next)) = leave {
        let (round, out) = (t.fresh(), t.fresh());
        t.b.ins().brif(cond, round, &[], out, &[]);
        t.enter(out);
        if let Some(rounds) = rounds {
            t.charge_rounds(rounds, weight);
        }
        let block = t.edge(next);
        t.b.ins().jump(block, &[]);
        t.enter(round);
    }
    match rounds {
        Some(rounds) => t.count_round(rounds, weight, to),
        None => t.pay(weight, to),
    }
    let block = t.edge(to);
    t.ended = true;
    t.b.ins().jump(block, &[]);
    Ok(())
}
