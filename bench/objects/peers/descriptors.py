"""Attributes that run code (see ../descriptors.raya)."""
import math
import sys


class Bounded:
    def __init__(self, low, high, slot):
        self.low = low
        self.high = high
        self.slot = slot

    def __get__(self, obj, owner):
        return obj.values[self.slot]

    def __set__(self, obj, value):
        if value < self.low:
            value = self.low
        if value > self.high:
            value = self.high
        obj.values[self.slot] = value


class Scaled:
    def __init__(self, factor):
        self.factor = factor

    def __get__(self, obj, owner):
        return obj.level * self.factor


class Tank:
    level = Bounded(0, 100, 0)
    flow = Bounded(-5, 5, 1)
    litres = Scaled(10)

    def __init__(self):
        self.values = [50, 1]
        self.ticks = 0

    @property
    def pressure(self):
        return self.level * 2 + self.ticks

    def _set_time(self, value):
        self.ticks = value % 7

    time = property(None, _set_time)


class Probe:
    def __init__(self, target):
        self.target = target

    def __getattr__(self, name):
        return self.target.pressure


def run(steps):
    tank = Tank()
    probe = Probe(tank)
    total = 0
    for i in range(steps):
        tank.level = tank.level + tank.flow
        tank.flow = (i % 11) - 4.5
        tank.time = i
        total = total + tank.litres + tank.pressure + probe.reading
    return total


print(math.floor(run(int(sys.argv[1]))))
