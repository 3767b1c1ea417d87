//! Prints how fast the front half of the engine is: text to tokens, to a syntax tree, to
//! a typed tree, to bytecode.
//!
//!     cargo run --release -p raya --example throughput [LINES | FILE]
//!
//! Without a file it generates a program of 20,000 lines, or as many as are asked for, in
//! the mix of daily code: classes, generics, closures, unions, the library. Every function
//! is called, so nothing is left out as unreachable.

use std::fmt::Write as _;
use std::time::Instant;

use raya_check::EmbeddedBuiltins;
use raya_syntax::lexer::lex;
use raya_syntax::parser::parse_tokens;
use raya_syntax::{Interner, SourceMap};

const ROUNDS: usize = 15;
const STAGES: [&str; 4] = ["lex", "parse", "check", "compile"];

fn main() -> Result<(), String> {
    let argument = std::env::args().nth(1);
    let lines = argument.as_ref().map_or(Some(20_000), |a| a.parse().ok());
    let text = match (lines, argument) {
        (Some(lines), _) => generate(lines),
        (None, path) => {
            let path = path.unwrap_or_default();
            std::fs::read_to_string(&path).map_err(|error| format!("{path}: {error}"))?
        }
    };
    let lines = text.lines().count();
    println!("{lines} lines, {} bytes", text.len());
    let mut rounds = Vec::new();
    for _ in 0..ROUNDS {
        rounds.push(round(&text)?);
    }
    let times: Vec<f64> = (0..STAGES.len())
        .map(|stage| fastest(rounds.iter().map(|times| times[stage])))
        .collect();
    for (name, &time) in STAGES.iter().zip(&times) {
        report(name, time, lines);
    }
    report("check and compile", times[2] + times[3], lines);
    report("all", times.iter().sum(), lines);
    Ok(())
}

/// Seconds per stage for one trip from text to bytecode.
fn round(text: &str) -> Result<[f64; 4], String> {
    let mut times = [0.0; 4];
    let mut names = Interner::new();
    let mut sources = SourceMap::new();
    let file = sources.add("generated.ts", text.to_owned());
    let Some(source) = sources.get(file) else {
        return Err("the file was just added".to_owned());
    };
    let mut clock = Clock::new();
    let lexed = lex(source);
    times[0] = clock.lap();
    let parsed = parse_tokens(source, lexed, &mut names);
    times[1] = clock.lap();
    let mut checked = raya_check::check(raya_check::Input {
        module: &parsed.module,
        file,
        names: &mut names,
        sources: &mut sources,
        builtins: &EmbeddedBuiltins,
        whole_library: false,
    });
    times[2] = clock.lap();
    let faults: Vec<_> = parsed
        .diagnostics
        .iter()
        .chain(&checked.diagnostics)
        .filter(|d| d.is_error())
        .collect();
    if let Some(fault) = faults.first() {
        return Err(format!("{} errors, first {fault:?}", faults.len()));
    }
    let options = raya_compile::Options {
        verify: false,
        ..raya_compile::Options::default()
    };
    clock.lap();
    let compiled =
        raya_compile::compile(&checked.hir, &mut checked.types, &names, &sources, &options);
    times[3] = clock.lap();
    compiled
        .map(|_| times)
        .map_err(|faults| format!("not compiled: {faults:?}"))
}

/// Measures laps in seconds: time that this thread ran, where the system tells, so that
/// other work on the machine does not count; else wall time.
struct Clock {
    wall: Instant,
    ran: Option<u64>,
}

impl Clock {
    fn new() -> Self {
        Self {
            wall: Instant::now(),
            ran: ran(),
        }
    }

    fn lap(&mut self) -> f64 {
        let last = std::mem::replace(self, Self::new());
        match (last.ran, self.ran) {
            // The system counts in slices: what it shows for short laps is too coarse.
            (Some(from), Some(to)) if to - from > 5_000_000 => (to - from) as f64 / 1e9,
            _ => (self.wall - last.wall).as_secs_f64(),
        }
    }
}

/// Nanoseconds that this thread has run, as Linux tells.
fn ran() -> Option<u64> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    text.split_whitespace().next()?.parse().ok()
}

/// The least disturbed round: other work on the machine only ever adds time.
fn fastest(times: impl Iterator<Item = f64>) -> f64 {
    times.fold(f64::INFINITY, f64::min)
}

fn report(what: &str, seconds: f64, lines: usize) {
    println!(
        "{what:<18} {:8.3} ms  {:10.0} lines/s",
        seconds * 1e3,
        lines as f64 / seconds,
    );
}

/// A program of about so many lines.
fn generate(lines: usize) -> String {
    let mut text = String::from(PRELUDE);
    let mut count = text.lines().count();
    let parts = [class, function, data, generic];
    for (index, part) in parts.iter().cycle().enumerate() {
        if count >= lines {
            break;
        }
        let before = text.len();
        part(&mut text, index);
        count += text[before..].matches('\n').count();
    }
    text
}

const PRELUDE: &str = r#"interface Printable { describe(): string }
interface Order { customer: string; price: number }
abstract class Base {
  constructor(readonly title: string) {}
  abstract describe(): string;
}
const orders: Order[] = [{ customer: "a", price: 3 }, { customer: "b", price: 4 }];
let checksum = 0;

"#;

fn class(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"// An account with number {n}.
class Account{n} extends Base implements Printable {{
  private balance: number = {n};
  static count: number = 0;
  readonly tags: string[] = ["a{n}", 'b', `c${{{n}}}`];

  constructor(private readonly owner: string, public limit: number | null = 1_000.5) {{
    super(owner);
    Account{n}.count += 1;
  }}

  get available(): number {{
    return this.balance + (this.limit ?? 0);
  }}

  describe(): string {{
    return `${{this.title}}: ${{this.available}}`;
  }}

  deposit(amount: number, ...notes: string[]): boolean {{
    if (amount <= 0 || !Number.isFinite(amount)) {{
      throw new RangeError(`bad amount ${{amount}} for ${{this.owner}}`);
    }} else if (amount > 2_000 && notes.length === 0) {{
      return false;
    }}
    this.balance += amount;
    for (const note of notes) this.tags.push(note.trim());
    return true;
  }}
}}
const account{n} = new Account{n}("owner");
if (account{n}.deposit({n} + 1, "first")) checksum += account{n}.describe().length;

"#
    );
}

fn function(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"function compute{n}(values: number[], limit: number, options?: {{ scale: number; name: string }}): number {{
  let sum = 0, best = -Infinity;
  for (let i = 0; i < values.length && i < limit; i++) {{
    const v = values[i] * (options?.scale ?? 1) - i ** 2 / 3;
    sum += v % 7 === 0 ? v >> 1 : v << 2;
    if (v > best) {{ best = v; continue; }}
    while (sum > 1e9) {{
      sum /= 2;
    }}
  }}
  switch (limit & 3) {{
    case 0: return sum;
    case 1:
    case 2: {{ sum = Math.max(sum, best); break; }}
    default: sum -= best;
  }}
  try {{
    return Math.floor(sum * 100) / 100;
  }} catch (e) {{
    console.log("failed", {n}, e);
    return NaN;
  }} finally {{
    checksum += 1;
  }}
}}
checksum += compute{n}([1, 2, {n}], {n});

"#
    );
}

fn data(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"interface Entry{n} {{ id: number; name: string; weights: readonly number[]; next: Entry{n} | null }}
type Shape{n} = {{ kind: "circle"; radius: number }} | {{ kind: "square"; side: number }} | null;
const first{n}: Entry{n} = {{ id: {n}, name: "alpha", weights: [0.5, 1.25, {n}], next: null }};
const second{n}: Entry{n} = {{ ...first{n}, id: 0xff, next: first{n} }};
function area{n}(shape: Shape{n}): number {{
  if (shape === null) return 0;
  return shape.kind === "circle" ? Math.PI * shape.radius ** 2 : shape.side * shape.side;
}}
const {{ name: name{n}, weights: [weight{n}, ...others{n}] }} = second{n};
checksum += area{n}({{ kind: "square", side: weight{n} }}) + name{n}.length + others{n}.length;

"#
    );
}

fn generic(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"function group{n}<T, K extends string | number>(items: T[], key: (item: T) => K): Map<K, T[]> {{
  const groups = new Map<K, T[]>();
  items.forEach((item, index) => {{
    const k = key(item);
    const group = groups.get(k) ?? [];
    group.push(item);
    groups.set(k, group);
  }});
  return groups;
}}
const totals{n} = [...group{n}<Order, string>(orders, (o) => o.customer).entries()]
  .map(([name, list]) => ({{ name, total: list.reduce((a, o) => a + o.price, 0) }}))
  .filter(({{ total }}) => total > {n})
  .sort((a, b) => b.total - a.total);
checksum += totals{n}.length;

"#
    );
}
