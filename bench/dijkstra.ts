// Shortest paths in a generated graph, with a generic binary heap.

const size = 32; // small: 2

class Heap<T> {
  private readonly items: T[] = [];
  private readonly before: (a: T, b: T) => boolean;

  constructor(before: (a: T, b: T) => boolean) {
    this.before = before;
  }

  get size(): number {
    return this.items.length;
  }

  push(item: T): void {
    const items = this.items;
    items.push(item);
    let hole = items.length - 1;
    while (hole > 0) {
      const parent = (hole - 1) >> 1;
      if (!this.before(item, items[parent])) {
        break;
      }
      items[hole] = items[parent];
      hole = parent;
    }
    items[hole] = item;
  }

  pop(): T | undefined {
    const items = this.items;
    const last = items.pop();
    if (last === undefined || items.length === 0) {
      return last;
    }
    const top = items[0];
    const count = items.length;
    let hole = 0;
    let child = 1;
    while (child < count) {
      if (child + 1 < count && this.before(items[child + 1], items[child])) {
        child++;
      }
      if (!this.before(items[child], last)) {
        break;
      }
      items[hole] = items[child];
      hole = child;
      child = 2 * hole + 1;
    }
    items[hole] = last;
    return top;
  }
}

class Edge {
  readonly to: number;
  readonly cost: number;

  constructor(to: number, cost: number) {
    this.to = to;
    this.cost = cost;
  }
}

interface Visit {
  node: number;
  distance: number;
}

function makeGraph(nodes: number, degree: number): Edge[][] {
  let state = 99;
  const next = (limit: number): number => {
    state = (state * 16807) % 2147483647;
    return state % limit;
  };
  const graph: Edge[][] = [];
  for (let i = 0; i < nodes; i++) {
    const edges: Edge[] = [new Edge((i + 1) % nodes, 50 + next(50))];
    for (let k = 1; k < degree; k++) {
      edges.push(new Edge(next(nodes), 1 + next(1000)));
    }
    graph.push(edges);
  }
  return graph;
}

function shortest(graph: Edge[][], start: number): number[] {
  const distances = new Array<number>(graph.length).fill(Infinity);
  const heap = new Heap<Visit>((a, b) => a.distance < b.distance);
  distances[start] = 0;
  heap.push({ node: start, distance: 0 });
  while (true) {
    const visit = heap.pop();
    if (visit === undefined) {
      return distances;
    }
    if (visit.distance > distances[visit.node]) {
      continue;
    }
    for (const edge of graph[visit.node]) {
      const distance = visit.distance + edge.cost;
      if (distance < distances[edge.to]) {
        distances[edge.to] = distance;
        heap.push({ node: edge.to, distance });
      }
    }
  }
}

const graph = makeGraph(20000, 5);
let checksum = 0;
for (let round = 0; round < size; round++) {
  const distances = shortest(graph, (round * 977) % graph.length);
  for (const distance of distances) {
    checksum = (checksum * 31 + distance) % 1000003;
  }
  // The same heap over plain numbers, as a sort.
  const heap = new Heap<number>((a, b) => a < b);
  for (const distance of distances) {
    heap.push(distance);
  }
  let previous = -1;
  while (heap.size > 0) {
    const distance = heap.pop() ?? 0;
    if (distance < previous) {
      throw new Error("the heap is out of order");
    }
    previous = distance;
  }
  checksum = (checksum + previous) % 1000003;
}
console.log(checksum);
