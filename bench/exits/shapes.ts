// A structural access that has seen one class for long, and then four in turn.
interface P { x: number; y: number }
class A { x: number = 1; y: number = 2; }
class B { z: number = 0; x: number = 1; y: number = 2; }
class C { z: number = 0; w: number = 0; y: number = 2; x: number = 1; }
function sum(all: P[], n: number): number {
  let s = 0;
  for (let i = 0; i < n; i++) { const p = all[i % all.length]; s += p.x + p.y; p.y = p.x + 1; }
  return s;
}
console.log(sum([new A()], 100000));
console.log(sum([new A(), new B(), new C(), { x: 1, y: 2 }, { y: 2, x: 1 }], 3000000));
