//! Operators, by the representation of their operands.
//!
//! After substitution both operands of an operator are numbers, ints, strings,
//! booleans, or anything (then the operation goes through the slots).

use super::ctx::Lower;
use crate::ir::VReg;
use raya_bytecode::{Op, Repr, Slot, SlotOp, TypeDesc};
use raya_check::hir::{Expr, ExprId, UnOp};
use raya_syntax::ast::BinaryOp;

/// What both operands of an operator are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operands {
    Number,
    Int,
    Bool,
    Str,
    Word,
}

impl Lower<'_, '_> {
    /// A binary operator.
    pub fn binary(&mut self, e: &Expr, op: BinaryOp, left: ExprId, right: ExprId) -> VReg {
        let (a, b, kind) = self.operands(left, right);
        self.binary_values(e, op, a, b, kind)
    }

    /// A binary operator on evaluated operands.
    pub(super) fn binary_values(
        &mut self,
        e: &Expr,
        op: BinaryOp,
        a: VReg,
        b: VReg,
        kind: Operands,
    ) -> VReg {
        if let Some(value) = self.comparison_value(op, a, b, kind) {
            return value;
        }
        match kind {
            Operands::Number | Operands::Bool => self.number_binary(e, op, a, b),
            Operands::Int => self.int_binary(op, a, b),
            Operands::Str if op == BinaryOp::Add => {
                self.emit_to(self.c.string, Op::StrConcat, a.0, b.0)
            }
            _ => {
                let value = self.any_binary(op, a, b);
                // A comparison may give anything; where a boolean is wanted its truth counts.
                if self.reg_type(e.ty).0 == self.c.boolean {
                    return self.truth(value);
                }
                value
            }
        }
    }

    /// The operator of a compound assignment on any words.
    pub(super) fn in_place(&mut self, op: BinaryOp, left: ExprId, right: ExprId) -> VReg {
        let (a, b, _) = self.operands(left, right);
        let (a, b) = (self.boxed(a), self.boxed(b));
        self.slot_binary(op, true, a, b)
    }

    /// Evaluates both operands and brings them to one kind.
    pub(super) fn operands(&mut self, left: ExprId, right: ExprId) -> (VReg, VReg, Operands) {
        let a = self.expr(left);
        let guard = self.guard(a);
        let b = self.expr(right);
        let a = self.settle(guard);
        let kind = match (self.repr(a), self.repr(b)) {
            (Repr::F64, Repr::F64) => Operands::Number,
            (Repr::I32, Repr::I32) => Operands::Int,
            (Repr::Bool, Repr::Bool) => Operands::Bool,
            (Repr::F64, Repr::I32) | (Repr::I32, Repr::F64) => {
                let number = self.c.number;
                let (a, b) = (self.convert(a, number), self.convert(b, number));
                return (a, b, Operands::Number);
            }
            (Repr::Word, Repr::Word) if self.is_string(a) && self.is_string(b) => Operands::Str,
            _ => {
                let (a, b) = (self.boxed(a), self.boxed(b));
                return (a, b, Operands::Word);
            }
        };
        (a, b, kind)
    }

    fn is_string(&self, reg: VReg) -> bool {
        matches!(self.desc(reg), TypeDesc::String | TypeDesc::LitString(_))
    }

    fn number_binary(&mut self, e: &Expr, op: BinaryOp, a: VReg, b: VReg) -> VReg {
        let number = self.c.number;
        let (a, b) = (self.convert(a, number), self.convert(b, number));
        let code = match op {
            BinaryOp::Add => Op::AddF64,
            BinaryOp::Sub => Op::SubF64,
            BinaryOp::Mul => Op::MulF64,
            BinaryOp::Div => Op::DivF64,
            BinaryOp::Rem => Op::ModF64,
            BinaryOp::Pow => Op::PowF64,
            _ => {
                let x = self.wrap_int32(a);
                let y = self.wrap_int32(b);
                let value = self.int_binary(op, x, y);
                let (ty, _) = self.reg_type(e.ty);
                return self.convert(value, ty);
            }
        };
        self.emit_to(number, code, a.0, b.0)
    }

    fn int_binary(&mut self, op: BinaryOp, a: VReg, b: VReg) -> VReg {
        let code = match op {
            BinaryOp::Add => Op::AddI32,
            BinaryOp::Sub => Op::SubI32,
            BinaryOp::Mul => Op::MulI32,
            BinaryOp::Div => Op::DivI32,
            BinaryOp::Rem => Op::ModI32,
            BinaryOp::BitAnd => Op::AndI32,
            BinaryOp::BitOr => Op::OrI32,
            BinaryOp::BitXor => Op::XorI32,
            BinaryOp::Shl => Op::ShlI32,
            BinaryOp::Shr => Op::ShrI32,
            BinaryOp::UShr => return self.emit_to(self.c.number, Op::UshrF64, a.0, b.0),
            _ => {
                let number = self.c.number;
                let (a, b) = (self.convert(a, number), self.convert(b, number));
                return self.emit_to(number, Op::PowF64, a.0, b.0);
            }
        };
        self.emit_to(self.c.int, code, a.0, b.0)
    }

    fn any_binary(&mut self, op: BinaryOp, a: VReg, b: VReg) -> VReg {
        let (a, b) = (self.boxed(a), self.boxed(b));
        let code = match op {
            BinaryOp::Add => Op::AddAny,
            BinaryOp::Sub => Op::SubAny,
            BinaryOp::Mul => Op::MulAny,
            BinaryOp::Div => Op::DivAny,
            BinaryOp::Rem => Op::ModAny,
            BinaryOp::Lt => Op::LtAny,
            BinaryOp::Le => Op::LeAny,
            BinaryOp::Gt => Op::GtAny,
            BinaryOp::Ge => Op::GeAny,
            BinaryOp::Eq => Op::EqAny,
            BinaryOp::NotEq => Op::NeAny,
            _ => return self.slot_binary(op, false, a, b),
        };
        self.emit_to(self.c.any, code, a.0, b.0)
    }

    /// An operator that has no instruction of its own on any words.
    fn slot_binary(&mut self, op: BinaryOp, in_place: bool, a: VReg, b: VReg) -> VReg {
        let slot = match op {
            BinaryOp::Add => Slot::add,
            BinaryOp::Sub => Slot::sub,
            BinaryOp::Mul => Slot::mul,
            BinaryOp::Div => Slot::truediv,
            BinaryOp::Rem => Slot::modulo,
            BinaryOp::Pow => Slot::pow,
            BinaryOp::Shl => Slot::lshift,
            BinaryOp::Shr => Slot::rshift,
            BinaryOp::UShr => Slot::ushift,
            BinaryOp::BitAnd => Slot::and,
            BinaryOp::BitOr => Slot::or,
            _ => Slot::xor,
        };
        let code = SlotOp { slot, in_place };
        let dst = self.temp(self.c.any);
        self.emit(Op::Mov, dst.0, a.0, 0);
        self.emit(Op::BinaryAny, dst.0, b.0, code.to_u16().into());
        dst
    }

    /// `-`, `+` and `~`.
    pub(super) fn arithmetic_unary(&mut self, e: &Expr, op: UnOp, value: VReg) -> VReg {
        match (op, self.repr(value)) {
            (UnOp::Neg, Repr::F64) => self.emit_to(self.c.number, Op::NegF64, value.0, 0),
            (UnOp::Neg, Repr::I32) => self.emit_to(self.c.int, Op::NegI32, value.0, 0),
            (UnOp::BitNot, Repr::I32) => self.emit_to(self.c.int, Op::NotI32, value.0, 0),
            (UnOp::BitNot, Repr::F64) => {
                let int = self.wrap_int32(value);
                let result = self.emit_to(self.c.int, Op::NotI32, int.0, 0);
                let (ty, _) = self.reg_type(e.ty);
                self.convert(result, ty)
            }
            (UnOp::Plus, Repr::F64 | Repr::I32) => value,
            _ => {
                let word = self.boxed(value);
                let slot = match op {
                    UnOp::Neg => Slot::neg,
                    UnOp::BitNot => Slot::invert,
                    _ => Slot::pos,
                };
                let code = SlotOp {
                    slot,
                    in_place: false,
                };
                let any = self.c.any;
                let result = self.emit_to(any, Op::UnaryAny, word.0, code.to_u16().into());
                let (ty, _) = self.reg_type(e.ty);
                self.checked(result, ty)
            }
        }
    }

    /// ToInt32 of a number; ints stay.
    pub(super) fn wrap_int32(&mut self, value: VReg) -> VReg {
        match self.repr(value) {
            Repr::I32 => value,
            Repr::F64 => self.emit_to(self.c.int, Op::F64ToI32Wrap, value.0, 0),
            _ => {
                let word = self.boxed(value);
                let number = self.emit_to(self.c.number, Op::ToNumber, word.0, 0);
                self.emit_to(self.c.int, Op::F64ToI32Wrap, number.0, 0)
            }
        }
    }

    /// `String(value)`
    pub(super) fn stringify(&mut self, value: VReg) -> VReg {
        let op = match self.repr(value) {
            Repr::F64 => Op::F64ToStr,
            Repr::I32 => Op::I32ToStr,
            Repr::Bool => Op::BoolToStr,
            Repr::Word if self.is_string(value) => return value,
            Repr::Word => Op::ToStr,
        };
        self.emit_to(self.c.string, op, value.0, 0)
    }

    /// The truth of a value of any type.
    pub(super) fn truth(&mut self, value: VReg) -> VReg {
        let boolean = self.c.boolean;
        match self.repr(value) {
            Repr::Bool => value,
            Repr::F64 => self.emit_to(boolean, Op::TruthyF64, value.0, 0),
            Repr::I32 => {
                let zero = self.const_i32(0);
                self.emit_to(boolean, Op::NeI32, value.0, zero.0)
            }
            Repr::Word if self.is_string(value) => self.emit_to(boolean, Op::TruthyStr, value.0, 0),
            Repr::Word if self.never_falsy(value) => self.const_bool(true),
            Repr::Word if self.only_null_is_falsy(value) => {
                let null = self.emit_to(boolean, Op::IsNull, value.0, 0);
                self.emit_to(boolean, Op::Not, null.0, 0)
            }
            Repr::Word => self.emit_to(boolean, Op::Truthy, value.0, 0),
        }
    }

    /// Arrays, tuples and functions fill no truth slot.
    fn always_true(desc: &TypeDesc) -> bool {
        matches!(
            desc,
            TypeDesc::Array(_)
                | TypeDesc::ReadonlyArray(_)
                | TypeDesc::Tuple { .. }
                | TypeDesc::Function(_)
        )
    }

    fn never_falsy(&self, value: VReg) -> bool {
        Self::always_true(self.desc(value))
    }

    fn only_null_is_falsy(&self, value: VReg) -> bool {
        let TypeDesc::Union(members) = self.desc(value) else {
            return false;
        };
        members.iter().all(|&m| {
            let desc = self.c.tables.desc(m);
            matches!(desc, TypeDesc::Null) || Self::always_true(desc)
        })
    }

    /// The boolean result of a comparison; none if the operator compares nothing or
    /// the operands need the slots.
    fn comparison_value(&mut self, op: BinaryOp, a: VReg, b: VReg, kind: Operands) -> Option<VReg> {
        let boolean = self.c.boolean;
        if is_equality(op) {
            let by_slots = kind == Operands::Word && self.asks_equality_slots(op, a, b);
            return (!by_slots).then(|| self.equality_value(op, a, b, kind));
        }
        let (lt, le) = match kind {
            Operands::Number => (Op::LtF64, Op::LeF64),
            Operands::Int => (Op::LtI32, Op::LeI32),
            Operands::Str => (Op::LtStr, Op::LeStr),
            _ => return None,
        };
        Some(match op {
            BinaryOp::Lt => self.emit_to(boolean, lt, a.0, b.0),
            BinaryOp::Le => self.emit_to(boolean, le, a.0, b.0),
            BinaryOp::Gt => self.emit_to(boolean, lt, b.0, a.0),
            BinaryOp::Ge => self.emit_to(boolean, le, b.0, a.0),
            _ => return None,
        })
    }

    fn equality_value(&mut self, op: BinaryOp, a: VReg, b: VReg, kind: Operands) -> VReg {
        let boolean = self.c.boolean;
        let negated = matches!(op, BinaryOp::NotEq | BinaryOp::StrictNotEq);
        let direct = match kind {
            Operands::Number => Some((Op::EqF64, Op::NeF64)),
            Operands::Int => Some((Op::EqI32, Op::NeI32)),
            Operands::Bool => Some((Op::EqBool, Op::NeBool)),
            _ => None,
        };
        if let Some((eq, ne)) = direct {
            return self.emit_to(boolean, if negated { ne } else { eq }, a.0, b.0);
        }
        let value = if let Some(operand) = self.compared_with_null(a, b) {
            self.emit_to(boolean, Op::IsNull, operand.0, 0)
        } else {
            let strict = matches!(op, BinaryOp::StrictEq | BinaryOp::StrictNotEq);
            let code = match kind {
                Operands::Str => Op::EqStr,
                _ if !strict => Op::LooseEq,
                _ if self.has_identity(a) || self.has_identity(b) => Op::EqRef,
                _ => Op::StrictEq,
            };
            self.emit_to(boolean, code, a.0, b.0)
        };
        if negated {
            self.emit_to(boolean, Op::Not, value.0, 0)
        } else {
            value
        }
    }

    /// Whether `==` or `!=` may give what a method gives. Two values of known types are
    /// equal by the truth of `__eq__`; `!=` has a method of its own.
    pub(super) fn asks_equality_slots(&self, op: BinaryOp, a: VReg, b: VReg) -> bool {
        let dynamic = self.is_any(a) || self.is_any(b);
        match op {
            BinaryOp::Eq => dynamic,
            BinaryOp::NotEq => {
                let null = self.is_null(a) || self.is_null(b);
                dynamic || !null && (self.may_be_instance(a) || self.may_be_instance(b))
            }
            _ => false,
        }
    }

    fn is_any(&self, reg: VReg) -> bool {
        matches!(self.desc(reg), TypeDesc::Any)
    }

    fn is_null(&self, reg: VReg) -> bool {
        matches!(self.desc(reg), TypeDesc::Null)
    }

    /// Whether values of the register's type may be instances.
    fn may_be_instance(&self, reg: VReg) -> bool {
        let plain = |desc: &TypeDesc| {
            matches!(
                desc,
                TypeDesc::Null
                    | TypeDesc::String
                    | TypeDesc::LitString(_)
                    | TypeDesc::Number
                    | TypeDesc::Int
                    | TypeDesc::Boolean
                    | TypeDesc::LitBool(_)
                    | TypeDesc::LitNumber(_)
                    | TypeDesc::Array(_)
                    | TypeDesc::ReadonlyArray(_)
                    | TypeDesc::Tuple { .. }
                    | TypeDesc::Function(_)
            )
        };
        match self.desc(reg) {
            TypeDesc::Union(members) => !members.iter().all(|&m| plain(self.c.tables.desc(m))),
            desc => !plain(desc),
        }
    }

    /// The other operand, if one of them is null.
    pub(super) fn compared_with_null(&self, a: VReg, b: VReg) -> Option<VReg> {
        if matches!(self.desc(b), TypeDesc::Null) {
            Some(a)
        } else if matches!(self.desc(a), TypeDesc::Null) {
            Some(b)
        } else {
            None
        }
    }

    /// Whether `===` with a value of this register's type compares bits: then no
    /// other word is equal to it.
    pub(super) fn has_identity(&self, reg: VReg) -> bool {
        let by_bits = |desc: &TypeDesc| {
            matches!(
                desc,
                TypeDesc::Class(_)
                    | TypeDesc::ClassOrigin(_)
                    | TypeDesc::ClassObject(_)
                    | TypeDesc::Array(_)
                    | TypeDesc::ReadonlyArray(_)
                    | TypeDesc::Tuple { .. }
                    | TypeDesc::Null
                    | TypeDesc::Boolean
                    | TypeDesc::LitBool(_)
            )
        };
        match self.desc(reg) {
            TypeDesc::Union(members) => members.iter().all(|&m| by_bits(self.c.tables.desc(m))),
            desc => by_bits(desc),
        }
    }
}

/// Whether an operator asks for equality.
pub(super) fn is_equality(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::StrictEq | BinaryOp::StrictNotEq
    )
}
