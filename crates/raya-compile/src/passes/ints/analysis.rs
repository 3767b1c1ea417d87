//! The range analysis of one function: forward dataflow with refinement at branches
//! and after checked accesses, widening at loops, then narrowing sweeps.

use super::Signature;
use super::inside;
use super::range::{self, MAX_LENGTH, Range, STEPS};
use crate::ir::analysis::{Dominators, is_acyclic, predecessors, reverse_postorder};
use crate::ir::liveness::Crossing;
use crate::ir::{BlockId, Func, Inst, Term, VReg};
use crate::passes::facts::{Defs, Value};
use crate::tables::Tables;
use raya_bytecode::{Op, Repr};
use rustc_hash::FxHashSet;

/// Visits of a block before its ranges are widened.
const WIDEN_AFTER: u32 = 3;
/// Visits of a block before the program's own constants no longer stop a range.
const COARSE_AFTER: u32 = 24;
/// How many constants of a function take part in widening.
const MAX_STEPS: usize = 96;
/// Downward sweeps after the upward iteration.
const NARROWING: usize = 3;
/// Largest product of blocks and registers that is analysed.
const MAX_WORK: usize = 4_000_000;

/// What the analysis found.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Per register: all values that are ever assigned to it.
    pub defs: Vec<Range>,
    /// Direct calls of known functions: argument ranges.
    pub calls: Vec<(usize, Vec<Range>)>,
    /// The result's range.
    pub ret: Range,
    /// Whether it stays the same whatever becomes known about other functions.
    pub is_final: bool,
}

type State = Vec<Range>;

struct Analysis<'a> {
    func: &'a Func,
    signatures: &'a [Signature],
    tables: &'a Tables,
    crossing: Crossing,
    defs: Defs,
    /// Units that are read below the length of their string.
    inside: FxHashSet<VReg>,
    /// Current range of every register while a block is walked.
    now: Vec<Range>,
    /// Index registers and the doubles that they were made from.
    indices: Vec<(VReg, VReg)>,
    input: Vec<Option<State>>,
    visits: Vec<u32>,
    header: Vec<bool>,
    /// Ends for widening: the constants of the function and their neighbours, because
    /// bounds come from them.
    steps: Vec<i64>,
    summary: Summary,
}

/// Analyses a function under what is known about its callers and callees.
pub fn analyse(func: &Func, me: usize, signatures: &[Signature], tables: &Tables) -> Summary {
    let is_number = |r: VReg| matches!(func.reg(r).repr, Repr::F64 | Repr::I32);
    let mut regs = (0..func.regs.len() as u32).map(VReg);
    if !regs.any(is_number) {
        // Nothing here holds a number, so nothing that it calls is given one.
        return Summary {
            defs: vec![Range::ANY; func.regs.len()],
            calls: Vec::new(),
            ret: Range::ANY,
            is_final: true,
        };
    }
    let order = reverse_postorder(func);
    let blocks = func.blocks.len();
    let mut crossing = Crossing::new(func, &order);
    // What is no number may be anything: nothing has to be kept of it.
    crossing.retain(is_number);
    let now = func.regs.iter().map(|r| match r.repr {
        Repr::F64 | Repr::I32 => Range::EMPTY,
        _ => Range::ANY,
    });
    let defs = Defs::new(func);
    let mut a = Analysis {
        inside: inside::below_length(func, &defs),
        defs,
        crossing,
        func,
        signatures,
        tables,
        now: now.collect(),
        indices: Vec::new(),
        input: vec![None; blocks],
        visits: vec![0; blocks],
        header: headers(func, &order),
        steps: steps(func, tables),
        summary: Summary {
            defs: Vec::new(),
            calls: Vec::new(),
            ret: Range::EMPTY,
            is_final: false,
        },
    };
    if a.crossing.regs.len() * order.len() > MAX_WORK {
        return a.unknown();
    }
    let entry: State = a
        .crossing
        .regs
        .iter()
        .map(|&r| match signatures[me].params.get(r.index()) {
            Some(&range) if r.0 < func.params => range,
            _ => Range::EMPTY,
        })
        .collect();
    a.ascend(&order, &entry);
    // Without loops nothing was widened.
    if a.header.contains(&true) {
        for _ in 0..NARROWING {
            a.descend(&order, &entry);
        }
    }
    a.collect(&order, me);
    a.summary
}

/// Which blocks begin a loop.
fn headers(func: &Func, order: &[BlockId]) -> Vec<bool> {
    let mut header = vec![false; func.blocks.len()];
    if is_acyclic(func, order) {
        return header;
    }
    let preds = predecessors(func, order);
    let dom = Dominators::new(func, order, &preds);
    for &b in order {
        header[b.index()] = preds[b.index()].iter().any(|&p| dom.dominates(b, p));
    }
    header
}

impl Analysis<'_> {
    /// The summary of a function that is too large to look at.
    fn unknown(mut self) -> Summary {
        let any = |r: Repr| {
            if r == Repr::I32 {
                Range::I32
            } else {
                Range::ANY
            }
        };
        self.summary.defs = self.func.regs.iter().map(|r| any(r.repr)).collect();
        self.summary.ret = Range::ANY;
        self.summary.is_final = true;
        for inst in self.func.blocks.iter().flat_map(|b| &b.insts) {
            if inst.op == Op::Call {
                let args = self.func.args(inst.args);
                let ranges = args.iter().map(|&r| any(self.func.reg(r).repr)).collect();
                self.summary.calls.push((inst.b as usize, ranges));
            }
        }
        self.summary
    }

    fn ascend(&mut self, order: &[BlockId], entry: &State) {
        let mut position = vec![0usize; self.func.blocks.len()];
        for (i, b) in order.iter().enumerate() {
            position[b.index()] = i;
        }
        let mut work = std::collections::BTreeSet::from([0usize]);
        self.input[0] = Some(entry.clone());
        while let Some(at) = work.pop_first() {
            let b = order[at];
            self.visits[b.index()] += 1;
            let mut out: Vec<(BlockId, State)> = Vec::new();
            self.walk(b, &mut |to, state| out.push((to, state)));
            for (to, state) in out {
                if self.merge(to, state) {
                    work.insert(position[to.index()]);
                }
            }
        }
    }

    /// Joins a state into a block's input; tells whether it grew.
    fn merge(&mut self, to: BlockId, state: State) -> bool {
        let widen = self.header[to.index()] && self.visits[to.index()] >= WIDEN_AFTER
            || self.visits[to.index()] >= 4 * WIDEN_AFTER;
        let steps: &[i64] = if self.visits[to.index()] > COARSE_AFTER {
            STEPS
        } else {
            &self.steps
        };
        let Some(known) = &mut self.input[to.index()] else {
            self.input[to.index()] = Some(state);
            return true;
        };
        let mut changed = false;
        for (k, s) in known.iter_mut().zip(state) {
            let joined = k.join(s);
            if joined != *k {
                *k = if widen {
                    k.widen(joined, steps)
                } else {
                    joined
                };
                changed = true;
            }
        }
        changed
    }

    /// One sweep that recomputes every input from the ways into it.
    fn descend(&mut self, order: &[BlockId], entry: &State) {
        let mut fresh: Vec<Option<State>> = vec![None; self.func.blocks.len()];
        fresh[0] = Some(entry.clone());
        for &b in order {
            if self.input[b.index()].is_none() {
                continue;
            }
            if !self.header[b.index()] {
                // All ways into it have been walked in this sweep.
                self.input[b.index()] = fresh[b.index()].clone();
            }
            self.walk(b, &mut |to, state| match &mut fresh[to.index()] {
                Some(known) => {
                    for (k, s) in known.iter_mut().zip(state) {
                        *k = k.join(s);
                    }
                }
                empty => *empty = Some(state),
            });
        }
        for &b in order {
            if self.header[b.index()] {
                self.input[b.index()] = fresh[b.index()].take();
            }
        }
    }

    /// Final ranges of all definitions, call arguments and the result.
    fn collect(&mut self, order: &[BlockId], me: usize) {
        let mut defs = vec![Range::EMPTY; self.func.regs.len()];
        for (p, range) in self.signatures[me].params.iter().enumerate() {
            defs[p] = *range;
        }
        for h in &self.func.handlers {
            defs[h.reg.index()] = Range::ANY;
        }
        for &b in order {
            if !self.enter(b) {
                continue;
            }
            let func = self.func;
            for inst in &func.blocks[b.index()].insts {
                if inst.op == Op::Call {
                    let args = func.args(inst.args);
                    let ranges = args.iter().map(|&r| self.get(r)).collect();
                    self.summary.calls.push((inst.b as usize, ranges));
                }
                self.inst(inst);
                if let Some(d) = inst.def() {
                    defs[d.index()] = defs[d.index()].join(self.now[d.index()]);
                }
            }
            let term = &func.blocks[b.index()].term;
            if let Some(d) = term.def() {
                defs[d.index()] = Range::ANY;
            }
            if let Term::Exit { op: Op::Ret, a } = *term {
                self.summary.ret = self.summary.ret.join(self.get(VReg(a)));
            }
        }
        self.summary.defs = defs;
    }

    /// Loads a block's input; false if it is not reached.
    fn enter(&mut self, b: BlockId) -> bool {
        let Some(state) = &self.input[b.index()] else {
            return false;
        };
        for (&reg, &range) in self.crossing.regs.iter().zip(state) {
            self.now[reg.index()] = range;
        }
        self.indices.clear();
        true
    }

    fn state(&self) -> State {
        self.crossing
            .regs
            .iter()
            .map(|r| self.now[r.index()])
            .collect()
    }

    /// Walks a block and hands the state to `out` for every way out of it.
    fn walk(&mut self, b: BlockId, out: &mut dyn FnMut(BlockId, State)) {
        if !self.enter(b) {
            return;
        }
        let func = self.func;
        let block = &func.blocks[b.index()];
        let mut caught = block.handler.map(|_| self.state());
        for inst in &block.insts {
            self.inst(inst);
            if let (Some(caught), Some(d)) = (&mut caught, inst.def())
                && let Some(n) = self.crossing.get(d)
            {
                caught[n] = caught[n].join(self.now[d.index()]);
            }
        }
        if let (Some(state), Some(h)) = (caught, block.handler) {
            out(func.handlers[h.index()].target, state);
        }
        match &block.term {
            Term::Branch { op, a, b, yes, no } => {
                if let Some(d) = block.term.def() {
                    self.now[d.index()] = Range::ANY;
                }
                let before = self.state();
                for (taken, target) in [(true, *yes), (false, *no)] {
                    if self.refine(*op, *a, *b, taken) {
                        out(target, self.state());
                    }
                    for (&reg, &range) in self.crossing.regs.iter().zip(&before) {
                        self.now[reg.index()] = range;
                    }
                }
            }
            term => term.each_target(|t| out(t, self.state())),
        }
    }

    fn get(&self, reg: VReg) -> Range {
        self.now[reg.index()]
    }

    fn inst(&mut self, inst: &Inst) {
        let Some(d) = inst.def() else {
            return self.after_access(inst);
        };
        let range = match self.func.reg(d).repr {
            Repr::F64 => self.transfer(inst),
            Repr::I32 => {
                let range = self.transfer(inst);
                if range.fits_i32() { range } else { Range::I32 }
            }
            _ => Range::ANY,
        };
        self.after_access(inst);
        self.indices.retain(|&(i, x)| i != d && x != d);
        if inst.op == Op::F64ToIndex {
            self.indices.push((d, VReg(inst.b)));
        }
        self.now[d.index()] = range;
    }

    fn transfer(&mut self, inst: &Inst) -> Range {
        match Value::of(inst, self.tables) {
            Some(Value::F64(v)) => return Range::of(v),
            Some(Value::I32(v)) => return Range::new(v.into(), v.into()),
            _ => {}
        }
        let kinds = inst.op.operands();
        match inst.op {
            Op::ArrayLen | Op::StrLen => Range::LENGTH,
            Op::NativeCall if self.inside.contains(&VReg(inst.a)) => {
                let index = self.get(self.func.args(inst.args)[1]);
                if index.is_any() || index.lo < 0 {
                    return Range::ANY;
                }
                Range::new(0, u16::MAX.into())
            }
            Op::Call => match self.signatures.get(inst.b as usize) {
                Some(sig) => sig.ret,
                None => Range::ANY,
            },
            Op::AddI32I => {
                let b = i64::from(inst.c as i32);
                range::binary(Op::AddI32, self.get(VReg(inst.b)), Range::new(b, b))
            }
            Op::FloorF64 | Op::TruncF64 => {
                let direct = range::unary(inst.op, self.get(VReg(inst.b)));
                if direct.is_any() {
                    self.division(VReg(inst.b))
                } else {
                    direct
                }
            }
            Op::F64ToI32Wrap => {
                let quotient = self.division(VReg(inst.b));
                if quotient.is_any() {
                    range::unary(inst.op, self.get(VReg(inst.b)))
                } else {
                    quotient
                }
            }
            _ if kinds[2].is_source() && is_numeric(inst.op) => {
                range::binary(inst.op, self.get(VReg(inst.b)), self.get(VReg(inst.c)))
            }
            _ if kinds[1].is_source() && is_numeric(inst.op) => {
                range::unary(inst.op, self.get(VReg(inst.b)))
            }
            _ => Range::ANY,
        }
    }

    /// The quotient's range, if a register is a division of integers.
    fn division(&self, reg: VReg) -> Range {
        match division_of(self.func, &self.defs, reg) {
            Some((a, b)) => range::quotient(self.get(a), self.get(b)),
            None => Range::ANY,
        }
    }

    /// An access that did not throw proves its index.
    fn after_access(&mut self, inst: &Inst) {
        let (index, limit) = match inst.op {
            Op::ArrayGetF64 | Op::ArrayGetI32 | Op::ArrayGetBool | Op::ArrayGetW | Op::StrIndex => {
                (VReg(inst.c), MAX_LENGTH - 1)
            }
            Op::ArraySetF64 | Op::ArraySetI32 | Op::ArraySetBool | Op::ArraySetW => {
                (VReg(inst.b), MAX_LENGTH - 1)
            }
            _ => return,
        };
        let proven = Range::new(0, limit);
        let refined = self.now[index.index()].meet(proven);
        if !refined.is_empty() {
            self.now[index.index()] = refined;
        }
        let source = self.indices.iter().find(|(i, _)| *i == index);
        if let Some(&(_, x)) = source {
            let old = self.now[x.index()];
            // The double itself may still have been −0.
            if !old.is_any() {
                let refined = old.meet(proven);
                if !refined.is_empty() {
                    self.now[x.index()] = refined;
                }
            }
        }
    }

    /// Narrows ranges by a branch; false if the way is impossible.
    fn refine(&mut self, op: Op, a: u32, b: u32, taken: bool) -> bool {
        let (x, y) = (VReg(a), VReg(b));
        match (op, taken) {
            (Op::JltF64 | Op::JltI32, true) | (Op::JnltF64, false) => self.less(x, y, 1),
            (Op::JleF64 | Op::JleI32, true) | (Op::JnleF64, false) => self.less(x, y, 0),
            (Op::JltF64 | Op::JltI32, false) | (Op::JnltF64, true) => self.less(y, x, 0),
            (Op::JleF64 | Op::JleI32, false) | (Op::JnleF64, true) => self.less(y, x, 1),
            (Op::JeqF64 | Op::JeqI32, true) | (Op::JneF64 | Op::JneI32, false) => self.equal(x, y),
            (Op::JeqF64 | Op::JeqI32, false) | (Op::JneF64 | Op::JneI32, true) => {
                self.unequal(x, y);
                self.unequal(y, x);
                true
            }
            (Op::JumpArrayEnd, false) => {
                let range = self
                    .get(x)
                    .meet(Range::new(i32::MIN.into(), MAX_LENGTH - 1));
                self.put(x, range)
            }
            _ => true,
        }
    }

    fn put(&mut self, reg: VReg, range: Range) -> bool {
        if range.is_empty() {
            return false;
        }
        self.now[reg.index()] = range;
        true
    }

    /// `x + gap <= y`
    fn less(&mut self, x: VReg, y: VReg, gap: i64) -> bool {
        let (a, b) = (self.get(x), self.get(y));
        if a.is_any() || b.is_any() || a.is_empty() || b.is_empty() {
            return true;
        }
        let upper = Range {
            lo: i64::MIN + 1,
            hi: b.hi - gap,
        };
        let lower = Range {
            lo: a.lo + gap,
            hi: i64::MAX - 1,
        };
        self.put(x, a.meet(upper)) && self.put(y, b.meet(lower))
    }

    fn equal(&mut self, x: VReg, y: VReg) -> bool {
        let (a, b) = (self.get(x), self.get(y));
        if a.is_any() || b.is_any() || a.is_empty() || b.is_empty() {
            return true;
        }
        let both = a.meet(b);
        self.put(x, both) && self.put(y, both)
    }

    fn unequal(&mut self, x: VReg, y: VReg) {
        let (a, b) = (self.get(x), self.get(y));
        let (false, false, Some(v)) = (a.is_any(), a.is_empty(), b.single()) else {
            return;
        };
        let mut range = a;
        if range.lo == v {
            range.lo += 1;
        } else if range.hi == v {
            range.hi -= 1;
        }
        self.put(x, range);
    }
}

/// The ends that ranges are widened to in a function.
fn steps(func: &Func, tables: &Tables) -> Vec<i64> {
    let mut out = STEPS.to_vec();
    for inst in func.blocks.iter().flat_map(|b| &b.insts) {
        let value = match Value::of(inst, tables) {
            Some(Value::F64(v)) => Range::of(v).single(),
            Some(Value::I32(v)) => Some(i64::from(v)),
            _ => None,
        };
        if let Some(v) = value {
            out.extend([v - 1, v, v + 1]);
        }
        if out.len() > MAX_STEPS {
            break;
        }
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Operands of the division that a register with one definition holds, if they are
/// still what they were.
pub fn division_of(func: &Func, defs: &Defs, reg: VReg) -> Option<(VReg, VReg)> {
    let made = defs.inst(func, reg)?;
    let (a, b) = (VReg(made.b), VReg(made.c));
    let stable = |r: VReg| defs.single(r);
    (made.op == Op::DivF64 && stable(a) && stable(b)).then_some((a, b))
}

/// Arithmetic and conversions between numbers.
fn is_numeric(op: Op) -> bool {
    let n = op as u16;
    op == Op::Mov
        || (Op::I32ToF64 as u16..=Op::F64ToIndex as u16).contains(&n)
        || (Op::AddF64 as u16..=Op::ModI32I as u16).contains(&n)
}
