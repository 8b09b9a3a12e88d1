from collections import Counter
from concurrent.futures import ThreadPoolExecutor


class Aggregator:
    def __init__(self):
        self.errors = 0
        self.counts = Counter()
        self.pool = ThreadPoolExecutor(max_workers=1)

    def _count(self, key, n):
        try:
            self.counts[key] += n
        except BaseException:
            self.errors += 1

    def add(self, key, n=1):
        self.pool.submit(self._count, key, n)

    def stop(self):
        self.pool.shutdown(wait=True)
        return dict(self.counts)
