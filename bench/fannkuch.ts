// Pancake flips over all permutations: integer loops over three short arrays.

const size = 10; // small: 9
const rounds = 3;

function fannkuch(n: number): string {
  const perm = new Array<number>(n).fill(0);
  const first = new Array<number>(n).fill(0);
  const count = new Array<number>(n).fill(0);
  for (let i = 0; i < n; i++) {
    first[i] = i;
  }
  let maxFlips = 0;
  let checksum = 0;
  let parity = 0;
  let r = n;
  while (true) {
    while (r !== 1) {
      count[r - 1] = r;
      r--;
    }
    for (let i = 0; i < n; i++) {
      perm[i] = first[i];
    }
    let flips = 0;
    let top = perm[0];
    while (top !== 0) {
      let low = 0;
      let high = top;
      while (low < high) {
        const swapped = perm[low];
        perm[low] = perm[high];
        perm[high] = swapped;
        low++;
        high--;
      }
      flips++;
      top = perm[0];
    }
    if (flips > maxFlips) {
      maxFlips = flips;
    }
    checksum += parity === 0 ? flips : -flips;
    parity = 1 - parity;
    // The next permutation: rotate a prefix that has not been exhausted yet.
    while (true) {
      if (r === n) {
        return `${checksum} ${maxFlips}`;
      }
      const head = first[0];
      for (let i = 0; i < r; i++) {
        first[i] = first[i + 1];
      }
      first[r] = head;
      count[r]--;
      if (count[r] > 0) {
        break;
      }
      r++;
    }
  }
}

for (let round = 0; round < rounds; round++) {
  console.log(fannkuch(size));
}
