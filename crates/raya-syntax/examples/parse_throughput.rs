//! Prints how fast a generated file of 20,000 lines is lexed and parsed.
//!
//! `cargo run --release -p raya-syntax --example parse_throughput [LINES]`

use raya_syntax::lexer::lex;
use raya_syntax::parser::parse_tokens;
use raya_syntax::{FileId, Interner, SourceFile};
use std::fmt::Write as _;
use std::time::Instant;

const ROUNDS: usize = 15;

fn main() {
    let lines = std::env::args()
        .nth(1)
        .and_then(|text| text.parse().ok())
        .unwrap_or(20_000);
    let text = generate(lines);
    let source = SourceFile::new(FileId(0), "generated.raya", text);
    let lines = source.line_count() as usize - 1;
    let bytes = source.text().len();

    let lexed = lex(&source);
    let tokens = lexed.tokens.len();
    let parsed = parse_tokens(&source, lexed, &mut Interner::new());
    assert_eq!(parsed.diagnostics, [], "the generated program is correct");
    let nodes = parsed.module.node_count;
    println!("{lines} lines, {bytes} bytes, {tokens} tokens, {nodes} nodes");

    let mut lex_times = Vec::new();
    let mut parse_times = Vec::new();
    let mut drop_times = Vec::new();
    for _ in 0..ROUNDS {
        let start = Instant::now();
        let lexed = lex(&source);
        lex_times.push(start.elapsed().as_secs_f64());
        let mut interner = Interner::new();
        let start = Instant::now();
        let parsed = parse_tokens(&source, lexed, &mut interner);
        parse_times.push(start.elapsed().as_secs_f64());
        let start = Instant::now();
        drop(parsed);
        drop_times.push(start.elapsed().as_secs_f64());
    }
    report("lex", median(lex_times), lines, bytes);
    report("parse", median(parse_times), lines, bytes);
    report("drop", median(drop_times), lines, bytes);
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn report(what: &str, seconds: f64, lines: usize, bytes: usize) {
    println!(
        "{what:<6} {:7.2} ms  {:9.0} lines/s  {:6.1} MB/s",
        seconds * 1e3,
        lines as f64 / seconds,
        bytes as f64 / seconds / 1e6
    );
}

/// A program with classes, generics, closures and control flow in the mix of daily
/// code.
fn generate(lines: usize) -> String {
    let mut text = String::new();
    let mut count = 0;
    for index in 0.. {
        let before = text.len();
        match index % 4 {
            0 => class(&mut text, index),
            1 => function(&mut text, index),
            2 => data(&mut text, index),
            _ => generic(&mut text, index),
        }
        count += text[before..].matches('\n').count();
        if count >= lines {
            break;
        }
    }
    text
}

fn class(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"// An account with number {n}.
export class Account{n} extends Base implements Printable {{
  private balance: number = {n};
  static count: int = 0;
  readonly tags: string[] = ["a{n}", 'b', `c${{{n}}}`];

  constructor(private readonly owner: string, public limit: number = 1_000.5) {{
    super(owner);
    Account{n}.count += 1;
  }}

  get available(): number {{
    return this.balance + (this.limit ?? 0);
  }}

  deposit(amount: number, ...notes: string[]): boolean {{
    if (amount <= 0 || !Number.isFinite(amount)) {{
      throw new RangeError(`bad amount ${{amount}} for ${{this.owner}}`);
    }} else if (amount > this.limit * 2 && notes.length === 0) {{
      return false;
    }}
    this.balance += amount;
    for (const note of notes) this.tags.push(note.trim());
    return true;
  }}
}}

"#
    );
}

fn function(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"function compute{n}(values: number[], limit: int, options?: {{ scale: number; name: string }}): number {{
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
    values.length = 0;
  }}
}}

"#
    );
}

fn data(text: &mut String, n: usize) {
    let _ = write!(
        text,
        r#"const table{n}: Record<string, Entry{n}> = {{
  alpha: {{ id: {n}, name: "alpha", weights: [0.5, 1.25, {n}], next: null }},
  beta: {{ id: {n} + 1, name: "beta", weights: [], next: {{ id: 0 }} }},
  "gamma-{n}": {{ ...defaults, id: 0xff, compute(x: number) {{ return x * 2; }} }},
}};
interface Entry{n} {{ id: number; name?: string; weights?: readonly number[]; compute?(x: number): number }}
type Shape{n} = {{ kind: "circle"; radius: number }} | {{ kind: "square"; side: number }} | null;
const {{ alpha: {{ id: id{n} = 0, weights: [first{n}, ...others{n}] }}, beta }} = table{n};

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
  .filter(({{ total }}) => total > {n} && /^[a-z]+$/i.test("x"))
  .sort((a, b) => b.total - a.total);

"#
    );
}
