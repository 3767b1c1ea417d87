//! Where a native stack begins and ends, callee-saved registers included.
//!
//! Conservative scanning needs every register that may hold a reference to be in
//! memory: [`with_saved_registers`] pushes the ones a callee would preserve and hands
//! out the stack pointer below them. Caller-saved registers are in the frames of the
//! callers by the calling convention.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};

/// What the trampoline calls: context and stack pointer.
type Entry = extern "C" fn(*mut (), usize);

/// Calls `body` with a stack pointer; the memory from there up to the base of the stack
/// holds every register and local variable of the callers.
///
/// What `body` itself received by value or computes is not part of that range.
pub fn with_saved_registers<R>(body: impl FnOnce(usize) -> R) -> R {
    struct Call<F, R> {
        body: Option<F>,
        result: Option<Result<R, Box<dyn Any + Send>>>,
    }
    extern "C" fn enter<F: FnOnce(usize) -> R, R>(call: *mut (), sp: usize) {
        // SAFETY: `call` is the exclusive pointer made below, alive during the call.
        let call = unsafe { &mut *call.cast::<Call<F, R>>() };
        // No unwinder may cross the trampoline, which has no unwind information.
        call.result = call
            .body
            .take()
            .map(|body| catch_unwind(AssertUnwindSafe(|| body(sp))));
    }
    fn entry_of<F: FnOnce(usize) -> R, R>(_: &Call<F, R>) -> Entry {
        enter::<F, R>
    }
    let mut call = Call {
        body: Some(body),
        result: None,
    };
    let entry = entry_of(&call);
    // SAFETY: `save_registers` calls `entry` once with these arguments and restores
    // the stack and all registers it used; `entry` belongs to the type of `call`.
    unsafe { save_registers((&raw mut call).cast(), entry) };
    match call.result {
        Some(Ok(result)) => result,
        Some(Err(panic)) => resume_unwind(panic),
        None => unreachable!("the trampoline calls its entry"),
    }
}

/// `entry(context, sp)` with all callee-saved registers between `sp` and the caller.
#[cfg(all(target_arch = "x86_64", unix))]
#[unsafe(naked)]
unsafe extern "C" fn save_registers(context: *mut (), entry: Entry) {
    // The return address, six registers and one word more keep the stack aligned.
    core::arch::naked_asm!(
        "push rbp",
        "mov rbp, rsp",
        "push rbx",
        "push r12",
        "push r13",
        "push r14",
        "push r15",
        "sub rsp, 8",
        "mov rax, rsi",
        "mov rsi, rsp",
        "call rax",
        "add rsp, 8",
        "pop r15",
        "pop r14",
        "pop r13",
        "pop r12",
        "pop rbx",
        "pop rbp",
        "ret",
    )
}

/// `entry(context, sp)` with all callee-saved registers between `sp` and the caller,
/// the low halves of the vector registers included.
#[cfg(all(target_arch = "aarch64", unix))]
#[unsafe(naked)]
unsafe extern "C" fn save_registers(context: *mut (), entry: Entry) {
    core::arch::naked_asm!(
        "stp x29, x30, [sp, #-160]!",
        "mov x29, sp",
        "stp x19, x20, [sp, #16]",
        "stp x21, x22, [sp, #32]",
        "stp x23, x24, [sp, #48]",
        "stp x25, x26, [sp, #64]",
        "stp x27, x28, [sp, #80]",
        "stp d8, d9, [sp, #96]",
        "stp d10, d11, [sp, #112]",
        "stp d12, d13, [sp, #128]",
        "stp d14, d15, [sp, #144]",
        "mov x9, x1",
        "mov x1, sp",
        "blr x9",
        "ldp x19, x20, [sp, #16]",
        "ldp x21, x22, [sp, #32]",
        "ldp x23, x24, [sp, #48]",
        "ldp x25, x26, [sp, #64]",
        "ldp x27, x28, [sp, #80]",
        "ldp d8, d9, [sp, #96]",
        "ldp d10, d11, [sp, #112]",
        "ldp d12, d13, [sp, #128]",
        "ldp d14, d15, [sp, #144]",
        "ldp x29, x30, [sp], #160",
        "ret",
    )
}

#[cfg(not(all(any(target_arch = "x86_64", target_arch = "aarch64"), unix)))]
compile_error!("the collector must know which registers this architecture preserves");

/// Highest address of the calling thread's stack, exclusive. `None` if the system does
/// not say. On the main thread of Linux this reads a file: ask once per thread.
pub fn stack_base() -> Option<usize> {
    stack_bounds().map(|bounds| bounds.end)
}

/// Addresses of the calling thread's stack, as [`stack_base`] asks for them.
pub fn stack_bounds() -> Option<std::ops::Range<usize>> {
    #[cfg(target_os = "linux")]
    {
        let mut attributes = std::mem::MaybeUninit::uninit();
        let mut low = std::ptr::null_mut();
        let mut size = 0;
        // SAFETY: the attributes are initialised by the first call, read only if that
        // succeeded and destroyed once.
        unsafe {
            if libc::pthread_getattr_np(libc::pthread_self(), attributes.as_mut_ptr()) != 0 {
                return None;
            }
            let found = libc::pthread_attr_getstack(attributes.as_ptr(), &mut low, &mut size);
            libc::pthread_attr_destroy(attributes.as_mut_ptr());
            (found == 0).then(|| low as usize..low as usize + size)
        }
    }
    #[cfg(target_os = "macos")]
    {
        // SAFETY: asks the running thread about itself.
        let (base, size) = unsafe {
            let thread = libc::pthread_self();
            let base = libc::pthread_get_stackaddr_np(thread) as usize;
            (base, libc::pthread_get_stacksize_np(thread))
        };
        Some(base.saturating_sub(size)..base)
    }
    #[cfg(not(any(target_os = "linux", target_os = "macos")))]
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base_lies_above_locals() {
        let local = 0u64;
        let base = stack_base().expect("known on this system");
        let here = &raw const local as usize;
        assert!(here < base && base - here < 64 << 20);
        with_saved_registers(|sp| assert!(sp < here && sp % 16 == 0));
    }

    /// What `with_marked_registers` puts into the callee-saved registers.
    const MARKS: std::ops::RangeInclusive<u64> = if cfg!(target_arch = "x86_64") {
        1001..=1006
    } else {
        1001..=1010
    };

    /// Calls `save_registers` with a mark in each callee-saved register; the sum of what
    /// is in them afterwards.
    #[cfg(target_arch = "x86_64")]
    #[unsafe(naked)]
    unsafe extern "C" fn with_marked_registers(context: *mut (), entry: Entry) -> u64 {
        core::arch::naked_asm!(
            "push rbx", "push rbp", "push r12", "push r13", "push r14", "push r15", "push rax",
            "mov ebx, 1001", "mov ebp, 1002", "mov r12d, 1003",
            "mov r13d, 1004", "mov r14d, 1005", "mov r15d, 1006",
            "call {save}",
            "lea rax, [rbx + rbp]",
            "add rax, r12", "add rax, r13", "add rax, r14", "add rax, r15",
            "pop rcx", "pop r15", "pop r14", "pop r13", "pop r12", "pop rbp", "pop rbx",
            "ret",
            save = sym save_registers,
        )
    }

    /// The same.
    #[cfg(target_arch = "aarch64")]
    #[unsafe(naked)]
    unsafe extern "C" fn with_marked_registers(context: *mut (), entry: Entry) -> u64 {
        core::arch::naked_asm!(
            "stp x29, x30, [sp, #-96]!",
            "stp x19, x20, [sp, #16]", "stp x21, x22, [sp, #32]", "stp x23, x24, [sp, #48]",
            "stp x25, x26, [sp, #64]", "stp x27, x28, [sp, #80]",
            "mov x19, #1001", "mov x20, #1002", "mov x21, #1003", "mov x22, #1004",
            "mov x23, #1005", "mov x24, #1006", "mov x25, #1007", "mov x26, #1008",
            "mov x27, #1009", "mov x28, #1010",
            "bl {save}",
            "add x0, x19, x20", "add x0, x0, x21", "add x0, x0, x22", "add x0, x0, x23",
            "add x0, x0, x24", "add x0, x0, x25", "add x0, x0, x26", "add x0, x0, x27",
            "add x0, x0, x28",
            "ldp x19, x20, [sp, #16]", "ldp x21, x22, [sp, #32]", "ldp x23, x24, [sp, #48]",
            "ldp x25, x26, [sp, #64]", "ldp x27, x28, [sp, #80]", "ldp x29, x30, [sp], #96",
            "ret",
            save = sym save_registers,
        )
    }

    #[test]
    fn every_preserved_register_is_saved_and_restored() {
        extern "C" fn look(found: *mut (), sp: usize) {
            // SAFETY: the vector of the test, lent for the call; twenty words from the
            // stack pointer lie in the frames of the trampoline and the test.
            unsafe {
                let words = std::slice::from_raw_parts(sp as *const u64, 20);
                (*found.cast::<Vec<u64>>()).extend_from_slice(words);
            }
        }
        let mut found: Vec<u64> = Vec::new();
        // SAFETY: the function follows the C calling convention.
        let sum = unsafe { with_marked_registers((&raw mut found).cast(), look) };
        assert_eq!(sum, MARKS.sum());
        assert!(
            MARKS.into_iter().all(|mark| found.contains(&mark)),
            "{found:?}"
        );
    }

    #[test]
    fn results_and_panics_pass_through() {
        assert!(with_saved_registers(|sp| sp > 0));
        let caught = catch_unwind(|| with_saved_registers(|_| panic!("passes")));
        assert!(caught.is_err());
    }
}
