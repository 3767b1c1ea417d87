// Escape times of the Mandelbrot set: one hot loop of double arithmetic.

const size = 1200; // small: 200

function escapeTime(cr: number, ci: number, limit: number): number {
  let zr = 0;
  let zi = 0;
  let zr2 = 0;
  let zi2 = 0;
  let n = 0;
  while (n < limit && zr2 + zi2 <= 4) {
    zi = 2 * zr * zi + ci;
    zr = zr2 - zi2 + cr;
    zr2 = zr * zr;
    zi2 = zi * zi;
    n++;
  }
  return n;
}

function mandelbrot(n: number): string {
  let inside = 0;
  let checksum = 0;
  for (let y = 0; y < n; y++) {
    const ci = (2 * y) / n - 1;
    for (let x = 0; x < n; x++) {
      const steps = escapeTime((2 * x) / n - 1.5, ci, 500);
      if (steps === 500) {
        inside++;
      }
      checksum = (checksum * 31 + steps) % 1000003;
    }
  }
  return `${inside} ${checksum}`;
}

console.log(mandelbrot(size));
