//! Arithmetic, calls and loops on numbers.

use super::build::{ModuleBuilder, Running, TAKEN, call};
use raya_bytecode::TypeDesc::{Any, Int, Number};
use raya_bytecode::{Instr, Op, TypeDesc};
use raya_runtime::mem::value::Value;

fn ins(op: Op, a: u16, b: u16, c: i32) -> Instr {
    Instr::new(op, a, b, c as u16)
}

fn fib(number: TypeDesc) -> (Running, raya_bytecode::FuncId) {
    let mut m = ModuleBuilder::new();
    let (one, two) = (m.double(1.0), m.double(2.0));
    let int = number == Int;
    // r0 n; window at 2: r2 result, r5 argument; r1 first result
    let code = vec![
        if int {
            ins(Op::JgeI32I, 0, 2, 2)
        } else {
            ins(Op::JngtF64K, 0, two, 2) // not n > 2: see below
        },
        ins(Op::Ret, 0, 0, 0),
        if int {
            ins(Op::AddI32I, 5, 0, -1)
        } else {
            ins(Op::SubF64K, 5, 0, i32::from(one))
        },
        ins(Op::Call, 2, 0, 1),
        ins(Op::Mov, 1, 2, 0),
        if int {
            ins(Op::AddI32I, 5, 0, -2)
        } else {
            ins(Op::SubF64K, 5, 0, i32::from(two))
        },
        ins(Op::Call, 2, 0, 1),
        if int {
            ins(Op::AddI32, 1, 1, 2)
        } else {
            ins(Op::AddF64, 1, 1, 2)
        },
        ins(Op::Ret, 1, 0, 0),
    ];
    let mut code = code;
    if !int {
        code[0] = ins(Op::JnltF64K, 0, two, 2);
    }
    let regs = vec![number.clone(); 6];
    let f = m.func(1, &regs, number, code);
    (Running::new(m.module), f)
}

#[test]
fn fib_on_doubles_and_ints() {
    let (mut r, f) = fib(Number);
    assert_eq!(call!(r, f, (20.0 => f64) -> f64), 6765.0);
    let (mut r, f) = fib(Int);
    assert_eq!(call!(r, f, (20 => i32) -> i32), 6765);
}

#[test]
fn deep_recursion_throws() {
    let (mut r, f) = fib(Int);
    let here = 0u8;
    r.ctx.stack_limit = &raw const here as usize - (64 << 10);
    call!(r, f, (1_000_000 => i32) -> i32);
    assert_eq!(r.ctx.pending, 7);
}

#[test]
fn any_arithmetic_is_inline_for_doubles_and_ints() {
    let mut m = ModuleBuilder::new();
    let code = vec![ins(Op::AddAny, 2, 0, 1), ins(Op::Ret, 2, 0, 0)];
    let f = m.func(2, &[Any, Any, Any], Any, code);
    let mut r = Running::new(m.module);
    let mut add = |a: Value, b: Value| Value(call!(r, f, (a.0 => u64, b.0 => u64) -> u64));
    assert_eq!(
        add(Value::number(1.5), Value::number(2.25)),
        Value::number(3.75)
    );
    assert_eq!(add(Value::int(-3), Value::int(5)), Value::int(2));
    assert_eq!(
        add(Value::int(i32::MAX), Value::int(1)),
        Value::int(i32::MIN)
    );
    assert_eq!(
        add(
            Value::number(f64::INFINITY),
            Value::number(f64::NEG_INFINITY)
        ),
        Value::number(f64::NAN)
    );
    assert_eq!(add(Value::int(1), Value::number(1.0)), Value::NULL);
    assert_eq!(add(Value::TRUE, Value::int(1)), Value::NULL);
}

#[test]
fn remainder_has_a_fast_path_that_agrees() {
    let mut m = ModuleBuilder::new();
    let code = vec![ins(Op::ModF64, 2, 0, 1), ins(Op::Ret, 2, 0, 0)];
    let f = m.func(2, &[Number, Number, Number], Number, code);
    let mut r = Running::new(m.module);
    let samples = [
        0.0,
        -0.0,
        1.0,
        -1.0,
        7.0,
        2.5,
        -7.0,
        3.0,
        2147483648.0,
        1e300,
        f64::NAN,
        f64::INFINITY,
    ];
    for a in samples {
        for b in samples {
            let got = call!(r, f, (a => f64, b => f64) -> f64);
            let same = got.to_bits() == (a % b).to_bits() || got.is_nan() && (a % b).is_nan();
            assert!(same, "{a} % {b} = {got}");
        }
    }
}

/// `s = 0; for (i = 0; i < n; i++) s = s / (n - i - k); return s` on ints: leaves when
/// the divisor is zero, in the middle of the loop.
fn dividing_loop() -> (ModuleBuilder, raya_bytecode::FuncId) {
    let mut m = ModuleBuilder::new();
    // r0 n, r1 k, r2 i, r3 s, r4 divisor
    let code = vec![
        ins(Op::LoadI32, 2, 0, 0),
        ins(Op::LoadI32, 3, 1000, 0),
        ins(Op::SubI32, 4, 0, 2),
        ins(Op::SubI32, 4, 4, 1),
        ins(Op::DivI32, 4, 3, 4),
        ins(Op::AddI32, 3, 3, 4),
        ins(Op::LoopIncLt, 2, 0, -4),
        ins(Op::Ret, 3, 0, 0),
    ];
    let f = m.func(2, &[Int, Int, Int, Int, Int], Int, code);
    (m, f)
}

fn dividing_loop_by_hand(n: i32, k: i32) -> i32 {
    let mut s = 1000;
    for i in 0..n {
        s += s / (n - i - k);
    }
    s
}

#[test]
fn loops_poll_and_exits_carry_the_state() {
    let (m, f) = dividing_loop();
    let mut r = Running::new(m.module);
    let got = call!(r, f, (5000 => i32, -1 => i32) -> i32);
    assert_eq!(got, dividing_loop_by_hand(5000, -1));
    assert!(r.ctx.budget > 0 && r.ctx.budget <= 1000);

    TAKEN.with_borrow_mut(|t| t.clear());
    assert_eq!(call!(r, f, (10 => i32, 4 => i32) -> i32), -1);
    let taken = TAKEN.with_borrow(|t| t.clone());
    assert_eq!(taken.len(), 1);
    let exit = &r.compiled[f.index()].tables.exits[taken[0].exit as usize];
    let frame = &exit.frames[0];
    assert_eq!(frame.pc, 4);
    let live: Vec<u16> = frame.regs.iter().map(|(r, _)| *r).collect();
    assert_eq!(live, [0, 1, 2, 3, 4]);
    let image = &taken[0].image;
    let int = |r: usize| image[r] as u32 as i32;
    assert_eq!((int(0), int(1), int(2), int(4)), (10, 4, 6, 0));
    let mut s = 1000;
    for i in 0..6 {
        s += s / (10 - i - 4);
    }
    assert_eq!(int(3), s);
}

#[test]
fn a_loop_can_be_entered_in_the_middle() {
    let (m, f) = dividing_loop();
    let r = Running::with(m.module, &[(f.index(), 2)]);
    let mut frame = [0u64; 8];
    let (n, k) = (50, -1);
    let mut s = 1000;
    for i in 0..7 {
        s += s / (n - i - k);
    }
    frame[3..8].copy_from_slice(&[n as u64, k as u32 as u64, 7, s as u32 as u64, 0]);
    let mut ctx = r.ctx;
    // SAFETY: an entry over a frame whose registers are set.
    let status = unsafe {
        let enter: raya_runtime::raya_fn!((*mut raya_runtime::ctx::Ctx, *mut u64) -> u64) =
            std::mem::transmute(r.entries[f.index()][2]);
        enter(&mut *ctx, frame.as_mut_ptr().add(3))
    };
    assert_eq!(status, crate::translate::osr_result::RETURNED);
    assert_eq!(ctx.ret as i32, dividing_loop_by_hand(n, k));
}
