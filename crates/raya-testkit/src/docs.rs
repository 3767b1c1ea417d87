//! The code blocks of the reference pages, run as tests.
//!
//! In a block marked `ts` or `raya`, `// prints: text` is a line of output (in order),
//! `// error E0201` an error of that code at that line, `// throws: TypeError` an
//! uncaught error of that class from that line. A block without any of them must run.

use std::path::{Path, PathBuf};

use crate::fixture::{self, Expectation};
use crate::process;
use crate::suite::Setup;

/// One code block.
#[derive(Clone, Debug)]
pub struct Block {
    /// `page.md:LINE`, the line being that of the opening fence.
    pub name: String,
    code: String,
}

/// All code blocks of the pages in a folder.
///
/// # Errors
/// When a page cannot be read.
pub fn discover(folder: &Path) -> Result<Vec<Block>, String> {
    if !folder.exists() {
        return Ok(Vec::new());
    }
    let mut blocks = Vec::new();
    for page in fixture::sorted_entries(folder)? {
        if page.extension().is_some_and(|ext| ext == "md") {
            let name = page
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            blocks.extend(extract(&name, &fixture::read(&page)?));
        }
    }
    Ok(blocks)
}

fn extract(page: &str, text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut open: Option<(bool, usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        match (&mut open, line.trim_start().strip_prefix("```")) {
            (None, Some(language)) => {
                let runs = matches!(language.trim(), "ts" | "raya");
                open = Some((runs, index + 1, String::new()));
            }
            (Some(_), Some(_)) => {
                if let Some((true, line, code)) = open.take() {
                    blocks.push(Block {
                        name: format!("{page}:{line}"),
                        code,
                    });
                }
                open = None;
            }
            (Some((_, _, code)), None) => {
                code.push_str(line);
                code.push('\n');
            }
            (None, None) => {}
        }
    }
    blocks
}

/// What the comments of a block announce.
#[derive(Debug, Default, PartialEq, Eq)]
struct Announced {
    prints: Vec<String>,
    /// Line and code.
    errors: Vec<(usize, String)>,
    /// Line and class.
    throws: Option<(usize, String)>,
}

fn announced(code: &str) -> Announced {
    let mut all = Announced::default();
    for (index, line) in code.lines().enumerate() {
        let number = index + 1;
        if let Some((_, text)) = line.split_once("// prints:") {
            all.prints
                .push(text.strip_prefix(' ').unwrap_or(text).to_owned());
        } else if let Some((_, text)) = line.split_once("// error ") {
            let codes = text.trim().trim_end_matches(':');
            all.errors
                .push((number, codes.split(':').next().unwrap_or(codes).to_owned()));
        } else if let Some((_, text)) = line.split_once("// throws: ") {
            let class = text.split(':').next().unwrap_or(text).trim();
            all.throws = Some((number, class.to_owned()));
        }
    }
    all
}

impl Block {
    /// Runs the block on the interpreter and compiled.
    ///
    /// # Errors
    /// When it does not do what its comments announce.
    pub fn check(&self, setup: &Setup) -> Result<(), String> {
        let scratch = Scratch::new(&self.name)?;
        let file = scratch.write("block.raya", self.code.as_bytes())?;
        let announced = announced(&self.code);
        let stdout: String = announced
            .prints
            .iter()
            .map(|line| format!("{line}\n"))
            .collect();
        let mut expected = Expectation {
            stdout: Some(stdout),
            ..Expectation::default()
        };
        if !announced.errors.is_empty() {
            expected.exit = 2;
            expected.stdout = None;
            expected.error_lines = Some(announced.errors.iter().map(|(line, _)| *line).collect());
        } else if let Some((line, class)) = &announced.throws {
            expected.exit = 1;
            expected.stderr_contains = vec![class.clone(), format!("block.raya:{line}:")];
        }
        setup
            .check(&file, &[], &expected)
            .and_then(|()| self.check_codes(setup, &file, &announced))
            .map_err(|complaint| {
                format!(
                    "{complaint}  the block:\n{}",
                    fixture::indented(&self.code, 30)
                )
            })
    }

    fn check_codes(&self, setup: &Setup, file: &Path, announced: &Announced) -> Result<(), String> {
        if announced.errors.is_empty() {
            return Ok(());
        }
        let stderr = setup.run(setup.modes[0], &[], file)?.stderr_text();
        match announced
            .errors
            .iter()
            .find(|(_, code)| !stderr.contains(code.as_str()))
        {
            Some((line, code)) => Err(format!("  no {code} at line {line}\n{stderr}")),
            None => Ok(()),
        }
    }
}

/// A folder of its own for one test, removed at the end.
#[derive(Debug)]
pub struct Scratch {
    folder: PathBuf,
}

impl Scratch {
    /// Makes the folder; its name begins with that of the test.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn new(test: &str) -> Result<Self, String> {
        let plain: String = test
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
            .collect();
        let folder = std::env::temp_dir().join(format!("raya-{}-{plain}", std::process::id()));
        std::fs::create_dir_all(&folder)
            .map_err(|error| format!("{}: {error}", folder.display()))?;
        Ok(Self { folder })
    }

    /// The folder.
    pub fn path(&self) -> &Path {
        &self.folder
    }

    /// Writes a file into it.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&self, name: &str, bytes: &[u8]) -> Result<PathBuf, String> {
        let file = self.folder.join(name);
        std::fs::write(&file, bytes).map_err(|error| format!("{}: {error}", file.display()))?;
        Ok(file)
    }

    /// Runs a program in it.
    ///
    /// # Errors
    /// When the program cannot be started.
    pub fn run(&self, program: &Path, args: &[String]) -> Result<process::Outcome, String> {
        process::run(program, args, &self.folder, process::time_limit())
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        // What cannot be removed is left to the system's cleaning of temporary files.
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_blocks_and_what_they_announce() {
        let page =
            "text\n```ts\nlog(1); // prints: 1\nf(); // throws: TypeError\n```\n```sh\nls\n```\n";
        let blocks = extract("page.md", page);
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].name, "page.md:2");
        assert_eq!(
            announced(&blocks[0].code),
            Announced {
                prints: vec!["1".to_owned()],
                errors: vec![],
                throws: Some((2, "TypeError".to_owned())),
            }
        );
    }

    #[test]
    fn errors_name_their_code() {
        assert_eq!(
            announced("f(); // error E0012: no\n").errors,
            [(1, "E0012".to_owned())]
        );
    }
}
