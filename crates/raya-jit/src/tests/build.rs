//! A module under construction, and compiled functions that can be called.

use crate::analysis::effects::is_opaque;
use crate::code::memory::{CodeMemory, CodeRange};
use crate::compile::{Compiled, Compiler, Request};
use crate::isa;
use crate::snapshot::{FuncFact, Guard, Inline, Interface, Snapshot};
use crate::translate::{Blocked, Job, Linkage};
use raya_bytecode::*;
use raya_runtime::ctx::Ctx;
use raya_runtime::func::FuncInfo;
use raya_runtime::helpers::HelperId as Helper;
use rustc_hash::{FxHashMap, FxHashSet};
use std::cell::RefCell;
use std::mem::offset_of;
use std::sync::Arc;

/// Builds a module of numeric functions.
#[derive(Default)]
pub struct ModuleBuilder {
    pub module: Module,
}

impl ModuleBuilder {
    pub fn new() -> Self {
        let mut b = ModuleBuilder::default();
        b.module.strings.push(StrConst::Utf8("f".into()));
        b
    }

    pub fn ty(&mut self, desc: TypeDesc) -> TypeId {
        let known = self.module.types.iter().position(|t| *t == desc);
        let at = known.unwrap_or_else(|| {
            self.module.types.push(desc);
            self.module.types.len() - 1
        });
        TypeId(at as u16)
    }

    pub fn double(&mut self, x: f64) -> u16 {
        self.module.consts.push(Const::F64(x.to_bits()));
        self.module.consts.len() as u16 - 1
    }

    /// Adds a function: parameter types first in `regs`.
    pub fn func(
        &mut self,
        params: usize,
        regs: &[TypeDesc],
        ret: TypeDesc,
        code: Vec<Instr>,
    ) -> FuncId {
        let regs: Vec<TypeId> = regs.iter().map(|t| self.ty(t.clone())).collect();
        let ret = self.ty(ret);
        self.module.signatures.push(Signature {
            params: regs[..params].into(),
            required: params as u16,
            rest: false,
            ret,
        });
        let loops = code
            .iter()
            .enumerate()
            .filter(|(_, i)| i.op.flags().loop_)
            .map(|(pc, i)| LoopInfo {
                header: (pc as i32 + i32::from(i.c as i16)) as u32,
                back_edge: pc as u32,
                weight: 1,
            })
            .collect();
        self.module.functions.push(Function {
            name: StrId(0),
            qualified: StrId(0),
            param_names: vec![],
            receiver: Receiver::None,
            sig: SigId(self.module.signatures.len() as u16 - 1),
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
        FuncId(self.module.functions.len() as u16 - 1)
    }
}

/// An exit that was taken: number, and the image.
#[derive(Clone, Debug, PartialEq)]
pub struct Taken {
    pub exit: u32,
    pub image: Vec<u64>,
}

thread_local! {
    pub static TAKEN: RefCell<Vec<Taken>> = const { RefCell::new(Vec::new()) };
}

fn record(image: *const u64, exit: u32) {
    // SAFETY: images of the tests' functions have at least eight slots.
    let image = unsafe { std::slice::from_raw_parts(image, 8) }.to_vec();
    TAKEN.with_borrow_mut(|t| t.push(Taken { exit, image }));
}

raya_runtime::raya_abi! {
    fn exit_f64(_cx: *mut Ctx, image: *const u64, exit: u32, _jit: usize) -> f64 {
        record(image, exit);
        -1.0
    }
    fn exit_word(_cx: *mut Ctx, image: *const u64, exit: u32, _jit: usize) -> u64 {
        record(image, exit);
        2
    }
    fn exit_int(_cx: *mut Ctx, image: *const u64, exit: u32, _jit: usize) -> i32 {
        record(image, exit);
        -1
    }
    fn poll(cx: *mut Ctx) -> u64 {
        // SAFETY: the tests' context.
        unsafe { (*cx).budget = 1000 };
        0
    }
    fn add_any(_cx: *mut Ctx, _a: u64, _b: u64, _cell: usize) -> u64 {
        raya_runtime::mem::value::NULL
    }
    fn mod_f64(_cx: *mut Ctx, a: f64, b: f64) -> f64 {
        a % b
    }
    fn overflow(cx: *mut Ctx) -> u64 {
        // SAFETY: the tests' context.
        unsafe { (*cx).pending = 7 };
        0
    }
}

/// Compiled functions of one module. The first three keep what the code refers to.
#[allow(dead_code)]
pub struct Running {
    pub area: CodeMemory,
    pub ranges: Vec<CodeRange>,
    pub compiled: Vec<Compiled>,
    pub entries: Vec<Vec<usize>>,
    pub infos: Vec<Box<[u8]>>,
    pub ctx: Box<Ctx>,
}

fn linkage() -> Linkage {
    let mut helpers = vec![0; Helper::ALL.len()];
    helpers[Helper::poll as usize] = poll as *const () as usize;
    helpers[Helper::add_any as usize] = add_any as *const () as usize;
    helpers[Helper::mod_f64 as usize] = mod_f64 as *const () as usize;
    helpers[Helper::throw_stack_overflow as usize] = overflow as *const () as usize;
    Linkage {
        helpers,
        natives: FxHashMap::default(),
        exits: [
            exit_f64 as *const () as usize,
            exit_int as *const () as usize,
            exit_int as *const () as usize,
            exit_word as *const () as usize,
        ],
        exit_osr: exit_int as *const () as usize,
        interpret: 0,
        coverage: None,
        jit: 0,
        exit_counter: 0,
        invalid_counter: 0,
    }
}

impl Running {
    /// Compiles every function of a module.
    pub fn new(module: Module) -> Running {
        Running::with(module, &[])
    }

    /// Compiles every function, with entries at these loops.
    pub fn with(module: Module, osr: &[(usize, u32)]) -> Running {
        Running::inlining(module, osr, &[])
    }

    /// Compiles every function, with entries at these loops and these calls (caller,
    /// program counter, callee) inlined.
    pub fn inlining(
        module: Module,
        osr: &[(usize, u32)],
        inlines: &[(usize, u32, usize)],
    ) -> Running {
        let module = Arc::new(module);
        let infos: Vec<Box<[u8]>> = (module.functions.iter())
            .map(|_| vec![0u8; size_of::<FuncInfo>()].into_boxed_slice())
            .collect();
        let funcs: FxHashMap<u16, FuncFact> = (module.functions.iter().enumerate())
            .map(|(i, f)| {
                let fact = FuncFact {
                    info: infos[i].as_ptr() as usize,
                    interface: Interface::of(&module, f),
                    needs_thunk: false,
                };
                (i as u16, fact)
            })
            .collect();
        let isa = isa::target(true).expect("this machine");
        let linkage = linkage();
        let mut area = CodeMemory::new(1 << 20).expect("an area");
        let mut compiler = Compiler::default();
        let (mut ranges, mut compiled, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for i in 0..module.functions.len() {
            let mut snapshot = snapshot(&module, i, infos[i].as_ptr() as usize, &funcs);
            for &(_, pc, callee) in inlines.iter().filter(|x| x.0 == i) {
                let target = super::build::snapshot(
                    &module,
                    callee,
                    infos[callee].as_ptr() as usize,
                    &funcs,
                );
                let inline = Inline {
                    guard: Guard::None,
                    targets: vec![Arc::new(target)],
                };
                snapshot.inlines.insert(pc, inline);
            }
            let job = Job {
                snapshot: &snapshot,
                linkage: &linkage,
                site_base: 0,
                blocked: &Blocked::Places(FxHashSet::default()),
                valid: 0,
                direct_self: true,
                isa: &*isa,
            };
            let request = Request {
                calls: true,
                osr: osr.iter().find(|o| o.0 == i).map(|o| o.1),
            };
            let done = compiler.run(&job, request, true).expect("compiles");
            let (range, addresses) = done.blob.place(&mut area).expect("room");
            let cell = infos[i].as_ptr().wrapping_add(offset_of!(FuncInfo, cell));
            // SAFETY: the record is ours and as large as a `FuncInfo`.
            unsafe { cell.cast_mut().cast::<usize>().write(addresses[0]) };
            ranges.push(range);
            compiled.push(done);
            entries.push(addresses);
        }
        Running {
            area,
            ranges,
            compiled,
            entries,
            infos,
            ctx: context(),
        }
    }

    /// The address of a function's typed entry.
    pub fn entry(&self, func: FuncId) -> usize {
        self.entries[func.index()][0]
    }
}

fn context() -> Box<Ctx> {
    // SAFETY: every field is a number or a raw pointer.
    let mut ctx: Box<Ctx> = unsafe { Box::new(std::mem::zeroed()) };
    ctx.budget = 1000;
    ctx.vm_limit = usize::MAX as *mut u64;
    ctx
}

fn snapshot(
    module: &Arc<Module>,
    index: usize,
    info: usize,
    funcs: &FxHashMap<u16, FuncFact>,
) -> Snapshot {
    let func = &module.functions[index];
    let none = FxHashMap::default();
    Snapshot {
        module: module.clone(),
        index: FuncId(index as u16),
        info,
        interface: Interface::of(module, func),
        name: "f".into(),
        first_global: 0,
        consts: none.clone(),
        names: none,
        funcs: funcs.clone(),
        fields: FxHashMap::default(),
        classes: FxHashMap::default(),
        descs: FxHashMap::default(),
        methods: FxHashMap::default(),
        props: FxHashMap::default(),
        sigs: FxHashMap::default(),
        closures: 0,
        unit_strings: 0,
        any_methods: FxHashMap::default(),
        pushes: FxHashSet::default(),
        attr_calls: FxHashMap::default(),
        constructions: FxHashMap::default(),
        not_implemented: 0,
        method_memo: 0,
        site_memo: 0,
        known: Default::default(),
        inlines: FxHashMap::default(),
        opaque: func.code.iter().any(|i| is_opaque(*i)),
        frozen_arrays: false,
        assumed: FxHashSet::default(),
        caches: 0,
        cache_pcs: Vec::new(),
        feedback: Vec::new(),
    }
}

/// Calls a typed entry: `call!(running, func, (args) -> result)`.
macro_rules! call {
    ($running:expr, $func:expr, ($($arg:expr => $t:ty),*) -> $r:ty) => {{
        let entry = $running.entry($func);
        // SAFETY: the entry has exactly this interface.
        unsafe {
            let f: raya_runtime::raya_fn!((*mut raya_runtime::ctx::Ctx, $($t),*) -> $r) =
                std::mem::transmute(entry);
            f(&mut *$running.ctx, $($arg),*)
        }
    }};
}
pub(super) use call;
