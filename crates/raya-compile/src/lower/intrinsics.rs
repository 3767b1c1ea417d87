//! `__OPCODE_<NAME>(…)` and `__NATIVE_CALL(…)` of the built-in library.
//!
//! The opcode table says what the operands are: an intrinsic's arguments are its
//! sources in order, converted to the representation that the table asks for; table
//! operands (types) come from the expression's own type.

use super::ctx::Lower;
use crate::ir::{VReg, has_result};
use raya_bytecode::natives::{Native, NativeType};
use raya_bytecode::{Op, OperandKind, Repr, TypeDesc, TypeId};
use raya_check::hir::{Expr, ExprId};
use raya_syntax::Name;

impl Lower<'_, '_> {
    /// An opcode intrinsic.
    pub fn opcode(&mut self, e: &Expr, name: Name, args: &[ExprId]) -> VReg {
        let text = self.c.names.text(name);
        let Some(op) = Op::ALL.iter().copied().find(|o| is_named(o.name(), text)) else {
            let message = format!("unknown opcode intrinsic `{text}`");
            self.fail(e.span, &message);
            return self.const_null();
        };
        let mut values = Vec::with_capacity(args.len());
        for &arg in args {
            let value = self.expr(arg);
            values.push(self.guard(value));
        }
        let values: Vec<VReg> = values.into_iter().map(|g| self.settle(g)).collect();
        let kinds = op.operands();
        let mut sources = values.into_iter();
        let mut operands = [0u32; 3];
        let dst = has_result(op).then(|| self.opcode_result(e, kinds[0]));
        for (kind, operand) in kinds.iter().zip(&mut operands) {
            if kind.is_source() && !kind.is_dest() {
                let Some(value) = sources.next() else {
                    self.fail(e.span, "an opcode intrinsic has too few arguments");
                    return self.const_null();
                };
                *operand = self.as_kind(value, *kind).0;
            } else if matches!(kind, OperandKind::Type) {
                *operand = self.exact_type(e.ty).0.into();
            }
        }
        if let Some(dst) = dst {
            operands[0] = dst.0;
        }
        if op == Op::ArrayPush && self.is_any_array(operands[0]) {
            return self.push_dynamically(e, VReg(operands[0]), VReg(operands[1]));
        }
        if op == Op::ArrayPush {
            operands[1] = self.as_element(operands[0], VReg(operands[1])).0;
        }
        let [a, b, c] = operands;
        self.emit(op, a, b, c);
        self.opcode_value(e, op, dst, a)
    }

    /// An `any[]` may be an array of any element type.
    fn is_any_array(&self, array: u32) -> bool {
        matches!(*self.desc(VReg(array)), TypeDesc::Array(elem) if elem == self.c.any)
    }

    /// Appends through the slots, which look at the array's own type.
    fn push_dynamically(&mut self, e: &Expr, array: VReg, value: VReg) -> VReg {
        let length = self.emit_to(self.c.int, Op::ArrayLen, array.0, 0);
        let (index, value) = (self.boxed(length), self.boxed(value));
        self.emit(Op::SetItem, array.0, index.0, value.0);
        self.opcode_value(e, Op::ArrayPush, None, array.0)
    }

    /// `push` gives the new length; other operations their result, as the expression's type.
    fn opcode_value(&mut self, e: &Expr, op: Op, dst: Option<VReg>, first: u32) -> VReg {
        let (to, _) = self.reg_type(e.ty);
        if op == Op::ArrayPush && self.c.tables.repr(to) != Repr::Word {
            let length = self.emit_to(self.c.int, Op::ArrayLen, first, 0);
            return self.convert(length, to);
        }
        match dst {
            // Where nothing is expected, the operation's own type is as good.
            Some(dst) if to == self.c.any => dst,
            Some(dst) if self.repr(dst) == Repr::Word => self.narrowed(dst, to),
            Some(dst) => self.convert(dst, to),
            None => self.const_null(),
        }
    }

    fn opcode_result(&mut self, e: &Expr, kind: OperandKind) -> VReg {
        let ty = match kind {
            OperandKind::DF => self.c.number,
            OperandKind::DI | OperandKind::MI => self.c.int,
            OperandKind::DB => self.c.boolean,
            OperandKind::DX => self.reg_type(e.ty).0,
            _ => {
                let (ty, repr) = self.reg_type(e.ty);
                if repr == Repr::Word { ty } else { self.c.any }
            }
        };
        self.temp(ty)
    }

    fn as_kind(&mut self, value: VReg, kind: OperandKind) -> VReg {
        match kind {
            OperandKind::SF => self.convert(value, self.c.number),
            OperandKind::SI if self.repr(value) == Repr::F64 => self.as_index(value),
            OperandKind::SI => self.convert(value, self.c.int),
            OperandKind::SB => self.convert(value, self.c.boolean),
            OperandKind::SW => self.boxed(value),
            _ => value,
        }
    }

    /// A value in the representation of an array's elements.
    fn as_element(&mut self, array: u32, value: VReg) -> VReg {
        match *self.desc(VReg(array)) {
            TypeDesc::Array(elem) => self.convert(value, elem),
            _ => self.boxed(value),
        }
    }

    /// A native intrinsic.
    pub fn native(&mut self, e: &Expr, name: Name, args: &[ExprId]) -> VReg {
        let text = self.c.names.text(name);
        let Some(native) = Native::by_name(text) else {
            let message = format!("unknown native `{text}`");
            self.fail(e.span, &message);
            return self.const_null();
        };
        if args.len() != native.params.len() {
            self.fail(e.span, "a native has another number of arguments");
            return self.const_null();
        }
        let mut guards = Vec::with_capacity(args.len());
        for (&arg, &(_, ty)) in args.iter().zip(native.params) {
            let value = self.expr(arg);
            let value = self.as_native(value, ty);
            guards.push(self.guard(value));
        }
        let values: Vec<VReg> = guards.into_iter().map(|g| self.settle(g)).collect();
        if text.starts_with("reflect_") {
            self.looks_up(args[1.min(args.len() - 1)]);
        }
        let ret = self.native_type(native.ret);
        let result = self.emit_window(Op::NativeCall, ret, native.id.into(), &values);
        let (to, repr) = self.reg_type(e.ty);
        if native.ret == NativeType::Void || to == self.c.any {
            return result;
        }
        if repr == Repr::Word && self.repr(result) == Repr::Word {
            let exact = self.exact_type(e.ty);
            if matches!(native.ret, NativeType::Arr) {
                return self.narrowed(result, to);
            }
            return self.checked_native(result, exact, to);
        }
        self.convert(result, to)
    }

    /// What a native gives is of the type that its declaration says: only the
    /// representation has to be verified.
    fn checked_native(&mut self, value: VReg, exact: TypeId, to: TypeId) -> VReg {
        if self.proves(value, exact) {
            return value;
        }
        self.narrowed(value, to)
    }

    fn as_native(&mut self, value: VReg, ty: NativeType) -> VReg {
        let to = self.native_type(ty);
        match ty {
            NativeType::I32 if self.repr(value) == Repr::F64 => self.wrap_int32(value),
            NativeType::Any | NativeType::Void | NativeType::Arr => self.boxed(value),
            NativeType::Str => self.narrowed(value, to),
            _ => self.convert(value, to),
        }
    }

    fn native_type(&mut self, ty: NativeType) -> TypeId {
        match ty {
            NativeType::F64 => self.c.number,
            NativeType::I32 => self.c.int,
            NativeType::Bool => self.c.boolean,
            NativeType::Str => self.c.string,
            NativeType::Any | NativeType::Arr => self.c.any,
            NativeType::Void => self.c.null,
        }
    }
}

/// Whether `ARRAY_LEN` names `ArrayLen`.
fn is_named(opcode: &str, written: &str) -> bool {
    let mut wanted = written.chars().filter(|c| *c != '_');
    let mut name = opcode.chars();
    loop {
        match (name.next(), wanted.next()) {
            (None, None) => return true,
            (Some(a), Some(b)) if a.eq_ignore_ascii_case(&b) => {}
            _ => return false,
        }
    }
}
