//! The runtime's helper table as the translator sees it: signatures and what a
//! caller must do around a call. Expanded from the table itself, so a helper cannot
//! be called with arguments that it does not have.

use raya_runtime::for_each_helper;
use raya_runtime::mem::abi::{AbiFlags, AbiKind};

/// Parameters, result and flags of a helper.
#[derive(Clone, Copy, Debug)]
pub struct HelperSig {
    /// Its name.
    pub name: &'static str,
    /// Parameters after the context.
    pub params: &'static [AbiKind],
    /// Result.
    pub ret: AbiKind,
    /// What it may do.
    pub flags: AbiFlags,
}

macro_rules! kind {
    (F64) => {
        AbiKind::F64
    };
    (I32) => {
        AbiKind::I32
    };
    (U32) => {
        AbiKind::I32
    };
    (Bool) => {
        AbiKind::Bool
    };
    (Word) => {
        AbiKind::Word
    };
    ($address:ident) => {
        AbiKind::Ptr
    };
}

macro_rules! define_helpers {
    ($($name:ident($($p:ident: $k:ident),*) -> $r:ident, [$($flag:ident),*], $stack:ident, $doc:literal;)*) => {
        /// A helper of the runtime's table.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(non_camel_case_types)]
        #[repr(u16)]
        pub enum Helper {
            $(#[doc = $doc] $name,)*
        }

        impl Helper {
            /// Every helper, in the order of the table.
            pub const ALL: &'static [Helper] = &[$(Helper::$name),*];

            /// How it is called.
            pub const fn sig(self) -> HelperSig {
                match self {
                    $(Helper::$name => HelperSig {
                        name: stringify!($name),
                        params: &[$(kind!($k)),*],
                        ret: kind!($r),
                        #[allow(clippy::needless_update)]
                        flags: AbiFlags { $($flag: true,)*
                            ..AbiFlags { throws: false, user: false, gc: false } },
                    },)*
                }
            }
        }
    };
}
for_each_helper!(define_helpers);

impl Helper {
    /// Whether a caller must tell where it is: the helper may throw, collect or run code.
    pub const fn marks_place(self) -> bool {
        let flags = self.sig().flags;
        flags.throws || flags.user || flags.gc
    }
}
