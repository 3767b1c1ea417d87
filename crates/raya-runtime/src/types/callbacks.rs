//! Array methods that call back, for receivers typed `any`.
//!
//! The typed forms are Raya code in `builtins/Array.raya`; these do the same on boxed
//! elements. Callbacks may throw, change the array and re-enter: elements that they add are
//! not visited, and elements that they remove are not either.

use std::cmp::Ordering;

use crate::abi::R;
use crate::calls::Surplus;
use crate::ctx::Ctx;
use crate::mem::array::Array;
use crate::mem::value::Value;
use crate::natives::imp;
use crate::type_info::NativeDef;

/// The array methods with a callback.
pub(super) static ARRAY_CALLBACKS: &[NativeDef] = &[
    method("forEach", (1, 1), |ctx, args| {
        let call = Callback::new(ctx, args)?;
        call.each(ctx, |_, _, _, _| Ok(true))?;
        Ok(Value::NULL)
    }),
    method("map", (1, 1), |ctx, args| {
        let call = Callback::new(ctx, args)?;
        let out = ctx.any_array(call.array.len())?;
        call.each(ctx, |ctx, _, _, v| {
            out.push_bits(ctx, v.0)?;
            Ok(true)
        })?;
        Ok(out.value())
    }),
    method("filter", (1, 1), |ctx, args| {
        let call = Callback::new(ctx, args)?;
        let out = ctx.array_range(call.array, 0, 0)?;
        call.each(ctx, |ctx, _, item, keep| {
            if ctx.truth(keep)? {
                ctx.array_push_checked(out, item)?;
            }
            Ok(true)
        })?;
        Ok(out.value())
    }),
    method("flatMap", (1, 1), |ctx, args| {
        let call = Callback::new(ctx, args)?;
        let out = ctx.any_array(0)?;
        call.each(ctx, |ctx, _, _, v| {
            match ctx.as_array(v) {
                Some(part) => ctx.array_append(out, part)?,
                None => out.push_bits(ctx, v.0)?,
            }
            Ok(true)
        })?;
        Ok(out.value())
    }),
    method("find", (1, 1), |ctx, args| {
        let found = search(ctx, args, false)?;
        Ok(found.map_or(Value::NULL, |(_, v)| v))
    }),
    method("findIndex", (1, 1), |ctx, args| {
        let found = search(ctx, args, false)?;
        Ok(Value::number(found.map_or(-1.0, |(i, _)| i as f64)))
    }),
    method("findLast", (1, 1), |ctx, args| {
        let found = search(ctx, args, true)?;
        Ok(found.map_or(Value::NULL, |(_, v)| v))
    }),
    method("findLastIndex", (1, 1), |ctx, args| {
        let found = search(ctx, args, true)?;
        Ok(Value::number(found.map_or(-1.0, |(i, _)| i as f64)))
    }),
    method("some", (1, 1), |ctx, args| {
        let found = search(ctx, args, false)?;
        Ok(Value::bool(found.is_some()))
    }),
    method("every", (1, 1), |ctx, args| {
        let call = Callback::new(ctx, args)?;
        let mut all = true;
        call.each(ctx, |ctx, _, _, v| {
            all = ctx.truth(v)?;
            Ok(all)
        })?;
        Ok(Value::bool(all))
    }),
    method("reduce", (1, 2), |ctx, args| reduce(ctx, args, false)),
    method("reduceRight", (1, 2), |ctx, args| reduce(ctx, args, true)),
    method("sort", (0, 1), |ctx, args| {
        let array = receiver(ctx, args)?;
        sort(ctx, array, args.get(1).copied())?;
        Ok(array.value())
    }),
    method("toSorted", (0, 1), |ctx, args| {
        let array = receiver(ctx, args)?;
        let copy = ctx.array_range(array, 0, array.len())?;
        sort(ctx, copy, args.get(1).copied())?;
        Ok(copy.value())
    }),
];

const fn method(
    name: &'static str,
    arity: (u8, u8),
    func: crate::type_info::NativeFn,
) -> NativeDef {
    NativeDef { name, arity, func }
}

fn receiver(ctx: &mut Ctx, args: &[Value]) -> R<Array> {
    let this = args.first().copied().unwrap_or(Value::NULL);
    match ctx.as_array(this) {
        Some(array) => Ok(array),
        None => Err(ctx.mismatch(this, ctx.engine().descs.any_array)),
    }
}

/// An array and the function to call with its elements.
#[derive(Clone, Copy)]
struct Callback {
    array: Array,
    func: Value,
}

impl Callback {
    fn new(ctx: &mut Ctx, args: &[Value]) -> R<Callback> {
        let array = receiver(ctx, args)?;
        let func = args.get(1).copied().unwrap_or(Value::NULL);
        if !ctx.is_callable(func) {
            let message = format!("'{}' object is not callable", ctx.type_name(func));
            return Err(ctx.type_error(&message));
        }
        Ok(Callback { array, func })
    }

    /// Calls the function with the element at `i`.
    fn call(self, ctx: &mut Ctx, i: usize, item: Value) -> R<Value> {
        let args = [item, Value::number(i as f64), self.array.value()];
        ctx.call_with(self.func, &args, Surplus::Drop)
    }

    /// Calls the function with every element that was there at the start; `step` gets index, element and result and
    /// says whether to go on.
    fn each(
        self,
        ctx: &mut Ctx,
        mut step: impl FnMut(&mut Ctx, usize, Value, Value) -> R<bool>,
    ) -> R<()> {
        for i in 0..self.array.len() {
            let Some(item) = self.array.get(i) else {
                break;
            };
            let result = self.call(ctx, i, item)?;
            if !step(ctx, i, item, result)? {
                break;
            }
        }
        Ok(())
    }
}

/// The first (or last) element that the callback accepts.
fn search(ctx: &mut Ctx, args: &[Value], backwards: bool) -> R<Option<(usize, Value)>> {
    let call = Callback::new(ctx, args)?;
    let n = call.array.len();
    for k in 0..n {
        let i = if backwards { n - 1 - k } else { k };
        let Some(item) = call.array.get(i) else {
            continue;
        };
        let accepted = call.call(ctx, i, item)?;
        if ctx.truth(accepted)? {
            return Ok(Some((i, item)));
        }
    }
    Ok(None)
}

fn reduce(ctx: &mut Ctx, args: &[Value], backwards: bool) -> R<Value> {
    let call = Callback::new(ctx, args)?;
    let n = call.array.len();
    let place = |k: usize| if backwards { n - 1 - k } else { k };
    let (mut sum, first) = match args.get(2) {
        Some(&start) => (start, 0),
        None if n > 0 => (call.array.get(place(0)).unwrap_or(Value::NULL), 1),
        None => {
            return Err(ctx.type_error("Reduce of empty array with no initial value"));
        }
    };
    for k in first..n {
        let i = place(k);
        let Some(item) = call.array.get(i) else {
            continue;
        };
        let args = [sum, item, Value::number(i as f64), call.array.value()];
        sum = ctx.call_with(call.func, &args, Surplus::Drop)?;
    }
    Ok(sum)
}

/// Sorts in place, by the strings of the elements where there is no function.
fn sort(ctx: &mut Ctx, array: Array, by: Option<Value>) -> R<()> {
    let Some(func) = by.filter(|f| !f.is_null()) else {
        imp::array_sort_default(ctx, array)?;
        return Ok(());
    };
    let items = ctx.array_range(array, 0, array.len())?;
    let mut order: Vec<usize> = (0..items.len()).collect();
    let mut buffer = order.clone();
    merge_sort(&mut order, &mut buffer, &mut |a, b| {
        let pair = [a, b].map(|i| items.get(i).unwrap_or(Value::NULL));
        let result = ctx.call_with(func, &pair, Surplus::Drop)?;
        let sign = ctx.to_number(result)?;
        Ok(sign.partial_cmp(&0.0).unwrap_or(Ordering::Equal))
    })?;
    for (i, &from) in order.iter().enumerate() {
        // The callback may have changed the array's length.
        if let (true, Some(item)) = (i < array.len(), items.get(from)) {
            ctx.array_store(array, i as i32, item)?;
        }
    }
    Ok(())
}

/// A stable sort whose comparison may fail.
fn merge_sort(
    order: &mut [usize],
    buffer: &mut [usize],
    compare: &mut dyn FnMut(usize, usize) -> R<Ordering>,
) -> R<()> {
    let n = order.len();
    if n < 2 {
        return Ok(());
    }
    let middle = n / 2;
    merge_sort(&mut order[..middle], &mut buffer[..middle], compare)?;
    merge_sort(&mut order[middle..], &mut buffer[middle..], compare)?;
    buffer[..n].copy_from_slice(order);
    let (mut a, mut b) = (0, middle);
    for slot in order.iter_mut() {
        let from_left = if a == middle {
            false
        } else if b == n {
            true
        } else {
            compare(buffer[a], buffer[b])? != Ordering::Greater
        };
        let next = if from_left { &mut a } else { &mut b };
        *slot = buffer[*next];
        *next += 1;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn merge_sort_is_stable_and_stops_on_failure() {
        let keys = [3, 1, 2, 1, 3, 0];
        let mut order: Vec<usize> = (0..keys.len()).collect();
        let mut buffer = order.clone();
        merge_sort(&mut order, &mut buffer, &mut |a, b| {
            Ok(keys[a].cmp(&keys[b]))
        })
        .expect("no failure");
        assert_eq!(order, [5, 1, 3, 2, 0, 4]);
        let mut calls = 0;
        let failed = merge_sort(&mut order, &mut buffer, &mut |_, _| {
            calls += 1;
            Err(crate::abi::Thrown)
        });
        assert!(failed.is_err() && calls == 1);
    }
}
