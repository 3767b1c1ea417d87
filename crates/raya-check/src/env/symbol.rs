//! Symbols: what a name in a scope stands for.

use super::ScopeId;
use crate::hir::{FuncId, GlobalId, LocalId};
use crate::types::{ClassId, NamedId, ParamId, Ty};
use raya_syntax::ast;
use raya_syntax::name::Name;
use raya_syntax::source::FileId;
use raya_syntax::span::Span;

/// A value symbol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SymId(pub u32);

/// A declared value.
#[derive(Debug)]
pub(crate) struct Symbol<'a> {
    /// Its name.
    pub name: Name,
    /// Where the name is declared.
    pub span: Span,
    /// In which file.
    pub file: FileId,
    /// What it is.
    pub kind: SymKind<'a>,
}

/// What a value symbol is.
#[derive(Debug)]
pub(crate) enum SymKind<'a> {
    /// A variable or parameter.
    Var(VarSym<'a>),
    /// A function declaration with its overloads.
    Func(FuncSym<'a>),
    /// A class.
    Class(ClassId),
}

/// What introduced a variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum VarKind {
    /// `let`
    Let,
    /// `const`
    Const,
    /// A parameter.
    Param,
    /// A catch variable or a loop variable declared with `let`.
    Catch,
    /// The name of a function expression inside it.
    SelfName,
}

/// Where a variable's value lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Storage {
    /// In a local of the function (an index into the stack of functions under check).
    Local { owner: FuncId, local: LocalId },
    /// In a module variable.
    Global(GlobalId),
}

/// How much is known about a variable's type.
#[derive(Clone, Copy, Debug)]
pub(crate) enum VarTy<'a> {
    /// It is known.
    Known(Ty),
    /// To be inferred from this initialiser when it is first asked for.
    Lazy(&'a ast::Declarator),
    /// Is being inferred.
    Busy,
}

/// A variable.
#[derive(Debug)]
pub(crate) struct VarSym<'a> {
    /// What introduced it.
    pub kind: VarKind,
    /// Its type.
    pub ty: VarTy<'a>,
    /// Where its value lives.
    pub storage: Storage,
    /// The scope it is declared in.
    pub scope: ScopeId,
    /// The clock of declarations when its declaration was passed; 0 before that.
    pub declared_at: u32,
    /// Has a literal type that a mutable copy widens.
    pub widening: bool,
    /// The function whose value it certainly is (`const f = () => …`).
    pub func: Option<FuncId>,
    /// Its declaration says its type, which need not be exactly that of its value.
    pub annotated: bool,
    /// Declared without a value and without null in its type.
    pub valueless: bool,
    /// The same, and not said to be set elsewhere: reads need an assignment before.
    pub needs_assignment: bool,
    /// Made from an entry of a dictionary and tested for null somewhere: null stands
    /// for a missing entry, and reads that are no test check that there is one.
    pub missing_entry: bool,
    /// A variable without type and value: collects the types it is given.
    pub evolving: Option<u32>,
}

/// How far a function declaration is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FuncState {
    /// Its body has not been looked at.
    Waiting,
    /// Its body is being checked.
    Busy,
    /// Done.
    Done,
}

/// A function declaration.
#[derive(Debug)]
pub(crate) struct FuncSym<'a> {
    /// The declaration with the body.
    pub ast: &'a ast::Function,
    /// The overload signatures, if there are any.
    pub overloads: Vec<&'a ast::Function>,
    /// The function.
    pub func: FuncId,
    /// The type that its callers see, once it is known.
    pub ty: Option<Ty>,
    /// The scope it is declared in.
    pub scope: ScopeId,
    /// For a nested declaration: the local that holds its closure.
    pub local: Option<(FuncId, LocalId)>,
    /// How far it is checked.
    pub state: FuncState,
    /// The clock of declarations where its closure is made.
    pub created_at: u32,
    /// Several functions of one name with bodies (built-in library only): each is
    /// an overload of its own.
    pub siblings: Vec<SymId>,
}

/// A declared type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct TypeSym(pub u32);

/// What a type symbol is.
#[derive(Debug)]
pub(crate) enum TypeSymKind<'a> {
    /// A class: its instances.
    Class(ClassId),
    /// A class whose bases are computed: its instances are any.
    Dynamic,
    /// A type parameter.
    Param(ParamId),
    /// An interface; several declarations of one name merge.
    Interface {
        /// The declarations.
        asts: Vec<&'a ast::Interface>,
        /// Its scope.
        scope: ScopeId,
        /// Its file.
        file: FileId,
        /// Set when it was first asked for.
        id: Option<NamedId>,
    },
    /// An alias.
    Alias {
        /// The declaration.
        ast: &'a ast::TypeAlias,
        /// Its scope.
        scope: ScopeId,
        /// Its file.
        file: FileId,
        /// How far it is resolved.
        state: AliasState,
    },
    /// Something whose declaration is refused.
    Refused,
}

/// How far an alias is resolved.
#[derive(Clone, Debug)]
pub(crate) enum AliasState {
    /// Not yet asked for.
    Waiting,
    /// Being resolved; the id is set once it was met inside itself.
    Busy(Option<NamedId>, Vec<ParamId>),
    /// Its body in terms of its parameters.
    Done(Vec<ParamId>, Ty),
    /// It mentions itself: references are `Named` types.
    Recursive(NamedId),
}
