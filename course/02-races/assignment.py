# %% [markdown]
# # Exercises 02: races
#
# Three exercises, 24 points. Read the lesson `02-races` first.
#
# Each exercise has a **contract** (what your code promises), a cell for your answer, and checks.
# A check runs your code once for every order in which its threads can take turns, or for a sample
# of them if there are too many, and says which of the two it did. When a check fails, it shows one
# order of steps that breaks the promise. Read it from top to bottom like a story.
#
# You may write the answer in any style: add helper functions, classes and imports as you like.
# Only the standard library is needed.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 2. `Counter`: a counter that many threads may use (8 points)
#
# Every service counts something: requests, errors, bytes sent. Write the counter that does not lie.
#
# **The contract**
#
# - `Counter()` starts at 0.
# - `increment(n=1)` adds `n` and returns **its own** new value: the value right after *this* call's
#   addition. With `n=1` the values returned by all calls together, in whatever thread they ran, are
#   exactly 1, 2, 3, … up to the total, each once.
# - `value` is a property that can be read and not assigned.
# - A call whose `n` cannot be added to an int (`"one"`, `None`, a list) raises `TypeError`, changes
#   nothing, and leaves no lock held. Floats may be refused or added, as you like.
# - Two counters have nothing to do with each other. In particular neither ever waits for the other.
#
# <details><summary>Hint: a nudge</summary>
#
# Between which two steps of `increment` must no other call get in? And when is the value that you
# return read: inside that stretch, or after it?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# One lock for each counter, made in `__init__`. Do the whole job under it: read, add, write, and take
# the result into a local variable or return it from inside the `with` block. A `with` block gives
# the lock back on every way out, exceptions included.
# </details>

# %% answer="counter"
import threading


class Counter:
    """A counter that many threads may use at once; it starts at 0.

    Counters are independent: neither ever waits for another.
    """

    def __init__(self):
        ### BEGIN SOLUTION
        self._lock = threading.Lock()
        self._value = 0
        ### END SOLUTION

    def increment(self, n=1):
        """Add n and return this call's own new value.

        Raises TypeError if n cannot be added to an int; then nothing is changed and nothing held.
        """
        ### BEGIN SOLUTION
        with self._lock:
            self._value += n
            return self._value
        ### END SOLUTION

    @property
    def value(self):
        """The sum of all increments so far; it cannot be assigned."""
        ### BEGIN SOLUTION
        return self._value
        ### END SOLUTION


# %% [markdown]
# **No increment is lost.** Two threads add one each.

# %% check="counter-1" points=2
def no_increment_is_lost():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


check(no_increment_is_lost, expect=2)


# %% [markdown]
# **Each call returns its own value.** Of two calls one returns 1 and the other 2, never twice the same.

# %% check="counter-2" points=2
def each_call_returns_its_own_value():
    counter = Counter()
    return sorted(together(counter.increment, counter.increment))


check(each_call_returns_its_own_value, expect=[1, 2])


# %% [markdown]
# **It adds `n`, and `value` is only for reading.** One thread is enough to see that.

# %% check="counter-3" points=1
def it_adds_n():
    counter, other = Counter(), Counter()
    returned = [counter.increment(), counter.increment(5), counter.increment(0), counter.increment(n=2)]
    return returned, counter.value, other.value


def the_value_cannot_be_assigned():
    counter = Counter()
    counter.increment(3)
    try:
        counter.value = 100
    except Exception:
        pass
    return counter.value


check(it_adds_n, expect=([1, 6, 6, 8], 8, 0))
check(the_value_cannot_be_assigned, expect=3)


# %% [markdown]
# **A call that fails leaves no trace.** Afterwards the counter has its old value, and another thread
# can go on counting.

# %% check="counter-4" points=1
def a_failed_call_leaves_no_trace():
    counter = Counter()
    counter.increment()
    refused = 0
    for bad in ["one", None, [1]]:
        try:
            counter.increment(bad)
        except TypeError:
            refused += 1
    value = counter.value
    [next_value] = together(counter.increment)
    return refused, value, next_value


check(a_failed_call_leaves_no_trace, expect=(3, 1, 2))


# %% [markdown]
# **Two counters never wait for each other.** Here the addition in the first counter takes its time: it
# goes on only after the second counter has been incremented. If the second has to wait for the first,
# both wait for ever.

# %% check="counter-5" points=1
import threading


class SlowInt(int):
    """An int that is not added before `go` is set."""

    go = None

    def __radd__(self, other):
        self.go.wait()
        return int.__add__(self, other)

    def __add__(self, other):
        self.go.wait()
        return int.__add__(self, other)

    def __int__(self):
        self.go.wait()
        return int.__int__(self)


def two_counters_never_wait_for_each_other():
    first, second = Counter(), Counter()
    slow = SlowInt(1)
    slow.go = threading.Event()

    def add_slowly():
        try:
            first.increment(slow)
        except TypeError:
            pass

    def add_and_let_go():
        value = second.increment()
        slow.go.set()
        return value

    return together(add_slowly, add_and_let_go)[1]


check(two_counters_never_wait_for_each_other, expect=1)


# %% check="counter-6" points=1 hidden=true
def increments_of_any_size_are_whole():
    counter = Counter()
    returned = together(lambda: counter.increment(2), lambda: counter.increment(3))
    return returned, counter.value


def every_value_is_returned_once():
    counter = Counter()

    def twice():
        return [counter.increment(), counter.increment()]

    first, second = together(twice, counter.increment)
    return sorted([*first, second])


def a_failing_call_disturbs_nobody():
    counter = Counter()

    def fail():
        try:
            counter.increment("one")
        except TypeError:
            return "refused"

    return together(counter.increment, fail), counter.value


check(increments_of_any_size_are_whole, expect=lambda seen: seen in (([2, 5], 5), ([5, 3], 5)))
check(every_value_is_returned_once, expect=[1, 2, 3])
check(a_failing_call_disturbs_nobody, expect=([1, "refused"], 1))


# %% [markdown]
# When all checks hold, run this cell: it shows the mistakes that are made most often here, and what
# each of them does.

# %%
discuss("counter")
