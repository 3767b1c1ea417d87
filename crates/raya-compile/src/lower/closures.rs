//! Variables that closures share, and the making of closures.
//!
//! A variable that is never assigned after a closure may have captured it is copied
//! into the closure. Any other captured variable lives alone in a small object (a
//! cell), made when its scope is entered, so that every round of a loop has its own.

use super::ctx::{Lower, Slot};
use super::instances::Form;
use crate::ir::VReg;
use raya_bytecode::{Op, Repr, TypeDesc};
use raya_check::hir::{self, ExprId, ExprKind, FuncKind, LocalId, Stmt, StmtKind};
use raya_check::types::{Ty, TyList, TypeKind};

impl Lower<'_, '_> {
    /// Where a local lives; its register is made on first use.
    pub fn slot(&mut self, local: LocalId) -> Slot {
        if let Some(slot) = self.slots[local.index()] {
            return slot;
        }
        let decl = self.local(local);
        if decl.boxed {
            self.make_cell(local);
        } else {
            let ty = self.reg_type(decl.ty).0;
            let reg = self.variable(ty);
            self.slots[local.index()] = Some(Slot::Reg(reg));
        }
        self.slots[local.index()].unwrap_or(Slot::Reg(VReg(0)))
    }

    /// A new cell for a local. The register that holds it stays the same, so that a
    /// loop's next round finds its own cell there.
    pub fn make_cell(&mut self, local: LocalId) {
        let decl = self.local(local);
        let ty = self.reg_type(decl.ty).0;
        let (class, field) = self.c.scope_class(ty);
        let object = match self.slots[local.index()] {
            Some(Slot::Cell { object, .. }) => object,
            _ => self.variable(class),
        };
        let TypeDesc::Class(id) = *self.c.tables.desc(class) else {
            return;
        };
        self.emit(Op::NewObject, object.0, id.0.into(), 0);
        self.touched(object);
        self.slots[local.index()] = Some(Slot::Cell { object, field });
        // Words start unset by themselves.
        if decl.checked && self.c.tables.repr(ty) != Repr::Word {
            let unset = self.emit_to(ty, Op::LoadUnset, 0, 0);
            self.emit(Op::SetField, object.0, field.0.into(), unset.0);
        }
    }

    /// Prepares the variables that a list of statements declares.
    pub fn enter_scope<'s>(&mut self, stmts: impl Iterator<Item = &'s Stmt>) {
        for stmt in stmts {
            let StmtKind::Let { local, .. } = stmt.kind else {
                continue;
            };
            let decl = self.local(local);
            if decl.boxed {
                self.make_cell(local);
            } else if decl.checked
                && let Slot::Reg(reg) = self.slot(local)
            {
                self.emit(Op::LoadUnset, reg.0, 0, 0);
                self.touched(reg);
            }
        }
    }

    /// The declaration of a local outside a list of statements (loop variables, catch
    /// variables, temporaries): it gets a new cell if it needs one.
    pub fn declare_local(&mut self, local: LocalId, value: Option<ExprId>) {
        let value = value.map(|v| {
            let ty = self.reg_type(self.local(local).ty).0;
            self.expr_as(v, ty)
        });
        if self.local(local).boxed {
            self.make_cell(local);
        }
        if let Some(value) = value {
            self.init_local(local, value);
        }
    }

    /// Stores a local's first value.
    pub fn init_local(&mut self, local: LocalId, value: VReg) {
        match self.slot(local) {
            Slot::Reg(reg) => self.mov(reg, value),
            Slot::Cell { object, field } => {
                self.emit(Op::SetField, object.0, field.0.into(), value.0);
            }
        }
    }

    /// A local's value without a test.
    pub fn read_variable(&mut self, local: LocalId) -> VReg {
        let ty = self.reg_type(self.local(local).ty).0;
        match self.slot(local) {
            Slot::Reg(reg) => reg,
            Slot::Cell { object, field } => {
                let word = self.c.tables.repr(ty) == Repr::Word;
                let op = if word { Op::GetFieldSet } else { Op::GetField };
                self.emit_to(ty, op, object.0, field.0.into())
            }
        }
    }

    /// A declared function as a value.
    pub fn function_value(&mut self, func: hir::FuncId, type_args: TyList) -> VReg {
        let subst = self.function_subst(func, type_args);
        let sig = self.c.instance_signature(func, &subst);
        let id = self.c.request_with(func, subst, None, Form::Value);
        let ty = self.c.tables.ty(TypeDesc::Function(sig));
        self.emit_to(ty, Op::GetFunction, id.0.into(), 0)
    }

    /// A new closure, in the shape of a function type if it is only seen as that.
    pub fn closure(&mut self, func: hir::FuncId, shape: Option<raya_check::types::SigId>) -> VReg {
        let decl = self.hir.function(func);
        let subst = self.subst.clone();
        let (form, sig) = match shape {
            Some(id) => (Form::Shaped(id), self.c.type_signature(id)),
            None => {
                let sig = self.c.instance_signature(func, &subst);
                (Form::Value, sig)
            }
        };
        let id = self.c.request_with(func, subst, None, form);
        let mut captured = Vec::with_capacity(decl.captures.len());
        for capture in &decl.captures {
            let value = match self.slot(capture.outer) {
                Slot::Cell { object, .. } => object,
                Slot::Reg(reg) => reg,
            };
            captured.push(value);
        }
        let ty = self.c.tables.ty(TypeDesc::Function(sig));
        self.emit_window(Op::MakeClosure, ty, id.0.into(), &captured)
    }

    /// A closure that is widened to a function type where it is written: nothing else
    /// ever sees it, so its code takes the type's parameters and gives its result
    /// directly.
    pub fn shaped_closure(&mut self, operand: ExprId, to: Ty) -> Option<VReg> {
        let ExprKind::Closure(func) = self.hx(operand).kind else {
            return None;
        };
        let decl = self.hir.function(func);
        if decl.kind != FuncKind::Closure || decl.rest || !decl.type_params.is_empty() {
            return None;
        }
        let to = self.concrete(to);
        let to = self.c.types.expand(to);
        let TypeKind::Function(id) = self.c.types.kind(to) else {
            return None;
        };
        let sig = self.c.types.signature(id).clone();
        let fits = !sig.rest && sig.type_params.is_empty() && sig.params.len() >= decl.params.len();
        if !fits || !self.shape_converts(decl, &sig) {
            return None;
        }
        Some(self.closure(func, Some(id)))
    }

    /// Whether each parameter and the result need at most a change of representation
    /// that cannot fail.
    fn shape_converts(&mut self, decl: &hir::Function, sig: &raya_check::types::Signature) -> bool {
        let boxing = |from: Repr, to: Repr| from == to || to == Repr::Word;
        for (own, passed) in decl.params.iter().zip(&sig.params) {
            let (own_ty, own) = self.reg_type(decl.locals[own.local.index()].ty);
            let (passed_ty, passed) = self.c.reg_type(passed.ty);
            let same = own_ty == passed_ty
                || raya_bytecode::assignable(&self.c.tables.module, passed_ty, own_ty);
            if !boxing(passed, own) || passed == own && !same {
                return false;
            }
        }
        if matches!(sig.ret, Ty::VOID) {
            return true;
        }
        let (own_ty, own) = self.reg_type(decl.ret);
        let (wanted_ty, wanted) = self.c.reg_type(sig.ret);
        let number = own == Repr::I32 && wanted == Repr::F64;
        number
            || boxing(own, wanted)
                && (own != wanted
                    || raya_bytecode::assignable(&self.c.tables.module, own_ty, wanted_ty))
    }
}
