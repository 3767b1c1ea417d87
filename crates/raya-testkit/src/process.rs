//! Running a program in a process of its own, with a time limit.
//!
//! A process that outlives its limit is killed and reported as a hang, so that a test
//! run always ends. Output is read by threads, so that a full pipe blocks nobody.

use std::io::Read;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// How a process ended and what it wrote.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// Everything written to standard output.
    pub stdout: Vec<u8>,
    /// Everything written to standard error.
    pub stderr: Vec<u8>,
    /// How it ended.
    pub end: End,
}

/// How a process ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// With an exit status.
    Exit(i32),
    /// By a signal.
    Signal(i32),
    /// Killed, because it ran longer than allowed.
    TimedOut,
}

impl End {
    /// For failure messages.
    pub fn describe(self) -> String {
        match self {
            End::Exit(status) => format!("exit status {status}"),
            End::Signal(signal) => format!("killed by signal {signal}"),
            End::TimedOut => "still running at the time limit".to_owned(),
        }
    }
}

impl Outcome {
    /// Standard output as text, for messages.
    pub fn stdout_text(&self) -> String {
        String::from_utf8_lossy(&self.stdout).into_owned()
    }

    /// Standard error as text, for messages.
    pub fn stderr_text(&self) -> String {
        String::from_utf8_lossy(&self.stderr).into_owned()
    }
}

/// The time limit of one process: `RAYA_TEST_TIMEOUT` seconds, or sixty.
pub fn time_limit() -> Duration {
    let seconds = std::env::var("RAYA_TEST_TIMEOUT")
        .ok()
        .and_then(|text| text.parse().ok())
        .unwrap_or(60);
    Duration::from_secs(seconds)
}

/// Runs a program in a folder and waits for its end.
///
/// # Errors
/// When the program cannot be started.
pub fn run(
    program: &Path,
    args: &[String],
    folder: &Path,
    limit: Duration,
) -> Result<Outcome, String> {
    run_with(program, args, &[], folder, limit)
}

/// As [`run`], with more environment variables.
///
/// # Errors
/// When the program cannot be started.
pub fn run_with(
    program: &Path,
    args: &[String],
    variables: &[(String, String)],
    folder: &Path,
    limit: Duration,
) -> Result<Outcome, String> {
    let mut child = Command::new(program)
        .args(args)
        .envs(variables.iter().map(|(name, value)| (name, value)))
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .env("NO_COLOR", "1")
        .spawn()
        .map_err(|error| format!("cannot start {}: {error}", program.display()))?;
    let stdout = drain(child.stdout.take());
    let stderr = drain(child.stderr.take());
    let end = wait(&mut child, limit)?;
    let join = |handle: thread::JoinHandle<Vec<u8>>| handle.join().unwrap_or_default();
    Ok(Outcome {
        stdout: join(stdout),
        stderr: join(stderr),
        end,
    })
}

fn drain(pipe: Option<impl Read + Send + 'static>) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A read error ends the output early; the comparison then shows it.
            let _ = pipe.read_to_end(&mut bytes);
        }
        bytes
    })
}

fn wait(child: &mut Child, limit: Duration) -> Result<End, String> {
    let start = Instant::now();
    let mut pause = Duration::from_micros(500);
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(end_of(status)),
            Ok(None) if start.elapsed() >= limit => {
                let _ = child.kill();
                let _ = child.wait();
                return Ok(End::TimedOut);
            }
            Ok(None) => {
                thread::sleep(pause);
                pause = (pause * 2).min(Duration::from_millis(10));
            }
            Err(error) => return Err(format!("cannot wait for a process: {error}")),
        }
    }
}

#[cfg(unix)]
fn end_of(status: std::process::ExitStatus) -> End {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => End::Exit(code),
        (None, Some(signal)) => End::Signal(signal),
        (None, None) => End::Signal(0),
    }
}

#[cfg(not(unix))]
fn end_of(status: std::process::ExitStatus) -> End {
    End::Exit(status.code().unwrap_or(-1))
}

/// Whether a program can be started, asked by its `--version`.
pub fn on_path(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}
