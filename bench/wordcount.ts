// Counting words with a Map, then sorting what was counted.

const size = 45; // small: 4

const letters = "etaoinshrdlu";

class Random {
  state: number;

  constructor(seed: number) {
    this.state = seed;
  }

  // A whole number in 0 <= n < limit (the generator of Park and Miller).
  below(limit: number): number {
    this.state = (this.state * 16807) % 2147483647;
    return this.state % limit;
  }
}

function makeText(random: Random, words: number): string {
  const parts: string[] = [];
  for (let i = 0; i < words; i++) {
    const length = 1 + random.below(4);
    let word = "";
    for (let k = 0; k < length; k++) {
      word += letters.charAt(random.below(letters.length));
    }
    parts.push(word);
  }
  return parts.join(" ");
}

function count(text: string): Map<string, number> {
  const counts = new Map<string, number>();
  let start = 0;
  for (let i = 0; i <= text.length; i++) {
    if (i === text.length || text.charCodeAt(i) === 32) {
      const word = text.slice(start, i);
      counts.set(word, (counts.get(word) ?? 0) + 1);
      start = i + 1;
    }
  }
  return counts;
}

interface Entry {
  word: string;
  count: number;
}

function ranking(counts: Map<string, number>): Entry[] {
  const entries: Entry[] = [];
  for (const [word, count] of counts) {
    entries.push({ word, count });
  }
  entries.sort((a, b) => (a.count !== b.count ? b.count - a.count : a.word < b.word ? -1 : 1));
  return entries;
}

const random = new Random(42);
let total = 0;
let best = "";
for (let round = 0; round < size; round++) {
  const counts = count(makeText(random, 60000));
  const entries = ranking(counts);
  total += counts.size;
  best = entries
    .slice(0, 5)
    .map((entry) => `${entry.word}:${entry.count}`)
    .join(" ");
}
console.log(total, best);
