//! `o[k]`, `o[k] = v`, `delete o[k]` on any words.
//!
//! Arrays and strings by index, dictionaries by key, classes through their slots, and, with a
//! string key and no slot, the attribute of that name.

use raya_bytecode::Slot;

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::mem::layout::{ElemKind, FLAG_FROZEN};
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::members::array_index;
use crate::text::number_format;
use crate::type_info::{Form, TypeKind};

/// The place that a numeric key names in an array.
#[inline(always)]
fn position(k: Value) -> Option<usize> {
    let i = match k.as_number() {
        Some(x) => {
            let i = x as i32;
            (f64::from(i) == x).then_some(i)?
        }
        None => k.as_int()?,
    };
    usize::try_from(i).ok()
}

impl Ctx {
    /// `o[k]` of an array and a number that names an element: what both tiers try first.
    #[inline(always)]
    pub fn element(&self, o: Value, k: Value) -> Option<Value> {
        self.as_array(o)?.get(position(k)?)
    }

    /// `o[k] = v` of an `any[]` or `number[]` that has such an element, where `v` needs no check:
    /// what both tiers try first. False leaves it to the slow way.
    #[inline(always)]
    pub fn set_element(&mut self, o: Value, k: Value, v: Value) -> bool {
        let (Some(array), Some(i)) = (self.as_array(o), position(k)) else {
            return false;
        };
        let storage = array.storage();
        if i >= storage.len() || array.obj().flags() & FLAG_FROZEN != 0 {
            return false;
        }
        let any = self.engine().descs.any_array.handle.get();
        let bits = match (storage.kind(), v.as_number()) {
            (ElemKind::Word, _) if array.obj().handle() == any => v.0,
            (ElemKind::F64, Some(x)) => x.to_bits(),
            _ => return false,
        };
        storage.set_bits(self, i, bits);
        true
    }

    /// `o[k]`.
    pub fn get_item(&mut self, o: Value, k: Value) -> R<Value> {
        if let Some(array) = self.as_array(o) {
            return self.array_item(array, o, k);
        }
        let ty = self.type_of(o);
        match ty.kind {
            TypeKind::String => self.string_item(o, k),
            TypeKind::AttributeView => self.view_get(o, k),
            TypeKind::Dict => {
                let key = self.key_string(k)?;
                if self.dict_elem(o) == self.engine().descs.any {
                    return Ok(self.dict_get_opt(o, key)?.unwrap_or(Value::NULL));
                }
                self.dict_get(o, key)
            }
            TypeKind::Null => {
                let name = self.to_str(k)?;
                let name = self.intern_str(name)?.value();
                Err(self.null_access("read", "reading", name))
            }
            _ => {
                let own = ty.slot(Slot::getitem, Form::Forward);
                if !own.is_absent() {
                    return self.call_slot(own, &[o, k]);
                }
                match self.attribute_key(o, k)? {
                    Some(name) => self.get_attr(o, name),
                    None => Err(self.not_subscriptable(o)),
                }
            }
        }
    }

    fn array_item(&mut self, array: crate::mem::array::Array, o: Value, k: Value) -> R<Value> {
        if let Some(i) = k.as_int()
            && i >= 0
            && let Some(item) = array.get(i as usize)
        {
            return Ok(item);
        }
        match k.as_f64() {
            Some(x) => {
                let i = x as u32;
                let found = (f64::from(i) == x).then(|| array.get(i as usize));
                match found.flatten() {
                    Some(item) => Ok(item),
                    None => Err(self.out_of_bounds(array, x)),
                }
            }
            None => match self.as_str(k) {
                Some(name) => {
                    let name = self.intern_str(name)?;
                    if let Some(i) = name.flat_units().and_then(array_index) {
                        return self.array_item(array, o, Value::number(i.into()));
                    }
                    self.get_attr(o, name.value())
                }
                None => {
                    let index = self.type_of(k).slot(Slot::index, Form::Forward);
                    if index.is_absent() {
                        return Err(self.bad_index(o, k));
                    }
                    let k = self.call_slot(index, &[k])?;
                    match k.as_f64() {
                        Some(_) => self.array_item(array, o, k),
                        None => Err(self.bad_index(o, k)),
                    }
                }
            },
        }
    }

    fn string_item(&mut self, o: Value, k: Value) -> R<Value> {
        let Some(s) = self.as_str(o) else {
            return Ok(Value::NULL);
        };
        match k.as_f64() {
            Some(x) => {
                if x >= 0.0 && x < s.len() as f64 && x.fract() == 0.0 {
                    let unit = s.units(self)?.get(x as usize).unwrap_or(0);
                    return Ok(self.unit_string(unit)?.value());
                }
                Err(self.string_index_error(s, x))
            }
            None => match self.as_str(k) {
                Some(name) => {
                    let name = self.intern_str(name)?.value();
                    self.get_attr(o, name)
                }
                None => Err(self.bad_index(o, k)),
            },
        }
    }

    /// The `RangeError` of a string index outside.
    #[cold]
    pub fn string_index_error(&mut self, s: Str, x: f64) -> Thrown {
        let message = format!(
            "index {} is out of range for a string of length {}",
            number_format::to_string(x),
            s.len()
        );
        self.range_error(&message)
    }

    #[cold]
    fn bad_index(&mut self, o: Value, k: Value) -> Thrown {
        let message = format!(
            "{} indices must be integers, not '{}'",
            self.type_of(o).meta.name,
            self.type_of(k).meta.name
        );
        self.type_error(&message)
    }

    #[cold]
    fn not_subscriptable(&mut self, o: Value) -> Thrown {
        let message = format!(
            "'{}' object is not subscriptable",
            self.type_of(o).meta.name
        );
        self.type_error(&message)
    }

    /// The interned attribute name that a key stands for: any string, and numbers on
    /// structural objects.
    fn attribute_key(&mut self, o: Value, k: Value) -> R<Option<Value>> {
        let structural = self.kind_of(o) == TypeKind::Literal;
        let name = match self.as_str(k) {
            Some(name) => name,
            None if structural && k.as_f64().is_some() => self.to_str(k)?,
            None => return Ok(None),
        };
        Ok(Some(self.intern_str(name)?.value()))
    }

    /// A dictionary key: strings, and numbers as their text.
    pub(crate) fn key_string(&mut self, k: Value) -> R<Str> {
        match self.as_str(k) {
            Some(s) => Ok(s),
            None if k.as_f64().is_some() => self.to_str(k),
            None => {
                let message = format!("dictionary keys are strings, not '{}'", self.type_name(k));
                Err(self.type_error(&message))
            }
        }
    }

    /// `o[k] = v`.
    pub fn set_item(&mut self, o: Value, k: Value, v: Value) -> R<()> {
        if let Some(array) = self.as_array(o) {
            return match k.as_f64() {
                Some(x) => {
                    let i = self.index_of_number(x)?;
                    self.array_store(array, i, v)
                }
                None => match self.as_str(k) {
                    Some(name) => {
                        let name = self.intern_str(name)?.value();
                        self.set_attr(o, name, v)
                    }
                    None => Err(self.bad_index(o, k)),
                },
            };
        }
        let ty = self.type_of(o);
        match ty.kind {
            TypeKind::AttributeView => self.view_set(o, k, v),
            TypeKind::Dict => {
                let key = self.key_string(k)?;
                if self.is_frozen(o) {
                    let name = self.intern_str(key)?.value();
                    return Err(self.frozen_attr(o, name));
                }
                let elem = self.dict_elem(o);
                let v = self.check(v, elem)?;
                self.dict_set(o, key.value(), v)
            }
            TypeKind::Null => {
                let name = self.to_str(k)?;
                let name = self.intern_str(name)?.value();
                Err(self.null_access("set", "setting", name))
            }
            _ => {
                let own = ty.slot(Slot::setitem, Form::Forward);
                if !own.is_absent() {
                    self.call_slot(own, &[o, k, v])?;
                    return Ok(());
                }
                if !ty.slot(Slot::delitem, Form::Forward).is_absent() {
                    return Err(self.no_other_item_method("__setitem__"));
                }
                match self.attribute_key(o, k)? {
                    Some(name) if ty.kind != TypeKind::String => self.set_attr(o, name, v),
                    _ => Err(self.no_item_support(o, "does not support item assignment")),
                }
            }
        }
    }

    /// A class with one of `__setitem__` and `__delitem__` promises both: CPython keeps them in
    /// one slot, and finds out that the other method is missing when it is asked.
    #[cold]
    fn no_other_item_method(&mut self, name: &str) -> Thrown {
        self.throw(ErrorKind::AttributeError, name)
    }

    #[cold]
    fn no_item_support(&mut self, o: Value, what: &str) -> Thrown {
        let name = &self.type_of(o).meta.name;
        let message = format!("'{name}' object {what}");
        self.type_error(&message)
    }

    /// `delete o[k]`.
    pub fn del_item(&mut self, o: Value, k: Value) -> R<()> {
        let ty = self.type_of(o);
        if ty.kind == TypeKind::Dict {
            let key = self.key_string(k)?;
            if let Some(table) = self.record_table(o) {
                self.table_delete(table, key.value())?;
            }
            return Ok(());
        }
        if ty.kind == TypeKind::AttributeView {
            return self.view_delete(o, k);
        }
        let own = ty.slot(Slot::delitem, Form::Forward);
        if !own.is_absent() {
            self.call_slot(own, &[o, k])?;
            return Ok(());
        }
        if !ty.slot(Slot::setitem, Form::Forward).is_absent() {
            return Err(self.no_other_item_method("__delitem__"));
        }
        match self.attribute_key(o, k)? {
            Some(name) if o.is_object() && ty.kind != TypeKind::String => self.del_attr(o, name),
            // CPython takes an integer for the index of a sequence, which has its own text.
            _ if ty.kind == TypeKind::Instance
                && (k.as_int().is_some() || k.as_number().is_some()) =>
            {
                Err(self.no_item_support(o, "doesn't support item deletion"))
            }
            _ => Err(self.no_item_support(o, "does not support item deletion")),
        }
    }
}
