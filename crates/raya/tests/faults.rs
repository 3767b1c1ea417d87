//! Panics inside of natives: no program catches them, whatever tier its frames belong to,
//! and the embedder gets an error of its own kind, in an engine that still works.

use std::io::{self, Write};
use std::panic;

use raya::{Engine, Error, Options, Value};

#[cfg(feature = "jit")]
#[path = "support/mod.rs"]
#[allow(dead_code)] // other tests use the rest
mod support;

/// A stream that fails in a way that streams must not, as long as it is told to.
struct Faulty(bool);

impl Write for Faulty {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        assert!(!std::mem::take(&mut self.0), "a faulty stream");
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Ways from a handler down to the native: directly, and through a native that calls back,
/// a getter, a conversion and a method that dynamic code finds.
const WAYS: &[(&str, &str)] = &[
    ("a direct call", "fail();"),
    (
        "a comparator",
        "[3, 1, 2].sort((a, b) => { fail(); return a - b; });",
    ),
    (
        "a getter",
        "const o: any = { get x(): number { fail(); return 1; } }; o.x;",
    ),
    (
        "a conversion",
        "class C { toString(): string { fail(); return ''; } } `${new C()}`;",
    ),
    (
        "an operator",
        "class C { __add__(o: any): any { fail(); return o; } } const c: any = new C(); c + 1;",
    ),
];

/// A program that goes that way below handlers of every kind, none of which may see it.
fn program(way: &str) -> String {
    format!(
        "let seen = 0;
         function fail(): void {{ console.error('x'); }}
         function inner(): void {{
           try {{ {way} }} catch (e) {{ seen++; }} finally {{ seen++; }}
         }}
         function outer(): number {{
           try {{ inner(); }} catch (e) {{ seen++; }} finally {{ seen++; return 1; }}
         }}
         outer();"
    )
}

fn check(mut engine: Engine, tier: &str) {
    for (name, way) in WAYS {
        engine.set_streams(Box::new(io::sink()), Box::new(Faulty(true)));
        let program = engine.compile("fault.raya", program(way));
        let program = program.unwrap_or_else(|e| panic!("{name}: {e}"));
        match engine.run(&program) {
            Err(Error::Internal { phase, message }) => {
                assert_eq!(
                    (phase, message.as_str()),
                    ("execution", "a faulty stream"),
                    "{tier}, {name}"
                );
            }
            other => panic!("{tier}, {name}: {other:?}"),
        }
        let after = engine.eval("let s = 0; for (let i = 0; i < 9; i++) s += i; s");
        assert_eq!(after.ok().flatten(), Some(Value::Number(36.0)), "{tier}");
    }
}

/// Hides the reports of the panics that are wanted here.
fn quietly(body: impl FnOnce() + panic::UnwindSafe) {
    panic::set_hook(Box::new(|info| {
        let text = info.payload().downcast_ref::<&str>();
        if text != Some(&"a faulty stream") {
            eprintln!("{info}");
        }
    }));
    body();
}

#[test]
fn a_panic_is_an_internal_error_in_the_interpreter() {
    quietly(|| {
        let options = Options {
            jit: None,
            ..Options::default()
        };
        check(Engine::new(options).expect("an engine"), "interpreted");
    });
}

#[cfg(feature = "jit")]
#[test]
fn a_panic_is_an_internal_error_in_compiled_code() {
    quietly(|| {
        check(support::engine(support::sync(0)), "compiled");
        check(support::engine(support::sync(2)), "tiered");
    });
}
