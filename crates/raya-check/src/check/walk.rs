//! Questions about names that are answered by the syntax alone: which names some
//! code assigns, whether it mentions one.
//!
//! The answers err on the side of caution: two variables of one name are not told
//! apart.

use raya_syntax::ast::*;
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::Name;
use rustc_hash::FxHashSet;

/// The names of variables and members that the statements assign.
pub(crate) fn assigned_names(stmts: &[Stmt]) -> FxHashSet<Name> {
    let mut walker = Walker::default();
    stmts.iter().for_each(|s| walker.stmt(s));
    walker.assigned
}

/// The names that the parts of a loop assign.
pub(crate) fn assigned_in(exprs: &[Option<&Expr>], body: Option<&Stmt>) -> FxHashSet<Name> {
    let mut walker = Walker::default();
    exprs.iter().flatten().for_each(|e| walker.expr(e));
    body.iter().for_each(|s| walker.stmt(s));
    walker.assigned
}

/// Whether the statements mention a name as a value.
pub(crate) fn mentions(stmts: &[Stmt], name: Name) -> bool {
    let mut walker = Walker {
        wanted: Some(name),
        ..Walker::default()
    };
    stmts.iter().for_each(|s| walker.stmt(s));
    walker.found
}

/// Whether a constructor's body calls `super(…)` anywhere.
pub(crate) fn calls_super(stmts: &[Stmt]) -> bool {
    let mut walker = Walker::default();
    walker.stmts(stmts);
    walker.super_call
}

/// Adds the names that an assignment pattern writes.
pub(crate) fn pattern_targets(pattern: &Pattern, assigned: &mut FxHashSet<Name>) {
    let mut walker = Walker::default();
    walker.target(pattern);
    assigned.extend(walker.assigned);
}

#[derive(Default)]
struct Walker {
    assigned: FxHashSet<Name>,
    wanted: Option<Name>,
    found: bool,
    super_call: bool,
}

impl Walker {
    fn stmts(&mut self, stmts: &[Stmt]) {
        stmts.iter().for_each(|s| self.stmt(s));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        ensure_stack(|| self.stmt_kind(&stmt.kind));
    }

    fn stmt_kind(&mut self, kind: &StmtKind) {
        match kind {
            StmtKind::Var(decl) => self.var(decl),
            StmtKind::Function(f) => self.function(f),
            StmtKind::Class(c) => self.class(c),
            StmtKind::Export(export) => match &export.kind {
                ExportKind::Decl(s) => self.stmt(s),
                ExportKind::DefaultExpr(e) => self.expr(e),
                ExportKind::DefaultFunction(f) => self.function(f),
                ExportKind::DefaultClass(c) => self.class(c),
                _ => {}
            },
            StmtKind::Expr(e) | StmtKind::Throw(e) => self.expr(e),
            StmtKind::Return(e) => e.iter().for_each(|e| self.expr(e)),
            StmtKind::Block(b) => self.stmts(&b.stmts),
            StmtKind::If {
                test,
                then,
                otherwise,
            } => {
                self.expr(test);
                self.stmt(then);
                otherwise.iter().for_each(|s| self.stmt(s));
            }
            StmtKind::While { test, body } | StmtKind::DoWhile { test, body } => {
                self.expr(test);
                self.stmt(body);
            }
            StmtKind::For(f) => {
                match &f.init {
                    Some(ForInit::Var(decl)) => self.var(decl),
                    Some(ForInit::Expr(e)) => self.expr(e),
                    None => {}
                }
                f.test.iter().chain(&f.update).for_each(|e| self.expr(e));
                self.stmt(&f.body);
            }
            StmtKind::ForOf(f) => {
                if let ForOfLeft::Assign(pattern) = &f.left {
                    self.target(pattern);
                }
                self.expr(&f.right);
                self.stmt(&f.body);
            }
            StmtKind::Switch {
                discriminant,
                cases,
            } => {
                self.expr(discriminant);
                for case in cases {
                    case.test.iter().for_each(|e| self.expr(e));
                    self.stmts(&case.body);
                }
            }
            StmtKind::Try(t) => {
                self.stmts(&t.block.stmts);
                t.handler.iter().for_each(|h| self.stmts(&h.body.stmts));
                t.finalizer.iter().for_each(|b| self.stmts(&b.stmts));
            }
            StmtKind::Labelled { body, .. } => self.stmt(body),
            _ => {}
        }
    }

    fn var(&mut self, decl: &VarDecl) {
        for d in &decl.declarators {
            self.defaults(&d.pattern);
            d.init.iter().for_each(|e| self.expr(e));
        }
    }

    fn function(&mut self, function: &Function) {
        for p in &function.signature.params {
            self.defaults(&p.pattern);
            p.default.iter().for_each(|e| self.expr(e));
        }
        match &function.body {
            FunctionBody::Block(b) => self.stmts(&b.stmts),
            FunctionBody::Expr(e) => self.expr(e),
            FunctionBody::None => {}
        }
    }

    fn class(&mut self, class: &Class) {
        class.bases.iter().for_each(|b| self.expr(&b.expr));
        for member in &class.members {
            match &member.kind {
                ClassMemberKind::Field { key, init, .. } => {
                    self.key(key);
                    init.iter().for_each(|e| self.expr(e));
                }
                ClassMemberKind::Method { key, function, .. } => {
                    self.key(key);
                    self.function(function);
                }
                ClassMemberKind::Constructor(f) => self.function(f),
                ClassMemberKind::StaticBlock(b) => self.stmts(&b.stmts),
                ClassMemberKind::Index(_) => {}
            }
        }
    }

    fn key(&mut self, key: &PropKey) {
        if let PropKey::Computed(e) = key {
            self.expr(e);
        }
    }

    /// The expressions inside a pattern that declares names.
    fn defaults(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Array(a) => {
                for e in a.elements.iter().flatten() {
                    self.defaults(&e.pattern);
                    e.default.iter().for_each(|e| self.expr(e));
                }
            }
            PatternKind::Object(o) => {
                for p in &o.props {
                    self.key(&p.key);
                    self.defaults(&p.value.pattern);
                    p.value.default.iter().for_each(|e| self.expr(e));
                }
            }
            _ => {}
        }
    }

    /// A pattern that assigns.
    fn target(&mut self, pattern: &Pattern) {
        match &pattern.kind {
            PatternKind::Expr(e) => self.place(e),
            PatternKind::Array(a) => {
                for e in a.elements.iter().flatten() {
                    self.target(&e.pattern);
                    e.default.iter().for_each(|e| self.expr(e));
                }
                a.rest.iter().for_each(|p| self.target(p));
            }
            PatternKind::Object(o) => {
                for p in &o.props {
                    self.key(&p.key);
                    self.target(&p.value.pattern);
                    p.value.default.iter().for_each(|e| self.expr(e));
                }
                o.rest.iter().for_each(|p| self.target(p));
            }
            PatternKind::Binding(name) => {
                self.assigned.insert(*name);
            }
            PatternKind::Error => {}
        }
    }

    /// An expression that is written to.
    fn place(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Ident(name) => {
                self.assigned.insert(*name);
            }
            ExprKind::Member { property, .. } | ExprKind::PrivateMember { property, .. } => {
                self.assigned.insert(property.name);
            }
            ExprKind::Index { index, .. } => {
                if let ExprKind::String(Text::Name(name)) = &index.kind {
                    self.assigned.insert(*name);
                }
            }
            ExprKind::NonNull(inner)
            | ExprKind::As { expr: inner, .. }
            | ExprKind::Satisfies { expr: inner, .. } => self.place(inner),
            _ => {}
        }
        self.expr(e);
    }

    fn exprs(&mut self, exprs: &[Expr]) {
        exprs.iter().for_each(|e| self.expr(e));
    }

    fn elements(&mut self, elements: &[Element]) {
        elements.iter().for_each(|e| self.expr(&e.expr));
    }

    fn expr(&mut self, e: &Expr) {
        ensure_stack(|| self.expr_kind(&e.kind));
    }

    fn expr_kind(&mut self, kind: &ExprKind) {
        match kind {
            ExprKind::Ident(name) => self.found |= self.wanted == Some(*name),
            ExprKind::Template(t) => self.exprs(&t.exprs),
            ExprKind::TaggedTemplate(t) => {
                self.expr(&t.tag);
                self.exprs(&t.template.exprs);
            }
            ExprKind::Array(elements) => self.elements(elements),
            ExprKind::Object(members) => members.iter().for_each(|m| self.object_member(m)),
            ExprKind::Function(f) => self.function(f),
            ExprKind::Class(c) => self.class(c),
            ExprKind::Update { target, .. } => self.place(target),
            ExprKind::Binary { left, right, .. } | ExprKind::Logical { left, right, .. } => {
                self.expr(left);
                self.expr(right);
            }
            ExprKind::Assign { target, value, .. } => {
                self.target(target);
                self.expr(value);
            }
            ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => {
                self.expr(test);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Sequence(exprs) => self.exprs(exprs),
            ExprKind::Index { object, index, .. } => {
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Call(call) | ExprKind::New(call) => {
                self.super_call |= matches!(call.callee.kind, ExprKind::Super);
                self.expr(&call.callee);
                self.elements(&call.args);
            }
            ExprKind::Member { object: inner, .. }
            | ExprKind::PrivateMember { object: inner, .. }
            | ExprKind::PrivateIn { object: inner, .. }
            | ExprKind::Unary { operand: inner, .. }
            | ExprKind::Chain(inner)
            | ExprKind::NonNull(inner)
            | ExprKind::As { expr: inner, .. }
            | ExprKind::AsConst(inner)
            | ExprKind::Satisfies { expr: inner, .. }
            | ExprKind::Await(inner) => self.expr(inner),
            ExprKind::Yield { value, .. } => value.iter().for_each(|e| self.expr(e)),
            _ => {}
        }
    }

    fn object_member(&mut self, member: &ObjectMember) {
        match member {
            ObjectMember::Property { key, value, .. } => {
                self.key(key);
                self.expr(value);
            }
            ObjectMember::Method { key, function, .. } => {
                self.key(key);
                self.function(function);
            }
            ObjectMember::Spread(e) => self.expr(e),
        }
    }
}
