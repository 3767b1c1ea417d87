// The spectral norm of an infinite matrix by the power method: nested loops of double
// arithmetic with a small function inside, over flat arrays.

const size = 3500; // small: 220

function element(i: number, j: number): number {
  return 1 / (((i + j) * (i + j + 1)) / 2 + i + 1);
}

function multiply(v: number[], out: number[]): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      sum += element(i, j) * v[j];
    }
    out[i] = sum;
  }
}

function multiplyTransposed(v: number[], out: number[]): void {
  const n = v.length;
  for (let i = 0; i < n; i++) {
    let sum = 0;
    for (let j = 0; j < n; j++) {
      sum += element(j, i) * v[j];
    }
    out[i] = sum;
  }
}

function spectralNorm(n: number): number {
  const u = new Array<number>(n).fill(1);
  const v = new Array<number>(n).fill(0);
  const w = new Array<number>(n).fill(0);
  for (let round = 0; round < 10; round++) {
    multiply(u, w);
    multiplyTransposed(w, v);
    multiply(v, w);
    multiplyTransposed(w, u);
  }
  let uv = 0;
  let vv = 0;
  for (let i = 0; i < n; i++) {
    uv += u[i] * v[i];
    vv += v[i] * v[i];
  }
  return Math.sqrt(uv / vv);
}

console.log(spectralNorm(size).toFixed(9));
