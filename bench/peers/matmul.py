"""Product of two square matrices (see ../matmul.ts)."""
import sys


def matrix(n, seed):
    scale = seed / n / n
    rows = []
    for i in range(n):
        row = []
        for j in range(n):
            row.append(scale * (i - j) * (i + j))
        rows.append(row)
    return rows


def transpose(m):
    n = len(m)
    rows = []
    for j in range(n):
        row = []
        for i in range(n):
            row.append(m[i][j])
        rows.append(row)
    return rows


def multiply(a, b):
    n = len(a)
    columns = transpose(b)
    rows = []
    for i in range(n):
        left = a[i]
        row = []
        for j in range(n):
            right = columns[j]
            total = 0.0
            for k in range(n):
                total += left[k] * right[k]
            row.append(total)
        rows.append(row)
    return rows


size = int(sys.argv[1])
middle = size // 2
product = multiply(matrix(size, 1), matrix(size, 2))
print(f"{product[middle][middle]:.9f} {product[0][size - 1]:.9f}")
