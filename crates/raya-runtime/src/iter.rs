//! Iteration over any value: the `iter` and `next` slots.
//!
//! Built-in sequences get an iterator record {container, index}; classes their
//! `__iter__`, else `__getitem__` from 0 on; an object with only `next()` is stepped
//! through its `{ value, done }` results.

use raya_bytecode::Slot;

use crate::abi::R;
use crate::caches::{NEXT_METHOD, SiteQuestion, site_key};
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::errors::ErrorKind;
use crate::mem::object::Record;
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, SlotFn, TypeKind, type_flags};

/// What an iterator over an array gives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Gives {
    /// The elements.
    Values,
    /// Their indices.
    Keys,
    /// Pairs of both.
    Entries,
}

impl Ctx {
    /// An iterator over `o`.
    pub fn get_iter(&mut self, o: Value) -> R<Value> {
        let ty = self.type_of(o);
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple | TypeKind::String => {
                self.sequence_iter(o, Gives::Values)
            }
            TypeKind::Iterator => Ok(o),
            TypeKind::AttributeView => self.view_keys(o),
            TypeKind::Instance | TypeKind::Literal => self.object_iter(o),
            _ => Err(self.not_iterable(o)),
        }
    }

    /// An iterator over what can be indexed.
    pub(crate) fn sequence_iter(&mut self, o: Value, gives: Gives) -> R<Value> {
        let ty = self.engine().core.iterator;
        let words = [o, Value::int(0), Value::int(gives as i32)];
        Ok(Record::new(self, ty, &words)?.value())
    }

    fn object_iter(&mut self, o: Value) -> R<Value> {
        let ty = self.type_of(o);
        let own = ty.slot(Slot::iter, Form::Forward);
        if !own.is_absent() {
            let it = self.call_slot(own, &[o])?;
            if self.is_iterator(it)? {
                return Ok(it);
            }
            let message = format!(
                "iter() returned non-iterator of type '{}'",
                self.type_name(it)
            );
            return Err(self.type_error(&message));
        }
        if ty.kind == TypeKind::Literal {
            let name = self.intern("__iter__")?;
            if let Some(f) = self.own_member(o, name) {
                return self.call_bound(f, o, &[], Surplus::Drop);
            }
        }
        if !ty.slot(Slot::getitem, Form::Forward).is_absent() {
            return self.sequence_iter(o, Gives::Values);
        }
        if !ty.slot(Slot::next, Form::Forward).is_absent() || self.next_method(o)?.is_some() {
            return Ok(o);
        }
        Err(self.not_iterable(o))
    }

    /// Whether a value can be asked for its next element.
    fn is_iterator(&mut self, it: Value) -> R<bool> {
        let ty = self.type_of(it);
        if ty.kind == TypeKind::Iterator || ty.has(type_flags::BUILTIN) {
            return Ok(it.is_object() && !matches!(ty.kind, TypeKind::String | TypeKind::Array));
        }
        Ok(!ty.slot(Slot::next, Form::Forward).is_absent() || self.next_method(it)?.is_some())
    }

    #[cold]
    fn not_iterable(&mut self, o: Value) -> crate::abi::Thrown {
        let message = format!("'{}' object is not iterable", self.type_of(o).meta.name);
        self.type_error(&message)
    }

    /// The method `next` of JavaScript's iterators. What an attribute hook would say of that name
    /// does not make an object one.
    fn next_method(&mut self, o: Value) -> R<Option<Value>> {
        let name = self.intern("next")?;
        let ty = self.type_of(o);
        self.find_attr(o, &ty, name)
    }

    /// The next element; none at the end.
    pub fn iter_next(&mut self, it: Value) -> R<Option<Value>> {
        if let Some(record) = self.as_record(it, self.engine().core.iterator) {
            return self.sequence_next(record);
        }
        if let Some(step) = self.step_cursor(it)? {
            return Ok(step);
        }
        let ty = self.type_of(it);
        let own = ty.slot(Slot::next, Form::Forward);
        if let SlotFn::Method(func) = own {
            let key = site_key(NEXT_METHOD, SiteQuestion::Call);
            self.engine()
                .members
                .remember(key, ty.handle, 0, Some(func));
        }
        if !own.is_absent() {
            return match self.call_slot(own, &[it]) {
                Ok(v) => Ok(Some(v)),
                Err(_) if self.take_if(ErrorKind::StopIteration) => Ok(None),
                Err(thrown) => Err(thrown),
            };
        }
        let Some(next) = self.next_method(it)? else {
            return Err(self.not_iterable(it));
        };
        let step = self.call_with(next, &[], Surplus::Drop)?;
        let done = self.intern("done")?;
        let done = self.get_attr(step, done)?;
        if self.truth(done)? {
            return Ok(None);
        }
        let value = self.intern("value")?;
        self.get_attr(step, value).map(Some)
    }

    /// Whether the exception that is pending ends an iteration: then it is taken.
    pub fn iteration_ended(&mut self) -> R<bool> {
        match self.take_if(ErrorKind::StopIteration) {
            true => Ok(true),
            false => Err(crate::abi::Thrown),
        }
    }

    /// Built-in iterators are stepped by `__advance` and `__current`, which need no
    /// exception at the end. None for all others; else the next element, if there is one.
    fn step_cursor(&mut self, it: Value) -> R<Option<Option<Value>>> {
        let ty = self.type_of(it);
        if !ty.has(type_flags::BUILTIN) {
            return Ok(None);
        }
        let (advance, current) = (self.intern("__advance")?, self.intern("__current")?);
        let (Some((_, Attr::Method(advance))), Some((_, Attr::Method(current)))) =
            (ty.lookup(advance), ty.lookup(current))
        else {
            return Ok(None);
        };
        let more = self.call_function(advance, it, it, &[], Surplus::Refuse)?;
        if more != Value::TRUE {
            return Ok(Some(None));
        }
        let item = self.call_function(current, it, it, &[], Surplus::Refuse)?;
        Ok(Some(Some(item)))
    }

    fn sequence_next(&mut self, it: Record) -> R<Option<Value>> {
        let (container, at) = (it.get(0), it.get(1).as_int().unwrap_or(0));
        if container.is_null() {
            return Ok(None);
        }
        if let Some(array) = self.as_array(container) {
            let Some(item) = array.get(at as usize) else {
                it.set(self, 0, Value::NULL);
                return Ok(None);
            };
            it.set(self, 1, Value::int(at + 1));
            let key = Value::number(at.into());
            return match it.get(2).as_int() {
                Some(n) if n == Gives::Keys as i32 => Ok(Some(key)),
                Some(n) if n == Gives::Entries as i32 => {
                    let pair = self.any_array(2)?;
                    pair.push_bits(self, key.0)?;
                    pair.push_bits(self, item.0)?;
                    Ok(Some(pair.value()))
                }
                _ => Ok(Some(item)),
            };
        }
        if let Some(s) = self.as_str(container) {
            return self.string_next(it, s, at as usize);
        }
        let getitem = self.type_of(container).slot(Slot::getitem, Form::Forward);
        match self.call_slot(getitem, &[container, Value::int(at)]) {
            Ok(item) => {
                it.set(self, 1, Value::int(at.saturating_add(1)));
                Ok(Some(item))
            }
            Err(_)
                if self.take_if(ErrorKind::StopIteration)
                    || self.take_if(ErrorKind::RangeError) =>
            {
                it.set(self, 0, Value::NULL);
                Ok(None)
            }
            Err(thrown) => Err(thrown),
        }
    }

    /// Strings iterate by code point.
    fn string_next(&mut self, it: Record, s: Str, at: usize) -> R<Option<Value>> {
        let units = s.units(self)?;
        let Some((_, width)) = units.code_point(at) else {
            it.set(self, 0, Value::NULL);
            return Ok(None);
        };
        it.set(self, 1, Value::int((at + width) as i32));
        Ok(Some(s.substring(self, at, at + width)?.value()))
    }

    /// Appends everything that iterating `from` gives.
    pub fn extend_array(&mut self, array: crate::mem::array::Array, from: Value) -> R<()> {
        if let Some(source) = self.as_array(from) {
            return self.array_append(array, source);
        }
        let it = self.get_iter(from)?;
        while let Some(item) = self.iter_next(it)? {
            self.array_push_checked(array, item)?;
        }
        Ok(())
    }

    /// `k in o`: `__contains__`, iteration, `__getitem__`, else an attribute of that name.
    pub fn contains(&mut self, k: Value, o: Value) -> R<bool> {
        let ty = self.type_of(o);
        let own = ty.slot(Slot::contains, Form::Forward);
        if !own.is_absent() {
            let found = self.call_slot(own, &[o, k])?;
            return self.truth(found);
        }
        let iterates = !ty.slot(Slot::iter, Form::Forward).is_absent()
            || !ty.slot(Slot::getitem, Form::Forward).is_absent();
        if iterates {
            let it = match self.get_iter(o) {
                Err(_) if self.take_if(ErrorKind::TypeError) => return Err(self.no_container(o)),
                it => it?,
            };
            while let Some(item) = self.iter_next(it)? {
                if item == k {
                    return Ok(true);
                }
                let same = self.rich_compare(Slot::eq, item, k)?;
                if self.truth(same)? {
                    return Ok(true);
                }
            }
            return Ok(false);
        }
        if ty.kind == TypeKind::AttributeView {
            return self.view_has(o, k);
        }
        if let Some(array) = self.as_array(o) {
            let at = self.to_number(k)?;
            return Ok(at >= 0.0 && at < array.len() as f64 && at.fract() == 0.0);
        }
        let named = o.is_object() && ty.kind != TypeKind::String;
        // The keys of dictionaries are text, also those that are written as numbers.
        let k = match named && matches!(ty.kind, TypeKind::Literal | TypeKind::Dict) {
            true => self.to_str(k)?.value(),
            false => k,
        };
        match self.as_str(k) {
            Some(name) if named => {
                let name = self.intern_str(name)?.value();
                Ok(self.has_attr(o, name)?)
            }
            _ => Err(self.no_container(o)),
        }
    }

    #[cold]
    fn no_container(&mut self, o: Value) -> crate::abi::Thrown {
        let class = self.type_of(o);
        let message = format!("argument of type '{}' is not iterable", class.meta.name);
        self.type_error(&message)
    }

    /// Whether `o` has the attribute: an absent optional member does not count. Only hooks
    /// run for the question; accessors do not.
    pub fn has_attr(&mut self, o: Value, name: Value) -> R<bool> {
        let ty = self.type_of(o);
        if matches!(ty.kind, TypeKind::Literal | TypeKind::Dict) {
            return Ok(self.own_member(o, name).is_some() || ty.lookup(name).is_some());
        }
        if !ty.has(type_flags::ATTR_HOOKS) {
            self.ensure_methods(&ty)?;
            let holder = self.as_class(o).unwrap_or(ty);
            if holder.lookup(name).is_some() {
                return Ok(true);
            }
        }
        Ok(self.get_attr_opt(o, name)?.is_some())
    }
}
