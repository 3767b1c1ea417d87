//! Expressions: the dispatch, and the forms that are too small for a file.

use super::ctx::{Lower, Slot};
use crate::ir::VReg;
use raya_bytecode::{Op, Repr, StrConst};
use raya_check::hir::{ExprId, ExprKind, LocalId, LocalKind, UnOp};
use raya_check::types::{Ty, TypeKind};
use raya_syntax::limits::ensure_stack;

impl Lower<'_, '_> {
    /// The value of an expression. The register may be a variable's own.
    pub fn expr(&mut self, id: ExprId) -> VReg {
        ensure_stack(|| {
            let at = self.go_to(self.hx(id).span);
            let value = self.expr_kind(id);
            self.set_at(at);
            value
        })
    }

    /// Evaluates an expression for its effects.
    pub fn effect(&mut self, id: ExprId) {
        self.expr(id);
    }

    /// The value of an expression at a type.
    pub fn expr_as(&mut self, id: ExprId, ty: raya_bytecode::TypeId) -> VReg {
        let value = self.expr(id);
        self.convert(value, ty)
    }

    fn expr_kind(&mut self, id: ExprId) -> VReg {
        let e = self.hx(id);
        match &e.kind {
            ExprKind::Error => {
                self.fail(e.span, "an expression in error reached the compiler");
                self.const_null()
            }
            ExprKind::Null => self.const_null(),
            ExprKind::Bool(value) => self.const_bool(*value),
            ExprKind::Number(value) => self.const_f64(*value),
            ExprKind::Int(value) => self.const_i32(*value),
            ExprKind::Str(name) => {
                let id = self.c.str_name(*name);
                self.const_str(id)
            }
            ExprKind::WideStr(units) => {
                let id = self.c.tables.str_const(StrConst::Utf16(units.clone()));
                self.const_str(id)
            }
            ExprKind::Local { local, checked } => self.read_local(*local, *checked, e.ty),
            ExprKind::Global { global, checked } => self.read_global(*global, *checked, e.ty),
            ExprKind::Func { func, type_args } => self.function_value(*func, *type_args),
            ExprKind::Closure(func) => self.closure(*func, None),
            ExprKind::Class { class, checked } => self.class_value(*class, *checked),
            ExprKind::ClassExpr(class) => {
                let id = self.c.origin_class(*class);
                self.emit(Op::InitClass, id.0.into(), 0, 0);
                self.class_value(*class, false)
            }
            ExprKind::ClassScope(class) => self.class_scope(*class),
            ExprKind::This => VReg(self.this_index()),
            ExprKind::Unary { op, operand } => self.unary(e, *op, *operand),
            ExprKind::Binary { op, left, right } => self.binary(e, *op, *left, *right),
            ExprKind::InPlace { op, left, right } => self.in_place(*op, *left, *right),
            ExprKind::Logical { .. } | ExprKind::IsNull(_) => self.condition_value(id),
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => self.conditional(e.ty, *test, *then, *otherwise),
            ExprKind::Concat(parts) => self.concat(parts),
            ExprKind::Seq(parts) => self.sequence(parts),
            ExprKind::Let { local, value, body } => {
                self.declare_local(*local, Some(*value));
                self.expr(*body)
            }
            ExprKind::Coerce { expr, kind } => self.coerce(e, *expr, *kind),
            ExprKind::Assign { place, value } => self.assign(place, *value),
            ExprKind::Read(place) => self.read_place(place, e.ty),
            _ => self.expr_object(id),
        }
    }

    /// Forms that make or inspect objects.
    fn expr_object(&mut self, id: ExprId) -> VReg {
        let e = self.hx(id);
        match &e.kind {
            ExprKind::Array(elements) => self.array_literal(e.ty, elements),
            ExprKind::Tuple(elements) => self.tuple_literal(e.ty, elements),
            ExprKind::Object(literal) => self.object_literal(e.ty, literal),
            ExprKind::Call(call) => self.call(e, call),
            ExprKind::New {
                class,
                class_args,
                args,
                checked,
            } => self.new_object(id, *class, *class_args, args, *checked),
            ExprKind::NewAny { callee, args } => self.new_any(*callee, args),
            ExprKind::SuperInit {
                base,
                base_args,
                args,
            } => self.super_init(*base, *base_args, args),
            ExprKind::InitFields(class) => self.init_fields(*class),
            ExprKind::TypeOf(operand) => {
                let value = self.expr(*operand);
                let word = self.boxed(value);
                self.emit_to(self.c.string, Op::TypeOf, word.0, 0)
            }
            ExprKind::InstanceOf { expr, class } => self.instance_of(*expr, *class),
            ExprKind::InstanceOfAny { expr, class } => {
                let [value, class] = self.two_words(*expr, *class);
                self.emit_to(self.c.boolean, Op::InstanceOfAny, value.0, class.0)
            }
            ExprKind::HasProp { object, name } => {
                let object = self.expr(*object);
                let object = self.boxed(object);
                let name = self.c.str_name(*name);
                self.emit_to(self.c.boolean, Op::HasProp, object.0, name.0.into())
            }
            ExprKind::In { item, container } => {
                self.looks_up(*item);
                let [item, container] = self.two_words(*item, *container);
                self.emit_to(self.c.boolean, Op::Contains, item.0, container.0)
            }
            ExprKind::Delete(place) => self.delete(place, e.span),
            ExprKind::Opcode { name, args } => self.opcode(e, *name, args),
            ExprKind::Native { name, args } => self.native(e, *name, args),
            _ => {
                self.fail(e.span, "an expression of unknown form");
                self.const_null()
            }
        }
    }

    fn read_local(&mut self, local: LocalId, checked: bool, ty: Ty) -> VReg {
        let decl = self.local(local);
        if let LocalKind::Function(func) = decl.kind
            && self.hir.function(func).captures.is_empty()
        {
            return self.function_value(func, raya_check::types::TyList::EMPTY);
        }
        if !checked && let Some(value) = self.constant_of(ty) {
            return value;
        }
        match self.slot(local) {
            Slot::Reg(reg) => {
                if checked {
                    let name = self.c.str_name(decl.name);
                    self.emit(Op::CheckSet, reg.0, name.0.into(), 0);
                }
                reg
            }
            Slot::Cell { object, field } => {
                let held = self.reg_type(decl.ty).0;
                let word = self.c.tables.repr(held) == Repr::Word;
                let op = if word && !checked {
                    Op::GetFieldSet
                } else {
                    Op::GetField
                };
                let value = self.emit_to(held, op, object.0, field.0.into());
                if checked {
                    let name = self.c.str_name(decl.name);
                    self.emit(Op::CheckSet, value.0, name.0.into(), 0);
                }
                value
            }
        }
    }

    fn read_global(&mut self, id: raya_check::hir::GlobalId, checked: bool, ty: Ty) -> VReg {
        if !checked && let Some(value) = self.constant_of(ty) {
            return value;
        }
        let global = self.c.global(id);
        let ty = self.reg_type(self.hir.global(id).ty).0;
        // A word may be followed as a pointer, so its load always tests.
        let op = if checked || self.c.tables.repr(ty) == Repr::Word {
            Op::GetGlobalChecked
        } else {
            Op::GetGlobal
        };
        self.emit_to(ty, op, global.0.into(), 0)
    }

    /// The value of a type that has only one.
    fn constant_of(&mut self, ty: Ty) -> Option<VReg> {
        match self.c.types.kind(ty) {
            TypeKind::LitNumber(bits) => Some(self.const_f64(f64::from_bits(bits))),
            TypeKind::LitBool(value) => Some(self.const_bool(value)),
            TypeKind::LitString(name) => {
                let id = self.c.str_name(name);
                Some(self.const_str(id))
            }
            _ => None,
        }
    }

    pub(super) fn class_value(&mut self, class: raya_check::types::ClassId, checked: bool) -> VReg {
        let id = self.c.origin_class(class);
        self.c.comes_alive(id);
        if checked {
            self.emit(Op::CheckClass, id.0.into(), 0, 0);
        }
        let ty = self.c.tables.ty(raya_bytecode::TypeDesc::ClassObject(id));
        self.emit_to(ty, Op::GetClass, id.0.into(), 0)
    }

    fn conditional(&mut self, ty: Ty, test: ExprId, then: ExprId, otherwise: ExprId) -> VReg {
        let (yes, no, join) = (self.block(), self.block(), self.block());
        let (ty, _) = self.reg_type(ty);
        let dst = self.temp(ty);
        self.condition(test, yes, no);
        for (block, arm) in [(yes, then), (no, otherwise)] {
            self.switch_to(block);
            let value = self.expr_as(arm, ty);
            self.mov(dst, value);
            self.end(crate::ir::Term::Jump(join));
        }
        self.switch_to(join);
        dst
    }

    fn concat(&mut self, parts: &[ExprId]) -> VReg {
        let mut guards = Vec::with_capacity(parts.len());
        for &part in parts {
            let value = self.expr(part);
            let value = self.stringify(value);
            guards.push(self.guard(value));
        }
        let values: Vec<VReg> = guards.into_iter().map(|g| self.settle(g)).collect();
        match values.as_slice() {
            [] => {
                let empty = self.c.tables.string("");
                self.const_str(empty)
            }
            [one] => *one,
            [a, b] => self.emit_to(self.c.string, Op::StrConcat, a.0, b.0),
            _ => self.emit_window(Op::StrConcatN, self.c.string, 0, &values),
        }
    }

    fn sequence(&mut self, parts: &[ExprId]) -> VReg {
        let Some((&last, rest)) = parts.split_last() else {
            return self.const_null();
        };
        for &part in rest {
            self.effect(part);
        }
        self.expr(last)
    }

    /// Two operands as words, in order.
    pub fn two_words(&mut self, first: ExprId, second: ExprId) -> [VReg; 2] {
        let first = self.expr(first);
        let first = self.boxed(first);
        let guard = self.guard(first);
        let second = self.expr(second);
        let second = self.boxed(second);
        [self.settle(guard), second]
    }

    fn instance_of(&mut self, operand: ExprId, class: raya_check::types::ClassId) -> VReg {
        let value = self.expr(operand);
        let word = self.boxed(value);
        let id = self.c.origin_class(class);
        let desc = if self.hir.class(class).params.is_empty() {
            raya_bytecode::TypeDesc::Class(id)
        } else {
            raya_bytecode::TypeDesc::ClassOrigin(id)
        };
        let ty = self.c.tables.ty(desc);
        self.emit_to(self.c.boolean, Op::InstanceOf, word.0, ty.0.into())
    }

    fn unary(&mut self, e: &raya_check::hir::Expr, op: UnOp, operand: ExprId) -> VReg {
        match op {
            UnOp::Not => {
                let value = self.expr(operand);
                let value = self.convert(value, self.c.boolean);
                self.emit_to(self.c.boolean, Op::Not, value.0, 0)
            }
            UnOp::Truthy => {
                let value = self.expr(operand);
                self.truth(value)
            }
            UnOp::ToStr => {
                let value = self.expr(operand);
                self.stringify(value)
            }
            UnOp::ToInt32 => {
                let value = self.expr(operand);
                self.wrap_int32(value)
            }
            UnOp::Neg | UnOp::Plus | UnOp::BitNot => {
                let value = self.expr(operand);
                self.arithmetic_unary(e, op, value)
            }
        }
    }
}
