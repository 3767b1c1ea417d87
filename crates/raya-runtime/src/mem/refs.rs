//! References to things that live as long as their engine.
//!
//! Descriptors, types, functions, signatures and link-time records are allocated once,
//! never move and are freed only with the engine, so compiled code and threaded
//! instructions embed their addresses. [`Ref`] is that address as a typed, copyable
//! handle; [`Arena`] is what owns the records.
//!
//! Invariant: a [`Ref`] is made only from memory that an [`Arena`] or a type region of
//! the running engine owns.

use std::cell::RefCell;
use std::fmt;
use std::hash::{Hash, Hasher};
use std::marker::PhantomData;
use std::ops::Deref;
use std::ptr::NonNull;

/// A record of the engine. Equality and hash are those of the address.
#[repr(transparent)]
pub struct Ref<T>(NonNull<T>, PhantomData<T>);

impl<T> Ref<T> {
    /// The record at `ptr`.
    ///
    /// # Safety
    /// `ptr` is the address of a record that its engine keeps alive.
    #[inline(always)]
    pub unsafe fn from_ptr(ptr: *const T) -> Self {
        // SAFETY: records have addresses, which are not null.
        Ref(
            unsafe { NonNull::new_unchecked(ptr.cast_mut()) },
            PhantomData,
        )
    }

    /// Its address.
    #[inline(always)]
    pub const fn as_ptr(self) -> *const T {
        self.0.as_ptr()
    }

    /// The record, for as long as the engine lives: by the invariant of this module nobody
    /// can tell that from forever.
    #[inline(always)]
    pub fn whole(self) -> &'static T {
        // SAFETY: the invariant of this module.
        unsafe { self.0.as_ref() }
    }

    /// Its address as an immediate.
    #[inline(always)]
    pub fn addr(self) -> usize {
        self.0.as_ptr() as usize
    }
}

impl<T> Clone for Ref<T> {
    #[inline(always)]
    fn clone(&self) -> Self {
        *self
    }
}
impl<T> Copy for Ref<T> {}

impl<T> PartialEq for Ref<T> {
    #[inline(always)]
    fn eq(&self, other: &Self) -> bool {
        self.0 == other.0
    }
}
impl<T> Eq for Ref<T> {}

impl<T> Hash for Ref<T> {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.addr().hash(state);
    }
}

impl<T> Deref for Ref<T> {
    type Target = T;
    #[inline(always)]
    fn deref(&self) -> &T {
        // SAFETY: the invariant of this module.
        unsafe { self.0.as_ref() }
    }
}

impl<T> fmt::Debug for Ref<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:p}", self.0)
    }
}

/// Owns records of one type; they never move.
pub struct Arena<T> {
    items: RefCell<Vec<Box<T>>>,
}

impl<T> Arena<T> {
    /// An empty arena.
    pub const fn new() -> Self {
        Arena {
            items: RefCell::new(Vec::new()),
        }
    }

    /// Keeps `item` as long as the engine lives.
    pub fn alloc(&self, item: T) -> Ref<T> {
        let item = Box::new(item);
        let reference = Ref(NonNull::from(&*item), PhantomData);
        self.items.borrow_mut().push(item);
        reference
    }

    /// The number of records.
    pub fn len(&self) -> usize {
        self.items.borrow().len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Calls `visit` with every record.
    pub fn each(&self, mut visit: impl FnMut(Ref<T>)) {
        for item in self.items.borrow().iter() {
            visit(Ref(NonNull::from(&**item), PhantomData));
        }
    }

    /// The record with this index, in order of allocation.
    pub fn get(&self, index: usize) -> Option<Ref<T>> {
        let items = self.items.borrow();
        items
            .get(index)
            .map(|item| Ref(NonNull::from(&**item), PhantomData))
    }
}

impl<T> Default for Arena<T> {
    fn default() -> Self {
        Self::new()
    }
}
