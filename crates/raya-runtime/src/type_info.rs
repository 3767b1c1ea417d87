//! `TypeInfo`: what the engine knows about the type of a value.
//!
//! Every heap object's header holds the handle of its `TypeInfo` (its offset in the
//! engine's type region), every immediate value has one too. A class object is the
//! language's view of a `TypeInfo`. The hot part is `repr(C)` and read by compiled
//! code and the collector at fixed offsets; the vtable follows the struct in memory.
//!
//! Invariants: a handle never changes and is never reused while the engine lives;
//! `display[depth] == handle`; fields and vtable entries of the primary base are a
//! prefix of the heir's; the attribute table is a precise root.

use std::cell::{Cell, OnceCell, RefCell};

use raya_bytecode::{ClassId, MethodKind, Repr, Slot};
use rustc_hash::FxHashMap;

use crate::ctx::Ctx;
use crate::desc::{Desc, DescRef, MemberDesc};
use crate::func::{FuncInfo, SigInfo};
use crate::mem::abi::R;
use crate::mem::layout::{ElemKind, OBJECT_FIELDS};
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::shape::ShapeTree;

/// A type, by address.
pub type TypeRef = Ref<TypeInfo>;

/// Depth up to which subtype tests are one load and compare.
pub const DISPLAY_LEN: usize = 8;

/// Names that a type remembers the place of.
const MAX_SELECTORS: usize = 1024;

/// How the collector finds the references of an instance.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum ScanKind {
    /// None.
    Leaf = 0,
    /// The expando word and the fields in `ref_mask`.
    Object = 1,
    /// The same, with more fields than the mask has bits: the field table says which.
    WideObject = 2,
    /// The storage pointer at [`ARRAY_STORAGE`](crate::mem::layout::ARRAY_STORAGE).
    Array = 3,
    /// Every element of a word storage.
    Words = 4,
    /// The parts of a rope or the owner of a slice.
    String = 5,
    /// The captures that the closure's function marks as words.
    Closure = 6,
    /// Every word after the header, as many as the instance size says.
    AllWords = 7,
    /// The slots of an expando object.
    Expando = 9,
    /// Key and value columns of a hash table.
    Table = 8,
}

/// What an instance is to the runtime: selects fast paths and printing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // the words say it
pub enum TypeKind {
    Number,
    Int,
    Boolean,
    Null,
    String,
    Array,
    Tuple,
    /// Element storage of an array, hash tables, boxes of characters: never a value
    /// that a program sees.
    Internal,
    Function,
    BoundMethod,
    NativeFunction,
    ClassObject,
    /// Accessor read off a class: a data descriptor.
    Property,
    /// Instance of a class, the built-in ones included.
    Instance,
    /// Structural object literal.
    Literal,
    /// Holder of captured variables.
    Scope,
    /// String-keyed dictionary.
    Dict,
    /// Iterator over a built-in container.
    Iterator,
    /// The own attributes of an instance as a mapping.
    AttributeView,
    /// The `NotImplemented` singleton.
    NotImplemented,
}

/// Facts about a type that may change while it lives.
pub mod type_flags {
    /// Cannot be instantiated.
    pub const ABSTRACT: u32 = 1;
    /// Declared by the built-in library or the runtime.
    pub const BUILTIN: u32 = 2;
    /// Typed code finds members of instances of heirs by other classes, so that an heir need
    /// not begin like it.
    pub const DISPLACED: u32 = 4;
    /// The class or an heir has `__getattribute__`, `__getattr__`, `__setattr__` or
    /// `__delattr__`.
    pub const ATTR_HOOKS: u32 = 8;
    /// Static initialisers have run.
    pub const INITIALISED: u32 = 16;
    /// The class declares static initialisers that wait for its declaration to run.
    pub const DECLARED_LATE: u32 = 32;
    /// An accessor, descriptor or class attribute exists somewhere in the MRO, so that
    /// instance fields need a look at the class first.
    pub const HAS_DATA_DESCRIPTORS: u32 = 64;
    /// Extends `Error`.
    pub const ERROR: u32 = 128;
    /// The native methods of the built-in type are in its attribute table.
    pub const METHODS: u32 = 256;
    /// Cells rely on the class having no heir, whose reflected operators would go first.
    pub const FIRST_OPERAND: u32 = 512;
    /// Something may stand before declared fields: typed code asks each object's type.
    pub const ASKS_FIELDS: u32 = 1024;
}

/// The type of an object or immediate. See the module's header.
#[repr(C)]
pub struct TypeInfo {
    /// Offset from the region's base; what headers hold.
    pub handle: u32,
    /// Bytes of an instance of fixed size.
    pub size: u32,
    /// Where its references are.
    pub scan: ScanKind,
    /// What it is.
    pub kind: TypeKind,
    /// Element kind of arrays and storages.
    pub elem: Cell<ElemKind>,
    /// Number of primary ancestors.
    pub depth: u8,
    /// See [`type_flags`].
    pub flags: Cell<u32>,
    /// Bit `i`: the field at `OBJECT_FIELDS + 8 i` is a word.
    pub ref_mask: u64,
    /// Handles of the primary ancestors by depth, itself included, as far as it reaches.
    pub display: [u32; DISPLAY_LEN],
    /// Grows with every change of the class or of an ancestor.
    pub version: Cell<u32>,
    /// Entries of the vtable behind this struct.
    pub vtable_len: u32,
    /// Descriptor of exactly this type (arrays, tuples, dictionaries: with element types).
    pub desc: Cell<Option<Ref<Desc>>>,
    /// Special methods; shared with the base until they differ.
    pub slots: Cell<Ref<SlotTable>>,
    /// The class object, 0 until somebody asked for it.
    pub class_object: Cell<u64>,
    /// The rest, off the hot path.
    pub meta: TypeMeta,
}

/// The cold part of a [`TypeInfo`].
pub struct TypeMeta {
    /// Name without type arguments.
    pub name: Box<str>,
    /// Its name with those of what it stands in, where there is such.
    pub qualified: Option<Box<str>>,
    /// Bases in order.
    pub bases: Box<[TypeRef]>,
    /// The base that instances begin like.
    pub primary: Option<TypeRef>,
    /// Linearisation, itself first.
    pub mro: Box<[TypeRef]>,
    /// The generic class that this instantiates; itself where it is not generic.
    pub origin: Cell<Option<TypeRef>>,
    /// The type arguments of an instantiation, for messages.
    pub args: OnceCell<Box<[DescRef]>>,
    /// Module and class that it was linked from.
    pub source: Option<(u32, ClassId)>,
    /// Every field, inherited ones first, by offset.
    pub fields: Box<[FieldInfo]>,
    /// Field index by interned name.
    pub field_index: FxHashMap<Value, u32>,
    /// Types of members that live in the expando of a pinned object.
    pub members: Box<[MemberDesc]>,
    /// Class attributes in order of definition.
    pub attrs: RefCell<AttrTable>,
    /// Which class of the MRO has the attribute of a name, found before.
    pub selectors: RefCell<FxHashMap<Value, Option<TypeRef>>>,
    /// What each vtable entry stands for.
    pub vtable_keys: Box<[VtableKey]>,
    /// Direct heirs.
    pub subclasses: RefCell<Vec<TypeRef>>,
    /// Root of the shapes of its instances' expando objects.
    pub shapes: ShapeTree,
    /// The constructor that it declares itself, until that is replaced or deleted.
    pub own_constructor: Cell<Option<Ref<FuncInfo>>>,
    /// Constructor that `new` runs: its own or the nearest inherited one.
    pub constructor: Cell<Option<Ref<FuncInfo>>>,
    /// Static initialiser, run by the class's declaration.
    pub static_init: Cell<Option<Ref<FuncInfo>>>,
}

/// A declared field of instances.
#[derive(Clone, Copy, Debug)]
pub struct FieldInfo {
    /// Interned name.
    pub name: Value,
    /// Byte offset in the instance.
    pub offset: u32,
    /// How it is kept.
    pub repr: Repr,
    /// Its type.
    pub desc: Ref<Desc>,
    /// May be absent: an unset word reads as null and is not listed.
    pub optional: bool,
    /// Invisible to `any`.
    pub private: bool,
}

impl FieldInfo {
    /// Offset of the field with this index.
    pub const fn offset_of(index: usize) -> u32 {
        (OBJECT_FIELDS + index * 8) as u32
    }
}

/// What a vtable entry stands for. An override with another call interface gets an
/// entry of its own, and a bridge in the one that it overrides.
#[derive(Clone, Copy, Debug)]
pub struct VtableKey {
    /// Interned name.
    pub name: Value,
    /// Method, getter or setter.
    pub kind: MethodKind,
    /// Call interface of the entry.
    pub sig: Ref<SigInfo>,
}

/// A native function in the boxed convention: receiver first.
pub type NativeFn = fn(&mut Ctx, &[Value]) -> R<Value>;

/// A native method or function that programs can see as a value.
#[derive(Debug)]
pub struct NativeDef {
    /// Its name.
    pub name: &'static str,
    /// Fewest and most arguments, receiver not counted.
    pub arity: (u8, u8),
    /// What it does.
    pub func: NativeFn,
}

/// A class attribute.
#[derive(Clone, Copy, Debug)]
pub enum Attr {
    /// A plain value, a function assigned at run time, or a descriptor object.
    Value(Value),
    /// A declared method; its function object is made when somebody reads it.
    Method(Ref<FuncInfo>),
    /// A declared static method: receives the class.
    StaticMethod(Ref<FuncInfo>),
    /// A static method of a class that was made while the program ran: a closure.
    ClassMethod(Value),
    /// A declared accessor.
    Accessor {
        /// Getter.
        get: Option<Ref<FuncInfo>>,
        /// Setter.
        set: Option<Ref<FuncInfo>>,
        /// Belongs to the class object instead of instances.
        is_static: bool,
    },
    /// A typed static field.
    Static(Ref<StaticField>),
    /// A method of a built-in type.
    Native(&'static NativeDef),
}

/// Storage of a static field.
#[derive(Debug)]
pub struct StaticField {
    /// Interned name.
    pub name: Value,
    /// Index into the engine's global slots.
    pub slot: u32,
    /// How it is kept.
    pub repr: Repr,
    /// Its type.
    pub desc: Ref<Desc>,
}

/// Insertion-ordered class attributes.
#[derive(Default)]
pub struct AttrTable {
    entries: Vec<Option<(Value, Attr)>>,
    index: FxHashMap<Value, u32>,
}

impl AttrTable {
    /// The attribute called `name`.
    pub fn get(&self, name: Value) -> Option<Attr> {
        let &at = self.index.get(&name)?;
        self.entries[at as usize].map(|(_, attr)| attr)
    }

    /// Sets an attribute; keeps its place when it exists.
    pub fn set(&mut self, name: Value, attr: Attr) {
        match self.index.get(&name) {
            Some(&at) => self.entries[at as usize] = Some((name, attr)),
            None => {
                self.index.insert(name, self.entries.len() as u32);
                self.entries.push(Some((name, attr)));
            }
        }
    }

    /// Removes an attribute; tells whether it was there.
    pub fn remove(&mut self, name: Value) -> bool {
        match self.index.remove(&name) {
            Some(at) => {
                self.entries[at as usize] = None;
                true
            }
            None => false,
        }
    }

    /// The attributes in order.
    pub fn iter(&self) -> impl Iterator<Item = (Value, Attr)> + '_ {
        self.entries.iter().flatten().copied()
    }
}

/// Which of a slot's dunder methods.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum Form {
    /// `__add__`
    Forward = 0,
    /// `__radd__`
    Reflected = 1,
    /// `__iadd__`
    InPlace = 2,
}

/// What a slot does.
#[derive(Clone, Copy, Debug)]
pub enum SlotFn {
    /// The type does not have it.
    Absent,
    /// A built-in behaviour.
    Native(NativeFn),
    /// A declared dunder method: called with the receiver as `this`.
    Method(Ref<FuncInfo>),
    /// Any other callable that a class attribute holds.
    User(Value),
    /// What a static field of that name holds.
    Static(Ref<StaticField>),
}

impl SlotFn {
    /// Whether there is none.
    pub fn is_absent(self) -> bool {
        matches!(self, SlotFn::Absent)
    }

    /// Whether both are the same implementation.
    pub fn same(self, other: SlotFn) -> bool {
        match (self, other) {
            (SlotFn::Absent, SlotFn::Absent) => true,
            (SlotFn::Native(a), SlotFn::Native(b)) => std::ptr::fn_addr_eq(a, b),
            (SlotFn::Method(a), SlotFn::Method(b)) => a == b,
            (SlotFn::User(a), SlotFn::User(b)) => a == b,
            (SlotFn::Static(a), SlotFn::Static(b)) => a == b,
            _ => false,
        }
    }
}

/// The special methods of a type, by slot and form.
#[derive(Clone)]
pub struct SlotTable {
    entries: [[Cell<SlotFn>; 3]; Slot::COUNT],
}

impl SlotTable {
    /// A table without any.
    pub fn empty() -> Self {
        SlotTable {
            entries: [const { [const { Cell::new(SlotFn::Absent) }; 3] }; Slot::COUNT],
        }
    }

    /// The slot's function of that form.
    #[inline]
    pub fn get(&self, slot: Slot, form: Form) -> SlotFn {
        self.entries[slot as usize][form as usize].get()
    }

    /// Sets it.
    pub fn set(&self, slot: Slot, form: Form, to: SlotFn) {
        self.entries[slot as usize][form as usize].set(to);
    }
}

impl TypeInfo {
    /// CPython's `__qualname__`.
    pub fn qualified_name(&self) -> &str {
        self.meta.qualified.as_ref().unwrap_or(&self.meta.name)
    }

    /// Whether `self` is `ancestor` or an heir along the primary chain or the MRO.
    #[inline]
    pub fn is_subtype_of(&self, ancestor: &TypeInfo) -> bool {
        let depth = ancestor.depth as usize;
        if depth < DISPLAY_LEN && self.display[depth] == ancestor.handle {
            return true;
        }
        self.handle == ancestor.handle || self.in_mro(ancestor.handle)
    }

    /// Whether the linearisation contains that type.
    fn in_mro(&self, handle: u32) -> bool {
        let plain = self.meta.bases.len() < 2 && (self.depth as usize) < DISPLAY_LEN;
        // A chain of single bases within the display holds every ancestor there,
        // unless an ancestor has several bases.
        if plain && self.meta.mro.len() == self.depth as usize + 1 {
            return false;
        }
        self.meta.mro.iter().any(|t| t.handle == handle)
    }

    /// A flag of [`type_flags`].
    #[inline]
    pub fn has(&self, flag: u32) -> bool {
        self.flags.get() & flag != 0
    }

    /// Sets a flag of [`type_flags`].
    pub fn set_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() | flag);
    }

    /// Takes a flag of [`type_flags`] back.
    pub fn clear_flag(&self, flag: u32) {
        self.flags.set(self.flags.get() & !flag);
    }

    /// The declared field called `name`.
    pub fn field(&self, name: Value) -> Option<&FieldInfo> {
        let &at = self.meta.field_index.get(&name)?;
        self.meta.fields.get(at as usize)
    }

    /// The slot's function of that form.
    #[inline]
    pub fn slot(&self, slot: Slot, form: Form) -> SlotFn {
        self.slots.get().get(slot, form)
    }

    /// The declared constructor, where constructing an instance is to make one and run that.
    pub fn plain_constructor(&self) -> Option<Ref<FuncInfo>> {
        let plain = self.kind == TypeKind::Instance
            && !self.has(type_flags::ABSTRACT | type_flags::BUILTIN)
            && self.slot(Slot::new, Form::Forward).is_absent()
            && self.slot(Slot::init, Form::Forward).is_absent();
        self.meta.constructor.get().filter(|_| plain)
    }

    /// The nearest attribute of that name along the MRO, and the class that has it.
    pub fn lookup(&self, name: Value) -> Option<(TypeRef, Attr)> {
        if let Some(&known) = self.meta.selectors.borrow().get(&name) {
            let attr = known?.meta.attrs.borrow().get(name)?;
            return known.map(|class| (class, attr));
        }
        let found = self.meta.mro.iter().find_map(|&class| {
            let attr = class.meta.attrs.borrow().get(name)?;
            Some((class, attr))
        });
        let mut selectors = self.meta.selectors.borrow_mut();
        if selectors.len() < MAX_SELECTORS {
            selectors.insert(name, found.map(|(class, _)| class));
        }
        found
    }

    /// Forgets where attributes were found, after a class in the MRO changed.
    pub(crate) fn forget_selectors(&self) {
        self.meta.selectors.borrow_mut().clear();
    }
}
