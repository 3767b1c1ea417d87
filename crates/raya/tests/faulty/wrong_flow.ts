function grade(points: number): string {
  if (points > 50) return "passed";
}
function sign(x: number): number {
  switch (x) {
    case 0:
      return 0;
    case 1:
      return 1;
  }
}
let late: number;
console.log(late);
let maybe: number;
if (Math.random() > 0.5) maybe = 1;
console.log(maybe);
function forever(): number {
  while (true) {}
}
type Shape = { kind: "circle"; r: number } | { kind: "square"; side: number };
function size(s: Shape): number {
  if (s.kind === "circle") return s.side;
  return s.r;
}
function text(x: number | string | null): string {
  if (typeof x === "string") return x;
  return x;
}
let captured: string | null = "a" as string | null;
if (captured !== null) {
  [1].forEach(() => { console.log(captured.length); });
  captured = null;
}
