//! Reading from and writing to places: fields, elements, members, attributes.

use super::ctx::{Guard, Lower, Slot};
use crate::ir::{Term, VReg};
use raya_bytecode::{ClassId, FieldId, FieldRef, Op, PropRef, Repr, TypeDesc, TypeId};
use raya_check::hir::{self, ExprId, FieldIdx, FuncKind, Place};
use raya_check::types::{self, Ty};
use raya_syntax::{Name, Span};

impl Lower<'_, '_> {
    /// The value at a place; `ty` is the type of the read.
    pub fn read_place(&mut self, place: &Place, ty: Ty) -> VReg {
        match *place {
            Place::Local { local, .. } => self.read_variable(local),
            Place::Global { global, .. } => {
                let id = self.c.global(global);
                let ty = self.reg_type(self.hir.global(global).ty).0;
                self.emit_to(ty, Op::GetGlobalChecked, id.0.into(), 0)
            }
            Place::Field {
                object,
                class,
                field,
            } => {
                let value = self.expr(object);
                self.read_field(value, class, field, ty)
            }
            Place::Static {
                object,
                class,
                field,
                checked,
            } => {
                let asked = self.asked(object, class, checked);
                self.read_static(&asked, class, field, ty)
            }
            Place::Method {
                object,
                class,
                method,
            } => {
                let value = self.expr(object);
                self.method_value(value, class, method, ty)
            }
            Place::StaticMethod {
                object,
                class,
                method,
            } => {
                let asked = self.asked(object, class, false);
                let value = self.asked_object(&asked);
                self.method_value(value, class, method, ty)
            }
            Place::Prop {
                object,
                name,
                optional,
            } => {
                let value = self.expr(object);
                let value = self.boxed(value);
                let prop = self.prop(name, ty, optional);
                let to = self.reg_type(ty).0;
                self.emit_to(to, Op::GetProp, value.0, prop)
            }
            Place::Attr { object, name } => {
                let value = self.expr(object);
                let value = self.boxed(value);
                let name = self.c.str_name(name);
                self.emit_to(self.c.any, Op::GetAttr, value.0, name.0.into())
            }
            _ => self.read_element(place, ty),
        }
    }

    fn read_element(&mut self, place: &Place, ty: Ty) -> VReg {
        match *place {
            Place::Index { array, index } => {
                let value = self.expr(array);
                let guard = self.guard(value);
                let index = self.index(index);
                let array = self.settle(guard);
                self.read_index(array, index, ty)
            }
            Place::TupleElem {
                tuple,
                index,
                optional,
            } => {
                let value = self.expr(tuple);
                self.read_tuple(value, index, optional, ty)
            }
            Place::Char { string, index } => {
                let value = self.expr(string);
                let guard = self.guard(value);
                let index = self.index(index);
                let string = self.settle(guard);
                self.emit_to(self.c.string, Op::StrIndex, string.0, index.0)
            }
            Place::Dict {
                object,
                key,
                nullable,
            } => {
                self.looks_up(key);
                let [object, key] = self.two_words(object, key);
                let op = if nullable {
                    Op::GetItemOpt
                } else {
                    Op::GetItem
                };
                let value = self.emit_to(self.c.any, op, object.0, key.0);
                let to = self.exact_type(ty);
                self.checked(value, to)
            }
            Place::Item { object, key } => {
                self.looks_up(key);
                let [object, key] = self.two_words(object, key);
                self.emit_to(self.c.any, Op::GetItem, object.0, key.0)
            }
            _ => self.const_null(),
        }
    }

    /// Stores a value at a place; gives the value.
    pub fn assign(&mut self, place: &Place, value: ExprId) -> VReg {
        match *place {
            Place::Local { local, checked } => self.assign_local(local, checked, value),
            Place::Global { global, checked } => {
                let ty = self.reg_type(self.hir.global(global).ty).0;
                let value = self.expr_as(value, ty);
                let id = self.c.global(global);
                if checked {
                    self.emit_to(ty, Op::GetGlobalChecked, id.0.into(), 0);
                }
                self.emit(Op::SetGlobal, value.0, id.0.into(), 0);
                value
            }
            Place::Field {
                object,
                class,
                field,
            } => {
                let object = self.expr(object);
                let guard = self.guard(object);
                let value = self.expr(value);
                let object = self.settle(guard);
                self.write_field(object, class, field, value)
            }
            Place::Static {
                object,
                class,
                field,
                checked,
            } => {
                let asked = self.asked(object, class, checked);
                self.write_static(&asked, class, field, value)
            }
            Place::Prop { object, name, .. } => {
                let ty = self.hx(value).ty;
                let [object, value] = self.object_and_value(object, value);
                let prop = self.prop(name, ty, false);
                self.emit(Op::SetProp, object.0, prop, value.0);
                value
            }
            Place::Attr { object, name } => {
                let [object, value] = self.object_and_value(object, value);
                let word = self.boxed(value);
                let name = self.c.str_name(name);
                self.emit(Op::SetAttr, object.0, name.0.into(), word.0);
                value
            }
            _ => self.assign_element(place, value),
        }
    }

    fn assign_element(&mut self, place: &Place, value: ExprId) -> VReg {
        match *place {
            Place::Index { array, index } => {
                let array = self.expr(array);
                let guard = self.guard(array);
                let index = self.index(index);
                let at = self.guard(index);
                let value = self.expr(value);
                let (array, index) = (self.settle(guard), self.settle(at));
                self.write_index(array, index, value);
                value
            }
            Place::TupleElem { tuple, index, .. } => {
                let [tuple, value] = self.object_and_value(tuple, value);
                let index = self.const_i32(index as i32);
                let word = self.boxed(value);
                self.emit(Op::ArraySetW, tuple.0, index.0, word.0);
                value
            }
            Place::Dict { object, key, .. } | Place::Item { object, key } => {
                self.looks_up(key);
                let [object, key] = self.two_words(object, key);
                let (object, key): (Guard, Guard) = (self.guard(object), self.guard(key));
                let value = self.expr(value);
                let (object, key) = (self.settle(object), self.settle(key));
                let word = self.boxed(value);
                self.emit(Op::SetItem, object.0, key.0, word.0);
                value
            }
            _ => {
                self.fail(
                    self.decl.span,
                    "an assignment to a place that cannot be written",
                );
                self.expr(value)
            }
        }
    }

    fn object_and_value(&mut self, object: ExprId, value: ExprId) -> [VReg; 2] {
        let object = self.expr(object);
        let object = self.boxed(object);
        let guard = self.guard(object);
        let value = self.expr(value);
        [self.settle(guard), value]
    }

    fn assign_local(&mut self, local: hir::LocalId, checked: bool, value: ExprId) -> VReg {
        let decl = self.local(local);
        let ty = self.reg_type(decl.ty).0;
        let value = self.expr_as(value, ty);
        let slot = self.slot(local);
        if checked {
            let name = self.c.str_name(decl.name);
            let current = match slot {
                Slot::Reg(reg) => reg,
                Slot::Cell { object, field } => {
                    self.emit_to(ty, Op::GetField, object.0, field.0.into())
                }
            };
            self.emit(Op::CheckSet, current.0, name.0.into(), 0);
        }
        match slot {
            Slot::Reg(reg) => {
                self.mov(reg, value);
                reg
            }
            Slot::Cell { object, field } => {
                self.emit(Op::SetField, object.0, field.0.into(), value.0);
                value
            }
        }
    }

    // ---- fields

    /// A field that `class` declares, seen in module class `id`.
    pub(super) fn field_ref(
        &mut self,
        id: ClassId,
        class: types::ClassId,
        decl: &hir::Field,
        is_static: bool,
    ) -> FieldId {
        let name = self.c.field_name(class, decl);
        self.c.tables.field(FieldRef {
            class: id,
            name,
            is_static,
        })
    }

    /// The register type of a field, seen in a module class that has it.
    pub(super) fn field_type(&mut self, id: ClassId, ty: Ty) -> (TypeId, TypeId) {
        let Some(info) = self.c.class_args(id).cloned() else {
            return (self.c.any, self.c.any);
        };
        let subst = self.c.class_subst(info.class, info.args);
        let ty = self.c.types.substitute(ty, &subst);
        (self.c.type_id(ty), self.c.reg_type(ty).0)
    }

    /// The object as an instance of the class that declares a field, that class, and the one
    /// by whose layout the field is found.
    fn field_owner(
        &mut self,
        object: VReg,
        class: types::ClassId,
    ) -> Option<(VReg, ClassId, ClassId)> {
        if let TypeDesc::Class(id) = *self.desc(object)
            && let Some(owner) = self.c.ancestor(id, class)
        {
            return Some((object, owner, self.c.holder(id, owner)?));
        }
        // An intersection or a wider type: flow analysis has the class, at any arguments.
        if self.hir.class(class).params.is_empty() {
            let id = self.c.origin_class(class);
            let ty = self.c.tables.ty(TypeDesc::Class(id));
            let holder = self.c.holder(id, id)?;
            let object = self.narrowed(object, ty);
            return Some((object, id, holder));
        }
        None
    }

    fn read_field(&mut self, object: VReg, class: types::ClassId, field: FieldIdx, ty: Ty) -> VReg {
        let decl = &self.hir.class(class).fields[field.index()];
        let Some((object, id, holder)) = self.field_owner(object, class) else {
            let object = self.boxed(object);
            if self.hir.class(class).displaced {
                let prop = self.field_prop(class, decl, ty);
                let to = self.reg_type(ty).0;
                return self.emit_to(to, Op::GetProp, object.0, prop);
            }
            let name = self.c.str_name(decl.name);
            let value = self.emit_to(self.c.any, Op::GetAttr, object.0, name.0.into());
            let to = self.exact_type(ty);
            return self.checked(value, to);
        };
        let (_, held) = self.field_type(id, decl.ty);
        let word = self.c.tables.repr(held) == Repr::Word;
        let op = match self.is_fixed(class, decl) {
            true if word => Op::GetFieldSet,
            true => Op::GetField,
            false => Op::ReadField,
        };
        let field = self.field_ref(holder, class, decl, false);
        self.emit_to(held, op, object.0, field.0.into())
    }

    /// Whether no descriptor or attribute hook can stand before a field: `any` does not see a
    /// private one, and those of library classes stay what they are.
    fn is_fixed(&self, class: types::ClassId, decl: &hir::Field) -> bool {
        decl.private || self.hir.class(class).builtin
    }

    /// A field as a member that is looked up in the object.
    fn field_prop(&mut self, class: types::ClassId, decl: &hir::Field, ty: Ty) -> u32 {
        let prop = PropRef {
            name: self.c.field_name(class, decl),
            ty: self.exact_type(ty),
            optional: decl.optional || decl.starts_null,
        };
        self.c.tables.prop(prop).0.into()
    }

    /// Stores a field of an object.
    pub fn write_field(
        &mut self,
        object: VReg,
        class: types::ClassId,
        field: FieldIdx,
        value: VReg,
    ) -> VReg {
        let decl = &self.hir.class(class).fields[field.index()];
        let Some((object, id, holder)) = self.field_owner(object, class) else {
            let object = self.boxed(object);
            if self.hir.class(class).displaced {
                let ty = self.c.types.substitute(decl.ty, &self.subst);
                let held = self.reg_type(ty).0;
                let value = self.convert(value, held);
                let prop = self.field_prop(class, decl, ty);
                self.emit(Op::SetProp, object.0, prop, value.0);
                return value;
            }
            let name = self.c.str_name(decl.name);
            let word = self.boxed(value);
            self.emit(Op::SetAttr, object.0, name.0.into(), word.0);
            return value;
        };
        let (_, held) = self.field_type(id, decl.ty);
        let value = self.convert(value, held);
        // Initialisers store, whatever the class says about its attributes.
        let direct = matches!(self.decl.kind, FuncKind::FieldInit(_));
        let op = match direct || self.is_fixed(class, decl) {
            true => Op::SetField,
            false => Op::WriteField,
        };
        let field = self.field_ref(holder, class, decl, false);
        self.emit(op, object.0, field.0.into(), value.0);
        value
    }

    /// A structural member at a type.
    pub fn prop(&mut self, name: Name, ty: Ty, optional: bool) -> u32 {
        let prop = PropRef {
            name: self.c.str_name(name),
            ty: self.exact_type(ty),
            optional,
        };
        self.c.tables.prop(prop).0.into()
    }

    // ---- elements

    /// An index expression as an i32.
    fn index(&mut self, id: ExprId) -> VReg {
        let value = self.expr(id);
        self.as_index(value)
    }

    /// A number as an index.
    pub fn as_index(&mut self, value: VReg) -> VReg {
        match self.repr(value) {
            Repr::I32 => value,
            _ => {
                let number = self.convert(value, self.c.number);
                self.emit_to(self.c.int, Op::F64ToIndex, number.0, 0)
            }
        }
    }

    /// An array's element: `index` is an i32.
    pub fn read_index(&mut self, array: VReg, index: VReg, ty: Ty) -> VReg {
        let elem = match *self.desc(array) {
            TypeDesc::Array(elem) if elem != self.c.any => elem,
            TypeDesc::ReadonlyArray(elem) if !self.mixes(elem) => elem,
            _ => {
                let word = self.boxed(index);
                let array = self.boxed(array);
                let value = self.emit_to(self.c.any, Op::GetItem, array.0, word.0);
                let to = self.exact_type(ty);
                return self.checked(value, to);
            }
        };
        let held = self.c.widen(elem);
        let op = match self.c.tables.repr(elem) {
            Repr::F64 => Op::ArrayGetF64,
            Repr::I32 => Op::ArrayGetI32,
            Repr::Bool => Op::ArrayGetBool,
            Repr::Word => Op::ArrayGetW,
        };
        self.emit_to(held, op, array.0, index.0)
    }

    /// Whether a read-only array of this element type may really store unboxed
    /// elements (it is a view of `number[]` at `(number | string)[]`, say).
    pub fn mixes(&self, elem: TypeId) -> bool {
        raya_bytecode::may_view_unboxed(&self.c.tables.module, elem)
    }

    /// Stores an array's element.
    pub fn write_index(&mut self, array: VReg, index: VReg, value: VReg) {
        let elem = match *self.desc(array) {
            TypeDesc::Array(elem) => Some(elem).filter(|&elem| elem != self.c.any),
            _ => None,
        };
        // An `any[]` may be an array of any element type, and may be pinned to one.
        let Some(elem) = elem else {
            let (array, index) = (self.boxed(array), self.boxed(index));
            let value = self.boxed(value);
            self.emit(Op::SetItem, array.0, index.0, value.0);
            return;
        };
        let value = self.convert(value, elem);
        let op = match self.c.tables.repr(elem) {
            Repr::F64 => Op::ArraySetF64,
            Repr::I32 => Op::ArraySetI32,
            Repr::Bool => Op::ArraySetBool,
            Repr::Word => Op::ArraySetW,
        };
        self.emit(op, array.0, index.0, value.0);
    }

    fn read_tuple(&mut self, tuple: VReg, index: u32, optional: bool, ty: Ty) -> VReg {
        let to = self.reg_type(ty).0;
        let any = self.c.any;
        let position = self.const_i32(index as i32);
        if !optional {
            let word = self.emit_to(any, Op::ArrayGetW, tuple.0, position.0);
            return self.narrowed(word, to);
        }
        let dst = self.temp(any);
        let (present, absent, join) = (self.block(), self.block(), self.block());
        let length = self.emit_to(self.c.int, Op::ArrayLen, tuple.0, 0);
        self.branch(Op::JltI32, position.0, length.0, present, absent);
        self.switch_to(present);
        let word = self.emit_to(any, Op::ArrayGetW, tuple.0, position.0);
        self.mov(dst, word);
        self.end(Term::Jump(join));
        self.switch_to(absent);
        self.emit(Op::LoadNull, dst.0, 0, 0);
        self.end(Term::Jump(join));
        self.switch_to(join);
        self.narrowed(dst, to)
    }

    /// `delete`; true.
    pub fn delete(&mut self, place: &Place, span: Span) -> VReg {
        match *place {
            Place::Attr { object, name } | Place::Prop { object, name, .. } => {
                let object = self.expr(object);
                let object = self.boxed(object);
                let name = self.c.str_name(name);
                self.emit(Op::DelAttr, object.0, name.0.into(), 0);
            }
            Place::Dict { object, key, .. } | Place::Item { object, key } => {
                self.looks_up(key);
                let [object, key] = self.two_words(object, key);
                self.emit(Op::DelItem, object.0, key.0, 0);
            }
            Place::Field {
                object,
                class,
                field,
            } => {
                let name = self.hir.class(class).fields[field.index()].name;
                let object = self.expr(object);
                let object = self.boxed(object);
                let name = self.c.str_name(name);
                self.emit(Op::DelAttr, object.0, name.0.into(), 0);
            }
            _ => self.fail(span, "delete of a place that cannot be deleted"),
        }
        self.const_bool(true)
    }
}
