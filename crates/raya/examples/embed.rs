//! Runs two programs in engines of their own and shows how faults come back.
//!
//!     cargo run -p raya --example embed

use raya::syntax::render::Style;
use raya::{Engine, Error, Options};

fn main() -> Result<(), Error> {
    let mut engine = Engine::new(Options::default())?;
    let program = engine.compile(
        "greet.ts",
        r#"
        function greet(name: string): string { return `hello, ${name}`; }
        console.log(greet("embedder"));
        return greet("you").length;
        "#,
    )?;
    let length = engine.run(&program)?;
    engine.flush();
    println!("the program gave {length}");

    let limited = Options {
        max_heap: Some(32 << 20),
        ..Options::default()
    };
    let mut engine = Engine::new(limited)?;
    for code in ["1 + ;", "let x: number = 'one';", "null!.x", "[1, 2, 3][7]"] {
        match engine.eval(code) {
            Ok(Some(value)) => println!("{code} is {value}"),
            Ok(None) => println!("{code} has no value"),
            Err(Error::Compile(faults)) => print!("{}", faults.render(Style::Plain)),
            Err(error) => println!("{code} failed: {error}"),
        }
    }
    Ok(())
}
