// All ways to place queens that do not attack one another: recursion over three arrays of
// booleans.

const size = 13; // small: 11

class Board {
  readonly n: number;
  readonly columns: boolean[];
  readonly rising: boolean[];
  readonly falling: boolean[];
  readonly placed: number[];
  checksum: number;

  constructor(n: number) {
    this.n = n;
    this.columns = new Array<boolean>(n).fill(false);
    this.rising = new Array<boolean>(2 * n).fill(false);
    this.falling = new Array<boolean>(2 * n).fill(false);
    this.placed = new Array<number>(n).fill(0);
    this.checksum = 0;
  }

  solve(row: number): number {
    const n = this.n;
    if (row === n) {
      for (let i = 0; i < n; i++) {
        this.checksum = (this.checksum * 7 + this.placed[i]) % 1000003;
      }
      return 1;
    }
    let solutions = 0;
    for (let column = 0; column < n; column++) {
      const up = row + column;
      const down = row - column + n;
      if (!this.columns[column] && !this.rising[up] && !this.falling[down]) {
        this.columns[column] = true;
        this.rising[up] = true;
        this.falling[down] = true;
        this.placed[row] = column;
        solutions += this.solve(row + 1);
        this.columns[column] = false;
        this.rising[up] = false;
        this.falling[down] = false;
      }
    }
    return solutions;
  }
}

const board = new Board(size);
console.log(board.solve(0), board.checksum);
