# %% [markdown]
# # Exercises 09: striped locks
#
# Three exercises, 20 points. Read the lesson `09-striped` first.
#
# The exercises build on each other in thought, not in code: you may use your `stripe_of` in the other two,
# and you need not.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `stripe_of`: which lock is mine? (4 points)
#
# Before you can take the lock of a key, you must know which one it is. `hash(key) % stripes` is the first
# idea of everybody, and the lesson shows what it does to ids that are multiples of 64.
#
# **The contract**
#
# `stripe_of(key, stripes)` returns an `int` from 0 to `stripes - 1`, for any key that could be a key of a
# dict.
#
# - **Equal keys, equal stripe**: what is one key to a dict is one key here. `1 == 1.0 == True`, so all three
#   get the same stripe.
# - **The same answer every time**, as long as the process runs.
# - **It spreads.** Take 64 stripes and 64,000 keys, so 1,000 keys per stripe on average. No stripe gets more
#   than twice that, whether the keys are 0, 64, 128, …, or 0, 4096, 8192, …, or different strings.
#
# <details><summary>Hint: a nudge</summary>
#
# Why do the multiples of 64 all land in stripe 0? Which bits of the number does `% 64` look at, and where is
# the information that tells these keys apart?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Start from `hash(key)`, because equal keys have equal hashes (and `str(key)` or `id(key)` would break that).
# Then *mix*: let the high bits have a say in the low ones, before you take the remainder. Multiplying by a
# large odd number and keeping the *upper* bits mixes. So does hashing the hash's bytes with `zlib.crc32` or
# `hashlib`.
# </details>


# %% answer="stripe_of"
def stripe_of(key, stripes: int) -> int:
    """Return the stripe of key: an int from 0 to stripes - 1.

    Equal keys have equal stripes, and the answer stays the same while the process runs. Keys spread evenly,
    multiples of a power of two as well as strings.
    """
    ### BEGIN SOLUTION
    mixed = (hash(key) * 0x9E3779B97F4A7C15) % 2**64  # 2**64 divided by the golden ratio, and odd
    return mixed * stripes >> 64  # the upper bits: as if mixed / 2**64 were a fraction of the stripes
    ### END SOLUTION


# %% [markdown]
# **A stripe is an int in range, and always the same one.**

# %% check="stripe_of-1" points=1
import threading


def every_stripe_is_an_int_in_range():
    keys = [0, 1, -1, -7, 64, 2**70, -(2**70), 0.5, "", "a", "key", b"key", None, (), (1, "a"), frozenset({1, 2})]
    odd = []
    for stripes in 1, 2, 7, 16, 64, 1000:
        for key in keys:
            stripe = stripe_of(key, stripes)
            if not isinstance(stripe, int) or not 0 <= stripe < stripes:
                odd.append(f"stripe_of({key!r}, {stripes}) is {stripe!r}")
    return odd


def asking_again_gives_the_same_stripe():
    keys = [*range(0, 5000, 7), *(f"user-{number}" for number in range(500))]
    first = [stripe_of(key, 64) for key in keys]
    for number in range(20_000):  # other questions in between
        stripe_of(number, 64)
    return [key for key, stripe in zip(keys, first) if stripe_of(key, 64) != stripe]


def another_thread_gets_the_same_stripes():
    def ask():
        answers.append([stripe_of(key, 64) for key in ("a", "b", 3)])

    answers = []
    ask()
    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()
    return answers[0] == answers[1]


check(every_stripe_is_an_int_in_range, expect=[])
check(asking_again_gives_the_same_stripe, expect=[])
check(another_thread_gets_the_same_stripes, expect=True)


# %% [markdown]
# **Equal keys have equal stripes**, also if they are different objects or of different types.

# %% check="stripe_of-2" points=1
from decimal import Decimal
from fractions import Fraction


def equal_keys_have_equal_stripes():
    number = 10**9 + 7
    families = [
        [0, 0.0, -0.0, False, Decimal(0), Fraction(0)],
        [1, 1.0, True, Decimal(1), Fraction(1), 1 + 0j],
        [number, float(number), Fraction(number)],
        [2**70, 2.0**70],
        [0.5, Fraction(1, 2), Decimal("0.5")],
        [f"user-{number}", f"user-{number}"],  # equal, and two objects
        ["ab", "".join(["a", "b"])],
        [(1, 2), (1.0, 2.0), (True, 2)],
        [frozenset([0, 8]), frozenset([8, 0])],  # equal, and printed differently
    ]
    return [repr(equal) for equal in families if len({stripe_of(key, 10_007) for key in equal}) > 1]


check(equal_keys_have_equal_stripes, expect=[])


# %% [markdown]
# **It spreads**: 64,000 keys over 64 stripes, at most 2,000 in one.

# %% check="stripe_of-3" points=1
from collections import Counter


def in_the_fullest_stripe(keys):
    """How many of 64,000 keys share the fullest of 64 stripes."""
    return max(Counter(stripe_of(key, 64) for key in keys).values())


def multiples_of_64_spread():
    return in_the_fullest_stripe(range(0, 64 * 64_000, 64))


def strings_spread():
    return in_the_fullest_stripe([f"user-{number}" for number in range(64_000)])


def at_most_2000_in_the_fullest_stripe(most):
    return most <= 2000


check(multiples_of_64_spread, expect=at_most_2000_in_the_fullest_stripe)
check(strings_spread, expect=at_most_2000_in_the_fullest_stripe)


# %% check="stripe_of-4" points=1 hidden=true
from collections import Counter
from itertools import islice, permutations


class Point:
    """A key with an equality of its own, and a repr that tells nothing of it."""

    def __init__(self, x, y):
        self.x, self.y = x, y

    def __eq__(self, other):
        return (self.x, self.y) == (other.x, other.y)

    def __hash__(self):
        return hash((self.x, self.y))


def fullest_of_64(keys):
    return max(Counter(stripe_of(key, 64) for key in keys).values())


def multiples_of_4096_spread():
    return fullest_of_64(range(0, 4096 * 64_000, 4096))


def strings_of_the_same_letters_spread():
    return fullest_of_64(["".join(letters) for letters in islice(permutations("abcdefghi"), 64_000)])


def long_strings_that_end_alike_spread():
    return fullest_of_64([f"{number:06d}@{'example.' * 5}org" for number in range(64_000)])


def points_that_are_equal_have_equal_stripes():
    pairs = [(Point(x, 7), Point(x, 7.0)) for x in range(100)]
    return [one.x for one, other in pairs if stripe_of(one, 10_007) != stripe_of(other, 10_007)]


check(multiples_of_4096_spread, expect=lambda most: most <= 2000)
check(strings_of_the_same_letters_spread, expect=lambda most: most <= 2000)
check(long_strings_that_end_alike_spread, expect=lambda most: most <= 2000)
check(points_that_are_equal_have_equal_stripes, expect=[])


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("stripe_of")

# %% [markdown]
# ## 2. `StripedCounter`: many locks, one truth (10 points)
#
# A counter per key, for many threads. One lock for all keys would do, and everybody would wait for everybody.
# Give each *stripe* of keys its own lock **and its own map**.
#
# **The contract**
#
# `StripedCounter(stripes=64, make_map=dict)`
#
# - The constructor calls `make_map()` exactly `stripes` times: one map for each stripe. The counts live in
#   these maps.
# - **No map is ever used by two threads at once**, not even for reading. You may use `m[k]`, `m[k] = v`, `del
#   m[k]`, `k in m`, `get`, `pop`, `items`, `values`, `keys`, `len`, `copy` and iteration.
# - **Keys spread**: 1,000 different strings over 64 stripes put at most 60 into one. Equal keys (1, 1.0,
#   True) are one key.
#
# `inc(key, n=1)` adds `n` and returns *its own* new value of the key. Keys of different stripes never wait
# for each other in `inc`.
#
# `move(src, dst, n)` takes `n` (≥ 0) from one key and gives it to another; nobody ever sees it half done. If
# `src` has less than `n`: `KeyError`, and nothing has changed. (A key never seen has 0: 0 can be taken from it.)
#
# `snapshot()` returns a `dict` of all counts, and `total()` their sum, each as they were *at one single
# instant*. The dict is the caller's own. Keys whose count is 0 may be in it or not.
#
# **Nothing ever deadlocks**, whatever is called together, and no call that raises leaves a lock locked.
#
# <details><summary>Hint: a nudge</summary>
#
# `inc` needs one lock, `move` two (or is it one?), `snapshot` all of them. Which order keeps three such calls
# from waiting for each other in a circle? And for how long must `snapshot` hold the *first* lock?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Number the stripes. Whoever needs several locks takes them in ascending order, each once: `move` sorts the
# *set* of its two stripes, `snapshot` takes 0, 1, 2, …. `snapshot` begins to read when it holds all the
# locks, and releases none before it has read everything. `contextlib.ExitStack` holds a number of locks that
# you do not know in advance, and releases them whatever happens.
# </details>

# %% answer="striped_counter"
import threading
from contextlib import ExitStack


class StripedCounter:
    """Counts per key, in stripes: each stripe has its own lock and its own map.

    No map is ever used by two threads at once, keys of different stripes never wait for each other in inc, and
    nothing ever deadlocks.
    """

    def __init__(self, stripes=64, make_map=dict):
        """Make the stripes; make_map is called once for each."""
        ### BEGIN SOLUTION
        self._maps = [make_map() for _ in range(stripes)]
        self._locks = [threading.Lock() for _ in range(stripes)]
        ### END SOLUTION

    def inc(self, key, n=1):
        """Add n to the count of key and return the key's new count."""
        ### BEGIN SOLUTION
        stripe = hash((key,)) % len(self._maps)  # the hash of a tuple mixes: multiples of 64 spread too
        with self._locks[stripe]:
            counts = self._maps[stripe]
            counts[key] = new = counts.get(key, 0) + n
            return new
        ### END SOLUTION

    def move(self, src, dst, n):
        """Take n (>= 0) from src and give it to dst, in one step for everybody else.

        Raises KeyError, and changes nothing, if src has less than n.
        """
        ### BEGIN SOLUTION
        source, target = (hash((key,)) % len(self._maps) for key in (src, dst))
        with ExitStack() as stack:
            for stripe in sorted({source, target}):
                stack.enter_context(self._locks[stripe])
            have = self._maps[source].get(src, 0)
            if have < n:
                raise KeyError(src)
            self._maps[source][src] = have - n
            self._maps[target][dst] = self._maps[target].get(dst, 0) + n
        ### END SOLUTION

    def snapshot(self):
        """Return a new dict of all counts as they were at one single instant."""
        ### BEGIN SOLUTION
        with ExitStack() as stack:
            for lock in self._locks:
                stack.enter_context(lock)
            return {key: count for counts in self._maps for key, count in counts.items()}
        ### END SOLUTION

    def total(self):
        """Return the sum of all counts as they were at one single instant."""
        ### BEGIN SOLUTION
        return sum(self.snapshot().values())
        ### END SOLUTION


# %% [markdown]
# The checks hand these maps to your counter. They behave like a dict, and remember if two threads were ever
# inside one of them at once.

# %% given="watched_maps"
from collections.abc import MutableMapping


class WatchedMap(MutableMapping):
    """A dict that notices when two threads are inside it at once."""

    def __init__(self):
        self._data = {}
        self._busy = False
        self.overlapped = False  # two threads have been in here at once
        self.pause = None  # called inside, if set: keeps the caller in here for a while

    def _enter(self):
        if self._busy:
            self.overlapped = True
        self._busy = True
        if self.pause:
            self.pause()

    def _leave(self):
        self._busy = False

    def __getitem__(self, key):
        self._enter()
        try:
            return self._data[key]
        finally:
            self._leave()

    def __setitem__(self, key, value):
        self._enter()
        try:
            self._data[key] = value
        finally:
            self._leave()

    def __delitem__(self, key):
        self._enter()
        try:
            del self._data[key]
        finally:
            self._leave()

    def __iter__(self):
        keys = iter(self._data)
        while True:
            self._enter()
            try:
                key = next(keys)
            except StopIteration:
                return
            finally:
                self._leave()
            yield key

    def __len__(self):
        self._enter()
        try:
            return len(self._data)
        finally:
            self._leave()

    def copy(self):
        self._enter()
        try:
            return dict(self._data)
        finally:
            self._leave()


def watched(stripes, kind=WatchedMap):
    """A StripedCounter over watched maps, and the list of its maps in the order in which they were made."""
    maps = []

    def make_map():
        maps.append(kind())
        return maps[-1]

    return StripedCounter(stripes, make_map), maps


def key_of_each(counter, maps):
    """Count new keys once each until every map holds one; return a key of each map, in the order of the maps."""
    found = [None] * len(maps)
    for number in range(1000):
        if None not in found:
            return found
        sizes = [len(each) for each in maps]
        counter.inc(f"key {number}")
        for place, each in enumerate(maps):
            if len(each) > sizes[place] and found[place] is None:
                found[place] = f"key {number}"
    raise AssertionError("1,000 different strings never reached some of the maps")


def overlaps(maps):
    """How many of the maps were ever used by two threads at once."""
    return sum(each.overlapped for each in maps)


def present(counts):
    """The counts that are not 0, as a plain dict."""
    return {key: count for key, count in counts.items() if count}


# %% [markdown]
# **It counts.** One thread alone, and all four methods.

# %% check="striped_counter-1" points=1
from fractions import Fraction


def it_counts():
    counter = StripedCounter()
    seen = [counter.inc("a"), counter.inc("a", 4), counter.inc("b", 2), counter.inc("c", 0)]
    counter.move("a", "b", 3)
    counter.move("b", "new", 5)
    return seen, present(counter.snapshot()), counter.total()


def equal_keys_are_one_key():
    counter = StripedCounter(7)
    seen = [counter.inc(key) for key in (1, 1.0, True, Fraction(1))]
    seen += [counter.inc(key) for key in ((1, 2), (1.0, 2.0))]
    return seen, counter.inc("1"), counter.total(), sorted(counter.snapshot().values())


def the_snapshot_belongs_to_the_caller():
    seen = []
    for stripes in 1, 2, 64:
        counter = StripedCounter(stripes)
        counter.inc("a")
        mine = counter.snapshot()
        counter.inc("a")
        before = mine["a"]
        mine["a"] = 100
        seen.append((isinstance(mine, dict), before, counter.inc("a"), counter.total()))
    return seen


check(it_counts, expect=([1, 5, 2, 0], {"a": 2, "new": 5}, 7))
check(equal_keys_are_one_key, expect=([1, 2, 3, 4, 1, 2], 1, 7, [1, 2, 4]))
check(the_snapshot_belongs_to_the_caller, expect=[(True, 1, 3, 3)] * 3)


# %% [markdown]
# **One map for each stripe, and the keys spread over them.** A thousand names over 64 stripes.

# %% check="striped_counter-2" points=2
from itertools import islice, permutations


def one_map_is_made_for_each_stripe():
    made = []
    for stripes in 1, 2, 5, 64:
        counter, maps = watched(stripes)
        at_first = len(maps)
        counter.inc("a")
        counter.inc("b")
        counter.move("a", "b", 1)
        counter.snapshot()
        counter.total()
        made.append((at_first, len(maps)))
    return made


def how_a_thousand_strings_spread(strings):
    """How many keys are stored, and whether more than 60 of them are in one map."""
    counter, maps = watched(64)
    for each in strings:
        counter.inc(each)
    sizes = [len(each) for each in maps]
    return {"keys stored": sum(sizes), "more than 60 in one map": max(sizes, default=0) > 60}


def a_thousand_names_spread():
    return how_a_thousand_strings_spread(f"user-{number}" for number in range(1000))


def a_thousand_anagrams_spread():
    return how_a_thousand_strings_spread("".join(letters) for letters in islice(permutations("abcdefg"), 1000))


check(one_map_is_made_for_each_stripe, expect=[(1, 1), (2, 2), (5, 5), (64, 64)])
check(a_thousand_names_spread, expect={"keys stored": 1000, "more than 60 in one map": False})
check(a_thousand_anagrams_spread, expect={"keys stored": 1000, "more than 60 in one map": False})


# %% [markdown]
# **One thread at a time in each map**, and no update is lost.


# %% check="striped_counter-3" points=2
def two_incs_of_one_key():
    counter, maps = watched(1)
    returned = together(lambda: counter.inc("a"), lambda: counter.inc("a"))
    return {"returned": sorted(returned), "total": counter.total(), "maps used by two at once": overlaps(maps)}


def two_keys_of_one_stripe():
    counter, maps = watched(1)
    together(lambda: counter.inc("a"), lambda: counter.inc("b", 2))
    return {"counts": present(counter.snapshot()), "maps used by two at once": overlaps(maps)}


def incs_beside_a_snapshot():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)
    together(lambda: counter.inc(first), lambda: counter.inc(second), counter.snapshot)
    return {"maps used by two at once": overlaps(maps)}


def incs_beside_a_total():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)
    together(lambda: counter.inc(first), lambda: counter.inc(second), counter.total)
    return {"maps used by two at once": overlaps(maps)}


def incs_beside_a_move():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)
    returned = together(
        lambda: counter.inc(first, 10),
        lambda: counter.inc(second, 10),
        lambda: counter.move(first, second, 1),
    )
    counts = counter.snapshot()
    return {
        "first after its inc": returned[0] in (10, 11),
        "second after its inc": returned[1] in (11, 12),
        "counts": [counts.get(first, 0), counts.get(second, 0)],
        "maps used by two at once": overlaps(maps),
    }


check(two_incs_of_one_key, expect={"returned": [1, 2], "total": 2, "maps used by two at once": 0}, delays=True)
check(two_keys_of_one_stripe, expect={"counts": {"a": 1, "b": 2}, "maps used by two at once": 0}, delays=True)
check(incs_beside_a_snapshot, expect={"maps used by two at once": 0}, delays=True)
check(incs_beside_a_total, expect={"maps used by two at once": 0}, delays=True)
check(
    incs_beside_a_move,
    expect={
        "first after its inc": True,
        "second after its inc": True,
        "counts": [10, 12],
        "maps used by two at once": 0,
    },
    delays=True,
)


# %% [markdown]
# **Keys of different stripes never wait for each other.** One thread stays inside one map until the other
# thread has counted keys of two other stripes. If it had to wait, both would wait for ever.

# %% check="striped_counter-4" points=1
import threading


def count_while_another_is_inside(place):
    """One thread stays inside the map at `place` until the other has counted keys of all other stripes."""
    counter, maps = watched(3)
    keys = key_of_each(counter, maps)
    others_done = threading.Event()
    maps[place].pause = others_done.wait

    def count_the_others():
        values = [counter.inc(key) for key in keys if key != keys[place]]
        others_done.set()
        return values

    return together(lambda: counter.inc(keys[place]), count_the_others)


def others_count_while_one_is_inside_the_first_map():
    return count_while_another_is_inside(0)


def others_count_while_one_is_inside_the_last_map():
    return count_while_another_is_inside(2)


check(others_count_while_one_is_inside_the_first_map, expect=[2, [2, 2]])
check(others_count_while_one_is_inside_the_last_map, expect=[2, [2, 2]])


# %% [markdown]
# **A snapshot shows one single instant, and so does a total.** While something moves from stripe to stripe,
# the sum of all counts never changes.


# %% check="striped_counter-5" points=1
def what_is_seen_during_a_move(look, source, target):
    """How much more (or less) is seen than there is, while 1 moves from one stripe to another."""
    counter, maps = watched(3, kind=dict)
    keys = key_of_each(counter, maps)
    there = counter.total()
    _, seen = together(lambda: counter.move(keys[source], keys[target], 1), lambda: look(counter))
    return seen - there


def a_snapshot_beside_a_move_sees_everything_once():
    return what_is_seen_during_a_move(lambda counter: sum(counter.snapshot().values()), 0, 2)


def a_total_beside_a_move_sees_everything_once():
    return what_is_seen_during_a_move(lambda counter: counter.total(), 0, 2)


def a_snapshot_beside_a_move_back_sees_everything_once():
    return what_is_seen_during_a_move(lambda counter: sum(counter.snapshot().values()), 2, 1)


check(a_snapshot_beside_a_move_sees_everything_once, expect=0, delays=True)
check(a_total_beside_a_move_sees_everything_once, expect=0, delays=True)
check(a_snapshot_beside_a_move_back_sees_everything_once, expect=0, delays=True)


# %% [markdown]
# **Moves never deadlock and never lose anything**: in opposite directions, within one stripe, beside a
# snapshot, and when two of them want the last one.


# %% check="striped_counter-6" points=2
def counts_of(counter, keys):
    counts = counter.snapshot()
    return [counts.get(key, 0) for key in keys]


def opposite_moves_get_through():
    counter, maps = watched(2)
    keys = first, second = key_of_each(counter, maps)
    counter.inc(first, 9)
    counter.inc(second, 9)
    together(lambda: counter.move(first, second, 1), lambda: counter.move(second, first, 3))
    return counts_of(counter, keys), overlaps(maps)


def moves_get_through_beside_a_snapshot_and_a_total():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)
    there = counter.total()
    _, counts, total = together(lambda: counter.move(second, first, 1), counter.snapshot, counter.total)
    return sum(counts.values()) - there, total - there, overlaps(maps)


def a_move_within_one_stripe_gets_through():
    counter, maps = watched(1)
    counter.inc("a", 5)
    together(lambda: counter.move("a", "b", 2), lambda: counter.inc("b"))
    return counts_of(counter, ["a", "b"]), overlaps(maps)


def only_one_gets_the_last_one():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)

    def take(target):
        try:
            counter.move(first, target, 1)
        except KeyError:
            return "refused"
        return "moved"

    outcomes = together(lambda: take(second), lambda: take("elsewhere"))
    counts = counter.snapshot()
    return sorted(outcomes), counts.get(first, 0), counts.get(second, 0) + counts.get("elsewhere", 0)


check(opposite_moves_get_through, expect=([12, 8], 0), delays=True)
check(moves_get_through_beside_a_snapshot_and_a_total, expect=(0, 0, 0), delays=True)
check(a_move_within_one_stripe_gets_through, expect=([3, 3], 0), delays=True)
check(only_one_gets_the_last_one, expect=(["moved", "refused"], 0, 2), delays=True)


# %% check="striped_counter-7" points=1 hidden=true
import threading


def refused(counter, src, dst, n):
    try:
        counter.move(src, dst, n)
    except KeyError:
        return True
    return False


def a_refused_move_changes_nothing_and_holds_nothing():
    counter, maps = watched(2)
    first, second = key_of_each(counter, maps)
    before = present(counter.snapshot())
    answers = [
        refused(counter, first, second, 2),
        refused(counter, second, first, 2),
        refused(counter, "nowhere", first, 1),
        refused(counter, first, "nowhere", 2),
        refused(counter, first, first, 2),
    ]
    unchanged = present(counter.snapshot()) == before
    later = together(lambda: counter.inc(first), lambda: counter.inc(second))
    return answers, unchanged, later, refused(counter, first, second, 0), refused(counter, "never seen", first, 0)


def moving_to_the_same_key_changes_nothing():
    seen = []
    for stripes in 1, 2, 64:
        counter = StripedCounter(stripes)
        counter.inc(1, 5)
        counter.move(1, 1, 2)
        counter.move(1, 1.0, 5)
        seen.append((present(counter.snapshot()), counter.total()))
    return seen


def a_failed_inc_holds_nothing():
    counter = StripedCounter(1)
    counter.inc("a")
    try:
        counter.inc("a", "one")
    except TypeError:
        pass
    return together(lambda: counter.inc("b"))  # the only stripe there is


def a_snapshot_is_a_state_that_was(order):
    """One thread counts two keys one after the other: whoever sees the second must see the first."""
    counter, maps = watched(3, kind=dict)
    keys = key_of_each(counter, maps)
    keys = [keys[place] for place in order]

    def count_in_order():
        for key in keys:
            counter.inc(key)

    _, counts = together(count_in_order, counter.snapshot)
    seen = [counts[key] - 1 for key in keys]
    return "a state that was" if seen == sorted(seen, reverse=True) else f"never was so: {seen}"


def a_snapshot_is_a_state_that_was_in_rising_order():
    return a_snapshot_is_a_state_that_was([0, 2])


def a_snapshot_is_a_state_that_was_in_falling_order():
    return a_snapshot_is_a_state_that_was([2, 0])


def opposite_moves_between_stripes_far_apart_get_through():
    counter, maps = watched(16, kind=dict)
    keys = key_of_each(counter, maps)
    first, second = keys[0], keys[8]  # a set of 0 and 8 lists them in the order in which they were put in
    together(lambda: counter.move(first, second, 1), lambda: counter.move(second, first, 1))
    counts = counter.snapshot()
    return counts[first] + counts[second]


def adding_nothing_uses_the_map_alone_too():
    counter, maps = watched(1)
    together(lambda: counter.inc("a", 0), lambda: counter.inc("a"))
    return counter.total(), overlaps(maps)


def a_total_counts_what_was_added_to_two_stripes_at_once():
    counter, maps = watched(2, kind=dict)
    first, second = key_of_each(counter, maps)
    before = counter.total()
    together(lambda: counter.inc(first), lambda: counter.inc(second))
    return counter.total() - before


def twenty_stripes_never_wait_for_each_other():
    counter, maps = watched(20)
    keys = key_of_each(counter, maps)
    others_done = threading.Event()
    maps[0].pause = others_done.wait

    def count_the_others():
        values = [counter.inc(key) for key in keys[1:]]
        others_done.set()
        return values

    return together(lambda: counter.inc(keys[0]), count_the_others)


check(a_refused_move_changes_nothing_and_holds_nothing, expect=([True] * 5, True, [2, 2], False, False))
check(moving_to_the_same_key_changes_nothing, expect=[({1: 5}, 5)] * 3)
check(a_failed_inc_holds_nothing, expect=[1])
check(a_snapshot_is_a_state_that_was_in_rising_order, expect="a state that was", delays=True)
check(a_snapshot_is_a_state_that_was_in_falling_order, expect="a state that was", delays=True)
check(opposite_moves_between_stripes_far_apart_get_through, expect=2, delays=True, schedules=100)
check(adding_nothing_uses_the_map_alone_too, expect=(1, 0), delays=True, schedules=100)
check(a_total_counts_what_was_added_to_two_stripes_at_once, expect=2, delays=True, schedules=100)
check(twenty_stripes_never_wait_for_each_other, expect=[2, [2] * 19], schedules=5)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("striped_counter")

# %% [markdown]
# ## 3. `StripedLocks`: hold what you need (6 points)
#
# Stripes are useful for more than counters: whenever many things need "a lock each", and there are too many
# of them to keep a lock for every one. Build the general tool.
#
# **The contract**
#
# `StripedLocks(stripes=16)`, and `hold(*keys)`, which is used as `with locks.hold("a", "b"): …`
#
# - On entering the block, it acquires the stripes of all the keys, *each stripe once*, in one canonical order
#   (the same for everybody). Calling `hold` alone acquires nothing.
# - On leaving, it releases them all, also when the body raises. Exceptions pass unchanged.
# - Equal keys (1, 1.0, True) have the same stripe. 200 different strings over 16 stripes put at most 40 into
#   one.
# - Any two `hold` calls never deadlock, whatever their keys. Keys can be of any types, mixed.
# - Keys that share no stripe never wait for each other.
# - `hold()` without keys runs the body and holds nothing.
# - One thread does not nest two `hold` blocks; that would be the caller's mistake.
#
# <details><summary>Hint: a nudge</summary>
#
# Two callers write `hold("a", "b")` and `hold("b", "a")`. Two others write `hold("a", "b")` and `hold("c",
# "d")`, where c happens to have the stripe of b, and d that of a. What has to be the same for all four?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# The *stripes* must be in order, not the keys: turn the keys into a set of stripe numbers first, then sort
# the numbers. Write `hold` as a generator with `@contextlib.contextmanager`, and hold the locks with an
# `ExitStack`.
# </details>

# %% answer="striped_locks"
import threading
from contextlib import ExitStack, contextmanager


class StripedLocks:
    """A fixed number of locks for any number of keys."""

    def __init__(self, stripes=16):
        ### BEGIN SOLUTION
        self._locks = [threading.Lock() for _ in range(stripes)]
        ### END SOLUTION

    def hold(self, *keys):
        """Return a context manager that holds the stripes of all the keys while its block runs.

        Each stripe is acquired once, in one order for everybody, on entering; all are released on leaving.
        """
        ### BEGIN SOLUTION
        stripes = {hash((key,)) % len(self._locks) for key in keys}

        @contextmanager
        def holding():
            with ExitStack() as stack:
                for stripe in sorted(stripes):
                    stack.enter_context(self._locks[stripe])
                yield

        return holding()
        ### END SOLUTION


# %% [markdown]
# Nobody can look at your locks from outside. So the checks *try*: does another thread get in now?

# %% given="trying"
import threading
import time
from queue import SimpleQueue

A_MOMENT = 0.01  # seconds of virtual time, which passes only when nobody can move any more
A_BLINK = 0.0001  # too short for somebody who polls to ask many times


def visitor(locks, *keys):
    """A thread that has tried for a moment to enter a block with these keys; alive while it has to wait."""

    def visit():
        with locks.hold(*keys):
            pass

    thread = threading.Thread(target=visit, daemon=True)
    thread.start()
    thread.join(timeout=A_MOMENT)
    return thread


def gets_in(locks, *keys):
    """Whether another thread can enter a block with these keys now, without waiting for anybody."""
    return not visitor(locks, *keys).is_alive()


def keys_apart(locks, keys, most):
    """Up to so many of the keys that can be held at the same time, so that they cannot share a stripe."""
    apart = [keys[0]]
    for key in keys[1:]:
        if len(apart) < most:
            with locks.hold(*apart):
                outside = visitor(locks, key)
                waits = outside.is_alive()
            outside.join()
            if not waits:
                apart.append(key)
    return apart


def two_keys_apart(locks):
    """Two keys that can be held at the same time."""
    apart = keys_apart(locks, [f"key {number}" for number in range(41)], 2)
    if len(apart) < 2:
        raise AssertionError("no two of 41 different strings could be held at the same time")
    return apart


def who_waits(locks, holding, others):
    """Which of the other keys have to wait while somebody holds these."""
    held, again, done = SimpleQueue(), SimpleQueue(), threading.Event()

    def hold_and_let_go():
        while not done.is_set():
            with locks.hold(*holding):
                held.put(True)
                time.sleep(A_BLINK)  # over as soon as the other one has to wait
            again.get()

    def try_the_others():
        waiting = []
        held.get()
        for key in others:
            asked = time.monotonic()
            with locks.hold(key):
                pass
            if time.monotonic() > asked:
                waiting.append(key)
                again.put(True)
                held.get()
        done.set()
        again.put(True)
        return waiting

    return together(hold_and_let_go, try_the_others)[1]


def more_than_40_in_one(locks, keys, at_once=3):
    """Whether one stripe has more than 40 of the keys. Looks at a few stripes together, and closer if need be."""
    left = list(keys)
    while len(left) > 40:
        holding = keys_apart(locks, left[:9], at_once)
        others = [key for key in left if key not in holding]
        waiting = who_waits(locks, holding, others)
        if len(holding) + len(waiting) > 40:
            if at_once == 1 or more_than_40_in_one(locks, holding + waiting, 1):
                return True
        left = [key for key in others if key not in waiting]
    return False


# %% [markdown]
# **Who holds a key holds it alone.** Each of two threads adds 1 to a plain variable inside its block. No
# update may be lost, for the same key, for equal keys, and for sets of keys that have one in common.


# %% check="striped_locks-1" points=1
def add_under(first_keys, second_keys):
    """What two threads that add 1 under these keys leave in a plain variable."""
    locks = StripedLocks()
    box = [0]

    def add(keys):
        with locks.hold(*keys):
            box[0] += 1

    together(lambda: add(first_keys), lambda: add(second_keys))
    return box[0]


def one_key_is_held_by_one():
    return add_under(["a"], ["a"])


def equal_keys_exclude_each_other():
    return add_under([1, 2], [1.0])


def a_shared_key_is_enough():
    return add_under(["a", "b"], ["c", "b"])


check(one_key_is_held_by_one, expect=2, delays=True)
check(equal_keys_exclude_each_other, expect=2, delays=True)
check(a_shared_key_is_enough, expect=2, delays=True)


# %% [markdown]
# **Acquired on entering, each stripe once; released on leaving, whatever happened inside.**


# %% check="striped_locks-2" points=1
def calling_hold_acquires_nothing():
    locks = StripedLocks()
    manager = locks.hold("a", "b")
    before = gets_in(locks, "a", "b")
    with manager:
        return before


def every_key_is_held_until_the_block_is_left():
    seen = []
    for key in "a", "b":
        locks = StripedLocks()
        with locks.hold("a", "b"):
            outside = visitor(locks, key)
            seen.append(outside.is_alive())
        outside.join()  # it gets in when the block is left
    return seen


def exceptions_pass_and_nothing_stays_held():
    seen = []
    for boom in ValueError("boom"), KeyError("boom"), KeyboardInterrupt(), StopIteration():
        locks = StripedLocks()
        try:
            with locks.hold("a", "b", "a"):
                raise boom
        except BaseException as error:
            seen.append((error is boom, gets_in(locks, "a"), gets_in(locks, "b")))
        else:
            seen.append("swallowed")
    return seen


def each_stripe_is_taken_once():
    many = [f"key {number}" for number in range(50)]
    seen = []
    for stripes, keys in (16, ["a", "a"]), (1, ["a", "b"]), (16, [1, 1.0, True]), (2, many), (16, many):
        locks = StripedLocks(stripes)
        with locks.hold(*keys):
            pass
        seen.append(gets_in(locks, *keys))
    return seen


def keys_of_any_types_can_be_mixed():
    locks = StripedLocks()
    with locks.hold("a", 1, None, (2, "b"), 0.5, b"c"):
        return "inside"


def no_keys_hold_nothing():
    locks = StripedLocks()
    everything = [f"key {number}" for number in range(200)]
    with locks.hold():
        inside = gets_in(locks, *everything)
    return inside, gets_in(locks, *everything)


check(calling_hold_acquires_nothing, expect=True)
check(every_key_is_held_until_the_block_is_left, expect=[True, True])
check(exceptions_pass_and_nothing_stays_held, expect=[(True, True, True)] * 4)
check(each_stripe_is_taken_once, expect=[True] * 5)
check(keys_of_any_types_can_be_mixed, expect="inside")
check(no_keys_hold_nothing, expect=(True, True))


# %% [markdown]
# **Keys spread, and keys that share no stripe do not wait for each other.** How full the stripes are does not
# depend on who runs when.


# %% check="striped_locks-3" points=1
def two_hundred_names_spread():
    names = [f"user-{number:03d}" for number in range(200)]
    return {"more than 40 in one stripe": more_than_40_in_one(StripedLocks(16), names)}


def keys_apart_are_held_at_the_same_time():
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    with locks.hold(first):
        waiting = visitor(locks, first)
        seen = waiting.is_alive(), gets_in(locks, second)
    waiting.join()
    return seen


check(two_hundred_names_spread, expect={"more than 40 in one stripe": False}, schedules=4, search="dpor")
check(keys_apart_are_held_at_the_same_time, expect=(True, True))


# %% [markdown]
# **No two `hold` calls ever deadlock**: the same keys in opposite order, three sets of keys in a circle, and
# different keys that happen to have the same stripes.


# %% check="striped_locks-4" points=2
def hold_all(locks, groups):
    for keys in groups:
        with locks.hold(*keys):
            pass


def both_get_through(stripes, first, second):
    """Two threads hold one group of keys after another."""
    locks = StripedLocks(stripes)
    together(lambda: hold_all(locks, first), lambda: hold_all(locks, second))
    return "both got through"


def opposite_orders_get_through():
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    together(lambda: hold_all(locks, [(first, second)]), lambda: hold_all(locks, [(second, first)]))
    return "both got through"


def a_circle_of_three_gets_through():
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    third = "one more"
    pairs = [(first, second), (second, third), (third, first)]
    together(*(lambda pair=pair: hold_all(locks, [pair]) for pair in pairs))
    return "all got through"


def four_keys_in_opposite_order(letters):
    groups = [[f"{letter} {number}" for number in range(4)] for letter in letters]
    return both_get_through(32, groups, [keys[::-1] for keys in groups])


def four_keys_in_opposite_order_get_through():
    return four_keys_in_opposite_order("ab")


def four_other_keys_in_opposite_order_get_through():
    return four_keys_in_opposite_order("cd")


def numbers_in_opposite_order_get_through():
    groups = [[0, 8], [24, 16, 0, 8]]
    return both_get_through(32, groups, [keys[::-1] for keys in groups])


def different_keys_of_the_same_stripes_get_through():
    groups = [range(start, start + 5) for start in range(0, 20, 5)]
    return both_get_through(2, groups[0::2], groups[1::2])


check(opposite_orders_get_through, expect="both got through")
check(a_circle_of_three_gets_through, expect="all got through")
check(four_keys_in_opposite_order_get_through, expect="both got through", delays=True, schedules=100)
check(four_other_keys_in_opposite_order_get_through, expect="both got through", delays=True, schedules=100)
check(numbers_in_opposite_order_get_through, expect="both got through", delays=True, schedules=100)
check(different_keys_of_the_same_stripes_get_through, expect="both got through", delays=True, schedules=100)


# %% check="striped_locks-5" points=1 hidden=true
from itertools import islice, permutations


def hold_one_after_another(locks, groups):
    for keys in groups:
        with locks.hold(*keys):
            pass


def strings_of_the_same_stripes_get_through():
    names = [f"name {number}" for number in range(20)]
    groups = [names[start : start + 5] for start in range(0, 20, 5)]
    locks = StripedLocks(2)
    together(lambda: hold_one_after_another(locks, groups[0::2]), lambda: hold_one_after_another(locks, groups[1::2]))
    return "both got through"


def in_opposite_order(letters):
    groups = [[f"{number} {letter}" for number in range(4)] for letter in letters]
    locks = StripedLocks(32)
    backwards = [keys[::-1] for keys in groups]
    together(lambda: hold_one_after_another(locks, groups), lambda: hold_one_after_another(locks, backwards))
    return "both got through"


def opposite_orders_of_strings_get_through():
    return in_opposite_order("uv")


def opposite_orders_of_more_strings_get_through():
    return in_opposite_order("wx")


def opposite_orders_of_still_more_strings_get_through():
    return in_opposite_order("yz")


def a_waiter_keeps_nobody_else_waiting():
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    with locks.hold(first):
        waiting = visitor(locks, first)
        seen = waiting.is_alive(), gets_in(locks, second), gets_in(locks, second)
    waiting.join()
    return seen


def two_blocks_at_once_keep_their_own_locks():
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    together(lambda: hold_one_after_another(locks, [[first]]), lambda: hold_one_after_another(locks, [[second]]))
    return gets_in(locks, first), gets_in(locks, second), gets_in(locks, first, second)


def every_key_counts():
    """Keys that are false are keys like all others: nobody gets in while one of them is held."""
    waits = []
    for key in 0, "", None, ():
        locks = StripedLocks()
        with locks.hold(key):
            outside = visitor(locks, key)
            waits.append(outside.is_alive())
        outside.join()
    return waits


def two_hundred_anagrams_spread():
    anagrams = ["".join(letters) for letters in islice(permutations("abcdef"), 200)]
    return {"more than 40 in one stripe": more_than_40_in_one(StripedLocks(16), anagrams)}


def leaving_wakes_the_one_who_may_go():
    """Two wait for one key each; the block whose key the second wants is left first."""
    locks = StripedLocks()
    first, second = two_keys_apart(locks)
    leave = threading.Event()

    def hold_the_first():
        with locks.hold(first):
            leave.wait()

    holder = threading.Thread(target=hold_the_first)
    holder.start()
    time.sleep(A_MOMENT)
    with locks.hold(second):
        waiting_for_second = visitor(locks, second)
        waiting_for_first = visitor(locks, first)
        leave.set()
        waiting_for_first.join(timeout=1)
        still_waiting = waiting_for_first.is_alive()
    for thread in holder, waiting_for_second, waiting_for_first:
        thread.join()
    return still_waiting


def every_block_holds_its_own_keys():
    locks = StripedLocks()
    box = [0]

    def add():
        with locks.hold("a"):
            box[0] += 1

    def hold_another_then_add():
        with locks.hold("b"):
            pass
        add()

    together(add, hold_another_then_add)
    return box[0]


check(every_key_counts, expect=[True] * 4, schedules=50)
check(two_hundred_anagrams_spread, expect={"more than 40 in one stripe": False}, schedules=4, search="dpor")
check(strings_of_the_same_stripes_get_through, expect="both got through", delays=True, schedules=60)
check(opposite_orders_of_strings_get_through, expect="both got through", delays=True, schedules=60)
check(opposite_orders_of_more_strings_get_through, expect="both got through", delays=True, schedules=60)
check(opposite_orders_of_still_more_strings_get_through, expect="both got through", delays=True, schedules=60)
check(a_waiter_keeps_nobody_else_waiting, expect=(True, True, True))
check(two_blocks_at_once_keep_their_own_locks, expect=(True, True, True))
check(leaving_wakes_the_one_who_may_go, expect=False, schedules=50)
check(every_block_holds_its_own_keys, expect=2, delays=True, schedules=60)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("striped_locks")
