//! Untyped heap objects: the header and raw slots.
//!
//! [`Obj`] is the base of every typed handle ([`Str`](super::string::Str),
//! [`Array`](super::array::Array), …). A handle is a copyable address; what keeps its object alive
//! is that the collector scans the native stack.
//!
//! Invariant: an `Obj` is made only from a fresh allocation or from a word that holds a
//! pointer, and is not kept in memory that the collector does not see across a
//! safepoint.

use std::fmt;
use std::ptr::NonNull;

use raya_bytecode::Repr;

use crate::caches::{CachedField, Place};
use crate::ctx::Ctx;
use crate::mem::alloc::box_slot;
use crate::mem::layout::*;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{TypeInfo, TypeRef};

/// A heap object of any type.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
#[repr(transparent)]
pub struct Obj(NonNull<u8>);

impl Obj {
    /// The object at `address`.
    ///
    /// # Safety
    /// `address` is the start of an allocated object.
    #[inline(always)]
    pub unsafe fn from_address(address: NonNull<u8>) -> Obj {
        Obj(address)
    }

    /// Its address.
    #[inline(always)]
    pub fn address(self) -> *mut u8 {
        self.0.as_ptr()
    }

    /// The word that refers to it.
    #[inline(always)]
    pub fn value(self) -> Value {
        Value(self.0.as_ptr() as u64)
    }

    /// Handle of its type.
    #[inline(always)]
    pub fn handle(self) -> u32 {
        // SAFETY: every object starts with a header.
        unsafe { self.load(HEADER_TYPE) }
    }

    /// Header flags.
    #[inline(always)]
    pub fn flags(self) -> u32 {
        // SAFETY: as above.
        unsafe { self.load(HEADER_FLAGS) }
    }

    /// Sets header flags.
    pub fn set_flags(self, flags: u32) {
        // SAFETY: as above; flags have no reader that depends on their order.
        unsafe { self.store(HEADER_FLAGS, self.flags() | flags) };
    }

    /// Reads a field.
    ///
    /// # Safety
    /// The object has an aligned `T` at `offset`.
    #[inline(always)]
    pub(crate) unsafe fn load<T: Copy>(self, offset: usize) -> T {
        // SAFETY: by the caller.
        unsafe { self.0.as_ptr().add(offset).cast::<T>().read() }
    }

    /// Writes a field that holds no reference, or one of a fresh object.
    ///
    /// # Safety
    /// The object has an aligned `T` at `offset`. A reference may be stored only while no
    /// safepoint lies between the object's allocation and the store.
    #[inline(always)]
    pub(crate) unsafe fn store<T>(self, offset: usize, v: T) {
        // SAFETY: by the caller.
        unsafe { self.0.as_ptr().add(offset).cast::<T>().write(v) }
    }

    /// Writes a word with the write barrier.
    ///
    /// # Safety
    /// The object has a word slot at `offset`.
    #[inline(always)]
    pub(crate) unsafe fn write(self, ctx: &mut Ctx, offset: usize, v: Value) {
        // SAFETY: by the caller.
        unsafe { self.store(offset, v) };
        ctx.barrier(self, offset);
    }

    /// The value of a field that a cache knows for this object's type; none when it is a
    /// reference that was not set.
    #[inline(always)]
    pub(crate) fn read_field(self, field: CachedField) -> Option<Value> {
        // SAFETY: the cell named the handle of this object, whose type has the field.
        let bits: u64 = unsafe { self.load(field.offset as usize) };
        let v = box_slot(bits, field.repr);
        (!v.is_unset()).then_some(v)
    }

    /// The value of an attribute where a cache knows its place for this object's type; none
    /// where the slow way must tell.
    #[inline(always)]
    pub(crate) fn read_place(self, place: Place) -> Option<Value> {
        match place {
            Place::Field(field) => self.read_field(field),
            Place::Expando { shape, slot } => {
                let slots = self.shaped(shape)?;
                // SAFETY: an expando of that shape has the slot.
                Some(unsafe { slots.load(EXPANDO_SLOTS + slot as usize * 8) })
            }
            Place::ArrayLength => {
                // SAFETY: the cell named the handle of this object, which is an array's.
                let len: u32 = unsafe {
                    let storage: *const u8 = self.load(ARRAY_STORAGE);
                    storage.add(STORAGE_LEN).cast::<u32>().read()
                };
                Some(Value::number(len.into()))
            }
            Place::StringLength => {
                // SAFETY: the cell named the handle of this object, which is the strings'.
                let len: u32 = unsafe { self.load(STRING_LEN) };
                Some(Value::number(len.into()))
            }
            Place::Call(_) => None,
        }
    }

    /// Stores an attribute where a cache knows its place for this object's type; false
    /// leaves it to the slow way.
    #[inline(always)]
    pub(crate) fn write_place(self, ctx: &mut Ctx, place: Place, v: Value) -> bool {
        match place {
            Place::Field(field) => self.write_field(ctx, field, v),
            Place::Expando { shape, slot } => match self.shaped(shape) {
                Some(slots) => {
                    // SAFETY: an expando of that shape has the slot.
                    unsafe { slots.write(ctx, EXPANDO_SLOTS + slot as usize * 8, v) };
                    true
                }
                None => false,
            },
            Place::ArrayLength | Place::StringLength | Place::Call(_) => false,
        }
    }

    /// The expando of this instance, if it has that shape.
    #[inline(always)]
    fn shaped(self, shape: u32) -> Option<Obj> {
        let expando = self.expando_word().as_obj()?;
        // SAFETY: the layout of expandos.
        let found: u32 = unsafe { expando.load(EXPANDO_SHAPE) };
        (found == shape).then_some(expando)
    }

    /// The word behind the header: the expando of instances.
    #[inline(always)]
    pub(crate) fn expando_word(self) -> Value {
        // SAFETY: every object has at least two words.
        unsafe { self.load(OBJECT_EXPANDO) }
    }

    /// Stores a field that a cache knows for this object's type; false leaves it to the slow
    /// way.
    #[inline(always)]
    pub(crate) fn write_field(self, ctx: &mut Ctx, field: CachedField, v: Value) -> bool {
        let offset = field.offset as usize;
        let bits = match (field.repr, v.as_f64(), v.as_int(), v.as_bool()) {
            (Repr::Word, ..) => {
                // SAFETY: the cell named the handle of this object, whose type has the field.
                unsafe { self.write(ctx, offset, v) };
                return true;
            }
            (Repr::F64, Some(x), ..) => x.to_bits(),
            (Repr::I32, _, Some(n), _) => n as u32 as u64,
            (Repr::Bool, .., Some(b)) => b.into(),
            _ => return false,
        };
        // SAFETY: as above; no reference.
        unsafe { self.store(offset, bits) };
        true
    }

    /// Address of the byte at `offset`.
    #[inline(always)]
    pub(crate) fn at(self, offset: usize) -> *mut u8 {
        self.0.as_ptr().wrapping_add(offset)
    }
}

impl fmt::Debug for Obj {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "object {:p}", self.0)
    }
}

impl Value {
    /// The object that the word refers to, if it is a pointer.
    #[inline(always)]
    pub fn as_obj(self) -> Option<Obj> {
        if self.is_object() {
            NonNull::new(self.0 as *mut u8).map(Obj)
        } else {
            None
        }
    }
}

impl Ctx {
    /// The type of an object.
    #[inline(always)]
    pub fn type_of_obj(&self, obj: Obj) -> TypeRef {
        // SAFETY: headers of this engine's objects hold handles of its region.
        unsafe { Ref::from_ptr(self.types.add(obj.handle() as usize).cast::<TypeInfo>()) }
    }

    /// The type with a handle that a descriptor or type of this engine holds.
    #[inline(always)]
    pub(crate) fn type_by_handle(&self, handle: u32) -> TypeRef {
        // SAFETY: such handles name written types of the region.
        unsafe { Ref::from_ptr(self.types.add(handle as usize).cast::<TypeInfo>()) }
    }

    /// The type of any value.
    #[inline]
    pub fn type_of(&self, v: Value) -> TypeRef {
        match v.as_obj() {
            Some(obj) => self.type_of_obj(obj),
            None => self.engine().core.immediate_type(v),
        }
    }
}
