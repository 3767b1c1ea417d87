//! Scopes: a tree of tables from names to symbols.

use super::{SymId, TypeSym};
use raya_syntax::name::Name;
use rustc_hash::FxHashMap;

/// A scope in a [`ScopeTree`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct ScopeId(pub u32);

/// A table that is searched in order while it is small.
#[derive(Debug)]
struct Table<V> {
    entries: Vec<(Name, V)>,
    index: Option<FxHashMap<Name, u32>>,
}

impl<V> Default for Table<V> {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            index: None,
        }
    }
}

impl<V: Copy> Table<V> {
    const SMALL: usize = 12;

    fn get(&self, name: Name) -> Option<V> {
        match &self.index {
            Some(index) => index.get(&name).map(|&i| self.entries[i as usize].1),
            None => self
                .entries
                .iter()
                .find(|(n, _)| *n == name)
                .map(|&(_, v)| v),
        }
    }

    fn insert(&mut self, name: Name, value: V) {
        if let Some(index) = &mut self.index {
            index.insert(name, self.entries.len() as u32);
        }
        self.entries.push((name, value));
        if self.index.is_none() && self.entries.len() > Self::SMALL {
            let pairs = self.entries.iter().enumerate();
            self.index = Some(pairs.map(|(i, &(n, _))| (n, i as u32)).collect());
        }
    }
}

/// One scope.
#[derive(Debug, Default)]
pub(crate) struct Scope {
    /// The enclosing scope.
    pub parent: Option<ScopeId>,
    values: Table<SymId>,
    types: Table<TypeSym>,
}

/// All scopes of a check.
#[derive(Debug, Default)]
pub(crate) struct ScopeTree {
    scopes: Vec<Scope>,
}

impl ScopeTree {
    /// A new scope inside `parent`.
    pub(crate) fn new_scope(&mut self, parent: Option<ScopeId>) -> ScopeId {
        self.scopes.push(Scope {
            parent,
            ..Scope::default()
        });
        ScopeId(self.scopes.len() as u32 - 1)
    }

    fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    /// The enclosing scope.
    pub(crate) fn parent(&self, id: ScopeId) -> Option<ScopeId> {
        self.get(id).parent
    }

    /// What the scope itself declares as a value.
    pub(crate) fn own_value(&self, id: ScopeId, name: Name) -> Option<SymId> {
        self.get(id).values.get(name)
    }

    /// What the scope itself declares as a type.
    pub(crate) fn own_type(&self, id: ScopeId, name: Name) -> Option<TypeSym> {
        self.get(id).types.get(name)
    }

    /// Declares a value.
    pub(crate) fn add_value(&mut self, id: ScopeId, name: Name, symbol: SymId) {
        self.scopes[id.0 as usize].values.insert(name, symbol);
    }

    /// Declares a type.
    pub(crate) fn add_type(&mut self, id: ScopeId, name: Name, symbol: TypeSym) {
        self.scopes[id.0 as usize].types.insert(name, symbol);
    }

    /// The value that a name means in a scope.
    pub(crate) fn value(&self, mut id: ScopeId, name: Name) -> Option<SymId> {
        loop {
            if let Some(found) = self.own_value(id, name) {
                return Some(found);
            }
            id = self.parent(id)?;
        }
    }

    /// The type that a name means in a scope.
    pub(crate) fn type_(&self, mut id: ScopeId, name: Name) -> Option<TypeSym> {
        loop {
            if let Some(found) = self.own_type(id, name) {
                return Some(found);
            }
            id = self.parent(id)?;
        }
    }

    /// All names of values visible from a scope, innermost first.
    pub(crate) fn visible_values(&self, id: ScopeId) -> Vec<Name> {
        self.visible(id, |s| s.values.entries.iter().map(|e| e.0).collect())
    }

    /// All names of types visible from a scope, innermost first.
    pub(crate) fn visible_types(&self, id: ScopeId) -> Vec<Name> {
        self.visible(id, |s| s.types.entries.iter().map(|e| e.0).collect())
    }

    fn visible(&self, id: ScopeId, names: impl Fn(&Scope) -> Vec<Name>) -> Vec<Name> {
        let mut all = Vec::new();
        let mut current = Some(id);
        while let Some(id) = current {
            let scope = self.get(id);
            all.extend(names(scope));
            current = scope.parent;
        }
        all
    }
}
