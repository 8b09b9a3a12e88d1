"""Both look whether there is enough; then both take it."""

from checker import together


class Account:
    def __init__(self, balance):
        self.balance = balance

    def withdraw(self, amount):
        if self.balance >= amount:
            self.balance -= amount
            return amount
        return 0


def two_withdrawals():
    account = Account(100)
    paid = together(lambda: account.withdraw(100), lambda: account.withdraw(100))
    return sum(paid)


SCENARIO = two_withdrawals
GOAL = "The account holds 100. Make it pay out 200."
EXPECT = 100
LESSON = "02-races"
