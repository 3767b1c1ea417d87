//! Statements.

use super::{ExprId, LabelId, LocalId};
use crate::types::ClassId;
use raya_syntax::span::Span;

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// What it is.
    pub kind: StmtKind,
    /// Where it is written.
    pub span: Span,
}

/// The forms of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// Evaluates for effect.
    Expr(ExprId),
    /// The declaration of a local. Without a value the local becomes unset if it is
    /// `checked` somewhere, else (a `let` assigned later) any value of its
    /// representation.
    Let {
        /// The variable.
        local: LocalId,
        /// Its value, of its type.
        value: Option<ExprId>,
    },
    /// Statements with a scope of their own; `break` to the label leaves it.
    Block(Block),
    /// `if`
    If {
        /// A boolean.
        test: ExprId,
        /// If true.
        then: Block,
        /// If false.
        otherwise: Option<Block>,
    },
    /// `while`, `do`, `for`
    Loop(Box<Loop>),
    /// `for…of` over an array, string, or anything through the slots; iteration by a
    /// statically known protocol is lowered to `Loop`.
    ForOf(Box<ForOf>),
    /// `switch`
    Switch(Box<Switch>),
    /// `try`
    Try(Box<Try>),
    /// `throw`; the value is of type any
    Throw(ExprId),
    /// `return`; the value has the function's result type
    Return(Option<ExprId>),
    /// Leaves the statement with this label.
    Break(LabelId),
    /// Goes on with the next round of the loop with this label.
    Continue(LabelId),
    /// Defines a class: creates it, runs its static initialisers.
    Class(ClassId),
}

/// A list of statements.
#[derive(Clone, Debug, Default)]
pub struct Block {
    /// Set if a `break` names it.
    pub label: Option<LabelId>,
    /// The statements in order. Closures of function declarations come first.
    pub stmts: Vec<Stmt>,
}

/// A loop.
#[derive(Clone, Debug)]
pub struct Loop {
    /// What `break` and `continue` name.
    pub label: LabelId,
    /// Tested before each round; none is true.
    pub test: Option<ExprId>,
    /// `do … while`: the first round runs without a test.
    pub test_last: bool,
    /// Evaluated after each round (also after `continue`).
    pub update: Option<ExprId>,
    /// The body.
    pub body: Block,
    /// Variables declared in the head of a `for` that closures capture: each round
    /// has its own, which starts with the last round's value (copied before
    /// `update`).
    pub fresh: Vec<LocalId>,
}

/// A `for…of`.
#[derive(Clone, Debug)]
pub struct ForOf {
    /// What `break` and `continue` name.
    pub label: LabelId,
    /// Takes the element; of the type that the iteration gives.
    pub local: LocalId,
    /// How to iterate.
    pub kind: IterKind,
    /// What is iterated; evaluated once.
    pub iterable: ExprId,
    /// The body; destructuring of the element stands at its start.
    pub body: Block,
}

/// What a `for…of` walks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IterKind {
    /// An array (read-only or not) or tuple: by index, up to the current length.
    Array,
    /// A string by code point: the element is a string.
    String,
    /// Anything through `__iter__` and `__next__` in the slots: the element is any;
    /// the loop's local is any.
    Dynamic,
}

/// A `switch`.
#[derive(Clone, Debug)]
pub struct Switch {
    /// What `break` names.
    pub label: LabelId,
    /// Holds the value that is compared.
    pub local: LocalId,
    /// The value.
    pub value: ExprId,
    /// The cases in order; control falls through.
    pub cases: Vec<Case>,
}

/// A case.
#[derive(Clone, Debug)]
pub struct Case {
    /// A boolean: a `Binary` with `===` whose left side is the switch's local (possibly
    /// coerced) and whose right side is the written value. None: `default`.
    pub test: Option<ExprId>,
    /// The statements.
    pub body: Vec<Stmt>,
}

/// A `try`.
#[derive(Clone, Debug)]
pub struct Try {
    /// What is tried.
    pub body: Block,
    /// `catch`
    pub handler: Option<Handler>,
    /// `finally`
    pub finalizer: Option<Block>,
}

/// A `catch`.
#[derive(Clone, Debug)]
pub struct Handler {
    /// Takes the thrown value (any).
    pub local: Option<LocalId>,
    /// The body.
    pub body: Block,
}
