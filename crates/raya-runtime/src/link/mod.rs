//! From [`Module`] to [`LoadedModule`]: names become addresses, offsets and handles.
//!
//! Owns the tables that instructions' operands index after linking. Both tiers embed
//! the addresses of these records ([`Ref`]) or their contents. Interning happens here, and so
//! does the layout of instances and vtables (`link::classes`).
//!
//! Invariant: a linked record never moves or changes, except through its cells.

use std::cell::Cell;
use std::sync::Arc;

use raya_bytecode::{
    ClassId, FieldId, FuncId, GlobalId, MethodId, MethodKind, Module, PropId, Repr, SigId, TypeId,
};

use crate::desc::{Desc, DescRef};
use crate::func::{FuncInfo, SigInfo};
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::{StaticField, TypeRef};

mod classes;
mod load;
mod sites;

/// No vtable entry.
pub const NO_INDEX: u32 = u32::MAX;

/// A linked module.
pub struct LoadedModule {
    /// Number of the module in its engine.
    pub id: u32,
    /// What it was linked from; shared with the compiler thread.
    pub module: Arc<Module>,
    /// Strings; unset until first needed. See `Engine::module_string`.
    pub strings: Box<[Cell<Value>]>,
    /// Descriptors by `TypeId`.
    pub descs: Box<[DescRef]>,
    /// Signatures by `SigId`.
    pub sigs: Box<[Ref<SigInfo>]>,
    /// Types by `ClassId`.
    pub classes: Box<[TypeRef]>,
    /// Functions by `FuncId`.
    pub funcs: Box<[Ref<FuncInfo>]>,
    /// First global slot of the module.
    pub first_global: u32,
    /// Field references by `FieldId`.
    pub fields: Box<[Ref<FieldSite>]>,
    /// Method references by `MethodId`.
    pub methods: Box<[Ref<MethodSite>]>,
    /// Structural member references by `PropId`.
    pub props: Box<[Ref<PropSite>]>,
}

/// A linked field reference.
#[derive(Debug)]
pub struct FieldSite {
    /// The class that the reference names.
    pub class: TypeRef,
    /// Interned name.
    pub name: Value,
    /// Byte offset in instances; unused for statics.
    pub offset: u32,
    /// How it is kept.
    pub repr: Repr,
    /// Its type.
    pub desc: Ref<Desc>,
    /// An unset word reads as null.
    pub optional: bool,
    /// Freezing an object makes it constant: not for private fields and captured variables.
    pub freezable: bool,
    /// The storage of a static field.
    pub statics: Option<Ref<StaticField>>,
}

/// A linked method reference.
#[derive(Debug)]
pub struct MethodSite {
    /// The class that the reference names.
    pub class: TypeRef,
    /// Interned name.
    pub name: Value,
    /// Method, getter, setter, or a static one.
    pub kind: MethodKind,
    /// Call interface: the site passes and receives exactly this.
    pub sig: Ref<SigInfo>,
    /// Index into the vtable of the receiver's type, or [`NO_INDEX`]: no entry has this
    /// call interface, the site goes through the `call_method_slow` helper.
    pub index: u32,
    /// The function of a static member; a bridge once the member was patched or deleted.
    pub func: Cell<Option<Ref<FuncInfo>>>,
}

impl MethodSite {
    /// Address of the cell that holds the only function that calls by `super`, or of a static
    /// member, reach at this moment.
    pub fn entry(&self) -> Option<usize> {
        if self.func.get().is_some() {
            return Some(std::ptr::from_ref(&self.func).addr());
        }
        (self.index != NO_INDEX).then(|| self.class.vtable_slot(self.index))
    }
}

/// A linked structural member reference.
#[derive(Debug)]
pub struct PropSite {
    /// Interned name.
    pub name: Value,
    /// What reads are verified against.
    pub desc: Ref<Desc>,
    /// Representation of the value at the site.
    pub repr: Repr,
    /// A missing member reads as null.
    pub optional: bool,
    /// Call interface when the member has a function type.
    pub sig: Option<Ref<SigInfo>>,
}

impl LoadedModule {
    /// A descriptor.
    pub fn desc(&self, id: TypeId) -> DescRef {
        self.descs[id.index()]
    }
    /// A signature.
    pub fn sig(&self, id: SigId) -> Ref<SigInfo> {
        self.sigs[id.index()]
    }
    /// A class.
    pub fn class(&self, id: ClassId) -> TypeRef {
        self.classes[id.index()]
    }
    /// A function.
    pub fn func(&self, id: FuncId) -> Ref<FuncInfo> {
        self.funcs[id.index()]
    }
    /// A field reference.
    pub fn field(&self, id: FieldId) -> Ref<FieldSite> {
        self.fields[id.index()]
    }
    /// A method reference.
    pub fn method(&self, id: MethodId) -> Ref<MethodSite> {
        self.methods[id.index()]
    }
    /// A structural member reference.
    pub fn prop(&self, id: PropId) -> Ref<PropSite> {
        self.props[id.index()]
    }
    /// The index of a module variable among the engine's global slots.
    pub fn global(&self, id: GlobalId) -> u32 {
        self.first_global + u32::from(id.0)
    }
}
