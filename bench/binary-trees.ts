// Building and walking many short-lived trees beside a long-lived one: allocation and
// collection.

const size = 19; // small: 14

class Tree {
  left: Tree | null;
  right: Tree | null;

  constructor(left: Tree | null, right: Tree | null) {
    this.left = left;
    this.right = right;
  }

  check(): number {
    let total = 1;
    if (this.left !== null) {
      total += this.left.check();
    }
    if (this.right !== null) {
      total += this.right.check();
    }
    return total;
  }
}

function build(depth: number): Tree {
  if (depth === 0) {
    return new Tree(null, null);
  }
  return new Tree(build(depth - 1), build(depth - 1));
}

function run(maxDepth: number): void {
  const minDepth = 4;
  console.log(`stretch tree of depth ${maxDepth + 1}: ${build(maxDepth + 1).check()}`);
  const longLived = build(maxDepth);
  for (let depth = minDepth; depth <= maxDepth; depth += 4) {
    const rounds = 2 ** (maxDepth - depth + minDepth);
    let total = 0;
    for (let i = 0; i < rounds; i++) {
      total += build(depth).check();
    }
    console.log(`${rounds} trees of depth ${depth}: ${total}`);
  }
  console.log(`long-lived tree of depth ${maxDepth}: ${longLived.check()}`);
}

run(size);
