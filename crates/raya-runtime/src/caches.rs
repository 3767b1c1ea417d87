//! Inline caches: a cell of [`WAYS`] words per site, each word published atomically.
//!
//! A word is about one type: the low half is its handle, zero while the word is free, and the
//! high half, the *payload*, says what the site found there:
//!
//! | instructions | payload |
//! | --- | --- |
//! | `GetProp`, `SetProp` | byte offset of a field that is kept as the site wants it |
//! | `GetAttr`, `SetAttr` | a [`Place`]: field, expando slot under a shape, length, or what is called |
//! | `CallAnyMethod`, `CallProp` | id of the function that the class has under that name; for sequences the number of a native, marked |
//! | `GetItem` | kind of the elements of the first array type that was met, or as below |
//! | `SetItem`, `Contains`, operators, `CallAny` | the special method, see [`crate::slot_calls`] |
//! | `NewAny`, `CallAny` | id of the declared constructor of the class with that handle |
//!
//! Words fill up in order and stay where they are until a class changes, so compiled code may
//! embed the ones it was made with; a type may appear twice when its instances have different
//! shapes. With all words taken a site asks the engine's memo of methods or looks up anew.
//! `CallMethod` and `CallClosure` keep what they see in the first word, by rules of the
//! interpreter. The first word of an operator says whether something else than two numbers was
//! met, the others which special methods that was ([`crate::slot_calls`]).
//!
//! A cell says nothing about values: an unset word still takes the slow way, a receiver
//! with own attributes beside its fields is looked at before a method is called, and a
//! written value is checked unless the field takes everything. Changing a class clears the
//! words that name it or an heir.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use raya_bytecode::{Receiver, Repr, Slot};

use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::layout::ElemKind;
use crate::mem::obj::Obj;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, Form, TypeInfo, TypeKind, TypeRef, type_flags};

/// Words of a cell: how many types a site knows at once.
pub const WAYS: usize = 4;

/// The words of one site. See the module's header.
#[derive(Default)]
#[repr(transparent)]
pub struct CacheCell([AtomicU64; WAYS]);

/// A cell, by address.
pub type Cache = Ref<CacheCell>;

impl CacheCell {
    /// The first thing that the cell knows about types with this handle.
    #[inline(always)]
    pub fn payload(&self, handle: u32) -> Option<u32> {
        for way in &self.0 {
            let word = way.load(Ordering::Relaxed);
            if word as u32 == handle {
                return Some((word >> 32) as u32);
            }
        }
        None
    }

    /// What it knows about types: their handles with the payloads.
    #[inline(always)]
    pub(crate) fn words(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        let words = self.0.iter().map(|way| way.load(Ordering::Relaxed));
        words
            .filter(|word| *word != 0)
            .map(|word| (word as u32, (word >> 32) as u32))
    }

    /// Whether nothing was remembered.
    #[inline(always)]
    pub fn is_empty(&self) -> bool {
        self.0[0].load(Ordering::Relaxed) == 0
    }

    /// Remembers a payload, if a word is free.
    pub(crate) fn remember(&self, ty: &TypeInfo, payload: u32) {
        let word = u64::from(payload) << 32 | u64::from(ty.handle);
        for way in &self.0 {
            match way.load(Ordering::Relaxed) {
                0 => return way.store(word, Ordering::Release),
                known if known == word => return,
                _ => {}
            }
        }
    }

    /// Forgets what it knows about these types.
    fn forget(&self, types: &[TypeRef]) {
        for way in &self.0 {
            let handle = way.load(Ordering::Relaxed) as u32;
            if types.iter().any(|ty| ty.handle == handle) {
                way.store(0, Ordering::Release);
            }
        }
    }
}

/// Where an attribute of instances of a type is, in the 32 bits of a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In a declared field.
    Field(CachedField),
    /// In a slot of the expando object, if that has this shape.
    Expando {
        /// Id of the shape, 24 bits.
        shape: u32,
        /// The slot, below [`MAX_SHAPED`](crate::shape::MAX_SHAPED).
        slot: u32,
    },
    /// The number of elements of an array.
    ArrayLength,
    /// The number of units of a string.
    StringLength,
    /// What a method gives or takes: the record with this number, 24 bits
    /// ([`crate::attr_calls`]).
    Call(u32),
}

/// A declared field as a payload names it: below [`Place::SPECIAL`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CachedField {
    /// Byte offset.
    pub offset: u32,
    /// How it is kept.
    pub repr: Repr,
}

impl CachedField {
    const fn encode(self) -> u32 {
        self.offset << 2 | self.repr as u32
    }

    /// The field that a payload below [`Place::SPECIAL`] names.
    pub const fn decode(payload: u32) -> CachedField {
        let repr = match payload & 3 {
            0 => Repr::F64,
            1 => Repr::I32,
            2 => Repr::Bool,
            _ => Repr::Word,
        };
        CachedField {
            offset: payload >> 2,
            repr,
        }
    }
}

impl Place {
    /// The bit of payloads that name no field.
    pub const SPECIAL: u32 = 1 << 31;
    /// Together with [`Place::SPECIAL`]: a length.
    const LENGTH: u32 = 1 << 30;
    /// Together with both: a record.
    const CALL: u32 = 1 << 29;
    const SLOT_BITS: u32 = 6;
    const SHAPES: u32 = 1 << 24;

    /// The payload; none where a shape's id does not fit.
    pub const fn encode(self) -> Option<u32> {
        Some(match self {
            Place::Field(field) => field.encode(),
            Place::Expando { shape, .. } if shape >= Place::SHAPES => return None,
            Place::Expando { shape, slot } => Place::SPECIAL | shape << Place::SLOT_BITS | slot,
            Place::ArrayLength => Place::SPECIAL | Place::LENGTH,
            Place::StringLength => Place::SPECIAL | Place::LENGTH | 1,
            Place::Call(number) if number >= Place::SHAPES => return None,
            Place::Call(number) => Place::SPECIAL | Place::LENGTH | Place::CALL | number,
        })
    }

    /// The place that a payload names.
    #[inline(always)]
    pub const fn decode(payload: u32) -> Place {
        if payload & Place::SPECIAL == 0 {
            return Place::Field(CachedField::decode(payload));
        }
        match payload {
            _ if payload & Place::LENGTH == 0 => Place::Expando {
                shape: payload >> Place::SLOT_BITS & (Place::SHAPES - 1),
                slot: payload & ((1 << Place::SLOT_BITS) - 1),
            },
            _ if payload & Place::CALL != 0 => Place::Call(payload & (Place::SHAPES - 1)),
            _ if payload & 1 == 0 => Place::ArrayLength,
            _ => Place::StringLength,
        }
    }
}

/// The attribute that a site's cell leads to in this object.
#[inline(always)]
pub fn read_cached(cell: &CacheCell, obj: Obj) -> Option<Value> {
    let handle = obj.handle();
    for way in &cell.0 {
        let word = way.load(Ordering::Relaxed);
        if word as u32 == handle
            && let Some(v) = obj.read_place(Place::decode((word >> 32) as u32))
        {
            return Some(v);
        }
    }
    None
}

/// Stores the attribute that a site's cell leads to; false leaves it to the slow way.
///
/// Not inlined: a handler of the interpreter whose frame holds anything does not end in a jump.
#[inline(never)]
pub fn write_cached(ctx: &mut Ctx, cell: &CacheCell, obj: Obj, v: Value) -> bool {
    // Frozen and pinned objects have a flag in their header.
    if obj.flags() != 0 {
        return false;
    }
    let handle = obj.handle();
    for way in &cell.0 {
        let word = way.load(Ordering::Relaxed);
        let known = word as u32 == handle;
        if known && obj.write_place(ctx, Place::decode((word >> 32) as u32), v) {
            return true;
        }
    }
    false
}

/// Places of the memo of method look-ups, a power of two.
pub const MEMO_PLACES: usize = 512;

/// A method that was found before. Compiled code reads it at fixed offsets.
#[repr(C, align(32))]
pub struct Remembered {
    /// The receiver's type handle, 0 in a free place.
    pub handle: Cell<u32>,
    /// The method's name.
    pub name: Cell<Value>,
    /// The method.
    pub func: Cell<Option<Ref<FuncInfo>>>,
}

impl Remembered {
    const fn free() -> Self {
        Remembered {
            handle: Cell::new(0),
            name: Cell::new(Value::UNSET),
            func: Cell::new(None),
        }
    }

    fn set(&self, handle: u32, name: Value, func: Option<Ref<FuncInfo>>) {
        self.handle.set(handle);
        self.name.set(name);
        self.func.set(func);
    }
}

/// What is added up and cut to [`MEMO_PLACES`] to find a place: this for the type's handle…
pub const fn memo_of_type(handle: u32) -> usize {
    (handle >> 4) as usize
}

/// … and this for the name.
pub const fn memo_of_name(name: Value) -> usize {
    (name.0 >> 3) as usize
}

/// Methods found before, by receiver type and name: what a call site asks when its own
/// cell names another type. Cleared when a class changes.
pub(crate) struct MethodMemo {
    entries: Box<[Remembered; MEMO_PLACES]>,
}

impl Default for MethodMemo {
    fn default() -> Self {
        let entries = [const { Remembered::free() }; MEMO_PLACES];
        MethodMemo {
            entries: Box::new(entries),
        }
    }
}

impl MethodMemo {
    fn entry(&self, handle: u32, name: Value) -> &Remembered {
        let mixed = memo_of_type(handle) + memo_of_name(name);
        &self.entries[mixed & (MEMO_PLACES - 1)]
    }

    fn clear(&self) {
        for entry in self.entries.iter() {
            entry.set(0, Value::UNSET, None);
        }
    }

    /// Address of the first place.
    pub(crate) fn address(&self) -> usize {
        self.entries.as_ptr() as usize
    }
}

/// The function that a method call on this object reaches, if the site's cell knows it.
#[inline(always)]
pub fn cached_method(ctx: &Ctx, cell: &CacheCell, obj: Obj) -> Option<Ref<FuncInfo>> {
    if obj.expando_word() != Value::UNSET {
        return None;
    }
    let id = cell.payload(obj.handle())?;
    ctx.engine().funcs.get(id as usize)
}

/// The function that a call of `name` on this object reaches, where its type alone
/// decides that: through the site's cell, else through the engine's memo, else by looking
/// it up.
pub fn find_method(
    ctx: &mut Ctx,
    cell: &CacheCell,
    obj: Obj,
    name: Value,
) -> Option<Ref<FuncInfo>> {
    let handle = obj.handle();
    let func = match cell.payload(handle) {
        Some(id) => ctx.engine().funcs.get(id as usize),
        None => {
            let known = ctx.engine().methods.entry(handle, name);
            if known.handle.get() == handle && known.name.get() == name {
                let func = known.func.get()?;
                cell.remember(&ctx.type_of_obj(obj), func.id);
                Some(func)
            } else {
                look_up_method(ctx, cell, obj, name)
            }
        }
    };
    func.filter(|_| !ctx.is_shadowed(obj, name))
}

/// Looks the method up and remembers it.
#[cold]
fn look_up_method(ctx: &Ctx, cell: &CacheCell, obj: Obj, name: Value) -> Option<Ref<FuncInfo>> {
    let ty = ctx.type_of_obj(obj);
    let func = plain_method(&ty, name)?;
    let entry = ctx.engine().methods.entry(ty.handle, name);
    entry.set(ty.handle, name, Some(func));
    cell.remember(&ty, func.id);
    Some(func)
}

/// The declared method that calling `name` on instances of `ty` reaches, unless one has an
/// own attribute of that name.
pub(crate) fn plain_method(ty: &TypeInfo, name: Value) -> Option<Ref<FuncInfo>> {
    let plain = ty.kind == TypeKind::Instance
        && ty.slot(Slot::getattribute, Form::Forward).is_absent()
        && ty.field(name).is_none();
    match ty.lookup(name) {
        Some((_, Attr::Method(func))) if plain && func.receiver == Receiver::This => Some(func),
        _ => None,
    }
}

/// Whether the class has a say in accesses to attributes that instances have.
fn has_hooks_of_all(ty: &TypeInfo) -> bool {
    let present = |slot| !ty.slot(slot, Form::Forward).is_absent();
    ty.has(type_flags::ATTR_HOOKS) && (present(Slot::getattribute) || present(Slot::setattr))
}

/// The declared field that reading `name` on instances of `ty` always finds, so that a
/// cache may skip the look-up.
pub fn plain_field(ty: &TypeInfo, name: Value) -> Option<&crate::type_info::FieldInfo> {
    if has_hooks_of_all(ty) {
        return None;
    }
    let field = ty.field(name).filter(|f| !f.private)?;
    ty.lookup(name).is_none().then_some(field)
}

/// Places of the memo of members, a power of two.
pub const SITE_PLACES: usize = 1024;

/// What an object's type says to a linked record: where a structural member is, which
/// method it is, or that values of the type are of the record's. Compiled code reads it at
/// fixed offsets.
#[repr(C, align(32))]
pub struct SiteEntry {
    /// What was asked ([`site_key`]), 0 in a free place.
    pub key: Cell<u64>,
    /// The type handle of the object.
    pub handle: Cell<u32>,
    /// Byte offset of the field.
    pub offset: Cell<u32>,
    /// The method.
    pub func: Cell<Option<Ref<FuncInfo>>>,
}

/// What is asked about a type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u64)]
pub enum SiteQuestion {
    /// Where a structural member is that is read.
    Read = 0,
    /// Where one is that is written.
    Write = 1,
    /// Which method a call of a structural member reaches.
    Call = 2,
    /// Whether the type's values have a descriptor, now and later.
    Holds = 3,
}

/// In place of a record's address: the question whether all values of a type are true.
pub const ALWAYS_TRUE: usize = 16;

/// In place of a record's address: the question which method gives the next element.
pub const NEXT_METHOD: usize = 32;

/// A question to a linked record at an address, which is aligned.
pub const fn site_key(record: usize, question: SiteQuestion) -> u64 {
    record as u64 | question as u64
}

/// Where the answer is looked for: the place of the sum of this and of the type handle
/// shifted as in [`memo_of_type`].
pub const fn memo_of_site(key: u64) -> usize {
    (key >> 4) as usize
}

/// Answers found before. Cleared when a class changes.
pub(crate) struct SiteMemo {
    entries: Box<[SiteEntry; SITE_PLACES]>,
}

impl SiteEntry {
    const fn free() -> Self {
        SiteEntry {
            key: Cell::new(0),
            handle: Cell::new(0),
            offset: Cell::new(0),
            func: Cell::new(None),
        }
    }
}

impl Default for SiteMemo {
    fn default() -> Self {
        let entries = [const { SiteEntry::free() }; SITE_PLACES];
        SiteMemo {
            entries: Box::new(entries),
        }
    }
}

impl SiteMemo {
    fn entry(&self, key: u64, handle: u32) -> &SiteEntry {
        let mixed = memo_of_type(handle) + memo_of_site(key);
        &self.entries[mixed & (SITE_PLACES - 1)]
    }

    /// The answer for a type.
    #[inline]
    pub(crate) fn find(&self, key: u64, handle: u32) -> Option<&SiteEntry> {
        let entry = self.entry(key, handle);
        (entry.key.get() == key && entry.handle.get() == handle).then_some(entry)
    }

    /// Remembers an answer.
    pub(crate) fn remember(&self, key: u64, handle: u32, offset: u32, func: Option<Ref<FuncInfo>>) {
        let entry = self.entry(key, handle);
        entry.key.set(key);
        entry.handle.set(handle);
        entry.offset.set(offset);
        entry.func.set(func);
    }

    fn clear(&self) {
        self.entries.iter().for_each(|e| e.key.set(0));
    }

    /// Address of the first place.
    pub(crate) fn address(&self) -> usize {
        self.entries.as_ptr() as usize
    }
}

/// Marks the cell of an operator that has met something else than two numbers.
pub fn remember_operands(cell: &CacheCell) {
    cell.0[0].store(NOT_NUMBERS, Ordering::Relaxed);
}

/// What [`remember_operands`] leaves in a cell. No type has this handle.
pub const NOT_NUMBERS: u64 = 1;

/// Remembers which arrays an element access meets first: handle and element kind.
pub fn remember_array(cell: &CacheCell, ty: &TypeInfo, kind: ElemKind) {
    if cell.is_empty() {
        cell.remember(ty, kind as u32);
    }
}

impl Ctx {
    /// Whether an instance has an own attribute beside its declared fields that hides a
    /// method of that name.
    pub(crate) fn is_shadowed(&mut self, obj: Obj, name: Value) -> bool {
        obj.expando_word() != Value::UNSET
            && (self.as_instance(obj.value()))
                .is_some_and(|object| self.get_expando(object, name).is_some())
    }

    /// Where reading `name` on this object finds it, as long as the type stays what it is;
    /// none where more than a look at the object decides.
    pub(crate) fn place_of(&self, obj: Obj, name: Value) -> Option<Place> {
        let ty = self.type_of_obj(obj);
        if let Some(field) = plain_field(&ty, name) {
            return Some(Place::Field(CachedField {
                offset: field.offset,
                repr: field.repr,
            }));
        }
        match ty.kind {
            TypeKind::Array | TypeKind::Tuple => self.is_length(name).then_some(Place::ArrayLength),
            TypeKind::String => self.is_length(name).then_some(Place::StringLength),
            TypeKind::Instance | TypeKind::Literal => {
                let plain =
                    !has_hooks_of_all(&ty) && ty.field(name).is_none() && ty.lookup(name).is_none();
                let expando = self.as_instance(obj.value()).filter(|_| plain)?.expando()?;
                let shape = self.engine().shapes.get(expando.shape())?;
                Some(Place::Expando {
                    shape: shape.id,
                    slot: shape.slot(name)?,
                })
            }
            _ => None,
        }
    }

    /// Clears the words that name one of these types in the cells of every function.
    pub(crate) fn drop_caches(&mut self, types: &[TypeRef]) {
        self.engine().methods.clear();
        self.engine().members.clear();
        self.engine().attr_calls.forget(types);
        self.engine().funcs.each(|func| {
            for cell in func.cache_cells() {
                cell.forget(types);
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_round_trip() {
        let fields = [Repr::F64, Repr::I32, Repr::Bool, Repr::Word]
            .map(|repr| Place::Field(CachedField { offset: 4096, repr }));
        let others = [
            Place::ArrayLength,
            Place::StringLength,
            Place::Call(3),
            Place::Expando { shape: 0, slot: 0 },
            Place::Expando {
                shape: Place::SHAPES - 1,
                slot: 63,
            },
        ];
        for place in fields.into_iter().chain(others) {
            assert_eq!(place.encode().map(Place::decode), Some(place));
        }
        let beyond = Place::Expando {
            shape: Place::SHAPES,
            slot: 0,
        };
        assert_eq!(beyond.encode(), None);
    }
}
