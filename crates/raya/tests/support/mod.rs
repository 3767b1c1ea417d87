//! Engines and a program for the tests of the second tier.

use raya::{Engine, JitOptions, Options, Value};

pub fn sync(threshold: u32) -> JitOptions {
    JitOptions {
        threshold,
        sync: true,
        ..JitOptions::default()
    }
}

pub fn engine(jit: JitOptions) -> Engine {
    let options = Options {
        jit: Some(jit),
        ..Options::default()
    };
    Engine::new(options).expect("an engine")
}

pub fn run(engine: &mut Engine, name: &str, text: &str) -> Value {
    let program = engine
        .compile(name, text)
        .unwrap_or_else(|e| panic!("{name}: {e}"));
    engine
        .run(&program)
        .unwrap_or_else(|e| panic!("{name}: {e}"))
}

/// Methods, closures, arrays, an exception, a patched method: something of everything that
/// compiled code may hold on to.
pub const ROUND: &str = r#"
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
