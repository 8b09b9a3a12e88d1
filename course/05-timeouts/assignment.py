# %% [markdown]
# # Exercises 05: timeouts
#
# Four exercises, 30 points. Read the lesson `05-timeouts` first.
#
# Time is virtual in the checks. When every thread sleeps or waits, the clock jumps to the next
# deadline, so that an hour costs nothing and `time.monotonic()` tells elapsed times to the tick. Call
# `time.monotonic()` and `time.sleep()` as you always would.
#
# Two phrases in the contracts:
#
# - *At once* means without waiting for a timer, for another thread, or for a lock whose holder waits,
#   sleeps or runs code that was handed in. A lock that is only ever held for a few plain lines may be taken.
# - *Holds nothing* means that no lock which the call acquired is left locked. That goes for every way out,
#   and the word *exception* means every `BaseException`, `KeyboardInterrupt` included.
#
# Where a contract speaks of a lock that is handed in, it is a `threading.Lock` or an object with the same
# `acquire(blocking=True, timeout=-1)` and `release()`. What happens at the very instant of a deadline
# is left open, and not tested.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `BestEffort`: do it, or let it be (6 points)
#
# Some work is worth doing only if nobody is doing it already: flushing a buffer, refreshing a page,
# writing statistics to disk. The second caller should not queue up. It should go on.
#
# **The contract**
#
# - `BestEffort(fn)` keeps a function without arguments.
# - `poke()` runs `fn()` unless another `poke` of the same object is running it; then it skips at once.
#   It never waits for `fn`. It returns `True` if it ran `fn` and `False` if it skipped, whatever `fn` returns.
#   (`fn` itself does not poke.)
# - `done` and `skipped` (attributes or properties) count the calls that ran and the calls that skipped. When
#   all calls have returned, `done + skipped` is exactly the number of calls.
# - If `fn` raises, the call counts as done, the exception reaches the caller of this `poke`, and nothing is held.
#
# <details><summary>Hint: a nudge</summary>
#
# Which call of `acquire` never waits, and tells you whether you have the lock? And who protects
# `skipped`, when the one who skips is by definition the one *without* that lock?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Two locks with different jobs. The first is tried with `acquire(blocking=False)` and held while `fn` runs.
# The second is held for the length of one addition, by whoever counts. Release the first in a `finally`.
# </details>

# %% answer="best_effort"
import threading


class BestEffort:
    """Runs fn when no other call is running it, and skips otherwise.

    done and skipped count the calls of poke that ran fn and that skipped.
    """

    def __init__(self, fn):
        ### BEGIN SOLUTION
        self._fn = fn
        self._running = threading.Lock()
        self._counting = threading.Lock()
        self.done = 0
        self.skipped = 0
        ### END SOLUTION

    def poke(self) -> bool:
        """Run fn and return True, or return False at once if another poke is running it.

        What fn raises reaches the caller; the call counts as done all the same.
        """
        ### BEGIN SOLUTION
        if not self._running.acquire(blocking=False):
            with self._counting:
                self.skipped += 1
            return False
        try:
            self._fn()
            return True
        finally:
            with self._counting:
                self.done += 1
            self._running.release()
        ### END SOLUTION


# %% [markdown]
# **A poke that is alone runs `fn`**, and says so. Two objects count for themselves.

# %% check="best_effort-1" points=1
def a_lone_poke_runs_fn():
    runs = []
    effort, other = BestEffort(lambda: runs.append("run")), BestEffort(lambda: None)
    said = [effort.poke(), effort.poke(), other.poke()]
    return {"said": said, "runs": len(runs), "done": effort.done, "skipped": effort.skipped}


check(a_lone_poke_runs_fn, expect={"said": [True, True, True], "runs": 2, "done": 2, "skipped": 0})


# %% [markdown]
# **While one runs it, the other skips at once.** Here `fn` does not come back until one of the two pokes
# has: so one must skip, without waiting for `fn` and without letting time pass.

# %% check="best_effort-2" points=2
import threading
import time


def one_poke_runs_and_the_other_skips_at_once():
    somebody_is_back = threading.Event()
    effort = BestEffort(somebody_is_back.wait)

    def poke():
        ran = effort.poke()
        somebody_is_back.set()
        return ran

    start = time.monotonic()
    said = together(poke, poke)
    return {
        "said": sorted(said, key=repr),
        "seconds": round(time.monotonic() - start, 6),
        "done": effort.done,
        "skipped": effort.skipped,
    }


check(
    one_poke_runs_and_the_other_skips_at_once,
    expect={"said": [False, True], "seconds": 0.0, "done": 1, "skipped": 1},
)


# %% [markdown]
# **An exception counts as done, reaches the caller, and holds nothing**: the next poke runs `fn` again.

# %% check="best_effort-3" points=1
def an_exception_counts_and_holds_nothing():
    class Stop(BaseException):
        pass

    errors = [Stop("first"), ValueError("second"), IndexError("third"), RuntimeError("fourth")]
    pending = list(reversed(errors))

    def fn():
        if pending:
            raise pending.pop()

    effort = BestEffort(fn)
    reached = []
    for error in errors:
        try:
            effort.poke()
        except BaseException as caught:
            reached.append(caught is error)
    return {"reached": reached, "next": effort.poke(), "done": effort.done, "skipped": effort.skipped}


check(
    an_exception_counts_and_holds_nothing,
    expect={"reached": [True] * 4, "next": True, "done": 5, "skipped": 0},
)


# %% [markdown]
# **Every poke is counted once**, and `fn` is never run by two threads at the same time.

# %% check="best_effort-4" points=1
import threading


def every_poke_is_counted_once():
    busy = threading.Lock()
    clashes = []

    def fn():
        if not busy.acquire(blocking=False):
            clashes.append("two at once")
            return
        busy.release()

    effort = BestEffort(fn)
    said = together(effort.poke, effort.poke)
    return {
        "counted": effort.done + effort.skipped,
        "done is what ran": effort.done == said.count(True),
        "clashes": clashes,
    }


check(every_poke_is_counted_once, expect={"counted": 2, "done is what ran": True, "clashes": []}, delays=True)


# %% check="best_effort-5" points=1 hidden=true
import threading


def two_skips_at_the_same_time_are_both_counted():
    back = threading.Semaphore(0)

    def fn():
        back.acquire()
        back.acquire()

    effort = BestEffort(fn)

    def poke():
        ran = effort.poke()
        back.release()
        return ran

    said = together(poke, poke, poke)
    return {"said": sorted(said, key=repr), "done": effort.done, "skipped": effort.skipped}


def two_objects_do_not_keep_each_other_from_running():
    other_is_back = threading.Event()
    inside = threading.Event()

    def slow():
        inside.set()
        other_is_back.wait()

    first, second = BestEffort(slow), BestEffort(lambda: False)

    def poke_second():
        inside.wait()
        ran = second.poke()
        other_is_back.set()
        return ran

    return together(first.poke, poke_second)


def nobody_skips_while_nobody_runs():
    effort = BestEffort(lambda: None)
    [(first, second), other] = together(lambda: (effort.poke(), effort.poke()), effort.poke)
    return other or (first and second)  # whoever skips does so because the other thread runs fn


check(
    two_skips_at_the_same_time_are_both_counted,
    expect={"said": [False, False, True], "done": 1, "skipped": 2},
    delays=True,
    schedules=400,
)
check(two_objects_do_not_keep_each_other_from_running, expect=[True, True], delays=True)
check(nobody_skips_while_nobody_runs, expect=True, delays=True)


# %% [markdown]
# When all checks hold, run this cell: it shows the mistakes that are made most often here.

# %%
discuss("best_effort")

# %% [markdown]
# ## 2. `acquire_all`: one budget for all (8 points)
#
# A caller has promised an answer within two seconds. It needs three locks. How long may it wait for each?
#
# **The contract**
#
# `acquire_all(locks, timeout)`
#
# - acquires every lock of the list, in the given order, within **one** total budget of `timeout` seconds, and
#   returns `True` with all of them held.
# - Otherwise it releases what it got, in reverse order, and returns `False`. It holds nothing then, and leaves
#   alone what others hold.
# - A budget of 0 tries each lock once, without waiting. When a larger budget is spent on the way
#   (a lock may take longer to come back than it was asked to), the remaining locks may be tried without
#   waiting, or not at all.
# - The same lock twice, or a negative `timeout`: `ValueError`, before anything is acquired. An empty list
#   with a valid timeout: `True`.
# - Whatever an `acquire` raises on the way reaches the caller, and nothing is held then.
#
# <details><summary>Hint: a nudge</summary>
#
# A *timeout* is a length of time, a *deadline* is a point in time. Which of the two stays what it is while
# you work down the list?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `deadline = time.monotonic() + timeout`, once. Before each lock compute what is left, and never hand on less
# than 0: remember what `-1` means to `acquire`. Keep a list of what you have; on every way out but
# success, release it from the end.
# </details>

# %% answer="acquire_all"
import time


def acquire_all(locks, timeout: float) -> bool:
    """Acquire all locks in the given order within timeout seconds in total; or none, and return False.

    Raises ValueError, before anything is acquired, for a lock that is there twice or a negative timeout, and what
    an acquire raises; nothing is held then.
    """
    ### BEGIN SOLUTION
    if timeout < 0:
        raise ValueError("the timeout must not be negative")
    if len({id(lock) for lock in locks}) < len(locks):
        raise ValueError("the same lock twice")
    deadline = time.monotonic() + timeout
    held = []
    complete = False
    try:
        for lock in locks:
            if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
                return False
            held.append(lock)
        complete = True
        return True
    finally:
        if not complete:
            for lock in reversed(held):
                lock.release()
    ### END SOLUTION


# %% [markdown]
# Some of the checks use locks that write down when they are taken and given back.

# %% given="a_noted_lock"
import threading


class Noted:
    """A lock that writes down when it is taken (+) and given back (-)."""

    def __init__(self, name, notes):
        self._lock = threading.Lock()
        self._name = name
        self._notes = notes

    def acquire(self, blocking=True, timeout=-1):
        taken = self._lock.acquire(blocking, timeout)
        if taken:
            self._notes.append("+" + self._name)
        return taken

    def release(self):
        self._lock.release()
        self._notes.append("-" + self._name)

    def locked(self):
        return self._lock.locked()


# %% [markdown]
# **Free locks are all taken**, in the given order, also with a budget of 0.

# %% check="acquire_all-1" points=1
def free_locks_are_taken_in_the_given_order():
    notes = []
    a, b, c = (Noted(name, notes) for name in "abc")
    said = [acquire_all([c, a, b], 5)]
    for lock in (a, b, c):
        lock.release()
    said.append(acquire_all([b, c, a], 0))
    said.append(acquire_all([], 0))
    return {"said": said, "notes": " ".join(notes)}


check(
    free_locks_are_taken_in_the_given_order,
    expect={"said": [True, True, True], "notes": "+c +a +b -a -b -c +b +c +a"},
)


# %% [markdown]
# **The budget is for all locks together.** Both locks are taken. The first becomes free after 3
# seconds; the second never in the first scenario, and after 4 seconds in the second. The budget is 5 seconds.

# %% check="acquire_all-2" points=2
import threading
import time


def five_seconds_are_five_seconds_in_all():
    a, b = threading.Lock(), threading.Lock()
    a.acquire(), b.acquire()

    def free_the_first():
        time.sleep(3)
        a.release()

    def ask():
        start = time.monotonic()
        said = acquire_all([a, b], 5)
        return said, round(time.monotonic() - start)

    (said, seconds), _ = together(ask, free_the_first)
    return {"said": said, "seconds": seconds, "first held": a.locked(), "second held": b.locked()}


def two_waits_that_fit_into_the_budget():
    a, b = threading.Lock(), threading.Lock()
    a.acquire(), b.acquire()

    def free_both():
        time.sleep(3)
        a.release()
        time.sleep(1)
        b.release()

    said, _ = together(lambda: acquire_all([a, b], 5), free_both)
    return {"said": said, "first held": a.locked(), "second held": b.locked()}


check(
    five_seconds_are_five_seconds_in_all,
    expect={"said": False, "seconds": 5, "first held": False, "second held": True},
)
check(two_waits_that_fit_into_the_budget, expect={"said": True, "first held": True, "second held": True})


# %% [markdown]
# **What it got is released in reverse order**, and nothing else is released. If the first lock never comes free, it
# gives up when the time is up.

# %% check="acquire_all-3" points=1
import threading
import time


def what_was_taken_is_given_back_in_reverse():
    notes = []
    a, b, c = (Noted(name, notes) for name in "abc")
    c.acquire()
    start = time.monotonic()
    said = acquire_all([a, b, c], 0)
    return {"said": said, "notes": " ".join(notes), "seconds": round(time.monotonic() - start, 6)}


def the_first_lock_has_a_timeout_too():
    taken, free = threading.Lock(), threading.Lock()
    taken.acquire()
    start = time.monotonic()
    said = acquire_all([taken, free], 2)
    return {"said": said, "seconds": round(time.monotonic() - start), "second held": free.locked()}


check(
    what_was_taken_is_given_back_in_reverse,
    expect={"said": False, "notes": "+c +a +b -b -a", "seconds": 0.0},
)
check(the_first_lock_has_a_timeout_too, expect={"said": False, "seconds": 2, "second held": False})


# %% [markdown]
# **Bad arguments are refused before anything is acquired.**

# %% check="acquire_all-4" points=1
import threading


def bad_arguments_touch_no_lock():
    touched = []

    class Watched:
        def acquire(self, blocking=True, timeout=-1):
            touched.append("acquire")
            return True

        def release(self):
            touched.append("release")

        def locked(self):
            return False

    a, b = Watched(), Watched()
    refused = []
    for locks, timeout in [([a, b, a], 1), ([a, a], 0), ([a, b], -1), ([a], -0.5), ([], -1)]:
        try:
            acquire_all(locks, timeout)
        except ValueError:
            refused.append("ValueError")
    return {"refused": refused, "touched": touched}


check(bad_arguments_touch_no_lock, expect={"refused": ["ValueError"] * 5, "touched": []})


# %% [markdown]
# **Callers with opposite orders do not end in a deadlock**: each gives up when its budget is spent.

# %% check="acquire_all-5" points=1
import threading


def opposite_orders_leave_nothing_held():
    a, b = threading.Lock(), threading.Lock()

    def use(*locks):
        if acquire_all(list(locks), 2):
            for lock in locks:
                lock.release()

    together(lambda: use(a, b), lambda: use(b, a))
    return {"first held": a.locked(), "second held": b.locked()}


check(opposite_orders_leave_nothing_held, expect={"first held": False, "second held": False})


# %% check="acquire_all-6" points=1 hidden=true
import threading


def an_exception_on_the_way_reaches_the_caller_and_leaves_nothing_held():
    class Broken:
        def __init__(self, error):
            self._error = error

        def acquire(self, blocking=True, timeout=-1):
            raise self._error

        def release(self):
            raise RuntimeError("release unlocked lock")

        def locked(self):
            return False

    reached, held = [], []
    for error in (KeyboardInterrupt("while waiting"), SystemExit("while waiting"), OSError("while waiting")):
        a, b, last = threading.Lock(), threading.Lock(), threading.Lock()
        for locks in ([a, b, Broken(error), last], [Broken(error), a]):
            try:
                acquire_all(locks, 5)
            except BaseException as caught:
                reached.append(caught is error)
        held.append([a.locked(), b.locked(), last.locked()])
    return {"reached": reached, "held": held}


check(
    an_exception_on_the_way_reaches_the_caller_and_leaves_nothing_held,
    expect={"reached": [True] * 6, "held": [[False] * 3] * 3},
)


# %% check="acquire_all-7" points=1 hidden=true
import threading
import time


def a_budget_that_is_overdrawn_does_not_wait_on():
    class Slow:
        """Takes 3 seconds to be acquired, whatever was asked: a busy machine."""

        def __init__(self):
            self._lock = threading.Lock()

        def acquire(self, blocking=True, timeout=-1):
            time.sleep(3)
            return self._lock.acquire(blocking, timeout)

        def release(self):
            self._lock.release()

        def locked(self):
            return self._lock.locked()

    seen = []
    for budget in (2, 2.5):  # left are -1, which means "for ever" to acquire, and -0.5, which is an error
        slow, taken = Slow(), threading.Lock()
        taken.acquire()
        start = time.monotonic()
        said = acquire_all([slow, taken], budget)
        seen.append((said, slow.locked(), taken.locked(), round(time.monotonic() - start)))
    return seen


def ask_for_three_locks(free_at):
    """What acquire_all says within 5 seconds for locks that become free at the given times, and when."""
    locks = [threading.Lock() for _ in free_at]
    for lock in locks:
        lock.acquire()

    def ask():
        start = time.monotonic()
        return acquire_all(locks, 5), round(time.monotonic() - start)

    def free():
        now = 0
        for lock, moment in zip(locks, free_at):
            time.sleep(moment - now)
            now = moment
            lock.release()

    return together(ask, free)[0]


def the_third_lock_gets_what_two_waits_have_left():
    said_in_time, _ = ask_for_three_locks([2, 4, 4.5])
    return said_in_time, ask_for_three_locks([2, 4, 7])


check(a_budget_that_is_overdrawn_does_not_wait_on, expect=[(False, False, True, 3)] * 2)
check(the_third_lock_gets_what_two_waits_have_left, expect=(True, (False, 5)))


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("acquire_all")

# %% [markdown]
# ## 3. `retry_acquire`: try again later, each at a time of its own (6 points)
#
# Ten clients fail at the same moment. If all of them try again after exactly one second, they meet again.
#
# **The contract**
#
# `retry_acquire(lock, attempts, base, cap)`
#
# - tries to acquire the lock at most `attempts` times, with tries that do not block, and returns the number
#   of tries it used, with the lock held. If all failed, it returns 0 and holds nothing.
# - After the *i*-th failed try, counted from *i* = 0, it sleeps a random time, uniform between 0 and
#   `min(cap, base * 2**i)` seconds; but not after the last try.
# - Each of these times is drawn anew, independently of all others.
# - 1 ≤ `attempts` ≤ 1000; `base` and `cap` are at least 0. `attempts` below 1: `ValueError`.
#
# This is *exponential back-off with full jitter*: *back-off*, because it steps back longer each time,
# and *jitter*, because nobody steps in time with anybody else.
#
# <details><summary>Hint: a nudge</summary>
#
# Write down for `attempts=3` what happens, in order: try, sleep, try, … How many sleeps are there? What is
# the longest that each may be?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `for i in range(attempts):` try; if it worked, return `i + 1`; if this was not the last try,
# `time.sleep(random.uniform(0, min(cap, base * 2**i)))`. First the cap, then the dice.
# </details>

# %% answer="retry_acquire"
import random
import time


def retry_acquire(lock, attempts: int, base: float, cap: float) -> int:
    """Try to acquire lock up to attempts times without blocking; return the tries used, or 0.

    Sleeps between the tries: after the i-th failed one (from 0) a random time in [0, min(cap, base * 2**i)].
    Raises ValueError for attempts < 1.
    """
    ### BEGIN SOLUTION
    if attempts < 1:
        raise ValueError("at least one attempt")
    for i in range(attempts):
        if lock.acquire(blocking=False):
            return i + 1
        if i < attempts - 1:
            time.sleep(random.uniform(0, min(cap, base * 2**i)))
    return 0
    ### END SOLUTION


# %% [markdown]
# The checks use a lock that somebody else holds for good, or until it has been tried so many times. It notes
# when it was tried, and whether anybody asked it to wait.

# %% given="a_busy_lock"
import time


class BusyLock:
    """A lock that is refused until the try with the given number (for ever, without one)."""

    def __init__(self, free_at=None):
        self.tries = []  # the time of every try
        self.asked_to_wait = False
        self._free_at = free_at
        self._held = free_at is None

    def acquire(self, blocking=True, timeout=-1):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        if blocking and timeout != 0:
            self.asked_to_wait = True
        self.tries.append(time.monotonic())
        if len(self.tries) != self._free_at:
            return False
        self._held = True
        return True

    def release(self):
        self._held = False

    def locked(self):
        return self._held


# %% [markdown]
# **It returns the number of tries it used, with the lock held**, and as soon as it has it.

# %% check="retry_acquire-1" points=1
import threading
import time


def a_free_lock_takes_one_try():
    lock = threading.Lock()
    start = time.monotonic()
    used = retry_acquire(lock, 5, 1, 10)
    return {"returned": used, "held": lock.locked(), "slept": time.monotonic() > start}


def a_lock_that_is_free_at_the_third_try():
    lock = BusyLock(free_at=3)
    used = retry_acquire(lock, 5, 1, 10)
    return {"returned": used, "held": lock.locked(), "slept after it": time.monotonic() > lock.tries[-1]}


check(a_free_lock_takes_one_try, expect={"returned": 1, "held": True, "slept": False})
check(a_lock_that_is_free_at_the_third_try, expect={"returned": 3, "held": True, "slept after it": False})


# %% [markdown]
# **It gives up after the last try**, without a sleep that nobody needs, and no try ever blocks.

# %% check="retry_acquire-2" points=1
import threading
import time


def it_gives_up_right_after_the_last_try():
    lock = BusyLock()
    returned = retry_acquire(lock, 4, 1, 10)
    return {
        "returned": returned,
        "tries": len(lock.tries),
        "slept after the last": time.monotonic() > lock.tries[-1],
        "asked to wait": lock.asked_to_wait,
    }


def a_single_attempt_does_not_sleep():
    lock = threading.Lock()
    lock.acquire()
    start = time.monotonic()
    return {"returned": retry_acquire(lock, 1, 1, 10), "slept": time.monotonic() > start}


check(
    it_gives_up_right_after_the_last_try,
    expect={"returned": 0, "tries": 4, "slept after the last": False, "asked to wait": False},
)
check(a_single_attempt_does_not_sleep, expect={"returned": 0, "slept": False})


# %% [markdown]
# **The sleeps lie between 0 and a limit that doubles.** Of 300 calls, the shortest and the longest sleep
# after each failed try, as a share of `base * 2**i`: they must come near 0 and near 1, and never above.

# %% check="retry_acquire-3" points=2
def each_sleep_is_drawn_up_to_a_limit_that_doubles():
    shares, tries = [[] for _ in range(8)], set()
    for _ in range(300):
        lock = BusyLock()
        retry_acquire(lock, 9, 0.5, 1e6)
        tries.add(len(lock.tries))
        for i, (before, after) in enumerate(zip(lock.tries[:8], lock.tries[1:])):
            shares[i].append((after - before) / (0.5 * 2**i))
    extremes = [(round(min(share), 3), round(max(share), 3)) for share in shares if share]
    return {"tries": sorted(tries), "shortest and longest": extremes}


def near_zero_and_near_the_limit(seen):
    # That a right answer is refused is less likely than 8 * 2 * 0.9**300, which is below 1e-12.
    extremes = seen["shortest and longest"]
    return seen["tries"] == [9] and all(0 <= low < 0.1 and 0.9 < high <= 1.0 for low, high in extremes)


check(each_sleep_is_drawn_up_to_a_limit_that_doubles, expect=near_zero_and_near_the_limit)


# %% [markdown]
# **Fewer than one attempt is an error**, and the lock stays as it was. A base or a cap of 0 is none.

# %% check="retry_acquire-4" points=1
import threading
import time


def fewer_than_one_attempt_is_an_error():
    lock = threading.Lock()
    refused = 0
    for attempts in (0, -3):
        try:
            retry_acquire(lock, attempts, 1, 10)
        except ValueError:
            refused += 1
    return refused, lock.locked()


def a_base_or_a_cap_of_zero_means_no_pause():
    start = time.monotonic()
    returned = [retry_acquire(BusyLock(), 5, 0, 10), retry_acquire(BusyLock(), 5, 10, 0)]
    return returned, time.monotonic() - start == 0


check(fewer_than_one_attempt_is_an_error, expect=(2, False))
check(a_base_or_a_cap_of_zero_means_no_pause, expect=([0, 0], True))


# %% check="retry_acquire-5" points=1 hidden=true
import threading
import time


def under_the_cap_all_times_are_equally_likely():
    lock = BusyLock()
    retry_acquire(lock, 1000, 3.0, 3.0)
    sleeps = [(after - before) / 3 for before, after in zip(lock.tries, lock.tries[1:])]
    tenths = [sum(tenth <= 10 * sleep < tenth + 1 for sleep in sleeps) for tenth in range(10)]
    middle = sum(sleeps) / max(1, len(sleeps))
    spread = sum((sleep - middle) ** 2 for sleep in sleeps)
    follows = sum((one - middle) * (two - middle) for one, two in zip(sleeps, sleeps[1:]))
    return {
        "tries": len(lock.tries),
        "outside": sum(not 0 <= sleep <= 1 + 1e-9 for sleep in sleeps),
        "in each tenth": tenths,
        "different": len({round(sleep, 6) for sleep in sleeps}),
        "correlation with the next": round(follows / spread, 3) if spread else 1.0,
    }


def evenly_spread(seen):
    # Of 999 sleeps each tenth gets 100, give or take 9.5; the correlation is 0, give or take 0.03. Five of these
    # and more are allowed: wrongly refused less than once in 100,000 times. Drawn in whole milliseconds, some 850
    # of them are different.
    return (
        seen["tries"] == 1000
        and seen["outside"] == 0
        and all(50 <= count <= 150 for count in seen["in each tenth"])
        and seen["different"] > 700
        and abs(seen["correlation with the next"]) < 0.2
    )


def callers_at_the_same_moment_draw_different_times():
    first, second = BusyLock(), BusyLock()
    together(lambda: retry_acquire(first, 4, 1, 8), lambda: retry_acquire(second, 4, 1, 8))
    return first.tries[1:] != second.tries[1:]


def two_callers_both_get_the_lock():
    lock = threading.Lock()

    def use():
        used = retry_acquire(lock, 20, 1, 8)
        if used:
            lock.release()
        return used > 0

    return together(use, use), lock.locked()


def a_lock_that_becomes_free_while_it_sleeps():
    lock = threading.Lock()
    lock.acquire()

    def free():
        time.sleep(2.5)
        lock.release()

    used, _ = together(lambda: retry_acquire(lock, 200, 1, 1), free)
    return used > 2, lock.locked()


def the_limit_goes_on_doubling():
    longest = 0.0
    for _ in range(20):
        lock = BusyLock()
        retry_acquire(lock, 16, 1, 1e9)
        longest = max(longest, lock.tries[15] - lock.tries[14])
    return longest > 2**14 / 10  # a right answer is refused with a probability of 0.1**20


check(under_the_cap_all_times_are_equally_likely, expect=evenly_spread)
check(callers_at_the_same_moment_draw_different_times, expect=True, schedules=30)
check(two_callers_both_get_the_lock, expect=([True, True], False))
check(a_lock_that_becomes_free_while_it_sleeps, expect=(True, True))
check(the_limit_goes_on_doubling, expect=True)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("retry_acquire")

# %% [markdown]
# ## 4. `StaleCache`: yesterday's answer is better than none (10 points)
#
# A value is expensive to fetch and many threads want it. When it grows old, one of them should fetch a new
# one while the others make do with the old one, as long as that is not *too* old.
#
# **The contract**
#
# `StaleCache(fetch, ttl, max_stale, wait)` has one method, `get()`. `fetch` is a function without arguments;
# it takes less than `ttl` seconds and never calls `get`. 0 < `ttl` ≤ `max_stale`, and `wait` > 0. The *age* of a
# value is counted from just before its fetch began.
#
# | state | what `get()` does |
# |---|---|
# | age < `ttl`: *fresh* | returns the value at once, without a fetch |
# | `ttl` ≤ age < `max_stale`: *stale* | one fetches, and returns the new value; the others get the stale one at once |
# | age ≥ `max_stale`, or no value yet | one fetches, and returns the new value; the others wait for it, see below |
#
# - Who has to wait for another's fetch waits up to `wait` seconds, then raises `CacheUnavailable`.
# - There are never two fetches at the same time.
# - If `fetch` raises, the caller who fetched gets the stale value if its age is *at that moment* below
#   `max_stale`, else the exception. Then one of those who wait, with time left, fetches at once.
# - No caller starts a fetch at or after its own deadline (`wait` seconds after its call). No caller ever
#   raises another's exception.
# - `None`, `0` and the like are values as good as any.
# - Nobody ever sees one value with another value's time.
# - `CacheUnavailable` is a class of yours, beside `StaleCache`, derived from `Exception`.
#
# <details><summary>Hint: a nudge</summary>
#
# The right to fetch is a lock. Who asks for it without waiting, and who asks with a timeout? What may have
# happened by the time you have it?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Keep value and time together in one tuple, written in one assignment; `None` stands for "no tuple yet". If
# stale: `acquire(blocking=False)`, and when refused return the stale value. Otherwise:
# `acquire(timeout=…)`, and when refused raise. Once you have the lock, **look again**: somebody may have
# fetched while you waited. Release in a `finally`.
# </details>

# %% answer="stale_cache"
import threading
import time


class CacheUnavailable(Exception):
    """There is no value that may be returned, and none came in time."""


class StaleCache:
    """A cached value that one caller renews while the others make do with the old one.

    Fresh below an age of ttl seconds, stale but usable below max_stale; without a usable value callers wait up to
    wait seconds for the one who fetches.
    """

    def __init__(self, fetch, ttl: float, max_stale: float, wait: float):
        ### BEGIN SOLUTION
        self._fetch = fetch
        self._ttl = ttl
        self._max_stale = max_stale
        self._wait = wait
        self._fetching = threading.Lock()
        self._entry = None  # (value, time just before its fetch began), replaced as a whole
        ### END SOLUTION

    def get(self):
        """Return the value; fetch it if it is old and nobody else does.

        Raises CacheUnavailable if no usable value came in time, and what fetch raised in this very call if
        there was no usable value to fall back on.
        """
        ### BEGIN SOLUTION
        deadline = time.monotonic() + self._wait
        entry = self._entry
        if self._younger_than(self._ttl, entry):
            return entry[0]
        if self._younger_than(self._max_stale, entry):
            if not self._fetching.acquire(blocking=False):
                return entry[0]
        elif not self._fetching.acquire(timeout=self._wait):
            raise CacheUnavailable
        try:
            entry = self._entry  # look again: somebody may have fetched in the meantime
            if self._younger_than(self._ttl, entry):
                return entry[0]
            began = time.monotonic()
            if began >= deadline:
                raise CacheUnavailable
            try:
                value = self._fetch()
            except BaseException:
                if self._younger_than(self._max_stale, entry):
                    return entry[0]
                raise
            self._entry = (value, began)
            return value
        finally:
            self._fetching.release()

    def _younger_than(self, limit, entry):
        return entry is not None and time.monotonic() - entry[1] < limit
        ### END SOLUTION


# %% [markdown]
# **A fresh value is returned without a fetch**, also when it is `None` or 0. Its age counts from before the fetch:
# this one takes 2 seconds, so that after 4 more it is 6 seconds old.

# %% check="stale_cache-1" points=1
import time


def a_fresh_value_needs_no_fetch():
    fetches, values = [], []
    for value in (None, 0, "", "value"):

        def fetch(value=value):
            fetches.append("fetch")
            return value

        cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
        values.append(cache.get())
        time.sleep(4)
        values.append(cache.get())
    return {"values": values, "fetches": len(fetches)}


def the_age_counts_from_before_the_fetch():
    fetches = []

    def fetch():
        fetches.append("fetch")
        time.sleep(2)
        return len(fetches)

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    values = [cache.get()]
    time.sleep(4)
    values.append(cache.get())
    return values


check(
    a_fresh_value_needs_no_fetch,
    expect={"values": [None, None, 0, 0, "", "", "value", "value"], "fetches": 4},
)
check(the_age_counts_from_before_the_fetch, expect=[1, 2])


# %% [markdown]
# **A cold cache fetches once for all.** Three callers come at the same time to an empty cache, and a fetch takes a
# second; then two come to a cache whose value is far too old.

# %% check="stale_cache-2" points=2
import time


def a_cold_cache_fetches_once_for_all():
    fetches = []

    def fetch():
        fetches.append("fetch")
        time.sleep(1)
        return "value"

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=3)
    start = time.monotonic()
    values = together(cache.get, cache.get, cache.get)
    return {"values": values, "fetches": len(fetches), "seconds": round(time.monotonic() - start)}


def an_expired_value_is_never_returned():
    fetches = []

    def fetch():
        fetches.append("fetch")
        return f"value {len(fetches)}"

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    cache.get()
    time.sleep(100)
    return {"values": together(cache.get, cache.get), "fetches": len(fetches)}


check(
    a_cold_cache_fetches_once_for_all,
    expect={"values": ["value", "value", "value"], "fetches": 1, "seconds": 1},
)
check(an_expired_value_is_never_returned, expect={"values": ["value 2", "value 2"], "fetches": 2})


# %% [markdown]
# **While one caller fetches, the others get the stale value at once.** Here the fetch does not come back until
# one of the two callers has.

# %% check="stale_cache-3" points=2
import threading
import time


def one_fetches_and_the_other_gets_the_stale_value_at_once():
    somebody_is_back = threading.Event()
    coming = iter(["old", "new"])

    def fetch():
        value = next(coming, "fetched once too often")
        if value == "new":
            somebody_is_back.wait()
        return value

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    cache.get()
    time.sleep(7)
    start = time.monotonic()

    def get():
        value = cache.get()
        somebody_is_back.set()
        return value

    values = together(get, get)
    return {"values": sorted(values, key=repr), "seconds": round(time.monotonic() - start, 6)}


def a_stale_value_is_renewed_once():
    fetches = []

    def fetch():
        fetches.append("fetch")
        return f"value {len(fetches)}"

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    cache.get()
    time.sleep(7)
    values = together(cache.get, cache.get)
    return {"somebody got the new one": "value 2" in values, "later": cache.get(), "fetches": len(fetches)}


check(
    one_fetches_and_the_other_gets_the_stale_value_at_once,
    expect={"values": ["new", "old"], "seconds": 0.0},
)
check(
    a_stale_value_is_renewed_once,
    expect={"somebody got the new one": True, "later": "value 2", "fetches": 2},
)


# %% [markdown]
# **Waiting ends after `wait` seconds** with `CacheUnavailable`, and not with a second fetch.

# %% check="stale_cache-4" points=1
import threading
import time


def waiting_ends_after_wait_seconds():
    fetching = threading.Event()
    fetches = []

    def fetch():
        fetches.append("fetch")
        fetching.set()
        time.sleep(4)
        return "value"

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)

    def come_later():
        fetching.wait()
        start = time.monotonic()
        try:
            return cache.get()
        except CacheUnavailable:
            return f"unavailable after {round(time.monotonic() - start)} s"

    return {"seen": together(cache.get, come_later), "fetches": len(fetches)}


def who_waits_never_gets_what_is_too_old():
    fetching = threading.Event()
    coming = iter(["old", "new"])

    def fetch():
        value = next(coming, "fetched once too often")
        if value == "new":
            fetching.set()
            time.sleep(4)
        return value

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    cache.get()
    time.sleep(11)

    def come_later():
        fetching.wait()
        try:
            return cache.get()
        except Exception as error:
            return "unavailable" if isinstance(error, CacheUnavailable) else repr(error)

    return together(cache.get, come_later)


check(waiting_ends_after_wait_seconds, expect={"seen": ["value", "unavailable after 2 s"], "fetches": 1})
check(who_waits_never_gets_what_is_too_old, expect=["new", "unavailable"])


# %% [markdown]
# **A failed fetch**: the caller gets the exception if there is nothing to fall back on, and the stale value
# if there is. The cache works on.

# %% check="stale_cache-5" points=1
def a_failed_fetch_leaves_the_cache_in_order():
    coming = iter([KeyboardInterrupt("first"), ValueError("second"), "value"])

    def fetch():
        value = next(coming, "fetched once too often")
        if isinstance(value, BaseException):
            raise value
        return value

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    seen = []
    for _ in range(3):
        try:
            seen.append(cache.get())
        except BaseException as error:
            seen.append(f"{type(error).__name__}: {error}")
    return seen


check(
    a_failed_fetch_leaves_the_cache_in_order,
    expect=["KeyboardInterrupt: first", "ValueError: second", "value"],
)


# %% check="stale_cache-6" points=1
import time


def a_stale_value_is_better_than_an_exception():
    seen = []
    for asked_at in (6, 8):  # the fetch fails 3 seconds later, when the old value is 9 and 11 seconds old
        coming = iter(["old", "failure"])

        def fetch(coming=coming):
            value = next(coming, "fetched once too often")
            if value == "failure":
                time.sleep(3)
                raise ValueError("no connection")
            return value

        cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
        cache.get()
        time.sleep(asked_at)
        try:
            seen.append(cache.get())
        except ValueError:
            seen.append("ValueError")
    return seen


def one_failure_after_the_other():
    coming = iter(["old"])

    def fetch():
        for value in coming:
            return value
        raise ValueError("no connection")

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    seen = [cache.get()]
    for seconds in (6, 3, 2):
        time.sleep(seconds)
        try:
            seen.append(cache.get())
        except ValueError:
            seen.append("ValueError")
    return seen


check(a_stale_value_is_better_than_an_exception, expect=["old", "ValueError"])
check(one_failure_after_the_other, expect=["old", "old", "old", "ValueError"])


# %% check="stale_cache-7" points=1 hidden=true
import threading
import time


def after_a_failure_one_who_waits_fetches_at_once():
    fetching = threading.Event()
    coming = iter(["failure", "value"])

    def fetch():
        result = next(coming, "fetched once too often")
        fetching.set()
        time.sleep(3)
        if result == "failure":
            raise ValueError("no connection")
        return result

    cache = StaleCache(fetch, ttl=10, max_stale=20, wait=5)
    start = time.monotonic()

    def get():
        try:
            return cache.get(), round(time.monotonic() - start, 6)
        except ValueError:
            return "ValueError", round(time.monotonic() - start, 6)
        except CacheUnavailable:
            return "CacheUnavailable", round(time.monotonic() - start)

    def come_later():
        fetching.wait()
        return get()

    return sorted(together(get, come_later, come_later), key=repr)


def the_failure_is_the_fetchers_own():
    failures = iter([ValueError("first"), KeyError("second")])

    def fetch():
        time.sleep(1)
        raise next(failures, RuntimeError("fetched once too often"))

    cache = StaleCache(fetch, ttl=10, max_stale=20, wait=5)

    def get():
        try:
            cache.get()
        except Exception as error:
            return type(error).__name__

    return sorted(together(get, get), key=repr)


check(
    after_a_failure_one_who_waits_fetches_at_once,
    expect=[("CacheUnavailable", 5), ("ValueError", 3.0), ("value", 6.0)],
)
check(the_failure_is_the_fetchers_own, expect=["KeyError", "ValueError"])


# %% check="stale_cache-8" points=1 hidden=true
import threading
import time


def a_fetch_after_a_wait_is_dated_from_its_own_beginning():
    fetching = threading.Event()
    coming = iter(["failure", "value", "newer"])

    def fetch():
        result = next(coming, "fetched once too often")
        if result == "failure":
            fetching.set()
            time.sleep(3)
            raise ValueError("no connection")
        return result

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=4)

    def fail():
        try:
            return cache.get()
        except ValueError:
            return "ValueError"

    def come_later():
        fetching.wait()
        return cache.get()

    seen = together(fail, come_later)
    time.sleep(4)  # the value was fetched 4 seconds ago, by a caller who came 7 seconds ago
    return [*seen, cache.get()]


def a_caller_who_came_too_late_for_stale_waits_and_fetches_after_a_failure():
    fetching = threading.Event()
    coming = iter(["old", "failure", "new"])

    def fetch():
        result = next(coming, "fetched once too often")
        if result == "failure":
            fetching.set()
            time.sleep(4)
            raise ValueError("no connection")
        return result

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=4)
    cache.get()
    time.sleep(8)

    def fail():
        try:
            return cache.get()
        except ValueError:
            return "ValueError"

    def come_later():
        fetching.wait()
        while_stale = cache.get()
        time.sleep(3)  # now the old value is 11 seconds old, and the fetch is still running
        start = time.monotonic()
        return while_stale, cache.get(), round(time.monotonic() - start, 6)

    return together(fail, come_later)


def a_stale_none_is_returned_too():
    fetching, other_is_back = threading.Event(), threading.Event()
    coming = iter([None])

    def fetch():
        for value in coming:
            return value
        fetching.set()
        other_is_back.wait()
        raise ValueError("no connection")

    cache = StaleCache(fetch, ttl=5, max_stale=10, wait=2)
    cache.get()
    time.sleep(7)

    def come_later():
        fetching.wait()
        value = cache.get()
        other_is_back.set()
        return value

    return together(cache.get, come_later)  # one falls back on it after its failure, one gets it at once


def two_caches_do_not_wait_for_each_other():
    other_is_served = threading.Event()
    fetching = threading.Event()

    def slow():
        fetching.set()
        other_is_served.wait()
        return 0

    first, second = (StaleCache(fetch, ttl=5, max_stale=10, wait=2) for fetch in (slow, lambda: ""))

    def get_second():
        fetching.wait()
        value = second.get()
        other_is_served.set()
        return value

    return together(first.get, get_second)


check(a_fetch_after_a_wait_is_dated_from_its_own_beginning, expect=["ValueError", "value", "value"])
check(
    a_caller_who_came_too_late_for_stale_waits_and_fetches_after_a_failure,
    expect=["ValueError", ("old", "new", 1.0)],
)
check(a_stale_none_is_returned_too, expect=[None, None], schedules=50)
check(two_caches_do_not_wait_for_each_other, expect=[0, ""])


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("stale_cache")
