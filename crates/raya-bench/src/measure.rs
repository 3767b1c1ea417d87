//! Time and peak memory of one process.
//!
//! The system tells the peak memory of children only as a maximum over all of them. So
//! each program is started by a process of its own, the hidden command `measure` of the
//! same binary, which waits for that one child and writes down what it cost.

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::engine::Job;

/// What one run cost, and what it printed.
#[derive(Clone, Debug)]
pub struct Sample {
    /// Wall time.
    pub time: Duration,
    /// The largest resident set, in bytes; 0 where the system does not tell.
    pub peak: u64,
    /// Standard output.
    pub output: Vec<u8>,
}

/// The name of the hidden command.
pub const MEASURE: &str = "measure";

/// Runs a job once.
///
/// # Errors
/// When it cannot be started or does not end with status 0.
pub fn run(job: &Job, raya: &Path) -> Result<Sample, String> {
    let output = Command::new(raya)
        .arg(MEASURE)
        .arg(&job.program)
        .args(&job.args)
        .stdin(Stdio::null())
        .output()
        .map_err(|error| format!("{}: {error}", raya.display()))?;
    let stderr = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() {
        return Err(format!(
            "{} {}: failed\n{stderr}",
            job.program.display(),
            job.args.join(" ")
        ));
    }
    let (time, peak) = stderr
        .lines()
        .next_back()
        .and_then(parse)
        .ok_or_else(|| format!("{} {MEASURE} gave no measurement", raya.display()))?;
    Ok(Sample {
        time,
        peak,
        output: output.stdout,
    })
}

fn parse(line: &str) -> Option<(Duration, u64)> {
    let (nanoseconds, peak) = line.strip_prefix("measured ")?.split_once(' ')?;
    Some((
        Duration::from_nanos(nanoseconds.parse().ok()?),
        peak.parse().ok()?,
    ))
}

/// The hidden command: runs a command line, and writes its time in nanoseconds and its
/// peak memory in bytes as the last line of standard error. Gives the exit status.
///
/// # Errors
/// When the command cannot be started.
pub fn measure_command(command: &[String]) -> Result<i32, String> {
    let (program, args) = command.split_first().ok_or("nothing to measure")?;
    let start = Instant::now();
    let status = Command::new(program)
        .args(args)
        .status()
        .map_err(|error| format!("{program}: {error}"))?;
    let time = start.elapsed();
    eprintln!("measured {} {}", time.as_nanos(), peak_of_children());
    Ok(status.code().unwrap_or(1))
}

#[cfg(unix)]
fn peak_of_children() -> u64 {
    use nix::sys::resource::{UsageWho, getrusage};
    // Linux counts in KiB, macOS in bytes.
    let unit = if cfg!(target_os = "macos") { 1 } else { 1024 };
    getrusage(UsageWho::RUSAGE_CHILDREN).map_or(0, |usage| {
        u64::try_from(usage.max_rss()).unwrap_or(0) * unit
    })
}

#[cfg(not(unix))]
fn peak_of_children() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::parse;
    use std::time::Duration;

    #[test]
    fn reads_its_own_line() {
        assert_eq!(
            parse("measured 1500 4096"),
            Some((Duration::from_nanos(1500), 4096))
        );
        assert_eq!(parse("something else"), None);
    }
}
