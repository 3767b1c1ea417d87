//! The typed, resolved program that the checker hands to the compiler.
//!
//! Nothing is left to infer: names are locals, globals, functions and classes;
//! every expression has its type; wherever a value moves to a place of another
//! type there is a [`ExprKind::Coerce`]; `?.`, `??`, `++`, compound assignment,
//! destructuring, default values and iteration by protocol are lowered to the few
//! forms here. Generic functions and classes stay generic: the compiler puts types
//! in for their parameters and then picks instructions by operand types.
//!
//! Invariant: after errors the tree may hold [`ExprKind::Error`]; without errors it
//! holds none, and then compiling it cannot fail for reasons of typing.
//! Must not know: representations, instructions, run-time layout.

mod decl;
mod expr;
mod qualified;
mod stmt;

pub use decl::*;
pub use expr::*;
pub use stmt::*;

use crate::types::{ClassId, index};
use rustc_hash::FxHashMap;

index! {
    /// An expression in [`Hir::exprs`].
    ExprId;
    /// A function in [`Hir::functions`].
    FuncId;
    /// A module variable in [`Hir::globals`].
    GlobalId;
    /// A local variable in [`Function::locals`] of the function at hand.
    LocalId;
    /// A target of `break` and `continue`; unique in a function.
    LabelId;
    /// A field in [`Class::fields`] or [`Class::statics`].
    FieldIdx;
    /// A method in [`Class::methods`].
    MethodIdx;
}

/// A checked program: one user module and what it uses of the built-in library.
#[derive(Debug, Default)]
pub struct Hir {
    /// The functions; [`Hir::main`] runs the top level.
    pub functions: Vec<Function>,
    /// The classes, indexed by [`ClassId`]. Bases come before heirs in the order of
    /// [`Hir::class_order`], not here.
    pub classes: Vec<Class>,
    /// The classes that the program can reach, bases before heirs.
    pub class_order: Vec<ClassId>,
    /// The module variables.
    pub globals: Vec<Global>,
    /// All expressions of all functions.
    pub exprs: Vec<Expr>,
    /// The function of the top level: no parameters; its result is the value of a
    /// top-level `return` (type any), null without one.
    pub main: Option<FuncId>,
    /// For a `New` of a class inside a function: the scopes that the instance gets, of
    /// its class and of the bases.
    pub new_scopes: FxHashMap<ExprId, Box<[(ClassId, ExprId)]>>,
    /// Some class has several bases of which it is not known what they are: every class of
    /// the program may be one of them.
    pub mixes_classes: bool,
    /// What the program refers to by role, for the compiler's own lowering.
    pub well_known: WellKnown,
}

/// Built-in classes that the language itself refers to.
#[derive(Clone, Copy, Debug, Default)]
pub struct WellKnown {
    /// `Object`, the root class, if it was loaded.
    pub object: Option<ClassId>,
    /// The class whose methods are those of arrays.
    pub array: Option<ClassId>,
    /// The class whose methods are those of strings.
    pub string: Option<ClassId>,
    /// The class whose methods are those of numbers (and ints).
    pub number: Option<ClassId>,
    /// The class whose methods are those of booleans.
    pub boolean: Option<ClassId>,
    /// The class whose methods are those of functions.
    pub function: Option<ClassId>,
    /// The class whose methods are those of read-only arrays and tuples.
    pub readonly_array: Option<ClassId>,
    /// `Error`, if it was loaded.
    pub error: Option<ClassId>,
}

impl Hir {
    /// An expression.
    #[inline]
    pub fn expr(&self, id: ExprId) -> &Expr {
        &self.exprs[id.index()]
    }

    /// A function.
    #[inline]
    pub fn function(&self, id: FuncId) -> &Function {
        &self.functions[id.index()]
    }

    /// A class.
    #[inline]
    pub fn class(&self, id: ClassId) -> &Class {
        &self.classes[id.index()]
    }

    /// A module variable.
    #[inline]
    pub fn global(&self, id: GlobalId) -> &Global {
        &self.globals[id.index()]
    }
}
