//! Patterns: what a declaration binds or an assignment writes.

use super::{Expr, NodeId, PropKey};
use crate::name::{Name, names};
use crate::span::Span;

/// What stands on the left of `=`, or where a parameter, variable or loop
/// variable is named.
#[derive(Clone, Debug)]
pub struct Pattern {
    /// Unique in the module; of a `Binding`, the identity of what is declared.
    pub id: NodeId,
    /// Without type annotation and default.
    pub span: Span,
    /// What it is.
    pub kind: PatternKind,
}

impl Pattern {
    /// The single name that the pattern stands for; empty if it takes a value apart or
    /// writes to a member.
    pub fn binding_name(&self) -> Name {
        match &self.kind {
            PatternKind::Binding(name) => *name,
            PatternKind::Expr(e) => e.as_ident().map_or(names::EMPTY, |i| i.name),
            _ => names::EMPTY,
        }
    }
}

/// The forms of patterns.
#[derive(Clone, Debug)]
pub enum PatternKind {
    /// A name that is declared here; in declarations and parameters only.
    Binding(Name),
    /// A place that is written: `Ident`, `Member`, `PrivateMember`, `Index`, or a
    /// `NonNull`, `As` or `Satisfies` of one; in assignments and `for (x of …)` only.
    Expr(Box<Expr>),
    /// `[a, , b = 1, ...rest]`
    Array(ArrayPattern),
    /// `{ a, b: c = 1, ...rest }`
    Object(ObjectPattern),
    /// Something that could not be parsed; an error has been reported.
    Error,
}

/// `[a, , b = 1, ...rest]`
#[derive(Clone, Debug)]
pub struct ArrayPattern {
    /// None where nothing stands between two commas.
    pub elements: Vec<Option<PatternElement>>,
    /// `...rest`
    pub rest: Option<Box<Pattern>>,
}

/// `{ a, b: c = 1, ...rest }`
#[derive(Clone, Debug)]
pub struct ObjectPattern {
    /// The named members.
    pub props: Vec<PatternProp>,
    /// `...rest`
    pub rest: Option<Box<Pattern>>,
}

/// A pattern with the value it takes for null or a missing element.
#[derive(Clone, Debug)]
pub struct PatternElement {
    /// The pattern.
    pub pattern: Pattern,
    /// `= e`
    pub default: Option<Expr>,
}

/// A member of an object pattern.
#[derive(Clone, Debug)]
pub struct PatternProp {
    /// From the key to the default.
    pub span: Span,
    /// Which property is read.
    pub key: PropKey,
    /// Where its value goes; for a shorthand, the name again.
    pub value: PatternElement,
    /// Written `{ key }` or `{ key = e }`.
    pub shorthand: bool,
}
