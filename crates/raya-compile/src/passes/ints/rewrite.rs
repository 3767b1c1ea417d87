//! Rewrites a program as planned: registers become i32, instructions take their
//! integer forms, and conversions stand where integers and doubles meet.

use super::analysis::division_of;
use super::inside::is_char_code;
use super::plan::Plan;
use crate::ir::{Func, Inst, Term, VReg};
use crate::lower::Lowered;
use crate::passes::facts::{Defs, Value};
use crate::tables::Tables;
use raya_bytecode::{Const, Op, Repr, TypeDesc, TypeId};

/// The integer form of a comparison; the flag says that the operands change places.
pub(super) fn int_compare(op: Op) -> Option<(Op, bool)> {
    Some(match op {
        Op::LtF64 => (Op::LtI32, false),
        Op::LeF64 => (Op::LeI32, false),
        Op::EqF64 => (Op::EqI32, false),
        Op::NeF64 => (Op::NeI32, false),
        Op::JltF64 => (Op::JltI32, false),
        Op::JleF64 => (Op::JleI32, false),
        Op::JnltF64 => (Op::JleI32, true),
        Op::JnleF64 => (Op::JltI32, true),
        Op::JeqF64 => (Op::JeqI32, false),
        Op::JneF64 => (Op::JneI32, false),
        _ => return None,
    })
}

/// Rewrites a program as planned; tells which functions changed.
pub fn apply(program: &mut [Lowered], plans: &[Plan], tables: &mut Tables) -> Vec<bool> {
    let int = tables.ty(TypeDesc::Int);
    let number = tables.ty(TypeDesc::Number);
    let mut changed = vec![false; program.len()];
    for (f, lowered) in program.iter_mut().enumerate() {
        if !plans[f].changes_code() && !calls_changed(&lowered.func, plans) {
            continue;
        }
        changed[f] = true;
        Rewriter {
            plans,
            plan: &plans[f],
            tables,
            int,
            number,
        }
        .function(&mut lowered.func);
    }
    changed
}

/// Whether a function calls one whose parameters or result change.
fn calls_changed(func: &Func, plans: &[Plan]) -> bool {
    let mut insts = func.blocks.iter().flat_map(|b| &b.insts);
    insts.any(|i| i.op == Op::Call && plans[i.b as usize].changes_code())
}

struct Rewriter<'a> {
    plans: &'a [Plan],
    plan: &'a Plan,
    tables: &'a mut Tables,
    int: TypeId,
    number: TypeId,
}

impl Rewriter<'_> {
    fn converted(&self, reg: u32) -> bool {
        self.plan.convert.get(reg as usize) == Some(&true)
    }

    fn function(&mut self, func: &mut Func) {
        let defs = Defs::new(func);
        let constants: Vec<Option<i32>> = (0..func.regs.len())
            .map(|r| {
                let value = defs
                    .inst(func, VReg(r as u32))
                    .and_then(|i| Value::of(i, self.tables));
                match value {
                    Some(Value::F64(v)) => {
                        let i = v as i32;
                        (f64::from(i).to_bits() == v.to_bits()).then_some(i)
                    }
                    _ => None,
                }
            })
            .collect();
        let divisions: Vec<Option<(VReg, VReg)>> = (0..func.regs.len())
            .map(|r| division_of(func, &defs, VReg(r as u32)))
            .collect();
        for r in 0..func.regs.len() {
            if self.converted(r as u32) || self.plan.wrap.get(r) == Some(&true) {
                func.regs[r].ty = self.int;
                func.regs[r].repr = Repr::I32;
            }
        }
        for b in 0..func.blocks.len() {
            let insts = std::mem::take(&mut func.blocks[b].insts);
            let mut out = Vec::with_capacity(insts.len() + 4);
            for inst in insts {
                self.inst(func, inst, &constants, &divisions, &mut out);
            }
            let mut term = func.blocks[b].term.clone();
            self.term(func, &mut term, b, &constants, &mut out);
            func.blocks[b].insts = out;
            func.blocks[b].term = term;
        }
        self.signature(func);
    }

    /// Parameters and result of a closed function follow its registers.
    fn signature(&mut self, func: &mut Func) {
        let params = (0..func.params).any(|p| self.converted(p));
        if !self.plan.closed || !params && !self.plan.ret {
            return;
        }
        let mut sig = self.tables.module.signatures[func.sig.index()].clone();
        for (i, ty) in sig.params.iter_mut().enumerate() {
            if self.converted(i as u32) {
                *ty = self.int;
            }
        }
        if self.plan.ret {
            sig.ret = self.int;
            func.ret = self.int;
        }
        func.sig = self.tables.signature(sig);
    }

    /// A register that holds a value as an i32.
    fn as_int(
        &mut self,
        func: &mut Func,
        reg: u32,
        constants: &[Option<i32>],
        at: crate::ir::At,
        out: &mut Vec<Inst>,
    ) -> u32 {
        if func.regs[reg as usize].repr == Repr::I32 {
            return reg;
        }
        let t = func.new_reg(self.int, Repr::I32, false).0;
        if let Some(Some(value)) = constants.get(reg as usize) {
            let id = self.tables.constant(Const::I32(*value));
            out.push(Inst::new(Op::LoadI32K, t, id.0.into(), 0, at));
        } else {
            out.push(Inst::new(Op::F64ToI32Wrap, t, reg, 0, at));
        }
        t
    }

    /// A register that holds a value as a double.
    fn as_f64(&self, func: &mut Func, reg: u32, at: crate::ir::At, out: &mut Vec<Inst>) -> u32 {
        if func.regs[reg as usize].repr != Repr::I32 {
            return reg;
        }
        let t = func.new_reg(self.number, Repr::F64, false).0;
        out.push(Inst::new(Op::I32ToF64, t, reg, 0, at));
        t
    }

    fn inst(
        &mut self,
        func: &mut Func,
        inst: Inst,
        constants: &[Option<i32>],
        divisions: &[Option<(VReg, VReg)>],
        out: &mut Vec<Inst>,
    ) {
        let at = inst.at;
        let target = inst
            .def()
            .is_some_and(|d| self.converted(d.0) || self.plan.wrap.get(d.index()) == Some(&true));
        let mut new = inst;
        if target && self.integer_form(func, &mut new, constants, divisions, out) {
            out.push(new);
            return;
        }
        if self.consumer(func, &mut new, constants, divisions, out) {
            out.push(new);
            return;
        }
        if inst.op == Op::Call {
            return self.call(func, inst, constants, out);
        }
        // Everything else reads doubles where it did so before.
        self.read_doubles(func, &mut new, out);
        if target {
            let t = func.new_reg(self.number, Repr::F64, false).0;
            new.a = t;
            out.push(new);
            out.push(Inst::new(Op::F64ToI32Wrap, inst.a, t, 0, at));
        } else {
            out.push(new);
        }
    }

    /// The integer form of an instruction whose result is an integer.
    fn integer_form(
        &mut self,
        func: &mut Func,
        inst: &mut Inst,
        constants: &[Option<i32>],
        divisions: &[Option<(VReg, VReg)>],
        out: &mut Vec<Inst>,
    ) -> bool {
        let at = inst.at;
        let fits = |r: u32| {
            func.regs[r as usize].repr == Repr::I32
                || constants.get(r as usize).copied().flatten().is_some()
        };
        let op = match inst.op {
            _ if is_char_code(inst) => {
                self.unit(func, inst, Op::StrUnit, constants, out);
                return true;
            }
            // Sums and products are right modulo 2^32, a remainder is not.
            Op::ModF64 if !fits(inst.b) || !fits(inst.c) => return false,
            Op::AddF64 => Op::AddI32,
            Op::SubF64 => Op::SubI32,
            Op::MulF64 => Op::MulI32,
            Op::ModF64 => Op::ModI32,
            Op::NegF64 => Op::NegI32,
            Op::Mov => Op::Mov,
            Op::I32ToF64 => {
                inst.op = Op::Mov;
                return true;
            }
            Op::FloorF64 | Op::CeilF64 | Op::TruncF64 => {
                let source = inst.b;
                if let Some((a, b)) = divisions.get(source as usize).copied().flatten()
                    && inst.op != Op::CeilF64
                {
                    inst.b = self.as_int(func, a.0, constants, at, out);
                    inst.c = self.as_int(func, b.0, constants, at, out);
                    inst.op = Op::DivI32;
                    return true;
                }
                Op::Mov
            }
            Op::LoadF64 | Op::LoadF64I => {
                let value = constants.get(inst.a as usize).copied().flatten();
                let value = value.or_else(|| match Value::of(inst, self.tables) {
                    Some(Value::F64(v)) => Some(v as i32),
                    _ => None,
                });
                let Some(value) = value else { return false };
                let id = self.tables.constant(Const::I32(value));
                *inst = Inst::new(Op::LoadI32K, inst.a, id.0.into(), 0, at);
                return true;
            }
            _ => return false,
        };
        inst.b = self.as_int(func, inst.b, constants, at, out);
        if op.operands()[2].is_source() {
            inst.c = self.as_int(func, inst.c, constants, at, out);
        }
        inst.op = op;
        true
    }

    /// Instructions that read doubles and have a form for integers.
    fn consumer(
        &mut self,
        func: &mut Func,
        inst: &mut Inst,
        constants: &[Option<i32>],
        divisions: &[Option<(VReg, VReg)>],
        out: &mut Vec<Inst>,
    ) -> bool {
        let at = inst.at;
        let is_int = |func: &Func, r: u32| func.regs[r as usize].repr == Repr::I32;
        match inst.op {
            Op::F64ToIndex | Op::F64ToI32Wrap | Op::F64ToI32 if is_int(func, inst.b) => {
                inst.op = Op::Mov;
                true
            }
            Op::F64ToI32Wrap => {
                let Some((a, b)) = divisions.get(inst.b as usize).copied().flatten() else {
                    return false;
                };
                let ok = |r: VReg| is_int(func, r.0) || constants[r.index()].is_some();
                let divisor = constants[b.index()].is_some_and(|v| v > 0);
                if !ok(a) || !divisor {
                    return false;
                }
                inst.b = self.as_int(func, a.0, constants, at, out);
                inst.c = self.as_int(func, b.0, constants, at, out);
                inst.op = Op::DivI32;
                true
            }
            Op::F64ToStr if is_int(func, inst.b) => {
                inst.op = Op::I32ToStr;
                true
            }
            _ if is_char_code(inst) => {
                let index = func.args(inst.args)[1].0;
                if !is_int(func, index) && constants[index as usize].is_none() {
                    return false;
                }
                self.unit(func, inst, Op::StrCharCode, constants, out);
                true
            }
            Op::TruthyF64 if is_int(func, inst.b) => {
                let t = func.new_reg(self.int, Repr::I32, false).0;
                let zero = self.tables.constant(Const::I32(0));
                out.push(Inst::new(Op::LoadI32K, t, zero.0.into(), 0, at));
                (inst.op, inst.c) = (Op::NeI32, t);
                true
            }
            op => {
                let Some((int_op, swap)) = int_compare(op) else {
                    return false;
                };
                let Some((x, y)) = self.compared(func, (inst.b, inst.c), constants, at, out) else {
                    return false;
                };
                (inst.op, inst.b, inst.c) = if swap { (int_op, y, x) } else { (int_op, x, y) };
                true
            }
        }
    }

    /// `charCodeAt` at an integer.
    fn unit(
        &mut self,
        func: &mut Func,
        inst: &mut Inst,
        op: Op,
        constants: &[Option<i32>],
        out: &mut Vec<Inst>,
    ) {
        let (s, index) = (func.args(inst.args)[0], func.args(inst.args)[1]);
        let index = self.as_int(func, index.0, constants, inst.at, out);
        *inst = Inst::new(op, inst.a, s.0, index, inst.at);
    }

    /// Both operands of a comparison as integers, if that takes no conversion.
    fn compared(
        &mut self,
        func: &mut Func,
        (x, y): (u32, u32),
        constants: &[Option<i32>],
        at: crate::ir::At,
        out: &mut Vec<Inst>,
    ) -> Option<(u32, u32)> {
        let is_int = |func: &Func, r: u32| func.regs[r as usize].repr == Repr::I32;
        let known = |r: u32| constants.get(r as usize).copied().flatten().is_some();
        let free = |func: &Func, r: u32| is_int(func, r) || known(r);
        if !(free(func, x) && free(func, y) && (is_int(func, x) || is_int(func, y))) {
            return None;
        }
        let x = self.as_int(func, x, constants, at, out);
        let y = self.as_int(func, y, constants, at, out);
        Some((x, y))
    }

    fn read_doubles(&self, func: &mut Func, inst: &mut Inst, out: &mut Vec<Inst>) {
        let at = inst.at;
        let kinds = inst.op.operands();
        let wants_double = |this: &Self, func: &Func, kind, reg: u32| {
            use raya_bytecode::OperandKind as K;
            matches!(kind, K::SF | K::SX)
                && (this.converted(reg))
                && func.regs[reg as usize].repr == Repr::I32
        };
        // `CheckSet` and copies of integers stay with the integer.
        if matches!(inst.op, Op::CheckSet) {
            return;
        }
        if wants_double(self, func, kinds[0], inst.a) {
            inst.a = self.as_f64(func, inst.a, at, out);
        }
        if wants_double(self, func, kinds[1], inst.b) {
            inst.b = self.as_f64(func, inst.b, at, out);
        }
        if wants_double(self, func, kinds[2], inst.c) {
            inst.c = self.as_f64(func, inst.c, at, out);
        }
        let start = inst.args.start as usize;
        for i in start..start + inst.args.len as usize {
            let reg = func.pool[i].0;
            if self.converted(reg) {
                let t = self.as_f64(func, reg, at, out);
                func.pool[i] = VReg(t);
            }
        }
    }

    /// Arguments and result of a direct call, as the callee now has them.
    fn call(
        &mut self,
        func: &mut Func,
        mut inst: Inst,
        constants: &[Option<i32>],
        out: &mut Vec<Inst>,
    ) {
        let at = inst.at;
        let callee = &self.plans[inst.b as usize];
        let start = inst.args.start as usize;
        for i in 0..inst.args.len as usize {
            let reg = func.pool[start + i].0;
            let wanted = callee.closed && callee.convert.get(i) == Some(&true);
            let as_wanted = if wanted {
                self.as_int(func, reg, constants, at, out)
            } else if self.converted(reg) {
                self.as_f64(func, reg, at, out)
            } else {
                reg
            };
            func.pool[start + i] = VReg(as_wanted);
        }
        let target = self.converted(inst.a);
        let gives_int = callee.ret;
        if gives_int == target || !gives_int && func.regs[inst.a as usize].repr != Repr::I32 {
            out.push(inst);
            return;
        }
        let dst = inst.a;
        if gives_int {
            inst.a = func.new_reg(self.int, Repr::I32, false).0;
            out.push(inst);
            out.push(Inst::new(Op::I32ToF64, dst, inst.a, 0, at));
        } else {
            inst.a = func.new_reg(self.number, Repr::F64, false).0;
            out.push(inst);
            out.push(Inst::new(Op::F64ToI32Wrap, dst, inst.a, 0, at));
        }
    }

    fn term(
        &mut self,
        func: &mut Func,
        term: &mut Term,
        block: usize,
        constants: &[Option<i32>],
        out: &mut Vec<Inst>,
    ) {
        let at = func.blocks[block].at;
        match term {
            Term::Branch { op, a, b, .. } => {
                let Some((int_op, swap)) = int_compare(*op) else {
                    return;
                };
                if let Some((x, y)) = self.compared(func, (*a, *b), constants, at, out) {
                    (*op, *a, *b) = if swap { (int_op, y, x) } else { (int_op, x, y) };
                } else {
                    *a = self.as_f64(func, *a, at, out);
                    *b = self.as_f64(func, *b, at, out);
                }
            }
            Term::Exit { op: Op::Ret, a } => {
                if self.plan.ret {
                    *a = self.as_int(func, *a, constants, at, out);
                } else if self.converted(*a) {
                    *a = self.as_f64(func, *a, at, out);
                }
            }
            _ => {}
        }
    }
}
