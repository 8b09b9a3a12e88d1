import bisect
import threading

_stacks = threading.local()


class RankedLock:
    """The ranks that a thread holds are always rising, so the last one is the highest."""

    def __init__(self, rank):
        self.rank = rank
        self.inner = threading.Lock()

    @property
    def stack(self):
        try:
            return _stacks.stack
        except AttributeError:
            _stacks.stack = []
            return _stacks.stack

    def acquire(self, blocking=True, timeout=-1):
        stack = self.stack
        if stack and not stack[-1].rank < self.rank:
            raise LockOrderError(f"{stack[-1].rank!r} is held")
        got = self.inner.acquire(blocking, timeout)
        if got:
            stack.append(self)
        return got

    def release(self):
        stack = self.stack
        place = bisect.bisect_left([lock.rank for lock in stack], self.rank)
        if place == len(stack) or stack[place] is not self:
            raise RuntimeError("this thread does not hold the lock")
        del stack[place]
        self.inner.release()

    def __enter__(self):
        self.acquire()

    def __exit__(self, *error):
        self.release()
