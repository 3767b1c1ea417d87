//! What the syntax alone tells about each variable: where it is assigned for the last
//! time, and whether it is tested for null.
//!
//! A closure that is made behind a variable's last assignment sees the value that
//! the variable has there, so what is known about it holds inside the closure. An
//! assignment counts as far as the end of the outermost statement around it in which
//! the variable exists: a loop may come back to it. One in a function inside may run
//! at any time.

use raya_syntax::ast::{Class, ClassMemberKind, ExportKind, Pattern, PatternKind, Stmt, StmtKind};
use raya_syntax::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

/// Facts about the variables of a module, by the offset of their names.
#[derive(Debug, Default)]
pub(crate) struct VariableFacts {
    /// The end of the last assignment.
    pub last_assigned: FxHashMap<u32, u32>,
    /// Variables that some code compares with null or asks for their truth.
    pub null_tested: FxHashSet<u32>,
    /// Some class has several bases.
    pub several_bases: bool,
    /// Some class has a base.
    has_heirs: bool,
    /// Names of methods that classes declare.
    methods: FxHashSet<Name>,
}

impl VariableFacts {
    /// Whether a class that has a base may have a method of that name.
    pub(crate) fn may_have_heirs(&self, method: Name) -> bool {
        self.has_heirs && self.methods.contains(&method)
    }
}

#[derive(Default)]
struct Scope {
    /// Where each name that it declares stands, the last one of several; none of what
    /// is never assigned (functions, classes).
    names: FxHashMap<Name, Option<u32>>,
    /// How many functions are around the scope.
    functions: u32,
    /// How many statements are around it.
    statements: usize,
}

/// The scopes around the point that a walk has reached, and what it has found.
#[derive(Default)]
pub(crate) struct Variables {
    scopes: Vec<Scope>,
    functions: u32,
    statement_ends: Vec<u32>,
    facts: VariableFacts,
}

impl Variables {
    /// What the walk has found.
    pub(crate) fn finish(self) -> VariableFacts {
        self.facts
    }

    /// Passes a class.
    pub(crate) fn class(&mut self, class: &Class) {
        self.facts.several_bases |= class.bases.len() > 1;
        self.facts.has_heirs |= !class.bases.is_empty();
        let methods = class
            .members
            .iter()
            .filter_map(|member| match &member.kind {
                ClassMemberKind::Method { key, .. } => key.as_name(),
                _ => None,
            });
        self.facts.methods.extend(methods);
    }

    /// Begins a statement that ends at an offset.
    pub(crate) fn enter_statement(&mut self, end: u32) {
        self.statement_ends.push(end);
    }

    /// Ends it.
    pub(crate) fn leave_statement(&mut self) {
        self.statement_ends.pop();
    }

    /// Begins a scope with what its statements declare.
    pub(crate) fn enter(&mut self, stmts: &[Stmt]) {
        self.scopes.push(Scope {
            names: FxHashMap::default(),
            functions: self.functions,
            statements: self.statement_ends.len(),
        });
        self.declare_stmts(stmts);
    }

    /// Declares what statements declare in the innermost scope.
    pub(crate) fn declare_stmts(&mut self, stmts: &[Stmt]) {
        for stmt in stmts {
            self.declare_stmt(&stmt.kind);
        }
    }

    /// Ends a scope.
    pub(crate) fn leave(&mut self) {
        self.scopes.pop();
    }

    /// Begins a function's own scope.
    pub(crate) fn enter_function(&mut self) {
        self.functions += 1;
        self.enter(&[]);
    }

    /// Ends it.
    pub(crate) fn leave_function(&mut self) {
        self.functions -= 1;
        self.leave();
    }

    fn declare_stmt(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Var(decl) => decl
                .declarators
                .iter()
                .for_each(|d| self.declare(&d.pattern)),
            StmtKind::Function(f) => self.add(f.name.map(|n| n.name), None),
            StmtKind::Class(c) => self.add(c.name.map(|n| n.name), None),
            StmtKind::Export(export) => {
                if let ExportKind::Decl(inner) = &export.kind {
                    self.declare_stmt(&inner.kind);
                }
            }
            _ => {}
        }
    }

    /// Declares the names of a pattern in the innermost scope.
    pub(crate) fn declare(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Binding(name) => self.add(Some(*name), Some(pattern.span.start)),
            PatternKind::Array(a) => {
                let elements = a.elements.iter().flatten().map(|e| &e.pattern);
                elements
                    .chain(a.rest.as_deref())
                    .for_each(|p| self.declare(p));
            }
            PatternKind::Object(o) => {
                let props = o.props.iter().map(|p| &p.value.pattern);
                props.chain(o.rest.as_deref()).for_each(|p| self.declare(p));
            }
            PatternKind::Expr(_) | PatternKind::Error => {}
        }
    }

    fn add(&mut self, name: Option<Name>, at: Option<u32>) {
        if let (Some(name), Some(scope)) = (name, self.scopes.last_mut()) {
            scope.names.insert(name, at);
        }
    }

    /// An assignment to a name that ends at an offset.
    pub(crate) fn assign(&mut self, name: Name, end: u32) {
        let Some((scope, at)) = self.resolve(name) else {
            return;
        };
        let until = if scope.functions < self.functions {
            u32::MAX
        } else {
            let around = self.statement_ends.get(scope.statements);
            around.copied().unwrap_or(end)
        };
        let last = self.facts.last_assigned.entry(at).or_default();
        *last = until.max(*last);
    }

    /// A test of a name's value for null or truth.
    pub(crate) fn test(&mut self, name: Name) {
        if let Some((_, at)) = self.resolve(name) {
            self.facts.null_tested.insert(at);
        }
    }

    /// The scope that declares a name as a variable, and where.
    fn resolve(&self, name: Name) -> Option<(&Scope, u32)> {
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| {
                let at = scope.names.get(&name)?;
                Some((scope, *at))
            })
            .and_then(|(scope, at)| Some((scope, at?)))
    }
}
