//! Instruction selection: constants become immediates and constant operands; what
//! constants are left inside loops are loaded before them.

use super::facts::{Defs, Value};
use crate::ir::analysis::Graph;
use crate::ir::{BlockId, Func, Inst, Term, VReg};
use crate::tables::Tables;
use raya_bytecode::Op;
use rustc_hash::FxHashSet;

/// Selects instructions of a function.
pub fn run(func: &mut Func, graph: &Graph, tables: &mut Tables) {
    let defs = Defs::new(func);
    let back_edges = double_back_edges(func, graph);
    let value = |func: &Func, tables: &Tables, reg: u32| {
        defs.inst(func, VReg(reg))
            .and_then(|inst| Value::of(inst, tables))
    };
    for b in 0..func.blocks.len() {
        for i in 0..func.blocks[b].insts.len() {
            let inst = func.blocks[b].insts[i];
            let kinds = inst.op.operands();
            if !(kinds[0].is_dest() && kinds[1].is_source() && kinds[2].is_source()) {
                func.blocks[b].insts[i] = load_form(inst, tables);
                continue;
            }
            let (x, y) = (value(func, tables, inst.b), value(func, tables, inst.c));
            if let Some(better) = with_constant(inst, x, y, tables) {
                func.blocks[b].insts[i] = better;
            }
        }
        let term = func.blocks[b].term.clone();
        if let Term::Branch { op, a, b: rhs, .. } = term
            && op.operands()[1].is_source()
            && !back_edges.contains(&(b, op))
        {
            let (x, y) = (value(func, tables, a), value(func, tables, rhs));
            if let Some((op, a, c)) = branch_with_constant(op, (a, x), (rhs, y), tables)
                && let Term::Branch {
                    op: o, a: l, b: r, ..
                } = &mut func.blocks[b].term
            {
                (*o, *l, *r) = (op, a, c);
            }
        }
    }
    super::dce::unused(func);
    hoist_constants(func, graph);
}

/// Blocks whose comparison of doubles is a back-edge. There is no form of that with
/// a constant, so the constant stays in a register, loaded before the loop.
fn double_back_edges(func: &Func, graph: &Graph) -> FxHashSet<(usize, Op)> {
    let mut out = FxHashSet::default();
    if graph.acyclic {
        return out;
    }
    let dom = graph.dom(func);
    for &b in &graph.order {
        if let Term::Branch { op, yes, .. } = func.blocks[b.index()].term
            && matches!(op, Op::JltF64 | Op::JleF64)
            && dom.dominates(yes, b)
        {
            out.insert((b.index(), op));
        }
    }
    out
}

/// Small constants in their short forms.
fn load_form(inst: Inst, tables: &Tables) -> Inst {
    match Value::of(&inst, tables) {
        Some(Value::I32(v)) if i16::try_from(v).is_ok() => Inst {
            op: Op::LoadI32,
            b: v as u32,
            ..inst
        },
        Some(Value::F64(v)) if small_integral(v).is_some() => Inst {
            op: Op::LoadF64I,
            b: i32::from(small_integral(v).unwrap_or(0)) as u32,
            ..inst
        },
        _ => inst,
    }
}

/// An integral double that an immediate can hold; −0 is none.
fn small_integral(v: f64) -> Option<i16> {
    let i = v as i16;
    (f64::from(i).to_bits() == v.to_bits()).then_some(i)
}

fn with_constant(
    inst: Inst,
    x: Option<Value>,
    y: Option<Value>,
    tables: &mut Tables,
) -> Option<Inst> {
    let unary = |op: Op, reg: u32, c: u32| {
        Some(Inst {
            op,
            b: reg,
            c,
            ..inst
        })
    };
    if let Some(Value::F64(v)) = y {
        let op = match inst.op {
            Op::AddF64 => Op::AddF64K,
            Op::SubF64 => Op::SubF64K,
            Op::MulF64 => Op::MulF64K,
            Op::DivF64 => Op::DivF64K,
            _ => return None,
        };
        if let (Op::DivF64K, Some(r)) = (op, exact_reciprocal(v)) {
            return unary(Op::MulF64K, inst.b, tables.f64(r).0.into());
        }
        return unary(op, inst.b, tables.f64(v).0.into());
    }
    if let Some(Value::F64(v)) = x {
        let op = match inst.op {
            Op::AddF64 => Op::AddF64K,
            Op::MulF64 => Op::MulF64K,
            Op::SubF64 => Op::RSubF64K,
            Op::DivF64 => Op::RDivF64K,
            _ => return None,
        };
        return unary(op, inst.c, tables.f64(v).0.into());
    }
    if let Some(Value::I32(v)) = y
        && let Some((op, imm)) = int_immediate(inst.op, v)
    {
        return unary(op, inst.b, i32::from(imm) as u32);
    }
    if let Some(Value::I32(v)) = x {
        let commutes = matches!(inst.op, Op::AddI32 | Op::MulI32 | Op::AndI32 | Op::OrI32);
        if commutes && let Some((op, imm)) = int_immediate(inst.op, v) {
            return unary(op, inst.c, i32::from(imm) as u32);
        }
    }
    None
}

fn int_immediate(op: Op, v: i32) -> Option<(Op, i16)> {
    let imm = i16::try_from(v).ok();
    Some(match op {
        Op::AddI32 => (Op::AddI32I, imm?),
        Op::SubI32 => (Op::AddI32I, i16::try_from(v.checked_neg()?).ok()?),
        Op::MulI32 => (Op::MulI32I, imm?),
        Op::AndI32 => (Op::AndI32I, imm?),
        Op::OrI32 => (Op::OrI32I, imm?),
        Op::ShlI32 => (Op::ShlI32I, (v & 31) as i16),
        Op::ShrI32 => (Op::ShrI32I, (v & 31) as i16),
        Op::DivI32 if v != 0 => (Op::DivI32I, imm?),
        Op::ModI32 if v != 0 => (Op::ModI32I, imm?),
        _ => return None,
    })
}

type Operand = (u32, Option<Value>);

fn branch_with_constant(
    op: Op,
    (a, x): Operand,
    (b, y): Operand,
    tables: &mut Tables,
) -> Option<(Op, u32, u32)> {
    if let Some(Value::F64(v)) = y {
        let op = match op {
            Op::JltF64 => Op::JltF64K,
            Op::JleF64 => Op::JleF64K,
            Op::JnltF64 => Op::JnltF64K,
            Op::JnleF64 => Op::JnleF64K,
            Op::JeqF64 => Op::JeqF64K,
            Op::JneF64 => Op::JneF64K,
            _ => return None,
        };
        return Some((op, a, tables.f64(v).0.into()));
    }
    if let Some(Value::F64(v)) = x {
        let op = match op {
            Op::JltF64 => Op::JgtF64K,
            Op::JleF64 => Op::JgeF64K,
            Op::JnltF64 => Op::JngtF64K,
            Op::JnleF64 => Op::JngeF64K,
            Op::JeqF64 => Op::JeqF64K,
            Op::JneF64 => Op::JneF64K,
            _ => return None,
        };
        return Some((op, b, tables.f64(v).0.into()));
    }
    let imm = |v: Option<Value>| match v {
        Some(Value::I32(v)) => i16::try_from(v).ok().map(|v| i32::from(v) as u32),
        _ => None,
    };
    if let Some(v) = imm(y) {
        let op = match op {
            Op::JltI32 => Op::JltI32I,
            Op::JleI32 => Op::JleI32I,
            Op::JeqI32 => Op::JeqI32I,
            Op::JneI32 => Op::JneI32I,
            _ => return None,
        };
        return Some((op, a, v));
    }
    let v = imm(x)?;
    let op = match op {
        Op::JltI32 => Op::JgtI32I,
        Op::JleI32 => Op::JgeI32I,
        Op::JeqI32 => Op::JeqI32I,
        Op::JneI32 => Op::JneI32I,
        _ => return None,
    };
    Some((op, b, v))
}

/// Whether an instruction only loads a number: it can be done earlier.
fn is_number_load(op: Op) -> bool {
    matches!(op, Op::LoadF64 | Op::LoadF64I | Op::LoadI32 | Op::LoadI32K)
}

/// Moves number constants that a loop needs in a register in front of the outermost
/// loop around them. Arguments of windows stay: they are loaded into place.
fn hoist_constants(func: &mut Func, graph: &Graph) {
    if graph.acyclic {
        return;
    }
    let (loops, preds, dom) = (graph.loops(func), graph.preds(func), graph.dom(func));
    if loops.list.is_empty() {
        return;
    }
    let defs = Defs::new(func);
    let mut windowed = vec![false; func.regs.len()];
    for reg in &func.pool {
        windowed[reg.index()] = true;
    }
    let mut outermost: Vec<Option<usize>> = vec![None; func.blocks.len()];
    for (i, l) in loops.list.iter().enumerate() {
        for b in &l.blocks {
            outermost[b.index()].get_or_insert(i);
        }
    }
    for (b, outer) in outermost.iter().enumerate() {
        let Some(l) = *outer else { continue };
        let header = loops.list[l].header;
        let entries: Vec<BlockId> = preds[header.index()]
            .iter()
            .copied()
            .filter(|p| !dom.dominates(header, *p))
            .collect();
        let [entry] = entries.as_slice() else {
            continue;
        };
        if outermost[entry.index()].is_some() {
            continue;
        }
        let insts = &mut func.blocks[b].insts;
        let mut moved = Vec::new();
        insts.retain(|inst| {
            let hoist =
                is_number_load(inst.op) && defs.single(VReg(inst.a)) && !windowed[inst.a as usize];
            if hoist {
                moved.push(*inst);
            }
            !hoist
        });
        func.blocks[entry.index()].insts.extend(moved);
    }
}

/// `1 / d`, if multiplying with it gives the same as dividing by `d`, always.
fn exact_reciprocal(d: f64) -> Option<f64> {
    let power_of_two = d.is_normal() && d.to_bits() & ((1 << 52) - 1) == 0;
    let r = 1.0 / d;
    (power_of_two && r.is_normal()).then_some(r)
}
