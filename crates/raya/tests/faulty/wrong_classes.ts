interface Drawable { draw(): string; size: number }
class Base {
  name: string;
  constructor(name: string) { this.name = name; }
  greet(other: string): string { return other; }
  get x(): number { return 1; }
}
class Heir extends Base implements Drawable {
  age: number;
  constructor() { this.age = 1; }
  greet(): number { return 1; }
  override missing(): void {}
  draw(): number { return 1; }
}
class Abstract { abstract run(): void; }
abstract class Task { abstract run(): void; abstract stop(): void; }
class Job extends Task { run(): void {} }
class Twice { a: number = 1; a: string = "x"; }
class Round extends Round {}
class Odd extends 5 {}
class Unset { value: number; other!: number; }
class Pair { get v(): number { return 1; } set v(x: string) {} }
class Made { constructor() { return 5; } }
function alone() { return this.x; }
class Later { run(): void; }
class Loose { f(x: number): number; f(x: string): string; f(x: boolean): boolean { return x; } }
