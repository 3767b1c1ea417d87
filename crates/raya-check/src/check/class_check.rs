//! Checking classes: the code of their members, and what the class as a whole
//! promises (overrides, abstract members, interfaces, initialised fields).

use super::context::{CtorCtx, ThisCtx};
use super::function::BodyInput;
use super::{Checker, Flow};
use crate::codes;
use crate::env::{MemberData, MemberKind, MemberSource};
use crate::hir::{
    self, Block, ExprId, ExprKind, FuncId, FuncKind, LocalKind, Place, Stmt, StmtKind,
};
use crate::types::{ClassId, Param, Ty, TypeKind};
use raya_syntax::ast::{self, ClassMemberKind, FunctionBody};
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// Checks everything in a class.
    pub(crate) fn check_class_bodies(&mut self, class: ClassId) {
        self.ensure_base(class);
        for base in self.types.class(class).bases.clone() {
            if let TypeKind::Class(base, _) = self.types.kind(base) {
                self.queue_class(base);
            }
        }
        let (scope, file) = (self.class(class).scope, self.class(class).file);
        self.elsewhere(scope, file, |c| {
            c.in_class_scope(class, |c, _| c.check_members(class));
            if c.hir.classes[class.index()].builtin && c.class(class).declared_at <= 1 {
                c.check_static_init(class);
            }
            c.check_overrides(class);
            c.check_bases_agree(class);
            c.check_abstract(class);
            c.check_implements(class);
        });
    }

    fn check_members(&mut self, class: ClassId) {
        for index in 0..self.class(class).members.len() as u32 {
            self.member_type(class, index);
        }
        self.ctor_type(class);
        self.check_field_init(class);
        self.check_ctor(class);
        for index in 0..self.class(class).members.len() as u32 {
            self.check_method_body(class, index);
        }
    }

    // ---- methods

    /// Checks the body of a method, unless that is done or under way.
    pub(crate) fn check_method_body(&mut self, class: ClassId, index: u32) {
        let member = &mut self.class_mut(class).members[index as usize];
        let (MemberSource::Method(function), Some(func)) = (member.source, member.func) else {
            return;
        };
        if std::mem::replace(&mut member.checked, true) {
            if !self.func_types.contains_key(&func) {
                self.report_circular_method(class, index);
            }
            return;
        }
        let (name, span) = (member.name, member.span);
        let (is_static, is_abstract) = (member.is_static, member.is_abstract);
        let is_setter = matches!(member.kind, MemberKind::Setter(_));
        if matches!(function.body, FunctionBody::None) {
            if !is_abstract {
                let message = format!("method `{}` has no body", self.text(name));
                self.error(codes::MISSING_BODY, span, message);
            }
            return self.abstract_parts(class, index, func);
        }
        let this = self.this_of(class, is_static);
        let fs = self.method_scope(class, func, function);
        let file = self.class(class).file;
        let setter_param = self.getter_result(class, index);
        self.elsewhere(fs.scope, file, |c| {
            c.setter_param = setter_param;
            let params = c.written_params(&function.signature);
            c.setter_param = None;
            let ret = match is_setter {
                true => Some(Ty::VOID),
                false => c.written_return(&function.signature),
            };
            let input = BodyInput {
                func,
                ast: function,
                scope: fs.scope,
                type_params: fs.type_params.clone(),
                params,
                ret,
                ret_wish: None,
                parent: None,
                this: ThisCtx::Receiver(this),
                class: Some(class),
                is_static,
                ctor: None,
                dynamic: None,
                created_at: c.clock,
                flow: Flow::default(),
            };
            let sig = c.declared_body(func, |c| match is_static {
                true => c.check_body(input),
                false => c.in_class_scope(class, |c, parent| {
                    c.check_body(BodyInput { parent, ..input })
                }),
            });
            let ty = c.types.function(sig);
            c.func_types.entry(func).or_insert(ty);
        });
    }

    fn report_circular_method(&mut self, class: ClassId, index: u32) {
        let member = &self.class(class).members[index as usize];
        let (name, span) = (member.name, member.span);
        let message = format!(
            "the result type of `{}` depends on itself; write it",
            self.text(name)
        );
        self.error(codes::CIRCULAR_INFERENCE, span, message);
        if let Some(func) = self.class(class).members[index as usize].func {
            self.func_types.insert(func, Ty::ERROR);
        }
    }

    /// The parameters and the result of a method without body, for its callers.
    fn abstract_parts(&mut self, class: ClassId, index: u32, func: FuncId) {
        let Some(sig) = self.method_signature(class, index) else {
            return;
        };
        let (params, locals) = self.params_only(&sig.params);
        let outer = self.types.class(class).params.clone();
        let function = &mut self.hir.functions[func.index()];
        function.type_params = sig.type_params.to_vec();
        function.outer_params = outer;
        function.written_params = sig.params.len() as u16;
        function.params = params;
        function.locals = locals;
        function.rest = sig.rest;
        function.ret = sig.ret;
    }

    /// Locals for parameters that nothing else declares.
    fn params_only(&mut self, params: &[Param]) -> (Vec<hir::Param>, Vec<hir::Local>) {
        let mut ctx = super::FnCtx::new(FuncId(0), None, 0);
        let list = params
            .iter()
            .map(|p| hir::Param {
                local: ctx.new_local(p.name, p.ty, LocalKind::Param, Span::default()),
                optional: p.optional,
            })
            .collect();
        (list, ctx.locals)
    }

    // ---- constructors

    fn check_ctor(&mut self, class: ClassId) {
        let derived = self.types.class(class).base.is_some();
        let Some(function) = self.class(class).ctor else {
            self.note_missing_fields(class);
            return self.synthesize_ctor(class);
        };
        let Some(func) = self.class(class).ctor_func else {
            return;
        };
        let this = self.this_of(class, false);
        let scope = self.class(class).scope;
        let (sig, _) = self.quietly(|c| c.written_params(&function.signature));
        let calls = match &function.body {
            FunctionBody::Block(block) => super::walk::calls_super(&block.stmts),
            _ => false,
        };
        if derived && !calls {
            let message = "the constructor of a derived class must call `super(…)`";
            self.error(codes::SUPER_CALL, function.signature.span, message);
        }
        let input = BodyInput {
            func,
            ast: function,
            scope,
            type_params: Vec::new(),
            params: sig,
            ret: Some(Ty::VOID),
            ret_wish: None,
            parent: None,
            this: ThisCtx::Receiver(this),
            class: Some(class),
            is_static: false,
            ctor: Some(CtorCtx { class, derived }),
            dynamic: None,
            created_at: self.clock,
            flow: Flow::at_constructor(derived && calls, self.fields_to_set(class)),
        };
        self.in_class_scope(class, |c, parent| {
            c.check_body(BodyInput { parent, ..input })
        });
    }

    /// A class without constructor that has initialisers passes its arguments on.
    fn synthesize_ctor(&mut self, class: ClassId) {
        if self.hir.classes[class.index()].field_init.is_none() {
            return;
        }
        let span = self.hir.classes[class.index()].span;
        let name = self.hir.classes[class.index()].name;
        let passing = self.passes_on(class);
        let params = match passing {
            true => self.passing_signature(Ty::VOID).params.to_vec(),
            false => self.ctor_params(class),
        };
        let func = self.new_func(name, span, FuncKind::Constructor(class));
        let (list, locals) = self.params_only(&params);
        let mut body = Vec::with_capacity(1);
        let id = match self.types.class(class).base.map(|t| self.types.kind(t)) {
            _ if passing => self.synthetic_pass(class, func, list[0].local, params[0].ty, span),
            Some(TypeKind::Class(base, base_args)) => {
                let args = list
                    .iter()
                    .zip(&params)
                    .map(|(p, param)| self.read_temp(p.local, param.ty, span))
                    .collect();
                Some(self.super_init(class, base, base_args, args, span))
            }
            _ => self.init_fields(class, span),
        };
        body.extend(id.map(|id| Stmt {
            kind: StmtKind::Expr(id),
            span,
        }));
        let rest = passing || self.ctor_rest(class);
        let outer = self.types.class(class).params.clone();
        let function = &mut self.hir.functions[func.index()];
        function.outer_params = outer;
        function.written_params = params.len() as u16;
        function.params = list;
        function.locals = locals;
        function.rest = rest;
        function.ret = Ty::VOID;
        function.falls_off = true;
        function.body = Some(Block {
            label: None,
            stmts: body,
        });
        self.hir.classes[class.index()].ctor = Some(func);
    }

    /// The call that hands the array of arguments to the next constructor.
    fn synthetic_pass(
        &mut self,
        class: ClassId,
        func: FuncId,
        rest: hir::LocalId,
        ty: Ty,
        span: Span,
    ) -> Option<ExprId> {
        let this = self.this_of(class, false);
        let mut ctx = super::FnCtx::new(func, None, self.clock);
        ctx.this = ThisCtx::Receiver(this);
        ctx.class = Some(class);
        self.fns.push(ctx);
        let rest = self.read_temp(rest, ty, span);
        let id = self.pass_on(class, rest, span);
        self.fns.pop();
        id
    }

    fn ctor_rest(&mut self, class: ClassId) -> bool {
        let ty = self.ctor_type(class);
        self.call_signatures(ty).first().is_some_and(|s| s.rest)
    }

    /// What a constructor without base runs first: parameter properties, then field
    /// initialisers.
    pub(crate) fn ctor_start(&mut self, ctor: CtorCtx, span: Span, stmts: &mut Vec<Stmt>) {
        if ctor.derived {
            return;
        }
        let mut parts = self.param_properties(ctor.class);
        parts.extend(self.init_fields(ctor.class, span));
        stmts.extend(parts.into_iter().map(|id| Stmt {
            kind: StmtKind::Expr(id),
            span,
        }));
    }

    /// The assignments of parameter properties.
    pub(crate) fn param_properties(&mut self, class: ClassId) -> Vec<ExprId> {
        let members: Vec<MemberData<'a>> = self
            .class(class)
            .members
            .iter()
            .filter(|m| matches!(m.source, MemberSource::Param(_)))
            .cloned()
            .collect();
        let mut assignments = Vec::with_capacity(members.len());
        for member in members {
            let MemberKind::Field(field) = member.kind else {
                continue;
            };
            let span = member.span;
            let ty = self.hir.classes[class.index()].fields[field.index()].ty;
            let this = self.this_of(class, false);
            let object = self.add(ExprKind::This, this, span);
            let value = self.ident(member.name, span);
            let value = self.force(value, ty);
            let place = Place::Field {
                object,
                class,
                field,
            };
            assignments.push(self.add(ExprKind::Assign { place, value }, ty, span));
        }
        assignments
    }

    /// The end of a constructor: everything must be set.
    pub(crate) fn ctor_end(&mut self, span: Span) {
        if self.flow.dead {
            return;
        }
        if self.flow.before_super {
            let message = "some path through this constructor does not call `super(…)`";
            self.error(codes::SUPER_CALL, span, message);
        }
        self.check_fields_set(span);
    }

    /// Fields that the constructor has to set.
    fn fields_to_set(&mut self, class: ClassId) -> Vec<Name> {
        let members = self.class(class).members.clone();
        members
            .iter()
            .filter(|m| self.needs_setting(m))
            .map(|m| m.name)
            .collect()
    }

    fn needs_setting(&mut self, member: &MemberData<'a>) -> bool {
        let MemberSource::Field(field) = member.source else {
            return false;
        };
        let ClassMemberKind::Field { init, .. } = &field.kind else {
            return false;
        };
        init.is_none()
            && !member.is_static
            && !member.is_abstract
            && !member.optional
            && !member.definite
    }

    /// Reports fields that a path leaves unset; those that may be null start so.
    pub(crate) fn check_fields_set(&mut self, span: Span) {
        let Some(ctor) = self.ctx().ctor else { return };
        if self.flow.dead {
            return;
        }
        for name in self.flow.unset_fields.clone() {
            self.note_unset_field(ctor.class, name, Some(span));
        }
    }

    fn note_missing_fields(&mut self, class: ClassId) {
        if self.hir.classes[class.index()].builtin {
            return;
        }
        for name in self.fields_to_set(class) {
            self.note_unset_field(class, name, None);
        }
    }

    fn note_unset_field(&mut self, class: ClassId, name: Name, at: Option<Span>) {
        let Some(&index) = self.class(class).by_name.get(&(name, false)) else {
            return;
        };
        let ty = self.member_type(class, index);
        let member = &self.class(class).members[index as usize];
        let (span, kind) = (member.span, member.kind);
        let MemberKind::Field(field) = kind else {
            return;
        };
        if self.admits_null(ty) || matches!(ty, Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            self.hir.classes[class.index()].fields[field.index()].starts_null = true;
            return;
        }
        let text = self.text(name).to_string();
        let message = match at {
            Some(_) => format!("field `{text}` is not set on every path through the constructor"),
            None => format!("field `{text}` has no value: nothing sets it"),
        };
        self.error(codes::FIELD_UNSET, span, message).help = Some(format!(
            "give it a value, or write `{text}!: …` if it is set elsewhere"
        ));
    }

    // ---- initialisers

    /// Checks the field initialisers as a function of their own.
    fn check_field_init(&mut self, class: ClassId) {
        let Some(func) = self.hir.classes[class.index()].field_init else {
            return;
        };
        let this = self.this_of(class, false);
        self.in_class_scope(class, |c, parent| {
            let saved = c.enter_initialiser(func, class, false, this);
            c.ctx_mut().parent = parent;
            let scope = c.scope;
            c.scope = c.scopes.new_scope(Some(scope));
            let mut stmts = Vec::new();
            for index in 0..c.class(class).members.len() as u32 {
                c.initialiser(class, index, false, &mut stmts);
            }
            c.scope = scope;
            c.finish_initialiser(func, class, saved, stmts);
        });
    }

    fn initialiser(&mut self, class: ClassId, index: u32, is_static: bool, stmts: &mut Vec<Stmt>) {
        let member = self.class(class).members[index as usize].clone();
        let (MemberSource::Field(ast), MemberKind::Field(field)) = (member.source, member.kind)
        else {
            return;
        };
        let ClassMemberKind::Field { init, .. } = &ast.kind else {
            return;
        };
        if member.is_static != is_static {
            return;
        }
        let span = member.span;
        let ty = self.member_type(class, index);
        let value = match init {
            Some(init) => self.named_expr_as(member.name, init, ty),
            None if is_static && !self.class(class).builtin && self.admits_null(ty) => {
                self.absent(ty, span)
            }
            None => return,
        };
        let place = if is_static {
            Place::Static {
                object: None,
                class,
                field,
                checked: false,
            }
        } else {
            let this = self.this_of(class, false);
            let object = self.add(ExprKind::This, this, span);
            Place::Field {
                object,
                class,
                field,
            }
        };
        let id = self.add(ExprKind::Assign { place, value }, ty, span);
        stmts.push(Stmt {
            kind: StmtKind::Expr(id),
            span,
        });
    }

    fn finish_initialiser(&mut self, func: FuncId, class: ClassId, saved: Flow, stmts: Vec<Stmt>) {
        let Some(mut ctx) = self.leave_initialiser(saved) else {
            return;
        };
        for local in &mut ctx.locals {
            local.boxed |= local.captured && local.assigned;
        }
        let outer = self.types.class(class).params.clone();
        let parent = ctx.parent.map(|i| self.fns[i].func);
        let function = &mut self.hir.functions[func.index()];
        function.parent = parent;
        function.outer_params = outer;
        function.ret = Ty::VOID;
        function.locals = ctx.locals;
        function.captures = ctx.captures;
        function.falls_off = true;
        function.body = Some(Block { label: None, stmts });
    }

    /// Checks static initialisers and static blocks, which run where the class is
    /// declared.
    pub(crate) fn check_static_init(&mut self, class: ClassId) {
        let Some(func) = self.hir.classes[class.index()].static_init else {
            return;
        };
        if self.hir.functions[func.index()].body.is_some() && self.class(class).builtin {
            return;
        }
        let (scope, file, ast) = (
            self.class(class).scope,
            self.class(class).file,
            self.class(class).ast,
        );
        self.elsewhere(scope, file, |c| {
            let this = c.this_of(class, true);
            let saved = c.enter_initialiser(func, class, true, this);
            let inner = c.scopes.new_scope(Some(scope));
            c.scope = inner;
            let mut stmts = Vec::new();
            for member in &ast.members {
                match &member.kind {
                    ClassMemberKind::StaticBlock(block) => {
                        let block = c.block(&block.stmts);
                        let span = member.span;
                        stmts.push(Stmt {
                            kind: StmtKind::Block(block),
                            span,
                        });
                    }
                    ClassMemberKind::Field { .. } if member.modifiers.is_static => {
                        if let Some(index) = c.member_of(class, member) {
                            c.initialiser(class, index, true, &mut stmts);
                        }
                    }
                    _ => {}
                }
            }
            c.finish_initialiser(func, class, saved, stmts);
        });
    }

    fn member_of(&self, class: ClassId, member: &'a ast::ClassMember) -> Option<u32> {
        let members = &self.class(class).members;
        let found = members
            .iter()
            .position(|m| matches!(m.source, MemberSource::Field(f) if std::ptr::eq(f, member)));
        found.map(|i| i as u32)
    }

    // ---- promises

    fn check_overrides(&mut self, class: ClassId) {
        let bases = self.types.class(class).bases.clone();
        for index in 0..self.class(class).members.len() as u32 {
            let member = self.class(class).members[index as usize].clone();
            let mut overrides = false;
            for &base in &bases {
                let TypeKind::Class(parent, _) = self.types.kind(base) else {
                    continue;
                };
                let receiver = match member.is_static {
                    true => self.types.class_object(parent),
                    false => base,
                };
                let inherited = self.lookup(receiver, member.name);
                if let Some(found) = inherited.filter(|f| f.declared_in.is_some()) {
                    overrides = true;
                    self.check_override(class, index, &member, &found);
                }
            }
            if member.is_override && !overrides {
                let message = format!("no base class has a member `{}`", self.text(member.name));
                self.error(codes::OVERRIDES_NOTHING, member.span, message);
            }
        }
    }

    fn check_override(
        &mut self,
        class: ClassId,
        index: u32,
        member: &MemberData<'a>,
        found: &super::member::Found,
    ) {
        if self.text(member.name).starts_with('#') {
            return;
        }
        let root = self.hir.well_known.object;
        let ty = self.member_type(class, index);
        let base_ty = self.own_this(class, found.ty);
        let ty = self.own_this(class, ty);
        let base_is_method = matches!(found.how, super::member::How::Method { .. });
        let is_method = matches!(member.kind, MemberKind::Method(_));
        let text = self.text(member.name).to_string();
        if found.access == ast::Access::Private {
            let message = format!("`{text}` is private in the base class");
            self.error(codes::INVALID_OVERRIDE, member.span, message);
            return;
        }
        if base_is_method != is_method && found.declared_in != root {
            let message = format!("`{text}` is a method in one class and a property in the other");
            self.error(codes::INVALID_OVERRIDE, member.span, message);
            return;
        }
        let field = matches!(found.how, super::member::How::Field { .. });
        let fits = if field && !found.readonly {
            self.equivalent(ty, base_ty)
        } else {
            self.subtype(ty, base_ty)
        };
        if !fits {
            let message = format!(
                "`{text}` of type `{}` does not fit the base class's `{}`",
                self.show(ty),
                self.show(base_ty)
            );
            self.error(codes::INVALID_OVERRIDE, member.span, message);
        }
    }

    /// A member's type with `this` taken as the class itself.
    pub(crate) fn own_this(&mut self, class: ClassId, ty: Ty) -> Ty {
        let own = self.types.class_self(class);
        let mut subst = crate::types::Subst::default();
        for c in self.lineage(class) {
            subst.push(self.types.class(c).this_param, own);
        }
        self.types.substitute(ty, &subst)
    }

    fn check_abstract(&mut self, class: ClassId) {
        if self.hir.classes[class.index()].is_abstract {
            return;
        }
        let own = self.types.class_self(class);
        let mut missing: Vec<String> = Vec::new();
        for c in self.lineage(class) {
            let names: Vec<Name> = self
                .class(c)
                .members
                .iter()
                .filter(|m| m.is_abstract && !m.is_static)
                .map(|m| m.name)
                .collect();
            for name in names {
                if self.is_still_abstract(own, name) {
                    missing.push(format!("`{}`", self.text(name)));
                }
            }
        }
        missing.dedup();
        if !missing.is_empty() && self.class(class).ast.name.is_some() {
            let message = format!(
                "class `{}` does not implement {}",
                self.text(self.hir.classes[class.index()].name),
                missing.join(", ")
            );
            let span = self
                .class(class)
                .ast
                .name
                .map_or(self.class(class).ast.span, |n| n.span);
            self.error(codes::ABSTRACT_MISSING, span, message).help =
                Some("implement the members, or make the class abstract".to_string());
        }
    }

    fn is_still_abstract(&mut self, own: Ty, name: Name) -> bool {
        let Some(found) = self.lookup(own, name) else {
            return true;
        };
        let Some(class) = found.declared_in else {
            return false;
        };
        let Some(&index) = self.class(class).by_name.get(&(name, false)) else {
            return false;
        };
        self.class(class).members[index as usize].is_abstract
    }

    fn check_implements(&mut self, class: ClassId) {
        let ast = self.class(class).ast;
        for interface in &ast.implements {
            let [ident] = *interface.target.path else {
                self.unsupported(codes::UNSUPPORTED_MODULES, interface.span);
                continue;
            };
            let ty = self.named_reference(ident, &interface.target.args, interface.span);
            let wanted = match self.types.kind(ty) {
                TypeKind::Class(..) => {
                    let members = self.class_as_members(ty);
                    self.types.object_of(members)
                }
                _ => ty,
            };
            let own = self.types.class_self(class);
            if self.subtype(own, wanted) {
                continue;
            }
            let message = format!(
                "class `{}` does not implement `{}`",
                self.text(self.hir.classes[class.index()].name),
                self.show(ty)
            );
            let help = self.mismatch_reason(own, wanted).map(|(_, help)| help);
            self.error_help(codes::NOT_IMPLEMENTED, interface.span, message, help);
        }
    }

    /// The type that a name with arguments means.
    pub(crate) fn named_reference(
        &mut self,
        ident: ast::Ident,
        args: &'a [ast::TypeExpr],
        span: Span,
    ) -> Ty {
        match self.type_symbol(ident.name) {
            Some(symbol) => self.type_of_symbol(symbol, args, ident, span),
            None => match self.predefined_type(ident.name, args, span) {
                Some(ty) => ty,
                None => {
                    self.report_unknown_type(ident);
                    Ty::ERROR
                }
            },
        }
    }

    /// Resolves a declared type where its declaration stands, so that its errors are
    /// reported even if nothing uses it.
    pub(crate) fn check_declared_type(&mut self, ident: ast::Ident) {
        use crate::env::TypeSymKind;
        let Some(symbol) = self.scopes.own_type(self.scope, ident.name) else {
            return;
        };
        match &self.type_symbols[symbol.0 as usize] {
            TypeSymKind::Interface { asts, .. } => {
                let count = asts[0].type_params.len();
                let args = vec![Ty::ERROR; count];
                self.interface_type(symbol, &args, ident, ident.span);
            }
            TypeSymKind::Alias { ast, .. } => {
                let args = vec![Ty::ERROR; ast.type_params.len()];
                self.alias_type(symbol, &args, ident, ident.span);
            }
            TypeSymKind::Class(_)
            | TypeSymKind::Dynamic
            | TypeSymKind::Param(_)
            | TypeSymKind::Refused => {}
        }
        let _ = names::EMPTY;
    }
}
