//! Translating a callee in place of its call.
//!
//! The callee gets a frame of its own whose registers lie in the image where the
//! interpreter would have put them, so an exit inside it rebuilds the whole chain.

use super::emit::clif_type;
use super::{InlineNode, Register, Translator};
use crate::analysis::Analysis;
use crate::error::JitError;
use crate::snapshot::Snapshot;
use cranelift_codegen::ir::{Block, InstBuilder, SourceLoc, Value};
use raya_bytecode::FRAME_HEADER;

impl<'a> Translator<'a> {
    /// Emits the body of `callee` for the call at the current instruction, whose window
    /// starts at register `window`. Control goes to `done` with the result.
    pub(super) fn inline_body(
        &mut self,
        callee: &'a Snapshot,
        window: u16,
        args: &[Value],
        done: Block,
    ) -> Result<(), JitError> {
        self.tables.census.inlined += 1;
        let ran_code = self.ran_code;
        let (tree, pc, base) = {
            let frame = self.frame();
            (frame.tree, frame.pc, frame.base)
        };
        self.tables.tree.push(InlineNode {
            func: callee.info,
            parent: Some((tree, pc)),
        });
        let node = self.tables.tree.len() as u32 - 1;
        let first = base + u32::from(window) + u32::from(FRAME_HEADER);
        let analysis = Analysis::new(callee.code(), None);
        self.push_frame(callee, analysis, node, first, Some(done));
        for (r, v) in args.iter().enumerate() {
            self.set(r as u16, *v);
        }
        let kinds = self.parameter_numbers(args.len());
        self.find_numbers(&kinds);
        let entry = self.frame().analysis.graph.entry;
        let start = self.frame().blocks[entry.index()].enter;
        self.b.ins().jump(start, &[]);
        let facts = self.frame().facts_in.clone();
        let straight = self.frame().analysis.graph.nodes.len() == 1;
        let result = self.body();
        self.frames.pop();
        if !straight {
            self.young.clear();
        }
        self.facts = facts;
        self.facts.forget_types();
        self.exit = None;
        // Its instructions made their own tests; what prepared the call made none.
        self.ran_code = ran_code;
        self.ended = false;
        self.skip = 0;
        let site = self.site();
        self.b.set_srcloc(SourceLoc::new(site));
        result
    }

    /// The registers that must be defined again behind what is inlined at the current
    /// instruction, with their values. Blocks of a callee with handlers begin before all ways to
    /// them are known, so that the frontend takes the callers' registers there for new values,
    /// of which nothing is known.
    pub(super) fn registers_over_inlined(&mut self) -> Vec<Register> {
        let frame = self.frame();
        let inline = frame.snapshot.inlines.get(&frame.pc);
        let mut callees = inline.iter().flat_map(|inline| &inline.targets);
        match callees.any(|c| !c.code().func.handlers.is_empty()) {
            true => self.registers_of(self.frames.len()),
            false => Vec::new(),
        }
    }

    /// A block that takes the result of a call with that representation.
    pub(super) fn result_block(&mut self, repr: raya_bytecode::Repr) -> (Block, Value) {
        let done = self.fresh();
        let v = self.b.append_block_param(done, clif_type(repr));
        (done, v)
    }
}
