//! Allocation, the write barrier and collection, as runtime code sees them.
//!
//! Owns the way from a [`Ctx`] to the heap, and the roots: native stack and VM stack
//! conservatively; globals, interned strings, class attributes and function objects
//! precisely. Running out of memory is a `RangeError` that programs can catch.

use std::ops::Range;
use std::ptr::NonNull;
use std::sync::atomic::Ordering;

use raya_bytecode::Repr;
use raya_heap::{Collection, Heap, HeapLimit, RootProvider, Roots};

use crate::abi::R;
use crate::ctx::Ctx;
use crate::engine::Engine;
use crate::errors::ErrorKind;
use crate::host::End;
use crate::mem::heap_model::Model;
use crate::mem::layout::{HEADER_FLAGS, HEADER_TYPE};
use crate::mem::obj::Obj;
use crate::mem::slots::Slots;
use crate::mem::value::Value;
use crate::type_info::{Attr, TypeRef};

/// Largest object that is attempted; bigger requests are out of memory at once.
const MAX_OBJECT: usize = 1 << 40;

impl Ctx {
    /// The engine.
    #[inline(always)]
    pub fn engine(&self) -> &'static Engine {
        // SAFETY: a context never outlives its engine; the lifetime is that of
        // engine-owned records in general, see `mem::refs`.
        unsafe { &*self.engine }
    }

    /// The heap.
    #[inline(always)]
    pub(crate) fn heap(&mut self) -> &mut Heap<Model> {
        // SAFETY: `heap` points to the engine's heap, which only the running task uses;
        // the borrow ends before anything else reaches for it.
        unsafe { &mut *self.heap.cast::<Heap<Model>>() }
    }

    /// Allocates an object of `ty` with `size` bytes, zero behind its header.
    #[inline]
    pub(crate) fn alloc(&mut self, ty: TypeRef, size: usize) -> R<Obj> {
        self.alloc_flags(ty, size, 0)
    }

    /// The same with header flags.
    #[inline]
    pub(crate) fn alloc_flags(&mut self, ty: TypeRef, size: usize, flags: u32) -> R<Obj> {
        let cell = match self.heap().try_alloc(size) {
            Some(cell) => cell,
            None => self.alloc_slow(size)?,
        };
        // SAFETY: the cell is fresh and has at least `size` bytes.
        unsafe {
            let obj = Obj::from_address(cell);
            obj.store(HEADER_TYPE, ty.handle);
            obj.store(HEADER_FLAGS, flags);
            Ok(obj)
        }
    }

    #[cold]
    #[inline(never)]
    fn alloc_slow(&mut self, size: usize) -> R<NonNull<u8>> {
        let result = if size < MAX_OBJECT {
            self.with_roots(|heap, roots| heap.alloc_slow(size, roots))
        } else {
            Err(HeapLimit {
                requested: size,
                limit: MAX_OBJECT,
            })
        };
        result.map_err(|_| self.out_of_memory())
    }

    /// Throws the error of a heap that is full, using the heap's reserve.
    #[cold]
    fn out_of_memory(&mut self) -> crate::abi::Thrown {
        if self.engine().out_of_memory.replace(true) {
            // Not even the reserve has room for the error.
            return self.end(End::Internal("out of memory".into()));
        }
        self.heap().open_reserve();
        let limit = self.heap().limit() >> 20;
        let message = format!("out of memory: the heap limit of {limit} MiB is reached");
        let thrown = self.throw(ErrorKind::RangeError, &message);
        self.heap().close_reserve();
        self.engine().out_of_memory.set(false);
        thrown
    }

    /// Bytes of the objects that the last collection left.
    pub fn heap_bytes(&mut self) -> usize {
        self.heap().stats().live_bytes
    }

    /// Runs `report` with the heap's reserve open: what tells of a full heap needs memory too.
    pub(crate) fn with_reserve<T>(&mut self, report: impl FnOnce(&mut Ctx) -> T) -> T {
        self.heap().open_reserve();
        let result = report(self);
        self.heap().close_reserve();
        result
    }

    /// Collections of the heap so far.
    pub fn collections(&mut self) -> u64 {
        let stats = self.heap().stats();
        stats.minor_collections + stats.major_collections
    }

    /// The most bytes that the heap has held so far, counted in blocks.
    pub fn peak_heap(&mut self) -> usize {
        self.heap().stats().peak_bytes
    }

    /// Collects.
    pub fn collect(&mut self, collection: Collection) {
        self.with_roots(|heap, roots| heap.collect(collection, roots));
    }

    /// Does something that may collect, and after a major collection lets unused machine code
    /// be freed.
    fn with_roots<T>(&mut self, work: impl FnOnce(&mut Heap<Model>, &mut EngineRoots) -> T) -> T {
        let mut roots = EngineRoots {
            ctx: self,
            engine: self.engine(),
            code: Vec::new(),
        };
        let heap = self.heap();
        let before = heap.major_collections();
        let result = work(heap, &mut roots);
        if heap.major_collections() != before
            && let Some(map) = &*roots.engine.code_map.borrow()
        {
            map.collected(&mut roots.code);
        }
        result
    }

    /// The write barrier after a word was stored at `offset` of `obj`.
    #[inline(always)]
    pub(crate) fn barrier(&mut self, obj: Obj, offset: usize) {
        let slot = obj.at(offset).cast();
        // SAFETY: an object of this heap, the slot lies in it.
        unsafe { self.heap().barrier(obj.address(), slot) };
    }

    /// Slow path of the barrier that tiers inline.
    pub(crate) fn remember(&mut self, obj: Obj, slot: Slots) {
        self.heap().remember(obj.address(), slot.address());
    }

    /// The write barrier after `n` words were stored from `offset` on.
    #[inline]
    pub(crate) fn barrier_range(&mut self, obj: Obj, offset: usize, n: usize) {
        let first = obj.at(offset).cast();
        self.heap().barrier_range(obj.address(), first, n);
    }
}

/// The roots of an engine whose running task is `ctx`.
struct EngineRoots {
    ctx: *const Ctx,
    engine: &'static Engine,
    /// Words on stacks that point into compiled code.
    code: Vec<usize>,
}

// SAFETY: `visit_roots` reports every place where the runtime keeps references outside
// of the heap: stacks, the exception in flight, globals and the engine's tables.
unsafe impl RootProvider for EngineRoots {
    fn visit_roots(&mut self, _: Collection, roots: &mut Roots<'_, '_>) {
        // SAFETY: the context is the caller's, alive and not written meanwhile.
        let ctx = unsafe { &*self.ctx };
        // What it names may be gone, and another object in its place.
        self.engine.last_entry.set(None);
        roots.word(ctx.pending);
        roots.conservative_word(ctx.ret as usize);
        // SAFETY: both ranges are mapped memory that belongs to the task.
        unsafe {
            roots.current_stack(ctx.stack_base);
            roots.conservative(ctx.vm_base as usize, ctx.stack_top() as usize);
        }
        self.engine.visit_tables(roots);
    }

    fn foreign_range(&self) -> Range<usize> {
        let map = self.engine.code_map.borrow();
        map.as_ref().map_or(0..0, |map| map.range())
    }

    fn foreign_word(&mut self, word: usize) {
        self.code.push(word);
    }
}

impl Engine {
    /// Reports the references in the engine's tables.
    fn visit_tables(&self, roots: &mut Roots<'_, '_>) {
        self.strings.each(|s| roots.word(s.0));
        self.globals.each_word(|v| roots.word(v.0));
        self.singletons.each(|v| roots.word(v.0));
        self.funcs
            .each(|func| roots.word(func.object.load(Ordering::Relaxed)));
        self.types.each(|ty| {
            roots.word(ty.class_object.get());
            for (_, attr) in ty.meta.attrs.borrow().iter() {
                if let Attr::Value(v) | Attr::ClassMethod(v) = attr {
                    roots.word(v.0);
                }
            }
        });
    }
}

/// Reads a register or slot of representation `repr` as a word.
#[inline]
pub fn box_slot(bits: u64, repr: Repr) -> Value {
    match repr {
        Repr::F64 => Value::number(f64::from_bits(bits)),
        Repr::I32 => Value::int(bits as i32),
        Repr::Bool => Value::bool(bits & 1 != 0),
        Repr::Word => Value(bits),
    }
}
