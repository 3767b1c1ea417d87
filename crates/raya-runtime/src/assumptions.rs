//! What compiled code relies on about classes.
//!
//! A tier that leaves out a check registers the code that relies on it. When the assumption
//! no longer holds, that code's valid byte is cleared, which its activations test behind
//! calls, and the tier is told, so that nobody enters the code again. Owns no code.
//!
//! Invariant: an assumption that was dropped never holds again.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Weak};

use rustc_hash::{FxHashMap, FxHashSet};

use crate::func::FuncInfo;
use crate::mem::refs::Ref;
use crate::mem::value::Value;
use crate::type_info::TypeRef;

/// Something that holds for a class until it is dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assumption {
    /// No heir overrides the method of that name, nobody patched it, and no instance has an
    /// own attribute called so: calls on instances reach what the class's vtable says.
    NotOverridden(TypeRef, Value),
    /// Nothing stands before the declared fields of the class: no data descriptor was put over
    /// one, and neither it nor an heir has attribute hooks.
    Plain(TypeRef),
    /// No instance was frozen; of the class of arrays: no array was.
    NotFrozen(TypeRef),
}

/// A piece of code that relies on assumptions.
#[derive(Clone, Debug)]
pub struct Dependent {
    /// The function that it is the code of.
    pub func: Ref<FuncInfo>,
    /// 1 until an assumption is dropped. Freed code is no dependent any more.
    pub valid: Weak<AtomicU8>,
}

impl Dependent {
    /// Code of `func` with this valid byte.
    pub fn new(func: Ref<FuncInfo>, valid: &Arc<AtomicU8>) -> Dependent {
        Dependent {
            func,
            valid: Arc::downgrade(valid),
        }
    }
}

/// Called with a function whose code lost an assumption.
pub type Invalidate = Rc<dyn Fn(Ref<FuncInfo>)>;

/// Who relies on what.
#[derive(Default)]
pub struct Assumptions {
    dependents: RefCell<FxHashMap<Assumption, Vec<Dependent>>>,
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

    /// Registers that code relies on an assumption; false if it does not hold.
    pub fn depend(&self, assumption: Assumption, dependent: Dependent) -> bool {
        if !self.holds(assumption) {
            return false;
        }
        let mut all = self.dependents.borrow_mut();
        let list = all.entry(assumption).or_default();
        if list.len() == list.capacity() {
            list.retain(|d| d.valid.strong_count() > 0);
        }
        list.push(dependent);
        true
    }

    /// Drops an assumption: code that relied on it is invalid.
    pub fn drop_assumption(&self, assumption: Assumption) {
        if !self.dropped.borrow_mut().insert(assumption) {
            return;
        }
        let dependents = self.dependents.borrow_mut().remove(&assumption);
        let listener = self.listener.borrow().clone();
        for Dependent { func, valid } in dependents.into_iter().flatten() {
            let Some(valid) = valid.upgrade() else {
                continue;
            };
            if valid.swap(0, Ordering::Release) == 0 {
                continue; // it relied on something else that was dropped
            }
            self.count.set(self.count.get() + 1);
            if let Some(listener) = &listener {
                listener(func);
            }
        }
    }

    /// How many pieces of code were invalidated so far.
    pub fn invalidated(&self) -> u64 {
        self.count.get()
    }

    /// Pieces of code that rely on something, counted once per assumption.
    pub fn dependents(&self) -> usize {
        let all = self.dependents.borrow();
        let live = |d: &&Dependent| d.valid.strong_count() > 0;
        all.values()
            .map(|list| list.iter().filter(live).count())
            .sum()
    }

    /// The method `name` of these classes is no longer what it was declared to be.
    pub(crate) fn method_changed(&self, family: &[TypeRef], name: Value) {
        for &member in family {
            for &ancestor in &member.meta.mro {
                self.drop_assumption(Assumption::NotOverridden(ancestor, name));
            }
        }
    }

    /// A new class overrides what its ancestors call `name`.
    pub(crate) fn overridden(&self, class: TypeRef, name: Value) {
        for &ancestor in class.meta.mro.iter().filter(|a| **a != class) {
            if ancestor.meta.vtable_keys.iter().any(|k| k.name == name) {
                self.drop_assumption(Assumption::NotOverridden(ancestor, name));
            }
        }
    }
}
