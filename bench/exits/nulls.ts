// A null that is met at every round behind a cast that has never failed before.
class N { next: N | null = null; v: number = 1; }
function step(n: N | null): number {
  try { return n!.v; } catch (e) { return 0; }
}
const n = new N();
let s = 0;
for (let i = 0; i < 100000; i++) s += step(n);
for (let i = 0; i < 200000; i++) s += step(null);
console.log(s);
