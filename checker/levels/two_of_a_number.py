"""The addition is protected, what is handed out is not: it is read after the lock is left."""

from threading import Lock

from checker import together


class Tickets:
    def __init__(self):
        self.last = 0
        self.lock = Lock()

    def take(self):
        self.lock.acquire()
        self.last += 1
        self.lock.release()
        return self.last


def two_tickets():
    tickets = Tickets()
    return sorted(together(tickets.take, tickets.take))


SCENARIO = two_tickets
GOAL = "Make both threads draw the same number."
EXPECT = [1, 2]
LESSON = "03-acquire"
