//! Exits, exceptions and returns: every way out of the code.

use super::emit::{Region, arg_type, clif_type};
use super::{Entry, Image, Site, Translator, ctx, osr_result, repr_index};
use crate::analysis::{NodeId, RegSet, operands};
use crate::code::stubs::STORE_FRAME_POINTER;
use crate::exits::record::{ExitReason, ExitRecord, FrameRecord, Place};
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::types::{I32, I64};
use cranelift_codegen::ir::{
    Block, BlockArg, InstBuilder, InstructionData, Opcode, Value, ValueDef,
};
use raya_bytecode::Repr;
use raya_runtime::engine::Engine;

/// An exit whose block is still empty.
pub(super) struct PendingExit {
    block: Block,
    /// Slots of the image to fill.
    stores: Vec<(u32, Value)>,
    number: u32,
}

impl Translator<'_> {
    /// The local number of the current place.
    pub(super) fn site(&mut self) -> u32 {
        let frame = self.frame();
        let site = Site {
            node: frame.tree,
            pc: frame.pc,
        };
        if self.tables.sites.last() != Some(&site) {
            self.tables.sites.push(site);
        }
        self.tables.sites.len() as u32 - 1
    }

    /// The block that leaves before the current instruction, which the interpreter then
    /// executes. All checks of one instruction share it.
    ///
    /// The caller has not yet changed a register or memory in this instruction.
    pub(super) fn exit(&mut self, reason: ExitReason) -> Block {
        if let Some(block) = self.exit {
            return block;
        }
        let live = self.frame().live_here().clone();
        let pc = self.frame().pc;
        let block = self.exit_at(reason, self.frames.len() - 1, pc, &live);
        self.exit = Some(block);
        block
    }

    /// A block that leaves before the current instruction for one check alone: exits for this
    /// reason are counted apart from those of the instruction's other checks.
    pub(super) fn exit_apart(&mut self, reason: ExitReason) -> Block {
        let live = self.frame().live_here().clone();
        let pc = self.frame().pc;
        self.exit_at(reason, self.frames.len() - 1, pc, &live)
    }

    /// The block that leaves after the current instruction, whose result is defined.
    pub(super) fn exit_after(&mut self, reason: ExitReason) -> Block {
        let live = self.frame().live_after().clone();
        let pc = self.frame().pc + 1;
        self.exit_at(reason, self.frames.len() - 1, pc, &live)
    }

    /// The block that leaves so that the interpreter goes on at the start of a node.
    pub(super) fn exit_to(&mut self, reason: ExitReason, to: NodeId) -> Block {
        self.exit_to_level(reason, self.frames.len() - 1, to)
    }

    /// The block that leaves so that the interpreter goes on at the start of a node of the
    /// frame at `level`, whose callees are given up.
    pub(super) fn exit_to_level(&mut self, reason: ExitReason, level: usize, to: NodeId) -> Block {
        let frame = &self.frames[level];
        let live = frame.analysis.live.at_start(to).clone();
        let pc = frame.analysis.graph[to].start;
        self.exit_at(reason, level, pc, &live)
    }

    /// A block that leaves with the interpreter's innermost frame, the one at level
    /// `innermost`, at `pc`.
    fn exit_at(&mut self, reason: ExitReason, innermost: usize, pc: u32, live: &RegSet) -> Block {
        let number = self.tables.exits.len() as u32;
        let site = self.site();
        let mut stores = Vec::new();
        let mut frames = Vec::with_capacity(self.frames.len());
        for level in 0..=innermost {
            let (pc, live) = if level == innermost {
                (pc, live.clone())
            } else {
                (self.frames[level].pc, self.live_across(level))
            };
            frames.push(self.exit_frame(level, pc, &live, &mut stores));
        }
        self.tables.exits.push(ExitRecord {
            frames,
            reason,
            site,
            taken: 0.into(),
        });
        let block = self.cold();
        self.pending_exits.push(PendingExit {
            block,
            stores,
            number: self.job.site_base + number,
        });
        block
    }

    /// Emits the exits: a block cannot be left before it is complete, so their bodies
    /// wait until everything else is there.
    pub(super) fn finish_exits(&mut self) {
        for exit in std::mem::take(&mut self.pending_exits) {
            self.b.switch_to_block(exit.block);
            self.b.seal_block(exit.block);
            for (slot, v) in exit.stores {
                self.sync(slot, v);
            }
            let tail = self.exit_tail();
            let number = self.int_const(exit.number as i32);
            self.b.ins().jump(tail, &[BlockArg::Value(number)]);
        }
    }

    /// Registers of an outer frame that are live while its current call runs.
    pub(super) fn live_across(&self, level: usize) -> RegSet {
        let frame = &self.frames[level];
        let mut live = frame.live_after().clone();
        if let Some(d) = operands::dest(frame.func().code[frame.pc as usize]) {
            live.remove(d as usize);
        }
        if let Some((target, reg)) = self.handler(level) {
            let mut caught = frame.analysis.live.at_start(target).clone();
            caught.remove(reg as usize);
            live.union(&caught);
        }
        live
    }

    fn exit_frame(
        &mut self,
        level: usize,
        pc: u32,
        live: &RegSet,
        stores: &mut Vec<(u32, Value)>,
    ) -> FrameRecord {
        let base = self.frames[level].base;
        let mut regs = Vec::new();
        for r in live.iter() {
            let r = r as u16;
            let v = self.raw_at(level, r);
            let ty = self.frames[level].var_type(r);
            let repr = self.frames[level].repr(r);
            let place = match self.constant_of(v) {
                Some(bits) => Place::Const(bits),
                None => {
                    let slot = base + u32::from(r);
                    if !self.is_synced(slot, v) {
                        stores.push((slot, v));
                    }
                    let wide = ty != clif_type(repr);
                    Place::Image(if wide { Repr::Word } else { repr })
                }
            };
            regs.push((r, place));
        }
        FrameRecord {
            func: self.frames[level].snapshot.info,
            base,
            pc,
            regs,
        }
    }

    /// Whether a loop around this place stored `v` in that slot of the image before it
    /// began.
    fn is_synced(&self, slot: u32, v: Value) -> bool {
        self.frames.iter().any(|f| {
            let innermost = f.active_loops().next();
            innermost
                .and_then(|l| f.loops[l.index()].as_ref())
                .is_some_and(|state| state.synced.get(&slot) == Some(&v))
        })
    }

    /// The bits of a constant in register format.
    pub(super) fn constant_of(&self, v: Value) -> Option<u64> {
        let dfg = &self.b.func.dfg;
        let ValueDef::Result(inst, _) = dfg.value_def(v) else {
            return None;
        };
        match dfg.insts[inst] {
            InstructionData::UnaryImm {
                opcode: Opcode::Iconst,
                imm,
            } => {
                let bits = imm.bits() as u64;
                Some(match dfg.value_type(v).bits() {
                    64 => bits,
                    n => bits & ((1 << n) - 1),
                })
            }
            InstructionData::UnaryIeee64 { imm, .. } => Some(imm.bits()),
            _ => None,
        }
    }

    /// Fills a slot of the image.
    pub(super) fn sync(&mut self, slot: u32, v: Value) {
        match self.image {
            Image::Slot(s) => {
                let at = self.b.ins().stack_addr(I64, s, slot as i32 * 8);
                self.store(Region::Image, v, at, 0);
            }
            Image::Frame(fp) => self.store(Region::Image, v, fp, slot as usize * 8),
        }
    }

    /// The shared end of all exits.
    fn exit_tail(&mut self) -> Block {
        if let Some((block, _)) = self.tail {
            return block;
        }
        let block = self.cold();
        let number = self.b.append_block_param(block, I32);
        self.tail = Some((block, number));
        block
    }

    /// Emits the shared end of all exits.
    pub(super) fn finish_tail(&mut self) {
        let Some((block, number)) = self.tail else {
            return;
        };
        self.b.switch_to_block(block);
        self.b.seal_block(block);
        if !STORE_FRAME_POINTER {
            let fp = self.b.ins().get_frame_pointer(I64);
            self.store(Region::Ctx, fp, self.cx, ctx::NATIVE_FP);
        }
        let image = match self.image {
            Image::Slot(slot) => self.b.ins().stack_addr(I64, slot, 0),
            Image::Frame(fp) => fp,
        };
        let jit = self.address(self.job.linkage.jit);
        let (target, ret) = match self.entry {
            Entry::Call => {
                let ret = self.job.snapshot.interface.ret;
                (self.job.linkage.exits[repr_index(ret)], arg_type(ret))
            }
            Entry::Loop(_) => (self.job.linkage.exit_osr, I64),
        };
        let sig = super::signature([I64, I32, I64], Some(ret));
        let v = self.call_address(target, sig, &[self.cx, image, number, jit]);
        self.b.ins().return_(&v);
    }

    /// Calls a fixed address.
    pub(super) fn call_address(
        &mut self,
        target: usize,
        sig: cranelift_codegen::ir::Signature,
        args: &[Value],
    ) -> Vec<Value> {
        let sig = self.import_signature(sig);
        let target = self.address(target);
        let call = self.b.ins().call_indirect(sig, target, args);
        self.b.inst_results(call).to_vec()
    }

    /// The handler that covers the current instruction of a frame, and its register.
    fn handler(&self, level: usize) -> Option<(NodeId, u16)> {
        let frame = &self.frames[level];
        let index = operands::handler_of(frame.func(), frame.pc)?;
        let target = frame.analysis.graph[frame.node].handler?;
        Some((target, frame.func().handlers[index].reg.0))
    }

    /// Ends the current block: an exception is pending. It goes to the innermost handler
    /// of the chain or leaves the function.
    pub(super) fn throw_pending(&mut self) {
        self.count_threw();
        let levels = if self.in_prologue {
            0
        } else {
            self.frames.len()
        };
        for level in (0..levels).rev() {
            let Some((target, reg)) = self.handler(level) else {
                continue;
            };
            let thrown = self.load(I64, Region::Ctx, self.cx, ctx::PENDING);
            // What ends the program is no handler's business.
            let fatal = self.compare_imm(IntCC::Equal, thrown, Engine::UNCATCHABLE.0 as i64);
            let leave = self.unwind_block();
            let caught = self.cold();
            self.b.ins().brif(fatal, leave, &[], caught, &[]);
            self.enter(caught);
            let none = self.word_const(0);
            self.store(Region::Ctx, none, self.cx, ctx::PENDING);
            self.define_at(level, reg, thrown);
            self.test_validity_before(level, target);
            let block = self.edge_at(level, target);
            self.b.ins().jump(block, &[]);
            return;
        }
        let block = self.unwind_block();
        self.b.ins().jump(block, &[]);
    }

    /// The block that leaves the function with an exception pending.
    fn unwind_block(&mut self) -> Block {
        if let Some(block) = self.unwind {
            return block;
        }
        let block = self.cold();
        *self.unwind.insert(block)
    }

    /// Emits the block that leaves with an exception pending.
    pub(super) fn finish_unwind(&mut self) {
        let Some(block) = self.unwind else { return };
        self.b.switch_to_block(block);
        self.b.seal_block(block);
        let v = match self.entry {
            Entry::Call => self.zero(arg_type(self.job.snapshot.interface.ret)),
            Entry::Loop(_) => self.word_const(osr_result::THROWN),
        };
        self.b.ins().return_(&[v]);
    }

    /// Continues in a cold path when an exception is pending.
    pub(super) fn check_pending(&mut self) {
        let pending = self.load(I64, Region::Ctx, self.cx, ctx::PENDING);
        let thrown = self.cold();
        let ok = self.fresh();
        self.b.ins().brif(pending, thrown, &[], ok, &[]);
        self.enter(thrown);
        self.throw_pending();
        self.enter(ok);
    }

    /// Returns from the function that is being translated.
    pub(super) fn return_value(&mut self, repr: Repr, v: Value) {
        self.ended = true;
        if let Some(block) = self.frame().returns_to {
            self.b.ins().jump(block, &[BlockArg::Value(v)]);
            return;
        }
        let v = match self.entry {
            Entry::Call => self.as_arg(repr, v),
            Entry::Loop(_) => {
                let bits = self.as_slot(repr, v);
                self.store(Region::Ctx, bits, self.cx, ctx::RET);
                self.word_const(osr_result::RETURNED)
            }
        };
        self.b.ins().return_(&[v]);
    }
}
