//! The type region: where [`TypeInfo`]s and their vtables lie.
//!
//! A type is reserved first, so that descriptors and headers can name it, and written
//! once its fields are known. Invariant: a [`TypeRef`] that left this module is written
//! before anything but its address and handle is used.

use std::cell::{Cell, RefCell};
use std::sync::atomic::{AtomicPtr, Ordering};

use crate::func::FuncInfo;
use crate::mem::refs::Ref;
use crate::mem::region::Region;
use crate::type_info::{TypeInfo, TypeRef};

/// Offset of the vtable in a type: entry `i` is at `VTABLE_OFFSET + 8 i`.
pub const VTABLE_OFFSET: usize = size_of::<TypeInfo>();

/// Address space for types.
const REGION_BYTES: usize = 256 << 20;
/// The least that is worth having.
const REGION_LEAST: usize = 1 << 20;
/// Handle of the first type; smaller numbers are never handles.
const FIRST_HANDLE: usize = 64;

/// Owns every type of an engine.
#[derive(Debug)]
pub struct TypeRegion {
    region: Region,
    next: Cell<usize>,
    written: RefCell<Vec<TypeRef>>,
}

/// A type whose place is reserved.
#[derive(Debug)]
pub struct ReservedType {
    place: TypeRef,
    handle: u32,
    vtable_len: u32,
}

impl ReservedType {
    /// Its address, good for naming it.
    pub fn type_ref(&self) -> TypeRef {
        self.place
    }

    /// Its handle.
    pub fn handle(&self) -> u32 {
        self.handle
    }

    /// Room in its vtable.
    pub fn vtable_len(&self) -> u32 {
        self.vtable_len
    }
}

impl TypeRegion {
    /// Reserves the region.
    pub fn new() -> Option<TypeRegion> {
        Some(TypeRegion {
            region: Region::reserve(REGION_BYTES, REGION_LEAST)?,
            next: Cell::new(FIRST_HANDLE),
            written: RefCell::default(),
        })
    }

    /// Start of the region: a handle is an offset from here.
    pub fn base(&self) -> *const u8 {
        self.region.start()
    }

    /// Reserves a type with room for `vtable_len` methods; none when the region is full.
    pub fn reserve(&self, vtable_len: u32) -> Option<ReservedType> {
        let at = self.next.get();
        let end = at + VTABLE_OFFSET + vtable_len as usize * 8;
        if end > self.region.len() {
            return None;
        }
        self.next.set(end.next_multiple_of(16));
        // SAFETY: the range was just reserved for this type and lives with the engine.
        let place = unsafe { Ref::from_ptr(self.region.start().add(at).cast::<TypeInfo>()) };
        Some(ReservedType {
            place,
            handle: at as u32,
            vtable_len,
        })
    }

    /// Writes a reserved type and its vtable.
    pub fn write(
        &self,
        reserved: ReservedType,
        info: TypeInfo,
        vtable: &[Option<Ref<FuncInfo>>],
    ) -> TypeRef {
        debug_assert!(vtable.len() <= reserved.vtable_len as usize);
        let place = reserved.place;
        // SAFETY: the place is reserved for exactly this type and nobody read it yet.
        unsafe { place.as_ptr().cast_mut().write(info) };
        for (i, entry) in vtable.iter().enumerate() {
            let entry = entry.map_or(std::ptr::null(), |f| f.as_ptr());
            place
                .vtable_cell(i)
                .store(entry.cast_mut(), Ordering::Relaxed);
        }
        self.written.borrow_mut().push(place);
        place
    }

    /// The type with this handle.
    ///
    /// # Safety
    /// `handle` was read from the header of an object of this engine, or from a type.
    #[inline(always)]
    pub unsafe fn get(&self, handle: u32) -> TypeRef {
        // SAFETY: by the caller there is a written type at that offset.
        unsafe { Ref::from_ptr(self.region.start().add(handle as usize).cast()) }
    }

    /// Every type, in order of creation.
    pub fn all(&self) -> Vec<TypeRef> {
        self.written.borrow().clone()
    }

    /// Calls `visit` with every type.
    pub fn each(&self, mut visit: impl FnMut(TypeRef)) {
        for &ty in self.written.borrow().iter() {
            visit(ty);
        }
    }
}

impl Drop for TypeRegion {
    fn drop(&mut self) {
        for ty in self.written.get_mut().drain(..) {
            // SAFETY: written once, dropped once; the engine that could name it ends.
            unsafe { std::ptr::drop_in_place(ty.as_ptr().cast_mut()) };
        }
    }
}

impl Ref<TypeInfo> {
    fn vtable_cell(&self, index: usize) -> &AtomicPtr<FuncInfo> {
        debug_assert!(index < self.vtable_len as usize);
        let base = self.as_ptr().cast::<u8>();
        // SAFETY: a type is reserved with `vtable_len` entries behind it, which read as
        // null until they are written.
        unsafe { &*base.add(VTABLE_OFFSET + index * 8).cast() }
    }

    /// The method at a vtable index; none for an abstract one.
    #[inline]
    pub fn vtable_entry(&self, index: u32) -> Option<Ref<FuncInfo>> {
        let entry = self.vtable_cell(index as usize).load(Ordering::Relaxed);
        // SAFETY: entries are functions of the engine.
        (!entry.is_null()).then(|| unsafe { Ref::from_ptr(entry) })
    }

    /// Address of a vtable entry.
    pub fn vtable_slot(&self, index: u32) -> usize {
        std::ptr::from_ref(self.vtable_cell(index as usize)).addr()
    }

    /// Replaces a vtable entry.
    pub fn set_vtable_entry(&self, index: u32, func: Ref<FuncInfo>) {
        self.vtable_cell(index as usize)
            .store(func.as_ptr().cast_mut(), Ordering::Release);
    }
}
