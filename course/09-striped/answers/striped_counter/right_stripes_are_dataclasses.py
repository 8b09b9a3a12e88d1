import threading
from contextlib import ExitStack
from dataclasses import dataclass, field


@dataclass(order=True)
class Stripe:
    index: int
    counts: dict = field(compare=False)
    lock: threading.Lock = field(default_factory=threading.Lock, compare=False)
    total: int = field(default=0, compare=False)


class StripedCounter:
    def __init__(self, stripes=64, make_map=dict):
        self.stripes = [Stripe(index, make_map()) for index in range(stripes)]

    def stripe(self, key):
        return self.stripes[hash(key) % len(self.stripes)]

    def hold(self, stack, stripes):
        for stripe in sorted(stripes):
            stack.enter_context(stripe.lock)

    def inc(self, key, n=1):
        stripe = self.stripe(key)
        with stripe.lock:
            stripe.counts[key] = value = stripe.counts.pop(key, 0) + n
            stripe.total += n
            return value

    def move(self, src, dst, n):
        source, target = self.stripe(src), self.stripe(dst)
        with ExitStack() as stack:
            self.hold(stack, [source] if source is target else [source, target])
            if source.counts.get(src, 0) < n:
                raise KeyError(src)
            source.counts[src] = source.counts.get(src, 0) - n
            target.counts[dst] = target.counts.get(dst, 0) + n
            source.total -= n
            target.total += n

    def snapshot(self):
        with ExitStack() as stack:
            self.hold(stack, self.stripes)
            return {key: count for stripe in self.stripes for key, count in stripe.counts.items()}

    def total(self):
        with ExitStack() as stack:
            self.hold(stack, self.stripes)
            return sum(stripe.total for stripe in self.stripes)
