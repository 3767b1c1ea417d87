//! Windows: the runs of consecutive slots that calls, closures and concatenations
//! take their arguments from.
//!
//! Decides which registers can live directly in a window: an argument that is read
//! only there and dead afterwards, a result with one definition. What cannot is
//! moved by the emitter just before or after the instruction.

use super::intervals::Intervals;
use crate::ir::{Args, BlockId, Func, VReg, has_result};
use raya_bytecode::{FRAME_HEADER, Op, OperandKind, TypeId};
use rustc_hash::FxHashSet;

/// The shape of an operation's window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Result at the base, a frame header, then arguments.
    Call,
    /// Result at the base, then arguments.
    Native,
    /// Arguments only; the result is an ordinary register.
    Pack,
}

/// The window shape of an operation, if it has one.
pub fn shape(op: Op) -> Option<Shape> {
    let kinds = op.operands();
    match op {
        Op::NativeCall => Some(Shape::Native),
        _ if matches!(kinds[0], OperandKind::Base) => Some(Shape::Call),
        _ if kinds.contains(&OperandKind::Base) => Some(Shape::Pack),
        _ => None,
    }
}

impl Shape {
    /// Slots between the base and the first argument.
    pub const fn offset(self) -> u32 {
        match self {
            Shape::Call => FRAME_HEADER as u32,
            Shape::Native => 1,
            Shape::Pack => 0,
        }
    }
}

/// A window of one instruction.
#[derive(Clone, Debug)]
pub struct Window {
    /// Its shape.
    pub shape: Shape,
    /// Its arguments.
    pub args: Args,
    /// Index of the instruction in the layout.
    pub at: u32,
    /// The register that receives the result, if the window holds it.
    pub result: Option<VReg>,
    /// Whether the result register lives at the base.
    pub result_inside: bool,
    /// Window and argument position that the result is pinned to.
    pub outer: Option<(u32, u32)>,
    /// First slot, once allocated.
    pub base: Option<u32>,
}

/// How long an argument may wait in its window for the call, in points. Longer ones
/// would keep whole windows reserved for the sake of one move.
const MAX_WAIT: u32 = 400;

/// Something about some of a function's registers; empty if there are no windows.
#[derive(Clone, Debug)]
pub struct RegMap<T>(Vec<Option<T>>);

impl<T: Copy> RegMap<T> {
    fn new(regs: usize) -> Self {
        Self(vec![None; regs])
    }

    /// What is known about a register.
    #[inline]
    pub fn get(&self, reg: VReg) -> Option<T> {
        self.0.get(reg.index()).copied().flatten()
    }

    /// Whether anything is.
    #[inline]
    pub fn contains(&self, reg: VReg) -> bool {
        self.get(reg).is_some()
    }

    fn insert(&mut self, reg: VReg, value: T) {
        self.0[reg.index()] = Some(value);
    }

    /// Forgets it.
    pub fn remove(&mut self, reg: VReg) -> Option<T> {
        self.0.get_mut(reg.index())?.take()
    }
}

/// All windows of a function.
#[derive(Clone, Debug)]
pub struct Windows {
    /// In layout order.
    pub list: Vec<Window>,
    /// Where an argument register lives: window and position.
    pub pinned: RegMap<(u32, u32)>,
    /// Window whose base a result register lives at.
    pub results: RegMap<u32>,
}

impl Windows {
    /// Collects the windows and pins what can live in them.
    pub fn new(func: &Func, layout: &[BlockId], intervals: &Intervals) -> Self {
        let mut this = Self {
            list: Vec::new(),
            pinned: RegMap::new(0),
            results: RegMap::new(0),
        };
        let caught: FxHashSet<VReg> = func.handlers.iter().map(|h| h.reg).collect();
        for &block in layout {
            let start = intervals.block_start[block.index()];
            for (i, inst) in func.blocks[block.index()].insts.iter().enumerate() {
                let Some(shape) = shape(inst.op) else {
                    continue;
                };
                let id = this.list.len() as u32;
                let at = start + i as u32;
                let inside = shape != Shape::Pack && has_result(inst.op);
                let result = inside.then_some(VReg(inst.a));
                if id == 0 {
                    this.pinned = RegMap::new(func.regs.len());
                    this.results = RegMap::new(func.regs.len());
                }
                this.list.push(Window {
                    shape,
                    args: inst.args,
                    at,
                    result,
                    result_inside: false,
                    outer: None,
                    base: None,
                });
                this.pin_arguments(func, id, intervals, &caught);
            }
        }
        this.pin_results(func, intervals);
        this
    }

    fn pin_arguments(
        &mut self,
        func: &Func,
        id: u32,
        intervals: &Intervals,
        caught: &FxHashSet<VReg>,
    ) {
        let window = &self.list[id as usize];
        let point = 2 * window.at;
        let args = func.args(window.args);
        for (i, &arg) in args.iter().enumerate() {
            let interval = intervals.list[arg.index()];
            // Dead after the call, and passed once: what reads it before finds it there.
            let last = interval.end == point && !args[..i].contains(&arg);
            let near = intervals.uses[arg.index()] == 1 || point - interval.start <= MAX_WAIT;
            if last && near && arg.0 >= func.params && !caught.contains(&arg) {
                self.pinned.insert(arg, (id, i as u32));
            }
        }
    }

    fn pin_results(&mut self, func: &Func, intervals: &Intervals) {
        for id in 0..self.list.len() {
            let Some(result) = self.list[id].result else {
                continue;
            };
            if intervals.defs[result.index()] != 1 || result.0 < func.params {
                continue;
            }
            self.list[id].result_inside = true;
            self.list[id].outer = self.pinned.get(result);
            self.results.insert(result, id as u32);
        }
    }

    /// Makes a register an ordinary one: it is moved into and out of windows.
    pub fn release(&mut self, reg: VReg) {
        self.pinned.remove(reg);
        if let Some(id) = self.results.remove(reg) {
            let w = &mut self.list[id as usize];
            w.result_inside = false;
            w.outer = None;
        }
    }

    /// The type that a slot of a window must have; none for the frame header.
    pub fn slot_type(&self, func: &Func, id: u32, slot: u32) -> Option<TypeId> {
        let w = &self.list[id as usize];
        if let Some(i) = slot.checked_sub(w.shape.offset()) {
            return Some(func.reg(func.args(w.args)[i as usize]).ty);
        }
        (slot == 0).then(|| w.result.map(|r| func.reg(r).ty))?
    }

    /// Number of slots of a window.
    pub fn len(&self, id: u32) -> u32 {
        let w = &self.list[id as usize];
        w.shape.offset() + w.args.len
    }
}
