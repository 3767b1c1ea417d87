//! Memory over rounds of load, compile, discard. Alone in its process, whose resident
//! memory it watches.

#![cfg(feature = "jit")]

mod support;

use raya::{Report, Value};
use support::{ROUND, engine, run, sync};

/// Environment variable with the number of rounds:
/// `RAYA_TEST_ROUNDS=10000 cargo test --release -p raya --test rounds`.
const ROUNDS: &str = "RAYA_TEST_ROUNDS";

#[test]
fn memory_is_flat_over_rounds_of_load_compile_discard() {
    let told = std::env::var(ROUNDS).ok().and_then(|n| n.parse().ok());
    rounds(told.unwrap_or(200));
}

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
