//! Functions: their types, their bodies, the results that are inferred.

use super::context::{FnCtx, ThisCtx};
use super::pattern::Step;
use super::{Checker, Flow};
use crate::codes;
use crate::env::{FuncState, ScopeId, SymId, SymKind, VarKind};
use crate::hir::{
    self, Block, CoerceKind, ExprId, ExprKind, FuncId, LocalId, LocalKind, Stmt, StmtKind,
};
use crate::types::{ClassId, Param, ParamId, Signature, Ty, TypeKind};
use raya_syntax::ast::{self, Function, FunctionBody, PatternKind};
use raya_syntax::name::names;
use raya_syntax::span::Span;

/// All that is needed to check a body.
#[derive(Clone, Debug)]
pub(crate) struct BodyInput<'a> {
    /// The function in the tree.
    pub func: FuncId,
    /// Its syntax.
    pub ast: &'a Function,
    /// The scope with its type parameters.
    pub scope: ScopeId,
    /// Its own type parameters.
    pub type_params: Vec<ParamId>,
    /// Its parameters' types, and its result if it is known.
    pub params: Vec<Param>,
    /// The result, if it is known.
    pub ret: Option<Ty>,
    /// What is wished for as the result, if nothing is declared.
    pub ret_wish: Option<Ty>,
    /// Stack index of the function around it.
    pub parent: Option<usize>,
    /// What `this` means.
    pub this: ThisCtx,
    /// The class it belongs to.
    pub class: Option<ClassId>,
    /// Belongs to the class object.
    pub is_static: bool,
    /// It is a constructor.
    pub ctor: Option<super::context::CtorCtx>,
    /// It is a member of a class with computed bases.
    pub dynamic: Option<super::dynamic_class::DynamicMember>,
    /// The clock where its closure is made.
    pub created_at: u32,
    /// What holds at its start.
    pub flow: Flow,
}

/// The scope and the type parameters of a declared function.
#[derive(Clone, Debug)]
pub(crate) struct FuncScope {
    /// Holds the type parameters.
    pub scope: ScopeId,
    /// The type parameters.
    pub type_params: Vec<ParamId>,
}

impl<'a> Checker<'a> {
    // ---- declared functions

    /// The type of a declared function as its callers see it.
    pub(crate) fn func_type(&mut self, symbol: SymId, span: Span) -> Ty {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return Ty::ERROR;
        };
        if let Some(ty) = f.ty {
            return ty;
        }
        let (ast, overloads, siblings) = (f.ast, f.overloads.clone(), f.siblings.clone());
        let ty = if overloads.is_empty() {
            match self.own_func_type(symbol, span) {
                Some(ty) => ty,
                None => return Ty::ERROR,
            }
        } else {
            self.overload_types(symbol, &overloads)
        };
        let ty = siblings.into_iter().fold(ty, |all, sibling| {
            let next = self.func_type(sibling, span);
            self.overload(all, next)
        });
        self.set_func_type(symbol, ty);
        if !overloads.is_empty() {
            self.check_overloads(symbol, ty, ast);
        }
        ty
    }

    fn set_func_type(&mut self, symbol: SymId, ty: Ty) {
        if let SymKind::Func(f) = &mut self.symbol_mut(symbol).kind {
            f.ty = Some(ty);
        }
    }

    fn overload_types(&mut self, symbol: SymId, overloads: &[&'a Function]) -> Ty {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return Ty::ERROR;
        };
        let (scope, file) = (f.scope, self.symbol(symbol).file);
        let types: Vec<Ty> = overloads
            .iter()
            .map(|o| self.elsewhere(scope, file, |c| c.function_type(&o.signature)))
            .collect();
        if let [one] = *types {
            return one;
        }
        let list = self.types.intern_list(&types);
        self.types.intern(TypeKind::Overloads(list))
    }

    /// Each overload must fit the implementation.
    fn check_overloads(&mut self, symbol: SymId, ty: Ty, ast: &'a Function) {
        if matches!(ast.body, FunctionBody::None) {
            return;
        }
        let file = self.symbol(symbol).file;
        let Some(own) = self.impl_signature(symbol) else {
            return;
        };
        for sig in self.call_signatures(ty) {
            let loose = self.overload_fits(&sig, &own);
            if !loose && sig.type_params.is_empty() && own.type_params.is_empty() {
                let message = format!(
                    "the overload `{}` does not fit the implementation",
                    self.types.display_signature(&sig, self.names)
                );
                let scope = self.scope;
                self.elsewhere(scope, file, |c| {
                    c.error(codes::INVALID_OVERLOAD, ast.span, message);
                });
            }
        }
    }

    /// Whether the implementation can take an overload's calls: its parameters take
    /// the arguments, and the results have something in common.
    pub(crate) fn overload_fits(&mut self, sig: &Signature, own: &Signature) -> bool {
        for i in 0..own.params.len() {
            let (Some(given), Some(taken)) = (self.param_at(sig, i), self.param_at(own, i)) else {
                if i < own.required() && i >= sig.params.len() && !sig.rest {
                    return false;
                }
                continue;
            };
            if !self.fits(given, taken) && !self.comparable(given, taken) {
                return false;
            }
        }
        sig.ret == Ty::VOID || own.ret == Ty::ANY || self.comparable(sig.ret, own.ret)
    }

    /// The signature of a function's implementation.
    pub(crate) fn impl_signature(&mut self, symbol: SymId) -> Option<Signature> {
        let ty = self.own_func_type(symbol, Span::default())?;
        self.types.as_signature(ty).map(|s| (**s).clone())
    }

    /// The type of a function by its own signature.
    fn own_func_type(&mut self, symbol: SymId, span: Span) -> Option<Ty> {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return None;
        };
        let (ast, func, state) = (f.ast, f.func, f.state);
        if let Some(&ty) = self.func_types.get(&func) {
            return Some(ty);
        }
        if ast.signature.return_type.is_some() || matches!(ast.body, FunctionBody::None) {
            let ty = self.declared_signature(symbol);
            self.func_types.insert(func, ty);
            return Some(ty);
        }
        match state {
            FuncState::Busy => {
                let message = format!(
                    "the result type of `{}` depends on itself; write it",
                    self.text(self.symbol(symbol).name)
                );
                self.error(codes::CIRCULAR_INFERENCE, span, message);
                None
            }
            _ => {
                self.check_func(symbol);
                self.func_types.get(&func).copied()
            }
        }
    }

    fn declared_signature(&mut self, symbol: SymId) -> Ty {
        let fs = self.func_scope(symbol);
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return Ty::ERROR;
        };
        let (ast, file) = (f.ast, self.symbol(symbol).file);
        let sig = self.elsewhere(fs.scope, file, |c| {
            c.signature_with(&ast.signature, fs.type_params.clone(), Some(Ty::VOID))
        });
        self.types.function(sig)
    }

    /// The scope that holds a declared function's type parameters.
    fn func_scope(&mut self, symbol: SymId) -> FuncScope {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return FuncScope {
                scope: self.scope,
                type_params: Vec::new(),
            };
        };
        let (ast, func, scope, file) = (f.ast, f.func, f.scope, self.symbol(symbol).file);
        if let Some(known) = self.func_scopes.get(&func) {
            return known.clone();
        }
        let inner = self.scopes.new_scope(Some(scope));
        let type_params = self.elsewhere(inner, file, |c| {
            c.declare_type_params(&ast.signature.type_params)
        });
        let fs = FuncScope {
            scope: inner,
            type_params,
        };
        self.func_scopes.insert(func, fs.clone());
        fs
    }

    /// Checks the body of a declared function, unless that is done or under way.
    pub(crate) fn check_func(&mut self, symbol: SymId) {
        let SymKind::Func(f) = &mut self.symbol_mut(symbol).kind else {
            return;
        };
        if f.state != FuncState::Waiting {
            return;
        }
        f.state = FuncState::Busy;
        let (ast, func, created_at, local) = (f.ast, f.func, f.created_at, f.local);
        if matches!(ast.body, FunctionBody::None) {
            self.report_missing_body(symbol, ast);
        } else {
            let fs = self.func_scope(symbol);
            let file = self.symbol(symbol).file;
            let parent =
                local.and_then(|(owner, _)| self.fns.iter().rposition(|c| c.func == owner));
            self.elsewhere(fs.scope, file, |c| {
                let params = c.written_params(&ast.signature);
                let ret = c.written_return(&ast.signature);
                let this = match &ast.signature.this_param {
                    Some(t) => ThisCtx::Receiver(c.resolve(t)),
                    None => ThisCtx::None,
                };
                let input = BodyInput {
                    func,
                    ast,
                    scope: fs.scope,
                    type_params: fs.type_params.clone(),
                    params,
                    ret,
                    ret_wish: None,
                    parent,
                    this,
                    class: None,
                    is_static: false,
                    ctor: None,
                    dynamic: None,
                    created_at,
                    flow: Flow::default(),
                };
                let sig = c.declared_body(func, |c| c.check_body(input));
                let ty = c.types.function(sig);
                c.func_types.entry(func).or_insert(ty);
            });
        }
        if let SymKind::Func(f) = &mut self.symbol_mut(symbol).kind {
            f.state = FuncState::Done;
        }
        self.func_type(symbol, ast.span);
    }

    fn report_missing_body(&mut self, symbol: SymId, ast: &'a Function) {
        let message = format!(
            "function `{}` has no body",
            self.text(self.symbol(symbol).name)
        );
        let (file, scope) = (self.symbol(symbol).file, self.scope);
        self.elsewhere(scope, file, |c| {
            c.error(codes::MISSING_BODY, ast.span, message);
        });
    }

    /// The parameters as written.
    pub(crate) fn written_params(&mut self, signature: &'a ast::Signature) -> Vec<Param> {
        let defaults = signature
            .params
            .iter()
            .any(|p| p.default.is_some() && p.ty.is_none());
        if !defaults || self.fns.is_empty() {
            return signature
                .params
                .iter()
                .map(|p| self.written_param(p))
                .collect();
        }
        // The type of a default may depend on the parameters in front of it.
        self.in_scope(|c| {
            let mut params = Vec::with_capacity(signature.params.len());
            for p in &signature.params {
                let param = c.written_param(p);
                if let PatternKind::Binding(name) = p.pattern.kind {
                    let symbol = c.declare_var(name, p.pattern.span, VarKind::Param, None);
                    let ty = if p.default.is_some() {
                        c.types.non_null(param.ty)
                    } else {
                        param.ty
                    };
                    c.set_var_type(symbol, ty);
                    c.pass_declaration(symbol);
                }
                params.push(param);
            }
            params
        })
    }

    /// The result as written: of `asserts x is T` nothing, of `x is T` a boolean.
    pub(crate) fn written_return(&mut self, signature: &'a ast::Signature) -> Option<Ty> {
        let ty = signature.return_type.as_ref()?;
        match &ty.kind {
            ast::TypeKind::Predicate(p) if p.asserts => Some(Ty::VOID),
            _ => Some(self.resolve(ty)),
        }
    }

    /// The type of a parameter that has only a default.
    pub(crate) fn type_of_default(&mut self, default: &'a ast::Expr) -> Ty {
        if self.fns.is_empty() {
            return Ty::ERROR;
        }
        let Some(id) = self.probe(|c| c.expr(default, None)) else {
            return Ty::ANY;
        };
        let ty = self.ty(id);
        let ty = self.types.widen_literals(ty);
        if ty == Ty::NULL { Ty::ANY } else { ty }
    }

    // ---- bodies

    /// Checks a body; gives the function's signature.
    pub(crate) fn check_body(&mut self, input: BodyInput<'a>) -> Signature {
        let saved = self.suspend();
        let reported = self.mark();
        let pending = self.pending.len();
        let mut sig = self.run_body(&input);
        if self.settle_evolving(input.func) {
            self.roll_back(reported);
            self.pending.truncate(pending);
            sig = self.run_body(&input);
            self.settle_evolving(input.func);
        }
        self.resume(saved);
        sig
    }

    fn run_body(&mut self, input: &BodyInput<'a>) -> Signature {
        let mut ctx = FnCtx::new(input.func, input.parent, input.created_at);
        ctx.ret = input.ret;
        ctx.ret_wish = input.ret_wish;
        ctx.this = input.this;
        ctx.class = input.class;
        ctx.is_static = input.is_static;
        ctx.ctor = input.ctor;
        ctx.dynamic = input.dynamic;
        if input.dynamic.is_some() {
            ctx.properties = super::dynamic_class::property_names(input.ast);
        }
        ctx.type_params = input.type_params.clone();
        ctx.type_params.extend(self.outer_type_params(input));
        self.fns.push(ctx);
        self.flow = input.flow.clone();
        self.scope = self.scopes.new_scope(Some(input.scope));
        let (params, mut stmts) = self.enter_params(input);
        let proven = self.proven_param(input);
        if let Some(ctor) = input.ctor {
            self.ctor_start(ctor, input.ast.span, &mut stmts);
        }
        if let Some(member) = input.dynamic {
            self.dynamic_ctor_start(member, input.ast.span, &mut stmts);
        }
        match &input.ast.body {
            FunctionBody::Block(block) => self.block_stmts(&block.stmts, &mut stmts),
            FunctionBody::Expr(e) => {
                let waiting = self.pending.len();
                self.expr_body(e, &mut stmts);
                self.drain_pending_from(waiting);
            }
            FunctionBody::None => {}
        }
        if input.ctor.is_some() {
            self.ctor_end(input.ast.span);
        }
        let mut sig = self.finish_body(input, params, stmts);
        sig.predicate = proven.filter(|_| sig.ret == Ty::BOOLEAN);
        sig
    }

    fn outer_type_params(&self, input: &BodyInput<'a>) -> Vec<ParamId> {
        let mut outer = match input.parent {
            Some(parent) => self.fns[parent].type_params.clone(),
            None => Vec::new(),
        };
        if let Some(class) = input.class.filter(|_| input.parent.is_none()) {
            outer.extend(self.types.class(class).params.iter());
        }
        outer
    }

    /// Declares the parameters; defaults and patterns become first statements.
    fn enter_params(&mut self, input: &BodyInput<'a>) -> (Vec<hir::Param>, Vec<Stmt>) {
        let mut params = Vec::with_capacity(input.params.len());
        let mut stmts = Vec::new();
        let mut inner = Vec::new();
        for (p, param) in input.ast.signature.params.iter().zip(&input.params) {
            match &p.pattern.kind {
                PatternKind::Binding(name) if p.default.is_none() => {
                    let symbol = self.declare_var(*name, p.pattern.span, VarKind::Param, None);
                    self.set_var_type(symbol, param.ty);
                    self.pass_declaration(symbol);
                    let local = self.local_of(symbol);
                    params.push(hir::Param {
                        local,
                        optional: param.optional,
                    });
                }
                _ => {
                    let span = p.pattern.span;
                    let ctx = self.ctx_mut();
                    let local = ctx.new_local(names::EMPTY, param.ty, LocalKind::Param, span);
                    params.push(hir::Param {
                        local,
                        optional: param.optional,
                    });
                    inner.push((p, local, param.ty));
                }
            }
        }
        for extra in input.params.iter().skip(params.len()) {
            let span = input.ast.signature.span;
            let ctx = self.ctx_mut();
            let local = ctx.new_local(names::EMPTY, extra.ty, LocalKind::Param, span);
            params.push(hir::Param {
                local,
                optional: extra.optional,
            });
        }
        for (p, local, ty) in inner {
            self.declare_pattern(&p.pattern, VarKind::Let, None);
            let value = self.param_value(p, local, ty);
            let mut steps = Vec::new();
            self.destructure_param(p, value, &mut steps);
            self.steps_to_stmts(steps, &mut stmts);
        }
        (params, stmts)
    }

    fn local_of(&self, symbol: SymId) -> LocalId {
        match self.var(symbol).map(|v| v.storage) {
            Some(crate::env::Storage::Local { local, .. }) => local,
            _ => LocalId(0),
        }
    }

    /// The argument, or the default where it is null.
    fn param_value(&mut self, p: &'a ast::Param, local: LocalId, ty: Ty) -> ExprId {
        let read = self.read_temp(local, ty, p.pattern.span);
        let Some(default) = &p.default else {
            return read;
        };
        // `x: T | null = d` takes the default for null and is a `T` then.
        let declared = self.types.non_null(ty);
        let name = p.pattern.binding_name();
        if ty == Ty::ANY || ty == Ty::ERROR {
            let value = self.named_expr_as(name, default, Ty::ANY);
            return self.or_if_null(read, value, Some(Ty::ANY), default.span, default.span);
        }
        let nullable_default = matches!(default.kind, ast::ExprKind::Null);
        let target = if nullable_default { ty } else { declared };
        let value = self.named_expr_as(name, default, target);
        self.or_if_null(read, value, Some(target), default.span, default.span)
    }

    fn destructure_param(&mut self, p: &'a ast::Param, value: ExprId, steps: &mut Vec<Step>) {
        if let PatternKind::Binding(name) = p.pattern.kind
            && let Some(symbol) = self.scopes.own_value(self.scope, name)
        {
            let ty = self.ty(value);
            self.set_var_type(symbol, ty);
            self.pass_declaration(symbol);
            steps.push(Step::Bind(symbol, value));
            return;
        }
        self.destructure(&p.pattern, value, steps);
    }

    /// `=> e`
    fn expr_body(&mut self, e: &'a ast::Expr, stmts: &mut Vec<Stmt>) {
        if self.ctx().ret == Some(Ty::VOID) {
            let id = self.expr(e, None);
            stmts.push(Stmt {
                kind: StmtKind::Expr(id),
                span: e.span,
            });
            return;
        }
        let kind = self.return_value(e);
        stmts.push(Stmt { kind, span: e.span });
        self.flow = Flow::unreachable();
    }

    /// `return e`
    pub(crate) fn return_value(&mut self, e: &'a ast::Expr) -> StmtKind {
        if let Some(ret) = self.ctx().ret {
            return StmtKind::Return(Some(self.expr_as(e, ret)));
        }
        let wish = self.ctx().ret_wish;
        let id = self.expr(e, wish);
        let mut ty = self.ty(id);
        if ty != Ty::VOID && wish.is_none() {
            ty = self.widened(e, ty);
        }
        let node = self.coerce_node(id, ty, CoerceKind::Widen);
        let literal = !self.keeps_literals(e);
        let ctx = self.ctx_mut();
        ctx.returns_literal |= literal;
        ctx.returns.push(ty);
        ctx.return_exprs.push(node);
        StmtKind::Return(Some(node))
    }

    fn finish_body(
        &mut self,
        input: &BodyInput<'a>,
        params: Vec<hir::Param>,
        stmts: Vec<Stmt>,
    ) -> Signature {
        let falls_off = !self.flow.dead;
        let ret = match self.ctx().ret {
            Some(ret) => {
                self.check_end(ret, falls_off, input.ast);
                ret
            }
            None => self.infer_return(falls_off, input.ast),
        };
        let ctx = self.fns.pop();
        let intrinsic = self.is_intrinsic_body(input.func, &stmts);
        let rest = input.ast.signature.params.last().is_some_and(|p| p.rest);
        if let Some(mut ctx) = ctx {
            for local in &mut ctx.locals {
                local.boxed |= local.captured && local.assigned;
            }
            let outer: Vec<ParamId> = ctx
                .type_params
                .iter()
                .copied()
                .filter(|p| !input.type_params.contains(p))
                .collect();
            let parent = input.parent.map(|i| self.fns[i].func);
            match ctx.returns_literal {
                true => self.firm_results.remove(&input.func),
                false => self.firm_results.insert(input.func),
            };
            let function = &mut self.hir.functions[input.func.index()];
            function.parent = parent;
            function.type_params = input.type_params.clone();
            function.outer_params = outer;
            function.written_params = input.ast.signature.params.len() as u16;
            function.params = params;
            function.rest = rest;
            function.ret = ret;
            function.locals = ctx.locals;
            function.captures = ctx.captures;
            function.body = Some(Block { label: None, stmts });
            function.falls_off = falls_off;
            function.intrinsic = intrinsic;
        }
        Signature {
            type_params: input.type_params.clone().into(),
            this_ty: match (input.this, input.ast.is_arrow, input.class) {
                (ThisCtx::Receiver(ty), false, None) => Some(ty),
                _ => None,
            },
            params: input.params.clone().into(),
            rest,
            ret,
            predicate: None,
        }
    }

    /// A path that ends without the promised value.
    fn check_end(&mut self, ret: Ty, falls_off: bool, ast: &'a Function) {
        if !falls_off || matches!(ret, Ty::VOID | Ty::ANY | Ty::UNKNOWN | Ty::ERROR) {
            return;
        }
        if self.admits_null(ret) || matches!(ast.body, FunctionBody::Expr(_)) {
            return;
        }
        let span = match &ast.signature.return_type {
            Some(t) => t.span,
            None => ast.signature.span,
        };
        let message = format!(
            "some path ends without a value of type `{}`",
            self.show(ret)
        );
        self.error(codes::MISSING_RETURN, span, message);
    }

    fn infer_return(&mut self, falls_off: bool, ast: &'a Function) -> Ty {
        let ctx = self.ctx_mut();
        let (mut types, exprs) = (
            std::mem::take(&mut ctx.returns),
            std::mem::take(&mut ctx.return_exprs),
        );
        if types.is_empty() {
            let expression = ast.is_arrow || ast.name.is_none();
            return if falls_off || !expression {
                Ty::VOID
            } else {
                Ty::NEVER
            };
        }
        let values = types.iter().any(|&t| t != Ty::VOID);
        if falls_off && values {
            types.push(Ty::NULL);
        }
        let ret = if types.contains(&Ty::ERROR) {
            Ty::ERROR
        } else if types.contains(&Ty::ANY) {
            Ty::ANY
        } else {
            self.join_objects(&types)
        };
        for id in exprs {
            self.retarget(id, ret);
        }
        ret
    }

    /// Gives a coercion node, made before its type was known, its type.
    pub(crate) fn retarget(&mut self, id: ExprId, ty: Ty) {
        let ExprKind::Coerce { expr, .. } = self.hir.exprs[id.index()].kind else {
            return;
        };
        let from = self.ty(expr);
        let kind = if self.converts_int(from, ty) && !self.subtype(from, ty) {
            if ty == Ty::NUMBER {
                CoerceKind::IntToNumber
            } else {
                let number = self.int_to_number(expr);
                self.hir.exprs[id.index()].kind = ExprKind::Coerce {
                    expr: number,
                    kind: CoerceKind::Widen,
                };
                self.hir.exprs[id.index()].ty = ty;
                return;
            }
        } else if from == Ty::ANY && ty != Ty::ANY {
            CoerceKind::Check
        } else {
            CoerceKind::Widen
        };
        self.hir.exprs[id.index()].kind = ExprKind::Coerce { expr, kind };
        self.hir.exprs[id.index()].ty = ty;
    }

    /// Puts the state of the function under check aside.
    fn suspend(&mut self) -> Suspended {
        Suspended {
            flow: std::mem::take(&mut self.flow),
            scope: self.scope,
            chain: std::mem::take(&mut self.chain),
            self_symbol: self.self_symbol.take(),
            null_tested: std::mem::take(&mut self.null_tested),
        }
    }

    fn resume(&mut self, saved: Suspended) {
        self.flow = saved.flow;
        self.scope = saved.scope;
        self.chain = saved.chain;
        self.self_symbol = saved.self_symbol;
        self.null_tested = saved.null_tested;
    }
}

/// What belongs to the function under check and is put aside for another one.
struct Suspended {
    flow: Flow,
    scope: ScopeId,
    chain: Vec<(LocalId, ExprId)>,
    self_symbol: Option<SymId>,
    null_tested: bool,
}
