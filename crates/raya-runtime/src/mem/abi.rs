//! The calling convention between compiled code, the tiers and Rust.
//!
//! One constant for the whole engine: `win64` on x86-64, because it preserves vector
//! registers across cold calls, and the C convention elsewhere. `raya_abi!` defines
//! entries in it, `raya_fn!` names the type of a pointer to one. Nothing here knows
//! what the entries do.
//!
//! Invariant: an entry takes `*mut Ctx` first, then arguments of [`AbiKind`], and never
//! lets a panic escape.

use crate::ctx::Ctx;
use crate::mem::refs::Ref;
use crate::mem::slots::Slots;
use crate::mem::value::Value;

/// Defines functions that compiled code can call.
#[macro_export]
macro_rules! raya_abi {
    ($($(#[$m:meta])* $vis:vis fn $name:ident($($p:ident: $t:ty),* $(,)?) $(-> $r:ty)? $body:block)*) => {$(
        $(#[$m])*
        #[cfg(target_arch = "x86_64")]
        $vis extern "win64" fn $name($($p: $t),*) $(-> $r)? $body
        $(#[$m])*
        #[cfg(not(target_arch = "x86_64"))]
        $vis extern "C" fn $name($($p: $t),*) $(-> $r)? $body
    )*};
}

/// The type of a pointer to a function in the engine's calling convention.
#[cfg(target_arch = "x86_64")]
#[macro_export]
macro_rules! raya_fn {
    (($($t:ty),*) $(-> $r:ty)?) => { unsafe extern "win64" fn($($t),*) $(-> $r)? };
}

/// The type of a pointer to a function in the engine's calling convention.
#[cfg(not(target_arch = "x86_64"))]
#[macro_export]
macro_rules! raya_fn {
    (($($t:ty),*) $(-> $r:ty)?) => { unsafe extern "C" fn($($t),*) $(-> $r)? };
}

/// Marker of an abrupt end: the exception is in [`Ctx::pending`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub struct Thrown;

/// Result of everything that may throw.
pub type R<T> = Result<T, Thrown>;

/// How a parameter or result travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[repr(u8)]
pub enum AbiKind {
    /// A double in a floating-point register.
    F64,
    /// A 32-bit integer.
    I32,
    /// 0 or 1 as a 32-bit integer.
    Bool,
    /// A word or 64-bit register contents.
    Word,
    /// An address that is not a value.
    Ptr,
}

/// What a helper may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AbiFlags {
    /// May leave a pending exception: the caller tests [`Ctx::pending`].
    pub throws: bool,
    /// May run user code.
    pub user: bool,
    /// May collect garbage.
    pub gc: bool,
}

impl AbiFlags {
    /// None of them.
    pub const NONE: AbiFlags = AbiFlags {
        throws: false,
        user: false,
        gc: false,
    };
}

/// How much native stack a helper needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(non_camel_case_types)]
pub enum StackNeed {
    /// At most 8 KB.
    small,
    /// Runs on the worker's guarded stack; may neither suspend nor run user code there.
    deep,
}

/// One helper as the compiler sees it.
#[derive(Clone, Copy, Debug)]
pub struct HelperInfo {
    /// Its name.
    pub name: &'static str,
    /// Parameters after the context.
    pub params: &'static [AbiKind],
    /// Result.
    pub ret: AbiKind,
    /// What it may do.
    pub flags: AbiFlags,
    /// Its stack need.
    pub stack: StackNeed,
    /// One line on what it does.
    pub doc: &'static str,
}

/// A Rust type that can cross the boundary.
pub trait Abi: Sized {
    /// What crosses.
    type Raw: Copy;
    /// Its kind.
    const KIND: AbiKind;
    /// The result that an entry returns when it threw.
    const FAILED: Self::Raw;
    /// Rebuilds the value.
    ///
    /// # Safety
    /// `raw` was made by [`Abi::into_raw`], or is a pointer, index or register of the
    /// declared kind.
    unsafe fn from_raw(raw: Self::Raw) -> Self;
    /// What crosses for this value.
    fn into_raw(self) -> Self::Raw;
}

macro_rules! plain_abi {
    ($($t:ty, $raw:ty, $kind:ident, $failed:expr, |$r:ident| $from:expr, |$v:ident| $into:expr;)*) => {$(
        impl Abi for $t {
            type Raw = $raw;
            const KIND: AbiKind = AbiKind::$kind;
            const FAILED: $raw = $failed;
            #[inline(always)]
            unsafe fn from_raw($r: $raw) -> $t { $from }
            #[inline(always)]
            fn into_raw(self) -> $raw { let $v = self; $into }
        }
    )*};
}

plain_abi! {
    f64, f64, F64, 0.0, |r| r, |v| v;
    i32, i32, I32, 0, |r| r, |v| v;
    u32, u32, I32, 0, |r| r, |v| v;
    bool, u32, Bool, 0, |r| r != 0, |v| v as u32;
    Value, u64, Word, 0, |r| Value(r), |v| v.0;
    usize, usize, Ptr, 0, |r| r, |v| v;
}

impl<T> Abi for Ref<T> {
    type Raw = *const T;
    const KIND: AbiKind = AbiKind::Ptr;
    const FAILED: *const T = std::ptr::null();
    #[inline(always)]
    unsafe fn from_raw(raw: *const T) -> Self {
        // SAFETY: by the caller, `raw` is an address that the linker handed out.
        unsafe { Ref::from_ptr(raw) }
    }
    #[inline(always)]
    fn into_raw(self) -> *const T {
        self.as_ptr()
    }
}

impl Abi for Slots {
    type Raw = *mut u64;
    const KIND: AbiKind = AbiKind::Ptr;
    const FAILED: *mut u64 = std::ptr::null_mut();
    #[inline(always)]
    unsafe fn from_raw(raw: *mut u64) -> Self {
        // SAFETY: by the caller, as many slots as the helper takes lie there.
        unsafe { Slots::new(raw) }
    }
    #[inline(always)]
    fn into_raw(self) -> *mut u64 {
        self.address()
    }
}

/// Native entry over a VM frame: `(ctx, fp)`.
pub type FrameEntry = raya_fn!((*mut Ctx, *mut u64));
