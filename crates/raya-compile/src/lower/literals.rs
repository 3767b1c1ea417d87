//! Array, tuple and object literals.

use super::accessors::{Accessor, hidden_name};
use super::ctx::Lower;
use crate::errors::Failure;
use crate::ir::VReg;
use raya_bytecode::natives::Native;
use raya_bytecode::{ClassId, FieldRef, Member, Op, Repr, TypeDesc, TypeId};
use raya_check::hir::{Element, ExprId, ObjectLit, ObjectMember};
use raya_check::types::Ty;
use raya_syntax::Name;

/// Largest capacity that a literal asks for in its instruction.
const MAX_CAPACITY: usize = 0x7FFF;

impl Lower<'_, '_> {
    /// An array literal.
    pub fn array_literal(&mut self, ty: Ty, elements: &[Element]) -> VReg {
        let mut ty = self.exact_type(ty);
        let elem = match *self.c.tables.desc(ty) {
            TypeDesc::Array(elem) => elem,
            TypeDesc::ReadonlyArray(elem) => {
                ty = self.c.tables.ty(TypeDesc::Array(elem));
                elem
            }
            _ => {
                let any = self.c.any;
                ty = self.c.tables.ty(TypeDesc::Array(any));
                any
            }
        };
        let capacity = elements.len().min(MAX_CAPACITY) as u32;
        let array = self.emit_to(ty, Op::NewArrayCap, ty.0.into(), capacity);
        for element in elements {
            match *element {
                Element::One(id) => {
                    let value = self.expr_as(id, elem);
                    self.emit(Op::ArrayPush, array.0, value.0, 0);
                }
                Element::Spread(id) => {
                    let value = self.expr(id);
                    let value = self.boxed(value);
                    self.emit(Op::ArrayExtend, array.0, value.0, 0);
                }
            }
        }
        array
    }

    /// A tuple literal: elements are boxed.
    pub fn tuple_literal(&mut self, ty: Ty, elements: &[ExprId]) -> VReg {
        let ty = self.exact_type(ty);
        let capacity = elements.len().min(MAX_CAPACITY) as u32;
        let tuple = self.emit_to(ty, Op::NewArrayCap, ty.0.into(), capacity);
        for &id in elements {
            let value = self.expr(id);
            let value = self.boxed(value);
            self.emit(Op::ArrayPush, tuple.0, value.0, 0);
        }
        tuple
    }

    /// A value for a place of type `to`: tuples box their elements, so where an array of
    /// unboxed ones is read it is a copy.
    pub fn unboxed_elements(&mut self, receiver: VReg, to: TypeId) -> VReg {
        let TypeDesc::ReadonlyArray(elem) = *self.c.tables.desc(to) else {
            return receiver;
        };
        let m = &self.c.tables.module;
        let may_be_tuple = match self.desc(receiver) {
            TypeDesc::Tuple { .. } => true,
            TypeDesc::Union(members) => {
                let mut kinds = members.iter().map(|t| &m.types[t.index()]);
                kinds.any(|t| matches!(t, TypeDesc::Tuple { .. }))
            }
            _ => false,
        };
        if !may_be_tuple || self.c.tables.repr(elem) == Repr::Word {
            return receiver;
        }
        let ty = self.c.tables.ty(TypeDesc::Array(elem));
        let array = self.emit_to(ty, Op::NewArrayCap, ty.0.into(), 0);
        self.emit(Op::ArrayExtend, array.0, receiver.0, 0);
        array
    }

    /// An object literal.
    pub fn object_literal(&mut self, ty: Ty, literal: &ObjectLit) -> VReg {
        let ty = self.exact_type(ty);
        let desc = self.c.tables.desc(ty).clone();
        match desc {
            TypeDesc::Object(members) if !literal.dict => self.shaped_literal(&members, literal),
            _ => self.dictionary_literal(ty, literal),
        }
    }

    fn shaped_literal(&mut self, members: &[Member], literal: &ObjectLit) -> VReg {
        let accessors = self.accessors(literal);
        let class = if accessors.is_empty() {
            self.c.literal_class(members.to_vec())
        } else {
            self.c.accessor_class(members, &accessors)
        };
        let ty = self.c.tables.ty(TypeDesc::Class(class));
        let dynamic = literal
            .members
            .iter()
            .any(|m| !matches!(m, ObjectMember::Field { .. }));
        if literal.this.is_some() || dynamic {
            let object = self.emit_to(ty, Op::NewObject, class.0.into(), 0);
            if let Some(this) = literal.this {
                self.init_local(this, object);
            }
            for member in &literal.members {
                self.set_member(object, class, members, member);
            }
            self.copy_beyond(object, literal);
            return object;
        }
        // Values first: the new object needs no barrier while it is filled.
        let mut values = Vec::with_capacity(literal.members.len());
        for member in &literal.members {
            let ObjectMember::Field { name, value } = *member else {
                continue;
            };
            let held = self.member_type(members, name);
            let value = self.expr_as(value, held);
            values.push((name, self.guard(value)));
        }
        let values: Vec<(Name, VReg)> = values
            .into_iter()
            .map(|(name, guard)| (name, self.settle(guard)))
            .collect();
        let object = self.emit_to(ty, Op::NewObject, class.0.into(), 0);
        for (name, value) in values {
            self.set_literal_field(object, class, name, value);
        }
        self.copy_beyond(object, literal);
        object
    }

    /// Members that what was spread has beyond its type.
    fn copy_beyond(&mut self, object: VReg, literal: &ObjectLit) {
        for &from in &literal.beyond {
            let from = self.expr(from);
            let from = self.boxed(from);
            if let Some(native) = Native::by_name("object_copy_beyond") {
                let null = self.c.null;
                self.emit_window(Op::NativeCall, null, native.id.into(), &[object, from]);
            }
        }
    }

    fn member_type(&mut self, members: &[Member], name: Name) -> TypeId {
        let name = self.c.str_name(name);
        let found = members.iter().find(|m| m.name == name);
        found.map_or(self.c.any, |m| m.ty)
    }

    fn set_literal_field(&mut self, object: VReg, class: ClassId, name: Name, value: VReg) {
        let name = self.c.str_name(name);
        let declared = &self.c.tables.module.classes[class.index()].fields;
        if !declared.iter().any(|f| f.name == name) {
            let word = self.boxed(value);
            self.emit(Op::SetAttr, object.0, name.0.into(), word.0);
            return;
        }
        let field = self.c.tables.field(FieldRef {
            class,
            name,
            is_static: false,
        });
        self.emit(Op::SetField, object.0, field.0.into(), value.0);
    }

    fn set_member(
        &mut self,
        object: VReg,
        class: ClassId,
        members: &[Member],
        member: &ObjectMember,
    ) {
        match *member {
            ObjectMember::Field { name, value } => {
                let held = self.member_type(members, name);
                let value = self.expr_as(value, held);
                self.set_literal_field(object, class, name, value);
            }
            ObjectMember::Computed { key, value } => {
                let [key, value] = self.two_words(key, value);
                self.emit(Op::SetItem, object.0, key.0, value.0);
            }
            ObjectMember::Spread(from) => {
                let value = self.expr(from);
                let value = self.boxed(value);
                self.emit(Op::SpreadObject, object.0, value.0, 0);
            }
            // The class has a method that calls the closure in this field.
            ObjectMember::Getter { name, value } => {
                self.set_accessor(object, class, name, value, "get");
            }
            ObjectMember::Setter { name, value } => {
                self.set_accessor(object, class, name, value, "set");
            }
        }
    }

    fn accessors(&mut self, literal: &ObjectLit) -> Vec<Accessor> {
        let mut out = Vec::new();
        for member in &literal.members {
            let (name, value, getter) = match *member {
                ObjectMember::Getter { name, value } => (name, value, true),
                ObjectMember::Setter { name, value } => (name, value, false),
                _ => continue,
            };
            let ty = self.exact_type(self.hx(value).ty);
            let TypeDesc::Function(sig) = *self.c.tables.desc(ty) else {
                self.fail(self.hx(value).span, "an accessor that is no function");
                continue;
            };
            out.push(Accessor {
                name: self.c.str_name(name),
                sig,
                getter,
            });
        }
        out
    }

    fn set_accessor(&mut self, object: VReg, class: ClassId, name: Name, value: ExprId, how: &str) {
        let closure = self.expr(value);
        let text = hidden_name(how, self.c.names.text(name));
        let name = self.c.tables.string(&text);
        let field = self.c.tables.field(FieldRef {
            class,
            name,
            is_static: false,
        });
        self.emit(Op::SetField, object.0, field.0.into(), closure.0);
    }

    fn dictionary_literal(&mut self, ty: TypeId, literal: &ObjectLit) -> VReg {
        let ty = match self.c.tables.desc(ty) {
            TypeDesc::Dict(_) => ty,
            _ => {
                let any = self.c.any;
                self.c.tables.ty(TypeDesc::Dict(any))
            }
        };
        let object = self.emit_to(ty, Op::NewDict, ty.0.into(), 0);
        if let Some(this) = literal.this {
            self.init_local(this, object);
        }
        for member in &literal.members {
            match *member {
                ObjectMember::Field { name, value } => {
                    let id = self.c.str_name(name);
                    let key = self.const_str(id);
                    let value = self.expr(value);
                    let word = self.boxed(value);
                    self.emit(Op::SetItem, object.0, key.0, word.0);
                }
                ObjectMember::Computed { key, value } => {
                    let [key, value] = self.two_words(key, value);
                    self.emit(Op::SetItem, object.0, key.0, value.0);
                }
                ObjectMember::Spread(from) => {
                    let value = self.expr(from);
                    let value = self.boxed(value);
                    self.emit(Op::SpreadObject, object.0, value.0, 0);
                }
                ObjectMember::Getter { value, .. } | ObjectMember::Setter { value, .. } => {
                    let (file, span) = (self.file, self.hx(value).span);
                    let what = "accessors beside computed keys are not supported yet";
                    self.c.failures.push(Failure::unsupported(file, span, what));
                }
            }
        }
        object
    }
}
