// Everything typed `any`: arithmetic, attributes, calls, methods and elements whose types
// are only known when the program runs.

const size = 1800; // small: 10

function fib(n: any): any {
  return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

class Vector {
  x: any;
  y: any;

  constructor(x: any, y: any) {
    this.x = x;
    this.y = y;
  }

  plus(other: any): any {
    return new Vector(this.x + other.x, this.y + other.y);
  }

  scaled(factor: any): any {
    return new Vector(this.x * factor, this.y * factor);
  }

  lengthSquared(): any {
    return this.x * this.x + this.y * this.y;
  }
}

class Square {
  side: any;

  constructor(side: any) {
    this.side = side;
  }

  area(): any {
    return this.side * this.side;
  }
}

class Rectangle {
  width: any;
  height: any;

  constructor(width: any, height: any) {
    this.width = width;
    this.height = height;
  }

  area(): any {
    return this.width * this.height;
  }
}

function orbit(steps: any): any {
  let position: any = new Vector(1, 0);
  let velocity: any = new Vector(0, 0.5);
  for (let i: any = 0; i < steps; i++) {
    velocity = velocity.plus(position.scaled(-0.01));
    position = position.plus(velocity.scaled(0.1));
  }
  return position.lengthSquared();
}

function areas(shapes: any): any {
  let sum: any = 0;
  for (let i: any = 0; i < shapes.length; i++) {
    sum = sum + shapes[i].area();
  }
  return sum;
}

function insertionSort(list: any): any {
  for (let i: any = 1; i < list.length; i++) {
    const value = list[i];
    let j: any = i - 1;
    while (j >= 0 && list[j] > value) {
      list[j + 1] = list[j];
      j = j - 1;
    }
    list[j + 1] = value;
  }
  return list;
}

const shapes: any = [];
for (let i: any = 0; i < 1000; i++) {
  shapes.push(i % 3 === 0 ? new Square(i % 10) : new Rectangle(i % 7, i % 5));
}

let checksum: any = 0;
for (let round: any = 0; round < size; round++) {
  checksum = (checksum + fib(22)) % 1000003;
  checksum = (checksum + Math.floor(orbit(20000) * 1000)) % 1000003;
  for (let again: any = 0; again < 20; again++) {
    checksum = (checksum + areas(shapes)) % 1000003;
  }
  const list: any = [];
  for (let i: any = 0; i < 400; i++) {
    list.push((i * 7919 + round) % 1009);
  }
  const sorted = insertionSort(list);
  const record: any = { low: sorted[0], high: sorted[399], name: "round " + round };
  checksum = (checksum + record.low + record.high + record.name.length) % 1000003;
}
console.log(checksum);
