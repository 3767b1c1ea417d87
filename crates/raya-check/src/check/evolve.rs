//! Variables without type: `let x;` and `const xs = []`.
//!
//! The first check of the function that declares one collects what the variable is
//! given; then the function is checked again with the type that came out. Until
//! then the variable's type is the error type, which causes no reports.

use super::Checker;
use super::context::Evolving;
use super::target::{Slot, Target};
use crate::codes;
use crate::env::SymId;
use crate::hir::{ExprId, FuncId};
use crate::types::Ty;
use raya_syntax::ast::{self, Declarator, Expr, PatternKind};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// The type of a declaration without annotation and usable initialiser, if it
    /// was found; else starts collecting. None: the declaration is not of this sort.
    pub(crate) fn evolving_type(&mut self, d: &'a Declarator, symbol: SymId) -> Option<Ty> {
        if d.ty.is_some() {
            return None;
        }
        let sized = d.init.as_ref().is_some_and(|e| {
            let made = self.sized_array(e);
            made.is_some_and(|call| call.type_args.is_empty())
        });
        let array = match &d.init {
            None => false,
            Some(e) => match &e.kind {
                ast::ExprKind::Array(elements) if elements.is_empty() => true,
                ast::ExprKind::Null => false,
                _ if sized => true,
                _ => return None,
            },
        };
        if let Some(e) = &d.init
            && matches!(e.kind, ast::ExprKind::Null)
            && self
                .var(symbol)
                .is_some_and(|v| v.kind == crate::env::VarKind::Const)
        {
            return None;
        }
        let node = (self.file, d.pattern.id);
        if let Some(&ty) = self.evolved.get(&node) {
            if ty == Ty::ERROR {
                self.report_untyped(d, array);
            }
            return Some(ty);
        }
        let index = self.evolving.len() as u32;
        let func = self.current();
        let starts_null = d.init.as_ref().is_some_and(|_| !array);
        self.evolving.push(Evolving {
            node,
            func,
            settled: false,
            types: if starts_null {
                vec![Ty::NULL]
            } else {
                Vec::new()
            },
            array,
            sized,
            read_unset: false,
        });
        if let Some(var) = self.var_mut(symbol) {
            var.evolving = Some(index);
        }
        Some(Ty::ERROR)
    }

    fn report_untyped(&mut self, d: &Declarator, array: bool) {
        let what = match d.pattern.kind {
            PatternKind::Binding(name) => self.text(name).to_string(),
            _ => "this".to_string(),
        };
        let message = if array {
            format!("nothing says what the elements of `{what}` are")
        } else {
            format!("nothing says what the type of `{what}` is")
        };
        self.error(codes::IMPLICIT_ANY, d.pattern.span, message)
            .help = Some("write its type".to_string());
    }

    /// Settles the variables that a function declares; true if there were new ones,
    /// so that the function has to be checked again.
    pub(crate) fn settle_evolving(&mut self, func: FuncId) -> bool {
        let mut found = false;
        for i in 0..self.evolving.len() {
            let entry = &mut self.evolving[i];
            if entry.settled || entry.func != func {
                continue;
            }
            entry.settled = true;
            found = true;
            let (node, array, unset) = (entry.node, entry.array, entry.read_unset);
            let sized = entry.sized;
            let mut types = std::mem::take(&mut entry.types);
            types.retain(|&t| t != Ty::ERROR);
            if unset {
                types.push(Ty::NULL);
            }
            let only_null = types.iter().all(|&t| t == Ty::NULL);
            let joined = if types.contains(&Ty::ANY) {
                Ty::ANY
            } else {
                self.join_objects(&types)
            };
            // Elements that nothing was assigned to must have a value.
            let joined = if sized && (types.is_empty() || !self.has_zero(joined)) {
                Ty::ANY
            } else {
                joined
            };
            let ty = match (array, types.is_empty()) {
                (true, _) if sized => self.types.array(joined),
                (true, true) => Ty::ERROR,
                (true, false) => self.types.array(joined),
                (false, _) if only_null => Ty::NULL,
                (false, _) => joined,
            };
            self.evolved.insert(node, ty);
        }
        found
    }

    /// An assignment to a variable whose type is being collected.
    pub(crate) fn evolve(
        &mut self,
        target: &Target,
        value: &'a Expr,
        span: Span,
    ) -> Option<ExprId> {
        let Slot::Var(symbol) = target.place else {
            return None;
        };
        let index = self.var(symbol)?.evolving?;
        let name = self.symbol(symbol).name;
        let id = self.named_expr(name, value, None);
        let ty = self.ty(id);
        let ty = self.types.widen_literals(ty);
        self.collect(index, ty);
        self.flow.unassigned.retain(|&s| s != symbol);
        self.mark_assigned(symbol);
        let _ = span;
        Some(id)
    }

    fn collect(&mut self, index: u32, ty: Ty) {
        let ty = if ty == Ty::VOID { Ty::NULL } else { ty };
        let entry = &mut self.evolving[index as usize];
        if !entry.types.contains(&ty) {
            entry.types.push(ty);
        }
    }

    /// `xs.push(e, …)` and `xs.unshift(…)` on an array whose elements are collected.
    pub(crate) fn evolve_push(&mut self, call: &'a ast::Call) -> Option<ExprId> {
        let ast::ExprKind::Member {
            object, property, ..
        } = &call.callee.kind
        else {
            return None;
        };
        let index = self.evolving_array(object)?;
        if !matches!(self.text(property.name), "push" | "unshift") {
            return None;
        }
        for arg in &call.args {
            let id = self.expr(&arg.expr, None);
            let ty = self.ty(id);
            let ty = if arg.spread {
                self.iterated_type(ty).unwrap_or(Ty::ERROR)
            } else {
                ty
            };
            let ty = self.types.widen_literals(ty);
            self.collect(index, ty);
        }
        Some(self.error_expr(call.callee.span))
    }

    /// `xs[i] = e` on an array whose elements are collected.
    pub(crate) fn evolve_element(&mut self, target: &'a Expr, value: &'a Expr) -> Option<ExprId> {
        let ast::ExprKind::Index {
            object, index: at, ..
        } = &target.kind
        else {
            return None;
        };
        let index = self.evolving_array(object)?;
        self.expr(at, None);
        let id = self.expr(value, None);
        let ty = self.ty(id);
        let ty = self.types.widen_literals(ty);
        self.collect(index, ty);
        Some(id)
    }

    fn evolving_array(&mut self, object: &Expr) -> Option<u32> {
        let ident = object.as_ident()?;
        let symbol = self.scopes.value(self.scope, ident.name)?;
        let index = self.var(symbol)?.evolving?;
        self.evolving[index as usize].array.then_some(index)
    }
}
