//! Hash tables that keep insertion order: Map, Set, dictionaries, large expandos.
//!
//! Owns layout, growth and cursors. Keys are compared by whoever searches
//! (`types::table`), because that may run user code. A table is a stable object that
//! points to its data; growing or clearing replaces the data and links the old one to
//! the new, by which cursors find their place again.
//!
//! Invariants: a deleted entry has an unset key and keeps its place in its chain until
//! the data is replaced; an entry's index never changes within one data.

use crate::abi::R;
use crate::ctx::Ctx;
use crate::mem::obj::Obj;
use crate::mem::value::Value;

/// Table: the data object, unset while nothing was added.
const TABLE_DATA: usize = 8;
/// Table: `u32` live entries.
const TABLE_LIVE: usize = 16;
/// Table: `u32` columns.
const TABLE_COLUMNS: usize = 20;
/// Bytes of a table.
const TABLE_SIZE: usize = 24;

/// Data: `u32` room for entries, a power of two and the number of buckets.
const DATA_CAP: usize = 8;
/// Data: `u32` entries in use, deleted ones included.
const DATA_USED: usize = 12;
/// Data: `u32` columns: 1 (keys) or 2 (keys and values).
const DATA_COLUMNS: usize = 16;
/// Data: what replaced this data, unset while it is current.
const DATA_NEXT: usize = 24;
/// Data: entries, one word per column; then hashes, chains and buckets as `u32`.
const DATA_ENTRIES: usize = 32;
/// Header flag of data: it was replaced because the table was cleared.
const FLAG_CLEARED: u32 = 1;

/// Cursor: the data that it looks at, unset when it has reached the end.
const CURSOR_DATA: usize = 8;
/// Cursor: `u32` index of the entry that it visits next.
const CURSOR_INDEX: usize = 16;
/// Bytes of a cursor.
const CURSOR_SIZE: usize = 24;

/// Room of the first data.
const FIRST_ROOM: usize = 4;
/// Most entries of a table.
const MAX_ROOM: usize = 1 << 30;

/// Offset and number of the words that the collector visits in the data at `object`.
///
/// # Safety
/// `object` is the data of a table.
pub(crate) unsafe fn word_range(object: *const u8) -> (usize, usize) {
    // SAFETY: the layout of data; the link word lies right before the entries.
    let (used, columns) = unsafe {
        (
            object.add(DATA_USED).cast::<u32>().read() as usize,
            object.add(DATA_COLUMNS).cast::<u32>().read() as usize,
        )
    };
    (DATA_NEXT, 1 + used * columns)
}

/// A hash table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Table(Obj);

/// Entries and buckets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TableData(Obj);

/// A position in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor(Obj);

/// Index of an entry in its data.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry(u32);

impl TableData {
    fn alloc(ctx: &mut Ctx, cap: usize, columns: u32) -> R<TableData> {
        let ty = ctx.engine().core.table_data;
        let bytes = DATA_ENTRIES + cap * (columns as usize * 8 + 12);
        let obj = ctx.alloc(ty, bytes)?;
        // SAFETY: fresh object with the layout of data.
        unsafe {
            obj.store(DATA_CAP, cap as u32);
            obj.store(DATA_COLUMNS, columns);
        }
        Ok(TableData(obj))
    }

    fn u32_at(self, offset: usize) -> u32 {
        // SAFETY: offsets below come from this module's layout.
        unsafe { self.0.load(offset) }
    }

    fn set_u32(self, offset: usize, v: u32) {
        // SAFETY: as above; no reference.
        unsafe { self.0.store(offset, v) };
    }

    fn cap(self) -> usize {
        self.u32_at(DATA_CAP) as usize
    }

    /// Entries in use, deleted ones included.
    pub fn used(self) -> usize {
        self.u32_at(DATA_USED) as usize
    }

    fn columns(self) -> usize {
        self.u32_at(DATA_COLUMNS) as usize
    }

    fn next_data(self) -> Option<TableData> {
        // SAFETY: the layout of data.
        let v: Value = unsafe { self.0.load(DATA_NEXT) };
        v.as_obj().map(TableData)
    }

    fn hash_offset(self, i: usize) -> usize {
        DATA_ENTRIES + self.cap() * self.columns() * 8 + i * 4
    }

    fn chain_offset(self, i: usize) -> usize {
        self.hash_offset(i) + self.cap() * 4
    }

    fn bucket_offset(self, hash: u32) -> usize {
        let bucket = hash as usize & (self.cap() - 1);
        self.hash_offset(bucket) + self.cap() * 8
    }

    fn entry_offset(self, i: usize, column: usize) -> usize {
        debug_assert!(i < self.cap());
        DATA_ENTRIES + (i * self.columns() + column) * 8
    }

    /// The newest entry whose hash falls into the bucket of `hash`.
    pub fn first(self, hash: u32) -> Option<Entry> {
        self.u32_at(self.bucket_offset(hash))
            .checked_sub(1)
            .map(Entry)
    }

    /// The next entry of the bucket.
    pub fn next(self, entry: Entry) -> Option<Entry> {
        self.u32_at(self.chain_offset(entry.0 as usize))
            .checked_sub(1)
            .map(Entry)
    }

    /// Hash of an entry.
    pub fn hash(self, entry: Entry) -> u32 {
        self.u32_at(self.hash_offset(entry.0 as usize))
    }

    /// Key of an entry; unset when it was deleted.
    pub fn key(self, entry: Entry) -> Value {
        // SAFETY: entries lie in the data.
        unsafe { self.0.load(self.entry_offset(entry.0 as usize, 0)) }
    }

    /// Value of an entry; null in a set.
    pub fn value(self, entry: Entry) -> Value {
        if self.columns() < 2 {
            return Value::NULL;
        }
        // SAFETY: entries lie in the data.
        unsafe { self.0.load(self.entry_offset(entry.0 as usize, 1)) }
    }

    /// Replaces the value of an entry.
    pub fn set_value(self, ctx: &mut Ctx, entry: Entry, v: Value) {
        if self.columns() == 2 {
            let offset = self.entry_offset(entry.0 as usize, 1);
            // SAFETY: entries lie in the data.
            unsafe { self.0.write(ctx, offset, v) };
        }
    }

    /// Appends an entry; there is room.
    fn push(self, ctx: &mut Ctx, hash: u32, key: Value, v: Value) {
        let i = self.used();
        debug_assert!(i < self.cap());
        self.set_u32(DATA_USED, i as u32 + 1);
        // SAFETY: the entry lies in the data.
        unsafe { self.0.write(ctx, self.entry_offset(i, 0), key) };
        self.set_value(ctx, Entry(i as u32), v);
        self.set_u32(self.hash_offset(i), hash);
        let bucket = self.bucket_offset(hash);
        self.set_u32(self.chain_offset(i), self.u32_at(bucket));
        self.set_u32(bucket, i as u32 + 1);
    }

    /// Links it to what replaces it.
    fn replace_by(self, ctx: &mut Ctx, new: TableData) {
        // SAFETY: the layout of data.
        unsafe { self.0.write(ctx, DATA_NEXT, new.0.value()) };
    }

    /// The live entries in order.
    pub fn entries(self) -> impl Iterator<Item = (Value, Value)> {
        (0..self.used() as u32)
            .map(Entry)
            .map(move |e| (self.key(e), self.value(e)))
            .filter(|(key, _)| !key.is_unset())
    }
}

impl Table {
    /// An empty table.
    pub fn new(ctx: &mut Ctx, columns: u32) -> R<Table> {
        let ty = ctx.engine().core.table;
        let obj = ctx.alloc(ty, TABLE_SIZE)?;
        // SAFETY: fresh object with the layout of tables.
        unsafe { obj.store(TABLE_COLUMNS, columns.clamp(1, 2)) };
        Ok(Table(obj))
    }

    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// The table in a word that holds one or unset.
    pub(crate) fn from_value(v: Value) -> Option<Table> {
        v.as_obj().map(Table)
    }

    /// Live entries.
    pub fn len(self) -> usize {
        // SAFETY: the layout of tables.
        let live: u32 = unsafe { self.0.load(TABLE_LIVE) };
        live as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    fn set_live(self, live: usize) {
        // SAFETY: the layout of tables.
        unsafe { self.0.store(TABLE_LIVE, live as u32) };
    }

    /// Its data, none while nothing was added.
    pub fn data(self) -> Option<TableData> {
        // SAFETY: the layout of tables.
        let v: Value = unsafe { self.0.load(TABLE_DATA) };
        v.as_obj().map(TableData)
    }

    fn set_data(self, ctx: &mut Ctx, data: TableData) {
        // SAFETY: the layout of tables.
        unsafe { self.0.write(ctx, TABLE_DATA, data.0.value()) };
    }

    pub(crate) fn columns(self) -> u32 {
        // SAFETY: the layout of tables.
        unsafe { self.0.load(TABLE_COLUMNS) }
    }

    /// Its data, made when there is none.
    fn data_or_new(self, ctx: &mut Ctx) -> R<TableData> {
        if let Some(data) = self.data() {
            return Ok(data);
        }
        let data = TableData::alloc(ctx, FIRST_ROOM, self.columns())?;
        self.set_data(ctx, data);
        Ok(data)
    }

    /// Adds an entry whose key is not in the table.
    pub fn insert(self, ctx: &mut Ctx, hash: u32, key: Value, v: Value) -> R<()> {
        let mut data = self.data_or_new(ctx)?;
        if data.used() == data.cap() {
            data = self.grow(ctx, data)?;
        }
        data.push(ctx, hash, key, v);
        self.set_live(self.len() + 1);
        Ok(())
    }

    /// Replaces full data by data with room, without the deleted entries.
    fn grow(self, ctx: &mut Ctx, old: TableData) -> R<TableData> {
        let crowded = self.len() * 2 > old.cap();
        let cap = if crowded { old.cap() * 2 } else { old.cap() };
        if cap > MAX_ROOM {
            return Err(ctx.throw(
                crate::errors::ErrorKind::RangeError,
                "Map maximum size exceeded",
            ));
        }
        let new = TableData::alloc(ctx, cap, self.columns())?;
        for entry in (0..old.used() as u32).map(Entry) {
            let key = old.key(entry);
            if !key.is_unset() {
                new.push(ctx, old.hash(entry), key, old.value(entry));
            }
        }
        old.replace_by(ctx, new);
        self.set_data(ctx, new);
        Ok(new)
    }

    /// Deletes an entry of the current data.
    pub fn remove(self, ctx: &mut Ctx, entry: Entry) {
        if let Some(data) = self.data() {
            let offset = data.entry_offset(entry.0 as usize, 0);
            // SAFETY: entries lie in the data.
            unsafe { data.0.store(offset, Value::UNSET) };
            data.set_value(ctx, entry, Value::UNSET);
            self.set_live(self.len() - 1);
        }
    }

    /// Deletes everything.
    pub fn clear(self, ctx: &mut Ctx) -> R<()> {
        if let Some(old) = self.data() {
            let new = TableData::alloc(ctx, FIRST_ROOM, self.columns())?;
            old.0.set_flags(FLAG_CLEARED);
            old.replace_by(ctx, new);
            self.set_data(ctx, new);
            self.set_live(0);
        }
        Ok(())
    }

    /// The live entries in order, while nobody changes the table.
    pub fn entries(self) -> impl Iterator<Item = (Value, Value)> {
        self.data().into_iter().flat_map(TableData::entries)
    }

    /// A cursor before the first entry.
    pub fn cursor(self, ctx: &mut Ctx) -> R<Cursor> {
        let data = self.data_or_new(ctx)?;
        let obj = ctx.alloc(ctx.engine().core.cursor, CURSOR_SIZE)?;
        // SAFETY: fresh object with the layout of cursors.
        unsafe { obj.store(CURSOR_DATA, data.0.value()) };
        Ok(Cursor(obj))
    }
}

impl Cursor {
    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// Another cursor at the same place.
    pub fn duplicate(self, ctx: &mut Ctx) -> R<Cursor> {
        let obj = ctx.alloc(ctx.engine().core.cursor, CURSOR_SIZE)?;
        let data = self.data().map_or(Value::UNSET, |d| d.0.value());
        // SAFETY: fresh object with the layout of cursors.
        unsafe {
            obj.store(CURSOR_DATA, data);
            obj.store(CURSOR_INDEX, self.index());
        }
        Ok(Cursor(obj))
    }

    fn data(self) -> Option<TableData> {
        // SAFETY: the layout of cursors.
        let v: Value = unsafe { self.0.load(CURSOR_DATA) };
        v.as_obj().map(TableData)
    }

    fn index(self) -> u32 {
        // SAFETY: the layout of cursors.
        unsafe { self.0.load(CURSOR_INDEX) }
    }

    fn set_index(self, index: u32) {
        // SAFETY: the layout of cursors.
        unsafe { self.0.store(CURSOR_INDEX, index) };
    }

    /// Steps to the next live entry; false at the end, where it stays for good.
    pub fn advance(self, ctx: &mut Ctx) -> bool {
        let Some(mut data) = self.data() else {
            return false;
        };
        let mut index = self.index();
        if data.next_data().is_some() {
            while let Some(next) = data.next_data() {
                index = if data.0.flags() & FLAG_CLEARED != 0 {
                    0
                } else {
                    let live = |&i: &u32| !data.key(Entry(i)).is_unset();
                    (0..index).filter(live).count() as u32
                };
                data = next;
            }
            // SAFETY: the layout of cursors.
            unsafe { self.0.write(ctx, CURSOR_DATA, data.0.value()) };
        }
        let used = data.used() as u32;
        while index < used && data.key(Entry(index)).is_unset() {
            index += 1;
        }
        if index < used {
            self.set_index(index + 1);
            return true;
        }
        // SAFETY: the layout of cursors; unset is no reference.
        unsafe { self.0.store(CURSOR_DATA, Value::UNSET) };
        false
    }

    /// Key and value of the entry that it stands on.
    pub fn entry(self) -> Option<(Value, Value)> {
        let data = self.data()?;
        let entry = Entry(self.index().checked_sub(1)?);
        Some((data.key(entry), data.value(entry)))
    }
}

impl Ctx {
    /// The hash table in `v`.
    pub fn as_table(&self, v: Value) -> Option<Table> {
        let obj = v.as_obj()?;
        (obj.handle() == self.engine().core.table.handle).then_some(Table(obj))
    }

    /// The cursor in `v`.
    pub fn as_cursor(&self, v: Value) -> Option<Cursor> {
        let obj = v.as_obj()?;
        (obj.handle() == self.engine().core.cursor.handle).then_some(Cursor(obj))
    }
}
