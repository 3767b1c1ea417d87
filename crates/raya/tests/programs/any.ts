// Without types every operation asks the value; the way out is checked.
function mix(a: any, b: any): number {
  const sum = a + b;
  return sum.length as number;
}
const kept: ((a: any, b: any) => number)[] = [mix];
console.log(kept[0]("ab", 1)); // 3
