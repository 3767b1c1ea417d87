//! Running generated programs: many in a file, in every mode and under Node, and the
//! search for the smallest program that still fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use proptest::strategy::{Strategy, Union, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::prelude::MARK;
use super::program::{Batch, Program, program};
use super::shrink::shrink;
use crate::diff;
use crate::docs::Scratch;
use crate::fixture::indented;
use crate::modes::Mode;
use crate::process::{self, End, Outcome};
use crate::suite::Setup;

/// Attempts to make a failing program smaller.
const SHRINKING: usize = 2_000;

/// How many choices a program may take from its list, and how often: most programs are
/// small, since compiling takes more time than running them.
const LENGTHS: [(u32, std::ops::Range<usize>); 3] = [(11, 30..180), (7, 180..450), (2, 450..1_500)];

/// A number of programs to generate and run.
#[derive(Clone, Copy, Debug)]
pub struct Campaign {
    /// The same seed gives the same programs.
    pub seed: u64,
    /// How many programs.
    pub count: usize,
    /// Programs per file.
    pub batch: usize,
    /// Whether Node is asked, too.
    pub node: bool,
    /// The campaign ends early after so many findings.
    pub most_findings: usize,
    /// And after so many minutes.
    pub minutes: Option<u64>,
    /// Whether findings and the number of programs are told on standard error meanwhile.
    pub progress: bool,
}

/// What a campaign came to.
#[derive(Clone, Debug)]
pub struct Report {
    /// The programs that were run.
    pub programs: usize,
    /// The faults, by number of program.
    pub findings: Vec<Finding>,
}

/// A program that fails, as small as it could be made.
#[derive(Clone, Debug)]
pub struct Finding {
    /// The number of the program in the campaign.
    pub number: usize,
    /// What is wrong.
    pub complaint: String,
    /// The program as Raya.
    pub program: String,
}

/// What is wrong with a program, so that shrinking does not wander to another fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// It does not pass the checker.
    Refused,
    /// It ends in another way than with status 0.
    Ends,
    /// Modes, or Node, disagree about its output.
    Differs,
}

struct Fault {
    kind: Kind,
    text: String,
    /// The modes in which it shows.
    modes: Vec<Mode>,
}

/// Runs a campaign.
///
/// # Errors
/// When a binary cannot be started or a file cannot be written.
pub fn campaign(setup: &Setup, campaign: &Campaign) -> Result<Report, String> {
    let batches = campaign.count.div_ceil(campaign.batch.max(1));
    let (next, found, done) = Default::default();
    let counters: [&AtomicUsize; 3] = [&next, &found, &done];
    let start = Instant::now();
    let limit = campaign.minutes.map(|m| Duration::from_secs(m * 60));
    let work = || -> Result<Vec<Finding>, String> {
        let [next, found, done] = counters;
        let mut findings = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            let late = limit.is_some_and(|limit| start.elapsed() >= limit);
            if index >= batches || late || found.load(Ordering::Relaxed) >= campaign.most_findings {
                return Ok(findings);
            }
            let runner = Runner::new(setup, campaign, index)?;
            let more = runner.run(found)?;
            let total = done.fetch_add(runner.count(), Ordering::Relaxed) + runner.count();
            if campaign.progress {
                tell(total, start, &more);
            }
            findings.extend(more);
        }
    };
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let parts: Vec<Result<Vec<Finding>, String>> = thread::scope(|scope| {
        let handles: Vec<_> = (0..workers).map(|_| scope.spawn(work)).collect();
        handles
            .into_iter()
            .map(|handle| {
                handle
                    .join()
                    .unwrap_or_else(|_| Err("a worker panicked".to_owned()))
            })
            .collect()
    });
    let mut findings: Vec<Finding> = parts.into_iter().collect::<Result<Vec<_>, _>>()?.concat();
    findings.sort_by_key(|finding| finding.number);
    Ok(Report {
        programs: done.into_inner(),
        findings,
    })
}

/// Tells how far a campaign is and what it found last.
fn tell(programs: usize, start: Instant, findings: &[Finding]) {
    for finding in findings {
        eprintln!(
            "program {} {}\n{}",
            finding.number, finding.complaint, finding.program
        );
    }
    let seconds = start.elapsed().as_secs_f64();
    eprintln!(
        "{programs} programs in {seconds:.0} s, {:.0} per second",
        programs as f64 / seconds
    );
}

/// One file of programs.
struct Runner<'a> {
    setup: &'a Setup,
    campaign: &'a Campaign,
    index: usize,
    scratch: Scratch,
}

impl<'a> Runner<'a> {
    fn new(setup: &'a Setup, campaign: &'a Campaign, index: usize) -> Result<Self, String> {
        Ok(Self {
            setup,
            campaign,
            index,
            scratch: Scratch::new(&format!("generated-{}-{index}", campaign.seed))?,
        })
    }

    /// How many programs the file holds.
    fn count(&self) -> usize {
        let first = self.index * self.campaign.batch;
        self.campaign.batch.min(self.campaign.count - first)
    }

    fn run(&self, found: &AtomicUsize) -> Result<Vec<Finding>, String> {
        let first = self.index * self.campaign.batch;
        let lists = lists(self.campaign.seed, self.index, self.count())?;
        let programs = programs(&lists);
        if self.fault(&programs)?.is_none() {
            return Ok(Vec::new());
        }
        let mut findings = Vec::new();
        for (i, list) in lists.into_iter().enumerate() {
            if found.load(Ordering::Relaxed) >= self.campaign.most_findings {
                break;
            }
            if let Some(fault) = self.fault(&[program(&list, 0)])? {
                found.fetch_add(1, Ordering::Relaxed);
                findings.push(self.shrink(first + i, list, fault)?);
            }
        }
        if findings.is_empty() {
            // Together they fail, each alone does not: the file itself is the finding.
            if let Some(fault) = self.fault(&programs)? {
                found.fetch_add(1, Ordering::Relaxed);
                findings.push(Finding {
                    number: first,
                    complaint: fault.text,
                    program: Batch::new(programs.iter()).raya,
                });
            }
        }
        Ok(findings)
    }

    fn shrink(&self, number: usize, list: Vec<u32>, fault: Fault) -> Result<Finding, String> {
        let mut complaint = fault.text;
        let list = shrink(list, SHRINKING, |list| {
            let found = self.fault_in(&[program(list, 0)], &fault.modes)?;
            Ok(match found {
                Some(found) if found.kind == fault.kind => {
                    complaint = found.text;
                    true
                }
                _ => false,
            })
        })?;
        Ok(Finding {
            number,
            complaint,
            program: Batch::new(std::iter::once(&program(&list, 0))).raya,
        })
    }

    /// What is wrong with a file of programs in any mode, if anything is.
    fn fault(&self, programs: &[Program]) -> Result<Option<Fault>, String> {
        self.fault_in(programs, &self.setup.modes)
    }

    fn fault_in(&self, programs: &[Program], modes: &[Mode]) -> Result<Option<Fault>, String> {
        let batch = Batch::new(programs.iter());
        let file = self
            .scratch
            .write("generated.raya", batch.raya.as_bytes())?;
        let mut reference = None;
        if self.campaign.node {
            self.scratch.write("generated.cjs", batch.js.as_bytes())?;
            let outcome = self
                .scratch
                .run(Path::new("node"), &["generated.cjs".to_owned()])?;
            if outcome.end != End::Exit(0) {
                return Err(format!(
                    "the generator made a program that Node refuses:\n{}",
                    indented(&outcome.stderr_text(), 20)
                ));
            }
            reference = Some(("node", outcome));
        }
        for &mode in modes {
            let outcome = self.setup.run(mode, &[], &file)?;
            if outcome.end != End::Exit(0) {
                let kind = if outcome.end == End::Exit(2) {
                    Kind::Refused
                } else {
                    Kind::Ends
                };
                let text = format!(
                    "in {}: {}\n{}",
                    mode.name,
                    outcome.end.describe(),
                    indented(&outcome.stderr_text(), 30)
                );
                return Ok(Some(Fault {
                    kind,
                    text,
                    modes: vec![mode],
                }));
            }
            match &reference {
                None => reference = Some((mode.name, outcome)),
                Some((name, expected)) if expected.stdout != outcome.stdout => {
                    let text = difference(name, expected, mode.name, &outcome);
                    return Ok(Some(Fault {
                        kind: Kind::Differs,
                        text,
                        modes: if self.campaign.node {
                            vec![mode]
                        } else {
                            vec![modes[0], mode]
                        },
                    }));
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }
}

/// The choices of each program of a file.
pub(crate) fn lists(seed: u64, index: usize, count: usize) -> Result<Vec<Vec<u32>>, String> {
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&(index as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let sized = LENGTHS.map(|(weight, range)| {
        let list = proptest::collection::vec(proptest::num::u32::ANY, range);
        (weight, list.boxed())
    });
    let choices = Union::new_weighted(sized.to_vec());
    (0..count)
        .map(|_| {
            let tree = choices
                .new_tree(&mut runner)
                .map_err(|reason| reason.to_string())?;
            Ok(tree.current())
        })
        .collect()
}

fn programs(lists: &[Vec<u32>]) -> Vec<Program> {
    lists
        .iter()
        .enumerate()
        .map(|(i, list)| program(list, i))
        .collect()
}

/// The first programs of a file whose outputs differ.
fn difference(expected_name: &str, expected: &Outcome, name: &str, outcome: &Outcome) -> String {
    let (expected, actual) = (expected.stdout_text(), outcome.stdout_text());
    let (left, right) = (sections(&expected), sections(&actual));
    let mut text = format!("(- {expected_name}, + {name}):\n");
    for (program, output) in left {
        let other = right.get(program).copied().unwrap_or_default();
        if output != other {
            text.push_str(&diff::lines(output, other));
            break;
        }
    }
    text
}

/// The output of each program of a file.
fn sections(text: &str) -> BTreeMap<&str, &str> {
    text.split(MARK)
        .filter_map(|section| section.split_once('\n'))
        .collect()
}

/// A file of programs.
///
/// # Errors
/// When no programs can be made.
pub fn batch(seed: u64, count: usize) -> Result<Batch, String> {
    Ok(Batch::new(programs(&lists(seed, 0, count)?).iter()))
}

/// Writes the files of a campaign to a folder, as Raya and as JavaScript.
///
/// # Errors
/// When a file cannot be written.
pub fn write(campaign: &Campaign, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for index in 0..campaign.count.div_ceil(campaign.batch.max(1)) {
        let count = campaign.batch.min(campaign.count - index * campaign.batch);
        let programs = programs(&lists(campaign.seed, index, count)?);
        let batch = Batch::new(programs.iter());
        for (extension, text) in [("raya", &batch.raya), ("cjs", &batch.js)] {
            let file = folder.join(format!("{index}.{extension}"));
            std::fs::write(&file, text).map_err(|error| format!("{}: {error}", file.display()))?;
        }
    }
    Ok(())
}

/// Whether Node can be asked.
pub fn node_is_there() -> bool {
    process::on_path("node")
}
