//! Classes whose bases are only known when the declaration runs.
//!
//! `class Z extends base1, base2` with bases of type any is made by the runtime, each time
//! that the declaration runs: a name, bases, and members that are closures with `this` as
//! their receiver. So are classes in functions that are used as values and whose code uses
//! the function's variables (`local_class`). Nothing about its instances is known to the checker: the class, its
//! instances and `this` are any. `super` goes on from the class that a hidden variable (the
//! class's own, if it has a name) holds, as CPython's `__class__` cell does.

use super::context::ThisCtx;
use super::{Checker, FnCtx};
use crate::codes;
use crate::env::{SymId, SymKind, TypeSymKind, VarKind};
use crate::hir::{
    self, Block, Callee, Element, ExprId, ExprKind, FuncId, FuncKind, LocalKind, Place, Stmt,
    StmtKind,
};
use crate::types::Ty;
use raya_syntax::ast::{self, Class, ClassMemberKind, FunctionBody, MethodKind, PatternKind};
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;
use rustc_hash::FxHashMap;

/// What a function knows about the class with computed bases that it is a member of.
#[derive(Clone, Copy, Debug)]
pub(crate) struct DynamicMember {
    /// The variable that holds the class.
    symbol: SymId,
    /// What the class is called.
    pub name: Name,
    /// Whether instances have fields to initialise.
    has_fields: bool,
    /// Whether it is the constructor.
    is_ctor: bool,
    /// Whether the class has no bases, so that its constructor calls none.
    is_root: bool,
}

/// What the runtime makes of a closure in a class; the numbers are its contract.
#[derive(Clone, Copy, Debug)]
enum Role {
    Method = 0,
    Getter = 1,
    Setter = 2,
    Static = 3,
    Constructor = 4,
    Fields = 5,
}

impl<'a> Checker<'a> {
    // ---- which classes

    /// Whether some base of a class is not a class that the text names. `siblings` are the
    /// statements declared together with it.
    pub(crate) fn has_computed_base(
        &mut self,
        class: &'a Class,
        siblings: &'a [ast::Stmt],
    ) -> bool {
        let key = (self.file, class.id);
        if let Some(&known) = self.computed_bases.get(&key) {
            return known;
        }
        // In a circle, which is an error of its own, nothing is computed.
        self.computed_bases.insert(key, false);
        let computed = class.bases.iter().any(|base| {
            let Some(ident) = base.expr.as_ident() else {
                return true;
            };
            if let Some(sibling) = self.sibling_class(siblings, ident.name) {
                return ensure_stack(|| self.has_computed_base(sibling, siblings));
            }
            match self.value_symbol(ident.name) {
                Some(symbol) => !matches!(self.symbol(symbol).kind, SymKind::Class(_)),
                None => false,
            }
        });
        self.computed_bases.insert(key, computed);
        computed
    }

    /// The class of this name that the statements declare. They are looked through once.
    fn sibling_class(&mut self, siblings: &'a [ast::Stmt], name: Name) -> Option<&'a Class> {
        let first = siblings.first()?;
        let key = std::ptr::from_ref(first).addr();
        let index = self.sibling_classes.entry(key);
        let classes = index.or_insert_with(|| declared_classes(siblings));
        classes.get(&name).copied()
    }

    /// Declares such a class in the current scope.
    pub(crate) fn declare_dynamic_class(&mut self, class: &'a Class) {
        let Some(ident) = class.name else { return };
        let symbol = self.declare_var(ident.name, ident.span, VarKind::Const, None);
        self.set_var_type(symbol, Ty::ANY);
        let type_symbol = self.new_type_symbol(TypeSymKind::Dynamic);
        self.add_type_symbol(ident, type_symbol);
        self.dynamic_classes.insert((self.file, class.id), symbol);
    }

    // ---- where the declaration stands

    /// The statement of such a class; false if it is another one.
    pub(crate) fn dynamic_class_stmt(
        &mut self,
        class: &'a Class,
        span: Span,
        out: &mut Vec<Stmt>,
    ) -> bool {
        let Some(&symbol) = self.dynamic_classes.get(&(self.file, class.id)) else {
            return false;
        };
        let name = self.symbol(symbol).name;
        let made = self.make_dynamic_class(class, symbol, name, span);
        self.bind_stmt(symbol, made, out);
        self.pass_declaration(symbol);
        let finish = self.finish_dynamic_class(class, symbol, span);
        out.extend(finish.into_iter().map(|id| Stmt {
            kind: StmtKind::Expr(id),
            span,
        }));
        true
    }

    /// Such a class as an expression.
    pub(crate) fn dynamic_class_expr(&mut self, class: &'a Class, span: Span) -> ExprId {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let given = self.given_name.take();
        let name = class.name.map(|i| i.name).or(given).unwrap_or(names::EMPTY);
        let hidden = class.name.map_or(names::EMPTY, |i| i.name);
        // The variable is a local of the function even where the module's would be global.
        let symbol = self.declare_hidden(hidden, span);
        let made = self.make_dynamic_class(class, symbol, name, span);
        let mut parts = Vec::new();
        if let Some(place) = self.var_place(symbol, span) {
            parts.push(self.add(ExprKind::Assign { place, value: made }, Ty::ANY, span));
        }
        self.pass_declaration(symbol);
        parts.extend(self.finish_dynamic_class(class, symbol, span));
        parts.push(self.symbol_value(symbol, span));
        self.scope = outer;
        self.add(ExprKind::Seq(parts.into()), Ty::ANY, span)
    }

    fn declare_hidden(&mut self, name: Name, span: Span) -> SymId {
        let symbol = self.declare_var(name, span, VarKind::Let, None);
        self.set_var_type(symbol, Ty::ANY);
        symbol
    }

    /// The class itself, without what its definition runs.
    fn make_dynamic_class(
        &mut self,
        class: &'a Class,
        symbol: SymId,
        name: Name,
        span: Span,
    ) -> ExprId {
        if class.bases.len() > 1 {
            self.hir.mixes_classes = true;
        }
        if !class.type_params.is_empty() {
            let message = "a class with computed bases cannot be generic";
            self.error(codes::UNSUPPORTED_FEATURE, span, message);
        }
        let mut bases = Vec::with_capacity(class.bases.len());
        for base in &class.bases {
            let value = self.expr(&base.expr, None);
            let ty = self.ty(value);
            let apparent = self.apparent(ty);
            if self.is_primitive(apparent) || self.array_element(apparent).is_some() {
                let message = format!("a value of type `{}` is not a class", self.show(ty));
                self.error(codes::INVALID_BASE, base.span, message);
            }
            bases.push(Element::One(self.coerce(value, Ty::ANY)));
        }
        let list = self.types.array(Ty::ANY);
        let bases = self.add(ExprKind::Array(bases.into()), list, span);
        let members = self.dynamic_members(class, symbol, name);
        let members = self.add(ExprKind::Array(members.into()), list, span);
        let name = self.qualified_here(name);
        let name = self.add(ExprKind::Str(name), Ty::STRING, span);
        let (bases, members) = (self.coerce(bases, Ty::ANY), self.coerce(members, Ty::ANY));
        self.native("class_create", vec![name, bases, members], span)
    }

    /// The whole name of a class that is called `name` where the checker stands.
    fn qualified_here(&mut self, name: Name) -> Name {
        let position = |f: FuncId| self.fns.iter().rfind(|ctx| ctx.func == f);
        let parent = |f: FuncId| match position(f) {
            Some(ctx) => ctx.parent.map(|at| self.fns[at].func),
            None => self.hir.parent(f),
        };
        let (outer, plain) = (self.fns.last().map(|f| f.func), self.text(name));
        let text = self.hir.qualified_inside(outer, plain, self.names, &parent);
        self.names.intern(&text)
    }

    /// Static initialisers, then the hooks of class creation.
    fn finish_dynamic_class(&mut self, class: &'a Class, symbol: SymId, span: Span) -> Vec<ExprId> {
        let mut parts = Vec::new();
        let member = DynamicMember {
            symbol,
            name: self.symbol(symbol).name,
            has_fields: false,
            is_ctor: false,
            is_root: class.bases.is_empty(),
        };
        if class.members.iter().any(|m| initialises(m, true)) {
            let init = self.initialiser_closure(class, member, true, span);
            let this = self.symbol_value(symbol, span);
            let call = hir::Call {
                callee: Callee::Any(init),
                args: Box::new([Element::One(this)]),
            };
            parts.push(self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span));
        }
        let this = self.symbol_value(symbol, span);
        parts.push(self.native("class_finish", vec![this], span));
        parts
    }

    // ---- members

    /// Name, role and closure of each member, flat.
    fn dynamic_members(&mut self, class: &'a Class, symbol: SymId, name: Name) -> Vec<Element> {
        let has_fields = class.members.iter().any(|m| initialises(m, false));
        let member = DynamicMember {
            symbol,
            name,
            has_fields,
            is_ctor: false,
            is_root: class.bases.is_empty(),
        };
        let mut all = Vec::new();
        let mut has_ctor = false;
        for part in &class.members {
            let is_static = part.modifiers.is_static;
            match &part.kind {
                ClassMemberKind::Method {
                    key,
                    kind,
                    function,
                    ..
                } => {
                    let Some(name) = self.method_name(key, *kind, is_static) else {
                        continue;
                    };
                    if matches!(function.body, FunctionBody::None) {
                        continue;
                    }
                    self.refuse_private(name, key.span());
                    let role = match (kind, is_static) {
                        (MethodKind::Method, false) => Role::Method,
                        (MethodKind::Getter, false) => Role::Getter,
                        (MethodKind::Setter, false) => Role::Setter,
                        (MethodKind::Method, true) => Role::Static,
                        (MethodKind::Getter | MethodKind::Setter, true) => {
                            let message =
                                "a class with computed bases cannot have static accessors";
                            self.error(codes::UNSUPPORTED_FEATURE, key.span(), message);
                            continue;
                        }
                    };
                    let closure = self.member_closure(function, name, member);
                    self.add_member(&mut all, name, role, closure);
                }
                ClassMemberKind::Constructor(function) => {
                    if matches!(function.body, FunctionBody::None) {
                        continue;
                    }
                    has_ctor = true;
                    let ctor = DynamicMember {
                        is_ctor: true,
                        ..member
                    };
                    if !member.is_root {
                        self.need_super_call(function);
                    }
                    let closure = self.member_closure(function, names::CONSTRUCTOR, ctor);
                    self.add_member(&mut all, names::CONSTRUCTOR, Role::Constructor, closure);
                }
                ClassMemberKind::Field { key, .. } => {
                    if let Some(name) = self.type_key(key) {
                        self.refuse_private(name, key.span());
                    }
                }
                ClassMemberKind::Index(_) | ClassMemberKind::StaticBlock(_) => {}
            }
        }
        if has_fields {
            let span = class.span;
            let fields = self.initialiser_closure(class, member, false, span);
            self.add_member(&mut all, names::EMPTY, Role::Fields, fields);
            if !has_ctor {
                let ctor = self.passing_closure(member, span);
                self.add_member(&mut all, names::CONSTRUCTOR, Role::Constructor, ctor);
            }
        }
        all
    }

    fn add_member(&mut self, all: &mut Vec<Element>, name: Name, role: Role, closure: ExprId) {
        let span = self.span(closure);
        let text = self.add(ExprKind::Str(name), Ty::STRING, span);
        let role = self.add(ExprKind::Number(f64::from(role as u8)), Ty::NUMBER, span);
        for id in [text, role, closure] {
            all.push(Element::One(self.coerce(id, Ty::ANY)));
        }
    }

    fn refuse_private(&mut self, name: Name, span: Span) {
        if self.text(name).starts_with('#') {
            let message = "a class with computed bases cannot have #private members";
            self.error(codes::UNSUPPORTED_FEATURE, span, message);
        }
    }

    fn need_super_call(&mut self, function: &'a ast::Function) {
        let calls = match &function.body {
            FunctionBody::Block(block) => super::walk::calls_super(&block.stmts),
            _ => false,
        };
        if !calls {
            let message = "the constructor of a derived class must call `super(…)`";
            self.error(codes::SUPER_CALL, function.signature.span, message);
        }
    }

    /// A closure that is made of statements, with `this` of type any; `build` gets the function
    /// and makes its parameters and statements.
    fn built_closure(
        &mut self,
        member: DynamicMember,
        span: Span,
        build: impl FnOnce(&mut Self) -> (Vec<hir::Param>, Vec<Stmt>),
    ) -> ExprId {
        let func = self.new_func(names::EMPTY, span, FuncKind::ClosureThis);
        let parent = self.fns.len() - 1;
        let mut ctx = FnCtx::new(func, Some(parent), self.clock);
        ctx.this = ThisCtx::Receiver(Ty::ANY);
        ctx.ret = Some(Ty::VOID);
        ctx.type_params = self.fns[parent].type_params.clone();
        ctx.dynamic = Some(member);
        self.fns.push(ctx);
        let flow = std::mem::take(&mut self.flow);
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let (params, stmts) = build(self);
        self.scope = outer;
        self.flow = flow;
        self.end_closure(func, params, stmts);
        let mut sig = crate::types::Signature::new(Vec::new(), Ty::VOID);
        if !self.hir.functions[func.index()].params.is_empty() {
            sig = self.passing_signature(Ty::VOID);
        }
        sig.this_ty = Some(Ty::ANY);
        let ty = self.types.function(sig);
        self.add(ExprKind::Closure(func), ty, span)
    }

    fn end_closure(&mut self, func: FuncId, params: Vec<hir::Param>, stmts: Vec<Stmt>) {
        let Some(mut ctx) = self.fns.pop() else {
            return;
        };
        for local in &mut ctx.locals {
            local.boxed |= local.captured && local.assigned;
        }
        let parent = ctx.parent.map(|i| self.fns[i].func);
        let function = &mut self.hir.functions[func.index()];
        function.parent = parent;
        function.outer_params.clone_from(&ctx.type_params);
        function.rest = !params.is_empty();
        function.written_params = params.len() as u16;
        function.params = params;
        function.ret = Ty::VOID;
        function.locals = ctx.locals;
        function.captures = ctx.captures;
        function.falls_off = true;
        function.body = Some(Block { label: None, stmts });
    }

    /// Field initialisers, or static ones and static blocks, in order.
    fn initialiser_closure(
        &mut self,
        class: &'a Class,
        member: DynamicMember,
        is_static: bool,
        span: Span,
    ) -> ExprId {
        self.built_closure(member, span, |c| {
            let mut stmts = Vec::new();
            for part in class.members.iter().filter(|m| initialises(m, is_static)) {
                match &part.kind {
                    ClassMemberKind::Field { key, init, ty, .. } => {
                        let Some(name) = c.type_key(key) else {
                            continue;
                        };
                        let declared = ty.as_ref().map(|t| c.resolve(t));
                        let value = match init {
                            Some(init) => c.named_expr_as(name, init, declared.unwrap_or(Ty::ANY)),
                            None => c.absent(Ty::ANY, span),
                        };
                        let value = c.coerce(value, Ty::ANY);
                        let span = c.span(value);
                        let this = c.add(ExprKind::This, Ty::ANY, span);
                        let name = c.add(ExprKind::Str(name), Ty::STRING, span);
                        let how = match is_static {
                            true => "class_define",
                            false => "object_define",
                        };
                        let id = c.native(how, vec![this, name, value], span);
                        stmts.push(Stmt {
                            kind: StmtKind::Expr(id),
                            span,
                        });
                    }
                    ClassMemberKind::StaticBlock(block) => c.block_stmts(&block.stmts, &mut stmts),
                    _ => {}
                }
            }
            (Vec::new(), stmts)
        })
    }

    /// `constructor(...args) { super(...args); }`
    fn passing_closure(&mut self, member: DynamicMember, span: Span) -> ExprId {
        let ctor = DynamicMember {
            is_ctor: true,
            ..member
        };
        self.built_closure(ctor, span, |c| {
            let list = c.types.array(Ty::ANY);
            let kind = LocalKind::Param;
            let local = c.ctx_mut().new_local(names::ARGUMENTS, list, kind, span);
            let rest = c.read_temp(local, list, span);
            let rest = c.coerce(rest, Ty::ANY);
            let call = c.dynamic_init(ctor, Box::new([Element::Spread(rest)]), span);
            let param = hir::Param {
                local,
                optional: false,
            };
            let stmt = call.map(|id| Stmt {
                kind: StmtKind::Expr(id),
                span,
            });
            (vec![param], stmt.into_iter().collect())
        })
    }

    // ---- `super`

    /// The value of the variable that holds a class.
    fn symbol_value(&mut self, symbol: SymId, span: Span) -> ExprId {
        self.read_var(symbol, span)
    }

    /// `super.name` in a member.
    pub(crate) fn dynamic_super(
        &mut self,
        member: DynamicMember,
        name: Name,
        span: Span,
    ) -> Option<ExprId> {
        let this = self.this_value(span)?;
        let this = self.coerce(this, Ty::ANY);
        let owner = self.symbol_value(member.symbol, span);
        Some(self.member_after(this, owner, name, span))
    }

    /// `super(args)` in a constructor: the next one's, then the class's own fields.
    pub(crate) fn dynamic_super_call(
        &mut self,
        member: DynamicMember,
        call: &'a ast::Call,
        span: Span,
    ) -> ExprId {
        if !member.is_ctor {
            let message = "`super(…)` belongs into a constructor";
            self.error(codes::INVALID_THIS, span, message);
            return self.error_expr(span);
        }
        let args = self.dynamic_args(&call.args);
        match self.dynamic_init(member, args, span) {
            Some(id) => id,
            None => self.error_expr(span),
        }
    }

    /// What the constructor of a class without bases does first.
    pub(crate) fn dynamic_ctor_start(
        &mut self,
        member: DynamicMember,
        span: Span,
        out: &mut Vec<Stmt>,
    ) {
        if member.is_ctor && member.is_root {
            let init = self.dynamic_init(member, Box::new([]), span);
            out.extend(init.map(|id| Stmt {
                kind: StmtKind::Expr(id),
                span,
            }));
        }
    }

    fn dynamic_init(
        &mut self,
        member: DynamicMember,
        args: Box<[Element]>,
        span: Span,
    ) -> Option<ExprId> {
        let ctor = self.dynamic_super(member, names::CONSTRUCTOR, span)?;
        let call = hir::Call {
            callee: Callee::Any(ctor),
            args,
        };
        let mut parts = vec![self.add(ExprKind::Call(Box::new(call)), Ty::ANY, span)];
        parts.extend(self.dynamic_properties(span));
        if member.has_fields {
            let this = self.this_value(span)?;
            let this = self.coerce(this, Ty::ANY);
            let class = self.symbol_value(member.symbol, span);
            parts.push(self.native("class_init_fields", vec![this, class], span));
        }
        Some(self.add(ExprKind::Seq(parts.into()), Ty::ANY, span))
    }

    /// The parameter properties of the constructor under check.
    fn dynamic_properties(&mut self, span: Span) -> Vec<ExprId> {
        let properties = self.this_owner().properties.clone();
        let mut parts = Vec::with_capacity(properties.len());
        for name in properties {
            let Some(this) = self.this_value(span) else {
                continue;
            };
            let object = self.coerce(this, Ty::ANY);
            let value = self.ident(name, span);
            let value = self.coerce(value, Ty::ANY);
            let place = Place::Attr { object, name };
            parts.push(self.add(ExprKind::Assign { place, value }, Ty::ANY, span));
        }
        parts
    }

    fn native(&mut self, name: &str, args: Vec<ExprId>, span: Span) -> ExprId {
        let name = self.names.intern(name);
        let args = args.into();
        self.add(ExprKind::Native { name, args }, Ty::ANY, span)
    }
}

/// The names of a constructor's parameter properties.
pub(crate) fn property_names(function: &ast::Function) -> Vec<Name> {
    let params = function.signature.params.iter();
    params
        .filter(|p| p.property.is_some())
        .filter_map(|p| match p.pattern.kind {
            PatternKind::Binding(name) => Some(name),
            _ => None,
        })
        .collect()
}

/// The classes that statements declare, by name; of several the first.
fn declared_classes(stmts: &[ast::Stmt]) -> FxHashMap<Name, &Class> {
    let mut classes = FxHashMap::default();
    for stmt in stmts {
        let class = match &stmt.kind {
            ast::StmtKind::Class(class) => class,
            ast::StmtKind::Export(export) => match &export.kind {
                ast::ExportKind::Decl(inner) => match &inner.kind {
                    ast::StmtKind::Class(class) => class,
                    _ => continue,
                },
                _ => continue,
            },
            _ => continue,
        };
        if let Some(ident) = class.name {
            classes.entry(ident.name).or_insert(&**class);
        }
    }
    classes
}

/// Whether a member runs code when the class, or an instance, is made.
fn initialises(member: &ast::ClassMember, is_static: bool) -> bool {
    match &member.kind {
        ClassMemberKind::Field { init, .. } => {
            member.modifiers.is_static == is_static && (init.is_some() || is_static)
        }
        ClassMemberKind::StaticBlock(_) => is_static,
        _ => false,
    }
}
