"""The sieve of Eratosthenes, again and again (see ../sieve.ts)."""
import sys


def sieve(flags):
    n = len(flags)
    flags[:] = [True] * n
    count = 0
    for i in range(2, n):
        if flags[i]:
            count += 1
            for k in range(i + i, n, i):
                flags[k] = False
    return count


def run(rounds):
    flags = [True] * 1000000
    total = 0
    for _ in range(rounds):
        total += sieve(flags)
    return total


print(run(int(sys.argv[1])))
