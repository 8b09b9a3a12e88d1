import threading
from collections import deque


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.items = deque()
        self.open = True
        self.changed = threading.Condition()
        self.totals = {}
        self.owner = threading.Thread(target=self.work)
        self.owner.start()

    def work(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.items or not self.open)
                if not self.items:
                    return
                key, n = self.items.popleft()
            try:
                total = self.totals[key] if key in self.totals else 0
                self.totals[key] = total + n
            except BaseException:
                self.errors += 1

    def add(self, key, n=1):
        with self.changed:
            if not self.open:
                raise RuntimeError("no more")
            self.items.append((key, n))
            self.changed.notify()

    def stop(self):
        with self.changed:
            self.open = False
            self.changed.notify_all()
        self.owner.join()
        return {key: total for key, total in self.totals.items()}
