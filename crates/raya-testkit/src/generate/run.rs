//! Running generated programs: many in a file, in every mode and under Node, and the
//! search for the smallest program that still fails.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use proptest::collection::VecStrategy;
use proptest::num::u32::Any;
use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};

use super::program::{Batch, MARK, Program, program};
use crate::diff;
use crate::docs::Scratch;
use crate::fixture::indented;
use crate::process::{self, End, Outcome};
use crate::suite::Setup;

/// Attempts to make a failing program smaller.
const SHRINKING: usize = 600;

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

type Fault = (Kind, String);

/// Runs a campaign.
///
/// # Errors
/// When a binary cannot be started or a file cannot be written.
pub fn campaign(setup: &Setup, campaign: &Campaign) -> Result<Vec<Finding>, String> {
    let batches = campaign.count.div_ceil(campaign.batch.max(1));
    let (next, found) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let work = || -> Result<Vec<Finding>, String> {
        let mut findings = Vec::new();
        loop {
            let index = next.fetch_add(1, Ordering::Relaxed);
            if index >= batches || found.load(Ordering::Relaxed) >= campaign.most_findings {
                return Ok(findings);
            }
            let more = Runner::new(setup, campaign, index)?.run(&found)?;
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
    Ok(findings)
}

type Tree = <VecStrategy<Any> as Strategy>::Tree;

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

    fn run(&self, found: &AtomicUsize) -> Result<Vec<Finding>, String> {
        let first = self.index * self.campaign.batch;
        let count = self.campaign.batch.min(self.campaign.count - first);
        let mut trees = trees(self.campaign.seed, self.index, count)?;
        let programs: Vec<Program> = trees
            .iter()
            .enumerate()
            .map(|(i, tree)| program(&tree.current(), i))
            .collect();
        if self.fault(&programs)?.is_none() {
            return Ok(Vec::new());
        }
        let mut findings = Vec::new();
        for (i, tree) in trees.iter_mut().enumerate() {
            if found.load(Ordering::Relaxed) >= self.campaign.most_findings {
                break;
            }
            if let Some(fault) = self.fault(&[program(&tree.current(), 0)])? {
                found.fetch_add(1, Ordering::Relaxed);
                findings.push(self.shrink(first + i, tree, fault)?);
            }
        }
        if findings.is_empty() {
            // Together they fail, each alone does not: the file itself is the finding.
            if let Some((_, complaint)) = self.fault(&programs)? {
                found.fetch_add(1, Ordering::Relaxed);
                findings.push(Finding {
                    number: first,
                    complaint,
                    program: Batch::new(programs.iter()).raya,
                });
            }
        }
        Ok(findings)
    }

    fn shrink(&self, number: usize, tree: &mut Tree, fault: Fault) -> Result<Finding, String> {
        let (kind, mut complaint) = fault;
        let mut smallest = tree.current();
        let mut attempts = 0;
        let mut simpler = tree.simplify();
        while simpler && attempts < SHRINKING {
            attempts += 1;
            let list = tree.current();
            match self.fault(&[program(&list, 0)])? {
                Some((same, text)) if same == kind => {
                    (smallest, complaint) = (list, text);
                    simpler = tree.simplify();
                }
                _ => simpler = tree.complicate(),
            }
        }
        let program = program(&smallest, 0);
        Ok(Finding {
            number,
            complaint,
            program: Batch::new(std::iter::once(&program)).raya,
        })
    }

    /// What is wrong with a file of programs, if anything is.
    fn fault(&self, programs: &[Program]) -> Result<Option<Fault>, String> {
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
        for &mode in &self.setup.modes {
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
                return Ok(Some((kind, text)));
            }
            match &reference {
                None => reference = Some((mode.name, outcome)),
                Some((name, expected)) if expected.stdout != outcome.stdout => {
                    let text = difference(name, expected, mode.name, &outcome);
                    return Ok(Some((Kind::Differs, text)));
                }
                Some(_) => {}
            }
        }
        Ok(None)
    }
}

/// The choices of each program, in the form that shrinks.
fn trees(seed: u64, index: usize, count: usize) -> Result<Vec<Tree>, String> {
    let mut bytes = [0u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    bytes[8..16].copy_from_slice(&(index as u64).to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    let choices = proptest::collection::vec(proptest::num::u32::ANY, 40..400);
    (0..count)
        .map(|_| {
            choices
                .new_tree(&mut runner)
                .map_err(|reason| reason.to_string())
        })
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

/// Writes the files of a campaign to a folder, as Raya and as JavaScript.
///
/// # Errors
/// When a file cannot be written.
pub fn write(campaign: &Campaign, folder: &Path) -> Result<(), String> {
    std::fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    for index in 0..campaign.count.div_ceil(campaign.batch.max(1)) {
        let count = campaign.batch.min(campaign.count - index * campaign.batch);
        let trees = trees(campaign.seed, index, count)?;
        let programs: Vec<Program> = trees
            .iter()
            .enumerate()
            .map(|(i, tree)| program(&tree.current(), i))
            .collect();
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
