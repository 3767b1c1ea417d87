//! Types as the checker and the compiler see them.
//!
//! A [`Ty`] is an index into a [`TypeInterner`]; types of equal structure have
//! equal indices (member order of object types counts, so two equivalent object
//! types may differ as `Ty`; ask `relation` for equivalence). Interfaces and
//! recursive aliases are references ([`TypeKind::Named`]) whose body is looked up
//! with [`TypeInterner::expand`], which keeps every type finite.
//!
//! Invariant: unions are flat, without duplicates and never of one member; `true |
//! false` is `boolean`; a literal type never stands beside its own primitive.
//! Must not know: syntax trees, scopes, how values are represented.

mod display;
mod fold;
mod intern;

mod mro;
mod operators;
mod signature;

pub use fold::Subst;
pub use intern::TypeInterner;

pub use mro::{MAX_ANCESTORS, OrderError};
pub use operators::TypeOperator;
pub use signature::{IndexSig, Member, ObjectType, Param, Predicate, Signature, Tuple};

use raya_syntax::name::Name;

macro_rules! index {
    ($($(#[$m:meta])* $name:ident;)*) => {$(
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub struct $name(pub u32);
        impl $name {
            /// The index as a `usize`.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
pub(crate) use index;

index! {
    /// An interned type.
    Ty;
    /// An interned list of types.
    TyList;
    /// An interned signature.
    SigId;
    /// An interned object type.
    ObjectId;
    /// An interned tuple type.
    TupleId;
    /// A type parameter; every declaration has its own.
    ParamId;
    /// A class.
    ClassId;
    /// An interface or a recursive alias.
    NamedId;
}

impl TyList {
    /// The empty list.
    pub const EMPTY: TyList = TyList(0);
}

/// The structure of a type. Cheap to copy: what is large lies behind an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TypeKind {
    /// What follows a reported error: fits everything, causes no further errors.
    Error,
    /// Every operation is dynamic.
    Any,
    /// Any value, no operation.
    Unknown,
    /// No value.
    Never,
    /// `null`, also written `undefined`.
    Null,
    /// The result of a function that gives none; its value is null.
    Void,
    /// A double.
    Number,
    /// A 32-bit integer.
    Int,
    /// `true` or `false`.
    Boolean,
    /// UTF-16 text.
    String,
    /// `object`: anything but a primitive.
    AnyObject,
    /// One string.
    LitString(Name),
    /// One number, by its bits.
    LitNumber(u64),
    /// One boolean.
    LitBool(bool),
    /// `T[]`: invariant.
    Array(Ty),
    /// `readonly T[]`: covariant.
    ReadonlyArray(Ty),
    /// `[A, B?, ...C[]]`
    Tuple(TupleId),
    /// A function type; generic ones carry their type parameters.
    Function(SigId),
    /// Overloads in the order of declaration; each member is a `Function`.
    Overloads(TyList),
    /// A structural type.
    Object(ObjectId),
    /// An interface or recursive alias with its arguments.
    Named(NamedId, TyList),
    /// Instances of a class with its arguments.
    Class(ClassId, TyList),
    /// The class itself as a value (`typeof C`).
    ClassObject(ClassId),
    /// One of several.
    Union(TyList),
    /// All of several.
    Intersection(TyList),
    /// A type parameter.
    Param(ParamId),
}

/// Facts about a type that are computed once, when it is interned.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct TypeFlags(pub u8);

impl TypeFlags {
    /// Mentions a type parameter.
    pub const PARAM: TypeFlags = TypeFlags(1);
    /// Mentions the error type.
    pub const ERROR: TypeFlags = TypeFlags(2);
    /// Is or contains a literal type at its top level.
    pub const LITERAL: TypeFlags = TypeFlags(4);

    /// Whether all of `other` hold.
    #[inline]
    pub const fn has(self, other: TypeFlags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets together.
    #[inline]
    pub const fn union(self, other: TypeFlags) -> TypeFlags {
        TypeFlags(self.0 | other.0)
    }
}

macro_rules! fixed_types {
    ($($name:ident = $index:literal $kind:expr;)*) => {
        impl Ty {
            $(
                #[doc = concat!("The type `", stringify!($name), "`.")]
                pub const $name: Ty = Ty($index);
            )*
        }
        /// The types with constant indices, in order.
        const FIXED: &[TypeKind] = &[$($kind),*];
    };
}

fixed_types! {
    ERROR = 0 TypeKind::Error;
    ANY = 1 TypeKind::Any;
    UNKNOWN = 2 TypeKind::Unknown;
    NEVER = 3 TypeKind::Never;
    NULL = 4 TypeKind::Null;
    VOID = 5 TypeKind::Void;
    NUMBER = 6 TypeKind::Number;
    INT = 7 TypeKind::Int;
    BOOLEAN = 8 TypeKind::Boolean;
    STRING = 9 TypeKind::String;
    ANY_OBJECT = 10 TypeKind::AnyObject;
    TRUE = 11 TypeKind::LitBool(true);
    FALSE = 12 TypeKind::LitBool(false);
}

/// A type parameter's declaration.
#[derive(Clone, Debug)]
pub struct ParamDecl {
    /// Its name.
    pub name: Name,
    /// `extends T`
    pub constraint: Option<Ty>,
    /// `= T`
    pub default: Option<Ty>,
    /// Set for the `this` type of a class.
    pub this_of: Option<ClassId>,
    /// `const T`: infers literal types.
    pub is_const: bool,
    /// Set where the parameter stands for an operator that waits for its operands.
    pub operator: Option<(TypeOperator, TyList)>,
}

/// What the type relations need to know about a class.
#[derive(Clone, Debug)]
pub struct ClassDecl {
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub params: Vec<ParamId>,
    /// The parameter that stands for `this` in the types of its members.
    pub this_param: ParamId,
    /// The base whose instances its own begin like, in terms of `params`: the first one,
    /// unless another brings the layout of a built-in class.
    pub base: Option<Ty>,
    /// Every base in order, in terms of `params`.
    pub bases: Vec<Ty>,
    /// What it inherits from, in resolution order and in terms of `params`; not itself.
    pub mro: Vec<Ty>,
    /// Longest way to a class without base, so that bases can be sorted before heirs.
    pub depth: u32,
}

/// An interface or a recursive alias.
#[derive(Clone, Debug)]
pub struct NamedDecl {
    /// Its name.
    pub name: Name,
    /// Its type parameters.
    pub params: Vec<ParamId>,
    /// What it stands for, in terms of `params`; none while it is being resolved.
    pub body: Option<Ty>,
}
