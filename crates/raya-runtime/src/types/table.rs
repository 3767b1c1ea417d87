//! Searching hash tables: hashing and equality of keys, user-defined ones included.
//!
//! SameValueZero for primitives (an int and a number that are equal are one key),
//! `__hash__` and `__eq__` where a class has them, identity for other objects. A key's
//! methods may change the table that is being searched: the search then starts again.

use raya_bytecode::Slot;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::table::{Entry, Table, TableData};
use crate::mem::value::Value;
use crate::type_info::{Form, TypeKind};

/// Spreads the bits of an address or number.
fn mix(bits: u64) -> u32 {
    let h = (bits ^ bits >> 32).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (h >> 32) as u32
}

/// Hash of a word that is no pointer.
fn hash_immediate(v: Value) -> u32 {
    match v.as_f64() {
        Some(x) if f64::from(x as i32) == x => mix(u64::from(x as i32 as u32)),
        Some(x) => mix(x.to_bits()),
        None => mix(v.0),
    }
}

impl Ctx {
    /// Hash of a key. Throws for instances of unhashable classes.
    pub fn hash_key(&mut self, key: Value) -> R<u32> {
        let Some(obj) = key.as_obj() else {
            return Ok(hash_immediate(key));
        };
        if let Some(s) = self.as_str(key) {
            return s.hash(self);
        }
        let ty = self.type_of_obj(obj);
        match ty.kind {
            TypeKind::Instance => {
                let slot = ty.slot(Slot::hash, Form::Forward);
                if slot.is_absent() {
                    return Ok(mix(key.0));
                }
                let hash = self.call_slot(slot, &[key])?;
                match hash.as_f64() {
                    Some(_) => Ok(hash_immediate(hash)),
                    None => Err(self.type_error("__hash__ method should return an integer")),
                }
            }
            TypeKind::BoundMethod => {
                let (receiver, func) = self.as_bound_method(key).unwrap_or((key, key));
                Ok(mix(receiver.0) ^ mix(func.0).rotate_left(7))
            }
            _ => Ok(mix(key.0)),
        }
    }

    /// Whether two keys are the same, where no user code is needed to tell.
    fn same_key_fast(&mut self, a: Value, b: Value) -> Option<bool> {
        if a == b {
            return Some(true);
        }
        let (Some(x), Some(y)) = (a.as_obj(), b.as_obj()) else {
            return Some(match (a.as_f64(), b.as_f64()) {
                (Some(x), Some(y)) => x == y,
                _ => false,
            });
        };
        let (tx, ty) = (self.type_of_obj(x), self.type_of_obj(y));
        if tx.kind != TypeKind::Instance && ty.kind != TypeKind::Instance {
            return Some(self.strict_equals(a, b));
        }
        let custom = |t: &crate::type_info::TypeInfo| !t.slot(Slot::eq, Form::Forward).is_absent();
        (!custom(&tx) && !custom(&ty)).then_some(false)
    }

    /// The entry of `key`.
    pub fn table_find(&mut self, table: Table, key: Value) -> R<Option<(TableData, Entry)>> {
        if let Some(known) = self.recall_entry(table, key) {
            return Ok(Some(known));
        }
        if table.is_empty() {
            // An unhashable key throws even here.
            self.hash_key(key)?;
            return Ok(None);
        }
        let hash = self.hash_key(key)?;
        self.table_find_hashed(table, key, hash)
    }

    /// The entry that was found last, if it is this one: programs ask whether a key is there,
    /// read its value and replace it, one right after the other.
    #[inline]
    fn recall_entry(&self, table: Table, key: Value) -> Option<(TableData, Entry)> {
        let (data, known, entry) = self.engine().last_entry.get()?;
        let same = known == key && table.data() == Some(data) && !data.key(entry).is_unset();
        same.then_some((data, entry))
    }

    /// Remembers where a string or what is no object was found. Other keys may have a say in what
    /// they are equal to.
    fn remember_entry(&self, data: TableData, key: Value, entry: Entry) {
        if !key.is_object() || self.as_str(key).is_some() {
            self.engine().last_entry.set(Some((data, key, entry)));
        }
    }

    fn table_find_hashed(
        &mut self,
        table: Table,
        key: Value,
        hash: u32,
    ) -> R<Option<(TableData, Entry)>> {
        'search: loop {
            let Some(data) = table.data() else {
                return Ok(None);
            };
            let mut at = data.first(hash);
            while let Some(entry) = at {
                let known = data.key(entry);
                if data.hash(entry) == hash && !known.is_unset() {
                    match self.same_key_fast(known, key) {
                        Some(true) => {
                            self.remember_entry(data, key, entry);
                            return Ok(Some((data, entry)));
                        }
                        Some(false) => {}
                        None => {
                            let same = self.keys_equal(known, key)?;
                            if table.data() != Some(data) || data.key(entry) != known {
                                continue 'search;
                            }
                            if same {
                                return Ok(Some((data, entry)));
                            }
                        }
                    }
                }
                at = data.next(entry);
            }
            return Ok(None);
        }
    }

    /// Equality of keys through the equality slot.
    #[cold]
    fn keys_equal(&mut self, a: Value, b: Value) -> R<bool> {
        let result = self.rich_compare(Slot::eq, a, b)?;
        self.truth(result)
    }

    /// The value of a name in a table whose keys are strings.
    pub(crate) fn find_name(&mut self, table: Table, name: Value) -> Option<Value> {
        match self.table_find(table, name) {
            Ok(Some((data, entry))) => Some(data.value(entry)),
            Ok(None) => None,
            Err(_) => {
                // Hashing a rope may run out of memory: then the name is not found.
                self.take_pending();
                None
            }
        }
    }

    /// Adds or replaces an entry. The key -0 becomes 0.
    pub fn table_set(&mut self, table: Table, key: Value, v: Value) -> R<()> {
        if let Some((data, entry)) = self.recall_entry(table, key) {
            data.set_value(self, entry, v);
            return Ok(());
        }
        let hash = self.hash_key(key)?;
        if let Some((data, entry)) = self.table_find_hashed(table, key, hash)? {
            data.set_value(self, entry, v);
            return Ok(());
        }
        let key = match key.as_number() {
            Some(0.0) => Value::number(0.0),
            _ => key,
        };
        table.insert(self, hash, key, v)
    }

    /// Removes an entry; tells whether it was there.
    pub fn table_delete(&mut self, table: Table, key: Value) -> R<bool> {
        match self.table_find(table, key)? {
            Some((_, entry)) => {
                table.remove(self, entry);
                Ok(true)
            }
            None => Ok(false),
        }
    }
}
