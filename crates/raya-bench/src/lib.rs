//! `raya bench`: programs on this engine and its peers, side by side.
//!
//! Owns sizes, engines, measuring and the tables. Must not know the engine: it starts
//! binaries. Every run is a process of its own, and rounds go through all engines in
//! turn, so that a change of the machine's mood hits them alike.
//! Invariant: a ratio compares engines that did equal work and printed the same bytes;
//! where outputs differ, the run fails.

#![forbid(unsafe_code)]

mod engine;
mod json;
mod measure;
mod progress;
mod report;
mod size;
mod stats;

use std::path::{Path, PathBuf};

use clap::Args;

use engine::{Engine, Job};
use measure::Sample;
use progress::Progress;
use report::Row;
use size::Size;

pub use measure::{MEASURE, measure_command};

/// The options of `raya bench`.
#[derive(Args, Clone, Debug)]
pub struct Options {
    /// Programs; by default those of `bench/`.
    pub files: Vec<PathBuf>,
    /// Peers to compare with (node, python3, interpreter); by default the first two, where
    /// they are on the PATH.
    #[arg(long = "peer")]
    pub peers: Vec<String>,
    /// Runs per program and engine.
    #[arg(long, default_value_t = 5)]
    pub runs: usize,
    /// Write all samples to a file.
    #[arg(long)]
    pub json: Option<PathBuf>,
    /// Only compiled code, at full size.
    #[arg(long)]
    pub no_interpreter: bool,
    /// Only interpreters, at small size.
    #[arg(long, conflicts_with = "no_interpreter")]
    pub no_jit: bool,
}

/// One engine's samples for one program.
#[derive(Clone, Debug)]
pub(crate) struct Series {
    pub engine: Engine,
    pub samples: Vec<Sample>,
}

/// Runs the benchmarks and prints the tables; `raya` is the binary to measure.
///
/// # Errors
/// When a program cannot be read or run, or engines disagree about its output.
pub fn run(options: &Options, raya: &Path) -> Result<(), String> {
    let files = programs(&options.files)?;
    let peers = engine::peers(&options.peers)?;
    let folder = Scratch::new()?;
    let mut tables = Vec::new();
    if !options.no_jit {
        let engines = engine::compiled(&peers, &options.peers, options.no_interpreter);
        tables.push((
            Size::Full,
            collect(&files, Size::Full, &engines, options, raya, &folder.0)?,
        ));
    }
    if !options.no_interpreter {
        let engines = engine::interpreted(&peers);
        tables.push((
            Size::Small,
            collect(&files, Size::Small, &engines, options, raya, &folder.0)?,
        ));
    }
    for (size, rows) in &tables {
        print!("{}", report::table(*size, rows));
    }
    if let Some(file) = &options.json {
        let text = json::document(&tables);
        std::fs::write(file, text).map_err(|error| format!("{}: {error}", file.display()))?;
    }
    Ok(())
}

fn collect(
    files: &[PathBuf],
    size: Size,
    engines: &[Engine],
    options: &Options,
    raya: &Path,
    folder: &Path,
) -> Result<Vec<Row>, String> {
    let mut rows = Vec::new();
    let mut progress = Progress::new(files.len() * engines.len() * options.runs);
    for file in files {
        let name = file
            .file_stem()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let jobs: Vec<(Engine, Job)> = engines
            .iter()
            .map(|&engine| Ok((engine, engine::prepare(engine, file, size, raya, folder)?)))
            .collect::<Result<Vec<_>, String>>()?
            .into_iter()
            .filter_map(|(engine, job)| Some((engine, job?)))
            .collect();
        let mut series: Vec<Series> = jobs
            .iter()
            .map(|&(engine, _)| Series {
                engine,
                samples: Vec::new(),
            })
            .collect();
        for _ in 0..options.runs {
            for ((engine, job), series) in jobs.iter().zip(&mut series) {
                progress.show(&format!("{name} on {}", engine.name()));
                series.samples.push(measure::run(job, raya)?);
            }
            progress.skip(engines.len() - jobs.len());
        }
        same_output(&name, &series)?;
        rows.push(Row { name, series });
    }
    progress.finish();
    Ok(rows)
}

fn same_output(name: &str, series: &[Series]) -> Result<(), String> {
    let mut samples = series
        .iter()
        .flat_map(|s| s.samples.iter().map(move |sample| (s.engine, sample)));
    let Some((first, reference)) = samples.next() else {
        return Ok(());
    };
    match samples.find(|(_, sample)| sample.output != reference.output) {
        Some((engine, _)) => Err(format!(
            "{name}: {} and {} print different things",
            first.name(),
            engine.name()
        )),
        None => Ok(()),
    }
}

/// The programs to run.
fn programs(given: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    if !given.is_empty() {
        return Ok(given.to_vec());
    }
    let entries = std::fs::read_dir("bench").map_err(|error| format!("bench: {error}"))?;
    let mut files: Vec<PathBuf> = entries
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| {
            path.extension()
                .is_some_and(|ext| ext == "ts" || ext == "raya")
        })
        .collect();
    files.sort();
    Ok(files)
}

/// A folder for generated files, removed at the end.
struct Scratch(PathBuf);

impl Scratch {
    fn new() -> Result<Self, String> {
        let folder = std::env::temp_dir().join(format!("raya-bench-{}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self(folder))
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's cleaning of temporary files.
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
