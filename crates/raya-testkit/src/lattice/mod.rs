//! Random class lattices, as Raya and as Python: several bases, cooperative methods,
//! descriptors, operators, classes that change while they are used.
//!
//! Python is the oracle: each program must print in every mode what `python3` prints. As for
//! the other generator, a program is a function of a list of choices, so that a failing one
//! can be made smaller.

mod classes;
mod probes;
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
    for (number, list) in lists(seed, 0, count)?.into_iter().enumerate() {
        if findings.len() >= most_findings {
            break;
        }
        let Some(mut complaint) = fault(setup, &scratch, &list)? else {
            continue;
        };
        let list = shrink(list, SHRINKING, |list| {
            let found = fault(setup, &scratch, list)?;
            let fails = found.is_some();
            complaint = found.unwrap_or_else(|| complaint.clone());
            Ok(fails)
        })?;
        findings.push(Finding {
            number,
            complaint,
            program: program(&list),
        });
    }
    Ok(findings)
}

/// What is wrong with a program in some mode.
fn fault(setup: &Setup, scratch: &Scratch, list: &[u32]) -> Result<Option<String>, String> {
    let pair = program(list);
    scratch.write("lattice.py", pair.python.as_bytes())?;
    let file = scratch.write("lattice.raya", pair.raya.as_bytes())?;
    let expected = scratch.run(Path::new("python3"), &["lattice.py".to_owned()])?;
    if expected.end != End::Exit(0) {
        return Err(format!(
            "the generator made a program that Python refuses:\n{}",
            indented(&expected.stderr_text(), 20)
        ));
    }
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
        if outcome.stdout != expected.stdout {
            let difference = diff::lines(&expected.stdout_text(), &outcome.stdout_text());
            return Ok(Some(format!("(- python3, + {}):\n{difference}", mode.name)));
        }
    }
    Ok(None)
}

/// Whether Python can be asked.
pub fn python_is_there() -> bool {
    process::on_path("python3")
}
