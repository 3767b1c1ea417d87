// One body per representation: numbers unboxed, references as words.
class Cell<T> {
  constructor(private value: T) {}
  swap(value: T): T {
    const old = this.value;
    this.value = value;
    return old;
  }
}
function swapAll(numbers: Cell<number>, texts: Cell<string>): string {
  return texts.swap("b") + numbers.swap(2);
}
const kept: ((numbers: Cell<number>, texts: Cell<string>) => string)[] = [swapAll];
console.log(kept[0](new Cell(1), new Cell("a"))); // a1
