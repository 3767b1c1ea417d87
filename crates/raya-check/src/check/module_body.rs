//! The top level, and what waits until it is asked for: bodies of functions and classes.

use super::{Checker, Flow, Pending};
use crate::env::SymKind;
use crate::hir::{Block, FuncKind, Place};
use crate::types::Ty;
use raya_syntax::ast;
use raya_syntax::name::names;

impl<'a> Checker<'a> {
    /// Checks a whole module as the body of the main function.
    pub(crate) fn check_main(&mut self, module: &'a ast::Module) {
        let outer = self.scope;
        let main = self.new_func(names::EMPTY, module.span, FuncKind::Main);
        self.main_body(module, main);
        if self.settle_evolving(main) {
            // Types of variables were collected: check again with them.
            self.diagnostics.clear();
            self.hir.globals.clear();
            self.post.forget_user();
            self.heir_tests.clear();
            let pending = std::mem::take(&mut self.pending);
            self.pending = pending
                .into_iter()
                .filter(|p| self.is_builtin_pending(*p))
                .collect();
            self.clock = 1;
            self.scope = self.scopes.new_scope(self.scopes.parent(outer));
            self.main_body(module, main);
            self.settle_evolving(main);
        }
        self.publish_classes();
    }

    /// Instantiation may meet any class where an operator waits for its operands.
    fn publish_classes(&mut self) {
        if !self.types.has_operators() {
            return;
        }
        for i in 0..self.classes.len() {
            if !self.classes[i].builtin {
                let own = self.types.class_self(self.classes[i].id);
                self.publish_members(own);
            }
        }
    }

    pub(super) fn is_builtin_pending(&self, pending: Pending) -> bool {
        match pending {
            Pending::Function(symbol) => {
                self.post.builtin_files.contains(&self.symbol(symbol).file)
            }
            Pending::Class(class) | Pending::Method(class, _) => self.class(class).builtin,
        }
    }

    pub(super) fn main_body(&mut self, module: &'a ast::Module, main: crate::hir::FuncId) {
        self.flow = Flow::default();
        let mut ctx = super::FnCtx::new(main, None, 0);
        ctx.ret = Some(Ty::ANY);
        self.fns.push(ctx);
        let mut stmts = Vec::with_capacity(module.body.len());
        self.block_stmts(&module.body, &mut stmts);
        let falls_off = !self.flow.dead;
        if let Some(mut ctx) = self.fns.pop() {
            for local in &mut ctx.locals {
                local.boxed |= local.captured && local.assigned;
            }
            let function = &mut self.hir.functions[main.index()];
            function.ret = Ty::ANY;
            function.locals = ctx.locals;
            function.body = Some(Block { label: None, stmts });
            function.falls_off = falls_off;
        }
    }

    /// Checks the bodies that wait.
    pub(crate) fn drain_pending(&mut self) {
        while let Some(pending) = self.pending.pop() {
            self.check_pending(pending);
        }
    }

    /// Closures of nested declarations get the types that their bodies gave.
    pub(crate) fn settle_closures(&mut self) {
        for (id, symbol) in std::mem::take(&mut self.closures) {
            let SymKind::Func(f) = &self.symbol(symbol).kind else {
                continue;
            };
            let (func, local) = (f.func, f.local);
            let ty = self.func_types.get(&func).copied().unwrap_or(Ty::ERROR);
            self.hir.exprs[id.index()].ty = ty;
            if let Some((owner, local)) = local
                && let Some(l) = self.hir.functions[owner.index()]
                    .locals
                    .get_mut(local.index())
            {
                l.ty = ty;
            }
        }
    }

    /// A place for a compiler-made local.
    pub(crate) fn local_place(&self, local: crate::hir::LocalId) -> Place {
        Place::Local {
            local,
            checked: false,
        }
    }
}
