"""Building and walking many trees (see ../binary-trees.ts)."""
import sys


class Tree:
    __slots__ = ("left", "right")

    def __init__(self, left, right):
        self.left = left
        self.right = right

    def check(self):
        total = 1
        if self.left is not None:
            total += self.left.check()
        if self.right is not None:
            total += self.right.check()
        return total


def build(depth):
    if depth == 0:
        return Tree(None, None)
    return Tree(build(depth - 1), build(depth - 1))


def run(max_depth):
    min_depth = 4
    print(f"stretch tree of depth {max_depth + 1}: {build(max_depth + 1).check()}")
    long_lived = build(max_depth)
    for depth in range(min_depth, max_depth + 1, 4):
        rounds = 2 ** (max_depth - depth + min_depth)
        total = 0
        for _ in range(rounds):
            total += build(depth).check()
        print(f"{rounds} trees of depth {depth}: {total}")
    print(f"long-lived tree of depth {max_depth}: {long_lived.check()}")


run(int(sys.argv[1]))
