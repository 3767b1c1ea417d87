//! Classes in functions that have to be made each time their declaration runs.
//!
//! Most classes in functions are made once: `new` hands the variables around their
//! declaration to each instance (`class_scope`). Where the class itself travels, `new` cannot
//! know which variables these were, programs could see that two rounds made one class, and
//! static members would have to share one set of variables.
//! Such a class is made like one with computed bases, by the runtime (`dynamic_class`).
//! Which classes these are must be known when they are declared, so that it is told by the
//! names that their text mentions.

use super::{Checker, walk};
use crate::env::{Storage, SymKind};
use raya_syntax::ast::{Class, ClassMember, ClassMemberKind, MethodKind, Pattern, PatternKind};
use raya_syntax::ast::{Stmt, StmtKind};
use raya_syntax::name::Name;
use rustc_hash::FxHashSet;

impl<'a> Checker<'a> {
    /// Whether a class has to be made each time its declaration runs. `siblings` are the
    /// statements declared together with it; a class expression has none and is a value.
    pub(crate) fn is_made_each_time(
        &mut self,
        class: &'a Class,
        siblings: Option<&'a [Stmt]>,
    ) -> bool {
        let in_function =
            !(self.at_module_level() || self.fns.is_empty() || self.is_builtin_file());
        if !in_function || !class.type_params.is_empty() || !self.can_be_made(class) {
            return false;
        }
        match (siblings, class.name) {
            (Some(siblings), Some(ident)) => {
                walk::uses_class_value(siblings, ident.name)
                    || self.statics_use_variables(class, siblings)
            }
            _ => true,
        }
    }

    /// Whether static members of a class use variables of the functions around it.
    fn statics_use_variables(&mut self, class: &'a Class, siblings: &'a [Stmt]) -> bool {
        let around = declared_names(siblings);
        let names = walk::mentioned_by_class(class, true);
        names
            .iter()
            .any(|&n| around.contains(&n) || self.is_local_variable(n))
    }

    fn is_local_variable(&mut self, name: Name) -> bool {
        let Some(symbol) = self.value_symbol(name) else {
            return false;
        };
        match &self.symbol(symbol).kind {
            SymKind::Var(var) => matches!(var.storage, Storage::Local { .. }),
            SymKind::Func(func) => func.local.is_some(),
            SymKind::Class(_) => false,
        }
    }

    /// Whether the runtime can make such a class: it knows no private members, and bases
    /// must bring no variables of their own.
    fn can_be_made(&mut self, class: &'a Class) -> bool {
        let bases = class.bases.iter().all(|base| {
            let symbol = base.expr.as_ident().and_then(|i| self.value_symbol(i.name));
            symbol.is_some_and(|s| match self.symbol(s).kind {
                SymKind::Class(base) => self.class(base).nested.is_none(),
                _ => true,
            })
        });
        bases && class.members.iter().all(Self::can_be_member)
    }

    fn can_be_member(member: &ClassMember) -> bool {
        let key = match &member.kind {
            ClassMemberKind::Method { key, kind, .. } => {
                if member.modifiers.is_static && *kind != MethodKind::Method {
                    return false;
                }
                key
            }
            ClassMemberKind::Field { key, .. } => key,
            _ => return true,
        };
        key.as_name().is_some()
    }
}

/// The names of variables and functions that the statements declare.
fn declared_names(stmts: &[Stmt]) -> FxHashSet<Name> {
    let mut names = FxHashSet::default();
    for stmt in stmts {
        match &stmt.kind {
            StmtKind::Var(decl) => {
                for declarator in &decl.declarators {
                    bound_names(&declarator.pattern, &mut names);
                }
            }
            StmtKind::Function(f) => names.extend(f.name.map(|i| i.name)),
            _ => {}
        }
    }
    names
}

fn bound_names(pattern: &Pattern, names: &mut FxHashSet<Name>) {
    match &pattern.kind {
        PatternKind::Binding(name) => {
            names.insert(*name);
        }
        PatternKind::Array(a) => {
            a.elements
                .iter()
                .flatten()
                .for_each(|e| bound_names(&e.pattern, names));
            a.rest.iter().for_each(|p| bound_names(p, names));
        }
        PatternKind::Object(o) => {
            o.props
                .iter()
                .for_each(|p| bound_names(&p.value.pattern, names));
            o.rest.iter().for_each(|p| bound_names(p, names));
        }
        PatternKind::Expr(_) | PatternKind::Error => {}
    }
}
