//! Calls that spread an array of any over parameters of their own.
//!
//! `super(...rest)` and `f(...args)` pass on arguments whose number and types only the run
//! shows. Such a call is made as one on a value of type any: the runtime counts the arguments
//! and checks each one, and the result has the type that the callee declares. An array whose
//! element type is known is not any, and stays an error as in TypeScript.

use super::Checker;
use crate::hir::{Call, Callee, ExprId, ExprKind};
use crate::types::{ClassId, Signature, Ty};
use raya_syntax::ast;
use raya_syntax::span::Span;
use std::sync::Arc;

impl<'a> Checker<'a> {
    /// Whether arguments are spread that parameters of every signature would have to take one
    /// by one.
    pub(crate) fn spreads_any(
        &mut self,
        signatures: &[Arc<Signature>],
        args: &'a [ast::Element],
    ) -> bool {
        let Some(at) = args.iter().position(|arg| arg.spread) else {
            return false;
        };
        let collects = |s: &Arc<Signature>| s.rest && s.fixed().len() <= at;
        if signatures.is_empty() || signatures.iter().any(collects) {
            return false;
        }
        let Some(spread) = self.probe(|c| c.expr(&args[at].expr, None)) else {
            return false;
        };
        let ty = self.ty(spread);
        let apparent = self.apparent(ty);
        apparent == Ty::ANY || self.array_element(apparent) == Some(Ty::ANY)
    }

    /// `callee(args)` where arguments of type any are spread; none for other calls.
    pub(crate) fn spreading_call(&mut self, call: &'a ast::Call, span: Span) -> Option<ExprId> {
        if call.optional || !call.args.iter().any(|arg| arg.spread) || self.is_builtin_file() {
            return None;
        }
        let callee = self.probe(|c| c.expr(&call.callee, None))?;
        let ty = self.ty(callee);
        let ty = self.apparent(ty);
        let signatures = self.call_signatures(ty);
        if !self.spreads_any(&signatures, &call.args) {
            return None;
        }
        let callee = self.expr(&call.callee, None);
        let callee = self.coerce(callee, Ty::ANY);
        let call = Call {
            callee: Callee::Any(callee),
            args: self.dynamic_args(&call.args),
        };
        let id = self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        Some(match self.declared_result(&signatures) {
            Some(ret) => self.finish_call(id, ret),
            None => id,
        })
    }

    /// `new C(args)` where arguments of type any are spread.
    pub(crate) fn spreading_new(
        &mut self,
        class: ClassId,
        signatures: &[Arc<Signature>],
        call: &'a ast::Call,
        span: Span,
    ) -> Option<ExprId> {
        if self.class(class).nested.is_some() || !self.spreads_any(signatures, &call.args) {
            return None;
        }
        let callee = self.class_value(class, call.callee.span);
        let callee = self.coerce(callee, Ty::ANY);
        let args = self.dynamic_args(&call.args);
        let id = self.add(ExprKind::NewAny { callee, args }, Ty::ANY, span);
        Some(match self.declared_result(signatures) {
            Some(ret) => self.coerce(id, ret),
            None => id,
        })
    }

    /// The result that a call promises, where arguments do not decide about it.
    fn declared_result(&self, signatures: &[Arc<Signature>]) -> Option<Ty> {
        match signatures {
            [only] if only.type_params.is_empty() && !self.types.has_params(only.ret) => {
                Some(only.ret)
            }
            _ => None,
        }
    }
}
