# %% [markdown]
# # acquire() — threads that stay correct
#
# A program with threads can be right a million times and wrong once. This course teaches you to write threads
# that are right every time, and gives you a tool that **decides at every step which thread moves**, so that you
# see the one schedule that breaks your code instead of waiting for it.
#
# You know Python functions and classes; of threads you need to know nothing. Run the cells of this page from top
# to bottom with **Shift+Enter**. It takes five minutes.

# %% [markdown]
# ## 1. Is everything here?

# %%
from checker.startpage import course_map, installation

installation()

# %% [markdown]
# If something is missing, the line beside it says what to do. The sandbox is needed by instructors only.

# %% [markdown]
# ## 2. A first race
#
# A counter, and two threads that each add one to it. `together` starts a thread for each function it is given,
# and waits for all of them.
#
# **Before you go on:** which values can `two_increments` return?

# %%
from checker import check, explore, play, together


class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


def two_increments():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


two_increments()

# %% [markdown]
# It returned 2 just now, and it would have done so all day. But `self.value += 1` reads the value, adds one, and
# writes it back, and the language allows another thread to come in between. `explore` runs the function once for
# every order in which the two threads can take these steps:

# %%
explore(two_increments, search="every")

# %% [markdown]
# (*No failure* says that every order came to its end. `explore` does not judge what came out: that is up to you.)
#
# In some of the orders an increment is **lost**. Now do it yourself: you are the scheduler. Each click (or key
# **1**, **2**) lets one thread take its next step. Can you make two increments count as one?

# %%
play(two_increments, goal="Make two increments count as one.", expect=2)

# %% [markdown]
# That is all a **lock** is for: reading and writing stay together, because only one thread at a time gets past
# `with self.lock`. `check` says whether a promise holds in *every* schedule. It is what your exercises are checked
# with, here and when they are graded.

# %%
from threading import Lock


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = Lock()

    def increment(self):
        with self.lock:
            self.value += 1


check(two_increments, expect=2)

# %% [markdown]
# Put `if True:` in place of `with self.lock:` and run the cell again, to see what a failing check looks like.

# %% [markdown]
# ## 3. The way from here
#
# Each lesson goes the same way: *predict, run, see, explain, repair*. After it come exercises, which you fetch in
# **Nbgrader → Assignment List** (in the menu above) and solve in the folder `my-work`. Run the checks as often as you
# like, and submit in the Assignment List.
#
# The map shows how far you have come, as of the last time you saved your notebooks. Run its cell again whenever
# you come back.

# %%
course_map()
