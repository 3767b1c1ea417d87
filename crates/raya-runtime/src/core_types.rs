//! The types of built-in values, made with the engine.
//!
//! Names are those that messages use. Methods and slots are filled in by the files
//! under `types/`; here is only what every engine needs before the first program runs.

use std::cell::{Cell, OnceCell, RefCell};

use rustc_hash::FxHashMap;

use crate::mem::layout::{ARRAY_SIZE, ElemKind, HEADER_SIZE};
use crate::mem::refs::{Arena, Ref};
use crate::mem::types::{ReservedType, TypeRegion};
use crate::mem::value::Value;
use crate::type_info::{
    AttrTable, DISPLAY_LEN, ScanKind, SlotTable, TypeInfo, TypeKind, TypeMeta, TypeRef, type_flags,
};

/// What distinguishes one built-in type.
struct Plan {
    name: &'static str,
    kind: TypeKind,
    scan: ScanKind,
    size: u32,
    elem: ElemKind,
}

/// One row per built-in type: field, name in messages, kind, how it is scanned, words
/// behind the header of a fixed-size instance, element kind of storages.
macro_rules! core_types {
    ($($(#[$m:meta])* $field:ident = $name:literal, $kind:ident, $scan:ident, $words:literal, $elem:ident;)*) => {
        /// The types of built-in values.
        #[derive(Debug)]
        pub struct CoreTypes {
            /// The root of every class.
            pub object: TypeRef,
            $($(#[$m])* pub $field: TypeRef,)*
            /// Slot tables of all types.
            pub(crate) slot_tables: SlotTables,
        }

        impl CoreTypes {
            /// Makes them.
            pub(crate) fn new(region: &TypeRegion) -> Option<CoreTypes> {
                let slot_tables = SlotTables::default();
                let empty = slot_tables.0.alloc(SlotTable::empty());
                let root = Plan {
                    name: "Object",
                    kind: TypeKind::Instance,
                    scan: ScanKind::Object,
                    size: 16,
                    elem: ElemKind::Word,
                };
                let object = make(region, root, None, empty)?;
                Some(CoreTypes {
                    $($field: make(
                        region,
                        Plan {
                            name: $name,
                            kind: TypeKind::$kind,
                            scan: ScanKind::$scan,
                            size: HEADER_SIZE as u32 + 8 * $words,
                            elem: ElemKind::$elem,
                        },
                        Some(object),
                        empty,
                    )?,)*
                    object,
                    slot_tables,
                })
            }
        }
    };
}

core_types! {
    /// Doubles.
    number = "number", Number, Leaf, 0, F64;
    /// 32-bit integers.
    int = "int", Int, Leaf, 0, I32;
    /// Booleans.
    boolean = "boolean", Boolean, Leaf, 0, Bool;
    /// `null`.
    null = "null", Null, Leaf, 0, Word;
    /// Strings.
    string = "string", String, String, 0, Word;
    /// Base of every array type; holds the methods.
    array = "Array", Array, Array, 1, Word;
    /// Base of every tuple type.
    tuple = "Array", Tuple, Array, 1, Word;
    /// Storage of doubles.
    storage_f64 = "storage", Internal, Leaf, 0, F64;
    /// Storage of ints.
    storage_i32 = "storage", Internal, Leaf, 0, I32;
    /// Storage of booleans.
    storage_bool = "storage", Internal, Leaf, 0, Bool;
    /// Storage of words.
    storage_word = "storage", Internal, Words, 0, Word;
    /// Closures.
    function = "function", Function, Closure, 0, Word;
    /// A method bound to its receiver: receiver, function.
    bound_method = "method", BoundMethod, AllWords, 2, Word;
    /// A native function as a value: address of its `NativeDef`, receiver or unset.
    native_function = "builtin_function_or_method", NativeFunction, AllWords, 2, Word;
    /// Class objects: address of the type, expando.
    class = "type", ClassObject, AllWords, 2, Word;
    /// Accessor as a value: getter, setter.
    property = "property", Property, AllWords, 2, Word;
    /// Attributes outside the declared fields.
    expando = "expando", Internal, Expando, 0, Word;
    /// Hash table: data, then counts.
    table = "table", Internal, Array, 2, Word;
    /// Entries and buckets of a hash table.
    table_data = "table", Internal, Table, 0, Word;
    /// Position in a hash table: data, index.
    cursor = "cursor", Internal, Array, 2, Word;
    /// Iterator over a built-in container: container, index, what it gives.
    iterator = "iterator", Iterator, AllWords, 3, Word;
    /// Base of every dictionary type: hash table.
    dict = "Object", Dict, AllWords, 1, Word;
    /// Objects that `JSON.parse` and `any` contexts make: members live in the expando.
    record = "Object", Literal, Object, 1, Word;
    /// `o.__dict__`: the object.
    attribute_view = "dict", AttributeView, AllWords, 1, Word;
    /// `NotImplemented`.
    not_implemented = "NotImplementedType", NotImplemented, Leaf, 0, Word;
}

/// Owns slot tables.
#[derive(Default)]
pub(crate) struct SlotTables(pub(crate) Arena<SlotTable>);

impl std::fmt::Debug for SlotTables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} slot tables", self.0.len())
    }
}

/// Writes a built-in type.
fn make(
    region: &TypeRegion,
    plan: Plan,
    base: Option<TypeRef>,
    slots: Ref<SlotTable>,
) -> Option<TypeRef> {
    let reserved = region.reserve(0)?;
    let info = simple_type(&reserved, &plan, base, slots);
    Some(region.write(reserved, info, &[]))
}

/// A type without fields or methods of its own.
fn simple_type(
    reserved: &ReservedType,
    plan: &Plan,
    base: Option<TypeRef>,
    slots: Ref<SlotTable>,
) -> TypeInfo {
    let this = reserved.type_ref();
    let depth = base.map_or(0, |b| b.depth + 1);
    let mut display = base.map_or([0; DISPLAY_LEN], |b| b.display);
    if let Some(entry) = display.get_mut(depth as usize) {
        *entry = reserved.handle();
    }
    let mut mro = vec![this];
    if let Some(base) = base {
        mro.extend(base.meta.mro.iter().copied());
    }
    TypeInfo {
        handle: reserved.handle(),
        size: plan.size,
        scan: plan.scan,
        kind: plan.kind,
        elem: Cell::new(plan.elem),
        depth,
        flags: Cell::new(type_flags::BUILTIN | type_flags::INITIALISED),
        ref_mask: 0,
        display,
        version: Cell::new(0),
        vtable_len: 0,
        desc: Cell::new(None),
        slots: Cell::new(slots),
        class_object: Cell::new(0),
        meta: TypeMeta {
            name: plan.name.into(),
            qualified: None,
            bases: base.into_iter().collect(),
            mro: mro.into(),
            origin: Cell::new(None),
            args: OnceCell::new(),
            source: None,
            fields: Box::default(),
            field_index: FxHashMap::default(),
            members: Box::default(),
            attrs: RefCell::new(AttrTable::default()),
            selectors: RefCell::default(),
            vtable_keys: Box::default(),
            subclasses: RefCell::default(),
            shapes: Default::default(),
            own_constructor: Cell::new(None),
            primary: None,
            constructor: Cell::new(None),
            static_init: Cell::new(None),
        },
    }
}

impl CoreTypes {
    /// The type of a word that is no pointer. Unset counts as null.
    #[inline]
    pub fn immediate_type(&self, v: Value) -> TypeRef {
        if v.is_number() {
            self.number
        } else if v.is_int() {
            self.int
        } else if v.is_bool() {
            self.boolean
        } else {
            self.null
        }
    }

    /// The storage type of an element kind.
    pub fn storage(&self, elem: ElemKind) -> TypeRef {
        match elem {
            ElemKind::F64 => self.storage_f64,
            ElemKind::I32 => self.storage_i32,
            ElemKind::Bool => self.storage_bool,
            ElemKind::Word => self.storage_word,
        }
    }

    /// The type of arrays or tuples (`base`) with elements of kind `elem`.
    pub(crate) fn array_of(
        &self,
        region: &TypeRegion,
        base: TypeRef,
        elem: ElemKind,
    ) -> Option<TypeRef> {
        let plan = Plan {
            name: "Array",
            kind: base.kind,
            scan: base.scan,
            size: ARRAY_SIZE as u32,
            elem,
        };
        make(region, plan, Some(base), base.slots.get())
    }

    /// The type of dictionaries of one descriptor.
    pub(crate) fn dict_of(&self, region: &TypeRegion) -> Option<TypeRef> {
        let plan = Plan {
            name: "Object",
            kind: TypeKind::Dict,
            scan: self.dict.scan,
            size: self.dict.size,
            elem: ElemKind::Word,
        };
        make(region, plan, Some(self.dict), self.dict.slots.get())
    }
}
