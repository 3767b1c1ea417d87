//! Run-time type descriptors: interned, so that equal types are equal addresses.
//!
//! `as`, `any` → T, narrowing and pinning test values against them. Owns their shape,
//! the interner and the O(1) test; deep checks and pinning are in
//! `pin`. Knows nothing of instructions.
//!
//! Invariant: two descriptors of one engine denote the same type iff they are the same
//! address, recursive ones included.

use std::cell::{Cell, OnceCell, RefCell};

use raya_bytecode::Repr;
use rustc_hash::FxHashMap;

use crate::func::SigInfo;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::TypeRef;

/// A descriptor, by address.
pub type DescRef = Ref<Desc>;

/// What kind of type a descriptor is; tags of [`DescShape`] for compiled code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
#[allow(missing_docs)] // as the variants of `TypeDesc`
pub enum DescKind {
    Any,
    Never,
    Null,
    Number,
    Int,
    Boolean,
    String,
    LitString,
    LitNumber,
    LitBool,
    Class,
    ClassOrigin,
    ClassObject,
    Array,
    ReadonlyArray,
    Tuple,
    Function,
    Object,
    Dict,
    AnyObject,
    Union,
    Intersection,
}

/// A type. `repr(C)`: compiled code reads the first fields.
#[repr(C)]
pub struct Desc {
    /// What it is.
    pub kind: DescKind,
    /// How registers, fields and elements of the type are kept.
    pub repr: Repr,
    /// Which immediates belong to it: bits of [`imm`].
    pub immediates: Cell<u8>,
    /// Depth of `handle` in displays ([`DescKind::Class`]).
    pub depth: u8,
    /// Type handle of `Class`, `Array`, `Tuple`, `Dict` and of unions of one of these with null;
    /// 0 where there is no single one (arrays: until the first is made).
    pub handle: Cell<u32>,
    /// Serial number, for names in dumps.
    pub id: u32,
    /// The structure, with interned children.
    pub shape: OnceCell<DescShape>,
    /// Results of tests by type handle, where they depend on nothing else.
    pub cache: RefCell<FxHashMap<u32, bool>>,
}

/// Bits of [`Desc::immediates`].
pub mod imm {
    /// `null`.
    pub const NULL: u8 = 1;
    /// Both booleans.
    pub const BOOL: u8 = 2;
    /// Every int.
    pub const INT: u8 = 4;
    /// Every double.
    pub const NUMBER: u8 = 8;
    /// All of them.
    pub const ALL: u8 = 15;
}

/// The structure of a descriptor.
#[derive(Debug)]
pub enum DescShape {
    /// `any`, `unknown`.
    Any,
    /// No value.
    Never,
    /// `null`.
    Null,
    /// A double.
    Number,
    /// An int.
    Int,
    /// A boolean.
    Boolean,
    /// A string.
    String,
    /// One (interned) string.
    LitString(Value),
    /// One double, by bits.
    LitNumber(u64),
    /// One boolean.
    LitBool(bool),
    /// Instances of a class and of its heirs.
    Class(TypeRef),
    /// Instances of every instantiation.
    ClassOrigin(TypeRef),
    /// The class object of a class or an heir.
    ClassObject(TypeRef),
    /// An array of exactly this element type.
    Array(DescRef),
    /// A read-only view: covariant.
    ReadonlyArray(DescRef),
    /// A tuple.
    Tuple {
        /// Fixed elements.
        elems: Box<[DescRef]>,
        /// How many must be present.
        required: u16,
        /// Type of further elements.
        rest: Option<DescRef>,
    },
    /// A function.
    Function(Ref<SigInfo>),
    /// A structural type.
    Object(Box<[MemberDesc]>),
    /// A string-keyed dictionary.
    Dict(DescRef),
    /// Any object.
    AnyObject,
    /// One of several.
    Union(Box<[DescRef]>),
    /// All of several.
    Intersection(Box<[DescRef]>),
}

/// A member of a structural type.
#[derive(Clone, Copy, Debug)]
pub struct MemberDesc {
    /// Interned name.
    pub name: Value,
    /// Its type.
    pub ty: DescRef,
    /// Whether it may be absent.
    pub optional: bool,
}

impl std::fmt::Debug for Desc {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?}#{}", self.kind, self.id)
    }
}

impl Desc {
    /// Its structure. Set as soon as the descriptor is published.
    pub fn shape(&self) -> &DescShape {
        self.shape.get().unwrap_or(&DescShape::Never)
    }

    /// Whether null belongs to the type.
    pub fn admits_null(&self) -> bool {
        self.immediates.get() & imm::NULL != 0
    }
}

impl DescRef {
    /// Its structure, for as long as the engine lives.
    pub fn get_shape(self) -> &'static DescShape {
        self.whole().shape()
    }
}
