//! Calls of generic functions that are constants (`const f = <T>(x: T) => …`): like
//! those of declared functions they reach the instance for their type arguments.
//!
//! A function value has no type parameters at run time and would run as its instance
//! with `any`. That is left to functions that capture something: only the value knows
//! what.

use super::Checker;
use crate::env::{Storage, SymId, VarKind};
use crate::hir::{Callee, ExprId, ExprKind};
use raya_syntax::ast;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// A call of a constant that is known to be one generic function.
    pub(crate) fn call_constant(
        &mut self,
        symbol: SymId,
        call: &'a ast::Call,
        expected: Option<crate::types::Ty>,
        span: Span,
    ) -> Option<ExprId> {
        let ty = self.symbol_type(symbol, call.callee.span);
        let signatures = self.call_signatures(ty);
        let [sig] = signatures.as_slice() else {
            return None;
        };
        if sig.type_params.is_empty() || sig.this_ty.is_some() {
            return None;
        }
        let var = self.var(symbol).filter(|v| v.kind == VarKind::Const)?;
        let (func, storage) = (var.func?, var.storage);
        // A module's own functions capture nothing. Of others it is known once they
        // are checked.
        let running = self.fns.iter().any(|f| f.func == func);
        let free = match storage {
            Storage::Global(_) => true,
            Storage::Local { .. } => {
                !running && self.hir.functions[func.index()].captures.is_empty()
            }
        };
        if !free {
            return None;
        }
        // The read tests that the declaration has run.
        let read = self.expr(&call.callee, None);
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return Some(self.error_expr(span));
        };
        let type_args = self.types.intern_list(&resolved.type_args);
        let callee = Callee::Func {
            func,
            type_args,
            closure: None,
        };
        let ret = resolved.sig.ret;
        let id = self.call_node(callee, resolved.args, ret, span);
        Some(self.add(ExprKind::Seq(Box::new([read, id])), ret, span))
    }
}
