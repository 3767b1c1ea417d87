//! Assumptions as plain data: jobs carry them to another thread and back.

use raya_runtime::assumptions::Assumption;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::Value;
use raya_runtime::type_info::{TypeInfo, TypeRef};

/// An [`Assumption`] as addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Assumed {
    /// See [`Assumption::NotOverridden`].
    NotOverridden {
        /// Address of the class's `TypeInfo`.
        class: usize,
        /// The interned name, as a word.
        name: u64,
    },
    /// See [`Assumption::Plain`].
    Plain {
        /// Address of the class's `TypeInfo`.
        class: usize,
    },
    /// See [`Assumption::NotFrozen`].
    NotFrozen {
        /// Address of the class's `TypeInfo`.
        class: usize,
    },
}

impl From<Assumption> for Assumed {
    fn from(assumption: Assumption) -> Assumed {
        match assumption {
            Assumption::NotOverridden(class, name) => Assumed::NotOverridden {
                class: class.addr(),
                name: name.0,
            },
            Assumption::Plain(class) => Assumed::Plain {
                class: class.addr(),
            },
            Assumption::NotFrozen(class) => Assumed::NotFrozen {
                class: class.addr(),
            },
        }
    }
}

impl From<Assumed> for Assumption {
    fn from(assumed: Assumed) -> Assumption {
        // SAFETY: addresses of types, which live as long as their engine, taken above.
        let class = |addr| -> TypeRef { unsafe { Ref::from_ptr(addr as *const TypeInfo) } };
        match assumed {
            Assumed::NotOverridden { class: c, name } => {
                Assumption::NotOverridden(class(c), Value(name))
            }
            Assumed::Plain { class: c } => Assumption::Plain(class(c)),
            Assumed::NotFrozen { class: c } => Assumption::NotFrozen(class(c)),
        }
    }
}
