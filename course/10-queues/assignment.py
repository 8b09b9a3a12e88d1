# %% [markdown]
# # Exercises 10: queues
#
# Three exercises, 28 points. Read the lesson `10-queues` first.
#
# Time in the checks is *virtual*: it moves only when every thread waits. An item that takes an hour to work
# off costs nothing, and waiting times are exact. Call `time.sleep()` and `time.monotonic()` as always.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `Aggregator`: one owner, and nothing lost at the end (8 points)
#
# Many threads want to count things in one dict. Instead of a lock around the dict, give the dict to *one*
# thread, the owner. The others hand over what is to be counted. The hard part is the end.
#
# **The contract**
#
# An `Aggregator` owns a dict and the one thread that touches it.
#
# - `add(key, n=1)` hands over "add `n` to the count of `key`". It never waits for the owner to work off an
#   item, however many wait already.
# - `stop()` returns the final counts as a dict: *everything whose `add` has returned is in it*.
# - An `add` that runs beside `stop` either raises `RuntimeError` or is in the result. After `stop` has
#   returned, `add` raises `RuntimeError`.
# - `stop` may be called again, also by several threads at once: each call returns an equal dict, and each
#   dict is the caller's own.
# - A count starts at 0. An item whose addition raises (`n` may be a string, or anything) changes no count,
#   leaves no key of its own, and adds 1 to `errors` (an int, final after `stop`). The owner lives on.
#   "Raises" includes what is not an `Exception`, `SystemExit` for example.
# - When `stop` has returned, the thread has ended.
#
# <details><summary>Hint: a nudge</summary>
#
# A flag says "stop", but the queue is not empty. A test "is the queue empty?" says yes, and in the next
# moment it is not. What could the stopper put *into the queue* so that the owner comes across it when
# everything before it is done? And what if an `add` comes after that?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `stop` puts a *sentinel* (an object of its own that nobody else can add) into the queue and joins the owner,
# who ends when it takes the sentinel out. One lock around "look whether it is closed, then put" in `add` and
# around "close, then put the sentinel" in `stop` keeps every item in front of the sentinel. The queue has no
# bound, so `put` never waits.
# </details>

# %% answer="aggregator"
import queue
import threading


class Aggregator:
    """Counts per key, in a dict that only one thread, the owner, ever touches.

    errors: how many items could not be added; final after stop.
    """

    def __init__(self):
        """Start the owner."""
        ### BEGIN SOLUTION
        self.errors = 0
        self._counts = {}
        self._items = queue.SimpleQueue()
        self._closed = False
        self._door = threading.Lock()  # whoever holds it decides what comes before the sentinel
        self._owner = threading.Thread(target=self._work)
        self._owner.start()

    def _work(self):
        while (item := self._items.get()) is not None:
            key, n = item
            try:
                self._counts[key] = self._counts.get(key, 0) + n
            except BaseException:
                self.errors += 1
        ### END SOLUTION

    def add(self, key, n=1):
        """Hand over: add n to the count of key. Never waits for the owner to work off an item.

        Raises RuntimeError, and hands nothing over, once the aggregator is stopped.
        """
        ### BEGIN SOLUTION
        with self._door:
            if self._closed:
                raise RuntimeError("the aggregator is stopped")
            self._items.put((key, n))
        ### END SOLUTION

    def stop(self):
        """Let the owner finish everything handed over, end it, and return a new dict of the final counts."""
        ### BEGIN SOLUTION
        with self._door:
            if not self._closed:
                self._closed = True
                self._items.put(None)  # every item is a pair, so None can be nothing else
        self._owner.join()
        return dict(self._counts)
        ### END SOLUTION


# %% [markdown]
# The checks count with numbers that watch what happens to them. Anything that can be added to an int may be
# an `n`.

# %% given="numbers"
import threading
import time


class Watched:
    """Counts as 1. Runs `action` while it is being added, and remembers the thread that adds it."""

    def __init__(self, action=None):
        self.added = threading.Event()
        self.thread = None
        self._action = action

    def __radd__(self, count):
        self.thread = threading.get_ident()
        if self._action:
            self._action()
        self.added.set()
        return count + 1

    __add__ = __radd__


def slow(seconds):
    """A number whose addition takes that long."""
    return Watched(lambda: time.sleep(seconds))


class Raising:
    """Raises an error when it is added."""

    def __init__(self, error):
        self._error = error

    def __radd__(self, count):
        raise self._error

    __add__ = __radd__


# %% [markdown]
# **It counts, in one thread of its own.**

# %% check="aggregator-1" points=1
import threading


def it_counts():
    aggregator = Aggregator()
    aggregator.add("a")
    aggregator.add("b", 5)
    aggregator.add("a", n=2)
    counts = aggregator.stop()
    return isinstance(counts, dict), dict(counts), aggregator.errors


def one_other_thread_does_the_counting():
    aggregator = Aggregator()
    numbers = [Watched(), Watched()]
    for number in numbers:
        aggregator.add("a", number)
        number.added.wait()
    aggregator.stop()
    threads = {number.thread for number in numbers}
    return len(threads), threading.get_ident() in threads


check(it_counts, expect=(True, {"a": 3, "b": 5}, 0))
check(one_other_thread_does_the_counting, expect=(1, False))


# %% [markdown]
# **What was added is in the result**, whoever added it, and however long the owner needs for it.

# %% check="aggregator-2" points=2
def everything_added_is_in_the_result():
    aggregator = Aggregator()
    together(lambda: aggregator.add("a"), lambda: aggregator.add("a"))
    return dict(aggregator.stop())


def several_items_at_once_are_in_the_result():
    aggregator = Aggregator()
    for _ in range(3):
        aggregator.add("a")
    return dict(aggregator.stop())


def slow_items_are_in_the_result():
    aggregator = Aggregator()
    aggregator.add("a", slow(40))
    aggregator.add("a", slow(20))
    aggregator.add("b")
    return dict(aggregator.stop())


def stopping_at_once_gives_an_empty_dict():
    return dict(Aggregator().stop())


check(everything_added_is_in_the_result, expect={"a": 2}, delays=True, schedules=100)
check(several_items_at_once_are_in_the_result, expect={"a": 3}, delays=True, schedules=300)
check(slow_items_are_in_the_result, expect={"a": 2, "b": 1})
check(stopping_at_once_gives_an_empty_dict, expect={})


# %% [markdown]
# **An `add` beside `stop` is refused, or counts.** Nothing is lost in silence, not even if a thread is held up
# somewhere for longer than anybody sleeps. Afterwards `add` is refused.

# %% check="aggregator-3" points=2
def accepted(aggregator, key):
    """Whether the aggregator took it."""
    try:
        aggregator.add(key)
    except RuntimeError:
        return False
    return True


def an_add_beside_stop_is_refused_or_counts():
    aggregator = Aggregator()
    taken, counts = together(lambda: accepted(aggregator, "a"), aggregator.stop)
    return "as it should be" if counts == ({"a": 1} if taken else {}) else (taken, dict(counts))


def an_add_beside_two_stops_is_refused_or_counts():
    aggregator = Aggregator()
    taken, first, second = together(lambda: accepted(aggregator, "a"), aggregator.stop, aggregator.stop)
    right = {"a": 1} if taken else {}
    return "as it should be" if first == second == right else (taken, dict(first), dict(second))


def an_add_after_stop_is_refused():
    aggregator = Aggregator()
    aggregator.add("a")
    aggregator.stop()
    return accepted(aggregator, "a"), accepted(aggregator, "b"), dict(aggregator.stop())


check(an_add_beside_stop_is_refused_or_counts, expect="as it should be", delays=True, schedules=150)
check(an_add_beside_two_stops_is_refused_or_counts, expect="as it should be", delays=True)
check(an_add_after_stop_is_refused, expect=(False, False, {"a": 1}))


# %% [markdown]
# **`add` never waits for the owner.** The owner is busy with one item until two others, and then thousands,
# have been added. If any `add` had to wait for it, both would wait for ever. For the thousand a single
# schedule is enough.

# %% check="aggregator-4" points=1
import threading


def two_adds_return_while_the_owner_is_busy():
    aggregator = Aggregator()
    gate = threading.Event()
    aggregator.add("slow", Watched(gate.wait))
    aggregator.add("a")
    aggregator.add("a")
    gate.set()
    return dict(aggregator.stop())


def a_thousand_adds_return_while_the_owner_is_busy():
    aggregator = Aggregator()
    gate = threading.Event()
    aggregator.add("slow", Watched(gate.wait))
    for _ in range(1_100):
        aggregator.add("a")
    gate.set()
    return dict(aggregator.stop())


check(a_thousand_adds_return_while_the_owner_is_busy, expect={"slow": 1, "a": 1_100}, schedules=1, search="walk")
check(two_adds_return_while_the_owner_is_busy, expect={"slow": 1, "a": 2})


# %% [markdown]
# **`stop` again**, one after the other or at once: equal dicts, and each is the caller's own.

# %% check="aggregator-5" points=1
def two_stops_at_once_agree():
    aggregator = Aggregator()
    aggregator.add("a")
    return [dict(counts) for counts in together(aggregator.stop, aggregator.stop)]


def two_stops_wait_for_a_slow_item():
    aggregator = Aggregator()
    aggregator.add("a", slow(40))
    return [dict(counts) for counts in together(aggregator.stop, aggregator.stop)]


def each_dict_belongs_to_its_caller():
    aggregator = Aggregator()
    aggregator.add("a")
    first = aggregator.stop()
    first["a"], first["mine"] = 100, 1
    second = aggregator.stop()
    second.clear()
    return dict(aggregator.stop())


check(two_stops_at_once_agree, expect=[{"a": 1}, {"a": 1}], delays=True, schedules=200)
check(two_stops_wait_for_a_slow_item, expect=[{"a": 1}, {"a": 1}])
check(each_dict_belongs_to_its_caller, expect={"a": 1})


# %% check="aggregator-6" points=1 hidden=true
import threading
import time


def bad_items_are_counted_as_errors():
    aggregator = Aggregator()
    aggregator.add("b", slow(1))
    aggregator.add("a", "one")  # 0 + "one" cannot be added
    aggregator.add("b", None)
    aggregator.add("c", Raising(ValueError()))
    aggregator.add("b", 2)
    return dict(aggregator.stop()), aggregator.errors


def no_exception_ends_the_counting():
    class Odd(BaseException):
        pass

    aggregator = Aggregator()
    aggregator.add("b", slow(1))
    for error in SystemExit(), KeyboardInterrupt(), Odd(), GeneratorExit(), StopIteration():
        aggregator.add("a", Raising(error))
    aggregator.add("b")
    return dict(aggregator.stop()), aggregator.errors


def errors_are_final_after_stop():
    aggregator = Aggregator()
    aggregator.add("a", slow(40))
    together(lambda: aggregator.add("a", "one"), lambda: aggregator.add("a", "two"))
    return dict(aggregator.stop()), aggregator.errors


def a_key_that_is_no_key_does_no_harm():
    aggregator = Aggregator()
    try:
        aggregator.add([])
        errors = 1
    except TypeError:  # may be refused at once
        errors = 0
    aggregator.add("a")
    return dict(aggregator.stop()), aggregator.errors == errors


def falsy_keys_and_numbers_are_counted_too():
    aggregator = Aggregator()
    aggregator.add("slow", slow(1))
    for key in None, 0, "", ():
        aggregator.add(key, 2)
    aggregator.add(None, -1)
    return dict(aggregator.stop()), aggregator.errors


def no_thread_is_left():
    before = threading.enumerate()
    aggregator = Aggregator()
    aggregator.add("a", slow(10))
    aggregator.stop()
    return [thread.name for thread in threading.enumerate() if thread not in before]


def an_add_beside_stop_does_not_wait_for_the_owner():
    aggregator = Aggregator()
    gate = threading.Event()
    aggregator.add("slow", Watched(gate.wait))

    def add_while_it_stops():
        time.sleep(1)
        try:
            aggregator.add("a")
            taken = {"a": 1}
        except RuntimeError:
            taken = {}
        gate.set()
        return taken

    counts, taken = together(aggregator.stop, add_while_it_stops)
    return dict(counts) == {"slow": 1, **taken}


def two_aggregators_count_for_themselves():
    first, second = Aggregator(), Aggregator()
    first.add("a", "one")
    second.add("a", 5)
    return dict(first.stop()), first.errors, dict(second.stop()), second.errors


def a_second_dict_is_as_it_was():
    aggregator = Aggregator()
    aggregator.add("a")
    aggregator.stop()["a"] = 100
    return dict(aggregator.stop())


check(bad_items_are_counted_as_errors, expect=({"b": 3}, 3))
check(no_exception_ends_the_counting, expect=({"b": 2}, 5))
check(errors_are_final_after_stop, expect=({"a": 1}, 2))
check(a_key_that_is_no_key_does_no_harm, expect=({"a": 1}, True))
check(falsy_keys_and_numbers_are_counted_too, expect=({"slow": 1, None: 1, 0: 2, "": 2, (): 2}, 0))
check(no_thread_is_left, expect=[])
check(an_add_beside_stop_does_not_wait_for_the_owner, expect=True, schedules=50)
check(two_aggregators_count_for_themselves, expect=({}, 1, {"a": 5}, 0), schedules=100)
check(a_second_dict_is_as_it_was, expect={"a": 1}, schedules=20)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("aggregator")

# %% [markdown]
# ## 2. `Owner`: ask, and get your own answer (10 points)
#
# An owner that only takes is half the story. Often the caller wants an *answer*: run this for me, in your
# thread, and tell me what came out.
#
# **The contract**
#
# `Owner()` starts one thread, the owner's thread. Every `fn` below runs there, one at a time.
#
# `call(fn, *args, timeout=None)`
#
# - runs `fn(*args)` in the owner's thread and returns its result, or raises that very exception object, to *this*
#   caller and nobody else. Exceptions include `SystemExit` and the like; none of them ends the owner.
# - An idle owner takes up a request at once.
# - `timeout` is in seconds, 0 or more (0 does not wait); `None` waits for ever. When the time is up:
#   `TimeoutError`. If the owner had not yet taken up the request by then, it is never run.
# - A `call` from *inside* the owner's thread (`fn` itself calls) runs `fn` directly; `timeout` is ignored.
#
# `stop()` takes effect at one instant.
#
# - The request that runs at that instant is finished, and its caller gets the result.
# - Those not yet taken up never run. Their callers get the exception `Closed`, at the latest when `stop`
#   returns. So do all later calls.
# - When `stop` returns, the owner's thread has ended. `stop` may be called again, and by any thread but the
#   owner's.
#
# <details><summary>Hint: a nudge</summary>
#
# Where does the answer of the second caller go, if the first one has given up and left? Give each request a
# place of its own for its reply. And who decides whether a request is still to be run: the owner who is about
# to take it up, or the caller whose time is up? Both may decide at the same moment.
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# A request is an object: the function, its arguments, an `Event` "done", a place for the result or the error,
# and a *state*: waiting, taken up, or given up. Only whoever changes the state away from "waiting" (under a
# lock) has decided. Put the queue (a `deque`), the states and "closed" under one `Condition`, and "takes
# effect at one instant" comes for free: `stop` closes and empties the queue in one critical section.
# (`concurrent.futures.Future` has the state machine ready: `set_running_or_notify_cancel`, `cancel`. Wait in
# `future.result(timeout)`: `concurrent.futures.wait` is not woken by `cancel` alone.)
# </details>


# %% given="closed"
class Closed(Exception):
    """The owner was stopped before it took up the request."""


# %% answer="owner"
import threading
from collections import deque
from concurrent.futures import Future


class Owner:
    """Runs functions of other threads in its own thread, one at a time, and answers each caller."""

    def __init__(self):
        """Start the owner's thread."""
        ### BEGIN SOLUTION
        self._requests = deque()
        self._changed = threading.Condition()  # protects the requests and `_closed`
        self._closed = False
        self._thread = threading.Thread(target=self._work)
        self._thread.start()

    def _work(self):
        while True:
            with self._changed:
                while not self._requests and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                fn, args, reply = self._requests.popleft()
                if not reply.set_running_or_notify_cancel():
                    continue  # its caller has given up
            try:
                result = fn(*args)
            except BaseException as error:
                reply.set_exception(error)
            else:
                reply.set_result(result)
        ### END SOLUTION

    def call(self, fn, *args, timeout=None):
        """Run fn(*args) in the owner's thread; return its result or raise its exception.

        Raises TimeoutError after timeout seconds (None: never), and Closed if the owner is stopped before it has
        taken up the request. Called in the owner's thread, it runs fn directly.
        """
        ### BEGIN SOLUTION
        if threading.current_thread() is self._thread:
            return fn(*args)
        reply = Future()
        with self._changed:
            if self._closed:
                raise Closed
            self._requests.append((fn, args, reply))
            self._changed.notify()
        answered = threading.Event()
        reply.add_done_callback(lambda _: answered.set())
        if not answered.wait(timeout):
            reply.cancel()  # in vain if the owner has taken it up; nobody will read the reply then
            raise TimeoutError(f"no answer within {timeout} seconds")
        return reply.result()
        ### END SOLUTION

    def stop(self):
        """Stop at once: let the running request finish, raise Closed for all others, end the thread."""
        ### BEGIN SOLUTION
        with self._changed:
            self._closed = True
            refused = [reply for _, _, reply in self._requests]
            self._requests.clear()
            self._changed.notify()
        for reply in refused:
            if reply.set_running_or_notify_cancel():
                reply.set_exception(Closed())
        self._thread.join()
        ### END SOLUTION


# %% [markdown]
# **It runs in the owner's thread, and every caller gets its own answer.**

# %% check="owner-1" points=2
import threading


def every_call_runs_in_the_owners_thread():
    owner = Owner()
    threads = {owner.call(threading.get_ident), owner.call(threading.get_ident)}
    owner.stop()
    return len(threads), threading.get_ident() in threads


def every_caller_gets_its_own_result():
    owner = Owner()
    results = together(lambda: owner.call(pow, 2, 5), lambda: owner.call(pow, 3, 2))
    owner.stop()
    return results


def every_caller_gets_its_own_exception():
    owner = Owner()

    def ask(text):
        try:
            return owner.call(int, text)
        except ValueError as error:
            return text in str(error)

    results = together(lambda: ask("one"), lambda: ask("2"))
    owner.stop()
    return results


check(every_call_runs_in_the_owners_thread, expect=(1, False), schedules=50)
check(every_caller_gets_its_own_result, expect=[32, 9], delays=True, schedules=300)
check(every_caller_gets_its_own_exception, expect=[True, 2], delays=True, schedules=300)


# %% [markdown]
# **Whatever `fn` returns is a result, whatever it raises is raised**, and the owner is ready for the next
# call.

# %% check="owner-2" points=1
import time


def falsy_results_and_exceptions_as_results():
    owner = Owner()

    def after_a_moment(value):
        time.sleep(0.001)
        return value

    results = []
    for value in None, 0, "", False:
        results.append(owner.call(after_a_moment, value))
        time.sleep(0.001)  # now the owner is idle again
    results.append(type(owner.call(ValueError, "made, not raised")).__name__)
    owner.stop()
    return results


def raise_it(error):
    time.sleep(0.001)
    raise error


def no_exception_ends_the_owner():
    owner = Owner()
    seen = []
    for error in ValueError("boom"), TimeoutError("boom"), SystemExit(3), KeyboardInterrupt():
        try:
            owner.call(raise_it, error)
        except BaseException as raised:
            seen.append((type(raised) is type(error), raised.args == error.args))
        else:
            seen.append("nothing raised")
        time.sleep(0.001)  # now the owner is idle again
    seen.append(owner.call(sum, [1, 2]))
    owner.stop()
    return seen


check(falsy_results_and_exceptions_as_results, expect=[None, 0, "", False, "ValueError"], schedules=200)
check(no_exception_ends_the_owner, expect=[(True, True)] * 4 + [3], schedules=200)


# %% [markdown]
# **Time is up: `TimeoutError`, when it was asked for.** A request that was not yet taken up never runs, and a
# late reply reaches nobody.

# %% check="owner-3" points=2
import threading
import time


def outcome(owner, fn, *args, timeout=None):
    """What a call gave, and after how many seconds."""
    began = time.monotonic()
    try:
        result = owner.call(fn, *args, timeout=timeout)
    except TimeoutError:
        result = "TimeoutError"
    except Closed:
        result = "Closed"
    return result, round(time.monotonic() - began, 6)


def a_request_that_is_given_up_never_runs():
    owner = Owner()
    ran = []
    busy = threading.Thread(target=owner.call, args=(time.sleep, 10))
    busy.start()
    time.sleep(1)  # now the owner is busy, for 9 seconds more
    seen = [outcome(owner, ran.append, "2 s", timeout=2), outcome(owner, ran.append, "0 s", timeout=0)]
    seen.append(outcome(owner, ran.append, "20 s", timeout=20))
    busy.join()
    time.sleep(10)  # time enough for the owner to do what it must not do
    owner.stop()
    return seen, ran


def a_late_reply_reaches_nobody():
    owner = Owner()

    def slowly(seconds):
        time.sleep(seconds)
        return f"slept {seconds} s"

    seen = [outcome(owner, slowly, 10, timeout=3), outcome(owner, slowly, 5), outcome(owner, slowly, 1, timeout=4)]
    owner.stop()
    return seen


def the_time_spent_in_the_queue_counts():
    owner = Owner()

    def second():
        time.sleep(1)
        return outcome(owner, time.sleep, 3, timeout=4)

    def third():
        time.sleep(2)
        return outcome(owner, time.sleep, 0, timeout=1)

    seen = together(lambda: outcome(owner, time.sleep, 4, timeout=9), second, third)
    owner.stop()
    return seen


check(
    a_request_that_is_given_up_never_runs,
    expect=([("TimeoutError", 2.0), ("TimeoutError", 0.0), (None, 7.0)], ["20 s"]),
)
check(
    a_late_reply_reaches_nobody,
    expect=[("TimeoutError", 3.0), ("slept 5 s", 12.0), ("slept 1 s", 1.0)],
    schedules=100,
)
check(the_time_spent_in_the_queue_counts, expect=[(None, 4.0), ("TimeoutError", 4.0), ("TimeoutError", 1.0)])


# %% [markdown]
# **A call from inside runs directly.** It neither waits for itself nor looks at the timeout.

# %% check="owner-4" points=1
import threading
import time


def a_call_from_inside_runs_directly():
    owner = Owner()

    def inner(seconds):
        time.sleep(seconds)
        return threading.get_ident()

    def outer():
        here = threading.get_ident()
        threads = [owner.call(inner, 0), owner.call(inner, 5, timeout=1), owner.call(inner, 0, timeout=0)]
        return [thread == here for thread in threads]

    result = owner.call(outer)
    owner.stop()
    return result


def an_exception_from_inside_passes_through():
    owner = Owner()

    def outer():
        try:
            owner.call(int, "no number", timeout=0)
        except ValueError:
            return owner.call(int, "7")

    result = owner.call(outer)
    owner.stop()
    return result


check(a_call_from_inside_runs_directly, expect=[True, True, True])
check(an_exception_from_inside_passes_through, expect=7)


# %% [markdown]
# **`stop` takes effect at one instant.** What runs is finished; what waits never runs, and its callers are
# told.

# %% check="owner-5" points=2
import threading
import time


def call_at(owner, second, fn, *args):
    """Call at that second; return the result or "Closed"."""
    time.sleep(second)
    try:
        return owner.call(fn, *args)
    except Closed:
        return "Closed"


def what_runs_is_finished_and_what_waits_never_runs():
    owner = Owner()
    ran = []

    def run_for_ten_seconds():
        time.sleep(10)
        return "finished"

    def stop_at_2():
        time.sleep(2)
        owner.stop()
        return time.monotonic()

    began = time.monotonic()
    running, waiting, stopped = together(
        lambda: call_at(owner, 0, run_for_ten_seconds), lambda: call_at(owner, 1, ran.append, "ran"), stop_at_2
    )
    return running, waiting, round(stopped - began, 6), ran


def a_waiting_caller_is_told_by_the_time_stop_returns():
    owner = Owner()
    told = []

    def wait_in_vain():
        result = call_at(owner, 1, time.sleep, 0)
        told.append(round(time.monotonic() - began, 6) <= 10)
        return result

    began = time.monotonic()
    busy = threading.Thread(target=owner.call, args=(time.sleep, 10))
    waiting = threading.Thread(target=wait_in_vain)
    busy.start()
    waiting.start()
    time.sleep(2)
    owner.stop()
    busy.join()
    waiting.join()
    return told


def later_calls_are_refused():
    owner = Owner()
    owner.stop()
    ran = []
    seen = [call_at(owner, 0, ran.append, 1), call_at(owner, 5, ran.append, 2)]
    try:
        owner.call(ran.append, 3, timeout=0)
    except Closed:
        seen.append("Closed")
    return seen, ran


check(what_runs_is_finished_and_what_waits_never_runs, expect=("finished", "Closed", 10.0, []))
check(a_waiting_caller_is_told_by_the_time_stop_returns, expect=[True])
check(later_calls_are_refused, expect=(["Closed"] * 3, []))


# %% [markdown]
# **A call beside `stop` ends**: it has run and returns, or it has not run and raises `Closed`. And once
# somebody has been told `Closed`, nothing runs any more.

# %% check="owner-6" points=1
def ask_twice(owner, ran):
    seen = []
    for number in 1, 2:
        try:
            owner.call(ran.append, number)
            seen.append("ran")
        except Closed:
            seen.append("Closed")
    return seen


def a_call_beside_stop_runs_or_is_closed():
    owner = Owner()
    ran = []
    seen, _ = together(lambda: ask_twice(owner, ran), owner.stop)
    right = {0: ["Closed", "Closed"], 1: ["ran", "Closed"], 2: ["ran", "ran"]}
    return "as it should be" if seen == right[len(ran)] else (seen, ran)


check(a_call_beside_stop_runs_or_is_closed, expect="as it should be", delays=True, schedules=300)


# %% check="owner-7" points=1 hidden=true
import threading
import time


def stop_may_be_called_again_and_at_once():
    owner = Owner()
    thread = owner.call(threading.current_thread)

    def stop():
        owner.stop()
        return thread.is_alive()

    alive = together(stop, stop)
    return alive, stop()


def every_stop_waits_for_what_runs():
    before = threading.enumerate()
    owner = Owner()
    busy = threading.Thread(target=owner.call, args=(time.sleep, 10))
    busy.start()
    time.sleep(1)

    def stop():
        owner.stop()
        return round(time.monotonic() - began, 6)

    began = time.monotonic()
    ended = together(stop, stop)
    busy.join()
    return ended, [thread.name for thread in threading.enumerate() if thread not in before]


def two_owners_are_two_threads():
    first, second = Owner(), Owner()
    time.sleep(1)  # now both are idle

    def who_runs_this():
        time.sleep(1)
        return threading.get_ident()

    other = second.call(who_runs_this)
    time.sleep(1)
    nested = first.call(lambda: second.call(who_runs_this))
    time.sleep(1)
    first.stop()
    second.stop()
    return nested == other


def two_callers_beside_stop_are_answered():
    owner = Owner()
    ran = []

    def ask(number):
        try:
            owner.call(ran.append, number)
        except Closed:
            return False
        return True

    first, second, _ = together(lambda: ask(1), lambda: ask(2), owner.stop)
    told = [number for number, yes in ((1, first), (2, second)) if yes]
    return "as it should be" if told == sorted(ran) else (told, ran)


def a_caller_whose_time_is_up_is_told_so_while_it_stops():
    owner = Owner()

    def run_too_long():
        began = time.monotonic()
        try:
            owner.call(time.sleep, 10, timeout=5)
        except (TimeoutError, Closed) as error:
            return type(error).__name__, round(time.monotonic() - began, 6)

    def stop_at_2():
        time.sleep(2)
        owner.stop()

    return together(run_too_long, stop_at_2)[0]


def of_two_equal_requests_the_right_one_is_given_up():
    owner = Owner()
    ran = []

    def ask(second, timeout):
        time.sleep(second)
        try:
            owner.call(ran.append, "x", timeout=timeout)
        except TimeoutError:
            return "TimeoutError"
        return "ran"

    _, first, second = together(lambda: owner.call(time.sleep, 10), lambda: ask(1, None), lambda: ask(2, 3))
    owner.stop()
    return first, second, ran


def that_very_exception_is_raised():
    owner = Owner()
    boom = KeyError("boom")

    def fail():
        raise boom

    try:
        owner.call(fail)
    except KeyError as error:
        return error is boom
    finally:
        owner.stop()


check(stop_may_be_called_again_and_at_once, expect=([False, False], False), delays=True, schedules=100)
check(every_stop_waits_for_what_runs, expect=([9.0, 9.0], []))
check(two_owners_are_two_threads, expect=True, schedules=100)
check(two_callers_beside_stop_are_answered, expect="as it should be", delays=True, schedules=200)
check(a_caller_whose_time_is_up_is_told_so_while_it_stops, expect=("TimeoutError", 5.0), schedules=30)
check(of_two_equal_requests_the_right_one_is_given_up, expect=("ran", "TimeoutError", ["x"]), schedules=200)
check(that_very_exception_is_raised, expect=True, schedules=50)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("owner")

# %% [markdown]
# ## 3. `pipeline`: many workers, bounded work, in order (10 points)
#
# Apply a function to a stream of items, in several threads, without ever having more items in hand than you
# can digest. The stream may be endless or too large to be stored; it may break; the function may fail.
# Nothing may hang.
#
# **The contract**
#
# `pipeline(items, fn, workers, maxsize)` returns the list of `fn(item)` for every item, *in the order of the
# items*. `workers` ≥ 1 and `maxsize` ≥ 1.
#
# - `fn` runs in `workers` threads at the same time.
# - `items` is any iterable, perhaps a lazy one. It may be advanced in any thread, but never in two at once.
# - **Back-pressure**: never more than `workers + maxsize + 1` items have been taken from it and are not
#   finished.
# - **Errors**: once an exception of `fn` or of the iterable is caught, at most *one* more item is taken (so whoever
#   catches it lets the others know before he waits for anything, a lock included);
#   items that are already taken may be skipped. When all threads have ended, that very exception object is raised
#   (of several near at once, any). Exceptions include `SystemExit` and the like, and a `StopIteration` that `fn`
#   raises is an exception like others.
# - When `pipeline` returns or raises, every thread that it started has ended.
#
# <details><summary>Hint: a nudge</summary>
#
# One `queue.Queue(maxsize)`, one who fills it, `workers` threads who empty it. Now: who tells *each* worker
# that there is nothing more to come? And if all workers have died of an error, who takes something out of the
# full queue, so that the one who fills it can go on?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# A worker never dies: it catches `BaseException`, notes it, and from then on only *takes away* what comes,
# until it finds its own sentinel. The producer looks at the notes after each item, and in any case
# (`finally`) puts one sentinel for each worker. Hand over `(index, item)` pairs, and the order of the results
# is no question of time. Without a queue it works too: the workers take turns at the iterator, under a lock.
# </details>

# %% answer="pipeline"
import queue
import threading


def pipeline(items, fn, workers: int, maxsize: int) -> list:
    """Return [fn(item) for item in items], computed in `workers` threads.

    Never more than workers + maxsize + 1 items have been taken and are not finished. An exception of fn or of the
    iterable stops the taking, and is raised when all threads have ended.
    """
    ### BEGIN SOLUTION
    todo = queue.Queue(maxsize)
    results, errors = {}, []

    def work():
        while (job := todo.get()) is not None:
            index, item = job
            if errors:
                continue  # only take it away, so that the producer never waits in vain
            try:
                results[index] = fn(item)
            except BaseException as error:
                errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(workers)]
    for thread in threads:
        thread.start()
    try:
        for job in enumerate(items):
            todo.put(job)
            if errors:
                break
    except BaseException as error:
        errors.append(error)
    finally:
        for _ in threads:
            todo.put(None)
        for thread in threads:
            thread.join()
    if errors:
        raise errors[0]
    return [results[index] for index in sorted(results)]
    ### END SOLUTION


# %% [markdown]
# Most checks hand over items that arrive one by one, a millisecond apart. Everybody else gets as far as he can in
# between, which leaves few enough orders of steps for a check to go through all of them. In some checks everything
# comes at the same moment, and many of the orders are tried.

# %% given="arriving"
import time


def one_by_one(items):
    """The items, each after a millisecond (of virtual time)."""
    for item in items:
        time.sleep(0.001)
        yield item


# %% [markdown]
# **All results, in the order of the items**, whichever is finished first.

# %% check="pipeline-1" points=2
import time


def results_are_in_the_order_of_the_items():
    def slow_first(item):
        time.sleep(0.010 - item / 500)
        return item * item

    return pipeline(one_by_one(range(4)), slow_first, 3, 2)


def two_results_at_the_same_moment():
    def finish_at_ten(item):
        time.sleep(10 - item / 1000)
        return item

    return pipeline(one_by_one([1, 2]), finish_at_ten, 2, 1)


def two_items_at_the_same_moment():
    def two_at_once():
        time.sleep(0.001)
        yield 1
        yield 2
        time.sleep(0.010)

    def slow_first(item):
        time.sleep(0.005 - item / 1000)
        return item

    return pipeline(two_at_once(), slow_first, 2, 1)


def every_item_counts():
    items = [None, 0, [], "", None, ValueError]
    return pipeline(one_by_one(items), lambda item: (item is None, str(item)), 1, 1)


def every_result_counts():
    return pipeline(one_by_one([3, 1, 2]), lambda item: None, 1, 1), type(pipeline([1], ValueError, 1, 1)[0]).__name__


def one_worker_two_items():
    return pipeline(["a", "b"], str.upper, 1, 1)


check(results_are_in_the_order_of_the_items, expect=[0, 1, 4, 9])
check(two_results_at_the_same_moment, expect=[1, 2])
check(two_items_at_the_same_moment, expect=[1, 2])
check(
    every_item_counts,
    expect=[(True, "None"), (False, "0"), (False, "[]"), (False, ""), (True, "None"), (False, "<class 'ValueError'>")],
)
check(every_result_counts, expect=([None, None, None], "ValueError"))
check(one_worker_two_items, expect=["A", "B"])


# %% [markdown]
# **It ends**: with no items, with fewer items than workers, with more.

# %% check="pipeline-2" points=1
import time


def no_items():
    return pipeline([], str.upper, 2, 1)


def fewer_items_than_workers():
    return pipeline(iter("a"), str.upper, 2, 1)


def more_items_than_places():
    def slowly(item):
        time.sleep(0.0025)
        return item

    return pipeline(one_by_one("abcd"), slowly, 1, 1)


def more_places_than_items():
    return pipeline("ab", str.upper, 1, 100)


def all_items_at_the_same_moment():
    return pipeline("ab", str.upper, 2, 1)


check(no_items, expect=[])
check(fewer_items_than_workers, expect=["A"])
check(more_items_than_places, expect=list("abcd"))
check(more_places_than_items, expect=["A", "B"])
check(all_items_at_the_same_moment, expect=["A", "B"], delays=True, schedules=300)


# %% [markdown]
# **The workers work at the same time**: three of them meet inside `fn`, which they could not if one waited
# for another. The last one who comes in lets all go, one after the other. And never more than `workers` run at once.

# %% check="pipeline-3" points=1
import threading
import time


def workers_meet_inside(workers):
    """Let every call of fn wait until `workers` calls are inside."""
    gates = [threading.Event() for _ in range(workers)]

    def meet(item):
        if item == workers - 1:
            for gate in gates:
                time.sleep(0.001)
                gate.set()
        gates[item].wait()
        return item

    return pipeline(one_by_one(range(workers)), meet, workers, 1)


def two_workers_meet():
    return workers_meet_inside(2)


def three_workers_meet():
    return workers_meet_inside(3)


def never_more_than_the_workers_at_once():
    def for_ten_milliseconds(item):
        began = time.monotonic()
        time.sleep(0.0105)
        return began, time.monotonic()

    spans = pipeline(one_by_one(range(5)), for_ten_milliseconds, 2, 3)
    return max(sum(began <= moment < ended for began, ended in spans) for moment, _ in spans) > 2


check(two_workers_meet, expect=[0, 1])
check(three_workers_meet, expect=[0, 1, 2])
check(never_more_than_the_workers_at_once, expect=False)


# %% [markdown]
# **Back-pressure**: whenever an item is taken, at most `workers + maxsize + 1` are in hand.

# %% check="pipeline-4" points=2
import time

SLOWER = 0.0205  # seconds of work on an item: they come faster


def most_in_hand(workers, maxsize, items, seconds):
    """The largest number of items that were ever taken and not finished."""
    taken, finished, most = [], [], [0]

    def source():
        for item in items:
            taken.append(item)
            most.append(len(taken) - len(finished))
            yield item

    def work(item):
        time.sleep(seconds)
        finished.append(item)

    pipeline(source(), work, workers, maxsize)
    return max(most)


def one_worker_one_place_at_most_three():
    return most_in_hand(1, 1, one_by_one(range(4)), SLOWER)


def one_worker_two_places_at_most_four():
    return most_in_hand(1, 2, one_by_one(range(5)), SLOWER)


def two_workers_one_place_at_most_four():
    return most_in_hand(2, 1, one_by_one(range(5)), SLOWER)


def all_items_and_all_work_at_the_same_moment():
    return most_in_hand(1, 1, range(5), 0)


def at_most_3_in_hand(most):
    return most <= 3


def at_most_4_in_hand(most):
    return most <= 4


check(one_worker_one_place_at_most_three, expect=at_most_3_in_hand)
check(one_worker_two_places_at_most_four, expect=at_most_4_in_hand)
check(two_workers_one_place_at_most_four, expect=at_most_4_in_hand)
check(all_items_and_all_work_at_the_same_moment, expect=at_most_3_in_hand, schedules=200)


# %% [markdown]
# **An error ends it, and is raised.** In the last check sixty items would come; the first of them already fails.

# %% check="pipeline-5" points=2
import threading
import time


def what_is_raised(items, fn, workers, maxsize):
    """The error that leaves the pipeline, and the threads that it leaves behind."""
    before = threading.enumerate()
    try:
        pipeline(items, fn, workers, maxsize)
    except BaseException as error:
        left = [thread.name for thread in threading.enumerate() if thread not in before]
        return f"{type(error).__name__} {error.args}", left
    return "nothing raised"


def fail(item):
    raise ValueError(item)


def an_error_of_fn_is_raised():
    return what_is_raised(one_by_one("a"), fail, 2, 1)


def an_error_of_the_only_worker_is_raised():
    return what_is_raised("aaaa", fail, 1, 1)


def an_error_of_every_worker_is_raised():
    def fail_in_turn(item):
        time.sleep(0.0105)  # when all places are taken
        raise ValueError(item)

    return what_is_raised(one_by_one("aaaaaa"), fail_in_turn, 2, 1)


def two_errors_at_the_same_moment():
    def fail_at_ten(item):
        time.sleep(0.010 - item / 1000)
        raise ValueError("a")

    return what_is_raised(one_by_one([1, 2]), fail_at_ten, 2, 1)


def errors_of_all_items_at_the_same_moment():
    return what_is_raised("aaaaaaaa", fail, 2, 1)


def an_error_of_the_iterable_is_raised():
    def broken():
        yield "a"
        raise KeyError("b")

    return what_is_raised(one_by_one(broken()), str.upper, 2, 1)


def at_most_one_more_is_taken():
    taken, taken_by_then = [], [0]

    def sixty_items():
        for number in one_by_one(range(60)):
            taken.append(number)
            yield number

    def fail_at_first(item):
        if item == 0:
            time.sleep(0.0005)  # halfway between two items
            taken_by_then.append(len(taken))
            raise ValueError("the first")

    raised = what_is_raised(sixty_items(), fail_at_first, 2, 1)
    return raised, {"more than one item taken after it": len(taken) - taken_by_then[-1] > 1}


check(an_error_of_fn_is_raised, expect=("ValueError ('a',)", []))
check(an_error_of_the_only_worker_is_raised, expect=("ValueError ('a',)", []))
check(an_error_of_every_worker_is_raised, expect=("ValueError ('a',)", []))
check(two_errors_at_the_same_moment, expect=("ValueError ('a',)", []))
check(errors_of_all_items_at_the_same_moment, expect=("ValueError ('a',)", []), delays=True, schedules=200)
check(an_error_of_the_iterable_is_raised, expect=("KeyError ('b',)", []))
check(
    at_most_one_more_is_taken,
    expect=(("ValueError ('the first',)", []), {"more than one item taken after it": False}),
)


# %% check="pipeline-6" points=1 hidden=true
import time


class Overlapping:
    """Counts to `count`, a millisecond for each; notices when it is advanced by two threads at once."""

    def __init__(self, count):
        self._left = count
        self._busy = False
        self.overlapped = False

    def __iter__(self):
        return self

    def __next__(self):
        if self._busy:
            self.overlapped = True
        self._busy = True
        time.sleep(0.001)
        try:
            if not self._left:
                raise StopIteration
            self._left -= 1
            return self._left
        finally:
            self._busy = False


def the_iterable_is_advanced_by_one_thread_at_a_time():
    items = Overlapping(2)
    return pipeline(items, lambda item: item, 2, 1), items.overlapped


check(the_iterable_is_advanced_by_one_thread_at_a_time, expect=([1, 0], False))


# %% check="pipeline-7" points=1 hidden=true
import threading
import time


def raised_and_left(items, fn, workers, maxsize):
    before = threading.enumerate()
    try:
        pipeline(items, fn, workers, maxsize)
    except BaseException as error:
        return type(error).__name__, [thread.name for thread in threading.enumerate() if thread not in before]
    return "nothing raised"


class Odd(BaseException):
    pass


def fail_with(error):
    raise error


def an_odd_error_of_fn_is_raised():
    return raised_and_left(one_by_one([Odd()] * 3), fail_with, 2, 1)


def an_exit_in_fn_is_raised():
    return raised_and_left([SystemExit()], fail_with, 1, 1)


def a_stop_iteration_in_fn_is_raised():
    return raised_and_left(one_by_one("ab"), lambda item: next(iter([])), 2, 1)


def an_odd_error_of_the_iterable_is_raised():
    def broken():
        yield 1
        raise Odd

    return raised_and_left(one_by_one(broken()), str, 2, 1)


def an_iterable_that_cannot_begin():
    class Broken:
        def __iter__(self):
            raise KeyError("cannot begin")

    return raised_and_left(Broken(), str, 2, 1)


def running_calls_end_before_the_error_is_raised():
    began = time.monotonic()

    def work(item):
        if item == "good":
            time.sleep(10)
        raise ValueError(item)

    return raised_and_left(one_by_one(["good", "bad"]), work, 2, 1), time.monotonic() - began >= 10


def an_error_late_in_the_iterable():
    def broken():
        yield from one_by_one(range(3))
        raise KeyError("late")

    return raised_and_left(broken(), lambda item: time.sleep(0.0105), 2, 1)


def an_error_that_comes_late_still_stops_the_taking():
    taken, taken_by_then = [], [0]

    def sixty_items():
        for number in one_by_one(range(60)):
            taken.append(number)
            yield number

    def work(item):
        if item == 2:
            time.sleep(0.0005)  # halfway between two items
            taken_by_then.append(len(taken))
            raise ValueError("the third")

    return raised_and_left(sixty_items(), work, 2, 2), len(taken) - taken_by_then[-1] <= 1


def that_very_exception_is_raised_and_the_next_call_starts_afresh():
    boom = KeyError("boom")
    try:
        pipeline([boom], fail_with, 1, 1)
    except KeyError as error:
        return error is boom, pipeline("a", str.upper, 1, 1)


def four_workers_meet():
    gates = [threading.Event() for _ in range(4)]

    def meet(item):
        if item == 3:
            for gate in gates:
                time.sleep(0.001)
                gate.set()
        gates[item].wait()
        return item

    return pipeline(one_by_one(range(4)), meet, 4, 1)


check(an_odd_error_of_fn_is_raised, expect=("Odd", []))
check(an_exit_in_fn_is_raised, expect=("SystemExit", []))
check(a_stop_iteration_in_fn_is_raised, expect=("StopIteration", []))
check(an_odd_error_of_the_iterable_is_raised, expect=("Odd", []))
check(an_iterable_that_cannot_begin, expect=("KeyError", []))
check(running_calls_end_before_the_error_is_raised, expect=(("ValueError", []), True))
check(an_error_late_in_the_iterable, expect=("KeyError", []))
check(an_error_that_comes_late_still_stops_the_taking, expect=(("ValueError", []), True))
check(that_very_exception_is_raised_and_the_next_call_starts_afresh, expect=(True, ["A"]))
check(four_workers_meet, expect=[0, 1, 2, 3], schedules=80)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("pipeline")
