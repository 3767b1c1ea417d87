let a = 1, b: number = 2; const c = "x"
type Fn = (a: number, ...r: string[]) => void
type C = new (x: number) => Foo; type AC = abstract new () => Foo
interface I<T extends object = {}> extends J<T>, K { a: number; readonly b?: string, m?(x: T): void
  (x: number): string
  new (x: number): I<T>
  [k: string]: any
  get z(): number; set z(v: number)
  [Symbol.iterator](): Iterator<T>
}
abstract class A<T> extends B<T>, ns.C implements I<T>, J {
  static #count = 0; private readonly x: number = 1; y?: string; z!: number
  constructor(private readonly q: number, public r = 2) { super(q); this.#p = 1 }
  #p: number
  static { A.#count = 1 }
  get v(): number { return this.x } set v(n: number) { this.x = n }
  async *gen<T>(x: T): AsyncGenerator<T> { yield x; yield* other(); await z }
  abstract foo(): void
  over(a: string): void; over(a: number): void; over(a: any) {}
  [Symbol.iterator]() { return this }
  static async m() {} ; override get [k]() { return 1 } ; async = 1; get = 2; static = 3;
  [key: string]: any
  in(o: any) { return #p in o && !(#p in o) }
}
function f<T, U extends keyof T = keyof T>(this: Foo, a: T, b?: U, c = 1, ...d: T[]): a is T { return true }
function g(x: unknown): asserts x is string {}
function h({ a, b: { c = 1 }, ...rest }: X, [p, , q = 2, ...r]: Y) {}
const ar = (x: number): number => x * 2, ar2 = async x => await x, ar3 = async (x) => { await x }, ar4 = <T,>(x: T): T => x, ar5 = async <T>(x: T) => x
x = a ? (b) : c => d
x = a ? (b, c) : d
x = a ? (b): number => c : d
x = a ? b ? c : d : e
x = f<T>(y), z = a < b, w = a<b>(c), u = f<A<B<C>>>(x); t = f<T>`x`; v = new Map<string, number[]>(); n = new Foo; n = new a.b.C<T>
x = (a, b); y = a < b && c > d; y = a >> b >>> c << d; y >>= 1; y >>>= 2; y <<= 3; y = a >= b; y ||= 1; y &&= 2; y ??= 3; y **= 2
x = a?.b.c?.[d]?.(e)!.f; x = a?.<T>(b); (a?.b).c
x = -(a ** 2) ? 1 : (-a) ** 2
x = 2 ** 3 ** 4; x = a ?? (b || c); x = typeof a === "b"; x = void 0; delete a.b; x = !a; x++; --x
for (let i = 0; i < 10; i++) for (const [k, v] of m) for (x of xs) for (;;) break
for ({ a = 1, b: [c] } of xs) {} 
for (a.b = (c in d) ? 1 : 2; ;) break
label: while (true) { continue label }
do x++; while (x < 5) y = 1
if (a) b; else if (c) d
else { e }
switch (x) { case 1: case 2: y; break; default: z }
try { throw new Error("x") } catch { } finally { }
try { } catch (e: unknown) { }
[a, b] = [b, a]; ({ a, b: c = 2, ...d } = e); [a.b, c[0], , ...d] = e
let o = { a, b: 1, "c": 2, 3: 4, [d]: 5, m() {}, get x() { return 1 }, set x(v) {}, async *g() {}, async h() {}, ...rest, get: 1, async: 2, async, await: 1, if: 2 }
let s = `a${b}c${`d${e}`}f`; let re = /ab+c/gi.test(s)
let t2: [a: number, b?: string, ...rest: boolean[]] | [number, string?] = x as const satisfies Y as Z
let u2: { [k: string]: number } | null | undefined | -1 | "a" | true | 10n | `b`; let w2: (typeof xs)[number]["a"][] = []
let u3: keyof typeof x | (A & B) | (() => void)[] | readonly string[] | (new () => A)
enum E { A, B = 2, C = "x", "d-e" = 1 << 3 } const enum F { }
import d, { x, y as z, type T, default as q } from "./m"; import * as ns from "std:fs"; import type { U } from "./u"; import "./side"; import type X from "x"
export { a, b as default, type T as U }; export * from "./m"; export * as n from "./n"; export default class {} export const k = 1; export type { V } from "v"; export interface W {} export default function () {} export abstract class Q {} export async function fa() {}
using r1 = open(); await using r2 = open()
for (using x of xs) {} for await (const x of xs) {} for (await using x of xs) {}
type
 = 5; let type = 1; type = 2; as = 3; let of = 1, async = 2, get = 3, from = 4, is = 5; async (x); async
(y)
let x1 = a
(b)
let y1 = a
++b
var1
/re/g
let fn = function* named() { const x = yield; yield }
return 1
