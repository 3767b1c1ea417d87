//! Names in expressions: variables, functions, classes; and their types.

use super::Checker;
use crate::codes;
use crate::env::{FuncState, Storage, SymId, SymKind, VarKind, VarTy};
use crate::hir::{ExprId, ExprKind, Place};
use crate::types::{ClassId, Ty, TyList, TypeKind};
use raya_syntax::ast;
use raya_syntax::name::{Name, names};
use raya_syntax::span::Span;

impl<'a> Checker<'a> {
    /// The value that a name means here; loads the built-in library.
    pub(crate) fn value_symbol(&mut self, name: Name) -> Option<SymId> {
        if let Some(found) = self.scopes.value(self.scope, name) {
            return Some(found);
        }
        self.load_declaring(name);
        self.scopes.own_value(self.root, name)
    }

    /// A name as an expression.
    pub(crate) fn ident(&mut self, name: Name, span: Span) -> ExprId {
        match self.value_symbol(name) {
            Some(symbol) => self.symbol_expr(symbol, span),
            None => self.undeclared(name, span),
        }
    }

    fn undeclared(&mut self, name: Name, span: Span) -> ExprId {
        match name {
            names::INFINITY => self.add(ExprKind::Number(f64::INFINITY), Ty::NUMBER, span),
            names::NAN => self.add(ExprKind::Number(f64::NAN), Ty::NUMBER, span),
            names::UNDEFINED => self.add(ExprKind::Null, Ty::NULL, span),
            _ if self.text(name) == "NotImplemented" => {
                let name = self.names.intern("not_implemented");
                let args = Box::default();
                self.add(ExprKind::Native { name, args }, Ty::ANY, span)
            }
            names::PROMISE | names::TASK => {
                self.unsupported(codes::UNSUPPORTED_ASYNC, span);
                self.error_expr(span)
            }
            names::REG_EXP => {
                self.unsupported(codes::UNSUPPORTED_REGEX, span);
                self.error_expr(span)
            }
            _ if self.type_symbol(name).is_some() => {
                let message = format!("`{}` is a type, not a value", self.text(name));
                self.error(codes::TYPE_USED_AS_VALUE, span, message);
                self.error_expr(span)
            }
            _ => {
                self.report_unknown_name(name, span);
                self.error_expr(span)
            }
        }
    }

    fn symbol_expr(&mut self, symbol: SymId, span: Span) -> ExprId {
        match &self.symbol(symbol).kind {
            SymKind::Var(_) => self.read_var(symbol, span),
            SymKind::Func(_) => self.func_value(symbol, span),
            SymKind::Class(class) => {
                let class = *class;
                self.class_value(class, span)
            }
        }
    }

    // ---- variables

    pub(crate) fn read_var(&mut self, symbol: SymId, span: Span) -> ExprId {
        let declared = self.var_type(symbol, span);
        self.note_early_read(symbol, span);
        let id = self.raw_read(symbol, declared, span);
        let reference = self.refs.var(symbol);
        let narrowed = self.flow.get(reference);
        self.check_assigned(symbol, span);
        match narrowed {
            Some(ty) if ty != declared => self.narrow_to(id, ty),
            _ => id,
        }
    }

    /// A read of the variable at its declared type.
    pub(crate) fn raw_read(&mut self, symbol: SymId, declared: Ty, span: Span) -> ExprId {
        let Some(place) = self.var_place(symbol, span) else {
            return self.error_expr(span);
        };
        match place {
            Place::Local { local, checked } => {
                self.add(ExprKind::Local { local, checked }, declared, span)
            }
            Place::Global { global, checked } => {
                let id = self.add(ExprKind::Global { global, checked }, declared, span);
                let current = self.current();
                self.post.read_global(id, global, current, self.clock);
                id
            }
            _ => self.error_expr(span),
        }
    }

    /// Where a variable lives, seen from the current function.
    pub(crate) fn var_place(&mut self, symbol: SymId, span: Span) -> Option<Place> {
        self.var_place_for(symbol, span, false)
    }

    /// Where a variable is written, seen from the current function: one without initial
    /// value need not be set before.
    pub(crate) fn written_place(&mut self, symbol: SymId, span: Span) -> Option<Place> {
        self.var_place_for(symbol, span, true)
    }

    fn var_place_for(&mut self, symbol: SymId, span: Span, written: bool) -> Option<Place> {
        let var = self.var(symbol)?;
        let (declared_at, func, storage) = (var.declared_at, var.func, var.storage);
        let valueless = var.valueless;
        match storage {
            Storage::Global(global) => Some(Place::Global {
                global,
                checked: false,
            }),
            Storage::Local { owner, local } => {
                if owner == self.current() {
                    return Some(Place::Local {
                        local,
                        checked: false,
                    });
                }
                let early = declared_at == 0 || declared_at > self.entry_clock(owner);
                // A function that mentions the constant it is the value of.
                if early
                    && let Some(func) = func
                    && self.fns.iter().any(|f| f.func == func)
                {
                    let ty = self.var_type(symbol, span);
                    let name = self.symbol(symbol).name;
                    let local = self.reach_self(func, ty, name)?;
                    return Some(Place::Local {
                        local,
                        checked: false,
                    });
                }
                // Nobody knows whether a variable without initial value is set by then.
                let tested = early || valueless;
                let checked = if written { early } else { tested };
                match self.reach_local(owner, local, tested) {
                    Some(local) => Some(Place::Local { local, checked }),
                    None => {
                        self.report_class_capture(symbol, span);
                        None
                    }
                }
            }
        }
    }

    /// When the function directly inside `owner` on the way to the current one was
    /// made: what was declared by then is certainly set.
    pub(crate) fn entry_clock(&self, owner: crate::hir::FuncId) -> u32 {
        let mut at = self.fns.len() - 1;
        while let Some(parent) = self.fns[at].parent {
            if self.fns[parent].func == owner {
                return self.fns[at].created_at;
            }
            at = parent;
        }
        0
    }

    /// A read in the function that declares the variable, in front of the
    /// declaration: certainly an error.
    fn note_early_read(&mut self, symbol: SymId, span: Span) {
        let current = self.current();
        let is_main = self.fns.len() == 1;
        let Some(var) = self.var(symbol) else { return };
        let same_function = match var.storage {
            Storage::Local { owner, .. } => owner == current,
            Storage::Global(_) => is_main,
        };
        let unset = var.declared_at == 0 && same_function && var.kind != VarKind::Param;
        if unset && self.symbol(symbol).file == self.file && !self.flow.dead {
            let message = format!(
                "`{}` is used before its declaration",
                self.text(self.symbol(symbol).name)
            );
            self.error(codes::USED_BEFORE_DECLARATION, span, message);
        }
    }

    fn check_assigned(&mut self, symbol: SymId, span: Span) {
        if self.flow.dead || !self.flow.unassigned.contains(&symbol) {
            return;
        }
        if let Some(index) = self.var(symbol).and_then(|v| v.evolving) {
            self.evolving[index as usize].read_unset = true;
            return;
        }
        if self.var(symbol).is_some_and(|v| v.needs_assignment) {
            let message = format!(
                "`{}` is used before it is assigned",
                self.text(self.symbol(symbol).name)
            );
            self.error(codes::UNASSIGNED, span, message);
        }
    }

    /// The declared type of a variable; infers it from its initialiser if its
    /// declaration was not reached yet.
    pub(crate) fn var_type(&mut self, symbol: SymId, span: Span) -> Ty {
        let Some(var) = self.var(symbol) else {
            return Ty::ERROR;
        };
        match var.ty {
            VarTy::Known(ty) => ty,
            VarTy::Lazy(declarator) => {
                let (scope, file) = (var.scope, self.symbol(symbol).file);
                self.infer_early(symbol, declarator, scope, file);
                match self.var(symbol).map(|v| v.ty) {
                    Some(VarTy::Known(ty)) => ty,
                    _ => Ty::ERROR,
                }
            }
            VarTy::Busy => {
                let message = format!(
                    "the type of `{}` depends on itself; write it",
                    self.text(self.symbol(symbol).name)
                );
                self.error(codes::CIRCULAR_INFERENCE, span, message);
                self.set_var_type(symbol, Ty::ERROR);
                Ty::ERROR
            }
        }
    }

    fn infer_early(
        &mut self,
        symbol: SymId,
        declarator: &'a ast::Declarator,
        scope: crate::env::ScopeId,
        file: raya_syntax::source::FileId,
    ) {
        let func = self.var(symbol).and_then(|v| v.func);
        if let Some(var) = self.var_mut(symbol) {
            var.ty = VarTy::Busy;
        }
        let flow = std::mem::take(&mut self.flow);
        let ((), _) = self.quietly(|c| {
            c.elsewhere(scope, file, |c| c.infer_declarator(declarator));
        });
        self.flow = flow;
        if let Some(var) = self.var_mut(symbol) {
            // What was made for its type only is not the value.
            var.func = func;
        }
        if let Some(VarTy::Busy) = self.var(symbol).map(|v| v.ty) {
            self.set_var_type(symbol, Ty::ERROR);
        }
    }

    // ---- functions

    /// A declared function as a value.
    fn func_value(&mut self, symbol: SymId, span: Span) -> ExprId {
        let ty = self.func_type(symbol, span);
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return self.error_expr(span);
        };
        let (func, local, created_at) = (f.func, f.local, f.created_at);
        self.mention_func(symbol);
        match local {
            None => {
                let type_args = self.erased_args(ty);
                self.add(ExprKind::Func { func, type_args }, ty, span)
            }
            Some(_) => match self.func_local(func, local, created_at, ty, span) {
                Some(local) => self.add(
                    ExprKind::Local {
                        local,
                        checked: false,
                    },
                    ty,
                    span,
                ),
                None => self.error_expr(span),
            },
        }
    }

    /// As a value a generic function is its instance with `any`.
    fn erased_args(&mut self, ty: Ty) -> TyList {
        let count = match self.types.kind(ty) {
            TypeKind::Function(id) => self.types.signature(id).type_params.len(),
            _ => 0,
        };
        self.types.intern_list(&vec![Ty::ANY; count])
    }

    /// The local of the current function that holds the closure of a nested
    /// declaration.
    pub(crate) fn func_local(
        &mut self,
        func: crate::hir::FuncId,
        local: Option<(crate::hir::FuncId, crate::hir::LocalId)>,
        created_at: u32,
        ty: Ty,
        span: Span,
    ) -> Option<crate::hir::LocalId> {
        let (owner, local) = local?;
        if self.fns.iter().any(|f| f.func == func) {
            let name = self.hir.functions[func.index()].name;
            return self.reach_self(func, ty, name);
        }
        self.local_mut(owner, local, |l| l.ty = ty);
        let early = owner != self.current() && created_at > self.entry_clock(owner);
        let reached = self.reach_local(owner, local, early);
        if reached.is_none() {
            let message =
                "a static member cannot use the functions of the function around the class yet";
            self.error(codes::UNSUPPORTED_CLASS_CAPTURE, span, message);
        }
        reached
    }

    /// Records that the function may run from here on.
    pub(crate) fn mention_func(&mut self, symbol: SymId) {
        let SymKind::Func(f) = &self.symbol(symbol).kind else {
            return;
        };
        let (func, builtin) = (f.func, self.hir.functions[f.func.index()].builtin);
        let waiting = f.state == FuncState::Waiting;
        let (current, clock) = (self.current(), self.clock);
        self.post.mention_func(current, func, clock);
        if builtin && waiting {
            self.pending.push(super::Pending::Function(symbol));
        }
    }

    // ---- classes

    /// A class as a value.
    pub(crate) fn class_value(&mut self, class: ClassId, span: Span) -> ExprId {
        self.mention_class(class, span);
        let ty = self.types.class_object(class);
        let id = self.add(
            ExprKind::Class {
                class,
                checked: false,
            },
            ty,
            span,
        );
        let (current, clock) = (self.current(), self.clock);
        self.post.read_class(id, class, current, clock);
        id
    }

    /// Records that the class's code may run from here on; in front of the
    /// declaration in the same code that is an error.
    pub(crate) fn mention_class(&mut self, class: ClassId, span: Span) {
        let data = self.class(class);
        let early = data.declared_at == 0 && !data.builtin && data.file == self.file;
        let same = data.owner.unwrap_or(FuncIdOfMain) == self.current_or_main();
        if early && same && !self.flow.dead && !self.is_inside_class(class) {
            let name = self.hir.classes[class.index()].name;
            let message = format!("class `{}` is used before its declaration", self.text(name));
            self.error(codes::USED_BEFORE_DECLARATION, span, message);
        }
        let (current, clock) = (self.current(), self.clock);
        self.post.mention_class(current, class, clock);
        self.queue_class(class);
    }

    fn current_or_main(&self) -> crate::hir::FuncId {
        if self.fns.len() == 1 {
            FuncIdOfMain
        } else {
            self.current()
        }
    }

    fn is_inside_class(&self, class: ClassId) -> bool {
        self.fns.iter().any(|f| f.class == Some(class))
    }

    /// The type of a symbol's value.
    pub(crate) fn symbol_type(&mut self, symbol: SymId, span: Span) -> Ty {
        match &self.symbol(symbol).kind {
            SymKind::Var(_) => {
                let reference = self.refs.var(symbol);
                match self.flow.get(reference) {
                    Some(ty) => ty,
                    None => self.var_type(symbol, span),
                }
            }
            SymKind::Func(_) => self.func_type(symbol, span),
            SymKind::Class(class) => {
                let class = *class;
                self.types.class_object(class)
            }
        }
    }
}

/// Stands for the top level where classes record what declares them.
#[allow(non_upper_case_globals)]
const FuncIdOfMain: crate::hir::FuncId = crate::hir::FuncId(0);
