//! What can run a program, and how it is asked to.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::size::{Size, sized};

/// Something that runs programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    /// This engine, compiling.
    Jit,
    /// This engine, interpreting.
    Interpreter,
    /// Node.js on the program without its types.
    Node,
    /// Node.js without its compilers.
    NodeJitless,
    /// CPython on the program's twin in `peers/`.
    Python,
}

impl Engine {
    /// For tables and files.
    pub fn name(self) -> &'static str {
        match self {
            Engine::Jit => "raya",
            Engine::Interpreter => "raya --no-jit",
            Engine::Node => "node",
            Engine::NodeJitless => "node --jitless",
            Engine::Python => "python3",
        }
    }
}

/// A command line.
#[derive(Clone, Debug)]
pub struct Job {
    pub program: PathBuf,
    pub args: Vec<String>,
}

/// The name by which this engine without its compiler is asked for as a peer.
const INTERPRETER: &str = "interpreter";

/// The peers that were asked for, or else those that are there.
///
/// # Errors
/// When a peer is unknown or missing.
pub fn peers(asked: &[String]) -> Result<Vec<&'static str>, String> {
    const KNOWN: [&str; 3] = ["node", "python3", INTERPRETER];
    if asked.is_empty() {
        let outside = KNOWN.into_iter().filter(|peer| *peer != INTERPRETER);
        return Ok(outside.filter(|peer| on_path(peer)).collect());
    }
    asked
        .iter()
        .map(|name| match KNOWN.into_iter().find(|known| known == name) {
            None => Err(format!(
                "unknown peer {name:?}; there are {}",
                KNOWN.join(", ")
            )),
            Some(peer) if peer == INTERPRETER || on_path(peer) => Ok(peer),
            Some(peer) => Err(format!("{peer} is not on the PATH")),
        })
        .collect()
}

fn on_path(program: &str) -> bool {
    Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The engines of the first table: those that compile, and CPython where it was asked for by
/// name and there is no table of interpreters for it.
pub fn compiled(peers: &[&str], asked: &[String], only: bool) -> Vec<Engine> {
    let mut engines = vec![Engine::Jit];
    engines.extend((peers.contains(&INTERPRETER)).then_some(Engine::Interpreter));
    engines.extend(peers.contains(&"node").then_some(Engine::Node));
    let python = only && asked.iter().any(|peer| peer == "python3");
    engines.extend(python.then_some(Engine::Python));
    engines
}

/// The engines that interpret.
pub fn interpreted(peers: &[&str]) -> Vec<Engine> {
    let mut engines = vec![Engine::Interpreter];
    engines.extend(peers.contains(&"node").then_some(Engine::NodeJitless));
    engines.extend(peers.contains(&"python3").then_some(Engine::Python));
    engines
}

/// Writes what an engine needs and gives its command line; none where the program has no
/// version for the engine.
///
/// # Errors
/// When the program cannot be read, stripped or written.
pub fn prepare(
    engine: Engine,
    file: &Path,
    size: Size,
    raya: &Path,
    folder: &Path,
) -> Result<Option<Job>, String> {
    let text =
        std::fs::read_to_string(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let (text, number) = sized(&text, size);
    let stem = file.file_stem().unwrap_or_default().to_string_lossy();
    let write = |extension: &str, text: &str| -> Result<String, String> {
        let copy = folder.join(format!("{stem}-{}.{extension}", size.name()));
        std::fs::write(&copy, text).map_err(|error| format!("{}: {error}", copy.display()))?;
        Ok(copy.to_string_lossy().into_owned())
    };
    let job = |program: &Path, args: Vec<String>| Job {
        program: program.to_owned(),
        args,
    };
    Ok(match engine {
        Engine::Jit | Engine::Interpreter => {
            let flag = if engine == Engine::Jit {
                "--jit"
            } else {
                "--no-jit"
            };
            let extension = file.extension().unwrap_or_default().to_string_lossy();
            let copy = write(&extension, &text)?;
            Some(job(raya, vec!["run".to_owned(), flag.to_owned(), copy]))
        }
        Engine::Node | Engine::NodeJitless => {
            if file.extension().is_none_or(|ext| ext != "ts") {
                return Ok(None);
            }
            let script = write(
                "cjs",
                &raya_strip::javascript(&file.to_string_lossy(), &text)?,
            )?;
            let mut args = vec![script];
            if engine == Engine::NodeJitless {
                args.insert(0, "--jitless".to_owned());
            }
            Some(job(Path::new("node"), args))
        }
        Engine::Python => {
            let twin = file
                .parent()
                .unwrap_or(Path::new("."))
                .join("peers")
                .join(format!("{stem}.py"));
            let args = number.map(|n| vec![twin.to_string_lossy().into_owned(), n.to_string()]);
            args.filter(|_| twin.exists())
                .map(|args| job(Path::new("python3"), args))
        }
    })
}
