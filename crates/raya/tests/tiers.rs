//! What the second tier makes of whole programs, by its own counters: no clocks.

#![cfg(feature = "jit")]

mod support;

use std::path::{Path, PathBuf};

use raya::{JitOptions, Report, Value};
use support::{ROUND, engine, run, sync};

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
