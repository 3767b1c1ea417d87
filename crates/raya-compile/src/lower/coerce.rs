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
            (_, Repr::Word) => self.boxed_for(value, to),
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
        self.boxed_as(value, self.c.any)
    }

    /// A value as a word in a register of a type that takes it.
    fn boxed_as(&mut self, value: VReg, ty: TypeId) -> VReg {
        let op = match self.repr(value) {
            Repr::F64 => Op::BoxF64,
            Repr::I32 => Op::BoxI32,
            Repr::Bool => Op::BoxBool,
            Repr::Word => return value,
        };
        self.emit_to(ty, op, value.0, 0)
    }

    /// A value as a word for a place of type `to`: what its own type proves needs no check
    /// once it is boxed.
    fn boxed_for(&mut self, value: VReg, to: TypeId) -> VReg {
        let ty = if self.is_member(value, to) {
            to
        } else {
            self.c.any
        };
        self.boxed_as(value, ty)
    }

    /// Whether an unboxed value's whole type is a member of a union.
    fn is_member(&self, value: VReg, to: TypeId) -> bool {
        let m = &self.c.tables.module;
        let TypeDesc::Union(members) = &m.types[to.index()] else {
            return false;
        };
        let repr = self.repr(value);
        members.iter().any(|x| match m.types[x.index()] {
            TypeDesc::Number => repr == Repr::F64,
            TypeDesc::Int => repr == Repr::I32,
            TypeDesc::Boolean => repr == Repr::Bool,
            _ => false,
        })
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
        let word = self.boxed_for(value, to);
        if self.c.tables.repr(to) != Repr::Word {
            return self.unbox(word, to);
        }
        if self.proves(word, to) {
            return word;
        }
        self.emit_to(to, Op::CheckType, word.0, to.0.into())
    }

    /// A value of type any at another type, by `CheckType` or `Cast`. What its register
    /// happens to say proves nothing about members: they are any, and are pinned here.
    fn out_of_any(&mut self, value: VReg, to: TypeId, op: Op) -> VReg {
        let same = self.f.reg(value).ty == to || to == self.c.any;
        if self.c.tables.repr(to) != Repr::Word || same {
            return self.checked(value, to);
        }
        let word = self.boxed(value);
        self.emit_to(to, op, word.0, to.0.into())
    }

    /// A value that flow analysis says is of a narrower type, verified in O(1).
    pub fn narrowed(&mut self, value: VReg, to: TypeId) -> VReg {
        if self.repr(value) == self.c.tables.repr(to) && self.repr(value) != Repr::Word {
            return value;
        }
        let word = self.boxed_for(value, to);
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
                let value = self.unboxed_elements(value, to);
                if self.repr(value) == Repr::Word && !self.proves(value, to) {
                    return self.narrowed(value, to);
                }
                value
            }
            CoerceKind::Check | CoerceKind::Cast => {
                let exact = self.exact_type(whole.ty);
                let op = match kind {
                    CoerceKind::Cast => Op::Cast,
                    _ => Op::CheckType,
                };
                self.out_of_any(value, exact, op)
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
