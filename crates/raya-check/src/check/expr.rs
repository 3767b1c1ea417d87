//! Expressions: the dispatch, and the forms that need few words.

use super::Checker;
use crate::codes;
use crate::hir::{CoerceKind, ExprId, ExprKind, UnOp};
use crate::types::{Ty, TypeFlags, TypeKind};
use raya_syntax::ast::{self, Expr, UnaryOp};
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// Checks an expression. `expected` is the type of the place its value goes to,
    /// a wish that literals and functions follow; the caller still has to move the
    /// value there.
    pub(crate) fn expr(&mut self, e: &'a Expr, expected: Option<Ty>) -> ExprId {
        let null_tested = std::mem::take(&mut self.null_tested);
        ensure_stack(|| self.expr_kind(e, expected, null_tested))
    }

    fn expr_kind(&mut self, e: &'a Expr, expected: Option<Ty>, null_tested: bool) -> ExprId {
        let span = e.span;
        match &e.kind {
            ast::ExprKind::Number(lit) => self.number(*lit, false, expected, span),
            ast::ExprKind::String(text) => self.string(text, span),
            ast::ExprKind::Bool(value) => {
                let ty = if *value { Ty::TRUE } else { Ty::FALSE };
                self.add(ExprKind::Bool(*value), ty, span)
            }
            ast::ExprKind::Null => self.add(ExprKind::Null, Ty::NULL, span),
            ast::ExprKind::Template(t) => self.template(t, span),
            ast::ExprKind::Ident(name) => {
                let id = self.ident(*name, span);
                if null_tested {
                    id
                } else {
                    self.present_entry(*name, id, expected)
                }
            }
            ast::ExprKind::This => self.this(span),
            ast::ExprKind::Super => {
                self.error(
                    codes::INVALID_THIS,
                    span,
                    "`super` is called or asked for a member",
                );
                self.error_expr(span)
            }
            ast::ExprKind::Array(elements) => self.array_literal(elements, expected, span),
            ast::ExprKind::Object(members) => self.object_literal(members, expected, span),
            ast::ExprKind::Function(f) => self.function_expr(f, expected),
            ast::ExprKind::Class(class) => self.class_expr(class, span),
            ast::ExprKind::Unary { op, operand } => self.unary(*op, operand, expected, span),
            ast::ExprKind::Update { op, prefix, target } => self.update(*op, *prefix, target, span),
            ast::ExprKind::Binary { op, left, right } => {
                self.binary(*op, left, right, expected, span)
            }
            ast::ExprKind::Logical { op, left, right } => {
                self.logical(*op, left, right, expected, span)
            }
            ast::ExprKind::PrivateIn { name, object } => self.private_in(*name, object, span),
            ast::ExprKind::Assign { op, target, value } => {
                self.assignment(*op, target, value, span)
            }
            ast::ExprKind::Conditional {
                test,
                then,
                otherwise,
            } => self.ternary(test, then, otherwise, expected, span),
            ast::ExprKind::Sequence(exprs) => self.sequence(exprs, expected, span),
            ast::ExprKind::Member {
                object,
                property,
                optional,
            } => self.member_expr(e, object, *property, *optional, null_tested),
            ast::ExprKind::PrivateMember {
                object,
                property,
                optional,
            } => self.member_expr(e, object, *property, *optional, null_tested),
            ast::ExprKind::Index {
                object,
                index,
                optional,
            } => {
                let nullable = expected.is_some_and(|t| self.admits_null(t));
                self.index_expr(e, object, index, *optional, null_tested || nullable)
            }
            ast::ExprKind::Call(call) => self.call_expr(call, expected, span),
            ast::ExprKind::New(call) => self.new_expr(call, expected, span),
            ast::ExprKind::Chain(inner) => self.chain_expr(inner, expected, null_tested, span),
            ast::ExprKind::NonNull(inner) => self.non_null_expr(inner, expected, span),
            ast::ExprKind::As { expr, ty } => self.cast(expr, ty, span),
            ast::ExprKind::AsConst(inner) => self.as_const(inner),
            ast::ExprKind::Satisfies { expr, ty } => self.satisfies(expr, ty),
            ast::ExprKind::BigInt(_) => self.unsupported_expr(codes::UNSUPPORTED_BIGINT, span),
            ast::ExprKind::Regex { .. } => self.unsupported_expr(codes::UNSUPPORTED_REGEX, span),
            ast::ExprKind::TaggedTemplate(_) => {
                self.unsupported_expr(codes::UNSUPPORTED_TAGGED, span)
            }
            ast::ExprKind::Await(_) => self.unsupported_expr(codes::UNSUPPORTED_ASYNC, span),
            ast::ExprKind::Yield { .. } => {
                self.unsupported_expr(codes::UNSUPPORTED_GENERATORS, span)
            }
            ast::ExprKind::Error => self.error_expr(span),
        }
    }

    /// A variable that stands for an entry of a dictionary, where null is not expected:
    /// there has to be an entry.
    fn present_entry(&mut self, name: Name, id: ExprId, expected: Option<Ty>) -> ExprId {
        let ty = self.ty(id);
        if ty == Ty::NULL || expected.is_some_and(|t| self.admits_null(t)) {
            return id;
        }
        let symbol = self.scopes.value(self.scope, name);
        let soft = symbol
            .and_then(|s| self.var(s))
            .is_some_and(|v| v.missing_entry);
        if !soft || !self.admits_null(ty) {
            return id;
        }
        let rest = self.types.non_null(ty);
        self.coerce_node(id, rest, CoerceKind::NonNull)
    }

    fn unsupported_expr(&mut self, code: raya_syntax::Code, span: Span) -> ExprId {
        self.unsupported(code, span);
        self.error_expr(span)
    }

    // ---- `this`

    fn this(&mut self, span: Span) -> ExprId {
        let Some((declared, local)) = self.resolve_this() else {
            let message = "`this` has no meaning here";
            self.error(codes::INVALID_THIS, span, message).help = Some(
                "a `function` has its own `this`: use an arrow function, or declare `this` as a parameter"
                    .to_string(),
            );
            return self.error_expr(span);
        };
        if self.flow.before_super && !self.flow.dead {
            let message = "`super(…)` must be called before `this` is used";
            self.error(codes::SUPER_CALL, span, message);
            self.flow.before_super = false;
        }
        let id = match local {
            Some(local) => self.add(
                ExprKind::Local {
                    local,
                    checked: false,
                },
                declared,
                span,
            ),
            None => self.add(ExprKind::This, declared, span),
        };
        let reference = self.refs.this();
        match self.flow.get(reference) {
            Some(ty) if ty != declared => self.narrow_to(id, ty),
            _ => id,
        }
    }

    // ---- unary operators

    fn unary(
        &mut self,
        op: UnaryOp,
        operand: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        match op {
            UnaryOp::Neg => match &operand.kind {
                ast::ExprKind::Number(lit) => self.number(*lit, true, expected, span),
                _ => self.numeric_unary(UnOp::Neg, operand, span),
            },
            UnaryOp::BitNot => self.numeric_unary(UnOp::BitNot, operand, span),
            UnaryOp::Plus => self.plus(operand, span),
            UnaryOp::Not => {
                let (id, yes, no) = self.condition(operand);
                self.flow = self.join(yes, no);
                self.negate(id, span)
            }
            UnaryOp::Typeof => {
                let id = self.expr(operand, None);
                // The last ones are never the answer, but may be asked for.
                let words = [
                    "string",
                    "number",
                    "boolean",
                    "object",
                    "function",
                    "undefined",
                    "bigint",
                    "symbol",
                ];
                let words: Vec<Ty> = words
                    .iter()
                    .map(|w| {
                        let name = self.names.intern(w);
                        self.types.lit_string(name)
                    })
                    .collect();
                let ty = self.types.union(&words);
                self.add(ExprKind::TypeOf(id), ty, span)
            }
            UnaryOp::Void => {
                let id = self.expr(operand, None);
                let null = self.add(ExprKind::Null, Ty::NULL, span);
                self.add(ExprKind::Seq(Box::new([id, null])), Ty::NULL, span)
            }
            UnaryOp::Delete => self.delete(operand, span),
        }
    }

    /// `!` of a boolean.
    pub(crate) fn negate(&mut self, id: ExprId, span: Span) -> ExprId {
        let ty = match self.ty(id) {
            Ty::TRUE => Ty::FALSE,
            Ty::FALSE => Ty::TRUE,
            Ty::ERROR => Ty::ERROR,
            _ => Ty::BOOLEAN,
        };
        self.add(
            ExprKind::Unary {
                op: UnOp::Not,
                operand: id,
            },
            ty,
            span,
        )
    }

    fn numeric_unary(&mut self, op: UnOp, operand: &'a Expr, span: Span) -> ExprId {
        let id = self.expr(operand, None);
        let id = self.require_non_null(id, operand.span);
        let ty = self.ty(id);
        let base = self.numeric_base(ty);
        match base {
            Some(base) => {
                let id = self.coerce(id, base);
                self.add(ExprKind::Unary { op, operand: id }, base, span)
            }
            None => match self.unary_method(op, id, span) {
                Some(call) => call,
                None => {
                    self.report_unary(op, ty, span);
                    self.error_expr(span)
                }
            },
        }
    }

    fn report_unary(&mut self, op: UnOp, ty: Ty, span: Span) {
        if ty == Ty::ERROR {
            return;
        }
        let sign = if op == UnOp::Neg { "-" } else { "~" };
        let message = format!("`{sign}` does not take a value of type `{}`", self.show(ty));
        self.error(codes::INVALID_OPERANDS, span, message);
    }

    /// `number`, `int` or `any`, if arithmetic on the type is one of these.
    pub(crate) fn numeric_base(&mut self, ty: Ty) -> Option<Ty> {
        let ty = self.apparent(ty);
        match self.types.kind(ty) {
            TypeKind::Number | TypeKind::LitNumber(_) => Some(Ty::NUMBER),
            TypeKind::Int => Some(Ty::INT),
            TypeKind::Any => Some(Ty::ANY),
            TypeKind::Error => Some(Ty::ERROR),
            TypeKind::Never => Some(Ty::NUMBER),
            TypeKind::Union(l) => {
                let list = self.types.list_arc(l);
                let mut base = None;
                for &t in list.iter() {
                    match (base, self.numeric_base(t)?) {
                        (None, found) => base = Some(found),
                        (Some(a), b) if a == b => {}
                        _ => base = Some(Ty::NUMBER),
                    }
                }
                base
            }
            _ => None,
        }
    }

    fn plus(&mut self, operand: &'a Expr, span: Span) -> ExprId {
        let id = self.expr(operand, None);
        let ty = self.ty(id);
        match self.numeric_base(ty) {
            Some(Ty::ANY) => {
                let id = self.coerce(id, Ty::ANY);
                self.add(
                    ExprKind::Unary {
                        op: UnOp::Plus,
                        operand: id,
                    },
                    Ty::ANY,
                    span,
                )
            }
            Some(base) => self.coerce(id, base),
            None if self.is_stringy(ty) || self.subtype(ty, Ty::BOOLEAN) => {
                let id = self.coerce(id, Ty::ANY);
                let sum = self.add(
                    ExprKind::Unary {
                        op: UnOp::Plus,
                        operand: id,
                    },
                    Ty::ANY,
                    span,
                );
                self.coerce_node(sum, Ty::NUMBER, CoerceKind::Check)
            }
            None => {
                if let Some(call) = self.unary_method(UnOp::Plus, id, span) {
                    return call;
                }
                let message = format!("`+` does not take a value of type `{}`", self.show(ty));
                self.error_help(
                    codes::INVALID_OPERANDS,
                    span,
                    message,
                    Some("`Number(x)` converts".to_string()),
                );
                self.error_expr(span)
            }
        }
    }

    fn delete(&mut self, operand: &'a Expr, span: Span) -> ExprId {
        let id = match &operand.kind {
            ast::ExprKind::Index {
                object,
                index,
                optional: false,
            } if !matches!(object.kind, ast::ExprKind::Super) => {
                let object = self.object_of(object, false);
                match self.delete_item(object, index, span) {
                    Some(id) => return id,
                    None => self.read_element(object, index, false, operand.span),
                }
            }
            _ => self.expr(operand, None),
        };
        let mut at = id;
        while let ExprKind::Coerce { expr, .. } = self.hir.exprs[at.index()].kind {
            at = expr;
        }
        use crate::hir::Place;
        let place = match self.hir.exprs[at.index()].kind {
            ExprKind::Read(place) => Some(place),
            _ => None,
        };
        if let Some(reference) = self.reference(operand) {
            self.assigned_to(reference);
        }
        match place {
            Some(
                place @ (Place::Attr { .. }
                | Place::Item { .. }
                | Place::Dict { .. }
                | Place::Prop { optional: true, .. }),
            ) => self.add(ExprKind::Delete(place), Ty::BOOLEAN, span),
            _ if self.ty(id) == Ty::ERROR => self.error_expr(span),
            _ => {
                let message = "only optional members, entries of dictionaries, attributes of `any` and items of a class with `__delitem__` can be deleted";
                self.error(codes::INVALID_DELETE, span, message);
                self.error_expr(span)
            }
        }
    }

    // ---- conditional, sequence, casts

    fn ternary(
        &mut self,
        test: &'a Expr,
        then: &'a Expr,
        otherwise: &'a Expr,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let (test, yes, no) = self.condition(test);
        self.flow = yes;
        let mut a = self.expr(then, expected);
        let after_then = std::mem::replace(&mut self.flow, no);
        let mut b = self.expr(otherwise, expected);
        (a, b) = self.adapt_arms((then, a), (otherwise, b));
        let after_else = std::mem::take(&mut self.flow);
        self.flow = self.join(after_then, after_else);
        let ty = self.common_type(&[a, b], expected);
        a = self.move_to(a, ty, then.span);
        b = self.move_to(b, ty, otherwise.span);
        self.conditional(test, a, b, ty, span)
    }

    /// A literal arm takes the type of the other arm where its own does not fit it:
    /// `c ? [x] : []`, `c ? i : 0`.
    fn adapt_arms(
        &mut self,
        (then, a): (&'a Expr, ExprId),
        (otherwise, b): (&'a Expr, ExprId),
    ) -> (ExprId, ExprId) {
        (self.adapt_arm(then, a, b), self.adapt_arm(otherwise, b, a))
    }

    fn adapt_arm(&mut self, e: &'a Expr, own: ExprId, other: ExprId) -> ExprId {
        let (from, to) = (self.ty(own), self.ty(other));
        let literal = match &e.kind {
            ast::ExprKind::Array(_) | ast::ExprKind::Object(_) => {
                from != to && !self.subtype(from, to)
            }
            _ => to == Ty::INT && super::operators::is_int_literal(e),
        };
        if !literal || matches!(to, Ty::ANY | Ty::NULL | Ty::ERROR) {
            return own;
        }
        let before = self.diagnostics.len();
        let adapted = self.probe(|c| {
            let id = c.expr(e, Some(to));
            let ty = c.ty(id);
            (c.fits(ty, to) && c.diagnostics.len() == before).then_some(id)
        });
        adapted.flatten().unwrap_or(own)
    }

    /// The type of a value that is one of several: the expected one if all fit it.
    pub(crate) fn common_type(&mut self, ids: &[ExprId], expected: Option<Ty>) -> Ty {
        let types: Vec<Ty> = ids.iter().map(|&id| self.ty(id)).collect();
        if types.contains(&Ty::ERROR) {
            return Ty::ERROR;
        }
        if let Some(wanted) = expected
            && wanted != Ty::ANY
            && wanted != Ty::UNKNOWN
            && !self.types.has_params(wanted)
            && wanted != Ty::VOID
            && types.iter().all(|&t| self.fits(t, wanted))
        {
            // The expected type, unless what is there is more precise and needs no
            // conversion of its own.
            let joined = self.join_types(&types);
            return if self.subtype(joined, wanted) {
                joined
            } else {
                wanted
            };
        }
        if types.contains(&Ty::ANY) {
            return Ty::ANY;
        }
        self.join_types(&types)
    }

    fn sequence(&mut self, exprs: &'a [Expr], expected: Option<Ty>, span: Span) -> ExprId {
        let mut ids = Vec::with_capacity(exprs.len());
        for (i, e) in exprs.iter().enumerate() {
            let last = i + 1 == exprs.len();
            ids.push(self.expr(e, expected.filter(|_| last)));
        }
        let ty = ids.last().map_or(Ty::NULL, |&id| self.ty(id));
        self.add(ExprKind::Seq(ids.into()), ty, span)
    }

    fn non_null_expr(&mut self, inner: &'a Expr, expected: Option<Ty>, span: Span) -> ExprId {
        self.null_tested = true;
        let id = self.expr(inner, expected);
        let ty = self.ty(id);
        if ty == Ty::ANY || ty == Ty::ERROR {
            return id;
        }
        let mut rest = self.types.non_null(ty);
        let mut id = id;
        if rest == Ty::NEVER {
            // What flow analysis knows may be out of date: a call may have assigned.
            while let ExprKind::Coerce {
                expr,
                kind: CoerceKind::Narrow,
            } = self.hir.exprs[id.index()].kind
            {
                id = expr;
            }
            let declared = self.ty(id);
            rest = self.types.non_null(declared);
        }
        if rest == ty && !matches!(self.types.kind(ty), TypeKind::Param(_)) {
            return id;
        }
        let _ = span;
        self.coerce_node(id, rest, CoerceKind::NonNull)
    }

    /// Whether an expression's literal type is widened where it initialises
    /// something that can change.
    pub(crate) fn is_widening(&self, e: &Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Number(_) | ast::ExprKind::String(_) | ast::ExprKind::Bool(_) => true,
            ast::ExprKind::Null | ast::ExprKind::Template(_) => true,
            ast::ExprKind::Unary { .. } | ast::ExprKind::Binary { .. } => true,
            ast::ExprKind::Conditional {
                then, otherwise, ..
            } => self.is_widening(then) && self.is_widening(otherwise),
            ast::ExprKind::Logical { left, right, .. } => {
                self.is_widening(left) && self.is_widening(right)
            }
            ast::ExprKind::Ident(name) => match self.scopes.value(self.scope, *name) {
                Some(symbol) => self.var(symbol).is_some_and(|v| v.widening),
                None => false,
            },
            _ => false,
        }
    }

    /// Whether the literal types in the type of an expression are meant as such: none of
    /// its values is written as a literal there.
    pub(crate) fn keeps_literals(&self, e: &Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Conditional {
                then, otherwise, ..
            } => self.keeps_literals(then) && self.keeps_literals(otherwise),
            ast::ExprKind::Logical { left, right, .. } => {
                self.keeps_literals(left) && self.keeps_literals(right)
            }
            ast::ExprKind::Array(elements) => elements.iter().all(|e| self.keeps_literals(&e.expr)),
            ast::ExprKind::Function(_) | ast::ExprKind::Object(_) => false,
            ast::ExprKind::Null => true,
            _ => !self.is_widening(e),
        }
    }

    /// The type that a variable without annotation gets from its initialiser.
    pub(crate) fn widened(&mut self, e: &Expr, ty: Ty) -> Ty {
        if self.types.flags(ty).has(TypeFlags::LITERAL) && self.is_widening(e) {
            return self.types.widen_literals(ty);
        }
        ty
    }
}
