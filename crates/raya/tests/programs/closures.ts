// What is assigned after it was captured lives in a scope object, the rest in the closure.
function counter(start: number, step: number): () => number {
  let n = start;
  return () => {
    n += step;
    return n;
  };
}
const kept: ((start: number, step: number) => () => number)[] = [counter];
const next = kept[0](1, 2);
next();
console.log(next()); // 5
