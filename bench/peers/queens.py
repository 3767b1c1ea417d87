"""All ways to place queens that do not attack one another (see ../queens.ts)."""
import sys


class Board:
    __slots__ = ("n", "columns", "rising", "falling", "placed", "checksum")

    def __init__(self, n):
        self.n = n
        self.columns = [False] * n
        self.rising = [False] * (2 * n)
        self.falling = [False] * (2 * n)
        self.placed = [0] * n
        self.checksum = 0

    def solve(self, row):
        n = self.n
        if row == n:
            for i in range(n):
                self.checksum = (self.checksum * 7 + self.placed[i]) % 1000003
            return 1
        solutions = 0
        for column in range(n):
            up = row + column
            down = row - column + n
            if not self.columns[column] and not self.rising[up] and not self.falling[down]:
                self.columns[column] = True
                self.rising[up] = True
                self.falling[down] = True
                self.placed[row] = column
                solutions += self.solve(row + 1)
                self.columns[column] = False
                self.rising[up] = False
                self.falling[down] = False
        return solutions


board = Board(int(sys.argv[1]))
print(board.solve(0), board.checksum)
