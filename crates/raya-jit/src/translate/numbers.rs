//! Numbers in registers of `any`, kept unboxed around loops and over joins.
//!
//! Beside the variable of such a register, which holds a word, stand one for the double and one
//! for the integer in it, defined wherever the word is and it is known to be a number. Where
//! control joins and the analysis says that all ways bring a number, the word is made anew from
//! what these variables hold: nothing computes it unless something, mostly an exit, needs it.

use super::Translator;
use super::lower::{box_double, integer, is_length_read, known_double, known_int, require_double};
use crate::analysis::numbers::{Kind, Numbers, Rules, State, constants, step};
use crate::analysis::{Analysis, NodeId, operands};
use crate::error::JitError;
use crate::exits::record::{ExitReason, OVERFLOWED};
use cranelift_codegen::ir::InstBuilder;
use cranelift_codegen::ir::types::{F64, I32};
use cranelift_frontend::Variable;
use raya_bytecode::{Instr, Repr};

/// The variables beside that of a register.
#[derive(Clone, Copy, Debug)]
pub struct Unboxed {
    double: Variable,
    int: Variable,
}

/// How the innermost frame is lowered.
struct Lowering<'t, 'a> {
    t: &'t Translator<'a>,
}

impl Rules for Lowering<'_, '_> {
    fn only_numbers(&self, pc: u32) -> bool {
        self.t.only_numbers(pc)
    }

    fn stays_int(&self, pc: u32) -> bool {
        self.t.stays_int(pc)
    }

    fn is_length(&self, pc: u32) -> bool {
        is_length_read(self.t, pc)
    }
}

impl Translator<'_> {
    /// Whether the operator at this place of the innermost function has met nothing but numbers,
    /// and its check did not fail often: it leaves for everything else.
    pub(super) fn only_numbers(&self, pc: u32) -> bool {
        self.frame().snapshot.first_word(pc) == Some(0) && !self.is_blocked_at(pc)
    }

    /// Whether sums of integers at this place leave where they are beyond 32 bits, instead of
    /// becoming doubles.
    pub(super) fn stays_int(&self, pc: u32) -> bool {
        !self.is_blocked_at(pc | OVERFLOWED)
    }

    /// Finds what numbers the innermost function keeps, given its registers at its entry.
    pub(super) fn find_numbers(&mut self, entry: &[Kind]) {
        let frame = self.frame();
        let graph = (&frame.analysis.graph, &frame.analysis.loops);
        let rules = Lowering { t: self };
        let numbers = Numbers::find(frame.snapshot.code(), graph, entry, &rules);
        self.frame_mut().numbers = numbers;
    }

    /// What a loop header's registers hold whenever control comes to it through the function's
    /// ordinary entry.
    fn numbers_at_header(&self, header: u32) -> Option<State> {
        if self.is_blocked_at(header) {
            return None;
        }
        let code = self.frame().snapshot.code();
        let analysis = Analysis::new(code, None);
        let entry = vec![Kind::Any; code.func.regs.len()];
        let graph = (&analysis.graph, &analysis.loops);
        let numbers = Numbers::find(code, graph, &entry, &Lowering { t: self });
        let mut nodes = (0..).zip(&analysis.graph.nodes);
        let (n, _) = nodes.find(|(_, node)| node.start == header)?;
        Some(numbers.at(NodeId(n)).to_vec())
    }

    /// At an entry in the middle, at `header`: leaves unless the registers hold what they would
    /// if control had come the ordinary way. Gives their kinds.
    pub(super) fn expect_numbers(&mut self, header: u32) -> State {
        let entry = self.frame().analysis.graph.entry;
        let func = self.frame().func();
        let mut kinds = vec![Kind::Any; func.regs.len()];
        // What a parameter held at first was written by nobody.
        let params = self.job.snapshot.interface.params.len();
        let constants = constants(func);
        let expected = self.numbers_at_header(header).unwrap_or_default();
        let live: Vec<usize> = self.frame().analysis.live.at_start(entry).iter().collect();
        for r in live {
            let expected = expected.get(r).copied().unwrap_or(Kind::Any);
            match (self.repr(r as u16), constants[r].filter(|_| r >= params)) {
                (Repr::F64, Some(n)) => {
                    let x = self.double_const(n.into());
                    self.define(r as u16, x);
                    kinds[r] = Kind::Int;
                }
                (Repr::Word, _) if matches!(expected, Kind::Int | Kind::Double) => {
                    self.expect_number(r as u16, expected, entry);
                    kinds[r] = expected;
                }
                _ => {}
            }
        }
        let facts = self.facts.clone();
        self.frame_mut().facts_in = facts;
        kinds
    }

    /// Leaves to the start of a node unless a register holds a number of that kind.
    fn expect_number(&mut self, r: u16, kind: Kind, entry: NodeId) {
        let w = self.raw(r);
        let exit = self.exit_to(ExitReason::Number, entry);
        let x = require_double(self, w, exit);
        self.facts.add_double(w, x);
        if kind == Kind::Int {
            let (n, exact) = integer(self, x);
            self.require(exact, exit);
            self.facts.add_whole(x, n);
        }
        self.note_number(r);
    }

    /// The kinds of the parameters of a function that is inlined, whose registers were set.
    pub(super) fn parameter_numbers(&mut self, count: usize) -> State {
        let mut kinds = vec![Kind::Any; self.frame().func().regs.len()];
        for r in 0..count as u16 {
            if self.repr(r) == Repr::Word {
                kinds[r as usize] = self.note_number(r);
            }
        }
        kinds
    }

    /// Defines the variables beside a register as far as its word is known to be a number.
    pub(super) fn note_number(&mut self, r: u16) -> Kind {
        let w = self.raw(r);
        let Some(x) = known_double(self, w) else {
            return Kind::Any;
        };
        let beside = self.unboxed_variables(r);
        self.b.def_var(beside.double, x);
        match known_int(self, x) {
            Some(n) => {
                self.b.def_var(beside.int, n);
                Kind::Int
            }
            None => Kind::Double,
        }
    }

    fn unboxed_variables(&mut self, r: u16) -> Unboxed {
        if let Some(&known) = self.frame().unboxed.get(&r) {
            return known;
        }
        let made = Unboxed {
            double: self.b.declare_var(F64),
            int: self.b.declare_var(I32),
        };
        self.frame_mut().unboxed.insert(r, made);
        made
    }

    /// At the start of a node where ways join: gives the registers that hold numbers on all of
    /// them, and whose words may differ, words made from these.
    pub(super) fn join_numbers(&mut self, n: NodeId) {
        let frame = self.frame();
        let kinds = frame.numbers.at(n);
        let mut joined: Vec<(u16, Kind)> = (frame.analysis.live.at_start(n).iter())
            .filter(|r| matches!(kinds[*r], Kind::Int | Kind::Double))
            .map(|r| (r as u16, kinds[r]))
            .collect();
        if joined.is_empty() {
            return;
        }
        let written = match frame.analysis.loops.headed_by(n) {
            Some(l) => frame.analysis.loops[l].modified.clone(),
            None => frame.analysis.written_on_the_way(frame.func(), n),
        };
        joined.retain(|(r, _)| written.contains(*r as usize));
        for (r, kind) in joined {
            if self.repr(r) != Repr::Word {
                if let Some(n) = self.frame().numbers.constants[r as usize] {
                    let x = self.double_const(n.into());
                    self.define(r, x);
                }
                continue;
            }
            let beside = self.unboxed_variables(r);
            let x = if kind == Kind::Int {
                let int = self.b.use_var(beside.int);
                let x = self.b.ins().fcvt_from_sint(F64, int);
                self.facts.add_whole(x, int);
                self.b.def_var(beside.double, x);
                x
            } else {
                self.b.use_var(beside.double)
            };
            let w = box_double(self, x);
            self.define(r, w);
        }
    }

    /// Follows the analysis over an instruction that was lowered, and defines the variables
    /// beside its result. The result is what the analysis took it for, or the code would read
    /// variables that nobody defined.
    pub(super) fn follow_numbers(&mut self, pc: u32, ins: Instr) -> Result<(), JitError> {
        let mut state = std::mem::take(&mut self.frame_mut().state);
        step(&mut state, pc, ins, &Lowering { t: self });
        let dest = operands::dest(ins).filter(|d| self.repr(*d) == Repr::Word);
        let mut result = Ok(());
        if let Some(d) = dest.filter(|_| !self.ended) {
            let (found, promised) = (self.note_number(d), state[d as usize]);
            if found > promised {
                let what = format!("r{d} is {found:?} at {pc} where {promised:?} was expected");
                result = Err(JitError::Malformed(what));
            }
        }
        self.frame_mut().state = state;
        result
    }
}
