import { readFile } from "fs";
export const answer = 42;
function* numbers() { yield 1; }
async function load() { await 1; }
enum Colour { Red, Green }
const pattern = /a+/;
const tagged = String.raw`a`;
using file = open();
const big: bigint = 1n;
function outer(n: number): void {
  class Inner { #n = n; static get(): number { return n; } }
  console.log(Inner.get());
}
type Part = Partial<{ a: number }>;
let o = { [answer]: 1 };
