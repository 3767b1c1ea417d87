//! What names mean: scopes, symbols, classes.
//!
//! Scopes form a tree that lives for the whole check, so that a body can be checked
//! later, or earlier, than the statement it stands in. Values and types have
//! separate namespaces.

mod class;
mod scope;
mod symbol;

pub(crate) use class::{
    BaseState, ClassData, LazyTy, MemberData, MemberKind, MemberSource, Nested,
};
pub(crate) use scope::{ScopeId, ScopeTree};
pub(crate) use symbol::{
    AliasState, FuncState, FuncSym, Storage, SymId, SymKind, Symbol, TypeSym, TypeSymKind, VarKind,
    VarSym, VarTy,
};
