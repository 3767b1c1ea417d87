// The sieve of Eratosthenes, again and again over one array of booleans.

const size = 90; // small: 5

function sieve(flags: boolean[]): number {
  const n = flags.length;
  flags.fill(true);
  let count = 0;
  for (let i = 2; i < n; i++) {
    if (flags[i]) {
      count++;
      for (let k = i + i; k < n; k += i) {
        flags[k] = false;
      }
    }
  }
  return count;
}

function run(rounds: number): number {
  const flags = new Array<boolean>(1000000).fill(true);
  let total = 0;
  for (let round = 0; round < rounds; round++) {
    total += sieve(flags);
  }
  return total;
}

console.log(run(size));
