//! Settings of an engine.

use std::time::Duration;

/// When code is compiled to machine code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JitOptions {
    /// Calls of a function, or rounds of a loop, after which it is compiled. 0 compiles
    /// every function before its first call.
    pub threshold: u32,
    /// Wait for the compiler instead of interpreting on while it works.
    pub sync: bool,
    /// Make every Nth check of compiled code fail, to exercise exits.
    pub exit_every: Option<u32>,
    /// Drop the assumptions of compiled code at every Nth call, to exercise
    /// invalidation.
    pub invalidate_every: Option<u32>,
    /// Compile only functions with these names; empty: all.
    pub only: Vec<String>,
    /// Report what is compiled on standard error.
    pub log: bool,
    /// Write the map by which `perf` names compiled code.
    pub perf_map: bool,
    /// Most bytes of machine code.
    pub code_cap: usize,
    /// A function that the compiler refuses is an internal error instead of being interpreted.
    pub strict: bool,
}

impl Default for JitOptions {
    fn default() -> Self {
        Self {
            threshold: 500,
            sync: false,
            exit_every: None,
            invalidate_every: None,
            only: Vec::new(),
            log: false,
            perf_map: false,
            code_cap: 64 << 20,
            strict: false,
        }
    }
}

/// Settings of an engine. The default is what `raya run` uses.
#[derive(Clone, Debug)]
pub struct Options {
    /// The second tier; none interprets only.
    pub jit: Option<JitOptions>,
    /// Collect garbage at every Nth allocation and poison what is freed.
    pub gc_stress: Option<u32>,
    /// Most bytes of objects; more is a `RangeError` in the program.
    pub max_heap: Option<usize>,
    /// Most bytes of interpreter frames; more is a `RangeError` in the program.
    pub max_stack: Option<usize>,
    /// Ends programs that run longer.
    pub timeout: Option<Duration>,
    /// Verify bytecode before it is run. Modules from files are always verified.
    pub verify_bytecode: bool,
    /// Count executed instructions per opcode, see [`crate::Engine::coverage_json`].
    pub coverage: bool,
    /// What the program sees as `process.argv`.
    pub args: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            jit: Some(JitOptions::default()),
            gc_stress: None,
            max_heap: None,
            max_stack: None,
            timeout: None,
            verify_bytecode: cfg!(debug_assertions),
            coverage: false,
            args: Vec::new(),
        }
    }
}
