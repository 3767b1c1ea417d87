//! The `raya` program: commands over the engine library.
//!
//! Owns arguments, files, streams and exit statuses. Must not know how a program is
//! compiled or run.
//!
//! Exit statuses: 0 success, 1 an uncaught error of the program, 2 wrong usage or a
//! program that does not compile, 70 an internal error.

#![forbid(unsafe_code)]

mod args;
mod commands;
mod crash;
mod input;
mod size;

use std::process::ExitCode;

use clap::Parser;

/// What ends the process, as an exit status.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// All went well.
    Success,
    /// The program failed.
    Failure,
    /// The command line or the program's text is wrong.
    Usage,
    /// A status that the program chose.
    Code(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> ExitCode {
        ExitCode::from(match exit {
            Exit::Success => 0,
            Exit::Failure => 1,
            Exit::Usage => 2,
            Exit::Code(code) => code,
        })
    }
}

fn main() -> ExitCode {
    crash::install();
    let cli = args::Cli::parse();
    let exit = match cli.command {
        args::Command::Run(args) => commands::run::run(args),
        args::Command::Check(args) => commands::check::check(&args),
        args::Command::Eval(args) => commands::eval::eval(args),
        args::Command::Dump(args) => commands::dump::dump(&args),
        args::Command::Bench(options) => commands::bench(&options),
        args::Command::Measure(args) => commands::measure(&args),
    };
    exit.into()
}
