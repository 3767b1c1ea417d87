//! Declarations: functions, classes, interfaces, aliases, enums, imports and
//! exports.

use super::{
    Block, Expr, Ident, IndexSignature, MethodKind, NodeId, Pattern, PropKey, Signature, Stmt,
    TypeExpr, TypeMember, TypeParam, TypeRef,
};
use crate::name::Name;
use crate::span::Span;

/// Anything with parameters and a body.
#[derive(Clone, Debug)]
pub struct Function {
    /// Unique in the module.
    pub id: NodeId,
    /// Of a declaration or expression: the whole; of a method: from the
    /// parameters to the end of the body.
    pub span: Span,
    /// Of a declaration or named function expression. Methods have their key.
    pub name: Option<Ident>,
    /// `async`
    pub is_async: bool,
    /// `function*`, `*m()`
    pub is_generator: bool,
    /// `=>`: `this` is the one of the surroundings
    pub is_arrow: bool,
    /// Type parameters, parameters, result.
    pub signature: Signature,
    /// The body.
    pub body: FunctionBody,
}

/// What a function does.
#[derive(Clone, Debug)]
pub enum FunctionBody {
    /// `{ … }`
    Block(Block),
    /// The expression of an arrow function.
    Expr(Box<Expr>),
    /// None: an overload signature or an abstract method.
    None,
}

/// A parameter.
#[derive(Clone, Debug)]
pub struct Param {
    /// From the modifiers to the default.
    pub span: Span,
    /// Its name, or what it is taken apart into.
    pub pattern: Pattern,
    /// `...p`
    pub rest: bool,
    /// `p?`
    pub optional: bool,
    /// `: T`
    pub ty: Option<TypeExpr>,
    /// `= e`
    pub default: Option<Expr>,
    /// Set if the parameter also declares a field (`constructor(private x: T)`).
    pub property: Option<Modifiers>,
}

/// Words in front of a class member or a parameter property.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Modifiers {
    /// All of them; empty if there is none.
    pub span: Span,
    /// `public`, `protected`, `private`
    pub access: Option<Access>,
    /// `static`
    pub is_static: bool,
    /// `abstract`
    pub is_abstract: bool,
    /// `override`
    pub is_override: bool,
    /// `readonly`
    pub is_readonly: bool,
}

/// Who may use a member.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Access {
    /// `public`
    Public,
    /// `protected`
    Protected,
    /// `private`
    Private,
}

/// A class.
#[derive(Clone, Debug)]
pub struct Class {
    /// Unique in the module.
    pub id: NodeId,
    /// From `abstract` or `class` to the closing brace.
    pub span: Span,
    /// Missing for some class expressions and `export default class`.
    pub name: Option<Ident>,
    /// `abstract`
    pub is_abstract: bool,
    /// `<T>`, possibly none.
    pub type_params: Vec<TypeParam>,
    /// `extends A<T>, B`, in order; possibly none.
    pub bases: Vec<BaseClass>,
    /// `implements I, J`
    pub implements: Vec<InterfaceRef>,
    /// The members in order.
    pub members: Vec<ClassMember>,
}

/// A base of a class.
#[derive(Clone, Debug)]
pub struct BaseClass {
    /// With the type arguments.
    pub span: Span,
    /// Most often an `Ident`.
    pub expr: Expr,
    /// Type arguments, possibly none.
    pub type_args: Vec<TypeExpr>,
}

/// An entry of `implements`, or of an interface's `extends`.
#[derive(Clone, Debug)]
pub struct InterfaceRef {
    /// Unique in the module.
    pub id: NodeId,
    /// With the type arguments.
    pub span: Span,
    /// The interface.
    pub target: TypeRef,
}

/// A member of a class.
#[derive(Clone, Debug)]
pub struct ClassMember {
    /// Unique in the module.
    pub id: NodeId,
    /// With the modifiers.
    pub span: Span,
    /// The words in front.
    pub modifiers: Modifiers,
    /// What it is.
    pub kind: ClassMemberKind,
}

/// The forms of class members.
#[derive(Clone, Debug)]
pub enum ClassMemberKind {
    /// `key?: T = e`, `key!: T`
    Field {
        /// The key.
        key: PropKey,
        /// `?`
        optional: bool,
        /// `!`
        definite: bool,
        /// `: T`
        ty: Option<TypeExpr>,
        /// `= e`
        init: Option<Expr>,
    },
    /// `key() {}`, `get key() {}`, overload signatures (body `None`)
    Method {
        /// The key.
        key: PropKey,
        /// Method or accessor.
        kind: MethodKind,
        /// `?`
        optional: bool,
        /// Parameters and body.
        function: Box<Function>,
    },
    /// `constructor() {}` and its overload signatures
    Constructor(Box<Function>),
    /// `[k: string]: T`
    Index(Box<IndexSignature>),
    /// `static { … }`
    StaticBlock(Block),
}

/// `interface I<T> extends J, K { … }`
#[derive(Clone, Debug)]
pub struct Interface {
    /// Unique in the module.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name: Ident,
    /// `<T>`, possibly none.
    pub type_params: Vec<TypeParam>,
    /// The interfaces it extends.
    pub extends: Vec<InterfaceRef>,
    /// The members in order.
    pub members: Vec<TypeMember>,
}

/// `type A<T> = …`
#[derive(Clone, Debug)]
pub struct TypeAlias {
    /// Unique in the module.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// Its name.
    pub name: Ident,
    /// `<T>`, possibly none.
    pub type_params: Vec<TypeParam>,
    /// What it stands for.
    pub ty: TypeExpr,
}

/// `enum E { A, B = 2 }`
#[derive(Clone, Debug)]
pub struct Enum {
    /// Unique in the module.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// `const enum`
    pub is_const: bool,
    /// Its name.
    pub name: Ident,
    /// The members in order.
    pub members: Vec<EnumMember>,
}

/// A member of an enum.
#[derive(Clone, Debug)]
pub struct EnumMember {
    /// Unique in the module.
    pub id: NodeId,
    /// With the initialiser.
    pub span: Span,
    /// An `Ident` or `String`.
    pub key: PropKey,
    /// `= e`
    pub init: Option<Expr>,
}

/// The path of a module.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModuleSource {
    /// The text between the quotes.
    pub path: Name,
    /// The literal with its quotes.
    pub span: Span,
}

/// `import …`
#[derive(Clone, Debug)]
pub struct Import {
    /// Unique in the module.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// `import type …`
    pub type_only: bool,
    /// `import d from`
    pub default: Option<ImportBinding>,
    /// `import * as ns from`
    pub namespace: Option<ImportBinding>,
    /// `import { a, b as c } from`
    pub named: Vec<ImportSpecifier>,
    /// Where from.
    pub source: ModuleSource,
}

/// A name that an import declares.
#[derive(Clone, Copy, Debug)]
pub struct ImportBinding {
    /// Unique in the module; the identity of what is declared.
    pub id: NodeId,
    /// The name in this module.
    pub local: Ident,
}

/// `a`, `a as b`, `type a`, `"a b" as c`
#[derive(Clone, Copy, Debug)]
pub struct ImportSpecifier {
    /// With the alias.
    pub span: Span,
    /// Written with `type`.
    pub type_only: bool,
    /// The name in the other module.
    pub imported: Ident,
    /// The name in this one.
    pub binding: ImportBinding,
}

/// `export …`
#[derive(Clone, Debug)]
pub struct Export {
    /// Unique in the module.
    pub id: NodeId,
    /// The whole declaration.
    pub span: Span,
    /// What is exported.
    pub kind: ExportKind,
}

/// The forms of exports.
#[derive(Clone, Debug)]
pub enum ExportKind {
    /// `export let x = 1`, `export class C {}`, `export interface I {}`, …
    Decl(Box<Stmt>),
    /// `export default e`
    DefaultExpr(Box<Expr>),
    /// `export default function f() {}`, whose name is in scope
    DefaultFunction(Box<Function>),
    /// `export default class C {}`, whose name is in scope
    DefaultClass(Box<Class>),
    /// `export default interface I {}`
    DefaultInterface(Box<Interface>),
    /// `export { a, b as c }`, `export { a } from "./m"`
    Named {
        /// `export type { … }`
        type_only: bool,
        /// What is exported.
        specifiers: Vec<ExportSpecifier>,
        /// Set if it comes from another module.
        source: Option<ModuleSource>,
    },
    /// `export * from "./m"`, `export * as ns from "./m"`
    All {
        /// `export type * …`
        type_only: bool,
        /// `as ns`
        alias: Option<Ident>,
        /// Where from.
        source: ModuleSource,
    },
}

/// `a`, `a as b`, `type a`
#[derive(Clone, Copy, Debug)]
pub struct ExportSpecifier {
    /// Unique in the module.
    pub id: NodeId,
    /// With the alias.
    pub span: Span,
    /// Written with `type`.
    pub type_only: bool,
    /// The name in this module (or in the source).
    pub local: Ident,
    /// The name that importers see.
    pub exported: Ident,
}
