//! Re-deriving expected output from other implementations.
//!
//! A `.ts` fixture must print under Node what its `.out` says, once its types are
//! stripped; a fixture with a `.py` file beside it prints what `python3` prints of that.

use std::path::Path;

use crate::diff;
use crate::docs::Scratch;
use crate::fixture::{self, Fixture};
use crate::process::{self, End};

/// What became of the fixtures.
#[derive(Debug, Default)]
pub struct Summary {
    /// Fixtures whose output was derived again.
    pub compared: usize,
    /// Fixtures whose `.out` was written.
    pub written: usize,
    /// Name and difference of each fixture that disagrees with its twin.
    pub different: Vec<(String, String)>,
}

/// Derives the output of each fixture that has a twin, and compares it with the `.out`
/// file or, with `write`, replaces that.
///
/// # Errors
/// When fixtures cannot be read.
pub fn run(root: &Path, filter: Option<&str>, write: bool) -> Result<Summary, String> {
    let node = process::on_path("node");
    let python = process::on_path("python3");
    let scratch = Scratch::new("twins")?;
    let mut summary = Summary::default();
    for fixture in fixture::discover(&root.join("fixtures"))? {
        if filter.is_some_and(|text| !fixture.name.contains(text)) {
            continue;
        }
        let twin = fixture.path.with_extension("py");
        let derived = if python && twin.exists() {
            output("python3", &twin, &scratch)
        } else if node && has_node_twin(&fixture) {
            node_output(&fixture, &scratch)
        } else {
            continue;
        };
        summary.compared += 1;
        let expected = fixture.expected.stdout.clone().unwrap_or_default();
        match derived {
            Ok(text) if text == expected => {}
            Ok(text) if write => {
                let file = fixture.path.with_extension("out");
                std::fs::write(&file, text)
                    .map_err(|error| format!("{}: {error}", file.display()))?;
                summary.written += 1;
            }
            Ok(text) => summary
                .different
                .push((fixture.name, diff::lines(&expected, &text))),
            Err(error) => summary
                .different
                .push((fixture.name, format!("    {error}\n"))),
        }
    }
    Ok(summary)
}

/// Node is asked about plain TypeScript that ends well; how an error is reported is ours.
fn has_node_twin(fixture: &Fixture) -> bool {
    fixture.path.extension().is_some_and(|ext| ext == "ts") && fixture.expected.exit == 0
}

fn node_output(fixture: &Fixture, scratch: &Scratch) -> Result<String, String> {
    let script = raya_strip::javascript(&fixture.name, &fixture::read(&fixture.path)?)?;
    let file = scratch.write("twin.cjs", script.as_bytes())?;
    output("node", &file, scratch)
}

fn output(program: &str, file: &Path, scratch: &Scratch) -> Result<String, String> {
    let file = std::path::absolute(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let outcome = scratch.run(Path::new(program), &[file.to_string_lossy().into_owned()])?;
    if outcome.end != End::Exit(0) {
        return Err(format!(
            "{program}: {}\n{}",
            outcome.end.describe(),
            fixture::indented(&outcome.stderr_text(), 10)
        ));
    }
    Ok(outcome.stdout_text())
}
