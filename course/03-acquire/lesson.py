# %% [markdown]
# # 03 acquire
#
# `with lock:` waits for ever. That is often what you want, and sometimes the last thing that you want.
# This lesson is about the method behind it, `acquire`: four ways to call it, what it returns, when it
# raises, and who may release what was acquired.

# %%
import signal
import sys
import threading
import time

from checker import explore, together
from checker.levels import play_level
from checker.measure import caption, honesty_line, looks, new_axes

print(honesty_line())

# %% [markdown]
# ## Four ways to ask
#
# | call | if the lock is free | if somebody holds it |
# |---|---|---|
# | `lock.acquire()` | takes it, returns `True` | waits for as long as it takes, then `True` |
# | `lock.acquire(blocking=False)` | takes it, returns `True` | returns `False` at once |
# | `lock.acquire(timeout=1.5)` | takes it, returns `True` | waits up to 1.5 s, then `True` or `False` |
# | `with lock:` | like the first, and `release()` on every way out | |
#
# To **block** means to wait inside a call. A thread that is blocked in `acquire` uses no processor time.
#
# That looks easy. Here are sixteen calls; you would not think how many surprises there are among them.
#
# ## Sixteen calls
#
# **Predict.** Write your guesses into the list: `True`, `False`, `None`, `"waits for ever"`, or the name
# of an error such as `"ValueError"`. In calls 1 to 13 `lock` is a `threading.Lock` that another thread
# holds and never releases. Leave `...` where you have no idea.

# %%
guesses = {
    "lock.acquire()": ...,
    "lock.acquire(False)": ...,
    "lock.acquire(timeout=1)": ...,
    "lock.acquire(timeout=0)": ...,
    "lock.acquire(timeout=-1)": ...,
    "lock.acquire(timeout=-2)": ...,
    "lock.acquire(timeout=None)": ...,
    "lock.acquire(0.1)": ...,
    "lock.acquire(False, 0.1)": ...,
    "lock.acquire(False, 0)": ...,
    "lock.acquire(True, 0.1)": ...,
    "lock.acquire(timeout=1e10)": ...,
    "lock.release()": ...,
    "free.release()": ...,  # nobody holds this Lock
    "mine.acquire(False)": ...,  # an RLock that this very thread holds
    "other.release()": ...,  # an RLock that another thread holds
}

# %% [markdown]
# The answers come from `explore`. It runs each call under a clock of its own, which jumps ahead when
# everybody waits, so a wait of an hour takes no time. And it knows the difference between "has waited
# long" and "will wait for ever": when no thread can ever move again, that is a **deadlock**.

# %%
def what_happens(call):
    """What the call gives: its result, the error's name, or that it never comes back; and how long it takes."""

    def scenario():
        lock, other, free, mine = threading.Lock(), threading.RLock(), threading.Lock(), threading.RLock()
        together(lock.acquire, other.acquire)
        mine.acquire()
        names = {"lock": lock, "other": other, "free": free, "mine": mine}
        began = time.monotonic()
        try:
            result = eval(call, names)
        except Exception as error:
            result = type(error).__name__
        return result, round(time.monotonic() - began, 3)

    explored = explore(scenario)
    if explored.outcome == "deadlock":
        return "waits for ever", ""
    [(result, seconds)] = explored.outcomes
    return result, f"after {seconds:g} s" if seconds else "at once"


# %%
print(f"Python {sys.version_info.major}.{sys.version_info.minor}")
answers = {call: what_happens(call) for call in guesses}
for number, (call, (result, when)) in enumerate(answers.items(), start=1):
    mark = " " if guesses[call] is ... else "+" if guesses[call] == result else "x"
    print(f"{mark} {number:2}  {call:27} {result!s:15} {when}")

# %% [markdown]
# Go through the ones that you marked wrong. Some deserve a word:
#
# - **5 and 6.** `timeout=-1` is the default and means "for ever"; every other negative number is a
#   `ValueError`. A deadline that has just passed can give either.
# - **7.** "No timeout" is not `None` here. (For a `Semaphore` it is. The standard library is not of one
#   mind.)
# - **8.** The classic slip. The first parameter is `blocking`, and 0.1 is a true value: from Python 3.12
#   on the call **waits for ever**; up to 3.11 it is a `TypeError`. Write `timeout=` by name, always.
# - **9 and 10.** A call that does not block takes no timeout, not even 0.
# - **12.** The longest wait is `threading.TIMEOUT_MAX` seconds; more, or infinity, is an `OverflowError`.
# - **13.** *Any* thread may release a `Lock`, also one that never acquired it. Python will not stop you.
# - **15 and 16.** An **RLock** (re-entrant lock) knows its **owner**: the owner may acquire it again and
#   must release it as many times; nobody else may release it at all.
#
# ## A timeout is a wish
#
# `acquire(timeout=t)` promises to wait *at least* about `t` before it gives up. How much longer does it
# take?
#
# **Predict.** You ask for 1, 3, 10, 30, 100 milliseconds on a lock that stays held. How long do you wait?
# And how long if another thread is busy computing at the same time?

# %%
asked = [0.001, 0.003, 0.010, 0.030, 0.100]  # seconds


def measure_waits(asked, repeats):
    """Really wait for a held lock; return (asked, waited) pairs in seconds."""
    lock = threading.Lock()
    lock.acquire()
    pairs = []
    for timeout in asked * repeats:
        began = time.perf_counter()
        lock.acquire(timeout=timeout)
        pairs.append((timeout, time.perf_counter() - began))
    return pairs


def measure_waits_beside_a_busy_thread(asked, repeats):
    done = threading.Event()

    def compute():
        while not done.is_set():
            sum(range(1000))

    def wait():
        try:
            return measure_waits(asked, repeats)
        finally:
            done.set()

    return together(wait, compute)[0]


alone = measure_waits(asked, repeats=8)
beside = measure_waits_beside_a_busy_thread(asked, repeats=8)

# %%
axes = new_axes("Asked and waited", "asked timeout (ms, log scale)", "measured wait (ms, log scale)")
series = ("alone", alone, 25), ("beside a busy thread", beside, 60)
for (text, pairs, size), look in reversed(list(zip(series, looks(2)))):
    ask, waited = zip(*[(1000 * timeout, 1000 * seconds) for timeout, seconds in pairs])
    axes.scatter(ask, waited, label=text, s=size, alpha=0.7, **look.dots)
axes.axline((1, 1), (100, 100), color="black", linewidth=1, label="waited = asked")
axes.set(xscale="log", yscale="log", xticks=[1, 3, 10, 30, 100], yticks=[1, 3, 10, 30, 100])
axes.xaxis.set_major_formatter("{x:g}")
axes.yaxis.set_major_formatter("{x:g}")
axes.minorticks_off()
axes.legend()
caption(axes, f"{honesty_line(trials=8)}. One dot per acquire on a held lock. What is promised is only that"
        " no dot lies below the line.")

# %%
for text, pairs in ("alone", alone), ("beside a busy thread", beside):
    extra = sorted(1000 * (waited - timeout) for timeout, waited in pairs)
    least, middle, most = extra[0], extra[len(extra) // 2], extra[-1]
    print(f"{text:22} extra wait: least {least:.2f} ms, middle {middle:.2f} ms, most {most:.2f} ms")

# %% [markdown]
# No dot lies below the diagonal: `acquire` does not give up early. Above it, everything is possible. After
# the timeout the thread must be woken by the operating system, and then it must get the GIL, which the
# busy thread hands over only every few milliseconds (the *switch interval* in the honesty line).
#
# So read `timeout=0.1` as "after 0.1 s I would rather have `False` than wait", not as "back in 0.1 s".
#
# ## False is an answer
#
# A call with a timeout has two outcomes, and both need code. Here is a worker that forgot one of them.
#
# **Predict.** What goes wrong, and in which thread?

# %%
def two_careless_workers():
    lock = threading.Lock()

    def work():
        lock.acquire(timeout=1)  # and if it returns False?
        time.sleep(2)  # the work
        lock.release()

    together(work, work)


explore(two_careless_workers)

# %% [markdown]
# The second worker waits for a second, gets `False`, does not look, and walks in: both are in the critical
# section. Then each releases. The first release that comes frees the lock, the other one fails with
# `RuntimeError: release unlocked lock`. And had a third thread acquired it meanwhile, *its* lock would
# have been released.
#
# Here is a smaller program with the same fault. You are the scheduler: bring both threads into the part that the
# lock should protect.

# %%
play_level("ignored_false")

# %% [markdown]
# The shape to remember:
#
# ```python
# if lock.acquire(timeout=1):
#     try:
#         ...            # with the lock
#     finally:
#         lock.release()
# else:
#     ...                # without the lock: a designed branch, not an accident
# ```
#
# Note where the `try` begins: *after* the acquire. If it began before, `finally` would release a lock that
# was never acquired.

# %%
def two_careful_workers():
    lock = threading.Lock()

    def work():
        if lock.acquire(timeout=1):
            try:
                time.sleep(2)
                return "worked"
            finally:
                lock.release()
        return "came back later"

    return sorted(together(work, work))


explore(two_careful_workers)

# %% [markdown]
# ## Whose lock is it?
#
# A `Lock` has no owner. That has a use (one thread acquires, another releases, as a signal), and a price:
# nobody notices when the wrong thread releases.
#
# **Predict.** Thread A is in its critical section. Thread B, by mistake, releases the lock. What can
# happen to the counter?

# %%
def a_stranger_releases():
    lock = threading.Lock()
    box = {"count": 0}

    def add():
        with lock:
            box["count"] += 1

    def blunder():
        if lock.locked():
            lock.release()

    error = None
    try:
        together(add, add, blunder)
    except RuntimeError as problem:
        error = str(problem)
    return box["count"], error


explore(a_stranger_releases)

# %% [markdown]
# If the blunder comes while nobody holds the lock, nothing happens. Otherwise one `release` is too many, and
# whoever comes last gets `RuntimeError`: most often a thread that did *nothing wrong*. And there is the 1: an
# update was lost, although every increment was made under the lock.
#
# With an `RLock` the stranger gets the error, on the spot, every time. But an RLock
# lets its owner in again, also by mistake. In the exercise `OwnedLock` you build the lock that is strict in
# both directions.
#
# One more way to let go too early needs no stranger. Play this one: the addition is protected, and yet two
# people draw the same number.

# %%
play_level("two_of_a_number")

# %% [markdown]
# What you read after the release is no longer yours. Take it along while you hold the lock.
#
# ## Waiting and signals
#
# While the main thread waits in `acquire`, a **signal** may arrive, such as the one that Ctrl-C sends. Its
# *handler* is a Python function, and only the main thread ever runs handlers.
#
# **Predict.** We wait with `timeout=0.6`. After 0.2 s a signal comes. How long does the acquire take if
# the handler simply returns? And if it raises?

# %%
def wait_with_a_signal(handler):
    """Wait 0.6 s for a held lock; a signal comes after 0.2 s. Return what came of it, and the time."""
    lock = threading.Lock()
    lock.acquire()
    before = signal.signal(signal.SIGUSR1, handler)
    main = threading.main_thread().ident
    alarm = threading.Timer(0.2, signal.pthread_kill, [main, signal.SIGUSR1])
    began = time.monotonic()
    alarm.start()
    try:
        result = lock.acquire(timeout=0.6)
    except InterruptedError as error:
        result = repr(error)
    waited = time.monotonic() - began
    alarm.join()
    signal.signal(signal.SIGUSR1, before)
    return result, waited


def simply_returns(number, frame):
    pass


def raises(number, frame):
    raise InterruptedError("the handler raised this")


quiet, loud = wait_with_a_signal(simply_returns), wait_with_a_signal(raises)
for name, (result, waited) in ("returns", quiet), ("raises", loud):
    print(f"handler {name:8} acquire gave {result!s:45} after {waited:.1f} s")

# %% [markdown]
# A handler that returns changes nothing: the wait goes on, and its timeout is kept. A handler that raises
# ends the wait, and the exception comes out of `acquire`. This is how Ctrl-C works: its handler raises
# `KeyboardInterrupt`.
#
# It follows that Ctrl-C, or the notebook's stop button, reaches the *main* thread only. **A worker that
# waits in `acquire` is never interrupted.** If you want to be able to stop it, give it a timeout and a
# flag to look at. (The cell uses `SIGUSR1`, which exists on Linux and macOS.)
#
# ## Words
#
# - **blocking**: waiting inside a call.
# - **timeout**: how long to wait before giving up; a wish, with a lower limit only.
# - **owner**: the thread that may release. A `Lock` has none, an `RLock` has one.
# - **re-entrant**: the owner may acquire again.
# - **deadlock**: no thread can ever move again. (Lesson 06 is about it.)
#
# ## Explain it to a colleague
#
# Why is no dot below the diagonal, and why are many above? What does `acquire(0.1)` do, and on which
# Python? Then go on to the exercises: open the assignment `03-acquire`.
