//! `o.__dict__`: the own attributes of an instance, or of a class, as a live mapping.
//!
//! A view holds nothing but the object. Names are looked up in it, past descriptors and
//! hooks, at each use. It has the methods of a `Map`, can be indexed, and iterates its keys
//! as CPython's dictionaries do.

use crate::abi::{R, Thrown};
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::iter::Gives;
use crate::mem::array::Array;
use crate::mem::object::Record;
use crate::mem::value::Value;
use crate::type_info::NativeDef;

/// The argument at `i`, null where it is missing.
fn at(args: &[Value], i: usize) -> Value {
    args.get(i).copied().unwrap_or(Value::NULL)
}

impl Ctx {
    /// A view of the attributes of `o`.
    pub(crate) fn attribute_view(&mut self, o: Value) -> R<Value> {
        let ty = self.engine().core.attribute_view;
        Ok(Record::new(self, ty, &[o])?.value())
    }

    /// What a view shows.
    pub(crate) fn viewed(&self, view: Value) -> Value {
        let record = self.as_record(view, self.engine().core.attribute_view);
        record.map_or(Value::NULL, |record| record.get(0))
    }

    /// The value under a key, which may be anything: only strings have one.
    fn view_find(&mut self, view: Value, k: Value) -> R<Option<Value>> {
        let Some(name) = self.as_str(k) else {
            return Ok(None);
        };
        let name = self.intern_str(name)?.value();
        if let Some(class) = self.viewed_class(view) {
            return self.class_member(class, name);
        }
        let o = self.viewed(view);
        Ok(self.own_member(o, name))
    }

    /// `view[k]`
    pub(crate) fn view_get(&mut self, view: Value, k: Value) -> R<Value> {
        match self.view_find(view, k)? {
            Some(v) => Ok(v),
            None => Err(self.no_key(k)),
        }
    }

    /// `view[k] = v`
    pub(crate) fn view_set(&mut self, view: Value, k: Value, v: Value) -> R<()> {
        let Some(name) = self.as_str(k) else {
            let message = format!("attribute name must be string, not '{}'", self.type_name(k));
            return Err(self.type_error(&message));
        };
        if self.viewed_class(view).is_some() {
            return Err(self.class_view_change("does not support item assignment"));
        }
        let name = self.intern_str(name)?.value();
        let o = self.viewed(view);
        let ty = self.type_of(o);
        if self.is_frozen(o) {
            return Err(self.frozen_attr(o, name));
        }
        self.store_own(o, ty, name, v)
    }

    /// `delete view[k]`; tells whether the key was there.
    fn view_remove(&mut self, view: Value, k: Value) -> R<bool> {
        let Some(name) = self.as_str(k) else {
            return Ok(false);
        };
        if self.viewed_class(view).is_some() {
            return Err(self.class_view_change("does not support item deletion"));
        }
        let name = self.intern_str(name)?;
        let o = self.viewed(view);
        if self.is_frozen(o) {
            let text = self.name_text(name.value());
            return Err(self.frozen_delete(o, &text));
        }
        self.delete_own(o, name.value())
    }

    /// `delete view[k]` as a statement: `KeyError` where there is none.
    pub(crate) fn view_delete(&mut self, view: Value, k: Value) -> R<()> {
        if self.view_remove(view, k)? {
            return Ok(());
        }
        Err(self.no_key(k))
    }

    /// `k in view`
    pub(crate) fn view_has(&mut self, view: Value, k: Value) -> R<bool> {
        Ok(self.view_find(view, k)?.is_some())
    }

    /// The number of attributes.
    pub(crate) fn view_size(&mut self, view: Value) -> R<usize> {
        Ok(self.view_members(view)?.len())
    }

    fn view_members(&mut self, view: Value) -> R<Vec<(Value, Value)>> {
        match self.viewed_class(view) {
            Some(class) => self.class_members(class),
            None => Ok(self.own_members(self.viewed(view))),
        }
    }

    /// The names, the values or pairs of both, in an array.
    pub(crate) fn view_list(&mut self, view: Value, gives: Gives) -> R<Array> {
        let members = self.view_members(view)?;
        let list = self.any_array(members.len())?;
        for (name, v) in members {
            let item = match gives {
                Gives::Keys => name,
                Gives::Values => v,
                Gives::Entries => {
                    let pair = self.any_array(2)?;
                    pair.push_bits(self, name.0)?;
                    pair.push_bits(self, v.0)?;
                    pair.value()
                }
            };
            list.push_bits(self, item.0)?;
        }
        Ok(list)
    }

    fn view_iter(&mut self, view: Value, gives: Gives) -> R<Value> {
        let list = self.view_list(view, gives)?;
        self.sequence_iter(list.value(), Gives::Values)
    }

    /// An iterator over the names that are there now.
    pub(crate) fn view_keys(&mut self, view: Value) -> R<Value> {
        self.view_iter(view, Gives::Keys)
    }

    #[cold]
    fn no_key(&mut self, k: Value) -> Thrown {
        match self.to_str(k) {
            Ok(text) => {
                let text = format!("'{}'", text.to_text(self));
                self.throw(ErrorKind::KeyError, &text)
            }
            Err(thrown) => thrown,
        }
    }
}

macro_rules! view_methods {
    ($($name:literal($least:literal, $most:literal) $func:expr;)*) => {
        /// The methods of a view.
        pub(crate) static VIEW: &[NativeDef] = &[$(NativeDef {
            name: $name,
            arity: ($least, $most),
            func: $func,
        }),*];
    };
}

view_methods! {
    "get"(1, 2) |ctx, args| {
        let found = ctx.view_find(at(args, 0), at(args, 1))?;
        Ok(found.unwrap_or(at(args, 2)))
    };
    "has"(1, 1) |ctx, args| Ok(Value::bool(ctx.view_has(at(args, 0), at(args, 1))?));
    "set"(2, 2) |ctx, args| {
        ctx.view_set(at(args, 0), at(args, 1), at(args, 2))?;
        Ok(at(args, 0))
    };
    "delete"(1, 1) |ctx, args| Ok(Value::bool(ctx.view_remove(at(args, 0), at(args, 1))?));
    "keys"(0, 0) |ctx, args| ctx.view_keys(at(args, 0));
    "values"(0, 0) |ctx, args| ctx.view_iter(at(args, 0), Gives::Values);
    "entries"(0, 0) |ctx, args| ctx.view_iter(at(args, 0), Gives::Entries);
}
