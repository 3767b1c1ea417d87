//! Map and Set: the hash tables behind them. Search and layout are in
//! [`crate::types::table`] and [`crate::mem::table`].

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::table::{Cursor, Table};
use crate::mem::value::Value;

/// The table in a word that the library says holds one.
#[inline]
fn table(ctx: &mut Ctx, v: Value) -> R<Table> {
    match ctx.as_table(v) {
        Some(table) => Ok(table),
        None => Err(ctx.type_error("the receiver's hash table was replaced")),
    }
}

#[inline]
fn cursor(ctx: &mut Ctx, v: Value) -> R<Cursor> {
    match ctx.as_cursor(v) {
        Some(cursor) => Ok(cursor),
        None => Err(ctx.type_error("the iterator's cursor was replaced")),
    }
}

/// An empty table of 1 (set) or 2 (map) columns.
pub fn table_new(ctx: &mut Ctx, columns: i32) -> R<Value> {
    Ok(Table::new(ctx, columns.clamp(1, 2) as u32)?.value())
}

/// Number of entries.
pub fn table_size(ctx: &mut Ctx, t: Value) -> R<f64> {
    Ok(table(ctx, t)?.len() as f64)
}

/// The value of a key, or null.
pub fn table_get(ctx: &mut Ctx, t: Value, key: Value) -> R<Value> {
    let table = table(ctx, t)?;
    let found = ctx.table_find(table, key)?;
    Ok(found.map_or(Value::NULL, |(data, entry)| data.value(entry)))
}

/// Adds or replaces an entry.
pub fn table_set(ctx: &mut Ctx, t: Value, key: Value, value: Value) -> R<()> {
    let table = table(ctx, t)?;
    ctx.table_set(table, key, value)
}

/// Adds a key of a set.
pub fn table_add(ctx: &mut Ctx, t: Value, key: Value) -> R<()> {
    let table = table(ctx, t)?;
    ctx.table_set(table, key, Value::NULL)
}

/// Whether a key is there.
pub fn table_has(ctx: &mut Ctx, t: Value, key: Value) -> R<bool> {
    let table = table(ctx, t)?;
    Ok(ctx.table_find(table, key)?.is_some())
}

/// Removes a key; whether it was there.
pub fn table_delete(ctx: &mut Ctx, t: Value, key: Value) -> R<bool> {
    let table = table(ctx, t)?;
    ctx.table_delete(table, key)
}

/// Removes everything.
pub fn table_clear(ctx: &mut Ctx, t: Value) -> R<()> {
    table(ctx, t)?.clear(ctx)
}

/// A cursor before the first entry.
pub fn table_iter(ctx: &mut Ctx, t: Value) -> R<Value> {
    let table = table(ctx, t)?;
    Ok(table.cursor(ctx)?.value())
}

/// Steps to the next entry, if there is one.
pub fn table_iter_next(ctx: &mut Ctx, c: Value) -> R<bool> {
    let cursor = cursor(ctx, c)?;
    Ok(cursor.advance(ctx))
}

/// Key of the entry that the cursor is on.
pub fn table_iter_key(ctx: &mut Ctx, c: Value) -> R<Value> {
    let entry = cursor(ctx, c)?.entry();
    Ok(entry.map_or(Value::NULL, |(key, _)| present(key)))
}

/// Value of the entry that the cursor is on.
pub fn table_iter_value(ctx: &mut Ctx, c: Value) -> R<Value> {
    let entry = cursor(ctx, c)?.entry();
    Ok(entry.map_or(Value::NULL, |(_, value)| present(value)))
}

/// Null for what was deleted meanwhile.
fn present(v: Value) -> Value {
    if v.is_unset() { Value::NULL } else { v }
}
