//! The coverage matrix: what happened to each opcode, over fixtures and generated programs.
//!
//! When `RAYA_COVERAGE` names a file, the engine writes there, at its end, one JSON
//! object: for each opcode that did anything, its name (as the disassembler prints it)
//! and five counts, in the order of [`EVENTS`]. Zero rows may be left out:
//!
//! ```json
//! {"AddF64": [1200, 3, 1, 0, 0], "CallMethod": [17, 2, 2, 1, 4]}
//! ```
//!
//! Interpreter and compiled code count executions; what threw and what collected is counted
//! in both.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use raya_bytecode::Op;

use crate::docs::Scratch;
use crate::modes::Mode;
use crate::process;
use crate::suite::Setup;
use crate::{fixture, generate, soundness};

/// What can happen to an instruction.
pub const EVENTS: [&str; 5] = ["interpreted", "compiled", "exited", "threw", "collected"];

/// Counts per opcode name.
pub type Counts = BTreeMap<String, [u64; 5]>;

/// Operations whose compiled form checks something and leaves the code when it fails. What
/// runs user code can be left, too: behind it, when an assumption has fallen. Every other
/// slow path is a helper that does its work, or throws, in place.
const GUARDED: &[Op] = &[
    Op::CheckSet,
    Op::GetGlobalChecked,
    Op::F64ToIndex,
    Op::UnboxBool,
    Op::NonNull,
    Op::DivI32,
    Op::ModI32,
    Op::GetFieldSet,
    Op::GetStatic,
    Op::ArrayGetF64,
    Op::ArrayGetI32,
    Op::ArrayGetBool,
    Op::ArrayGetW,
];

/// Cells that do not apply although the flags of the opcode allow the event, and why.
const EXEMPT: &[(&[Op], &[&str], &str)] = &[
    (
        &[
            Op::F64ToStr,
            Op::I32ToStr,
            Op::StrConcat,
            Op::StrConcatN,
            Op::NewObject,
            Op::NewArrayCap,
            Op::NewDict,
            Op::MakeClosure,
            Op::ArrayPush,
        ],
        &["threw"],
        "throws only when the heap is full, which is a matter of bad input",
    ),
    (
        &[Op::ArrayPop],
        &["collected"],
        "boxing the element allocates nothing today",
    ),
    (
        &[Op::CloneClosure],
        &["threw"],
        "clones only what the same function made: the check is for bytecode from elsewhere",
    ),
    (
        &[Op::GetItemOpt],
        &["threw"],
        "its dictionary and key are typed: throws only when the heap is full",
    ),
    (
        &[Op::JumpWide, Op::LoopWide],
        &["compiled"],
        "a function that needs them has more instructions than the compiler takes",
    ),
    (
        &[Op::Nop],
        &["interpreted", "compiled"],
        "holds places while jumps are widened; none is left then",
    ),
    (
        &[Op::Debug],
        &EVENTS,
        "there is no debugger yet that would insert it",
    ),
];

/// Whether an event can happen to an opcode at all.
pub fn applies(event: usize, op: Op) -> bool {
    let flags = op.flags();
    let exempt = EXEMPT
        .iter()
        .any(|(ops, events, _)| ops.contains(&op) && events.contains(&EVENTS[event]));
    // A poll throws nothing and collects nothing: what it finds ends the program.
    let can = match EVENTS[event] {
        "exited" => GUARDED.contains(&op) || flags.user && !flags.branch && !flags.jump,
        "threw" => (flags.throws || flags.user) && !flags.loop_,
        "collected" => (flags.gc || flags.user) && !flags.loop_,
        _ => true,
    };
    can && !exempt
}

/// Reads what one process wrote.
///
/// # Errors
/// Says where the text is not of the form described above.
pub fn parse(text: &str) -> Result<Counts, String> {
    let mut rest = Reader { text, at: 0 };
    let mut counts = Counts::new();
    rest.expect('{')?;
    if rest.take('}') {
        return Ok(counts);
    }
    loop {
        let name = rest.string()?;
        rest.expect(':')?;
        rest.expect('[')?;
        let mut row = [0; 5];
        for (i, cell) in row.iter_mut().enumerate() {
            if i > 0 {
                rest.expect(',')?;
            }
            *cell = rest.number()?;
        }
        rest.expect(']')?;
        counts.insert(name, row);
        if !rest.take(',') {
            rest.expect('}')?;
            return Ok(counts);
        }
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn rest(&mut self) -> &str {
        let rest = &self.text[self.at..];
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn take(&mut self, c: char) -> bool {
        let found = self.rest().starts_with(c);
        if found {
            self.at += c.len_utf8();
        }
        found
    }

    fn expect(&mut self, c: char) -> Result<(), String> {
        if self.take(c) {
            Ok(())
        } else {
            Err(format!(
                "{c:?} expected at byte {} of the coverage",
                self.at
            ))
        }
    }

    fn string(&mut self) -> Result<String, String> {
        self.expect('"')?;
        let rest = &self.text[self.at..];
        let end = rest
            .find('"')
            .ok_or("a name in the coverage does not end")?;
        self.at += end + 1;
        Ok(rest[..end].to_owned())
    }

    fn number(&mut self) -> Result<u64, String> {
        let rest = self.rest();
        let digits = rest.len() - rest.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let number = rest[..digits].parse();
        self.at += digits;
        number.map_err(|_| format!("a count expected at byte {} of the coverage", self.at))
    }
}

/// Runs fixtures, soundness programs and generated programs in all modes and adds up what
/// happened. Of the fixtures those of some areas, or all.
///
/// # Errors
/// When fixtures cannot be read or the binary cannot be started.
pub fn measure(setup: &Setup, areas: Option<&[&str]>) -> Result<Counts, String> {
    let scratch = Scratch::new("coverage")?;
    let mut programs: Vec<(std::path::PathBuf, Vec<String>)> = Vec::new();
    for fixture in fixture::discover(&setup.root.join("fixtures"))? {
        let area = fixture.name.split('/').next().unwrap_or_default();
        if fixture.expected.exit != 2 && areas.is_none_or(|areas| areas.contains(&area)) {
            programs.push((fixture.path, fixture.flags));
        }
    }
    for program in soundness::discover(&setup.root.join("soundness"))? {
        programs.push((program.path, Vec::new()));
    }
    let generated = generate::batch(COVERAGE_SEED, GENERATED)?;
    for (name, text) in [("generated.raya", generated.raya), ("far.ts", far_jumps())] {
        programs.push((scratch.write(name, text.as_bytes())?, Vec::new()));
    }
    let next = AtomicUsize::new(0);
    let workers = thread::available_parallelism().map_or(1, usize::from);
    let work = || -> Result<Counts, String> {
        let mut counts = Counts::new();
        while let Some((path, flags)) = programs.get(next.fetch_add(1, Ordering::Relaxed)) {
            add(&mut counts, &one(setup, &scratch, path, flags)?);
        }
        Ok(counts)
    };
    let parts: Vec<Result<Counts, String>> = thread::scope(|scope| {
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
    let mut total = Counts::new();
    for part in parts {
        add(&mut total, &part?);
    }
    Ok(total)
}

/// The generated programs among them: the seed, and how many.
const COVERAGE_SEED: u64 = 1;
const GENERATED: usize = 300;

/// The areas that reach every cell together with the generated programs, for the suite.
pub const AREAS: &[&str] = &[
    "opcodes",
    "any",
    "arrays",
    "classes",
    "control",
    "errors",
    "exceptions",
    "ints",
    "math",
    "numbers",
    "pinning",
    "strings",
];

/// A loop and a branch whose ends lie further apart than a jump's operand reaches.
fn far_jumps() -> String {
    let body = "    s = s * 3 + i;\n    if (s > 1000) s -= 999;\n".repeat(9_000);
    format!(
        "let s = 0;\nfor (let i = 0; i < 3; i++) {{\n  if (i !== 1) {{\n{body}  }}\n}}\nconsole.log(s);\n"
    )
}

fn one(setup: &Setup, scratch: &Scratch, path: &Path, flags: &[String]) -> Result<Counts, String> {
    let mut counts = Counts::new();
    let plain: String = path
        .to_string_lossy()
        .chars()
        .map(|c| if c.is_ascii_alphanumeric() { c } else { '-' })
        .collect();
    for &mode in &setup.modes {
        let file = scratch.path().join(format!("{plain}-{}.json", mode.name));
        let variables = [(
            "RAYA_COVERAGE".to_owned(),
            file.to_string_lossy().into_owned(),
        )];
        let folder = path.parent().unwrap_or(Path::new("."));
        let mut args = vec!["run".to_owned()];
        args.extend(mode.flags.iter().map(|&flag| flag.to_owned()));
        args.extend_from_slice(flags);
        args.push(
            path.file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned(),
        );
        process::run_with(
            &setup.raya,
            &args,
            &variables,
            folder,
            process::time_limit(),
        )?;
        if let Ok(text) = std::fs::read_to_string(&file) {
            add(&mut counts, &parse(&text)?);
        }
    }
    Ok(counts)
}

fn add(total: &mut Counts, counts: &Counts) {
    for (name, row) in counts {
        let sum = total.entry(name.clone()).or_default();
        for (cell, count) in sum.iter_mut().zip(row) {
            *cell += count;
        }
    }
}

/// The cells that apply and are zero, as `opcode event`.
pub fn holes(counts: &Counts) -> Vec<String> {
    let mut holes = Vec::new();
    for op in Op::ALL {
        let row = counts.get(op.name()).copied().unwrap_or_default();
        for (event, count) in row.into_iter().enumerate() {
            if count == 0 && applies(event, *op) {
                holes.push(format!("{} {}", op.name(), EVENTS[event]));
            }
        }
    }
    holes
}

/// Modes whose events fall on other instructions than those of the fixtures' modes.
const SHIFTED: &[Mode] = &[
    Mode {
        name: "exits",
        flags: &["--jit-sync", "--jit-threshold", "2", "--exit-every", "3"],
    },
    Mode {
        name: "invalidations",
        flags: &[
            "--jit-sync",
            "--jit-threshold",
            "2",
            "--invalidate-every",
            "3",
        ],
    },
    Mode {
        name: "gc-stress",
        flags: &["--jit-threshold", "0", "--gc-stress", "7"],
    },
];

/// What the suite measures: some areas, and `opcodes` a second time where a cell is still
/// empty. Which instruction is met by a collection or by a forced exit depends on how many
/// came before it, so that any change elsewhere moves those; other periods find them again.
///
/// # Errors
/// As [`measure`].
pub fn measure_for_suite(setup: &Setup) -> Result<Counts, String> {
    let mut counts = measure(setup, Some(AREAS))?;
    if !holes(&counts).is_empty() {
        let shifted = Setup {
            modes: SHIFTED.to_vec(),
            ..setup.clone()
        };
        add(&mut counts, &measure(&shifted, Some(&["opcodes"]))?);
    }
    Ok(counts)
}

/// Checks that every cell that applies is reached.
///
/// # Errors
/// Names the cells that are zero.
pub fn check(setup: &Setup) -> Result<(), String> {
    let empty = holes(&measure_for_suite(setup)?);
    if empty.is_empty() {
        return Ok(());
    }
    Err(format!("  never happened: {}", empty.join(", ")))
}

/// The matrix as text, and the number of cells that apply and are zero.
pub fn report(counts: &Counts) -> (String, usize) {
    let mut out = format!("{:<24}", "opcode");
    for event in EVENTS {
        out.push_str(&format!("{event:>14}"));
    }
    out.push('\n');
    let mut holes = 0;
    for op in Op::ALL {
        let row = counts.get(op.name()).copied().unwrap_or_default();
        out.push_str(&format!("{:<24}", op.name()));
        for (event, count) in row.into_iter().enumerate() {
            let cell = if !applies(event, *op) {
                "-".to_owned()
            } else if count == 0 {
                holes += 1;
                "NONE".to_owned()
            } else {
                count.to_string()
            };
            out.push_str(&format!("{cell:>14}"));
        }
        out.push('\n');
    }
    out.push_str(&format!(
        "{} opcodes, {holes} cells without a count\n",
        Op::ALL.len()
    ));
    (out, holes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_counts() {
        let counts =
            parse("{ \"Mov\": [1, 2,3 ,4, 5],\n\"Ret\":[0,0,0,0,1] }\n").expect("well-formed");
        assert_eq!(counts["Mov"], [1, 2, 3, 4, 5]);
        assert_eq!(counts["Ret"], [0, 0, 0, 0, 1]);
        assert_eq!(parse("{}").expect("well-formed").len(), 0);
    }

    #[test]
    fn refuses_what_is_malformed() {
        for text in [
            "",
            "{\"Mov\"}",
            "{\"Mov\": [1]}",
            "{\"Mov: [1,2,3,4,5]}",
            "{\"Mov\":[1,2,3,4,-5]}",
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
