//! The table of interned strings.
//!
//! Names, literals and constants are interned: equal contents, one object, so that
//! they compare by address. The table is a root. Invariant: a string with
//! `FLAG_INTERNED` is in the table of its engine.

use std::cell::RefCell;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::layout::FLAG_INTERNED;
use crate::mem::string::{Str, Units};
use crate::mem::value::Value;

/// Open addressing over string addresses; zero is an empty place.
#[derive(Debug, Default)]
pub(crate) struct Interner {
    table: RefCell<Table>,
}

#[derive(Debug, Default)]
struct Table {
    slots: Vec<Value>,
    len: usize,
}

impl Interner {
    /// Calls `visit` with every string.
    pub fn each(&self, visit: impl FnMut(Value)) {
        let table = self.table.borrow();
        let used = |v: &&Value| !v.is_unset();
        table.slots.iter().filter(used).copied().for_each(visit);
    }

    /// The interned string with these units.
    fn find(&self, hash: u32, units: Units<'_>) -> Option<Str> {
        let table = self.table.borrow();
        if table.slots.is_empty() {
            return None;
        }
        let mask = table.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let s = Str::from_value(table.slots[at])?;
            if s.hash_if_known() == hash && s.flat_units().is_some_and(|u| u == units) {
                return Some(s);
            }
            at = (at + 1) & mask;
        }
    }

    /// Adds a string whose contents are not in the table.
    fn insert(&self, s: Str) {
        let mut table = self.table.borrow_mut();
        if (table.len + 1) * 2 > table.slots.len() {
            let size = (table.slots.len() * 2).max(256);
            let old = std::mem::replace(&mut table.slots, vec![Value::UNSET; size]);
            let strings = old.into_iter().filter_map(Str::from_value);
            strings.for_each(|s| place(&mut table.slots, s));
        }
        place(&mut table.slots, s);
        table.len += 1;
    }
}

fn place(slots: &mut [Value], s: Str) {
    let mask = slots.len() - 1;
    let mut at = s.hash_if_known() as usize & mask;
    while !slots[at].is_unset() {
        at = (at + 1) & mask;
    }
    slots[at] = s.value();
}

impl Ctx {
    /// The interned string with the contents of `text`.
    pub fn intern(&mut self, text: &str) -> R<Value> {
        if text.is_ascii() {
            return self.intern_units(Units::Latin1(text.as_bytes()));
        }
        let wide: Vec<u16> = text.encode_utf16().collect();
        self.intern_units(Units::Wide(&wide))
    }

    /// The interned string with these units, which are not in the heap.
    pub fn intern_units(&mut self, units: Units<'_>) -> R<Value> {
        let hash = units.hash();
        if let Some(known) = self.engine().strings.find(hash, units) {
            return Ok(known.value());
        }
        let s = Str::new(self, units)?;
        self.enter_interned(s, hash);
        Ok(s.value())
    }

    /// The interned string equal to `s`, which may be `s` itself.
    pub fn intern_str(&mut self, s: Str) -> R<Str> {
        if s.is_interned() {
            return Ok(s);
        }
        let units = s.units(self)?;
        let hash = units.hash();
        if let Some(known) = self.engine().strings.find(hash, units) {
            return Ok(known);
        }
        let own = if s.shares_characters() {
            // The table must not keep a large string alive for the sake of a slice.
            Str::new(self, units)?
        } else {
            s
        };
        self.enter_interned(own, hash);
        Ok(own)
    }

    fn enter_interned(&mut self, s: Str, hash: u32) {
        s.set_hash(hash);
        s.obj().set_flags(FLAG_INTERNED);
        self.engine().strings.insert(s);
    }
}
