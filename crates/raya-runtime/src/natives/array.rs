//! Arrays: ECMAScript's methods without callbacks.
//!
//! Positions arrive as doubles and are resolved here; missing ones were filled in by
//! `builtins/Array.raya`. Elements move in the representation of the storage; only what comes
//! from elsewhere is checked against the element type. Tuples are changed in a copy that is
//! checked as a whole, because their elements differ in type by position.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::desc::DescShape;
use crate::frozen::is_frozen;
use crate::mem::array::{Array, Elements};
use crate::mem::string::Str;
use crate::mem::value::Value;
use crate::text::number_format;
use crate::type_info::TypeKind;
use crate::types::array::relative;
use crate::types::array_search::{self, Direction, Equality};

/// Nesting that `flat` follows before it is too deep recursion.
const MAX_NESTING: usize = 10_000;

impl Ctx {
    fn is_tuple(&self, a: Array) -> bool {
        self.type_of_obj(a.obj()).kind == TypeKind::Tuple
    }

    /// Changes an array in place, or a tuple by way of a copy.
    fn change_array<T>(&mut self, a: Array, f: impl FnOnce(&mut Ctx, Array) -> R<T>) -> R<T> {
        if is_frozen(a.obj()) {
            return Err(self.frozen_element(a, 0));
        }
        if !self.is_tuple(a) {
            return f(self, a);
        }
        let n = a.len();
        let copy = self.any_array(n)?;
        copy.append_range(self, a, 0, n)?;
        let result = f(self, copy)?;
        self.assign_tuple(a, copy)?;
        Ok(result)
    }

    /// Gives a tuple the elements of an array, if they fit its type.
    fn assign_tuple(&mut self, tuple: Array, from: Array) -> R<()> {
        let ty = self.type_of_obj(tuple.obj());
        let n = from.len();
        if let Some(desc) = ty.desc.get()
            && let DescShape::Tuple {
                elems,
                required,
                rest,
            } = desc.get_shape()
            && (n < usize::from(*required) || n > elems.len() && rest.is_none())
        {
            let message = format!("a {} cannot have {n} elements", desc.text());
            return Err(self.type_error(&message));
        }
        let checked = self.any_array(n)?;
        for i in 0..n {
            let v = from.get(i).unwrap_or(Value::NULL);
            let bits = self.element_bits(tuple, i, v)?;
            checked.push_bits(self, bits)?;
        }
        let storage = tuple.reserve(self, n.saturating_sub(tuple.len()))?;
        storage.set_len(n);
        storage.copy(self, 0, checked.storage(), 0, n);
        Ok(())
    }

    /// The elements of `items` as an array of the type of `a`, each checked.
    fn as_elements_of(&mut self, a: Array, items: Array) -> R<Array> {
        let same = self.type_of_obj(a.obj()) == self.type_of_obj(items.obj());
        if same && a != items {
            return Ok(items);
        }
        let own = self.like(a, items.len())?;
        self.array_append(own, items)?;
        Ok(own)
    }

    /// Replaces `count` elements from `start` on, which lie inside.
    fn replace_elements(&mut self, a: Array, start: usize, count: usize, items: Array) -> R<()> {
        let items = self.as_elements_of(a, items)?;
        let (len, added) = (a.len(), items.len());
        let storage = a.reserve(self, added.saturating_sub(count))?;
        let tail = start + count;
        let new_len = len - count + added;
        if new_len > len {
            storage.set_len(new_len);
        }
        if added != count {
            storage.copy(self, start + added, storage, tail, len - tail);
        }
        if new_len < len {
            storage.set_len(new_len);
        }
        storage.copy(self, start, items.storage(), 0, added);
        Ok(())
    }
}

/// The place that a position means, counted from the end where it is negative, if it lies
/// inside; NaN means the first.
fn place(at: f64, len: usize) -> Option<usize> {
    let at = if at.is_nan() { 0.0 } else { at.trunc() };
    let at = if at < 0.0 { at + len as f64 } else { at };
    (at >= 0.0 && at < len as f64).then_some(at as usize)
}

fn position(at: Option<usize>) -> f64 {
    at.map_or(-1.0, |at| at as f64)
}

/// `a.shift()`.
pub fn array_shift(ctx: &mut Ctx, a: Array) -> R<Value> {
    if a.is_empty() {
        return Ok(Value::NULL);
    }
    ctx.change_array(a, |ctx, a| {
        let storage = a.storage();
        let first = storage.get(0);
        storage.copy(ctx, 0, storage, 1, storage.len() - 1);
        storage.set_len(storage.len() - 1);
        Ok(first)
    })
}

/// `a.unshift(...items)`.
pub fn array_unshift(ctx: &mut Ctx, a: Array, items: Array) -> R<f64> {
    if is_frozen(a.obj()) && !items.is_empty() {
        return Err(ctx.frozen_element(a, a.len()));
    }
    ctx.change_array(a, |ctx, a| ctx.replace_elements(a, 0, 0, items))?;
    Ok(a.len() as f64)
}

/// First index from `from` on.
fn first_index(ctx: &mut Ctx, a: Array, v: Value, from: f64, equality: Equality) -> Option<usize> {
    let start = relative(from, a.len());
    let rest = a.storage().elements().range(start, a.len());
    let at = array_search::find(ctx, rest, v, equality, Direction::Forward)?;
    Some(start + at)
}

/// `a.indexOf(v, from)`.
pub fn array_index_of(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<f64> {
    Ok(position(first_index(ctx, a, v, from, Equality::Strict)))
}

/// `a.includes(v, from)`.
pub fn array_includes(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<bool> {
    Ok(first_index(ctx, a, v, from, Equality::SameValueZero).is_some())
}

/// `a.lastIndexOf(v, from)`.
pub fn array_last_index_of(ctx: &mut Ctx, a: Array, v: Value, from: f64) -> R<f64> {
    let len = a.len() as f64;
    let from = if from.is_nan() { 0.0 } else { from.trunc() };
    let last = if from < 0.0 {
        len + from
    } else {
        from.min(len - 1.0)
    };
    if last < 0.0 {
        return Ok(-1.0);
    }
    let front = a.storage().elements().range(0, last as usize + 1);
    let at = array_search::find(ctx, front, v, Equality::Strict, Direction::Backward);
    Ok(position(at))
}

/// `a.slice(start, end)`.
pub fn array_slice(ctx: &mut Ctx, a: Array, start: f64, end: f64) -> R<Array> {
    let len = a.len();
    ctx.array_range(a, relative(start, len), relative(end, len))
}

/// `a.concat(...parts)`.
pub fn array_concat(ctx: &mut Ctx, a: Array, parts: Array) -> R<Array> {
    let mut total = a.len();
    for i in 0..parts.len() {
        let inner = parts.get(i).and_then(|v| ctx.as_array(v));
        total += inner.map_or(1, Array::len);
    }
    let all = ctx.like(a, total)?;
    all.append_range(ctx, a, 0, a.len())?;
    for i in 0..parts.len() {
        let part = parts.get(i).unwrap_or(Value::NULL);
        match ctx.as_array(part) {
            Some(part) => ctx.array_append(all, part)?,
            None => ctx.array_push_checked(all, part)?,
        }
    }
    Ok(all)
}

/// `a.reverse()`.
pub fn array_reverse(ctx: &mut Ctx, a: Array) -> R<Array> {
    ctx.change_array(a, |ctx, a| {
        a.storage().reverse(ctx);
        Ok(())
    })?;
    Ok(a)
}

/// `a.toReversed()`.
pub fn array_to_reversed(ctx: &mut Ctx, a: Array) -> R<Array> {
    let copy = ctx.array_range(a, 0, a.len())?;
    copy.storage().reverse(ctx);
    Ok(copy)
}

/// `a.join(separator)`.
pub fn array_join(ctx: &mut Ctx, a: Array, separator: Str) -> R<Str> {
    ctx.join(a, separator, 0)
}

/// `a.fill(v, start, end)`.
pub fn array_fill(ctx: &mut Ctx, a: Array, v: Value, start: f64, end: f64) -> R<Array> {
    let len = a.len();
    let (from, to) = (relative(start, len), relative(end, len));
    if from < to {
        ctx.change_array(a, |ctx, a| {
            let bits = ctx.element_bits(a, from, v)?;
            a.storage().fill(ctx, from, to, bits);
            Ok(())
        })?;
    }
    Ok(a)
}

/// Appends the elements of `a` to `into`, nested arrays opened up to `depth` levels.
pub fn array_flat_into(ctx: &mut Ctx, into: Array, a: Array, depth: f64) -> R<Array> {
    // The arrays around the present one and where they go on. They are reachable from `a`,
    // since nothing here runs user code.
    let mut around: Vec<(Array, usize)> = Vec::new();
    let mut at = (a, 0);
    loop {
        let (array, i) = at;
        let Some(item) = array.get(i) else {
            match around.pop() {
                Some(outer) => at = outer,
                None => return Ok(into),
            }
            continue;
        };
        at.1 = i + 1;
        match ctx.as_array(item) {
            Some(_) if around.len() >= MAX_NESTING => return Err(ctx.stack_overflow()),
            Some(inner) if depth >= (around.len() + 1) as f64 => {
                if matches!(inner.storage().elements(), Elements::Word(_)) {
                    around.push(at);
                    at = (inner, 0);
                } else {
                    ctx.array_append(into, inner)?;
                }
            }
            _ => ctx.array_push_checked(into, item)?,
        }
    }
}

/// `a.splice(start, count, ...items)`.
pub fn array_splice(ctx: &mut Ctx, a: Array, start: f64, count: f64, items: Array) -> R<Array> {
    let len = a.len();
    let from = relative(start, len);
    // NaN counts as 0.
    let count = count.max(0.0).min((len - from) as f64) as usize;
    let removed = ctx.array_range(a, from, from + count)?;
    ctx.change_array(a, |ctx, a| ctx.replace_elements(a, from, count, items))?;
    Ok(removed)
}

/// `a.at(i)`.
pub fn array_at(_: &mut Ctx, a: Array, i: f64) -> R<Value> {
    let item = place(i, a.len()).and_then(|i| a.get(i));
    Ok(item.unwrap_or(Value::NULL))
}

/// `a.sort()` without comparator.
pub fn array_sort_default(ctx: &mut Ctx, a: Array) -> R<Array> {
    ctx.change_array(a, |ctx, a| ctx.array_sort_default(a))?;
    Ok(a)
}

/// `a.copyWithin(target, start, end)`.
pub fn array_copy_within(ctx: &mut Ctx, a: Array, target: f64, start: f64, end: f64) -> R<Array> {
    let len = a.len();
    let (to, from) = (relative(target, len), relative(start, len));
    let n = relative(end, len).saturating_sub(from).min(len - to);
    ctx.change_array(a, |ctx, a| {
        let storage = a.storage();
        storage.copy(ctx, to, storage, from, n);
        Ok(())
    })?;
    Ok(a)
}

/// `a.with(i, v)`.
pub fn array_with(ctx: &mut Ctx, a: Array, i: f64, v: Value) -> R<Array> {
    let Some(at) = place(i, a.len()) else {
        let message = format!("Invalid index : {}", number_format::to_string(i));
        return Err(ctx.range_error(&message));
    };
    let copy = ctx.array_range(a, 0, a.len())?;
    let bits = ctx.element_bits(copy, at, v)?;
    copy.storage().set_bits(ctx, at, bits);
    Ok(copy)
}

/// `Array.isArray(v)`.
pub fn array_is_array(ctx: &mut Ctx, v: Value) -> R<bool> {
    Ok(ctx.as_array(v).is_some())
}

/// The element at `i`, boxed.
pub fn array_get(ctx: &mut Ctx, a: Array, i: i32) -> R<Value> {
    let item = usize::try_from(i).ok().and_then(|i| a.get(i));
    match item {
        Some(v) => Ok(v),
        None => Err(ctx.out_of_bounds(a, i.into())),
    }
}

/// Stores a boxed element.
pub fn array_set(ctx: &mut Ctx, a: Array, i: i32, v: Value) -> R<()> {
    ctx.array_store(a, i, v)
}

/// Makes an array that nobody else holds an `any[]`, so that a cast may pin it, and the
/// arrays in it likewise, `levels` deep. Other values stay as they are.
pub fn array_unpin(ctx: &mut Ctx, v: Value, levels: f64) -> R<Value> {
    if let Some(array) = ctx.as_array(v)
        && levels >= 1.0
    {
        ctx.unpin(array)?;
        for i in 0..array.len() {
            let item = array.get(i).unwrap_or(Value::NULL);
            array_unpin(ctx, item, levels - 1.0)?;
        }
    }
    Ok(v)
}

/// Appends items; the new length.
pub fn array_push_all(ctx: &mut Ctx, a: Array, items: Array) -> R<f64> {
    ctx.array_append(a, items)?;
    Ok(a.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::place;

    #[test]
    fn places_count_from_the_end() {
        assert_eq!(place(-1.0, 3), Some(2));
        assert_eq!(place(-3.9, 3), Some(0));
        assert_eq!(place(-4.0, 3), None);
        assert_eq!(place(f64::NAN, 3), Some(0));
        assert_eq!(place(2.9, 3), Some(2));
        assert_eq!(place(3.0, 3), None);
        assert_eq!(place(0.0, 0), None);
        assert_eq!(place(f64::NEG_INFINITY, 3), None);
    }
}
