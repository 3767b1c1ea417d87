//! From portable bytecode to threaded code, at a function's first call.
//!
//! Owns the choice of operand placement and of specialised forms. Runs once per
//! function over verified bytecode, so indices are in bounds and kinds agree. Names
//! become offsets, slots and addresses here; what only slow paths need stays behind in
//! the portable code, which they look up by program counter (see [`site`]).
//!
//! Invariant: one threaded instruction per portable one.

use std::sync::atomic::Ordering::{Acquire, Relaxed};

use crate::backend::handler;
use crate::code::{BlockInfo, CodeBlock, Draft, Drafted, LoopState, pool_displacement};
use crate::hot::next_slice;
use crate::instr::{Cx, Fp, Ip, THREADED_SIZE, Threaded};
use crate::state::{State, state_of};
use crate::threaded_op::ThreadedOp;
use raya_bytecode::{
    ClassId, Const, ConstId, FieldId, FuncId, Function, GlobalId, Instr, MethodId, Op, OperandKind,
    PropId, Repr, SigId, StrId, TypeDesc, TypeId,
};
use raya_runtime::abi::R;
use raya_runtime::caches::WAYS;
use raya_runtime::ctx::Ctx;
use raya_runtime::func::{FuncBody, FuncInfo};
use raya_runtime::link::{LoadedModule, NO_INDEX};
use raya_runtime::mem::layout::CLOSURE_CAPTURES;
use raya_runtime::mem::refs::Ref;
use raya_runtime::mem::value::{UNSET_F64, UNSET_I32, Value};

/// Operand `d` of an instruction whose cell has no 16-bit number.
pub(crate) const NO_CELL: u16 = u16::MAX;

/// The block of `func`, translated now if it was not yet. None without the memory for
/// its string constants: `ctx.pending` holds the error then.
///
/// # Safety
/// `cx` is the running context.
pub(crate) unsafe fn block_of(cx: Cx, func: Ref<FuncInfo>) -> Option<&'static CodeBlock> {
    // SAFETY: blocks and functions live as long as the engine, hence longer than any
    // use of the reference by code that runs in it.
    unsafe {
        if CodeBlock::of(&func).is_none() {
            translate(&mut *cx, state_of(cx), func).ok()?;
        }
        let code = func.code.load(Acquire);
        Some(&*CodeBlock::from_code(code))
    }
}

/// Makes a function ready to be interpreted, so that its inline-cache cells exist.
pub fn ensure_translated(ctx: &mut Ctx, func: Ref<FuncInfo>) {
    // SAFETY: a context names its engine. Without memory for constants the function is
    // translated when it is called.
    let _ = unsafe { block_of(ctx, func) };
    ctx.take_pending();
}

/// Sends accesses to fields of classes that are plain no more to the runtime, in all code that
/// was translated; running activations meet the new form at their next access.
pub(crate) fn ask_for_fields(ctx: &mut Ctx) {
    ctx.engine().funcs.each(|func| {
        let (Some(block), Some(owner)) = (CodeBlock::of(&func), func.owner.get()) else {
            return;
        };
        let code = block.function().map_or(&[][..], |f| &f.code);
        for (pc, instr) in (0..).zip(code) {
            let field = match instr.op {
                Op::ReadField => instr.c,
                Op::WriteField => instr.b,
                _ => continue,
            };
            if !owner.field(FieldId(field)).is_plain() {
                block.replace_handler(pc, handler(ThreadedOp::of(instr.op)));
            }
        }
    });
}

/// Translates a function and publishes its code.
fn translate(ctx: &mut Ctx, state: &State, func: Ref<FuncInfo>) -> R<()> {
    let slice = next_slice(state.threshold(), 0);
    let mut loops = Box::default();
    let owner = func.owner.get();
    let draft = match (func.body, owner) {
        (FuncBody::Bytecode, Some(owner)) => {
            let function = &owner.module.functions[func.index as usize];
            intern_strings(ctx, &owner, function)?;
            let loop_slice = slice.max(1) as u16;
            loops = loop_states(function, loop_slice);
            Translator::new(owner, function, loop_slice).run()
        }
        _ => bridge(),
    };
    let counting = state.coverage().is_some();
    let info = BlockInfo {
        owner,
        loops,
        ops: counting.then(|| draft.code.iter().map(|d| d.op).collect()),
        slice: slice as i32,
    };
    state.install(&func, &draft, info);
    Ok(())
}

/// Makes the strings that a function's instructions name, which its module then keeps.
fn intern_strings(ctx: &mut Ctx, owner: &LoadedModule, function: &Function) -> R<()> {
    for instr in &function.code {
        for (kind, n) in instr.op.operands().into_iter().zip(instr.operands()) {
            match kind {
                OperandKind::KW => {
                    ctx.module_const(owner, ConstId(n))?;
                }
                OperandKind::Name => {
                    ctx.module_string(owner, StrId(n))?;
                }
                _ => {}
            }
        }
    }
    Ok(())
}

/// The code of a bridge: the runtime converts, calls and checks.
fn bridge() -> Draft {
    let mut draft = Draft::new(0);
    draft.code.push(regs(ThreadedOp::RunBridge, 0, 0, 0));
    draft
}

fn loop_states(function: &Function, slice: u16) -> Box<[LoopState]> {
    (function.loops.iter())
        .map(|l| LoopState::new(l.header, l.weight, slice))
        .collect()
}

struct Translator<'a> {
    owner: Ref<LoadedModule>,
    function: &'a Function,
    /// Counter that back-edges start with.
    loop_slice: u16,
    draft: Draft,
    /// Instructions with a pool operand and the index of its word.
    pool_users: Vec<(usize, usize)>,
    /// Cells handed out so far.
    cells: usize,
}

impl<'a> Translator<'a> {
    fn new(owner: Ref<LoadedModule>, function: &'a Function, loop_slice: u16) -> Self {
        let cells = function.code.iter().filter(|i| i.op.has_cache()).count();
        Self {
            owner,
            function,
            loop_slice,
            draft: Draft::new(cells),
            pool_users: Vec::new(),
            cells: 0,
        }
    }

    fn run(mut self) -> Draft {
        self.draft.code.reserve_exact(self.function.code.len());
        for &instr in &self.function.code {
            let drafted = self.instr(instr);
            self.draft.code.push(drafted);
        }
        let words = self.draft.pool.len();
        for (at, index) in self.pool_users {
            let cd = pool_displacement(index, words, at);
            let drafted = &mut self.draft.code[at];
            *drafted = drafted.with_cd(cd);
        }
        self.draft
    }

    /// The instruction with operands `a, b` and pool word `word` in `c, d`.
    fn pooled(&mut self, op: ThreadedOp, a: u16, b: u16, word: u64) -> Drafted {
        let index = self.draft.constant(word);
        self.pool_users.push((self.draft.code.len(), index));
        regs(op, a, b, 0)
    }

    /// The instruction with operands `a, b` and its own cell in `c, d`.
    fn celled(&mut self, op: ThreadedOp, a: u16, b: u16) -> Drafted {
        let cell = self.next_cell();
        self.pool_users.push((self.draft.code.len(), cell * WAYS));
        regs(op, a, b, 0)
    }

    fn next_cell(&mut self) -> usize {
        self.cells += 1;
        self.cells - 1
    }

    fn instr(&mut self, i: Instr) -> Drafted {
        let op = ThreadedOp::of(i.op);
        let Instr { a, b, c, .. } = i;
        if let Some(drafted) = self.jump(op, i) {
            return drafted;
        }
        if let Some(drafted) = self.call(op, i) {
            return drafted;
        }
        match i.op {
            Op::LoadI32K => regs(op, a, 0, 0).with_cd(self.int_constant(b)),
            Op::LoadF64 => {
                let bits = self.double_constant(b);
                self.pooled(op, a, 0, bits)
            }
            Op::LoadConst => {
                let word = self.word_constant(b);
                self.pooled(op, a, 0, word)
            }
            Op::LoadUnset => match self.repr_of(a) {
                Repr::F64 => self.pooled(ThreadedOp::LoadRaw, a, 0, UNSET_F64),
                Repr::I32 | Repr::Bool => self.pooled(ThreadedOp::LoadRaw, a, 0, UNSET_I32),
                Repr::Word => regs(op, a, 0, 0),
            },
            Op::CheckSet => {
                let op = match self.repr_of(a) {
                    Repr::F64 => ThreadedOp::CheckSetF64,
                    Repr::I32 | Repr::Bool => ThreadedOp::CheckSetI32,
                    Repr::Word => op,
                };
                let name = self.string(b);
                self.pooled(op, a, 0, name)
            }
            Op::GetGlobal | Op::GetGlobalChecked | Op::SetGlobal => {
                let slot = self.owner.global(GlobalId(b));
                let op = self.global_op(op, self.repr_of(a));
                regs(op, a, 0, 0).with_cd(slot as i32)
            }
            Op::GetStatic | Op::SetStatic => self.static_field(i),
            Op::GetField | Op::GetFieldSet | Op::ReadField => {
                let site = self.owner.field(FieldId(c));
                let op = match (i.op, site.repr) {
                    (Op::ReadField, _) if !site.is_plain() => op,
                    (Op::ReadField, Repr::Word) => ThreadedOp::ReadFieldWord,
                    (Op::ReadField, _) => ThreadedOp::GetField,
                    _ => op,
                };
                regs(op, a, b, 0).with_cd(site.offset as i32)
            }
            Op::SetField | Op::WriteField => {
                let site = self.owner.field(FieldId(b));
                let op = match (site.repr, site.freezable) {
                    _ if i.op == Op::WriteField && !site.is_plain() => op,
                    (Repr::Word, true) => ThreadedOp::SetField,
                    (Repr::Word, false) => ThreadedOp::SetFieldFree,
                    (_, true) => ThreadedOp::SetFieldRaw,
                    (_, false) => ThreadedOp::SetFieldFreeRaw,
                };
                regs(op, a, c, 0).with_cd(site.offset as i32)
            }
            Op::GetCapture => {
                let offset = CLOSURE_CAPTURES as i32 + 8 * c as i32;
                regs(op, a, b, 0).with_cd(offset)
            }
            Op::ArrayPush => {
                let op = match self.repr_of(b) {
                    Repr::F64 => ThreadedOp::ArrayPushF64,
                    Repr::I32 => ThreadedOp::ArrayPushI32,
                    Repr::Bool => ThreadedOp::ArrayPushBool,
                    Repr::Word if self.holds_any(a) => ThreadedOp::ArrayPushSlow,
                    Repr::Word => op,
                };
                regs(op, a, b, 0)
            }
            _ => self.by_operands(op, i),
        }
    }

    /// Operand placement that follows from the operand kinds alone.
    fn by_operands(&mut self, op: ThreadedOp, i: Instr) -> Drafted {
        use OperandKind as K;
        let Instr { a, b, c, .. } = i;
        let owner = self.owner;
        match i.op.operands() {
            [_, _, K::KF] => {
                let bits = self.double_constant(c);
                self.pooled(op, a, b, bits)
            }
            [_, K::SW, K::Type] => self.pooled(op, a, b, owner.desc(TypeId(c)).addr() as u64),
            [_, K::Type, K::SI | K::Imm | K::None] => {
                self.pooled(op, a, c, owner.desc(TypeId(b)).addr() as u64)
            }
            [_, K::Func, K::Base] => self.pooled(op, a, c, owner.func(FuncId(b)).addr() as u64),
            [_, K::Func, K::SW] => self.pooled(op, a, c, owner.func(FuncId(b)).addr() as u64),
            [_, K::Func, K::None] => regs(op, a, 0, 0).with_address(owner.func(FuncId(b)).addr()),
            [_, K::Class, K::None] => {
                regs(op, a, 0, 0).with_address(owner.class(ClassId(b)).addr())
            }
            [K::Class, K::None, K::None] => {
                regs(op, 0, 0, 0).with_address(owner.class(ClassId(a)).addr())
            }
            [_, _, K::Prop] | [_, K::Prop, _] if i.op.has_cache() => self.member_access(op, i),
            [_, _, K::Name] if i.op.has_cache() => self.celled(op, a, b),
            [_, K::Name, K::SW] => self.celled(op, a, c),
            [_, _, K::Name] => {
                let name = self.string(c);
                self.pooled(op, a, b, name)
            }
            [_, K::Name, K::None] => {
                let name = self.string(b);
                self.pooled(op, a, 0, name)
            }
            [_, _, K::Method] => self.pooled(op, a, b, owner.method(MethodId(c)).addr() as u64),
            _ if i.op.has_cache() => {
                let cell = self.next_cell();
                let mut drafted = regs(op, a, b, c);
                drafted.instr.d = u16::try_from(cell).unwrap_or(NO_CELL);
                drafted
            }
            _ => regs(op, a, b, c),
        }
    }

    /// Jumps: where the displacement goes depends on what else the form carries.
    fn jump(&mut self, op: ThreadedOp, i: Instr) -> Option<Drafted> {
        use OperandKind as K;
        let Instr { a, b, c, .. } = i;
        let far = c as i16 as i32 * THREADED_SIZE as i32;
        Some(match i.op.operands() {
            [_, K::Wide, K::WideHi] => {
                let offset = (b as u32 | (c as u32) << 16) as i32;
                regs(op, a, self.loop_slice, 0).with_cd(offset)
            }
            [_, K::KF, K::Jump] => {
                let bits = self.double_constant(b);
                self.pooled(op, a, c, bits)
            }
            [_, _, K::Jump] if i.op.flags().loop_ => {
                let mut drafted = regs(op, a, b, c);
                drafted.instr.d = self.loop_slice;
                drafted
            }
            [_, _, K::Jump] => regs(op, a, b, 0).with_cd(far),
            _ => return None,
        })
    }

    /// Calls: the callee's address or what leads to it, and the site's cell.
    fn call(&mut self, op: ThreadedOp, i: Instr) -> Option<Drafted> {
        let Instr { a, b, c, .. } = i;
        Some(match i.op {
            Op::Call => regs(op, a, 0, 0).with_address(self.owner.func(FuncId(b)).addr()),
            Op::CallMethod | Op::CallSuper => self.method_call(op, i),
            Op::CallClosure => {
                let sig = self.owner.sig(SigId(b)).id;
                // An id that does not fit equals no function's: the slow path compares.
                self.celled(op, a, u16::try_from(sig).unwrap_or(u16::MAX))
            }
            Op::CallProp | Op::CallAnyMethod => self.celled(op, a, c),
            Op::CallAny | Op::NewAny => self.celled(op, a, b),
            _ => return None,
        })
    }

    /// A call through a vtable, or of a known member.
    fn method_call(&mut self, op: ThreadedOp, i: Instr) -> Drafted {
        let site = self.owner.method(MethodId(i.b));
        let entry = u16::try_from(site.index)
            .ok()
            .filter(|_| site.index != NO_INDEX);
        let is_static = site.func.get().is_some();
        if i.op == Op::CallMethod && !is_static {
            return match entry {
                Some(index) => self.celled(op, i.a, index),
                None => self.celled(ThreadedOp::CallMethodSlow, i.a, i.c),
            };
        }
        if i.op == Op::CallMethod {
            self.next_cell();
        }
        // The verifier has seen that the class has such a method.
        let entry = site.entry().unwrap_or_default();
        regs(ThreadedOp::CallCell, i.a, 0, 0).with_address(entry)
    }

    /// A structural read or write: its form follows from the member's representation.
    fn member_access(&mut self, op: ThreadedOp, i: Instr) -> Drafted {
        let Instr { a, b, c, .. } = i;
        let raw = |prop: u16| self.owner.prop(PropId(prop)).repr != Repr::Word;
        if i.op == Op::GetProp {
            let op = if raw(c) { ThreadedOp::GetPropRaw } else { op };
            return self.celled(op, a, b);
        }
        let op = if raw(b) { ThreadedOp::SetPropRaw } else { op };
        self.celled(op, a, c)
    }

    /// Static fields are global slots.
    fn static_field(&mut self, i: Instr) -> Drafted {
        let site = self.owner.field(FieldId(i.b));
        let slot = site.statics.map_or(0, |s| s.slot);
        let op = match i.op {
            Op::GetStatic => ThreadedOp::GetGlobalChecked,
            _ => ThreadedOp::SetGlobal,
        };
        let op = self.global_op(op, site.repr);
        regs(op, i.a, 0, 0).with_cd(slot as i32)
    }

    /// The form of a global access for a representation.
    fn global_op(&self, op: ThreadedOp, repr: Repr) -> ThreadedOp {
        match (op, repr) {
            (ThreadedOp::SetGlobal, Repr::Word) => op,
            (ThreadedOp::SetGlobal, _) => ThreadedOp::SetGlobalRaw,
            (ThreadedOp::GetGlobalChecked, Repr::F64) => ThreadedOp::GetGlobalCheckedF64,
            (ThreadedOp::GetGlobalChecked, Repr::I32 | Repr::Bool) => {
                ThreadedOp::GetGlobalCheckedI32
            }
            _ => op,
        }
    }

    /// Whether a register's array may have any type of elements.
    fn holds_any(&self, reg: u16) -> bool {
        let types = &self.owner.module.types;
        let elem = match types[self.function.regs[reg as usize].index()] {
            TypeDesc::Array(elem) => elem,
            _ => return false,
        };
        matches!(types[elem.index()], TypeDesc::Any)
    }

    fn repr_of(&self, reg: u16) -> Repr {
        self.owner.module.repr(self.function.regs[reg as usize])
    }

    fn double_constant(&self, id: u16) -> u64 {
        match self.owner.module.consts[id as usize] {
            Const::F64(bits) => bits,
            _ => unreachable!("the verifier checks constant kinds"),
        }
    }

    fn int_constant(&self, id: u16) -> i32 {
        match self.owner.module.consts[id as usize] {
            Const::I32(value) => value,
            _ => unreachable!("the verifier checks constant kinds"),
        }
    }

    fn word_constant(&self, id: u16) -> u64 {
        match self.owner.module.consts[id as usize] {
            Const::F64(bits) => Value::number(f64::from_bits(bits)).0,
            Const::I32(value) => Value::int(value).0,
            Const::Str(id) => self.string(id.0),
        }
    }

    fn string(&self, id: u16) -> u64 {
        string(&self.owner, StrId(id))
    }
}

/// A string that translation has made.
pub(crate) fn string(module: &LoadedModule, id: StrId) -> u64 {
    module.strings[id.index()].get().0
}

/// An instruction with three plain operands.
fn regs(op: ThreadedOp, a: u16, b: u16, c: u16) -> Drafted {
    let instr = Threaded {
        a,
        b,
        c,
        ..Threaded::bare(handler(op))
    };
    Drafted { op, instr }
}

/// The portable instruction of a threaded one and the tables that it indexes.
///
/// # Safety
/// `ip` lies in the code of the function of `fp`.
pub(crate) unsafe fn site<'a>(ip: Ip, fp: Fp) -> (&'a LoadedModule, Instr) {
    // SAFETY: the caller's promise; modules live as long as their engine.
    unsafe {
        let func = &*(*fp.sub(1) as *const FuncInfo);
        let (Some(block), Some(owner)) = (CodeBlock::of(func), func.owner.get()) else {
            unreachable!("running code has a block and a module");
        };
        let owner: &LoadedModule = &*owner.as_ptr();
        let pc = block.pc(ip) as usize;
        (owner, owner.module.functions[func.index as usize].code[pc])
    }
}

/// The inline-cache cell with number `d`, or one that nobody has.
///
/// # Safety
/// `d` is the operand of a caching instruction of the function of `fp`.
#[inline(always)]
pub(crate) unsafe fn numbered_cell(d: u16, fp: Fp, cx: Cx) -> *mut u64 {
    // SAFETY: the caller's promise.
    unsafe {
        if d == NO_CELL {
            std::hint::cold_path();
            (*cx).no_cell = [0; WAYS];
            return (&raw mut (*cx).no_cell).cast();
        }
        let func = &*(*fp.sub(1) as *const FuncInfo);
        func.caches.load(Relaxed).add(d as usize * WAYS)
    }
}
