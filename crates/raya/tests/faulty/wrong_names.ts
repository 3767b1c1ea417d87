const total = 1;
console.log(totl);
const total = 2;
total = 3;
console.log(later);
const later = 5;
let x: Strng = "a";
type Pair = [number, number];
const p = Pair;
let v: total = 1;
type Loop = Loop | null;
function f(): void {}
f = () => {};
let narrow: (number | text)[] = [];
