//! The checker: one walk over the syntax tree that resolves names, gives types and
//! builds the typed tree.
//!
//! Checking is bidirectional: `expr` takes the type that the place expects, if one
//! is known, and gives an [`ExprId`] whose type is in the tree. What flow analysis
//! knows (narrowed types, variables without value, dead code) is the current
//! [`Flow`]; conditions give two of them.
//!
//! Bodies of functions and classes wait in a queue until the statements around them
//! are checked, or until somebody needs the type that their body gives.
//!
//! Invariant: every path that cannot give a tree reports an error and gives
//! `ExprKind::Error` of type `Ty::ERROR`, which causes no further reports.

mod access;
mod args;
mod array_calls;
mod assign;
mod call;
mod call_member;
mod call_value;
mod cast;
mod class_check;
mod class_decl;
mod class_members;
mod class_scope;
mod closure;
mod coerce;
mod condition;
mod construct;
mod context;
mod cooperative;
mod declare;
mod dynamic_class;
mod evolve;
mod expr;
mod flow;
mod function;
mod function_methods;
mod guards;
mod heir_operators;
mod infer;
mod interfaces;
mod intrinsics;
mod items;
mod iterate;
mod library;
mod literal;
mod local_class;
mod loops;
mod member;
mod module_body;
mod move_args;
mod names;
mod narrow;
mod object;
mod object_spread;
mod open_literal;
mod operators;
mod pattern;
mod post;
mod predefined;
mod relation;
mod report;
mod resolve;
mod spread_call;
mod stepping;
mod stmt;
mod switch;
mod target;
mod try_stmt;
mod variable_decl;
mod variables;
mod walk;

pub(crate) use context::FnCtx;
pub(crate) use flow::{Flow, RefTable};

use crate::builtins::{BuiltinSource, Library};
use crate::env::{ClassData, ScopeId, ScopeTree, SymId, SymKind, Symbol, TypeSym, TypeSymKind};
use crate::hir::{Expr, ExprId, ExprKind, FuncId, Hir};
use crate::types::{ClassId, Ty, TypeInterner};
use raya_syntax::ast;
use raya_syntax::diagnostics::Diagnostic;
use raya_syntax::name::{Interner, Name};
use raya_syntax::source::{FileId, SourceMap};
use raya_syntax::span::Span;
use rustc_hash::{FxHashMap, FxHashSet};

/// What a check gives.
#[derive(Debug)]
pub struct Checked {
    /// The typed program; meaningful if no diagnostic is an error.
    pub hir: Hir,
    /// All types of the program.
    pub types: TypeInterner,
    /// In the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

impl Checked {
    /// Whether the program can be compiled.
    pub fn is_ok(&self) -> bool {
        !self.diagnostics.iter().any(Diagnostic::is_error)
    }
}

/// What is checked, and how.
pub struct Input<'i> {
    /// The tree of the user's module.
    pub module: &'i ast::Module,
    /// Its file.
    pub file: FileId,
    /// The session's names.
    pub names: &'i mut Interner,
    /// The session's files; those of the built-in library are added as needed.
    pub sources: &'i mut SourceMap,
    /// The built-in library.
    pub builtins: &'i dyn BuiltinSource,
    /// Also check every body of the built-in files that are loaded (to precompile
    /// or to test the library).
    pub whole_library: bool,
}

/// Checks a module.
pub fn check(input: Input<'_>) -> Checked {
    let library = Library::new(input.builtins);
    let mut checker = Checker::new(&library, input.names, input.sources);
    checker.whole_library = input.whole_library;
    checker.run(input.module, input.file);
    let mut diagnostics = checker.diagnostics;
    diagnostics.extend(checker.settled.into_iter().map(|(_, d)| d));
    diagnostics.sort_by_key(|d| (d.file, d.span.start, d.span.end));
    diagnostics.dedup();
    Checked {
        hir: checker.hir,
        types: checker.types,
        diagnostics,
    }
}

/// A body that waits to be checked.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Pending {
    /// Of a function declaration.
    Function(SymId),
    /// Of all members of a class.
    Class(ClassId),
    /// Of one method of a built-in class.
    Method(ClassId, u32),
}

/// Names that are compared for hints over a whole check.
const MAX_COMPARED_NAMES: usize = 10_000_000;

/// The state of a check.
pub(crate) struct Checker<'a> {
    pub(crate) types: TypeInterner,
    pub(crate) hir: Hir,
    names: &'a mut Interner,
    sources: &'a mut SourceMap,
    library: &'a Library,
    whole_library: bool,
    diagnostics: Vec<Diagnostic>,
    /// What the bodies of declared functions reported, and whose they are.
    settled: Vec<(FuncId, Diagnostic)>,

    scopes: ScopeTree,
    symbols: Vec<Symbol<'a>>,
    type_symbols: Vec<TypeSymKind<'a>>,
    classes: Vec<ClassData<'a>>,
    class_of_node: FxHashMap<(FileId, ast::NodeId), ClassId>,
    /// The scope that all files share: names of the built-in library.
    root: ScopeId,
    loaded: FxHashSet<usize>,

    /// The functions under check, the current one last.
    fns: Vec<FnCtx<'a>>,
    scope: ScopeId,
    file: FileId,
    flow: Flow,
    refs: RefTable,
    pending: Vec<Pending>,
    /// Counts declarations that were passed, for the analysis of early reads.
    clock: u32,
    /// What the syntax of the user's module tells about its variables.
    facts: variables::VariableFacts,
    heir_tests: Vec<heir_operators::HeirTest>,
    /// Types found for variables without type and value, by their declaration.
    evolved: FxHashMap<(FileId, ast::NodeId), Ty>,
    evolving: Vec<context::Evolving>,
    /// Types of declared functions by their own signature.
    func_types: FxHashMap<FuncId, Ty>,
    func_scopes: FxHashMap<FuncId, function::FuncScope>,
    /// Functions none of whose results is written as a literal: literal types in what they
    /// give are meant as such.
    firm_results: FxHashSet<FuncId>,
    relation: relation::RelationState,
    interfaces: interfaces::InterfaceState,
    /// How many more names are compared for hints: a large program with as many errors as
    /// names must not take the square of their number.
    hints_left: usize,
    post: post::Records,
    /// The symbol whose initialiser is the function expression checked next.
    self_symbol: Option<SymId>,
    /// What a setter takes whose parameter has no type: what the getter gives.
    setter_param: Option<Ty>,
    /// What the function or class expression checked next is called if it has no name
    /// of its own: where it is assigned to.
    given_name: Option<Name>,
    /// The expression checked next is tested for null: a missing key is fine.
    null_tested: bool,
    /// Closure expressions of nested declarations, which get their types at the end.
    closures: Vec<(ExprId, SymId)>,
    /// Class scopes that were left and may be entered again.
    class_scopes: FxHashMap<FuncId, FnCtx<'a>>,
    /// The class expressions inside functions.
    class_expressions: Vec<(ClassId, FileId, Span)>,
    /// Classes with computed bases that are statements, and the variables that hold them.
    dynamic_classes: FxHashMap<(FileId, ast::NodeId), SymId>,
    /// Whether a base of a class is computed, for classes that were asked.
    computed_bases: FxHashMap<(FileId, ast::NodeId), bool>,
    /// The classes among the statements that begin at an address.
    sibling_classes: FxHashMap<usize, FxHashMap<Name, &'a ast::Class>>,
    /// Set where a member of such a class is about to become a closure.
    dynamic_member: Option<dynamic_class::DynamicMember>,
    /// Null exits of the optional chain under check.
    chain: Vec<(crate::hir::LocalId, ExprId)>,
    /// The assignment that keeps a spread tuple, for the first of its parts.
    first_spread: Option<ExprId>,
    /// Levels of checking something again or for its type only; each one doubles the
    /// work, so they are bounded.
    rechecks: u32,
    /// The type parameter that stands for what is not known; see `pattern`.
    hole: Option<Ty>,
    /// Copies of type parameters, for calls of generic functions inside themselves.
    fresh_params: FxHashMap<crate::types::ParamId, crate::types::ParamId>,
    overload_depth: u32,
    probes: u32,
}

impl<'a> Checker<'a> {
    fn new(library: &'a Library, names: &'a mut Interner, sources: &'a mut SourceMap) -> Self {
        let mut scopes = ScopeTree::default();
        let root = scopes.new_scope(None);
        Self {
            types: TypeInterner::new(),
            hir: Hir::default(),
            names,
            sources,
            library,
            whole_library: false,
            diagnostics: Vec::new(),
            settled: Vec::new(),
            scopes,
            symbols: Vec::new(),
            type_symbols: Vec::new(),
            classes: Vec::new(),
            class_of_node: FxHashMap::default(),
            root,
            loaded: FxHashSet::default(),
            fns: Vec::new(),
            scope: root,
            file: FileId(0),
            flow: Flow::default(),
            refs: RefTable::default(),
            pending: Vec::new(),
            clock: 1,
            facts: variables::VariableFacts::default(),
            heir_tests: Vec::new(),
            evolved: FxHashMap::default(),
            evolving: Vec::new(),
            func_types: FxHashMap::default(),
            func_scopes: FxHashMap::default(),
            firm_results: FxHashSet::default(),
            relation: relation::RelationState::default(),
            interfaces: interfaces::InterfaceState::default(),
            hints_left: MAX_COMPARED_NAMES,
            post: post::Records::default(),
            self_symbol: None,
            setter_param: None,
            given_name: None,
            null_tested: false,
            closures: Vec::new(),
            class_scopes: FxHashMap::default(),
            class_expressions: Vec::new(),
            dynamic_classes: FxHashMap::default(),
            computed_bases: FxHashMap::default(),
            sibling_classes: FxHashMap::default(),
            dynamic_member: None,
            chain: Vec::new(),
            first_spread: None,
            rechecks: 0,
            hole: None,
            fresh_params: FxHashMap::default(),
            overload_depth: 0,
            probes: 0,
        }
    }

    fn run(&mut self, module: &'a ast::Module, file: FileId) {
        self.facts = walk::variable_facts(&module.body);
        let scope = self.scopes.new_scope(Some(self.root));
        (self.scope, self.file) = (scope, file);
        self.check_main(module);
        if self.whole_library {
            self.load_whole_library();
        }
        // Bodies of the library are checked as if the top level still ran.
        self.fns.push(FnCtx::new(FuncId(0), None, 0));
        self.drain_pending();
        self.fns.pop();
        self.finish();
    }

    // ---- small helpers that every part uses

    /// Adds an expression to the tree.
    pub(crate) fn add(&mut self, kind: ExprKind, ty: Ty, span: Span) -> ExprId {
        let id = ExprId(self.hir.exprs.len() as u32);
        self.hir.exprs.push(Expr { kind, ty, span });
        id
    }

    /// The tree for something in error.
    pub(crate) fn error_expr(&mut self, span: Span) -> ExprId {
        self.add(ExprKind::Error, Ty::ERROR, span)
    }

    /// The type of an expression.
    #[inline]
    pub(crate) fn ty(&self, id: ExprId) -> Ty {
        self.hir.exprs[id.index()].ty
    }

    /// Where an expression is written.
    #[inline]
    pub(crate) fn span(&self, id: ExprId) -> Span {
        self.hir.exprs[id.index()].span
    }

    /// A type as text.
    pub(crate) fn show(&self, ty: Ty) -> String {
        self.types.display(ty, self.names)
    }

    /// A name as text.
    pub(crate) fn text(&self, name: Name) -> &str {
        self.names.text(name)
    }

    pub(crate) fn symbol(&self, id: SymId) -> &Symbol<'a> {
        &self.symbols[id.0 as usize]
    }

    pub(crate) fn symbol_mut(&mut self, id: SymId) -> &mut Symbol<'a> {
        &mut self.symbols[id.0 as usize]
    }

    pub(crate) fn new_symbol(&mut self, name: Name, span: Span, kind: SymKind<'a>) -> SymId {
        self.symbols.push(Symbol {
            name,
            span,
            file: self.file,
            kind,
        });
        SymId(self.symbols.len() as u32 - 1)
    }

    pub(crate) fn new_type_symbol(&mut self, kind: TypeSymKind<'a>) -> TypeSym {
        self.type_symbols.push(kind);
        TypeSym(self.type_symbols.len() as u32 - 1)
    }

    pub(crate) fn class(&self, id: ClassId) -> &ClassData<'a> {
        &self.classes[id.index()]
    }

    pub(crate) fn class_mut(&mut self, id: ClassId) -> &mut ClassData<'a> {
        &mut self.classes[id.index()]
    }

    /// The function under check.
    pub(crate) fn ctx(&self) -> &FnCtx<'a> {
        self.fns.last().expect("a function is under check")
    }

    /// The function under check, to change it.
    pub(crate) fn ctx_mut(&mut self) -> &mut FnCtx<'a> {
        self.fns.last_mut().expect("a function is under check")
    }

    /// The current function's id.
    pub(crate) fn current(&self) -> FuncId {
        self.ctx().func
    }

    /// An expression whose value goes to a place called `name`: functions and classes
    /// without a name take it.
    pub(crate) fn named_expr(
        &mut self,
        name: Name,
        e: &'a ast::Expr,
        expected: Option<Ty>,
    ) -> ExprId {
        let nameable = matches!(e.kind, ast::ExprKind::Function(_) | ast::ExprKind::Class(_));
        self.given_name = (nameable && name != raya_syntax::name::names::EMPTY).then_some(name);
        self.expr(e, expected)
    }

    /// [`Self::named_expr`], moved to a place of type `to`.
    pub(crate) fn named_expr_as(&mut self, name: Name, e: &'a ast::Expr, to: Ty) -> ExprId {
        let id = self.named_expr(name, e, Some(to));
        self.move_to(id, to, e.span)
    }

    /// Runs `inside` in a new scope.
    pub(crate) fn in_scope<R>(&mut self, inside: impl FnOnce(&mut Self) -> R) -> R {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let result = inside(self);
        self.scope = outer;
        result
    }

    /// Runs `attempt` without keeping what it reports; true if it reported nothing.
    pub(crate) fn quietly<R>(&mut self, attempt: impl FnOnce(&mut Self) -> R) -> (R, bool) {
        let before = self.mark();
        let result = attempt(self);
        let clean = !self.failed_since(before);
        self.roll_back(before);
        (result, clean)
    }

    /// Checks something for its type only, unless that is nested too deeply.
    pub(crate) fn probe<R>(&mut self, attempt: impl FnOnce(&mut Self) -> R) -> Option<R> {
        const MAX_PROBES: u32 = 2;
        if self.probes >= MAX_PROBES {
            return None;
        }
        self.probes += 1;
        let flow = self.flow.clone();
        let (result, _) = self.quietly(attempt);
        self.flow = flow;
        self.probes -= 1;
        Some(result)
    }
}
