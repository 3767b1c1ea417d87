//! Memory stays flat: what a program drops is reclaimed, whatever it is made of.
//!
//! Measured by the heap's own counters, which are the same on every machine.

use raya::{Engine, JitOptions, Options};

/// Rounds of a loop that allocates: fewer where the runtime is not optimised.
const ROUNDS: u32 = if cfg!(debug_assertions) {
    200_000
} else {
    10_000_000
};
/// What a program may hold that keeps nothing: the nursery and some room.
const FLAT: usize = 24 << 20;

/// The most that the heap holds while a loop runs `body` and drops what it made.
fn peak(body: &str, jit: bool) -> usize {
    let options = Options {
        jit: jit.then(JitOptions::default),
        ..Options::default()
    };
    let program = format!(
        "class P {{ a: number; b: any; constructor(a: number, b: any) {{ this.a = a; this.b = b; }} }}
         let keep: any = null;
         function run(n: number): void {{
           for (let i = 0; i < n; i++) {{ {body} }}
         }}
         run({ROUNDS});"
    );
    let mut engine = Engine::new(options).expect("an engine");
    if let Err(error) = engine.eval(&program) {
        panic!("{body}: {error}");
    }
    engine.peak_heap()
}

macro_rules! flat {
    ($($name:ident: $body:literal;)*) => {$(
        #[test]
        fn $name() {
            for jit in [false, true] {
                let peak = peak($body, jit);
                assert!(peak < FLAT, "{} MiB, compiled: {jit}", peak >> 20);
            }
        }
    )*};
}

flat! {
    objects: "keep = new P(i, keep instanceof P ? null : i);";
    literals: "keep = { a: i, b: 'x' };";
    arrays: "keep = [i, i + 1, i + 2];";
    strings: "keep = 'number ' + i;";
    closures: "const j = i; keep = () => j;";
    boxed_numbers: "keep = [i + 0.5 as any];";
    maps: "if (i % 8 === 0) { const m = new Map<number, number>(); m.set(i, i); keep = m; }";
    exceptions: "if (i % 8 === 0) { try { throw new RangeError('out'); } catch (e) { keep = e; } }";
    expandos: "const o: any = new P(i, null); o.extra = i; keep = o;";
    bound_methods: "keep = 'text'.trim; keep = ([i] as any).push;";
}
