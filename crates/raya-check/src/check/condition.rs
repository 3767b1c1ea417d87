//! Conditions: an expression as a boolean, with what holds if it is true and if it
//! is false; and the operators that choose between values.

use super::{Checker, Flow};
use crate::codes;
use crate::hir::{ExprId, ExprKind};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, BinaryOp, Expr, LogicalOp, UnaryOp};
use raya_syntax::limits::ensure_stack;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// Checks a condition: a boolean expression, the flow if it is true and the flow
    /// if it is false. The current flow is used up.
    pub(crate) fn condition(&mut self, e: &'a Expr) -> (ExprId, Flow, Flow) {
        ensure_stack(|| self.condition_kind(e))
    }

    fn condition_kind(&mut self, e: &'a Expr) -> (ExprId, Flow, Flow) {
        match &e.kind {
            ast::ExprKind::Unary {
                op: UnaryOp::Not,
                operand,
            } => {
                let (id, yes, no) = self.condition(operand);
                (self.negate(id, e.span), no, yes)
            }
            ast::ExprKind::Logical {
                op: LogicalOp::And,
                left,
                right,
            } => self.and_condition(left, right, e.span),
            ast::ExprKind::Logical {
                op: LogicalOp::Or,
                left,
                right,
            } => self.or_condition(left, right, e.span),
            ast::ExprKind::Binary { op, left, right } => match op {
                BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::StrictEq | BinaryOp::StrictNotEq => {
                    self.equality(*op, left, right, None, e.span)
                }
                BinaryOp::Instanceof | BinaryOp::In => self.membership(*op, left, right, e.span),
                _ => self.plain_condition(e),
            },
            ast::ExprKind::Bool(value) => {
                let id = self.expr(e, None);
                let flow = std::mem::take(&mut self.flow);
                if *value {
                    (id, flow, Flow::unreachable())
                } else {
                    (id, Flow::unreachable(), flow)
                }
            }
            _ => self.plain_condition(e),
        }
    }

    /// The truth of a value; a reference is narrowed by it.
    fn plain_condition(&mut self, e: &'a Expr) -> (ExprId, Flow, Flow) {
        self.null_tested = true;
        let id = self.expr(e, None);
        let test = self.truth(id);
        if let ast::ExprKind::Call(call) = &e.kind
            && let Some((yes, no)) = self.narrow_by_predicate(call, id)
        {
            return (test, yes, no);
        }
        let ty = self.ty(id);
        let reference = self.reference(e);
        let (yes_ty, no_ty) = (self.truthy_part(ty), self.falsy_part(ty));
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        if let Some(reference) = reference {
            self.narrow_flow(&mut yes, e, reference, ty, yes_ty);
            self.narrow_flow(&mut no, e, reference, ty, no_ty);
        }
        self.narrow_chain_objects(&mut yes, e);
        (test, yes, no)
    }

    fn and_condition(
        &mut self,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> (ExprId, Flow, Flow) {
        let (l, yes, no) = self.condition(left);
        self.flow = yes;
        let (r, both, not_right) = self.condition(right);
        let neither = self.join(no, not_right);
        let id = self.add(
            ExprKind::Logical {
                and: true,
                left: l,
                right: r,
            },
            Ty::BOOLEAN,
            span,
        );
        (id, both, neither)
    }

    fn or_condition(
        &mut self,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> (ExprId, Flow, Flow) {
        let (l, yes, no) = self.condition(left);
        self.flow = no;
        let (r, yes_right, neither) = self.condition(right);
        let some = self.join(yes, yes_right);
        let id = self.add(
            ExprKind::Logical {
                and: false,
                left: l,
                right: r,
            },
            Ty::BOOLEAN,
            span,
        );
        (id, some, neither)
    }

    // ---- operators that choose

    /// `a && b`, `a || b`, `a ?? b` as values.
    pub(crate) fn logical(
        &mut self,
        op: LogicalOp,
        left: &'a Expr,
        right: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        match op {
            LogicalOp::Nullish => self.nullish(left, right, expected, span),
            LogicalOp::And | LogicalOp::Or => {
                let and = op == LogicalOp::And;
                self.and_or(and, left, right, expected, span)
            }
        }
    }

    fn and_or(
        &mut self,
        and: bool,
        left: &'a Expr,
        right: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let value_like = self.is_boolean_shaped(left);
        if value_like {
            // The left side is a condition: no value of its own is needed.
            let (l, yes, no) = self.condition(left);
            let (go_on, stop) = if and { (yes, no) } else { (no, yes) };
            self.flow = go_on;
            let r = self.expr(right, expected);
            let after = std::mem::take(&mut self.flow);
            self.flow = self.join(after, stop);
            return self.boolean_choice(and, l, r, right.span, span);
        }
        let (l, l_ty, yes, no) = self.value_and_flows(left, expected);
        let (go_on, stop) = if and { (yes, no) } else { (no, yes) };
        self.flow = go_on;
        let wish = if and {
            expected
        } else {
            self.alternative_wish(l_ty, right, expected)
        };
        let r = self.expr(right, wish);
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(after, stop);
        let kept_part = if and {
            self.falsy_part(l_ty)
        } else {
            self.truthy_part(l_ty)
        };
        self.choose(and, (l, kept_part), r, expected, right.span, span)
    }

    /// `l && r` where `l` is a boolean.
    fn boolean_choice(
        &mut self,
        and: bool,
        l: ExprId,
        r: ExprId,
        r_span: Span,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(l), self.ty(r));
        if lt == Ty::ERROR || rt == Ty::ERROR {
            return self.error_expr(span);
        }
        if self.subtype(rt, Ty::BOOLEAN) {
            return self.add(
                ExprKind::Logical {
                    and,
                    left: l,
                    right: r,
                },
                Ty::BOOLEAN,
                span,
            );
        }
        let kept = if and { Ty::FALSE } else { Ty::TRUE };
        let ty = if rt == Ty::ANY {
            rt
        } else {
            self.join_types(&[kept, rt])
        };
        let constant = self.add(ExprKind::Bool(!and), kept, span);
        let constant = self.coerce(constant, ty);
        let r = self.move_to(r, ty, r_span);
        let (then, otherwise) = if and { (r, constant) } else { (constant, r) };
        self.conditional(l, then, otherwise, ty, span)
    }

    /// `t = l; t ? r : t` and its mirror image.
    fn choose(
        &mut self,
        and: bool,
        (l, kept_part): (ExprId, Ty),
        r: ExprId,
        expected: Option<Ty>,
        r_span: Span,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(l), self.ty(r));
        if lt == Ty::ERROR || rt == Ty::ERROR {
            return self.error_expr(span);
        }
        if lt == Ty::VOID {
            self.report_void(span);
            return self.error_expr(span);
        }
        let (kept, _) = self.keep(l);
        let test = self.read_temp(kept, lt, span);
        let test = self.truth(test);
        let own = self.read_temp(kept, lt, span);
        let own = self.narrow_to(own, kept_part);
        let ty = if kept_part == Ty::NEVER {
            rt
        } else {
            self.common_type(&[own, r], expected)
        };
        let own = self.move_to(own, ty, span);
        let r = self.move_to(r, ty, r_span);
        let (then, otherwise) = if and { (r, own) } else { (own, r) };
        let body = self.conditional(test, then, otherwise, ty, span);
        self.let_in(kept, l, body)
    }

    fn nullish(
        &mut self,
        left: &'a Expr,
        right: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        self.null_tested = true;
        let wish = expected.map(|t| self.types.nullable(t));
        let l = self.expr(left, wish);
        let lt = self.ty(l);
        let mut present = std::mem::take(&mut self.flow);
        let mut absent = present.clone();
        if let Some(reference) = self.reference(left) {
            let rest = self.types.non_null(lt);
            self.narrow_flow(&mut present, left, reference, lt, rest);
            self.narrow_flow(&mut absent, left, reference, lt, Ty::NULL);
        }
        self.flow = absent;
        let wish = self.alternative_wish(lt, right, expected);
        let r = self.expr(right, wish);
        let after = std::mem::take(&mut self.flow);
        self.flow = self.join(present, after);
        self.or_if_null(l, r, expected, right.span, span)
    }

    /// What the right side of `??` and `||` is checked against: the expected type, or
    /// what the left side would give.
    fn alternative_wish(&mut self, left: Ty, right: &Expr, expected: Option<Ty>) -> Option<Ty> {
        let own = self.types.non_null(left);
        if own == Ty::INT && super::operators::is_int_literal(right) {
            return Some(own);
        }
        expected.or((!matches!(own, Ty::NEVER | Ty::ANY)).then_some(own))
    }

    /// `l ?? r` on checked operands.
    pub(crate) fn or_if_null(
        &mut self,
        l: ExprId,
        r: ExprId,
        expected: Option<Ty>,
        r_span: Span,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(l), self.ty(r));
        if lt == Ty::ERROR || rt == Ty::ERROR {
            return self.error_expr(span);
        }
        if lt == Ty::NULL {
            return self.add(ExprKind::Seq(Box::new([l, r])), rt, span);
        }
        let (kept, _) = self.keep(l);
        let test = self.read_temp(kept, lt, span);
        let test = self.add(ExprKind::IsNull(test), Ty::BOOLEAN, span);
        let own = self.read_temp(kept, lt, span);
        let rest = self.types.non_null(lt);
        let own = if lt == Ty::ANY {
            own
        } else {
            self.narrow_to(own, rest)
        };
        let ty = self.common_type(&[own, r], expected);
        let own = self.move_to(own, ty, span);
        let r = self.move_to(r, ty, r_span);
        let body = self.conditional(test, r, own, ty, span);
        self.let_in(kept, l, body)
    }

    /// Whether an expression is boolean by its form, so that its value is its truth.
    fn is_boolean_shaped(&self, e: &Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Unary {
                op: UnaryOp::Not, ..
            }
            | ast::ExprKind::Bool(_) => true,
            ast::ExprKind::Binary { op, .. } => matches!(
                op,
                BinaryOp::Lt
                    | BinaryOp::Le
                    | BinaryOp::Gt
                    | BinaryOp::Ge
                    | BinaryOp::Eq
                    | BinaryOp::NotEq
                    | BinaryOp::StrictEq
                    | BinaryOp::StrictNotEq
                    | BinaryOp::In
                    | BinaryOp::Instanceof
            ),
            ast::ExprKind::Logical {
                op: LogicalOp::And | LogicalOp::Or,
                left,
                right,
            } => self.is_boolean_shaped(left) && self.is_boolean_shaped(right),
            _ => false,
        }
    }

    /// An expression's value with the flows of its truth.
    fn value_and_flows(&mut self, e: &'a Expr, expected: Option<Ty>) -> (ExprId, Ty, Flow, Flow) {
        if let ast::ExprKind::Logical {
            op: LogicalOp::And | LogicalOp::Or,
            ..
        } = &e.kind
        {
            // Narrowing by a nested choice is kept for conditions only.
            let id = self.expr(e, None);
            let flow = std::mem::take(&mut self.flow);
            return (id, self.ty(id), flow.clone(), flow);
        }
        self.null_tested = true;
        let wish = expected.filter(|&t| t != Ty::BOOLEAN);
        let id = self.expr(e, wish);
        let ty = self.ty(id);
        let mut yes = std::mem::take(&mut self.flow);
        let mut no = yes.clone();
        if let ast::ExprKind::Call(call) = &e.kind {
            self.flow = yes;
            let narrowed = self.narrow_by_predicate(call, id);
            let flow = std::mem::take(&mut self.flow);
            return match narrowed {
                Some((yes, no)) => (id, ty, yes, no),
                None => (id, ty, flow, no),
            };
        }
        if let Some(reference) = self.reference(e) {
            let (t, f) = (self.truthy_part(ty), self.falsy_part(ty));
            self.narrow_flow(&mut yes, e, reference, ty, t);
            self.narrow_flow(&mut no, e, reference, ty, f);
        }
        self.narrow_chain_objects(&mut yes, e);
        (id, ty, yes, no)
    }

    // ---- equality

    /// `a === b` and its relatives, with what they prove.
    pub(crate) fn equality(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> (ExprId, Flow, Flow) {
        let strict = matches!(op, BinaryOp::StrictEq | BinaryOp::StrictNotEq);
        let negated = matches!(op, BinaryOp::NotEq | BinaryOp::StrictNotEq);
        let is_null = |e: &Expr| matches!(e.kind, ast::ExprKind::Null);
        let (l, r) = if is_null(right) {
            self.null_tested = true;
            let l = self.expr(left, None);
            (l, self.expr(right, None))
        } else if is_null(left) {
            let l = self.expr(left, None);
            self.null_tested = true;
            (l, self.expr(right, None))
        } else {
            self.operands_of(left, right, true)
        };
        if let Some(id) = self.equal_by_method(op, l, r, expected, span) {
            // What a method says proves nothing about the operands.
            let flow = std::mem::take(&mut self.flow);
            return (id, flow.clone(), flow);
        }
        let id = self.equal(strict, l, r, span);
        let (equal, different) = self.narrow_by_equality((left, l), (right, r));
        if negated {
            (self.negate(id, span), different, equal)
        } else {
            (id, equal, different)
        }
    }

    // ---- `instanceof`, `in`

    /// `a instanceof C`, `key in object`, with what they prove.
    pub(crate) fn membership(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        span: Span,
    ) -> (ExprId, Flow, Flow) {
        if op == BinaryOp::In {
            return self.in_operator(left, right, span);
        }
        let value = self.expr(left, None);
        let class = self.expr(right, None);
        let class_ty = self.ty(class);
        match self.types.kind(class_ty) {
            TypeKind::ClassObject(c) => {
                let known = matches!(self.hir.exprs[class.index()].kind, ExprKind::Class { .. });
                let id = if known {
                    let kind = ExprKind::InstanceOf {
                        expr: value,
                        class: c,
                    };
                    self.add(kind, Ty::BOOLEAN, span)
                } else {
                    let class = self.coerce(class, Ty::ANY);
                    self.add(
                        ExprKind::InstanceOfAny { expr: value, class },
                        Ty::BOOLEAN,
                        span,
                    )
                };
                let (yes, no) = self.narrow_by_class((left, value), c);
                (id, yes, no)
            }
            TypeKind::Any => {
                let value = self.coerce(value, Ty::ANY);
                let kind = ExprKind::InstanceOfAny { expr: value, class };
                let id = self.add(kind, Ty::BOOLEAN, span);
                let flow = std::mem::take(&mut self.flow);
                (id, flow.clone(), flow)
            }
            kind => {
                if kind != TypeKind::Error {
                    let message = format!(
                        "the right side of `instanceof` is a class, not `{}`",
                        self.show(class_ty)
                    );
                    self.error(codes::NOT_CONSTRUCTABLE, right.span, message);
                }
                let id = self.error_expr(span);
                let flow = std::mem::take(&mut self.flow);
                (id, flow.clone(), flow)
            }
        }
    }

    fn in_operator(&mut self, left: &'a Expr, right: &'a Expr, span: Span) -> (ExprId, Flow, Flow) {
        let name = match &left.kind {
            ast::ExprKind::String(ast::Text::Name(name)) => Some(*name),
            _ => None,
        };
        let key = self.expr(left, None);
        let object = self.expr(right, None);
        let ty = self.ty(object);
        let object = self.require_non_null(object, right.span);
        if self.is_primitive(ty) {
            let message = format!("`in` asks an object, not a `{}`", self.show(ty));
            self.error(codes::INVALID_OPERANDS, right.span, message);
        }
        if let Some(id) = self.contained(key, object, span) {
            let flow = std::mem::take(&mut self.flow);
            return (id, flow.clone(), flow);
        }
        self.require_containment(key, object, span);
        let structural = ty != Ty::ANY && self.array_element(ty).is_none();
        if let Some(name) = name
            && structural
        {
            let id = self.add(ExprKind::HasProp { object, name }, Ty::BOOLEAN, span);
            let (yes, no) = self.narrow_by_member(right, ty, name);
            return (id, yes, no);
        }
        let item = self.coerce(key, Ty::ANY);
        let container = self.coerce(object, Ty::ANY);
        let id = self.add(ExprKind::In { item, container }, Ty::BOOLEAN, span);
        let flow = std::mem::take(&mut self.flow);
        (id, flow.clone(), flow)
    }

    /// `#name in object`
    pub(crate) fn private_in(&mut self, name: ast::Ident, object: &'a Expr, span: Span) -> ExprId {
        let object = self.expr(object, None);
        let object = self.coerce(object, Ty::ANY);
        let class = self
            .enclosing_classes()
            .into_iter()
            .find(|&c| self.class(c).by_name.contains_key(&(name.name, false)));
        match class {
            Some(class) => self.add(
                ExprKind::InstanceOf {
                    expr: object,
                    class,
                },
                Ty::BOOLEAN,
                span,
            ),
            None => {
                let message = format!("no enclosing class declares `{}`", self.text(name.name));
                self.error(codes::UNKNOWN_MEMBER, name.span, message);
                self.error_expr(span)
            }
        }
    }
}
