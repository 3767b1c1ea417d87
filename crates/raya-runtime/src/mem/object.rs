//! Instances, closures and the small fixed records: allocation and field access.
//!
//! Owns their layouts. Fields are in register format at offsets that the linker gave;
//! types decide what may be stored, not this module.

use std::ptr::NonNull;

use raya_bytecode::Repr;

use crate::abi::R;
use crate::ctx::Ctx;
use crate::func::FuncInfo;
use crate::mem::alloc::box_slot;
use crate::mem::layout::*;
use crate::mem::obj::Obj;
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::table::Table;
use crate::mem::value::Value;
use crate::type_info::{FieldInfo, NativeDef, TypeInfo, TypeKind, TypeRef};

/// An instance of a class, literal or scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instance(Obj);

impl Instance {
    /// A new instance: doubles, ints and booleans are zero, references unset.
    #[inline]
    pub fn new(ctx: &mut Ctx, ty: TypeRef) -> R<Instance> {
        Ok(Instance(ctx.alloc(ty, ty.size as usize)?))
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// A field in register format.
    #[inline]
    pub fn bits(self, field: &FieldInfo) -> u64 {
        // SAFETY: a field of the instance's type lies inside of it.
        unsafe { self.0.load(field.offset as usize) }
    }

    /// A field boxed; none when it is a reference that was not set.
    #[inline]
    pub fn get(self, field: &FieldInfo) -> Option<Value> {
        let v = box_slot(self.bits(field), field.repr);
        (!v.is_unset()).then_some(v)
    }

    /// Stores a field in register format.
    #[inline]
    pub fn set_bits(self, ctx: &mut Ctx, field: &FieldInfo, bits: u64) {
        // SAFETY: as above; a value of the field's representation.
        unsafe {
            if field.repr == Repr::Word {
                self.0.write(ctx, field.offset as usize, Value(bits));
            } else {
                self.0.store(field.offset as usize, bits);
            }
        }
    }

    /// Gives it a type of the same layout: pinning.
    pub(crate) fn set_type(self, ty: TypeRef) {
        // SAFETY: every object has a header; the layouts are the same.
        unsafe { self.0.store(HEADER_TYPE, ty.handle) };
    }

    /// The expando object, if it has one.
    #[inline]
    pub fn expando(self) -> Option<Expando> {
        // SAFETY: the layout of instances.
        let v: Value = unsafe { self.0.load(OBJECT_EXPANDO) };
        v.as_obj().map(Expando)
    }

    /// Gives it an expando object.
    pub(crate) fn set_expando(self, ctx: &mut Ctx, expando: Option<Expando>) {
        let v = expando.map_or(Value::UNSET, |e| e.0.value());
        // SAFETY: the layout of instances.
        unsafe { self.0.write(ctx, OBJECT_EXPANDO, v) };
    }
}

/// Attributes outside of the declared fields: a shape and slots.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Expando(Obj);

impl Expando {
    /// A new one with room for `cap` attributes.
    pub fn new(ctx: &mut Ctx, shape: u32, cap: usize) -> R<Expando> {
        let ty = ctx.engine().core.expando;
        let obj = ctx.alloc(ty, EXPANDO_SLOTS + cap * 8)?;
        // SAFETY: fresh object with the layout of expandos.
        unsafe {
            obj.store(EXPANDO_SHAPE, shape);
            obj.store(EXPANDO_CAP, cap as u32);
        }
        Ok(Expando(obj))
    }

    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// Its shape id.
    #[inline(always)]
    pub fn shape(self) -> u32 {
        // SAFETY: the layout of expandos.
        unsafe { self.0.load(EXPANDO_SHAPE) }
    }

    /// Changes its shape.
    pub(crate) fn set_shape(self, shape: u32) {
        // SAFETY: the layout of expandos.
        unsafe { self.0.store(EXPANDO_SHAPE, shape) };
    }

    /// Room for attributes.
    pub fn cap(self) -> usize {
        // SAFETY: the layout of expandos.
        let cap: u32 = unsafe { self.0.load(EXPANDO_CAP) };
        cap as usize
    }

    /// The attribute in slot `i`.
    #[inline(always)]
    pub fn get(self, i: usize) -> Value {
        debug_assert!(i < self.cap());
        // SAFETY: slots lie behind the header.
        unsafe { self.0.load(EXPANDO_SLOTS + i * 8) }
    }

    /// Stores slot `i`.
    #[inline]
    pub(crate) fn set(self, ctx: &mut Ctx, i: usize, v: Value) {
        debug_assert!(i < self.cap());
        // SAFETY: slots lie behind the header.
        unsafe { self.0.write(ctx, EXPANDO_SLOTS + i * 8, v) };
    }
}

/// A function value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closure(Obj);

impl Closure {
    /// A closure over `captures`, in register format.
    pub fn new(ctx: &mut Ctx, func: Ref<FuncInfo>, captures: Slots) -> R<Closure> {
        let n = func.captures.len();
        let ty = ctx.engine().core.function;
        let obj = ctx.alloc(ty, CLOSURE_CAPTURES + n * 8)?;
        // SAFETY: fresh object with the layout of closures; captures before the function, so that
        // whoever sees the function sees them.
        unsafe {
            for i in 0..n {
                obj.store(CLOSURE_CAPTURES + i * 8, captures.bits(i));
            }
            obj.store(CLOSURE_FUNC, func.as_ptr());
        }
        Ok(Closure(obj))
    }

    /// A closure of `func` over the captures of `lender`, which must be of the same types.
    pub fn sharing(ctx: &mut Ctx, lender: Closure, func: Ref<FuncInfo>) -> R<Closure> {
        // SAFETY: the captures lie there; `lender` stays alive because it is on this stack.
        let captures =
            unsafe { Slots::new((lender.value().0 as usize + CLOSURE_CAPTURES) as *mut u64) };
        Closure::new(ctx, func, captures)
    }

    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// The object.
    pub fn obj(self) -> Obj {
        self.0
    }

    /// Its function.
    #[inline(always)]
    pub fn func(self) -> Ref<FuncInfo> {
        // SAFETY: a closure names a function of its engine.
        unsafe { Ref::from_ptr(self.0.load::<*const FuncInfo>(CLOSURE_FUNC)) }
    }

    /// The attributes that a program put on it, if there are any.
    pub fn attrs(self) -> Option<Table> {
        // SAFETY: the layout of closures.
        Table::from_value(unsafe { self.0.load(CLOSURE_ATTRS) })
    }

    /// Makes the table of its attributes, or gives the one it has.
    pub fn make_attrs(self, ctx: &mut Ctx) -> R<Table> {
        if let Some(table) = self.attrs() {
            return Ok(table);
        }
        let table = Table::new(ctx, 2)?;
        // SAFETY: the layout of closures.
        unsafe { self.0.write(ctx, CLOSURE_ATTRS, table.value()) };
        Ok(table)
    }
}

/// A record of [`ScanKind::AllWords`](crate::type_info::ScanKind::AllWords): bound methods, class
/// objects, properties, iterators.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Record(Obj);

impl Record {
    /// A record of `ty` with these words.
    pub fn new(ctx: &mut Ctx, ty: TypeRef, words: &[Value]) -> R<Record> {
        debug_assert_eq!(ty.size as usize, RECORD_FIRST + words.len() * 8);
        let obj = ctx.alloc(ty, ty.size as usize)?;
        for (i, &word) in words.iter().enumerate() {
            // SAFETY: fresh object with that many words.
            unsafe { obj.store(RECORD_FIRST + i * 8, word) };
        }
        Ok(Record(obj))
    }

    /// The word that refers to it.
    pub fn value(self) -> Value {
        self.0.value()
    }

    /// Gives it a type of the same layout: pinning.
    pub(crate) fn set_type(self, ty: TypeRef) {
        // SAFETY: every object has a header; the layouts are the same.
        unsafe { self.0.store(HEADER_TYPE, ty.handle) };
    }

    /// The `i`th word.
    pub fn get(self, i: usize) -> Value {
        // SAFETY: callers name words that records of the type have.
        unsafe { self.0.load(RECORD_FIRST + i * 8) }
    }

    /// Stores the `i`th word.
    pub(crate) fn set(self, ctx: &mut Ctx, i: usize, v: Value) {
        // SAFETY: as above.
        unsafe { self.0.write(ctx, RECORD_FIRST + i * 8, v) };
    }
}

impl Ctx {
    /// The instance, literal or scope in `v`.
    #[inline]
    pub fn as_instance(&self, v: Value) -> Option<Instance> {
        let obj = v.as_obj()?;
        let kind = self.type_of_obj(obj).kind;
        matches!(
            kind,
            TypeKind::Instance | TypeKind::Literal | TypeKind::Scope
        )
        .then_some(Instance(obj))
    }

    /// The closure in `v`.
    #[inline]
    pub fn as_closure(&self, v: Value) -> Option<Closure> {
        let obj = v.as_obj()?;
        (obj.handle() == self.engine().core.function.handle).then_some(Closure(obj))
    }

    /// The record in `v`, if it is of the built-in type `ty`.
    pub(crate) fn as_record(&self, v: Value, ty: TypeRef) -> Option<Record> {
        let obj = v.as_obj()?;
        (obj.handle() == ty.handle).then_some(Record(obj))
    }

    /// Receiver and function of the bound method in `v`.
    pub fn as_bound_method(&self, v: Value) -> Option<(Value, Value)> {
        let record = self.as_record(v, self.engine().core.bound_method)?;
        Some((record.get(0), record.get(1)))
    }

    /// The type that the class object in `v` stands for.
    #[inline]
    pub fn as_class(&self, v: Value) -> Option<TypeRef> {
        let record = self.as_record(v, self.engine().core.class)?;
        // SAFETY: a class object's first word is the address of its type.
        Some(unsafe { Ref::from_ptr(record.get(0).0 as *const TypeInfo) })
    }

    /// The definition and receiver of the native function in `v`.
    pub fn as_native(&self, v: Value) -> Option<(&'static NativeDef, Value)> {
        let record = self.as_record(v, self.engine().core.native_function)?;
        let def = record.get(0).0 as *const NativeDef;
        // SAFETY: a native function's first word is the address of its static definition.
        Some((unsafe { &*def }, record.get(1)))
    }

    /// The class object of `ty`; made on first use.
    pub fn class_object(&mut self, ty: TypeRef) -> R<Value> {
        let known = Value(ty.class_object.get());
        if !known.is_unset() {
            return Ok(known);
        }
        let words = [Value(ty.addr() as u64), Value::UNSET];
        let class = Record::new(self, self.engine().core.class, &words)?.value();
        ty.class_object.set(class.0);
        Ok(class)
    }

    /// A bound method.
    pub fn bind(&mut self, receiver: Value, func: Value) -> R<Value> {
        let ty = self.engine().core.bound_method;
        Ok(Record::new(self, ty, &[receiver, func])?.value())
    }

    /// A native function as a value; `receiver` is unset where it takes none.
    pub fn native_value(&mut self, def: &'static NativeDef, receiver: Value) -> R<Value> {
        let ty = self.engine().core.native_function;
        let words = [Value(std::ptr::from_ref(def) as u64), receiver];
        Ok(Record::new(self, ty, &words)?.value())
    }

    /// The one function object of a function without captures.
    pub fn function_object(&mut self, func: Ref<FuncInfo>) -> R<Value> {
        use std::sync::atomic::Ordering;
        let known = Value(func.object.load(Ordering::Acquire));
        if !known.is_unset() {
            return Ok(known);
        }
        let none = NonNull::<u64>::dangling();
        // SAFETY: a function without captures reads no slot.
        let slots = unsafe { Slots::new(none.as_ptr()) };
        debug_assert!(func.captures.is_empty());
        let object = Closure::new(self, func, slots)?.value();
        func.object.store(object.0, Ordering::Release);
        Ok(object)
    }
}
