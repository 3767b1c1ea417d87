//! Both tiers together on hand-built modules: whatever the threshold, with and without
//! forced exits and invalidation, a program gives what the interpreter alone gives.

use raya_bytecode::TypeDesc::{Any, Int, Null, Number};
use raya_bytecode::*;
use raya_interp::{Compiler, FUNCTION, State};
use raya_jit::{EngineHooks, InterpreterHooks, Jit, JitOptions, LinkHooks};
use raya_runtime::calls::Surplus;
use raya_runtime::ctx::Ctx;
use raya_runtime::engine::{Engine, EngineOptions, Task};
use raya_runtime::func::FuncInfo;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::Value;
use std::rc::Rc;
use std::sync::Arc;

struct Tier(Jit);

impl Compiler for Tier {
    fn hot(&self, ctx: &mut Ctx, func: Ref<FuncInfo>, index: u32) -> *const u8 {
        if index == FUNCTION {
            return self.0.tier_up(ctx, func, None);
        }
        let header = func.owner.get().map(|owner| {
            let function = &owner.module.functions[func.index as usize];
            function.loops[index as usize].header
        });
        self.0.tier_up(ctx, func, header)
    }
}

/// An engine with both tiers, and a loaded module.
struct Rig {
    task: Task,
    tier: Option<Rc<Tier>>,
    module: Ref<raya_runtime::link::LoadedModule>,
    _engine: Box<Engine>,
    _state: Rc<State>,
}

#[derive(Clone, Copy, Debug)]
struct Mode {
    threshold: Option<u32>,
    exit_every: Option<u32>,
    invalidate_every: Option<u32>,
}

const MODES: [Mode; 6] = [
    mode(None, None, None),
    mode(Some(0), None, None),
    mode(Some(2), None, None),
    mode(Some(2), Some(3), None),
    mode(Some(0), Some(1), None),
    mode(Some(2), None, Some(5)),
];

const fn mode(
    threshold: Option<u32>,
    exit_every: Option<u32>,
    invalidate_every: Option<u32>,
) -> Mode {
    Mode {
        threshold,
        exit_every,
        invalidate_every,
    }
}

impl Rig {
    fn new(module: &Module, mode: Mode) -> Rig {
        let options = EngineOptions {
            // Test threads have small stacks.
            native_stack: 1 << 20,
            ..EngineOptions::default()
        };
        let engine = Engine::new(options).expect("an engine");
        let state = Rc::new(State::new(false));
        raya_interp::install(&engine, &state);
        let tier = mode.threshold.map(|threshold| {
            let options = JitOptions {
                sync: true,
                exit_every: mode.exit_every,
                invalidate_every: mode.invalidate_every,
                ..JitOptions::default()
            };
            let hooks = EngineHooks {
                interpreter: InterpreterHooks {
                    call: raya_interp::call_frame,
                    resume: raya_interp::resume_at,
                    materialise: raya_interp::materialise,
                },
                link: LinkHooks {
                    translate: raya_interp::ensure_translated,
                },
            };
            let jit = Jit::new(options, hooks, engine.assumptions.clone()).expect("a compiler");
            let tier = Rc::new(Tier(jit));
            *engine.code_map.borrow_mut() = Some(tier.0.code_map());
            state.set_compiler(threshold, tier.clone());
            tier
        });
        let mut task = Task::on_this_thread(&engine).expect("a task");
        let module = task.ctx().load(Arc::new(module.clone())).expect("loads");
        Rig {
            task,
            tier,
            module,
            _engine: engine,
            _state: state,
        }
    }

    fn call(&mut self, func: FuncId, args: &[Value]) -> Result<Value, Value> {
        let func = self.module.func(func);
        let ctx = self.task.ctx();
        ctx.call_function(func, Value::UNSET, Value::UNSET, args, Surplus::Refuse)
            .map_err(|_| ctx.take_pending().unwrap_or(Value::UNSET))
    }
}

/// Calls `func` `rounds` times in every mode and compares with the interpreter.
fn same_everywhere(module: &Module, func: FuncId, args: &[Value], rounds: usize) -> Value {
    let mut first = None;
    for mode in MODES {
        let mut rig = Rig::new(module, mode);
        for _ in 0..rounds {
            let got = rig.call(func, args);
            let got = got.unwrap_or_else(|e| {
                let text = rig.task.ctx().uncaught_text(e);
                panic!("{mode:?}: {text}")
            });
            assert_eq!(got, *first.get_or_insert(got), "{mode:?}");
        }
        if let Some(tier) = &rig.tier {
            let stats = tier.0.stats();
            assert!(stats.failures.is_empty(), "{stats}");
            if mode.exit_every.is_some() && mode.threshold == Some(0) {
                eprintln!("{stats}");
            }
        }
    }
    first.expect("a result")
}

fn ins(op: Op, a: u16, b: u16, c: i32) -> Instr {
    Instr::new(op, a, b, c as u16)
}

#[derive(Default)]
struct Build(Module);

impl Build {
    fn new() -> Build {
        let mut b = Build::default();
        b.0.file = "test".into();
        b.0.strings.push(StrConst::Utf8("f".into()));
        b.func(0, &[Any], Any, vec![ins(Op::RetVoid, 0, 0, 0)]);
        b
    }

    fn ty(&mut self, desc: &TypeDesc) -> TypeId {
        let known = self.0.types.iter().position(|t| t == desc);
        let at = known.unwrap_or_else(|| {
            self.0.types.push(desc.clone());
            self.0.types.len() - 1
        });
        TypeId(at as u16)
    }

    fn double(&mut self, x: f64) -> u16 {
        self.0.consts.push(Const::F64(x.to_bits()));
        self.0.consts.len() as u16 - 1
    }

    fn func(
        &mut self,
        params: usize,
        regs: &[TypeDesc],
        ret: TypeDesc,
        code: Vec<Instr>,
    ) -> FuncId {
        let regs: Vec<TypeId> = regs.iter().map(|t| self.ty(t)).collect();
        let ret = self.ty(&ret);
        self.0.signatures.push(Signature {
            params: regs[..params].into(),
            required: params as u16,
            rest: false,
            ret,
        });
        let loops = (code.iter().enumerate())
            .filter(|(_, i)| i.op.flags().loop_)
            .map(|(pc, i)| LoopInfo {
                header: (pc as i32 + i32::from(i.c as i16)) as u32,
                back_edge: pc as u32,
                weight: 1,
            })
            .collect();
        self.0.functions.push(Function {
            name: StrId(0),
            qualified: StrId(0),
            param_names: vec![],
            receiver: Receiver::None,
            sig: SigId(self.0.signatures.len() as u16 - 1),
            regs,
            captures: Vec::new(),
            code,
            handlers: Vec::new(),
            positions: Vec::new(),
            inlined: Vec::new(),
            loops,
            weight: 1,
            flags: FuncFlags::default(),
        });
        FuncId(self.0.functions.len() as u16 - 1)
    }
}

#[test]
fn fib_in_int_number_and_any() {
    let mut m = Build::new();
    let (one, two) = (m.double(1.0), m.double(2.0));
    let fib = |m: &mut Build, ty: TypeDesc, less: Instr, sub1: Instr, sub2: Instr, add: Op| {
        let me = m.0.functions.len() as u16;
        let code = vec![
            less,
            ins(Op::Ret, 0, 0, 0),
            sub1,
            ins(Op::Call, 2, me, 1),
            ins(Op::Mov, 1, 2, 0),
            sub2,
            ins(Op::Call, 2, me, 1),
            ins(add, 1, 1, 2),
            ins(Op::Ret, 1, 0, 0),
        ];
        m.func(1, &vec![ty.clone(); 6], ty, code)
    };
    let int = fib(
        &mut m,
        Int,
        ins(Op::JgeI32I, 0, 2, 2),
        ins(Op::AddI32I, 5, 0, -1),
        ins(Op::AddI32I, 5, 0, -2),
        Op::AddI32,
    );
    let number = fib(
        &mut m,
        Number,
        ins(Op::JnltF64K, 0, two, 2),
        ins(Op::SubF64K, 5, 0, i32::from(one)),
        ins(Op::SubF64K, 5, 0, i32::from(two)),
        Op::AddF64,
    );
    let me = m.0.functions.len() as u16;
    let code = vec![
        ins(Op::LoadConst, 6, two, 0),
        ins(Op::LtAny, 7, 0, 6),
        ins(Op::Truthy, 8, 7, 0),
        ins(Op::JumpFalse, 8, 0, 2),
        ins(Op::Ret, 0, 0, 0),
        ins(Op::LoadConst, 6, one, 0),
        ins(Op::SubAny, 5, 0, 6),
        ins(Op::Call, 2, me, 1),
        ins(Op::Mov, 1, 2, 0),
        ins(Op::LoadConst, 6, two, 0),
        ins(Op::SubAny, 5, 0, 6),
        ins(Op::Call, 2, me, 1),
        ins(Op::AddAny, 1, 1, 2),
        ins(Op::Ret, 1, 0, 0),
    ];
    let mut regs = vec![Any; 9];
    regs[8] = TypeDesc::Boolean;
    let any = m.func(1, &regs, Any, code);

    let v = same_everywhere(&m.0, int, &[Value::int(15)], 3);
    assert_eq!(v, Value::int(610));
    let v = same_everywhere(&m.0, number, &[Value::number(15.0)], 3);
    assert_eq!(v, Value::number(610.0));
    let v = same_everywhere(&m.0, any, &[Value::number(15.0)], 3);
    assert_eq!(v, Value::number(610.0));
}

/// `for i < n: s += g(s, k - i)` where `g` divides and catches its own division by zero
/// or lets it through to the loop's handler.
fn dividing(handler_in_callee: bool) -> (Module, FuncId) {
    let mut m = Build::new();
    let g = m.func(
        2,
        &[Int, Int, Int, Any],
        Int,
        vec![
            ins(Op::DivI32, 2, 0, 1),
            ins(Op::Ret, 2, 0, 0),
            ins(Op::LoadI32, 2, 5, 0),
            ins(Op::Ret, 2, 0, 0),
        ],
    );
    // r0 n, r1 k, r2 i, r3 s, window 4: r4 result, r7 r8 arguments, r9 caught
    let f = m.func(
        2,
        &[Int, Int, Int, Int, Int, Int, Int, Int, Int, Any],
        Int,
        vec![
            ins(Op::LoadI32, 2, 0, 0),
            ins(Op::LoadI32, 3, 1000, 0),
            ins(Op::Mov, 7, 3, 0), // loop
            ins(Op::SubI32, 8, 1, 2),
            ins(Op::Call, 4, g.0, 2),
            ins(Op::AddI32, 3, 3, 4),
            ins(Op::LoopIncLt, 2, 0, -4),
            ins(Op::Ret, 3, 0, 0),
            ins(Op::AddI32I, 3, 3, 77), // handler
            ins(Op::LoopIncLt, 2, 0, -7),
            ins(Op::Ret, 3, 0, 0),
        ],
    );
    let handler = |start, end, target, reg| Handler {
        start,
        end,
        target,
        reg: Reg(reg),
    };
    if handler_in_callee {
        m.0.functions[g.index()].handlers.push(handler(0, 1, 2, 3));
    } else {
        m.0.functions[f.index()].handlers.push(handler(4, 5, 8, 9));
    }
    (m.0, f)
}

#[test]
fn exceptions_through_calls_and_inlined_callees() {
    for in_callee in [true, false] {
        let (m, f) = dividing(in_callee);
        for k in [-1, 0, 3, 500] {
            same_everywhere(&m, f, &[Value::int(1500), Value::int(k)], 4);
        }
    }
}

#[test]
fn deep_recursion_is_an_error_in_every_mode() {
    let mut m = Build::new();
    let me = m.0.functions.len() as u16;
    let f = m.func(
        1,
        &[Int, Int, Null, Null, Int],
        Int,
        vec![
            ins(Op::AddI32I, 4, 0, 1),
            ins(Op::Call, 1, me, 1),
            ins(Op::AddI32I, 1, 1, 1),
            ins(Op::Ret, 1, 0, 0),
        ],
    );
    for mode in MODES {
        let mut rig = Rig::new(&m.0, mode);
        for _ in 0..3 {
            assert!(rig.call(f, &[Value::int(0)]).is_err(), "{mode:?}");
        }
    }
}
