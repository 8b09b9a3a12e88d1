import queue
import threading


class BestEffort:
    """The right to run fn is a token in a queue of one."""

    def __init__(self, fn):
        self.fn = fn
        self.tokens = queue.Queue(maxsize=1)
        self.tokens.put("token")
        self.condition = threading.Condition()
        self.done = 0
        self.skipped = 0

    def poke(self):
        try:
            token = self.tokens.get_nowait()
        except queue.Empty:
            with self.condition:
                self.skipped += 1
            return False
        try:
            self.fn()
        finally:
            self.done += 1  # only who has the token gets here
            self.tokens.put_nowait(token)
        return True
