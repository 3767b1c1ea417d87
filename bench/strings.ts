// Building, cutting and joining strings.

const size = 550; // small: 15

function caesar(text: string, shift: number): string {
  let out = "";
  for (let i = 0; i < text.length; i++) {
    const c = text.charCodeAt(i);
    if (c >= 97 && c <= 122) {
      out += String.fromCharCode(97 + ((c - 97 + shift) % 26));
    } else {
      out += text[i];
    }
  }
  return out;
}

function reverse(text: string): string {
  let out = "";
  for (let i = text.length - 1; i >= 0; i--) {
    out += text[i];
  }
  return out;
}

function capitalised(text: string): string {
  return text
    .split(" ")
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase())
    .join(" ");
}

function table(rows: number): string {
  const lines: string[] = [];
  for (let i = 0; i < rows; i++) {
    const name = `row ${i}`.padEnd(12, ".");
    const value = (i * 1.5).toFixed(2).padStart(10);
    lines.push(`| ${name} | ${value} |`);
  }
  return lines.join("\n");
}

function countVowels(text: string): number {
  let count = 0;
  for (let i = 0; i < text.length; i++) {
    if ("aeiou".includes(text[i])) {
      count++;
    }
  }
  return count;
}

function isPalindrome(text: string): boolean {
  let low = 0;
  let high = text.length - 1;
  while (low < high) {
    if (text.charCodeAt(low) !== text.charCodeAt(high)) {
      return false;
    }
    low++;
    high--;
  }
  return true;
}

function hash(text: string): number {
  let h = 7;
  for (let i = 0; i < text.length; i++) {
    h = (h * 31 + text.charCodeAt(i)) | 0;
  }
  return h;
}

const sentence = "the quick brown fox jumps over the lazy dog and runs away ";
const long = sentence.repeat(200);
let checksum = 0;
let palindromes = 0;
for (let round = 0; round < size; round++) {
  const shifted = caesar(long, round % 26);
  const turned = reverse(shifted);
  const titled = capitalised(shifted);
  const drawn = table(500);
  checksum = (checksum ^ hash(turned) ^ hash(titled) ^ hash(drawn)) | 0;
  checksum = (checksum + countVowels(turned)) | 0;
  if (isPalindrome(shifted + turned)) {
    palindromes++;
  }
  let pieces = "";
  for (let i = 0; i < 5000; i++) {
    pieces += i + ",";
  }
  checksum = (checksum + pieces.split(",").length + pieces.lastIndexOf("9,")) | 0;
}
console.log(checksum, palindromes);
