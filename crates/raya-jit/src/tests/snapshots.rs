//! The CLIF of small functions: one helper call or check more shows in review.

use super::build::{ModuleBuilder, Running};
use raya_bytecode::TypeDesc::{Any, Int, Number};
use raya_bytecode::{Instr, Module, Op, TypeDesc};

fn ins(op: Op, a: u16, b: u16, c: i32) -> Instr {
    Instr::new(op, a, b, c as u16)
}

fn clif(module: Module) -> String {
    Running::new(module).compiled[0].dumps[0].0.clone()
}

#[test]
fn adding_doubles() {
    let mut m = ModuleBuilder::new();
    let code = vec![ins(Op::AddF64, 2, 0, 1), ins(Op::Ret, 2, 0, 0)];
    m.func(2, &[Number, Number, Number], Number, code);
    insta::assert_snapshot!(clif(m.module));
}

#[test]
fn reading_an_element() {
    let mut m = ModuleBuilder::new();
    let number = m.ty(Number);
    let array = TypeDesc::Array(number);
    let code = vec![ins(Op::ArrayGetF64, 2, 0, 1), ins(Op::Ret, 2, 0, 0)];
    m.func(2, &[array, Int, Number], Number, code);
    insta::assert_snapshot!(clif(m.module));
}

#[test]
fn summing_an_array() {
    let mut m = ModuleBuilder::new();
    let number = m.ty(Number);
    let array = TypeDesc::Array(number);
    // r0 array, r1 index, r2 sum, r3 element
    let code = vec![
        ins(Op::LoadI32, 1, 0, 0),
        ins(Op::LoadF64I, 2, 0, 0),
        ins(Op::JumpArrayEnd, 1, 0, 4),
        ins(Op::ArrayGetF64, 3, 0, 1),
        ins(Op::AddF64, 2, 2, 3),
        ins(Op::LoopIncArray, 1, 0, -2),
        ins(Op::Ret, 2, 0, 0),
    ];
    m.func(1, &[array, Int, Number, Number], Number, code);
    insta::assert_snapshot!(clif(m.module));
}

#[test]
fn comparing_any_words_branches_directly() {
    let mut m = ModuleBuilder::new();
    let code = vec![
        ins(Op::LtAny, 2, 0, 1),
        ins(Op::Truthy, 3, 2, 0),
        ins(Op::JumpFalse, 3, 0, 2),
        ins(Op::Ret, 0, 0, 0),
        ins(Op::Ret, 1, 0, 0),
    ];
    m.func(2, &[Any, Any, Any, TypeDesc::Boolean], Any, code);
    insta::assert_snapshot!(clif(m.module));
}
