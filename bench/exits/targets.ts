// A call site that has seen one class for long, and then five in turn.
class A { v(): number { return 1; } }
class B extends A { v(): number { return 2; } }
class C extends A { v(): number { return 3; } }
class D extends A { v(): number { return 4; } }
class E extends A { v(): number { return 5; } }
function sum(all: A[], n: number): number {
  let s = 0;
  for (let i = 0; i < n; i++) s += all[i % all.length].v();
  return s;
}
console.log(sum([new A()], 100000));
console.log(sum([new A(), new B(), new C(), new D(), new E()], 6000000));
