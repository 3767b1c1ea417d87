// Higher-order functions: pipelines over arrays, composed closures, captured counters.

const size = 600; // small: 15

function compose<T>(...steps: ((x: T) => T)[]): (x: T) => T {
  return (x) => {
    let value = x;
    for (const step of steps) {
      value = step(value);
    }
    return value;
  };
}

function adder(n: number): (x: number) => number {
  return (x) => x + n;
}

function counter(): () => number {
  let count = 0;
  return () => {
    count++;
    return count;
  };
}

function curry<A, B, C>(f: (a: A, b: B) => C): (a: A) => (b: B) => C {
  return (a) => (b) => f(a, b);
}

function range(n: number): number[] {
  const out: number[] = [];
  for (let i = 0; i < n; i++) {
    out.push(i);
  }
  return out;
}

function pipeline(numbers: number[], factor: number): number {
  return numbers
    .map((x) => x * factor)
    .filter((x) => x % 3 !== 0)
    .map((x, i) => x + i)
    .reduce((sum, x) => (sum + x) % 1000003, 0);
}

function memoised(f: (n: number) => number): (n: number) => number {
  const known = new Map<number, number>();
  return (n) => {
    const found = known.get(n);
    if (found !== undefined) {
      return found;
    }
    const value = f(n);
    known.set(n, value);
    return value;
  };
}

const numbers = range(20000);
const step = compose<number>(adder(1), (x) => x * 2, adder(-3), (x) => x % 1009);
const multiply = curry((a: number, b: number) => a * b);
const collatz = memoised((n) => {
  let steps = 0;
  let value = n;
  while (value !== 1) {
    value = value % 2 === 0 ? value / 2 : 3 * value + 1;
    steps++;
  }
  return steps;
});

let checksum = 0;
for (let round = 1; round <= size; round++) {
  checksum = (checksum + pipeline(numbers, round)) % 1000003;
  const triple = multiply(3);
  const next = counter();
  let value = round;
  numbers.forEach((x) => {
    value = step(value + triple(x) + next());
  });
  checksum = (checksum * 7 + value) % 1000003;
  for (let i = 1; i < 2000; i++) {
    checksum = (checksum + collatz(i)) % 1000003;
  }
  if (numbers.some((x) => x > 30000) || !numbers.every((x) => x < 20000)) {
    throw new Error("a number out of place");
  }
}
console.log(checksum);
