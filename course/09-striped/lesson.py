# %% [markdown]
# # 09 Striped locks
#
# One lock around one dict is right, simple, and a queue: everybody waits for everybody, also for those who
# want something else. **Lock striping** puts many locks in place of the one. This lesson shows what that
# gains, when it gains nothing at all, and what it makes harder: a look at everything at once.

# %%
import random
import statistics
import subprocess
import sys
import threading
import time
from contextlib import ExitStack

from checker import explore, together
from checker.measure import TimedLock, caption, honesty_line, looks, new_axes, new_figure, percentiles, plot_waits

print(honesty_line(trials=3, seed=9))

# %% [markdown]
# ## One lock, one queue
#
# Eight threads serve requests. Each request belongs to a **key**, say a customer's number, and there are 64
# of them. While a request is served, nobody else may touch the same customer. So there is a lock.
#
# With one lock for all, request after request is served, whoever the customer is. With a lock for each
# customer only those wait who want the same one. In between lies the **stripe**: a fixed number of locks,
# each of which serves all the keys that a rule sends to it.

# %%
def stripe_of(key, stripes):
    """The stripe of a key: equal keys always get the same one."""
    return hash((key, "stripe")) % stripes


print("customer  with 4 stripes  with 16 stripes")
for customer in 7, 8, 9, 7:
    print(f"{customer:8}  {stripe_of(customer, 4):14}  {stripe_of(customer, 16):15}")

# %% [markdown]
# Now three kinds of work, all done *while the lock is held*:
#
# - **waiting**: 2 ms of waiting for somebody else, a disk or a database;
# - **waiting, hot key**: the same, but eight of ten requests are for one and the same customer;
# - **computing**: a loop in pure Python, of a good part of a millisecond.
#
# **Predict.** From 1 stripe to 64, how many times faster will the eight threads be together? Put your three
# guesses here.

# %%
my_guess = {"waiting": ..., "waiting, hot key": ..., "computing": ...}

# %%
THREADS, KEYS, REQUESTS = 8, 64, 10  # requests of each thread


def wait():
    time.sleep(0.002)


def compute():
    total = 0
    for number in range(6_000):
        total += number


def any_key(rng):
    return rng.randrange(KEYS)


def mostly_one_key(rng):
    return 0 if rng.random() < 0.8 else rng.randrange(KEYS)


def serve(stripes, work, choose, seed=9):
    """Let the threads serve their requests; return the seconds it took, and how long each acquire waited."""
    locks = [TimedLock() for _ in range(stripes)]
    start = threading.Barrier(THREADS + 1)

    def thread(number):
        rng = random.Random(seed * 100 + number)
        start.wait()
        for _ in range(REQUESTS):
            with locks[stripe_of(choose(rng), stripes)]:
                work()

    threads = [threading.Thread(target=thread, args=(number,)) for number in range(THREADS)]
    for each in threads:
        each.start()
    start.wait()
    began = time.perf_counter()
    for each in threads:
        each.join()
    seconds = time.perf_counter() - began
    return seconds, [waited for lock in locks for waited in lock.waits]


# %%
STRIPES = [1, 2, 4, 8, 16, 32, 64]
KINDS = {"waiting": (wait, any_key), "waiting, hot key": (wait, mostly_one_key), "computing": (compute, any_key)}

seconds = {(kind, stripes): [] for kind in KINDS for stripes in STRIPES}
waits = {stripes: [] for stripes in STRIPES}
for trial in range(3):  # all kinds and counts in turn, so that a busy moment of the machine hits them alike
    for stripes in STRIPES:
        for kind, (work, choose) in KINDS.items():
            took, waited = serve(stripes, work, choose, seed=trial)
            seconds[kind, stripes].append(took)
            if kind == "waiting":
                waits[stripes] += waited

speedup = {
    kind: [min(seconds[kind, 1]) / min(seconds[kind, stripes]) for stripes in STRIPES]  # the best of three trials
    for kind in KINDS
}
for kind in KINDS:
    print(f"{kind:17}" + "".join(f"{factor:7.1f}" for factor in speedup[kind]))

# %%
axes = new_axes("What stripes gain depends on what is done under the lock", "stripes", "times as fast as with one")
for (kind, factors), look, shift in zip(speedup.items(), looks(3), (0, 8, -8)):
    axes.plot(STRIPES, factors, marker=look.marker, markersize=7, **look.line)
    axes.annotate(kind, (64, factors[-1]), xytext=(10, shift), textcoords="offset points", va="center")
axes.axhline(THREADS, color="black", linewidth=0.8, linestyle=(0, (1, 3)))
axes.annotate("as many as there are threads", (1, THREADS), xytext=(0, 4), textcoords="offset points", fontsize=9)
axes.set_xscale("log", base=2)
axes.set_xticks(STRIPES, labels=map(str, STRIPES))
axes.set_xlim(0.9, 230)
axes.set_ylim(0, THREADS + 1)
caption(
    axes,
    f"{THREADS} threads, {REQUESTS} requests each, {KEYS} keys; the best of 3 trials on this machine. The horizontal "
    "axis doubles at each mark. The dotted line is no measurement: eight threads cannot be served more than eight "
    "at a time.",
)

# %% [markdown]
# **See.** Three lines, three stories.
#
# - *Waiting* rises with the stripes, and flattens: with many more stripes than threads, two threads rarely
#   meet. It cannot go beyond the number of threads.
# - *Hot key* hardly rises. Eight of ten requests want the same customer, and that customer's requests stay in
#   one queue, with 64 locks as with one. Even if all others cost nothing, at most 1 / 0.8 = 1.25 times can be
#   gained.
# - *Computing* does not rise reliably, on an interpreter with the GIL. The eight threads did not only wait
#   for the lock, they waited for the *interpreter*, and of that there is still one. A free-threaded build has
#   no such lock, and may gain here what its cores allow.
#
# Stripes remove waiting *for the lock*. If the thread that holds it is itself only waiting, that is a lot. If
# it computes, the queue has only moved.
#
# But was it really the GIL? Two whole *processes* have two interpreters. What do they gain on this machine?

# %%
LOOP = "total = 0\nfor number in range(800_000): total += number"


def processes(count):
    """Seconds that so many processes need, each for one loop, all at the same time."""
    began = time.perf_counter()
    running = [subprocess.Popen([sys.executable, "-I", "-S", "-c", LOOP]) for _ in range(count)]
    for each in running:
        each.wait()
    return time.perf_counter() - began


one, two = (min(processes(count) for _ in range(2)) for count in (1, 2))
print(f"two processes together compute {2 * one / two:.1f} times as fast as one")

# %% [markdown]
# 2.0 would be a free core for each. On a shared machine it is often much less, and then no
# program gains more by computing in parallel. That is why this course never *requires* a speed-up of anything
# that computes.
#
# ## How long did they wait?
#
# A median hides the unlucky. The locks of the experiment were `TimedLock`s, which write down how long each
# `acquire` waited. A **cumulative distribution** shows them all: for each time on the horizontal axis, the
# share of acquires that had waited no longer.

# %%
axes = plot_waits(
    {f"{stripes} stripe{'s' * (stripes > 1)}": waits[stripes] for stripes in (1, 4, 16, 64)},
    title="With more stripes most acquires do not wait at all",
    floor=1e-5,
)
caption(
    axes,
    f"{THREADS} threads, 2 ms of waiting under the lock, {len(waits[1])} acquires per curve. Marks: half of the "
    "acquires (p50) and 99 of 100 (p99) waited no longer than this. Waits below 0.01 ms are drawn there. "
    "Measured on this machine.",
)

# %%
free = {stripes: sum(wait < 0.0005 for wait in waits[stripes]) / len(waits[stripes]) for stripes in STRIPES}
mean = {stripes: 1e3 * statistics.mean(waits[stripes]) for stripes in STRIPES}  # milliseconds
print("stripes  no wait to speak of  mean (ms)   p50 (ms)   p99 (ms)")
for stripes in STRIPES:
    p = percentiles(waits[stripes], (50, 99))
    print(f"{stripes:7}  {free[stripes]:19.0%}  {mean[stripes]:9.1f}  {p[50] * 1e3:9.2f}  {p[99] * 1e3:9.2f}")

# %% [markdown]
# **See.** The curves climb to the left: the more stripes, the more acquires that do not wait at all. The
# right end moves less: now and then two or three threads meet at one stripe, however many stripes there are.
# Striping makes waiting *rare* before it makes it *short*.
#
# Look at the curve for one stripe. If the lock were handed round in turn, everybody would wait for seven
# others, 7 × 2 ms. The *mean* is near that. But who waits is not decided by fairness: many interpreters let
# the thread that has just released the lock take it again at once (the step at the left), while another waits
# several times as long as its turn would take.
#
# ## Hash traps
#
# The rule that sends keys to stripes must spread them. The first rule that comes to mind is `hash(key) %
# stripes`.
#
# **Predict.** The hash of a small int is the int itself. 6,400 customers have the numbers 0, 64, 128, 192, …
# (somebody once reserved blocks of 64). How do they spread over 64 stripes?

# %%
def load(keys, rule):
    """How many keys each of 64 stripes gets."""
    counts = [0] * 64
    for key in keys:
        counts[rule(key)] += 1
    return counts


blocks = range(0, 64 * 6400, 64)
names = [f"user-{number}" for number in range(6400)]
pictures = {
    "names, hash(key) % 64": load(names, lambda key: hash(key) % 64),
    "multiples of 64, hash(key) % 64": load(blocks, lambda key: hash(key) % 64),
    "multiples of 64, mixed first": load(blocks, lambda key: stripe_of(key, 64)),
}
fullest = {title: max(counts) for title, counts in pictures.items()}
fullest

# %%
figure, panels = new_figure(1, 3, size=(9.5, 3.1), sharex=True, sharey=True)
for panel, (title, counts), look in zip(panels, pictures.items(), looks(3)):
    panel.bar(range(64), counts, width=1.0, color=look.color)
    panel.set_title(title, fontsize=10, loc="left")
    panel.set(xlabel="stripe", yscale="log", ylim=(1, 20_000), xlim=(-1.5, 64.5))
    panel.axhline(100, color="black", linewidth=1, linestyle="--")
panels[0].set_ylabel("keys in the stripe")
panels[0].set_yticks([1, 10, 100, 1000, 10_000], labels=["1", "10", "100", "1,000", "10,000"])
panels[1].annotate("6,400 in stripe 0,\nnone in the others", (0, 6400), xytext=(12, -14), textcoords="offset points")
caption(
    figure,
    "6,400 keys over 64 stripes, log scale; dashed: 100 keys each, which would be perfectly even. Computed, not "
    "timed: it is the same on every machine, except that the hashes of strings differ from one start "
    "of Python to the next.",
)

# %% [markdown]
# **See.** In the middle 6,400 keys share *one* stripe and 63 locks stand idle. It is one lock again, only
# harder to notice, because every test with names went well.
#
# **Explain.** `% 64` keeps the last six bits and throws away the rest, and the last six bits of all these
# numbers are zero. The rule must let all bits have a say: it must **mix**. Multiplying by a large odd number
# and taking the *top* bits mixes, and so does hashing once more; our `stripe_of` lets the hash of a tuple do
# it.
#
# Two more traps. `id(key)` and `str(key)` also spread, but equal keys must meet at the same stripe, and `1`,
# `1.0` and `True` are equal, with three ids and three texts. And `random` spreads best of all, and nobody
# finds the key again.
#
# ## Each stripe its own map
#
# Now the data. Here is a striped counter as you find it in many articles: several locks, one dict.

# %%
class OneDict:
    def __init__(self):
        self.locks = [threading.Lock(), threading.Lock()]
        self.counts = {}

    def inc(self, key):
        with self.locks[key % 2]:
            self.counts[key] = self.counts.get(key, 0) + 1

    def report(self):
        with self.locks[0]:
            return [(key, count) for key, count in self.counts.items()]


def a_report_beside_an_inc():
    counter = OneDict()
    counter.inc(0)
    _, report = together(lambda: counter.inc(1), counter.report)
    return report


shared_dict = explore(a_report_beside_an_inc)
shared_dict

# %% [markdown]
# **See.** In some schedules the report dies: *dictionary changed size during iteration*. `inc(1)` holds lock
# 1, the report holds lock 0, and both are inside the same dict.
#
# **Explain.** A lock protects data only if *everybody* who touches that data holds *that* lock. Two locks
# protect two things. So each stripe needs its own map, and nobody touches it without its lock. That CPython's
# dict survives this without a crash is kindness of this implementation; your invariants get no such kindness.
#
# **Repair.** One map a stripe:

# %%
class Striped:
    def __init__(self, stripes=2):
        self.locks = [threading.Lock() for _ in range(stripes)]
        self.maps = [{} for _ in range(stripes)]

    def inc(self, key, n=1):
        stripe = key % len(self.locks)
        with self.locks[stripe]:
            self.maps[stripe][key] = self.maps[stripe].get(key, 0) + n


# %% [markdown]
# ## A look at everything
#
# What has become harder is to see everything at once. And there is a new operation: `move` takes something
# from one key and gives it to another, perhaps in another stripe. It needs two locks.
#
# **Predict.** Key 0 has 1, key 1 has 1. One thread moves 1 from key 0 to key 1, another takes the total,
# stripe by stripe. Each stripe is read under its lock. What totals can come out?

# %%
class StripeByStripe(Striped):
    def move(self, src, dst, n):
        with self.locks[min(src, dst)], self.locks[max(src, dst)]:  # keys are stripes in this small example
            self.maps[src][src] -= n
            self.maps[dst][dst] += n

    def total(self):
        total = 0
        for lock, counts in zip(self.locks, self.maps):
            with lock:
                total += sum(counts.values())
        return total


def total_during_a_move(make, src, dst):
    counter = make()
    counter.inc(0)
    counter.inc(1)
    _, total = together(lambda: counter.move(src, dst, 1), counter.total)
    return total


def forth():
    return total_during_a_move(StripeByStripe, 0, 1)


def back():
    return total_during_a_move(StripeByStripe, 1, 0)


torn_forth, torn_back = explore(forth), explore(back)
torn_forth

# %%
torn_back

# %% [markdown]
# **See.** A total of 3, or of 1, in a world that always held 2.
#
# **Explain.** Every single read was protected. But stripe 0 was read at one moment, stripe 1 at a later one,
# and in between the move took place. The total is the sum of two *different* worlds. It was never true. This
# is called a **torn** snapshot; the opposite, a picture of one single instant, is **consistent**.
#
# **Repair.** Hold *all* locks at the same time, and begin to read only then. For as long as you hold them,
# nothing moves.

# %%
class AtOneInstant(StripeByStripe):
    def total(self):
        with ExitStack() as stack:
            for lock in self.locks:
                stack.enter_context(lock)
            return sum(sum(counts.values()) for counts in self.maps)


def forth_at_one_instant():
    return total_during_a_move(AtOneInstant, 0, 1)


def back_at_one_instant():
    return total_during_a_move(AtOneInstant, 1, 0)


whole_forth, whole_back = explore(forth_at_one_instant), explore(back_at_one_instant)
whole_forth

# %% [markdown]
# `ExitStack` holds any number of locks and releases those it holds on every way out. The often seen `for lock
# in locks: lock.acquire()` *before* a `try` does not: if an exception (a Ctrl-C, say) arrives half-way, the
# first half stays locked for ever.
#
# Whoever holds several locks must care for their **order**. All take them in ascending order, `move` too
# (that is what `min` and `max` are for). What if one of them does not?

# %%
class DownwardMove(AtOneInstant):
    def move(self, src, dst, n):
        with self.locks[max(src, dst)], self.locks[min(src, dst)]:
            self.maps[src][src] -= n
            self.maps[dst][dst] += n


def downward_move():
    return total_during_a_move(DownwardMove, 0, 1)


downward = explore(downward_move)
downward

# %% [markdown]
# **See.** A deadlock: the move holds the lock of stripe 1 and waits for that of stripe 0, the total holds that of
# stripe 0 and waits for that of stripe 1. Lesson 06 was about this. In the exercise there is one more case: both
# keys may live in the *same* stripe. A `Lock` that its own holder acquires again waits for ever, so take each
# stripe *once*: sort the **set** of stripes.
#
# ## What to remember
#
# | | |
# |---|---|
# | Striping helps if | threads wait *inside* the lock, keys are many, and no key is hot |
# | It does not help if | the work under the lock computes (with the GIL), or all want the same key |
# | Try first | to do less under the lock: what waits for a disk or a network can often be done before or after |
# | The rule must | give equal keys equal stripes, and mix before it takes the remainder |
# | Each stripe has | its own lock *and* its own data |
# | Everything at once needs | all locks at the same time, in one order; meanwhile nobody else gets anything done |
#
# **Tell a colleague.** Why does the line *computing* stay flat, although 64 locks are hardly ever contended?
#
# Now go on to the exercises: open the assignment `09-striped`.
