//! Settings of the compiling tier.

/// Settings. The default is what a program runs with.
#[derive(Clone, Debug)]
pub struct JitOptions {
    /// Wait for the compiler instead of interpreting on while it works.
    pub sync: bool,
    /// Run Cranelift's verifier.
    pub verify: bool,
    /// Most bytes of machine code.
    pub code_cap: usize,
    /// Make every Nth check fail.
    pub exit_every: Option<u32>,
    /// Drop all assumptions at every Nth entry of the tier-up hook.
    pub invalidate_every: Option<u32>,
    /// Compile only functions with these names; empty: all.
    pub only: Vec<String>,
    /// Report what is compiled on standard error.
    pub log: bool,
    /// Write the map that `perf` reads.
    pub perf_map: bool,
    /// Count what happens to each opcode.
    pub coverage: bool,
    /// Exits at one site after which the function is compiled again without that check.
    pub exit_limit: u32,
}

impl Default for JitOptions {
    fn default() -> Self {
        JitOptions {
            sync: false,
            verify: cfg!(debug_assertions),
            code_cap: 64 << 20,
            exit_every: None,
            invalidate_every: None,
            only: Vec::new(),
            log: false,
            perf_map: false,
            coverage: false,
            exit_limit: 64,
        }
    }
}
