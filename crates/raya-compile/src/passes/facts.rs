//! Facts that several passes ask for: how often registers are read and written,
//! where a register's only definition stands, what constant it is.

use crate::ir::{BlockId, Func, Inst, VReg};
use crate::tables::Tables;
use raya_bytecode::Op;

/// Counts of reads and writes.
#[derive(Debug)]
pub struct Counts {
    /// Reads per register.
    pub uses: Vec<u32>,
    /// Writes per register; a parameter has one from the start.
    pub defs: Vec<u32>,
}

impl Counts {
    /// Counts over all blocks.
    pub fn new(func: &Func) -> Self {
        let n = func.regs.len();
        let mut this = Self {
            uses: vec![0; n],
            defs: vec![0; n],
        };
        for p in 0..func.params as usize {
            this.defs[p] = 1;
        }
        for h in &func.handlers {
            this.defs[h.reg.index()] += 1;
        }
        for block in &func.blocks {
            for inst in &block.insts {
                inst.each_use(&func.pool, |r| this.uses[r.index()] += 1);
                if let Some(d) = inst.def() {
                    this.defs[d.index()] += 1;
                }
            }
            block.term.each_use(|r| this.uses[r.index()] += 1);
            if let Some(d) = block.term.def() {
                this.defs[d.index()] += 1;
            }
        }
        this
    }

    /// Whether a register is written exactly once.
    #[inline]
    pub fn single(&self, reg: VReg) -> bool {
        self.defs[reg.index()] == 1
    }
}

/// Where each register with one definition is defined.
#[derive(Debug)]
pub struct Defs {
    place: Vec<Option<(BlockId, u32)>>,
}

impl Defs {
    /// Finds the definitions.
    pub fn new(func: &Func, counts: &Counts) -> Self {
        let mut place = vec![None; func.regs.len()];
        for (b, block) in func.blocks.iter().enumerate() {
            for (i, inst) in block.insts.iter().enumerate() {
                if let Some(d) = inst.def()
                    && counts.single(d)
                {
                    place[d.index()] = Some((BlockId(b as u32), i as u32));
                }
            }
        }
        Self { place }
    }

    /// The only definition of a register, if it is an instruction.
    pub fn inst<'f>(&self, func: &'f Func, reg: VReg) -> Option<&'f Inst> {
        let (block, index) = self.place[reg.index()]?;
        func.blocks[block.index()].insts.get(index as usize)
    }

    /// Where that is.
    pub fn place(&self, reg: VReg) -> Option<(BlockId, u32)> {
        self.place[reg.index()]
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
