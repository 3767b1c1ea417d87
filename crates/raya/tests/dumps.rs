//! What the stages make of small programs, and of the program that touches every
//! contract, as snapshots: a review sees one call more or one boxing less.
//!
//! `INSTA_UPDATE=always cargo test -p raya --test dumps` writes them anew.

use raya::dump::{Stage, dump};
use raya::{Engine, Error, JitOptions, Options};

/// What one stage makes of a program, or of one of its functions.
fn stage(stage: Stage, name: &str, text: &str, function: Option<&str>) -> String {
    dump(stage, name, text.to_owned(), function).unwrap_or_else(|error| panic!("{error}"))
}

macro_rules! programs {
    ($($test:ident: $function:literal;)*) => {$(
        #[test]
        fn $test() {
            let file = concat!(stringify!($test), ".ts");
            let text = include_str!(concat!("programs/", stringify!($test), ".ts"));
            let own = Some($function);
            insta::assert_snapshot!(
                concat!(stringify!($test), "_types"),
                stage(Stage::Types, file, text, own)
            );
            insta::assert_snapshot!(
                concat!(stringify!($test), "_ir"),
                stage(Stage::Ir, file, text, own)
            );
            insta::assert_snapshot!(
                concat!(stringify!($test), "_bytecode"),
                stage(Stage::Bytecode, file, text, own)
            );
        }
    )*};
}

programs! {
    map_get: "look";
    numbers: "dot";
    closures: "counter";
    generics: "swapAll";
    finally: "careful";
    narrowing: "size";
    any: "mix";
}

/// `map.get(k)` is an intrinsic behind a method: no call is left of the method.
#[test]
fn methods_of_intrinsics_leave_no_call() {
    let text = include_str!("programs/map_get.ts");
    let bytecode = stage(Stage::Bytecode, "map_get.ts", text, Some("look"));
    assert!(bytecode.contains("NativeCall"), "{bytecode}");
    let calls = bytecode
        .split_whitespace()
        .filter(|word| word.starts_with("Call"));
    assert_eq!(calls.count(), 0, "{bytecode}");
}

const EVERYTHING: &str = include_str!("../../../fixtures/contracts/everything.raya");

#[test]
fn everything_has_types() {
    insta::assert_snapshot!(stage(Stage::Types, "everything.raya", EVERYTHING, None));
}

/// The functions in which the contracts meet.
#[test]
fn everything_becomes_bytecode() {
    for function in ["total", "walk", "sumUpTo", "Ring.fold", "Node.count"] {
        let text = stage(
            Stage::Bytecode,
            "everything.raya",
            EVERYTHING,
            Some(function),
        );
        insta::assert_snapshot!(format!("everything_{function}_bytecode"), text);
        let text = stage(Stage::Ir, "everything.raya", EVERYTHING, Some(function));
        insta::assert_snapshot!(format!("everything_{function}_ir"), text);
    }
}

/// What a program that throws says at its end.
fn trace(name: &str, text: &str, jit: Option<JitOptions>) -> String {
    let options = Options {
        jit,
        ..Options::default()
    };
    let mut engine = Engine::new(options).expect("an engine");
    let program = engine.compile(name, text).expect("a correct program");
    match engine.run(&program) {
        Err(Error::Uncaught(text)) => text,
        other => panic!("an exception, not {other:?}"),
    }
}

#[test]
fn traces_are_the_same_in_both_tiers() {
    let text = include_str!("programs/traces.ts");
    let interpreted = trace("traces.ts", text, None);
    insta::assert_snapshot!(interpreted);
    for threshold in [0, 2] {
        let jit = JitOptions {
            threshold,
            sync: true,
            ..JitOptions::default()
        };
        assert_eq!(trace("traces.ts", text, Some(jit)), interpreted);
    }
}

macro_rules! faulty {
    ($($test:ident)*) => {$(
        #[test]
        fn $test() {
            let file = concat!(stringify!($test), ".ts");
            let text = include_str!(concat!("faulty/", stringify!($test), ".ts"));
            let found = raya::check(file, text.to_owned());
            insta::assert_snapshot!(found.render(raya::syntax::render::Style::Plain));
        }
    )*};
}

faulty! { wrong_types wrong_members wrong_calls wrong_flow wrong_classes wrong_names not_yet }
