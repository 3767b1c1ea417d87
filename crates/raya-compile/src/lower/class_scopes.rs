//! Scopes of classes inside functions: what the code of instances captures.
//!
//! A scope is an object with one field per captured variable (its value, or the cell
//! that holds it). Instances keep a reference to it in a private field that no program
//! can name, set by `new` before the constructor runs.

use super::Compiler;
use super::ctx::{Lower, Slot};
use crate::errors::Failure;
use crate::ir::VReg;
use raya_bytecode::{
    ClassId, Field, FieldId, FieldRef, Op, Receiver, Repr, StrId, TypeDesc, TypeId,
};
use raya_check::hir::{self, ExprId, FuncKind};
use raya_check::types;

/// A class's scope in the module.
#[derive(Clone, Copy, Debug)]
pub(super) struct ScopeLayout {
    /// Its class.
    class: ClassId,
    /// The private field of instances.
    field: StrId,
}

impl Compiler<'_> {
    /// The layout of a class's scope; none if its code captures nothing.
    pub(super) fn scope_layout(&mut self, class: types::ClassId) -> Option<ScopeLayout> {
        if let Some(&known) = self.class_scopes.get(&class) {
            return Some(known);
        }
        let scope = self.hir.function(self.hir.class(class).scope?);
        if scope.captures.is_empty() {
            return None;
        }
        let mut fields = Vec::with_capacity(scope.captures.len());
        for (k, capture) in scope.captures.iter().enumerate() {
            let ty = self.held_type(&scope.locals[capture.local.index()]);
            fields.push(Field {
                name: self.tables.string(&format!("{k}")),
                ty,
                optional: false,
                private: false,
                readonly: false,
            });
        }
        let name = self.tables.string("scope");
        let made = ScopeLayout {
            class: self.plain_class(name, fields, false),
            field: self.tables.string(&format!("#scope {}", class.0)),
        };
        self.class_scopes.insert(class, made);
        Some(made)
    }

    /// The type of what a scope keeps of a variable. Type parameters of the function
    /// around the class are any here.
    fn held_type(&mut self, local: &hir::Local) -> TypeId {
        let (ty, _) = self.reg_type(local.ty);
        if local.boxed {
            self.scope_class(ty).0
        } else {
            ty
        }
    }

    /// The private field that instances of the class keep its scope in.
    pub(super) fn scope_field(&mut self, class: types::ClassId) -> Option<Field> {
        let layout = self.scope_layout(class)?;
        Some(Field {
            name: layout.field,
            ty: self.tables.ty(TypeDesc::Class(layout.class)),
            optional: false,
            private: true,
            readonly: true,
        })
    }

    fn scope_part(&mut self, layout: ScopeLayout, k: usize) -> FieldId {
        let name = self.tables.string(&format!("{k}"));
        self.tables.field(FieldRef {
            class: layout.class,
            name,
            is_static: false,
        })
    }
}

impl Lower<'_, '_> {
    /// A new scope of a class, as any.
    pub(super) fn class_scope(&mut self, class: types::ClassId) -> VReg {
        let Some(layout) = self.c.scope_layout(class) else {
            return self.const_null();
        };
        let Some(func) = self.hir.class(class).scope else {
            return self.const_null();
        };
        let scope = self.hir.function(func);
        let ty = self.c.tables.ty(TypeDesc::Class(layout.class));
        let object = self.emit_to(ty, Op::NewObject, layout.class.0.into(), 0);
        for (k, capture) in scope.captures.iter().enumerate() {
            let held = self.c.held_type(&scope.locals[capture.local.index()]);
            let value = match self.slot(capture.outer) {
                Slot::Reg(value) => {
                    let value = self.convert(value, held);
                    self.narrowed(value, held)
                }
                Slot::Cell { object, .. } if self.f.reg(object).ty == held => object,
                Slot::Cell { .. } => {
                    let decl = self.hir.class(class);
                    let message = "a class inside a generic function cannot use a variable that \
                                   changes and whose type depends on a type parameter";
                    let failure = Failure::unsupported(decl.file, decl.span, message);
                    self.c.failures.push(failure);
                    return self.const_null();
                }
            };
            let part = self.c.scope_part(layout, k);
            self.emit(Op::SetField, object.0, part.0.into(), value.0);
        }
        self.boxed(object)
    }

    /// Gives a new instance the scopes of its class and bases.
    pub(super) fn hand_over_scopes(&mut self, new: ExprId, object: VReg, id: ClassId) {
        let hir = self.hir;
        for &(class, scope) in hir.new_scopes.get(&new).map_or(&[][..], |s| s) {
            let (Some(layout), Some(owner)) =
                (self.c.scope_layout(class), self.c.ancestor(id, class))
            else {
                continue;
            };
            let value = self.expr(scope);
            let ty = self.c.tables.ty(TypeDesc::Class(layout.class));
            let value = self.narrowed(value, ty);
            let field = self.c.tables.field(FieldRef {
                class: owner,
                name: layout.field,
                is_static: false,
            });
            self.emit(Op::SetField, object.0, field.0.into(), value.0);
        }
    }

    /// Registers of what the code of an instance captured. True if it is such code.
    pub(super) fn scope_captures(&mut self) -> bool {
        let decl = self.decl;
        let Some(parent) = decl.parent else {
            return false;
        };
        let scope = self.hir.function(parent);
        let FuncKind::ClassScope(class) = scope.kind else {
            return false;
        };
        if self.f.receiver != Receiver::This || decl.captures.is_empty() {
            return true;
        }
        let this = VReg(self.this_index());
        let owner = match *self.desc(this) {
            TypeDesc::Class(id) => self.c.ancestor(id, class),
            _ => None,
        };
        let (Some(layout), Some(owner)) = (self.c.scope_layout(class), owner) else {
            self.fail(decl.span, "an instance without the scope of its class");
            return true;
        };
        let ty = self.c.tables.ty(TypeDesc::Class(layout.class));
        let field = self.c.tables.field(FieldRef {
            class: owner,
            name: layout.field,
            is_static: false,
        });
        let object = self.emit_to(ty, Op::GetFieldSet, this.0, field.0.into());
        for capture in &decl.captures {
            let k = scope.captures.iter().position(|c| c.local == capture.outer);
            let Some(k) = k else { continue };
            let local = self.local(capture.local);
            let held = self.c.held_type(&scope.locals[capture.outer.index()]);
            let part = self.c.scope_part(layout, k);
            // What is kept is set: a variable that may not be is in a cell.
            let op = if self.c.tables.repr(held) == Repr::Word {
                Op::GetFieldSet
            } else {
                Op::GetField
            };
            let value = self.emit_to(held, op, object.0, part.0.into());
            self.slots[capture.local.index()] = Some(if local.boxed {
                let ty = self.reg_type(local.ty).0;
                let (_, field) = self.c.scope_class(ty);
                Slot::Cell {
                    object: value,
                    field,
                }
            } else {
                Slot::Reg(value)
            });
        }
        true
    }
}
