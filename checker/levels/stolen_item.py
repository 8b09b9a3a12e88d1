"""Woken, and yet the item is gone: somebody took it between the wake-up and the return of wait()."""

from threading import Condition

from checker import together


class Box:
    def __init__(self):
        self.items = []
        self.filled = Condition()

    def put(self, item):
        with self.filled:
            self.items.append(item)
            self.filled.notify()

    def take(self):
        with self.filled:
            if not self.items:
                self.filled.wait()
            return self.items.pop()


def two_takers():
    box = Box()

    def fill():
        box.put("apple")
        box.put("pear")

    apple, pear, _ = together(box.take, box.take, fill)
    return sorted([apple, pear])


SCENARIO = two_takers
GOAL = "Wake a thread for an item that another one has taken when it looks."
EXPECT = ["apple", "pear"]
LESSON = "10-queues"
