//! The test suite: one trial per fixture, soundness program, code block, bad input,
//! command line and campaign of generated programs.
//!
//! A trial runs its program in every mode and reports the modes that fail together with
//! what they did, equal failures once.

use std::path::{Path, PathBuf};

use libtest_mimic::{Arguments, Conclusion, Failed, Trial};

use crate::fixture::{self, Expectation, Fixture};
use crate::generate::{self, Campaign};
use crate::modes::{self, Mode};
use crate::process::{self, Outcome};
use crate::{bad_input, commands, coverage, docs, patches, soundness, twin_programs};

/// What the trials share.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The binary under test.
    pub raya: PathBuf,
    /// The repository's root.
    pub root: PathBuf,
    /// The modes to run in.
    pub modes: Vec<Mode>,
}

impl Setup {
    /// The setup for a binary. `RAYA_TEST_MODES` (names, separated by commas) selects modes.
    ///
    /// # Errors
    /// When a mode is unknown.
    pub fn new(raya: &Path, root: &Path) -> Result<Self, String> {
        let modes = match std::env::var("RAYA_TEST_MODES") {
            Ok(list) if !list.is_empty() => modes::parse(&list)?,
            _ => modes::ALL.to_vec(),
        };
        Ok(Self {
            raya: raya.to_owned(),
            root: root.to_owned(),
            modes,
        })
    }

    /// Runs a program in one mode, from the folder that it lies in.
    ///
    /// # Errors
    /// When the binary cannot be started.
    pub fn run(&self, mode: Mode, flags: &[String], program: &Path) -> Result<Outcome, String> {
        let folder = program.parent().unwrap_or(Path::new("."));
        let file = program.file_name().unwrap_or_default().to_string_lossy();
        let mut args = vec!["run".to_owned()];
        args.extend(mode.flags.iter().map(|&flag| flag.to_owned()));
        args.extend_from_slice(flags);
        args.push(file.into_owned());
        process::run(&self.raya, &args, folder, process::time_limit())
    }

    /// Runs a program in every mode and checks each against the expectation, and against
    /// the first mode for what the expectation leaves open.
    ///
    /// # Errors
    /// Lists the failing modes and what they did.
    pub fn check(
        &self,
        program: &Path,
        flags: &[String],
        expected: &Expectation,
    ) -> Result<(), String> {
        // A program that is refused never runs, so that its modes cannot differ.
        let modes = if expected.exit == 2 {
            &self.modes[..1]
        } else {
            &self.modes[..]
        };
        let file = program.file_name().unwrap_or_default().to_string_lossy();
        let mut reference: Option<Outcome> = None;
        let mut failures: Vec<(String, Vec<&str>)> = Vec::new();
        for &mode in modes {
            let outcome = self.run(mode, flags, program)?;
            let result = expected
                .check(&file, &outcome)
                .and_then(|()| same_as(reference.as_ref(), &outcome));
            if let Err(complaint) = result {
                match failures.iter_mut().find(|(known, _)| *known == complaint) {
                    Some((_, modes)) => modes.push(mode.name),
                    None => failures.push((complaint, vec![mode.name])),
                }
            } else if reference.is_none() {
                reference = Some(outcome);
            }
        }
        if failures.is_empty() {
            return Ok(());
        }
        let parts: Vec<String> = failures
            .into_iter()
            .map(|(complaint, modes)| format!("in {}:\n{complaint}", modes.join(", ")))
            .collect();
        Err(parts.join("\n"))
    }
}

fn same_as(reference: Option<&Outcome>, outcome: &Outcome) -> Result<(), String> {
    match reference {
        Some(reference) if reference.stderr != outcome.stderr => Err(format!(
            "  standard error differs between modes (- first mode, + this one):\n{}",
            crate::diff::lines(&reference.stderr_text(), &outcome.stderr_text())
        )),
        _ => Ok(()),
    }
}

/// Every trial of the repository.
///
/// # Errors
/// When fixtures cannot be read or are malformed.
pub fn trials(setup: &Setup) -> Result<Vec<Trial>, String> {
    let mut trials = Vec::new();
    for fixture in fixture::discover(&setup.root.join("fixtures"))? {
        let setup = setup.clone();
        trials.push(trial(format!("fixture {}", fixture.name), move || {
            check_fixture(&setup, &fixture)
        }));
    }
    for program in soundness::discover(&setup.root.join("soundness"))? {
        let setup = setup.clone();
        trials.push(trial(format!("soundness {}", program.name), move || {
            program.check(&setup)
        }));
    }
    for block in docs::discover(&setup.root.join("docs/reference"))? {
        let setup = setup.clone();
        trials.push(trial(format!("docs {}", block.name), move || {
            block.check(&setup)
        }));
    }
    for case in bad_input::CASES {
        let setup = setup.clone();
        trials.push(trial(format!("bad-input {}", case.name), move || {
            case.check(&setup)
        }));
    }
    for case in commands::CASES {
        let setup = setup.clone();
        trials.push(trial(format!("command {}", case.name), move || {
            case.check(&setup)
        }));
    }
    let shared = setup.clone();
    trials.push(trial("coverage".to_owned(), move || {
        coverage::check(&shared)
    }));
    let node = generate::node_is_there();
    for seed in 0..CAMPAIGNS {
        let setup = setup.clone();
        trials.push(trial(format!("generated {seed}"), move || {
            check_generated(&setup, seed, node)
        }));
    }
    for seed in 0..PATCH_CAMPAIGNS {
        let setup = setup.clone();
        trials.push(trial(format!("patches {seed}"), move || {
            check_patches(&setup, seed)
        }));
    }
    Ok(trials)
}

/// Programs that change classes: so many campaigns of so many. Their modes are compared with one
/// another; Python is asked by the command.
const PATCH_CAMPAIGNS: u64 = 2;
const PATCH_PROGRAMS: usize = 3;

fn check_patches(setup: &Setup, seed: u64) -> Result<(), String> {
    let campaign = twin_programs::Campaign {
        kind: patches::KIND,
        seed,
        count: PATCH_PROGRAMS,
        most_findings: 1,
        python: false,
    };
    match campaign.run(setup)?.first() {
        Some(finding) => Err(format!("{}\n{}", finding.complaint, finding.program.raya)),
        None => Ok(()),
    }
}

/// Generated programs: so many campaigns of so many programs, in files of so many, which
/// even a busy machine runs within a process's time limit.
const CAMPAIGNS: u64 = 12;
const PROGRAMS: usize = 250;
const BATCH: usize = 50;

fn check_generated(setup: &Setup, seed: u64, node: bool) -> Result<(), String> {
    let campaign = Campaign {
        seed,
        count: PROGRAMS,
        batch: BATCH,
        node,
        most_findings: 1,
        minutes: None,
        progress: false,
    };
    match generate::campaign(setup, &campaign)?.findings.first() {
        Some(finding) => Err(format!("{}\n{}", finding.complaint, finding.program)),
        None => Ok(()),
    }
}

fn check_fixture(setup: &Setup, fixture: &Fixture) -> Result<(), String> {
    setup.check(&fixture.path, &fixture.flags, &fixture.expected)
}

fn trial(name: String, test: impl FnOnce() -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(name, move || test().map_err(Failed::from))
}

/// The trials that are known to fail, one name per line; `#` starts a comment. The list
/// may only shrink: an entry that names no trial is an error.
fn known_failures(root: &Path, trials: &[Trial]) -> Result<Vec<String>, String> {
    let path = root.join("fixtures/known-failures.txt");
    let Ok(text) = std::fs::read_to_string(&path) else {
        return Ok(Vec::new());
    };
    let lines = text
        .lines()
        .map(|line| line.split('#').next().unwrap_or("").trim());
    let names: Vec<String> = lines.filter(|l| !l.is_empty()).map(str::to_owned).collect();
    match names
        .iter()
        .find(|name| !trials.iter().any(|t| t.name() == name.as_str()))
    {
        Some(name) => Err(format!("{}: no trial is called {name:?}", path.display())),
        None => Ok(names),
    }
}

/// Runs the suite as a test program does: `cargo test`'s arguments, exit status included.
/// Trials that are known to fail are left out unless they are asked for by name.
pub fn main(raya: &Path, root: &Path) -> ! {
    let arguments = Arguments::from_args();
    let prepared = Setup::new(raya, root).and_then(|setup| {
        let mut trials = trials(&setup)?;
        let known = known_failures(root, &trials)?;
        if arguments.filter.is_none() {
            trials.retain(|trial| !known.iter().any(|name| name == trial.name()));
            if !known.is_empty() {
                eprintln!("{} trials are left out as known failures", known.len());
            }
        }
        Ok(trials)
    });
    match prepared {
        Ok(trials) => libtest_mimic::run(&arguments, trials).exit(),
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1)
        }
    }
}

/// Runs the trials whose names contain a text.
///
/// # Errors
/// When fixtures cannot be read or are malformed.
pub fn run(
    setup: &Setup,
    filter: Option<String>,
    threads: Option<usize>,
) -> Result<Conclusion, String> {
    let arguments = Arguments {
        filter,
        test_threads: threads,
        ..Arguments::default()
    };
    Ok(libtest_mimic::run(&arguments, trials(setup)?))
}
