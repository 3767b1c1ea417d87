//! Hand-built modules: an assembler's worth of help, no compiler.

use raya_bytecode::{
    Const, ConstId, FuncFlags, FuncId, Function, Handler, Instr, LoopInfo, Module, Op, Receiver,
    Reg, SigId, Signature, StrConst, StrId, TypeDesc, TypeId,
};

/// `number`.
pub(super) const NUM: TypeId = TypeId(0);
/// `int`.
pub(super) const INT: TypeId = TypeId(1);
/// `boolean`.
pub(super) const BOOL: TypeId = TypeId(2);
/// `any`.
pub(super) const ANY: TypeId = TypeId(3);

/// A module under construction.
pub(super) struct Build {
    pub(super) module: Module,
}

/// What makes up a function.
pub(super) struct Func<'a> {
    pub(super) params: &'a [TypeId],
    pub(super) ret: TypeId,
    /// Types of the registers behind the parameters.
    pub(super) locals: &'a [TypeId],
    pub(super) code: &'a [Instr],
    pub(super) handlers: &'a [(u32, u32, u32, u16)],
    /// Loop headers with their back-edges.
    pub(super) loops: &'a [(u32, u32)],
}

impl Build {
    pub(super) fn new() -> Self {
        let module = Module {
            file: "test".to_owned(),
            strings: vec![StrConst::Utf8("f".into())],
            types: vec![
                TypeDesc::Number,
                TypeDesc::Int,
                TypeDesc::Boolean,
                TypeDesc::Any,
                TypeDesc::Array(BOOL),
            ],
            ..Module::default()
        };
        Self { module }
    }

    /// A double constant.
    pub(super) fn double(&mut self, x: f64) -> u16 {
        self.module.consts.push(Const::F64(x.to_bits()));
        ConstId(self.module.consts.len() as u16 - 1).0
    }

    /// Adds a function and gives its index.
    pub(super) fn func(&mut self, f: Func<'_>) -> FuncId {
        self.module.signatures.push(Signature {
            params: f.params.into(),
            required: f.params.len() as u16,
            rest: false,
            ret: f.ret,
        });
        self.module.functions.push(Function {
            name: StrId(0),
            qualified: StrId(0),
            param_names: vec![],
            receiver: Receiver::None,
            sig: SigId(self.module.signatures.len() as u16 - 1),
            regs: [f.params, f.locals].concat(),
            captures: Vec::new(),
            code: f.code.to_vec(),
            handlers: (f.handlers.iter())
                .map(|&(start, end, target, reg)| Handler {
                    start,
                    end,
                    target,
                    reg: Reg(reg),
                })
                .collect(),
            positions: Vec::new(),
            inlined: Vec::new(),
            loops: (f.loops.iter())
                .map(|&(header, back_edge)| LoopInfo {
                    header,
                    back_edge,
                    weight: 1,
                })
                .collect(),
            weight: 1,
            flags: FuncFlags::default(),
        });
        FuncId(self.module.functions.len() as u16 - 1)
    }
}

/// An instruction; negative operands are two's complement.
pub(super) fn ins(op: Op, a: i32, b: i32, c: i32) -> Instr {
    Instr::new(op, a as u16, b as u16, c as u16)
}

/// The top-level function that every module begins with.
pub(super) fn top_level(build: &mut Build) {
    build.func(Func {
        params: &[],
        ret: ANY,
        locals: &[ANY],
        code: &[ins(Op::RetVoid, 0, 0, 0)],
        handlers: &[],
        loops: &[],
    });
}

/// `fib(n)` on ints, as function 1.
pub(super) fn fib_int() -> Module {
    let mut build = Build::new();
    top_level(&mut build);
    build.func(Func {
        params: &[INT],
        ret: INT,
        locals: &[INT, INT, ANY, INT, INT, ANY],
        code: &[
            ins(Op::JltI32I, 0, 2, 7),
            ins(Op::AddI32I, 4, 0, -1),
            ins(Op::Call, 1, 1, 1),
            ins(Op::AddI32I, 5, 0, -2),
            ins(Op::Call, 2, 1, 1),
            ins(Op::AddI32, 0, 1, 2),
            ins(Op::Ret, 0, 0, 0),
            ins(Op::Ret, 0, 0, 0),
        ],
        handlers: &[],
        loops: &[],
    });
    build.module
}

/// `fib(n)` on doubles, as function 1.
pub(super) fn fib_double() -> Module {
    let mut build = Build::new();
    let two = build.double(2.0) as i32;
    let one = build.double(1.0) as i32;
    top_level(&mut build);
    build.func(Func {
        params: &[NUM],
        ret: NUM,
        locals: &[NUM, NUM, ANY, NUM, NUM, ANY],
        code: &[
            ins(Op::JltF64K, 0, two, 7),
            ins(Op::SubF64K, 4, 0, one),
            ins(Op::Call, 1, 1, 1),
            ins(Op::SubF64K, 5, 0, two),
            ins(Op::Call, 2, 1, 1),
            ins(Op::AddF64, 0, 1, 2),
            ins(Op::Ret, 0, 0, 0),
            ins(Op::Ret, 0, 0, 0),
        ],
        handlers: &[],
        loops: &[],
    });
    build.module
}

/// Sum of `(i - j) * 0.5` over a square of side `n`, as function 1.
pub(super) fn nested_loops() -> Module {
    let mut build = Build::new();
    let half = build.double(0.5) as i32;
    top_level(&mut build);
    build.func(Func {
        params: &[INT],
        ret: NUM,
        locals: &[INT, INT, NUM, INT, NUM],
        code: &[
            ins(Op::LoadF64I, 3, 0, 0),
            ins(Op::LoadI32, 1, 0, 0),
            ins(Op::LoadI32, 2, 0, 0),
            ins(Op::SubI32, 4, 1, 2),
            ins(Op::I32ToF64, 5, 4, 0),
            ins(Op::MulF64K, 5, 5, half),
            ins(Op::AddF64, 3, 3, 5),
            ins(Op::LoopIncLt, 2, 0, -4),
            ins(Op::LoopIncLt, 1, 0, -6),
            ins(Op::Ret, 3, 0, 0),
        ],
        handlers: &[],
        loops: &[(3, 7), (2, 8)],
    });
    build.module
}

/// Throws `n` from `depth` frames down and catches it at the top, as function 1; 2 is
/// the thrower `(depth, n)`.
pub(super) fn throw_and_catch() -> Module {
    let mut build = Build::new();
    top_level(&mut build);
    build.func(Func {
        params: &[INT, INT],
        ret: INT,
        locals: &[ANY, ANY, ANY, INT, INT, INT],
        code: &[
            ins(Op::Mov, 5, 0, 0),
            ins(Op::Mov, 6, 1, 0),
            ins(Op::Call, 2, 2, 2),
            ins(Op::LoadI32, 7, -1, 0),
            ins(Op::Ret, 7, 0, 0),
            ins(Op::UnboxI32, 7, 4, INT.0 as i32),
            ins(Op::AddI32I, 7, 7, 1),
            ins(Op::Ret, 7, 0, 0),
        ],
        handlers: &[(0, 3, 5, 4)],
        loops: &[],
    });
    build.func(Func {
        params: &[INT, INT],
        ret: ANY,
        locals: &[ANY, ANY, ANY, INT, INT],
        code: &[
            ins(Op::JgtI32I, 0, 0, 3),
            ins(Op::BoxI32, 2, 1, 0),
            ins(Op::Throw, 2, 0, 0),
            ins(Op::AddI32I, 5, 0, -1),
            ins(Op::Mov, 6, 1, 0),
            ins(Op::Call, 2, 2, 2),
            ins(Op::Ret, 2, 0, 0),
        ],
        handlers: &[],
        loops: &[],
    });
    build.module
}

/// Calls itself without end, as function 1.
pub(super) fn endless_recursion() -> Module {
    let mut build = Build::new();
    top_level(&mut build);
    build.func(Func {
        params: &[],
        ret: ANY,
        locals: &[ANY, ANY, ANY],
        code: &[ins(Op::Call, 0, 1, 0), ins(Op::Ret, 0, 0, 0)],
        handlers: &[],
        loops: &[],
    });
    build.module
}

/// Counts register 0 down to nothing and gives the rounds, as function 1.
pub(super) fn count_down() -> Module {
    let mut build = Build::new();
    top_level(&mut build);
    build.func(Func {
        params: &[INT],
        ret: INT,
        locals: &[INT],
        code: &[
            ins(Op::LoadI32, 1, 0, 0),
            ins(Op::AddI32I, 0, 0, -1),
            ins(Op::AddI32I, 1, 1, 1),
            ins(Op::LoopGeI32I, 0, 1, -2),
            ins(Op::Ret, 1, 0, 0),
        ],
        handlers: &[],
        loops: &[(1, 3)],
    });
    build.module
}
