//! Hand-built IR through allocation, emission and the verifier.

use super::generate;
use crate::ir::{Args, At, Func, Inlined, Inst, Term, VReg};
use crate::tables::Tables;
use raya_bytecode::{
    FuncFlags, Function, Module, Op, Receiver, Signature, TypeDesc, TypeId, verify,
};
use raya_syntax::LineCol;

struct Build {
    tables: Tables,
    any: TypeId,
    number: TypeId,
    int: TypeId,
    functions: Vec<Function>,
}

impl Build {
    fn new() -> Self {
        let mut tables = Tables::new("test.raya".into());
        let any = tables.ty(TypeDesc::Any);
        let number = tables.ty(TypeDesc::Number);
        let int = tables.ty(TypeDesc::Int);
        Self {
            tables,
            any,
            number,
            int,
            functions: Vec::new(),
        }
    }

    fn func(&mut self, params: &[TypeId], ret: TypeId) -> Func {
        let sig = self.tables.signature(Signature {
            params: params.into(),
            required: params.len() as u16,
            rest: false,
            ret,
        });
        let name = self.tables.string("f");
        let mut func = Func {
            name,
            qualified: name,
            param_names: Vec::new(),
            receiver: Receiver::None,
            sig,
            ret,
            params: params.len() as u32,
            regs: Vec::new(),
            blocks: Vec::new(),
            pool: Vec::new(),
            handlers: Vec::new(),
            captures: Vec::new(),
            inlined: vec![Inlined {
                name,
                call: At::default(),
                file: 0,
                builtin: false,
            }],
            flags: FuncFlags::default(),
        };
        for &ty in params {
            self.reg(&mut func, ty);
        }
        func.new_block(None);
        func
    }

    fn reg(&self, func: &mut Func, ty: TypeId) -> u32 {
        func.new_reg(ty, self.tables.repr(ty), false).0
    }

    fn finish(&mut self, func: Func) -> &Function {
        let mut locate = |_: u32, _: At| LineCol { line: 1, column: 1 };
        let made = generate(&func, self.any, &mut locate).unwrap();
        self.functions.push(made);
        self.functions.last().unwrap()
    }

    fn module(self) -> Module {
        let mut m = self.tables.module;
        m.functions = self.functions;
        m
    }
}

fn push(func: &mut Func, block: u32, op: Op, a: u32, b: u32, c: u32) {
    let inst = Inst::new(op, a, b, c, At::default());
    func.blocks[block as usize].insts.push(inst);
}

fn call(func: &mut Func, block: u32, dst: u32, callee: u32, args: &[u32]) {
    let args: Args = func.new_args(args.iter().map(|&a| VReg(a)));
    func.blocks[block as usize].insts.push(Inst {
        op: Op::Call,
        a: dst,
        b: callee,
        c: 0,
        args,
        at: At::default(),
    });
}

fn ops(f: &Function) -> Vec<Op> {
    f.code.iter().map(|i| i.op).collect()
}

/// The top level of test modules.
fn main(b: &mut Build) {
    let mut main = b.func(&[], b.any);
    main.blocks[0].term = Term::Exit {
        op: Op::RetVoid,
        a: 0,
    };
    b.finish(main);
}

#[test]
fn recursive_calls_need_no_moves() {
    let mut b = Build::new();
    main(&mut b);
    let number = b.number;
    let mut f = b.func(&[number], number);
    let regs: Vec<u32> = (0..6).map(|_| b.reg(&mut f, number)).collect();
    let two = b.tables.f64(2.0).0.into();
    let one = b.tables.f64(1.0).0.into();
    let (small, large) = (f.new_block(None), f.new_block(None));
    f.blocks[0].term = Term::Branch {
        op: Op::JltF64K,
        a: 0,
        b: two,
        yes: small,
        no: large,
    };
    f.blocks[1].term = Term::Exit { op: Op::Ret, a: 0 };
    push(&mut f, 2, Op::SubF64K, regs[0], 0, one);
    call(&mut f, 2, regs[1], 1, &[regs[0]]);
    push(&mut f, 2, Op::SubF64K, regs[2], 0, two);
    call(&mut f, 2, regs[3], 1, &[regs[2]]);
    push(&mut f, 2, Op::AddF64, regs[4], regs[1], regs[3]);
    f.blocks[2].term = Term::Exit {
        op: Op::Ret,
        a: regs[4],
    };
    let made = ops(b.finish(f));
    assert_eq!(
        made,
        [
            Op::JnltF64K,
            Op::Ret,
            Op::SubF64K,
            Op::Call,
            Op::SubF64K,
            Op::Call,
            Op::AddF64,
            Op::Ret
        ]
    );
    verify(&b.module()).unwrap();
}

#[test]
fn nested_calls_share_slots() {
    let mut b = Build::new();
    main(&mut b);
    let number = b.number;
    let mut f = b.func(&[number, number], number);
    let r: Vec<u32> = (0..6).map(|_| b.reg(&mut f, number)).collect();
    // f(f(x, y), f(y, x))
    push(&mut f, 0, Op::AddF64, r[0], 0, 0);
    push(&mut f, 0, Op::AddF64, r[1], 1, 1);
    call(&mut f, 0, r[2], 1, &[r[0], r[1]]);
    push(&mut f, 0, Op::AddF64, r[3], 1, 0);
    push(&mut f, 0, Op::AddF64, r[4], 0, 1);
    call(&mut f, 0, r[5], 1, &[r[3], r[4]]);
    let last = b.reg(&mut f, number);
    call(&mut f, 0, last, 1, &[r[2], r[5]]);
    f.blocks[0].term = Term::Exit {
        op: Op::Ret,
        a: last,
    };
    let made = ops(b.finish(f));
    assert!(!made.contains(&Op::Mov), "{made:?}");
    verify(&b.module()).unwrap();
}

#[test]
fn counting_loops_are_one_instruction() {
    let mut b = Build::new();
    main(&mut b);
    let int = b.int;
    let mut f = b.func(&[int], int);
    let i = b.reg(&mut f, int);
    f.regs[i as usize].variable = true;
    let (body, exit) = (f.new_block(None), f.new_block(None));
    push(&mut f, 0, Op::LoadI32, i, 0, 0);
    f.blocks[0].term = Term::Branch {
        op: Op::JltI32,
        a: i,
        b: 0,
        yes: body,
        no: exit,
    };
    push(&mut f, 1, Op::AddI32I, i, i, 1);
    f.blocks[1].term = Term::Branch {
        op: Op::JltI32,
        a: i,
        b: 0,
        yes: body,
        no: exit,
    };
    f.blocks[2].term = Term::Exit { op: Op::Ret, a: i };
    let function = b.finish(f);
    assert_eq!(
        ops(function),
        [Op::LoadI32, Op::JleI32, Op::LoopIncLt, Op::Ret]
    );
    assert_eq!(function.loops.len(), 1);
    verify(&b.module()).unwrap();
}

#[test]
fn distant_jumps_are_widened() {
    let mut b = Build::new();
    main(&mut b);
    let int = b.int;
    let mut f = b.func(&[int], int);
    let r = b.reg(&mut f, int);
    f.regs[r as usize].variable = true;
    let (body, exit) = (f.new_block(None), f.new_block(None));
    push(&mut f, 0, Op::LoadI32, r, 0, 0);
    f.blocks[0].term = Term::Branch {
        op: Op::JltI32,
        a: r,
        b: 0,
        yes: body,
        no: exit,
    };
    for _ in 0..40_000 {
        push(&mut f, 1, Op::AddI32I, r, r, 1);
    }
    push(&mut f, 1, Op::XorI32, r, r, 0);
    f.blocks[1].term = Term::Branch {
        op: Op::JltI32,
        a: r,
        b: 0,
        yes: body,
        no: exit,
    };
    f.blocks[2].term = Term::Exit { op: Op::Ret, a: r };
    let made = ops(b.finish(f));
    assert!(made.contains(&Op::JumpWide) && made.contains(&Op::LoopWide));
    let m = b.module();
    verify(&m).unwrap();
}
