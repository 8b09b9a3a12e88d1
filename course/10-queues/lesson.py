# %% [markdown]
# # 10 Queues
#
# So far several threads shared the data, and a lock kept them apart. There is another way: *one* thread owns
# the data, and all others send it messages through a **queue**. No lock around the data, because nobody else
# ever touches it.
#
# Three questions come with it, and each has its trap: what happens to the messages at the end? How does an
# answer come back? And what if messages come faster than they are worked off?

# %%
import queue
import statistics
import threading
import time

from checker import explore, together
from checker.measure import caption, honesty_line, looks, new_axes, new_figure

print(honesty_line(trials=3))

# %% [markdown]
# ## One owner
#
# `queue.Queue` is a list with a lock inside and good manners: `put(item)` appends, `get()` takes the oldest
# item, and waits if there is none. Any number of threads may call both.
#
# Four threads count words. Only the owner touches the dict.

# %%
counts, words = {}, queue.Queue()


def own():
    while True:
        word = words.get()
        if word is None:  # a message that says: that was all
            return
        counts[word] = counts.get(word, 0) + 1


def send(text):
    for word in text.split():
        words.put(word)


owner = threading.Thread(target=own)
owner.start()
together(*(lambda: send("row row row your boat") for _ in range(4)))
words.put(None)
owner.join()
counts

# %% [markdown]
# Nothing is lost, although `counts[word] = counts.get(word, 0) + 1` has no lock. The line is not atomic. It
# needs no lock because there is nobody to interrupt it halfway who would touch the same dict.
#
# ## The end: how many arrive?
#
# The owner above ends when it finds `None` in the queue. Many programs do it another way: they set a flag, an
# `Event`.
#
# ```python
# while not stopped.is_set():
#     try:
#         item = items.get(timeout=0.05)
#     except queue.Empty:
#         continue
#     work(item)
# ```
#
# **Predict.** A sender puts 60 items into the queue, as fast as it can. The owner needs 2 ms for each. Then
# somebody stops the owner, at some moment. What share of the items has been worked off, if the owner was stopped
# right after the last `put`? And if it was stopped a while later?

# %%
my_guess = {"right after the last put": ..., "half of the needed time later": ...}

# %%
ITEMS, WORK = 60, 0.002  # items; seconds of sleep for each, which take a little longer


def by_flag(items, stopped, done):
    while not stopped.is_set():
        try:
            item = items.get(timeout=0.05)
        except queue.Empty:
            continue
        time.sleep(WORK)
        done.append(item)


def by_sentinel(items, stopped, done):
    while (item := items.get()) is not None:
        time.sleep(WORK)
        done.append(item)


def delivered(owner, pause):
    """The share of the items that were worked off when the owner was stopped `pause` seconds after the last put."""
    items, stopped, done = queue.Queue(), threading.Event(), []
    thread = threading.Thread(target=owner, args=(items, stopped, done))
    thread.start()
    for number in range(ITEMS):
        items.put(number)
    time.sleep(pause)
    stopped.set()  # the flag
    items.put(None)  # the sentinel
    thread.join()
    return len([item for item in done if item is not None]) / ITEMS


# How long the owner needs for everything here, to choose the moments
began = time.perf_counter()
delivered(by_sentinel, 0)
needed = time.perf_counter() - began

MOMENTS = [0, 0.25, 0.5, 0.75, 1, 1.5]  # in units of the time needed
OWNERS = {"flag": by_flag, "sentinel": by_sentinel}
shares = {name: [[] for _ in MOMENTS] for name in OWNERS}
for _ in range(3):  # all moments in turn, so that a busy moment of the machine hits them alike
    for place, moment in enumerate(MOMENTS):
        for name, owner in OWNERS.items():
            shares[name][place].append(delivered(owner, moment * needed))
for name, rows in shares.items():
    print(f"{name:9}", *(f"{statistics.median(row):5.0%}" for row in rows))

# %%
axes = new_axes(
    "A flag loses what still waits",
    "moment of the stop after the last put (1 = the time that all the work takes)",
    "share of items delivered (%)",
)
for (name, rows), look in zip(shares.items(), looks(2)):
    axes.plot(MOMENTS, [100 * statistics.median(row) for row in rows], label=name, **look.line)
    for moment, row in zip(MOMENTS, rows):
        axes.scatter([moment] * len(row), [100 * share for share in row], s=34, zorder=3, **look.dots)
axes.set_ylim(-4, 108)
axes.legend(loc="lower right", title="the owner ends at its")
caption(
    axes,
    f"{ITEMS} items, {WORK * 1000:g} ms of sleep for each ({needed * 1000:.0f} ms for all of them here); one mark per "
    "trial, lines through the medians. Measured on this machine. That the sentinel delivers all is no measurement, "
    "it is the design.",
)

# %% [markdown]
# **See.** With the flag almost everything is lost if the stop comes at once, and less the longer you wait. With the
# sentinel everything arrives, whenever the stop comes.
#
# **Explain.** The owner looks at the flag *before* it looks at the queue. What still waits then, nobody takes
# out. Sleeping before the stop only moves you along the horizontal axis. How far is far enough depends on the
# machine and the load, and the day with too much load is the day on which you stop the program in a hurry.
#
# A **sentinel** is a message that means "that was all". It stands in the queue *behind* every item, and a
# queue keeps its order. So when the owner takes it out, everything before it has been worked off. This is
# called to **drain** the queue. It takes as long as it takes; no number has to be guessed.
#
# ## An item that comes too late
#
# What may happen *after* the sentinel? Whoever adds an item then must be told that it is too late. So `add`
# looks first:

# %%
class LooksFirst:
    def __init__(self):
        self.items, self.counted, self.stopped = queue.Queue(), [], False
        self.owner = threading.Thread(target=self.work)
        self.owner.start()

    def work(self):
        while (item := self.items.get()) is not None:
            self.counted.append(item)

    def add(self, item):
        if self.stopped:
            raise RuntimeError("too late")
        self.items.put(item)

    def stop(self):
        self.stopped = True
        self.items.put(None)
        self.owner.join()
        return self.counted


def add_beside_stop(make):
    aggregator = make()

    def add():
        try:
            aggregator.add("a")
        except RuntimeError:
            return "refused"
        return "accepted"

    told, counted = together(add, aggregator.stop)
    return told, list(counted)


def looks_first():
    return add_beside_stop(LooksFirst)


# %% [markdown]
# **Predict.** `add` and `stop` run side by side. Which pairs of "what add was told" and "what was counted"
# are possible? Which of them is a lie?

# %%
slips = explore(looks_first)
slips

# %% [markdown]
# **See.** `('accepted', [])`: the item was taken, and nobody ever counts it.
#
# **Explain.** Between the look and the `put`, `stop` has put its sentinel. The item stands behind it, and the
# owner has gone. It is *check-then-act*, the race of lesson 02, in a new coat.
#
# **Repair.** Look and put in one critical section, and close and put the sentinel in one. Whoever holds the
# lock decides what stands before the sentinel. The lock is held for two short steps; nobody works under it.

# %%
class OneDoor(LooksFirst):
    def __init__(self):
        self.door = threading.Lock()
        super().__init__()

    def add(self, item):
        with self.door:
            super().add(item)

    def stop(self):
        with self.door:
            self.stopped = True
            self.items.put(None)
        self.owner.join()
        return self.counted


def one_door():
    return add_beside_stop(OneDoor)


door = explore(one_door)
door

# %% [markdown]
# Since Python 3.13, `queue.Queue` has a door of its own: after `shutdown()`, `put` raises `queue.ShutDown`,
# and `get` does so when everything has been taken out. With older versions you build it as above.
#
# Two wrong friends: `items.empty()` tells what was true a moment ago, so `while not items.empty()` ends too
# early or too late. And `n` owners need `n` sentinels, since each takes one:

# %%
def two_workers_one_sentinel():
    items = queue.Queue()

    def work():
        while items.get() is not None:
            pass

    workers = [threading.Thread(target=work) for _ in range(2)]
    for worker in workers:
        worker.start()
    items.put("a")
    items.put(None)
    for worker in workers:
        worker.join()


one_for_two = explore(two_workers_one_sentinel)
one_for_two

# %% [markdown]
# **See.** A deadlock, in every schedule that was explored: one worker takes the sentinel and ends, the other
# waits in `get` for ever, and `join` waits for that worker.
#
# ## The answer
#
# Sometimes the sender wants an answer: "compute this for me and tell me". The answer has to come back through
# something.
#
# **Predict.** Here is an owner with one queue for requests and one for replies. Two callers ask at the same
# time for the square of 2 and of 3. What can they get?

# %%
def ask_both(call, requests):
    """Two callers ask side by side for the square of 2 and of 3; an owner answers both."""

    def own():
        for _ in range(2):
            number, reply = requests.get()
            reply.put(number * number)

    owner = threading.Thread(target=own)
    owner.start()
    answers = together(lambda: call(2), lambda: call(3))
    owner.join()
    return answers


def one_place_for_replies():
    requests, replies = queue.SimpleQueue(), queue.SimpleQueue()

    def call(number):
        requests.put((number, replies))
        return replies.get()

    return ask_both(call, requests)


mixed = explore(one_place_for_replies)
mixed

# %% [markdown]
# **See.** In some schedules the first gets 9 and the second 4. No error, no warning: each has an answer, of
# somebody else.
#
# **Repair.** Each request brings its *own* place for the reply.

# %%
def own_place_for_each_reply():
    requests = queue.SimpleQueue()

    def call(number):
        reply = queue.SimpleQueue()
        requests.put((number, reply))
        return reply.get()

    return ask_both(call, requests)


sorted_out = explore(own_place_for_each_reply)
sorted_out

# %% [markdown]
# The standard library's word for such a place is `concurrent.futures.Future`: a box that is filled once, with
# a result or an exception, and in which one can wait. With timeouts the own place pays twice: a caller that
# has given up is not there any more when the late reply comes, and with one queue for all the *next* caller
# would get it.
#
# ## Too fast
#
# The last question. A producer makes an item every millisecond, a consumer needs about two for each. That
# cannot go well for long. What exactly goes wrong?
#
# **Predict.** After 200 items: how many wait in an unbounded queue? And how *old* is an item when the
# consumer takes it out, at the beginning and at the end?

# %%
FLOW, MAKE, TAKE, BOUND = 200, 0.001, 0.002, 10


def flow(maxsize):
    """For each item: when it was taken out, its age then, and how many still waited; and when the producer was done."""
    line = queue.Queue(maxsize)
    taken, began = [], time.perf_counter()

    def now():
        return time.perf_counter() - began

    def consume():
        while (made := line.get()) is not None:
            taken.append((now(), now() - made, line.qsize()))
            time.sleep(TAKE)

    consumer = threading.Thread(target=consume)
    consumer.start()
    for _ in range(FLOW):
        time.sleep(MAKE)
        line.put(now())  # an item is born when its producer wants to hand it over
    finished = now()
    line.put(None)
    consumer.join()
    return taken, finished


flows = {"unbounded": flow(0), f"at most {BOUND} waiting": flow(BOUND)}
for name, (taken, finished) in flows.items():
    most, oldest = max(depth for _, _, depth in taken), max(age for _, age, _ in taken)
    print(f"{name:22} most waiting {most:3}, oldest {oldest * 1e3:4.0f} ms,", end=" ")
    print(f"producer done after {finished * 1e3:4.0f} ms, consumer after {taken[-1][0] * 1e3:4.0f} ms")

# %%
figure, (upper, lower) = new_figure(2, 1, size=(7.5, 5), sharex=True)
for (name, (taken, finished)), look in zip(flows.items(), looks(2)):
    moments = [moment for moment, _, _ in taken]
    upper.plot(moments, [depth for _, _, depth in taken], label=name, **look.line)
    lower.plot(moments, [age * 1e3 for _, age, _ in taken], label=name, **look.line)
    upper.axvline(finished, linewidth=1, **look.line)
    upper.annotate(
        "producer done", (finished, 0), xytext=(-12, 32), textcoords="offset points", rotation=90, fontsize=8
    )
upper.set(ylabel="items waiting")
upper.set_title("Without a bound the queue grows, and everything in it grows old", loc="left", fontweight="bold")
lower.set(ylabel="age when taken out (ms)", xlabel="time (s)")
for panel in upper, lower:
    panel.set_ylim(bottom=0)
lower.legend(loc="upper left")
caption(
    figure,
    f"{FLOW} items; {MAKE * 1e3:g} ms of sleep to make one, {TAKE * 1e3:g} ms to work one off (sleeps last a little "
    "longer). One run of each on this machine. Vertical lines: the producer has put its last item.",
)

# %% [markdown]
# **See.** Above: the unbounded queue grows for as long as the producer is at work, the bounded one stays at
# its bound. Below: the items of the unbounded queue get older and older. Both end at about the same time: the
# *consumer* decides how long it takes, not the queue.
#
# **Explain.** Who comes to a queue of 100 waits for 100 others: *age = items waiting × time for one*. (That
# is Little's law.) An unbounded queue accepts everything and makes all of it late. In a service that means:
# every answer comes, after everybody has stopped waiting for it. And memory grows until there is none.
#
# A bounded queue makes `put` *wait* when it is full. The producer is slowed down to the pace of the consumer.
# This is **back-pressure**: the slowness reaches those who can do something about it. They can make less, or
# say no (`put(item, timeout=…)` raises `queue.Full`), or drop what is out of date.
#
# A bound has its own trap: whoever waits in `put` must be let go at the end. If the consumers die of an
# error, the producer waits for room for ever. You will meet that in the exercise `pipeline`.
#
# ## You are the scheduler
#
# Each click (or key **1**, **2**) lets one thread take its next step, **u** takes it back, **s** shows the
# shortest way. First the item that slips behind the end:

# %%
from checker.levels import play_level

play_level("item_behind_the_end")

# %% [markdown]
# A queue wakes its owner when an item arrives. Whoever builds that by hand can wake somebody too early, before he
# waits:

# %%
play_level("lost_wake_up")

# %% [markdown]
# Or too late, when another one has taken the item:

# %%
play_level("stolen_item")

# %% [markdown]
# ## What to remember
#
# | | |
# |---|---|
# | One owner | data that only one thread touches needs no lock |
# | The end | a sentinel behind everything, one for each worker; never a flag alone, never a sleep |
# | Too late | look-and-put and close-and-put under one lock, or an item slips behind the sentinel |
# | The answer | each request brings its own place for the reply |
# | Too fast | bound the queue: growing depth is growing age |
# | `empty()`, `qsize()` | tell what was, not what is |
#
# **Tell a colleague.** Why does a longer queue not help a consumer that is too slow, and what does it do
# instead?
#
# Now go on to the exercises: open the assignment `10-queues`.
