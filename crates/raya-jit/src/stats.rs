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
    pub fn of(code: &CodeObject, request: Request) -> FunctionStats {
        FunctionStats {
            name: code.name.clone(),
            request,
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
    /// Compiled functions, in order.
    pub functions: Vec<FunctionStats>,
    /// Functions that could not be compiled, with the reason.
    pub failures: Vec<(Box<str>, String)>,
    /// Bytes of machine code in place.
    pub code_bytes: usize,
    /// Exits taken.
    pub exits_taken: u64,
    /// Functions whose code was dropped.
    pub invalidated: u64,
    /// Exits that were taken, by site.
    pub exits: Vec<ExitStats>,
}

impl Stats {
    /// Adds a compiled function.
    pub(crate) fn compiled(&mut self, done: FunctionStats) {
        self.functions.push(done);
    }

    /// Adds a function that could not be compiled.
    pub(crate) fn failed(&mut self, name: &str, error: &JitError) {
        self.failures.push((name.into(), error.to_string()));
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

    /// Time spent compiling, in microseconds.
    pub fn micros(&self) -> u64 {
        self.functions.iter().map(|f| f.micros).sum()
    }
}

impl fmt::Display for Stats {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(
            f,
            "compiled: {} in {:.1} ms, {} bytes of code",
            self.functions.len(),
            self.micros() as f64 / 1000.0,
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
        if !self.failures.is_empty() {
            writeln!(f, "not compiled: {}", self.failures.len())?;
            for (name, why) in &self.failures {
                writeln!(f, "  {name}: {why}")?;
            }
        }
        Ok(())
    }
}
