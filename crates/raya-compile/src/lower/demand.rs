//! Which members of library classes a program can reach.
//!
//! Typed code calls library methods directly, and what it calls is on the queue by then.
//! Beside that only dynamic code reaches a method: through an instance or the class as a
//! value, and through its name, which then stands among the module's strings, or through
//! a name that the program computes. So the members of library classes wait until
//! everything else is lowered, and what nothing can reach is never compiled: most
//! programs use two or three methods of a `Map`.
//!
//! Invariant: what is left out belongs to a class of which there is neither an instance
//! nor the class object, or has a name that the module does not contain and that the
//! runtime never looks up on its own.

use super::Compiler;
use super::Form;
use super::ctx::Lower;
use raya_bytecode::ClassId;
use raya_check::hir::{self, ExprId, ExprKind};
use raya_check::types::{self, Subst, Ty, TypeKind};
use rustc_hash::FxHashSet;

/// Names that the runtime looks up without being told to, beside those of slots.
const KNOWN_TO_RUNTIME: [&str; 6] = ["message", "name", "next", "stack", "toJSON", "toString"];

/// What waits, and what decides about it.
#[derive(Debug, Default)]
pub(super) struct Demand {
    waiting: Vec<Waiting>,
    /// Classes that there may be instances or objects of, the bases of those included.
    alive: FxHashSet<ClassId>,
    /// Whether the program looks members up under names that it computes.
    computed: bool,
}

/// A member of a class.
#[derive(Debug)]
pub(super) enum Part {
    /// A method or accessor.
    Method(hir::Method),
    /// What `new` calls on a class that is only known at run time.
    Constructor(hir::FuncId),
}

/// A member of a class instance that nothing has asked for.
#[derive(Debug)]
struct Waiting {
    class: ClassId,
    part: Part,
    subst: Subst,
    this: Ty,
}

impl Compiler<'_> {
    /// Leaves a member of a library class out for the moment.
    pub(super) fn postpone(&mut self, class: ClassId, part: Part, subst: &Subst, this: Ty) {
        self.demand.waiting.push(Waiting {
            class,
            part,
            subst: subst.clone(),
            this,
        });
    }

    /// Notes that the program makes instances of a class or has it as a value.
    pub(super) fn comes_alive(&mut self, class: ClassId) {
        if !self.demand.alive.insert(class) {
            return;
        }
        let above = self.class_args(class).map(|info| info.mro.clone());
        self.demand.alive.extend(above.into_iter().flatten());
    }

    /// Whether a class is one of errors: the runtime makes instances of these itself.
    pub(super) fn is_error(&self, class: types::ClassId) -> bool {
        let error = self.hir.well_known.error;
        error.is_some_and(|error| self.types.inherits(class, error))
    }

    /// Puts the members on the queue that the program can reach; tells whether there
    /// were any.
    pub(super) fn materialise_demanded(&mut self) -> bool {
        let waiting = std::mem::take(&mut self.demand.waiting);
        let before = waiting.len();
        let mut rest = Vec::with_capacity(before);
        for entry in waiting {
            if self.is_demanded(&entry) {
                self.materialise(entry);
            } else {
                rest.push(entry);
            }
        }
        let found = rest.len() < before;
        // Entries may have brought further classes along.
        self.demand.waiting.append(&mut rest);
        found
    }

    fn is_demanded(&self, entry: &Waiting) -> bool {
        if !self.demand.alive.contains(&entry.class) {
            return false;
        }
        let Part::Method(method) = &entry.part else {
            return true;
        };
        let name = self.names.text(method.name);
        name.starts_with("__")
            || KNOWN_TO_RUNTIME.contains(&name)
            || self.demand.computed
            || self.tables.has_string(name)
    }

    fn materialise(&mut self, entry: Waiting) {
        let Waiting { class, subst, .. } = entry;
        match entry.part {
            Part::Method(method) => {
                let made = self.method_entry(&method, &subst, entry.this);
                let class = &mut self.tables.module.classes[class.index()];
                class.methods.extend(made);
            }
            Part::Constructor(func) => {
                let made = self.request_with(func, subst, Some(entry.this), Form::Direct);
                self.tables.module.classes[class.index()].constructor = Some(made);
            }
        }
    }
}

impl Lower<'_, '_> {
    /// Notes that the program looks something up under a name that it computes.
    pub(super) fn looks_up(&mut self, mut key: ExprId) {
        while let ExprKind::Coerce { expr, .. } = self.hx(key).kind {
            key = expr;
        }
        let ty = self.concrete(self.hx(key).ty);
        let number = matches!(
            self.c.types.kind(ty),
            TypeKind::Number | TypeKind::Int | TypeKind::Boolean | TypeKind::LitNumber(_)
        );
        self.c.demand.computed |= !number;
    }
}
