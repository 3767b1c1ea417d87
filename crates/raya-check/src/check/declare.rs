//! Declarations: what a list of statements puts into its scope before it is checked.

use super::{Checker, Pending};
use crate::codes;
use crate::env::{
    AliasState, FuncState, FuncSym, Storage, SymId, SymKind, TypeSymKind, VarKind, VarSym, VarTy,
};
use crate::hir::{FuncId, FuncKind, Global, GlobalId, LocalId, LocalKind};
use crate::types::{ParamId, Ty};
use raya_syntax::ast::{
    self, ExportKind, Function, FunctionBody, Pattern, PatternKind, Stmt, StmtKind, TypeParam,
    VarDecl,
};
use raya_syntax::name::Name;
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// Declares everything that the statements declare in the current scope, and
    /// queues the bodies.
    pub(crate) fn declare_all(&mut self, stmts: &'a [Stmt]) {
        for stmt in stmts {
            self.declare(stmt, stmts);
        }
    }

    fn declare_class(&mut self, class: &'a ast::Class, siblings: &'a [Stmt]) {
        if self.has_computed_base(class, siblings) || self.is_made_each_time(class, Some(siblings))
        {
            self.declare_dynamic_class(class);
        } else {
            self.declare_class_stmt(class);
        }
    }

    fn declare(&mut self, stmt: &'a Stmt, siblings: &'a [Stmt]) {
        match &stmt.kind {
            StmtKind::Var(decl) => self.declare_vars(decl),
            StmtKind::Function(f) => self.declare_function(f),
            StmtKind::Class(c) => self.declare_class(c, siblings),
            StmtKind::Interface(i) => self.declare_interface(i),
            StmtKind::TypeAlias(t) => self.declare_alias(t),
            StmtKind::Labelled { body, .. } => self.declare(body, siblings),
            StmtKind::Enum(e) => self.declare_refused(e.name, true),
            StmtKind::Import(i) => {
                let named = i.named.iter().map(|s| s.binding);
                let bindings: Vec<_> = i
                    .default
                    .into_iter()
                    .chain(i.namespace)
                    .chain(named)
                    .collect();
                for binding in bindings {
                    self.declare_refused(binding.local, true);
                }
            }
            StmtKind::Export(export) => match &export.kind {
                ExportKind::Decl(inner) => self.declare(inner, siblings),
                ExportKind::DefaultFunction(f) => self.declare_function(f),
                ExportKind::DefaultClass(c) => self.declare_class(c, siblings),
                ExportKind::DefaultInterface(i) => self.declare_interface(i),
                _ => {}
            },
            _ => {}
        }
    }

    /// Declares the name of something that is refused, so that its uses are not.
    fn declare_refused(&mut self, ident: ast::Ident, is_type: bool) {
        if self.scopes.own_value(self.scope, ident.name).is_none() {
            let symbol = self.declare_var(ident.name, ident.span, VarKind::Const, None);
            self.set_var_type(symbol, Ty::ERROR);
            self.pass_declaration(symbol);
        }
        if is_type && self.scopes.own_type(self.scope, ident.name).is_none() {
            let symbol = self.new_type_symbol(TypeSymKind::Refused);
            self.scopes.add_type(self.scope, ident.name, symbol);
        }
    }

    // ---- variables

    fn declare_vars(&mut self, decl: &'a VarDecl) {
        let kind = var_kind(decl);
        for d in &decl.declarators {
            self.declare_pattern(&d.pattern, kind, Some(d));
        }
    }

    /// Declares the names of a pattern; their types are set when its declaration is
    /// checked, or inferred from `declarator` if they are asked for earlier.
    pub(crate) fn declare_pattern(
        &mut self,
        pattern: &'a Pattern,
        kind: VarKind,
        declarator: Option<&'a ast::Declarator>,
    ) {
        match &pattern.kind {
            PatternKind::Binding(name) => {
                self.declare_var(*name, pattern.span, kind, declarator);
            }
            PatternKind::Array(a) => {
                for e in a.elements.iter().flatten() {
                    self.declare_pattern(&e.pattern, kind, declarator);
                }
                if let Some(rest) = &a.rest {
                    self.declare_pattern(rest, kind, declarator);
                }
            }
            PatternKind::Object(o) => {
                for p in &o.props {
                    self.declare_pattern(&p.value.pattern, kind, declarator);
                }
                if let Some(rest) = &o.rest {
                    self.declare_pattern(rest, kind, declarator);
                }
            }
            PatternKind::Expr(_) | PatternKind::Error => {}
        }
    }

    /// Declares a variable in the current scope: a module variable at module level,
    /// else a local of the current function.
    pub(crate) fn declare_var(
        &mut self,
        name: Name,
        span: Span,
        kind: VarKind,
        declarator: Option<&'a ast::Declarator>,
    ) -> SymId {
        let storage = if self.at_module_level() {
            Storage::Global(self.new_global(name, span, kind == VarKind::Const))
        } else {
            let local_kind = match kind {
                VarKind::Param => LocalKind::Param,
                _ => LocalKind::Variable,
            };
            let owner = self.current();
            let local = self.ctx_mut().new_local(name, Ty::ERROR, local_kind, span);
            Storage::Local { owner, local }
        };
        let symbol = self.new_symbol(
            name,
            span,
            SymKind::Var(VarSym {
                kind,
                ty: declarator.map_or(VarTy::Busy, VarTy::Lazy),
                storage,
                scope: self.scope,
                declared_at: 0,
                widening: false,
                func: None,
                annotated: false,
                valueless: false,
                needs_assignment: false,
                missing_entry: false,
                evolving: None,
            }),
        );
        self.add_value(name, span, symbol);
        symbol
    }

    /// Whether declarations now make module variables.
    pub(crate) fn at_module_level(&self) -> bool {
        self.scopes.parent(self.scope) == Some(self.root) || self.scope == self.root
    }

    fn new_global(&mut self, name: Name, span: Span, constant: bool) -> GlobalId {
        self.hir.globals.push(Global {
            name,
            ty: Ty::ERROR,
            constant,
            checked: false,
            file: self.file,
            span,
        });
        GlobalId(self.hir.globals.len() as u32 - 1)
    }

    /// Puts a symbol into the current scope; a second one of the name is reported.
    pub(crate) fn add_value(&mut self, name: Name, span: Span, symbol: SymId) {
        if let Some(first) = self.scopes.own_value(self.scope, name) {
            let message = format!("`{}` is declared twice in this scope", self.text(name));
            let (file, first_span) = (self.symbol(first).file, self.symbol(first).span);
            let d = self.error(codes::DUPLICATE_DECLARATION, span, message);
            d.labels.push(raya_syntax::diagnostics::Label {
                file,
                span: first_span,
                message: "first declared here".to_string(),
            });
            return;
        }
        self.scopes.add_value(self.scope, name, symbol);
    }

    // ---- functions

    fn declare_function(&mut self, f: &'a Function) {
        let Some(ident) = f.name else { return };
        if self.refuse_special(f) {
            return self.declare_refused(ident, false);
        }
        let has_body = !matches!(f.body, FunctionBody::None);
        let existing = self.scopes.own_value(self.scope, ident.name);
        if let Some(symbol) = existing {
            if self.add_overload(symbol, f, has_body) {
                return;
            }
            if has_body && self.is_builtin_file() && self.add_sibling(symbol, f) {
                return;
            }
        }
        self.new_function_symbol(f, ident, has_body);
    }

    fn new_function_symbol(&mut self, f: &'a Function, ident: ast::Ident, has_body: bool) {
        let kind = match f.signature.this_param {
            None => FuncKind::Declared,
            Some(_) => FuncKind::ClosureThis,
        };
        let func = self.new_func(ident.name, f.span, kind);
        let local = (!self.at_module_level()).then(|| {
            let owner = self.current();
            let kind = LocalKind::Function(func);
            let local = self
                .ctx_mut()
                .new_local(ident.name, Ty::ERROR, kind, ident.span);
            (owner, local)
        });
        let overloads = if has_body { Vec::new() } else { vec![f] };
        let symbol = self.new_symbol(
            ident.name,
            ident.span,
            SymKind::Func(FuncSym {
                ast: f,
                overloads,
                func,
                ty: None,
                scope: self.scope,
                local,
                state: FuncState::Waiting,
                created_at: self.clock,
                siblings: Vec::new(),
            }),
        );
        self.add_value(ident.name, ident.span, symbol);
        if !self.is_builtin_file() || self.whole_library {
            self.pending.push(Pending::Function(symbol));
        }
    }

    /// Adds an overload, or the body behind overloads, to a declared function.
    fn add_overload(&mut self, symbol: SymId, f: &'a Function, has_body: bool) -> bool {
        let SymKind::Func(func) = &mut self.symbol_mut(symbol).kind else {
            return false;
        };
        let waits_for_body = matches!(func.ast.body, FunctionBody::None);
        if !waits_for_body {
            return false;
        }
        if has_body {
            func.ast = f;
            let (id, span) = (func.func, f.span);
            self.hir.functions[id.index()].span = span;
        } else {
            func.overloads.push(f);
        }
        true
    }

    /// In the built-in library several functions of one name may have bodies: each
    /// is an overload of its own.
    fn add_sibling(&mut self, symbol: SymId, f: &'a Function) -> bool {
        if !matches!(self.symbol(symbol).kind, SymKind::Func(_)) {
            return false;
        }
        let Some(ident) = f.name else { return false };
        let scope = self.scope;
        let func = self.new_func(ident.name, f.span, FuncKind::Declared);
        let sibling = self.new_symbol(
            ident.name,
            ident.span,
            SymKind::Func(FuncSym {
                ast: f,
                overloads: Vec::new(),
                func,
                ty: None,
                scope,
                local: None,
                state: FuncState::Waiting,
                created_at: 1,
                siblings: Vec::new(),
            }),
        );
        if let SymKind::Func(first) = &mut self.symbol_mut(symbol).kind {
            first.siblings.push(sibling);
        }
        true
    }

    /// Reports sorts of functions that are still missing.
    pub(crate) fn refuse_special(&mut self, f: &Function) -> bool {
        if f.is_async {
            self.unsupported(codes::UNSUPPORTED_ASYNC, f.span);
        } else if f.is_generator {
            self.unsupported(codes::UNSUPPORTED_GENERATORS, f.span);
        }
        f.is_async || f.is_generator
    }

    /// A new function in the tree, without parts so far.
    pub(crate) fn new_func(&mut self, name: Name, span: Span, kind: FuncKind) -> FuncId {
        let builtin = self.is_builtin_file();
        self.hir.functions.push(crate::hir::Function {
            name,
            file: self.file,
            span,
            builtin,
            kind,
            is_arrow: false,
            class_name: None,
            parent: None,
            type_params: Vec::new(),
            outer_params: Vec::new(),
            params: Vec::new(),
            written_params: 0,
            rest: false,
            ret: Ty::ERROR,
            locals: Vec::new(),
            captures: Vec::new(),
            body: None,
            falls_off: false,
            intrinsic: false,
        });
        FuncId(self.hir.functions.len() as u32 - 1)
    }

    // ---- types

    fn declare_interface(&mut self, i: &'a ast::Interface) {
        if let Some(existing) = self.scopes.own_type(self.scope, i.name.name)
            && let TypeSymKind::Interface { asts, .. } = &mut self.type_symbols[existing.0 as usize]
        {
            asts.push(i);
            return;
        }
        let symbol = self.new_type_symbol(TypeSymKind::Interface {
            asts: vec![i],
            scope: self.scope,
            file: self.file,
            id: None,
        });
        self.add_type_symbol(i.name, symbol);
    }

    fn declare_alias(&mut self, t: &'a ast::TypeAlias) {
        let symbol = self.new_type_symbol(TypeSymKind::Alias {
            ast: t,
            scope: self.scope,
            file: self.file,
            state: AliasState::Waiting,
        });
        self.add_type_symbol(t.name, symbol);
    }

    /// Puts a type into the current scope; a second one of the name is reported.
    pub(crate) fn add_type_symbol(&mut self, ident: ast::Ident, symbol: crate::env::TypeSym) {
        if self.scopes.own_type(self.scope, ident.name).is_some() {
            let message = format!(
                "type `{}` is declared twice in this scope",
                self.text(ident.name)
            );
            self.error(codes::DUPLICATE_DECLARATION, ident.span, message);
            return;
        }
        self.scopes.add_type(self.scope, ident.name, symbol);
    }

    /// Declares type parameters in the current scope.
    pub(crate) fn declare_type_params(&mut self, params: &'a [TypeParam]) -> Vec<ParamId> {
        let ids: Vec<ParamId> = params
            .iter()
            .map(|p| {
                let id = self.types.new_param(p.name.name);
                self.types.param_mut(id).is_const = p.is_const;
                let symbol = self.new_type_symbol(TypeSymKind::Param(id));
                self.add_type_symbol(p.name, symbol);
                id
            })
            .collect();
        for (p, &id) in params.iter().zip(&ids) {
            let constraint = self.resolve_opt(&p.constraint);
            let default = self.resolve_opt(&p.default);
            let decl = self.types.param_mut(id);
            decl.constraint = constraint.filter(|&c| c != Ty::UNKNOWN);
            decl.default = default;
            if self.constraint_of_cycles(id) {
                let message = format!("`{}` is constrained by itself", self.text(p.name.name));
                self.error(codes::CIRCULAR_TYPE, p.span, message);
                self.types.param_mut(id).constraint = None;
            }
        }
        ids
    }

    fn constraint_of_cycles(&self, start: ParamId) -> bool {
        let mut at = start;
        while let Some(constraint) = self.types.param(at).constraint {
            match self.types.kind(constraint) {
                crate::types::TypeKind::Param(p) if p == start => return true,
                crate::types::TypeKind::Param(p) => at = p,
                _ => return false,
            }
        }
        false
    }

    /// Puts type parameters that exist already into the current scope.
    pub(crate) fn bring_type_params(&mut self, params: &'a [TypeParam], ids: &[ParamId]) {
        for (p, &id) in params.iter().zip(ids) {
            let symbol = self.new_type_symbol(TypeSymKind::Param(id));
            self.scopes.add_type(self.scope, p.name.name, symbol);
        }
    }

    // ---- facts about variables

    /// The variable behind a symbol.
    pub(crate) fn var(&self, symbol: SymId) -> Option<&VarSym<'a>> {
        match &self.symbol(symbol).kind {
            SymKind::Var(var) => Some(var),
            _ => None,
        }
    }

    /// The variable behind a symbol, to change it.
    pub(crate) fn var_mut(&mut self, symbol: SymId) -> Option<&mut VarSym<'a>> {
        match &mut self.symbol_mut(symbol).kind {
            SymKind::Var(var) => Some(var),
            _ => None,
        }
    }

    /// Gives a variable its type.
    pub(crate) fn set_var_type(&mut self, symbol: SymId, ty: Ty) {
        let Some(var) = self.var_mut(symbol) else {
            return;
        };
        var.ty = VarTy::Known(ty);
        match var.storage {
            Storage::Global(global) => self.hir.globals[global.index()].ty = ty,
            Storage::Local { owner, local } => self.local_mut(owner, local, |l| l.ty = ty),
        }
    }

    /// Changes a local of a function under check.
    pub(crate) fn local_mut(
        &mut self,
        owner: FuncId,
        local: LocalId,
        change: impl FnOnce(&mut crate::hir::Local),
    ) {
        if let Some(ctx) = self.fns.iter_mut().rfind(|f| f.func == owner) {
            change(&mut ctx.locals[local.index()]);
        }
    }

    /// Marks a variable as passed: from here on it is set.
    pub(crate) fn pass_declaration(&mut self, symbol: SymId) {
        self.clock += 1;
        let clock = self.clock;
        if let Some(var) = self.var_mut(symbol) {
            var.declared_at = clock;
            if let Storage::Global(global) = var.storage {
                self.post.declare_global(global, clock);
            }
        }
    }
}

/// What sort of variable a declaration makes.
pub(crate) fn var_kind(decl: &VarDecl) -> VarKind {
    match decl.kind {
        ast::VarKind::Let => VarKind::Let,
        _ => VarKind::Const,
    }
}
