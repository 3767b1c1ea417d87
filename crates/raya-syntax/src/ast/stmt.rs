//! Statements.

use super::{
    Class, Enum, Export, Expr, Function, Ident, Import, Interface, NodeId, Pattern, TypeAlias,
    TypeExpr,
};
use crate::span::Span;

/// A statement.
#[derive(Clone, Debug)]
pub struct Stmt {
    /// Unique in the module.
    pub id: NodeId,
    /// With its semicolon, if that is written.
    pub span: Span,
    /// What it is.
    pub kind: StmtKind,
}

/// The forms of statements.
#[derive(Clone, Debug)]
pub enum StmtKind {
    /// `let`, `const`, `using`, `await using`
    Var(VarDecl),
    /// A function with a name; an overload signature has no body.
    Function(Box<Function>),
    /// A class with a name.
    Class(Box<Class>),
    /// `interface`
    Interface(Box<Interface>),
    /// `type A = …`
    TypeAlias(Box<TypeAlias>),
    /// `enum`, `const enum`
    Enum(Box<Enum>),
    /// `import`, at top level only
    Import(Box<Import>),
    /// `export`, at top level only
    Export(Box<Export>),
    /// `e;`
    Expr(Expr),
    /// `{ … }`
    Block(Block),
    /// `if (test) then else otherwise`
    If {
        /// The condition.
        test: Expr,
        /// Run if it is truthy.
        then: Box<Stmt>,
        /// Run if not.
        otherwise: Option<Box<Stmt>>,
    },
    /// `while (test) body`
    While {
        /// The condition.
        test: Expr,
        /// The loop's body.
        body: Box<Stmt>,
    },
    /// `do body while (test)`
    DoWhile {
        /// The loop's body.
        body: Box<Stmt>,
        /// The condition.
        test: Expr,
    },
    /// `for (init; test; update) body`
    For(Box<ForLoop>),
    /// `for (left of right) body`
    ForOf(Box<ForOfLoop>),
    /// `switch`
    Switch {
        /// What is compared.
        discriminant: Expr,
        /// The clauses in order; at most one has no test.
        cases: Vec<SwitchCase>,
    },
    /// `try`; a handler, a finaliser or both
    Try(Box<TryStmt>),
    /// `throw e`
    Throw(Expr),
    /// `return`, `return e`; at top level too
    Return(Option<Expr>),
    /// `break`, `break label`
    Break(Option<Ident>),
    /// `continue`, `continue label`
    Continue(Option<Ident>),
    /// `label: body`
    Labelled {
        /// The label.
        label: Ident,
        /// What it names.
        body: Box<Stmt>,
    },
    /// `;`
    Empty,
    /// Something that could not be parsed; an error has been reported.
    Error,
}

/// Statements in braces.
#[derive(Clone, Debug)]
pub struct Block {
    /// Unique in the module.
    pub id: NodeId,
    /// With the braces.
    pub span: Span,
    /// The statements in order.
    pub stmts: Vec<Stmt>,
}

/// `let a = 1, b = 2`
#[derive(Clone, Debug)]
pub struct VarDecl {
    /// The keyword.
    pub kind: VarKind,
    /// Where the keyword stands.
    pub keyword: Span,
    /// At least one.
    pub declarators: Vec<Declarator>,
}

/// What introduces variables.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum VarKind {
    /// `let`
    Let,
    /// `const`
    Const,
    /// `using`
    Using,
    /// `await using`
    AwaitUsing,
}

/// `a: T = e`
#[derive(Clone, Debug)]
pub struct Declarator {
    /// From the name to the initialiser.
    pub span: Span,
    /// Its name, or what it is taken apart into.
    pub pattern: Pattern,
    /// `a!: T`
    pub definite: bool,
    /// `: T`
    pub ty: Option<TypeExpr>,
    /// `= e`; always there for `const`, `using` and destructuring
    pub init: Option<Expr>,
}

/// A `for` with three parts.
#[derive(Clone, Debug)]
pub struct ForLoop {
    /// Before the first round.
    pub init: Option<ForInit>,
    /// Before each round.
    pub test: Option<Expr>,
    /// After each round.
    pub update: Option<Expr>,
    /// The loop's body.
    pub body: Stmt,
}

/// The first part of a `for`.
#[derive(Clone, Debug)]
pub enum ForInit {
    /// `for (let i = 0; …)`: a fresh binding per round
    Var(VarDecl),
    /// `for (i = 0; …)`
    Expr(Expr),
}

/// A loop over an iterable.
#[derive(Clone, Debug)]
pub struct ForOfLoop {
    /// `for await`
    pub is_await: bool,
    /// What takes the elements.
    pub left: ForOfLeft,
    /// The iterable.
    pub right: Expr,
    /// The loop's body.
    pub body: Stmt,
}

/// What takes the elements of a `for…of`.
#[derive(Clone, Debug)]
pub enum ForOfLeft {
    /// `for (const x of …)`: one declarator, no initialiser, no type
    Var(VarDecl),
    /// `for (x of …)`
    Assign(Pattern),
}

/// A clause of a `switch`.
#[derive(Clone, Debug)]
pub struct SwitchCase {
    /// From `case` or `default` to the last statement.
    pub span: Span,
    /// None for `default`.
    pub test: Option<Expr>,
    /// The statements; control falls through at their end.
    pub body: Vec<Stmt>,
}

/// `try … catch … finally …`
#[derive(Clone, Debug)]
pub struct TryStmt {
    /// What is tried.
    pub block: Block,
    /// `catch`
    pub handler: Option<CatchClause>,
    /// `finally`
    pub finalizer: Option<Block>,
}

/// `catch (e) { … }`
#[derive(Clone, Debug)]
pub struct CatchClause {
    /// From `catch` to the closing brace.
    pub span: Span,
    /// None for `catch { … }`.
    pub param: Option<Pattern>,
    /// `catch (e: unknown)`
    pub ty: Option<TypeExpr>,
    /// What is run.
    pub body: Block,
}
