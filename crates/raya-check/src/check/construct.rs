//! `new`, `super(…)` and members of `super`.

use super::Checker;
use super::args::Resolved;
use super::member::How;
use crate::codes;
use crate::hir::{Callee, Dispatch, ExprId, ExprKind, Place};
use crate::types::{ClassId, Subst, Ty, TyList, TypeKind};
use raya_syntax::ast::{self, Ident};
use raya_syntax::name::names;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// `new callee(args)`
    pub(crate) fn new_expr(
        &mut self,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if let ast::ExprKind::Ident(name) = call.callee.kind
            && let Some(symbol) = self.value_symbol(name)
            && let crate::env::SymKind::Class(class) = self.symbol(symbol).kind
        {
            return self.new_class(class, call, expected, span);
        }
        let callee = self.expr(&call.callee, None);
        let ty = self.ty(callee);
        let apparent = self.apparent(ty);
        match self.types.kind(apparent) {
            TypeKind::Error => {
                call.args.iter().for_each(|a| {
                    self.expr(&a.expr, Some(Ty::ERROR));
                });
                self.error_expr(span)
            }
            TypeKind::Any => {
                let args = self.dynamic_args(&call.args);
                self.add(ExprKind::NewAny { callee, args }, Ty::ANY, span)
            }
            TypeKind::ClassObject(class) => {
                if let ExprKind::Class { .. } = self.hir.exprs[callee.index()].kind {
                    return self.new_class(class, call, expected, span);
                }
                self.new_value(callee, apparent, call, expected, span)
            }
            _ => self.new_value(callee, apparent, call, expected, span),
        }
    }

    /// `new` on a class that is a value: which class it is shows at run time.
    fn new_value(
        &mut self,
        callee: ExprId,
        ty: Ty,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        let signatures = self.construct_signatures(ty);
        if signatures.is_empty() {
            let message = format!("a value of type `{}` is no class", self.show(ty));
            self.error(codes::NOT_CONSTRUCTABLE, call.callee.span, message);
            return self.error_expr(span);
        }
        if let TypeKind::ClassObject(class) = self.types.kind(ty)
            && self.hir.classes[class.index()].is_abstract
        {
            self.report_abstract(class, span);
            return self.error_expr(span);
        }
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_expr(span);
        };
        let fixed = resolved.sig.fixed().len();
        let mut args = Vec::with_capacity(resolved.args.len());
        for (i, &id) in resolved
            .args
            .iter()
            .enumerate()
            .take(call.args.len().max(fixed))
        {
            if i >= call.args.len() && i < fixed {
                break;
            }
            let any = self.coerce(id, Ty::ANY);
            args.push(if i < fixed {
                crate::hir::Element::One(any)
            } else {
                crate::hir::Element::Spread(any)
            });
        }
        let callee = self.coerce(callee, Ty::ANY);
        let id = self.add(
            ExprKind::NewAny {
                callee,
                args: args.into(),
            },
            Ty::ANY,
            span,
        );
        self.coerce(id, resolved.sig.ret)
    }

    fn report_abstract(&mut self, class: ClassId, span: Span) {
        let text = self.text(self.hir.classes[class.index()].name).to_string();
        let message = format!("class `{text}` is abstract and has no instances of its own");
        self.error(codes::ABSTRACT_INSTANCE, span, message);
    }

    /// `new C(args)` for a class that is known.
    pub(crate) fn new_class(
        &mut self,
        class: ClassId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        self.mention_class(class, call.callee.span);
        if self.hir.classes[class.index()].is_abstract {
            self.report_abstract(class, span);
        }
        if self.hir.classes[class.index()].primitive {
            return self.new_primitive(class, call, expected, span);
        }
        let ctor = self.ctor_type(class);
        let signatures = self.call_signatures(ctor);
        if let Some(id) = self.spreading_new(class, &signatures, call, span) {
            return id;
        }
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            let result = match signatures.first() {
                Some(s) if s.type_params.is_empty() => s.ret,
                _ => Ty::ERROR,
            };
            return self.add(ExprKind::Error, result, span);
        };
        let ty = resolved.sig.ret;
        let class_args = match self.types.kind(ty) {
            TypeKind::Class(_, args) => args,
            _ => TyList::EMPTY,
        };
        let args = self.ctor_args(class, class_args, resolved, span);
        let kind = ExprKind::New {
            class,
            class_args,
            args: args.into(),
            checked: false,
        };
        let id = self.add(kind, ty, span);
        let (current, clock) = (self.current(), self.clock);
        self.post.read_class(id, class, current, clock);
        self.note_scopes(id, class, span);
        id
    }

    /// Arguments as the constructor's own code takes them.
    fn ctor_args(
        &mut self,
        class: ClassId,
        class_args: TyList,
        resolved: Resolved,
        span: Span,
    ) -> Vec<ExprId> {
        let passing = self
            .lineage(class)
            .into_iter()
            .find(|&c| self.class(c).ctor.is_some() || self.passes_on(c));
        if passing.is_some_and(|c| self.passes_on(c)) {
            let own = self.passing_signature(Ty::VOID);
            return self.adapt_args(resolved.args, &resolved.sig, &own, span);
        }
        let Some((owner, owner_args)) = self.ctor_owner(class, class_args) else {
            return resolved.args;
        };
        if self.class(owner).ctor_overloads.is_empty() {
            return resolved.args;
        }
        let Some(own) = self.ctor_impl_signature(owner) else {
            return resolved.args;
        };
        let params = self.types.class(owner).params.clone();
        let subst = Subst::new(&params, &self.types.list_arc(owner_args));
        let own = self.types.substitute_signature(&own, &subst);
        self.adapt_args(resolved.args, &resolved.sig, &own, span)
    }

    /// `new Array<T>(n)` and the wrappers of primitives.
    fn new_primitive(
        &mut self,
        class: ClassId,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if Some(class) != self.hir.well_known.array {
            let text = self.text(self.hir.classes[class.index()].name).to_string();
            let message = format!("`{text}` is a primitive and has no instances of its own");
            self.error(codes::NOT_CONSTRUCTABLE, span, message).help =
                Some(format!("`{text}(x)` converts"));
            return self.error_expr(span);
        }
        let expected = expected.filter(|&t| self.array_element(t).is_some() && self.is_closed(t));
        // As in TypeScript, nothing says what the elements are.
        let any_array = self.types.array(Ty::ANY);
        let expected = expected.or((call.args.len() == 1).then_some(any_array));
        let name = self.names.intern("__new__");
        let object = self.class_value(class, call.callee.span);
        let property = Ident {
            name,
            span: call.callee.span,
        };
        let id = self.call_on(object, property, call, expected, span);
        let ty = self.ty(id);
        if let Some(elem) = self.array_element(ty)
            && !call.args.is_empty()
            && !self.has_zero(elem)
        {
            let message = format!(
                "`{}` has no zero that the new array could be filled with",
                self.show(elem)
            );
            self.error(codes::NO_ZERO, span, message).help =
                Some("start with `[]` and push, or let the elements be null".to_string());
        }
        id
    }

    /// Whether an array of this element type can be made by its length alone.
    pub(crate) fn has_zero(&mut self, elem: Ty) -> bool {
        let numeric = matches!(self.types.kind(elem), TypeKind::Param(_) | TypeKind::Error);
        let plain = matches!(
            elem,
            Ty::NUMBER | Ty::INT | Ty::BOOLEAN | Ty::ANY | Ty::UNKNOWN
        );
        numeric || plain || self.admits_null(elem)
    }

    // ---- `super`

    /// The base class of the class under check, with its arguments.
    fn base_of_current(&mut self) -> Option<(ClassId, ClassId, TyList)> {
        let class = self.this_owner().class?;
        let base = self.types.class(class).base?;
        match self.types.kind(base) {
            TypeKind::Class(base, args) => Some((class, base, args)),
            _ => None,
        }
    }

    /// `super(args)`
    pub(crate) fn super_call(&mut self, call: &'a ast::Call, span: Span) -> ExprId {
        if let Some(member) = self.this_owner().dynamic {
            return self.dynamic_super_call(member, call, span);
        }
        let Some(ctor) = self.this_owner().ctor else {
            self.error(
                codes::INVALID_THIS,
                span,
                "`super(…)` belongs into a constructor",
            );
            return self.error_expr(span);
        };
        let own = ctor.class;
        if self.is_cooperative(own) {
            return self.cooperative_super_call(call, own, span);
        }
        let Some((class, base, base_args)) = self.base_of_current() else {
            return self.root_super_call(call, own, span);
        };
        let signatures = self.ctor_signatures(base, base_args);
        if !self.hir.classes[base.index()].builtin && self.spreads_any(&signatures, &call.args) {
            let args = self.dynamic_args(&call.args);
            self.flow.before_super = false;
            return match self.call_next_ctor(own, args, span) {
                Some(init) => self.after_super(own, init, span),
                None => self.error_expr(span),
            };
        }
        let resolved = self.resolve_call(&signatures, &[], &call.args, None, span);
        self.flow.before_super = false;
        let Some(resolved) = resolved else {
            return self.error_expr(span);
        };
        let args = self.ctor_args(base, base_args, resolved, span);
        self.super_init(class, base, base_args, args, span)
    }

    /// The base's constructor, then the class's own field initialisers.
    pub(crate) fn super_init(
        &mut self,
        class: ClassId,
        base: ClassId,
        base_args: TyList,
        args: Vec<ExprId>,
        span: Span,
    ) -> ExprId {
        let kind = ExprKind::SuperInit {
            base,
            base_args,
            args: args.into(),
        };
        let init = self.add(kind, Ty::VOID, span);
        self.after_super(class, init, span)
    }

    /// `super(…)` and what runs when it has returned: parameter properties are stored, then
    /// the class's own field initialisers run.
    pub(crate) fn after_super(&mut self, class: ClassId, init: ExprId, span: Span) -> ExprId {
        let mut parts = vec![init];
        if self.fns.last().is_some_and(|f| f.ctor.is_some()) {
            parts.extend(self.param_properties(class));
        }
        parts.extend(self.init_fields(class, span));
        if parts.len() == 1 {
            return init;
        }
        self.add(ExprKind::Seq(parts.into()), Ty::VOID, span)
    }

    /// In a class without base `super()` does nothing.
    fn root_super_call(&mut self, call: &'a ast::Call, class: ClassId, span: Span) -> ExprId {
        if let Some(extra) = call.args.first() {
            let message = "this class has no base that would take arguments";
            self.error(codes::ARGUMENT_COUNT, extra.expr.span, message);
        }
        let _ = class;
        self.add(ExprKind::Null, Ty::VOID, span)
    }

    /// `super.name` as a value.
    pub(crate) fn super_member(&mut self, property: Ident, span: Span) -> ExprId {
        if let Some(id) = self.late_super(property, span) {
            return id;
        }
        let Some((receiver, found, object)) = self.super_lookup(property, span) else {
            return self.error_expr(span);
        };
        if let Some(class) = self.this_owner().class.filter(|&c| self.is_cooperative(c)) {
            return match self.next_member(class, property.name, span) {
                Some(value) => self.finish_call(value, found.ty),
                None => self.error_expr(span),
            };
        }
        match found.how {
            How::Method {
                class,
                method,
                is_static: false,
                index,
                ..
            } => {
                self.need_method(class, index);
                let place = Place::Method {
                    object,
                    class,
                    method,
                };
                self.add(ExprKind::Read(place), found.ty, span)
            }
            How::Accessor {
                class,
                args,
                getter: Some(getter),
                is_static: false,
                ..
            } => {
                let call = self.accessor_call(object, class, args, getter, false, None, span);
                self.make_direct(call);
                self.with_type(call, found.ty, span)
            }
            How::Static { .. } | How::Method { .. } | How::Accessor { .. } => {
                self.read_found(object, &found, property.name, false, span)
            }
            _ => {
                let message = format!(
                    "`super` reaches methods and accessors; `{}` is a field: use `this`",
                    self.text(property.name)
                );
                self.error(codes::INVALID_THIS, span, message);
                let _ = receiver;
                self.error_expr(span)
            }
        }
    }

    /// `super.name` where it can only be looked up when it runs: in a class with computed
    /// bases, and for special methods that every class inherits from the root.
    fn late_super(&mut self, property: Ident, span: Span) -> Option<ExprId> {
        if let Some(member) = self.this_owner().dynamic {
            return self.dynamic_super(member, property.name, span);
        }
        let (class, is_static) = (self.this_owner().class?, self.this_owner().is_static);
        // A class that is mixed in names what only the classes around it have.
        let late = self.text(property.name).starts_with("__") || self.is_cooperative(class);
        if late && self.member_above(class, property.name, is_static).is_none() {
            return self.next_member(class, property.name, span);
        }
        None
    }

    fn super_lookup(
        &mut self,
        property: Ident,
        span: Span,
    ) -> Option<(Ty, super::member::Found, ExprId)> {
        let is_static = self.this_owner().is_static;
        let Some((class, base, base_args)) = self.base_of_current() else {
            return self.root_lookup(property, span);
        };
        let receiver = if is_static {
            self.types.class_object(base)
        } else {
            self.types.intern(TypeKind::Class(base, base_args))
        };
        let found = self.member_above(class, property.name, is_static);
        let Some(found) = found else {
            self.report_unknown_member(receiver, property);
            return None;
        };
        let object = self.this_value(span)?;
        Some((receiver, found, object))
    }

    /// The first member of a name above a class in its resolution order.
    fn member_above(
        &mut self,
        class: ClassId,
        name: raya_syntax::Name,
        is_static: bool,
    ) -> Option<super::member::Found> {
        // A result of type `this` is this object, not one of the base.
        let this = self.types.class(class).this_param;
        let this = self.types.param_type(this);
        for (base, args) in self.types.ancestors(class, TyList::EMPTY) {
            let receiver = match is_static {
                true => self.types.class_object(base),
                false => this,
            };
            let found = self.own_class_member(receiver, base, args, name, is_static);
            if found.is_some() {
                return found;
            }
        }
        let root = self.root_class()?;
        let receiver = match is_static {
            true => self.types.class_object(root),
            false => this,
        };
        self.own_class_member(receiver, root, TyList::EMPTY, name, is_static)
    }

    /// In a class without base `super` reaches the root class.
    fn root_lookup(
        &mut self,
        property: Ident,
        span: Span,
    ) -> Option<(Ty, super::member::Found, ExprId)> {
        if self.this_owner().class.is_none() {
            self.error(
                codes::INVALID_THIS,
                span,
                "`super` has a meaning in classes only",
            );
            return None;
        }
        let root = self.root_class()?;
        let receiver = self.types.class_self(root);
        let Some(found) = self.lookup(receiver, property.name) else {
            self.report_unknown_member(receiver, property);
            return None;
        };
        let object = self.this_value(span)?;
        Some((receiver, found, object))
    }

    pub(crate) fn this_value(&mut self, span: Span) -> Option<ExprId> {
        let (ty, local) = self.resolve_this()?;
        Some(match local {
            Some(local) => self.read_temp(local, ty, span),
            None => self.add(ExprKind::This, ty, span),
        })
    }

    /// `super.name(args)`
    pub(crate) fn super_method_call(
        &mut self,
        property: Ident,
        call: &'a ast::Call,
        expected: Option<Ty>,
        span: Span,
    ) -> ExprId {
        if let Some(method) = self.late_super(property, span) {
            let call = crate::hir::Call {
                callee: Callee::Any(method),
                args: self.dynamic_args(&call.args),
            };
            return self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span);
        }
        let Some((_, found, object)) = self.super_lookup(property, span) else {
            for arg in &call.args {
                self.expr(&arg.expr, Some(Ty::ERROR));
            }
            return self.error_expr(span);
        };
        if let How::Method { class, index, .. } = found.how
            && self.class(class).members[index as usize].is_abstract
        {
            let message = format!(
                "`{}` of the base class is abstract",
                self.text(property.name)
            );
            self.error(codes::ABSTRACT_MISSING, property.span, message);
        }
        let signatures = self.call_signatures(found.ty);
        let resolved = self.resolve_call(&signatures, &call.type_args, &call.args, expected, span);
        let Some(resolved) = resolved else {
            return self.error_expr(span);
        };
        let private = self.text(property.name).starts_with('#');
        if let Some(class) = self.this_owner().class.filter(|&c| self.is_cooperative(c))
            && !private
        {
            return self.cooperative_method_call(class, property.name, &resolved, span);
        }
        let id = self.emit_member_call(object, &found, property.name, resolved, span);
        self.make_direct(id);
        id
    }

    /// Makes the method call inside an expression reach exactly its method.
    fn make_direct(&mut self, id: ExprId) {
        match &mut self.hir.exprs[id.index()].kind {
            ExprKind::Call(call) => {
                if let Callee::Method { dispatch, .. } | Callee::Static { dispatch, .. } =
                    &mut call.callee
                {
                    *dispatch = Dispatch::Direct;
                }
            }
            ExprKind::Coerce { expr, .. } => {
                let inner = *expr;
                self.make_direct(inner);
            }
            _ => {}
        }
    }

    /// The name that `new` reports for an anonymous class.
    pub(crate) fn class_name_or(&self, class: &ast::Class) -> raya_syntax::Name {
        class.name.map_or(names::EMPTY, |i| i.name)
    }
}
