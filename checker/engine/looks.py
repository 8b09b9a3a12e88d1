"""What the code under test sees of things that are numbered or named in order: threads, addresses, hashes, the time.

Plain, they are small numbers that a reader can follow, the same in every exploration. An answer that acts on them
(T1 does this, T2 that) would pass, though it says nothing of other threads. So grading draws a key, and from it names
and numbers that are the same in every execution of one exploration and can be guessed in none.
"""

from __future__ import annotations

#: Where virtual time begins, in seconds. A power of two, so that differences of times stay exact.
EPOCH = 1024.0


class Looks:
    """The looks of one exploration.

    Args:
        key: 0 for the plain ones.
    """

    def __init__(self, key: int = 0) -> None:
        self._key = key
        #: The time at which an execution begins, less than a power of two later: differences stay exact.
        self.epoch = EPOCH + self._drawn("epoch", 0) % int(EPOCH)
        #: Threads without a name count from here, and so do pools.
        self.first = self._drawn("first", 0) % 9_000

    def _drawn(self, *what: object) -> int:
        """A number of 36 bits that only the key tells; 0 without one."""
        if not self._key:
            return 0
        from hashlib import blake2b  # which loads OpenSSL: only grading needs it

        return int.from_bytes(blake2b(repr((self._key, what)).encode(), digest_size=8).digest()) >> 28

    def thread(self, place: int) -> str:
        """What `together` calls the thread of its callable at `place`, counted from 0."""
        return f"T{self._drawn('thread', place) or place + 1}"

    def ident(self, index: int) -> int:
        """What `get_ident` gives in a thread; the scenario's own, which is index 1, has the least."""
        return 1000 + (index if index <= 1 else self._drawn("ident", index) or index)

    def serial(self, index: int, count: int) -> int:
        """The number of the object that this thread makes as its `count`-th; it is also the object's hash."""
        return self._drawn("serial", index, count) or index * 1_000_000 + count

    def address(self, count: int) -> int:
        """What `id` gives for the `count`-th object that it is asked about."""
        return 150_000_000_000_000 + 64 * (self._drawn("address", count) or count)

    def seed(self, index: int) -> int:
        """What tells this thread's random numbers from others'; the scenario's own draws the same in every check."""
        return index if index <= 1 else self._drawn("seed", index) or index
