function area(width: number, height: number, scale: number = 1): number {
  return width * height * scale;
}
area(1);
area(1, 2, 3, 4);
area("1", 2);
area(...[1, 2]);
const n = 5;
n();
new n();
abstract class Shape { abstract area(): number }
new Shape();
function first<T extends { length: number }>(x: T): T { return x; }
first<number>(5);
first<string, string>("a");
[1, 2].map((x) => x.foo);
const untyped = (x) => x;
"a".slice(true);
Math.max("a");
function loop(n: number) { return n > 0 ? loop(n - 1) : 0; }
overloaded(true);
function overloaded(x: number): number;
function overloaded(x: string): string;
function overloaded(x: any): any { return x; }
