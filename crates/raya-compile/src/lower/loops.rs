//! Loops, rotated: the test stands before the loop and again at its end, so that a
//! round costs one conditional back-edge.

use super::ctx::{Lower, Slot};
use crate::ir::{Term, VReg};
use raya_bytecode::{Op, TypeDesc};
use raya_check::hir::{ForOf, IterKind, LocalId, Loop};

impl Lower<'_, '_> {
    /// `while`, `do` and `for`.
    pub fn loop_stmt(&mut self, l: &Loop) {
        let (body, next, exit) = (self.block(), self.block(), self.block());
        match l.test {
            Some(test) if !l.test_last => self.condition(test, body, exit),
            _ => self.end(Term::Jump(body)),
        }
        self.switch_to(body);
        self.push_target(l.label, exit, Some(next));
        self.block_stmt(&l.body);
        self.targets.pop();
        self.flow_into(next);
        for &local in &l.fresh {
            self.renew(local);
        }
        if let Some(update) = l.update {
            self.effect(update);
        }
        match l.test {
            Some(test) => self.condition(test, body, exit),
            None => self.end(Term::Jump(body)),
        }
        self.switch_to(exit);
    }

    /// The next round's own copy of a captured loop variable.
    fn renew(&mut self, local: LocalId) {
        if !self.local(local).boxed {
            return;
        }
        let value = self.read_variable(local);
        self.make_cell(local);
        self.init_local(local, value);
    }

    /// `for…of`.
    pub fn for_of(&mut self, f: &ForOf) {
        let value = self.expr(f.iterable);
        // The variable may be assigned in the body: the loop keeps its own reference.
        let info = *self.f.reg(value);
        let iterable = if info.variable {
            let copy = self.f.new_reg(info.ty, info.repr, false);
            self.mov(copy, value);
            copy
        } else {
            value
        };
        let indexed = matches!(
            self.desc(iterable),
            TypeDesc::Array(_) | TypeDesc::ReadonlyArray(_) | TypeDesc::Tuple { .. }
        );
        if f.kind == IterKind::Array && indexed {
            self.for_of_array(f, iterable);
        } else {
            self.for_of_slots(f, iterable);
        }
    }

    fn for_of_array(&mut self, f: &ForOf, array: VReg) {
        let (body, next, exit) = (self.block(), self.block(), self.block());
        let index = self.variable(self.c.int);
        let zero = self.const_i32(0);
        self.mov(index, zero);
        self.branch(Op::JumpArrayEnd, index.0, array.0, exit, body);
        self.switch_to(body);
        let ty = self.local(f.local).ty;
        let element = if matches!(self.desc(array), TypeDesc::Tuple { .. }) {
            let to = self.reg_type(ty).0;
            let word = self.emit_to(self.c.any, Op::ArrayGetW, array.0, index.0);
            self.narrowed(word, to)
        } else {
            self.read_index(array, index, ty)
        };
        self.bind_element(f, element);
        self.push_target(f.label, exit, Some(next));
        self.block_stmt(&f.body);
        self.targets.pop();
        self.flow_into(next);
        self.emit(Op::AddI32I, index.0, index.0, 1);
        self.touched(index);
        let length = self.emit_to(self.c.int, Op::ArrayLen, array.0, 0);
        self.branch(Op::JltI32, index.0, length.0, body, exit);
        self.switch_to(exit);
    }

    fn bind_element(&mut self, f: &ForOf, element: VReg) {
        let decl = self.local(f.local);
        let ty = self.reg_type(decl.ty).0;
        let element = self.convert(element, ty);
        if decl.boxed {
            self.make_cell(f.local);
        } else if self.slots[f.local.index()].is_none() {
            let reg = self.variable(ty);
            self.slots[f.local.index()] = Some(Slot::Reg(reg));
        }
        self.init_local(f.local, element);
    }

    fn for_of_slots(&mut self, f: &ForOf, iterable: VReg) {
        let any = self.c.any;
        let iterable = self.boxed(iterable);
        let iterator = self.emit_to(any, Op::GetIter, iterable.0, 0);
        let (body, next, exit) = (self.block(), self.block(), self.block());
        self.flow_into(next);
        let element = self.temp(any);
        self.branch(Op::IterNext, element.0, iterator.0, exit, body);
        self.switch_to(body);
        let to = self.reg_type(self.local(f.local).ty).0;
        let value = self.narrowed(element, to);
        self.bind_element(f, value);
        self.push_target(f.label, exit, Some(next));
        self.block_stmt(&f.body);
        self.targets.pop();
        self.end(Term::Jump(next));
        self.switch_to(exit);
    }
}
