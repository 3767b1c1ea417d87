"""A hash table written as a class, the built-in map and arrays (see ../maps.raya)."""
import sys


class Entry:
    def __init__(self, key, value, next):
        self.key = key
        self.value = value
        self.next = next


class Table:
    def __init__(self, room):
        self.buckets = []
        self.used = 0
        for _ in range(room):
            self.buckets.append(None)

    def find(self, key):
        entry = self.buckets[key % len(self.buckets)]
        while entry is not None and entry.key != key:
            entry = entry.next
        return entry

    def __getitem__(self, key):
        entry = self.find(key)
        return None if entry is None else entry.value

    def __setitem__(self, key, value):
        entry = self.find(key)
        if entry is not None:
            entry.value = value
        else:
            at = key % len(self.buckets)
            self.buckets[at] = Entry(key, value, self.buckets[at])
            self.used = self.used + 1

    def __contains__(self, key):
        return self.find(key) is not None

    def __len__(self):
        return self.used

    def __iter__(self):
        return Walk(self)


class Walk:
    def __init__(self, table):
        self.table = table
        self.at = 0
        self.entry = None

    def __iter__(self):
        return self

    def __next__(self):
        while self.entry is None:
            if self.at == len(self.table.buckets):
                raise StopIteration
            self.entry = self.table.buckets[self.at]
            self.at = self.at + 1
        entry = self.entry
        self.entry = entry.next
        return entry


def count(table, map, values):
    for value in values:
        if value in table:
            table[value] = table[value] + 1
        else:
            table[value] = 1
        map[value] = (map[value] if value in map else 0) + 2
    total = 0
    for entry in table:
        total = total + entry.key * entry.value + map[entry.key]
    return total + len(table)


def run(rounds):
    total = 0
    for round in range(rounds):
        values = []
        for i in range(1000):
            values.append((i * 7919 + round * 31) % 389)
        total = total + count(Table(128), {}, values)
    return total


print(run(int(sys.argv[1])))
