//! Decides which registers become integers.
//!
//! Registers that are connected by copies, arithmetic or comparisons are decided
//! together, so that no conversion is needed between them. A group is converted if
//! that removes at least as many conversions, weighted by loop depth, as it adds.

use super::Signature;
use super::analysis::Summary;
use super::inside::is_char_code;
use super::range::Range;
use super::rewrite::int_compare;
use crate::ir::analysis::Graph;
use crate::ir::{Func, Inst, Term, VReg};
use crate::passes::facts::{Defs, Value};
use crate::tables::Tables;
use raya_bytecode::{Op, Repr};

/// What becomes of a function.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    /// Registers that become i32; empty for none.
    pub convert: Vec<bool>,
    /// Sums that only their low 32 bits matter of: computed in i32, wrapping. Empty for
    /// none.
    pub wrap: Vec<bool>,
    /// Whether the result becomes i32.
    pub ret: bool,
    /// Whether the signature may change.
    pub closed: bool,
}

impl Plan {
    /// Whether anything in the function is to be rewritten.
    pub fn changes_code(&self) -> bool {
        self.ret || self.convert.contains(&true) || self.wrap.contains(&true)
    }
}

struct Planner<'a> {
    func: &'a Func,
    summary: &'a Summary,
    signatures: &'a [Signature],
    tables: &'a Tables,
    eligible: Vec<bool>,
    wrap: Vec<bool>,
    /// Union-find over registers.
    parent: Vec<u32>,
    score: Vec<i64>,
    defs: Defs,
    ret: bool,
}

/// Decides for one function.
pub fn plan(
    func: &Func,
    graph: &Graph,
    me: usize,
    summary: Option<&Summary>,
    signatures: &[Signature],
    tables: &Tables,
) -> Plan {
    let n = func.regs.len();
    let Some(summary) = summary else {
        return Plan::default();
    };
    let closed = signatures[me].closed;
    let eligible = eligible(func, summary, closed);
    if !eligible.contains(&true) {
        return Plan {
            closed,
            ..Plan::default()
        };
    }
    let mut p = Planner {
        defs: Defs::new(func),
        eligible,
        wrap: vec![false; n],
        func,
        summary,
        signatures,
        tables,
        parent: (0..n as u32).collect(),
        score: vec![0; n],
        ret: closed && func.regs.iter().any(|r| r.repr == Repr::F64) && {
            let ret = summary.ret;
            ret.fits_i32() && !ret.is_empty() && tables.repr(func.ret) == Repr::F64
        },
    };
    p.find_wrapping();
    p.connect();
    p.weigh(graph);
    let convert: Vec<bool> = (0..n as u32)
        .map(|r| {
            let root = p.root(r);
            // Whoever uses a constant as an integer loads it as one.
            p.eligible[r as usize] && !p.constant(r) && p.score[root as usize] >= 0
        })
        .collect();
    Plan {
        wrap: p.wrapping(&convert),
        ret: p.ret && p.returns_converted(&convert),
        convert,
        closed,
    }
}

/// Double registers whose every value is a 32-bit integer.
fn eligible(func: &Func, summary: &Summary, closed: bool) -> Vec<bool> {
    func.regs
        .iter()
        .enumerate()
        .map(|(i, reg)| {
            let range = summary.defs[i];
            let open_param = (i as u32) < func.params && !closed;
            reg.repr == Repr::F64 && range.fits_i32() && !range.is_empty() && !open_param
        })
        .collect()
}

impl Planner<'_> {
    fn root(&self, mut r: u32) -> u32 {
        while self.parent[r as usize] != r {
            r = self.parent[r as usize];
        }
        r
    }

    fn union(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        // The smaller index stays root: chains stay short enough for functions.
        let (low, high) = (a.min(b), a.max(b));
        self.parent[high as usize] = low;
    }

    fn int(&self, reg: u32) -> bool {
        self.eligible[reg as usize]
    }

    fn constant(&self, reg: u32) -> bool {
        self.defs
            .inst(self.func, VReg(reg))
            .is_some_and(|d| Value::of(d, self.tables).is_some())
    }

    /// Sums, differences and products of integers that may leave 32 bits, of which only
    /// ToInt32 is taken in the end: what is exact as a double is right modulo 2^32.
    fn find_wrapping(&mut self) {
        for inst in self.func.blocks.iter().flat_map(|b| &b.insts) {
            let d = inst.a as usize;
            if matches!(inst.op, Op::AddF64 | Op::SubF64 | Op::MulF64)
                && !self.summary.defs[d].is_any()
                && !self.eligible[d]
                && self.defs.single(VReg(inst.a))
            {
                self.wrap[d] = true;
            }
        }
        while self.wrap.contains(&true) {
            let refused = self.not_wrapping();
            if refused.is_empty() {
                return;
            }
            refused.into_iter().for_each(|r| self.wrap[r] = false);
        }
    }

    /// Candidates that something reads as doubles, or that read what is no integer.
    fn not_wrapping(&self) -> Vec<usize> {
        let mut out = Vec::new();
        let mut refuse = |r: VReg| {
            if self.wrap[r.index()] {
                out.push(r.index());
            }
        };
        for block in &self.func.blocks {
            for inst in &block.insts {
                let wraps = inst.def().is_some_and(|d| self.wrap[d.index()]);
                if wraps {
                    let ok = |r: u32| self.int(r) || self.wrap[r as usize];
                    if !(ok(inst.b) && ok(inst.c)) {
                        refuse(VReg(inst.a));
                    }
                } else if inst.op != Op::F64ToI32Wrap {
                    inst.each_use(&self.func.pool, &mut refuse);
                }
            }
            block.term.each_use(&mut refuse);
        }
        out
    }

    /// The candidates that remain when these registers are converted.
    fn wrapping(&self, convert: &[bool]) -> Vec<bool> {
        if !self.wrap.contains(&true) {
            return Vec::new();
        }
        let mut wrap = self.wrap.clone();
        // Who reads one that went must go, and so must what only such a reader read.
        loop {
            let mut changed = false;
            for inst in self.func.blocks.iter().flat_map(|b| &b.insts) {
                let d = inst.a as usize;
                if inst.def().is_none() || !self.wrap[d] {
                    continue;
                }
                let operand = |r: u32| {
                    convert[r as usize] || self.constant(r) && self.int(r) || wrap[r as usize]
                };
                if wrap[d] && !(operand(inst.b) && operand(inst.c)) {
                    wrap[d] = false;
                    changed = true;
                }
                if !wrap[d] {
                    for r in [inst.b as usize, inst.c as usize] {
                        changed |= std::mem::replace(&mut wrap[r], false);
                    }
                }
            }
            if !changed {
                return wrap;
            }
        }
    }

    fn returns_converted(&self, convert: &[bool]) -> bool {
        self.func.blocks.iter().all(|b| match b.term {
            Term::Exit { op: Op::Ret, a } => convert[a as usize] || self.constant(a),
            _ => true,
        })
    }

    /// Joins what an integer instruction would read and write. Constants join
    /// nothing: every user makes its own.
    fn connect(&mut self) {
        for b in 0..self.func.blocks.len() {
            for i in 0..self.func.blocks[b].insts.len() {
                for (x, y) in links(&self.func.blocks[b].insts[i]) {
                    self.link(x, y);
                }
            }
            if let Term::Branch { op, a, b, .. } = self.func.blocks[b].term
                && is_f64_compare(op)
            {
                self.link(a, b);
            }
        }
    }

    fn link(&mut self, x: u32, y: u32) {
        if self.int(x) && self.int(y) && !self.constant(x) && !self.constant(y) {
            self.union(x, y);
        }
    }

    /// Adds up what conversion of each group saves and costs.
    fn weigh(&mut self, graph: &Graph) {
        let depth = &graph.loops(self.func).depth;
        for &b in &graph.order {
            let weight = 8i64.pow(depth[b.index()].min(5));
            for i in 0..self.func.blocks[b.index()].insts.len() {
                let inst = self.func.blocks[b.index()].insts[i];
                self.weigh_inst(&inst, weight);
            }
            match self.func.blocks[b.index()].term {
                Term::Branch { op, a, b, .. } if is_f64_compare(op) => {
                    let both = self.int(a) && self.int(b);
                    for r in [a, b] {
                        self.add(r, if both { weight } else { -2 * weight });
                    }
                }
                Term::Exit { op: Op::Ret, a } if !self.ret => self.add(a, -2 * weight),
                _ => {}
            }
        }
    }

    fn add(&mut self, reg: u32, points: i64) {
        if self.int(reg) && !self.constant(reg) {
            let root = self.root(reg) as usize;
            self.score[root] += points;
        }
    }

    fn weigh_inst(&mut self, inst: &Inst, weight: i64) {
        let def = inst.def().map(|d| d.0).filter(|&d| self.int(d));
        if let Some(d) = def {
            let points = match kind(inst.op) {
                Kind::FromInt => 2 * weight,
                // The remainder of doubles is a division and more.
                Kind::Arithmetic if inst.op == Op::ModF64 => 8 * weight,
                Kind::Arithmetic => weight / 2,
                Kind::Constant => 0,
                Kind::Call if self.ret_is_int(inst.b) => 0,
                // A unit inside its string.
                _ if is_char_code(inst) => 2 * weight,
                _ => -2 * weight,
            };
            self.add(d, points);
        }
        match inst.op {
            Op::F64ToIndex | Op::F64ToI32Wrap | Op::F64ToI32 => self.add(inst.b, 2 * weight),
            _ if is_char_code(inst) => self.add(self.func.args(inst.args)[1].0, 2 * weight),
            Op::F64ToStr | Op::TruthyF64 => {}
            Op::Call => {
                let args = self.func.args(inst.args);
                for (i, arg) in args.iter().enumerate() {
                    if !self.param_is_int(inst.b, i) {
                        self.add(arg.0, -2 * weight);
                    }
                }
            }
            _ if def.is_some() && kind(inst.op) == Kind::Arithmetic => {}
            op if is_f64_compare(op) => {
                let both = self.int(inst.b) && self.int(inst.c);
                for r in [inst.b, inst.c] {
                    self.add(r, if both { weight } else { -2 * weight });
                }
            }
            _ if self.wrap.get(inst.a as usize) == Some(&true) && inst.def().is_some() => {}
            _ => inst.each_use(&self.func.pool, |r| self.add(r.0, -2 * weight)),
        }
    }

    fn ret_is_int(&self, callee: u32) -> bool {
        let sig = self.signatures.get(callee as usize);
        sig.is_some_and(|s| s.closed && s.ret.fits_i32() && !s.ret.is_empty())
    }

    fn param_is_int(&self, callee: u32, index: usize) -> bool {
        let sig = self.signatures.get(callee as usize);
        sig.is_some_and(|s| {
            let range = s.params.get(index).copied().unwrap_or(Range::ANY);
            s.closed && range.fits_i32() && !range.is_empty()
        })
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// Converts an integer.
    FromInt,
    /// Has an integer form.
    Arithmetic,
    Constant,
    Call,
    Other,
}

fn kind(op: Op) -> Kind {
    match op {
        Op::I32ToF64 | Op::UshrF64 => Kind::FromInt,
        Op::Mov
        | Op::AddF64
        | Op::SubF64
        | Op::MulF64
        | Op::ModF64
        | Op::NegF64
        | Op::FloorF64
        | Op::CeilF64
        | Op::TruncF64 => Kind::Arithmetic,
        Op::LoadF64 | Op::LoadF64I => Kind::Constant,
        Op::Call => Kind::Call,
        _ => Kind::Other,
    }
}

fn is_f64_compare(op: Op) -> bool {
    int_compare(op).is_some()
}

/// Pairs of registers that an instruction's integer form needs alike.
fn links(inst: &Inst) -> impl Iterator<Item = (u32, u32)> {
    let kinds = inst.op.operands();
    let pairs = match kind(inst.op) {
        Kind::Arithmetic if kinds[2].is_source() => {
            [Some((inst.a, inst.b)), Some((inst.a, inst.c))]
        }
        Kind::Arithmetic => [Some((inst.a, inst.b)), None],
        _ if is_f64_compare(inst.op) => [Some((inst.b, inst.c)), None],
        _ => [None, None],
    };
    pairs.into_iter().flatten()
}
