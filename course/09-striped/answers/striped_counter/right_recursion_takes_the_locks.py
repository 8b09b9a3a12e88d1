import threading


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self._all = {number: (threading.Lock(), make_map()) for number in range(stripes)}

    def _number(self, key):
        return hash(key) * 0x9E3779B97F4A7C15 % 2**64 * len(self._all) >> 64

    def _under(self, numbers, action):
        if not numbers:
            return action()
        with self._all[numbers[0]][0]:
            return self._under(numbers[1:], action)

    def inc(self, key, n=1):
        lock, counts = self._all[self._number(key)]
        with lock:
            try:
                counts[key] += n
            except KeyError:
                counts[key] = n
            return counts[key]

    def snapshot(self):
        return self._under(
            list(self._all), lambda: dict(pair for _, counts in self._all.values() for pair in counts.items())
        )

    def total(self):
        return self._under(
            list(self._all), lambda: sum(value for _, counts in self._all.values() for value in counts.values())
        )

    def move(self, src, dst, n):
        def action():
            taken = self._all[self._number(src)][1]
            given = self._all[self._number(dst)][1]
            if taken.get(src, 0) < n:
                raise KeyError(src)
            taken[src] = taken.get(src, 0) - n
            given[dst] = given.get(dst, 0) + n

        self._under(sorted({self._number(src), self._number(dst)}), action)
