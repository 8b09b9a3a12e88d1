# %% [markdown]
# # 06 Deadlocks
#
# A lock keeps others out. Two locks can keep *everybody* out, for ever. This lesson makes it happen,
# measures how rarely it shows, and takes it apart: it needs four things at once, and to break any one of
# them is enough.

# %%
import math
import random
import threading
import time

from IPython.display import Image

from checker import explore, pictures, stress, together
from checker.levels import play_level
from checker.measure import caption, honesty_line, looks, new_figure, plot_trials

print(honesty_line())

# %% [markdown]
# ## Two accounts
#
# Money moves between accounts. Each account has a lock of its own, and a transfer holds both: otherwise
# somebody could see money that has left one account and not yet reached the other.

# %%
class Account:
    def __init__(self, balance):
        self.balance = balance
        self.lock = threading.Lock()


def transfer(src, dst, amount):
    with src.lock:
        with dst.lock:
            src.balance -= amount
            dst.balance += amount


# %% [markdown]
# **Predict.** Ann sends Bob 30, and at the same moment Bob sends Ann 10. Two threads, two lines of locking
# each, no lost update possible. What can go wrong, and how often will it, in five hundred tries?

# %%
def opposite_transfers():
    ann, bob = Account(100), Account(100)
    together(lambda: transfer(ann, bob, 30), lambda: transfer(bob, ann, 10))
    return ann.balance, bob.balance


tried = stress(opposite_transfers, rounds=500, seconds=10)
print(tried)

# %% [markdown]
# `stress` runs the real thing on real threads, as fast as it can, in a process of its own. On most machines
# every round ends well: `(80, 120)`. You could put this into production, and many have.
#
# Now all schedules in place of the lucky ones.

# %%
explored = explore(opposite_transfers)
explored

# %% [markdown]
# This is a **deadlock**: T1 holds Ann's lock (`Account#1`) and waits for Bob's, T2 holds Bob's (`Account#2`)
# and waits for Ann's.
# Nobody can ever move again. No exception, no error, no processor time. The program just stops answering.
#
# Here is the same as a picture. At the left, time runs downwards, one lane for each thread. At the right is the
# **wait-for graph**: an arrow from each thread that waits to the one that holds what it waits for. A
# circle in it is a deadlock.

# %%
Image(pictures.png(explored), alt=pictures.alt_text(explored))

# %% [markdown]
# Nothing hung in your notebook, because `explore` owns the scheduler: it *knows* that nobody can move. On
# real threads one can only wait and lose patience. Here is the same thing for real, with a pause between
# the two locks. `stress` gives up on the round after a second and a half, ends its process, and says where
# the threads were.

# %%
def transfer_with_a_pause(src, dst, amount, pause=0.05):
    with src.lock:
        time.sleep(pause)  # real code does something here: looks up a limit, writes a log line
        with dst.lock:
            src.balance -= amount
            dst.balance += amount


def opposite_transfers_with_a_pause():
    ann, bob = Account(100), Account(100)
    together(lambda: transfer_with_a_pause(ann, bob, 30), lambda: transfer_with_a_pause(bob, ann, 10))
    return ann.balance, bob.balance


hung = stress(opposite_transfers_with_a_pause, rounds=1, seconds=10, patience=1.5)
print(hung)

# %% [markdown]
# ## How likely is it?
#
# It depends on the time between the two acquires. To measure that many times over, we let the second
# acquire give up after 40 ms. A trial counts as a deadlock only if both threads held one lock and waited
# for the other: without the timeout both would be waiting still.
#
# **Predict.** Draw the curve: how many of 100 pairs of transfers deadlock, with no pause at all, with
# `sleep(0)`, and with pauses of 0.05, 0.2, 1 and 5 ms?

# %%
PATIENCE = 0.040  # seconds


def one_trial(pause):
    """Two threads take two locks in opposite orders; True if they deadlock."""
    locks = threading.Lock(), threading.Lock()
    waiting = [False, False]
    start = threading.Barrier(2)

    def take_both(me):
        first, second = locks[me], locks[1 - me]
        start.wait()
        with first:
            if pause is not None:
                time.sleep(pause)
            waiting[me] = True
            got = second.acquire(timeout=PATIENCE)
            stuck = not got and waiting[1 - me]  # the other holds its first lock, and waits for ours
            waiting[me] = False
            if got:
                second.release()
        return stuck

    return any(together(lambda: take_both(0), lambda: take_both(1)))


pauses = {"none": None, "sleep(0)": 0, "0.05 ms": 5e-5, "0.2 ms": 2e-4, "1 ms": 1e-3, "5 ms": 5e-3}
trials = {name: 1000 if pause is None else 40 for name, pause in pauses.items()}
deadlocks = {name: sum(one_trial(pause) for _ in range(trials[name])) for name, pause in pauses.items()}
print(deadlocks, "of", trials)

# %% [markdown]
# A share that was measured in 40 trials is not exact. The **error bars** in the figure are 95 % intervals
# (Wilson's): the range of true probabilities with which such a count is not surprising.
#
# Beside them stands something that *is* exact: the share of all schedules, with no pause at all, counted one by one.
# (Above, `explore` left out schedules that are equivalent to another; `search="every"` does not.)

# %%
def wilson(count, n, z=1.96):
    """The 95 % interval of a share that was count of n."""
    share = count / n
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0, middle - half), min(1, middle + half)


every = explore(opposite_transfers, search="every")
print(every.claim)

# %%
figure, (left, right) = new_figure(1, 2, size=(9, 3.9), sharey=True, width_ratios=(2.6, 1.4))
look, bad = looks(4)[0], looks(4)[3]
for place, name in enumerate(pauses):
    share = 100 * deadlocks[name] / trials[name]
    low, high = (100 * end for end in wilson(deadlocks[name], trials[name]))
    left.plot([place, place], [low, high], linewidth=3, color=look.color)
    left.scatter(place, share, s=60, zorder=3, **look.dots)
    left.annotate(f"{deadlocks[name]}/{trials[name]}", (place, share), (9, -3), textcoords="offset points", fontsize=8)
left.set_title("measured today, on real threads", loc="left", fontweight="bold")
left.set(xticks=range(len(pauses)), xticklabels=list(pauses), xlim=(-0.5, len(pauses) - 0.2), ylim=(-4, 104))
left.set(xlabel="pause between the two acquires", ylabel="deadlocks (%)")

stuck = 100 * every.outcomes["deadlock"].count / every.schedules
bars = right.bar(["deadlock", "both get\nthrough"], [stuck, 100 - stuck], width=0.6)
for bar, style in zip(bars, (bad, look)):
    bar.set(facecolor=style.color, hatch=style.hatch, edgecolor="black")
right.bar_label(bars, [f"{share * every.schedules / 100:.0f} of {every.schedules}" for share in (stuck, 100 - stuck)])
right.set_title("all schedules, no pause", loc="left", fontweight="bold")
right.set(ylabel="share of all schedules (%)")
right.tick_params(labelleft=True)
caption(figure, f"{honesty_line()}, 40 trials (1,000 without a pause). Left: share of trials, with 95 %"
        " intervals. Right: counted, not measured; the order of the lock operations is what makes schedules differ.")

# %% [markdown]
# Look at the first point on the left and at the bar on the right: **it is the same program**. Of its
# schedules half deadlock; of a thousand tries on this interpreter none did, or hardly any. And a pause of a
# thousandth of a second turns "never seen" into "nearly always".
#
# That pause comes by itself: a log line, a database call, a busy machine, another version of Python. This
# is why deadlocks appear in production, on the worst day, and not in the test.
#
# | you will hear | measured |
# |---|---|
# | "It ran a thousand times, it is fine" | see the leftmost point, and the bar |
# | "A deadlock needs heavy load" | two threads and four lines are enough; what counts is the time between |
# | "Python will raise an error" | nothing is raised, ever; `acquire()` has no opinion about who waits for whom |
#
# ## Four conditions
#
# A deadlock needs all four of these at the same time:
#
# | condition | means | break it by |
# |---|---|---|
# | **mutual exclusion** | only one can hold it | not sharing: one owner, copies, values that never change |
# | **hold and wait** | whoever waits keeps what he has | all or none: step back if you do not get the rest |
# | **no preemption** | nobody can take it away from the holder | a timeout, after which the holder gives it back |
# | **circular wait** | A waits for B waits for A | an order that all follow |
#
# Let us break two of them.
#
# ## An order that all follow
#
# **Predict.** The transfer still holds two locks. Only the order of taking them changes: the account that
# was opened first comes first, whichever way the money goes. Which outcomes are left?

# %%
class NumberedAccount(Account):
    def __init__(self, number, balance):
        super().__init__(balance)
        self.number = number


def ordered_transfer(src, dst, amount):
    first, second = (src, dst) if src.number < dst.number else (dst, src)
    with first.lock:
        with second.lock:
            src.balance -= amount
            dst.balance += amount


def opposite_ordered_transfers():
    ann, bob = NumberedAccount(1, 100), NumberedAccount(2, 100)
    together(lambda: ordered_transfer(ann, bob, 30), lambda: ordered_transfer(bob, ann, 10))
    return ann.balance, bob.balance


ordered = explore(opposite_ordered_transfers)
ordered

# %% [markdown]
# No deadlock in any schedule. Why? In a circle of waiting somebody would have to hold a higher number and wait for a
# lower one, and nobody does.
#
# What serves as an order? Anything that is **unique** and **never changes**. A balance is neither. And it must be the
# *same* order everywhere: if another part of the program has an order of its own, the circle is back.
#
# A promise like this is easily broken years later. In the exercise `RankedLock` you build a lock that
# checks it at every acquire.
#
# ## All or none
#
# Sometimes there is no order to agree on: the locks come from different libraries, or are handed to you.
# Then break *hold and wait*: **never wait for one lock while you hold another**. Try the second; if it is
# taken, give back the first and start again.
#
# **Predict.** Two polite threads do exactly that. Each takes its first lock, prepares something for 3 ms,
# tries the second lock, fails, tidies up for 3 ms, steps back, pauses for 5 ms, and starts again. How many
# rounds do they need?

# %%
def rounds_until_both_are_through(pause, limit=30):
    """How many rounds the slower of two polite threads needs (limit: it gave up)."""
    locks = threading.Lock(), threading.Lock()
    start = threading.Barrier(2)

    def polite(me):
        first, second = locks[me], locks[1 - me]
        start.wait()
        for number in range(1, limit):
            with first:
                time.sleep(0.003)
                if second.acquire(blocking=False):
                    second.release()
                    return number
                time.sleep(0.003)
            time.sleep(pause())
        return limit

    return max(together(lambda: polite(0), lambda: polite(1)))


equal = [rounds_until_both_are_through(lambda: 0.005) for _ in range(12)]
jittered = [rounds_until_both_are_through(lambda: random.uniform(0, 0.010)) for _ in range(12)]

# %%
axes = plot_trials(
    {"equal pauses\n(5 ms)": equal, "random pauses\n(0 to 10 ms)": jittered},
    x="rounds until both got through (30: gave up)",
    title="Two polite threads",
)
axes.set_xlim(0, 31)
caption(axes, f"{honesty_line(trials=12)}. One mark per trial, a bar at the median. Both pauses are 5 ms on average.")

# %% [markdown]
# You have met them in a corridor: both step aside, to the same side, again and again. With equal pauses the
# two threads do this for many rounds. They are not stuck: each is busy, each makes moves. They just do not
# get anywhere. This is a **livelock**.
#
# On a real machine it ends when the two fall out of step by accident. The clock of `explore` knows no accidents.

# %%
def two_polite_threads_in_step():
    locks = threading.Lock(), threading.Lock()

    def polite(me):
        first, second = locks[me], locks[1 - me]
        while True:
            with first:
                time.sleep(0.003)
                if second.acquire(blocking=False):
                    second.release()
                    return
                time.sleep(0.003)
            time.sleep(0.005)

    together(lambda: polite(0), lambda: polite(1))


in_step = explore(two_polite_threads_in_step, patience=0.5)
print(in_step.failure.outcome, "after", in_step.schedules, "schedule")

# %% [markdown]
# **Jitter**, a random part in the pause, makes the accident happen soon, whatever the machine.
#
# Three things to take along for trying and backing off:
#
# 1. Release **first**, pause **then**. Who sleeps with a lock in his hand makes all others wait for a sleeper.
# 2. Let the pause be random.
# 3. Have a deadline, and a plan for when it comes (lesson 05).
#
# Back-off costs rounds that an order does not cost. Where an order can be had, prefer it.
#
# ## Waiting for oneself
#
# One thread and one lock are enough for a deadlock.
#
# **Predict.** `move` takes the lock and calls two other public methods, which take the lock. What happens?

# %%
class Shelf:
    def __init__(self, make_lock, on_change=lambda: None):
        self.lock = make_lock()
        self.books = {"new": 10, "old": 0}
        self.on_change = on_change

    def add(self, kind, n):
        with self.lock:
            self.books[kind] += n
            self.on_change()

    def move(self, n):
        with self.lock:
            self.add("new", -n)
            self.add("old", n)

    def total(self):
        with self.lock:
            return sum(self.books.values())


def move_three():
    shelf = Shelf(threading.Lock)
    shelf.move(3)
    return shelf.total()


itself = explore(move_three)
itself

# %% [markdown]
# A plain `Lock` does not know who holds it. The thread waits for itself.
#
# The quick way out is `threading.RLock`, the **re-entrant** lock: its owner may acquire it again. The
# deadlock is gone. Is all well?
#
# **Predict.** A shelf that calls `on_change` after every change, and somebody who then asks for the total,
# which is always 10. Is it?

# %%
seen = []
shelf = Shelf(threading.RLock, on_change=lambda: seen.append(shelf.total()))
shelf.move(3)
seen

# %% [markdown]
# Three books are missing, in one thread, without any race. `move` was in the middle of its work; the rule
# "the total is 10" did not hold, and that is just what the lock was there to hide. But the RLock opens for
# its owner, whatever state things are in. The plain Lock would have stopped us, loudly. The RLock lets us
# in, silently.
#
# The lasting way out is **layers**:
#
# - **public** methods take the lock, call private ones, and do nothing else;
# - **private** methods (`_add`) do the work and expect that the lock is held. They never take it;
# - callbacks run **outside** the lock. You never know what they will ask for.

# %%
class LayeredShelf:
    def __init__(self, on_change=lambda: None):
        self.lock = threading.Lock()
        self.books = {"new": 10, "old": 0}
        self.on_change = on_change

    def move(self, n):
        with self.lock:
            self._add("new", -n)
            self._add("old", n)
        self.on_change()

    def total(self):
        with self.lock:
            return sum(self.books.values())

    def _add(self, kind, n):
        """Change a count; the caller holds the lock."""
        self.books[kind] += n


seen_from_outside = []
layered = LayeredShelf(on_change=lambda: seen_from_outside.append(layered.total()))
layered.move(3)
seen_from_outside

# %% [markdown]
# ## You are the scheduler
#
# Build the deadlock with your own hands. Each click (or key **1**, **2**) lets one thread take its next step,
# **u** takes it back, **s** shows the shortest way. How few steps do you need?

# %%
play_level("opposite_transfers")

# %% [markdown]
# The classic: three philosophers, three forks. Watch who holds what.

# %%
play_level("three_at_a_table")

# %% [markdown]
# ## Words
#
# - **deadlock**: nobody can ever move again. **Livelock**: everybody moves and nobody gets anywhere.
# - **wait-for graph**: who waits for whom; a circle in it explains a deadlock.
# - **mutual exclusion**, **hold and wait**, **no preemption**, **circular wait**: the four conditions. Break one.
# - **lock order**: unique, unchanging, the same everywhere.
# - **back off**: give back what you hold, pause for a random time, start again.
# - **re-entrant**: its owner may take it again. It hides the missing layers.
#
# ## Now you
#
# The exercises are in the assignment `06-deadlocks`: `transfer` between any accounts, `RankedLock` which
# refuses the wrong order, `lock_both` which backs off, and `Inventory` in two layers.
