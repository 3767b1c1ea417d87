//! Soundness programs: each tries to make a value appear where its type does not allow it.
//!
//! The first line says how the attempt must end: `// expect: compile-error line 7` (or
//! `lines 7, 9`), `// expect: throws TypeError line 12`, or, where the language leaves open
//! which of them it is, `// expect: compile-error or throws TypeError line 12`. A program
//! that gets further than it should prints a line that begins with `wrong`.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::fixture::{self, Expectation};
use crate::process;
use crate::suite::Setup;

/// One program with the end it must come to.
#[derive(Clone, Debug)]
pub struct Program {
    /// `area.raya` below the folder.
    pub name: String,
    /// The program.
    pub path: PathBuf,
    end: End,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum End {
    Refused(BTreeSet<usize>),
    Throws { class: String, line: usize },
    Either { class: String, line: usize },
}

/// All soundness programs of a folder.
///
/// # Errors
/// When a program cannot be read or does not say what to expect.
pub fn discover(root: &Path) -> Result<Vec<Program>, String> {
    if !root.exists() {
        return Ok(Vec::new());
    }
    fixture::sorted_entries(root)?
        .into_iter()
        .filter(|path| fixture::is_program(path))
        .map(|path| {
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let text = fixture::read(&path)?;
            let end = parse(text.lines().next().unwrap_or_default())
                .ok_or_else(|| format!("{name}: the first line must say what to expect"))?;
            Ok(Program { name, path, end })
        })
        .collect()
}

fn parse(header: &str) -> Option<End> {
    let rest = header.strip_prefix("// expect: ")?;
    if let Some(list) = rest.strip_prefix("compile-error line") {
        let numbers = list.strip_prefix('s').unwrap_or(list);
        let lines: Option<BTreeSet<usize>> = numbers
            .split(',')
            .map(|number| number.trim().parse().ok())
            .collect();
        return lines.map(End::Refused);
    }
    let either = rest.strip_prefix("compile-error or ");
    let (class, line) = either
        .unwrap_or(rest)
        .strip_prefix("throws ")?
        .split_once(" line ")?;
    let class = class.to_owned();
    let line = line.trim().parse().ok()?;
    Some(if either.is_some() {
        End::Either { class, line }
    } else {
        End::Throws { class, line }
    })
}

impl Program {
    /// Runs the program in every mode.
    ///
    /// # Errors
    /// When it does not come to the end it must come to.
    pub fn check(&self, setup: &Setup) -> Result<(), String> {
        let first = setup.run(setup.modes[0], &[], &self.path)?;
        let expected = match &self.end {
            End::Refused(lines) => refused(lines.clone()),
            End::Either { line, .. } if first.end == process::End::Exit(2) => {
                refused(BTreeSet::from([*line]))
            }
            End::Throws { class, line } | End::Either { class, line } => Expectation {
                stderr_contains: vec![class.clone(), format!("{}:{line}:", self.name)],
                exit: 1,
                ..Expectation::default()
            },
        };
        setup.check(&self.path, &[], &expected)?;
        match first
            .stdout_text()
            .lines()
            .find(|line| line.starts_with("wrong"))
        {
            Some(line) => Err(format!("  it printed {line:?}")),
            None => Ok(()),
        }
    }
}

fn refused(lines: BTreeSet<usize>) -> Expectation {
    Expectation {
        error_lines: Some(lines),
        exit: 2,
        ..Expectation::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers() {
        assert_eq!(
            parse("// expect: compile-error lines 3, 12"),
            Some(End::Refused(BTreeSet::from([3, 12])))
        );
        assert_eq!(
            parse("// expect: throws TypeError line 7"),
            Some(End::Throws {
                class: "TypeError".to_owned(),
                line: 7
            })
        );
        assert_eq!(parse("// expects nothing"), None);
    }
}
