//! Loops over arrays, on hand-made storages. `cargo test -- --ignored --nocapture`
//! prints their machine code.

use super::build::{ModuleBuilder, Running, call};
use raya_bytecode::TypeDesc::{Boolean, Int};
use raya_bytecode::{FuncId, Instr, Op, TypeDesc};

fn ins(op: Op, a: u16, b: u16, c: i32) -> Instr {
    Instr::new(op, a, b, c as u16)
}

/// A storage with its header, and the array object that points to it.
pub struct FakeArray {
    _storage: Box<[u64]>,
    object: Box<[u64; 2]>,
}

impl FakeArray {
    pub fn new(len: u32, bytes: usize) -> FakeArray {
        let mut storage = vec![0u64; 2 + (len as usize * bytes).div_ceil(8)].into_boxed_slice();
        storage[1] = u64::from(len) | u64::from(len) << 32;
        let object = Box::new([0, storage.as_ptr() as u64]);
        FakeArray {
            _storage: storage,
            object,
        }
    }

    pub fn word(&self) -> u64 {
        self.object.as_ptr() as u64
    }
}

/// Counts primes below `n`; `a` has n booleans, false at first (true: composite).
fn sieve() -> (Running, FuncId) {
    let mut m = ModuleBuilder::new();
    let boolean = m.ty(Boolean);
    let array = TypeDesc::Array(boolean);
    // r0 a, r1 n, r2 i, r3 count, r4 flag, r5 k
    let code = vec![
        ins(Op::LoadI32, 3, 0, 0),
        ins(Op::LoadI32, 2, 2, 0),
        ins(Op::ArrayGetBool, 4, 0, 2), // 2: outer loop
        ins(Op::JumpTrue, 4, 0, 7),
        ins(Op::AddI32I, 3, 3, 1),
        ins(Op::AddI32, 5, 2, 2),
        ins(Op::LoadBool, 4, 1, 0),
        ins(Op::Jump, 0, 0, 4),
        ins(Op::ArraySetBool, 0, 5, 4), // 8: inner loop
        ins(Op::AddI32, 5, 5, 2),
        ins(Op::LoopIncLt, 2, 1, -8),
        ins(Op::JltI32, 5, 1, -3),
        ins(Op::LoopIncLt, 2, 1, -10),
        ins(Op::Ret, 3, 0, 0),
    ];
    let mut code = code;
    // The inner loop is rotated: its test is at the bottom, entered from above.
    code[3] = ins(Op::JumpTrue, 4, 0, 7); // to 10
    code[7] = ins(Op::JleI32, 1, 5, 3); // n <= k: to 10
    code[10] = ins(Op::LoopIncLt, 2, 1, -8);
    code[8] = ins(Op::ArraySetBool, 0, 5, 4);
    code[9] = ins(Op::AddI32, 5, 5, 2);
    code.insert(10, ins(Op::LoopLtI32, 5, 1, -2));
    code[3] = ins(Op::JumpTrue, 4, 0, 8); // to 11
    code[7] = ins(Op::JleI32, 1, 5, 4); // to 11
    code[11] = ins(Op::LoopIncLt, 2, 1, -9);
    code.truncate(12);
    code.push(ins(Op::Ret, 3, 0, 0));
    let regs = vec![array, Int, Int, Int, Boolean, Int];
    let f = m.func(2, &regs, Int, code);
    (Running::new(m.module), f)
}

#[test]
fn a_sieve_counts_primes() {
    let (mut r, f) = sieve();
    let a = FakeArray::new(10_000, 1);
    assert_eq!(call!(r, f, (a.word() => u64, 10_000 => i32) -> i32), 1229);
    assert_eq!(r.compiled[0].tables.census.loop_helpers, 0);
}
