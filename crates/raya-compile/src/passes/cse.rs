//! Common subexpressions.
//!
//! Walks the dominator tree. Values of operations without memory (and checks, which
//! cannot fail a second time) are found in all dominating blocks if their operands
//! have one definition, else in the same block as long as the operands stay what
//! they are. Loads are found in the same block up to a store or call that may change
//! them; a stored field's value serves the next load.

use super::facts::Defs;
use crate::ir::analysis::{Graph, Visit};
use crate::ir::{BlockId, Func, Inst, VReg};
use raya_bytecode::{Op, TypeId};
use rustc_hash::FxHashMap;

/// An operation on operands in a certain state, with the type of its result: a number that
/// was boxed as one union is not known to fit another.
type Key = (Op, u32, u32, u32, u32, TypeId);

struct Cse<'a> {
    func: &'a mut Func,
    defs: Defs,
    /// Writes so far in the block, of registers with several definitions.
    versions: FxHashMap<VReg, u32>,
    table: FxHashMap<Key, VReg>,
    /// What to put back when the walk leaves the open blocks, innermost last.
    undo: Vec<(Key, Option<VReg>)>,
    /// Keys that hold only in the current block.
    local: Vec<Key>,
    /// Loads known in the current block.
    loads: Vec<Load>,
    /// Whether the current block lies under a handler.
    guarded: bool,
    stamp: u32,
    changed: bool,
}

#[derive(Clone, Copy)]
struct Load {
    op: Op,
    object: VReg,
    version: u32,
    member: u32,
    value: VReg,
    value_version: u32,
}

/// Removes common subexpressions of a function; tells whether there were any.
pub fn run(func: &mut Func, graph: &Graph) -> bool {
    let visits = graph.dom(func).walk(&graph.order);
    let defs = Defs::new(func);
    let mut cse = Cse {
        func,
        defs,
        versions: FxHashMap::default(),
        table: FxHashMap::default(),
        undo: Vec::new(),
        local: Vec::new(),
        loads: Vec::new(),
        guarded: false,
        stamp: 0,
        changed: false,
    };
    let mut open = Vec::new();
    for visit in visits {
        match visit {
            Visit::Enter(b) => {
                open.push(cse.undo.len());
                cse.block(b);
            }
            Visit::Leave => cse.leave(open.pop().unwrap_or(0)),
        }
    }
    cse.changed
}

impl Cse<'_> {
    fn leave(&mut self, length: usize) {
        while self.undo.len() > length
            && let Some((key, old)) = self.undo.pop()
        {
            match old {
                Some(value) => self.table.insert(key, value),
                None => self.table.remove(&key),
            };
        }
    }

    fn block(&mut self, b: BlockId) {
        // A new stamp makes versions of other blocks unequal to this one's.
        self.stamp += 1;
        self.versions.clear();
        self.loads.clear();
        self.guarded = self.func.blocks[b.index()].handler.is_some();
        let mut insts = std::mem::take(&mut self.func.blocks[b.index()].insts);
        for inst in &mut insts {
            self.inst(inst);
            if let Some(d) = inst.def()
                && !self.defs.single(d)
            {
                *self.versions.entry(d).or_insert(0) += 1;
            }
        }
        self.func.blocks[b.index()].insts = insts;
        for key in std::mem::take(&mut self.local) {
            self.table.remove(&key);
        }
    }

    fn version(&self, reg: VReg) -> u32 {
        if self.defs.single(reg) {
            return 0;
        }
        (self.stamp << 12) | (1 + self.versions.get(&reg).copied().unwrap_or(0).min(0xFFE))
    }

    fn inst(&mut self, inst: &mut Inst) {
        if is_load(inst.op) {
            return self.load(inst);
        }
        self.forget_loads(inst);
        if !is_value(inst.op) {
            return;
        }
        let Some(d) = inst.def() else { return };
        let kinds = inst.op.operands();
        let mut key: Key = (inst.op, inst.b, 0, inst.c, 0, self.func.reg(d).ty);
        // A handler may be entered from the middle of its blocks, so what they compute
        // is not there for the blocks that they dominate.
        let mut global = self.defs.single(d) && !self.guarded;
        if kinds[1].is_source() {
            key.2 = self.version(VReg(inst.b));
            global &= key.2 == 0;
        }
        if kinds[2].is_source() {
            key.4 = self.version(VReg(inst.c));
            global &= key.4 == 0;
        }
        if let Some(&value) = self.table.get(&key) {
            if value != d {
                *inst = Inst::new(Op::Mov, d.0, value.0, 0, inst.at);
                self.changed = true;
            }
            return;
        }
        // The result must stay what it is while the key is known.
        if !self.defs.single(d) {
            return;
        }
        let old = self.table.insert(key, d);
        if global {
            self.undo.push((key, old));
        } else {
            self.local.push(key);
        }
    }

    fn load(&mut self, inst: &mut Inst) {
        let object = VReg(inst.b);
        let version = self.version(object);
        let found = self.loads.iter().find(|l| {
            l.op == inst.op && l.object == object && l.version == version && l.member == inst.c
        });
        let d = VReg(inst.a);
        if let Some(&load) = found
            && self.version(load.value) == load.value_version
            && self.func.reg(d).ty == self.func.reg(load.value).ty
        {
            *inst = Inst::new(Op::Mov, inst.a, load.value.0, 0, inst.at);
            self.changed = true;
            return;
        }
        if self.defs.single(d) && d != object {
            self.loads.push(Load {
                op: inst.op,
                object,
                version,
                member: inst.c,
                value: d,
                value_version: 0,
            });
        }
    }

    fn forget_loads(&mut self, inst: &Inst) {
        let flags = inst.op.flags();
        match inst.op {
            Op::SetField => {
                // Lowering names a field by the class that declares it, so only equal
                // references can mean the same field.
                self.loads
                    .retain(|l| l.op == Op::ArrayLen || l.member != inst.b);
                let (object, value) = (VReg(inst.a), VReg(inst.c));
                for op in [Op::GetField, Op::GetFieldSet] {
                    self.loads.push(Load {
                        op,
                        object,
                        version: self.version(object),
                        member: inst.b,
                        value,
                        value_version: self.version(value),
                    });
                }
            }
            _ if flags.user => self.loads.clear(),
            op if changes_arrays(op) => self.loads.retain(|l| l.op != Op::ArrayLen),
            _ => {}
        }
    }
}

fn is_load(op: Op) -> bool {
    matches!(op, Op::GetField | Op::GetFieldSet | Op::ArrayLen)
}

fn changes_arrays(op: Op) -> bool {
    matches!(
        op,
        Op::ArrayPush
            | Op::ArrayPop
            | Op::ArraySetLen
            | Op::ArraySetF64
            | Op::ArraySetI32
            | Op::ArraySetBool
            | Op::ArraySetW
    )
}

/// Operations whose result depends on their operands only.
fn is_value(op: Op) -> bool {
    let n = op as u16;
    let converts = (Op::I32ToF64 as u16..=Op::BoxBool as u16).contains(&n);
    let computes = (Op::AddF64 as u16..=Op::NeBool as u16).contains(&n);
    converts
        || computes
        || matches!(
            op,
            Op::UnboxF64
                | Op::UnboxI32
                | Op::UnboxBool
                | Op::NonNull
                | Op::Narrow
                | Op::Not
                | Op::TruthyF64
                | Op::EqRef
                | Op::IsNull
                | Op::StrLen
                | Op::GetCapture
                | Op::GetClass
        )
}
