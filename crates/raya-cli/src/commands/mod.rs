//! The commands that run or inspect one program.

pub(crate) mod check;
pub(crate) mod dump;
pub(crate) mod eval;
pub(crate) mod run;

use std::io::IsTerminal;
use std::time::Duration;

use raya::syntax::render::Style;
use raya::{Diagnostics, Error, JitOptions, Options};

use crate::Exit;
use crate::args::{EngineArgs, MeasureArgs};
use crate::crash;

/// Exit status of a program that was ended by `--timeout`, as `timeout(1)` reports it.
const TIMED_OUT: u8 = 124;

/// The engine's settings.
fn options(args: &EngineArgs, program_args: Vec<String>) -> Options {
    let defaults = JitOptions::default();
    let jit = JitOptions {
        threshold: args.jit_threshold.unwrap_or(defaults.threshold),
        sync: args.jit_sync,
        exit_every: args.exit_every,
        invalidate_every: args.invalidate_every,
        only: args.jit_only.clone(),
        log: args.jit_log,
        perf_map: args.perf_map,
        strict: args.jit_strict,
        ..defaults
    };
    Options {
        jit: (!args.no_jit).then_some(jit),
        gc_stress: args.gc_stress,
        max_heap: args.max_heap,
        max_stack: args.max_stack,
        timeout: args
            .timeout
            .and_then(|s| Duration::try_from_secs_f64(s).ok()),
        verify_bytecode: args.verify_bytecode,
        coverage: std::env::var_os(COVERAGE).is_some(),
        args: program_args,
    }
}

/// Environment variable that names the file for counts per opcode.
const COVERAGE: &str = "RAYA_COVERAGE";

/// Drawn for a terminal, plain elsewhere.
fn style() -> Style {
    if std::io::stderr().is_terminal() {
        Style::Coloured
    } else {
        Style::Plain
    }
}

/// Shows diagnostics on standard error.
fn show(diagnostics: &Diagnostics) {
    if !diagnostics.list.is_empty() {
        eprint!("{}", diagnostics.render(style()));
    }
}

/// Shows why a program failed and gives the exit status.
fn failed(error: &Error) -> Exit {
    match error {
        Error::Compile(diagnostics) => {
            show(diagnostics);
            Exit::Usage
        }
        Error::Uncaught(text) => {
            eprintln!("{text}");
            Exit::Failure
        }
        Error::Exit(code) => Exit::Code(*code as u8),
        Error::Timeout => {
            eprintln!("error: {error}");
            Exit::Code(TIMED_OUT)
        }
        Error::Memory | Error::NoFunction(_) => {
            eprintln!("error: {error}");
            Exit::Failure
        }
        Error::Internal { phase, message } => crash::internal(message, phase),
    }
}

/// What remains to be reported when a program has ended.
fn finish(engine: &mut raya::Engine, args: &EngineArgs) {
    if args.jit_stats {
        eprint!("{}", engine.jit_stats());
    }
    if let Some(path) = std::env::var_os(COVERAGE)
        && let Some(json) = engine.coverage_json()
        && let Err(error) = std::fs::write(&path, json)
    {
        eprintln!("error: cannot write `{}`: {error}", path.display());
    }
}

/// `raya bench`: measures this very binary.
pub(crate) fn bench(options: &raya_bench::Options) -> Exit {
    let result = std::env::current_exe()
        .map_err(|error| format!("this program does not find itself: {error}"))
        .and_then(|raya| raya_bench::run(options, &raya));
    match result {
        Ok(()) => Exit::Success,
        Err(message) => {
            eprintln!("error: {message}");
            Exit::Failure
        }
    }
}

/// The hidden half of `raya bench`: one command in a process of its own.
pub(crate) fn measure(args: &MeasureArgs) -> Exit {
    match raya_bench::measure_command(&args.command) {
        Ok(0) => Exit::Success,
        Ok(status) => Exit::Code(u8::try_from(status).unwrap_or(1)),
        Err(message) => {
            eprintln!("error: {message}");
            Exit::Failure
        }
    }
}
