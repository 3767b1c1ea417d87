//! Types as they are written.

use super::{Ident, MethodKind, NodeId, Param, PropKey};
use crate::name::Name;
use crate::span::Span;

/// A written type.
#[derive(Clone, Debug)]
pub struct TypeExpr {
    /// Unique in the module.
    pub id: NodeId,
    /// Without the parentheses around it.
    pub span: Span,
    /// What it is.
    pub kind: TypeKind,
}

/// The forms of types.
#[derive(Clone, Debug)]
pub enum TypeKind {
    /// `number`, `string`, … and `int`
    Keyword(KeywordType),
    /// `"a"`, `-1`, `true`
    Literal(LiteralType),
    /// `A<B>`, `ns.A`
    Ref(TypeRef),
    /// `T[]`
    Array(Box<TypeExpr>),
    /// `[A, b: B, C?, ...D[]]`
    Tuple(Vec<TupleMember>),
    /// `A | B`: at least two
    Union(Vec<TypeExpr>),
    /// `A & B`: at least two
    Intersection(Vec<TypeExpr>),
    /// `(a: A) => B`, `new (a: A) => B`
    Function(Box<FunctionType>),
    /// `{ a: A; m(): B }`
    Object(Vec<TypeMember>),
    /// `keyof T`
    Keyof(Box<TypeExpr>),
    /// `typeof a.b`
    Typeof(Vec<Ident>),
    /// `T[K]`
    Indexed {
        /// The type that is looked into.
        object: Box<TypeExpr>,
        /// The key type.
        index: Box<TypeExpr>,
    },
    /// `readonly T[]`, `readonly [A, B]`
    Readonly(Box<TypeExpr>),
    /// `x is T`, `asserts x is T`, `asserts x`; as a return type only
    Predicate(Box<TypePredicate>),
    /// `this`
    This,
    /// Something that could not be parsed; an error has been reported.
    Error,
}

macro_rules! keyword_types {
    ($($variant:ident $text:literal),* $(,)?) => {
        /// Types that are words of the language.
        #[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
        pub enum KeywordType { $(#[doc = concat!("`", $text, "`")] $variant),* }

        impl KeywordType {
            /// The type as it is written.
            pub const fn text(self) -> &'static str {
                match self { $(KeywordType::$variant => $text),* }
            }

            /// The type that `word` denotes.
            pub fn from_text(word: &str) -> Option<Self> {
                match word { $($text => Some(KeywordType::$variant),)* _ => None }
            }
        }
    };
}

keyword_types! {
    Any "any", Unknown "unknown", Never "never", Void "void", Null "null",
    Undefined "undefined", Boolean "boolean", Number "number", Int "int",
    BigInt "bigint", String "string", Object "object",
}

/// A literal used as a type.
#[derive(Clone, PartialEq, Debug)]
pub enum LiteralType {
    /// `1`, `-1`
    Number {
        /// The value, sign included.
        value: f64,
        /// Written without fraction and exponent.
        integer: bool,
    },
    /// `10n`, `-10n`: digits with radix prefix, the sign in front
    BigInt(Name),
    /// `"a"`, `` `a` ``
    String(Name),
    /// `true`, `false`
    Bool(bool),
}

/// A reference to a named type.
#[derive(Clone, Debug)]
pub struct TypeRef {
    /// `A`, or the parts of `ns.A`: at least one
    pub path: Vec<Ident>,
    /// Type arguments, possibly none.
    pub args: Vec<TypeExpr>,
}

/// A member of a tuple type.
#[derive(Clone, Debug)]
pub struct TupleMember {
    /// From the label or dots to the type.
    pub span: Span,
    /// `label: T`
    pub label: Option<Ident>,
    /// `T?`, `label?: T`
    pub optional: bool,
    /// `...T`
    pub rest: bool,
    /// The type.
    pub ty: TypeExpr,
}

/// A function or constructor type.
#[derive(Clone, Debug)]
pub struct FunctionType {
    /// Parameters and result; the result is always there.
    pub signature: Signature,
    /// `new (…) => T`
    pub is_constructor: bool,
    /// `abstract new (…) => T`
    pub is_abstract: bool,
}

/// Type parameters, parameters and result of anything that can be called.
#[derive(Clone, Debug)]
pub struct Signature {
    /// From the type parameters to the result.
    pub span: Span,
    /// `<T, U>`, possibly none.
    pub type_params: Vec<TypeParam>,
    /// The type of a leading parameter `this: T`, which is not in `params`.
    pub this_param: Option<TypeExpr>,
    /// The parameters.
    pub params: Vec<Param>,
    /// The result.
    pub return_type: Option<TypeExpr>,
}

/// A type parameter.
#[derive(Clone, Debug)]
pub struct TypeParam {
    /// Unique in the module.
    pub id: NodeId,
    /// From the modifiers to the default.
    pub span: Span,
    /// Its name.
    pub name: Ident,
    /// `extends T`
    pub constraint: Option<TypeExpr>,
    /// `= T`
    pub default: Option<TypeExpr>,
    /// `const T`
    pub is_const: bool,
    /// `in T`, `out T`, `in out T`
    pub variance: Option<Variance>,
}

/// A declared variance.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Variance {
    /// `in`
    In,
    /// `out`
    Out,
    /// `in out`
    InOut,
}

/// `x is T` and its relatives.
#[derive(Clone, Debug)]
pub struct TypePredicate {
    /// Written with `asserts`.
    pub asserts: bool,
    /// The parameter; `this` for the receiver.
    pub param: Ident,
    /// None for a bare `asserts x`.
    pub ty: Option<TypeExpr>,
}

/// A member of an interface or an object type.
#[derive(Clone, Debug)]
pub struct TypeMember {
    /// Unique in the module.
    pub id: NodeId,
    /// Without the separator.
    pub span: Span,
    /// What it is.
    pub kind: TypeMemberKind,
}

/// The forms of type members.
#[derive(Clone, Debug)]
pub enum TypeMemberKind {
    /// `readonly key?: T`
    Property {
        /// The key.
        key: PropKey,
        /// `?`
        optional: bool,
        /// `readonly`
        readonly: bool,
        /// The type; its absence is for the checker to refuse.
        ty: Option<TypeExpr>,
    },
    /// `key?(a: A): B`, `get key(): T`, `set key(v: T)`
    Method {
        /// The key.
        key: PropKey,
        /// `?`
        optional: bool,
        /// Method or accessor.
        kind: MethodKind,
        /// Parameters and result.
        signature: Box<Signature>,
    },
    /// `(a: A): B`
    Call(Box<Signature>),
    /// `new (a: A): B`
    Construct(Box<Signature>),
    /// `[k: string]: T`
    Index(Box<IndexSignature>),
}

/// `readonly [name: key]: value`
#[derive(Clone, Debug)]
pub struct IndexSignature {
    /// `readonly`
    pub readonly: bool,
    /// The name of the key, which has no meaning.
    pub name: Ident,
    /// The type of keys.
    pub key: TypeExpr,
    /// The type of values.
    pub value: TypeExpr,
}
