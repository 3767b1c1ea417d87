//! Loops, labels and jumps.
//!
//! What is narrowed in front of a loop holds in it only if the body does not undo
//! it. The body is first checked as if it did not; where it does, it is checked
//! again with what both paths to the loop's start agree on.

use super::context::Target;
use super::iterate::Walk;
use super::{Checker, Flow, walk};
use crate::codes;
use crate::env::{Storage, SymId, VarKind};
use crate::hir::{
    Block, ExprId, ForOf, IterKind, LabelId, LocalId, LocalKind, Loop, Stmt, StmtKind,
};
use crate::types::Ty;
use raya_syntax::ast::{self, ForInit, ForOfLeft, PatternKind};
use raya_syntax::name::Name;
use raya_syntax::span::Span;
use rustc_hash::FxHashSet;

/// How often a body is checked again before everything that it assigns is forgotten.
const MAX_ROUNDS: u32 = 3;
/// Loops nested more deeply than this are checked once, with assigned references
/// forgotten at their start.
const MAX_FIXPOINT_DEPTH: u32 = 3;

impl<'a> Checker<'a> {
    // ---- labels and jumps

    pub(crate) fn labelled(
        &mut self,
        stmt: &'a ast::Stmt,
        mut labels: Vec<Name>,
        out: &mut Vec<Stmt>,
    ) {
        let ast::StmtKind::Labelled { label, body } = &stmt.kind else {
            return self.stmt(stmt, out);
        };
        labels.push(label.name);
        match &body.kind {
            ast::StmtKind::Labelled { .. } => self.labelled(body, labels, out),
            ast::StmtKind::While { .. }
            | ast::StmtKind::DoWhile { .. }
            | ast::StmtKind::For(_)
            | ast::StmtKind::ForOf(_) => self.loop_stmt(body, labels, out),
            ast::StmtKind::Switch {
                discriminant,
                cases,
            } => {
                self.switch(discriminant, cases, labels, body.span, out);
            }
            _ => {
                let target = self.enter_target(labels, false, false);
                let mut block = self.branch(body);
                let (flow, used) = self.leave_target(target);
                block.label = used.then_some(target);
                self.flow = flow;
                out.push(Stmt {
                    kind: StmtKind::Block(block),
                    span: stmt.span,
                });
            }
        }
    }

    /// Begins a statement that jumps can name.
    pub(crate) fn enter_target(
        &mut self,
        names: Vec<Name>,
        is_loop: bool,
        is_breakable: bool,
    ) -> LabelId {
        let ctx = self.ctx_mut();
        let label = ctx.new_label();
        ctx.targets.push(Target {
            label,
            names,
            is_loop,
            is_breakable,
            breaks: Vec::new(),
            continues: Vec::new(),
            used: false,
        });
        label
    }

    /// Ends it; gives the flow behind it and whether something breaks out of it.
    pub(crate) fn leave_target(&mut self, _label: LabelId) -> (Flow, bool) {
        let Some(target) = self.ctx_mut().targets.pop() else {
            return (std::mem::take(&mut self.flow), false);
        };
        let mut flows = target.breaks;
        flows.push(std::mem::take(&mut self.flow));
        (self.join_all(flows), target.used)
    }

    /// `break`, `continue`
    pub(crate) fn jump(
        &mut self,
        label: Option<ast::Ident>,
        is_break: bool,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let flow = std::mem::replace(&mut self.flow, Flow::unreachable());
        let found = self
            .ctx_mut()
            .targets
            .iter_mut()
            .rev()
            .find(|t| match label {
                Some(ident) => t.names.contains(&ident.name) && (is_break || t.is_loop),
                None if is_break => t.is_breakable,
                None => t.is_loop,
            });
        let Some(target) = found else {
            // The parser reports jumps that lead nowhere; labels of outer functions
            // are not reachable either.
            let message = "there is nothing around this statement that it could leave";
            self.error(raya_syntax::codes::MISPLACED_STATEMENT, span, message);
            return;
        };
        let id = target.label;
        if is_break {
            target.used = true;
            target.breaks.push(flow);
            out.push(Stmt {
                kind: StmtKind::Break(id),
                span,
            });
        } else {
            target.continues.push(flow);
            out.push(Stmt {
                kind: StmtKind::Continue(id),
                span,
            });
        }
    }

    // ---- loops

    pub(crate) fn loop_stmt(
        &mut self,
        stmt: &'a ast::Stmt,
        labels: Vec<Name>,
        out: &mut Vec<Stmt>,
    ) {
        let span = stmt.span;
        match &stmt.kind {
            ast::StmtKind::While { test, body } => {
                let assigned = || walk::assigned_in(&[Some(test)], Some(body));
                let looped = self.fixpoint(assigned, |c| c.while_round(&labels, test, body, false));
                out.push(Stmt {
                    kind: StmtKind::Loop(Box::new(looped)),
                    span,
                });
            }
            ast::StmtKind::DoWhile { body, test } => {
                let assigned = || walk::assigned_in(&[Some(test)], Some(body));
                let looped = self.fixpoint(assigned, |c| c.while_round(&labels, test, body, true));
                out.push(Stmt {
                    kind: StmtKind::Loop(Box::new(looped)),
                    span,
                });
            }
            ast::StmtKind::For(f) => self.for_stmt(f, labels, span, out),
            ast::StmtKind::ForOf(f) => self.for_of(f, labels, span, out),
            _ => {}
        }
    }

    /// Checks a loop's round, as often as needed. `round` gives the loop, the flow at
    /// its end (back to its start) and the flow behind it.
    pub(super) fn fixpoint<R>(
        &mut self,
        assigned: impl FnOnce() -> FxHashSet<Name>,
        mut round: impl FnMut(&mut Self) -> (R, Flow, Flow),
    ) -> R {
        self.ctx_mut().loop_depth += 1;
        let entry = std::mem::take(&mut self.flow);
        let touched = if entry.is_plain() || entry.dead {
            Vec::new()
        } else {
            self.narrowed_among(&entry, &assigned())
        };
        let mut start = entry;
        let reported = self.mark();
        let mut rounds = 0;
        let depth = self.ctx().loop_depth;
        if depth > MAX_FIXPOINT_DEPTH {
            touched.iter().for_each(|&(r, _)| start.remove(r));
        }
        let (result, behind) = loop {
            self.flow = start.clone();
            let (result, back, behind) = round(self);
            rounds += 1;
            if touched.is_empty() || back.dead {
                break (result, behind);
            }
            let mut next = start.clone();
            for &(reference, _) in &touched {
                let Some(known) = start.get(reference) else {
                    continue;
                };
                match back.get(reference) {
                    Some(ty) if rounds < MAX_ROUNDS => {
                        let joined = self.types.union(&[known, ty]);
                        next.set(reference, joined);
                    }
                    _ => next.remove(reference),
                }
            }
            if next == start {
                break (result, behind);
            }
            start = next;
            self.roll_back(reported);
        };
        self.flow = behind;
        self.ctx_mut().loop_depth -= 1;
        result
    }

    fn while_round(
        &mut self,
        labels: &[Name],
        test: &'a ast::Expr,
        body: &'a ast::Stmt,
        test_last: bool,
    ) -> (Loop, Flow, Flow) {
        let label = self.enter_target(labels.to_vec(), true, true);
        let (test, body, back, exit) = if test_last {
            let body = self.branch(body);
            self.join_continues();
            let (test, yes, no) = self.condition(test);
            (test, body, yes, no)
        } else {
            let (test, yes, no) = self.condition(test);
            self.flow = yes;
            let body = self.branch(body);
            self.join_continues();
            (test, body, std::mem::take(&mut self.flow), no)
        };
        self.flow = exit;
        let (behind, _) = self.leave_target(label);
        let looped = Loop {
            label,
            test: Some(test),
            test_last,
            update: None,
            body,
            fresh: Vec::new(),
        };
        (looped, back, behind)
    }

    /// `continue` leads to where the body ends.
    pub(super) fn join_continues(&mut self) {
        let flows = match self.ctx_mut().targets.last_mut() {
            Some(target) => std::mem::take(&mut target.continues),
            None => Vec::new(),
        };
        for flow in flows {
            let current = std::mem::take(&mut self.flow);
            self.flow = self.join(current, flow);
        }
    }

    // ---- `for (init; test; update)`

    fn for_stmt(
        &mut self,
        f: &'a ast::ForLoop,
        labels: Vec<Name>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let mut stmts = Vec::with_capacity(2);
        let mut variables = Vec::new();
        match &f.init {
            Some(ForInit::Var(decl)) => {
                for d in &decl.declarators {
                    self.declare_loop_pattern(&d.pattern, super::declare::var_kind(decl), Some(d));
                }
                self.head_var_decl(decl, &mut stmts);
                for d in &decl.declarators {
                    self.locals_of_pattern(&d.pattern, &mut variables);
                }
            }
            Some(ForInit::Expr(e)) => {
                let id = self.expr(e, None);
                stmts.push(Stmt {
                    kind: StmtKind::Expr(id),
                    span: e.span,
                });
            }
            None => {}
        }
        let assigned = || walk::assigned_in(&[f.test.as_ref(), f.update.as_ref()], Some(&f.body));
        let mut looped = self.fixpoint(assigned, |c| c.for_round(&labels, f));
        let ctx = self.ctx();
        looped.fresh = variables
            .into_iter()
            .filter(|l: &LocalId| ctx.locals[l.index()].captured)
            .collect();
        stmts.push(Stmt {
            kind: StmtKind::Loop(Box::new(looped)),
            span,
        });
        self.scope = outer;
        out.push(Stmt {
            kind: StmtKind::Block(Block { label: None, stmts }),
            span,
        });
    }

    /// The head's variables belong to the loop: each round has its own.
    fn head_var_decl(&mut self, decl: &'a ast::VarDecl, stmts: &mut Vec<Stmt>) {
        self.ctx_mut().loop_depth += 1;
        self.var_decl_stmts(decl, stmts);
        self.ctx_mut().loop_depth -= 1;
    }

    fn locals_of_pattern(&self, pattern: &ast::Pattern, locals: &mut Vec<LocalId>) {
        match &pattern.kind {
            PatternKind::Binding(name) => {
                if let Some(symbol) = self.scopes.own_value(self.scope, *name)
                    && let Some(Storage::Local { local, .. }) = self.var(symbol).map(|v| v.storage)
                {
                    locals.push(local);
                }
            }
            PatternKind::Array(a) => {
                a.elements
                    .iter()
                    .flatten()
                    .for_each(|e| self.locals_of_pattern(&e.pattern, locals));
            }
            PatternKind::Object(o) => {
                o.props
                    .iter()
                    .for_each(|p| self.locals_of_pattern(&p.value.pattern, locals));
            }
            PatternKind::Expr(_) | PatternKind::Error => {}
        }
    }

    fn for_round(&mut self, labels: &[Name], f: &'a ast::ForLoop) -> (Loop, Flow, Flow) {
        let label = self.enter_target(labels.to_vec(), true, true);
        let (test, exit) = match &f.test {
            Some(test) => {
                let (id, yes, no) = self.condition(test);
                self.flow = yes;
                (Some(id), no)
            }
            None => (None, Flow::unreachable()),
        };
        let body = self.branch(&f.body);
        self.join_continues();
        let update = f.update.as_ref().map(|e| self.effect(e));
        let back = std::mem::replace(&mut self.flow, exit);
        let (behind, _) = self.leave_target(label);
        let looped = Loop {
            label,
            test,
            test_last: false,
            update,
            body,
            fresh: Vec::new(),
        };
        (looped, back, behind)
    }

    /// An expression whose value is not needed.
    fn effect(&mut self, e: &'a ast::Expr) -> ExprId {
        let mut stmts = Vec::with_capacity(1);
        self.expr_stmt_parts(e, &mut stmts);
        match stmts.pop() {
            Some(Stmt {
                kind: StmtKind::Expr(id),
                ..
            }) => id,
            _ => self.error_expr(e.span),
        }
    }

    // ---- `for (x of y)`

    fn for_of(
        &mut self,
        f: &'a ast::ForOfLoop,
        labels: Vec<Name>,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        if f.is_await {
            self.unsupported(codes::UNSUPPORTED_ASYNC, span);
        }
        let iterable = self.expr(&f.right, None);
        let ty = self.ty(iterable);
        let walked = if self.admits_null(ty) {
            self.require_non_null(iterable, f.right.span);
            None
        } else {
            self.walk_of(ty)
        };
        let walked = match walked {
            Some(walked) => walked,
            None => {
                if !self.admits_null(ty) {
                    self.report_not_iterable(ty, f.right.span);
                }
                Walk::Dynamic(Ty::ERROR)
            }
        };
        match walked {
            Walk::Array(_) | Walk::String | Walk::Dynamic(_) => {
                let stmt = self.for_of_direct(f, &labels, walked, iterable);
                out.push(Stmt {
                    kind: StmtKind::ForOf(Box::new(stmt)),
                    span,
                });
            }
            Walk::Advance { .. } | Walk::Next { .. } | Walk::Step { .. } => {
                self.for_of_protocol(f, &labels, walked, iterable, span, out);
            }
        }
    }

    fn for_of_direct(
        &mut self,
        f: &'a ast::ForOfLoop,
        labels: &[Name],
        walked: Walk,
        iterable: ExprId,
    ) -> ForOf {
        let element = walked.element();
        let (kind, raw) = match walked {
            Walk::Array(t) => (IterKind::Array, t),
            Walk::String => (IterKind::String, Ty::STRING),
            _ => (IterKind::Dynamic, Ty::ANY),
        };
        let iterable = match kind {
            IterKind::Dynamic => self.coerce(iterable, Ty::ANY),
            IterKind::String => self.coerce(iterable, Ty::STRING),
            IterKind::Array => iterable,
        };
        let right = &f.right;
        let assigned = || {
            let mut all = walk::assigned_in(&[Some(right)], Some(&f.body));
            if let ForOfLeft::Assign(p) = &f.left {
                walk::pattern_targets(p, &mut all);
            }
            all
        };
        self.fixpoint(assigned, |c| {
            let label = c.enter_target(labels.to_vec(), true, true);
            let exit = c.flow.clone();
            let outer = c.scope;
            c.scope = c.scopes.new_scope(Some(outer));
            let mut stmts = Vec::new();
            let local = c.element_binding(f, (raw, element), &mut stmts);
            let body = c.branch(&f.body);
            stmts.extend(body.stmts);
            c.scope = outer;
            c.join_continues();
            let back = std::mem::take(&mut c.flow);
            c.flow = c.join(back.clone(), exit);
            let (behind, _) = c.leave_target(label);
            let body = Block { label: None, stmts };
            (
                ForOf {
                    label,
                    local,
                    kind,
                    iterable,
                    body,
                },
                back,
                behind,
            )
        })
    }

    /// The local that takes the element; patterns and conversions are statements.
    fn element_binding(
        &mut self,
        f: &'a ast::ForOfLoop,
        (raw, element): (Ty, Ty),
        stmts: &mut Vec<Stmt>,
    ) -> LocalId {
        if let ForOfLeft::Var(decl) = &f.left
            && let Some(d) = decl.declarators.first()
            && let PatternKind::Binding(name) = d.pattern.kind
            && raw == element
        {
            let kind = super::declare::var_kind(decl);
            let symbol = self.declare_local(name, d.pattern.span, kind, LocalKind::Variable);
            self.set_var_type(symbol, element);
            self.pass_declaration(symbol);
            return self.local_of_symbol(symbol);
        }
        let span = f.right.span;
        let local = self.temp(raw, span);
        let value = self.read_temp(local, raw, span);
        let value = self.coerce(value, element);
        self.bind_element(f, value, stmts);
        local
    }

    /// Gives the element to what stands on the left of `of`.
    pub(super) fn bind_element(
        &mut self,
        f: &'a ast::ForOfLoop,
        value: ExprId,
        stmts: &mut Vec<Stmt>,
    ) {
        let pattern = match &f.left {
            ForOfLeft::Assign(pattern) => pattern,
            ForOfLeft::Var(decl) => match decl.declarators.first() {
                Some(d) => {
                    self.declare_loop_pattern(&d.pattern, super::declare::var_kind(decl), None);
                    &d.pattern
                }
                None => return,
            },
        };
        let mut steps = Vec::new();
        self.destructure(pattern, value, &mut steps);
        self.steps_to_stmts(steps, stmts);
    }

    /// Declares loop variables: locals, at module level too.
    pub(crate) fn declare_loop_pattern(
        &mut self,
        pattern: &'a ast::Pattern,
        kind: VarKind,
        declarator: Option<&'a ast::Declarator>,
    ) {
        // A loop's scope is never the module's own, so these become locals.
        self.declare_pattern(pattern, kind, declarator);
    }

    /// Declares a local variable.
    pub(crate) fn declare_local(
        &mut self,
        name: Name,
        span: Span,
        kind: VarKind,
        _local: LocalKind,
    ) -> SymId {
        self.declare_var(name, span, kind, None)
    }

    /// The local of a variable that is one.
    pub(crate) fn local_of_symbol(&self, symbol: SymId) -> LocalId {
        match self.var(symbol).map(|v| v.storage) {
            Some(Storage::Local { local, .. }) => local,
            _ => LocalId(0),
        }
    }
}
