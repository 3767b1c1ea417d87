//! Mutated bytecode: what the verifier refuses is refused, and what it lets through runs to
//! some end, be it an exception, the time limit or the heap limit, in both tiers, without
//! breaking the engine.
//!
//! Mutants run in processes of their own, so that a crash is a finding like any other.
//! `RAYA_MUTANTS=20000` takes more of them per program, `RAYA_MUTANT_SEED=7` others.

#![cfg(feature = "jit")]

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use raya::{Engine, Error, JitOptions, Options, Program};
use raya_bytecode::{Module, Op};

/// Mutants per program, where nothing else is said.
const MUTANTS: usize = 60;

/// Mutants per process.
const BATCH: usize = 30;

/// The longest that a process may take: each mutant runs twice, for a fifth of a second at
/// most, on machines that are busy.
const LIMIT: Duration = Duration::from_secs(120);

/// Programs that exercise most kinds of operands.
const PROGRAMS: &[&str] = &[
    "opcodes/ints.raya",
    "opcodes/operators.ts",
    "opcodes/dictionaries.ts",
    "opcodes/loose.raya",
    "opcodes/rare.raya",
    "opcodes/values.ts",
    "contracts/everything.raya",
];

/// What a child process is to run: program, first number, how many, seed.
const BATCH_VARIABLE: &str = "RAYA_MUTANT_BATCH";

/// Marsaglia's xorshift: the same mutants in every run.
struct Random(u64);

impl Random {
    /// Numbers for one mutant, so that it can be made again without those before it.
    fn new(seed: u64, number: usize) -> Random {
        let mixed = (seed ^ 0x2545_f491_4f6c_dd1d)
            .wrapping_add(number as u64 + 1)
            .wrapping_mul(0x9e37_79b9_7f4a_7c15);
        Random(mixed | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % n.max(1)
    }
}

fn engine(jit: Option<JitOptions>) -> Engine {
    Engine::new(Options {
        jit,
        max_heap: Some(32 << 20),
        timeout: Some(Duration::from_millis(200)),
        ..Options::default()
    })
    .expect("an engine")
}

/// The bytecode of a fixture that prints nothing.
fn module(file: &str) -> Module {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures");
    let text = std::fs::read_to_string(root.join(file)).expect("the fixture is there");
    let silent = text.replace("console.log(", "quiet(");
    let text = format!("function quiet(...xs: any[]): void {{}}\n{silent}");
    let program = engine(None).compile(file, text).expect("a correct program");
    program.module().clone()
}

/// One to three times an operand, an opcode or a type changed, or instructions exchanged.
fn mutate(m: &mut Module, random: &mut Random) {
    for _ in 0..1 + random.below(3) {
        let f = random.below(m.functions.len());
        let function = &mut m.functions[f];
        let len = function.code.len();
        let at = random.below(len);
        // Most wrong operands that could matter are small, like the right ones.
        let wide = random.below(4) == 0;
        let value = random.below(if wide { 65_536 } else { 24 }) as u16;
        match random.below(7) {
            0 => function.code[at].op = Op::ALL[random.below(Op::ALL.len())],
            1 => function.code[at].a = value,
            2 => function.code[at].b = value,
            3 => function.code[at].c = value,
            4 => function.code.swap(at, random.below(len)),
            5 => function.code[at] = function.code[random.below(len)],
            _ => {
                let registers = function.regs.len();
                let (from, to) = (random.below(registers), random.below(registers));
                if registers > 0 {
                    function.regs[to] = function.regs[from];
                }
            }
        }
    }
}

fn number_in(variable: &str) -> Option<usize> {
    std::env::var(variable).ok()?.parse().ok()
}

#[test]
fn mutants_are_refused_or_harmless() {
    if let Ok(batch) = std::env::var(BATCH_VARIABLE) {
        return one_batch(&batch);
    }
    let seed = number_in("RAYA_MUTANT_SEED").unwrap_or(1);
    let count = number_in("RAYA_MUTANTS").unwrap_or(MUTANTS);
    let (mut refused, mut ran) = (0, 0);
    let mut findings = Vec::new();
    for file in PROGRAMS {
        for first in (0..count).step_by(BATCH) {
            let batch = format!("{file} {first} {} {seed}", BATCH.min(count - first));
            let (text, failure) = child(&batch);
            let marks = |mark: &str| text.lines().filter(|l| l.starts_with(mark)).count();
            refused += marks("refused");
            ran += marks("mutant");
            if let Some(failure) = failure {
                let last = text.lines().rfind(|l| l.starts_with("mutant"));
                findings.push(format!("{file} {}: {failure}", last.unwrap_or("no mutant")));
            }
        }
    }
    println!("{refused} refused, {ran} ran");
    assert!(findings.is_empty(), "seed {seed}:\n{}", findings.join("\n"));
    assert!(refused > ran / 2, "only {refused} refused, {ran} ran");
    assert!(ran > refused / 50, "{refused} refused, only {ran} ran");
}

/// Runs a batch in a process of its own; gives what it printed, and how it failed.
fn child(batch: &str) -> (String, Option<String>) {
    let mut command = Command::new(std::env::current_exe().expect("this program"));
    command
        .args(["--exact", "mutants_are_refused_or_harmless", "--nocapture"])
        .env(BATCH_VARIABLE, batch)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut process = command.spawn().expect("a process");
    let mut stdout = process.stdout.take().expect("a pipe");
    let mut stderr = process.stderr.take().expect("a pipe");
    let read = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stdout.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let errors = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = stderr.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    });
    let start = Instant::now();
    let status = loop {
        match process.try_wait().expect("its status") {
            Some(status) => break Some(status),
            None if start.elapsed() > LIMIT => {
                let _ = process.kill();
                let _ = process.wait();
                break None;
            }
            None => std::thread::sleep(Duration::from_millis(20)),
        }
    };
    let text = read.join().unwrap_or_default();
    let errors = errors.join().unwrap_or_default();
    let failure = match status {
        Some(status) if status.success() => None,
        Some(status) => Some(format!("{status}: {}", errors.trim_start())),
        None => Some("did not end".to_owned()),
    };
    (text, failure)
}

/// The child's part.
fn one_batch(batch: &str) {
    let words: Vec<&str> = batch.split(' ').collect();
    let &[file, first, count, seed] = words.as_slice() else {
        panic!("{batch:?} is no batch");
    };
    let number = |text: &str| text.parse::<usize>().expect("a number");
    let original = module(file);
    for n in number(first)..number(first) + number(count) {
        let mut copy = original.clone();
        mutate(&mut copy, &mut Random::new(number(seed) as u64, n));
        match Program::from_module(copy) {
            Ok(program) => {
                println!("\nmutant {n}");
                run(&program);
            }
            Err(_) => println!("\nrefused {n}"),
        }
    }
}

/// Runs a mutant interpreted and compiled.
fn run(program: &Program) {
    let compiled = JitOptions {
        threshold: 0,
        sync: true,
        ..JitOptions::default()
    };
    for jit in [None, Some(compiled)] {
        let tier = if jit.is_some() {
            "compiled"
        } else {
            "interpreted"
        };
        if let Err(Error::Internal { phase, message }) = engine(jit).run(program) {
            panic!("{tier}: {phase}: {message}");
        }
    }
}
