// An index that is no integer at every second round.
function at(a: number[], x: number): number {
  try { return a[x]; } catch (e) { return 0; }
}
const a = [1, 2, 3, 4, 5, 6, 7, 8];
let s = 0;
for (let i = 0; i < 100000; i++) s += at(a, i % 8);
for (let i = 0; i < 200000; i++) s += at(a, (i % 16) / 2);
console.log(s);
