//! Moving arguments to parameters: one expression per parameter, rest parameters with
//! arrays or tuples of their own, and from overloads to their implementation.
//!
//! Must not know: which signature a call takes; that is decided in `args`.

use super::Checker;
use super::args::{Arg, MAX_RECHECKS, is_adaptable};
use crate::codes;
use crate::hir::{CoerceKind, Element, ExprId, ExprKind};
use crate::types::{Signature, Tuple, Ty, TypeKind};
use raya_syntax::ast::{self, Expr};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// One expression per parameter. `checked`: what inference has checked already.
    pub(super) fn move_args(
        &mut self,
        sig: &Signature,
        args: &[Arg<'a>],
        checked: &[Option<ExprId>],
        span: Span,
    ) -> Vec<ExprId> {
        let fixed = sig.fixed().len();
        let mut moved = Vec::with_capacity(sig.params.len());
        for i in 0..fixed {
            let ty = sig.params[i].ty;
            let id = match args.get(i) {
                Some(Arg::Spread(e, _)) => {
                    let message = "an array can only be spread into a rest parameter";
                    self.error(codes::INVALID_SPREAD, e.span, message);
                    self.error_expr(e.span)
                }
                Some(arg) => self.move_arg(arg, checked.get(i).copied().flatten(), ty),
                None => self.absent(ty, span),
            };
            moved.push(id);
        }
        if sig.rest
            && let Some(param) = sig.params.last()
        {
            moved.push(self.rest_argument(param.ty, args, checked, fixed, span));
        }
        moved
    }

    /// The filler for an argument that is left out.
    pub(crate) fn absent(&mut self, ty: Ty, span: Span) -> ExprId {
        let null = self.add(ExprKind::Null, Ty::NULL, span);
        self.coerce(null, ty)
    }

    fn move_arg(&mut self, arg: &Arg<'a>, checked: Option<ExprId>, ty: Ty) -> ExprId {
        match *arg {
            Arg::Part(id, span) => self.move_to(id, ty, span),
            Arg::Spread(e, id) => self.move_to(id, ty, e.span),
            Arg::Expr(e) => match checked {
                None => self.expr_as(e, ty),
                Some(id) => self.move_checked(e, id, ty),
            },
        }
    }

    /// An argument that inference has checked. A literal can still adapt to what was
    /// inferred; nested literals are checked again only so often, because each level
    /// doubles the work.
    fn move_checked(&mut self, e: &'a Expr, id: ExprId, ty: Ty) -> ExprId {
        let from = self.ty(id);
        let fits = self.fits(from, ty);
        if fits && !self.wants_recheck(e, from, ty) {
            return self.coerce(id, ty);
        }
        if !is_adaptable(e) || self.rechecks >= MAX_RECHECKS {
            return self.move_to(id, ty, e.span);
        }
        self.rechecks += 1;
        let again = self.expr_as(e, ty);
        self.rechecks -= 1;
        again
    }

    /// Integer literals become ints where an int was inferred; literals become what
    /// the place asks for rather than being converted.
    fn wants_recheck(&mut self, e: &Expr, from: Ty, to: Ty) -> bool {
        let number = matches!(
            e.kind,
            ast::ExprKind::Number(_) | ast::ExprKind::Unary { .. }
        );
        (number && self.wants_int(to))
            || (matches!(e.kind, ast::ExprKind::Array(_) | ast::ExprKind::Object(_)) && from != to)
    }

    fn rest_argument(
        &mut self,
        ty: Ty,
        args: &[Arg<'a>],
        checked: &[Option<ExprId>],
        from: usize,
        span: Span,
    ) -> ExprId {
        if let [Arg::Spread(_, all)] = args.get(from..).unwrap_or_default()
            && self.ty(*all) == ty
            && matches!(self.types.kind(ty), TypeKind::Param(_))
        {
            return *all;
        }
        let apparent = self.apparent(ty);
        if let TypeKind::Tuple(id) = self.types.kind(apparent) {
            let tuple = (**self.types.tuple(id)).clone();
            return self.rest_tuple((ty, &tuple), args, checked, from, span);
        }
        let elem = self.array_element(apparent).unwrap_or(Ty::ERROR);
        let mut parts = Vec::with_capacity(args.len().saturating_sub(from));
        for (i, arg) in args.iter().enumerate().skip(from) {
            let known = checked.get(i).copied().flatten();
            parts.push(match arg {
                Arg::Spread(e, id) => self.rest_spread(e, *id, elem),
                arg => Element::One(self.move_arg(arg, known, elem)),
            });
        }
        let array = self.types.array(elem);
        let id = self.add(ExprKind::Array(parts.into()), array, span);
        self.coerce(id, ty)
    }

    /// The arguments of a rest parameter whose type is a tuple. Where something of unknown
    /// length is spread, what they are is checked when they are together.
    fn rest_tuple(
        &mut self,
        (ty, tuple): (Ty, &Tuple),
        args: &[Arg<'a>],
        checked: &[Option<ExprId>],
        from: usize,
        span: Span,
    ) -> ExprId {
        let given = args.get(from..).unwrap_or_default();
        let mut parts = Vec::with_capacity(given.len());
        for (i, arg) in given.iter().enumerate() {
            let wish = tuple.elems.get(i).copied().or(tuple.rest);
            let wish = wish.unwrap_or(Ty::ERROR);
            parts.push(match arg {
                Arg::Spread(e, id) => self.rest_spread(e, *id, wish),
                arg => {
                    let known = checked.get(from + i).copied().flatten();
                    Element::One(self.move_arg(arg, known, wish))
                }
            });
        }
        let fixed: Option<Vec<ExprId>> = (parts.iter())
            .map(|part| match *part {
                Element::One(id) => Some(id),
                Element::Spread(_) => None,
            })
            .collect();
        if let Some(fixed) = fixed {
            return self.add(ExprKind::Tuple(fixed.into()), ty, span);
        }
        let parts: Vec<Element> = (parts.into_iter())
            .map(|part| match part {
                Element::One(id) => Element::One(self.coerce(id, Ty::ANY)),
                Element::Spread(id) => Element::Spread(self.coerce(id, Ty::ANY)),
            })
            .collect();
        let array = self.types.array(Ty::ANY);
        let all = self.add(ExprKind::Array(parts.into()), array, span);
        let all = self.coerce(all, Ty::ANY);
        self.coerce_node(all, ty, CoerceKind::Check)
    }

    fn rest_spread(&mut self, e: &'a Expr, id: ExprId, elem: Ty) -> Element {
        let ty = self.ty(id);
        if let TypeKind::Array(t) = self.types.kind(ty)
            && t == elem
        {
            return Element::Spread(id);
        }
        match self.iterated_type(ty) {
            Some(t) if self.fits(t, elem) => {}
            Some(t) => self.report_mismatch(t, elem, e.span),
            None => self.report_not_iterable(ty, e.span),
        }
        Element::Spread(self.coerce(id, Ty::ANY))
    }

    // ---- overloads with one implementation

    /// Moves arguments from an overload's parameters to the implementation's.
    pub(crate) fn adapt_args(
        &mut self,
        args: Vec<ExprId>,
        overload: &Signature,
        own: &Signature,
        span: Span,
    ) -> Vec<ExprId> {
        let given = overload.fixed().len();
        let mut moved = Vec::with_capacity(own.params.len());
        for (i, p) in own.fixed().iter().enumerate() {
            moved.push(match args.get(i).filter(|_| i < given) {
                Some(&id) => self.force(id, p.ty),
                None => self.absent(p.ty, span),
            });
        }
        if own.rest
            && let Some(last) = own.params.last()
        {
            let from = own.fixed().len();
            if overload.rest && overload.fixed().len() == from {
                let rest = args.last().copied();
                moved.extend(rest.map(|id| self.force(id, last.ty)));
                return moved;
            }
            let elem = self.array_element(last.ty).unwrap_or(Ty::ANY);
            let mut parts = Vec::new();
            for &id in args.iter().take(given).skip(from) {
                parts.push(Element::One(self.force(id, elem)));
            }
            if overload.rest
                && let Some(&rest) = args.last()
            {
                let rest = self.coerce(rest, Ty::ANY);
                parts.push(Element::Spread(rest));
            }
            let id = self.add(ExprKind::Array(parts.into()), last.ty, span);
            moved.push(id);
        }
        moved
    }

    /// A value at a type that it fits or is checked against.
    pub(crate) fn force(&mut self, id: ExprId, to: Ty) -> ExprId {
        let from = self.ty(id);
        if self.fits(from, to) {
            return self.coerce(id, to);
        }
        self.coerce_node(id, to, crate::hir::CoerceKind::Check)
    }
}
