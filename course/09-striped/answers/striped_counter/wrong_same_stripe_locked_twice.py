# fails: striped_counter-2 deadlock, striped_counter-6 deadlock, striped_counter-7 deadlock
# Two keys of one stripe: the second acquire waits for the first, for ever.
import threading


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [make_map() for _ in range(stripes)]

    def place(self, key):
        return hash(key) % len(self.locks)

    def inc(self, key, n=1):
        place = self.place(key)
        with self.locks[place]:
            self.maps[place][key] = new = self.maps[place].get(key, 0) + n
            return new

    def everything(self, number=0):
        if number == len(self.locks):
            return {key: value for counts in self.maps for key, value in counts.items()}
        with self.locks[number]:
            return self.everything(number + 1)

    snapshot = everything

    def total(self):
        return sum(self.snapshot().values())

    def move(self, src, dst, n):
        source, target = self.place(src), self.place(dst)
        with self.locks[min(source, target)]:
            with self.locks[max(source, target)]:
                if self.maps[source].get(src, 0) < n:
                    raise KeyError(src)
                self.maps[source][src] = self.maps[source].get(src, 0) - n
                self.maps[target][dst] = self.maps[target].get(dst, 0) + n
