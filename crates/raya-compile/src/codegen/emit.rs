//! Emission: blocks in layout order become portable instructions.
//!
//! Chooses back-edge forms, falls through where it can, moves arguments and results
//! that allocation left outside their windows, and records positions, loops and
//! handler ranges. Jumps that do not fit sixteen bits are widened by `relax`.

use super::alloc::{Allocation, NONE};
use super::branch::Cond;
use super::intervals::Intervals;
use super::relax::{self, Fixup};
use super::windows::Shape;
use crate::ir::{At, BlockId, Func, Inst, Term};
use raya_bytecode::{FRAME_HEADER, Handler, Instr, LoopInfo, Op, OperandKind, Position, Reg};

/// The code of a function.
#[derive(Debug, Default)]
pub struct Code {
    /// Instructions.
    pub code: Vec<Instr>,
    /// Positions: byte offsets in `line`, to be resolved by the caller.
    pub positions: Vec<RawPosition>,
    /// Loops.
    pub loops: Vec<LoopInfo>,
    /// Handlers, innermost first.
    pub handlers: Vec<Handler>,
}

/// A position whose offset is not yet a line and a column.
#[derive(Clone, Copy, Debug)]
pub struct RawPosition {
    /// First instruction that it describes.
    pub pc: u32,
    /// Byte offset and inline chain.
    pub at: At,
}

impl RawPosition {
    /// The finished entry.
    pub fn resolve(self, line: u32, column: u32) -> Position {
        Position {
            pc: self.pc,
            line,
            column,
            inline: self.at.inline,
        }
    }
}

pub(super) struct Emitter<'a> {
    func: &'a Func,
    intervals: &'a Intervals,
    alloc: &'a Allocation,
    layout: &'a [BlockId],
    /// Position of each block in the layout.
    place: Vec<u32>,
    code: Vec<Instr>,
    fixups: Vec<Fixup>,
    block_pc: Vec<u32>,
    positions: Vec<RawPosition>,
    back_edges: Vec<(BlockId, u32)>,
    /// How many windows are done: they come in the order of the code.
    windows: usize,
}

/// Emits a function.
pub fn emit(func: &Func, layout: &[BlockId], intervals: &Intervals, alloc: &Allocation) -> Code {
    let mut place = vec![u32::MAX; func.blocks.len()];
    for (i, &b) in layout.iter().enumerate() {
        place[b.index()] = i as u32;
    }
    let mut e = Emitter {
        func,
        intervals,
        alloc,
        layout,
        place,
        code: Vec::new(),
        fixups: Vec::new(),
        block_pc: vec![0; func.blocks.len()],
        positions: Vec::new(),
        back_edges: Vec::new(),
        windows: 0,
    };
    let mut ends = Vec::with_capacity(layout.len());
    for &block in layout {
        e.block_pc[block.index()] = e.code.len() as u32;
        e.block(block);
        ends.push(e.code.len() as u32);
    }
    let mut handlers = e.handlers(&ends);
    let mut code = Code {
        loops: e.loops(),
        code: e.code,
        positions: e.positions,
        handlers: Vec::new(),
    };
    relax::resolve(&mut code, &mut handlers, &e.fixups, &mut e.block_pc);
    code.handlers = handlers;
    code
}

impl Emitter<'_> {
    fn slot(&self, reg: u32) -> u16 {
        let slot = self.alloc.slot[reg as usize];
        // A register that is never live is written only by instructions with another effect.
        if slot == NONE { 0 } else { slot as u16 }
    }

    fn operand(&self, kind: OperandKind, value: u32) -> u16 {
        if kind.is_source() || kind.is_dest() {
            self.slot(value)
        } else {
            value as u16
        }
    }

    fn push(&mut self, op: Op, a: u16, b: u16, c: u16) {
        self.code.push(Instr::new(op, a, b, c));
    }

    fn mark(&mut self, op: Op, at: At) {
        let flags = op.flags();
        if !(flags.throws || flags.user) {
            return;
        }
        if self.positions.last().is_some_and(|p| p.at == at) {
            return;
        }
        let pc = self.code.len() as u32;
        self.positions.push(RawPosition { pc, at });
    }

    fn block(&mut self, block: BlockId) {
        let b = &self.func.blocks[block.index()];
        let start = self.intervals.block_start[block.index()];
        let fused = self.fused_tail(block);
        let plain = b.insts.len() - fused;
        for (i, inst) in b.insts[..plain].iter().enumerate() {
            self.inst(inst, start + i as u32);
        }
        self.term(block, fused);
    }

    fn inst(&mut self, inst: &Inst, index: u32) {
        let windows = &self.alloc.windows.list;
        if windows.get(self.windows).is_some_and(|w| w.at == index) {
            self.window(inst, self.windows as u32);
            self.windows += 1;
            return;
        }
        if inst.op == Op::Mov && self.slot(inst.a) == self.slot(inst.b) {
            return;
        }
        self.mark(inst.op, inst.at);
        let [ka, kb, kc] = inst.op.operands();
        let (a, b, c) = (
            self.operand(ka, inst.a),
            self.operand(kb, inst.b),
            self.operand(kc, inst.c),
        );
        self.push(inst.op, a, b, c);
    }

    fn window(&mut self, inst: &Inst, id: u32) {
        let w = &self.alloc.windows.list[id as usize];
        let base = w.base.unwrap_or_default();
        let first = base + w.shape.offset();
        let args = self.func.args(inst.args);
        for (i, arg) in args.iter().enumerate() {
            let to = (first + i as u32) as u16;
            let from = self.slot(arg.0);
            if from != to {
                self.push(Op::Mov, to, from, 0);
            }
        }
        self.mark(inst.op, inst.at);
        let base = base as u16;
        let count = inst.args.len as u16;
        let (b, c) = (inst.b as u16, inst.c as u16);
        match inst.op {
            // The callee or receiver is not counted.
            Op::CallAny | Op::NewAny => self.push(inst.op, base, count - 1, 0),
            Op::CallSpread | Op::NewSpread => self.push(inst.op, base, 0, 0),
            Op::CallAnyMethod => self.push(inst.op, base, b, count - 1),
            Op::StrConcatN => self.push(inst.op, self.slot(inst.a), base, count),
            Op::MakeClosure => self.push(inst.op, self.slot(inst.a), b, base),
            _ => {
                debug_assert!(c == 0 || w.shape != Shape::Pack);
                self.push(inst.op, base, b, count);
            }
        }
        if w.result.is_some() && self.intervals.uses[inst.a as usize] > 0 {
            let to = self.slot(inst.a);
            if to != base {
                self.push(Op::Mov, to, base, 0);
            }
        }
    }

    /// How many instructions at the end of a block are taken into its back-edge.
    fn fused_tail(&self, block: BlockId) -> usize {
        self.increment_form(block).map_or(0, |(_, n)| n)
    }

    /// `i += 1; if i < n` (and `i < a.length`) as one back-edge.
    fn increment_form(&self, block: BlockId) -> Option<(Cond, usize)> {
        let b = &self.func.blocks[block.index()];
        let Term::Branch {
            op, a, b: rhs, yes, ..
        } = b.term
        else {
            return None;
        };
        if !self.is_back(block, yes) {
            return None;
        }
        let cond = Cond { op, a, b: rhs };
        let counts = |inst: &Inst, reg: u32| {
            inst.op == Op::AddI32I && inst.a == reg && inst.b == reg && inst.c == 1
        };
        if let Some(back) = cond.back_edge()
            && let Some(op) = Cond::increment(back.op)
            && let Some(last) = b.insts.last()
            && counts(last, a)
        {
            return Some((Cond { op, ..back }, 1));
        }
        let [.., inc, len] = b.insts.as_slice() else {
            return None;
        };
        let array = cond.op == Op::JltI32
            && len.op == Op::ArrayLen
            && len.a == rhs
            && self.intervals.uses[rhs as usize] == 1
            && counts(inc, a);
        array.then_some((
            Cond {
                op: Op::LoopIncArray,
                a,
                b: len.b,
            },
            2,
        ))
    }

    fn is_back(&self, from: BlockId, to: BlockId) -> bool {
        self.place[to.index()] <= self.place[from.index()]
    }

    fn term(&mut self, block: BlockId, fused: usize) {
        let b = &self.func.blocks[block.index()];
        let next = self
            .layout
            .get(self.place[block.index()] as usize + 1)
            .copied();
        match &b.term {
            Term::Jump(target) => self.jump(block, *target, next, b.at),
            Term::Branch {
                op,
                a,
                b: rhs,
                yes,
                no,
            } => {
                let cond = Cond {
                    op: *op,
                    a: *a,
                    b: *rhs,
                };
                if fused > 0
                    && let Some((form, _)) = self.increment_form(block)
                {
                    self.cond_jump(form, *yes, b.at);
                    self.back_edges.push((*yes, self.code.len() as u32 - 1));
                    self.jump(block, *no, next, b.at);
                    return;
                }
                self.branch(block, cond, (*yes, *no), next, b.at);
            }
            Term::Table {
                index,
                targets,
                default,
            } => {
                let slot = self.slot(index.0);
                self.push(Op::JumpTable, slot, targets.len() as u16, 0);
                for &target in targets {
                    self.fix(target, true);
                    self.push(Op::Jump, 0, 0, 0);
                }
                self.jump(block, *default, next, b.at);
            }
            Term::Exit { op, a } => {
                self.mark(*op, b.at);
                let a = self.operand(op.operands()[0], *a);
                self.push(*op, a, 0, 0);
            }
            // Reached by no path: an endless loop's exit, kept off the end by this.
            Term::Unreachable => self.push(Op::RetVoid, 0, 0, 0),
        }
    }

    fn branch(
        &mut self,
        block: BlockId,
        cond: Cond,
        (yes, no): (BlockId, BlockId),
        next: Option<BlockId>,
        at: At,
    ) {
        let (yes_back, no_back) = (self.is_back(block, yes), self.is_back(block, no));
        let form = cond.back_edge().filter(|_| yes_back);
        if let Some(form) = form {
            self.cond_jump(form, yes, at);
            self.back_edges.push((yes, self.code.len() as u32 - 1));
            return self.jump(block, no, next, at);
        }
        let inverse = cond.inverse();
        if no_back
            && let Some(inverse) = inverse
            && let Some(form) = inverse.back_edge()
        {
            self.cond_jump(form, no, at);
            self.back_edges.push((no, self.code.len() as u32 - 1));
            return self.jump(block, yes, next, at);
        }
        let swap = inverse.filter(|_| (next == Some(yes) || yes_back) && !no_back);
        let (cond, yes, no) = match swap {
            Some(inverse) => (inverse, no, yes),
            None => (cond, yes, no),
        };
        if self.is_back(block, yes) {
            // Around a back-edge of its own: `if c +2; go no; loop yes`.
            self.cond_jump_by(cond, 2, at);
            self.fix(no, true);
            if self.is_back(block, no) {
                self.back_edges.push((no, self.code.len() as u32));
                self.push(Op::Loop, 0, 0, 0);
            } else {
                self.push(Op::Jump, 0, 0, 0);
            }
            return self.jump(block, yes, None, at);
        }
        self.cond_jump(cond, yes, at);
        self.jump(block, no, next, at);
    }

    fn cond_jump(&mut self, cond: Cond, target: BlockId, at: At) {
        self.fix(target, false);
        self.cond_jump_by(cond, 0, at);
    }

    fn cond_jump_by(&mut self, cond: Cond, by: u16, at: At) {
        self.mark(cond.op, at);
        let [ka, kb, _] = cond.op.operands();
        let (a, b) = (self.operand(ka, cond.a), self.operand(kb, cond.b));
        self.push(cond.op, a, b, by);
    }

    fn jump(&mut self, from: BlockId, target: BlockId, next: Option<BlockId>, at: At) {
        if next == Some(target) {
            return;
        }
        self.fix(target, true);
        if self.is_back(from, target) {
            self.mark(Op::Loop, at);
            self.back_edges.push((target, self.code.len() as u32));
            self.push(Op::Loop, 0, 0, 0);
        } else {
            self.push(Op::Jump, 0, 0, 0);
        }
    }

    fn fix(&mut self, target: BlockId, plain: bool) {
        let pc = self.code.len() as u32;
        self.fixups.push(Fixup { pc, target, plain });
    }

    /// The loops by their headers, each up to its last back-edge.
    fn loops(&self) -> Vec<LoopInfo> {
        let edge = |&(target, pc): &(BlockId, u32)| (self.block_pc[target.index()], pc);
        let mut edges: Vec<(u32, u32)> = self.back_edges.iter().map(edge).collect();
        edges.sort_unstable();
        let mut out: Vec<LoopInfo> = Vec::new();
        for (header, back_edge) in edges {
            if out.last().is_some_and(|l| l.header == header) {
                out.pop();
            }
            out.push(LoopInfo {
                header,
                back_edge,
                weight: (back_edge - header + 1).min(u32::from(u16::MAX)) as u16,
            });
        }
        out
    }

    /// Ranges of every handler, inner handlers before outer ones.
    fn handlers(&self, ends: &[u32]) -> Vec<Handler> {
        // By handler: places in the layout of the first and the last block of each range.
        let mut ranges: Vec<Vec<(usize, usize)>> = vec![Vec::new(); self.func.handlers.len()];
        for (i, &block) in self.layout.iter().enumerate() {
            let mut around = self.func.blocks[block.index()].handler;
            while let Some(id) = around {
                match ranges[id.index()].last_mut() {
                    Some((_, last)) if *last + 1 == i => *last = i,
                    _ => ranges[id.index()].push((i, i)),
                }
                around = self.func.handlers[id.index()].parent;
            }
        }
        let mut out = Vec::new();
        for (info, ranges) in self.func.handlers.iter().zip(&ranges).rev() {
            if self.place[info.target.index()] == u32::MAX {
                continue;
            }
            let ranges = ranges.iter().map(|&(first, last)| Handler {
                start: self.block_pc[self.layout[first].index()],
                end: ends[last],
                target: self.block_pc[info.target.index()],
                reg: Reg(self.slot(info.reg.0)),
            });
            out.extend(ranges.filter(|r| r.start < r.end));
        }
        out
    }
}

/// Slots of a frame that `reg` may need at most; used to refuse frames that cannot
/// be addressed.
pub fn addressable(slots: usize) -> bool {
    slots + FRAME_HEADER as usize <= u16::MAX as usize
}
