//! The test kit's commands: fixtures, coverage, twins, generated programs, stripping.

#![forbid(unsafe_code)]

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use raya_testkit::generate::{Campaign, Report};
use raya_testkit::suite::Setup;
use raya_testkit::twin_programs::{self, Kind};
use raya_testkit::{
    coverage, fixture, generate, lattice, modes, patches, slot_matrix, suite, twins,
};

#[derive(Parser)]
#[command(
    name = "raya-testkit",
    about = "Tests of the raya binary from the outside"
)]
struct Cli {
    /// The binary under test; by default the one beside this program.
    #[arg(long, global = true)]
    raya: Option<PathBuf>,
    /// The repository's root; by default the nearest folder above that holds `fixtures`.
    #[arg(long, global = true)]
    root: Option<PathBuf>,
    /// Modes to run in, separated by commas; by default all.
    #[arg(long, global = true)]
    modes: Option<String>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Run fixtures, soundness programs, the reference's code blocks and bad input.
    Fixtures {
        /// Only trials whose names contain this text.
        #[arg(long)]
        filter: Option<String>,
        /// Trials at a time; by default one per processor.
        #[arg(long)]
        threads: Option<usize>,
    },
    /// Print what happened to each opcode over all fixtures and modes.
    Coverage {
        /// Only what the suite measures, and only the cells that are empty.
        #[arg(long)]
        suite: bool,
    },
    /// Derive the expected output of fixtures again, from node and python3.
    Twins {
        /// Only fixtures whose names contain this text.
        #[arg(long)]
        filter: Option<String>,
        /// Replace expected output that differs.
        #[arg(long)]
        write: bool,
    },
    /// Generate programs and run them in all modes and under Node.
    Generate {
        /// The same seed gives the same programs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many programs.
        #[arg(long, default_value_t = 1000)]
        count: usize,
        /// Programs per file.
        #[arg(long, default_value_t = 50)]
        batch: usize,
        /// Do not ask Node, even if it is there.
        #[arg(long)]
        no_node: bool,
        /// End after so many minutes, whatever is left.
        #[arg(long)]
        minutes: Option<u64>,
        /// End after so many findings.
        #[arg(long, default_value_t = 5)]
        findings: usize,
        /// Write the programs to a folder, as Raya and as JavaScript, and run nothing.
        #[arg(long)]
        write: Option<PathBuf>,
    },
    /// Generate class lattices and compare them with Python in all modes.
    Lattices {
        /// The same seed gives the same programs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many programs.
        #[arg(long, default_value_t = 200)]
        count: usize,
        /// End after so many findings.
        #[arg(long, default_value_t = 5)]
        findings: usize,
        /// Only write the programs to this folder, which must exist.
        #[arg(long)]
        write: Option<PathBuf>,
    },
    /// Generate programs that change classes whose code is hot, and compare all modes, and
    /// Python where it is installed.
    Patches {
        /// The same seed gives the same programs.
        #[arg(long, default_value_t = 1)]
        seed: u64,
        /// How many programs.
        #[arg(long, default_value_t = 200)]
        count: usize,
        /// End after so many findings.
        #[arg(long, default_value_t = 5)]
        findings: usize,
        /// Write the programs to a folder, as Raya and as Python, and run nothing.
        #[arg(long)]
        write: Option<PathBuf>,
    },
    /// Write the programs made from the slot table among the fixtures; `twins --write` then
    /// derives what they print.
    Slots,
    /// Print a program as JavaScript, without its types.
    Strip {
        /// The program.
        file: PathBuf,
    },
}

fn main() -> ExitCode {
    match run(&Cli::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("raya-testkit: {error}");
            ExitCode::from(2)
        }
    }
}

/// Whether all went well.
fn run(cli: &Cli) -> Result<bool, String> {
    let root = match &cli.root {
        Some(root) => root.clone(),
        None => find_root()?,
    };
    match &cli.command {
        Command::Fixtures { filter, threads } => {
            let conclusion = suite::run(&setup(cli, &root)?, filter.clone(), *threads)?;
            Ok(!conclusion.has_failed())
        }
        Command::Coverage { suite: true } => {
            let counts = coverage::measure_for_suite(&setup(cli, &root)?)?;
            let holes = coverage::holes(&counts);
            holes.iter().for_each(|hole| println!("{hole}"));
            Ok(holes.is_empty())
        }
        Command::Coverage { suite: false } => {
            let counts = coverage::measure(&setup(cli, &root)?, None)?;
            let (text, holes) = coverage::report(&counts);
            print!("{text}");
            Ok(holes == 0)
        }
        Command::Slots => {
            slot_matrix::write(&root)?;
            Ok(true)
        }
        Command::Twins { filter, write } => {
            let summary = twins::run(&root, filter.as_deref(), *write)?;
            for (name, difference) in &summary.different {
                println!("{name} (- .out, + twin):\n{difference}");
            }
            println!(
                "{} compared, {} different, {} written",
                summary.compared,
                summary.different.len(),
                summary.written
            );
            Ok(summary.different.is_empty())
        }
        Command::Generate {
            seed,
            count,
            batch,
            no_node,
            minutes,
            findings,
            write,
        } => {
            let campaign = Campaign {
                seed: *seed,
                count: *count,
                batch: *batch,
                node: !no_node && generate::node_is_there(),
                most_findings: *findings,
                minutes: *minutes,
                progress: true,
            };
            match write {
                Some(folder) => generate::write(&campaign, folder).map(|()| true),
                None => run_campaign(&setup(cli, &root)?, &campaign),
            }
        }
        Command::Lattices {
            seed,
            count,
            write: Some(folder),
            ..
        } => twins_of(lattice::KIND, *seed, *count, 0)
            .write(folder)
            .map(|()| true),
        Command::Lattices {
            seed,
            count,
            findings,
            write: None,
        } => {
            if !twin_programs::python_is_there() {
                return Err("python3 is not on the path".to_owned());
            }
            let campaign = twins_of(lattice::KIND, *seed, *count, *findings);
            run_twins(&setup(cli, &root)?, &campaign)
        }
        Command::Patches {
            seed,
            count,
            findings,
            write,
        } => {
            let campaign = twins_of(patches::KIND, *seed, *count, *findings);
            match write {
                Some(folder) => campaign.write(folder).map(|()| true),
                None => run_twins(&setup(cli, &root)?, &campaign),
            }
        }
        Command::Strip { file } => {
            let text = fixture::read(file)?;
            print!(
                "{}",
                raya_strip::javascript(&file.to_string_lossy(), &text)?
            );
            Ok(true)
        }
    }
}

fn run_campaign(setup: &Setup, campaign: &Campaign) -> Result<bool, String> {
    let Report { programs, findings } = generate::campaign(setup, campaign)?;
    for finding in &findings {
        println!(
            "program {} {}\n{}",
            finding.number, finding.complaint, finding.program
        );
    }
    println!(
        "{programs} of {} programs, seed {}, {} modes{}: {} findings",
        campaign.count,
        campaign.seed,
        setup.modes.len(),
        if campaign.node { " and Node" } else { "" },
        findings.len()
    );
    Ok(findings.is_empty())
}

fn twins_of(kind: Kind, seed: u64, count: usize, most: usize) -> twin_programs::Campaign {
    twin_programs::Campaign {
        kind,
        seed,
        count,
        most_findings: most,
        python: twin_programs::python_is_there(),
    }
}

fn run_twins(setup: &Setup, campaign: &twin_programs::Campaign) -> Result<bool, String> {
    let name = campaign.kind.name;
    let findings = campaign.run(setup)?;
    for finding in &findings {
        println!(
            "{name} {} {}\n--- Raya\n{}--- Python\n{}",
            finding.number, finding.complaint, finding.program.raya, finding.program.python
        );
    }
    println!(
        "{} programs of {name}, seed {}, {} modes{}: {} findings",
        campaign.count,
        campaign.seed,
        setup.modes.len(),
        if campaign.python { " and Python" } else { "" },
        findings.len()
    );
    Ok(findings.is_empty())
}

fn setup(cli: &Cli, root: &Path) -> Result<Setup, String> {
    let raya = match &cli.raya {
        Some(raya) => std::path::absolute(raya).map_err(|error| error.to_string())?,
        None => std::env::current_exe()
            .map_err(|error| error.to_string())?
            .with_file_name(format!("raya{}", std::env::consts::EXE_SUFFIX)),
    };
    if !raya.exists() {
        return Err(format!(
            "{} does not exist; build it or pass --raya",
            raya.display()
        ));
    }
    let mut setup = Setup::new(&raya, root)?;
    if let Some(list) = &cli.modes {
        setup.modes = modes::parse(list)?;
    }
    Ok(setup)
}

fn find_root() -> Result<PathBuf, String> {
    let here = std::env::current_dir().map_err(|error| error.to_string())?;
    here.ancestors()
        .find(|folder| folder.join("fixtures").is_dir() && folder.join("Cargo.toml").is_file())
        .map(Path::to_owned)
        .ok_or_else(|| "no folder above this one holds fixtures; pass --root".to_owned())
}
