# %% [markdown]
# # Exercises 03: acquire
#
# Three exercises, 22 points. Read the lesson `03-acquire` first.
#
# Time in the checks is *virtual*: it moves only when every thread waits. A check that waits an hour takes
# no time at all, and waiting times are exact. Call `time.sleep()` and `time.monotonic()` as always.
# Where a check says `delays=True`, time may also move while a thread could run: sleeping keeps nobody apart.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `try_lock`: one clear way to ask (6 points)
#
# `acquire(blocking, timeout)` has two parameters, combinations that are forbidden, and a -1 that means
# "for ever". Give it the signature that everybody expects.
#
# **The contract**
#
# `try_lock(lock, timeout)` returns `True` if it acquired the lock and `False` if it did not. It works for
# a `threading.Lock` and a `threading.RLock`.
#
# | `timeout` | meaning |
# |---|---|
# | `None` | wait for ever |
# | `0` | do not wait at all |
# | more than 0 | wait until the lock is acquired, or until that many seconds have passed |
# | more than `threading.TIMEOUT_MAX`, infinity included | wait `TIMEOUT_MAX` seconds (292 years) |
# | negative (so are -1 and minus infinity), or `float("nan")` | `ValueError`, and the lock is left as it was |
#
# Leave the waiting to `acquire`: 292 years, asked for in steps of a few milliseconds, are more steps than any
# check can make.
#
# <details><summary>Hint: a nudge</summary>
#
# `None` and `0` are both false in an `if`, and mean the opposite of each other. And which values does
# `acquire` itself take without complaint although this contract forbids them?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Three cases: `None`; what must be refused; the rest. `timeout >= 0` is false for negative numbers *and*
# for NaN. The largest wait is `min(timeout, threading.TIMEOUT_MAX)`. Pass the timeout by name.
# </details>

# %% answer="try_lock"
import threading


def try_lock(lock, timeout: float | None) -> bool:
    """Acquire lock, waiting at most timeout seconds; return whether it was acquired.

    None waits for ever, 0 does not wait, more than threading.TIMEOUT_MAX waits TIMEOUT_MAX.

    Raises ValueError if timeout is negative or NaN; the lock is then untouched.
    """
    ### BEGIN SOLUTION
    if timeout is None:
        return lock.acquire()
    if not timeout >= 0:  # false for NaN too
        raise ValueError("timeout must be None or a number that is not negative")
    return lock.acquire(timeout=min(timeout, threading.TIMEOUT_MAX))
    ### END SOLUTION


# %% [markdown]
# **A free lock is acquired at once**, whatever the timeout, and is then really held.

# %% check="try_lock-1" points=1
import threading
import time
from functools import partial


def ask_for_a_free_lock(make_lock):
    """What try_lock returned for some timeouts, how long it took, and whether the lock was really held then."""
    seen = {}
    for timeout in None, 0, 0.5, 3600:
        lock = make_lock()
        began = time.monotonic()
        returned = try_lock(lock, timeout)
        waited = round(time.monotonic() - began, 6)
        [free] = together(partial(lock.acquire, blocking=False))
        seen[timeout] = (returned, f"after {waited:g} s", "still free" if free else "held")
    return seen


def a_free_lock_is_acquired_at_once():
    return ask_for_a_free_lock(threading.Lock)


def a_free_rlock_is_acquired_at_once():
    return ask_for_a_free_lock(threading.RLock)


ALWAYS = dict.fromkeys([None, 0, 0.5, 3600], (True, "after 0 s", "held"))

check(a_free_lock_is_acquired_at_once, expect=ALWAYS)
check(a_free_rlock_is_acquired_at_once, expect=ALWAYS)


# %% [markdown]
# **0 does not wait.** The lock is held and nobody is going to release it.

# %% check="try_lock-2" points=1
import threading
import time


def ask_for_a_held_lock(lock):
    lock.acquire()
    began = time.monotonic()
    [acquired] = together(lambda: try_lock(lock, 0))
    return acquired, round(time.monotonic() - began, 6)


def zero_does_not_wait():
    return ask_for_a_held_lock(threading.Lock())


def zero_does_not_wait_for_an_rlock():
    return ask_for_a_held_lock(threading.RLock())


def zero_does_not_wait_for_whoever_comes_in_between():
    lock = threading.Lock()

    def hold():
        with lock:
            time.sleep(5)

    def ask():
        began = time.monotonic()
        if try_lock(lock, 0):
            lock.release()
        return round(time.monotonic() - began, 6)

    return together(hold, ask)[1]


check(zero_does_not_wait, expect=(False, 0.0))
check(zero_does_not_wait_for_an_rlock, expect=(False, 0.0))
check(zero_does_not_wait_for_whoever_comes_in_between, expect=0.0)


# %% [markdown]
# **More than 0 waits, but not longer than that.** The lock is held for 2 seconds: whoever would wait 1.5
# gives up after 1.5, whoever would wait 9 gets it after 2.

# %% check="try_lock-3" points=1
import threading
import time


def wait_for_a_lock_that_is_held_for_2_seconds(make_lock, timeout):
    """Return whether the lock was acquired and how long that took, in virtual seconds."""
    lock = make_lock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(2)

    def ask():
        held.wait()
        began = time.monotonic()
        acquired = try_lock(lock, timeout)
        return acquired, round(time.monotonic() - began, 6)

    return together(hold, ask)[1]


def one_second_and_a_half_is_not_enough():
    return wait_for_a_lock_that_is_held_for_2_seconds(threading.Lock, 1.5)


def nine_seconds_are_enough():
    return wait_for_a_lock_that_is_held_for_2_seconds(threading.Lock, 9)


def refused_after_1500_to_2000_ms(seen):
    return seen[0] is False and 1.5 <= seen[1] < 2


def acquired_after_2_to_9_seconds(seen):
    return seen[0] is True and 2 <= seen[1] < 9


check(one_second_and_a_half_is_not_enough, expect=refused_after_1500_to_2000_ms)
check(nine_seconds_are_enough, expect=acquired_after_2_to_9_seconds)


# %% [markdown]
# **`None` waits for as long as it takes**, here a hundred seconds of virtual time.

# %% check="try_lock-4" points=1
import threading
import time


def none_waits_for_as_long_as_it_takes():
    lock = threading.Lock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(100)

    def ask():
        held.wait()
        began = time.monotonic()
        acquired = try_lock(lock, None)
        return acquired, round(time.monotonic() - began, 6) >= 100

    return together(hold, ask)[1]


check(none_waits_for_as_long_as_it_takes, expect=(True, True))


# %% [markdown]
# **What makes no sense is refused**, and the lock is left as it was: a free one free, a held one held.

# %% check="try_lock-5" points=1
import threading
from functools import partial


def ask_with_bad_timeouts(make_lock):
    """What a free and a held lock say to some bad timeouts, and how the locks are afterwards."""
    seen = {}
    for timeout in -1, -0.001, -7, float("-inf"), float("nan"):
        free, held = make_lock(), make_lock()
        held.acquire()
        answers = []
        for lock in free, held:
            try:
                answers.append(try_lock(lock, timeout))
            except ValueError:
                answers.append("ValueError")
        [free_now] = together(partial(free.acquire, blocking=False))
        [held_was_free] = together(partial(held.acquire, blocking=False))
        seen[repr(timeout)] = (*answers, free_now and not held_was_free)
    return seen


def a_bad_timeout_is_refused():
    return ask_with_bad_timeouts(threading.Lock)


def a_bad_timeout_is_refused_for_an_rlock():
    return ask_with_bad_timeouts(threading.RLock)


def a_refusal_takes_the_lock_from_nobody():
    lock = threading.Lock()

    def ask_badly():
        try:
            return try_lock(lock, -1)
        except ValueError:
            return "ValueError"

    return together(ask_badly, partial(lock.acquire, blocking=False))


REFUSED = dict.fromkeys(["-1", "-0.001", "-7", "-inf", "nan"], ("ValueError", "ValueError", True))

check(a_bad_timeout_is_refused, expect=REFUSED)
check(a_bad_timeout_is_refused_for_an_rlock, expect=REFUSED)
check(a_refusal_takes_the_lock_from_nobody, expect=["ValueError", True], delays=True)


# %% check="try_lock-6" points=1 hidden=true
import threading
import time


def infinity_waits_for_a_long_time():
    lock = threading.Lock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(10)

    def ask():
        held.wait()
        return [try_lock(lock, float("inf")), try_lock(threading.Lock(), 10 * threading.TIMEOUT_MAX)]

    return together(hold, ask)[1]


def nobody_waits_longer_than_timeout_max():
    seen = []
    for timeout in threading.TIMEOUT_MAX, 2 * threading.TIMEOUT_MAX, float("inf"):
        lock = threading.Lock()
        lock.acquire()
        began = time.monotonic()
        acquired = try_lock(lock, timeout)
        waited = round(time.monotonic() - began, 6)
        seen.append((acquired, 0.98 < waited / threading.TIMEOUT_MAX < 1.02))
    return seen


def an_owner_may_take_an_rlock_again():
    lock = threading.RLock()
    lock.acquire()
    again = [try_lock(lock, None), try_lock(lock, 0), try_lock(lock, 5)]
    for _ in again:
        lock.release()
    [still_held] = together(lambda: not lock.acquire(blocking=False))
    return again, still_held


check(infinity_waits_for_a_long_time, expect=[True, True])
check(nobody_waits_longer_than_timeout_max, expect=[(False, True)] * 3)
check(an_owner_may_take_an_rlock_again, expect=([True, True, True], True))


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("try_lock")

# %% [markdown]
# ## 2. `acquired`: a `with` that knows whether (8 points)
#
# `with lock:` cannot give up. `if lock.acquire(timeout=1): try: … finally: lock.release()` can, and is
# forgotten or misspelt. Join the two:
#
# ```python
# with acquired(lock, timeout=1) as got_it:
#     if got_it:
#         ...
#     else:
#         ...
# ```
#
# **The contract**
#
# - `acquired(lock, timeout=None)` returns a context manager; `lock` and `timeout` are as in `try_lock`.
# - It acquires when the block is *entered*, not when `acquired(...)` is called.
# - It gives the block `True` if it acquired the lock, else `False`. The block runs in either case.
# - A bad timeout raises `ValueError`, at the call or on entering; the lock is left as it was.
# - On leaving the block it releases exactly once if it acquired, and otherwise not at all, also when the
#   block raises. It never releases what somebody else holds.
# - Exceptions pass unchanged.
#
# You may use your `try_lock`.
#
# <details><summary>Hint: a nudge</summary>
#
# On leaving, how do you know whether it was *you* who acquired? `lock.locked()` says only that somebody
# did.
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `contextlib.contextmanager` turns a generator with one `yield` into a context manager. Put the result of
# acquiring into a local variable *before* the `try`, yield it, and release in `finally` only if it is
# true.
# </details>

# %% answer="acquired"
import threading
from contextlib import contextmanager


@contextmanager
def acquired(lock, timeout: float | None = None):
    """A context manager that acquires lock on entering and yields whether it succeeded.

    timeout is as in try_lock: None waits for ever, 0 not at all. On leaving, the lock is released
    if and only if it was acquired here. Raises ValueError if timeout is negative or NaN.
    """
    ### BEGIN SOLUTION
    if timeout is not None and not timeout >= 0:
        raise ValueError("timeout must be None or a number that is not negative")
    wait = -1 if timeout is None else min(timeout, threading.TIMEOUT_MAX)
    got_it = lock.acquire(timeout=wait)
    try:
        yield got_it
    finally:
        if got_it:
            lock.release()
    ### END SOLUTION


# %% [markdown]
# **It holds the lock inside the block, and only there.**

# %% check="acquired-1" points=2
import threading


def taken(lock):
    """Whether somebody holds the lock, as another thread sees it."""

    def try_it():
        free = lock.acquire(blocking=False)
        if free:
            lock.release()
        return not free

    return together(try_it)[0]


def enter_a_block(lock, timeout):
    with acquired(lock, timeout) as got_it:
        inside = taken(lock)
    return {"told": got_it, "taken inside": inside, "taken afterwards": taken(lock)}


def it_holds_the_lock_inside_the_block_and_only_there():
    return enter_a_block(threading.Lock(), None)


def it_holds_an_rlock_inside_the_block_and_only_there():
    return enter_a_block(threading.RLock(), 5)


def it_holds_the_lock_without_waiting_for_it():
    return enter_a_block(threading.Lock(), 0)


def no_two_blocks_run_together():
    lock = threading.Lock()
    box = [0]

    def add():
        with acquired(lock):
            box[0] += 1

    together(add, add)
    return box[0]


HELD_INSIDE = {"told": True, "taken inside": True, "taken afterwards": False}

check(it_holds_the_lock_inside_the_block_and_only_there, expect=HELD_INSIDE)
check(it_holds_an_rlock_inside_the_block_and_only_there, expect=HELD_INSIDE)
check(it_holds_the_lock_without_waiting_for_it, expect=HELD_INSIDE)
check(no_two_blocks_run_together, expect=2, delays=True)


# %% [markdown]
# **Without the lock the block runs too**, is told `False`, and the lock stays with the one who holds it.

# %% check="acquired-2" points=1
import threading


def without_the_lock_the_block_runs_and_the_holder_keeps_it():
    lock = threading.Lock()
    lock.acquire()
    told = []
    for timeout in 0, 2:
        with acquired(lock, timeout) as got_it:
            told.append(got_it)
    return {"told": told, "still held": lock.locked()}


check(without_the_lock_the_block_runs_and_the_holder_keeps_it, expect={"told": [False, False], "still held": True})


# %% [markdown]
# **Exceptions pass, and the lock comes back.** The very same exception object reaches the outside, and the
# lock is then as it was before the block.

# %% check="acquired-3" points=2
import threading


def raise_in_a_block(lock):
    """Which of some exceptions came out of the block, and whether the lock was held after each."""
    seen = {}
    for kind in ValueError, RuntimeError, StopIteration, KeyboardInterrupt, SystemExit, GeneratorExit:
        boom = kind("boom")
        name = kind.__name__
        try:
            with acquired(lock, 0):
                raise boom
        except BaseException as error:
            seen[name] = "came out" if error is boom else f"became {error!r}", lock.locked()
        else:
            seen[name] = "swallowed", lock.locked()
    return seen


def exceptions_pass_and_the_lock_comes_back():
    return raise_in_a_block(threading.Lock())


def exceptions_pass_and_the_holder_keeps_the_lock():
    lock = threading.Lock()
    lock.acquire()
    return raise_in_a_block(lock)


NAMES = ["ValueError", "RuntimeError", "StopIteration", "KeyboardInterrupt", "SystemExit", "GeneratorExit"]

check(exceptions_pass_and_the_lock_comes_back, expect=dict.fromkeys(NAMES, ("came out", False)))
check(exceptions_pass_and_the_holder_keeps_the_lock, expect=dict.fromkeys(NAMES, ("came out", True)))


# %% [markdown]
# **It acquires on entering.** The call alone takes nothing.

# %% check="acquired-4" points=1
import threading


def the_call_alone_acquires_nothing():
    lock = threading.Lock()
    manager = acquired(lock, 1)
    before = lock.locked()
    with manager as got_it:
        inside = lock.locked()
    return {"held before": before, "told": got_it, "inside": inside, "afterwards": lock.locked()}


check(
    the_call_alone_acquires_nothing,
    expect={"held before": False, "told": True, "inside": True, "afterwards": False},
)


# %% [markdown]
# **It waits as long as it was told**, and refuses what makes no sense.

# %% check="acquired-5" points=1
import threading
import time


def wait_for_a_lock_that_is_held_for_2_seconds(timeout):
    """Return what the block was told and how long it took to get there, in virtual seconds."""
    lock = threading.Lock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(2)

    def ask():
        held.wait()
        began = time.monotonic()
        with acquired(lock, timeout) as got_it:
            return got_it, round(time.monotonic() - began, 6)

    return together(hold, ask)[1]


def a_block_that_waits_a_second_and_a_half():
    return wait_for_a_lock_that_is_held_for_2_seconds(1.5)


def a_block_that_waits_nine_seconds():
    return wait_for_a_lock_that_is_held_for_2_seconds(9)


def a_block_without_a_timeout():
    return wait_for_a_lock_that_is_held_for_2_seconds(None)


def a_block_with_timeout_zero_never_waits():
    lock = threading.Lock()

    def hold():
        with lock:
            time.sleep(5)

    def ask():
        began = time.monotonic()
        with acquired(lock, 0):
            return round(time.monotonic() - began, 6)

    return together(hold, ask)[1]


def a_bad_timeout_never_gets_in():
    seen = []
    for timeout in -1, -0.5, float("nan"):
        lock = threading.Lock()
        try:
            with acquired(lock, timeout):
                seen.append("entered")
        except ValueError:
            seen.append(lock.locked())
    return seen


def refused_after_1500_to_2000_ms(seen):
    return seen[0] is False and 1.5 <= seen[1] < 2


def acquired_after_2_to_9_seconds(seen):
    return seen[0] is True and 2 <= seen[1] < 9


check(a_block_that_waits_a_second_and_a_half, expect=refused_after_1500_to_2000_ms)
check(a_block_that_waits_nine_seconds, expect=acquired_after_2_to_9_seconds)
check(a_block_without_a_timeout, expect=acquired_after_2_to_9_seconds)
check(a_block_with_timeout_zero_never_waits, expect=0.0)
check(a_bad_timeout_never_gets_in, expect=[False, False, False])


# %% check="acquired-6" points=1 hidden=true
import threading


def each_block_releases_its_own():
    lock, busy = threading.Lock(), threading.Lock()
    busy.acquire()
    with acquired(lock, 0) as outer:
        with acquired(busy, 0) as inner:
            pass
        between = lock.locked()
    return outer, inner, between, lock.locked(), busy.locked()


def an_rlock_is_released_once_per_block():
    lock = threading.RLock()
    with acquired(lock) as outer:
        with acquired(lock, 0) as inner:
            pass
        [between] = together(lambda: not lock.acquire(blocking=False))
    [afterwards] = together(lambda: lock.acquire(blocking=False))
    return outer, inner, between, afterwards


def a_late_holder_keeps_the_lock():
    lock = threading.Lock()
    lock.acquire()
    with acquired(lock, 0) as got_it:
        lock.release()
        [other] = together(lambda: lock.acquire(blocking=False))
    return got_it, other, lock.locked()


def an_rlock_is_released_once_when_the_block_raises():
    lock = threading.RLock()
    with acquired(lock):
        try:
            with acquired(lock, 0):
                raise KeyError("boom")
        except KeyError:
            pass
        [still_held] = together(lambda: not lock.acquire(blocking=False))
    return still_held


def a_vain_attempt_beside_it_changes_nothing():
    lock = threading.Lock()

    def try_in_vain():
        with acquired(lock, 0) as got_it:
            return got_it

    with acquired(lock) as mine:
        theirs = together(try_in_vain)
    return mine, theirs, lock.locked()


def infinity_is_a_timeout():
    free, busy = threading.Lock(), threading.Lock()
    busy.acquire()
    told = []
    for lock in free, busy:
        with acquired(lock, float("inf")) as got_it:
            told.append(got_it)
    return told


check(each_block_releases_its_own, expect=(True, False, True, False, True))
check(an_rlock_is_released_once_per_block, expect=(True, True, True, True))
check(a_late_holder_keeps_the_lock, expect=(False, True, True))
check(an_rlock_is_released_once_when_the_block_raises, expect=True)
check(a_vain_attempt_beside_it_changes_nothing, expect=(True, [False], False))
check(infinity_is_a_timeout, expect=[True, False])


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("acquired")

# %% [markdown]
# ## 3. `OwnedLock`: a lock that knows its owner (8 points)
#
# Anybody may release a `threading.Lock`, and a thread that acquires its own lock again waits for itself
# without a word. Build a lock that turns both into errors that you can see.
#
# **The contract**
#
# - `OwnedLock` is a mutex: at any time at most one thread holds it.
# - `acquire(blocking=True, timeout=-1)` returns a bool, takes the same arguments as
#   `threading.Lock.acquire` and raises the same kinds of error for bad ones (`ValueError`,
#   `OverflowError`, `TypeError`).
# - `release()`, `locked()` and `with` work as for `threading.Lock`.
# - `owner` is the ident (`threading.get_ident()`) of the thread that holds the lock, or `None`.
# - `release()` by a thread that does not hold the lock, or when nobody does, raises `RuntimeError` and
#   changes nothing.
# - `acquire()` by the owner raises `RuntimeError` at once: it never waits, and it does so before it even
#   looks at its arguments.
# - At no moment can a thread that holds the lock see another owner than itself. *Other* threads may see
#   `None` for a moment while somebody acquires or releases.
#
# <details><summary>Hint: a nudge</summary>
#
# `owner` is shared data. At which moments is it certain that only one thread can write it? And in which
# order must "clear the owner" and "release" stand?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Keep an ordinary `threading.Lock` inside and write `owner` only while you hold it: set it right *after*
# the inner acquire has returned `True`, clear it right *before* the inner release. To ask "am I the
# owner?" you need no lock: only you yourself ever write your own ident there.
# </details>

# %% answer="owned_lock"
import threading


class OwnedLock:
    """A mutex that knows which thread holds it.

    owner: the ident of the holding thread, or None. A thread that holds the lock always sees itself there.
    """

    def __init__(self):
        ### BEGIN SOLUTION
        self._lock = threading.Lock()
        self.owner = None
        ### END SOLUTION

    def acquire(self, blocking=True, timeout=-1):
        """Acquire like threading.Lock.acquire; return whether that succeeded.

        Raises RuntimeError at once if the calling thread holds the lock already.
        """
        ### BEGIN SOLUTION
        if self.owner == threading.get_ident():
            raise RuntimeError("this thread holds the lock already")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            self.owner = threading.get_ident()
        return acquired
        ### END SOLUTION

    def release(self):
        """Release the lock. Raises RuntimeError, and changes nothing, unless this thread holds it."""
        ### BEGIN SOLUTION
        if self.owner != threading.get_ident():
            raise RuntimeError("this thread does not hold the lock")
        self.owner = None
        self._lock.release()
        ### END SOLUTION

    def locked(self):
        """Whether some thread holds the lock."""
        ### BEGIN SOLUTION
        return self._lock.locked()
        ### END SOLUTION

    def __enter__(self):
        ### BEGIN SOLUTION
        return self.acquire()
        ### END SOLUTION

    def __exit__(self, *exception):
        ### BEGIN SOLUTION
        self.release()
        ### END SOLUTION


# %% [markdown]
# **It is a mutex**, by `with` and by `acquire` and `release`: two threads under it never lose an update.

# %% check="owned_lock-1" points=2
def it_is_a_mutex():
    lock = OwnedLock()
    box = [0]

    def add_in_a_block():
        with lock:
            box[0] += 1

    def add_between():
        got_it = lock.acquire()
        box[0] += 1
        lock.release()
        return got_it

    together(add_in_a_block, add_between)
    return box[0], lock.locked()


def the_block_releases_when_it_raises():
    lock = OwnedLock()
    try:
        with lock:
            inside = lock.locked()
            raise KeyError("boom")
    except KeyError:
        return inside, lock.locked(), together(lock.acquire)


check(it_is_a_mutex, expect=(2, False), delays=True)
check(the_block_releases_when_it_raises, expect=(True, False, [True]))


# %% [markdown]
# **`owner` is the ident of the holder, or `None`.** An attempt of somebody else that fails does not change
# it.

# %% check="owned_lock-2" points=1
import threading


def the_owner_is_the_holder():
    me = threading.get_ident()
    lock, other_lock = OwnedLock(), OwnedLock()
    seen = {"new": lock.owner, "returned": lock.acquire(), "held": lock.owner == me}
    seen["others get"] = together(lambda: lock.acquire(blocking=False), lambda: lock.acquire(timeout=3))
    seen["held after that"] = lock.owner == me
    seen["another lock"] = other_lock.owner
    lock.release()
    seen["released"] = lock.owner
    return seen


check(
    the_owner_is_the_holder,
    expect={
        "new": None,
        "returned": True,
        "held": True,
        "others get": [False, False],
        "held after that": True,
        "another lock": None,
        "released": None,
    },
)


# %% [markdown]
# **Who holds the lock sees itself as the owner, always.** Two threads, each of which looks twice.

# %% check="owned_lock-3" points=2
import threading


def the_holder_always_sees_itself():
    lock = OwnedLock()

    def look():
        with lock:
            return [lock.owner == threading.get_ident(), lock.owner == threading.get_ident()]

    return together(look, look)


def an_attempt_that_fails_is_never_seen():
    lock = OwnedLock()

    def look():
        lock.acquire()
        mine = lock.owner == threading.get_ident()
        lock.release()
        return mine

    def try_once():
        if lock.acquire(blocking=False):
            lock.release()

    return together(look, try_once)[0]


check(the_holder_always_sees_itself, expect=[[True, True], [True, True]], delays=True)
check(an_attempt_that_fails_is_never_seen, expect=True, delays=True)


# %% [markdown]
# **Only the owner may release.** Anybody else gets a `RuntimeError`, and nothing has changed.

# %% check="owned_lock-4" points=1
import threading


def refused(action, *arguments):
    """Whether calling the action raises RuntimeError."""
    try:
        action(*arguments)
    except RuntimeError:
        return True
    return False


def nobody_may_release_what_nobody_holds():
    lock = OwnedLock()
    new = refused(lock.release), lock.locked(), lock.owner
    lock.acquire()
    lock.release()
    released = refused(lock.release), lock.locked(), lock.owner
    return {"new": new, "released": released, "next acquire": together(lock.acquire)}


def a_stranger_may_not_release():
    lock = OwnedLock()
    lock.acquire()
    me = threading.get_ident()
    [(stranger, *seen)] = together(lambda: (refused(lock.release), lock.locked(), lock.owner == me))
    return {"refused": stranger, "the stranger sees": seen, "held": lock.locked(), "mine": lock.owner == me}


def a_stranger_is_refused_at_any_moment():
    lock = OwnedLock()

    def visit():
        with lock:
            return lock.owner == threading.get_ident()

    return together(visit, lambda: refused(lock.release))


check(
    nobody_may_release_what_nobody_holds,
    expect={"new": (True, False, None), "released": (True, False, None), "next acquire": [True]},
)
check(
    a_stranger_may_not_release,
    expect={"refused": True, "the stranger sees": [True, True], "held": True, "mine": True},
)
check(a_stranger_is_refused_at_any_moment, expect=[True, True], delays=True)


# %% [markdown]
# **The owner never waits for itself.** A second `acquire()` raises `RuntimeError` before it looks at the
# arguments, and the lock is held as before.

# %% check="owned_lock-5" points=1
import threading
import time


def ask_again(call):
    """What the owner's second attempt gives, how long it takes, and whether it still holds the lock then."""
    lock = OwnedLock()
    lock.acquire()
    began = time.monotonic()
    try:
        result = call(lock)
    except Exception as error:
        result = type(error).__name__
    return result, round(time.monotonic() - began, 6), lock.owner == threading.get_ident() and lock.locked()


def the_owner_never_waits_for_itself():
    return ask_again(lambda lock: lock.acquire())


def the_owner_is_refused_in_a_with_block():
    return ask_again(lambda lock: lock.__enter__())


def the_owner_is_refused_with_a_timeout():
    return ask_again(lambda lock: lock.acquire(timeout=10))


def the_owner_is_refused_without_blocking():
    return ask_again(lambda lock: lock.acquire(blocking=False))


def the_owner_is_refused_before_the_arguments_are_looked_at():
    return [
        ask_again(lambda lock: lock.acquire(timeout=-7)),
        ask_again(lambda lock: lock.acquire(False, 10)),
        ask_again(lambda lock: lock.acquire(timeout="soon")),
    ]


REFUSED = ("RuntimeError", 0.0, True)

check(the_owner_never_waits_for_itself, expect=REFUSED)
check(the_owner_is_refused_in_a_with_block, expect=REFUSED)
check(the_owner_is_refused_with_a_timeout, expect=REFUSED)
check(the_owner_is_refused_without_blocking, expect=REFUSED)
check(the_owner_is_refused_before_the_arguments_are_looked_at, expect=[REFUSED, REFUSED, REFUSED])


# %% check="owned_lock-6" points=1 hidden=true
import threading
import time


def bad_arguments_are_refused_as_by_a_lock():
    def outcome(lock, arguments, named):
        try:
            result = lock.acquire(*arguments, **named)
        except (TypeError, ValueError, OverflowError) as error:
            return type(error).__name__
        if result:
            lock.release()
        return result

    calls = [
        ((False, 1), {}),
        ((False, 0), {}),
        ((), {"timeout": -2}),
        ((), {"timeout": float("nan")}),
        ((), {"timeout": float("inf")}),
        ((), {"timeout": 2 * threading.TIMEOUT_MAX}),
        ((), {"timeout": None}),
        ((), {"timeout": "soon"}),
        ((False, -1), {}),
        ((True, 1), {}),
        ((True,), {}),
        ((0,), {}),
        ((), {"blocking": False}),
        ((), {"timeout": -1.0}),
        ((), {"timeout": 0}),
    ]
    different = []
    for arguments, named in calls:
        lock = OwnedLock()
        ours, plain = outcome(lock, arguments, named), outcome(threading.Lock(), arguments, named)
        if ours != plain or lock.locked() or lock.owner is not None:
            different.append([repr(arguments), repr(named), ours, plain])
    return different


def waiting_is_as_for_a_lock():
    lock = OwnedLock()
    held = threading.Event()

    def hold():
        with lock:
            held.set()
            time.sleep(2)
            return lock.owner == threading.get_ident()

    def ask():
        held.wait()
        began = time.monotonic()
        at_once = lock.acquire(timeout=0), lock.acquire(False), round(time.monotonic() - began, 6)
        too_short = lock.acquire(timeout=1), 1 <= round(time.monotonic() - began, 6) < 2
        long_enough = lock.acquire(timeout=5), 2 <= round(time.monotonic() - began, 6) < 6
        return at_once, too_short, long_enough

    return together(hold, ask)


def who_does_not_hold_it_is_not_the_owner():
    lock = OwnedLock()

    def come_and_go():
        with lock:
            pass
        return lock.owner == threading.get_ident()

    return together(come_and_go, come_and_go)


def who_has_left_may_come_again():
    lock = OwnedLock()
    visits = []

    def visit(times):
        for _ in range(times):
            with lock:
                visits.append(1)

    together(lambda: visit(2), lambda: visit(1))
    return len(visits), lock.owner


check(bad_arguments_are_refused_as_by_a_lock, expect=[])
check(who_does_not_hold_it_is_not_the_owner, expect=[False, False])
check(who_has_left_may_come_again, expect=(3, None))
check(
    waiting_is_as_for_a_lock,
    expect=[True, ((False, False, 0.0), (False, True), (True, True))],
)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("owned_lock")
