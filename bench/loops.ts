// Finding the nesting of loops in control-flow graphs (Havlak's algorithm): depth-first
// search, union-find, sets and maps of objects.

const size = 550; // small: 15

class Block {
  readonly id: number;
  readonly into: Block[] = [];
  readonly out: Block[] = [];

  constructor(id: number) {
    this.id = id;
  }
}

class Graph {
  readonly blocks: Block[] = [];

  block(): number {
    this.blocks.push(new Block(this.blocks.length));
    return this.blocks.length - 1;
  }

  edge(from: number, to: number): void {
    this.blocks[from].out.push(this.blocks[to]);
    this.blocks[to].into.push(this.blocks[from]);
  }

  straight(from: number): number {
    const to = this.block();
    this.edge(from, to);
    return to;
  }

  diamond(from: number): number {
    const left = this.straight(from);
    const right = this.straight(from);
    const join = this.straight(left);
    this.edge(right, join);
    return join;
  }

  // A loop whose body holds two diamonds and, below a depth, two loops of its own.
  nest(from: number, depth: number): number {
    const header = this.straight(from);
    let last = this.diamond(header);
    if (depth > 0) {
      last = this.nest(last, depth - 1);
      last = this.nest(last, depth - 1);
    }
    last = this.diamond(last);
    this.edge(last, header);
    return this.straight(last);
  }
}

class Loop {
  parent: Loop | null = null;
  readonly header: Block;
  readonly reducible: boolean;
  readonly blocks = new Set<Block>();
  readonly children = new Set<Loop>();
  level = 0;

  constructor(header: Block, reducible: boolean) {
    this.header = header;
    this.reducible = reducible;
    this.blocks.add(header);
  }
}

// One block during the search; also a set of the union-find forest.
class Node {
  readonly block: Block;
  readonly number: number;
  parent: Node;
  loop: Loop | null = null;

  constructor(block: Block, number: number) {
    this.block = block;
    this.number = number;
    this.parent = this;
  }

  find(): Node {
    let root: Node = this;
    while (root.parent !== root) {
      root = root.parent;
    }
    let node: Node = this;
    while (node.parent !== root) {
      const next = node.parent;
      node.parent = root;
      node = next;
    }
    return root;
  }

  unite(into: Node): void {
    this.parent = into;
  }
}

const PLAIN = 0;
const REDUCIBLE = 1;
const IRREDUCIBLE = 2;
const SELF = 3;

class LoopFinder {
  readonly graph: Graph;
  readonly nodes: Node[] = [];
  readonly last: number[] = [];
  readonly numberOf = new Map<Block, number>();
  readonly loops: Loop[] = [];

  constructor(graph: Graph) {
    this.graph = graph;
  }

  isAncestor(ancestor: number, node: number): boolean {
    return ancestor <= node && node <= this.last[ancestor];
  }

  // Numbers blocks in preorder; `last[n]` is the greatest number below n.
  search(block: Block): void {
    const number = this.nodes.length;
    this.numberOf.set(block, number);
    this.nodes.push(new Node(block, number));
    this.last.push(number);
    for (const next of block.out) {
      if (!this.numberOf.has(next)) {
        this.search(next);
      }
    }
    this.last[number] = this.nodes.length - 1;
  }

  run(): Loop[] {
    this.search(this.graph.blocks[0]);
    const count = this.nodes.length;
    const backward: number[][] = [];
    const forward: Set<number>[] = [];
    for (let w = 0; w < count; w++) {
      const back: number[] = [];
      const other = new Set<number>();
      for (const from of this.nodes[w].block.into) {
        const v = this.numberOf.get(from);
        if (v !== undefined) {
          if (this.isAncestor(w, v)) {
            back.push(v);
          } else {
            other.add(v);
          }
        }
      }
      backward.push(back);
      forward.push(other);
    }
    for (let w = count - 1; w >= 0; w--) {
      this.collapse(w, backward[w], forward);
    }
    return this.loops;
  }

  // Finds the body of the loop with header w, if it is one, and makes it one node.
  collapse(w: number, back: number[], forward: Set<number>[]): void {
    const header = this.nodes[w];
    const body: Node[] = [];
    const members = new Set<Node>();
    let kind = PLAIN;
    for (const v of back) {
      if (v === w) {
        kind = SELF;
      } else {
        const found = this.nodes[v].find();
        if (!members.has(found)) {
          members.add(found);
          body.push(found);
        }
      }
    }
    if (body.length > 0) {
      kind = REDUCIBLE;
    }
    for (let next = 0; next < body.length; next++) {
      const node = body[next];
      for (const from of forward[node.number]) {
        const source = this.nodes[from].find();
        if (!this.isAncestor(w, source.number)) {
          kind = IRREDUCIBLE;
          forward[w].add(source.number);
        } else if (source.number !== w && !members.has(source)) {
          members.add(source);
          body.push(source);
        }
      }
    }
    if (kind === PLAIN) {
      return;
    }
    const loop = new Loop(header.block, kind !== IRREDUCIBLE);
    header.loop = loop;
    this.loops.push(loop);
    for (const node of body) {
      node.unite(header);
      const inner = node.loop;
      if (inner !== null) {
        inner.parent = loop;
        loop.children.add(inner);
      } else {
        loop.blocks.add(node.block);
      }
    }
  }
}

function deepest(loop: Loop, level: number): number {
  loop.level = level;
  let depth = level;
  for (const child of loop.children) {
    depth = Math.max(depth, deepest(child, level + 1));
  }
  return depth;
}

function makeGraph(): Graph {
  const graph = new Graph();
  let last = graph.block();
  for (let i = 0; i < 3; i++) {
    last = graph.nest(last, 6);
    // Two ways into one cycle, which no loop of structured code has.
    const a = graph.straight(last);
    const b = graph.straight(last);
    graph.edge(a, b);
    graph.edge(b, a);
    last = graph.straight(b);
  }
  return graph;
}

const graph = makeGraph();
let checksum = 0;
for (let round = 0; round < size; round++) {
  const loops = new LoopFinder(graph).run();
  let irreducible = 0;
  let members = 0;
  let depth = 0;
  for (const loop of loops) {
    members += loop.blocks.size;
    if (!loop.reducible) {
      irreducible++;
    }
    if (loop.parent === null) {
      depth = Math.max(depth, deepest(loop, 1));
    }
  }
  checksum = (checksum * 31 + loops.length + members * 7 + irreducible * 3 + depth) % 1000003;
}
console.log(graph.blocks.length, checksum);
