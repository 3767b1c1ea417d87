//! Intrinsics of the built-in library: `__OPCODE_<NAME>(…)` and
//! `__NATIVE_CALL("name", …)`.
//!
//! Their result has the type that the place expects (any where none is known); the
//! compiler checks names and operands against its tables.

use super::Checker;
use crate::codes;
use crate::hir::{ExprId, ExprKind, Stmt, StmtKind};
use crate::types::Ty;
use raya_syntax::ast::{self, Text};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// An intrinsic call, if the name is that of one.
    pub(crate) fn intrinsic(
        &mut self,
        name: Name,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> Option<ExprId> {
        let text = self.text(name);
        let written = call.type_args.first();
        if let Some(opcode) = text.strip_prefix("__OPCODE_") {
            let opcode = opcode.to_string();
            let opcode = self.names.intern(&opcode);
            let ty = self.intrinsic_type(written, expected);
            let args = self.intrinsic_args(&call.args);
            return Some(self.add(ExprKind::Opcode { name: opcode, args }, ty, span));
        }
        if text != "__NATIVE_CALL" {
            return None;
        }
        let Some(ast::ExprKind::String(Text::Name(native))) =
            call.args.first().map(|a| &a.expr.kind)
        else {
            let message = "`__NATIVE_CALL` names its native by a string";
            self.error(codes::INVALID_INTRINSIC, span, message);
            return Some(self.error_expr(span));
        };
        let native = *native;
        let ty = self.intrinsic_type(written, expected);
        let args = self.intrinsic_args(&call.args[1..]);
        Some(self.add(ExprKind::Native { name: native, args }, ty, span))
    }

    /// The type argument, if one is written; else what the place expects.
    fn intrinsic_type(&mut self, written: Option<&'a ast::TypeExpr>, expected: Option<Ty>) -> Ty {
        match written {
            Some(ty) => self.resolve(ty),
            None => expected.unwrap_or(Ty::ANY),
        }
    }

    fn intrinsic_args(&mut self, args: &'a [ast::Element]) -> Box<[ExprId]> {
        args.iter()
            .map(|arg| {
                let wish = matches!(&arg.expr.kind, ast::ExprKind::Number(n) if n.integer);
                self.expr(&arg.expr, wish.then_some(Ty::INT))
            })
            .collect()
    }

    /// Whether a body of the built-in library is one block of intrinsics over its
    /// parameters, so that it is always inlined.
    pub(crate) fn is_intrinsic_body(&self, func: crate::hir::FuncId, stmts: &[Stmt]) -> bool {
        let builtin = self.hir.functions[func.index()].builtin;
        builtin
            && stmts.len() <= 2
            && stmts.iter().all(|s| match &s.kind {
                StmtKind::Expr(id) | StmtKind::Return(Some(id)) => self.is_intrinsic_expr(*id, 0),
                StmtKind::Return(None) => true,
                _ => false,
            })
    }

    fn is_intrinsic_expr(&self, id: ExprId, depth: u32) -> bool {
        if depth > 6 {
            return false;
        }
        let inner = |id: &ExprId| self.is_intrinsic_expr(*id, depth + 1);
        match &self.hir.exprs[id.index()].kind {
            ExprKind::Local { .. }
            | ExprKind::This
            | ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Number(_)
            | ExprKind::Int(_)
            | ExprKind::Str(_) => true,
            ExprKind::Opcode { args, .. } | ExprKind::Native { args, .. } => args.iter().all(inner),
            ExprKind::Coerce { expr, .. } => inner(expr),
            ExprKind::Unary { operand, .. } => inner(operand),
            ExprKind::Read(crate::hir::Place::Field { object, .. }) => inner(object),
            ExprKind::Assign {
                place: crate::hir::Place::Field { object, .. },
                value,
            } => inner(object) && inner(value),
            _ => false,
        }
    }
}
