//! The syntax tree.
//!
//! What the parser owes everyone who reads a tree: spans lie inside the file and
//! a node's span covers its children's; `NodeId`s are unique in a module and
//! below `Module::node_count`; the height of a tree is at most
//! [`MAX_HEIGHT`](crate::limits::MAX_HEIGHT) (use
//! [`ensure_stack`](crate::limits::ensure_stack) in recursive walks). Parentheses
//! leave no node behind. What could not be parsed is an `Error` node, and then
//! the parse has at least one error diagnostic.
//! Must not know: scopes, types, or what any name means.

mod decl;
mod expr;
mod pattern;
mod stmt;
mod types;

pub use decl::*;
pub use expr::*;
pub use pattern::*;
pub use stmt::*;
pub use types::*;

use crate::name::{Name, names};
use crate::span::Span;

/// The identity of a node, an index for side tables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Debug)]
pub struct NodeId(pub u32);

impl NodeId {
    /// The id as an index into a side table of `Module::node_count` entries.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// A whole source file.
#[derive(Clone, Debug)]
pub struct Module {
    /// The whole text.
    pub span: Span,
    /// The statements at top level.
    pub body: Vec<Stmt>,
    /// Every `NodeId` of the module is below this number.
    pub node_count: u32,
}

/// A name where it is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Ident {
    /// The text. For `#private` names: with the `#`.
    pub name: Name,
    /// Where it stands.
    pub span: Span,
}

/// The value of a string constant.
///
/// JavaScript strings may hold surrogates without their partner (`"\uD800"`),
/// which no UTF-8 text can express; only such strings are `Wide`.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub enum Text {
    /// A well-formed text.
    Name(Name),
    /// UTF-16 code units with at least one lone surrogate.
    Wide(Box<[u16]>),
}

/// A well-known symbol; nothing else of `Symbol` exists in the language.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum WellKnownSymbol {
    /// `Symbol.iterator`
    Iterator,
    /// `Symbol.asyncIterator`
    AsyncIterator,
    /// `Symbol.dispose`
    Dispose,
    /// `Symbol.asyncDispose`
    AsyncDispose,
}

impl WellKnownSymbol {
    /// The symbol that `Symbol.<property>` denotes.
    pub fn from_property(property: Name) -> Option<Self> {
        match property {
            names::ITERATOR => Some(Self::Iterator),
            names::ASYNC_ITERATOR => Some(Self::AsyncIterator),
            names::DISPOSE => Some(Self::Dispose),
            names::ASYNC_DISPOSE => Some(Self::AsyncDispose),
            _ => None,
        }
    }
}

/// The key of a property, method, field or enum member.
#[derive(Clone, Debug)]
pub enum PropKey {
    /// `name`, and `default`, `if`, … too: every word may be a key.
    Ident(Ident),
    /// `"name"`
    String {
        /// The text between the quotes, escapes resolved.
        value: Name,
        /// The literal with its quotes.
        span: Span,
    },
    /// `1`, `0x10`
    Number {
        /// The value.
        value: f64,
        /// The literal.
        span: Span,
    },
    /// `#name`, in classes only
    Private(Ident),
    /// `[e]`; for `[Symbol.iterator]` see [`Expr::as_well_known_symbol`].
    Computed(Box<Expr>),
}

impl PropKey {
    /// Where the key is written; for a computed key, the expression inside.
    pub fn span(&self) -> Span {
        match self {
            PropKey::Ident(ident) | PropKey::Private(ident) => ident.span,
            PropKey::String { span, .. } | PropKey::Number { span, .. } => *span,
            PropKey::Computed(expr) => expr.span,
        }
    }

    /// The key as a name, when it is an identifier or a string.
    pub fn as_name(&self) -> Option<Name> {
        match self {
            PropKey::Ident(ident) => Some(ident.name),
            PropKey::String { value, .. } => Some(*value),
            _ => None,
        }
    }
}
