// A parser and a printer of JSON, written in the language itself: strings by character
// code, a discriminated union, recursion, growing arrays.

const size = 850; // small: 15

type Json =
  | { kind: "null" }
  | { kind: "boolean"; value: boolean }
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | { kind: "array"; items: Json[] }
  | { kind: "object"; keys: string[]; values: Json[] };

const QUOTE = 34;
const COMMA = 44;
const MINUS = 45;
const DOT = 46;
const COLON = 58;
const OPEN_BRACKET = 91;
const BACKSLASH = 92;
const CLOSE_BRACKET = 93;
const OPEN_BRACE = 123;
const CLOSE_BRACE = 125;

class Parser {
  readonly text: string;
  position: number;

  constructor(text: string) {
    this.text = text;
    this.position = 0;
  }

  peek(): number {
    return this.position < this.text.length ? this.text.charCodeAt(this.position) : -1;
  }

  fail(what: string): Error {
    return new SyntaxError(`${what} expected at ${this.position}`);
  }

  skipSpace(): void {
    let c = this.peek();
    while (c === 32 || (c >= 9 && c <= 13)) {
      this.position++;
      c = this.peek();
    }
  }

  expect(code: number, what: string): void {
    if (this.peek() !== code) {
      throw this.fail(what);
    }
    this.position++;
  }

  word(word: string): void {
    if (!this.text.startsWith(word, this.position)) {
      throw this.fail(word);
    }
    this.position += word.length;
  }

  value(): Json {
    this.skipSpace();
    const c = this.peek();
    switch (c) {
      case OPEN_BRACE:
        return this.object();
      case OPEN_BRACKET:
        return this.array();
      case QUOTE:
        return { kind: "string", value: this.string() };
      case 116:
        this.word("true");
        return { kind: "boolean", value: true };
      case 102:
        this.word("false");
        return { kind: "boolean", value: false };
      case 110:
        this.word("null");
        return { kind: "null" };
      default:
        return { kind: "number", value: this.number() };
    }
  }

  object(): Json {
    const keys: string[] = [];
    const values: Json[] = [];
    this.expect(OPEN_BRACE, "{");
    this.skipSpace();
    while (this.peek() !== CLOSE_BRACE) {
      if (keys.length > 0) {
        this.expect(COMMA, ",");
        this.skipSpace();
      }
      keys.push(this.string());
      this.skipSpace();
      this.expect(COLON, ":");
      values.push(this.value());
      this.skipSpace();
    }
    this.position++;
    return { kind: "object", keys, values };
  }

  array(): Json {
    const items: Json[] = [];
    this.expect(OPEN_BRACKET, "[");
    this.skipSpace();
    while (this.peek() !== CLOSE_BRACKET) {
      if (items.length > 0) {
        this.expect(COMMA, ",");
      }
      items.push(this.value());
      this.skipSpace();
    }
    this.position++;
    return { kind: "array", items };
  }

  string(): string {
    this.expect(QUOTE, "a string");
    const start = this.position;
    let c = this.peek();
    while (c !== QUOTE && c !== BACKSLASH) {
      if (c < 32) {
        throw this.fail("the end of a string");
      }
      this.position++;
      c = this.peek();
    }
    let out = this.text.slice(start, this.position);
    while (c !== QUOTE) {
      if (c < 32) {
        throw this.fail("the end of a string");
      }
      if (c === BACKSLASH) {
        this.position++;
        out += this.escape();
      } else {
        out += this.text.charAt(this.position);
        this.position++;
      }
      c = this.peek();
    }
    this.position++;
    return out;
  }

  escape(): string {
    const letter = this.text.charAt(this.position);
    this.position++;
    switch (letter) {
      case "n":
        return "\n";
      case "t":
        return "\t";
      case "r":
        return "\r";
      case "b":
        return "\b";
      case "f":
        return "\f";
      case "u": {
        const code = parseInt(this.text.slice(this.position, this.position + 4), 16);
        this.position += 4;
        return String.fromCharCode(code);
      }
      default:
        return letter;
    }
  }

  digits(): number {
    let value = 0;
    let c = this.peek();
    if (c < 48 || c > 57) {
      throw this.fail("a digit");
    }
    while (c >= 48 && c <= 57) {
      value = value * 10 + (c - 48);
      this.position++;
      c = this.peek();
    }
    return value;
  }

  number(): number {
    const start = this.position;
    const negative = this.peek() === MINUS;
    if (negative) {
      this.position++;
    }
    const whole = this.digits();
    const c = this.peek();
    if (c !== DOT && c !== 69 && c !== 101) {
      return negative ? -whole : whole;
    }
    if (c === DOT) {
      this.position++;
      this.digits();
    }
    if (this.peek() === 69 || this.peek() === 101) {
      this.position++;
      if (this.peek() === MINUS || this.peek() === 43) {
        this.position++;
      }
      this.digits();
    }
    return parseFloat(this.text.slice(start, this.position));
  }
}

function quote(s: string): string {
  let out = '"';
  let start = 0;
  for (let i = 0; i < s.length; i++) {
    const c = s.charCodeAt(i);
    if (c < 32 || c === QUOTE || c === BACKSLASH) {
      out += s.slice(start, i);
      start = i + 1;
      if (c === 10) {
        out += "\\n";
      } else if (c < 32) {
        out += "\\u" + c.toString(16).padStart(4, "0");
      } else {
        out += "\\" + s.charAt(i);
      }
    }
  }
  return out + s.slice(start) + '"';
}

function print(json: Json): string {
  switch (json.kind) {
    case "null":
      return "null";
    case "boolean":
      return json.value ? "true" : "false";
    case "number":
      return String(json.value);
    case "string":
      return quote(json.value);
    case "array":
      return "[" + json.items.map(print).join(",") + "]";
    case "object": {
      const parts: string[] = [];
      for (let i = 0; i < json.keys.length; i++) {
        parts.push(quote(json.keys[i]) + ":" + print(json.values[i]));
      }
      return "{" + parts.join(",") + "}";
    }
  }
}

function sample(records: number): string {
  const parts: string[] = [];
  for (let i = 0; i < records; i++) {
    const tags = `["tag${i % 7}", "a \\"quoted\\" one", "line\\nbreak", "\\u00e9t\\u00e9"]`;
    const point = `{ "x": ${i * 0.25}, "y": -${i}, "scale": ${i}e-3 }`;
    parts.push(`{ "id": ${i}, "name": "record number ${i}", "ok": ${i % 3 === 0}, "none": null,
      "tags": ${tags}, "point": ${point}, "matrix": [[1, 2, 3], [4, 5, 6], []] }`);
  }
  return "[" + parts.join(",\n") + "]";
}

function hash(s: string): number {
  let h = 0;
  for (let i = 0; i < s.length; i++) {
    h = (h * 31 + s.charCodeAt(i)) | 0;
  }
  return h;
}

let text = sample(200);
let checksum = 0;
for (let round = 0; round < size; round++) {
  const printed = print(new Parser(text).value());
  checksum = (checksum ^ hash(printed)) | 0;
  checksum = (checksum + printed.length) | 0;
}
console.log(checksum);
