//! Fixtures: programs with what they are expected to print.
//!
//! Beside `name.ts` or `name.raya` stand `name.out` (standard output), and where they
//! differ from "nothing" and 0: `name.err` (standard error), `name.err-contains` (lines
//! that standard error contains, in this order), `name.exit` (exit status), `name.flags`
//! (one more command-line argument per line). A program with lines that end in `// !` is
//! expected to be refused at exactly those lines.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use crate::diff;
use crate::process::{End, Outcome};

/// A program and what it should do.
#[derive(Clone, Debug)]
pub struct Fixture {
    /// `area/name.ts`.
    pub name: String,
    /// Where the program lies.
    pub path: PathBuf,
    /// More arguments for the command line.
    pub flags: Vec<String>,
    /// What it should print.
    pub expected: Expectation,
}

/// What a program should print and how it should end.
#[derive(Clone, Debug, Default)]
pub struct Expectation {
    /// Standard output; unchecked when absent.
    pub stdout: Option<String>,
    /// Standard error, whole.
    pub stderr: Option<String>,
    /// Fragments that standard error holds, in order.
    pub stderr_contains: Vec<String>,
    /// Lines at which the program is refused, no others.
    pub error_lines: Option<BTreeSet<usize>>,
    /// Exit status.
    pub exit: i32,
}

/// All fixtures below a folder, sorted by name.
///
/// # Errors
/// When a folder or file cannot be read, or an expectation is malformed.
pub fn discover(root: &Path) -> Result<Vec<Fixture>, String> {
    let mut found = Vec::new();
    for area in sorted_entries(root)? {
        if area.is_dir() {
            for path in sorted_entries(&area)? {
                if is_program(&path) {
                    found.push(load(root, &path)?);
                }
            }
        }
    }
    Ok(found)
}

/// The entries of a folder, sorted.
///
/// # Errors
/// When the folder cannot be read.
pub fn sorted_entries(folder: &Path) -> Result<Vec<PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    let mut paths: Vec<PathBuf> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    Ok(paths)
}

/// Whether a path names a program.
pub fn is_program(path: &Path) -> bool {
    path.extension()
        .is_some_and(|ext| ext == "ts" || ext == "raya")
}

/// A file's text.
///
/// # Errors
/// Names the file.
pub fn read(path: &Path) -> Result<String, String> {
    fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))
}

fn load(root: &Path, path: &Path) -> Result<Fixture, String> {
    let name = path
        .strip_prefix(root)
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/");
    let beside = |extension: &str| -> Result<Option<String>, String> {
        let file = path.with_extension(extension);
        if file.exists() {
            read(&file).map(Some)
        } else {
            Ok(None)
        }
    };
    let lines = |text: Option<String>| -> Vec<String> {
        text.unwrap_or_default()
            .lines()
            .filter(|line| !line.is_empty())
            .map(str::to_owned)
            .collect()
    };
    let marked = marked_lines(&read(path)?);
    let exit = match beside("exit")? {
        Some(text) => text
            .trim()
            .parse()
            .map_err(|_| format!("{name}: the exit status {text:?} is no number"))?,
        None => 0,
    };
    let stdout = beside("out")?;
    if stdout.is_none() && exit == 0 {
        return Err(format!("{name}: there is no .out file beside it"));
    }
    Ok(Fixture {
        name,
        path: path.to_owned(),
        flags: lines(beside("flags")?),
        expected: Expectation {
            stdout: Some(stdout.unwrap_or_default()),
            stderr: beside("err")?,
            stderr_contains: lines(beside("err-contains")?),
            error_lines: (!marked.is_empty()).then_some(marked),
            exit,
        },
    })
}

/// The numbers of the lines that end in `// !`.
fn marked_lines(text: &str) -> BTreeSet<usize> {
    text.lines()
        .enumerate()
        .filter(|(_, line)| line.trim_end().ends_with("// !"))
        .map(|(index, _)| index + 1)
        .collect()
}

impl Expectation {
    /// Compares what a program did with what it should do.
    ///
    /// # Errors
    /// Says what differs, with a line difference where texts differ.
    pub fn check(&self, file: &str, outcome: &Outcome) -> Result<(), String> {
        let mut complaints = Vec::new();
        let stderr = outcome.stderr_text();
        if outcome.end != End::Exit(self.exit) {
            complaints.push(format!(
                "  {} instead of exit status {}\n",
                outcome.end.describe(),
                self.exit
            ));
        }
        if let Some(expected) = &self.stdout
            && *expected.as_bytes() != outcome.stdout[..]
        {
            complaints.push(format!(
                "  standard output differs (- expected, + actual):\n{}",
                diff::lines(expected, &outcome.stdout_text())
            ));
        }
        if let Some(lines) = &self.error_lines {
            complaints.extend(compare_lines(lines, &reported_lines(file, &stderr)));
        } else if let Some(expected) = &self.stderr {
            if *expected.as_bytes() != outcome.stderr[..] {
                complaints.push(format!(
                    "  standard error differs (- expected, + actual):\n{}",
                    diff::lines(expected, &stderr)
                ));
            }
        } else if self.stderr_contains.is_empty() {
            if !stderr.is_empty() && self.exit == 0 {
                complaints.push("  standard error should be empty\n".to_owned());
            }
        } else if let Some(fragment) = missing_fragment(&self.stderr_contains, &stderr) {
            complaints.push(format!(
                "  standard error lacks {fragment:?} (or has it too early)\n"
            ));
        }
        if complaints.is_empty() {
            return Ok(());
        }
        if self.stderr.is_none() && !stderr.is_empty() {
            complaints.push(format!("  standard error was:\n{}", indented(&stderr, 40)));
        }
        Err(complaints.concat())
    }
}

/// The first fragment that does not occur behind its predecessors.
pub fn missing_fragment<'a>(fragments: &'a [String], text: &str) -> Option<&'a str> {
    let mut rest = text;
    for fragment in fragments {
        match rest.find(fragment.as_str()) {
            Some(at) => rest = &rest[at + fragment.len()..],
            None => return Some(fragment),
        }
    }
    None
}

/// The lines of `file` that a compile error was reported at: those of every
/// `file:LINE:COLUMN: error`.
pub fn reported_lines(file: &str, stderr: &str) -> BTreeSet<usize> {
    stderr
        .lines()
        .filter_map(|line| {
            let position = line.split_once(": error")?.0;
            let rest = &position[position.find(file)? + file.len()..];
            let (line, _column) = rest.strip_prefix(':')?.split_once(':')?;
            line.parse().ok()
        })
        .collect()
}

fn compare_lines(expected: &BTreeSet<usize>, reported: &BTreeSet<usize>) -> Vec<String> {
    let list = |lines: Vec<&usize>| {
        let texts: Vec<String> = lines.into_iter().map(ToString::to_string).collect();
        texts.join(", ")
    };
    let missing: Vec<_> = expected.difference(reported).collect();
    let surplus: Vec<_> = reported.difference(expected).collect();
    let mut complaints = Vec::new();
    if !missing.is_empty() {
        complaints.push(format!("  no error at line {}\n", list(missing)));
    }
    if !surplus.is_empty() {
        complaints.push(format!("  unexpected error at line {}\n", list(surplus)));
    }
    complaints
}

/// The first lines of a text, indented for a message.
pub fn indented(text: &str, most: usize) -> String {
    let mut out = String::new();
    for (i, line) in text.lines().enumerate() {
        if i == most {
            out.push_str("    …\n");
            break;
        }
        out.push_str("    ");
        out.push_str(line);
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_reported_lines() {
        let text = "a.raya:3:7: error E0201: no\n  | a.raya: error\n  a.raya:5:1: first declared here\n\
                    ./a.raya:12:1: error E0103: no\nb.raya:4:1: error E0103: no\na.raya:9:1: warning W1: hm\n";
        assert_eq!(reported_lines("a.raya", text), BTreeSet::from([3, 12]));
    }

    #[test]
    fn fragments_come_in_order() {
        let fragments = ["one".to_owned(), "two".to_owned()];
        assert_eq!(missing_fragment(&fragments, "one two"), None);
        assert_eq!(missing_fragment(&fragments, "two one"), Some("two"));
    }

    #[test]
    fn marks_are_the_end_of_a_line() {
        assert_eq!(
            marked_lines("a // !\nb\n// ! c\nd; // ! "),
            BTreeSet::from([1, 4])
        );
    }
}
