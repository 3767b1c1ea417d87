//! Facts that several passes ask for: how often registers are read and written,
//! where a register's only definition stands, what constant it is.

use crate::ir::{BlockId, Func, Inst, VReg};
use crate::tables::Tables;
use raya_bytecode::Op;

/// How often each register is read.
pub fn uses(func: &Func) -> Vec<u32> {
    let mut uses = vec![0; func.regs.len()];
    for block in &func.blocks {
        for inst in &block.insts {
            inst.each_use(&func.pool, |r| uses[r.index()] += 1);
        }
        block.term.each_use(|r| uses[r.index()] += 1);
    }
    uses
}

/// Who writes a register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Writer {
    /// The block of the only instruction that does, or one of the constants below.
    block: u32,
    /// Its place there.
    index: u32,
}

impl Writer {
    /// Nobody.
    const NONE: Writer = Writer::without_place(u32::MAX);
    /// Several.
    const MANY: Writer = Writer::without_place(u32::MAX - 1);
    /// One that is no instruction: the caller, a throw, a terminator.
    const OUTSIDE: Writer = Writer::without_place(u32::MAX - 2);

    const fn without_place(block: u32) -> Writer {
        Writer { block, index: 0 }
    }

    /// Adds a writer to those known so far.
    fn join(&mut self, other: Writer) {
        *self = if *self == Writer::NONE {
            other
        } else {
            Writer::MANY
        };
    }
}

/// Which registers have one definition, and where it stands.
#[derive(Debug)]
pub struct Defs {
    writers: Vec<Writer>,
}

impl Defs {
    /// Finds the definitions.
    pub fn new(func: &Func) -> Self {
        let mut writers = vec![Writer::NONE; func.regs.len()];
        writers[..func.params as usize].fill(Writer::OUTSIDE);
        for h in &func.handlers {
            writers[h.reg.index()].join(Writer::OUTSIDE);
        }
        for (b, block) in func.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                if let Some(d) = inst.def() {
                    let (block, index) = (b as u32, i as u32);
                    writers[d.index()].join(Writer { block, index });
                }
            }
            if let Some(d) = block.term.def() {
                writers[d.index()].join(Writer::OUTSIDE);
            }
        }
        Self { writers }
    }

    /// Whether a register is written exactly once; a parameter is, by the caller.
    #[inline]
    pub fn single(&self, reg: VReg) -> bool {
        let writer = self.writers[reg.index()];
        writer != Writer::NONE && writer != Writer::MANY
    }

    /// Whether any register is written more than once.
    pub fn any_variable(&self) -> bool {
        self.writers.contains(&Writer::MANY)
    }

    /// The only definition of a register, if it is an instruction.
    #[inline]
    pub fn inst<'f>(&self, func: &'f Func, reg: VReg) -> Option<&'f Inst> {
        let (block, index) = self.place(reg)?;
        func.blocks[block.index()].insts.get(index as usize)
    }

    /// Where that is.
    #[inline]
    pub fn place(&self, reg: VReg) -> Option<(BlockId, u32)> {
        let writer = self.writers[reg.index()];
        (writer.block < Writer::OUTSIDE.block).then_some((BlockId(writer.block), writer.index))
    }
}

/// A constant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Value {
    /// A double.
    F64(f64),
    /// An integer.
    I32(i32),
    /// A boolean.
    Bool(bool),
    /// null
    Null,
}

impl Value {
    /// The constant that an instruction loads.
    pub fn of(inst: &Inst, tables: &Tables) -> Option<Value> {
        Some(match inst.op {
            Op::LoadF64 => Value::F64(tables.f64_value(inst.b)?),
            Op::LoadF64I => Value::F64(f64::from(inst.b as i32)),
            Op::LoadI32 => Value::I32(inst.b as i32),
            Op::LoadI32K => Value::I32(tables.i32_value(inst.b)?),
            Op::LoadBool => Value::Bool(inst.b != 0),
            Op::LoadNull => Value::Null,
            _ => return None,
        })
    }

    /// The instruction that loads it.
    pub fn load(self, dst: u32, at: crate::ir::At, tables: &mut Tables) -> Inst {
        let (op, b) = match self {
            Value::F64(v) => (Op::LoadF64, tables.f64(v).0.into()),
            Value::I32(v) => {
                let id = tables.constant(raya_bytecode::Const::I32(v));
                (Op::LoadI32K, id.0.into())
            }
            Value::Bool(v) => (Op::LoadBool, v.into()),
            Value::Null => (Op::LoadNull, 0),
        };
        Inst::new(op, dst, b, 0, at)
    }
}
