// Conway's game of life on a torus: neighbour counts over arrays of rows.

const size = 300; // small: 8

class World {
  readonly width: number;
  readonly height: number;
  cells: boolean[][];

  constructor(width: number, height: number) {
    this.width = width;
    this.height = height;
    this.cells = World.empty(width, height);
  }

  static empty(width: number, height: number): boolean[][] {
    const rows: boolean[][] = [];
    for (let y = 0; y < height; y++) {
      rows.push(new Array<boolean>(width).fill(false));
    }
    return rows;
  }

  put(x: number, y: number, pattern: string[]): void {
    for (let dy = 0; dy < pattern.length; dy++) {
      const row = pattern[dy];
      for (let dx = 0; dx < row.length; dx++) {
        const alive = row[dx] === "#";
        this.cells[(y + dy) % this.height][(x + dx) % this.width] = alive;
      }
    }
  }

  step(): void {
    const next = World.empty(this.width, this.height);
    for (let y = 0; y < this.height; y++) {
      const above = this.cells[y === 0 ? this.height - 1 : y - 1];
      const row = this.cells[y];
      const below = this.cells[y === this.height - 1 ? 0 : y + 1];
      const out = next[y];
      for (let x = 0; x < this.width; x++) {
        const left = x === 0 ? this.width - 1 : x - 1;
        const right = x === this.width - 1 ? 0 : x + 1;
        let neighbours = 0;
        if (above[left]) neighbours++;
        if (above[x]) neighbours++;
        if (above[right]) neighbours++;
        if (row[left]) neighbours++;
        if (row[right]) neighbours++;
        if (below[left]) neighbours++;
        if (below[x]) neighbours++;
        if (below[right]) neighbours++;
        out[x] = neighbours === 3 || (neighbours === 2 && row[x]);
      }
    }
    this.cells = next;
  }

  population(): number {
    let count = 0;
    for (const row of this.cells) {
      for (const alive of row) {
        if (alive) {
          count++;
        }
      }
    }
    return count;
  }

  checksum(): number {
    let sum = 0;
    for (let y = 0; y < this.height; y++) {
      for (let x = 0; x < this.width; x++) {
        sum = (sum * 3 + (this.cells[y][x] ? 1 : 2)) % 1000003;
      }
    }
    return sum;
  }
}

const world = new World(600, 500);
world.put(5, 5, [".#.", "..#", "###"]);
world.put(300, 250, [".##", "##.", ".#."]);
world.put(100, 400, ["#.....#.", ".##...#.", "##...###"]);
world.put(420, 90, [".#.....", "...#...", "##..###"]);
for (let i = 0; i < 40; i++) {
  world.put((i * 37) % 600, (i * 91) % 500, ["##.", ".##", ".#."]);
}
for (let generation = 0; generation < size; generation++) {
  world.step();
}
console.log(world.population(), world.checksum());
