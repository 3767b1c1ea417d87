// A narrowed value is converted once, into a register of the narrower type.
type Shape = { kind: "circle"; r: number } | { kind: "text"; s: string };
function size(x: number | string | null, shape: Shape): number {
  if (x === null) return 0;
  const own = typeof x === "string" ? x.length : x * 2;
  return own + (shape.kind === "circle" ? shape.r : shape.s.length);
}
const kept: ((x: number | string | null, shape: Shape) => number)[] = [size];
console.log(kept[0]("abc", { kind: "circle", r: 2 }), kept[0](1.5, { kind: "text", s: "x" })); // 5 4
