"""Operators of a class of vectors: points that pull at each other (see ../vectors.raya)."""
import math
import sys


class Vector:
    def __init__(self, x, y):
        self.x = x
        self.y = y

    def __add__(self, other):
        return Vector(self.x + other.x, self.y + other.y)

    def __sub__(self, other):
        return Vector(self.x - other.x, self.y - other.y)

    def __mul__(self, factor):
        return Vector(self.x * factor, self.y * factor)

    def __rmul__(self, factor):
        return Vector(factor * self.x, factor * self.y)

    def __neg__(self):
        return Vector(-self.x, -self.y)

    def __lt__(self, other):
        return self.x * self.x + self.y * self.y < other.x * other.x + other.y * other.y

    def __eq__(self, other):
        return self.x == other.x and self.y == other.y


def simulate(steps):
    origin = Vector(0.0, 0.0)
    far = Vector(8.0, 8.0)
    a = Vector(1.0, 0.0)
    b = Vector(-1.0, 0.5)
    speed = Vector(0.0, 0.25)
    turns = 0
    for _ in range(steps):
        between = b - a
        speed = speed + 0.01 * between
        a = a + speed * 0.1
        b = b - speed * 0.05
        if far < a:
            speed = -speed
            a = a * 0.5
            turns += 1
        if a == origin:
            turns += 100
    end = a + b
    return end.x * 1000 + end.y + turns


print(math.floor(simulate(int(sys.argv[1])) * 1000))
