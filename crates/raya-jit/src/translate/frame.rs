//! The state of one function on the inlined chain: its registers and blocks.

use super::Translator;
use super::emit::clif_type;
use super::facts::Facts;
use super::numbers::Unboxed;
use crate::analysis::numbers::{Numbers, State};
use crate::analysis::{Analysis, LoopId, NodeId, RegSet};
use crate::snapshot::Snapshot;
use cranelift_codegen::ir::types::I64;
use cranelift_codegen::ir::{Block, InstBuilder, Type, Value};
use cranelift_frontend::Variable;
use raya_bytecode::{Function, Op, Repr, TypeDesc};
use rustc_hash::FxHashMap;

/// The CLIF blocks of a node. They differ for a loop header: `enter` runs once before
/// the loop, `body` every round.
#[derive(Clone, Copy, Debug)]
pub struct NodeBlocks {
    /// Where forward edges go.
    pub enter: Block,
    /// Where back-edges go.
    pub body: Block,
}

/// What holds inside a loop.
#[derive(Clone, Debug, Default)]
pub struct LoopState {
    /// Slots of the image that were filled before the loop, with what is in them.
    pub synced: FxHashMap<u32, Value>,
    /// Arrays whose storage is known.
    pub views: FxHashMap<Value, View>,
    /// Rounds left until the budget is charged for them, in loops that keep the count in
    /// a register.
    pub rounds: Option<Variable>,
}

/// The hoisted storage of an array.
#[derive(Clone, Copy, Debug)]
pub struct View {
    /// Address of the storage.
    pub storage: Variable,
    /// Its length.
    pub len: Variable,
}

/// One function on the inlined chain.
pub struct Frame<'a> {
    /// Its bytecode and facts.
    pub snapshot: &'a Snapshot,
    /// Its analyses.
    pub analysis: Analysis,
    /// Index in the inline tree.
    pub tree: u32,
    /// Slot of its register 0 in the image.
    pub base: u32,
    /// Blocks by node.
    pub blocks: Vec<NodeBlocks>,
    /// Where an inlined function returns to, with the result as parameter; none for the root.
    pub returns_to: Option<Block>,
    /// The current node.
    pub node: NodeId,
    /// The current instruction.
    pub pc: u32,
    /// Live registers before each instruction of the current node, and after the last.
    pub live: Vec<RegSet>,
    /// State of the loops whose headers were passed.
    pub loops: Vec<Option<LoopState>>,
    /// What is known where the function starts.
    pub facts_in: Facts,
    /// Words that are not null at the start of a node, by the branch that leads there.
    pub not_null_in: FxHashMap<NodeId, Value>,
    /// What is known at the end of each translated node.
    pub facts_out: Vec<Option<Facts>>,
    /// What joins know about numbers.
    pub numbers: Numbers,
    /// The same behind the instruction that was lowered last.
    pub state: State,
    /// Variables beside those of registers that hold numbers somewhere.
    pub unboxed: FxHashMap<u16, Unboxed>,
    vars: Vec<Variable>,
    types: Vec<(Repr, Type)>,
}

impl<'a> Frame<'a> {
    /// The function's bytecode.
    pub fn func(&self) -> &'a Function {
        self.snapshot.func()
    }

    /// The representation of a register.
    pub fn repr(&self, r: u16) -> Repr {
        self.types[r as usize].0
    }

    /// The CLIF type of a register: wider than its representation says when it may be
    /// unset.
    pub fn var_type(&self, r: u16) -> Type {
        self.types[r as usize].1
    }

    /// The loops around the current node, innermost first.
    pub fn active_loops(&self) -> impl Iterator<Item = LoopId> + '_ {
        let first = self.analysis.loops.of_node[self.node.index()];
        std::iter::successors(first, |l| self.analysis.loops[*l].parent)
    }

    /// Registers live before the current instruction.
    pub fn live_here(&self) -> &RegSet {
        let start = self.analysis.graph[self.node].start;
        &self.live[(self.pc - start) as usize]
    }

    /// Registers live after the current instruction.
    pub fn live_after(&self) -> &RegSet {
        let start = self.analysis.graph[self.node].start;
        &self.live[(self.pc - start) as usize + 1]
    }
}

/// Registers of a narrow representation that may hold the unset marker, which only the
/// full 64 bits can tell.
fn maybe_unset(func: &Function) -> RegSet {
    let mut set = RegSet::new(func.regs.len());
    for ins in &func.code {
        if ins.op == Op::LoadUnset {
            set.insert(ins.a as usize);
        }
    }
    // The marker travels through moves.
    let mut grew = !set.is_empty();
    while grew {
        grew = false;
        for ins in &func.code {
            if ins.op == Op::Mov && set.contains(ins.b as usize) {
                grew |= set.insert(ins.a as usize);
            }
        }
    }
    set
}

impl<'a> Translator<'a> {
    /// The function that is being translated now.
    pub(super) fn frame(&self) -> &Frame<'a> {
        let innermost = self.frames.len() - 1; // never empty while translating
        &self.frames[innermost]
    }

    /// See [`Self::frame`].
    pub(super) fn frame_mut(&mut self) -> &mut Frame<'a> {
        let innermost = self.frames.len() - 1;
        &mut self.frames[innermost]
    }

    /// Starts a function: declares its registers and blocks.
    pub(super) fn push_frame(
        &mut self,
        snapshot: &'a Snapshot,
        analysis: Analysis,
        tree: u32,
        base: u32,
        returns_to: Option<Block>,
    ) {
        let func = snapshot.func();
        let wide = maybe_unset(func);
        let types: Vec<(Repr, Type)> = (func.regs.iter().enumerate())
            .map(|(r, ty)| {
                let repr = snapshot.module.repr(*ty);
                match repr {
                    Repr::I32 | Repr::Bool if wide.contains(r) => (repr, I64),
                    _ => (repr, clif_type(repr)),
                }
            })
            .collect();
        let vars = types.iter().map(|t| self.b.declare_var(t.1)).collect();
        let blocks = (0..analysis.graph.nodes.len() as u32)
            .map(|n| {
                let enter = self.b.create_block();
                let header = analysis.loops.headed_by(NodeId(n)).is_some();
                let body = if header { self.b.create_block() } else { enter };
                NodeBlocks { enter, body }
            })
            .collect();
        self.image_len = self.image_len.max(base + func.regs.len() as u32);
        self.frames.push(Frame {
            snapshot,
            tree,
            base,
            blocks,
            returns_to,
            node: analysis.graph.entry,
            pc: analysis.graph[analysis.graph.entry].start,
            live: Vec::new(),
            loops: vec![None; analysis.loops.list.len()],
            facts_in: self.facts.clone(),
            not_null_in: FxHashMap::default(),
            facts_out: vec![None; analysis.graph.nodes.len()],
            analysis,
            numbers: Numbers::default(),
            state: State::new(),
            unboxed: FxHashMap::default(),
            vars,
            types,
        });
    }

    /// The variable's own value, at its full width.
    pub(super) fn raw(&mut self, r: u16) -> Value {
        let innermost = self.frames.len() - 1;
        self.raw_at(innermost, r)
    }

    /// The variable's own value in a frame further out.
    pub(super) fn raw_at(&mut self, level: usize, r: u16) -> Value {
        let var = self.frames[level].vars[r as usize];
        let v = self.b.use_var(var);
        // What was the parameter of a block may have turned out to be one value.
        self.b.func.dfg.resolve_aliases(v)
    }

    /// Defines the variable at its full width.
    pub(super) fn define(&mut self, r: u16, v: Value) {
        let var = self.frame().vars[r as usize];
        self.b.def_var(var, v);
    }

    /// Defines the variable of a frame further out.
    pub(super) fn define_at(&mut self, level: usize, r: u16, v: Value) {
        let var = self.frames[level].vars[r as usize];
        self.b.def_var(var, v);
    }

    /// A register's value.
    pub(super) fn get(&mut self, r: u16) -> Value {
        let v = self.raw(r);
        let (repr, ty) = self.frame().types[r as usize];
        if ty == clif_type(repr) {
            v
        } else {
            self.b.ins().ireduce(clif_type(repr), v)
        }
    }

    /// Sets a register.
    pub(super) fn set(&mut self, r: u16, v: Value) {
        let (repr, ty) = self.frame().types[r as usize];
        let v = if ty == clif_type(repr) {
            v
        } else {
            self.b.ins().uextend(ty, v)
        };
        self.define(r, v);
    }

    /// The representation of a register.
    pub(super) fn repr(&self, r: u16) -> Repr {
        self.frame().repr(r)
    }

    /// Whether a register's declared type admits only references to objects, which is
    /// then what it always holds.
    pub(super) fn is_reference(&self, r: u16) -> bool {
        let snapshot = self.frame().snapshot;
        let ty = snapshot.func().regs[r as usize];
        matches!(
            snapshot.module.types[ty.index()],
            TypeDesc::String
                | TypeDesc::LitString(_)
                | TypeDesc::Class(_)
                | TypeDesc::ClassOrigin(_)
                | TypeDesc::ClassObject(_)
                | TypeDesc::Array(_)
                | TypeDesc::ReadonlyArray(_)
                | TypeDesc::Tuple { .. }
                | TypeDesc::Function(_)
                | TypeDesc::Object(_)
                | TypeDesc::Dict(_)
                | TypeDesc::AnyObject
        )
    }
}
