//! `try`, `catch`, `finally`.

use super::{Checker, Flow};
use crate::codes;
use crate::env::VarKind;
use crate::hir::{Block, Handler, LocalKind, Stmt, StmtKind, Try};
use crate::types::Ty;
use raya_syntax::ast::{self, PatternKind};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    pub(super) fn try_stmt(&mut self, t: &'a ast::TryStmt, span: Span, out: &mut Vec<Stmt>) {
        let before = self.flow.clone();
        let assigned = super::walk::assigned_names(&t.block.stmts);
        let body = self.block(&t.block.stmts);
        let after_body = std::mem::take(&mut self.flow);
        // The handler starts from any point of the body.
        let touched: Vec<_> = self.narrowed_among(&before, &assigned);
        let mut interrupted = before;
        for (reference, _) in touched {
            interrupted.remove(reference);
        }
        let handler = t.handler.as_ref().map(|clause| {
            self.flow = interrupted.clone();
            self.catch_clause(clause)
        });
        let after_handler = match handler {
            Some(_) => std::mem::take(&mut self.flow),
            None => Flow::unreachable(),
        };
        let joined = self.join(after_body, after_handler);
        let finalizer = t.finalizer.as_ref().map(|block| {
            let dead = joined.dead;
            self.flow = if dead { interrupted } else { joined.clone() };
            self.flow.dead = false;
            let block = self.block(&block.stmts);
            self.flow.dead |= dead;
            block
        });
        if finalizer.is_none() {
            self.flow = joined;
        }
        let kind = StmtKind::Try(Box::new(Try {
            body,
            handler,
            finalizer,
        }));
        out.push(Stmt { kind, span });
    }

    pub(super) fn catch_clause(&mut self, clause: &'a ast::CatchClause) -> Handler {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let mut stmts = Vec::new();
        let declared = self.resolve_opt(&clause.ty);
        let ty = match declared {
            Some(Ty::UNKNOWN) => Ty::UNKNOWN,
            Some(ty) => {
                if ty != Ty::ANY && ty != Ty::ERROR {
                    let span = clause.ty.as_ref().map_or(clause.span, |t| t.span);
                    let message = "anything can be thrown: a caught value is `any` or `unknown`";
                    self.error(codes::NOT_ASSIGNABLE, span, message);
                }
                Ty::ANY
            }
            None => Ty::ANY,
        };
        let local = clause.param.as_ref().map(|pattern| {
            if let PatternKind::Binding(name) = pattern.kind {
                let symbol =
                    self.declare_local(name, pattern.span, VarKind::Catch, LocalKind::Variable);
                self.set_var_type(symbol, ty);
                self.pass_declaration(symbol);
                return self.local_of_symbol(symbol);
            }
            self.declare_pattern(pattern, VarKind::Let, None);
            let local = self.temp(Ty::ANY, pattern.span);
            let value = self.read_temp(local, Ty::ANY, pattern.span);
            let mut steps = Vec::new();
            self.destructure(pattern, value, &mut steps);
            self.steps_to_stmts(steps, &mut stmts);
            local
        });
        let inner = self.block(&clause.body.stmts);
        stmts.extend(inner.stmts);
        self.scope = outer;
        Handler {
            local,
            body: Block { label: None, stmts },
        }
    }
}
