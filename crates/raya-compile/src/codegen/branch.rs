//! Forms of conditional jumps: inverses and back-edge forms.

use raya_bytecode::Op;

/// A conditional jump without its target.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cond {
    /// The jump.
    pub op: Op,
    /// First operand.
    pub a: u32,
    /// Second operand.
    pub b: u32,
}

impl Cond {
    /// The jump on the opposite condition, if one instruction expresses it.
    pub fn inverse(self) -> Option<Cond> {
        use Op::*;
        let op = match self.op {
            JumpTrue => JumpFalse,
            JumpFalse => JumpTrue,
            JumpNull => JumpNotNull,
            JumpNotNull => JumpNull,
            JltF64 => JnltF64,
            JnltF64 => JltF64,
            JleF64 => JnleF64,
            JnleF64 => JleF64,
            JeqF64 => JneF64,
            JneF64 => JeqF64,
            JltF64K => JnltF64K,
            JnltF64K => JltF64K,
            JleF64K => JnleF64K,
            JnleF64K => JleF64K,
            JgtF64K => JngtF64K,
            JngtF64K => JgtF64K,
            JgeF64K => JngeF64K,
            JngeF64K => JgeF64K,
            JeqF64K => JneF64K,
            JneF64K => JeqF64K,
            JeqI32 => JneI32,
            JneI32 => JeqI32,
            JltI32I => JgeI32I,
            JgeI32I => JltI32I,
            JleI32I => JgtI32I,
            JgtI32I => JleI32I,
            JeqI32I => JneI32I,
            JneI32I => JeqI32I,
            JeqRef => JneRef,
            JneRef => JeqRef,
            JltI32 | JleI32 => {
                let op = if self.op == JltI32 { JleI32 } else { JltI32 };
                let (a, b) = (self.b, self.a);
                return Some(Cond { op, a, b });
            }
            _ => return None,
        };
        Some(Cond { op, ..self })
    }

    /// The form that polls, if one instruction expresses it.
    pub fn back_edge(self) -> Option<Cond> {
        use Op::*;
        let bump = |op: Op| {
            let next = (self.b as i32).checked_add(1)?;
            i16::try_from(next).ok()?;
            Some(Cond {
                op,
                a: self.a,
                b: next as u32,
            })
        };
        let op = match self.op {
            JumpTrue => LoopTrue,
            JltF64 => LoopLtF64,
            JleF64 => LoopLeF64,
            JltI32 => LoopLtI32,
            JleI32 => LoopLeI32,
            JltI32I => LoopLtI32I,
            JgeI32I => LoopGeI32I,
            JleI32I => return bump(LoopLtI32I),
            JgtI32I => return bump(LoopGeI32I),
            _ => return None,
        };
        Some(Cond { op, ..self })
    }

    /// The form that adds one to `a` first.
    pub fn increment(op: Op) -> Option<Op> {
        match op {
            Op::LoopLtI32 => Some(Op::LoopIncLt),
            Op::LoopLeI32 => Some(Op::LoopIncLe),
            Op::LoopLtI32I => Some(Op::LoopIncLtI),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn inverse_twice_is_the_same() {
        for &op in Op::ALL {
            let cond = Cond { op, a: 1, b: 2 };
            if let Some(inverse) = cond.inverse() {
                assert_eq!(inverse.inverse(), Some(cond), "{}", op.name());
            }
        }
    }
}
