//! Which registers and which program counters an instruction refers to.
//!
//! Everything is derived from the operand kinds of the opcode list; only argument
//! windows need to be spelled out.

use raya_bytecode::{FRAME_HEADER, FuncId, Function, Instr, Module, Op, OperandKind};

/// A function and the module whose tables its operands index.
#[derive(Clone, Copy, Debug)]
pub struct Code<'a> {
    /// The module.
    pub module: &'a Module,
    /// The function.
    pub func: &'a Function,
}

impl<'a> Code<'a> {
    /// A function of a module.
    pub fn of(module: &'a Module, id: FuncId) -> Code<'a> {
        let func = &module.functions[id.index()];
        Code { module, func }
    }
}

/// The registers of an argument window: `first .. first + len`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Window {
    /// First argument register.
    pub first: u16,
    /// Number of arguments.
    pub len: u16,
}

impl Window {
    /// The registers.
    pub fn regs(self) -> impl Iterator<Item = u16> {
        self.first..self.first.saturating_add(self.len)
    }
}

/// The window that a call reads its arguments from; `None` when it is not a call.
/// Counts of typed calls include the receiver or function value, those of `any` calls
/// do not.
pub fn window(ins: Instr) -> Option<Window> {
    let args = ins.a.saturating_add(FRAME_HEADER);
    let (first, len) = match ins.op {
        Op::Call | Op::CallSuper | Op::CallMethod | Op::CallClosure | Op::CallProp => (args, ins.c),
        Op::CallAny | Op::NewAny => (args, ins.b.saturating_add(1)),
        Op::CallAnyMethod => (args, ins.c.saturating_add(1)),
        Op::CallSpread | Op::NewSpread => (args, 2),
        Op::NativeCall => (ins.a.saturating_add(1), ins.c),
        _ => return None,
    };
    Some(Window { first, len })
}

/// Calls `f` with every register that the instruction reads.
pub fn for_each_read(code: Code<'_>, ins: Instr, mut f: impl FnMut(u16)) {
    for (kind, value) in ins.op.operands().into_iter().zip(ins.operands()) {
        if kind.is_source() {
            f(value);
        }
    }
    if let Some(w) = window(ins) {
        w.regs().for_each(&mut f);
    }
    match ins.op {
        Op::StrConcatN => (ins.b..ins.b.saturating_add(ins.c)).for_each(f),
        Op::MakeClosure => {
            let n = code.module.functions[ins.b as usize].captures.len() as u16;
            (ins.c..ins.c.saturating_add(n)).for_each(f);
        }
        _ => {}
    }
}

/// The register that holds the instruction's result, if it has one.
pub fn dest(ins: Instr) -> Option<u16> {
    if window(ins).is_some() {
        return Some(ins.a);
    }
    let kinds = ins.op.operands();
    kinds
        .into_iter()
        .zip(ins.operands())
        .find_map(|(k, v)| k.is_dest().then_some(v))
}

/// The registers that a call leaves undefined beside its result: header and arguments.
pub fn clobbered(ins: Instr) -> std::ops::Range<u16> {
    match window(ins) {
        Some(w) => ins.a.saturating_add(1)..w.first.saturating_add(w.len),
        None => 0..0,
    }
}

/// Where the instruction at `pc` may go without an exception.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Flow {
    /// To the next instruction only.
    Next,
    /// To the target only.
    Jump(u32),
    /// To the target or on.
    Branch(u32),
    /// To one of the targets or, past them, to the last.
    Table(Vec<u32>),
    /// Nowhere.
    End,
}

/// Control flow of the instruction at `pc`.
pub fn flow(func: &Function, pc: u32) -> Flow {
    let ins = func.code[pc as usize];
    let flags = ins.op.flags();
    if ins.op == Op::JumpTable {
        return Flow::Table((0..=ins.b as u32).map(|i| pc + 1 + i).collect());
    }
    if matches!(ins.op, Op::JumpWide | Op::LoopWide) {
        let offset = (ins.b as u32 | (ins.c as u32) << 16) as i32;
        return Flow::Jump(pc.wrapping_add_signed(offset));
    }
    let kinds = ins.op.operands();
    let target = kinds
        .into_iter()
        .zip(ins.operands())
        .find(|(k, _)| *k == OperandKind::Jump)
        .map(|(_, v)| pc.wrapping_add_signed(v as i16 as i32));
    match target {
        Some(t) if flags.jump => Flow::Jump(t),
        Some(t) => Flow::Branch(t),
        None if flags.ret || flags.jump => Flow::End,
        None => Flow::Next,
    }
}

/// Index of the handler that covers `pc`: the innermost is first in the list.
pub fn handler_of(func: &Function, pc: u32) -> Option<usize> {
    func.handlers
        .iter()
        .position(|h| h.start <= pc && pc < h.end)
}
