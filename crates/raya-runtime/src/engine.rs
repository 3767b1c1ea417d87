//! The engine: everything that tasks share. Independent engines may live in one process.
//!
//! Owns the heap, the type region, the interners and the linked modules, and makes
//! contexts. Knows the tiers only through [`Hooks`].
//!
//! Invariant: records reachable from here are freed only with the engine; changes happen
//! on the one thread that runs programs.

use std::cell::{Cell, RefCell, UnsafeCell};
use std::rc::Rc;
use std::time::Instant;

use raya_heap::{Heap, HeapOptions};
use rustc_hash::FxHashMap;

use crate::assumptions::Assumptions;
use crate::attr_calls::AttrCalls;
use crate::caches::{MethodMemo, SiteMemo};
use crate::core_types::CoreTypes;
use crate::ctx::Ctx;
use crate::desc::DescRef;
use crate::desc_table::DescTable;
use crate::errors::ErrorClasses;
use crate::func::FuncInfo;
use crate::hooks::{CodeMap, Hooks};
use crate::host::Host;
use crate::link::{FieldSite, LoadedModule, MethodSite, PropSite};
use crate::mem::globals::Globals;
use crate::mem::heap_model::Model;
use crate::mem::intern::Interner;
use crate::mem::refs::{Arena, Ref};
use crate::mem::region::Region;
use crate::mem::table::{Entry, TableData};
use crate::mem::types::TypeRegion;
use crate::mem::value::Value;
use crate::shape::Shapes;
use crate::type_info::{NativeDef, StaticField, TypeRef};

/// Settings of an engine.
#[derive(Clone, Debug)]
pub struct EngineOptions {
    /// Settings of the heap.
    pub heap: HeapOptions,
    /// Bytes of the VM stack.
    pub vm_stack: usize,
    /// Bytes of the native stack that programs may use; the rest is left for runtime code.
    pub native_stack: usize,
}

impl Default for EngineOptions {
    fn default() -> Self {
        EngineOptions {
            heap: HeapOptions::default(),
            vm_stack: 8 << 20,
            native_stack: 7 << 20,
        }
    }
}

/// The system refused the address space that an engine needs.
#[derive(Clone, Copy, Debug)]
pub struct NoAddressSpace;

impl std::fmt::Display for NoAddressSpace {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the system refused the address space that an engine needs")
    }
}

impl std::error::Error for NoAddressSpace {}

/// Shared state of one engine. See the module's header.
pub struct Engine {
    /// The heap; reached through [`Ctx`] only.
    heap: UnsafeCell<Heap<Model>>,
    /// Types.
    pub types: TypeRegion,
    /// The types of built-in values.
    pub core: CoreTypes,
    /// Interned strings.
    pub(crate) strings: Interner,
    /// Interned descriptors and signatures.
    pub descs: DescTable,
    /// Functions.
    pub funcs: Arena<FuncInfo>,
    /// Modules.
    pub modules: Arena<LoadedModule>,
    /// Field references.
    pub(crate) field_sites: Arena<FieldSite>,
    /// Method references.
    pub(crate) method_sites: Arena<MethodSite>,
    /// Structural member references.
    pub(crate) prop_sites: Arena<PropSite>,
    /// Static fields.
    pub(crate) statics: Arena<StaticField>,
    /// Shapes of expando objects.
    pub(crate) shapes: Shapes,
    /// Module variables and static fields.
    pub globals: Globals,
    /// The last thrown value that is no error, and where that was.
    pub(crate) thrown: RefCell<Option<(Value, Vec<[u32; 3]>)>>,
    /// Arrays that are being printed as text: a cycle prints nothing.
    pub(crate) joining: RefCell<Vec<Value>>,
    /// Method look-ups of calls on `any`.
    pub(crate) methods: MethodMemo,
    /// What types say to linked records.
    pub(crate) members: SiteMemo,
    /// Where the string was that a hash table was last searched for with success: the data, the
    /// key, the entry. Forgotten by every collection.
    pub(crate) last_entry: Cell<Option<(TableData, Value, Entry)>>,
    /// Attributes that run code.
    pub(crate) attr_calls: AttrCalls,
    /// Natives that calls on `any` have met, as their cells number them.
    pub(crate) met_natives: RefCell<Vec<&'static NativeDef>>,
    /// What compiled code relies on.
    pub assumptions: Rc<Assumptions>,
    /// Types of pinned literals: by original type and descriptor.
    pub(crate) pinned: RefCell<FxHashMap<(u32, DescRef), TypeRef>>,
    /// The built-in error classes.
    pub errors: ErrorClasses,
    /// Running out of memory while making the error that says so.
    pub(crate) out_of_memory: Cell<bool>,
    /// Values of which there is one.
    pub(crate) singletons: Singletons,
    /// What the interpreter provides.
    pub hooks: Cell<Option<Hooks>>,
    /// What the JIT provides.
    pub code_map: RefCell<Option<Rc<dyn CodeMap>>>,
    /// Output streams, arguments, timers: the world outside.
    pub host: RefCell<Host>,
    /// Settings.
    pub options: EngineOptions,
    /// When the program must have ended.
    pub deadline: Cell<Option<Instant>>,
    /// When the engine was made.
    pub started: Instant,
}

/// Values of which an engine has one each, made on first use.
pub(crate) struct Singletons {
    /// Strings of one Latin-1 unit.
    pub chars: Box<[Cell<Value>; 256]>,
    /// Results of `typeof`, as [`crate::conversions::TYPE_NAMES`].
    pub type_names: [Cell<Value>; 5],
    /// The empty string.
    pub empty: Cell<Value>,
    /// `NotImplemented`.
    pub not_implemented: Cell<Value>,
    /// Empty storages by element kind.
    pub empty_storage: [Cell<Value>; 4],
}

impl Singletons {
    fn new() -> Self {
        Singletons {
            chars: Box::new([const { Cell::new(Value::UNSET) }; 256]),
            type_names: [const { Cell::new(Value::UNSET) }; 5],
            empty: Cell::new(Value::UNSET),
            not_implemented: Cell::new(Value::UNSET),
            empty_storage: [const { Cell::new(Value::UNSET) }; 4],
        }
    }

    /// Calls `visit` with every one.
    pub fn each(&self, mut visit: impl FnMut(Value)) {
        self.chars.iter().for_each(|v| visit(v.get()));
        self.type_names.iter().for_each(|v| visit(v.get()));
        self.empty_storage.iter().for_each(|v| visit(v.get()));
        visit(self.empty.get());
        visit(self.not_implemented.get());
    }
}

impl Engine {
    /// Address of the memo of methods that calls on `any` found.
    pub fn method_memo(&self) -> usize {
        self.methods.address()
    }

    /// Address of the memo of what types say to linked records.
    pub fn site_memo(&self) -> usize {
        self.members.address()
    }

    /// Address of the strings of one Latin-1 unit, by unit: words, unset where not made yet.
    pub fn unit_strings(&self) -> usize {
        self.singletons.chars.as_ptr() as usize
    }

    /// The exception that no handler may catch: an internal error or the end of the
    /// program; what it is stands in [`Host::end`].
    pub const UNCATCHABLE: Value = Value(0x0A);

    /// Makes an engine.
    pub fn new(options: EngineOptions) -> Result<Box<Engine>, NoAddressSpace> {
        let types = TypeRegion::new().ok_or(NoAddressSpace)?;
        let model = Model::new(types.base());
        let heap = Heap::new(options.heap.clone(), model).map_err(|_| NoAddressSpace)?;
        let core = CoreTypes::new(&types).ok_or(NoAddressSpace)?;
        let descs = DescTable::new(&core);
        Ok(Box::new(Engine {
            heap: UnsafeCell::new(heap),
            core,
            descs,
            types,
            strings: Interner::default(),
            funcs: Arena::new(),
            modules: Arena::new(),
            field_sites: Arena::new(),
            method_sites: Arena::new(),
            prop_sites: Arena::new(),
            statics: Arena::new(),
            shapes: Shapes::default(),
            globals: Globals::new().ok_or(NoAddressSpace)?,
            thrown: RefCell::default(),
            joining: RefCell::default(),
            methods: MethodMemo::default(),
            members: SiteMemo::default(),
            last_entry: Cell::new(None),
            attr_calls: AttrCalls::default(),
            met_natives: RefCell::default(),
            assumptions: Rc::default(),
            pinned: RefCell::default(),
            errors: ErrorClasses::default(),
            out_of_memory: Cell::new(false),
            singletons: Singletons::new(),
            hooks: Cell::new(None),
            code_map: RefCell::new(None),
            host: RefCell::new(Host::default()),
            options,
            deadline: Cell::new(None),
            started: Instant::now(),
        }))
    }

    /// The module with this number.
    pub fn module(&self, id: u32) -> Option<Ref<LoadedModule>> {
        self.modules.get(id as usize)
    }

    /// Where the heap lies, for contexts.
    pub(crate) fn heap_address(&self) -> *mut u8 {
        self.heap.get().cast()
    }
}

/// A context and the VM stack that it runs on.
pub struct Task {
    ctx: Box<Ctx>,
    /// Owns the memory that `ctx.vm_base` points to.
    _stack: Region,
}

impl Task {
    /// A task that runs on the calling thread's stack.
    pub fn on_this_thread(engine: &Engine) -> Result<Task, NoAddressSpace> {
        let stack = Region::reserve(engine.options.vm_stack, 64 << 10).ok_or(NoAddressSpace)?;
        let base = raya_heap::stack_base().ok_or(NoAddressSpace)?;
        let ctx = Ctx::new(engine, &stack, base);
        Ok(Task {
            ctx: Box::new(ctx),
            _stack: stack,
        })
    }

    /// Its context.
    pub fn ctx(&mut self) -> &mut Ctx {
        &mut self.ctx
    }
}
