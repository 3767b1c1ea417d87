// The counter and the index are integers by proof, the sum stays a double.
function dot(xs: number[], ys: number[]): number {
  let sum = 0;
  for (let i = 0; i < xs.length; i++) sum += xs[i] * ys[i];
  return sum;
}
const kept: ((xs: number[], ys: number[]) => number)[] = [dot];
console.log(kept[0]([1, 2], [3, 4])); // 11
