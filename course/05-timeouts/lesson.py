# %% [markdown]
# # 05 Timeouts
#
# `acquire(timeout=…)` may return `False`. What then? Most programs have no answer to that, or one that nobody ever
# tried. This lesson is about the branch after `False`: four ways to design it, and what each of them costs.
#
# As before: answer the question first, then run the cell.

# %%
import random
import threading
import time
from functools import partial

from checker import explore, together
from checker.measure import caption, honesty_line, looks, new_axes, new_figure, percentiles

print(honesty_line())

# %% [markdown]
# ## Four answers to False
#
# You wanted a lock and did not get it in time. There are four things that you can do, and they suit different work:
#
# | | what you do | suits |
# |---|---|---|
# | **skip** | go on without | work that somebody is doing anyway: flushing, refreshing, statistics |
# | **give up** | undo what you have, and say so | work with a promise: "an answer within two seconds" |
# | **try again later** | step back, wait a while | work that must be done, but not at this moment |
# | **make do** | take what is there, though it is older | reading what may be a little out of date |
#
# Waiting for ever is a fifth answer. It is a good one whenever the holder is sure to come out soon. It is
# the wrong one wherever somebody is waiting for *you*.
#
# ## Skip: best effort
#
# Many workers, and now and then one of them should flush a buffer. If another one is at it, the worker goes
# on. Work like that is called **best effort**, and it begins with `acquire(blocking=False)`.

# %%
class Flusher:
    def __init__(self, flush):
        self.flush = flush
        self.lock = threading.Lock()
        self.done = 0
        self.skipped = 0

    def poke(self):
        if not self.lock.acquire(blocking=False):
            self.skipped += 1
            return
        try:
            self.flush()
            self.done += 1
        finally:
            self.lock.release()


# %%
flusher = Flusher(lambda: time.sleep(0.005))  # a flush takes 5 ms


def work():
    for _ in range(20):
        flusher.poke()
        time.sleep(0.001)


together(work, work, work, work)
print(f"80 pokes: {flusher.done} done, {flusher.skipped} skipped, together {flusher.done + flusher.skipped}")

# %% [markdown]
# It looks right: 80 pokes, 80 of them counted.
#
# **Predict.** `done` is counted while the lock is held. And `skipped`? Three threads poke once each. Which totals
# of `done + skipped` are possible?

# %%
def three_pokes():
    back = threading.Semaphore(0)

    def flush():  # goes on until the two others are back
        back.acquire()
        back.acquire()

    flusher = Flusher(flush)

    def poke():
        flusher.poke()
        back.release()

    together(poke, poke, poke)
    return flusher.done + flusher.skipped


pokes = explore(three_pokes)
pokes

# %% [markdown]
# One poke can vanish. Those who skip are, by definition, the ones *without* the lock, and nothing protects
# their `+= 1`. It is the lost update of lesson 02, in the branch that nobody looks at.
#
# The branch after `False` is code like any other. It may not touch anything that the lock protects, **because
# you do not have it**.
#
# ## Give up: one deadline
#
# An operation needs several locks, one after the other, and the caller wants an answer within 40 ms. So
# each `acquire` gets `timeout=0.04`. Is that right?
#
# **Predict.** Each of `n` locks becomes free just before the patience for it runs out. How long does the
# operation take for n = 1, 2, 3, 4, 5?

# %%
BUDGET = 0.040  # seconds


def timeout_for_each(locks):
    for lock in locks:
        if not lock.acquire(timeout=BUDGET):
            return False
    return True


def one_deadline(locks):
    deadline = time.monotonic() + BUDGET
    for lock in locks:
        if not lock.acquire(timeout=max(0, deadline - time.monotonic())):
            return False
    return True


# %% [markdown]
# (In both, what was acquired should be released before `return False`. That is left out here, and will be your task.)

# %%
def seconds_taken(acquire_them, n):
    locks = [threading.Lock() for _ in range(n)]
    for lock in locks:
        lock.acquire()

    def let_go():
        for lock in locks:
            time.sleep(0.8 * BUDGET)
            lock.release()

    def ask():
        began = time.monotonic()
        acquire_them(locks)
        return time.monotonic() - began

    return together(ask, let_go)[0]


counts = [1, 2, 3, 4, 5]
each = [seconds_taken(timeout_for_each, n) / BUDGET for n in counts]
whole = [seconds_taken(one_deadline, n) / BUDGET for n in counts]

# %%
axes = new_axes("How long a caller with a budget waits", "locks needed", "time taken (in budgets of 40 ms)")
series = ("a timeout for each lock", each), ("one deadline for all", whole)
for (text, values), look in zip(series, looks(2)):
    axes.plot(counts, values, **look.line)
    axes.scatter(counts, values, s=60, zorder=3, label=text, **look.dots)
axes.axhline(1, color="black", linewidth=1)
axes.annotate("what the caller was promised", (5, 1), (0, 5), textcoords="offset points", ha="right")
axes.set(xticks=counts, ylim=(0, None))
axes.legend(loc="upper left")
caption(axes, f"{honesty_line(trials=1)}. Each lock becomes free 32 ms after the one before. With a timeout for each,"
        " the caller gets all locks, too late; with one deadline it gets one, and is told in time.")

# %% [markdown]
# A **timeout** is a length of time. It starts anew with every call. A **deadline** is a point in time: it
# stays where it is, however many steps there are before it.
#
# So compute the deadline once, at the very beginning, and give each step *what is left*:
# `max(0, deadline - time.monotonic())`. The `max` is no decoration. When a machine is busy, what is left may be a
# little below zero; −0.001 raises `ValueError`, and exactly −1 means "for ever".
#
# Use `time.monotonic()`, not `time.time()`: the clock on the wall may be set back while you wait.
#
# ## Try again: is polling waiting?
#
# "Never block! Ask with a short timeout and ask again." That is called **polling**, and it is said to be
# kinder to the others than waiting.
#
# **Predict.** Four threads want the lock three times each and hold it for 5 ms. One version waits in plain
# `acquire()`. The other calls `acquire(timeout=0.001)` until it works. How many calls does each need, and
# which is done first?

# %%
def four_threads_three_turns(acquire):
    lock = threading.Lock()
    calls = []

    def work():
        for _ in range(3):
            acquire(lock, calls)
            time.sleep(0.005)
            lock.release()

    began = time.perf_counter()
    together(work, work, work, work)
    return len(calls), 1000 * (time.perf_counter() - began)


def wait_inside(lock, calls):
    calls.append("acquire")
    lock.acquire()


def poll(lock, calls):
    calls.append("acquire")
    while not lock.acquire(timeout=0.001):
        calls.append("acquire")


waiting, polling = four_threads_three_turns(wait_inside), four_threads_three_turns(poll)
for text, (calls, milliseconds) in ("waiting inside", waiting), ("polling", polling):
    print(f"{text:15} {calls:4} calls of acquire for 12 turns, done after {milliseconds:3.0f} ms")

# %% [markdown]
# A thread that waits inside `acquire` costs nothing: the operating system wakes it when the lock is free. A
# thread that polls wakes up, looks, and goes to sleep again, a hundred times, and each time it may just
# miss the moment. Which version is done first changes from run to run: both hold the lock for 60 ms in all.
#
# So if you mean to wait, wait. Trying again is for the case when you *cannot* stay: you hold something else
# that others need, or what you ask is not a lock but a service that sends you away.
#
# ## Try again later: back off, and throw the dice
#
# Ten clients come at the same moment. One gets the lock. Each of the others waits 10 ms and tries again, then 20
# ms, 40 ms, and so on, six tries in all. That is **exponential back-off**. The lock is held for 8 ms by whoever
# gets it.
#
# **Predict.** How many of the ten get it? And if each of them sleeps not the whole time but a random part of it?

# %%
def ten_clients(pause):
    """Each client's tries as (milliseconds since the start, got it)."""
    lock, start = threading.Lock(), threading.Barrier(10)
    began = [0.0]

    def client():
        tries = []
        start.wait()
        began[0] = began[0] or time.perf_counter()
        for i in range(6):
            got = lock.acquire(blocking=False)
            tries.append((1000 * (time.perf_counter() - began[0]), got))
            if got:
                time.sleep(0.008)
                lock.release()
                break
            time.sleep(pause(0.010 * 2**i))
        return tries

    return together(*[client] * 10)


exact = ten_clients(lambda limit: limit)
jittered = ten_clients(lambda limit: random.uniform(0, limit))
winners = [sum(tries[-1][1] for tries in clients) for clients in (exact, jittered)]
print(f"got the lock: {winners[0]} of 10 with exact pauses, {winners[1]} of 10 with random ones")

# %%
figure, panels = new_figure(2, 1, size=(7.5, 5), sharex=True)
panels[0].set_title("exact pauses: 10, 20, 40, … ms", loc="left", fontweight="bold")
panels[1].set_title("a random part of 10, 20, 40, … ms", loc="left", fontweight="bold")
got_it, refused = looks(2)
for axes, clients in zip(panels, (exact, jittered)):
    for row, tries in enumerate(clients, start=1):
        for when, got in tries:
            if got:
                axes.barh(row, 8, left=when, height=0.7, **got_it.bar)
            else:
                axes.scatter(when, row, marker="|", s=70, linewidths=2, color=refused.color)
    axes.set(ylabel="client", yticks=[1, 5, 10], ylim=(0.2, 10.8))
panels[1].set(xlabel="time (ms)", xlim=(-8, None))  # room for the marks at 0
panels[0].barh(0, 0, label="holds the lock for 8 ms", **got_it.bar)
panels[0].scatter([], [], marker="|", s=70, linewidths=2, color=refused.color, label="tried and was refused")
figure.legend(loc="outside upper right", ncols=2)
caption(figure, f"{honesty_line(trials=1)}. One row per client. Random pauses differ from run to run, and so does"
        " who gets the lock.")

# %% [markdown]
# Look at the upper picture: the marks stand in columns. All who failed together pause equally long, come
# back together, and fail together, all but one. Back-off alone does not help; it only makes the meetings
# rarer.
#
# The random part is called **jitter**. It spreads the tries over time, so that each finds the lock free
# more often. The lower picture shows *full jitter*: a pause between 0 and the limit, drawn anew each time.
# Its rules will be your exercise.
#
# ## Make do: a cache
#
# A **cache** keeps a value that is expensive to get. It is *fresh* for a while (its **time to live**, ttl),
# and then somebody must fetch a new one. With many threads, what do the others do meanwhile?
#
# Here are four designs. Each `get` returns the value and says how it came by it: `fresh`, `stale` (older
# than the ttl), `none` (there was no value), or `fetcher` (this caller went to fetch it).

# %%
TTL, FETCH = 0.150, 0.080  # seconds: a value is fresh for 150 ms, and a fetch takes 80 ms


class Cache:
    def __init__(self):
        self.lock = threading.Lock()
        self.entry = None  # (value, when its fetch began)
        self.fetches = []  # (begin, end)

    def fresh(self):
        return self.entry is not None and time.monotonic() - self.entry[1] < TTL

    def fetch(self):
        began = time.monotonic()
        time.sleep(FETCH)
        self.entry = ("value", began)
        self.fetches.append((began, time.monotonic()))
        return self.entry[0], "fetcher"


# %%
class Naive(Cache):
    """Whoever finds it old fetches."""

    def get(self):
        return (self.entry[0], "fresh") if self.fresh() else self.fetch()


class OneLock(Cache):
    """Everything under one lock."""

    def get(self):
        with self.lock:
            return (self.entry[0], "fresh") if self.fresh() else self.fetch()


class UsualArticle(Cache):
    """Wait 20 ms for the lock, then make do with what is there."""

    def get(self):
        if self.fresh():
            return self.entry[0], "fresh"
        if not self.lock.acquire(timeout=0.020):
            return (self.entry[0], "stale") if self.entry else (None, "none")
        try:
            return (self.entry[0], "fresh") if self.fresh() else self.fetch()
        finally:
            self.lock.release()


class StaleWhileRefreshing(Cache):
    """One fetches; the others take the old value at once; only without any value they wait."""

    def get(self):
        entry = self.entry
        if self.fresh():
            return entry[0], "fresh"
        if not self.lock.acquire(blocking=entry is None):
            return entry[0], "stale"
        try:
            return (self.entry[0], "fresh") if self.fresh() else self.fetch()
        finally:
            self.lock.release()


# %% [markdown]
# Ten callers come all the time, 10 ms after their last answer. We write down every single call: when it
# came, how long it took, and how it was answered.
#
# **Predict.** The cache is empty at first. In 0.7 s the value grows old four times. How many fetches does
# each design make? Who waits, and for how long? Does anybody get nothing?

# %%
def herd(cache, callers=10, seconds=0.7):
    """Every call as (begin in s, latency in ms, how it was answered)."""
    start = time.monotonic()

    def caller(number):
        calls = []
        time.sleep(0.001 * number)  # not all at the very same moment
        while (came := time.monotonic()) < start + seconds:
            _, how = cache.get()
            calls.append((came - start, 1000 * (time.monotonic() - came), how))
            time.sleep(0.010)
        return calls

    answers = together(*[partial(caller, number) for number in range(callers)])
    cache.fetches = [(began - start, ended - start) for began, ended in cache.fetches]
    return [call for calls in answers for call in calls]


caches = [Naive(), OneLock(), UsualArticle(), StaleWhileRefreshing()]
records = [herd(cache) for cache in caches]

# %%
KINDS = ("fresh", "stale", "fetcher", "none")
figure, grid = new_figure(2, 2, size=(9, 5.6), sharex=True, sharey=True)
for axes, cache, calls in zip(grid.flat, caches, records):
    for began, ended in cache.fetches:
        axes.axvspan(began, ended, color="0.93", linewidth=0, zorder=0)
    for kind, look, size in zip(KINDS, looks(4), (16, 26, 34, 44)):
        dots = [(when, latency) for when, latency, how in calls if how == kind]
        axes.scatter(*(zip(*dots) if dots else ([], [])), s=size, label=kind, **look.dots)
    nothing = sum(how == "none" for _, _, how in calls)
    title = f"{type(cache).__name__}: {len(cache.fetches)} fetches, {nothing} × none"
    axes.set_title(title, loc="left", fontweight="bold")
for axes in grid[:, 0]:
    axes.set_ylabel("latency of the call (ms)")
for axes in grid[1]:
    axes.set_xlabel("when the call came (s)")
figure.legend(*grid[0, 0].get_legend_handles_labels(), loc="outside upper center", ncols=4)
caption(figure, f"{honesty_line(trials=1)}, 10 callers. One mark per call. Grey: somebody is fetching (80 ms);"
        " a value is fresh for 150 ms from the beginning of its fetch.")

# %%
print(f"{'':22} calls  fetches  none  stale  waited  half of those up to")
summary = {}
for cache, calls in zip(caches, records):
    waits = [ms for _, ms, _ in calls if ms > 10]
    hows = [how for _, _, how in calls]
    numbers = len(cache.fetches), hows.count("none"), hows.count("stale"), len(waits), percentiles(waits, (50,))[50]
    print("{:22} {:5}  {:7}  {:4}  {:5}  {:6}  {:14.0f} ms".format(type(cache).__name__, len(calls), *numbers))
    summary[type(cache).__name__] = numbers

# %% [markdown]
# (*Waited* are the calls that took longer than 10 ms.) Four pictures, four characters:
#
# - **Naive.** Whenever the value grows old, *all* callers fetch at the same time: a **herd**. The source
#   gets ten times the load at the very moment when it is slow.
# - **OneLock.** One fetch per period, and everybody else stands in line for 80 ms, though there is a value
#   from a moment ago.
# - **UsualArticle.** The design that most articles show. The line is shorter: who does not fetch waits 20 ms or
#   hardly more. But look at the left edge: on the **cold** (empty) cache the callers are handed `None`, as if that were
#   a value.
# - **StaleWhileRefreshing.** One fetches, and the others get the old value in no time. Only at the very
#   beginning, when there is nothing to make do with, they wait.
#
# Two questions are still open in the last design, and you will answer them in the exercise. How old may a
# value be? And what if the fetch *fails*?
#
# ## A value and its time
#
# The class above keeps `(value, when)` in **one** tuple. Many caches keep two attributes. Readers here do
# not hold the lock. Does it make a difference?
#
# **Predict.** A writer renews value and time while a reader reads both. What can the reader see?

# %%
class TwoAttributes:
    def __init__(self):
        self.value, self.when = "old", 0

    def renew(self):
        self.when = 100
        self.value = "new"

    def read(self):
        return self.value, self.when


class OneTuple:
    def __init__(self):
        self.entry = "old", 0

    def renew(self):
        self.entry = "new", 100

    def read(self):
        return self.entry


def seen_by_a_reader(make):
    def renew_and_read():
        cell = make()
        _, seen = together(cell.renew, cell.read)
        return seen

    return explore(renew_and_read)


torn, sound = seen_by_a_reader(TwoAttributes), seen_by_a_reader(OneTuple)
print("two attributes:", sorted(torn.outcomes))
print("one tuple:     ", sorted(sound.outcomes))

# %% [markdown]
# `('old', 100)` is the old value with the new time: an old value that passes for fresh, for a whole ttl.
# Writing the other attribute first does not help. (Try it. What can be seen then?)
#
# One tuple, replaced in one assignment, cannot be seen half done. Readers may even do without the lock.
#
# ## Words
#
# - **best effort**: do it if you can at once, else skip.
# - **timeout**, **deadline**: a length of time, a point in time. Steps that belong together share a deadline.
# - **polling**: asking again and again in place of waiting.
# - **back-off**, **jitter**: pausing longer each time, and by a random part of it.
# - **fresh**, **stale**, **cold**: young enough, usable for want of better, empty.
# - **herd**: many callers who do the same expensive thing because they noticed the same thing at the same time.
#
# ## Now you
#
# The exercises are in the assignment `05-timeouts`: `BestEffort` with counters that tell the truth,
# `acquire_all` with one budget, `retry_acquire` with full jitter, and `StaleCache`, which joins all four
# answers to `False`.
