//! What calls prove: written type predicates, and those that nobody wrote, as in
//! `x => x !== null` is an `x is T`.
//!
//! A function whose body is one boolean expression proves something about a
//! parameter if the parameter is narrower where the expression is true, and if an
//! argument of the narrower type cannot make it false.

use super::Checker;
use super::function::BodyInput;
use crate::env::SymKind;
use crate::types::{Predicate, Ty, TypeKind};
use raya_syntax::ast::{self, BinaryOp, Expr, FunctionBody, PatternKind, StmtKind};

impl<'a> Checker<'a> {
    /// What a true result of the function under check proves, if its body says so.
    /// Asked before the body is checked.
    pub(crate) fn proven_param(&mut self, input: &BodyInput<'a>) -> Option<Predicate> {
        if self.is_builtin_file() || input.ast.signature.return_type.is_some() {
            return None;
        }
        let test = only_result(&input.ast.body).filter(|e| may_narrow(e))?;
        let params = input.ast.signature.params.iter().zip(&input.params);
        for (index, (p, param)) in params.enumerate() {
            if p.rest || p.default.is_some() {
                continue;
            }
            if let Some(ty) = self.proven_by(test, &p.pattern, param.ty) {
                return Some(Predicate {
                    param: Some(index as u16),
                    ty: Some(ty),
                    asserts: false,
                });
            }
        }
        None
    }

    fn proven_by(&mut self, test: &'a Expr, pattern: &ast::Pattern, ty: Ty) -> Option<Ty> {
        let PatternKind::Binding(name) = pattern.kind else {
            return None;
        };
        let expanded = self.types.expand(ty);
        let divisible = matches!(
            self.types.kind(expanded),
            TypeKind::Union(_) | TypeKind::Unknown | TypeKind::Class(..)
        );
        let assigned = &self.facts.last_assigned;
        if !divisible || assigned.contains_key(&pattern.span.start) {
            return None;
        }
        let symbol = self.scopes.own_value(self.scope, name)?;
        let reference = self.refs.var(symbol);
        let (_, yes, _) = self.probe(|c| c.condition(test))?;
        let narrowed = yes.get(reference).filter(|&t| t != ty && t != Ty::NEVER)?;
        let no = self.probe(|c| {
            c.flow.set(reference, narrowed);
            c.condition(test).2
        })?;
        let excluded = no.dead || no.get(reference) == Some(Ty::NEVER);
        excluded.then_some(narrowed)
    }

    /// The type predicate of a call's function, and the argument that it is about.
    pub(crate) fn call_predicate(&mut self, call: &'a ast::Call) -> Option<(Predicate, &'a Expr)> {
        let ty = match &call.callee.kind {
            ast::ExprKind::Ident(name) => {
                let symbol = self.value_symbol(*name)?;
                match &self.symbol(symbol).kind {
                    SymKind::Func(f) => f.ty?,
                    _ => self.symbol_type(symbol, call.callee.span),
                }
            }
            ast::ExprKind::Member {
                object, property, ..
            } => {
                let object_ty = match &object.kind {
                    ast::ExprKind::Ident(name) => {
                        let symbol = self.value_symbol(*name)?;
                        self.symbol_type(symbol, object.span)
                    }
                    _ => {
                        let flow = self.flow.clone();
                        self.reference_type(&flow, object)?
                    }
                };
                let object_ty = self.types.non_null(object_ty);
                self.lookup(object_ty, property.name)?.ty
            }
            _ => return None,
        };
        for sig in self.call_signatures(ty) {
            let Some(mut predicate) = sig.predicate else {
                continue;
            };
            if !sig.type_params.is_empty() {
                // `is T[]` of a generic guard: nothing is known about T here.
                let bounds: Vec<Ty> = sig
                    .type_params
                    .iter()
                    .map(|&p| self.types.param(p).constraint.unwrap_or(Ty::ANY))
                    .collect();
                let subst = crate::types::Subst::new(&sig.type_params, &bounds);
                predicate.ty = predicate.ty.map(|t| self.types.substitute(t, &subst));
            }
            let argument = match predicate.param {
                Some(index) => &call.args.get(index as usize)?.expr,
                None => match &call.callee.kind {
                    ast::ExprKind::Member { object, .. } => object,
                    _ => return None,
                },
            };
            return Some((predicate, argument));
        }
        None
    }
}

/// The expression that is all of a body.
fn only_result(body: &FunctionBody) -> Option<&Expr> {
    match body {
        FunctionBody::Expr(e) => Some(e),
        FunctionBody::Block(block) => match &*block.stmts {
            [only] => match &only.kind {
                StmtKind::Return(e) => e.as_ref(),
                _ => None,
            },
            _ => None,
        },
        FunctionBody::None => None,
    }
}

/// Whether an expression can be a test that proves something.
fn may_narrow(e: &Expr) -> bool {
    use ast::ExprKind as K;
    match &e.kind {
        K::Binary { op, .. } => matches!(
            op,
            BinaryOp::Eq
                | BinaryOp::NotEq
                | BinaryOp::StrictEq
                | BinaryOp::StrictNotEq
                | BinaryOp::Instanceof
                | BinaryOp::In
        ),
        K::Logical { .. } | K::Call(_) => true,
        K::Unary { op, .. } => *op == ast::UnaryOp::Not,
        _ => false,
    }
}
