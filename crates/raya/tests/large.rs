//! Programs that are large in one respect: they run, in time that grows about as they do.

use std::fmt::Write;
use std::time::{Duration, Instant};

use raya::{Engine, Error, Options, Value};

/// The longest that a program may take. Those here take a second at most; where each part
/// looked at all others they took half a minute and more.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 60 } else { 10 });

fn run(text: &str) -> Result<Option<Value>, Error> {
    let start = Instant::now();
    let result = Engine::new(Options::default())
        .expect("an engine")
        .eval(text);
    let took = start.elapsed();
    assert!(took < LIMIT, "took {took:?}: {:.60}", text);
    result
}

fn assert_number(text: &str, expected: f64) {
    match run(text) {
        Ok(value) => assert_eq!(value, Some(Value::Number(expected)), "{text:.60}"),
        Err(error) => panic!("{text:.60}: {error}"),
    }
}

/// The pieces that `piece` makes of the numbers below `n`.
fn repeat(n: usize, piece: impl Fn(usize) -> String) -> String {
    (0..n).fold(String::new(), |mut text, i| {
        let _ = write!(text, "{}", piece(i));
        text
    })
}

#[test]
fn types_are_nested_deeply() {
    let brackets = "[]".repeat(1500);
    assert_number(&format!("const x: number{brackets} = []; x.length"), 0.0);
    let interfaces = repeat(1500, |i| format!("interface I{i} {{ a: I{} }}\n", i + 1));
    let text = format!(
        "{interfaces} interface I1500 {{ a: number }}
         let seen = 0;
         const x: any = {{ a: 1 }};
         try {{ const y = x as I0; }} catch (e) {{ seen = 1; }}
         seen"
    );
    assert_number(&text, 1.0);
}

/// A class below which `n` others stand.
fn chain(n: usize) -> String {
    let heirs = repeat(n, |i| {
        let next = i + 1;
        format!("class C{next} extends C{i} {{ f{next}: number = {i}; }}\n")
    });
    format!("class C0 {{ f0: number = 7; }}\n{heirs}")
}

#[test]
fn hierarchies_are_deep() {
    let text = format!("{} new C1500().f0", chain(1500));
    assert_number(&text, 7.0);
}

#[test]
fn hierarchies_are_not_too_deep() {
    let classes = repeat(4002, |i| format!("class C{} extends C{i} {{}}\n", i + 1));
    let Err(Error::Compile(faults)) = run(&format!("class C0 {{}}\n{classes}")) else {
        panic!("an error");
    };
    let text = faults.render(raya::syntax::render::Style::Plain);
    assert!(
        text.contains("inherits from at most 4000 classes"),
        "{text}"
    );
}

#[test]
fn switches_have_many_cases() {
    let numbers = repeat(6000, |i| format!("case {i}: r = {i} + 1; break;\n"));
    let text = format!("let r = 0; let n: number = 5999; switch (n) {{ {numbers} }} r");
    assert_number(&text, 6000.0);
    let strings = repeat(6000, |i| format!("case 'k{i}': r = {i} + 1; break;\n"));
    let text = format!("let r = 0; let n: string = 'k5999'; switch (n) {{ {strings} }} r");
    assert_number(&text, 6000.0);
}

#[test]
fn a_line_holds_the_whole_program() {
    let statements = repeat(20_000, |i| format!("a = a + {}; ", i % 7));
    let text =
        format!("/* é */ function f(a: any): any {{ {statements} return a; }} f(1) as number");
    let sum: usize = (0..20_000).map(|i| i % 7).sum();
    assert_number(&text, 1.0 + sum as f64);
}
