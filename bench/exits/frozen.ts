// Stores into objects of which every second one is frozen.
class P { x: number = 0; }
function put(p: P, x: number): number {
  try { p.x = x; return 1; } catch (e) { return 0; }
}
const open = new P();
const shut = new P();
let s = 0;
for (let i = 0; i < 100000; i++) s += put(open, i);
Object.freeze(shut);
for (let i = 0; i < 200000; i++) s += put(i % 2 === 0 ? open : shut, i);
console.log(s);
