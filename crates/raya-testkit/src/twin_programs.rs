//! Generated programs in two languages: every mode must print what Python prints, or without
//! Python what the first mode prints.
//!
//! As for the other generator, a program is a function of a list of choices, so that a failing
//! one can be made smaller.

use std::path::Path;

use crate::diff;
use crate::docs::Scratch;
use crate::fixture::indented;
use crate::generate::{lists, shrink};
use crate::lattice::text::Pair;
use crate::process::{self, End};
use crate::suite::Setup;

/// Attempts to make a failing program smaller.
const SHRINKING: usize = 120;
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

/// A kind of generated programs.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    /// What one of them is called.
    pub name: &'static str,
    /// The program that a list of choices stands for.
    pub program: fn(&[u32]) -> Pair,
}

/// Programs to run.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// Their kind.
    pub kind: Kind,
    /// The same seed gives the same programs.
    pub seed: u64,
    /// How many.
    pub count: usize,
    /// End after so many findings.
    pub most_findings: usize,
    /// Ask Python what they print.
    pub python: bool,
}

/// A program that does not print the same everywhere.
#[derive(Debug)]
pub struct Finding {
    /// Which program of the campaign.
    pub number: usize,
    /// What is wrong.
    pub complaint: String,
    /// The program, made smaller.
    pub program: Pair,
}

impl Campaign {
    /// Writes the programs to a folder, each in both languages.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write(&self, folder: &Path) -> Result<(), String> {
        for (number, list) in lists(self.seed, 0, self.count)?.into_iter().enumerate() {
            let pair = (self.kind.program)(&list);
            for (ending, text) in [("py", pair.python), ("raya", pair.raya)] {
                let file = folder.join(format!("{}{number}.{ending}", self.kind.name));
                std::fs::write(&file, text).map_err(|e| format!("{}: {e}", file.display()))?;
            }
        }
        Ok(())
    }

    /// Runs the programs and gives the first few that differ.
    ///
    /// # Errors
    /// When a program cannot be started, or Python refuses what was generated.
    pub fn run(&self, setup: &Setup) -> Result<Vec<Finding>, String> {
        let scratch = Scratch::new(&format!("{}-{}", self.kind.name, self.seed))?;
        let mut findings = Vec::new();
        let all = lists(self.seed, 0, self.count)?;
        for (chunk, lists) in all.chunks(ORACLE_BATCH).enumerate() {
            let programs: Vec<Pair> = lists.iter().map(|l| (self.kind.program)(l)).collect();
            let expected = self.oracle(&scratch, &programs)?;
            for (i, list) in lists.iter().enumerate() {
                if findings.len() >= self.most_findings {
                    return Ok(findings);
                }
                if let Some(complaint) = fault(setup, &scratch, &programs[i], &expected[i])? {
                    let number = chunk * ORACLE_BATCH + i;
                    let list = list.clone();
                    findings.push(self.smaller(setup, &scratch, number, list, complaint)?);
                }
            }
        }
        Ok(findings)
    }

    /// Makes a failing program smaller.
    fn smaller(
        &self,
        setup: &Setup,
        scratch: &Scratch,
        number: usize,
        list: Vec<u32>,
        mut complaint: String,
    ) -> Result<Finding, String> {
        let list = shrink(list, SHRINKING, |list| {
            let pair = [(self.kind.program)(list)];
            let expected = self.oracle(scratch, &pair)?;
            let found = fault(setup, scratch, &pair[0], &expected[0])?;
            let fails = found.is_some();
            complaint = found.unwrap_or_else(|| complaint.clone());
            Ok(fails)
        })?;
        Ok(Finding {
            number,
            complaint,
            program: (self.kind.program)(&list),
        })
    }

    /// What Python prints of each program, if it is asked; one process runs them all.
    fn oracle(&self, scratch: &Scratch, programs: &[Pair]) -> Result<Vec<Option<String>>, String> {
        if !self.python {
            return Ok(vec![None; programs.len()]);
        }
        let mut args = vec![file_name(scratch, "oracle.py", ORACLE.as_bytes())?];
        for (i, pair) in programs.iter().enumerate() {
            let name = format!("program{i}.py");
            args.push(file_name(scratch, &name, pair.python.as_bytes())?);
        }
        let outcome = scratch.run(Path::new("python3"), &args)?;
        let text = outcome.stdout_text();
        let parts = text.split_terminator('\0').map(|t| Some(t.to_owned()));
        let parts: Vec<Option<String>> = parts.collect();
        if outcome.end != End::Exit(0) || parts.len() != programs.len() {
            return Err(format!(
                "the generator made a program that Python refuses:\n{}",
                indented(&outcome.stderr_text(), 20)
            ));
        }
        Ok(parts)
    }
}

/// Writes a file and gives its name, by which programs that run in its folder find it.
fn file_name(scratch: &Scratch, name: &str, text: &[u8]) -> Result<String, String> {
    scratch.write(name, text)?;
    Ok(name.to_owned())
}

/// What is wrong with a program in some mode. Without `expected` it is what the first prints.
fn fault(
    setup: &Setup,
    scratch: &Scratch,
    pair: &Pair,
    expected: &Option<String>,
) -> Result<Option<String>, String> {
    let file = scratch.write("program.raya", pair.raya.as_bytes())?;
    let mut expected = expected.clone().map(|text| ("python3", text));
    for &mode in &setup.modes {
        let outcome = setup.run(mode, &[], &file)?;
        let name = mode.name;
        if outcome.end != End::Exit(0) {
            let text = indented(&outcome.stderr_text(), 12);
            let end = outcome.end.describe();
            return Ok(Some(format!("in {name}: {end}\n{text}")));
        }
        let printed = outcome.stdout_text();
        match &expected {
            Some((who, text)) if *text != printed => {
                let difference = diff::lines(text, &printed);
                return Ok(Some(format!("(- {who}, + {name}):\n{difference}")));
            }
            Some(_) => {}
            None => expected = Some((name, printed)),
        }
    }
    Ok(None)
}

/// Whether Python can be asked.
pub fn python_is_there() -> bool {
    process::on_path("python3")
}
