//! The state of one function under check.

use super::{Checker, Flow};
use crate::hir::{Capture, FuncId, LabelId, Local, LocalId, LocalKind};
use crate::types::{ClassId, ParamId, Ty};
use raya_syntax::ast::NodeId;
use raya_syntax::name::{Name, names};
use raya_syntax::source::FileId;
use raya_syntax::span::Span;
use rustc_hash::FxHashMap;

/// What `this` means in a function.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ThisCtx {
    /// Nothing.
    None,
    /// The receiver: an instance, or the class in a static member.
    Receiver(Ty),
    /// A local holds it: the object literal that the method belongs to.
    Local {
        owner: FuncId,
        local: LocalId,
        ty: Ty,
    },
    /// An arrow function: what it means outside.
    Outer,
}

/// A statement that `break` or `continue` can name.
#[derive(Debug)]
pub(crate) struct Target {
    /// Its label in the tree.
    pub label: LabelId,
    /// The labels written in front of it.
    pub names: Vec<Name>,
    /// Whether it is a loop, so that `continue` may name it.
    pub is_loop: bool,
    /// Whether a bare `break` means it.
    pub is_breakable: bool,
    /// The flows that leave it by `break`.
    pub breaks: Vec<Flow>,
    /// The flows that go on with its next round.
    pub continues: Vec<Flow>,
    /// Whether something breaks out of it.
    pub used: bool,
}

/// A class whose constructor is under check.
#[derive(Clone, Copy, Debug)]
pub(crate) struct CtorCtx {
    /// The class.
    pub class: ClassId,
    /// Whether it has a base, so that `super(…)` must come first.
    pub derived: bool,
}

/// A variable without type and value whose type is being collected.
#[derive(Debug)]
pub(crate) struct Evolving {
    /// Its declaration.
    pub node: (FileId, NodeId),
    /// The function that declares it.
    pub func: FuncId,
    /// Its type is settled.
    pub settled: bool,
    /// The types that it was given.
    pub types: Vec<Ty>,
    /// An array (`[]`) whose elements are collected, else a variable.
    pub array: bool,
    /// An array made by its length (`new Array(n)`).
    pub sized: bool,
    /// Read while it may have no value.
    pub read_unset: bool,
}

/// A function under check.
#[derive(Debug)]
pub(crate) struct FnCtx<'a> {
    /// The function.
    pub func: FuncId,
    /// Index in the stack of the function that it is nested in.
    pub parent: Option<usize>,
    /// Its variables.
    pub locals: Vec<Local>,
    /// What it captures.
    pub captures: Vec<Capture>,
    captured: FxHashMap<(FuncId, LocalId), LocalId>,
    /// The declared result.
    pub ret: Option<Ty>,
    /// What the place of a function expression wishes its result to be, if that is
    /// still being inferred.
    pub ret_wish: Option<Ty>,
    /// The types of its results, where none is declared.
    pub returns: Vec<Ty>,
    /// Whether one of them is that of a literal whose type may be widened.
    pub returns_literal: bool,
    /// Result expressions that wait for the inferred type.
    pub return_exprs: Vec<crate::hir::ExprId>,
    /// What `this` means.
    pub this: ThisCtx,
    this_local: Option<LocalId>,
    /// The class that it belongs to, for access and `super`.
    pub class: Option<ClassId>,
    /// Whether it belongs to the class object.
    pub is_static: bool,
    /// Set in constructors.
    pub ctor: Option<CtorCtx>,
    /// Set in members of a class with computed bases.
    pub dynamic: Option<super::dynamic_class::DynamicMember>,
    /// The parameter properties of such a class's constructor.
    pub properties: Vec<Name>,
    /// Statements around the current one that jumps can name.
    pub targets: Vec<Target>,
    next_label: u32,
    /// How many loops stand around the current statement.
    pub loop_depth: u32,
    /// The clock of declarations where its closure is made.
    pub created_at: u32,
    /// Type parameters that are visible in it.
    pub type_params: Vec<ParamId>,
    /// Ties the context to the syntax tree it belongs to.
    marker: std::marker::PhantomData<&'a ()>,
}

impl FnCtx<'_> {
    /// A function of which nothing is known yet.
    pub(crate) fn new(func: FuncId, parent: Option<usize>, created_at: u32) -> Self {
        Self {
            func,
            parent,
            locals: Vec::new(),
            captures: Vec::new(),
            captured: FxHashMap::default(),
            ret: None,
            ret_wish: None,
            returns: Vec::new(),
            returns_literal: false,
            return_exprs: Vec::new(),
            this: ThisCtx::None,
            this_local: None,
            class: None,
            is_static: false,
            ctor: None,
            dynamic: None,
            properties: Vec::new(),
            targets: Vec::new(),
            next_label: 0,
            loop_depth: 0,
            created_at,
            type_params: Vec::new(),
            marker: std::marker::PhantomData,
        }
    }

    /// A label that no other statement of the function has.
    pub(crate) fn new_label(&mut self) -> LabelId {
        self.next_label += 1;
        LabelId(self.next_label - 1)
    }

    /// A new local variable.
    pub(crate) fn new_local(&mut self, name: Name, ty: Ty, kind: LocalKind, span: Span) -> LocalId {
        self.locals.push(Local {
            name,
            ty,
            kind,
            captured: false,
            boxed: false,
            checked: false,
            assigned: false,
            in_loop: self.loop_depth > 0,
            span,
        });
        LocalId(self.locals.len() as u32 - 1)
    }
}

impl<'a> Checker<'a> {
    /// A compiler-made local of the current function.
    pub(crate) fn temp(&mut self, ty: Ty, span: Span) -> LocalId {
        self.ctx_mut()
            .new_local(names::EMPTY, ty, LocalKind::Temp, span)
    }

    /// The stack index of a function under check.
    fn index_of(&self, func: FuncId) -> Option<usize> {
        self.fns.iter().rposition(|f| f.func == func)
    }

    /// The local of the current function that stands for a local of `owner`, which
    /// is the current function or one around it. `early`: the closure may be made
    /// before the variable is set. None if no chain of closures leads there.
    pub(crate) fn reach_local(
        &mut self,
        owner: FuncId,
        local: LocalId,
        early: bool,
    ) -> Option<LocalId> {
        let current = self.fns.len() - 1;
        if self.fns[current].func == owner {
            return Some(local);
        }
        let mut path = vec![current];
        let mut at = current;
        while let Some(parent) = self.fns[at].parent {
            if self.fns[parent].func == owner {
                let outer = &mut self.fns[parent].locals[local.index()];
                outer.captured = true;
                outer.boxed |= early;
                outer.checked |= early;
                return Some(self.capture_along(&path, owner, local));
            }
            path.push(parent);
            at = parent;
        }
        None
    }

    /// Captures through every function of `path`, which goes from the current one
    /// outwards.
    fn capture_along(&mut self, path: &[usize], owner: FuncId, local: LocalId) -> LocalId {
        let mut outer = local;
        let source = self
            .index_of(owner)
            .map(|i| self.fns[i].locals[local.index()].clone());
        for &index in path.iter().rev() {
            let ctx = &mut self.fns[index];
            if let Some(&known) = ctx.captured.get(&(owner, local)) {
                outer = known;
                continue;
            }
            let (name, ty, span) = source
                .as_ref()
                .map_or((names::EMPTY, Ty::ERROR, Span::default()), |s| {
                    (s.name, s.ty, s.span)
                });
            let kind = LocalKind::Capture(ctx.captures.len() as u32);
            let here = ctx.new_local(name, ty, kind, span);
            ctx.captures.push(Capture { outer, local: here });
            ctx.captured.insert((owner, local), here);
            outer = here;
        }
        outer
    }

    /// The local that stands for the closure under check inside itself; for inner
    /// functions, a capture of it.
    pub(crate) fn reach_self(&mut self, func: FuncId, ty: Ty, name: Name) -> Option<LocalId> {
        let index = self.index_of(func)?;
        let key = (func, LocalId(u32::MAX));
        let local = match self.fns[index].captured.get(&key) {
            Some(&local) => local,
            None => {
                let ctx = &mut self.fns[index];
                let kind = LocalKind::SelfClosure(func);
                let local = ctx.new_local(name, ty, kind, Span::default());
                ctx.captured.insert(key, local);
                local
            }
        };
        self.fns[index].locals[local.index()].ty = ty;
        self.reach_local(func, local, false)
    }

    /// What `this` means here: its type, and the local that holds it inside arrow
    /// functions.
    pub(crate) fn resolve_this(&mut self) -> Option<(Ty, Option<LocalId>)> {
        let mut at = self.fns.len() - 1;
        loop {
            match self.fns[at].this {
                ThisCtx::None => return None,
                ThisCtx::Outer => at = self.fns[at].parent?,
                ThisCtx::Local { owner, local, ty } => {
                    let local = self.reach_local(owner, local, false)?;
                    return Some((ty, Some(local)));
                }
                ThisCtx::Receiver(ty) if at == self.fns.len() - 1 => return Some((ty, None)),
                ThisCtx::Receiver(ty) => {
                    let owner = self.fns[at].func;
                    let local = match self.fns[at].this_local {
                        Some(local) => local,
                        None => {
                            let ctx = &mut self.fns[at];
                            let span = Span::default();
                            let local = ctx.new_local(names::THIS, ty, LocalKind::This, span);
                            ctx.this_local = Some(local);
                            local
                        }
                    };
                    let local = self.reach_local(owner, local, false)?;
                    return Some((ty, Some(local)));
                }
            }
        }
    }

    /// The function whose `this` is meant here (skipping arrow functions).
    pub(crate) fn this_owner(&self) -> &FnCtx<'a> {
        let mut at = self.fns.len() - 1;
        while let (ThisCtx::Outer, Some(parent)) = (self.fns[at].this, self.fns[at].parent) {
            at = parent;
        }
        &self.fns[at]
    }

    /// The class whose code is under check, for access to its private members.
    pub(crate) fn enclosing_classes(&self) -> Vec<ClassId> {
        let mut classes = Vec::new();
        let mut at = Some(self.fns.len() - 1);
        while let Some(index) = at {
            classes.extend(self.fns[index].class);
            at = self.fns[index].parent;
        }
        classes
    }
}
