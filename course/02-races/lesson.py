# %% [markdown]
# # 02 Races
#
# Two threads add to the same number. What can go wrong, how often does it, and how would you notice?
#
# Each step of this lesson begins with a question. Answer it before you run the cell, if only in your head:
# you will remember what surprised you.

# %%
import dis
import threading
import time

from checker import CheckFailed, check, explore, together
from checker.levels import play_level
from checker.measure import (
    caption,
    count_losses,
    honesty_line,
    looks,
    new_axes,
    plot_lost_updates,
    recorded_losses,
)

print(honesty_line())

# %% [markdown]
# This is the **honesty line**. What a program with threads does depends on where it runs, so every
# measurement in this course says where it was made. Numbers that you see below are those of *your*
# machine, unless the text says that they were recorded elsewhere.
#
# ## Two threads, one counter
#
# A **thread** is a second flow of execution in the same program. Two threads run two pieces of code side
# by side and share all objects. `together(f, g)` starts one thread for each function, waits until both
# have ended, and returns what they returned.

# %%
class Plain:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


counter = Plain()
together(counter.increment, counter.increment)
counter.value

# %% [markdown]
# **Predict.** Now four threads, 100,000 increments each, and everything is done five times over. How many
# of the 400,000 updates are lost in each trial? None, a few, half?

# %%
plain = count_losses(Plain, threads=4, increments=100_000, trials=5, construct="o.x += 1")
plain.lost

# %% [markdown]
# On CPython 3.10 to 3.14 with its GIL you see `(0, 0, 0, 0, 0)`: **nothing is lost at all**. (The GIL, the
# *global interpreter lock*, lets only one thread at a time run Python code. It may be handed to another
# thread again and again.)
#
# That is strange, because nearly every article and video on threads says: "run this, it will lose
# updates". So which is it? Is `self.value += 1` safe? Is the article wrong? Could we have been lucky?
#
# ## Not luck but every possibility
#
# `self.value += 1` looks like one step. Let us see what Python makes of it.

# %%
dis.dis(Plain.increment)

# %% [markdown]
# Find the three that matter: `LOAD_ATTR value` **reads**, `BINARY_OP +=` **adds**, `STORE_ATTR value`
# **writes**. This pattern is called **read-modify-write**.
#
# A **switch** is the moment when one thread stops for a while and another goes on. The order in which the
# threads make their steps is called a **schedule**. We did not choose the schedule; the interpreter and
# the operating system did. Now let us choose. `explore` runs a small program once for every schedule that
# can make a difference, and tells what came out.
#
# **Predict.** Two threads, one increment each. Which final values are possible?

# %%
def two_increments():
    counter = Plain()
    together(counter.increment, counter.increment)
    return counter.value


explored = explore(two_increments)
explored

# %% [markdown]
# So 1 is possible: two increments, and one of them is gone. It is called a **lost update**. (*No failure* says only
# that every schedule came to its end. `explore` does not know which outcome you wanted.)
#
# Can you make it happen? Now *you* are the scheduler. Click a thread, or press its key, to let it make its
# next step. Watch what each thread has in its hands.

# %%
play_level("lost_update")

# %% [markdown]
# `check` explores like `explore`, compares every outcome with the one that you expect, and shows the shortest
# schedule that gives something else. (It then raises `CheckFailed`, which we catch so that the notebook goes
# on. You will meet this display again in the exercises.) Read it from top to bottom.

# %%
try:
    check(two_increments, expect=2)
except CheckFailed:
    print("one increment was lost")

# %% [markdown]
# Both threads read 0. Both add one *to what they read*. Both write 1. The second write overwrites the
# first, and nobody is told.
#
# When the result depends on which thread is faster, the program has a **race condition**. This one needs a
# switch between the read and the write. So the question is: where may a switch happen?
#
# ## Where may a switch happen?
#
# There are two answers, and you should keep them apart.
#
# - **The language** promises nothing. A switch may come between any two steps. `explore` plays by this
#   rule, and its result is the same on every machine.
# - **This interpreter** has habits. CPython with a GIL looks, since version 3.10, for a switch only at
#   function calls and at the jump back at the end of a loop. Between the read and the write of a bare
#   `self.value += 1` there is neither. It is a habit, not a promise: 3.9 did not have it, and
#   free-threaded Python has no GIL at all.
#
# **Predict.** If that is so, which of these three will lose updates on this interpreter?

# %%
class WithACall:
    def __init__(self):
        self.counts = {}

    def increment(self):
        d = self.counts
        d["k"] = d.get("k", 0) + 1

    @property
    def value(self):
        return self.counts["k"]


class WithAProperty:
    value = property(lambda self: self._value, lambda self, new: setattr(self, "_value", new))

    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


class WithALock:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def increment(self):
        with self.lock:
            self.value += 1


# %%
size = {"threads": 4, "increments": 100_000, "trials": 10}
bare = count_losses(Plain, **size, construct="o.x += 1")
call = count_losses(WithACall, **size, construct="d['k'] = d.get('k', 0) + 1")
hidden_call = count_losses(WithAProperty, **size, construct="p.x += 1 (property)")
locked = count_losses(WithALock, **size, construct="with lock: g += 1")

for losses in bare, call, hidden_call, locked:
    print(f"{losses.construct:28} {losses.median:5.1f} % lost, in {losses.trials_with_loss} of 10 trials")

# %% [markdown]
# With a **call between the read and the write** the updates go by the thousand. `d.get` is a call that you
# see. The property is a call that you do not see: `self.value += 1` is the same text as before, and yet it
# loses. Whether the line `x.value += 1` is "safe" depends on a class that somebody else may change next
# year.
#
# The last one has a *lock*, of which more below. It loses nothing.
#
# ## The same on ten interpreters
#
# Your machine is only one. The authors recorded the same constructs on nine other interpreters: CPython
# 3.8 to 3.14 with the GIL, and two free-threaded builds without it (3.13t and 3.14t).
#
# **Predict.** On which of them does the bare `o.x += 1` lose updates?

# %%
figure = plot_lost_updates([bare, call, hidden_call, locked], recorded_losses())

# %% [markdown]
# Look at the first panel. The very same line loses about half of its updates on 3.8 and 3.9, nothing at
# all on 3.10 to 3.14, and a third to a half again without a GIL. The fault was there all the time. For a
# few versions one could not see it.
#
# | you will hear | measured |
# |---|---|
# | "Run `x += 1` in threads and it loses updates" | on 3.10 to 3.14 with the GIL it loses nothing |
# | "The GIL makes `x += 1` safe" | a property behind `x`, or a call in the line: half is lost |
# | "Fifty thousand threads will show it" | nothing lost in 50 of 50 runs on 3.8 to 3.12 |
# | "I ran it a million times, so it is right" | 3.10 to 3.14 above, and then what stands beside them |
#
# (The myth of the fifty thousand threads does not even run any more: from 3.13 on such a script dies near
# thread 32,700 with `can't start new thread`.)
#
# **"I cannot reproduce it" is not "it is correct".** A test that passes tells you about one interpreter,
# one machine, one day.
#
# ## How bad can it get?
#
# Let us widen the gap between read and write, so that the switch is sure to come there, and count again.
#
# **Predict.** With 2, 4, 8 and 16 threads, what share of the updates is lost?

# %%
class Slow:
    def __init__(self):
        self.value = 0

    def increment(self):
        read = self.value
        time.sleep(1e-6)  # a millionth of a second: another thread will run
        self.value = read + 1


crowd = [2, 4, 8, 16]
slow = [count_losses(Slow, threads=n, increments=200, trials=5, switch_interval=None) for n in crowd]
for n, losses in zip(crowd, slow):
    print(f"{n:2} threads: {losses.median:5.1f} % lost, 1 - 1/{n} is {100 * (1 - 1 / n):5.1f} %")

# %% [markdown]
# With T threads the share lost is about **1 − 1/T**: all threads read the same value, all write the same
# value plus one. Sixteen threads do the work of one. (This shows that the *sleep* invites the switch. It
# proves nothing about code without one; for that we have `explore`.)
#
# Is "the work of one thread" the worst that can happen? Let us ask for more than the possible values: how
# many schedules lead to each? `search="every"` runs all of them, without leaving out those that are
# equivalent.
#
# **Predict.** Two threads, *two* increments each. Which values can come out, and which comes out most
# often?

# %%
def two_times_two():
    counter = Plain()

    def twice():
        counter.increment()
        counter.increment()

    together(twice, twice)
    return counter.value


one_each = explore(two_increments, search="every")
two_each = explore(two_times_two, search="every")
print(one_each.claim, two_each.claim, sep="\n")


# %%
axes = new_axes("Final values over every schedule", "final value", "share of all schedules (%)")
series = ("one increment", one_each, -0.2), ("two increments", two_each, 0.2)
for (text, exploration, shift), look in zip(series, looks(2)):
    rows = exploration.outcomes.rows
    shares = [100 * row.count / exploration.schedules for row in rows]
    label = f"two threads, {text} each: {exploration.schedules} schedules"
    bars = axes.bar([row.observation + shift for row in rows], shares, width=0.38, label=label, **look.bar)
    axes.bar_label(bars, [row.count for row in rows], padding=2)
axes.set(xticks=[1, 2, 3, 4], ylim=(0, 80))
axes.legend()
caption(axes, "Counted, not sampled: all orders of the reads and writes. The number on a bar is the number of"
        " schedules. How often each schedule happens on a real machine is another question.")

# %% [markdown]
# The result that you meant is the *rare* one. It needs a schedule in which no increment overlaps another:
# 2 of 6, and 6 of 70.
#
# And look at the smallest value of the second histogram: of four increments two can be lost. You may guess
# now that at worst all but one thread's work is lost. The exercise `final_values` will surprise you.
#
# ## Repair
#
# A **lock** is an object that at most one thread can *hold* at a time. `with lock:` acquires it, waiting
# if somebody else holds it, runs the block, and releases it. The block is called a **critical section**.
#
# The lock does not stop the interpreter from switching. It stops the *others* from entering. A switch in
# the middle of the critical section is harmless, because nobody else can get between the read and the
# write.
#
# **Predict.** Which values can come out now?

# %%
def two_locked_increments():
    counter = WithALock()
    together(counter.increment, counter.increment)
    return counter.value


explore(two_locked_increments)

# %% [markdown]
# One outcome, and the claim says what was explored: **all schedules**. This is a far stronger sentence
# than "it ran a million times". (It is a sentence about this small program: two threads, one increment
# each.)
#
# **Predict.** Here are two repairs that look almost the same. Which of them work?

# %%
class LockAroundTheWrite(WithALock):
    def increment(self):
        new = self.value + 1
        with self.lock:
            self.value = new


class LockOfItsOwn(WithALock):
    def increment(self):
        with threading.Lock():
            self.value += 1


def outcomes_of(make_counter):
    def two_increments_again():
        counter = make_counter()
        together(counter.increment, counter.increment)
        return counter.value

    return dict(explore(two_increments_again).outcomes)


print("lock around the write:", sorted(outcomes_of(LockAroundTheWrite)))
print("a new lock each time: ", sorted(outcomes_of(LockOfItsOwn)))

# %% [markdown]
# Neither. In the first, both threads have read 0 before either of them comes to the lock. In the second,
# each thread locks a lock that nobody else will ever ask for.
#
# See for yourself: here every increment holds a lock. Lose one all the same.

# %%
play_level("lock_of_its_own")

# %% [markdown]
# So there are two rules, and they will carry you a long way:
#
# 1. The critical section goes **from the read to the write** that depends on it, nothing less.
# 2. A lock protects only against those who use **the same lock**. Make it once, beside the data, and keep
#    it there.
#
# The pattern has a twin without any `+=`: first *look*, then *act* on what you saw. It is called
# **check-then-act**, and it goes wrong in the same place.

# %%
play_level("check_then_act")

# %% [markdown]
# ## Words
#
# - **thread**, **switch**, **schedule**: who runs, when it changes, the order of all steps.
# - **atomic**: done in one step that nobody can get between. A read is, a write is, `+=` is not.
# - **read-modify-write**, **check-then-act**: the two patterns that go wrong between their steps.
# - **race condition**: a wrong result that depends on the schedule. (A *data race* is something else: two
#   accesses to the same place, one of them a write, with nothing that orders them. You can have one
#   without the other.)
# - **critical section**: what a lock is held for.
#
# ## Explain it to a colleague
#
# Can you explain the picture of ten interpreters: why the same line loses half on one, nothing on the
# next, and why neither says whether the program is right? Then go on to the exercises: open the assignment
# `02-races`.
