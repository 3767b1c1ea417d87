// Product of two square matrices held as arrays of rows.

const size = 900; // small: 200

function matrix(n: number, seed: number): number[][] {
  const rows: number[][] = [];
  const scale = seed / n / n;
  for (let i = 0; i < n; i++) {
    const row: number[] = [];
    for (let j = 0; j < n; j++) {
      row.push(scale * (i - j) * (i + j));
    }
    rows.push(row);
  }
  return rows;
}

function transpose(m: number[][]): number[][] {
  const n = m.length;
  const rows: number[][] = [];
  for (let j = 0; j < n; j++) {
    const row: number[] = [];
    for (let i = 0; i < n; i++) {
      row.push(m[i][j]);
    }
    rows.push(row);
  }
  return rows;
}

function multiply(a: number[][], b: number[][]): number[][] {
  const n = a.length;
  const columns = transpose(b);
  const rows: number[][] = [];
  for (let i = 0; i < n; i++) {
    const left = a[i];
    const row: number[] = [];
    for (let j = 0; j < n; j++) {
      const right = columns[j];
      let sum = 0;
      for (let k = 0; k < n; k++) {
        sum += left[k] * right[k];
      }
      row.push(sum);
    }
    rows.push(row);
  }
  return rows;
}

const middle = Math.floor(size / 2);
const product = multiply(matrix(size, 1), matrix(size, 2));
console.log(product[middle][middle].toFixed(9), product[0][size - 1].toFixed(9));
