//! Conversions: a value moves to a place of another type.
//!
//! Between representations a value is converted, never reinterpreted. Between word
//! types it stays; whether a check is needed depends on what the static types prove.

use super::ctx::Lower;
use crate::ir::VReg;
use raya_bytecode::{Op, Repr, TypeDesc, TypeId, assignable};
use raya_check::hir::{CoerceKind, Expr, ExprId};

impl Lower<'_, '_> {
    /// A value as the given type, which it is known to have (up to representation).
    pub fn convert(&mut self, value: VReg, to: TypeId) -> VReg {
        let target = self.c.tables.repr(to);
        match (self.repr(value), target) {
            (from, to) if from == to => value,
            (Repr::I32, Repr::F64) => self.emit_to(to, Op::I32ToF64, value.0, 0),
            (_, Repr::Word) => self.boxed(value),
            (Repr::Word, _) => self.unbox(value, to),
            (Repr::F64, Repr::I32) => self.emit_to(to, Op::F64ToI32, value.0, 0),
            _ => {
                let word = self.boxed(value);
                self.unbox(word, to)
            }
        }
    }

    /// A value as a word.
    pub fn boxed(&mut self, value: VReg) -> VReg {
        let op = match self.repr(value) {
            Repr::F64 => Op::BoxF64,
            Repr::I32 => Op::BoxI32,
            Repr::Bool => Op::BoxBool,
            Repr::Word => return value,
        };
        self.emit_to(self.c.any, op, value.0, 0)
    }

    /// A word as an unboxed type; `TypeError` if it is something else.
    pub fn unbox(&mut self, value: VReg, to: TypeId) -> VReg {
        let op = match self.c.tables.repr(to) {
            Repr::F64 => Op::UnboxF64,
            Repr::I32 => Op::UnboxI32,
            Repr::Bool => Op::UnboxBool,
            Repr::Word => return value,
        };
        self.emit_to(to, op, value.0, to.0.into())
    }

    /// Whether the static type of a value proves that it has another type.
    pub fn proves(&self, value: VReg, to: TypeId) -> bool {
        assignable(&self.c.tables.module, self.f.reg(value).ty, to)
    }

    /// A value that comes out of dynamic code, checked fully.
    pub fn checked(&mut self, value: VReg, to: TypeId) -> VReg {
        if self.repr(value) == self.c.tables.repr(to) && self.repr(value) != Repr::Word {
            return value;
        }
        let word = self.boxed(value);
        if self.c.tables.repr(to) != Repr::Word {
            return self.unbox(word, to);
        }
        if self.proves(word, to) {
            return word;
        }
        self.emit_to(to, Op::CheckType, word.0, to.0.into())
    }

    /// A value that flow analysis says is of a narrower type, verified in O(1).
    pub fn narrowed(&mut self, value: VReg, to: TypeId) -> VReg {
        if self.repr(value) == self.c.tables.repr(to) && self.repr(value) != Repr::Word {
            return value;
        }
        let word = self.boxed(value);
        if self.c.tables.repr(to) != Repr::Word {
            return self.unbox(word, to);
        }
        if self.proves(word, to) {
            return word;
        }
        if self.is_without_null(word, to) {
            return self.emit_to(to, Op::NonNull, word.0, to.0.into());
        }
        self.emit_to(to, Op::Narrow, word.0, to.0.into())
    }

    /// Whether `to` is the type of `value` without null: then one comparison verifies it.
    fn is_without_null(&self, value: VReg, to: TypeId) -> bool {
        let TypeDesc::Union(members) = self.desc(value) else {
            return false;
        };
        let m = &self.c.tables.module;
        let mut has_null = false;
        for &member in members {
            if matches!(m.types[member.index()], TypeDesc::Null) {
                has_null = true;
            } else if !assignable(m, member, to) {
                return false;
            }
        }
        has_null
    }

    /// Lowers a `Coerce`.
    pub fn coerce(&mut self, whole: &Expr, operand: ExprId, kind: CoerceKind) -> VReg {
        if kind == CoerceKind::Widen
            && let Some(closure) = self.shaped_closure(operand, whole.ty)
        {
            return closure;
        }
        let value = self.expr(operand);
        let (to, _) = self.reg_type(whole.ty);
        match kind {
            CoerceKind::IntToNumber | CoerceKind::Widen => {
                let value = self.convert(value, to);
                if self.repr(value) == Repr::Word && !self.proves(value, to) {
                    return self.narrowed(value, to);
                }
                value
            }
            CoerceKind::Check => {
                let exact = self.exact_type(whole.ty);
                self.checked(value, exact)
            }
            CoerceKind::Narrow => self.narrowed(value, to),
            CoerceKind::NonNull => {
                if self.c.tables.repr(to) != Repr::Word {
                    return self.convert(value, to);
                }
                if self.proves(value, to) {
                    return value;
                }
                let value = self.boxed(value);
                self.emit_to(to, Op::NonNull, value.0, to.0.into())
            }
        }
    }
}
