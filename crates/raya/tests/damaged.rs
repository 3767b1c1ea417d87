//! Damaged programs: fixtures and benchmarks with tokens removed, doubled, exchanged or
//! cut off. Whatever comes out, the front end answers, quickly, about places that exist.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use raya::syntax::lexer::lex;
use raya::syntax::{SourceMap, render::Style};
use raya::{Diagnostics, Engine, Error, Options};

/// Damaged programs per run of the test.
const PROGRAMS: usize = 1_200;

/// The longest that one of them may take; a test build is an order of magnitude slower
/// than a release.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 10 } else { 1 });

/// Marsaglia's xorshift: the same damage in every run.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

/// Every program of the repository, in the order of their paths.
fn programs() -> Vec<(PathBuf, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let mut files = Vec::new();
    for folder in ["fixtures", "soundness", "bench"] {
        collect(&root.join(folder), &mut files);
    }
    files.sort();
    let read = |path: PathBuf| Some((path.clone(), std::fs::read_to_string(path).ok()?));
    files.into_iter().filter_map(read).collect()
}

fn collect(folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for path in entries.flatten().map(|entry| entry.path()) {
        if path.is_dir() {
            collect(&path, files);
        } else if path.extension().is_some_and(|e| e == "ts" || e == "raya") {
            files.push(path);
        }
    }
}

/// Where the tokens of a text begin, and its end.
fn boundaries(text: &str) -> Vec<usize> {
    let mut sources = SourceMap::new();
    let file = sources.add("boundaries.ts", text.to_owned());
    let Some(source) = sources.get(file) else {
        return Vec::new();
    };
    let tokens = lex(source).tokens;
    let mut all: Vec<usize> = tokens.iter().map(|t| t.start as usize).collect();
    all.push(text.len());
    all.retain(|&at| text.is_char_boundary(at));
    all.dedup();
    all
}

/// The text after one to three accidents.
fn damage(text: &str, other: &str, random: &mut Random) -> String {
    let mut text = text.to_owned();
    for _ in 0..1 + random.below(3) {
        let marks = boundaries(&text);
        if marks.len() < 3 {
            break;
        }
        let at = random.below(marks.len() - 1);
        let token = marks[at]..marks[at + 1];
        let until = marks[(at + 1 + random.below(12)).min(marks.len() - 1)];
        match random.below(9) {
            // Another token of the same program keeps most programs well-formed, so that
            // the checker gets to see them.
            6.. => {
                let from = random.below(marks.len() - 1);
                let taken = text[marks[from]..marks[from + 1]].to_owned();
                if is_word(&taken) && is_word(&text[token.clone()]) {
                    text.replace_range(token, &taken);
                }
            }
            0 => text.replace_range(token, ""),
            1 => text.replace_range(marks[at]..until, ""),
            2 => {
                let copy = text[token].to_owned();
                text.insert_str(marks[at], &copy);
            }
            3 => text.truncate(marks[at]),
            4 => {
                let strange = boundaries(other);
                let from = random.below(strange.len().max(2) - 1);
                let to = (from + 1 + random.below(6)).min(strange.len() - 1);
                text.insert_str(marks[at], &other[strange[from]..strange[to]]);
            }
            _ => {
                let moved = text[marks[at]..until].to_owned();
                text.replace_range(marks[at]..until, "");
                let marks = boundaries(&text);
                text.insert_str(marks[random.below(marks.len())], &moved);
            }
        }
    }
    text
}

fn is_word(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphanumeric() || c == '_')
}

/// What is wrong with how the front end takes a text, if anything.
fn complaint(engine: &Engine, text: &str) -> Option<String> {
    let start = Instant::now();
    let compiled = catch_unwind(AssertUnwindSafe(|| engine.compile("damaged.ts", text)));
    let found = match compiled {
        Err(_) => Some("a panic".to_owned()),
        Ok(Ok(program)) => misplaced(program.warnings()),
        Ok(Err(Error::Compile(faults))) => misplaced(&faults),
        Ok(Err(error)) => Some(error.to_string()),
    };
    let slow = start.elapsed() > LIMIT;
    found.or_else(|| slow.then(|| format!("{:?}", start.elapsed())))
}

/// A diagnostic that points to a place that does not exist.
fn misplaced(found: &Diagnostics) -> Option<String> {
    for diagnostic in &found.list {
        let length = found.sources.get(diagnostic.file)?.text().len();
        let (start, end) = (diagnostic.span.start as usize, diagnostic.span.end as usize);
        if start > end || end > length {
            return Some(format!("a span of {start}..{end} in {length} bytes"));
        }
    }
    found.render(Style::Plain);
    None
}

#[test]
fn damaged_programs_are_answered() {
    let seed = std::env::var("RAYA_DAMAGE_SEED").ok();
    let seed: u64 = seed.and_then(|text| text.parse().ok()).unwrap_or(1);
    let mut random = Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1);
    let programs = programs();
    let engine = Engine::new(Options {
        jit: None,
        verify_bytecode: true,
        ..Options::default()
    });
    let engine = engine.expect("an engine");
    assert!(programs.len() > 100, "the fixtures are where they were");
    for number in 0..PROGRAMS {
        let (path, text) = &programs[random.below(programs.len())];
        let (_, other) = &programs[random.below(programs.len())];
        let damaged = damage(text, other, &mut random);
        if let Some(complaint) = complaint(&engine, &damaged) {
            panic!(
                "{complaint}: number {number} of {}\n{damaged}",
                path.display()
            );
        }
    }
}
