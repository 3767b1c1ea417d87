//! What every file of generated programs begins with: types, classes and functions that
//! they use, and how they print.

use std::sync::LazyLock;

/// The line that begins a program's output.
pub(super) const MARK: &str = "== ";

/// The prelude as Raya.
pub(super) const RAYA: &str = r#"let logged = 0;
type Rec = { a: number; b: string; c: int };
type Shape = { kind: "circle"; r: number } | { kind: "text"; s: string; n: int } | { kind: "none" };
interface Scored {
  label: string;
  score(x: number): number;
}
class Plain implements Scored {
  label: string = "plain";
  score(x: number): number {
    return x + 1;
  }
}
class Counter {
  n: number = 0;
  up(by: number): number {
    this.n += by;
    return this.n;
  }
}
class Box<T> {
  value: T;
  constructor(value: T) {
    this.value = value;
  }
  get(): T {
    return this.value;
  }
  set(value: T): void {
    this.value = value;
  }
  map<U>(f: (x: T) => U): Box<U> {
    return new Box<U>(f(this.value));
  }
}
function log(text: string): void {
  logged++;
  if (logged <= 25) console.log(text.length > 200 ? text.slice(0, 200) : text);
}
function num(x: number): number {
  return x;
}
function str(x: string): string {
  return x;
}
function bool(x: boolean): boolean {
  return x;
}
function shown(x: number): string {
  return x === 0 && 1 / x < 0 ? "-0" : String(x);
}
function idx(x: number, n: number): number {
  const k = Math.trunc(x) % n;
  return k >= 0 ? k : k < 0 ? k + n : 0;
}
function pick<T>(xs: readonly T[], i: number, or: T): T {
  return xs.length > 0 ? xs[idx(i, xs.length)] : or;
}
function total(...xs: number[]): number {
  let sum = 0;
  for (const x of xs) sum += x;
  return sum;
}
function scaled(x: number, by: number = 3): number {
  return x * by;
}
function area(s: Shape): number {
  switch (s.kind) {
    case "circle":
      return s.r * s.r;
    case "text":
      return s.s.length + s.n;
    default:
      return 0;
  }
}
function protect(f: () => number): number {
  try {
    return f();
  } finally {
    log("finally");
  }
}
function attempt(f: () => number, or: number): number {
  try {
    return f();
  } catch (e) {
    log(describe(e));
  }
  return or;
}
function describe(e: unknown): string {
  if (e instanceof RangeError) return "RangeError";
  if (e instanceof TypeError) return "TypeError";
  if (e instanceof AttributeError) return "AttributeError";
  if (e instanceof Error) return "Error " + e.message;
  if (typeof e === "number") return "number " + shown(e);
  if (typeof e === "string") return "string " + e;
  return typeof e;
}
function run(name: string, main: () => void): void {
  console.log("== " + name);
  logged = 0;
  try {
    main();
  } catch (e) {
    console.log("uncaught " + describe(e));
  }
}
"#;

/// What Raya has and JavaScript lacks, spelled out.
const ONLY_JS: &str = r#""use strict";
class AttributeError extends Error {}
function int(x) {
  const t = Math.trunc(x);
  if (!(t >= -2147483648 && t <= 2147483647)) throw new RangeError();
  return t | 0;
}
function idiv(a, b) {
  if (b === 0) throw new RangeError();
  return (a / b) | 0;
}
function imod(a, b) {
  if (b === 0) throw new RangeError();
  return (a % b) | 0;
}
function at(xs, i) {
  if (!(i >= 0 && i < xs.length && Math.trunc(i) === i)) throw new RangeError();
  return xs[i];
}
function has(xs, i) {
  if (!(i < xs.length)) throw new RangeError();
  return i;
}
function checked(x, right) {
  if (!right) throw new TypeError();
  return x;
}
function asNum(x) {
  return checked(x, typeof x === "number");
}
function asStr(x) {
  return checked(x, typeof x === "string");
}
function asBool(x) {
  return checked(x, typeof x === "boolean");
}
function asInt(x) {
  return checked(x, typeof x === "number" && (x | 0) === x && !Object.is(x, -0));
}
function asNums(x) {
  return checked(x, Array.isArray(x));
}
function less(a, b) {
  const right = typeof a === typeof b && (typeof a === "number" || typeof a === "string");
  return checked(a < b, right);
}
function gone() {
  throw new AttributeError();
}
"#;

/// The prelude as JavaScript.
pub(super) static JS: LazyLock<String> = LazyLock::new(|| {
    // The text above is a constant; a fault in it shows as a program that Node refuses.
    let stripped = raya_strip::javascript("prelude.ts", RAYA).unwrap_or_default();
    format!("{ONLY_JS}{stripped}")
});
