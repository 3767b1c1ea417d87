//! Own members of objects: declared fields and expando attributes.
//!
//! What an object has itself, without looking at its class: the instance part of
//! attribute access, `Object.keys`, spreading, printing and structural checks. Runs no user
//! code but the getters of object literals.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::{DescRef, DescShape};
use crate::mem::array::Array;
use crate::mem::layout::FLAG_ORDERED;
use crate::mem::object::{Expando, Instance};
use crate::mem::string::Units;
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::shape::DICT_SHAPE;
use crate::type_info::{Attr, TypeKind};

/// Where a literal's expando keeps the order of its members; no program can write the name.
const ORDER: &str = "#order";

/// Room of a first expando.
const FIRST_ROOM: usize = 4;

impl Ctx {
    /// The own member `name` of `v`; absent ones give none. Unset optional fields are absent.
    pub fn own_member(&mut self, v: Value, name: Value) -> Option<Value> {
        if let Some(object) = self.as_instance(v) {
            let ty = self.type_of_obj(object.obj());
            if let Some(field) = ty.field(name).filter(|f| !f.private) {
                return object.get(field).filter(|&v| self.is_visible(v));
            }
            return self.get_expando(object, name);
        }
        match self.kind_of(v) {
            TypeKind::Dict | TypeKind::Function => {
                let table = self.dict_table(v)?;
                self.find_name(table, name)
            }
            TypeKind::String | TypeKind::Array | TypeKind::Tuple if self.is_length(name) => {
                let len = match self.as_str(v) {
                    Some(s) => s.len(),
                    None => self.as_array(v).map_or(0, |a| a.len()),
                };
                Some(Value::number(len as f64))
            }
            _ => None,
        }
    }

    /// The accessors of an object literal, which are its own members as in JavaScript.
    pub(crate) fn own_accessors(&self, v: Value) -> Vec<Value> {
        let ty = self.type_of(v);
        if ty.kind != TypeKind::Literal {
            return Vec::new();
        }
        let attrs = ty.meta.attrs.borrow();
        let accessors = attrs
            .iter()
            .filter(|(_, attr)| matches!(attr, Attr::Accessor { .. }));
        accessors.map(|(name, _)| name).collect()
    }

    /// The own members of anything with those of a literal that have accessors, which are
    /// unset here, in the order of [`Ctx::own_members`].
    pub(crate) fn own_entries(&mut self, v: Value) -> Vec<(Value, Value)> {
        if self.is_error(v) {
            return self.entries_of_error(v);
        }
        let accessors = self.own_accessors(v);
        let mut all = self.own_members(v);
        if accessors.is_empty() {
            return all;
        }
        all.extend(accessors.into_iter().map(|name| (name, Value::UNSET)));
        // The closure of an accessor lies in a field that stands where the text has it.
        let fields: Vec<String> = {
            let ty = self.type_of(v);
            let texts = ty.meta.fields.iter().map(|f| self.name_text(f.name));
            texts.collect()
        };
        let member = |field: &str| {
            let of_accessor = field.strip_prefix("#get ").or(field.strip_prefix("#set "));
            of_accessor.unwrap_or(field).to_owned()
        };
        let order: Vec<String> = fields.iter().map(|f| member(f)).collect();
        all.sort_by_cached_key(|&(name, _)| {
            let text = self.name_text(name);
            order.iter().position(|f| *f == text).unwrap_or(order.len())
        });
        self.sort_integer_keys(&mut all);
        all
    }

    /// The value of an own member; its getter is called if it has one.
    pub(crate) fn read_own_member(&mut self, v: Value, name: Value) -> R<Option<Value>> {
        if let Some(value) = self.own_member(v, name) {
            return Ok(Some(value));
        }
        let ty = self.type_of(v);
        match ty.lookup(name) {
            Some((_, Attr::Accessor { get: Some(_), .. })) if ty.kind == TypeKind::Literal => {
                self.get_attr(v, name).map(Some)
            }
            _ if self.name_is(name, "name") && self.is_error(v) => Ok(self.own_name_of_error(v)),
            _ => Ok(None),
        }
    }

    /// What an error's class and the program put on it: not its message and its cause, which
    /// JavaScript does not list, but a name of its own.
    fn entries_of_error(&mut self, v: Value) -> Vec<(Value, Value)> {
        let mut all = self.own_members(v);
        all.retain(|&(name, _)| !self.name_is(name, "message") && !self.name_is(name, "cause"));
        if let (Some(own), Ok(name)) = (self.own_name_of_error(v), self.intern("name")) {
            all.push((name, own));
        }
        all
    }

    /// The name that the program gave an error.
    fn own_name_of_error(&mut self, v: Value) -> Option<Value> {
        let ty = self.type_of(v);
        let fields = &ty.meta.fields;
        let field = fields
            .iter()
            .find(|f| f.private && self.name_is(f.name, "#name"))?;
        let own = self.as_instance(v)?.get(field)?;
        (!own.is_null()).then_some(own)
    }

    /// Every own member that is present, in JavaScript's order: integer keys ascending, then the
    /// others as they were added. Names are strings.
    pub fn own_members(&mut self, v: Value) -> Vec<(Value, Value)> {
        let mut all = Vec::new();
        if let Some(object) = self.as_instance(v) {
            let ty = self.type_of_obj(object.obj());
            let declared = ty.meta.fields.iter().filter(|f| !f.private);
            let present = declared.filter_map(|f| Some((f.name, object.get(f)?)));
            all.extend(present.filter(|&(_, v)| self.is_visible(v)));
            if let Some(expando) = object.expando() {
                self.each_expando(expando, &mut all);
            }
            if object.obj().flags() & FLAG_ORDERED != 0 {
                self.put_in_order(object, &mut all);
            }
        } else if let Some(table) = self.dict_table(v) {
            all.extend(table.entries());
        }
        self.sort_integer_keys(&mut all);
        all
    }

    /// Says in which order a literal's members come; later ones follow.
    pub(crate) fn set_order(&mut self, v: Value, order: Array) -> R<()> {
        let Some(object) = self.as_instance(v) else {
            return Ok(());
        };
        let name = self.intern(ORDER)?;
        if object.obj().flags() & FLAG_ORDERED == 0 {
            self.set_expando(object, name, order.value())?;
            object.obj().set_flags(FLAG_ORDERED);
        }
        Ok(())
    }

    fn put_in_order(&mut self, object: Instance, all: &mut Vec<(Value, Value)>) {
        all.retain(|&(name, _)| !self.name_is(name, ORDER));
        let order = self.intern(ORDER).ok();
        let order = order.and_then(|name| self.get_expando(object, name));
        let Some(order) = order.and_then(|v| self.as_array(v)) else {
            return;
        };
        let order: Vec<Value> = (0..order.len()).filter_map(|i| order.get(i)).collect();
        let place = |name: Value| order.iter().position(|&n| n == name);
        all.sort_by_key(|&(name, _)| place(name).unwrap_or(order.len()));
    }

    /// Whether programs may see a value: hash tables and storages of built-in classes
    /// stay inside.
    fn is_visible(&self, v: Value) -> bool {
        !v.is_object() || self.kind_of(v) != TypeKind::Internal
    }

    /// The table of a dictionary, or of a function's attributes.
    pub(crate) fn dict_table(&self, v: Value) -> Option<Table> {
        match self.kind_of(v) {
            TypeKind::Dict => self.record_table(v),
            TypeKind::Function => self.as_closure(v)?.attrs(),
            _ => None,
        }
    }

    /// Moves keys that are array indices to the front, in ascending order.
    fn sort_integer_keys(&mut self, all: &mut [(Value, Value)]) {
        let index = |ctx: &Ctx, name: Value| {
            let units = ctx.as_str(name)?.flat_units()?;
            array_index(units)
        };
        if all.iter().any(|(name, _)| index(self, *name).is_some()) {
            all.sort_by_key(|(name, _)| index(self, *name).map_or(u64::MAX, u64::from));
        }
    }

    fn each_expando(&mut self, expando: Expando, all: &mut Vec<(Value, Value)>) {
        if expando.shape() == DICT_SHAPE {
            if let Some(table) = Table::from_value(expando.get(0)) {
                all.extend(table.entries());
            }
        } else if let Some(shape) = self.engine().shapes.get(expando.shape()) {
            let slots = shape.names.iter().enumerate();
            all.extend(slots.map(|(i, &name)| (name, expando.get(i))));
        }
    }

    /// The expando attribute `name`.
    pub(crate) fn get_expando(&mut self, object: Instance, name: Value) -> Option<Value> {
        let expando = object.expando()?;
        if expando.shape() == DICT_SHAPE {
            let table = Table::from_value(expando.get(0))?;
            return self.find_name(table, name);
        }
        let shape = self.engine().shapes.get(expando.shape())?;
        Some(expando.get(shape.slot(name)? as usize))
    }

    /// Sets the expando attribute `name`.
    pub(crate) fn set_expando(&mut self, object: Instance, name: Value, v: Value) -> R<()> {
        let Some(expando) = object.expando() else {
            let ty = self.type_of_obj(object.obj());
            let engine = self.engine();
            let Some(shape) = engine.shapes.with(&ty.meta.shapes, None, name) else {
                return Ok(());
            };
            let expando = Expando::new(self, shape.id, FIRST_ROOM)?;
            expando.set(self, 0, v);
            object.set_expando(self, Some(expando));
            return Ok(());
        };
        if expando.shape() == DICT_SHAPE {
            return self.set_expando_dict(expando, name, v);
        }
        let engine = self.engine();
        let ty = self.type_of_obj(object.obj());
        let Some(shape) = engine.shapes.get(expando.shape()) else {
            return Ok(());
        };
        if let Some(slot) = shape.slot(name) {
            expando.set(self, slot as usize, v);
            return Ok(());
        }
        match engine.shapes.with(&ty.meta.shapes, Some(shape), name) {
            Some(next) => self.add_expando_slot(object, expando, next.id, shape.names.len(), v),
            None => {
                let dict = self.expando_to_dict(object)?;
                self.set_expando_dict(dict, name, v)
            }
        }
    }

    /// Appends a slot, moving to a larger expando when there is no room.
    fn add_expando_slot(
        &mut self,
        object: Instance,
        old: Expando,
        shape: u32,
        used: usize,
        v: Value,
    ) -> R<()> {
        let target = if used < old.cap() {
            old
        } else {
            let new = Expando::new(self, old.shape(), old.cap() * 2)?;
            for i in 0..used {
                new.set(self, i, old.get(i));
            }
            object.set_expando(self, Some(new));
            new
        };
        target.set(self, used, v);
        target.set_shape(shape);
        Ok(())
    }

    /// Turns the attributes into a hash table.
    fn expando_to_dict(&mut self, object: Instance) -> R<Expando> {
        let mut all = Vec::new();
        if let Some(old) = object.expando() {
            self.each_expando(old, &mut all);
        }
        let table = Table::new(self, 2)?;
        let dict = Expando::new(self, DICT_SHAPE, 1)?;
        dict.set(self, 0, table.value());
        // `object` still holds the old expando, which keeps the values alive.
        for (name, v) in all {
            self.table_set(table, name, v)?;
        }
        object.set_expando(self, Some(dict));
        Ok(dict)
    }

    fn set_expando_dict(&mut self, dict: Expando, name: Value, v: Value) -> R<()> {
        match Table::from_value(dict.get(0)) {
            Some(table) => self.table_set(table, name, v),
            None => Ok(()),
        }
    }

    /// Deletes the own member `name`; tells whether it was there. Declared fields that hold a
    /// reference become unset; numbers cannot be deleted.
    pub(crate) fn delete_own(&mut self, v: Value, name: Value) -> R<bool> {
        if let Some(table) = self.dict_table(v) {
            return self.table_delete(table, name);
        }
        let Some(object) = self.as_instance(v) else {
            return Ok(false);
        };
        let ty = self.type_of_obj(object.obj());
        if let Some(field) = ty.field(name).filter(|f| !f.private) {
            let present = object.get(field).is_some();
            if present && field.repr == raya_bytecode::Repr::Word {
                object.set_bits(self, field, Value::UNSET.0);
            }
            return Ok(present && field.repr == raya_bytecode::Repr::Word);
        }
        if self.get_expando(object, name).is_none() {
            return Ok(false);
        }
        let dict = match object.expando() {
            Some(e) if e.shape() == DICT_SHAPE => e,
            _ => self.expando_to_dict(object)?,
        };
        match Table::from_value(dict.get(0)) {
            Some(table) => self.table_delete(table, name),
            None => Ok(false),
        }
    }

    /// The declared type of a member that instances of the value's type have: a field's,
    /// a method's signature, a getter's result.
    pub(crate) fn member_type(&mut self, v: Value, name: Value) -> Option<DescRef> {
        let ty = self.type_of(v);
        if let Some(field) = ty.field(name).filter(|f| !f.private) {
            return Some(field.desc);
        }
        if let Some(member) = ty.meta.members.iter().find(|m| m.name == name) {
            return Some(member.ty);
        }
        match ty.kind {
            TypeKind::Dict => match ty.desc.get()?.get_shape() {
                DescShape::Dict(of) => return Some(*of),
                _ => return None,
            },
            TypeKind::String | TypeKind::Array | TypeKind::Tuple if self.is_length(name) => {
                return Some(self.engine().descs.number);
            }
            _ => {}
        }
        match ty.lookup(name)?.1 {
            Attr::Method(func) => {
                let shape = DescShape::Function(func.sig_info);
                Some(self.engine().descs.intern(shape))
            }
            Attr::Accessor { get, .. } => Some(get?.sig_info.ret),
            Attr::Static(field) => Some(field.desc),
            _ => None,
        }
    }

    /// Whether `name` is "length".
    pub(crate) fn is_length(&self, name: Value) -> bool {
        self.name_is(name, "length")
    }

    /// Whether a name has this ASCII text.
    pub(crate) fn name_is(&self, name: Value, text: &str) -> bool {
        let units = self.as_str(name).and_then(|s| s.flat_units());
        units == Some(Units::Latin1(text.as_bytes()))
    }

    /// A name as text for messages.
    pub(crate) fn name_text(&mut self, name: Value) -> String {
        self.as_str(name)
            .map_or_else(String::new, |s| s.to_text(self))
    }
}

/// The array index that a key spells in canonical form.
pub(crate) fn array_index(units: Units<'_>) -> Option<u32> {
    if units.is_empty() || units.len() > 10 {
        return None;
    }
    let first = units.get(0)?;
    if first == u16::from(b'0') && units.len() > 1 {
        return None;
    }
    let mut n: u64 = 0;
    for unit in units.iter() {
        let digit = char::from_u32(unit.into())?.to_digit(10)?;
        n = n * 10 + u64::from(digit);
    }
    u32::try_from(n).ok().filter(|&n| n != u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn canonical_indices_only() {
        let index = |s: &str| array_index(Units::Latin1(s.as_bytes()));
        assert_eq!(index("0"), Some(0));
        assert_eq!(index("42"), Some(42));
        assert_eq!(index("01"), None);
        assert_eq!(index("4294967295"), None);
        assert_eq!(index("4294967294"), Some(4_294_967_294));
        assert_eq!(index("-1"), None);
        assert_eq!(index(""), None);
    }
}
