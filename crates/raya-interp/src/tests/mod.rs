//! The interpreter on hand-built modules, in both dispatch forms.

mod build;
mod rig;

use std::cell::Cell;
use std::ptr::null;
use std::rc::Rc;
use std::sync::atomic::Ordering::Relaxed;

use crate::{Compiler, FUNCTION, OSR_EXITED, OSR_RETURNED};
use build::*;
use raya_bytecode::Op;
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::hooks::ResumeFrame;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::Value;
use rig::Rig;

/// Runs a check in the form that this build dispatches by, and in the counting loop.
fn in_both_forms(module: raya_bytecode::Module, check: impl Fn(&mut Rig)) {
    check(&mut Rig::new(module.clone()));
    check(&mut Rig::counting(module));
}

#[test]
fn calls_and_arithmetic() {
    in_both_forms(fib_int(), |rig| {
        assert_eq!(rig.call(1, &[20]).map(|v| v as i32), Ok(6765));
    });
    in_both_forms(fib_double(), |rig| {
        let result = rig.call(1, &[20f64.to_bits()]).map(f64::from_bits);
        assert_eq!(result, Ok(6765.0));
    });
}

#[test]
fn loops_run_their_rounds() {
    in_both_forms(nested_loops(), |rig| {
        assert_eq!(rig.call(1, &[70]).map(f64::from_bits), Ok(0.0));
    });
    in_both_forms(count_down(), |rig| {
        assert_eq!(rig.call(1, &[100_000]).map(|v| v as i32), Ok(100_000));
    });
}

#[test]
fn exceptions_find_the_handler_of_an_outer_frame() {
    in_both_forms(throw_and_catch(), |rig| {
        for depth in [0, 1, 50] {
            assert_eq!(rig.call(1, &[depth, 41]).map(|v| v as i32), Ok(42));
        }
        assert_eq!(rig.call(2, &[3, 7]), Err(Value::int(7)));
        assert_eq!(rig.call(1, &[2, 1]).map(|v| v as i32), Ok(2));
    });
}

#[test]
fn endless_recursion_is_an_exception() {
    in_both_forms(endless_recursion(), |rig| {
        assert!(rig.call(1, &[]).is_err());
        assert!(rig.call(1, &[]).is_err());
    });
}

#[test]
fn ten_thousand_frames_fit() {
    in_both_forms(throw_and_catch(), |rig| {
        assert_eq!(rig.call(1, &[10_000, 1]).map(|v| v as i32), Ok(2));
    });
}

/// Tail calls must be jumps: otherwise each instruction would take native stack.
#[test]
fn a_hundred_million_instructions_on_a_small_stack() {
    let run = || {
        let mut rig = Rig::new(nested_loops());
        assert_eq!(rig.call(1, &[4_500]).map(f64::from_bits), Ok(0.0));
    };
    let thread = std::thread::Builder::new().stack_size(256 << 10);
    thread
        .spawn(run)
        .expect("a thread")
        .join()
        .expect("no overflow");
}

#[test]
fn executed_instructions_are_counted() {
    let mut rig = Rig::counting(fib_int());
    assert!(rig.call(1, &[5]).is_ok());
    let coverage = rig.coverage();
    assert_eq!(coverage.count(Op::JltI32I), 15);
    assert_eq!(coverage.count(Op::Call), 14);
    assert_eq!(coverage.count(Op::AddI32), 7);
    let mut rig = Rig::counting(throw_and_catch());
    assert!(rig.call(1, &[0, 1]).is_ok());
    assert_eq!(rig.coverage().count_threw(Op::Throw), 1);
}

/// Remembers what it was asked for.
#[derive(Default)]
struct Asked {
    functions: Cell<u32>,
    loops: Cell<u32>,
    last_loop: Cell<u32>,
}

impl Compiler for Asked {
    fn hot(&self, _: &mut Ctx, _: Ref<FuncInfo>, loop_index: u32) -> *const u8 {
        let counter = if loop_index == FUNCTION {
            &self.functions
        } else {
            &self.loops
        };
        counter.set(counter.get() + 1);
        self.last_loop.set(loop_index);
        null()
    }
}

#[test]
fn hot_functions_and_loops_are_handed_over() {
    let asked = Rc::new(Asked::default());
    let mut rig = Rig::new(fib_int());
    rig.set_compiler(10, asked.clone());
    assert!(rig.call(1, &[3]).is_ok());
    assert_eq!(asked.functions.get(), 0, "five calls are not hot");
    assert!(rig.call(1, &[6]).is_ok());
    assert!(asked.functions.get() > 0);

    let asked = Rc::new(Asked::default());
    let mut rig = Rig::new(nested_loops());
    rig.set_compiler(100, asked.clone());
    assert!(rig.call(1, &[9]).is_ok());
    assert_eq!(asked.loops.get(), 0, "81 rounds are not hot");
    assert!(rig.call(1, &[9]).is_ok());
    assert_eq!((asked.loops.get(), asked.last_loop.get()), (1, 0));
}

#[test]
fn threshold_zero_asks_before_the_first_call() {
    let asked = Rc::new(Asked::default());
    let mut rig = Rig::new(fib_int());
    rig.set_compiler(0, asked.clone());
    assert!(rig.call(1, &[1]).is_ok());
    assert_eq!(asked.functions.get(), 1);
}

raya_runtime::raya_abi! {
    /// Stands for compiled code of `fib`: gives ten times its argument.
    fn ten_times(_ctx: *mut Ctx, fp: *mut u64) {
        // SAFETY: the caller passes the callee's frame.
        unsafe { *fp.sub(3) = *fp * 10 };
    }

    /// Stands for compiled code that throws its argument.
    fn thrower(ctx: *mut Ctx, fp: *mut u64) {
        // SAFETY: as above.
        unsafe { (*ctx).pending = Value::int(*fp as i32).0 };
    }

    /// Stands for a compiled loop that ends its function.
    fn finish_loop(ctx: *mut Ctx, fp: *mut u64) -> u64 {
        // SAFETY: as above; register 1 counts the rounds that were made.
        unsafe { (*ctx).ret = *fp.add(1) };
        OSR_RETURNED
    }

    /// Stands for a compiled loop that makes one round less and leaves.
    fn leave_loop(ctx: *mut Ctx, fp: *mut u64) -> u64 {
        // SAFETY: as above; the loop's header is instruction 1 of the function.
        unsafe {
            let func = *fp.sub(1) as *const FuncInfo;
            crate::materialise(ctx, fp, &[ResumeFrame { func, pc: 1 }]);
        }
        OSR_EXITED
    }
}

#[test]
fn published_code_is_entered() {
    in_both_forms(fib_int(), |rig| {
        assert_eq!(rig.call(1, &[10]), Ok(55));
        rig.publish(1, ten_times);
        assert_eq!(rig.call(1, &[10]), Ok(100));
        rig.func(1).frame_entry.store(std::ptr::null_mut(), Relaxed);
        assert_eq!(rig.call(1, &[10]), Ok(55));
    });
    in_both_forms(throw_and_catch(), |rig| {
        assert!(rig.call(1, &[0, 1]).is_ok());
        rig.publish(2, thrower);
        assert_eq!(rig.call(1, &[5, 1]).map(|v| v as i32), Ok(6));
        assert_eq!(rig.call(2, &[5, 1]), Err(Value::int(5)));
    });
}

/// Gives this entry for every loop.
struct Entry(*const u8);

impl Compiler for Entry {
    fn hot(&self, _: &mut Ctx, _: Ref<FuncInfo>, loop_index: u32) -> *const u8 {
        if loop_index == FUNCTION {
            null()
        } else {
            self.0
        }
    }
}

#[test]
fn hot_loops_go_on_in_compiled_code() {
    in_both_forms(count_down(), |rig| {
        rig.set_compiler(50, Rc::new(Entry(finish_loop as *const u8)));
        assert_eq!(rig.call(1, &[1000]).map(|v| v as i32), Ok(50));
    });
    in_both_forms(count_down(), |rig| {
        rig.set_compiler(50, Rc::new(Entry(leave_loop as *const u8)));
        assert_eq!(rig.call(1, &[100_000]).map(|v| v as i32), Ok(100_000));
    });
}

#[test]
fn an_exit_rebuilds_the_inlined_chain() {
    in_both_forms(fib_int(), |rig| {
        // fib(7) at its second call, into which fib(5) was inlined and left at its start.
        let (outer, inner) = (3, 3 + 2 + 3);
        let result = rig.resume(
            &[(outer, 7), (outer + 1, 8), (inner, 5)],
            outer,
            &[(1, 4), (1, 0)],
        );
        assert_eq!(result, Ok(13));
    });
}

#[test]
fn an_exit_with_an_exception_unwinds_from_its_place() {
    in_both_forms(throw_and_catch(), |rig| {
        rig.set_pending(Value::int(5));
        assert_eq!(rig.resume(&[], 3, &[(1, 2)]).map(|v| v as i32), Ok(6));
        rig.set_pending(Value::int(5));
        assert_eq!(rig.resume(&[], 3, &[(2, 5)]), Err(Value::int(5)));
    });
}
