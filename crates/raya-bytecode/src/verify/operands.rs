//! Operands: registers exist and have the right representation, indices are in
//! bounds, jumps stay inside the code.

use super::{Check, Checked};
use crate::{Const, Instr, Op, OperandKind, Repr, SlotOp};

impl Check<'_> {
    pub(super) fn operands(&self, pc: u32, instr: Instr) -> Checked {
        let kinds = instr.op.operands();
        for (kind, value) in kinds.into_iter().zip(instr.operands()) {
            self.operand(kind, value)?;
            if kind.is_dest() || matches!(kind, OperandKind::Base) && instr.op.is_call() {
                self.writable(value)?;
            }
        }
        if let Some(target) = targets(pc, instr) {
            let inside = usize::try_from(target).is_ok_and(|t| t < self.f.code.len());
            if !inside {
                return Err(format!("a jump goes to {target}"));
            }
            // What goes back polls, so that no loop outlasts its budget.
            if target <= i64::from(pc) && !instr.op.flags().loop_ {
                return Err("a jump goes back without a poll".into());
            }
        }
        if instr.op == Op::JumpTable {
            self.jump_table(pc, instr.b)?;
        }
        Ok(())
    }

    fn jump_table(&self, pc: u32, entries: u16) -> Checked {
        let start = pc as usize + 1;
        let Some(list) = self.f.code.get(start..start + entries as usize) else {
            return Err("a jump table runs over the end".into());
        };
        if list
            .iter()
            .any(|i| !matches!(i.op, Op::Jump | Op::JumpWide))
        {
            return Err("a jump table holds something else than jumps".into());
        }
        Ok(())
    }

    fn operand(&self, kind: OperandKind, value: u16) -> Checked {
        use OperandKind as K;
        let m = self.m;
        let index = value as usize;
        let len = match kind {
            K::DF | K::SF => return self.repr_is(value, Repr::F64),
            K::DI | K::SI | K::MI => return self.repr_is(value, Repr::I32),
            K::DB | K::SB => return self.repr_is(value, Repr::Bool),
            K::DW | K::SW | K::MW => return self.repr_is(value, Repr::Word),
            K::DX | K::SX | K::Base => self.f.regs.len(),
            K::KF => return self.constant(value, |c| matches!(c, Const::F64(_))),
            K::KI => return self.constant(value, |c| matches!(c, Const::I32(_))),
            K::KW => m.consts.len(),
            K::Func => m.functions.len(),
            K::Class => m.classes.len(),
            K::Field => m.fields.len(),
            K::Method => m.methods.len(),
            K::Prop => m.props.len(),
            K::Type => m.types.len(),
            K::Global => m.globals.len(),
            K::Name => m.strings.len(),
            K::Sig => m.signatures.len(),
            K::Native => {
                super::tables::resolve_native(value)?;
                return Ok(());
            }
            K::SlotOp if SlotOp::from_u16(value).is_none() => {
                return Err("an unknown operator".into());
            }
            K::SlotOp | K::None | K::Imm | K::Count | K::Jump | K::Wide | K::WideHi => {
                return Ok(());
            }
        };
        if index < len {
            Ok(())
        } else {
            Err(format!("operand {value} is out of bounds"))
        }
    }

    fn repr_is(&self, reg: u16, repr: Repr) -> Checked {
        let ty = self.reg_type(reg)?;
        if self.m.repr(ty) == repr {
            Ok(())
        } else {
            Err(format!("register {reg} has another representation"))
        }
    }

    fn constant(&self, index: u16, test: impl Fn(&Const) -> bool) -> Checked {
        match self.m.consts.get(index as usize) {
            Some(c) if test(c) => Ok(()),
            Some(_) => Err("a constant of another kind".into()),
            None => Err("a constant is out of bounds".into()),
        }
    }
}

/// Where an instruction may jump to, the next instruction and jump tables apart.
pub(super) fn targets(pc: u32, instr: Instr) -> Option<i64> {
    match instr.op {
        Op::JumpWide | Op::LoopWide => {
            let offset = (u32::from(instr.b) | u32::from(instr.c) << 16) as i32;
            Some(i64::from(pc) + i64::from(offset))
        }
        op if op.operands()[2] == OperandKind::Jump => {
            Some(i64::from(pc) + i64::from(instr.c as i16))
        }
        _ => None,
    }
}
