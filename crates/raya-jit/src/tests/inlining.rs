//! Callees translated in place: results, and exits that name the chain.

use super::build::{ModuleBuilder, Running, TAKEN, call};
use crate::translate::osr_result;
use raya_bytecode::TypeDesc::Int;
use raya_bytecode::{FuncId, Instr, Module, Op};

fn ins(op: Op, a: u16, b: u16, c: i32) -> Instr {
    Instr::new(op, a, b, c as u16)
}

/// `g(x, d) = x / d + 1` and `f(n, k) = { s = 1000; for (i = 0; i < n; i++) s = g(s, k - i) + s }`.
fn module() -> (Module, FuncId, FuncId) {
    let mut m = ModuleBuilder::new();
    let g = vec![
        ins(Op::DivI32, 2, 0, 1),
        ins(Op::AddI32I, 2, 2, 1),
        ins(Op::Ret, 2, 0, 0),
    ];
    let g = m.func(2, &[Int, Int, Int], Int, g);
    // r0 n, r1 k, r2 i, r3 s; window at 4: result r4, arguments r7 r8
    let f = vec![
        ins(Op::LoadI32, 2, 0, 0),
        ins(Op::LoadI32, 3, 1000, 0),
        ins(Op::Mov, 7, 3, 0),
        ins(Op::SubI32, 8, 1, 2),
        ins(Op::Call, 4, g.0, 2),
        ins(Op::AddI32, 3, 3, 4),
        ins(Op::LoopIncLt, 2, 0, -4),
        ins(Op::Ret, 3, 0, 0),
    ];
    let regs = vec![Int; 9];
    let f = m.func(2, &regs, Int, f);
    (m.module, g, f)
}

fn by_hand(n: i32, k: i32, stop: i32) -> i32 {
    let mut s = 1000i32;
    for i in 0..n.min(stop) {
        s = s.wrapping_add(s / (k - i) + 1);
    }
    s
}

#[test]
fn inlined_and_called_agree() {
    let (m, g, f) = module();
    let mut called = Running::new(m.clone());
    let mut inlined = Running::inlining(m, &[], &[(f.index(), 4, g.index())]);
    assert_eq!(inlined.compiled[f.index()].tables.census.inlined, 1);
    for n in [1, 5, 50] {
        let want = by_hand(n, 100, n);
        assert_eq!(call!(called, f, (n => i32, 100 => i32) -> i32), want);
        assert_eq!(call!(inlined, f, (n => i32, 100 => i32) -> i32), want);
    }
}

#[test]
fn an_exit_in_an_inlined_callee_names_the_chain() {
    let (m, g, f) = module();
    let mut r = Running::inlining(m, &[], &[(f.index(), 4, g.index())]);
    TAKEN.with_borrow_mut(|t| t.clear());
    assert_eq!(call!(r, f, (10 => i32, 3 => i32) -> i32), -1);
    let taken = TAKEN.with_borrow(|t| t[0].clone());
    let frames = &r.compiled[f.index()].tables.exits[taken.exit as usize].frames;
    assert_eq!(frames.len(), 2);
    assert_eq!((frames[0].pc, frames[0].base), (4, 0));
    assert_eq!((frames[1].pc, frames[1].base), (0, 7));
    // The outer frame keeps n, k, i, s; the result of the call is still to come.
    let live: Vec<u16> = frames[0].regs.iter().map(|r| r.0).collect();
    assert_eq!(live, [0, 1, 2, 3]);
    let image = &taken.image;
    assert_eq!(image[2] as u32, 3);
    assert_eq!(image[3] as u32 as i32, by_hand(10, 3, 3));
    assert_eq!(image[7] as u32 as i32, by_hand(10, 3, 3));
}

#[test]
fn an_exit_inside_an_inlined_callee_inside_a_replaced_loop() {
    let (m, g, f) = module();
    let mut r = Running::inlining(m, &[(f.index(), 2)], &[(f.index(), 4, g.index())]);
    let mut stack = [0u64; 32];
    stack[3] = 10;
    stack[4] = 3;
    stack[6] = 1000;
    TAKEN.with_borrow_mut(|t| t.clear());
    // SAFETY: an entry over a frame whose registers are set.
    let status = unsafe {
        let enter: raya_runtime::raya_fn!((*mut raya_runtime::ctx::Ctx, *mut u64) -> u64) =
            std::mem::transmute(r.entries[f.index()][2]);
        enter(&mut *r.ctx, stack.as_mut_ptr().add(3))
    };
    // The stand-in for the exit gives -1.
    assert_eq!(status as u32, u32::MAX);
    assert_ne!(status, osr_result::RETURNED);
    let taken = TAKEN.with_borrow(|t| t[0].clone());
    // Register i of the interpreter's own frame was written back.
    assert_eq!(stack[3 + 2] as u32, 3);
    assert_eq!(stack[3 + 3] as u32 as i32, by_hand(10, 3, 3));
    let frames = &r.compiled[f.index()].tables.exits[taken.exit as usize].frames;
    assert_eq!((frames[0].pc, frames[1].pc), (4, 0));
    // The image reaches beyond f's own registers: room was taken for g's.
    assert_eq!(
        r.ctx.vm_top as usize,
        stack.as_ptr() as usize + (3 + 10) * 8
    );
}
