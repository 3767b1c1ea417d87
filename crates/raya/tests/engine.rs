//! The embedding interface.

use raya::{Engine, Error, JitOptions, Options, Value};

fn engine() -> Engine {
    Engine::new(Options::default()).expect("an engine")
}

fn eval(code: &str) -> Option<Value> {
    engine()
        .eval(code)
        .unwrap_or_else(|e| panic!("{code}: {e}"))
}

#[test]
fn values_come_back() {
    assert_eq!(eval("1 + 2"), Some(Value::Number(3.0)));
    assert_eq!(eval("let i: int = 7; i / 2"), Some(Value::Int(3)));
    assert_eq!(eval("'a' + 'b'"), Some(Value::String("ab".to_owned())));
    assert_eq!(eval("1 < 2"), Some(Value::Bool(true)));
    assert_eq!(eval("null"), Some(Value::Null));
    assert_eq!(eval("return 5; 6"), Some(Value::Number(5.0)));
    assert_eq!(eval("if (1 < 2) { return 7; }"), Some(Value::Number(7.0)));
    let shown = eval("[1, 2]").map(|value| value.to_string());
    assert_eq!(shown.as_deref(), Some("[ 1, 2 ]"));
}

#[test]
fn statements_have_no_value() {
    assert_eq!(eval(""), None);
    assert_eq!(eval("const x = 1;"), None);
    assert_eq!(eval("function f(): void {} f()"), None);
    assert_eq!(eval("function f(): number { return 1; }"), None);
}

#[test]
fn faults_of_the_program_are_data() {
    let Err(Error::Compile(faults)) = engine().eval("let x: number = 'a'; let y: string = 1;")
    else {
        panic!("two type errors");
    };
    assert_eq!(faults.list.iter().filter(|d| d.is_error()).count(), 2);
    let Err(Error::Uncaught(text)) = engine().eval("throw new RangeError('too far');") else {
        panic!("an exception");
    };
    assert!(text.contains("RangeError: too far"), "{text}");
}

#[test]
fn an_engine_survives_a_failed_program() {
    let mut engine = engine();
    assert!(engine.eval("throw 1;").is_err());
    assert!(
        engine
            .eval("function f(): number { return f() + 1; } f()")
            .is_err()
    );
    assert_eq!(
        engine.eval("40 + 2").ok().flatten(),
        Some(Value::Number(42.0))
    );
}

#[test]
fn engines_are_independent() {
    let threads: Vec<_> = (0..4)
        .map(|n| {
            std::thread::spawn(move || {
                let mut first = engine();
                let mut second = engine();
                let code = format!("let s = 0; for (let i = 0; i < 100; i++) s += i * {n}; s");
                let expected = Value::Number(4950.0 * f64::from(n));
                assert_eq!(first.eval(&code).ok().flatten(), Some(expected.clone()));
                assert_eq!(second.eval(&code).ok().flatten(), Some(expected));
            })
        })
        .collect();
    for thread in threads {
        thread.join().expect("no panic");
    }
}

#[test]
fn the_heap_limit_is_an_exception() {
    let options = Options {
        max_heap: Some(16 << 20),
        ..Options::default()
    };
    let mut engine = Engine::new(options).expect("an engine");
    let code = "const xs: number[][] = []; while (true) xs.push([1, 2, 3]);";
    let Err(Error::Uncaught(text)) = engine.eval(code) else {
        panic!("an exception");
    };
    assert!(text.contains("RangeError"), "{text}");
}

#[test]
fn endless_programs_time_out() {
    for jit in [None, Some(JitOptions::default())] {
        let options = Options {
            timeout: Some(std::time::Duration::from_millis(100)),
            jit,
            ..Options::default()
        };
        let mut engine = Engine::new(options).expect("an engine");
        assert!(matches!(
            engine.eval("while (true) {}"),
            Err(Error::Timeout)
        ));
    }
}

#[test]
fn tiers_agree() {
    let code =
        "function fib(n: number): number { return n < 2 ? n : fib(n - 1) + fib(n - 2); } fib(20)";
    for threshold in [0, 2, 100] {
        let jit = JitOptions {
            threshold,
            sync: true,
            ..JitOptions::default()
        };
        let options = Options {
            jit: Some(jit),
            ..Options::default()
        };
        let mut engine = Engine::new(options).expect("an engine");
        assert_eq!(
            engine.eval(code).ok().flatten(),
            Some(Value::Number(6765.0))
        );
    }
}

#[test]
fn functions_are_called_over_what_the_top_level_made() {
    let mut engine = engine();
    let text = "let total = 0;
        function add(n: number): number { total += n; return total; }
        function label(text: string, i: int, on: boolean | null): string {
          return `${text} ${i + 1} ${on}`;
        }
        function pick<T>(x: T): T { return x; }";
    let library = engine.load("counter.ts", text).expect("it loads");
    for n in 1..=100 {
        let sum = engine.call(&library, "add", &[Value::from(f64::from(n))]);
        assert_eq!(sum.ok(), Some(Value::Number(f64::from(n * (n + 1) / 2))));
    }
    let args = [Value::from("a"), Value::from(1), Value::Null];
    let text = engine.call(&library, "label", &args).ok();
    assert_eq!(text, Some(Value::from("a 2 null")));
    // A generic function has no code of its own.
    for name in ["pick", "missing"] {
        let result = engine.call(&library, name, &[Value::Null]);
        assert!(matches!(result, Err(Error::NoFunction(_))), "{name}");
    }
}

#[test]
fn arguments_of_calls_are_checked() {
    let mut engine = engine();
    let text = "function half(n: number): number { return n / 2; }";
    let library = engine.load("half.ts", text).expect("it loads");
    for args in [vec![], vec![Value::from("4")], vec![Value::from(1.0); 2]] {
        let result = engine.call(&library, "half", &args);
        let Err(Error::Uncaught(text)) = result else {
            panic!("{args:?} gave {result:?}");
        };
        assert!(text.contains("TypeError"), "{text}");
    }
    let mut other = Engine::new(Options::default()).expect("an engine");
    let result = other.call(&library, "half", &[Value::from(4.0)]);
    assert!(matches!(result, Err(Error::NoFunction(_))));
}
