//! What is known at a point of the program: narrowed types, unset variables.
//!
//! A reference is a variable or `this`, possibly followed by member names (`a.b.c`).
//! References are interned, so that a flow is a short list of (reference, type).
//! A reference that is not listed has its declared type.

use super::Checker;
use crate::env::{SymId, SymKind, VarKind};
use crate::types::Ty;
use raya_syntax::ast::{Expr, ExprKind};
use raya_syntax::name::Name;
use rustc_hash::{FxHashMap, FxHashSet};

/// A narrowable reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct RefId(u32);

/// Where a reference begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum RefRoot {
    Var(SymId),
    This,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum RefKey {
    Root(RefRoot),
    Member(RefId, Name),
}

/// All references met so far.
#[derive(Debug, Default)]
pub(crate) struct RefTable {
    keys: Vec<RefKey>,
    ids: FxHashMap<RefKey, RefId>,
}

/// How many members a reference may have; longer ones are not narrowed.
const MAX_PATH: u32 = 6;

impl RefTable {
    fn intern(&mut self, key: RefKey) -> RefId {
        if let Some(&id) = self.ids.get(&key) {
            return id;
        }
        let id = RefId(self.keys.len() as u32);
        self.keys.push(key);
        self.ids.insert(key, id);
        id
    }

    /// A variable as a reference.
    pub(crate) fn var(&mut self, symbol: SymId) -> RefId {
        self.intern(RefKey::Root(RefRoot::Var(symbol)))
    }

    /// `this` as a reference.
    pub(crate) fn this(&mut self) -> RefId {
        self.intern(RefKey::Root(RefRoot::This))
    }

    /// A member of a reference.
    pub(crate) fn member(&mut self, object: RefId, name: Name) -> Option<RefId> {
        let mut length = 0;
        let mut at = object;
        while let RefKey::Member(parent, _) = self.keys[at.0 as usize] {
            length += 1;
            at = parent;
        }
        (length < MAX_PATH).then(|| self.intern(RefKey::Member(object, name)))
    }

    /// Whether `prefix` is `id` or one of the objects on its path.
    fn starts_with(&self, mut id: RefId, prefix: RefId) -> bool {
        loop {
            if id == prefix {
                return true;
            }
            match self.keys[id.0 as usize] {
                RefKey::Member(object, _) => id = object,
                RefKey::Root(_) => return false,
            }
        }
    }
}

/// What is known at a point.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Flow {
    /// No path leads here.
    pub dead: bool,
    narrowed: Vec<(RefId, Ty)>,
    /// Variables that some path left without value.
    pub unassigned: Vec<SymId>,
    /// Constructor: fields that some path left without value.
    pub unset_fields: Vec<Name>,
    /// Constructor: `super(…)` was not called on every path.
    pub before_super: bool,
}

impl Flow {
    /// A point that no path reaches.
    pub(crate) fn unreachable() -> Self {
        Self {
            dead: true,
            ..Self::default()
        }
    }

    /// The start of a constructor.
    pub(crate) fn at_constructor(before_super: bool, unset_fields: Vec<Name>) -> Self {
        Self {
            before_super,
            unset_fields,
            ..Self::default()
        }
    }

    /// The narrowed type of a reference.
    #[inline]
    pub(crate) fn get(&self, id: RefId) -> Option<Ty> {
        self.narrowed
            .iter()
            .find(|(r, _)| *r == id)
            .map(|&(_, t)| t)
    }

    /// Sets the narrowed type of a reference.
    pub(crate) fn set(&mut self, id: RefId, ty: Ty) {
        match self.narrowed.iter_mut().find(|(r, _)| *r == id) {
            Some(entry) => entry.1 = ty,
            None => self.narrowed.push((id, ty)),
        }
    }

    /// Forgets the narrowed type of a reference, not of its members.
    pub(crate) fn remove(&mut self, id: RefId) {
        self.narrowed.retain(|(r, _)| *r != id);
    }

    /// Forgets what is known about the members of a reference, and about itself.
    pub(crate) fn forget(&mut self, id: RefId, refs: &RefTable) {
        self.narrowed.retain(|&(r, _)| !refs.starts_with(r, id));
    }

    /// Whether nothing is narrowed.
    pub(crate) fn is_plain(&self) -> bool {
        self.narrowed.is_empty()
    }
}

impl<'a> Checker<'a> {
    /// What holds where two paths meet.
    pub(crate) fn join(&mut self, a: Flow, b: Flow) -> Flow {
        if a.dead {
            return b;
        }
        if b.dead || a == b {
            return a;
        }
        let mut joined = Flow {
            dead: false,
            narrowed: Vec::new(),
            unassigned: a.unassigned,
            unset_fields: a.unset_fields,
            before_super: a.before_super || b.before_super,
        };
        for &(id, ty) in &a.narrowed {
            if let Some(other) = b.get(id) {
                let ty = if ty == other {
                    ty
                } else {
                    self.types.union(&[ty, other])
                };
                joined.narrowed.push((id, ty));
            }
        }
        for symbol in b.unassigned {
            if !joined.unassigned.contains(&symbol) {
                joined.unassigned.push(symbol);
            }
        }
        for field in b.unset_fields {
            if !joined.unset_fields.contains(&field) {
                joined.unset_fields.push(field);
            }
        }
        joined
    }

    /// What holds where several paths meet. Neighbours are joined first, then neighbours of
    /// these: the types of thousands of cases do not grow one by one.
    pub(crate) fn join_all(&mut self, mut flows: Vec<Flow>) -> Flow {
        while flows.len() > 1 {
            let mut paths = flows.into_iter();
            let mut joined = Vec::with_capacity(paths.len() / 2 + 1);
            while let Some(first) = paths.next() {
                joined.push(match paths.next() {
                    Some(second) => self.join(first, second),
                    None => first,
                });
            }
            flows = joined;
        }
        flows.pop().unwrap_or_else(Flow::unreachable)
    }

    /// The reference that an expression is, if it can be narrowed.
    pub(crate) fn reference(&mut self, e: &Expr) -> Option<RefId> {
        match &e.kind {
            ExprKind::Ident(name) => {
                let symbol = self.scopes.value(self.scope, *name)?;
                match self.symbol(symbol).kind {
                    SymKind::Var(_) | SymKind::Class(_) => Some(self.refs.var(symbol)),
                    SymKind::Func(_) => None,
                }
            }
            ExprKind::This => Some(self.refs.this()),
            ExprKind::Member {
                object, property, ..
            }
            | ExprKind::PrivateMember {
                object, property, ..
            } => {
                let object = self.reference(object)?;
                self.refs.member(object, property.name)
            }
            ExprKind::Index { object, index, .. } => {
                let name = match &index.kind {
                    ExprKind::String(raya_syntax::ast::Text::Name(name)) => *name,
                    ExprKind::Number(n) if n.integer => self.names.intern(&format!("{}", n.value)),
                    _ => return None,
                };
                let object = self.reference(object)?;
                self.refs.member(object, name)
            }
            ExprKind::NonNull(inner) | ExprKind::Chain(inner) => self.reference(inner),
            ExprKind::Assign {
                op: raya_syntax::ast::AssignOp::Assign,
                target,
                ..
            } => match &target.kind {
                raya_syntax::ast::PatternKind::Expr(inner) => self.reference(inner),
                _ => None,
            },
            _ => None,
        }
    }

    /// Forgets what an assignment to a variable or member makes untrue.
    pub(crate) fn assigned_to(&mut self, id: RefId) {
        let refs = &self.refs;
        self.flow.forget(id, refs);
    }

    /// What a closure that is made at an offset may rely on: only what cannot change.
    pub(crate) fn flow_for_closure(&mut self, at: u32) -> Flow {
        let mut flow = Flow::default();
        for &(id, ty) in &self.flow.narrowed {
            let stable = match self.refs.keys[id.0 as usize] {
                RefKey::Root(RefRoot::Var(symbol)) => {
                    let symbol = &self.symbols[symbol.0 as usize];
                    match &symbol.kind {
                        SymKind::Var(var) => {
                            let last = self.facts.last_assigned.get(&symbol.span.start);
                            // Only of the user's module is it known what is assigned.
                            let own = symbol.file == self.file && !self.is_builtin_file();
                            var.kind == VarKind::Const || own && last.is_none_or(|&l| l <= at)
                        }
                        _ => true,
                    }
                }
                RefKey::Root(RefRoot::This) => true,
                // Members may be written before the closure runs.
                RefKey::Member(..) => false,
            };
            if stable {
                flow.narrowed.push((id, ty));
            }
        }
        flow
    }

    /// The references narrowed here that assignments to these names may change.
    pub(crate) fn narrowed_among(
        &self,
        flow: &Flow,
        assigned: &FxHashSet<Name>,
    ) -> Vec<(RefId, Ty)> {
        let touched = |mut id: RefId| loop {
            match self.refs.keys[id.0 as usize] {
                RefKey::Member(object, name) => {
                    if assigned.contains(&name) {
                        return true;
                    }
                    id = object;
                }
                RefKey::Root(RefRoot::Var(symbol)) => {
                    return assigned.contains(&self.symbol(symbol).name);
                }
                RefKey::Root(RefRoot::This) => return false,
            }
        };
        flow.narrowed
            .iter()
            .copied()
            .filter(|&(id, _)| touched(id))
            .collect()
    }
}
