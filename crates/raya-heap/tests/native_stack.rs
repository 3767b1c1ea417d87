//! References that exist only in callee-saved registers or as interior pointers on the
//! native stack keep their objects alive, and nothing else does.

#![cfg(any(target_arch = "x86_64", target_arch = "aarch64"))]

mod support;

use raya_heap::{Collection, HeapOptions};
use support::{Mutator, Shape};

/// Addresses are kept in this disguise, so that no stray copy counts as a root.
const DISGUISE: usize = 0x5555_5555_5555_5555;

/// Calls `entry(context)` while the one callee-saved register that the function is about
/// holds `hidden ^ DISGUISE`, the others hold zero, and returns what is in it afterwards, in
/// disguise.
type WithRegister = unsafe extern "C" fn(
    hidden: usize,
    disguise: usize,
    context: *mut Mutator,
    entry: extern "C" fn(*mut Mutator),
) -> usize;

#[cfg(target_arch = "x86_64")]
macro_rules! holders {
    ($($name:ident: $register:literal;)*) => {
        $(
            #[unsafe(naked)]
            unsafe extern "C" fn $name(
                hidden: usize,
                disguise: usize,
                context: *mut Mutator,
                entry: extern "C" fn(*mut Mutator),
            ) -> usize {
                core::arch::naked_asm!(
                    "push rbx", "push rbp", "push r12", "push r13", "push r14", "push r15",
                    "push rsi",
                    "xor ebx, ebx", "xor ebp, ebp", "xor r12d, r12d",
                    "xor r13d, r13d", "xor r14d, r14d", "xor r15d, r15d",
                    concat!("mov ", $register, ", rdi"),
                    concat!("xor ", $register, ", rsi"),
                    "xor edi, edi",
                    "mov rdi, rdx",
                    "call rcx",
                    "pop rsi",
                    concat!("mov rax, ", $register),
                    "xor rax, rsi",
                    "pop r15", "pop r14", "pop r13", "pop r12", "pop rbp", "pop rbx",
                    "ret",
                )
            }
        )*
        const HOLDERS: &[(&str, WithRegister)] = &[$(($register, $name)),*];
    };
}

#[cfg(target_arch = "aarch64")]
macro_rules! holders {
    ($($name:ident: $register:literal;)*) => {
        $(
            #[unsafe(naked)]
            unsafe extern "C" fn $name(
                hidden: usize,
                disguise: usize,
                context: *mut Mutator,
                entry: extern "C" fn(*mut Mutator),
            ) -> usize {
                core::arch::naked_asm!(
                    "stp x29, x30, [sp, #-112]!",
                    "stp x19, x20, [sp, #16]", "stp x21, x22, [sp, #32]",
                    "stp x23, x24, [sp, #48]", "stp x25, x26, [sp, #64]",
                    "stp x27, x28, [sp, #80]", "str x1, [sp, #96]",
                    "mov x19, #0", "mov x20, #0", "mov x21, #0", "mov x22, #0", "mov x23, #0",
                    "mov x24, #0", "mov x25, #0", "mov x26, #0", "mov x27, #0", "mov x28, #0",
                    concat!("eor ", $register, ", x0, x1"),
                    "mov x0, x2",
                    "blr x3",
                    "ldr x1, [sp, #96]",
                    concat!("eor x0, ", $register, ", x1"),
                    "ldp x19, x20, [sp, #16]", "ldp x21, x22, [sp, #32]",
                    "ldp x23, x24, [sp, #48]", "ldp x25, x26, [sp, #64]",
                    "ldp x27, x28, [sp, #80]", "ldp x29, x30, [sp], #112",
                    "ret",
                )
            }
        )*
        const HOLDERS: &[(&str, WithRegister)] = &[$(($register, $name)),*];
    };
}

#[cfg(target_arch = "x86_64")]
holders! {
    hold_in_rbx: "rbx";
    hold_in_rbp: "rbp";
    hold_in_r12: "r12";
    hold_in_r13: "r13";
    hold_in_r14: "r14";
    hold_in_r15: "r15";
}

#[cfg(target_arch = "aarch64")]
holders! {
    hold_in_x19: "x19";
    hold_in_x20: "x20";
    hold_in_x21: "x21";
    hold_in_x22: "x22";
    hold_in_x23: "x23";
    hold_in_x24: "x24";
    hold_in_x25: "x25";
    hold_in_x26: "x26";
    hold_in_x27: "x27";
    hold_in_x28: "x28";
}

/// Allocates an object with a child and returns its address plus `offset` in disguise.
#[inline(never)]
fn hidden_object(mutator: &mut Mutator, offset: usize) -> usize {
    let child = mutator.alloc(Shape::Refs(0), 8).expect("no limit");
    let object = mutator.alloc(Shape::Refs(4), 7).expect("no limit");
    mutator.set_raw(object, 3, child);
    (object as usize + offset) ^ DISGUISE
}

/// Overwrites what earlier calls left on the stack below the caller.
#[inline(never)]
fn clean_stack() {
    let mut junk = [0u64; 4096];
    std::hint::black_box(&mut junk);
}

extern "C" fn collect(mutator: *mut Mutator) {
    // SAFETY: the test hands out its only reference for the call.
    unsafe { (*mutator).collect(Collection::Major) };
}

/// Whether the object and its child are still there.
#[inline(never)]
fn is_intact(mutator: &Mutator, hidden: usize, offset: usize) -> bool {
    let object = ((hidden ^ DISGUISE) - offset) as u64;
    mutator.is_allocated(object)
        && mutator.id(object) == 7
        && mutator.id(mutator.get(object, 3)) == 8
}

/// Runs `collect` with the object in one register, or nowhere if `keep` is false.
#[inline(never)]
fn survives(with_register: WithRegister, offset: usize, keep: bool) -> bool {
    let mut mutator = Mutator::new(HeapOptions::default());
    let base = 0usize;
    mutator.roots.stack = Some(&raw const base as usize);
    let hidden = hidden_object(&mut mutator, offset);
    clean_stack();
    let held = if keep { hidden } else { DISGUISE };
    // SAFETY: the holders follow the C calling convention.
    let after = unsafe { with_register(held, DISGUISE, &mut mutator, collect) };
    assert_eq!(after, held);
    is_intact(&mutator, hidden, offset)
}

#[test]
fn registers_are_roots() {
    for &(register, holder) in HOLDERS {
        for offset in [0, 13, 47] {
            assert!(survives(holder, offset, true), "{register} + {offset}");
            assert!(!survives(holder, offset, false), "without {register}");
        }
    }
}

/// A frame that holds `word` in memory while it collects.
#[inline(never)]
fn collect_with_local(mutator: &mut Mutator, hidden: usize) {
    let local = std::hint::black_box([hidden ^ DISGUISE]);
    collect(mutator);
    std::hint::black_box(&local);
}

#[test]
fn interior_pointers_on_the_stack_are_roots() {
    for offset in 0..Shape::Refs(4).size() {
        let mut mutator = Mutator::new(HeapOptions::default());
        let base = 0usize;
        mutator.roots.stack = Some(&raw const base as usize);
        let hidden = hidden_object(&mut mutator, offset);
        clean_stack();
        collect_with_local(&mut mutator, hidden);
        assert!(is_intact(&mutator, hidden, offset), "{offset}");
    }
}
