//! Reads of a string's units at an index that a branch has found to be below the length.
//!
//! Forward dataflow over pairs of registers: which register was compared with which
//! and not assigned since. It says nothing about the sign of an index; the range
//! analysis does.

use crate::ir::{BlockId, Func, Inst, Term, VReg};
use crate::passes::facts::Defs;
use raya_bytecode::{Native, Op};
use rustc_hash::FxHashSet;

/// What a comparison of two registers has shown.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Relation {
    Less,
    AtMost,
    Unequal,
}

type Facts = FxHashSet<(Relation, VReg, VReg)>;

/// Whether an instruction is `charCodeAt`.
pub fn is_char_code(inst: &Inst) -> bool {
    inst.op == Op::NativeCall
        && Native::by_id(inst.b as u16).is_some_and(|n| n.name == "string_char_code_at")
}

/// Results of `charCodeAt` whose index is below the length of the string.
pub fn below_length(func: &Func, defs: &Defs, order: &[BlockId]) -> FxHashSet<VReg> {
    let mut found = FxHashSet::default();
    if !(func.blocks.iter().flat_map(|b| &b.insts)).any(is_char_code) {
        return found;
    }
    let mut flow = Flow {
        func,
        defs,
        input: vec![None; func.blocks.len()],
    };
    flow.input[0] = Some(Facts::default());
    let mut again = true;
    while again {
        again = false;
        for &b in order {
            for (to, facts) in flow.walk(b, &mut |_, _| ()) {
                again |= flow.merge(to, facts);
            }
        }
    }
    for &b in order {
        flow.walk(b, &mut |inst, facts| {
            if flow.proves(inst, facts) {
                found.insert(VReg(inst.a));
            }
        });
    }
    found
}

struct Flow<'a> {
    func: &'a Func,
    defs: &'a Defs,
    /// What holds at the start of each block that was reached.
    input: Vec<Option<Facts>>,
}

impl Flow<'_> {
    /// Hands every instruction of a block with what holds before it to `visit`; gives
    /// what holds on the ways out.
    fn walk(&self, b: BlockId, visit: &mut dyn FnMut(&Inst, &Facts)) -> Vec<(BlockId, Facts)> {
        let Some(mut facts) = self.input[b.index()].clone() else {
            return Vec::new();
        };
        let block = &self.func.blocks[b.index()];
        for inst in &block.insts {
            visit(inst, &facts);
            if let Some(d) = inst.def() {
                facts.retain(|&(_, x, y)| x != d && y != d);
            }
        }
        let mut out = Vec::new();
        if let Some(h) = block.handler {
            out.push((self.func.handlers[h.index()].target, Facts::default()));
        }
        if let Some(d) = block.term.def() {
            facts.retain(|&(_, x, y)| x != d && y != d);
        }
        match block.term {
            Term::Branch { op, a, b, yes, no } => {
                for (taken, target) in [(true, yes), (false, no)] {
                    let mut facts = facts.clone();
                    let (a, b) = (self.counted(VReg(a)), self.counted(VReg(b)));
                    facts.extend(shown(op, a, b, taken));
                    out.push((target, facts));
                }
            }
            ref term => term.each_target(|t| out.push((t, facts.clone()))),
        }
        out
    }

    /// Keeps at the start of a block what holds on this way into it as well; tells
    /// whether anything changed.
    fn merge(&mut self, to: BlockId, facts: Facts) -> bool {
        match &mut self.input[to.index()] {
            Some(known) => {
                let before = known.len();
                known.retain(|fact| facts.contains(fact));
                known.len() != before
            }
            empty => {
                *empty = Some(facts);
                true
            }
        }
    }

    /// Whether an instruction reads a unit below the length of its string.
    fn proves(&self, inst: &Inst, facts: &Facts) -> bool {
        if !is_char_code(inst) || !self.defs.single(VReg(inst.a)) {
            return false;
        }
        let &[s, index] = self.func.args(inst.args) else {
            return false;
        };
        facts.iter().any(|&(relation, x, len)| {
            x == self.counted(index)
                && self.length_of(len) == Some(s)
                && match relation {
                    Relation::Less => true,
                    Relation::AtMost => [(x, len), (len, x)]
                        .iter()
                        .any(|&(x, y)| facts.contains(&(Relation::Unequal, x, y))),
                    Relation::Unequal => false,
                }
        })
    }

    /// The integer that a register is the double of, or the register: each test of a loop
    /// converts the length anew.
    fn counted(&self, reg: VReg) -> VReg {
        match self.defs.inst(self.func, reg) {
            Some(made) if made.op == Op::I32ToF64 && self.defs.single(VReg(made.b)) => VReg(made.b),
            _ => reg,
        }
    }

    /// The string whose length a register holds.
    fn length_of(&self, len: VReg) -> Option<VReg> {
        let made = self.defs.inst(self.func, len)?;
        let source = VReg(made.b);
        (made.op == Op::StrLen && self.defs.single(source)).then_some(source)
    }
}

/// What a branch shows about its operands on one of its ways.
fn shown(op: Op, a: VReg, b: VReg, taken: bool) -> Option<(Relation, VReg, VReg)> {
    Some(match (op, taken) {
        (Op::JltF64 | Op::JltI32, true) | (Op::JnltF64, false) => (Relation::Less, a, b),
        (Op::JleF64 | Op::JleI32, true) | (Op::JnleF64, false) => (Relation::AtMost, a, b),
        (Op::JltI32, false) => (Relation::AtMost, b, a),
        (Op::JleI32, false) => (Relation::Less, b, a),
        (Op::JeqF64 | Op::JeqI32, false) | (Op::JneF64 | Op::JneI32, true) => {
            (Relation::Unequal, a, b)
        }
        _ => return None,
    })
}
