import threading
from contextlib import contextmanager


class Door:
    """Many may be inside a stripe together; whoever wants to see or change several stripes is alone."""

    def __init__(self):
        self.condition = threading.Condition()
        self.inside = 0
        self.shut = False

    @contextmanager
    def shared(self):
        with self.condition:
            while self.shut:
                self.condition.wait()
            self.inside += 1
        try:
            yield
        finally:
            with self.condition:
                self.inside -= 1
                self.condition.notify_all()

    @contextmanager
    def alone(self):
        with self.condition:
            while self.shut:
                self.condition.wait()
            self.shut = True
            while self.inside:
                self.condition.wait()
        try:
            yield
        finally:
            with self.condition:
                self.shut = False
                self.condition.notify_all()


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.door = Door()
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [make_map() for _ in range(stripes)]

    def inc(self, key, n=1):
        place = hash(key) % len(self.maps)
        with self.door.shared(), self.locks[place]:
            self.maps[place][key] = self.maps[place].get(key, 0) + n
            return self.maps[place][key]

    def snapshot(self):
        with self.door.alone():
            return {key: value for counts in self.maps for key, value in counts.items()}

    def total(self):
        with self.door.alone():
            return sum(value for counts in self.maps for value in counts.values())

    def move(self, src, dst, n):
        with self.door.alone():
            source = self.maps[hash(src) % len(self.maps)]
            target = self.maps[hash(dst) % len(self.maps)]
            if source.get(src, 0) < n:
                raise KeyError(src)
            source[src] = source.get(src, 0) - n
            target[dst] = target.get(dst, 0) + n
