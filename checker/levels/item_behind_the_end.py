"""An item put between the look at the flag and the sentinel that ends the owner."""

from queue import SimpleQueue

from checker import together


class Tally:
    def __init__(self):
        self.items = SimpleQueue()
        self.stopped = False

    def add(self):
        if self.stopped:
            return "refused"
        self.items.put("item")
        return "accepted"

    def stop(self):
        self.stopped = True
        self.items.put("end")


def one_add_beside_stop():
    tally = Tally()
    answer, _ = together(tally.add, tally.stop)
    counted = 0
    while tally.items.get() != "end":
        counted += 1
    return answer, counted


def no_accepted_item_is_lost(seen):
    return seen in [("refused", 0), ("accepted", 1)]


SCENARIO = one_add_beside_stop
GOAL = "Let the tally accept an item that it never counts."
EXPECT = no_accepted_item_is_lost
LESSON = "10-queues"
