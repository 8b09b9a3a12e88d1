"""Three philosophers, three forks, each takes the left one first."""

from threading import Lock

from checker import together


class Table:
    def __init__(self):
        self.fork_a, self.fork_b, self.fork_c = Lock(), Lock(), Lock()


def eat(left, right):
    with left:
        with right:
            return "ate"


def dinner():
    table = Table()
    return together(
        lambda: eat(table.fork_a, table.fork_b),
        lambda: eat(table.fork_b, table.fork_c),
        lambda: eat(table.fork_c, table.fork_a),
    )


SCENARIO = dinner
GOAL = "Let all three starve: nobody may ever get a second fork."
EXPECT = ["ate", "ate", "ate"]
LESSON = "06-deadlocks"
