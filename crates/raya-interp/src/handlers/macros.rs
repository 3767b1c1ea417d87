//! The vocabulary of handler bodies.

use crate::instr::Fp;

/// Defines bodies that go on to the following instruction.
///
/// `Name |i, fp, cx| expression;` where `i` is the instruction's address.
macro_rules! ops {
    ($($name:ident |$i:ident, $fp:ident, $cx:ident| $body:expr;)*) => {$(
        #[inline(always)]
        #[allow(non_snake_case, reason = "named as the opcode is")]
        pub(crate) unsafe fn $name(
            $i: $crate::instr::Ip,
            $fp: $crate::instr::Fp,
            $cx: $crate::instr::Cx,
        ) -> $crate::instr::Next {
            let _ = ($fp, $cx);
            // SAFETY: verified and translated code, see the folder's header.
            unsafe {
                let () = $body;
                ($i.add(1), $fp)
            }
        }
    )*};
}

/// Defines bodies that say themselves where to go on.
macro_rules! flow {
    ($($name:ident |$i:ident, $fp:ident, $cx:ident| $body:expr;)*) => {$(
        #[inline(always)]
        #[allow(non_snake_case, reason = "named as the operation is")]
        #[allow(unused_unsafe, reason = "a few bodies only name where to go on")]
        pub(crate) unsafe fn $name(
            $i: $crate::instr::Ip,
            $fp: $crate::instr::Fp,
            $cx: $crate::instr::Cx,
        ) -> $crate::instr::Next {
            let _ = ($i, $fp, $cx);
            // SAFETY: verified and translated code, see the folder's header.
            unsafe { $body }
        }
    )*};
}

/// Tells the context where we are: before anything that may throw, collect or run
/// user code.
macro_rules! spill {
    ($i:ident, $fp:ident, $cx:ident) => {{
        (*$cx).ip = $i.cast();
        (*$cx).fp = $fp;
        let func = *$fp.sub(1) as *const raya_runtime::func::FuncInfo;
        (*$cx).vm_top = $fp.add((*func).nregs as usize);
    }};
}

/// Calls a helper of the runtime and leaves for the unwinder when it threw.
macro_rules! try_helper {
    ($i:ident, $fp:ident, $cx:ident, $name:ident($($arg:expr),*)) => {{
        spill!($i, $fp, $cx);
        let result = raya_runtime::helpers::entry::$name($cx, $($arg),*);
        if (*$cx).pending != 0 {
            std::hint::cold_path();
            return ($crate::stubs::UNWIND.ip(), $fp);
        }
        result
    }};
}

/// Calls a helper that neither throws nor needs to know where we are.
macro_rules! helper {
    ($cx:ident, $name:ident($($arg:expr),*)) => {
        raya_runtime::helpers::entry::$name($cx, $($arg),*)
    };
}

/// Register accessors.
///
/// # Safety
/// Register `r` exists in the frame and holds that representation.
macro_rules! accessors {
    ($($get:ident $set:ident $t:ty, |$raw:ident| $decode:expr, |$v:ident| $encode:expr;)*) => {$(
        #[inline(always)]
        pub(crate) unsafe fn $get(fp: Fp, r: u16) -> $t {
            // SAFETY: the caller's promise.
            let $raw = unsafe { fp.add(r as usize) };
            // SAFETY: as above; every bit pattern is a valid number.
            unsafe { $decode }
        }
        #[inline(always)]
        pub(crate) unsafe fn $set(fp: Fp, r: u16, $v: $t) {
            // SAFETY: the caller's promise.
            unsafe { *fp.add(r as usize) = $encode }
        }
    )*};
}

accessors! {
    word set_word u64, |p| *p, |v| v;
    double set_double f64, |p| f64::from_bits(*p), |v| v.to_bits();
    int set_int i32, |p| *p as i32, |v| v as u32 as u64;
    boolean set_boolean bool, |p| *p as u32 != 0, |v| v as u64;
}
