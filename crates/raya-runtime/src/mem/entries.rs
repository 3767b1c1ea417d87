//! C-ABI entries of the helpers, generated from the helper table.
//!
//! An entry counts its call if somebody counts, turns raw arguments into typed ones, runs
//! the function of the same name in [`crate::ops`], and hands a failure over in
//! `ctx.pending` with a neutral result. A panic becomes an internal error that nobody
//! catches: no unwinder crosses compiled code.

use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::abi::{Abi, R};
use crate::ctx::Ctx;
use crate::helpers::{HelperId, kind};
use crate::host::End;
use crate::{for_each_helper, ops, raya_abi};

/// Runs a helper behind the panic boundary.
#[inline(always)]
pub(crate) fn guard<T: Abi>(ctx: &mut Ctx, body: impl FnOnce(&mut Ctx) -> R<T>) -> T::Raw {
    match catch_unwind(AssertUnwindSafe(|| body(ctx))) {
        Ok(Ok(v)) => v.into_raw(),
        Ok(Err(_)) => T::FAILED,
        Err(panic) => {
            internal_error(ctx, &*panic);
            T::FAILED
        }
    }
}

/// Ends the program because of a panic.
#[cold]
#[inline(never)]
pub(crate) fn internal_error(ctx: &mut Ctx, panic: &(dyn std::any::Any + Send)) {
    let text = panic
        .downcast_ref::<&str>()
        .map(|s| (*s).to_owned())
        .or_else(|| panic.downcast_ref::<String>().cloned());
    let text = text.unwrap_or_else(|| "panic in a helper".to_owned());
    let _ = ctx.end(End::Internal(text));
}

/// Counts a call.
///
/// # Safety
/// `ctx.counters` is null or points to a counter per helper.
#[inline(always)]
unsafe fn count(ctx: &Ctx, id: HelperId) {
    if !ctx.counters.is_null() {
        // SAFETY: by the caller.
        unsafe { *ctx.counters.add(id as usize) += 1 };
    }
}

macro_rules! define_entries {
    ($($name:ident($($p:ident: $k:ident),*) -> $r:ident, [$($flag:ident),*], $stack:ident, $doc:literal;)*) => {
        raya_abi! {$(
            #[doc = $doc]
            #[allow(clippy::not_unsafe_ptr_arg_deref)] // called by address, see the module's header
            pub fn $name(ctx: *mut Ctx, $($p: <kind::$k as Abi>::Raw),*) -> <kind::$r as Abi>::Raw {
                // SAFETY: tiers pass their task's context, and arguments of the kinds that
                // the table declares.
                unsafe {
                    let ctx = &mut *ctx;
                    count(ctx, HelperId::$name);
                    $(let $p = <kind::$k as Abi>::from_raw($p);)*
                    guard::<kind::$r>(ctx, |ctx| ops::$name(ctx, $($p),*))
                }
            }
        )*}
    };
}
for_each_helper!(define_entries);
