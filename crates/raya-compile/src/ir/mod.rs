//! The intermediate representation: one function as a control-flow graph of basic
//! blocks over typed virtual registers.
//!
//! Instructions are the bytecode's own operations with virtual registers in place
//! of frame slots, so operand kinds, effects and meanings come from the one opcode
//! list. What the bytecode encodes in frame layout stays abstract here: a call has
//! an argument list instead of a window, a jump names a block.
//!
//! Not SSA: a source variable is one virtual register with many definitions, a
//! temporary has exactly one. Must not know: the source language, frame slots.
//!
//! Invariant: parameters (hidden ones first) are the registers `0..params`; a
//! block's handler, if any, may be entered from every point of that block.

pub mod analysis;
pub mod display;
pub mod liveness;

use raya_bytecode::{FuncFlags, Op, Receiver, Repr, SigId, StrId, TypeId};

/// A virtual register.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct VReg(pub u32);

/// A basic block of a [`Func`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId(pub u32);

/// An exception handler of a [`Func`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct HandlerId(pub u32);

macro_rules! indexed {
    ($($t:ident),*) => {$(
        impl $t {
            /// As an index.
            #[inline]
            pub const fn index(self) -> usize {
                self.0 as usize
            }
        }
    )*};
}
indexed!(VReg, BlockId, HandlerId);

/// A source position: byte offset in the file of the function it belongs to, and
/// the chain of inlined calls ([`Func::inlined`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct At {
    /// Byte offset.
    pub offset: u32,
    /// Index into [`Func::inlined`].
    pub inline: u16,
}

/// A range of [`Func::pool`]: the arguments of a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct Args {
    /// First entry.
    pub start: u32,
    /// Number of entries.
    pub len: u32,
}

/// An instruction. `a`, `b`, `c` are what the opcode's operand kinds say; register
/// operands are virtual registers. Operations with a window have their result in
/// `a` and their arguments in `args`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Inst {
    /// The operation.
    pub op: Op,
    /// First operand.
    pub a: u32,
    /// Second operand.
    pub b: u32,
    /// Third operand.
    pub c: u32,
    /// Window contents of calls, captures, parts of a concatenation.
    pub args: Args,
    /// Where it comes from.
    pub at: At,
}

/// How a block ends.
#[derive(Clone, Debug, PartialEq)]
pub enum Term {
    /// Go on with a block.
    Jump(BlockId),
    /// A conditional jump: `op` is a branching opcode that is no back-edge.
    Branch {
        /// The operation; its third operand is the jump.
        op: Op,
        /// First operand.
        a: u32,
        /// Second operand.
        b: u32,
        /// Where the jump goes.
        yes: BlockId,
        /// Where it falls through.
        no: BlockId,
    },
    /// A jump table over 0, 1, ….
    Table {
        /// The index, an i32.
        index: VReg,
        /// Targets in order.
        targets: Box<[BlockId]>,
        /// Where other indices go.
        default: BlockId,
    },
    /// `Ret`, `RetVoid`, `Throw` or `Rethrow` of register `a`.
    Exit {
        /// The operation.
        op: Op,
        /// The value, where the operation has one.
        a: u32,
    },
    /// Never reached; left by construction, gone after clean-up.
    Unreachable,
}

/// A basic block.
#[derive(Clone, Debug)]
pub struct Block {
    /// Instructions in order.
    pub insts: Vec<Inst>,
    /// How it ends.
    pub term: Term,
    /// Position of the terminator.
    pub at: At,
    /// Handler of the innermost `try` around it.
    pub handler: Option<HandlerId>,
    /// Seldom executed: placed last.
    pub cold: bool,
}

/// An exception handler.
#[derive(Clone, Copy, Debug)]
pub struct HandlerInfo {
    /// First block of the handler.
    pub target: BlockId,
    /// Register (of type any) that receives the thrown value.
    pub reg: VReg,
    /// The handler around it.
    pub parent: Option<HandlerId>,
}

/// A virtual register's declaration.
#[derive(Clone, Copy, Debug)]
pub struct RegInfo {
    /// Declared type.
    pub ty: TypeId,
    /// Representation that follows from it.
    pub repr: Repr,
    /// A source variable: may be defined more than once.
    pub variable: bool,
}

/// A function that was inlined.
#[derive(Clone, Copy, Debug)]
pub struct Inlined {
    /// Its name.
    pub name: StrId,
    /// Place of the call, in the parent's chain.
    pub call: At,
    /// Index of the source file that offsets of this chain refer to.
    pub file: u32,
    /// Whether it belongs to the built-in library.
    pub builtin: bool,
}

/// A function.
#[derive(Clone, Debug)]
pub struct Func {
    /// Name for traces.
    pub name: StrId,
    /// Name for errors about its arguments.
    pub qualified: StrId,
    /// Names of the declared parameters, or none.
    pub param_names: Vec<StrId>,
    /// What the first registers hold.
    pub receiver: Receiver,
    /// Signature.
    pub sig: SigId,
    /// Result type.
    pub ret: TypeId,
    /// Number of hidden and declared parameters.
    pub params: u32,
    /// Virtual registers.
    pub regs: Vec<RegInfo>,
    /// Blocks; 0 is the entry.
    pub blocks: Vec<Block>,
    /// Arguments of calls.
    pub pool: Vec<VReg>,
    /// Exception handlers; a parent comes before its children.
    pub handlers: Vec<HandlerInfo>,
    /// Types of captures.
    pub captures: Vec<TypeId>,
    /// Inlined calls; 0 is the function itself.
    pub inlined: Vec<Inlined>,
    /// Facts for the runtime.
    pub flags: FuncFlags,
}

impl Inst {
    /// An instruction without arguments.
    pub const fn new(op: Op, a: u32, b: u32, c: u32, at: At) -> Self {
        Self {
            op,
            a,
            b,
            c,
            args: Args { start: 0, len: 0 },
            at,
        }
    }

    /// The register it writes.
    #[inline]
    pub fn def(&self) -> Option<VReg> {
        has_result(self.op).then_some(VReg(self.a))
    }

    /// Calls `f` for every register that it reads.
    #[inline]
    pub fn each_use(&self, pool: &[VReg], mut f: impl FnMut(VReg)) {
        let usage = self.op.usage();
        if usage.reads(0) {
            f(VReg(self.a));
        }
        if usage.reads(1) {
            f(VReg(self.b));
        }
        if usage.reads(2) {
            f(VReg(self.c));
        }
        let start = self.args.start as usize;
        for &reg in &pool[start..start + self.args.len as usize] {
            f(reg);
        }
    }

    /// Replaces every register that it only reads.
    #[inline]
    pub fn map_uses(&mut self, pool: &mut [VReg], mut f: impl FnMut(VReg) -> VReg) {
        let usage = self.op.usage();
        if usage.only_reads(0) {
            self.a = f(VReg(self.a)).0;
        }
        if usage.only_reads(1) {
            self.b = f(VReg(self.b)).0;
        }
        if usage.only_reads(2) {
            self.c = f(VReg(self.c)).0;
        }
        let start = self.args.start as usize;
        for reg in &mut pool[start..start + self.args.len as usize] {
            *reg = f(*reg);
        }
    }

    /// Whether nothing is lost when the result is not used.
    pub fn removable(&self) -> bool {
        // Allocations that nobody sees, which do not fail for want of memory then, and
        // comparisons that may only collect (flattening of strings).
        let harmless = matches!(
            self.op,
            Op::NewObject
                | Op::MakeClosure
                | Op::CloneClosure
                | Op::NewArrayCap
                | Op::GetFunction
                | Op::GetClass
                | Op::EqStr
                | Op::LtStr
                | Op::LeStr
                | Op::StrictEq
                | Op::StrCharCode
                | Op::StrUnit
        );
        (self.op.flags().pure || harmless) && has_result(self.op)
    }
}

/// Whether `a` is a register that the operation writes.
#[inline]
pub const fn has_result(op: Op) -> bool {
    op.usage().has_result()
}

impl Term {
    /// The blocks that control may go to, handlers apart.
    pub fn each_target(&self, mut f: impl FnMut(BlockId)) {
        match self {
            Term::Jump(target) => f(*target),
            Term::Branch { yes, no, .. } => {
                f(*yes);
                f(*no);
            }
            Term::Table {
                targets, default, ..
            } => {
                targets.iter().for_each(|&t| f(t));
                f(*default);
            }
            Term::Exit { .. } | Term::Unreachable => {}
        }
    }

    /// Replaces every target.
    pub fn map_targets(&mut self, mut f: impl FnMut(BlockId) -> BlockId) {
        match self {
            Term::Jump(target) => *target = f(*target),
            Term::Branch { yes, no, .. } => {
                *yes = f(*yes);
                *no = f(*no);
            }
            Term::Table {
                targets, default, ..
            } => {
                targets.iter_mut().for_each(|t| *t = f(*t));
                *default = f(*default);
            }
            Term::Exit { .. } | Term::Unreachable => {}
        }
    }

    /// Calls `f` for every register that it reads.
    pub fn each_use(&self, mut f: impl FnMut(VReg)) {
        match self {
            Term::Branch { op, a, b, .. } => {
                let usage = op.usage();
                if usage.reads(0) {
                    f(VReg(*a));
                }
                if usage.reads(1) {
                    f(VReg(*b));
                }
            }
            Term::Table { index, .. } => f(*index),
            Term::Exit { op, a } if op.usage().reads(0) => f(VReg(*a)),
            _ => {}
        }
    }

    /// Replaces every register that it reads.
    pub fn map_uses(&mut self, mut f: impl FnMut(VReg) -> VReg) {
        match self {
            Term::Branch { op, a, b, .. } => {
                let usage = op.usage();
                if usage.only_reads(0) {
                    *a = f(VReg(*a)).0;
                }
                if usage.only_reads(1) {
                    *b = f(VReg(*b)).0;
                }
            }
            Term::Table { index, .. } => *index = f(*index),
            Term::Exit { op, a } if op.usage().reads(0) => *a = f(VReg(*a)).0,
            _ => {}
        }
    }

    /// The register that it writes on the way to its fall-through (`IterNext`).
    pub fn def(&self) -> Option<VReg> {
        match self {
            Term::Branch { op, a, .. } if op.operands()[0].is_dest() => Some(VReg(*a)),
            _ => None,
        }
    }

    /// Whether it may leave a pending exception.
    pub fn throws(&self) -> bool {
        match self {
            Term::Branch { op, .. } | Term::Exit { op, .. } => op.flags().throws,
            _ => false,
        }
    }
}

impl Func {
    /// A register of a type.
    pub fn new_reg(&mut self, ty: TypeId, repr: Repr, variable: bool) -> VReg {
        let reg = VReg(self.regs.len() as u32);
        self.regs.push(RegInfo { ty, repr, variable });
        reg
    }

    /// An empty block without an end.
    pub fn new_block(&mut self, handler: Option<HandlerId>) -> BlockId {
        let id = BlockId(self.blocks.len() as u32);
        self.blocks.push(Block {
            insts: Vec::new(),
            term: Term::Unreachable,
            at: At::default(),
            handler,
            cold: false,
        });
        id
    }

    /// Puts arguments into the pool.
    pub fn new_args(&mut self, args: impl IntoIterator<Item = VReg>) -> Args {
        let start = self.pool.len() as u32;
        self.pool.extend(args);
        Args {
            start,
            len: self.pool.len() as u32 - start,
        }
    }

    /// The arguments of an instruction.
    pub fn args(&self, args: Args) -> &[VReg] {
        let start = args.start as usize;
        &self.pool[start..start + args.len as usize]
    }

    /// The declaration of a register.
    #[inline]
    pub fn reg(&self, reg: VReg) -> &RegInfo {
        &self.regs[reg.index()]
    }

    /// Calls `f` for every block that control may go to from `block`, its
    /// handlers included.
    pub fn each_successor(&self, block: BlockId, mut f: impl FnMut(BlockId)) {
        let b = &self.blocks[block.index()];
        b.term.each_target(&mut f);
        let mut handler = b.handler;
        // Only the innermost handler is entered; outer ones are reached from it.
        if let Some(id) = handler.take() {
            f(self.handlers[id.index()].target);
        }
    }
}
