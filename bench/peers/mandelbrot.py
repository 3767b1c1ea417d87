"""Escape times of the Mandelbrot set (see ../mandelbrot.ts)."""
import sys


def escape_time(cr, ci, limit):
    zr = zi = zr2 = zi2 = 0.0
    n = 0
    while n < limit and zr2 + zi2 <= 4:
        zi = 2 * zr * zi + ci
        zr = zr2 - zi2 + cr
        zr2 = zr * zr
        zi2 = zi * zi
        n += 1
    return n


def mandelbrot(n):
    inside = 0
    checksum = 0
    for y in range(n):
        ci = (2 * y) / n - 1
        for x in range(n):
            steps = escape_time((2 * x) / n - 1.5, ci, 500)
            if steps == 500:
                inside += 1
            checksum = (checksum * 31 + steps) % 1000003
    return f"{inside} {checksum}"


print(mandelbrot(int(sys.argv[1])))
