"""Pancake flips over all permutations (see ../fannkuch.ts)."""
import sys

ROUNDS = 3


def fannkuch(n):
    perm = [0] * n
    first = list(range(n))
    count = [0] * n
    max_flips = 0
    checksum = 0
    parity = 0
    r = n
    while True:
        while r != 1:
            count[r - 1] = r
            r -= 1
        for i in range(n):
            perm[i] = first[i]
        flips = 0
        top = perm[0]
        while top != 0:
            low = 0
            high = top
            while low < high:
                swapped = perm[low]
                perm[low] = perm[high]
                perm[high] = swapped
                low += 1
                high -= 1
            flips += 1
            top = perm[0]
        if flips > max_flips:
            max_flips = flips
        checksum += flips if parity == 0 else -flips
        parity = 1 - parity
        while True:
            if r == n:
                return f"{checksum} {max_flips}"
            head = first[0]
            for i in range(r):
                first[i] = first[i + 1]
            first[r] = head
            count[r] -= 1
            if count[r] > 0:
                break
            r += 1


for _ in range(ROUNDS):
    print(fannkuch(int(sys.argv[1])))
