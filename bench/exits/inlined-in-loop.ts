// A loop at the top level, entered on the stack, whose inlined callee leaves at every round.
class A { v: any = 1; get(): number { return this.v as number; } }
class B extends A { get(): number { return 2; } }
class C extends A { get(): number { return 3; } }
class D extends A { get(): number { return 4; } }
const all: A[] = [new A(), new A(), new A(), new A()];
let s = 0;
for (let i = 0; i < 6000000; i++) {
  if (i === 50000) all[1] = new B();
  if (i === 60000) all[2] = new C();
  if (i === 70000) all[3] = new D();
  s += all[i & 3].get();
}
console.log(s);
