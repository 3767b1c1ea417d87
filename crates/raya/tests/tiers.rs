//! What the second tier makes of whole programs, by its own counters: no clocks.

#![cfg(feature = "jit")]

use std::path::{Path, PathBuf};

use raya::{Engine, JitOptions, Options, Report, Value};

fn bench_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../bench")
}

/// A benchmark's text with a tenth of its small size.
fn tiny(path: &Path) -> String {
    let text = std::fs::read_to_string(path).expect("a program of bench/");
    let resized = text.lines().map(|line| {
        let size = line
            .strip_prefix("const size = ")
            .and_then(|rest| rest.split_once("; // small: "));
        match size.and_then(|(_, small)| small.trim().replace('_', "").parse::<u64>().ok()) {
            // Some sizes are depths and exponents.
            Some(small) if small < 100 => format!("const size = {};", small.min(9)),
            Some(small) => format!("const size = {};", small / 10),
            None => line.to_owned(),
        }
    });
    resized.collect::<Vec<_>>().join("\n")
}

fn sync(threshold: u32) -> JitOptions {
    JitOptions {
        threshold,
        sync: true,
        ..JitOptions::default()
    }
}

fn engine(jit: JitOptions) -> Engine {
    let options = Options {
        jit: Some(jit),
        ..Options::default()
    };
    Engine::new(options).expect("an engine")
}

fn run(engine: &mut Engine, name: &str, text: &str) -> Value {
    let program = engine
        .compile(name, text)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    engine
        .run(&program)
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

fn report_of(name: &str) -> Report {
    let path = bench_folder().join(name);
    let mut engine = engine(sync(50));
    run(&mut engine, name, &tiny(&path));
    engine.report()
}

#[test]
fn inner_loops_of_typed_kernels_call_no_helper_and_box_nothing() {
    let kernels = [
        "fib.ts",
        "nbody.ts",
        "spectral-norm.ts",
        "fannkuch.ts",
        "mandelbrot.ts",
        "sieve.ts",
        "matmul.ts",
    ];
    for name in kernels {
        let report = report_of(name);
        assert!(!report.code.is_empty(), "{name}: nothing was compiled");
        for code in report.code {
            assert_eq!(
                (code.loop_helpers, code.loop_boxings),
                (0, 0),
                "{name}: helper calls and boxings in {}",
                code.name
            );
        }
    }
}

#[test]
fn the_compiler_takes_every_function_of_the_benchmarks() {
    for entry in std::fs::read_dir(bench_folder()).expect("bench/") {
        let path = entry.expect("an entry").path();
        if path.extension().is_some_and(|e| e == "ts" || e == "raya") {
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            assert_eq!(report_of(&name).refused, [], "{name}");
        }
    }
}

/// Methods, closures, arrays, an exception, a patched method: something of everything that
/// compiled code may hold on to.
const ROUND: &str = r#"
    class Shape {
      side: number = 2;
      area(): number { return this.side * this.side; }
      edge(): number { return this.side; }
    }
    class Disc extends Shape { area(): number { return 3 * this.side; } }
    function total(shapes: Shape[], f: (x: number) => number): number {
      let sum = 0;
      for (const s of shapes) sum += f(s.area() + s.edge());
      return sum;
    }
    function caught(n: number): number {
      try { if (n % 2 === 0) throw new RangeError("even"); return n; } catch (e) { return -1; }
    }
    const shapes: Shape[] = [new Shape(), new Disc()];
    let sum = 0;
    let text = "";
    for (let i = 0; i < 60; i++) { sum += total(shapes, x => x + i) + caught(i); text += i; }
    (Shape as any).edge = function (): number { return 100; };
    for (let i = 0; i < 60; i++) sum += total(shapes, x => x + i);
    return sum + text.length;
"#;

/// Loads, compiles and discards a program in engines of their own; what they hold is the same
/// every time, and the resident memory of this process does not grow.
fn rounds(n: usize) {
    let mut first: Option<(Report, Value)> = None;
    let mut settled = None;
    for i in 0..n {
        let mut engine = engine(sync(5));
        let value = run(&mut engine, "round.ts", ROUND);
        engine.collect();
        let report = engine.report();
        match &first {
            None => first = Some((report, value)),
            Some((expected, sum)) => {
                assert_eq!(report.code_bytes, expected.code_bytes, "round {i}");
                assert_eq!(report.heap_bytes, expected.heap_bytes, "round {i}");
                assert_eq!(report.code.len(), expected.code.len(), "round {i}");
                assert_eq!(value, *sum, "round {i}");
            }
        }
        drop(engine);
        if i == n / 4 {
            settled = resident_bytes();
        }
    }
    if let (Some(before), Some(after)) = (settled, resident_bytes()) {
        let grown = after.saturating_sub(before);
        // A page per round would be more.
        let allowed = (n - n / 4) * 1024 + (1 << 20);
        assert!(grown < allowed, "{grown} bytes more after {n} rounds");
    }
}

/// Physical memory of this process, where the system tells.
fn resident_bytes() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/self/statm").ok()?;
    let pages: usize = text.split_whitespace().nth(1)?.parse().ok()?;
    Some(pages * 4096)
}

/// How many rounds [`rounds_alone`] makes.
const ROUNDS: &str = "RAYA_TEST_ROUNDS";

#[test]
fn memory_is_flat_over_rounds_of_load_compile_discard() {
    let tests = std::env::current_exe().expect("this program");
    let child = std::process::Command::new(tests)
        .args(["--ignored", "--exact", "rounds_alone"])
        .env(ROUNDS, "200")
        .output()
        .expect("a process");
    assert!(child.status.success(), "{child:?}");
}

/// The same without other tests in the process, 10,000 times unless told otherwise:
/// `cargo test --release -p raya --test tiers -- --ignored`.
#[test]
#[ignore = "takes a minute"]
fn rounds_alone() {
    let told = std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok());
    rounds(told.unwrap_or(10_000));
}

#[test]
fn dropped_code_is_freed_by_a_major_collection() {
    let mut engine = engine(sync(5));
    run(&mut engine, "round.ts", ROUND);
    let before = engine.report();
    assert!(before.invalidated > 0, "the patch invalidates code");
    assert!(before.retired > 0, "its code waits");
    engine.collect();
    let after = engine.report();
    assert_eq!(after.retired, 0, "nothing is in it any more");
    assert!(after.code_bytes < before.code_bytes);
    assert!(after.code.len() < before.code.len());
}

#[test]
fn a_full_code_memory_leaves_the_rest_to_the_interpreter() {
    let value = run(&mut engine(sync(5)), "round.ts", ROUND);
    let cap = 64 << 10;
    let mut small = engine(JitOptions {
        code_cap: cap,
        ..sync(0)
    });
    for _ in 0..20 {
        assert_eq!(run(&mut small, "round.ts", ROUND), value);
    }
    let report = small.report();
    assert!(report.code_bytes <= cap);
    let full = report.refused.iter().any(|(_, why)| why.contains("full"));
    assert!(full, "it is reported: {:?}", report.refused);
}

#[test]
fn functions_that_lose_their_code_again_and_again_are_given_up() {
    let mut engine = engine(JitOptions {
        invalidate_every: Some(1),
        ..sync(2)
    });
    let text = r#"
        function leaf(n: number): number { return n < 1 ? 0 : leaf(n - 1) + 1; }
        let sum = 0;
        for (let i = 0; i < 20000; i++) sum += leaf(3);
        return sum;
    "#;
    assert_eq!(run(&mut engine, "leaf.ts", text), Value::Number(60000.0));
    let report = engine.report();
    assert!(report.given_up.iter().any(|name| name == "leaf"));
    assert!(report.compiled < 60, "{} compilations", report.compiled);
}
