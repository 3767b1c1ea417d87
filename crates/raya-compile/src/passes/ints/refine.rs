//! What an access that did not throw and the ways of a branch say about ranges.

use super::analysis::Analysis;
use super::range::{MAX_LENGTH, Range};
use crate::ir::{Inst, VReg};
use raya_bytecode::Op;

impl Analysis<'_> {
    /// An access that did not throw proves its index.
    pub(super) fn after_access(&mut self, inst: &Inst) {
        let (index, limit) = match inst.op {
            Op::ArrayGetF64 | Op::ArrayGetI32 | Op::ArrayGetBool | Op::ArrayGetW | Op::StrIndex => {
                (VReg(inst.c), MAX_LENGTH - 1)
            }
            Op::ArraySetF64 | Op::ArraySetI32 | Op::ArraySetBool | Op::ArraySetW => {
                (VReg(inst.b), MAX_LENGTH - 1)
            }
            _ => return,
        };
        let proven = Range::new(0, limit);
        let refined = self.now[index.index()].meet(proven);
        if !refined.is_empty() {
            self.now[index.index()] = refined;
        }
        let source = self.indices.iter().find(|(i, _)| *i == index);
        if let Some(&(_, x)) = source {
            let old = self.now[x.index()];
            // The double itself may still have been −0.
            if !old.is_any() {
                let refined = old.meet(proven);
                if !refined.is_empty() {
                    self.now[x.index()] = refined;
                }
            }
        }
    }

    /// Narrows ranges by a branch; false if the way is impossible.
    pub(super) fn refine(&mut self, op: Op, a: u32, b: u32, taken: bool) -> bool {
        let (x, y) = (VReg(a), VReg(b));
        match (op, taken) {
            (Op::JltF64 | Op::JltI32, true) | (Op::JnltF64, false) => self.less(x, y, 1),
            (Op::JleF64 | Op::JleI32, true) | (Op::JnleF64, false) => self.less(x, y, 0),
            (Op::JltF64 | Op::JltI32, false) | (Op::JnltF64, true) => self.less(y, x, 0),
            (Op::JleF64 | Op::JleI32, false) | (Op::JnleF64, true) => self.less(y, x, 1),
            (Op::JeqF64 | Op::JeqI32, true) | (Op::JneF64 | Op::JneI32, false) => self.equal(x, y),
            (Op::JeqF64 | Op::JeqI32, false) | (Op::JneF64 | Op::JneI32, true) => {
                self.unequal(x, y);
                self.unequal(y, x);
                true
            }
            (Op::JumpArrayEnd, false) => {
                let range = self
                    .get(x)
                    .meet(Range::new(i32::MIN.into(), MAX_LENGTH - 1));
                self.put(x, range)
            }
            _ => true,
        }
    }

    fn put(&mut self, reg: VReg, range: Range) -> bool {
        if range.is_empty() {
            return false;
        }
        self.now[reg.index()] = range;
        true
    }

    /// `x + gap <= y`
    fn less(&mut self, x: VReg, y: VReg, gap: i64) -> bool {
        let (a, b) = (self.get(x), self.get(y));
        if a.is_any() || b.is_any() || a.is_empty() || b.is_empty() {
            return true;
        }
        let upper = Range {
            lo: i64::MIN + 1,
            hi: b.hi - gap,
        };
        let lower = Range {
            lo: a.lo + gap,
            hi: i64::MAX - 1,
        };
        self.put(x, a.meet(upper)) && self.put(y, b.meet(lower))
    }

    fn equal(&mut self, x: VReg, y: VReg) -> bool {
        let (a, b) = (self.get(x), self.get(y));
        if a.is_any() || b.is_any() || a.is_empty() || b.is_empty() {
            return true;
        }
        let both = a.meet(b);
        self.put(x, both) && self.put(y, both)
    }

    fn unequal(&mut self, x: VReg, y: VReg) {
        let (a, b) = (self.get(x), self.get(y));
        let (false, false, Some(v)) = (a.is_any(), a.is_empty(), b.single()) else {
            return;
        };
        let mut range = a;
        if range.lo == v {
            range.lo += 1;
        } else if range.hi == v {
            range.hi -= 1;
        }
        self.put(x, range);
    }
}
