//! Constant folding, copy propagation, and pairs of instructions that come to one: conversions
//! that undo each other, negated comparisons.
//!
//! A register with one definition is the same everywhere that definition reaches, so
//! its constant or copy is known globally; a variable's is known to the end of the
//! block or to its next assignment.

use super::constants::{evaluate, is_identity};
use super::facts::{Defs, Value};
use crate::ir::{Func, Inst, Term, VReg};
use crate::tables::Tables;
use raya_bytecode::{Op, Repr};

/// How far back an operand may have been made for its own operands to be looked after.
const NEAR: usize = 64;

/// What a register stands for.
#[derive(Clone, Copy, Debug)]
enum Known {
    Value(Value),
    Copy(VReg),
}

/// What is known about a register, and how far.
#[derive(Clone, Copy)]
struct Fact {
    known: Known,
    /// The block to whose end it holds, [`EVERYWHERE`] or [`NOWHERE`].
    block: u32,
    /// For a copy of a variable: how often that had been assigned when it was copied.
    writes: u32,
}

const NOWHERE: u32 = u32::MAX;
const EVERYWHERE: u32 = u32::MAX - 1;

struct Fold<'a> {
    func: &'a mut Func,
    tables: &'a mut Tables,
    defs: Defs,
    /// By register.
    facts: Vec<Fact>,
    /// How often each register has been assigned on the way here.
    writes: Vec<u32>,
    /// The current block.
    block: u32,
    changed: bool,
}

/// Folds a function; tells whether anything changed.
pub fn run(func: &mut Func, tables: &mut Tables) -> bool {
    let unknown = Fact {
        known: Known::Value(Value::Null),
        block: NOWHERE,
        writes: 0,
    };
    let mut fold = Fold {
        defs: Defs::new(func),
        facts: vec![unknown; func.regs.len()],
        writes: vec![0; func.regs.len()],
        func,
        tables,
        block: 0,
        changed: false,
    };
    fold.collect();
    for b in 0..fold.func.blocks.len() {
        fold.block(b);
    }
    fold.changed
}

impl Fold<'_> {
    /// Constants and copies with one definition.
    fn collect(&mut self) {
        for block in &self.func.blocks {
            for inst in &block.insts {
                let known = match Value::of(inst, self.tables) {
                    Some(value) => Known::Value(value),
                    None if inst.op == Op::Mov && self.defs.single(VReg(inst.b)) => {
                        Known::Copy(VReg(inst.b))
                    }
                    None => continue,
                };
                if self.defs.single(VReg(inst.a)) {
                    let fact = &mut self.facts[inst.a as usize];
                    (fact.known, fact.block) = (known, EVERYWHERE);
                }
            }
        }
    }

    #[inline]
    fn known(&self, reg: VReg) -> Option<Known> {
        let fact = &self.facts[reg.index()];
        match fact.known {
            known if fact.block == EVERYWHERE => Some(known),
            _ if fact.block != self.block => None,
            Known::Copy(source) if self.writes[source.index()] != fact.writes => None,
            known => Some(known),
        }
    }

    /// Notes something about a register that holds to the end of the block.
    fn note_here(&mut self, reg: VReg, known: Known, writes: u32) {
        let block = self.block;
        let fact = &mut self.facts[reg.index()];
        if fact.block != EVERYWHERE {
            *fact = Fact {
                known,
                block,
                writes,
            };
        }
    }

    /// The register that a register is a copy of, followed to its source.
    fn source(&self, reg: VReg) -> VReg {
        let mut current = reg;
        for _ in 0..16 {
            match self.known(current) {
                Some(Known::Copy(next)) => current = next,
                _ => break,
            }
        }
        current
    }

    fn value(&self, reg: u32) -> Option<Value> {
        match self.known(self.source(VReg(reg))) {
            Some(Known::Value(value)) => Some(value),
            _ => None,
        }
    }

    fn block(&mut self, b: usize) {
        self.block = b as u32;
        for i in 0..self.func.blocks[b].insts.len() {
            let mut inst = self.func.blocks[b].insts[i];
            let before = inst;
            self.replace_uses(&mut inst);
            self.simplify(&mut inst, (b, i));
            if inst != before {
                self.changed = true;
                self.func.blocks[b].insts[i] = inst;
            }
            self.note(&inst);
        }
        if let Term::Jump(_) | Term::Unreachable = self.func.blocks[b].term {
            return;
        }
        let mut term = std::mem::replace(&mut self.func.blocks[b].term, Term::Unreachable);
        let mut changed = false;
        term.map_uses(|r| {
            let s = self.source(r);
            changed |= s != r;
            s
        });
        if let Some(better) = self.branch(&term) {
            changed |= better != term;
            term = better;
        }
        self.changed |= changed;
        self.func.blocks[b].term = term;
    }

    fn replace_uses(&mut self, inst: &mut Inst) {
        if inst.op == Op::CheckSet {
            return;
        }
        let mut pool = std::mem::take(&mut self.func.pool);
        let mut changed = false;
        inst.map_uses(&mut pool, |r| {
            let s = self.source(r);
            changed |= s != r;
            s
        });
        self.func.pool = pool;
        self.changed |= changed;
    }

    /// Remembers what an instruction makes of its destination.
    fn note(&mut self, inst: &Inst) {
        let Some(d) = inst.def() else { return };
        // What was a copy of the destination is so no longer.
        self.writes[d.index()] += 1;
        let fact = &mut self.facts[d.index()];
        if fact.block == EVERYWHERE {
            return;
        }
        fact.block = NOWHERE;
        let value = Value::of(inst, self.tables);
        if !self.defs.single(d) {
            // A variable is not replaced by what it was assigned from: the value can then
            // be computed into the variable itself.
            if let Some(value) = value {
                self.note_here(d, Known::Value(value), 0);
            }
        } else if let Some(value) = value {
            // A fold has made a constant of it.
            (fact.known, fact.block) = (Known::Value(value), EVERYWHERE);
        } else if inst.op == Op::Mov && inst.b != d.0 {
            let source = VReg(inst.b);
            if self.defs.single(source) {
                (fact.known, fact.block) = (Known::Copy(source), EVERYWHERE);
            } else {
                let writes = self.writes[source.index()];
                self.note_here(d, Known::Copy(source), writes);
            }
        }
    }

    fn simplify(&mut self, inst: &mut Inst, place: (usize, usize)) {
        let at = inst.at;
        if inst.op == Op::Mov {
            if let Some(value) = self.value(inst.b)
                && self.fits(value, inst.a)
            {
                *inst = value.load(inst.a, at, self.tables);
            }
            return;
        }
        let kinds = inst.op.operands();
        if !kinds[0].is_dest() || kinds[0].is_source() || !kinds[1].is_source() {
            return;
        }
        let a = self.value(inst.b);
        let b = if kinds[2].is_source() {
            self.value(inst.c)
        } else {
            None
        };
        if let Some(a) = a
            && (b.is_some() || !kinds[2].is_source())
            && self.tables.has_room_to_fold()
            && let Some(result) = evaluate(inst.op, a, b)
        {
            *inst = result.load(inst.a, at, self.tables);
            return;
        }
        if let Some(b) = b
            && is_identity(inst.op, b)
        {
            *inst = Inst::new(Op::Mov, inst.a, inst.b, 0, at);
            return;
        }
        self.combine(inst, place);
    }

    fn fits(&self, value: Value, reg: u32) -> bool {
        let repr = self.func.reg(VReg(reg)).repr;
        matches!(
            (value, repr),
            (Value::F64(_), Repr::F64)
                | (Value::I32(_), Repr::I32)
                | (Value::Bool(_), Repr::Bool)
                | (Value::Null, Repr::Word)
        )
    }

    /// What an operation comes to because of how its operand was made: a conversion of a
    /// value that was just converted the other way, a comparison that is negated, a shift
    /// whose result only matters as an integer.
    fn combine(&mut self, inst: &mut Inst, at: (usize, usize)) {
        let source = VReg(inst.b);
        let Some(&made) = self.defs.inst(self.func, source) else {
            return;
        };
        let Some(better) = self.combined(inst, &made) else {
            return;
        };
        // The operands must still be what they were when the operand was made.
        let reads_two = better.op.operands()[2].is_source();
        if self.unchanged(VReg(better.b), source, at)
            && (!reads_two || self.unchanged(VReg(better.c), source, at))
        {
            *inst = better;
        }
    }

    fn combined(&self, inst: &Inst, made: &Inst) -> Option<Inst> {
        let (op, c) = match (inst.op, made.op) {
            (Op::UnboxF64, Op::BoxF64)
            | (Op::UnboxI32, Op::BoxI32)
            | (Op::UnboxBool, Op::BoxBool)
            | (Op::F64ToI32Wrap | Op::F64ToIndex | Op::F64ToI32, Op::I32ToF64)
            | (Op::Not, Op::Not) => (Op::Mov, 0),
            (Op::UnboxF64, Op::BoxI32) => (Op::I32ToF64, 0),
            (Op::Not, Op::EqF64) => (Op::NeF64, made.c),
            (Op::Not, Op::EqI32) => (Op::NeI32, made.c),
            (Op::Not, Op::EqBool) => (Op::NeBool, made.c),
            (Op::Not, Op::NeF64) => (Op::EqF64, made.c),
            (Op::Not, Op::NeI32) => (Op::EqI32, made.c),
            (Op::Not, Op::NeBool) => (Op::EqBool, made.c),
            (Op::F64ToI32Wrap | Op::F64ToIndex | Op::F64ToI32, Op::UshrF64) => {
                let Some(Value::I32(shift)) = self.value(made.c) else {
                    return None;
                };
                match shift & 31 {
                    // The bits are those of the operand, but its sign is not.
                    0 if inst.op == Op::F64ToI32Wrap => (Op::Mov, 0),
                    0 => return None,
                    shift => (Op::UshrI32I, shift as u32),
                }
            }
            // A unit outside is NaN there and 0 here, which is what NaN comes to.
            (Op::F64ToI32Wrap, Op::StrCharCode) => (Op::StrUnit, made.c),
            _ => return None,
        };
        Some(Inst::new(op, inst.a, made.b, c, inst.at))
    }

    /// Whether a register holds at an instruction what it held where `source` was made.
    fn unchanged(&self, reg: VReg, source: VReg, (block, index): (usize, usize)) -> bool {
        if self.defs.single(reg) {
            return true;
        }
        let Some((made_in, made_at)) = self.defs.place(source) else {
            return false;
        };
        let from = made_at as usize + 1;
        made_in.index() == block
            && (from..from + NEAR).contains(&index)
            && (from..index).all(|i| self.func.blocks[block].insts[i].def() != Some(reg))
    }

    /// A branch whose condition is known, or made by a comparison.
    fn branch(&mut self, term: &Term) -> Option<Term> {
        let Term::Branch { op, a, b, yes, no } = *term else {
            return None;
        };
        if yes == no && term.def().is_none() {
            return Some(Term::Jump(yes));
        }
        let to = |taken: bool| Some(Term::Jump(if taken { yes } else { no }));
        match op {
            Op::JumpTrue | Op::JumpFalse => {
                let wanted = op == Op::JumpTrue;
                if let Some(Value::Bool(v)) = self.value(a) {
                    return to(v == wanted);
                }
                let (yes, no) = if wanted { (yes, no) } else { (no, yes) };
                self.fuse(VReg(a), yes, no)
            }
            Op::JumpNull | Op::JumpNotNull => {
                let wanted = op == Op::JumpNull;
                if let Some(v) = self.value(a) {
                    return to((v == Value::Null) == wanted);
                }
                let made = self.defs.inst(self.func, VReg(a))?;
                let never_null = matches!(
                    made.op,
                    Op::BoxF64
                        | Op::BoxI32
                        | Op::BoxBool
                        | Op::NewObject
                        | Op::MakeClosure
                        | Op::NewArrayCap
                        | Op::LoadConst
                        | Op::GetFunction
                );
                if never_null { to(!wanted) } else { None }
            }
            Op::JeqI32 if a == b => to(true),
            Op::JneI32 if a == b => to(false),
            _ if op.operands()[1].is_source() => {
                let (x, y) = (self.value(a)?, self.value(b)?);
                match evaluate(op, x, Some(y))? {
                    Value::Bool(v) => to(v),
                    _ => None,
                }
            }
            _ => None,
        }
    }

    /// `JumpTrue` of a comparison's only use.
    fn fuse(&self, cond: VReg, yes: crate::ir::BlockId, no: crate::ir::BlockId) -> Option<Term> {
        let made = self.defs.inst(self.func, cond)?;
        let operands = [VReg(made.b), VReg(made.c)];
        let stable = |kinds: &[usize]| kinds.iter().all(|&i| self.defs.single(operands[i]));
        if made.op == Op::Not && stable(&[0]) {
            return Some(Term::Branch {
                op: Op::JumpFalse,
                a: made.b,
                b: 0,
                yes,
                no,
            });
        }
        if made.op == Op::IsNull && stable(&[0]) {
            return Some(Term::Branch {
                op: Op::JumpNull,
                a: made.b,
                b: 0,
                yes,
                no,
            });
        }
        let op = match made.op {
            Op::LtF64 => Op::JltF64,
            Op::LeF64 => Op::JleF64,
            Op::EqF64 => Op::JeqF64,
            Op::NeF64 => Op::JneF64,
            Op::LtI32 => Op::JltI32,
            Op::LeI32 => Op::JleI32,
            Op::EqI32 => Op::JeqI32,
            Op::NeI32 => Op::JneI32,
            Op::EqRef => Op::JeqRef,
            _ => return None,
        };
        stable(&[0, 1]).then_some(Term::Branch {
            op,
            a: made.b,
            b: made.c,
            yes,
            no,
        })
    }
}
