"""Two transfers in opposite directions, each taking the lock of its source first."""

from threading import Lock

from checker import together


class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = Lock()


def transfer(source, target, amount):
    with source.lock:
        with target.lock:
            source.balance -= amount
            target.balance += amount


def there_and_back():
    a, b = Account(10), Account(10)
    together(lambda: transfer(a, b, 3), lambda: transfer(b, a, 3))
    return a.balance, b.balance


SCENARIO = there_and_back
GOAL = "Make the two transfers wait for each other for ever."
EXPECT = (10, 10)
LESSON = "06-deadlocks"
