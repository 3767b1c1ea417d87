//! The command line, declared once for parsing, help and completion.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::size::parse_size;

/// Runs programs in TypeScript's syntax, compiled to machine code.
#[derive(Parser, Debug)]
#[command(name = "raya", version, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand, Debug)]
pub(crate) enum Command {
    /// Run a program
    Run(RunArgs),
    /// Report the errors in programs without running them
    Check(CheckArgs),
    /// Run a piece of code and print its value
    Eval(EvalArgs),
    /// Print what a stage of the compiler makes of a program
    Dump(DumpArgs),
    /// Measure programs, and peers that are found on the PATH
    Bench(raya_bench::Options),
    /// Run a command and write down what it cost; `bench` starts itself so
    #[command(hide = true, name = raya_bench::MEASURE)]
    Measure(MeasureArgs),
}

#[derive(Args, Debug)]
pub(crate) struct MeasureArgs {
    /// The command line to measure
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) command: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct RunArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The program
    pub(crate) file: PathBuf,
    /// Arguments for the program
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    pub(crate) args: Vec<String>,
}

#[derive(Args, Debug)]
pub(crate) struct EvalArgs {
    #[command(flatten)]
    pub(crate) engine: EngineArgs,
    /// The code
    pub(crate) code: String,
}

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    /// The programs
    #[arg(required = true)]
    pub(crate) files: Vec<PathBuf>,
}

#[derive(Args, Debug)]
pub(crate) struct DumpArgs {
    /// The stage
    pub(crate) stage: Stage,
    /// The program
    pub(crate) file: PathBuf,
    /// Only this function
    #[arg(long = "fn", value_name = "NAME")]
    pub(crate) function: Option<String>,
}

/// Stages that can be dumped.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Tokens of the lexer
    Tokens,
    /// The syntax tree
    Ast,
    /// The typed tree
    Types,
    /// Typed virtual registers, after the passes
    Ir,
    /// Portable bytecode
    Bytecode,
    /// Cranelift's input
    Clif,
    /// Machine code
    Asm,
}

/// How an engine is set up; the same for `run` and `eval`.
#[derive(Args, Debug, Default)]
pub(crate) struct EngineArgs {
    /// Compile hot code (the default)
    #[arg(long, conflicts_with = "no_jit")]
    pub(crate) jit: bool,
    /// Interpret only
    #[arg(long)]
    pub(crate) no_jit: bool,
    /// Calls or loop rounds that make code hot; 0 compiles before the first call
    #[arg(long, value_name = "N")]
    pub(crate) jit_threshold: Option<u32>,
    /// Wait for the compiler thread
    #[arg(long)]
    pub(crate) jit_sync: bool,
    /// Make every Nth check of compiled code fail
    #[arg(long, value_name = "N")]
    pub(crate) exit_every: Option<u32>,
    /// Drop the assumptions of compiled code at every Nth call
    #[arg(long, value_name = "N")]
    pub(crate) invalidate_every: Option<u32>,
    /// Report what is compiled on standard error
    #[arg(long)]
    pub(crate) jit_log: bool,
    /// Report counters of the compiler on standard error at the end
    #[arg(long)]
    pub(crate) jit_stats: bool,
    /// A function that cannot be compiled is an internal error (for tests)
    #[arg(long, hide = true)]
    pub(crate) jit_strict: bool,
    /// Write the map by which perf names compiled code
    #[arg(long)]
    pub(crate) perf_map: bool,
    /// Compile only these functions
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) jit_only: Vec<String>,
    /// Collect garbage at every Nth allocation and poison what is freed
    #[arg(long, value_name = "N")]
    pub(crate) gc_stress: Option<u32>,
    /// Most memory for objects, for example 512M
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) max_heap: Option<usize>,
    /// Most memory for the frames of calls, for example 8M
    #[arg(long, value_name = "SIZE", value_parser = parse_size)]
    pub(crate) max_stack: Option<usize>,
    /// End the program after this many seconds
    #[arg(long, value_name = "S")]
    pub(crate) timeout: Option<f64>,
    /// Verify the bytecode before it is run
    #[arg(long)]
    pub(crate) verify_bytecode: bool,
}
