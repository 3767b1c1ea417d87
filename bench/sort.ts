// Sorting numbers and records: own quicksort, own mergesort and heapsort, and the
// array's sort with a comparator.

const size = 7; // small: 1

class Random {
  state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  next(): number {
    this.state = (this.state * 16807) % 2147483647;
    return this.state;
  }
}

function quicksort(a: number[], low: number, high: number): void {
  while (low < high) {
    if (high - low < 12) {
      insertionSort(a, low, high);
      return;
    }
    const pivot = a[(low + high) >> 1];
    let i = low;
    let j = high;
    while (i <= j) {
      while (a[i] < pivot) {
        i++;
      }
      while (a[j] > pivot) {
        j--;
      }
      if (i <= j) {
        const swapped = a[i];
        a[i] = a[j];
        a[j] = swapped;
        i++;
        j--;
      }
    }
    // The smaller part by recursion, the greater one by going round again.
    if (j - low < high - i) {
      quicksort(a, low, j);
      low = i;
    } else {
      quicksort(a, i, high);
      high = j;
    }
  }
}

function insertionSort(a: number[], low: number, high: number): void {
  for (let i = low + 1; i <= high; i++) {
    const value = a[i];
    let j = i - 1;
    while (j >= low && a[j] > value) {
      a[j + 1] = a[j];
      j--;
    }
    a[j + 1] = value;
  }
}

function heapsort(a: number[]): void {
  const n = a.length;
  for (let start = (n >> 1) - 1; start >= 0; start--) {
    siftDown(a, start, n);
  }
  for (let end = n - 1; end > 0; end--) {
    const top = a[0];
    a[0] = a[end];
    a[end] = top;
    siftDown(a, 0, end);
  }
}

function siftDown(a: number[], start: number, end: number): void {
  const value = a[start];
  let hole = start;
  let child = 2 * hole + 1;
  while (child < end) {
    if (child + 1 < end && a[child + 1] > a[child]) {
      child++;
    }
    if (a[child] <= value) {
      break;
    }
    a[hole] = a[child];
    hole = child;
    child = 2 * hole + 1;
  }
  a[hole] = value;
}

function mergesort<T>(a: T[], before: (x: T, y: T) => boolean): T[] {
  let from = a.slice();
  let to = a.slice();
  for (let width = 1; width < a.length; width *= 2) {
    for (let start = 0; start < a.length; start += 2 * width) {
      const middle = Math.min(start + width, a.length);
      const end = Math.min(start + 2 * width, a.length);
      let i = start;
      let j = middle;
      for (let k = start; k < end; k++) {
        if (i < middle && (j >= end || !before(from[j], from[i]))) {
          to[k] = from[i];
          i++;
        } else {
          to[k] = from[j];
          j++;
        }
      }
    }
    const swapped = from;
    from = to;
    to = swapped;
  }
  return from;
}

interface Item {
  key: number;
  name: string;
}

function checksumOf(a: number[]): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) {
    if (i > 0 && a[i - 1] > a[i]) {
      throw new Error(`out of order at ${i}`);
    }
    sum = (sum * 31 + a[i]) % 1000003;
  }
  return sum;
}

const random = new Random(1234);
let checksum = 0;
for (let round = 0; round < size; round++) {
  const numbers: number[] = [];
  for (let i = 0; i < 200000; i++) {
    numbers.push(random.next());
  }
  const quick = numbers.slice();
  quicksort(quick, 0, quick.length - 1);
  const heap = numbers.slice();
  heapsort(heap);
  const merged = mergesort(numbers, (x, y) => x < y);
  const built = numbers.slice(0, 50000).sort((x, y) => x - y);
  const sums = [checksumOf(quick), checksumOf(heap), checksumOf(merged)];
  if (sums[0] !== sums[1] || sums[1] !== sums[2]) {
    throw new Error("the sorts disagree");
  }
  const items: Item[] = [];
  for (let i = 0; i < 20000; i++) {
    items.push({ key: random.next() % 1000, name: `item ${i}` });
  }
  const sorted = mergesort(items, (x, y) => x.key < y.key);
  items.sort((x, y) => x.key - y.key);
  for (let i = 0; i < items.length; i++) {
    if (items[i] !== sorted[i]) {
      throw new Error("the stable sorts disagree");
    }
  }
  checksum = (checksum * 7 + sums[0] + checksumOf(built)) % 1000003;
}
console.log(checksum);
