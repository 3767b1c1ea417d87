"""Calls of methods (see ../methods.raya)."""
import math
import sys


class Account:
    def __init__(self, balance):
        self.balance = balance

    def deposit(self, amount):
        self.balance = self.balance + amount
        return self

    def rate(self):
        return 0

    def interest(self):
        return self.balance * self.rate()

    @classmethod
    def least(cls, a, b):
        return a if a.balance < b.balance else b


class Savings(Account):
    def rate(self):
        return 0.02


class Bonus(Savings):
    def __init__(self, balance, years):
        super().__init__(balance)
        self.years = years

    def rate(self):
        return super().rate() + self.years * 0.001


class Taxed:
    def __init__(self, part):
        self.part = part

    def __call__(self, amount):
        return amount - amount * self.part


def run(steps):
    accounts = [Account(10), Savings(20), Bonus(30, 5), Account(5)]
    tax = Taxed(0.25)
    first = accounts[0]
    deposit = first.deposit
    total = 0
    for i in range(steps):
        account = accounts[i % 4]
        account.deposit(1).deposit(-0.5)
        total = total + tax(account.interest())
        deposit(Account.least(account, first).rate())
    return math.floor(total) + accounts[3].balance


print(math.floor(run(int(sys.argv[1]))))
