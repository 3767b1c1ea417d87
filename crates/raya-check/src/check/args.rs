//! Arguments: matching them with parameters, overload choice, type arguments.

use super::Checker;
use super::infer::Inference;
use super::report::Mark;
use crate::codes;
use crate::hir::{ExprId, ExprKind, Place};
use crate::types::{Signature, Subst, Ty, TypeKind};
use raya_syntax::ast::{self, Expr, FunctionBody, TypeExpr};
use raya_syntax::span::Span;
use std::sync::Arc;

/// How many levels of nested literals are checked again after inference.
pub(super) const MAX_RECHECKS: u32 = 3;
/// How many nested calls try all overloads; deeper ones take the first by count.
const MAX_OVERLOAD_DEPTH: u32 = 4;

/// A call whose arguments fit a signature.
#[derive(Clone, Debug)]
pub(crate) struct Resolved {
    /// Which of the signatures.
    pub index: usize,
    /// The signature with type arguments put in.
    pub sig: Signature,
    /// The type arguments.
    pub type_args: Vec<Ty>,
    /// One expression per parameter, of its type.
    pub args: Vec<ExprId>,
}

/// An argument before it is moved to its parameter.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Arg<'a> {
    /// An expression that is not checked yet.
    Expr(&'a Expr),
    /// An element of a tuple that was spread.
    Part(ExprId, Span),
    /// `...e`, checked already.
    Spread(&'a Expr, ExprId),
}

impl Arg<'_> {
    fn span(&self) -> Span {
        match self {
            Arg::Expr(e) | Arg::Spread(e, _) => e.span,
            Arg::Part(_, span) => *span,
        }
    }
}

impl<'a> Checker<'a> {
    /// Finds the signature that takes the arguments, and moves them to its
    /// parameters. None after a report.
    pub(crate) fn resolve_call(
        &mut self,
        signatures: &[Arc<Signature>],
        type_args: &'a [TypeExpr],
        args: &'a [ast::Element],
        expected: Option<Ty>,
        span: Span,
    ) -> Option<Resolved> {
        let type_args: Vec<Ty> = type_args.iter().map(|t| self.resolve(t)).collect();
        let flat = self.flatten(args);
        self.resolve_flat(signatures, &type_args, &flat, expected, span)
    }

    /// As [`Checker::resolve_call`], where tuples that are spread are taken apart already.
    pub(super) fn resolve_flat(
        &mut self,
        signatures: &[Arc<Signature>],
        type_args: &[Ty],
        flat: &[Arg<'a>],
        expected: Option<Ty>,
        span: Span,
    ) -> Option<Resolved> {
        if let [only] = signatures {
            let sig = Arc::clone(only);
            return self.try_signature(0, &sig, type_args, flat, expected, span);
        }
        let fitting: Vec<usize> = (0..signatures.len())
            .filter(|&i| self.count_fits(&signatures[i], flat))
            .collect();
        if let [only] = *fitting {
            return self.try_signature(only, &signatures[only], type_args, flat, expected, span);
        }
        if self.overload_depth >= MAX_OVERLOAD_DEPTH
            && let Some(&first) = fitting.first()
        {
            return self.try_signature(first, &signatures[first], type_args, flat, expected, span);
        }
        let before = self.flow.clone();
        for &index in &fitting {
            let sig = &signatures[index];
            self.overload_depth += 1;
            let (found, clean) =
                self.quietly(|c| c.try_signature(index, sig, type_args, flat, expected, span));
            self.overload_depth -= 1;
            if clean && found.is_some() {
                return found;
            }
            self.flow = before.clone();
        }
        self.report_no_overload(signatures, &fitting, flat, expected, span);
        None
    }

    fn report_no_overload(
        &mut self,
        signatures: &[Arc<Signature>],
        fitting: &[usize],
        args: &[Arg<'a>],
        expected: Option<Ty>,
        span: Span,
    ) {
        let before = self.mark();
        // The mistake is most likely inside a function that waits for its types.
        let sensitive = |arg: &Arg<'a>| matches!(arg, Arg::Expr(e) if self.is_context_sensitive(e));
        if let Some(&last) = fitting.last()
            && args.iter().any(sensitive)
        {
            self.try_signature(last, &signatures[last], &[], args, expected, span);
            if self.reported_since(before) {
                return;
            }
        }
        let mut types = Vec::with_capacity(args.len());
        for arg in args {
            match arg {
                Arg::Expr(e) if !self.is_context_sensitive(e) => {
                    let id = self.expr(e, None);
                    types.push(self.show(self.ty(id)));
                }
                Arg::Part(id, _) | Arg::Spread(_, id) => types.push(self.show(self.ty(*id))),
                Arg::Expr(_) => types.push("function".to_string()),
            }
        }
        if self.reported_since(before) {
            return;
        }
        let list: Vec<String> = signatures
            .iter()
            .take(4)
            .map(|s| format!("`{}`", self.types.display_signature(s, self.names)))
            .collect();
        let message = format!("no overload takes ({})", types.join(", "));
        self.error(codes::NO_OVERLOAD, span, message).help =
            Some(format!("there is {}", list.join(", ")));
    }

    /// Takes tuples that are spread apart.
    fn flatten(&mut self, args: &'a [ast::Element]) -> Vec<Arg<'a>> {
        let mut flat = Vec::with_capacity(args.len());
        for arg in args {
            match arg.spread {
                false => flat.push(Arg::Expr(&arg.expr)),
                true => self.flatten_spread(&arg.expr, &mut flat),
            }
        }
        flat
    }

    /// `...e`: the elements of a tuple, else all of it.
    pub(super) fn flatten_spread(&mut self, e: &'a Expr, flat: &mut Vec<Arg<'a>>) {
        let id = self.expr(e, None);
        let ty = self.ty(id);
        let apparent = self.apparent(ty);
        let TypeKind::Tuple(tuple) = self.types.kind(apparent) else {
            flat.push(Arg::Spread(e, id));
            return;
        };
        let tuple = self.types.tuple(tuple).clone();
        let id = self.keep_spread(id, &tuple);
        for (i, &t) in tuple.elems.iter().enumerate() {
            let optional = i >= tuple.required as usize;
            let object = match i {
                0 => self.first_spread.take().unwrap_or(id),
                _ => id,
            };
            let place = Place::TupleElem {
                tuple: object,
                index: i as u32,
                optional,
            };
            let part = self.add(ExprKind::Read(place), t, e.span);
            flat.push(Arg::Part(part, e.span));
        }
        if tuple.rest.is_some() {
            let rest = self.rest_elements(id, apparent, tuple.elems.len(), e.span);
            flat.push(Arg::Spread(e, rest));
        }
    }

    /// The tuple behind several parts: kept in a local by the first of them.
    fn keep_spread(&mut self, id: ExprId, tuple: &crate::types::Tuple) -> ExprId {
        if tuple.elems.len() + usize::from(tuple.rest.is_some()) < 2 {
            return id;
        }
        let simple = matches!(
            self.hir.exprs[id.index()].kind,
            ExprKind::Local { .. } | ExprKind::Global { .. }
        );
        if simple {
            return id;
        }
        let (local, ty) = self.keep(id);
        let span = self.span(id);
        let place = Place::Local {
            local,
            checked: false,
        };
        // The first part is read through the assignment that sets the local.
        let set = self.add(ExprKind::Assign { place, value: id }, ty, span);
        self.first_spread = Some(set);
        self.read_temp(local, ty, span)
    }

    /// The fewest and the most arguments that a call passes; none where nothing bounds them.
    fn counts(&mut self, sig: &Signature) -> (usize, Option<usize>) {
        let rest = sig.params.last().filter(|_| sig.rest);
        let Some(rest) = rest else {
            return (sig.required(), Some(sig.params.len()));
        };
        let apparent = self.apparent(rest.ty);
        let TypeKind::Tuple(id) = self.types.kind(apparent) else {
            return (sig.required(), None);
        };
        let (tuple, fixed) = (self.types.tuple(id), sig.fixed().len());
        let least = match tuple.required {
            0 => sig.required(),
            more => fixed + usize::from(more),
        };
        let bounded = tuple.rest.is_none();
        (least, bounded.then_some(fixed + tuple.elems.len()))
    }

    fn count_fits(&mut self, sig: &Signature, args: &[Arg<'a>]) -> bool {
        let spread = args.iter().any(|a| matches!(a, Arg::Spread(..)));
        let (least, most) = self.counts(sig);
        (args.len() >= least || spread) && most.is_none_or(|most| args.len() <= most)
    }

    fn check_count(&mut self, sig: &Signature, args: &[Arg<'a>], span: Span) -> bool {
        if self.count_fits(sig, args) {
            return true;
        }
        let (least, most) = self.counts(sig);
        let wanted = match (least, most) {
            (a, None) => format!("at least {}", arguments(a)),
            (a, Some(b)) if a == b => arguments(a),
            (a, Some(b)) => format!("{a} to {}", arguments(b)),
        };
        let at = match most.and_then(|most| args.get(most)) {
            Some(extra) => extra.span(),
            None => span,
        };
        let message = format!("this call needs {wanted}, not {}", args.len());
        let help = sig
            .params
            .get(args.len())
            .map(|p| format!("`{}` is missing", self.text(p.name)));
        self.error_help(codes::ARGUMENT_COUNT, at, message, help);
        for arg in args {
            if let Arg::Expr(e) = arg
                && !self.is_context_sensitive(e)
            {
                self.expr(e, None);
            }
        }
        false
    }

    pub(crate) fn try_signature(
        &mut self,
        index: usize,
        sig: &Signature,
        type_args: &[Ty],
        args: &[Arg<'a>],
        expected: Option<Ty>,
        span: Span,
    ) -> Option<Resolved> {
        if !type_args.is_empty() && sig.type_params.is_empty() {
            let message = "this function takes no type arguments";
            self.error(codes::TYPE_ARGUMENT_COUNT, span, message);
            return None;
        }
        if !self.check_count(sig, args, span) {
            return None;
        }
        if sig.type_params.is_empty() {
            let args = self.move_args(sig, args, &[], span);
            return Some(Resolved {
                index,
                sig: sig.clone(),
                type_args: Vec::new(),
                args,
            });
        }
        self.try_generic(index, sig, type_args, args, expected, span)
    }

    // ---- generic signatures

    fn try_generic(
        &mut self,
        index: usize,
        sig: &Signature,
        type_args: &[Ty],
        args: &[Arg<'a>],
        expected: Option<Ty>,
        span: Span,
    ) -> Option<Resolved> {
        let fresh;
        let sig = match self.freshened(sig) {
            Some(copy) => {
                fresh = copy;
                &fresh
            }
            None => sig,
        };
        let mut checked: Vec<Option<ExprId>> = vec![None; args.len()];
        let solved = if type_args.is_empty() {
            let mut inference = Inference::new(&sig.type_params);
            if let Some(expected) = expected
                && !matches!(expected, Ty::ANY | Ty::UNKNOWN | Ty::VOID)
                && self.is_closed(expected)
            {
                inference.from_result = true;
                self.infer_from(&mut inference, sig.ret, expected);
                inference.from_result = false;
            }
            self.infer_args(sig, args, &mut inference, &mut checked);
            self.solve(&mut inference, sig)
        } else {
            self.complete_type_args(sig, type_args, span)?
        };
        let subst = Subst::new(&sig.type_params, &solved);
        for (&p, &arg) in sig.type_params.iter().zip(&solved) {
            self.check_constraint(p, arg, &subst, span);
        }
        let instance = self.types.instantiate_signature(sig, &solved);
        let args = self.move_args(&instance, args, &checked, span);
        Some(Resolved {
            index,
            sig: instance,
            type_args: solved,
            args,
        })
    }

    /// Inside a generic function or class its own type parameters are types like any
    /// other; a call of itself infers copies of them.
    fn freshened(&mut self, sig: &Signature) -> Option<Signature> {
        let visible = |c: &Self, p| c.fns.iter().any(|f| f.type_params.contains(&p));
        if !sig.type_params.iter().any(|&p| visible(self, p)) {
            return None;
        }
        let copies: Vec<_> = sig
            .type_params
            .iter()
            .map(|&p| self.fresh_param(p))
            .collect();
        let types: Vec<Ty> = copies.iter().map(|&p| self.types.param_type(p)).collect();
        let subst = Subst::new(&sig.type_params, &types);
        for (&p, &copy) in sig.type_params.iter().zip(&copies) {
            let decl = self.types.param(p).clone();
            let constraint = decl.constraint.map(|t| self.types.substitute(t, &subst));
            let default = decl.default.map(|t| self.types.substitute(t, &subst));
            let target = self.types.param_mut(copy);
            (target.constraint, target.default) = (constraint, default);
        }
        let mut sig = self.types.substitute_signature(sig, &subst);
        sig.type_params = copies.into();
        Some(sig)
    }

    fn fresh_param(&mut self, param: crate::types::ParamId) -> crate::types::ParamId {
        if let Some(&copy) = self.fresh_params.get(&param) {
            return copy;
        }
        let (name, is_const) = (
            self.types.param(param).name,
            self.types.param(param).is_const,
        );
        let copy = self.types.new_param(name);
        self.types.param_mut(copy).is_const = is_const;
        self.fresh_params.insert(param, copy);
        copy
    }

    fn complete_type_args(&mut self, sig: &Signature, given: &[Ty], span: Span) -> Option<Vec<Ty>> {
        let least = sig
            .type_params
            .iter()
            .rposition(|&p| self.types.param(p).default.is_none())
            .map_or(0, |i| i + 1);
        if given.len() < least || given.len() > sig.type_params.len() {
            let message = format!(
                "this function takes {} type arguments, not {}",
                sig.type_params.len(),
                given.len()
            );
            self.error(codes::TYPE_ARGUMENT_COUNT, span, message);
            return None;
        }
        let mut all = given.to_vec();
        for &p in sig.type_params.iter().skip(given.len()) {
            let known = Subst::new(&sig.type_params, &all);
            let default = self.types.param(p).default.unwrap_or(Ty::UNKNOWN);
            all.push(self.types.substitute(default, &known));
        }
        all.iter().for_each(|&t| self.publish_members(t));
        Some(all)
    }

    /// Checks the arguments as far as inference needs: first those that say what
    /// they are, then functions whose parameters get their types from them.
    fn infer_args(
        &mut self,
        sig: &Signature,
        args: &[Arg<'a>],
        inference: &mut Inference,
        checked: &mut [Option<ExprId>],
    ) {
        for sensitive in [false, true] {
            for (i, arg) in args.iter().enumerate() {
                let Some(param) = self.param_at(sig, i) else {
                    continue;
                };
                let (id, spread) = match arg {
                    Arg::Part(id, _) if !sensitive => (*id, false),
                    Arg::Spread(_, id) if !sensitive => (*id, true),
                    Arg::Part(..) | Arg::Spread(..) => continue,
                    Arg::Expr(e) => {
                        if self.is_context_sensitive(e) != sensitive {
                            continue;
                        }
                        if sensitive {
                            self.infer_members(e, param, inference);
                        }
                        let before = self.mark();
                        let subst = self.current_subst(inference, true);
                        let wish = self.types.substitute(param, &subst);
                        let id = self.expr(e, Some(wish));
                        if sensitive && self.followed_wish(wish, inference, before) {
                            checked[i] = Some(id);
                            continue;
                        }
                        (
                            self.without_result_wish(e, id, param, inference, before),
                            false,
                        )
                    }
                };
                checked[i] = Some(id);
                inference.firm = matches!(arg, Arg::Expr(e) if self.says_literals(e, id));
                let ty = self.ty(id);
                let ty = if spread {
                    self.iterated_type(ty).unwrap_or(Ty::ERROR)
                } else {
                    ty
                };
                self.infer_from(inference, param, ty);
                inference.firm = false;
            }
        }
    }

    /// The members of an object literal in their order: what one says holds for the
    /// parameters of the next.
    fn infer_members(&mut self, e: &'a Expr, param: Ty, inference: &mut Inference) {
        let ast::ExprKind::Object(members) = &e.kind else {
            return;
        };
        if members.len() < 2 || self.rechecks >= MAX_RECHECKS {
            return;
        }
        self.rechecks += 1;
        for member in members {
            let key = match member {
                ast::ObjectMember::Property { key, .. } | ast::ObjectMember::Method { key, .. } => {
                    key.as_name()
                }
                ast::ObjectMember::Spread(_) => None,
            };
            let Some(found) = key.and_then(|name| self.lookup(param, name)) else {
                continue;
            };
            let subst = self.current_subst(inference, true);
            let wish = self.types.substitute(found.ty, &subst);
            let id = match member {
                ast::ObjectMember::Property { value, .. } => {
                    self.probe(|c| c.expr(value, Some(wish)))
                }
                ast::ObjectMember::Method { function, .. } => {
                    self.probe(|c| c.function_expr(function, Some(wish)))
                }
                ast::ObjectMember::Spread(_) => None,
            };
            if let Some(id) = id {
                let ty = self.ty(id);
                self.infer_from(inference, found.ty, ty);
            }
        }
        self.rechecks -= 1;
    }

    /// Whether literal types in the type of an argument are meant as such: of a function,
    /// those of its result.
    fn says_literals(&self, e: &Expr, id: ExprId) -> bool {
        match self.hir.exprs[id.index()].kind {
            ExprKind::Closure(func) => self.firm_results.contains(&func),
            _ => self.keeps_literals(e),
        }
    }

    /// What the expected result says about type arguments is only a wish: an argument
    /// that does not fit it is checked again without.
    fn without_result_wish(
        &mut self,
        e: &'a Expr,
        id: ExprId,
        param: Ty,
        inference: &Inference,
        before: Mark,
    ) -> ExprId {
        let same = self.wish_changes_nothing(inference);
        if !self.failed_since(before) || same || self.rechecks >= MAX_RECHECKS {
            return id;
        }
        let without = self.current_subst(inference, false);
        self.roll_back(before);
        self.rechecks += 1;
        let wish = self.types.substitute(param, &without);
        let again = self.expr(e, Some(wish));
        self.rechecks -= 1;
        again
    }

    /// Whether a function took its types from the expected result and fits them: it
    /// tells nothing beyond that.
    fn followed_wish(&mut self, wish: Ty, inference: &Inference, before: Mark) -> bool {
        self.is_closed(wish) && !self.wish_changes_nothing(inference) && !self.failed_since(before)
    }

    fn wish_changes_nothing(&mut self, inference: &Inference) -> bool {
        let with = self.current_subst(inference, true);
        let without = self.current_subst(inference, false);
        with.pairs() == without.pairs()
    }

    /// Whether an expression has parameters without types, so that it needs to know
    /// what is expected.
    fn is_context_sensitive(&self, e: &Expr) -> bool {
        match &e.kind {
            ast::ExprKind::Function(f) => {
                let untyped = f.signature.params.iter().any(|p| p.ty.is_none());
                untyped || matches!(&f.body, FunctionBody::Expr(e) if self.is_context_sensitive(e))
            }
            ast::ExprKind::Object(members) => members.iter().any(|m| match m {
                ast::ObjectMember::Property { value, .. } => self.is_context_sensitive(value),
                ast::ObjectMember::Method { function, .. } => {
                    function.signature.params.iter().any(|p| p.ty.is_none())
                }
                ast::ObjectMember::Spread(_) => false,
            }),
            ast::ExprKind::Array(elements) => {
                elements.iter().any(|e| self.is_context_sensitive(&e.expr))
            }
            ast::ExprKind::Conditional {
                then, otherwise, ..
            } => self.is_context_sensitive(then) || self.is_context_sensitive(otherwise),
            _ => false,
        }
    }
}

fn arguments(count: usize) -> String {
    match count {
        0 => "no arguments".to_string(),
        1 => "one argument".to_string(),
        n => format!("{n} arguments"),
    }
}

/// Whether an expression can take another type when it is checked again.
pub(super) fn is_adaptable(e: &Expr) -> bool {
    match &e.kind {
        ast::ExprKind::Array(_)
        | ast::ExprKind::Object(_)
        | ast::ExprKind::Function(_)
        | ast::ExprKind::Number(_)
        | ast::ExprKind::New(_)
        | ast::ExprKind::Unary { .. }
        | ast::ExprKind::Conditional { .. } => true,
        ast::ExprKind::Call(call) => call.type_args.is_empty(),
        _ => false,
    }
}
