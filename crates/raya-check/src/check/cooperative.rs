//! `super` in programs that have classes with several bases.
//!
//! What follows a class in resolution order is then a matter of the type of `this`: the
//! same method's `super.m()` reaches another class in an heir that puts one in between. So
//! the next member is looked up when the call runs. Arguments are checked here against the
//! member that the class's own order finds, and at run time against the one that is reached.

use super::Checker;
use super::member::{Found, How};
use crate::codes;
use crate::hir::{Callee, Element, ExprId, ExprKind};
use crate::types::{ClassId, Param, Signature, Subst, Ty, TyList};
use raya_syntax::ast;
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;
use rustc_hash::FxHashSet;
use std::sync::Arc;

impl<'a> Checker<'a> {
    /// Whether `super` in the code of a class is looked up when it runs.
    pub(crate) fn is_cooperative(&self, class: ClassId) -> bool {
        self.facts.several_bases && !self.hir.classes[class.index()].builtin
    }

    /// What `super.name` is for the present `this`, bound to it; any.
    pub(crate) fn next_member(&mut self, class: ClassId, name: Name, span: Span) -> Option<ExprId> {
        let this = self.this_value(span)?;
        let this = self.coerce(this, Ty::ANY);
        let owner = self.class_value(class, span);
        let owner = self.coerce(owner, Ty::ANY);
        Some(self.member_after(this, owner, name, span))
    }

    /// The member that follows `owner` in the resolution order of `this`.
    pub(crate) fn member_after(
        &mut self,
        this: ExprId,
        owner: ExprId,
        name: Name,
        span: Span,
    ) -> ExprId {
        let text = self.add(ExprKind::Str(name), Ty::STRING, span);
        let kind = ExprKind::Native {
            name: self.names.intern("super_get"),
            args: Box::new([this, owner, text]),
        };
        self.add(kind, Ty::ANY, span)
    }

    /// `super(args)`
    pub(crate) fn cooperative_super_call(
        &mut self,
        call: &'a ast::Call,
        class: ClassId,
        span: Span,
    ) -> ExprId {
        let args = match self.next_ctor(class, TyList::EMPTY) {
            Some((base, base_args)) => {
                let signatures = self.ctor_signatures(base, base_args);
                self.passed_on(&signatures, call, span)
            }
            // A class that is mixed in passes on what it does not know.
            None => Some(self.dynamic_args(&call.args)),
        };
        self.flow.before_super = false;
        let Some(args) = args else {
            return self.error_expr(span);
        };
        let Some(init) = self.call_next_ctor(class, args, span) else {
            return self.error_expr(span);
        };
        // Without base, fields are initialised at the start of the constructor.
        match self.types.class(class).base {
            Some(_) => self.after_super(class, init, span),
            None => init,
        }
    }

    /// The arguments of `super(args)`, which fit a signature unless they are spread from any.
    fn passed_on(
        &mut self,
        signatures: &[Arc<Signature>],
        call: &'a ast::Call,
        span: Span,
    ) -> Option<Box<[Element]>> {
        if self.spreads_any(signatures, &call.args) {
            return Some(self.dynamic_args(&call.args));
        }
        let resolved = self.resolve_call(signatures, &[], &call.args, None, span)?;
        Some(self.dynamic_elements(&resolved))
    }

    /// Calls the next constructor with arguments of type any.
    pub(crate) fn call_next_ctor(
        &mut self,
        class: ClassId,
        args: Box<[Element]>,
        span: Span,
    ) -> Option<ExprId> {
        let ctor = self.next_member(class, names::CONSTRUCTOR, span)?;
        let call = crate::hir::Call {
            callee: Callee::Any(ctor),
            args,
        };
        Some(self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span))
    }

    /// The signatures that the constructor of a base has for an heir.
    pub(crate) fn ctor_signatures(
        &mut self,
        base: ClassId,
        base_args: TyList,
    ) -> Vec<Arc<Signature>> {
        let ctor_ty = self.ctor_type(base);
        let params = self.types.class(base).params.clone();
        let subst = Subst::new(&params, &self.types.list_arc(base_args));
        let signatures = self.call_signatures(ctor_ty);
        let own = |s: &Arc<Signature>| {
            let mut sig = self.types.substitute_signature(s, &subst);
            sig.type_params = Box::default();
            Arc::new(sig)
        };
        signatures.iter().map(own).collect()
    }

    /// `super.name(args)`, where `sig` is what the class's own order finds.
    pub(crate) fn cooperative_method_call(
        &mut self,
        class: ClassId,
        name: Name,
        resolved: &super::args::Resolved,
        span: Span,
    ) -> ExprId {
        let Some(method) = self.next_member(class, name, span) else {
            return self.error_expr(span);
        };
        let call = crate::hir::Call {
            callee: Callee::Any(method),
            args: self.dynamic_elements(resolved),
        };
        let id = self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        self.finish_call(id, resolved.sig.ret)
    }

    /// The signature of a constructor that only passes on what it gets.
    pub(crate) fn passing_signature(&mut self, ret: Ty) -> Signature {
        let rest = Param {
            name: names::ARGUMENTS,
            ty: self.types.array(Ty::ANY),
            optional: false,
        };
        Signature {
            rest: true,
            ..Signature::new(vec![rest], ret)
        }
    }

    /// The body of such a constructor.
    pub(crate) fn pass_on(&mut self, class: ClassId, rest: ExprId, span: Span) -> Option<ExprId> {
        let rest = self.coerce(rest, Ty::ANY);
        let args = Box::new([Element::Spread(rest)]);
        let init = self.call_next_ctor(class, args, span)?;
        Some(self.after_super(class, init, span))
    }

    /// Whether the constructor of a class is one that passes its arguments on.
    pub(crate) fn passes_on(&self, class: ClassId) -> bool {
        let decl = &self.hir.classes[class.index()];
        self.is_cooperative(class) && self.class(class).ctor.is_none() && decl.field_init.is_some()
    }

    // ---- several bases

    /// The member that resolution order finds first must fit what each base says about it.
    pub(crate) fn check_bases_agree(&mut self, class: ClassId) {
        let decl = self.types.class(class);
        let [_, _, ..] = decl.bases[..] else {
            return;
        };
        let this = self.types.class_self(class);
        let span = self.class(class).ast.bases[0].span;
        let mut checked = FxHashSet::default();
        for (base, args) in self.types.ancestors(class, TyList::EMPTY) {
            for index in 0..self.class(base).members.len() {
                let member = &self.class(base).members[index];
                let (name, is_static) = (member.name, member.is_static);
                let own = self.class(class).by_name.contains_key(&(name, is_static));
                if is_static || own || self.text(name).starts_with('#') {
                    continue;
                }
                let (Some(theirs), Some(found)) = (
                    self.own_class_member(this, base, args, name, false),
                    self.lookup(this, name),
                ) else {
                    continue;
                };
                if found.declared_in == Some(base) || self.agrees(class, &found, &theirs) {
                    continue;
                }
                if checked.insert(name) {
                    let message = format!(
                        "`{}` of type `{}` does not fit the base `{}`, where it is `{}`",
                        self.text(name),
                        self.show(found.ty),
                        self.text(self.hir.classes[base.index()].name),
                        self.show(theirs.ty)
                    );
                    self.error(codes::INVALID_OVERRIDE, span, message);
                }
            }
        }
    }

    /// Whether a member can stand where another one is expected.
    fn agrees(&mut self, class: ClassId, found: &Found, theirs: &Found) -> bool {
        let is_field = |f: &Found| matches!(f.how, How::Field { .. });
        let is_method = |f: &Found| matches!(f.how, How::Method { .. });
        if is_field(found) != is_field(theirs) || is_method(found) != is_method(theirs) {
            return false;
        }
        let ty = self.own_this(class, found.ty);
        let wanted = self.own_this(class, theirs.ty);
        match is_field(theirs) {
            true => self.equivalent(ty, wanted),
            false => self.subtype(ty, wanted),
        }
    }
}
