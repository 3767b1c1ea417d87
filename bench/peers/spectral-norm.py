"""The spectral norm of an infinite matrix (see ../spectral-norm.ts)."""
import math
import sys


def element(i, j):
    return 1 / (((i + j) * (i + j + 1)) / 2 + i + 1)


def multiply(v, out):
    n = len(v)
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += element(i, j) * v[j]
        out[i] = total


def multiply_transposed(v, out):
    n = len(v)
    for i in range(n):
        total = 0.0
        for j in range(n):
            total += element(j, i) * v[j]
        out[i] = total


def spectral_norm(n):
    u = [1.0] * n
    v = [0.0] * n
    w = [0.0] * n
    for _ in range(10):
        multiply(u, w)
        multiply_transposed(w, v)
        multiply(v, w)
        multiply_transposed(w, u)
    uv = 0.0
    vv = 0.0
    for i in range(n):
        uv += u[i] * v[i]
        vv += v[i] * v[i]
    return math.sqrt(uv / vv)


print(f"{spectral_norm(int(sys.argv[1])):.9f}")
