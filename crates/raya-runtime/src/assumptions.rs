//! What compiled code and threaded instructions rely on about classes.
//!
//! A tier that leaves out a check registers the function that holds the assumption. When
//! it no longer holds, the function's valid byte is cleared and the tier is told. Owns
//! no code; a class is changed only at a safepoint, so nothing runs meanwhile.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::Ordering;

use rustc_hash::{FxHashMap, FxHashSet};

use crate::func::FuncInfo;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::TypeRef;

/// Something that holds for a class until it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assumption {
    /// The class is nobody's secondary base and no heir has attribute hooks.
    Plain(TypeRef),
    /// No heir overrides the member and nobody patched it.
    NotOverridden(TypeRef, Value),
    /// No instance has an own attribute of that name.
    NotShadowed(TypeRef, Value),
}

/// Called with a function whose assumption was dropped.
pub type Invalidate = Rc<dyn Fn(Ref<FuncInfo>)>;

/// Who relies on what.
#[derive(Default)]
pub struct Assumptions {
    dependents: RefCell<FxHashMap<Assumption, FxHashSet<Ref<FuncInfo>>>>,
    dropped: RefCell<FxHashSet<Assumption>>,
    listener: RefCell<Option<Invalidate>>,
    count: Cell<u64>,
}

impl Assumptions {
    /// Registers what is told about invalidated functions.
    pub fn listen(&self, listener: Invalidate) {
        *self.listener.borrow_mut() = Some(listener);
    }

    /// Whether the assumption holds.
    pub fn holds(&self, assumption: Assumption) -> bool {
        !self.dropped.borrow().contains(&assumption)
    }

    /// Registers that `func` relies on an assumption; false if it does not hold.
    pub fn depend(&self, assumption: Assumption, func: Ref<FuncInfo>) -> bool {
        if !self.holds(assumption) {
            return false;
        }
        let mut dependents = self.dependents.borrow_mut();
        dependents.entry(assumption).or_default().insert(func);
        true
    }

    /// Drops an assumption: who relied on it is invalid.
    pub fn drop_assumption(&self, assumption: Assumption) {
        self.dropped.borrow_mut().insert(assumption);
        let funcs = self.dependents.borrow_mut().remove(&assumption);
        let listener = self.listener.borrow().clone();
        for func in funcs.into_iter().flatten() {
            self.count.set(self.count.get() + 1);
            func.valid.store(0, Ordering::Release);
            if let Some(listener) = &listener {
                listener(func);
            }
        }
    }

    /// How many functions were invalidated so far.
    pub fn invalidated(&self) -> u64 {
        self.count.get()
    }

    /// The member `name` of these classes is no longer what it was declared to be.
    pub(crate) fn class_changed(&self, family: &[TypeRef], name: Value) {
        for &member in family {
            for &ancestor in &member.meta.mro {
                self.drop_assumption(Assumption::NotOverridden(ancestor, name));
            }
            self.drop_assumption(Assumption::NotShadowed(member, name));
        }
    }

    /// Drops every assumption that somebody relies on, for tests.
    pub fn drop_all(&self) {
        let held: Vec<Assumption> = self.dependents.borrow().keys().copied().collect();
        for assumption in held {
            self.drop_assumption(assumption);
            self.dropped.borrow_mut().remove(&assumption);
        }
    }
}
