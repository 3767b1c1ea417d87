//! Functions, classes, variables.

use super::{Block, FuncId, LocalId};
use crate::types::{ClassId, ParamId, Ty};
use raya_syntax::ast::Access;
use raya_syntax::name::Name;
use raya_syntax::source::FileId;
use raya_syntax::span::Span;

/// A function of any sort.
#[derive(Clone, Debug)]
pub struct Function {
    /// Its name for traces; empty for anonymous ones.
    pub name: Name,
    /// Where it is written (see the session's `SourceMap`).
    pub file: FileId,
    /// The whole declaration.
    pub span: Span,
    /// Of the built-in library: traces hide it.
    pub builtin: bool,
    /// What it is.
    pub kind: FuncKind,
    /// Written with `=>`.
    pub is_arrow: bool,
    /// For members of a class that is made while the program runs: the class.
    pub class_name: Option<Name>,
    /// For closures and nested declarations: the function that it stands in.
    pub parent: Option<FuncId>,
    /// Its own type parameters. A closure or method also sees those of what it
    /// stands in: `outer_params`.
    pub type_params: Vec<ParamId>,
    /// Type parameters of the enclosing functions and class.
    pub outer_params: Vec<ParamId>,
    /// The parameters. A function expression that is written for a type with more
    /// parameters has these too, behind the written ones.
    pub params: Vec<Param>,
    /// How many parameters are written (what `length` and argument checks of dynamic
    /// calls count).
    pub written_params: u16,
    /// Whether the last parameter collects the remaining arguments in an array.
    pub rest: bool,
    /// The type of the result.
    pub ret: Ty,
    /// The variables, parameters first.
    pub locals: Vec<Local>,
    /// What a closure captures, in order.
    pub captures: Vec<Capture>,
    /// The body; none for abstract methods and overload signatures, and for
    /// functions of the built-in library that the program does not use.
    pub body: Option<Block>,
    /// Whether the end of the body can be reached (it then returns null).
    pub falls_off: bool,
    /// Body of the built-in library that consists of intrinsics only: always inlined.
    pub intrinsic: bool,
}

/// What a function is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FuncKind {
    /// The top level.
    Main,
    /// A function declaration. At module level it never captures.
    Declared,
    /// A function expression, arrow function, or method of an object literal.
    Closure,
    /// `function (this: T, …) {}`: receives `this` beside the closure.
    ClosureThis,
    /// A method, accessor or static method.
    Method {
        /// Of this class.
        class: ClassId,
        /// `this` is the class.
        is_static: bool,
    },
    /// A constructor; returns nothing.
    Constructor(ClassId),
    /// The field initialisers of a class in order, on `this`.
    FieldInit(ClassId),
    /// The static initialisers and static blocks of a class in order; `this` is the
    /// class.
    StaticInit(ClassId),
    /// No code: captures, for the instances of a class inside a function, what their
    /// code uses of the variables around the class.
    ClassScope(ClassId),
}

/// A parameter.
#[derive(Clone, Copy, Debug)]
pub struct Param {
    /// The local that a caller's argument arrives in. Its type is the type that is
    /// passed (with null where the parameter may be left out); defaults and
    /// destructuring are statements at the start of the body.
    pub local: LocalId,
    /// May be left out.
    pub optional: bool,
}

/// A local variable.
#[derive(Clone, Debug)]
pub struct Local {
    /// Its name; empty for compiler-made ones.
    pub name: Name,
    /// Its declared type: what it holds.
    pub ty: Ty,
    /// What it is.
    pub kind: LocalKind,
    /// A closure captures it.
    pub captured: bool,
    /// Assigned (or initialised) after a closure may have captured it: it must live
    /// in a scope object. False: a closure copies the value.
    pub boxed: bool,
    /// Some read or write tests whether it is set.
    pub checked: bool,
    /// Assigned other than by its declaration.
    pub assigned: bool,
    /// Declared inside a loop: each round has its own.
    pub in_loop: bool,
    /// Where it is declared.
    pub span: Span,
}

/// What a local variable is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LocalKind {
    /// A parameter.
    Param,
    /// `let`, `const`, catch and loop variables.
    Variable,
    /// A nested function declaration: holds its closure, made at the start of the
    /// block. Unneeded while the function captures nothing.
    Function(FuncId),
    /// Made by the checker.
    Temp,
    /// `this` of the enclosing method, for closures that capture it.
    This,
    /// A capture of a closure: its value comes from [`Function::captures`] at this
    /// index. `boxed` says whether it is shared with the enclosing function.
    Capture(u32),
    /// In a closure, the closure itself (a function that calls itself by its name).
    SelfClosure(FuncId),
}

/// A captured variable.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capture {
    /// The variable in the directly enclosing function (itself a capture there if it
    /// comes from further out).
    pub outer: LocalId,
    /// The local here that stands for it.
    pub local: LocalId,
}

/// A module variable.
#[derive(Clone, Debug)]
pub struct Global {
    /// Its name.
    pub name: Name,
    /// Its type.
    pub ty: Ty,
    /// Never assigned after its declaration.
    pub constant: bool,
    /// Some read tests whether it is set.
    pub checked: bool,
    /// Where it is declared.
    pub file: FileId,
    /// The name in its declaration.
    pub span: Span,
}

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Its name.
    pub name: Name,
    /// Where it is declared.
    pub file: FileId,
    /// The whole declaration.
    pub span: Span,
    /// Its type parameters.
    pub params: Vec<ParamId>,
    /// The base with its arguments, a `Class` type; none: `Object`.
    pub base: Option<Ty>,
    /// `abstract`
    pub is_abstract: bool,
    /// Of the built-in library.
    pub builtin: bool,
    /// Describes the methods of a primitive (arrays, strings, numbers, booleans):
    /// has no instances and no fields, methods are called directly.
    pub primitive: bool,
    /// The instance fields it declares itself.
    pub fields: Vec<Field>,
    /// The static fields it declares itself.
    pub statics: Vec<Field>,
    /// The methods and accessors it declares itself, static ones too.
    pub methods: Vec<Method>,
    /// Its constructor; none if it has neither constructor nor field initialisers
    /// (then the base's runs).
    pub ctor: Option<FuncId>,
    /// Its field initialisers (`this`), called by `InitFields`.
    pub field_init: Option<FuncId>,
    /// Its static initialisers.
    pub static_init: Option<FuncId>,
    /// For a class inside a function or block: a [`FuncKind::ClassScope`].
    pub scope: Option<FuncId>,
    /// Some heir has it among its bases, but does not begin like it: its fields and methods
    /// are not where instances of exactly this class have them.
    pub displaced: bool,
}

/// A field.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name, for `#private` ones with the `#`.
    pub name: Name,
    /// Its type, in terms of the class's parameters.
    pub ty: Ty,
    /// May be absent.
    pub optional: bool,
    /// May be assigned in the constructor only.
    pub readonly: bool,
    /// Who may use it.
    pub access: Access,
    /// Written `#name`.
    pub private: bool,
    /// Instances start with null here (not every path through the constructor sets
    /// it, and its type admits null).
    pub starts_null: bool,
    /// Where it is declared.
    pub span: Span,
}

/// A method or accessor.
#[derive(Clone, Debug)]
pub struct Method {
    /// Its name.
    pub name: Name,
    /// What it is.
    pub kind: MethodKind,
    /// Whether it belongs to the class object.
    pub is_static: bool,
    /// Declared `abstract`.
    pub is_abstract: bool,
    /// Who may use it.
    pub access: Access,
    /// Its function; for an abstract method it has no body.
    pub func: FuncId,
    /// Its type as its callers see it, in terms of the class's parameters: a
    /// `Function`, or `Overloads`.
    pub ty: Ty,
    /// Where it is declared.
    pub span: Span,
}

/// Method or accessor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MethodKind {
    /// An ordinary method.
    Method,
    /// A getter.
    Getter,
    /// A setter.
    Setter,
}
