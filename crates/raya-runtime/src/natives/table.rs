//! Natives of Map and Set: hash tables and cursors.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::table::{Cursor, Table};
use crate::mem::value::Value;

/// The table in a hidden field; a program cannot put anything else there.
fn table(ctx: &mut Ctx, v: Value) -> R<Table> {
    match ctx.as_table(v) {
        Some(table) => Ok(table),
        None => Err(ctx.type_error("a Map or Set was used before its constructor ran")),
    }
}

fn cursor(ctx: &mut Ctx, v: Value) -> R<Cursor> {
    match ctx.as_cursor(v) {
        Some(cursor) => Ok(cursor),
        None => Err(ctx.type_error("an iterator was used before its constructor ran")),
    }
}

pub fn table_new(ctx: &mut Ctx, columns: i32) -> R<Value> {
    let columns = if columns == 1 { 1 } else { 2 };
    Ok(Table::new(ctx, columns)?.value())
}

pub fn table_size(ctx: &mut Ctx, t: Value) -> R<f64> {
    Ok(table(ctx, t)?.len() as f64)
}

pub fn table_get(ctx: &mut Ctx, t: Value, key: Value) -> R<Value> {
    let table = table(ctx, t)?;
    let found = ctx.table_find(table, key)?;
    Ok(found.map_or(Value::NULL, |(data, entry)| data.value(entry)))
}

pub fn table_set(ctx: &mut Ctx, t: Value, key: Value, value: Value) -> R<()> {
    let table = table(ctx, t)?;
    ctx.table_set(table, key, value)
}

pub fn table_add(ctx: &mut Ctx, t: Value, key: Value) -> R<()> {
    let table = table(ctx, t)?;
    ctx.table_set(table, key, Value::NULL)
}

pub fn table_has(ctx: &mut Ctx, t: Value, key: Value) -> R<bool> {
    let table = table(ctx, t)?;
    Ok(ctx.table_find(table, key)?.is_some())
}

pub fn table_delete(ctx: &mut Ctx, t: Value, key: Value) -> R<bool> {
    let table = table(ctx, t)?;
    ctx.table_delete(table, key)
}

pub fn table_clear(ctx: &mut Ctx, t: Value) -> R<()> {
    table(ctx, t)?.clear(ctx)
}

pub fn table_iter(ctx: &mut Ctx, t: Value) -> R<Value> {
    Ok(table(ctx, t)?.cursor(ctx)?.value())
}

pub fn table_iter_next(ctx: &mut Ctx, c: Value) -> R<bool> {
    Ok(cursor(ctx, c)?.advance(ctx))
}

pub fn table_iter_key(ctx: &mut Ctx, c: Value) -> R<Value> {
    let entry = cursor(ctx, c)?.entry();
    Ok(entry.map_or(Value::NULL, |(key, _)| key))
}

pub fn table_iter_value(ctx: &mut Ctx, c: Value) -> R<Value> {
    let entry = cursor(ctx, c)?.entry();
    Ok(entry.map_or(Value::NULL, |(_, value)| value))
}
