// Doubly recursive Fibonacci: calls, a comparison, an addition, nothing else.

const size = 40; // small: 32

function fib(n: number): number {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

console.log(fib(size));
