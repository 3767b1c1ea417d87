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
    // Seven pushes and the return address: the call below happens with an aligned stack
    // after one more word.
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
            (found == 0).then_some(low as usize + size)
        }
    }
    #[cfg(target_os = "macos")]
    {
        // SAFETY: asks the running thread about itself.
        Some(unsafe { libc::pthread_get_stackaddr_np(libc::pthread_self()) } as usize)
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

    #[test]
    fn results_and_panics_pass_through() {
        assert!(with_saved_registers(|sp| sp > 0));
        let caught = catch_unwind(|| with_saved_registers(|_| panic!("passes")));
        assert!(caught.is_err());
    }
}
