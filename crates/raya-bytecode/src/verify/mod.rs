//! The verifier: accepts no module whose execution could break memory safety.
//!
//! Three layers: tables (every index in bounds, references resolve), shape of code
//! (operands, jumps, windows, handlers, types), flow (every register is assigned
//! before it is read, on every path). Both tiers rely on what it proves and repeat
//! none of it.
//!
//! Invariant: it never panics and takes time in proportion to the module, whatever
//! the module holds.

mod flow;
mod operands;
mod rules;
mod tables;
mod windows;

use crate::{FuncId, Function, Instr, Module, Receiver, Reg, Repr, TypeDesc, TypeId};
use std::fmt;

/// Why a module is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// The function, if it lies in one.
    pub function: Option<String>,
    /// The instruction, if it lies in one.
    pub pc: Option<u32>,
    /// What is wrong.
    pub message: String,
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(function) = &self.function {
            write!(f, "in {function}")?;
            if let Some(pc) = self.pc {
                write!(f, " at {pc}")?;
            }
            write!(f, ": ")?;
        }
        f.write_str(&self.message)
    }
}

impl std::error::Error for Fault {}

/// What a check gives: nothing, or what is wrong.
type Checked<T = ()> = Result<T, String>;

/// Verifies a module.
pub fn verify(m: &Module) -> Result<(), Fault> {
    tables::check(m).map_err(|message| Fault {
        function: None,
        pc: None,
        message,
    })?;
    for (i, f) in m.functions.iter().enumerate() {
        verify_function(m, f).map_err(|(pc, message)| Fault {
            function: Some(format!("{} (function {i})", m.text(f.name))),
            pc,
            message,
        })?;
    }
    Ok(())
}

fn verify_function(m: &Module, f: &Function) -> Result<(), (Option<u32>, String)> {
    let check = Check { m, f };
    check.frame().map_err(|e| (None, e))?;
    for (pc, &instr) in f.code.iter().enumerate() {
        let pc = pc as u32;
        check.instr(pc, instr).map_err(|e| (Some(pc), e))?;
    }
    flow::check(&check)
}

/// A function under verification; the module's tables are sound.
#[derive(Clone, Copy)]
pub(crate) struct Check<'m> {
    m: &'m Module,
    f: &'m Function,
}

impl Check<'_> {
    /// Declarations: parameters, handlers, side tables.
    fn frame(&self) -> Checked {
        let (m, f) = (self.m, self.f);
        let sig = &m.signatures[f.sig.index()];
        let hidden = hidden(f.receiver);
        if f.regs.len() > u16::MAX as usize || f.regs.len() < hidden + sig.params.len() {
            return Err("the frame does not hold the parameters".into());
        }
        let names = [&[f.name, f.qualified], &*f.param_names].concat();
        if names.iter().any(|name| name.index() >= m.strings.len()) {
            return Err("a name is out of bounds".into());
        }
        if !f.param_names.is_empty() && f.param_names.len() != sig.params.len() {
            return Err("the names are not those of the parameters".into());
        }
        for (i, &ty) in sig.params.iter().enumerate() {
            self.fits(ty, f.regs[hidden + i], "a parameter")?;
        }
        if f.receiver != Receiver::None
            && m.repr(f.regs[0]) != Repr::Word
            && matches!(f.receiver, Receiver::Closure | Receiver::ClosureThis)
        {
            return Err("the closure register is no word".into());
        }
        if f.receiver == Receiver::ClosureThis && !self.is_any(f.regs[1]) {
            return Err("`this` of a function value is not any".into());
        }
        if f.code.is_empty() {
            return Err("there is no code".into());
        }
        if f.code.len() > i32::MAX as usize {
            return Err("the code is too long".into());
        }
        self.side_tables()
    }

    fn side_tables(&self) -> Checked {
        let f = self.f;
        let len = f.code.len() as u32;
        for h in &f.handlers {
            if h.start >= h.end || h.end > len || h.target >= len {
                return Err("a handler's range is out of bounds".into());
            }
            if !self.is_any(self.reg_type(h.reg.0)?) {
                return Err("a handler's register is not of type any".into());
            }
            self.writable(h.reg.0)?;
        }
        let mut last = None;
        for p in &f.positions {
            if p.pc >= len || last.is_some_and(|l| p.pc < l) {
                return Err("positions are out of order".into());
            }
            if p.inline as usize >= f.inlined.len().max(1) {
                return Err("a position names an unknown inlined call".into());
            }
            last = Some(p.pc);
        }
        for (i, site) in f.inlined.iter().enumerate() {
            if i > 0 && site.parent as usize >= i {
                return Err("inlined calls are out of order".into());
            }
        }
        if f.loops
            .iter()
            .any(|l| l.header >= len || l.back_edge >= len)
        {
            return Err("a loop is out of bounds".into());
        }
        Ok(())
    }

    fn instr(&self, pc: u32, instr: Instr) -> Checked {
        self.operands(pc, instr)?;
        self.rules(instr)?;
        self.window(instr)
    }

    // ---- helpers for the rules

    fn reg_type(&self, reg: u16) -> Checked<TypeId> {
        self.f
            .regs
            .get(reg as usize)
            .copied()
            .ok_or_else(|| format!("there is no register {reg}"))
    }

    fn desc(&self, reg: u16) -> Checked<&TypeDesc> {
        Ok(&self.m.types[self.reg_type(reg)?.index()])
    }

    fn is_any(&self, ty: TypeId) -> bool {
        matches!(self.m.types[ty.index()], TypeDesc::Any)
    }

    /// The closure register is read by exits and traces: nothing may overwrite it.
    fn writable(&self, reg: u16) -> Checked {
        let closure = matches!(self.f.receiver, Receiver::Closure | Receiver::ClosureThis);
        if closure && reg == 0 {
            return Err("the closure register is written".into());
        }
        Ok(())
    }

    fn fits(&self, from: TypeId, to: TypeId, what: &str) -> Checked {
        if crate::assignable(self.m, from, to) {
            return Ok(());
        }
        Err(format!(
            "{what}: {} does not fit {}",
            crate::show_type(self.m, from),
            crate::show_type(self.m, to)
        ))
    }

    fn word_fits(&self, from: &TypeDesc, to: u16, what: &str) -> Checked {
        let ty = self.reg_type(to)?;
        if crate::word_fits(self.m, from, ty) {
            return Ok(());
        }
        Err(format!(
            "{what} does not fit {}",
            crate::show_type(self.m, ty)
        ))
    }
}

/// Number of hidden registers.
pub(crate) fn hidden(receiver: Receiver) -> usize {
    match receiver {
        Receiver::None => 0,
        Receiver::Closure | Receiver::This => 1,
        Receiver::ClosureThis => 2,
    }
}

/// The function behind an index.
fn function(m: &Module, id: u16) -> Checked<&Function> {
    m.functions
        .get(FuncId(id).index())
        .ok_or_else(|| format!("there is no function {id}"))
}

/// The registers `base..base + len`.
fn run(base: u16, len: usize) -> impl Iterator<Item = Reg> {
    (0..len).map(move |i| Reg(base.wrapping_add(i as u16)))
}

#[cfg(test)]
mod tests;
