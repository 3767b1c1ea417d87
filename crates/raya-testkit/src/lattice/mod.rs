//! Random class lattices, as Raya and as Python: several bases, cooperative methods,
//! descriptors, operators, classes that change while they are used.
//!
//! Python is the oracle: each program must print in every mode what `python3` prints. As for
//! the other generator, a program is a function of a list of choices, so that a failing one
//! can be made smaller.

mod classes;
mod probes;
mod special;
mod text;

use std::path::Path;

use crate::docs::Scratch;
use crate::fixture::indented;
use crate::generate::{Choices, lists, shrink};
use crate::process::End;
use crate::suite::Setup;
use crate::{diff, process};
use text::{PYTHON_HEAD, Pair, RAYA_HEAD};

/// Attempts to make a failing program smaller.
const SHRINKING: usize = 300;
/// How many programs one Python process runs.
const ORACLE_BATCH: usize = 25;
/// Runs the programs that it is given, each in a namespace of its own; a zero ends each output.
const ORACLE: &str = r#"import contextlib, io, sys
for path in sys.argv[1:]:
    out = io.StringIO()
    with contextlib.redirect_stdout(out):
        with open(path) as file:
            exec(compile(file.read(), path, "exec"), {"__name__": "__main__"})
    sys.stdout.write(out.getvalue() + "\0")
"#;

/// A program that is not the same in both languages.
#[derive(Debug)]
pub struct Finding {
    /// Which program of the campaign.
    pub number: usize,
    /// What is wrong.
    pub complaint: String,
    /// The program, made smaller.
    pub program: Pair,
}

/// The program that a list of choices stands for.
pub fn program(list: &[u32]) -> Pair {
    let mut choices = Choices::new(list);
    let mut out = Pair {
        python: PYTHON_HEAD.to_owned(),
        raya: RAYA_HEAD.to_owned(),
        ..Pair::default()
    };
    let lattice = classes::Lattice::build(&mut choices, &mut out);
    probes::add(&lattice, &mut choices, &mut out);
    out
}

/// Writes `count` programs to a folder, each in both languages.
///
/// # Errors
/// When a file cannot be written.
pub fn write(folder: &Path, seed: u64, count: usize) -> Result<(), String> {
    for (number, list) in lists(seed, 0, count)?.into_iter().enumerate() {
        let pair = program(&list);
        for (ending, text) in [("py", pair.python), ("raya", pair.raya)] {
            let file = folder.join(format!("lattice{number}.{ending}"));
            std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
        }
    }
    Ok(())
}

/// Runs `count` programs and gives the first few that differ.
///
/// # Errors
/// When a program cannot be started, or Python refuses what was generated.
pub fn campaign(
    setup: &Setup,
    seed: u64,
    count: usize,
    most_findings: usize,
) -> Result<Vec<Finding>, String> {
    let scratch = Scratch::new(&format!("lattices-{seed}"))?;
    let mut findings = Vec::new();
    let all = lists(seed, 0, count)?;
    for (chunk, lists) in all.chunks(ORACLE_BATCH).enumerate() {
        let programs: Vec<Pair> = lists.iter().map(|list| program(list)).collect();
        let expected = oracle(&scratch, &programs)?;
        for (i, list) in lists.iter().enumerate() {
            if findings.len() >= most_findings {
                return Ok(findings);
            }
            if let Some(complaint) = fault(setup, &scratch, &programs[i], &expected[i])? {
                let number = chunk * ORACLE_BATCH + i;
                findings.push(smaller(setup, &scratch, number, list.clone(), complaint)?);
            }
        }
    }
    Ok(findings)
}

/// Makes a failing program smaller.
fn smaller(
    setup: &Setup,
    scratch: &Scratch,
    number: usize,
    list: Vec<u32>,
    mut complaint: String,
) -> Result<Finding, String> {
    let list = shrink(list, SHRINKING, |list| {
        let pair = [program(list)];
        let expected = oracle(scratch, &pair)?;
        let found = fault(setup, scratch, &pair[0], &expected[0])?;
        let fails = found.is_some();
        complaint = found.unwrap_or_else(|| complaint.clone());
        Ok(fails)
    })?;
    Ok(Finding {
        number,
        complaint,
        program: program(&list),
    })
}

/// What Python prints of each program; one process runs them all.
fn oracle(scratch: &Scratch, programs: &[Pair]) -> Result<Vec<String>, String> {
    let mut args = vec![file_name(scratch, "oracle.py", ORACLE.as_bytes())?];
    for (i, pair) in programs.iter().enumerate() {
        args.push(file_name(
            scratch,
            &format!("lattice{i}.py"),
            pair.python.as_bytes(),
        )?);
    }
    let outcome = scratch.run(Path::new("python3"), &args)?;
    let text = outcome.stdout_text();
    let parts: Vec<String> = text.split_terminator('\0').map(str::to_owned).collect();
    if outcome.end != End::Exit(0) || parts.len() != programs.len() {
        return Err(format!(
            "the generator made a program that Python refuses:\n{}",
            indented(&outcome.stderr_text(), 20)
        ));
    }
    Ok(parts)
}

/// Writes a file and gives its name, by which programs that run in its folder find it.
fn file_name(scratch: &Scratch, name: &str, text: &[u8]) -> Result<String, String> {
    scratch.write(name, text)?;
    Ok(name.to_owned())
}

/// What is wrong with a program in some mode.
fn fault(
    setup: &Setup,
    scratch: &Scratch,
    pair: &Pair,
    expected: &str,
) -> Result<Option<String>, String> {
    let file = scratch.write("lattice.raya", pair.raya.as_bytes())?;
    for &mode in &setup.modes {
        let outcome = setup.run(mode, &[], &file)?;
        if outcome.end != End::Exit(0) {
            let text = indented(&outcome.stderr_text(), 12);
            return Ok(Some(format!(
                "in {}: {}\n{text}",
                mode.name,
                outcome.end.describe()
            )));
        }
        let printed = outcome.stdout_text();
        if printed != expected {
            let difference = diff::lines(expected, &printed);
            return Ok(Some(format!("(- python3, + {}):\n{difference}", mode.name)));
        }
    }
    Ok(None)
}

/// Whether Python can be asked.
pub fn python_is_there() -> bool {
    process::on_path("python3")
}
