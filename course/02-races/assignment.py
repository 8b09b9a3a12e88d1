# %% [markdown]
# # Exercises 02: races
#
# Three exercises, 24 points. Read the lesson `02-races` first.
#
# Each exercise has a **contract** (what your code promises), a cell for your answer, and checks. A check
# runs your code once for every order in which its threads can take turns, or for a sample of them if there
# are too many, and says which of the two it did. When a check fails, it shows one order of steps that
# breaks the promise. Read it from top to bottom like a story. `delays=True` in a check means that any thread
# may also be slower than any sleep, so that sleeping keeps nobody apart.
#
# You may write the answer in any style: add helper functions, classes and imports as you like. Only the
# standard library is needed.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `final_values`: all that can happen (8 points)
#
# Before you mend a race, know what it can do. Take the smallest model of `count += 1`: two steps, a *load*
# and a *store*.
#
# **The contract**
#
# `final_values(threads, increments)` returns the set of all final values that some schedule can produce:
#
# - A shared counter starts at 0. There are `threads` threads, each of which performs `increments` times:
#   load the counter, then store what it loaded plus one. Both numbers are at least 1.
# - A load is a single step and a store is a single step. Between any two steps any other thread may make
#   steps of its own, as many as it likes. Nothing else is shared.
# - `final_values(1, 5)` is `{5}`, `final_values(2, 1)` is `{1, 2}`, `final_values(2, 2)` is `{2, 3, 4}`.
# - It takes less than 2 seconds up to `(2, 10)` and `(3, 3)`.
#
# No thread is needed here, only thinking, or a search that does the thinking for you.
#
# <details><summary>Hint: a nudge</summary>
#
# How many *different situations* can the threads be in? Far fewer than there are schedules: many schedules
# lead to the same situation, and what can happen next depends on the situation alone.
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Describe a situation by the counter and, for each thread, how many steps it has made and what it loaded
# last. Start from the first situation, follow every possible next step, and remember the situations you
# have already been in. Collect the counter wherever all threads are done. (When you look at the results,
# you may find a formula that needs no search. Why is it true?)
# </details>

# %% answer="final_values"
def final_values(threads: int, increments: int) -> set[int]:
    """Return every final value that some schedule can produce.

    Each of `threads` threads performs `increments` times: load a shared counter that starts at 0, then
    store what it loaded plus one. Load and store are each a single step, and nothing else is.
    Both arguments are at least 1.
    """
    ### BEGIN SOLUTION
    # A situation: the counter, and for each thread (steps made, value loaded last).
    # Threads are alike, so their order does not matter: sorting joins situations that mirror each other.
    start = (0, ((0, 0),) * threads)
    seen, todo, finals = {start}, [start], set()
    while todo:
        counter, states = todo.pop()
        moved = False
        for i, (steps, loaded) in enumerate(states):
            if steps == 2 * increments:
                continue
            moved = True
            if steps % 2 == 0:
                value, state = counter, (steps + 1, counter)  # load
            else:
                value, state = loaded + 1, (steps + 1, 0)  # store
            after = (value, tuple(sorted((*states[:i], state, *states[i + 1 :]))))
            if after not in seen:
                seen.add(after)
                todo.append(after)
        if not moved:
            finals.add(counter)
    return finals
    ### END SOLUTION


# %% [markdown]
# **The examples of the contract.**

# %% check="final_values-1" points=2
def the_examples_hold():
    return final_values(1, 5), final_values(2, 1), final_values(2, 2)


check(the_examples_hold, expect=({5}, {1, 2}, {2, 3, 4}))


# %% [markdown]
# **Every value that can happen is there, and no other.** "At worst half is lost" is a common belief.

# %% check="final_values-2" points=2
def two_threads_of_three_increments():
    return final_values(2, 3)


def three_threads_of_one_increment():
    return final_values(3, 1)


def three_threads_of_two_increments():
    return final_values(3, 2)


check(two_threads_of_three_increments, expect={2, 3, 4, 5, 6})
check(three_threads_of_one_increment, expect={1, 2, 3})
check(three_threads_of_two_increments, expect={2, 3, 4, 5, 6})


# %% [markdown]
# **Ten increments in each of two threads**: 137,846,528,820 schedules, and two seconds are enough.

# %% check="final_values-3" points=2
def two_threads_of_ten_increments():
    return final_values(2, 10)


check(two_threads_of_ten_increments, expect=set(range(2, 21)))


# %% check="final_values-4" points=2 hidden=true
def three_threads_of_three_increments():
    return final_values(3, 3)


def small_and_lonely_ones():
    return [final_values(1, 1), final_values(1, 2), final_values(4, 1), final_values(2, 5)]


check(three_threads_of_three_increments, expect=set(range(2, 10)))
check(small_and_lonely_ones, expect=[{1}, {2}, {1, 2, 3, 4}, set(range(2, 11))])


# %% [markdown]
# When all checks hold, run this cell: it shows the mistakes that are made most often here.

# %%
discuss("final_values")

# %% [markdown]
# ## 2. `Counter`: a counter that many threads may use (8 points)
#
# Every service counts something: requests, errors, bytes sent. Write the counter that does not lie.
#
# **The contract**
#
# - `Counter()` starts at 0.
# - `increment(n=1)` adds `n`, which may be 0 or negative, and returns **its own** new value: the value right
#   after *this* call's addition. With `n=1` the values returned by all calls together, in whatever thread
#   they ran, are exactly 1, 2, 3, … up to the total, each once.
# - `value` is a property that can be read and not assigned.
# - A call whose `n` cannot be added to an int (`"one"`, `"1"`, `None`, a list) raises `TypeError`, changes
#   nothing, and leaves no lock held. Floats may be refused or added, as you like.
# - Two counters have nothing to do with each other. In particular neither ever waits for the other.
#
# <details><summary>Hint: a nudge</summary>
#
# Between which two steps of `increment` must no other call get in? And when is the value that you return
# read: inside that stretch, or after it?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# One lock for each counter, made in `__init__`. Do the whole job under it: read, add, write, and take the
# result into a local variable or return it from inside the `with` block. A `with` block gives the lock
# back on every way out, exceptions included.
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


check(no_increment_is_lost, expect=2, delays=True)


# %% [markdown]
# **Each call returns its own value.** Of two calls one returns 1 and the other 2, never twice the same.

# %% check="counter-2" points=2
def each_call_returns_its_own_value():
    counter = Counter()
    return sorted(together(counter.increment, counter.increment))


check(each_call_returns_its_own_value, expect=[1, 2], delays=True)


# %% [markdown]
# **It adds `n`, and `value` is only for reading.** One thread is enough to see that.

# %% check="counter-3" points=1
def it_adds_n():
    counter, other = Counter(), Counter()
    returned = [counter.increment(n) for n in (1, 5, 0, -2)] + [counter.increment(), counter.increment(n=2)]
    return returned, counter.value, other.value


def the_value_cannot_be_assigned():
    counter = Counter()
    counter.increment(3)
    try:
        counter.value = 100
    except Exception:
        pass
    return counter.value


check(it_adds_n, expect=([1, 6, 6, 4, 5, 7], 7, 0))
check(the_value_cannot_be_assigned, expect=3)


# %% [markdown]
# **A call that fails leaves no trace.** Afterwards the counter has its old value, and another thread can
# go on counting.

# %% check="counter-4" points=1
def a_failed_call_leaves_no_trace():
    counter = Counter()
    counter.increment()
    refused = 0
    for bad in ["one", "1", None, [1]]:
        try:
            counter.increment(bad)
        except TypeError:
            refused += 1
    value = counter.value
    [next_value] = together(counter.increment)
    return refused, value, next_value


check(a_failed_call_leaves_no_trace, expect=(4, 1, 2))


# %% [markdown]
# **Two counters never wait for each other.** Here the addition in the first counter takes its time: it
# goes on only after the second counter has been incremented. If the second has to wait for the first, both
# wait for ever.

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
    returned = together(lambda: counter.increment(-2), lambda: counter.increment(3))
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


def the_value_can_be_read_at_any_time():
    counter = Counter()
    _, value = together(counter.increment, lambda: counter.value)
    return value


check(increments_of_any_size_are_whole, expect=lambda seen: seen in (([-2, 1], 1), ([1, 3], 1)), delays=True)
check(every_value_is_returned_once, expect=[1, 2, 3], delays=True)
check(a_failing_call_disturbs_nobody, expect=([1, "refused"], 1), delays=True)
check(the_value_can_be_read_at_any_time, expect=lambda value: value in (0, 1), delays=True)


# %% [markdown]
# When all checks hold, run this cell: it shows the mistakes that are made most often here, and what each
# of them does.

# %%
discuss("counter")

# %% [markdown]
# ## 3. `lost_updates`: your own stress test (8 points)
#
# A stress test runs the real thing on real threads and looks at what comes out. It is easily written so
# that it can never find anything. Write one that gives a race its chance.
#
# **The contract**
#
# `lost_updates(make_counter, threads, increments)`
#
# - makes one counter with `make_counter()`. It has a method `increment()` and an attribute `value`, which
#   starts at 0; you know nothing else about it. It may be broken in any way.
# - starts `threads` threads (at least 1), each of which calls `increment()` `increments` times (at least
#   1). They **begin together**: no thread increments before all of them have started. From then on each
#   goes its own way, and none waits for another. Sleeping is no synchronisation: a thread may always be
#   slower than you think.
# - waits for all threads and returns how many updates were lost: `threads * increments - value`. (A
#   counter that counts too much gives a negative number.)
# - If `increment()` raises in a thread, that very exception object is raised to the caller, after all
#   threads have ended; if it raises in several, any one of them. "Exception" means every `BaseException`,
#   `SystemExit` included.
# - leaves no thread behind.
#
# <details><summary>Hint: a nudge</summary>
#
# Two questions. When thread 1 makes its first increment, what has made sure that the last thread has
# started? And what happens to an exception in a thread that nobody looks at?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# A `threading.Barrier(threads)` lets nobody pass before all have arrived; an `Event` that the main thread
# sets after the last `start()` does as well. Start all threads in one loop and join them in a second loop.
# Let each worker catch `BaseException` and keep it in a list; raise it after the joins.
# </details>

# %% answer="lost_updates"
import threading


def lost_updates(make_counter, threads: int, increments: int) -> int:
    """Return how many of threads * increments updates a counter of make_counter() loses.

    The threads begin together and leave nothing behind. What increment() raises in a thread is raised
    to the caller after all threads have ended.
    """
    ### BEGIN SOLUTION
    counter = make_counter()
    everybody_is_here = threading.Barrier(threads)
    errors = []

    def work():
        everybody_is_here.wait()
        try:
            for _ in range(increments):
                counter.increment()
        except BaseException as error:
            errors.append(error)

    workers = [threading.Thread(target=work) for _ in range(threads)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    if errors:
        raise errors[0]
    return threads * increments - counter.value
    ### END SOLUTION


# %% [markdown]
# **It returns how many were lost**: none of an honest counter, all of one that never counts, and half of
# one that forgets every second call.

# %% check="lost_updates-1" points=2
class Honest:
    """Counts every call: appending to a list is a single step."""

    def __init__(self):
        self._calls = []

    def increment(self):
        self._calls.append(1)

    @property
    def value(self):
        return len(self._calls)


class Forgetful(Honest):
    """Counts every second call."""

    @property
    def value(self):
        return len(self._calls) // 2


class Asleep:
    """Never counts."""

    value = 0

    def increment(self):
        pass


def an_honest_counter_loses_nothing():
    return lost_updates(Honest, 2, 1)


def a_forgetful_counter_loses_half():
    return lost_updates(Forgetful, 1, 4)


def a_counter_that_sleeps_loses_everything():
    return lost_updates(Asleep, 2, 3)


check(an_honest_counter_loses_nothing, expect=0, delays=True, schedules=260)
check(a_forgetful_counter_loses_half, expect=2, delays=True, schedules=200)
check(a_counter_that_sleeps_loses_everything, expect=6, delays=True, schedules=260)


# %% [markdown]
# **Every call is made, on one counter, and in the threads it started**: two threads of two increments make four.

# %% check="lost_updates-2" points=1
import threading


def every_call_is_made_on_one_counter():
    made, calls = [], []

    class Watched:
        value = 0

        def __init__(self):
            made.append(self)

        def increment(self):
            calls.append(threading.current_thread())

    lost_updates(Watched, 2, 2)
    mine = calls.count(threading.current_thread())
    return {"counters made": len(made), "calls": len(calls), "calls in the caller's thread": mine}


check(
    every_call_is_made_on_one_counter,
    expect={"counters made": 1, "calls": 4, "calls in the caller's thread": 0},
    delays=True,
    schedules=260,
)


# %% [markdown]
# **They begin together, and none waits for another.** In the first scenario every call of `increment()`
# notes which threads have been started: at the first call it must be all that ever take part. In the second
# each call waits inside `increment()` until all threads are in it.

# %% check="lost_updates-3" points=2
import threading


def no_thread_increments_before_all_have_started():
    calls = []

    class Watched:
        value = 0

        def increment(self):
            calls.append((threading.current_thread(), threading.enumerate()))

    lost_updates(Watched, 2, 1)
    _, started_at_the_first_call = calls[0]
    return all(thread in started_at_the_first_call for thread, _ in calls)


def all_threads_can_be_inside_increment_at_once():
    inside = threading.Barrier(2)

    class Meeting:
        value = 0

        def increment(self):
            inside.wait()

    return lost_updates(Meeting, 2, 1)


check(
    no_thread_increments_before_all_have_started,
    expect=True,
    delays=True,  # any thread may be slower than any sleep
    search="dpor",
    schedules=330,
    seconds=3,
)
check(all_threads_can_be_inside_increment_at_once, expect=2, schedules=260)


# %% [markdown]
# **An exception reaches the caller**, the very object, and not before all threads have ended.

# %% check="lost_updates-4" points=2
import threading


def an_exception_reaches_the_caller_after_all_have_ended():
    before = threading.enumerate()
    boom = ValueError("boom")
    errors = [None, None, None, boom]  # the first call fails, whoever makes it

    class Failing:
        value = 0

        def increment(self):
            error = errors.pop()
            if error is not None:
                raise error

    try:
        lost_updates(Failing, 2, 2)
    except ValueError as error:
        alive = [thread for thread in threading.enumerate() if thread not in before]
        return {"the same object": error is boom, "threads left": len(alive)}


check(
    an_exception_reaches_the_caller_after_all_have_ended,
    expect={"the same object": True, "threads left": 0},
    delays=True,
    schedules=260,
)


# %% check="lost_updates-5" points=1 hidden=true
import threading


def the_number_returned_is_what_is_missing():
    made = []

    class Unlocked:
        def __init__(self):
            self.value = 0
            made.append(self)

        def increment(self):
            self.value += 1

    lost = lost_updates(Unlocked, 2, 1)
    return lost == 2 - made[0].value


def counting_twice_gives_a_negative_number():
    class Eager:
        def __init__(self):
            self._calls = []

        def increment(self):
            self._calls.append(1)

        @property
        def value(self):
            return 2 * len(self._calls)

    before = threading.enumerate()
    lost = lost_updates(Eager, 1, 3)
    alive = [thread for thread in threading.enumerate() if thread not in before]
    return lost, len(alive)


def every_kind_of_exception_reaches_the_caller():
    exits = [SystemExit("first"), SystemExit("second")]
    waiting = list(exits)

    class Leaving:
        value = 0

        def increment(self):
            raise waiting.pop()

    try:
        lost_updates(Leaving, 2, 1)
    except SystemExit as error:
        return any(error is one for one in exits)


def a_thread_may_finish_while_another_is_in_its_first_call():
    calls = []
    other_has_finished = threading.Event()

    class Uneven:
        value = 0

        def increment(self):
            me = threading.get_ident()
            calls.append(me)
            if me == calls[0]:
                other_has_finished.wait()
            elif calls.count(me) == 2:
                other_has_finished.set()

    return lost_updates(Uneven, 2, 2)


def an_exception_is_raised_by_one_call_only():
    class Failing:
        value = 0

        def increment(self):
            raise KeyError("boom")

    class Asleep:
        value = 0

        def increment(self):
            pass

    try:
        lost_updates(Failing, 1, 1)
    except KeyError:
        return lost_updates(Asleep, 1, 1)


check(the_number_returned_is_what_is_missing, expect=True, delays=True, schedules=200)
check(counting_twice_gives_a_negative_number, expect=(-3, 0), delays=True, schedules=200)
check(every_kind_of_exception_reaches_the_caller, expect=True, delays=True, schedules=200)
check(a_thread_may_finish_while_another_is_in_its_first_call, expect=4, schedules=130)
check(an_exception_is_raised_by_one_call_only, expect=1, schedules=10)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("lost_updates")
