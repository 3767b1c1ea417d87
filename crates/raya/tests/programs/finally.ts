// A finaliser runs on every way out.
function careful(xs: number[], i: number): number {
  try {
    return xs[i];
  } catch (e) {
    return -1;
  } finally {
    xs.pop();
  }
}
const kept: ((xs: number[], i: number) => number)[] = [careful];
console.log(kept[0]([1, 2], 1), kept[0]([1], 4)); // 2 -1
