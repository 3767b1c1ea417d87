// Reads behind the end, caught in the loop: every second round leaves at the check.
function look(a: number[], i: number): number {
  try { return a[i]; } catch (e) { return -1; }
}
const a = [1, 2, 3, 4];
let sum = 0;
for (let i = 0; i < 400000; i++) sum += look(a, i & 7);
console.log(sum);
