//! The range analysis of one function: forward dataflow with refinement at branches
//! and after checked accesses, widening at loops, then narrowing sweeps.

use super::Signature;
use super::inside;
use super::range::{self, Range, STEPS};
use super::states::States;
use crate::ir::analysis::Graph;
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
    /// Direct calls of functions whose callers are all known: argument ranges.
    pub calls: Vec<(usize, Vec<Range>)>,
    /// The result's range.
    pub ret: Range,
    /// Whether it stays the same whatever becomes known about other functions.
    pub is_final: bool,
}

pub(super) struct Analysis<'a> {
    func: &'a Func,
    signatures: &'a [Signature],
    tables: &'a Tables,
    crossing: Crossing,
    defs: Defs,
    /// Units that are read below the length of their string.
    inside: FxHashSet<VReg>,
    /// Current range of every register while a block is walked.
    pub(super) now: Vec<Range>,
    /// Index registers and the doubles that they were made from.
    pub(super) indices: Vec<(VReg, VReg)>,
    input: States,
    visits: Vec<u32>,
    /// Which blocks begin a loop; empty if none does.
    header: Vec<bool>,
    /// Ends for widening: the constants of the function and their neighbours, because
    /// bounds come from them.
    steps: Vec<i64>,
    /// The ranges on a way out of a block; what an exception may find.
    state: Vec<Range>,
    caught: Vec<Range>,
    summary: Summary,
}

/// What a walk through a block is for.
enum Pass<'p> {
    /// Join what leaves the block into the inputs of others, and list those that grew.
    Up(&'p mut Worklist),
    /// Join it into fresh inputs.
    Down(&'p mut States),
    /// Add up the summary.
    Collect,
}

/// Blocks by their position in the order, first ones first.
struct Worklist {
    position: Vec<u32>,
    waiting: Vec<bool>,
    /// No earlier one waits.
    first: usize,
    /// Whether every block is walked only once, so that the summary is made on the way.
    once: bool,
}

impl Worklist {
    fn new(order: &[BlockId], blocks: usize, once: bool) -> Self {
        let mut position = vec![0; blocks];
        for (i, b) in order.iter().enumerate() {
            position[b.index()] = i as u32;
        }
        Self {
            position,
            waiting: vec![false; order.len()],
            first: 0,
            once,
        }
    }

    fn insert(&mut self, block: BlockId) {
        let at = self.position[block.index()] as usize;
        self.waiting[at] = true;
        self.first = self.first.min(at);
    }

    fn pop(&mut self) -> Option<usize> {
        let ahead = self.waiting.get(self.first..)?;
        let at = self.first + ahead.iter().position(|&waits| waits)?;
        self.waiting[at] = false;
        self.first = at + 1;
        Some(at)
    }
}

/// Analyses a function under what is known about its callers and callees.
pub fn analyse(
    func: &Func,
    graph: &Graph,
    me: usize,
    signatures: &[Signature],
    tables: &Tables,
) -> Summary {
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
    let order = &graph.order;
    let mut crossing = Crossing::new(func, order);
    // What is no number may be anything: nothing has to be kept of it.
    crossing.retain(is_number);
    let columns = crossing.regs.len();
    let defs = Defs::new(func);
    let header = headers(func, graph);
    let steps = if header.is_empty() {
        Vec::new()
    } else {
        steps(func, tables)
    };
    let now = func.regs.iter().map(|r| match r.repr {
        Repr::F64 | Repr::I32 => Range::EMPTY,
        _ => Range::ANY,
    });
    let mut a = Analysis {
        inside: inside::below_length(func, &defs, order),
        defs,
        func,
        signatures,
        tables,
        now: now.collect(),
        indices: Vec::new(),
        input: States::new(func.blocks.len(), columns),
        crossing,
        visits: vec![0; func.blocks.len()],
        header,
        steps,
        state: Vec::with_capacity(columns),
        caught: Vec::new(),
        summary: Summary {
            defs: Vec::new(),
            calls: Vec::new(),
            ret: Range::EMPTY,
            is_final: false,
        },
    };
    if columns * order.len() > MAX_WORK {
        return a.unknown();
    }
    a.run(order, &signatures[me].params);
    a.summary
}

/// Which blocks begin a loop.
fn headers(func: &Func, graph: &Graph) -> Vec<bool> {
    if graph.acyclic {
        return Vec::new();
    }
    let mut header = vec![false; func.blocks.len()];
    let (preds, dom) = (graph.preds(func), graph.dom(func));
    for &b in &graph.order {
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

    fn run(&mut self, order: &[BlockId], params: &[Range]) {
        self.begin_summary(params);
        let entry: Vec<Range> = self
            .crossing
            .regs
            .iter()
            .map(|r| params.get(r.index()).copied().unwrap_or(Range::EMPTY))
            .collect();
        let once = self.header.is_empty();
        let mut work = Worklist::new(order, self.func.blocks.len(), once);
        self.input.set(BlockId(0), &entry);
        work.insert(BlockId(0));
        while let Some(at) = work.pop() {
            let b = order[at];
            self.visits[b.index()] += 1;
            self.walk(b, &mut Pass::Up(&mut work));
        }
        if once {
            // Nothing was widened, and all is said.
            return;
        }
        let mut fresh = States::new(self.func.blocks.len(), entry.len());
        for _ in 0..NARROWING {
            if !self.descend(order, &entry, &mut fresh) {
                break;
            }
        }
        for &b in order {
            self.walk(b, &mut Pass::Collect);
        }
    }

    /// Joins the state into a block's input; tells whether that grew.
    fn merge(&mut self, to: BlockId) -> bool {
        let visits = self.visits[to.index()];
        let header = self.header.get(to.index()) == Some(&true);
        let widen = header && visits >= WIDEN_AFTER || visits >= 4 * WIDEN_AFTER;
        let steps: &[i64] = if visits > COARSE_AFTER {
            STEPS
        } else {
            &self.steps
        };
        let Some(known) = self.input.get_mut(to) else {
            return self.input.set(to, &self.state);
        };
        let mut changed = false;
        for (k, s) in known.iter_mut().zip(&self.state) {
            let joined = k.join(*s);
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

    /// One sweep that recomputes every input from the ways into it; false if another
    /// one would change nothing.
    fn descend(&mut self, order: &[BlockId], entry: &[Range], fresh: &mut States) -> bool {
        fresh.clear();
        fresh.set(BlockId(0), entry);
        for &b in order {
            if self.input.get(b).is_none() {
                continue;
            }
            if !self.header[b.index()]
                && let Some(state) = fresh.get(b)
            {
                // All ways into it have been walked in this sweep.
                self.input.set(b, state);
            } else if !self.header[b.index()] {
                self.input.forget(b);
            }
            self.walk(b, &mut Pass::Down(fresh));
        }
        let mut changed = false;
        for &b in order {
            if self.header[b.index()] {
                changed |= match fresh.get(b) {
                    Some(state) => self.input.set(b, state),
                    None => self.input.forget(b),
                };
            }
        }
        changed
    }

    /// What holds without a look at the code.
    fn begin_summary(&mut self, params: &[Range]) {
        let mut defs = vec![Range::EMPTY; self.func.regs.len()];
        defs[..params.len()].copy_from_slice(params);
        for h in &self.func.handlers {
            defs[h.reg.index()] = Range::ANY;
        }
        self.summary.defs = defs;
    }

    /// Adds what an instruction assigns to the summary; it has just been walked.
    fn collect(&mut self, inst: &Inst) {
        if let Some(d) = inst.def() {
            let known = &mut self.summary.defs[d.index()];
            *known = known.join(self.now[d.index()]);
        }
    }

    /// Adds a call to the summary, before it is walked.
    fn collect_call(&mut self, inst: &Inst) {
        let callee = inst.b as usize;
        if inst.op == Op::Call && self.signatures[callee].closed {
            let args = self.func.args(inst.args);
            let ranges = args.iter().map(|&r| self.get(r)).collect();
            self.summary.calls.push((callee, ranges));
        }
    }

    /// Adds a terminator to the summary.
    fn collect_term(&mut self, term: &Term) {
        if let Some(d) = term.def() {
            self.summary.defs[d.index()] = Range::ANY;
        }
        if let Term::Exit { op: Op::Ret, a } = *term {
            self.summary.ret = self.summary.ret.join(self.get(VReg(a)));
        }
    }

    /// Loads a block's input; false if it is not reached.
    fn enter(&mut self, b: BlockId) -> bool {
        let Some(state) = self.input.get(b) else {
            return false;
        };
        for (&reg, &range) in self.crossing.regs.iter().zip(state) {
            self.now[reg.index()] = range;
        }
        self.indices.clear();
        true
    }

    /// Takes the current ranges as the state on the way to a block.
    fn leave(&mut self, to: BlockId, pass: &mut Pass) {
        if matches!(pass, Pass::Collect) {
            return;
        }
        let now = &self.now;
        self.state.clear();
        self.state
            .extend(self.crossing.regs.iter().map(|r| now[r.index()]));
        self.give(to, pass);
    }

    /// Hands the state on.
    fn give(&mut self, to: BlockId, pass: &mut Pass) {
        match pass {
            Pass::Up(work) => {
                if self.merge(to) {
                    work.insert(to);
                }
            }
            Pass::Down(fresh) => fresh.join(to, &self.state),
            Pass::Collect => {}
        }
    }

    /// Walks a block and hands the state on for every way out of it.
    fn walk(&mut self, b: BlockId, pass: &mut Pass) {
        if !self.enter(b) {
            return;
        }
        let func = self.func;
        let block = &func.blocks[b.index()];
        let collects = match pass {
            Pass::Up(work) => work.once,
            Pass::Down(_) => false,
            Pass::Collect => true,
        };
        let guarded = block.handler.is_some();
        if guarded {
            let now = &self.now;
            self.caught.clear();
            self.caught
                .extend(self.crossing.regs.iter().map(|r| now[r.index()]));
        }
        for inst in &block.insts {
            if collects {
                self.collect_call(inst);
            }
            self.inst(inst);
            if collects {
                self.collect(inst);
            }
            if guarded
                && let Some(d) = inst.def()
                && let Some(n) = self.crossing.get(d)
            {
                self.caught[n] = self.caught[n].join(self.now[d.index()]);
            }
        }
        if collects {
            self.collect_term(&block.term);
        }
        if let Some(h) = block.handler {
            std::mem::swap(&mut self.state, &mut self.caught);
            self.give(func.handlers[h.index()].target, pass);
        }
        self.ways_out(&block.term, pass);
    }

    fn ways_out(&mut self, term: &Term, pass: &mut Pass) {
        let Term::Branch { op, a, b, yes, no } = *term else {
            term.each_target(|t| self.leave(t, pass));
            return;
        };
        if let Some(d) = term.def() {
            self.now[d.index()] = Range::ANY;
        }
        // Operands that are no registers may name some as well: they stay what they are.
        let before = [a, b].map(|r| self.now.get(r as usize).copied());
        for (taken, target) in [(true, yes), (false, no)] {
            if self.refine(op, a, b, taken) {
                self.leave(target, pass);
            }
            for (reg, range) in [a, b].into_iter().zip(before) {
                if let Some(range) = range {
                    self.now[reg as usize] = range;
                }
            }
        }
    }

    pub(super) fn get(&self, reg: VReg) -> Range {
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
