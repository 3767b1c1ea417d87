//! Inline caches: one word per site, published atomically.
//!
//! The low half is the type handle that was seen, zero for none. The high half says where the
//! member is: for structural accesses (`GetProp`, `SetProp`) the byte offset of a field
//! that is kept as the site wants it; for attribute accesses on `any` offset and
//! representation ([`CachedField`]); for method calls on `any` the id of the class's function;
//! for elements of `any` the kind of the array's elements. Cells of operators only say
//! whether something else than two numbers was met.
//! A cell says nothing about values: an unset word still takes the slow way, a receiver
//! with own attributes beside its fields is looked at, and a written value is checked
//! unless the field takes everything. Changing a class clears the cells that name it or
//! an heir.

use std::cell::Cell;
use std::sync::atomic::{AtomicU64, Ordering};

use raya_bytecode::{Receiver, Repr};

use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::layout::ElemKind;
use crate::mem::obj::Obj;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeInfo, TypeKind, TypeRef, type_flags};

/// A cache cell.
pub type Cache = Ref<AtomicU64>;

/// A field as an attribute cell names it.
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

    /// The field that the high half of a cell names.
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

/// The field that an attribute cell knows for this object.
#[inline(always)]
pub fn cached_field(cache: Cache, obj: Obj) -> Option<CachedField> {
    let cell = cache.load(Ordering::Relaxed);
    (cell as u32 == obj.handle() && cell != 0).then(|| CachedField::decode((cell >> 32) as u32))
}

/// Remembers that instances of `ty` have an attribute in `field`.
pub fn remember_field(cache: Cache, ty: &TypeInfo, field: CachedField) {
    let cell = u64::from(field.encode()) << 32 | u64::from(ty.handle);
    cache.store(cell, Ordering::Release);
}

/// Remembers the offset of a structural member.
pub fn remember_offset(cache: Cache, ty: &TypeInfo, offset: u32) {
    let cell = u64::from(offset) << 32 | u64::from(ty.handle);
    cache.store(cell, Ordering::Release);
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
        const FREE: Remembered = Remembered {
            handle: Cell::new(0),
            name: Cell::new(Value::UNSET),
            func: Cell::new(None),
        };
        MethodMemo {
            entries: Box::new([FREE; MEMO_PLACES]),
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

/// The function that a call of `name` on this object reaches, where its type alone
/// decides that: through the site's cell, else through the engine's memo.
#[inline(always)]
pub fn cached_method(ctx: &Ctx, cache: Cache, obj: Obj, name: Value) -> Option<Ref<FuncInfo>> {
    if obj.expando_word() != Value::UNSET {
        return None;
    }
    let cell = cache.load(Ordering::Relaxed);
    let handle = obj.handle();
    if cell as u32 == handle {
        return ctx.engine().funcs.get((cell >> 32) as usize);
    }
    let known = ctx.engine().methods.entry(handle, name);
    if known.handle.get() == handle && known.name.get() == name {
        return known.func.get();
    }
    find_method(ctx, cache, obj, name)
}

/// Looks the method up and remembers it, in the site's cell if that is free.
#[cold]
fn find_method(ctx: &Ctx, cache: Cache, obj: Obj, name: Value) -> Option<Ref<FuncInfo>> {
    let ty = ctx.type_of_obj(obj);
    let plain = ty.kind == TypeKind::Instance
        && !ty.has(type_flags::ATTR_HOOKS)
        && ty.field(name).is_none();
    let func = match ty.lookup(name) {
        Some((_, Attr::Method(func))) if plain && func.receiver == Receiver::This => func,
        _ => return None,
    };
    let entry = ctx.engine().methods.entry(ty.handle, name);
    entry.set(ty.handle, name, Some(func));
    if cache.load(Ordering::Relaxed) == 0 {
        let cell = u64::from(func.id) << 32 | u64::from(ty.handle);
        cache.store(cell, Ordering::Release);
    }
    Some(func)
}

/// The declared field that reading `name` on instances of `ty` always finds, so that a
/// cache may skip the look-up.
pub fn plain_field(ty: &TypeInfo, name: Value) -> Option<&crate::type_info::FieldInfo> {
    if ty.has(type_flags::ATTR_HOOKS) {
        return None;
    }
    let field = ty.field(name).filter(|f| !f.private)?;
    ty.lookup(name).is_none().then_some(field)
}

/// Marks the cell of an operator that has met something else than two numbers.
pub fn remember_operands(cache: Cache) {
    cache.store(NOT_NUMBERS, Ordering::Relaxed);
}

/// What [`remember_operands`] leaves in a cell. No type has this handle.
pub const NOT_NUMBERS: u64 = 1;

/// Remembers which arrays an element access meets: handle and element kind.
pub fn remember_array(cache: Cache, handle: u32, kind: ElemKind) {
    let cell = (kind as u64) << 32 | u64::from(handle);
    cache.store(cell, Ordering::Release);
}

impl Ctx {
    /// Clears the cells of every function that name one of these types.
    pub(crate) fn drop_caches(&mut self, types: &[TypeRef]) {
        self.engine().methods.clear();
        let named = |cell: u64| types.iter().any(|ty| ty.handle == cell as u32);
        self.engine().funcs.each(|func| {
            for cell in func.cache_cells() {
                if named(cell.load(Ordering::Relaxed)) {
                    cell.store(0, Ordering::Release);
                }
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_round_trip() {
        for repr in [Repr::F64, Repr::I32, Repr::Bool, Repr::Word] {
            let field = CachedField { offset: 4096, repr };
            assert_eq!(CachedField::decode(field.encode()), field);
        }
    }
}
