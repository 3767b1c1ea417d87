// Attributes of any: the observed type changes at every round.
class A { x: number = 1; }
class B { y: number = 0; x: number = 2; }
class C { y: number = 0; z: number = 0; x: number = 3; }
function get(o: any): number { return o.x; }
let s = 0;
const a = new A();
const all: any[] = [new A(), new B(), new C()];
for (let i = 0; i < 100000; i++) s += get(a);
for (let i = 0; i < 6000000; i++) s += get(all[i % 3]);
console.log(s);
