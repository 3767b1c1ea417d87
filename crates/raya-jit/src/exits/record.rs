//! Exit records: which interpreter frames an exit stands for.

use raya_bytecode::Repr;
use std::fmt;
use std::sync::atomic::AtomicU32;

/// Marks, in a place that is blocked, that its integers grew beyond 32 bits: no function has
/// that many instructions.
pub const OVERFLOWED: u32 = 1 << 31;

/// Why compiled code leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ExitReason {
    /// An index was not below the length.
    Bounds,
    /// A word was null.
    Null,
    /// A value did not have the expected type.
    Type,
    /// An operand is outside what the fast path computes.
    Number,
    /// An integer in a word of `any` grew beyond 32 bits.
    Overflow,
    /// A variable or field was not set.
    Unset,
    /// The receiver or callee is another one than was observed.
    Target,
    /// The instruction throws.
    Throw,
    /// There is no room for the frames of inlined functions.
    Stack,
    /// The object to be changed was frozen.
    Frozen,
    /// An assumption was dropped while this activation ran.
    Invalid,
}

impl fmt::Display for ExitReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            ExitReason::Bounds => "bounds",
            ExitReason::Null => "null",
            ExitReason::Type => "type",
            ExitReason::Number => "number",
            ExitReason::Overflow => "overflow",
            ExitReason::Unset => "unset",
            ExitReason::Target => "target",
            ExitReason::Throw => "throw",
            ExitReason::Stack => "stack",
            ExitReason::Frozen => "frozen",
            ExitReason::Invalid => "invalid",
        };
        f.write_str(text)
    }
}

/// Where the value of a live register is at the exit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the register's slot of the image, in its machine representation (the upper
    /// bits of narrow ones are undefined).
    Image(Repr),
    /// It is this constant, in register format.
    Const(u64),
}

/// One interpreter frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FrameRecord {
    /// Address of the function's `FuncInfo`.
    pub func: usize,
    /// Slot of its register 0 in the image.
    pub base: u32,
    /// For the innermost frame the instruction to execute next, for the others their
    /// call.
    pub pc: u32,
    /// Live registers.
    pub regs: Vec<(u16, Place)>,
}

/// One exit. Compiled code names it by its site number.
#[derive(Debug)]
pub struct ExitRecord {
    /// The frames, outermost first.
    pub frames: Vec<FrameRecord>,
    /// Why.
    pub reason: ExitReason,
    /// Where the check is: the place in the site table.
    pub site: u32,
    /// How often it was taken.
    pub taken: AtomicU32,
}
