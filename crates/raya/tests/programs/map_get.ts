// A method that only wraps an intrinsic is inlined wherever it is called.
function look(m: Map<string, number>, k: string): number {
  return m.get(k) ?? -1;
}
const kept: ((m: Map<string, number>, k: string) => number)[] = [look];
console.log(kept[0](new Map<string, number>([["a", 1]]), "a")); // 1
