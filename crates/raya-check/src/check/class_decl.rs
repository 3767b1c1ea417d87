//! Declaring classes: their symbols, their member tables, their bases.

use super::{Checker, Pending};
use crate::codes;
use crate::env::{
    BaseState, ClassData, LazyTy, MemberData, MemberKind, MemberSource, SymKind, TypeSymKind,
};
use crate::hir::{self, ExprId, ExprKind, FieldIdx, FuncKind, MethodIdx, Stmt, StmtKind};
use crate::types::{ClassId, MAX_ANCESTORS, OrderError, Ty, TypeKind};
use raya_syntax::ast::{self, Access, Class, ClassMemberKind, MethodKind, PropKey};
use raya_syntax::limits::ensure_stack;
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;
use rustc_hash::FxHashMap;

impl<'a> Checker<'a> {
    /// Declares the class of a statement in the current scope.
    pub(crate) fn declare_class_stmt(&mut self, class: &'a Class) -> Option<ClassId> {
        let ident = class.name?;
        let id = self.make_class(class, ident.name);
        let symbol = self.new_symbol(ident.name, ident.span, SymKind::Class(id));
        self.add_value(ident.name, ident.span, symbol);
        let type_symbol = self.new_type_symbol(TypeSymKind::Class(id));
        self.add_type_symbol(ident, type_symbol);
        if !self.is_builtin_file() {
            self.class_mut(id).queued = true;
            self.pending.push(Pending::Class(id));
        }
        Some(id)
    }

    /// The class of a declaration; the same one if it is checked again.
    fn make_class(&mut self, class: &'a Class, name: Name) -> ClassId {
        let key = (self.file, class.id);
        if let Some(&id) = self.class_of_node.get(&key) {
            self.reset_class(id, class, name);
            return id;
        }
        let id = self.new_class_data(class, name);
        self.class_of_node.insert(key, id);
        id
    }

    fn new_class_data(&mut self, class: &'a Class, name: Name) -> ClassId {
        let id = self.types.new_class(name, Vec::new());
        let builtin = self.is_builtin_file();
        self.hir.classes.push(hir::Class {
            name,
            file: self.file,
            span: class.span,
            params: Vec::new(),
            base: None,
            is_abstract: class.is_abstract,
            builtin,
            primitive: false,
            fields: Vec::new(),
            statics: Vec::new(),
            methods: Vec::new(),
            ctor: None,
            field_init: None,
            static_init: None,
            scope: None,
            displaced: false,
        });
        let mut data = self.class_data(id, class, builtin);
        data.nested = self.nested_class(id, name, class.span);
        self.classes.push(data);
        self.fill_class(id, class);
        id
    }

    fn class_data(&mut self, id: ClassId, class: &'a Class, builtin: bool) -> ClassData<'a> {
        let owner = match self.fns.len() {
            0 | 1 => None,
            _ => Some(self.current()),
        };
        ClassData {
            id,
            ast: class,
            file: self.file,
            scope: self.scope,
            owner,
            nested: None,
            members: Vec::new(),
            by_name: FxHashMap::default(),
            ctor: None,
            ctor_overloads: Vec::new(),
            ctor_func: None,
            ctor_ty: None,
            base_state: BaseState::Waiting,
            queued: false,
            declared_at: u32::from(builtin),
            builtin,
        }
    }

    /// Empties a class whose declaration is checked again.
    fn reset_class(&mut self, id: ClassId, class: &'a Class, name: Name) {
        let mut data = self.class_data(id, class, self.is_builtin_file());
        data.nested = self.nested_class(id, name, class.span);
        *self.class_mut(id) = data;
        let hir = &mut self.hir.classes[id.index()];
        hir.name = name;
        hir.base = None;
        hir.fields.clear();
        hir.statics.clear();
        hir.methods.clear();
        (hir.ctor, hir.field_init, hir.static_init) = (None, None, None);
        let decl = self.types.class_mut(id);
        decl.base = None;
        decl.bases.clear();
        decl.mro.clear();
        decl.depth = 0;
        self.fill_class(id, class);
    }

    /// Declares type parameters and members.
    fn fill_class(&mut self, id: ClassId, class: &'a Class) {
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let known = self.types.class(id).params.clone();
        let params = if known.len() == class.type_params.len() && !known.is_empty() {
            self.bring_type_params(&class.type_params, &known);
            known
        } else {
            self.declare_type_params(&class.type_params)
        };
        self.types.class_mut(id).params.clone_from(&params);
        self.hir.classes[id.index()].params = params;
        let this_param = self.types.class(id).this_param;
        let own = self.types.class_self(id);
        self.types.param_mut(this_param).constraint = Some(own);
        let this_symbol = self.new_type_symbol(TypeSymKind::Param(this_param));
        self.scopes.add_type(self.scope, names::THIS, this_symbol);
        self.class_mut(id).scope = self.scope;
        // Parameter properties come before the fields, as they are stored before them.
        let is_ctor = |m: &&ast::ClassMember| matches!(m.kind, ClassMemberKind::Constructor(_));
        for member in class.members.iter().filter(is_ctor) {
            self.declare_member(id, member);
        }
        for member in class.members.iter().filter(|m| !is_ctor(m)) {
            self.declare_member(id, member);
        }
        self.declare_initialisers(id, class);
        self.scope = outer;
    }

    /// The functions that run field initialisers, where there are some.
    fn declare_initialisers(&mut self, id: ClassId, class: &'a Class) {
        let name = self.hir.classes[id.index()].name;
        let builtin = self.is_builtin_file();
        let runs = |is_static: bool| {
            class.members.iter().any(|m| match &m.kind {
                ClassMemberKind::Field { init, .. } => {
                    // A static field without value starts with null if it can.
                    (init.is_some() || is_static && !builtin) && m.modifiers.is_static == is_static
                }
                ClassMemberKind::StaticBlock(_) => is_static,
                _ => false,
            })
        };
        if runs(false) {
            let func = self.new_func(name, class.span, FuncKind::FieldInit(id));
            self.hir.classes[id.index()].field_init = Some(func);
        }
        if runs(true) {
            let func = self.new_func(name, class.span, FuncKind::StaticInit(id));
            self.hir.classes[id.index()].static_init = Some(func);
        }
    }

    fn declare_member(&mut self, id: ClassId, member: &'a ast::ClassMember) {
        match &member.kind {
            ClassMemberKind::Field {
                key,
                optional,
                definite,
                ..
            } => {
                let Some(name) = self.member_name(key) else {
                    return;
                };
                let data = MemberData {
                    optional: *optional,
                    definite: *definite,
                    ..self.new_member(
                        name,
                        key.span(),
                        &member.modifiers,
                        MemberSource::Field(member),
                    )
                };
                self.push_field(id, data);
            }
            ClassMemberKind::Method {
                key,
                kind,
                optional,
                function,
            } => {
                let Some(name) = self.method_name(key, *kind, member.modifiers.is_static) else {
                    return;
                };
                self.declare_method(id, member, (name, key.span()), *kind, *optional, function);
            }
            ClassMemberKind::Constructor(function) => self.declare_ctor(id, function),
            ClassMemberKind::Index(_) => {
                let message = "classes with index signatures are not supported yet";
                self.error(codes::UNSUPPORTED_FEATURE, member.span, message)
                    .help = Some("use a Map, or a field whose type has one".to_string());
            }
            ClassMemberKind::StaticBlock(_) => {}
        }
    }

    fn member_name(&mut self, key: &'a PropKey) -> Option<Name> {
        self.type_key(key)
    }

    /// The name of a declared method; that of instances called `__str__` is `toString`.
    pub(crate) fn method_name(
        &mut self,
        key: &'a PropKey,
        kind: MethodKind,
        is_static: bool,
    ) -> Option<Name> {
        let name = self.member_name(key)?;
        let is_method = kind == MethodKind::Method && !is_static;
        Some(match name {
            names::STR_METHOD if is_method => names::TO_STRING,
            name => name,
        })
    }

    fn new_member(
        &self,
        name: Name,
        span: Span,
        modifiers: &ast::Modifiers,
        source: MemberSource<'a>,
    ) -> MemberData<'a> {
        let private = self.text(name).starts_with('#');
        MemberData {
            name,
            span,
            kind: MemberKind::Field(FieldIdx(0)),
            is_static: modifiers.is_static,
            is_abstract: modifiers.is_abstract,
            is_override: modifiers.is_override,
            readonly: modifiers.is_readonly,
            optional: false,
            definite: false,
            access: if private {
                Access::Private
            } else {
                modifiers.access.unwrap_or(Access::Public)
            },
            source,
            overloads: Vec::new(),
            ty: LazyTy::Waiting,
            func: None,
            checked: false,
            next: None,
        }
    }

    fn push_field(&mut self, id: ClassId, mut data: MemberData<'a>) {
        if data.is_abstract {
            self.check_abstract_member(id, &data);
        }
        if self
            .class(id)
            .by_name
            .contains_key(&(data.name, data.is_static))
        {
            return self.report_duplicate_member(&data);
        }
        let hir = &mut self.hir.classes[id.index()];
        let list = if data.is_static {
            &mut hir.statics
        } else {
            &mut hir.fields
        };
        data.kind = MemberKind::Field(FieldIdx(list.len() as u32));
        list.push(hir::Field {
            name: data.name,
            ty: Ty::ERROR,
            optional: data.optional,
            readonly: data.readonly,
            access: data.access,
            private: self.names.text(data.name).starts_with('#'),
            starts_null: false,
            span: data.span,
        });
        self.push_member(id, data);
    }

    fn push_member(&mut self, id: ClassId, data: MemberData<'a>) -> u32 {
        let key = (data.name, data.is_static);
        let class = self.class_mut(id);
        let index = class.members.len() as u32;
        class.members.push(data);
        match class.by_name.get(&key).copied() {
            None => {
                class.by_name.insert(key, index);
            }
            Some(first) => {
                let mut at = first;
                while let Some(next) = class.members[at as usize].next {
                    at = next;
                }
                class.members[at as usize].next = Some(index);
            }
        }
        index
    }

    fn report_duplicate_member(&mut self, data: &MemberData<'a>) {
        let message = format!("member `{}` is declared twice", self.text(data.name));
        let report = self.error(codes::DUPLICATE_MEMBER, data.span, message);
        if data.name == names::TO_STRING {
            report.help = Some("`__str__` is another name of `toString`".to_string());
        }
    }

    fn check_abstract_member(&mut self, id: ClassId, data: &MemberData<'a>) {
        if !self.hir.classes[id.index()].is_abstract {
            let message = format!(
                "`{}` is abstract, so its class must be abstract too",
                self.text(data.name)
            );
            self.error(codes::ABSTRACT_MEMBER, data.span, message);
        }
    }

    // ---- methods

    fn declare_method(
        &mut self,
        id: ClassId,
        member: &'a ast::ClassMember,
        (name, span): (Name, Span),
        kind: MethodKind,
        optional: bool,
        function: &'a ast::Function,
    ) {
        if self.refuse_special(function) {
            return;
        }
        let data = MemberData {
            optional,
            kind: match kind {
                MethodKind::Method => MemberKind::Method(MethodIdx(0)),
                MethodKind::Getter => MemberKind::Getter(MethodIdx(0)),
                MethodKind::Setter => MemberKind::Setter(MethodIdx(0)),
            },
            ..self.new_member(
                name,
                span,
                &member.modifiers,
                MemberSource::Method(function),
            )
        };
        if data.is_abstract {
            self.check_abstract_member(id, &data);
        }
        let has_body = !matches!(function.body, ast::FunctionBody::None);
        let existing = self.class(id).by_name.get(&(name, data.is_static)).copied();
        if let Some(existing) = existing
            && self.merge_method(id, existing, &data, function, has_body)
        {
            return;
        }
        self.push_method(id, data);
    }

    /// Overload signatures, the body behind them, the other half of an accessor.
    /// True if the method needs no entry of its own.
    fn merge_method(
        &mut self,
        id: ClassId,
        existing: u32,
        data: &MemberData<'a>,
        function: &'a ast::Function,
        has_body: bool,
    ) -> bool {
        let builtin = self.is_builtin_file();
        let first = &mut self.class_mut(id).members[existing as usize];
        let (MemberSource::Method(before), MemberKind::Method(_), MemberKind::Method(_)) =
            (first.source, first.kind, data.kind)
        else {
            let accessors = !matches!(data.kind, MemberKind::Method(_))
                && matches!(first.kind, MemberKind::Getter(_) | MemberKind::Setter(_))
                && std::mem::discriminant(&first.kind) != std::mem::discriminant(&data.kind);
            if accessors {
                return false;
            }
            self.report_duplicate_member(data);
            return true;
        };
        let waits = matches!(before.body, ast::FunctionBody::None);
        if waits && !data.is_abstract {
            if first.overloads.is_empty() {
                first.overloads.push(before);
            }
            if has_body {
                first.source = MemberSource::Method(function);
                let func = first.func;
                if let Some(func) = func {
                    self.hir.functions[func.index()].span = function.span;
                }
            } else {
                first.overloads.push(function);
            }
            return true;
        }
        if builtin && has_body {
            return false;
        }
        if waits {
            first.overloads.push(function);
            return true;
        }
        self.report_duplicate_member(data);
        true
    }

    /// Adds a method's entry and its function.
    fn push_method(&mut self, id: ClassId, mut data: MemberData<'a>) {
        let index = MethodIdx(self.hir.classes[id.index()].methods.len() as u32);
        let kind = method_kind(data.kind);
        data.kind = match kind {
            MethodKind::Method => MemberKind::Method(index),
            MethodKind::Getter => MemberKind::Getter(index),
            MethodKind::Setter => MemberKind::Setter(index),
        };
        let is_static = data.is_static;
        let func = self.new_func(
            data.name,
            data.span,
            FuncKind::Method {
                class: id,
                is_static,
            },
        );
        data.func = Some(func);
        self.hir.classes[id.index()].methods.push(hir::Method {
            name: data.name,
            kind: match kind {
                MethodKind::Method => hir::MethodKind::Method,
                MethodKind::Getter => hir::MethodKind::Getter,
                MethodKind::Setter => hir::MethodKind::Setter,
            },
            is_static,
            is_abstract: data.is_abstract,
            access: data.access,
            func,
            ty: Ty::ERROR,
            span: data.span,
        });
        self.push_member(id, data);
    }

    fn declare_ctor(&mut self, id: ClassId, function: &'a ast::Function) {
        if matches!(function.body, ast::FunctionBody::None) {
            self.class_mut(id).ctor_overloads.push(function);
            return;
        }
        if self.class(id).ctor.is_some() {
            let message = "a class has one constructor";
            self.error(codes::DUPLICATE_MEMBER, function.span, message)
                .help = Some("`__init__` is another name of it".to_string());
            return;
        }
        let name = self.hir.classes[id.index()].name;
        let func = self.new_func(name, function.span, FuncKind::Constructor(id));
        self.hir.classes[id.index()].ctor = Some(func);
        let class = self.class_mut(id);
        class.ctor = Some(function);
        class.ctor_func = Some(func);
        for param in &function.signature.params {
            let (Some(modifiers), ast::PatternKind::Binding(name)) =
                (&param.property, &param.pattern.kind)
            else {
                continue;
            };
            let data = MemberData {
                optional: param.optional,
                ..self.new_member(
                    *name,
                    param.pattern.span,
                    modifiers,
                    MemberSource::Param(param),
                )
            };
            self.push_field(id, data);
        }
    }

    // ---- bases

    /// Resolves the `extends` clause, if that was not done.
    pub(crate) fn ensure_base(&mut self, id: ClassId) {
        match self.class(id).base_state {
            BaseState::Done => return,
            BaseState::Busy => return self.report_circular_base(id),
            BaseState::Waiting => {}
        }
        self.class_mut(id).base_state = BaseState::Busy;
        let (ast, scope, file) = (
            self.class(id).ast,
            self.class(id).scope,
            self.class(id).file,
        );
        self.elsewhere(scope, file, |c| {
            let mut bases = Vec::with_capacity(ast.bases.len());
            for base in &ast.bases {
                let Some(ty) = c.resolve_base(base) else {
                    continue;
                };
                if let TypeKind::Class(parent, _) = c.types.kind(ty) {
                    ensure_stack(|| c.ensure_base(parent));
                    if c.types.inherits(parent, id) {
                        return c.report_circular_base(id);
                    }
                    bases.push(ty);
                }
            }
            c.set_bases(id, bases, ast);
        });
        self.class_mut(id).base_state = BaseState::Done;
    }

    /// Puts a class below its bases, if they have a common order and layout.
    fn set_bases(&mut self, id: ClassId, bases: Vec<Ty>, ast: &'a Class) {
        let Some(first) = ast.bases.first() else {
            return;
        };
        let mro = match self.types.linearise(&bases) {
            Ok(mro) => mro,
            Err(error) => return self.report_order(&error, first.span),
        };
        let Some(base) = self.layout_base(&bases) else {
            if !bases.is_empty() {
                let message = "multiple bases have instance lay-out conflict";
                self.error(codes::INVALID_BASE, first.span, message);
            }
            return;
        };
        let depth = |c: &Self, ty: Ty| match c.types.kind(ty) {
            TypeKind::Class(class, _) => c.types.class(class).depth + 1,
            _ => 0,
        };
        let depth = bases.iter().map(|&b| depth(self, b)).max().unwrap_or(0);
        self.hir.classes[id.index()].base = Some(base);
        let decl = self.types.class_mut(id);
        (decl.base, decl.bases, decl.mro, decl.depth) = (Some(base), bases, mro, depth);
    }

    /// The base that the layout follows; none if two bring layouts of built-in classes.
    fn layout_base(&self, bases: &[Ty]) -> Option<Ty> {
        let mut chosen = *bases.first()?;
        let mut native = self.native_ancestor(chosen);
        for &base in &bases[1..] {
            let Some(other) = self.native_ancestor(base) else {
                continue;
            };
            match native {
                Some(known) if self.types.inherits(known, other) => {}
                Some(known) if !self.types.inherits(other, known) => return None,
                _ => (chosen, native) = (base, Some(other)),
            }
        }
        Some(chosen)
    }

    /// The nearest built-in class, other than the root, that an instance type extends.
    fn native_ancestor(&self, ty: Ty) -> Option<ClassId> {
        let TypeKind::Class(class, _) = self.types.kind(ty) else {
            return None;
        };
        let above = self.types.class(class).mro.iter();
        let above = above.filter_map(|&t| match self.types.kind(t) {
            TypeKind::Class(class, _) => Some(class),
            _ => None,
        });
        let root = self.hir.well_known.object;
        std::iter::once(class)
            .chain(above)
            .find(|&c| self.hir.classes[c.index()].builtin && Some(c) != root)
    }

    fn report_order(&mut self, error: &OrderError, span: Span) {
        let message = match error {
            OrderError::Duplicate(base) => {
                format!("duplicate base class `{}`", self.show(*base))
            }
            OrderError::Inconsistent(left) => {
                let names: Vec<String> = left.iter().map(|&t| self.show(t)).collect();
                let names = names.join(", ");
                format!(
                    "cannot create a consistent method resolution order (MRO) for bases {names}"
                )
            }
            OrderError::TooMany => {
                format!("a class inherits from at most {MAX_ANCESTORS} classes")
            }
        };
        self.error(codes::INVALID_BASE, span, message);
    }

    fn report_circular_base(&mut self, id: ClassId) {
        let (ast, file, scope) = (self.class(id).ast, self.class(id).file, self.scope);
        let span = ast.bases.first().map_or(ast.span, |b| b.span);
        let message = format!(
            "class `{}` inherits from itself",
            self.text(self.hir.classes[id.index()].name)
        );
        self.elsewhere(scope, file, |c| {
            c.error(codes::CIRCULAR_BASE, span, message);
        });
    }

    fn resolve_base(&mut self, base: &'a ast::BaseClass) -> Option<Ty> {
        let Some(ident) = base.expr.as_ident() else {
            let message = "a base class is named; computed bases are not supported yet";
            self.error(codes::UNSUPPORTED_FEATURE, base.span, message);
            return None;
        };
        let Some(symbol) = self.value_symbol(ident.name) else {
            self.report_unknown_name(ident.name, ident.span);
            return None;
        };
        let SymKind::Class(class) = self.symbol(symbol).kind else {
            let message = format!("`{}` is not a class", self.text(ident.name));
            self.error(codes::INVALID_BASE, base.span, message);
            return None;
        };
        if self.hir.classes[class.index()].primitive {
            let message = format!(
                "`{}` is a primitive and cannot be extended",
                self.text(ident.name)
            );
            self.error(codes::INVALID_BASE, base.span, message);
            return None;
        }
        let given: Vec<Ty> = base.type_args.iter().map(|t| self.resolve(t)).collect();
        let params = self.types.class(class).params.clone();
        let args = self.type_args(ident.name, &params, &given, base.span);
        Some(self.types.instance(class, &args))
    }

    // ---- where the declaration stands

    /// The statement that defines a class.
    pub(crate) fn class_stmt(&mut self, class: &'a Class, span: Span, out: &mut Vec<Stmt>) {
        if self.dynamic_class_stmt(class, span, out) {
            return;
        }
        let Some(&id) = self.class_of_node.get(&(self.file, class.id)) else {
            return;
        };
        self.define_class(id);
        self.class_scope_stmt(id, span, out);
        out.push(Stmt {
            kind: StmtKind::Class(id),
            span,
        });
    }

    /// Checks what a class's definition runs, and passes its declaration.
    fn define_class(&mut self, id: ClassId) {
        self.ensure_base(id);
        let ast = self.class(id).ast;
        for (&ty, written) in self.types.class(id).bases.clone().iter().zip(&ast.bases) {
            if let TypeKind::Class(base, _) = self.types.kind(ty) {
                self.mention_class(base, written.span);
            }
        }
        // Static initialisers run now: they see the class itself.
        self.clock += 1;
        let clock = self.clock;
        self.class_mut(id).declared_at = clock;
        self.post.declare_class(id, clock);
        self.check_static_init(id);
        let current = self.current();
        if let Some(init) = self.hir.classes[id.index()].static_init {
            self.post.mention_func(current, init, clock);
        }
    }

    /// `class {}` as an expression.
    pub(crate) fn class_expr(&mut self, class: &'a Class, span: Span) -> ExprId {
        if self.has_computed_base(class, &[]) || self.is_made_each_time(class, None) {
            return self.dynamic_class_expr(class, span);
        }
        let outer = self.scope;
        self.scope = self.scopes.new_scope(Some(outer));
        let given = self.given_name.take();
        let name = match (self.class_name_or(class), given) {
            (names::EMPTY, Some(given)) => given,
            (name, _) => name,
        };
        let id = self.make_class(class, name);
        if let Some(ident) = class.name {
            let symbol = self.new_symbol(ident.name, ident.span, SymKind::Class(id));
            self.add_value(ident.name, ident.span, symbol);
            let type_symbol = self.new_type_symbol(TypeSymKind::Class(id));
            self.add_type_symbol(ident, type_symbol);
        }
        self.class_mut(id).queued = true;
        self.pending.push(Pending::Class(id));
        self.define_class(id);
        self.scope = outer;
        let ty = self.types.class_object(id);
        let current = self.current();
        self.post.mention_class(current, id, self.clock);
        let value = self.add(ExprKind::ClassExpr(id), ty, span);
        self.class_scope_expr(id, value)
    }

    /// Queues the bodies of a built-in class that the program uses. Those of its bases
    /// follow when it is their turn: their constructors run too.
    pub(crate) fn queue_class(&mut self, id: ClassId) {
        let primitive = self.hir.classes[id.index()].primitive;
        let data = self.class_mut(id);
        if data.builtin && !data.queued && !primitive {
            data.queued = true;
            self.pending.push(Pending::Class(id));
        }
    }
}

/// What sort of method a member is.
fn method_kind(kind: MemberKind) -> MethodKind {
    match kind {
        MemberKind::Getter(_) => MethodKind::Getter,
        MemberKind::Setter(_) => MethodKind::Setter,
        MemberKind::Method(_) | MemberKind::Field(_) => MethodKind::Method,
    }
}
