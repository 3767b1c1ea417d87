//! Dictionaries: objects with an index signature, string keys to values of one type.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::{DescRef, DescShape};
use crate::errors::ErrorKind;
use crate::mem::object::Record;
use crate::mem::string::Str;
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, TypeRef};

impl Ctx {
    /// The type of dictionaries of a descriptor; made on first use.
    pub fn dict_type(&mut self, desc: DescRef) -> R<TypeRef> {
        let handle = desc.handle.get();
        if handle != 0 {
            return Ok(self.type_by_handle(handle));
        }
        let engine = self.engine();
        match engine.core.dict_of(&engine.types) {
            Some(ty) => {
                ty.desc.set(Some(desc));
                desc.handle.set(ty.handle);
                Ok(ty)
            }
            None => Err(self.range_error("too many types")),
        }
    }

    /// An empty dictionary.
    pub fn new_dict(&mut self, desc: DescRef) -> R<Value> {
        let table = Table::new(self, 2)?;
        let ty = self.dict_type(desc)?;
        Ok(Record::new(self, ty, &[table.value()])?.value())
    }

    /// The hash table of a dictionary.
    pub(crate) fn record_table(&self, v: Value) -> Option<Table> {
        let ty = self.type_of(v);
        let record = self
            .as_record(v, ty)
            .filter(|_| ty.kind == TypeKind::Dict)?;
        Table::from_value(record.get(0))
    }

    /// Sets an entry whose value was checked.
    pub(crate) fn dict_set(&mut self, dict: Value, key: Value, v: Value) -> R<()> {
        match self.record_table(dict) {
            Some(table) => self.table_set(table, key, v),
            None => Ok(()),
        }
    }

    /// The value of a key; `KeyError` when it is missing.
    pub(crate) fn dict_get(&mut self, dict: Value, key: Str) -> R<Value> {
        match self.dict_get_opt(dict, key)? {
            Some(v) => Ok(v),
            None => {
                let text = key.to_text(self);
                Err(self.throw(ErrorKind::KeyError, &text))
            }
        }
    }

    /// The value of a key, if it is there.
    pub(crate) fn dict_get_opt(&mut self, dict: Value, key: Str) -> R<Option<Value>> {
        let Some(table) = self.record_table(dict) else {
            return Ok(None);
        };
        let found = self.table_find(table, key.value())?;
        Ok(found.map(|(data, entry)| data.value(entry)))
    }

    /// The type of a dictionary's values.
    pub(crate) fn dict_elem(&self, dict: Value) -> DescRef {
        match self.type_of(dict).desc.get().map(|d| d.get_shape()) {
            Some(DescShape::Dict(of)) => *of,
            _ => self.engine().descs.any,
        }
    }

    /// Gives a dictionary or literal the type of a descriptor; its values were found to
    /// fit.
    pub(crate) fn pin_dict(&mut self, v: Value, desc: DescRef) -> R<()> {
        let ty = self.dict_type(desc)?;
        let Some(table) = self.record_table(v) else {
            return Ok(());
        };
        let of = match desc.get_shape() {
            DescShape::Dict(of) => *of,
            _ => self.engine().descs.any,
        };
        let entries: Vec<(Value, Value)> = table.entries().collect();
        for (key, item) in entries {
            let checked = self.check(item, of)?;
            if checked != item {
                self.table_set(table, key, checked)?;
            }
        }
        if let Some(record) = self.as_record(v, self.type_of(v)) {
            record.set_type(ty);
        }
        Ok(())
    }
}
