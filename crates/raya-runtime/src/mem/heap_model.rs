//! The object model: tells the collector where the references of an object are.
//!
//! One match over [`ScanKind`]; every layout with references has its arm here and
//! nowhere else. Reads headers, types and the object itself, allocates nothing.

use raya_heap::{ObjectModel, Visitor};

use crate::func::FuncInfo;
use crate::mem::layout::*;
use crate::mem::refs::Ref;
use crate::mem::table;
use crate::mem::value::{UNSET, Value};
use crate::type_info::{ScanKind, TypeInfo, TypeRef};

use raya_bytecode::Repr;

/// What the heap knows of the language.
#[derive(Debug)]
pub struct Model {
    /// Start of the type region.
    types: *const u8,
}

// SAFETY: the region is owned by the engine that owns the heap.
unsafe impl Send for Model {}

impl Model {
    /// The model of an engine whose types lie at `types`.
    pub fn new(types: *const u8) -> Model {
        Model { types }
    }

    /// # Safety
    /// `object` is a constructed object.
    #[inline(always)]
    unsafe fn type_of(&self, handle: u32) -> TypeRef {
        // SAFETY: headers hold handles of the engine's region.
        unsafe { Ref::from_ptr(self.types.add(handle as usize).cast::<TypeInfo>()) }
    }
}

/// # Safety
/// `object` has a `T` at `offset`.
#[inline(always)]
unsafe fn load<T: Copy>(object: *const u8, offset: usize) -> T {
    // SAFETY: by the caller.
    unsafe { object.add(offset).cast::<T>().read() }
}

// SAFETY: every slot in which the runtime stores references is visited: the arms below
// list them per layout, and layouts are written only through `crate::mem`.
unsafe impl ObjectModel for Model {
    const CLEARED: u64 = UNSET;

    #[inline]
    unsafe fn scan<V: Visitor>(&self, object: *const u8, visitor: &mut V) {
        // SAFETY: a cell starts with a header, zero before construction; the scan kind
        // says which of the layouts of `mem::layout` the object has.
        unsafe {
            let handle: u32 = load(object, HEADER_TYPE);
            if handle == 0 {
                return;
            }
            let ty = self.type_of(handle);
            match ty.scan {
                ScanKind::Leaf => {}
                ScanKind::Object => scan_object(object, &ty, visitor),
                ScanKind::WideObject => scan_wide(object, &ty, visitor),
                ScanKind::Array => visitor.word(load(object, ARRAY_STORAGE)),
                ScanKind::Words => {
                    let len: u32 = load(object, STORAGE_LEN);
                    visitor.words(words(object, STORAGE_DATA, len as usize));
                }
                ScanKind::String => scan_string(object, visitor),
                ScanKind::Closure => scan_closure(object, visitor),
                ScanKind::AllWords => {
                    let n = (ty.size as usize - HEADER_SIZE) / 8;
                    visitor.words(words(object, HEADER_SIZE, n));
                }
                ScanKind::Expando => {
                    let n: u32 = load(object, EXPANDO_CAP);
                    visitor.words(words(object, EXPANDO_SLOTS, n as usize));
                }
                ScanKind::Table => {
                    let (offset, n) = table::word_range(object);
                    visitor.words(words(object, offset, n));
                }
            }
        }
    }

    unsafe fn scan_range<V: Visitor>(
        &self,
        object: *const u8,
        from: *const u8,
        to: *const u8,
        visitor: &mut V,
    ) {
        // SAFETY: as for `scan`. What has references in bulk is visited by range; of other
        // large objects (wide instances) every slot, since marking twice does no harm.
        unsafe {
            let handle: u32 = load(object, HEADER_TYPE);
            if handle == 0 {
                return;
            }
            let (offset, n) = match self.type_of(handle).scan {
                ScanKind::Words => (STORAGE_DATA, load::<u32>(object, STORAGE_LEN) as usize),
                ScanKind::Expando => (EXPANDO_SLOTS, load::<u32>(object, EXPANDO_CAP) as usize),
                ScanKind::Table => table::word_range(object),
                _ => return self.scan(object, visitor),
            };
            let first = object as usize + offset;
            let low = (from as usize).max(first).next_multiple_of(8);
            let high = (to as usize).min(first + n * 8);
            if low < high {
                visitor.words(words(object, low - object as usize, (high - low) / 8));
            }
        }
    }
}

/// # Safety
/// `object` has `n` words at `offset`.
#[inline(always)]
unsafe fn words<'a>(object: *const u8, offset: usize, n: usize) -> &'a [u64] {
    // SAFETY: by the caller; the collector holds the world still.
    unsafe { std::slice::from_raw_parts(object.add(offset).cast(), n) }
}

/// # Safety
/// `object` is an instance of `ty`.
#[inline(always)]
unsafe fn scan_object<V: Visitor>(object: *const u8, ty: &TypeInfo, visitor: &mut V) {
    // SAFETY: the mask has a bit only for fields that instances have.
    unsafe {
        visitor.word(load(object, OBJECT_EXPANDO));
        let mut mask = ty.ref_mask;
        while mask != 0 {
            let i = mask.trailing_zeros() as usize;
            visitor.word(load(object, OBJECT_FIELDS + i * 8));
            mask &= mask - 1;
        }
    }
}

/// # Safety
/// `object` is an instance of `ty`.
unsafe fn scan_wide<V: Visitor>(object: *const u8, ty: &TypeInfo, visitor: &mut V) {
    // SAFETY: offsets of the field table lie in the instance.
    unsafe {
        visitor.word(load(object, OBJECT_EXPANDO));
        for field in &ty.meta.fields {
            if field.repr == Repr::Word {
                visitor.word(load(object, field.offset as usize));
            }
        }
    }
}

/// # Safety
/// `object` is a string.
unsafe fn scan_string<V: Visitor>(object: *const u8, visitor: &mut V) {
    // SAFETY: strings that are not inline have the rest word.
    unsafe {
        let data: u64 = load(object, STRING_DATA);
        if data & ROPE_TAG != 0 {
            visitor.word(data & !ROPE_TAG);
            visitor.word(load(object, STRING_REST));
        } else if data != object as u64 + STRING_REST as u64 && data != 0 {
            visitor.word(load(object, STRING_REST));
        }
    }
}

/// # Safety
/// `object` is a closure.
unsafe fn scan_closure<V: Visitor>(object: *const u8, visitor: &mut V) {
    // SAFETY: the function was stored with the header; it lives as long as the engine.
    unsafe {
        let func: *const FuncInfo = load(object, CLOSURE_FUNC);
        if func.is_null() {
            return;
        }
        visitor.word(load::<Value>(object, CLOSURE_ATTRS).0);
        for (i, &repr) in (*func).captures.iter().enumerate() {
            if repr == Repr::Word {
                visitor.word(load::<Value>(object, CLOSURE_CAPTURES + i * 8).0);
            }
        }
    }
}
