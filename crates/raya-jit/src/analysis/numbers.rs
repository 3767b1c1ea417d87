//! Which registers hold numbers where control flow joins.
//!
//! Code on `any` keeps its numbers in words. Where an operator has met nothing but numbers,
//! compiled code leaves for everything else, so that behind it operands and result are known to
//! be doubles, and the sum of two integers an integer. This analysis carries that knowledge
//! around loops and over joins, which facts about single values cannot do.
//!
//! Registers of doubles take part as what is boxed: of them only integers matter.
//! Invariant: a state is no stronger than what the translator knows about the register's value
//! after it has lowered the same instructions under the same [`Rules`].

use super::graph::{Graph, NodeId};
use super::loops::Loops;
use super::operands::{self, Code};
use raya_bytecode::{Function, Instr, Op, Repr, Slot, SlotOp};

/// What is known about a register, the strongest first: joining takes the weakest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// No way leads here, as far as the analysis has got.
    #[default]
    Unreached,
    /// A double that is an integer of 32 bits, and not -0.
    Int,
    /// A double.
    Double,
    /// Anything.
    Any,
}

/// How the translator lowers what the outcome depends on.
pub trait Rules {
    /// The operator at this place leaves for everything but numbers.
    fn only_numbers(&self, pc: u32) -> bool;
    /// The sum or difference of integers at this place leaves where it is none of 32 bits.
    fn stays_int(&self, pc: u32) -> bool;
    /// The attribute read at this place is a length, and leaves for everything else.
    fn is_length(&self, pc: u32) -> bool;
}

/// The kinds of all registers at a place.
pub type State = Vec<Kind>;

/// The states at the starts of the nodes.
#[derive(Debug, Default)]
pub struct Numbers {
    at_start: Vec<State>,
    /// Registers of doubles that always hold the same integer.
    pub constants: Vec<Option<i16>>,
}

impl Numbers {
    /// Analyses a function whose registers are of these kinds where it is entered.
    pub fn find(
        code: Code<'_>,
        (graph, loops): (&Graph, &Loops),
        entry: &[Kind],
        rules: &impl Rules,
    ) -> Numbers {
        let func = code.func;
        let unreached = vec![Kind::Unreached; func.regs.len()];
        let mut at_start = vec![unreached.clone(); graph.nodes.len()];
        let mut at_end = vec![unreached; graph.nodes.len()];
        join(&mut at_start[graph.entry.index()], entry);
        let constants = constants(func);
        let hidden = hidden_by_joins(code, &constants);
        let mut changed = true;
        while changed {
            changed = false;
            for &n in &graph.rpo {
                let node = &graph[n];
                let mut state = at_start[n.index()].clone();
                for p in &node.preds {
                    join(&mut state, &at_end[p.index()]);
                }
                let thrown = (node.preds.iter()).any(|p| graph[*p].handler == Some(n));
                if thrown || loops.irregular.contains(n.index()) {
                    state.fill(Kind::Any);
                } else if node.preds.len() > 1 || n == graph.entry {
                    hidden.iter().for_each(|r| state[*r] = Kind::Any);
                }
                at_start[n.index()].clone_from(&state);
                for pc in node.start..node.end {
                    step(&mut state, pc, func.code[pc as usize], rules);
                }
                if at_end[n.index()] != state {
                    at_end[n.index()] = state;
                    changed = true;
                }
            }
        }
        Numbers {
            at_start,
            constants,
        }
    }

    /// The kinds at the start of a node.
    pub fn at(&self, n: NodeId) -> &[Kind] {
        &self.at_start[n.index()]
    }
}

/// Takes the weaker of two kinds for each register.
fn join(state: &mut [Kind], other: &[Kind]) {
    for (kind, other) in state.iter_mut().zip(other) {
        *kind = (*kind).max(*other);
    }
}

/// Registers of doubles that are no constants: behind a join the translator sees a value that
/// it knows nothing about. For words it keeps variables beside them instead.
fn hidden_by_joins(code: Code<'_>, constant: &[Option<i16>]) -> Vec<usize> {
    let regs = code.func.regs.iter().enumerate();
    regs.filter(|(r, ty)| code.module.repr(**ty) == Repr::F64 && constant[*r].is_none())
        .map(|(r, _)| r)
        .collect()
}

/// The number that a register always holds that is no parameter: the one that every
/// instruction that writes it loads.
pub fn constants(func: &Function) -> Vec<Option<i16>> {
    #[derive(Clone, Copy, PartialEq)]
    enum Written {
        Never,
        Constant(i16),
        Variable,
    }
    let mut written = vec![Written::Never; func.regs.len()];
    for ins in &func.code {
        if let Some(d) = operands::dest(*ins) {
            let known = &mut written[d as usize];
            *known = match (*known, ins.op) {
                (Written::Never, Op::LoadF64I) => Written::Constant(ins.b as i16),
                (Written::Constant(n), Op::LoadF64I) if n == ins.b as i16 => *known,
                _ => Written::Variable,
            };
        }
        operands::clobbered(*ins).for_each(|r| written[r as usize] = Written::Variable);
    }
    let constant = written.into_iter().map(|w| match w {
        Written::Constant(n) => Some(n),
        Written::Never | Written::Variable => None,
    });
    constant.collect()
}

/// A compound assignment as the operator that it is on numbers.
fn arithmetic_form(ins: Instr) -> Instr {
    if ins.op != Op::BinaryAny {
        return ins;
    }
    let op = match SlotOp::from_u16(ins.c).map(|op| op.slot) {
        Some(Slot::add) => Op::AddAny,
        Some(Slot::sub) => Op::SubAny,
        Some(Slot::mul) => Op::MulAny,
        Some(Slot::truediv) => Op::DivAny,
        _ => return ins,
    };
    Instr::new(op, ins.a, ins.a, ins.b)
}

/// What an instruction does to the kinds of registers.
pub fn step(state: &mut [Kind], pc: u32, ins: Instr, rules: &impl Rules) {
    let ins = arithmetic_form(ins);
    let (b, c) = (ins.b as usize, ins.c as usize);
    let mut result = Kind::Any;
    match ins.op {
        Op::LoadF64I | Op::I32ToF64 => result = Kind::Int,
        Op::Mov => result = state[b],
        Op::BoxF64 => result = state[b].min(Kind::Double),
        Op::GetAttr if rules.is_length(pc) => result = Kind::Int,
        Op::AddAny | Op::SubAny if rules.only_numbers(pc) => {
            result = match state[b].max(state[c]) {
                Kind::Int if rules.stays_int(pc) => Kind::Int,
                Kind::Unreached => Kind::Unreached,
                _ => Kind::Double,
            };
            number_operands(state, ins);
        }
        Op::MulAny | Op::DivAny | Op::ModAny if rules.only_numbers(pc) => {
            result = Kind::Double;
            number_operands(state, ins);
        }
        Op::LtAny | Op::LeAny | Op::GtAny | Op::GeAny | Op::EqAny | Op::NeAny
            if rules.only_numbers(pc) =>
        {
            number_operands(state, ins);
        }
        _ => {}
    }
    if let Some(d) = operands::dest(ins) {
        state[d as usize] = result;
    }
    operands::clobbered(ins).for_each(|r| state[r as usize] = Kind::Any);
}

/// Behind an operator that leaves for everything else both operands are numbers.
fn number_operands(state: &mut [Kind], ins: Instr) {
    for r in [ins.b as usize, ins.c as usize] {
        state[r] = state[r].min(Kind::Double);
    }
}
