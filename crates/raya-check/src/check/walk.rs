//! Questions about names that are answered by the syntax alone: which names some
//! code assigns, whether it mentions one.
//!
//! The answers err on the side of caution: two variables of one name are not told
//! apart.

use super::variables::{VariableFacts, Variables};
use raya_syntax::ast::*;
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::Name;
use rustc_hash::FxHashSet;

/// The names of variables and members that the statements assign.
pub(crate) fn assigned_names(stmts: &[Stmt]) -> FxHashSet<Name> {
    let mut walker = Walker::default();
    walker.stmts(stmts);
    walker.assigned
}

/// What the syntax tells about the variables of a module.
pub(crate) fn variable_facts(stmts: &[Stmt]) -> VariableFacts {
    let mut walker = Walker {
        variables: Some(Variables::default()),
        ..Walker::default()
    };
    walker.stmts(stmts);
    walker.variables.map(Variables::finish).unwrap_or_default()
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

/// The names that a class mentions as values; of its static parts alone, if wanted.
pub(crate) fn mentioned_by_class(class: &Class, statics_only: bool) -> FxHashSet<Name> {
    let mut walker = Walker {
        mentioned: Some(FxHashSet::default()),
        ..Walker::default()
    };
    for member in &class.members {
        let is_static =
            member.modifiers.is_static || matches!(member.kind, ClassMemberKind::StaticBlock(_));
        if is_static || !statics_only {
            walker.class_member(member);
        }
    }
    walker.mentioned.unwrap_or_default()
}

/// Whether the statements use a class as a value: for more than to make instances, to test
/// for them, or to reach static members.
pub(crate) fn uses_class_value(stmts: &[Stmt], name: Name) -> bool {
    let mut walker = Walker {
        wanted: Some(name),
        as_value: true,
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
    /// Whether `new`, `instanceof`, `extends` and member access do not count.
    as_value: bool,
    /// All names that are mentioned, if somebody asks.
    mentioned: Option<FxHashSet<Name>>,
    super_call: bool,
    /// Set where variables of one name must be told apart.
    variables: Option<Variables>,
}

impl Walker {
    /// Statements with a scope of their own.
    fn stmts(&mut self, stmts: &[Stmt]) {
        self.scoped(stmts, |w| stmts.iter().for_each(|s| w.stmt(s)));
    }

    fn stmt(&mut self, stmt: &Stmt) {
        if let Some(v) = &mut self.variables {
            v.enter_statement(stmt.span.end);
        }
        ensure_stack(|| self.stmt_kind(&stmt.kind));
        if let Some(v) = &mut self.variables {
            v.leave_statement();
        }
    }

    /// Runs `f` in a scope that declares what the statements declare.
    fn scoped(&mut self, stmts: &[Stmt], f: impl FnOnce(&mut Self)) {
        if let Some(v) = &mut self.variables {
            v.enter(stmts);
        }
        f(self);
        if let Some(v) = &mut self.variables {
            v.leave();
        }
    }

    fn declare(&mut self, pattern: &Pattern) {
        if let Some(v) = &mut self.variables {
            v.declare(pattern);
        }
    }

    fn assign(&mut self, name: Name, end: u32) {
        self.assigned.insert(name);
        if let Some(v) = &mut self.variables {
            v.assign(name, end);
        }
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
                self.tested(test);
                self.expr(test);
                self.stmt(then);
                otherwise.iter().for_each(|s| self.stmt(s));
            }
            StmtKind::While { test, body } | StmtKind::DoWhile { test, body } => {
                self.tested(test);
                self.expr(test);
                self.stmt(body);
            }
            StmtKind::For(f) => self.scoped(&[], |w| w.for_loop(f)),
            StmtKind::ForOf(f) => self.scoped(&[], |w| {
                match &f.left {
                    ForOfLeft::Assign(pattern) => w.target(pattern),
                    ForOfLeft::Var(decl) => {
                        decl.declarators.iter().for_each(|d| w.declare(&d.pattern))
                    }
                }
                w.expr(&f.right);
                w.stmt(&f.body);
            }),
            StmtKind::Switch {
                discriminant,
                cases,
            } => {
                self.expr(discriminant);
                self.scoped(&[], |w| w.cases(cases));
            }
            StmtKind::Try(t) => {
                self.stmts(&t.block.stmts);
                if let Some(h) = &t.handler {
                    self.scoped(&[], |w| {
                        h.param.iter().for_each(|p| w.declare(p));
                        w.stmts(&h.body.stmts);
                    });
                }
                t.finalizer.iter().for_each(|b| self.stmts(&b.stmts));
            }
            StmtKind::Labelled { body, .. } => self.stmt(body),
            _ => {}
        }
    }

    fn for_loop(&mut self, f: &ForLoop) {
        match &f.init {
            Some(ForInit::Var(decl)) => {
                decl.declarators
                    .iter()
                    .for_each(|d| self.declare(&d.pattern));
                self.var(decl);
            }
            Some(ForInit::Expr(e)) => self.expr(e),
            None => {}
        }
        f.test.iter().for_each(|e| self.tested(e));
        f.test.iter().chain(&f.update).for_each(|e| self.expr(e));
        self.stmt(&f.body);
    }

    /// The cases of a switch share one scope.
    fn cases(&mut self, cases: &[SwitchCase]) {
        for case in cases {
            if let Some(v) = &mut self.variables {
                v.declare_stmts(&case.body);
            }
        }
        for case in cases {
            case.test.iter().for_each(|e| self.expr(e));
            case.body.iter().for_each(|s| self.stmt(s));
        }
    }

    fn var(&mut self, decl: &VarDecl) {
        for d in &decl.declarators {
            self.defaults(&d.pattern);
            d.init.iter().for_each(|e| self.expr(e));
        }
    }

    fn function(&mut self, function: &Function) {
        if let Some(v) = &mut self.variables {
            v.enter_function();
        }
        for p in &function.signature.params {
            self.declare(&p.pattern);
            self.defaults(&p.pattern);
            p.default.iter().for_each(|e| self.expr(e));
        }
        match &function.body {
            FunctionBody::Block(b) => self.stmts(&b.stmts),
            FunctionBody::Expr(e) => self.expr(e),
            FunctionBody::None => {}
        }
        if let Some(v) = &mut self.variables {
            v.leave_function();
        }
    }

    fn class(&mut self, class: &Class) {
        if let Some(v) = &mut self.variables {
            v.class(class);
        }
        class.bases.iter().for_each(|b| self.class_use(&b.expr));
        class.members.iter().for_each(|m| self.class_member(m));
    }

    fn class_member(&mut self, member: &ClassMember) {
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

    /// An expression at a place where a class is used as such.
    fn class_use(&mut self, e: &Expr) {
        if !(self.as_value && matches!(e.kind, ExprKind::Ident(_))) {
            self.expr(e);
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
            PatternKind::Binding(name) => self.assign(*name, pattern.span.end),
            PatternKind::Error => {}
        }
    }

    /// An expression that is written to.
    fn place(&mut self, e: &Expr) {
        match &e.kind {
            ExprKind::Ident(name) => self.assign(*name, e.span.end),
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

    /// A value whose truth or nullness is asked for.
    fn tested(&mut self, e: &Expr) {
        if let (Some(v), ExprKind::Ident(name)) = (&mut self.variables, &e.kind) {
            v.test(*name);
        }
        if let ExprKind::Logical { right, .. } = &e.kind {
            self.tested(right);
        }
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
            ExprKind::Ident(name) => {
                self.found |= self.wanted == Some(*name);
                if let Some(all) = &mut self.mentioned {
                    all.insert(*name);
                }
            }
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
            ExprKind::Binary { op, left, right } => {
                let equality = matches!(
                    op,
                    BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::StrictEq | BinaryOp::StrictNotEq
                );
                for (side, other) in [(left, right), (right, left)] {
                    if equality && matches!(other.kind, ExprKind::Null) {
                        self.tested(side);
                    }
                }
                self.expr(left);
                match op {
                    BinaryOp::Instanceof => self.class_use(right),
                    _ => self.expr(right),
                }
            }
            ExprKind::Logical { left, right, .. } => {
                self.tested(left);
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
                self.tested(test);
                self.expr(test);
                self.expr(then);
                self.expr(otherwise);
            }
            ExprKind::Sequence(exprs) => self.exprs(exprs),
            ExprKind::Index {
                object,
                index,
                optional,
            } => {
                if *optional {
                    self.tested(object);
                }
                self.expr(object);
                self.expr(index);
            }
            ExprKind::Member {
                object,
                optional: true,
                ..
            } => {
                self.tested(object);
                self.expr(object);
            }
            ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                self.tested(operand);
                self.expr(operand);
            }
            ExprKind::New(call) => {
                self.class_use(&call.callee);
                self.elements(&call.args);
            }
            ExprKind::Call(call) => {
                if call.optional {
                    self.tested(&call.callee);
                }
                self.super_call |= matches!(call.callee.kind, ExprKind::Super);
                self.expr(&call.callee);
                self.elements(&call.args);
            }
            ExprKind::Member { object, .. } => self.class_use(object),
            ExprKind::PrivateMember { object: inner, .. }
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
