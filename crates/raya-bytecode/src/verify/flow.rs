//! Flow: every register is assigned, and set, before it is read, on every path.
//!
//! Forward dataflow over blocks with two bits per register: assigned, and surely
//! not the unset marker. What may be unset is only fit for `CheckSet`, for being
//! copied into a scope, and for being overwritten. A handler is entered with what
//! holds before each instruction of its range that may throw.

use super::operands::targets;
use super::windows::window;
use super::{Check, hidden, run};
use crate::{Instr, Op, Repr};

type Failure = (Option<u32>, String);

/// What is known at a point.
#[derive(Clone, PartialEq, Eq)]
struct State {
    assigned: Vec<u64>,
    set: Vec<u64>,
}

impl State {
    fn new(regs: usize) -> Self {
        let words = regs.div_ceil(64);
        Self {
            assigned: vec![0; words],
            set: vec![0; words],
        }
    }

    fn put(&mut self, reg: u16, set: bool) {
        let (w, bit) = (reg as usize / 64, 1u64 << (reg % 64));
        self.assigned[w] |= bit;
        if set {
            self.set[w] |= bit;
        } else {
            self.set[w] &= !bit;
        }
    }

    fn forget(&mut self, reg: u16) {
        let (w, bit) = (reg as usize / 64, 1u64 << (reg % 64));
        self.assigned[w] &= !bit;
        self.set[w] &= !bit;
    }

    /// Forgets a register and all above it.
    fn forget_from(&mut self, reg: u16) {
        let w = reg as usize / 64;
        let below = (1u64 << (reg % 64)) - 1;
        for words in [&mut self.assigned, &mut self.set] {
            if let Some(word) = words.get_mut(w) {
                *word &= below;
            }
            for word in words.iter_mut().skip(w + 1) {
                *word = 0;
            }
        }
    }

    fn is_assigned(&self, reg: u16) -> bool {
        self.assigned[reg as usize / 64] >> (reg % 64) & 1 != 0
    }

    fn is_set(&self, reg: u16) -> bool {
        self.set[reg as usize / 64] >> (reg % 64) & 1 != 0
    }

    /// Keeps what both know; tells whether anything was lost.
    fn meet(&mut self, other: &State) -> bool {
        let mut changed = false;
        let pairs = self.assigned.iter_mut().zip(&other.assigned);
        for (a, b) in pairs.chain(self.set.iter_mut().zip(&other.set)) {
            changed |= *a & !*b != 0;
            *a &= *b;
        }
        changed
    }
}

struct Flow<'c, 'm> {
    check: &'c Check<'m>,
    /// Block of each instruction that begins one.
    starts: Vec<u32>,
    /// State at each block's start, once reached.
    states: Vec<Option<State>>,
    work: Vec<u32>,
}

/// Checks a function's flow.
pub(super) fn check(check: &Check<'_>) -> Result<(), Failure> {
    let mut flow = Flow {
        check,
        starts: leaders(check),
        states: Vec::new(),
        work: Vec::new(),
    };
    flow.states = vec![None; flow.starts.len()];
    let mut entry = State::new(check.f.regs.len());
    let params = check.m.signatures[check.f.sig.index()].params.len();
    for reg in 0..hidden(check.f.receiver) + params {
        entry.put(reg as u16, true);
    }
    flow.reach(0, &entry);
    while let Some(block) = flow.work.pop() {
        flow.block(block)?;
    }
    Ok(())
}

/// First instructions of blocks, sorted.
fn leaders(check: &Check<'_>) -> Vec<u32> {
    let f = check.f;
    let mut starts = vec![0];
    for (pc, &instr) in f.code.iter().enumerate() {
        let target = targets(pc as u32, instr);
        starts.extend(target.and_then(|t| u32::try_from(t).ok()));
        let flags = instr.op.flags();
        if flags.branch || flags.jump || flags.ret || target.is_some() {
            starts.push(pc as u32 + 1);
        }
        if instr.op == Op::JumpTable {
            starts.extend((0..=u32::from(instr.b)).map(|i| pc as u32 + 1 + i));
        }
    }
    starts.extend(f.handlers.iter().flat_map(|h| [h.start, h.end, h.target]));
    starts.sort_unstable();
    starts.dedup();
    starts.retain(|&s| (s as usize) < f.code.len());
    starts
}

impl Flow<'_, '_> {
    fn reach(&mut self, pc: u32, state: &State) {
        let Ok(block) = self.starts.binary_search(&pc) else {
            return;
        };
        let changed = match &mut self.states[block] {
            Some(known) => known.meet(state),
            empty => {
                *empty = Some(state.clone());
                true
            }
        };
        if changed && !self.work.contains(&(block as u32)) {
            self.work.push(block as u32);
        }
    }

    fn block(&mut self, block: u32) -> Result<(), Failure> {
        let Some(mut state) = self.states[block as usize].clone() else {
            return Ok(());
        };
        let code = &self.check.f.code;
        let start = self.starts[block as usize];
        let end = self
            .starts
            .get(block as usize + 1)
            .copied()
            .unwrap_or(code.len() as u32);
        let handlers: Vec<_> = self
            .check
            .f
            .handlers
            .iter()
            .filter(|h| h.start <= start && start < h.end)
            .copied()
            .collect();
        for pc in start..end {
            let instr = code[pc as usize];
            self.reads(&state, instr).map_err(|e| (Some(pc), e))?;
            if instr.op.flags().throws {
                for h in &handlers {
                    let mut caught = state.clone();
                    clobber(&mut caught, instr);
                    caught.put(h.reg.0, true);
                    self.reach(h.target, &caught);
                }
            }
            let before = (instr.op == Op::IterNext).then(|| state.clone());
            self.writes(&mut state, instr);
            self.leave(pc, instr, &state, before.as_ref())?;
        }
        Ok(())
    }

    /// Passes the state on to where the instruction may go.
    fn leave(
        &mut self,
        pc: u32,
        instr: Instr,
        state: &State,
        before: Option<&State>,
    ) -> Result<(), Failure> {
        if let Some(target) = targets(pc, instr)
            && let Ok(target) = u32::try_from(target)
        {
            // The element is assigned on the way through only.
            self.reach(target, before.unwrap_or(state));
        }
        if instr.op == Op::JumpTable {
            for i in 0..=u32::from(instr.b) {
                self.falls_to(pc, pc + 1 + i, state)?;
            }
            return Ok(());
        }
        let flags = instr.op.flags();
        if flags.jump || flags.ret {
            return Ok(());
        }
        self.falls_to(pc, pc + 1, state)
    }

    fn falls_to(&mut self, pc: u32, next: u32, state: &State) -> Result<(), Failure> {
        if next as usize >= self.check.f.code.len() {
            return Err((Some(pc), "control runs over the end".into()));
        }
        self.reach(next, state);
        Ok(())
    }

    fn reads(&self, state: &State, instr: Instr) -> Result<(), String> {
        for (kind, reg) in instr.op.operands().into_iter().zip(instr.operands()) {
            if kind.is_source() {
                self.read(state, instr, reg)?;
            }
        }
        if let Some(w) = window(instr) {
            for reg in run(w.base + w.offset as u16, w.args) {
                self.read(state, instr, reg.0)?;
            }
        }
        if instr.op == Op::MakeClosure {
            let captures = self.check.m.functions[instr.b as usize].captures.len();
            for reg in run(instr.c, captures) {
                self.read(state, instr, reg.0)?;
            }
        }
        Ok(())
    }

    fn read(&self, state: &State, instr: Instr, reg: u16) -> Result<(), String> {
        if !state.is_assigned(reg) {
            return Err(format!("register {reg} is read before it is assigned"));
        }
        if state.is_set(reg) || self.may_be_unset(instr, reg) {
            return Ok(());
        }
        Err(format!("register {reg} may be unset"))
    }

    /// Uses that an unset marker cannot harm.
    fn may_be_unset(&self, instr: Instr, reg: u16) -> bool {
        match instr.op {
            Op::CheckSet => true,
            Op::SetField if instr.c == reg && instr.a != reg => {
                let m = self.check.m;
                let class = m.fields[instr.b as usize].class;
                m.classes[class.index()].flags.is_scope
            }
            _ => false,
        }
    }

    fn writes(&self, state: &mut State, instr: Instr) {
        clobber(state, instr);
        match instr.op {
            Op::LoadUnset => state.put(instr.a, false),
            Op::CheckSet => state.put(instr.a, true),
            Op::GetField => {
                let ty = self.check.f.regs[instr.a as usize];
                state.put(instr.a, self.check.m.repr(ty) != Repr::Word);
            }
            op => {
                let kinds = op.operands();
                if kinds[0].is_dest() || op.is_call() {
                    state.put(instr.a, true);
                }
            }
        }
    }
}

/// A call leaves nothing in its window but the result, and nothing above it: the
/// callee's registers begin at the first argument and reach as far as they need.
fn clobber(state: &mut State, instr: Instr) {
    let Some(w) = window(instr).filter(|w| w.call) else {
        return;
    };
    if instr.op == Op::NativeCall {
        run(w.base, w.offset + w.args).for_each(|reg| state.forget(reg.0));
    } else {
        state.forget_from(w.base);
    }
}
