"""The wake-up comes between the look and the wait, when nobody waits yet."""

from threading import Condition

from checker import together


class Mailbox:
    def __init__(self):
        self.letter = None
        self.arrived = Condition()

    def put(self, letter):
        self.letter = letter
        with self.arrived:
            self.arrived.notify()

    def get(self):
        if self.letter is None:
            with self.arrived:
                self.arrived.wait()
        return self.letter


def one_letter():
    mailbox = Mailbox()
    return together(mailbox.get, lambda: mailbox.put("hello"))[0]


SCENARIO = one_letter
GOAL = "Let the reader wait for ever for a letter that is already there."
EXPECT = "hello"
LESSON = "10-queues"
