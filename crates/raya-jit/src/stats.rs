//! What `--jit-stats` and `--jit-log` tell.

use crate::code::object::CodeObject;
use crate::compile::Request;
use crate::error::JitError;
use crate::exits::record::ExitReason;
use crate::translate::Census;
use std::fmt;
use std::sync::atomic::Ordering;

/// One compiled function.
#[derive(Clone, Debug)]
pub struct FunctionStats {
    /// Its name.
    pub name: Box<str>,
    /// Grows from one to the next.
    pub order: u32,
    /// What was compiled.
    pub request: Request,
    /// Bytes of machine code.
    pub bytes: usize,
    /// Time, in microseconds.
    pub micros: u64,
    /// What was emitted.
    pub census: Census,
}

impl FunctionStats {
    /// Statistics of installed code.
    pub fn of(code: &CodeObject) -> FunctionStats {
        FunctionStats {
            name: code.name.clone(),
            order: code.site_base,
            request: code.request,
            bytes: code.range.len(),
            micros: code.micros,
            census: code.tables.census,
        }
    }
}

impl fmt::Display for FunctionStats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.name)?;
        if let Some(header) = self.request.osr {
            write!(f, " (loop at {header})")?;
        }
        write!(
            f,
            ": {} instructions, {} inlined, {} bytes, {} µs",
            self.census.instructions, self.census.inlined, self.bytes, self.micros
        )?;
        if self.census.loop_helpers + self.census.loop_boxings > 0 {
            write!(
                f,
                ", inner loops: {} helper calls, {} boxings",
                self.census.loop_helpers, self.census.loop_boxings
            )?;
        }
        Ok(())
    }
}

/// An exit that was taken.
#[derive(Clone, Debug)]
pub struct ExitStats {
    /// Name of the compiled function.
    pub name: Box<str>,
    /// Program counter in the innermost function.
    pub pc: u32,
    /// Why.
    pub reason: ExitReason,
    /// How often.
    pub taken: u32,
}

/// What the tier did so far.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// How many jobs gave code.
    pub compiled: u64,
    /// Time that they took, in microseconds.
    pub micros: u64,
    /// Compiled functions whose code is in place, in order.
    pub functions: Vec<FunctionStats>,
    /// Functions that could not be compiled, with the reason.
    pub failures: Vec<(Box<str>, String)>,
    /// Functions that stay in the interpreter because their code was dropped too often.
    pub given_up: Vec<Box<str>>,
    /// Bytes of machine code in place.
    pub code_bytes: usize,
    /// Pieces of code that are not entered any more and wait to be freed.
    pub retired: usize,
    /// Jobs whose assumptions were dropped before they were done.
    pub outdated: u64,
    /// Exits taken.
    pub exits_taken: u64,
    /// Functions whose code was dropped.
    pub invalidated: u64,
    /// Exits that were taken, by site.
    pub exits: Vec<ExitStats>,
}

impl Stats {
    /// Adds a function that could not be compiled.
    pub(crate) fn failed(&mut self, name: &str, error: &JitError) {
        let failure = (name.into(), error.to_string());
        if !self.failures.contains(&failure) {
            self.failures.push(failure);
        }
    }

    /// Adds a function that stays in the interpreter.
    pub(crate) fn given_up(&mut self, name: &str) {
        if !self.given_up.iter().any(|n| **n == *name) {
            self.given_up.push(name.into());
        }
    }

    /// Adds the exits of one piece of code.
    pub(crate) fn count_exits(&mut self, code: &CodeObject) {
        for record in &code.tables.exits {
            let taken = record.taken.load(Ordering::Relaxed);
            if taken > 0 {
                self.exits.push(ExitStats {
                    name: code.name.clone(),
                    pc: record.frames.last().map_or(0, |f| f.pc),
                    reason: record.reason,
                    taken,
                });
            }
        }
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "compiled: {} in {:.1} ms, {} bytes of code",
            self.compiled,
            self.micros as f64 / 1000.0,
            self.code_bytes
        )?;
        for done in &self.functions {
            writeln!(f, "  {done}")?;
        }
        writeln!(f, "exits taken: {}", self.exits_taken)?;
        for e in &self.exits {
            writeln!(f, "  {} at {} ({}): {}", e.name, e.pc, e.reason, e.taken)?;
        }
        if self.invalidated > 0 {
            writeln!(f, "invalidated: {}", self.invalidated)?;
        }
        if self.outdated > 0 {
            writeln!(f, "outdated before they were done: {}", self.outdated)?;
        }
        if !self.given_up.is_empty() {
            writeln!(f, "given up: {}", self.given_up.join(", "))?;
        }
        if !self.failures.is_empty() {
            writeln!(f, "not compiled: {}", self.failures.len())?;
            for (name, why) in &self.failures {
                writeln!(f, "  {name}: {why}")?;
            }
        }
        Ok(())
    }
}
