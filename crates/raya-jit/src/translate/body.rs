//! The walk over a function's nodes, and what happens at the start of a loop.

use super::checks::ROUNDS;
use super::{Lowered, Register, Translator, lower};
use crate::analysis::{LoopId, NodeId};
use crate::error::JitError;
use crate::translate::frame::LoopState;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{Block, InstBuilder, SourceLoc, Value};
use raya_bytecode::Instr;

impl Translator<'_> {
    /// Translates every node of the innermost frame.
    pub(super) fn body(&mut self) -> Lowered {
        let mut last = None;
        for n in self.frame().analysis.graph.rpo.clone() {
            // What holds at the end of a node holds at the start of its only successor's
            // only way in; the first node of an inlined function goes on from its call.
            let preds = &self.frame().analysis.graph[n].preds;
            let straight = match preds[..] {
                [] => true,
                [only] => {
                    last == Some(only) && self.frame().analysis.graph[only].handler != Some(n)
                }
                _ => false,
            };
            self.facts_at(n, straight);
            last = Some(n);
            self.start_node(n);
            let (start, end) = {
                let node = &self.frame().analysis.graph[n];
                (node.start, node.end)
            };
            let mut pc = start;
            while pc < end && !self.ended {
                self.skip = 0;
                self.instruction(pc)?;
                pc += 1 + self.skip;
            }
            if !self.ended {
                let next = self.frame().analysis.graph[n].succs.last().copied();
                let next = next.ok_or_else(|| JitError::Malformed("code runs off".into()))?;
                let block = self.edge(next);
                self.b.ins().jump(block, &[]);
            }
            self.keep_facts(n);
        }
        // Back-edges are complete only now.
        for n in 0..self.frame().blocks.len() {
            let blocks = self.frame().blocks[n];
            let node = NodeId(n as u32);
            if blocks.body != blocks.enter || self.is_irregular(node) {
                self.b.seal_block(blocks.body);
            }
        }
        Ok(())
    }

    /// Translates the instruction at `pc`.
    fn instruction(&mut self, pc: u32) -> Lowered {
        self.frame_mut().pc = pc;
        self.exit = None;
        let site = self.site();
        self.b.set_srcloc(SourceLoc::new(site));
        self.tables.census.instructions += 1;
        self.ran_code = false;
        let ins = self.frame().func().code[pc as usize];
        let begun = self.count_begin(ins);
        let around = std::mem::replace(&mut self.counted, begun);
        lower::lower(self, ins)?;
        for k in 0..=self.skip {
            let ins = self.frame().func().code[(pc + k) as usize];
            self.follow_numbers(pc + k, ins)?;
        }
        if !self.ended {
            self.count_end();
        }
        self.counted = around;
        self.test_validity(self.skip);
        if self.skip == 0 {
            self.force_invalid(ins);
        }
        Ok(())
    }

    /// Where somebody wants to know, counts an instruction as run; gives the collections so
    /// far.
    fn count_begin(&mut self, ins: Instr) -> Option<Value> {
        let begin = self.job.linkage.coverage?.begin;
        let (op, jit) = (
            self.int_const(ins.op as i32),
            self.address(self.job.linkage.jit),
        );
        let sig = super::signature([I32, I64], Some(I64));
        Some(self.call_address(begin, sig, &[self.cx, op, jit])[0])
    }

    /// Counts whether there were collections since the current instruction began.
    fn count_end(&mut self) {
        if let (Some(links), Some(before)) = (self.job.linkage.coverage, self.counted) {
            let frame = self.frame();
            let op = frame.func().code[frame.pc as usize].op;
            let (op, jit) = (
                self.int_const(op as i32),
                self.address(self.job.linkage.jit),
            );
            let sig = super::signature([I32, I64, I64], Some(I64));
            self.call_address(links.end, sig, &[self.cx, op, before, jit]);
        }
    }

    /// Counts the current instruction as throwing, and whether it collected on its way there.
    pub(super) fn count_threw(&mut self) {
        let Some(links) = self.job.linkage.coverage else {
            return;
        };
        if !self.in_prologue {
            let frame = self.frame();
            let op = frame.func().code[frame.pc as usize].op;
            let (op, jit) = (
                self.int_const(op as i32),
                self.address(self.job.linkage.jit),
            );
            let sig = super::signature([I32, I64], Some(I64));
            self.call_address(links.threw, sig, &[self.cx, op, jit]);
            self.count_end();
        }
    }

    /// The instruction `n` behind the current one, if it is in the same node and may be done
    /// together with it.
    pub(super) fn following(&self, n: u32) -> Option<Instr> {
        if self.job.linkage.coverage.is_some() {
            return None; // each instruction is counted
        }
        let frame = self.frame();
        let pc = frame.pc + n;
        let node = &frame.analysis.graph[frame.node];
        (pc < node.end).then(|| frame.func().code[pc as usize])
    }

    /// Whether a register is live after the instruction `n` behind the current one.
    pub(super) fn live_behind(&self, n: u32, r: u16) -> bool {
        let frame = self.frame();
        let start = frame.analysis.graph[frame.node].start;
        frame.live[(frame.pc + n - start) as usize + 1].contains(r as usize)
    }

    /// The block of the edge from the current node to `to`.
    pub(super) fn edge(&mut self, to: NodeId) -> Block {
        let level = self.frames.len() - 1;
        self.edge_at(level, to)
    }

    /// The block of the edge from the current node of a frame to `to`.
    pub(super) fn edge_at(&mut self, level: usize, to: NodeId) -> Block {
        let frame = &self.frames[level];
        let blocks = frame.blocks[to.index()];
        let loops = &frame.analysis.loops;
        match loops.headed_by(to) {
            Some(l) if loops.contains(l, frame.node) => blocks.body,
            _ => blocks.enter,
        }
    }

    fn is_irregular(&self, n: NodeId) -> bool {
        self.frame().analysis.loops.irregular.contains(n.index())
    }

    fn start_node(&mut self, n: NodeId) {
        self.ended = false;
        let frame = self.frame();
        let live = (frame.analysis.live).within(frame.snapshot.code(), &frame.analysis.graph, n);
        let blocks = frame.blocks[n.index()];
        let header = frame.analysis.loops.headed_by(n);
        let start = frame.analysis.graph[n].start;
        self.b.switch_to_block(blocks.enter);
        if !self.is_irregular(n) {
            self.b.seal_block(blocks.enter);
        }
        // Before the loop the enclosing loops are the active ones.
        if header.is_none() {
            self.frame_mut().node = n;
        }
        let frame = self.frame_mut();
        frame.pc = start;
        frame.live = live;
        frame.state = frame.numbers.at(n).to_vec();
        if let Some(l) = header {
            self.enter_loop(l, n);
            self.frame_mut().node = n;
            self.join_numbers(n);
        } else if self.frame().analysis.graph[n].preds.len() > 1 {
            self.join_numbers(n);
        }
    }

    /// The registers of the outermost `count` frames that are live behind the calls they are
    /// at, with their values.
    pub(super) fn registers_of(&mut self, count: usize) -> Vec<Register> {
        let mut all = Vec::new();
        for level in 0..count {
            for r in self.live_across(level).iter() {
                let v = self.raw_at(level, r as u16);
                all.push((level, r as u16, v));
            }
        }
        all
    }

    /// Defines registers again in a block where the frontend does not see their values.
    pub(super) fn redefine(&mut self, registers: Vec<Register>) {
        for (level, r, v) in registers {
            self.define_at(level, r, v);
        }
    }

    /// Emits what runs once before a loop, and starts its body.
    fn enter_loop(&mut self, l: LoopId, n: NodeId) {
        let frame = self.frame();
        let modified = frame.analysis.loops[l].modified.clone();
        let invariant: Vec<u16> = (frame.analysis.live.at_start(n).iter())
            .filter(|r| !modified.contains(*r))
            .map(|r| r as u16)
            .collect();
        let parent = frame.analysis.loops[l].parent;
        let base = frame.base;
        let outer = parent.and_then(|p| self.frame().loops[p.index()].clone());
        let mut state = LoopState::default();
        if let Some(outer) = outer {
            state.synced = outer.synced;
        }
        let mut values = Vec::new();
        for &r in &invariant {
            let v = self.raw(r);
            values.push(v);
            let slot = base + u32::from(r);
            if self.constant_of(v).is_none() && state.synced.get(&slot) != Some(&v) {
                self.sync(slot, v);
                state.synced.insert(slot, v);
            }
        }
        if self.is_quiet(l) {
            self.hoist_views(l, &invariant, &mut state);
            if self.frame().analysis.loops[l].innermost {
                let rounds = self.b.declare_var(I32);
                let full = self.int_const(ROUNDS);
                self.b.def_var(rounds, full);
                state.rounds = Some(rounds);
            }
        }
        // No loop of the innermost function changes them.
        let around = self.registers_of(self.frames.len() - 1);
        let body = self.frame().blocks[n.index()].body;
        self.b.ins().jump(body, &[]);
        self.b.switch_to_block(body);
        for (&r, v) in invariant.iter().zip(values) {
            self.define(r, v);
        }
        self.redefine(around);
        self.frame_mut().loops[l.index()] = Some(state);
    }
}
