// Makes random.tsv: calls of array and string methods on random arguments with what Node
// answers. One call per line: method, kind of the receiver, receiver, arguments, result,
// and the receiver afterwards (arrays only), separated by tabs.
//
//   node random.mjs > random.tsv

let state = 20;
function random(n) {
  state = (Math.imul(state, 1103515245) + 12345) >>> 0;
  return Math.floor((state / 4294967296) * n);
}
const pick = (xs) => xs[random(xs.length)];
const list = (pool, max) => Array.from({ length: random(max + 1) }, () => pick(pool));

// Text of a value: every unit of a string that is not plain is escaped.
function show(v) {
  if (v === null || v === undefined) return "null";
  if (Array.isArray(v)) return `[${v.map(show).join(",")}]`;
  if (typeof v === "string") {
    let text = "";
    for (let i = 0; i < v.length; i++) {
      const unit = v.charCodeAt(i);
      const plain = (unit >= 0x30 && unit <= 0x39) || (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a);
      text += plain ? v[i] : "\\" + unit.toString(16).padStart(4, "0");
    }
    return `"${text}"`;
  }
  return Object.is(v, -0) ? "-0" : String(v);
}

const positions = [-Infinity, -100, -3.7, -3, -2, -1, -0.5, -0.5, -0, 0, 0.5, 1, 2, 2.9, 3, 5, 7, 100, Infinity, NaN];
const pools = {
  number: [0, -0, 1, -1, 2.5, NaN, Infinity, 10, 9, 100, 1e21, -7],
  int: [0, 1, -1, 2, 10, 9, 100, -2147483648],
  boolean: [true, false],
  string: ["", "a", "b", "ab", "abcd", "abce", "\u00e9", "zz", "10", "9", "\u{1f600}", "\uffff"],
  any: [0, -0, 1, NaN, 2.5, "a", "", "1", "nul", "z", null, true, false],
};

function arrayCall(kind) {
  const pool = pools[kind];
  const position = () => pick(positions);
  const count = random(4) === 0 ? 24 : 7;
  const methods = {
    shift: () => [],
    unshift: () => [list(pool, 4)],
    indexOf: () => [pick(pool), position()],
    includes: () => [pick(pool), position()],
    lastIndexOf: () => [pick(pool), position()],
    slice: () => [position(), position()],
    concat: () => [list(pool, 4)],
    reverse: () => [],
    toReversed: () => [],
    join: () => [pick(["", ",", "--", "\u0101"])],
    fill: () => [pick(pool), position(), position()],
    splice: () => [position(), position(), list(pool, 4)],
    at: () => [position()],
    sort: () => [],
    copyWithin: () => [position(), position(), position()],
    with: () => [position(), pick(pool)],
    push: () => [list(pool, 4)],
  };
  const method = pick(Object.keys(methods));
  const before = list(pool, count);
  const args = methods[method]();
  const spread = ["unshift", "splice", "push"].includes(method) ? [...args.slice(0, -1), ...args.at(-1)] : args;
  const after = [...before];
  let result;
  try {
    result = show(after[method](...spread));
  } catch (e) {
    result = `throws ${e.name}: ${e.message}`;
  }
  return [method, kind, show(before), show(args), result, show(after)];
}

const words = ["", "a", "b", "ab", "abab", "aab", " x ", "\u00a0\u2003y\ufeff", "\u00e9", "e\u0301", "\u00df", "\u0130", "\u03a3\u03a3", "a\ud800b", "\udc00", "\u{1f600}", "a,b,,c", "$&-$1$$", "\uac00", "Hello World"];
function text() {
  const parts = list(words, 4).join("");
  return random(3) === 0 ? parts.repeat(6) : parts;
}

function stringCall() {
  const position = () => pick(positions);
  const methods = {
    charAt: () => [position()],
    at: () => [position()],
    charCodeAt: () => [position()],
    codePointAt: () => [position()],
    substring: () => [position(), position()],
    slice: () => [position(), position()],
    indexOf: () => [pick(words), position()],
    lastIndexOf: () => [pick(words), position()],
    includes: () => [pick(words), position()],
    startsWith: () => [pick(words), position()],
    endsWith: () => [pick(words), position()],
    split: () => [pick(words), pick([0, 1, 2, 3, 100, -1, Infinity])],
    replace: () => [pick(words), pick(words)],
    replaceAll: () => [pick(words), pick(words)],
    repeat: () => [pick([0, 1, 2, 3.9, -1, NaN, Infinity])],
    padStart: () => [position(), pick(words)],
    padEnd: () => [position(), pick(words)],
    trim: () => [],
    trimStart: () => [],
    trimEnd: () => [],
    toUpperCase: () => [],
    toLowerCase: () => [],
    normalize: () => [pick(["NFC", "NFD", "NFKC", "NFKD"])],
    isWellFormed: () => [],
    toWellFormed: () => [],
  };
  const method = pick(Object.keys(methods));
  const s = text();
  const args = methods[method]();
  if (/^pad/.test(method) && args[0] === Infinity) args[0] = 30;
  // An infinite limit stands for none.
  const given = method === "split" && args[1] === Infinity ? [args[0]] : args;
  let result;
  try {
    result = show(s[method](...given));
  } catch (e) {
    result = `throws ${e.name}: ${e.message}`;
  }
  return [method, "text", show(s), show(args), result, ""];
}

const lines = new Set();
for (const kind of Object.keys(pools)) for (let i = 0; i < 130; i++) lines.add(arrayCall(kind).join("\t"));
for (let i = 0; i < 1000; i++) lines.add(stringCall().join("\t"));
process.stdout.write([...lines].join("\n") + "\n");
