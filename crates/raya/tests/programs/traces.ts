// Exceptions through inlined, native and recursive frames, and one that carries a cause.
function check(x: number): number {
  if (x > 2) throw new RangeError("over " + x);
  return x;
}
function walk(xs: number[]): void {
  xs.forEach((x) => {
    check(x);
  });
}
class Task {
  constructor(private depth: number) {}
  run(): number {
    return this.depth === 0 ? this.fail() : new Task(this.depth - 1).run() + 1;
  }
  private fail(): number {
    walk([1, 2, 3]);
    return 0;
  }
}
for (let i = 0; i < 5; i++) {
  try {
    new Task(2).run();
  } catch (e) {
    if (i === 4) throw new Error("gave up", { cause: e });
  }
}
