//! Binary operators.
//!
//! | operator | operands | result |
//! | --- | --- | --- |
//! | `- * / %` | int, int | int |
//! | `- * / %`, `**` | numbers (an int becomes one) | number |
//! | `+` | as above; or a string and anything, but `any` | the same; string |
//! | `+` | a string and `any` | string, or any where any is expected |
//! | `& \| ^ << >>` | int, int | int |
//! | `& \| ^ << >>` | numbers | number, or int where int is expected |
//! | `>>>` | numbers | number |
//! | `< <= > >=` | numbers, ints or strings | boolean |
//! | `== != === !==` | anything that may be equal | boolean |
//! | any of these | one is `any` | any (comparisons: their truth) |
//! | any of these | a class with the dunder method | what the method gives |

use super::Checker;
use crate::codes;
use crate::hir::{CoerceKind, ExprId, ExprKind, UnOp};
use crate::types::{Ty, TypeKind};
use raya_syntax::ast::{self, BinaryOp, Expr, UnaryOp};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

/// The dunder methods of an operator: its own, and the one of the right operand.
fn dunder(op: BinaryOp) -> Option<(&'static str, &'static str)> {
    Some(match op {
        BinaryOp::Add => ("__add__", "__radd__"),
        BinaryOp::Sub => ("__sub__", "__rsub__"),
        BinaryOp::Mul => ("__mul__", "__rmul__"),
        BinaryOp::Div => ("__truediv__", "__rtruediv__"),
        BinaryOp::Rem => ("__mod__", "__rmod__"),
        BinaryOp::Pow => ("__pow__", "__rpow__"),
        BinaryOp::Shl => ("__lshift__", "__rlshift__"),
        BinaryOp::Shr => ("__rshift__", "__rrshift__"),
        BinaryOp::UShr => ("__urshift__", "__rurshift__"),
        BinaryOp::BitAnd => ("__and__", "__rand__"),
        BinaryOp::BitOr => ("__or__", "__ror__"),
        BinaryOp::BitXor => ("__xor__", "__rxor__"),
        BinaryOp::Lt => ("__lt__", "__gt__"),
        BinaryOp::Le => ("__le__", "__ge__"),
        BinaryOp::Gt => ("__gt__", "__lt__"),
        BinaryOp::Ge => ("__ge__", "__le__"),
        BinaryOp::Eq => ("__eq__", "__eq__"),
        BinaryOp::NotEq => ("__ne__", "__ne__"),
        _ => return None,
    })
}

/// The method of an operator's in-place form.
fn in_place_dunder(op: BinaryOp) -> Option<String> {
    let (own, _) = dunder(op)?;
    Some(format!("__i{}", own.strip_prefix("__")?))
}

fn is_comparison(op: BinaryOp) -> bool {
    matches!(
        op,
        BinaryOp::Lt | BinaryOp::Le | BinaryOp::Gt | BinaryOp::Ge
    )
}

fn is_bitwise(op: BinaryOp) -> bool {
    use BinaryOp::{BitAnd, BitOr, BitXor, Shl, Shr, UShr};
    matches!(op, BitAnd | BitOr | BitXor | Shl | Shr | UShr)
}

/// Whether an expression is an integer literal, which is an int beside an int.
pub(super) fn is_int_literal(e: &Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Number(lit) => lit.integer,
        ast::ExprKind::Unary {
            op: UnaryOp::Neg,
            operand,
        } => {
            matches!(&operand.kind, ast::ExprKind::Number(lit) if lit.integer)
        }
        _ => false,
    }
}

/// Whether an expression is made of integer literals only, so that it is an int where
/// one is expected: `const half: int = 7 / 2`.
fn is_int_constant(e: &Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Binary { op, left, right } => {
            !is_comparison(*op)
                && dunder(*op).is_some()
                && is_int_constant(left)
                && is_int_constant(right)
        }
        _ => is_int_literal(e),
    }
}

impl<'a> Checker<'a> {
    /// A binary operator.
    pub(crate) fn binary(
        &mut self,
        op: BinaryOp,
        left: &'a Expr,
        right: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        match op {
            BinaryOp::Eq | BinaryOp::NotEq | BinaryOp::StrictEq | BinaryOp::StrictNotEq => {
                let (id, yes, no) = self.equality(op, left, right, expected, span);
                self.flow = self.join(yes, no);
                id
            }
            BinaryOp::Instanceof | BinaryOp::In => {
                let (id, yes, no) = self.membership(op, left, right, span);
                self.flow = self.join(yes, no);
                id
            }
            _ => {
                let constant = is_int_constant(left) && is_int_constant(right);
                let (l, r) = if constant && expected.is_some_and(|t| self.wants_int(t)) {
                    (self.expr(left, expected), self.expr(right, expected))
                } else {
                    self.operands(left, right)
                };
                self.apply_binary(op, l, r, expected, span)
            }
        }
    }

    /// Both operands, with integer literals beside an int made ints.
    pub(crate) fn operands(&mut self, left: &'a Expr, right: &'a Expr) -> (ExprId, ExprId) {
        self.operands_of(left, right, false)
    }

    /// The operands; of an equality a missing entry of a dictionary is null.
    pub(crate) fn operands_of(
        &mut self,
        left: &'a Expr,
        right: &'a Expr,
        equality: bool,
    ) -> (ExprId, ExprId) {
        if is_int_literal(left) && !is_int_literal(right) {
            let before = self.hir.exprs.len();
            let l = self.expr(left, None);
            let r = self.expr(right, None);
            if self.is_int(r) {
                debug_assert!(self.hir.exprs.len() > before);
                return (self.expr(left, Some(Ty::INT)), r);
            }
            return (l, r);
        }
        self.null_tested = equality;
        let l = self.expr(left, None);
        let wish = (is_int_literal(right) && self.is_int(l)).then_some(Ty::INT);
        self.null_tested = equality;
        let r = self.expr(right, wish);
        (l, r)
    }

    fn is_int(&mut self, id: ExprId) -> bool {
        let ty = self.ty(id);
        self.constraint_of(ty) == Ty::INT
    }

    /// An operator on operands that are checked already.
    pub(crate) fn apply_binary(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let left = match op {
            BinaryOp::Add => self.without_text_check(left),
            _ => left,
        };
        let (lt, rt) = (self.ty(left), self.ty(right));
        if lt == Ty::ERROR || rt == Ty::ERROR {
            return self.error_expr(span);
        }
        if let Some(call) = self.operator_method(op, left, right, span) {
            return call;
        }
        if op == BinaryOp::Add && (self.is_stringy(lt) || self.is_stringy(rt)) {
            if lt == Ty::ANY || rt == Ty::ANY {
                return self.dynamic_text(left, right, expected, span);
            }
            return self.concat(left, right, span);
        }
        if is_comparison(op) && self.is_stringy(lt) && self.is_stringy(rt) {
            let (l, r) = (
                self.coerce(left, Ty::STRING),
                self.coerce(right, Ty::STRING),
            );
            return self.add(
                ExprKind::Binary {
                    op,
                    left: l,
                    right: r,
                },
                Ty::BOOLEAN,
                span,
            );
        }
        if lt == Ty::ANY || rt == Ty::ANY {
            return self.dynamic_binary(op, left, right, expected, span);
        }
        let (l, r) = (self.numeric_base(lt), self.numeric_base(rt));
        if let (Some(l), Some(r)) = (l, r) {
            return self.numeric(op, (left, l), (right, r), expected, span);
        }
        if is_comparison(op)
            && self.is_ordered(lt)
            && self.is_ordered(rt)
            && self.comparable(lt, rt)
        {
            return self.dynamic_binary(op, left, right, expected, span);
        }
        self.refuse_operands(op, left, right, span)
    }

    /// Whether `<` may find an order among the values of a type: what they are shows at run
    /// time.
    pub(super) fn is_ordered(&mut self, ty: Ty) -> bool {
        let bound = self.constraint_of(ty);
        if bound == Ty::UNKNOWN {
            return matches!(self.types.kind(ty), TypeKind::Param(_));
        }
        let members = self.types.members(bound);
        members.into_iter().all(|t| match self.types.kind(t) {
            TypeKind::Param(_) => self.is_ordered(t),
            _ => self.is_stringy(t) || self.numeric_base(t).is_some(),
        })
    }

    fn numeric(
        &mut self,
        op: BinaryOp,
        (left, l): (ExprId, Ty),
        (right, r): (ExprId, Ty),
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let ints = l == Ty::INT && r == Ty::INT;
        let base = if ints && op != BinaryOp::Pow {
            Ty::INT
        } else {
            Ty::NUMBER
        };
        let (left, right) = (self.coerce(left, base), self.coerce(right, base));
        let ty = if is_comparison(op) {
            Ty::BOOLEAN
        } else if op == BinaryOp::UShr {
            Ty::NUMBER
        } else if is_bitwise(op) && !ints && expected.is_some_and(|t| self.wants_int(t)) {
            Ty::INT
        } else {
            base
        };
        self.add(ExprKind::Binary { op, left, right }, ty, span)
    }

    fn dynamic_binary(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(left), self.ty(right));
        for (ty, id) in [(lt, left), (rt, right)] {
            if ty == Ty::UNKNOWN || ty == Ty::VOID {
                let span = self.span(id);
                self.report_unusable(ty, span);
                return self.error_expr(span);
            }
        }
        let (left, right) = (self.coerce(left, Ty::ANY), self.coerce(right, Ty::ANY));
        // A class may define comparisons that give something else than a boolean;
        // where nobody asks for that, their truth counts.
        let ty = if is_comparison(op) && expected != Some(Ty::ANY) {
            Ty::BOOLEAN
        } else {
            Ty::ANY
        };
        self.add(ExprKind::Binary { op, left, right }, ty, span)
    }

    /// `+` of a string and a value of `any`, which may be an object with an operator of its own:
    /// a string where nobody asks for what that gives.
    fn dynamic_text(
        &mut self,
        left: ExprId,
        right: ExprId,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let sum = self.dynamic_binary(BinaryOp::Add, left, right, Some(Ty::ANY), span);
        match expected {
            Some(Ty::ANY) => sum,
            _ => self.coerce(sum, Ty::STRING),
        }
    }

    /// The sum that `dynamic_text` gave, before it had to be a string: in `a + "b" + "c"` what
    /// the first operator gives is asked for the second.
    fn without_text_check(&self, id: ExprId) -> ExprId {
        let ExprKind::Coerce {
            expr,
            kind: CoerceKind::Check,
        } = self.hir.exprs[id.index()].kind
        else {
            return id;
        };
        match self.hir.exprs[expr.index()].kind {
            ExprKind::Binary {
                op: BinaryOp::Add, ..
            } => expr,
            _ => id,
        }
    }

    fn report_unusable(&mut self, ty: Ty, span: Span) {
        if ty == Ty::VOID {
            self.report_void(span);
        } else {
            self.error(
                codes::UNKNOWN_VALUE,
                span,
                "a value of type `unknown` must be narrowed first",
            );
        }
    }

    /// `+` with a string on one side.
    fn concat(&mut self, left: ExprId, right: ExprId, span: Span) -> ExprId {
        let (l, r) = (self.as_text(left), self.as_text(right));
        let mut parts = Vec::with_capacity(4);
        match &self.hir.exprs[l.index()].kind {
            // `a + b + c` is one concatenation.
            ExprKind::Concat(inner) => parts.extend(inner.iter().copied()),
            _ => parts.push(l),
        }
        parts.push(r);
        self.add(ExprKind::Concat(parts.into()), Ty::STRING, span)
    }

    /// Whether all values of the type are strings.
    pub(crate) fn is_stringy(&mut self, ty: Ty) -> bool {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::String | TypeKind::LitString(_) => true,
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                list.iter().all(|&t| self.is_stringy(t))
            }
            _ => false,
        }
    }

    fn refuse_operands(&mut self, op: BinaryOp, left: ExprId, right: ExprId, span: Span) -> ExprId {
        for id in [left, right] {
            let ty = self.ty(id);
            if ty == Ty::UNKNOWN || ty == Ty::VOID {
                let at = self.span(id);
                self.report_unusable(ty, at);
                return self.error_expr(span);
            }
            if self.admits_null(ty) {
                let at = self.span(id);
                self.require_non_null(id, at);
                return self.error_expr(span);
            }
        }
        let message = format!(
            "`{}` does not take `{}` and `{}`",
            op.text(),
            self.show(self.ty(left)),
            self.show(self.ty(right))
        );
        self.error(codes::INVALID_OPERANDS, span, message);
        self.error_expr(span)
    }

    /// The operator of `left op= right`: the in-place method comes first.
    pub(crate) fn apply_in_place(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        expected: Ty,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(left), self.ty(right));
        if let Some(name) = in_place_dunder(op) {
            let name = self.names.intern(&name);
            if let Some(ty) = self.dunder_of(lt, name)
                && self.first_param_takes(ty, rt)
                && !self.may_pass_turn(ty)
            {
                return self.call_method_on(left, name, vec![right], span);
            }
            let dynamic = lt == Ty::ANY || self.dunder_of(lt, name).is_some();
            if dynamic && !matches!(rt, Ty::ERROR | Ty::UNKNOWN | Ty::VOID) {
                let (left, right) = (self.coerce(left, Ty::ANY), self.coerce(right, Ty::ANY));
                return self.add(ExprKind::InPlace { op, left, right }, Ty::ANY, span);
            }
        }
        self.apply_binary(op, left, right, Some(expected), span)
    }

    // ---- dunder methods

    /// The call of an operator method, if one of the operands' classes has it.
    fn operator_method(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        span: Span,
    ) -> Option<ExprId> {
        let (own, reflected) = dunder(op)?;
        let (lt, rt) = (self.ty(left), self.ty(right));
        if !self.is_class_like(lt) && !self.is_class_like(rt) {
            return None;
        }
        // The right operand comes first where it is an heir that overrides; only the
        // run time can tell, unless both are plain.
        if self.is_class_like(lt) && self.is_class_like(rt) && lt != rt {
            let (l, r) = (self.names.intern(own), self.names.intern(reflected));
            if self.dunder_of(lt, l).is_some() && self.dunder_of(rt, r).is_some() {
                return Some(self.slot_binary(op, left, right, l, span));
            }
        }
        let name = self.names.intern(own);
        if let Some(ty) = self.dunder_of(lt, name)
            && self.first_param_takes(ty, rt)
        {
            if self.may_pass_turn(ty) {
                return Some(self.slot_binary(op, left, right, name, span));
            }
            let names = [name, self.names.intern(reflected)];
            return Some(self.operator_call(op, [left, right], names, span));
        }
        let name = self.names.intern(reflected);
        if let Some(ty) = self.dunder_of(rt, name)
            && self.first_param_takes(ty, lt)
        {
            if self.may_pass_turn(ty) {
                let any = [left, right].map(|id| self.coerce(id, Ty::ANY));
                return Some(self.dynamic_binary(op, any[0], any[1], Some(Ty::ANY), span));
            }
            // The left operand is evaluated first.
            let (kept, ty) = self.keep(left);
            let argument = self.read_temp(kept, ty, span);
            let call = self.call_method_on(right, name, vec![argument], span);
            return Some(self.let_in(kept, left, call));
        }
        None
    }

    /// Through the slots, with the result that the left operand's method declares.
    pub(super) fn slot_binary(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        name: Name,
        span: Span,
    ) -> ExprId {
        let lt = self.ty(left);
        let method = self.dunder_of(lt, name).unwrap_or(Ty::ANY);
        let ret = self
            .call_signatures(method)
            .first()
            .map_or(Ty::ANY, |s| s.ret);
        let (left, right) = (self.coerce(left, Ty::ANY), self.coerce(right, Ty::ANY));
        let id = self.add(ExprKind::Binary { op, left, right }, Ty::ANY, span);
        self.coerce(id, ret)
    }

    /// Whether what an operator method gives may be `NotImplemented`.
    fn may_pass_turn(&mut self, method: Ty) -> bool {
        let signatures = self.call_signatures(method);
        signatures.iter().any(|sig| sig.ret == Ty::ANY)
    }

    fn first_param_takes(&mut self, method: Ty, arg: Ty) -> bool {
        let signatures = self.call_signatures(method);
        signatures
            .iter()
            .any(|sig| self.param_at(sig, 0).is_some_and(|p| self.fits(arg, p)))
    }

    /// The type of a dunder method of a class.
    pub(crate) fn dunder_of(&mut self, ty: Ty, name: Name) -> Option<Ty> {
        let ty = self.apparent(ty);
        if !self.is_class_like(ty) {
            return None;
        }
        let found = self.lookup(ty, name)?;
        (found.how != super::member::How::Dynamic).then_some(found.ty)
    }

    fn is_class_like(&mut self, ty: Ty) -> bool {
        let ty = self.apparent(ty);
        matches!(
            self.types.kind(ty),
            TypeKind::Class(..) | TypeKind::Object(_) | TypeKind::Intersection(_)
        )
    }

    /// A unary operator as a method of the operand's class.
    pub(crate) fn unary_method(&mut self, op: UnOp, operand: ExprId, span: Span) -> Option<ExprId> {
        let name = match op {
            UnOp::Neg => "__neg__",
            UnOp::Plus => "__pos__",
            UnOp::BitNot => "__invert__",
            _ => return None,
        };
        let name = self.names.intern(name);
        let ty = self.ty(operand);
        self.dunder_of(ty, name)?;
        Some(self.call_method_on(operand, name, Vec::new(), span))
    }

    // ---- equality of values

    /// `==` or `!=` where a method may decide: any value if that is what is `expected`,
    /// else its truth. None where both types are known to have no such method.
    pub(crate) fn equal_by_method(
        &mut self,
        op: BinaryOp,
        left: ExprId,
        right: ExprId,
        expected: Option<Ty>,
        span: Span,
    ) -> Option<ExprId> {
        let (lt, rt) = (self.ty(left), self.ty(right));
        let usable = |ty| !matches!(ty, Ty::ERROR | Ty::UNKNOWN | Ty::VOID);
        if !matches!(op, BinaryOp::Eq | BinaryOp::NotEq) || !usable(lt) || !usable(rt) {
            return None;
        }
        if lt != Ty::ANY && rt != Ty::ANY {
            let may_differ = op == BinaryOp::NotEq && lt != Ty::NULL && rt != Ty::NULL;
            if !may_differ || !self.is_class_like(lt) && !self.is_class_like(rt) {
                return None;
            }
            if let Some(call) = self.operator_method(op, left, right, span) {
                return Some(self.truth(call));
            }
            let equal = self.names.intern("__eq__");
            if self.dunder_of(lt, equal).is_some() || self.dunder_of(rt, equal).is_some() {
                return None;
            }
        }
        if !self.comparable(lt, rt) {
            self.report_no_overlap(lt, rt, span);
        }
        let ty = match expected {
            Some(Ty::ANY) => Ty::ANY,
            _ => Ty::BOOLEAN,
        };
        let (left, right) = (self.coerce(left, Ty::ANY), self.coerce(right, Ty::ANY));
        Some(self.add(ExprKind::Binary { op, left, right }, ty, span))
    }

    /// `==` or `===` on two checked operands, as a boolean that is true if they are
    /// equal.
    pub(crate) fn equal(
        &mut self,
        strict: bool,
        left: ExprId,
        right: ExprId,
        span: Span,
    ) -> ExprId {
        let (lt, rt) = (self.ty(left), self.ty(right));
        if lt == Ty::ERROR || rt == Ty::ERROR {
            return self.error_expr(span);
        }
        for (ty, other) in [(lt, right), (rt, left)] {
            if matches!(ty, Ty::NULL | Ty::VOID) {
                let null = if ty == lt { left } else { right };
                return self.null_test(null, other, span);
            }
        }
        let op = if strict {
            BinaryOp::StrictEq
        } else {
            BinaryOp::Eq
        };
        if !strict && let Some(call) = self.operator_method(op, left, right, span) {
            return self.truth(call);
        }
        if !self.comparable(lt, rt) {
            self.report_no_overlap(lt, rt, span);
        }
        let (l, r) = (self.numeric_base(lt), self.numeric_base(rt));
        let (left, right) = match (l, r) {
            (Some(Ty::INT), Some(Ty::INT)) => {
                (self.coerce(left, Ty::INT), self.coerce(right, Ty::INT))
            }
            (Some(Ty::NUMBER | Ty::INT), Some(Ty::NUMBER | Ty::INT)) => (
                self.coerce(left, Ty::NUMBER),
                self.coerce(right, Ty::NUMBER),
            ),
            _ => (left, right),
        };
        self.add(ExprKind::Binary { op, left, right }, Ty::BOOLEAN, span)
    }

    /// `x === null`
    fn null_test(&mut self, null: ExprId, value: ExprId, span: Span) -> ExprId {
        let is_literal = matches!(self.hir.exprs[null.index()].kind, ExprKind::Null);
        if is_literal {
            return self.add(ExprKind::IsNull(value), Ty::BOOLEAN, span);
        }
        let test = self.add(ExprKind::IsNull(value), Ty::BOOLEAN, span);
        self.add(ExprKind::Seq(Box::new([null, test])), Ty::BOOLEAN, span)
    }

    fn report_no_overlap(&mut self, a: Ty, b: Ty, span: Span) {
        let message = format!(
            "`{}` and `{}` have no value in common, so they are never equal",
            self.show(a),
            self.show(b)
        );
        self.error(codes::NO_OVERLAP, span, message);
    }
}
