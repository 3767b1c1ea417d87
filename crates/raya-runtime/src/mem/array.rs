//! Arrays: an object that points to a storage of unboxed or boxed elements.
//!
//! Owns the layout, growth and element access of every kind. Knows no element types
//! beyond their representation: who stores a word has checked it.
//!
//! Invariants: the length is read from the storage it belongs to; elements behind the
//! length are zero; empty arrays share one storage without room per element kind.

use raya_bytecode::Repr;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::errors::ErrorKind;
use crate::mem::layout::*;
use crate::mem::obj::Obj;
use crate::mem::value::Value;
use crate::type_info::{TypeKind, TypeRef};

/// Longest array, in elements. Integer inference relies on it: the sum of two indices or
/// lengths is an int.
pub const MAX_ELEMENTS: usize = (1 << 30) - 1;
/// Room of the first storage that an array grows to.
const FIRST_ROOM: usize = 4;
/// Storages up to this many elements double, larger ones grow by half.
const DOUBLING: usize = 64 << 10;
/// Position of the element kind in a storage's flags.
const KIND_SHIFT: u32 = 8;

/// An array or tuple. See [`Obj`] for what keeps it alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Array(Obj);

/// Element storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(transparent)]
pub struct Storage(Obj);

/// The elements of a storage as a slice of their representation.
#[derive(Clone, Copy, Debug)]
pub enum Elements<'a> {
    /// Doubles.
    F64(&'a [f64]),
    /// Ints.
    I32(&'a [i32]),
    /// Booleans, 0 or 1.
    Bool(&'a [u8]),
    /// Words.
    Word(&'a [Value]),
}

impl ElemKind {
    /// The kind in which elements of a representation are kept.
    pub const fn of(repr: Repr) -> ElemKind {
        match repr {
            Repr::F64 => ElemKind::F64,
            Repr::I32 => ElemKind::I32,
            Repr::Bool => ElemKind::Bool,
            Repr::Word => ElemKind::Word,
        }
    }

    const fn from_bits(bits: u32) -> ElemKind {
        match bits & 3 {
            0 => ElemKind::F64,
            1 => ElemKind::I32,
            2 => ElemKind::Bool,
            _ => ElemKind::Word,
        }
    }
}

/// What compiled code makes the arrays of one element kind of.
#[derive(Clone, Copy, Debug, Default)]
pub struct StorageForm {
    /// The header of storages, both halves.
    pub header: u64,
    /// The storage that empty arrays share, as a word; 0 where it was not made yet.
    pub empty: u64,
}

impl Engine {
    /// What compiled code makes arrays of, by element kind.
    pub fn storage_forms(&self) -> [StorageForm; 4] {
        let kinds = [ElemKind::F64, ElemKind::I32, ElemKind::Bool, ElemKind::Word];
        kinds.map(|kind| StorageForm {
            header: (kind as u64) << (32 + KIND_SHIFT) | u64::from(self.core.storage(kind).handle),
            empty: self.singletons.empty_storage[kind as usize].get().0,
        })
    }
}

impl Storage {
    /// The storage that the heap cell `obj`, whose type is a storage type, is.
    pub(crate) fn of(obj: Obj) -> Storage {
        Storage(obj)
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// A zeroed storage; `len` elements are in use.
    pub(crate) fn alloc(ctx: &mut Ctx, kind: ElemKind, cap: usize, len: usize) -> R<Storage> {
        debug_assert!(len <= cap);
        if cap > MAX_ELEMENTS {
            return Err(ctx.throw(ErrorKind::RangeError, "Invalid array length"));
        }
        let ty = ctx.engine().core.storage(kind);
        let bytes = STORAGE_DATA + cap * kind.size();
        let obj = ctx.alloc_flags(ty, bytes, (kind as u32) << KIND_SHIFT)?;
        // SAFETY: fresh object with the layout of storages.
        unsafe {
            obj.store(STORAGE_LEN, len as u32);
            obj.store(STORAGE_CAP, cap as u32);
        }
        Ok(Storage(obj))
    }

    /// The shared storage of empty arrays.
    fn empty(ctx: &mut Ctx, kind: ElemKind) -> R<Storage> {
        let cell = &ctx.engine().singletons.empty_storage[kind as usize];
        if let Some(obj) = cell.get().as_obj() {
            return Ok(Storage(obj));
        }
        let storage = Storage::alloc(ctx, kind, 0, 0)?;
        cell.set(storage.0.value());
        Ok(storage)
    }

    /// How elements lie.
    #[inline(always)]
    pub fn kind(self) -> ElemKind {
        ElemKind::from_bits(self.0.flags() >> KIND_SHIFT)
    }

    /// Number of elements.
    #[inline(always)]
    pub fn len(self) -> usize {
        // SAFETY: the layout of storages.
        let len: u32 = unsafe { self.0.load(STORAGE_LEN) };
        len as usize
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// Room in elements.
    #[inline(always)]
    pub fn cap(self) -> usize {
        // SAFETY: the layout of storages.
        let cap: u32 = unsafe { self.0.load(STORAGE_CAP) };
        cap as usize
    }

    /// Sets the number of elements; what falls out is cleared.
    pub(crate) fn set_len(self, len: usize) {
        debug_assert!(len <= self.cap());
        let (old, size) = (self.len(), self.kind().size());
        // SAFETY: both lengths are within the room.
        unsafe {
            if len < old {
                let gap = self.0.at(STORAGE_DATA + len * size);
                gap.write_bytes(0, (old - len) * size);
            }
            self.0.store(STORAGE_LEN, len as u32);
        }
    }

    /// The elements.
    #[inline]
    pub fn elements<'a>(self) -> Elements<'a> {
        let (data, len) = (self.0.at(STORAGE_DATA), self.len());
        // SAFETY: `len` elements of this kind lie there; the caller keeps the storage
        // alive and does not change it while it looks at them.
        unsafe {
            match self.kind() {
                ElemKind::F64 => Elements::F64(std::slice::from_raw_parts(data.cast(), len)),
                ElemKind::I32 => Elements::I32(std::slice::from_raw_parts(data.cast(), len)),
                ElemKind::Bool => Elements::Bool(std::slice::from_raw_parts(data, len)),
                ElemKind::Word => Elements::Word(std::slice::from_raw_parts(data.cast(), len)),
            }
        }
    }

    /// The element at `i`, boxed; an unset one reads as null.
    #[inline]
    pub fn get(self, i: usize) -> Value {
        debug_assert!(i < self.len());
        // SAFETY: the element lies in the storage.
        unsafe {
            match self.kind() {
                ElemKind::F64 => Value::number(self.0.load(STORAGE_DATA + i * 8)),
                ElemKind::I32 => Value::int(self.0.load(STORAGE_DATA + i * 4)),
                ElemKind::Bool => Value::bool(self.0.load::<u8>(STORAGE_DATA + i) != 0),
                ElemKind::Word => self.0.load(STORAGE_DATA + i * 8),
            }
        }
    }

    /// Stores an element in register format, with the write barrier for words.
    #[inline]
    pub(crate) fn set_bits(self, ctx: &mut Ctx, i: usize, bits: u64) {
        debug_assert!(i < self.len());
        // SAFETY: the element lies in the storage and has that representation.
        unsafe {
            match self.kind() {
                ElemKind::F64 => self.0.store(STORAGE_DATA + i * 8, bits),
                ElemKind::I32 => self.0.store(STORAGE_DATA + i * 4, bits as i32),
                ElemKind::Bool => self.0.store(STORAGE_DATA + i, bits as u8 & 1),
                ElemKind::Word => self.0.write(ctx, STORAGE_DATA + i * 8, Value(bits)),
            }
        }
    }

    /// Moves `n` elements from index `from` of `source` to index `to` of this storage,
    /// which has the same kind; ranges may overlap.
    pub(crate) fn copy(self, ctx: &mut Ctx, to: usize, source: Storage, from: usize, n: usize) {
        debug_assert!(from + n <= source.len() && to + n <= self.cap());
        debug_assert_eq!(self.kind(), source.kind());
        let kind = self.kind();
        let size = kind.size();
        // SAFETY: both ranges lie in their storages.
        unsafe {
            let source = source.0.at(STORAGE_DATA + from * size);
            std::ptr::copy(source, self.0.at(STORAGE_DATA + to * size), n * size);
        }
        if kind == ElemKind::Word && n > 0 {
            ctx.barrier_range(self.0, STORAGE_DATA + to * size, n);
        }
    }

    /// Reverses the order of the elements.
    pub(crate) fn reverse(self, ctx: &mut Ctx) {
        let (data, len) = (self.0.at(STORAGE_DATA), self.len());
        // SAFETY: `len` elements of this kind lie there and nobody else looks at them now.
        unsafe {
            match self.kind() {
                ElemKind::F64 | ElemKind::Word => {
                    std::slice::from_raw_parts_mut(data.cast::<u64>(), len).reverse();
                }
                ElemKind::I32 => std::slice::from_raw_parts_mut(data.cast::<i32>(), len).reverse(),
                ElemKind::Bool => std::slice::from_raw_parts_mut(data, len).reverse(),
            }
        }
        if self.kind() == ElemKind::Word && len > 0 {
            ctx.barrier_range(self.0, STORAGE_DATA, len);
        }
    }
}

/// Room to give a storage of `cap` elements that must hold `need`.
fn room_for(need: usize, cap: usize) -> usize {
    if need > MAX_ELEMENTS {
        // Refused by whoever allocates it.
        return need;
    }
    let more = if cap < DOUBLING { cap } else { cap / 2 };
    (cap + more).max(need).clamp(FIRST_ROOM, MAX_ELEMENTS)
}

impl Array {
    /// The array in `v`.
    ///
    /// # Safety
    /// `v` refers to an array or tuple.
    #[inline(always)]
    pub(crate) unsafe fn from_value_unchecked(v: Value) -> Array {
        // SAFETY: by the caller; references are not null.
        Array(unsafe { Obj::from_address(std::ptr::NonNull::new_unchecked(v.0 as *mut u8)) })
    }

    /// The word that refers to it.
    #[inline(always)]
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// A new array of `ty` with `len` zero elements (null where they are words) and room for `cap`.
    pub fn new(ctx: &mut Ctx, ty: TypeRef, len: usize, cap: usize) -> R<Array> {
        let kind = ty.elem.get();
        let storage = if cap.max(len) == 0 {
            Storage::empty(ctx, kind)?
        } else {
            Storage::alloc(ctx, kind, cap.max(len), len)?
        };
        if kind == ElemKind::Word {
            storage.fill(ctx, 0, len, Value::NULL.0);
        }
        let obj = ctx.alloc(ty, ARRAY_SIZE)?;
        // SAFETY: fresh object with the layout of arrays.
        unsafe { obj.store(ARRAY_STORAGE, storage.0.value()) };
        Ok(Array(obj))
    }

    /// Its storage.
    #[inline(always)]
    pub fn storage(self) -> Storage {
        // SAFETY: the layout of arrays; the storage is never null.
        unsafe {
            let v: Value = self.0.load(ARRAY_STORAGE);
            Storage(Obj::from_address(std::ptr::NonNull::new_unchecked(
                v.0 as *mut u8,
            )))
        }
    }

    /// Replaces its storage.
    pub(crate) fn set_storage(self, ctx: &mut Ctx, storage: Storage) {
        // SAFETY: the layout of arrays.
        unsafe { self.0.write(ctx, ARRAY_STORAGE, storage.0.value()) };
    }

    /// Gives it another type: pinning. Its storage has the kind of that type.
    pub(crate) fn set_type(self, ty: TypeRef) {
        debug_assert_eq!(ty.elem.get(), self.storage().kind());
        // SAFETY: every object has a header; arrays of all types have one layout.
        unsafe { self.0.store(HEADER_TYPE, ty.handle) };
    }

    /// Number of elements.
    #[inline(always)]
    pub fn len(self) -> usize {
        self.storage().len()
    }

    /// Whether there are none.
    pub fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The element at `i` boxed, if there is one.
    #[inline]
    pub fn get(self, i: usize) -> Option<Value> {
        let storage = self.storage();
        (i < storage.len()).then(|| storage.get(i))
    }

    /// Makes room for `extra` elements more.
    pub(crate) fn reserve(self, ctx: &mut Ctx, extra: usize) -> R<Storage> {
        let old = self.storage();
        let need = old.len() + extra;
        if need <= old.cap() {
            return Ok(old);
        }
        let room = room_for(need, old.cap());
        if old.grow_in_place(ctx, room) {
            return Ok(old);
        }
        let new = Storage::alloc(ctx, old.kind(), room, old.len())?;
        new.copy(ctx, 0, old, 0, old.len());
        self.set_storage(ctx, new);
        Ok(new)
    }

    /// Appends an element in register format.
    #[inline]
    pub(crate) fn push_bits(self, ctx: &mut Ctx, bits: u64) -> R<()> {
        let mut storage = self.storage();
        let len = storage.len();
        if len == storage.cap() {
            storage = self.reserve(ctx, 1)?;
        }
        storage.set_len(len + 1);
        storage.set_bits(ctx, len, bits);
        Ok(())
    }

    /// Removes the last element, boxed.
    pub fn pop(self) -> Option<Value> {
        let storage = self.storage();
        let last = storage.len().checked_sub(1)?;
        let v = storage.get(last);
        storage.set_len(last);
        Some(v)
    }
}

impl Value {
    /// The array in a register that is declared as one, which the verifier proved to hold
    /// nothing else.
    #[inline(always)]
    pub(crate) fn known_array(self) -> Array {
        // SAFETY: as stated.
        unsafe { Array::from_value_unchecked(self) }
    }
}

impl Ctx {
    /// The array or tuple in `v`, if it holds one.
    #[inline]
    pub fn as_array(&self, v: Value) -> Option<Array> {
        let obj = v.as_obj()?;
        let kind = self.type_of_obj(obj).kind;
        matches!(kind, TypeKind::Array | TypeKind::Tuple).then_some(Array(obj))
    }
}
