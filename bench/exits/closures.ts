// A callback site that has seen one closure for long, and then six in turn.
function apply(f: (x: number) => number, n: number): number { return f(n) + f(n + 1); }
const fs: ((x: number) => number)[] = [x => x + 1, x => x * 2, x => x - 1, x => x % 7, x => x / 2, x => -x];
let s = 0;
for (let i = 0; i < 100000; i++) s += apply(fs[0], i);
for (let i = 0; i < 5000000; i++) s += apply(fs[i % 6], i);
console.log(s);
