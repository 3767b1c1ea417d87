//! Classes as the checker looks into them: members with types that are resolved
//! when they are first asked for.

use super::ScopeId;
use crate::hir::{FieldIdx, FuncId, LocalId, MethodIdx, MethodKind};
use crate::types::{ClassId, Ty};
use raya_syntax::ast::{self, Access};
use raya_syntax::name::Name;
use raya_syntax::source::FileId;
use raya_syntax::span::Span;
use rustc_hash::FxHashMap;

/// An index into [`ClassData::members`].
pub(crate) type MemberIdx = u32;

/// A type that is computed when it is first asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum LazyTy {
    /// Not asked for yet.
    Waiting,
    /// Being computed.
    Busy,
    /// Known.
    Done(Ty),
}

/// What a class member is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MemberKind {
    /// A field, with its index among the class's own fields (or statics).
    Field(FieldIdx),
    /// A method.
    Method(MethodIdx),
    /// A getter.
    Getter(MethodIdx),
    /// A setter.
    Setter(MethodIdx),
}

impl MemberKind {
    /// The method's index and kind.
    pub(crate) fn method(self) -> Option<(MethodIdx, MethodKind)> {
        match self {
            MemberKind::Field(_) => None,
            MemberKind::Method(m) => Some((m, MethodKind::Method)),
            MemberKind::Getter(m) => Some((m, MethodKind::Getter)),
            MemberKind::Setter(m) => Some((m, MethodKind::Setter)),
        }
    }
}

/// Where a member is written.
#[derive(Clone, Copy, Debug)]
pub(crate) enum MemberSource<'a> {
    /// A field.
    Field(&'a ast::ClassMember),
    /// A method or accessor.
    Method(&'a ast::Function),
    /// A parameter property of the constructor.
    Param(&'a ast::Param),
}

/// A member of a class.
#[derive(Clone, Debug)]
pub(crate) struct MemberData<'a> {
    /// Its name, for private ones with the `#`.
    pub name: Name,
    /// Where its name is written.
    pub span: Span,
    /// What it is.
    pub kind: MemberKind,
    /// Belongs to the class object.
    pub is_static: bool,
    /// `abstract`
    pub is_abstract: bool,
    /// `override`
    pub is_override: bool,
    /// `readonly`
    pub readonly: bool,
    /// `?`
    pub optional: bool,
    /// `!`
    pub definite: bool,
    /// Who may use it.
    pub access: Access,
    /// Where it is written.
    pub source: MemberSource<'a>,
    /// Overload signatures in front of a method.
    pub overloads: Vec<&'a ast::Function>,
    /// Its type in terms of the class's parameters: of an accessor, the property's.
    pub ty: LazyTy,
    /// A method's function.
    pub func: Option<FuncId>,
    /// Whether a method's body is checked or under way.
    pub checked: bool,
    /// The next member of the same name (getter and setter; in the built-in library
    /// also methods with several bodies).
    pub next: Option<MemberIdx>,
}

/// A class.
#[derive(Debug)]
pub(crate) struct ClassData<'a> {
    /// Itself.
    pub id: ClassId,
    /// Its declaration.
    pub ast: &'a ast::Class,
    /// Its file.
    pub file: FileId,
    /// The scope that holds its type parameters.
    pub scope: ScopeId,
    /// Function it is declared in; none at module level.
    pub owner: Option<FuncId>,
    /// Set for a class inside a function or block.
    pub nested: Option<Nested>,
    /// The members.
    pub members: Vec<MemberData<'a>>,
    /// The first member of a name, per side (true: static).
    pub by_name: FxHashMap<(Name, bool), MemberIdx>,
    /// The constructor with its overload signatures.
    pub ctor: Option<&'a ast::Function>,
    /// Overload signatures of the constructor.
    pub ctor_overloads: Vec<&'a ast::Function>,
    /// The constructor's function, once made.
    pub ctor_func: Option<FuncId>,
    /// Type of the constructor: `Function` types that give the instance.
    pub ctor_ty: Option<Ty>,
    /// Whether `extends` is resolved (its members may be looked up).
    pub base_state: BaseState,
    /// Whether all its bodies were queued.
    pub queued: bool,
    /// The clock of declarations when its declaration was passed; 0 before that.
    pub declared_at: u32,
    /// Declared by the built-in library.
    pub builtin: bool,
}

/// Where a class stands that may use the variables around it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Nested {
    /// Captures what the code of instances uses.
    pub scope: FuncId,
    /// The function that declares the class.
    pub owner: FuncId,
    /// Its local that holds the scope's object.
    pub local: LocalId,
}

/// How far the `extends` clause is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BaseState {
    /// Not yet.
    Waiting,
    /// Under way.
    Busy,
    /// Done.
    Done,
}
