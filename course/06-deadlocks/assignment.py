# %% [markdown]
# # Exercises 06: deadlocks
#
# Four exercises, 32 points. Read the lesson `06-deadlocks` first.
#
# A check that ends in a deadlock says so: no thread can ever move again, and the report names each thread,
# the line it waits on, the lock it wants and who holds that lock. Nothing hangs in your notebook.
# Time is virtual: when all threads sleep or wait, the clock jumps to the next deadline. Where a check says
# `delays=True`, it may also jump while a thread could run: sleeping keeps nobody apart.
#
# Two phrases in the contracts:
#
# - *At once* means without waiting for a timer, for another thread, or for a lock whose holder waits,
#   sleeps or runs code that was handed in.
# - *Holds nothing* means that no lock which the call acquired is left locked, on whatever way out. The word
#   *exception* means every `BaseException`.

# %%
from checker import check, discuss, together

# %% [markdown]
# ## 1. `transfer`: two accounts, two locks (8 points)
#
# Money moves from one account to another. Each account has a lock of its own, so that customers who have
# nothing to do with each other do not wait for each other.
#
# **The contract**
#
# `transfer(src, dst, amount)` moves `amount` (0 or more) from `src` to `dst`.
#
# - Accounts have an `id` (unique, and any two ids can be compared with `<`), a `balance`, and a `lock`, which is
#   a plain `threading.Lock`. `balance` is read and changed only by those who hold the `lock`.
# - It never deadlocks, whatever transfers run together. Other code that takes two of these locks takes them in the
#   order of the ids, lowest first, and `transfer` does not deadlock with that either.
# - Nobody who holds both locks ever sees money missing.
# - `src is dst`: it does nothing.
# - Too little money in `src`: it raises `InsufficientFunds` (below), and nothing has changed.
# - Afterwards it holds nothing.
# - Transfers between pairs of accounts that have no account in common run at the same time: neither waits for
#   the other.
#
# <details><summary>Hint: a nudge</summary>
#
# A circle of waiting needs somebody who waits "backwards". What if all agreed on which of two locks comes
# first, whichever way the money goes?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `first, second = sorted((src, dst), key=lambda account: account.id)`, then two `with` statements, and
# everything else inside them: looking at the balance too. The same account twice needs a line of its own,
# before any lock.
# </details>

# %% given="accounts"
import threading


class InsufficientFunds(Exception):
    """The account has less money than was asked for."""


class Account:
    """An account with a lock of its own, which protects its balance."""

    def __init__(self, id, balance):
        self.id = id
        self.balance = balance
        self.lock = threading.Lock()


# %% answer="transfer"
def transfer(src, dst, amount) -> None:
    """Move amount from src to dst, holding the locks of both.

    Raises InsufficientFunds, and changes nothing, if src has less than amount.
    """
    ### BEGIN SOLUTION
    if src is dst:
        return
    first, second = sorted((src, dst), key=lambda account: account.id)
    with first.lock, second.lock:
        if src.balance < amount:
            raise InsufficientFunds(f"account {src.id} has {src.balance}, asked for {amount}")
        src.balance -= amount
        dst.balance += amount
    ### END SOLUTION


# %% [markdown]
# **It moves the money**, all of it if need be, and holds nothing afterwards.

# %% check="transfer-1" points=1
def it_moves_the_money():
    a, b = Account(1, 100), Account(2, 10)
    for src, dst, amount in [(a, b, 30), (b, a, 40), (a, b, 0), (a, b, 110)]:
        transfer(src, dst, amount)
    return {"balances": [a.balance, b.balance], "held": [a.lock.locked(), b.lock.locked()]}


check(it_moves_the_money, expect={"balances": [0, 110], "held": [False, False]})


# %% [markdown]
# **Transfers in opposite directions never deadlock**, and no money is lost or made.

# %% check="transfer-2" points=2
def opposite_transfers_both_get_through():
    a, b = Account(1, 100), Account(2, 100)
    together(lambda: transfer(a, b, 30), lambda: transfer(b, a, 10))
    return a.balance, b.balance


check(opposite_transfers_both_get_through, expect=(80, 120), delays=True, schedules=200, seconds=3)


# %% [markdown]
# **From an account to itself**: nothing happens, whatever the amount.

# %% check="transfer-3" points=1
def from_an_account_to_itself_nothing_happens():
    a = Account(1, 100)
    transfer(a, a, 30)
    transfer(a, a, 1000)
    return a.balance, a.lock.locked()


check(from_an_account_to_itself_nothing_happens, expect=(100, False))


# %% [markdown]
# **Too little money**: `InsufficientFunds`, nothing changed, nothing held. Two people who spend the same money at
# the same time do not both succeed.

# %% check="transfer-4" points=1
def too_little_money_changes_nothing():
    a, b = Account(1, 100), Account(2, 10)
    try:
        transfer(a, b, 101)
    except InsufficientFunds:
        return {"balances": [a.balance, b.balance], "held": [a.lock.locked(), b.lock.locked()]}


def nobody_spends_the_same_money_twice():
    a, b, c = Account(1, 100), Account(2, 0), Account(3, 0)

    def pay(other):
        try:
            transfer(a, other, 60)
            return "paid"
        except InsufficientFunds:
            return "refused"

    said = together(lambda: pay(b), lambda: pay(c))
    return {"said": sorted(said), "left": a.balance, "spent": b.balance + c.balance}


check(too_little_money_changes_nothing, expect={"balances": [100, 10], "held": [False, False]})
check(nobody_spends_the_same_money_twice, expect={"said": ["paid", "refused"], "left": 40, "spent": 60}, delays=True)


# %% [markdown]
# **Pairs with no account in common do not wait for each other.** Here the lock of the first account is taken; it is
# given back only after the other pair's transfer is through.

# %% check="transfer-5" points=1
def disjoint_pairs_do_not_wait_for_each_other():
    a, b, c, d = (Account(id, 100) for id in range(4))
    a.lock.acquire()

    def transfer_and_let_go():
        transfer(c, d, 5)
        a.lock.release()

    together(lambda: transfer(a, b, 7), transfer_and_let_go)
    return [account.balance for account in (a, b, c, d)]


check(disjoint_pairs_do_not_wait_for_each_other, expect=[93, 107, 95, 105])


# %% check="transfer-6" points=1 hidden=true
def an_auditor_never_sees_money_missing():
    a, b = Account("ann", 50), Account("bob", 100)

    def audit():
        with a.lock:
            with b.lock:
                return a.balance + b.balance

    _, total = together(lambda: transfer(b, a, 30), audit)
    return {"audited": total, "balances": [a.balance, b.balance]}


def an_auditor_is_never_in_the_way():
    b, a = Account(10, 100), Account(9, 100)

    def audit():
        with a.lock:
            with b.lock:
                return a.balance + b.balance

    _, total = together(lambda: transfer(a, b, 30), audit)
    return {"audited": total, "balances": [a.balance, b.balance]}


def the_order_is_that_of_the_ids_not_of_the_addresses():
    high, low = sorted([Account(0, 100), Account(0, 100)], key=id)  # the ids run against the addresses
    low.id, high.id = 1, 2

    def audit():
        with low.lock:
            with high.lock:
                return low.balance + high.balance

    _, total = together(lambda: transfer(high, low, 30), audit)
    return {"audited": total, "balances": [low.balance, high.balance]}


def a_balance_is_looked_at_only_under_its_lock():
    a, b = Account(1, 100), Account(2, 100)

    def count_the_money():
        with a.lock:
            on_the_table, a.balance = a.balance, 0
            a.balance = on_the_table

    together(lambda: transfer(a, b, 30), count_the_money)
    return a.balance, b.balance


check(an_auditor_never_sees_money_missing, expect={"audited": 150, "balances": [80, 70]}, delays=True, seconds=2)
check(an_auditor_is_never_in_the_way, expect={"audited": 200, "balances": [70, 130]}, delays=True, seconds=2)
check(
    the_order_is_that_of_the_ids_not_of_the_addresses,
    expect={"audited": 200, "balances": [130, 70]},
    delays=True,
    schedules=150,
)
check(a_balance_is_looked_at_only_under_its_lock, expect=(70, 130), delays=True, schedules=150)


# %% check="transfer-7" points=1 hidden=true
def three_transfers_in_a_ring_get_through():
    a, b, c = Account(3, 100), Account(-1, 90), Account(2, 80)
    together(lambda: transfer(a, b, 1), lambda: transfer(b, c, 2), lambda: transfer(c, a, 4))
    return a.balance, b.balance, c.balance


def balances_that_cross_do_not_matter():
    a, b = Account(1, 100), Account(2, 90)
    together(lambda: transfer(a, b, 20), lambda: transfer(b, a, 5))
    return a.balance, b.balance


def an_amount_that_is_no_number_leaves_nothing_held():
    a, b = Account(1, 100), Account(2, 90)
    try:
        transfer(a, b, "all of it")
    except Exception:
        return a.lock.locked(), b.lock.locked()


check(an_amount_that_is_no_number_leaves_nothing_held, expect=(False, False))
check(three_transfers_in_a_ring_get_through, expect=(103, 89, 78), delays=True, schedules=150, seconds=2)
check(balances_that_cross_do_not_matter, expect=(85, 105), delays=True, schedules=150, seconds=2)


# %% [markdown]
# When all checks hold, run this cell: it shows the mistakes that are made most often here.

# %%
discuss("transfer")

# %% [markdown]
# ## 2. `RankedLock`: a lock that refuses the wrong order (10 points)
#
# "Always in order" is a promise that people make and forget. This lock checks it at the moment of acquiring,
# on every run, not only on the unlucky one.
#
# **The contract**
#
# - `RankedLock(rank)`. Ranks are any values that can be ordered among each other: 0, negative numbers,
#   strings, tuples.
# - `acquire(blocking=True, timeout=-1)` acquires as a plain Lock does, and returns whether it did; `release()`
#   releases; `with` acquires, and releases at the end, also when the body raises.
# - A thread may acquire a `RankedLock` only if its rank is *greater than every rank that this thread holds*.
#   Otherwise `acquire` raises `LockOrderError` (below) at once, before any waiting and whatever its arguments.
# - Locks are released in any order.
# - An acquire that fails, raises or times out leaves no trace: afterwards the thread may do what it might do before.
# - Each thread is looked at by itself.
# - Releasing a lock that this thread does not hold: `RuntimeError`, and nothing changes.
#
# <details><summary>Hint: a nudge</summary>
#
# Which locks does *this thread* hold, right now? Where can you keep something of which every thread has
# its own? When does a lock get onto that list, and when off it?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# `threading.local()` gives every thread attributes of its own. Keep a list of held locks there, one list
# for all ranked locks. Compare, then acquire, then, only if that worked, append. To release: is *this very
# lock* in the list? Then take it out, wherever it stands.
# </details>

# %% given="lock_order_error"
class LockOrderError(Exception):
    """A lock was about to be acquired out of order."""


# %% answer="ranked_lock"
import threading


class RankedLock:
    """A mutex that a thread may acquire only if its rank is above all ranks that the thread holds."""

    def __init__(self, rank):
        ### BEGIN SOLUTION
        self.rank = rank
        self._lock = threading.Lock()
        ### END SOLUTION

    def acquire(self, blocking: bool = True, timeout: float = -1) -> bool:
        """Acquire as threading.Lock does; LockOrderError at once if the rank is not above all held ones."""
        ### BEGIN SOLUTION
        held = _held_by_this_thread()
        for lock in held:
            if not lock.rank < self.rank:
                raise LockOrderError(f"rank {self.rank!r} asked for while holding rank {lock.rank!r}")
        acquired = self._lock.acquire(blocking, timeout)
        if acquired:
            held.append(self)
        return acquired
        ### END SOLUTION

    def release(self) -> None:
        """Release; RuntimeError if this thread does not hold it."""
        ### BEGIN SOLUTION
        held = _held_by_this_thread()
        if self not in held:
            raise RuntimeError("this thread does not hold the lock")
        held.remove(self)
        self._lock.release()
        ### END SOLUTION

    def __enter__(self):
        ### BEGIN SOLUTION
        return self.acquire()
        ### END SOLUTION

    def __exit__(self, *error):
        ### BEGIN SOLUTION
        self.release()


_mine = threading.local()  # .held: the RankedLocks that the current thread holds


def _held_by_this_thread():
    if not hasattr(_mine, "held"):
        _mine.held = []
    return _mine.held
    ### END SOLUTION


# %% [markdown]
# **Upwards only.** The list shows what a thread may acquire while it holds ranks 1 and 3.

# %% check="ranked_lock-1" points=2
def upwards_only():
    def attempt(lock):
        try:
            acquired = lock.acquire()
        except LockOrderError:
            return "refused"
        lock.release()
        return acquired

    one, three = RankedLock(1), RankedLock(3)
    said = [one.acquire(), three.acquire()]
    said += [attempt(RankedLock(rank)) for rank in (4, 3, 2, 1, 0)] + [attempt(three), attempt(one)]
    three.release()
    said += [attempt(RankedLock(2)), attempt(one)]
    one.release()
    return said + [attempt(one), attempt(RankedLock(0))]


check(
    upwards_only,
    expect=[True, True, True] + ["refused"] * 6 + [True, "refused"] + [True, True],
)


# %% [markdown]
# **It is still a lock**: two threads that count under it lose nothing, a body that raises releases it, and a timeout
# times out.

# %% check="ranked_lock-2" points=1
import threading
import time


def nothing_is_lost_under_it():
    lock, seen = RankedLock(1), [0]

    def count():
        with lock:
            seen[0] += 1

    together(count, count)
    return seen[0]


def a_body_that_raises_releases_it():
    lock = RankedLock(1)
    try:
        with lock:
            raise ValueError("in the body")
    except ValueError as error:
        text = str(error)
    return text, lock.acquire(blocking=False)


def a_timeout_times_out():
    lock = RankedLock(1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    def ask():
        held.wait()
        start = time.monotonic()
        said = [lock.acquire(False), lock.acquire(timeout=2), lock.acquire(True, 1), lock.acquire(timeout=0)]
        seconds = round(time.monotonic() - start, 6)
        done.set()
        return said, seconds, lock.acquire()

    return together(hold, ask)[1]


check(nothing_is_lost_under_it, expect=2, delays=True)
check(a_body_that_raises_releases_it, expect=("in the body", True))
check(a_timeout_times_out, expect=([False] * 4, 3.0, True))


# %% [markdown]
# **The refusal comes before any waiting.** The other thread holds rank 1 and does not let go before this one,
# which holds rank 2, has asked for it.

# %% check="ranked_lock-3" points=2
import threading
import time


def the_refusal_comes_before_any_waiting():
    low, high = RankedLock(1), RankedLock(2)
    held, asked = threading.Event(), threading.Event()

    def hold():
        with low:
            held.set()
            asked.wait()

    def ask():
        start = time.monotonic()
        said = []
        with high:
            held.wait()
            for arguments in [(), (False,), (True, 5)]:
                try:
                    said.append(low.acquire(*arguments))
                except LockOrderError:
                    said.append("refused")
        asked.set()
        return {"said": said, "waited": time.monotonic() > start}

    return together(hold, ask)[1]


check(
    the_refusal_comes_before_any_waiting,
    expect={"said": ["refused", "refused", "refused"], "waited": False},
)


# %% [markdown]
# **An acquire that failed leaves no trace.** While another thread holds rank 5, this one tries it in vain, and then
# acquires rank 3. A refused one leaves none either.

# %% check="ranked_lock-4" points=1
import threading


def a_failed_acquire_leaves_no_trace():
    three, five = RankedLock(3), RankedLock(5)
    held, done = threading.Event(), threading.Event()

    def hold():
        with five:
            held.set()
            done.wait()

    def ask():
        held.wait()
        said = [five.acquire(blocking=False), five.acquire(timeout=1), three.acquire()]
        three.release()
        done.set()
        return said

    return together(hold, ask)[1]


def a_refused_acquire_leaves_no_trace():
    one, two, three = RankedLock(1), RankedLock(2), RankedLock(3)
    said = [two.acquire()]
    try:
        one.acquire()
    except LockOrderError:
        said.append("refused")
    said.append(three.acquire())
    three.release()
    two.release()
    said.append(one.acquire())
    return said


def an_acquire_that_raises_leaves_no_trace():
    three, five = RankedLock(3), RankedLock(5)
    held, done = threading.Event(), threading.Event()

    def hold():
        with five:
            held.set()
            done.wait()

    def ask():
        held.wait()
        try:
            five.acquire(False, 1)  # a plain Lock refuses these two together
        except ValueError:
            pass
        try:
            return three.acquire()
        finally:
            done.set()

    return together(hold, ask)[1]


check(a_failed_acquire_leaves_no_trace, expect=[False, False, True])
check(an_acquire_that_raises_leaves_no_trace, expect=True, delays=True)
check(a_refused_acquire_leaves_no_trace, expect=[True, "refused", True, True])


# %% [markdown]
# **Locks are released in any order**: what counts is what is still held.

# %% check="ranked_lock-5" points=1
def released_in_any_order():
    one, three, five = RankedLock(1), RankedLock(3), RankedLock(5)

    def attempt(rank):
        lock = RankedLock(rank)
        try:
            lock.acquire()
        except LockOrderError:
            return "refused"
        lock.release()
        return "acquired"

    one.acquire(), three.acquire(), five.acquire()
    one.release()
    said = [attempt(4), attempt(6)]
    five.release()
    said += [attempt(2), attempt(4)]
    three.release()
    return said + [attempt(0)]


check(released_in_any_order, expect=["refused", "acquired", "refused", "acquired", "acquired"])


# %% [markdown]
# **Each thread is looked at by itself.** One holds rank 5 while the other acquires rank 1.

# %% check="ranked_lock-6" points=1
import threading


def each_thread_is_looked_at_by_itself():
    one, five = RankedLock(1), RankedLock(5)
    held, done = threading.Event(), threading.Event()

    def hold_five():
        with five:
            held.set()
            done.wait()

    def take_one():
        held.wait()
        said = one.acquire()
        one.release()
        done.set()
        return said

    return together(hold_five, take_one)[1]


check(each_thread_is_looked_at_by_itself, expect=True, delays=True)


# %% check="ranked_lock-7" points=1 hidden=true
import threading


def attempt(act):
    try:
        return act() or "done"
    except (RuntimeError, LockOrderError) as error:
        return "LockOrderError" if isinstance(error, LockOrderError) else "RuntimeError"


def releasing_what_another_thread_holds():
    lock, same_rank = RankedLock(1), RankedLock(1)
    held, done = threading.Event(), threading.Event()

    def hold():
        with lock:
            held.set()
            done.wait()

    def interfere():
        held.wait()
        same_rank.acquire()
        said = [attempt(lock.release), attempt(RankedLock(1).acquire)]
        same_rank.release()
        said += [lock.acquire(blocking=False), attempt(lock.release)]
        done.set()
        return said

    threads = []
    said = []
    for act in (hold, lambda: said.extend(interfere())):
        threads.append(threading.Thread(target=act, name="same name"))
        threads[-1].start()
    for thread in threads:
        thread.join()
    return said


def releasing_what_nobody_holds():
    one, other, two = RankedLock(1), RankedLock(1), RankedLock(2)
    said = [attempt(one.release), attempt(one.acquire), attempt(other.release), attempt(other.acquire)]
    said += [attempt(two.acquire), attempt(one.release), attempt(one.release), attempt(two.release)]
    return said


def the_order_counts_in_every_way_of_asking():
    low, same, high = RankedLock(1), RankedLock(2), RankedLock(2)
    said = []
    with high:
        for lock in low, same:
            said.append(attempt(lock.__enter__))
        for arguments in (True, 0), (False, 1), (True, -7):
            said.append(attempt(lambda arguments=arguments: low.acquire(*arguments)))
    return said


def bad_arguments_leave_no_trace():
    three, five = RankedLock(3), RankedLock(5)
    for arguments in (True, -7), (True, 1e300), (True, "soon"):
        try:
            if five.acquire(*arguments):
                five.release()
        except (ValueError, OverflowError, TypeError):
            pass
    return three.acquire(), five.acquire()


def a_second_release_takes_the_lock_from_nobody():
    lock = RankedLock(1)

    def release_twice():
        lock.acquire()
        lock.release()
        return attempt(lock.release)

    def visit():
        lock.acquire()
        lock.release()

    return together(release_twice, visit)[0]


check(
    releasing_what_another_thread_holds,
    expect=["RuntimeError", "LockOrderError", False, "RuntimeError"],
    delays=True,
)
check(
    releasing_what_nobody_holds,
    expect=["RuntimeError", True, "RuntimeError", "LockOrderError", True, "done", "RuntimeError", "done"],
)
check(the_order_counts_in_every_way_of_asking, expect=["LockOrderError"] * 5)
check(bad_arguments_leave_no_trace, expect=(True, True))
check(a_second_release_takes_the_lock_from_nobody, expect="RuntimeError", delays=True, schedules=100)


# %% check="ranked_lock-8" points=1 hidden=true
def any_ranks_that_can_be_ordered():
    def attempt(lock):
        try:
            return lock.acquire()
        except LockOrderError:
            return "refused"

    numbers = [(0, 0, -1, 1), (-5, -7, -5, -2), (-1, 0, -3, 0.5)]
    others = [("b", "a", "bb", "c"), ((1, 2), (1, 1), (1, 3), (0, 9))]
    seen = []
    for ranks in numbers + others:
        locks = [RankedLock(rank) for rank in ranks]
        said = [attempt(lock) for lock in locks]
        for lock, acquired in zip(locks, said):
            if acquired is True:
                lock.release()
        seen.append(said)
    return seen


no = "refused"
check(
    any_ranks_that_can_be_ordered,
    expect=[
        [True, no, no, True],
        [True, no, no, True],
        [True, True, no, True],
        [True, no, True, True],
        [True, no, True, no],
    ],
)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("ranked_lock")

# %% [markdown]
# ## 3. `lock_both`: try, and back off (6 points)
#
# Sometimes there is no order to agree on. Then do not insist: if the second lock is not to be had, give back the
# first, step aside for a moment, and try again.
#
# **The contract**
#
# `lock_both(a, b, timeout)` takes both locks and returns `True`, or holds none of them and returns `False`, within
# `timeout` seconds. Both are `threading.Lock`s or objects with the same `acquire` and `release`.
#
# - It never waits for one lock while it holds the other. To wait for one while holding none is fine.
# - Between two rounds it sleeps a short random time (well below a second), and holds nothing meanwhile.
# - `timeout` is 0 or more. 0 tries once, without waiting. Negative: `ValueError`. `a is b`: `ValueError`.
# - It returns `False` only when the time is up. (A last pause may end a little later than that.)
# - An exception that one of the locks raises reaches the caller, and then it holds nothing.
# - Threads that call it with `(a, b)` and with `(b, a)` all get through in the end, with probability one.
#
# <details><summary>Hint: a nudge</summary>
#
# One round: which of the two calls of `acquire` may wait, and which must not? What has to happen between
# a round that failed and the next one, and in what order?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# A round: acquire `a` (with what is left of the time, or without waiting), then `b` with `blocking=False`. If that
# fails, release `a` **first** and sleep `random.uniform(0.001, 0.01)` **then**. Two threads that
# sleep equally long meet again at the same place; the dice part them.
# </details>

# %% answer="lock_both"
import random
import time


def lock_both(a, b, timeout: float) -> bool:
    """Acquire both locks within timeout seconds, or none; never wait for one while holding the other.

    Raises ValueError for a negative timeout, and if a is b.
    """
    ### BEGIN SOLUTION
    if timeout < 0 or a is b:
        raise ValueError("two different locks and a timeout that is not negative, please")
    deadline = time.monotonic() + timeout
    while True:
        if a.acquire(blocking=False):
            both = False
            try:
                both = b.acquire(blocking=False)
            finally:
                if not both:
                    a.release()
            if both:
                return True
        left = deadline - time.monotonic()
        if left <= 0:
            return False
        time.sleep(min(left, random.uniform(0.001, 0.02)))
    ### END SOLUTION


# %% [markdown]
# **Both or none**: free locks are both taken, also with a timeout of 0; if one is taken, the other is left free.
# Bad arguments are refused.

# %% check="lock_both-1" points=1
import threading
import time


def both_or_none():
    seen = []
    for taken in ("", "a", "b", "ab"):
        a, b = threading.Lock(), threading.Lock()
        if "a" in taken:
            a.acquire()
        if "b" in taken:
            b.acquire()
        start = time.monotonic()
        said = lock_both(a, b, 0)
        seen.append((said, a.locked(), b.locked(), round(time.monotonic() - start)))
    return seen


def free_locks_are_taken_without_a_pause():
    a, b = threading.Lock(), threading.Lock()
    start = time.monotonic()
    return lock_both(a, b, 5), a.locked(), b.locked(), time.monotonic() - start


def bad_arguments_are_refused():
    a, b = threading.Lock(), threading.Lock()
    refused = 0
    for arguments in [(a, b, -1), (a, b, -0.1), (a, a, 1), (a, a, 0)]:
        try:
            lock_both(*arguments)
        except ValueError:
            refused += 1
    return refused, a.locked(), b.locked()


check(
    both_or_none,
    expect=[(True, True, True, 0), (False, True, False, 0), (False, False, True, 0), (False, True, True, 0)],
)
check(free_locks_are_taken_without_a_pause, expect=(True, True, True, 0.0))
check(bad_arguments_are_refused, expect=(4, False, False))


# %% [markdown]
# **It gives up only when the time is up**, and then it holds nothing. A lock that becomes free in time is had.

# %% check="lock_both-2" points=1
import threading
import time


def it_gives_up_when_the_time_is_up():
    seen = []
    for taken in ("a", "b"):
        a, b = threading.Lock(), threading.Lock()
        (a if taken == "a" else b).acquire()
        start = time.monotonic()
        said = lock_both(a, b, 2)
        seen.append((said, round(time.monotonic() - start), a.locked(), b.locked()))
    return seen


def the_whole_of_it_ends_in_time():
    """One lock is taken all the time; the other is free at first, and taken after a second."""
    a, b = threading.Lock(), threading.Lock()
    b.acquire()

    def take_the_other():
        time.sleep(1)
        with a:
            time.sleep(20)

    def ask():
        start = time.monotonic()
        return lock_both(a, b, 3), round(time.monotonic() - start)

    return together(ask, take_the_other)[0]


def a_lock_that_becomes_free_is_had():
    a, b = threading.Lock(), threading.Lock()
    b.acquire()

    def free():
        time.sleep(0.5)
        b.release()

    said, _ = together(lambda: lock_both(a, b, 10), free)
    return said, a.locked(), b.locked()


check(it_gives_up_when_the_time_is_up, expect=[(False, 2, True, False), (False, 2, False, True)])
check(the_whole_of_it_ends_in_time, expect=(False, 3), schedules=20)
check(a_lock_that_becomes_free_is_had, expect=(True, True, True))


# %% [markdown]
# **Opposite orders both get through.**

# %% check="lock_both-3" points=1
import threading


def opposite_orders_both_get_through():
    a, b = threading.Lock(), threading.Lock()

    def use(one, other):
        both = lock_both(one, other, 3)
        if both:
            other.release()
            one.release()
        return both

    return together(lambda: use(a, b), lambda: use(b, a)), a.locked(), b.locked()


check(opposite_orders_both_get_through, expect=([True, True], False, False), seconds=3)


# %% [markdown]
# **It never waits, and never sleeps, while it holds one of the two.** Two locks that take note: whichever is
# acquired first is given, and the other is refused, for 12 rounds. The rest of the checks is hidden and uses
# these locks too.

# %% given="a_contested_pair"
import time


class Contested:
    """One of two locks, of which the second to be tried is refused until so many rounds have failed."""

    def __init__(self, record):
        self._record = record
        self._since = None  # when it was taken

    def acquire(self, blocking=True, timeout=-1):
        if not blocking and timeout != -1:
            raise ValueError("can't specify a timeout for a non-blocking call")
        record = self._record
        if self._since is not None or (record.held and record.rounds_left > 0):
            if blocking and timeout != 0:
                record.waited_holding = True
            return False
        if not record.held:
            record.starts.append(time.monotonic())
        record.held += 1
        self._since = time.monotonic()
        return True

    def release(self):
        if self._since is None:
            raise RuntimeError("release unlocked lock")
        record = self._record
        record.longest_hold = max(record.longest_hold, time.monotonic() - self._since)
        record.rounds_left -= 1
        record.held -= 1
        record.ends.append(time.monotonic())
        self._since = None

    def locked(self):
        return self._since is not None


class ContestedPair:
    """Two locks, and what was noted of their use."""

    def __init__(self, rounds):
        self.rounds_left = rounds  # rounds that still fail
        self.held = 0
        self.starts, self.ends = [], []  # when each round began to hold, and when it held nothing again
        self.longest_hold = 0.0
        self.waited_holding = False
        self.a, self.b = Contested(self), Contested(self)

    @property
    def pauses(self):
        """The times between the rounds, in seconds."""
        return [start - end for end, start in zip(self.ends, self.starts[1:])]


# %% check="lock_both-4" points=1
def it_never_waits_or_sleeps_while_it_holds_one():
    pair = ContestedPair(rounds=12)
    said = lock_both(pair.a, pair.b, 600)
    return {
        "said": said,
        "waited for one while holding the other": pair.waited_holding,
        "slept while holding one": pair.longest_hold > 0,
    }


check(
    it_never_waits_or_sleeps_while_it_holds_one,
    expect={"said": True, "waited for one while holding the other": False, "slept while holding one": False},
)


# %% check="lock_both-5" points=1 hidden=true
def the_pauses_are_random():
    first, second = ContestedPair(rounds=12), ContestedPair(rounds=12)
    lock_both(first.a, first.b, 600)
    lock_both(second.a, second.b, 600)
    rounded = [[round(pause, 9) for pause in pair.pauses] for pair in (first, second)]
    return {
        "rounds": [len(pauses) for pauses in rounded],
        "no pauses": sum(pause > 0 for pauses in rounded for pause in pauses) < 6,
        "all pauses equal": len({pause for pause in rounded[0] if pause > 0}) == 1,
        "two calls pause alike": rounded[0] == rounded[1],
        "a pause of seconds": max([0, *rounded[0], *rounded[1]]) > 2,
    }


check(
    the_pauses_are_random,
    expect={
        "rounds": [12, 12],
        "no pauses": False,
        "all pauses equal": False,
        "two calls pause alike": False,
        "a pause of seconds": False,
    },
)


# %% check="lock_both-6" points=1 hidden=true
import threading


def an_exception_leaves_nothing_held():
    raised = []

    class Broken:
        def __init__(self, error):
            self._error = error

        def acquire(self, blocking=True, timeout=-1):
            raised.append(self._error.__name__)
            raise self._error("while acquiring")

        def release(self):
            raise RuntimeError("release unlocked lock")

        def locked(self):
            return False

    reached, held = [], []
    for error in (KeyboardInterrupt, OSError):
        a, b = threading.Lock(), threading.Lock()
        for arguments in [(a, Broken(error), 1), (Broken(error), b, 1)]:
            try:
                lock_both(*arguments)
            except (KeyboardInterrupt, OSError) as caught:
                reached.append(type(caught).__name__)
        held.append([a.locked(), b.locked()])
    return {"raised": sorted(set(raised)), "reached the caller": sorted(set(reached)), "held": held}


def an_exception_in_a_later_round_leaves_nothing_held():
    class Odd(BaseException):
        pass

    class BrokenLater:
        def __init__(self, refusals):
            self._left = refusals

        def acquire(self, blocking=True, timeout=-1):
            if not self._left:
                raise Odd
            self._left -= 1
            return False

        def release(self):
            raise RuntimeError("release unlocked lock")

        def locked(self):
            return False

    held = []
    for refusals in 1, 2, 3:
        for place in 0, 1:
            pair = [threading.Lock()]
            pair.insert(place, BrokenLater(refusals))
            try:
                lock_both(*pair, 60)
            except Odd:
                pass
            held += [lock.locked() for lock in pair]
    return held


def the_pauses_stay_short():
    pair = ContestedPair(rounds=40)
    lock_both(pair.a, pair.b, 600)
    return max([0, *pair.pauses]) < 2


check(
    an_exception_leaves_nothing_held,
    expect={
        "raised": ["KeyboardInterrupt", "OSError"],
        "reached the caller": ["KeyboardInterrupt", "OSError"],
        "held": [[False, False], [False, False]],
    },
)
check(an_exception_in_a_later_round_leaves_nothing_held, expect=[False] * 12)
check(the_pauses_stay_short, expect=True)


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("lock_both")

# %% [markdown]
# ## 4. `Inventory`: public methods that need each other (8 points)
#
# A class with one lock and several public methods. Sooner or later one of them wants to call another.
#
# **The contract**
#
# - `add(item, n)` and `remove(item, n)` change the count of an item by `n`; `move(item, other, n)` takes
#   `n` from `item` and gives them to `other`, both being names in this inventory; `count(item)` is the
#   count of one item, and `total()` the count of all. `n` is 0 or more. The count of an unknown item is 0.
#   `item` may equal `other`.
# - All are public, and all are safe to call together, on one plain `threading.Lock` kept in `self._lock`: while
#   somebody holds it, nothing changes.
# - `move` is atomic: nobody sees it half done in any `total` or `count`, nor in several of them one after the other.
# - Removing or moving more than there is raises `KeyError`, and nothing has changed.
#
# <details><summary>Hint: a nudge</summary>
#
# `move` is a remove and an add. If it calls `remove` and `add`, who holds the lock between the two? And if it takes
# the lock first and then calls them, whom do they wait for?
# </details>
#
# <details><summary>Hint: the idea</summary>
#
# Two layers. Public methods take the lock and do nothing else but call private ones; private methods
# (`_change`, say) do the work, expect the lock to be held, and never take it.
# </details>

# %% answer="inventory"
import threading


class Inventory:
    """Counts of items by name, safe to use from many threads."""

    def __init__(self):
        ### BEGIN SOLUTION
        self._lock = threading.Lock()
        self._counts = {}
        ### END SOLUTION

    def add(self, item, n: int) -> None:
        """Add n of an item."""
        ### BEGIN SOLUTION
        with self._lock:
            self._change(item, n)
        ### END SOLUTION

    def remove(self, item, n: int) -> None:
        """Remove n of an item; KeyError, and no change, if there are fewer."""
        ### BEGIN SOLUTION
        with self._lock:
            self._change(item, -n)
        ### END SOLUTION

    def move(self, item, other, n: int) -> None:
        """Make n of an item n of another, in one step; KeyError, and no change, if there are fewer."""
        ### BEGIN SOLUTION
        with self._lock:
            self._change(item, -n)
            self._change(other, n)
        ### END SOLUTION

    def count(self, item) -> int:
        """How many of an item there are; 0 if it is unknown."""
        ### BEGIN SOLUTION
        with self._lock:
            return self._counts.get(item, 0)
        ### END SOLUTION

    def total(self) -> int:
        """How many of all items together there are."""
        ### BEGIN SOLUTION
        with self._lock:
            return sum(self._counts.values())

    def _change(self, item, n):
        """Change a count; the caller holds the lock."""
        count = self._counts.get(item, 0) + n
        if count < 0:
            raise KeyError(f"not so many of {item!r}")
        self._counts[item] = count
        ### END SOLUTION


# %% [markdown]
# **It counts**, each inventory for itself.

# %% check="inventory-1" points=1
def it_counts():
    shop, other = Inventory(), Inventory()
    shop.add("apple", 5)
    shop.add("pear", 2)
    shop.add("apple", 1)
    shop.remove("apple", 2)
    shop.move("apple", "pear", 3)
    shop.move("pear", "plum", 5)
    counts = [shop.count(item) for item in ("apple", "pear", "plum", "kiwi")]
    return counts, shop.total(), other.total()


check(it_counts, expect=([1, 0, 5, 0], 6, 0))


# %% [markdown]
# **More than there is**: `KeyError`, nothing has changed, and the inventory works on.

# %% check="inventory-2" points=1
def more_than_there_is_changes_nothing():
    shop = Inventory()
    shop.add("apple", 5)
    said = []
    for act, *arguments in [
        (shop.remove, "apple", 6),
        (shop.remove, "kiwi", 1),
        (shop.move, "apple", "pear", 6),
        (shop.move, "kiwi", "apple", 1),
    ]:
        try:
            act(*arguments)
            said.append("no error")
        except KeyError:
            said.append("KeyError")
    return said, [shop.count(item) for item in ("apple", "pear", "kiwi")], shop.total()


check(more_than_there_is_changes_nothing, expect=(["KeyError"] * 4, [5, 0, 0], 5))


# %% [markdown]
# **Calls that run together all count.**

# %% check="inventory-3" points=2
def added_together():
    shop = Inventory()
    together(lambda: shop.add("apple", 2), lambda: shop.add("apple", 3))
    return shop.count("apple")


def the_last_apple_goes_to_one():
    shop = Inventory()
    shop.add("apple", 1)

    def buy():
        try:
            shop.remove("apple", 1)
            return "bought"
        except KeyError:
            return "sold out"

    return sorted(together(buy, buy)), shop.total()


def moved_and_added_together():
    shop = Inventory()
    shop.add("apple", 4)
    together(lambda: shop.move("apple", "pear", 3), lambda: shop.add("pear", 1))
    return shop.count("apple"), shop.count("pear")


check(added_together, expect=5, delays=True)
check(the_last_apple_goes_to_one, expect=(["bought", "sold out"], 0), delays=True)
check(moved_and_added_together, expect=(1, 4), delays=True)


# %% [markdown]
# **Nobody sees a move half done.** Somebody counts while ten apples become pears.

# %% check="inventory-4" points=2
def a_total_never_sees_a_move_half_done():
    shop = Inventory()
    shop.add("apple", 10)
    _, total = together(lambda: shop.move("apple", "pear", 10), shop.total)
    return total


def counts_never_see_a_move_half_done():
    shop = Inventory()
    shop.add("apple", 10)
    _, seen = together(
        lambda: shop.move("apple", "pear", 10),
        lambda: {"apples": shop.count("apple"), "then pears": shop.count("pear")},
    )
    return seen


def no_apple_gone_before_the_pear_is_there(seen):
    return not (seen["apples"] == 0 and seen["then pears"] == 0)


check(a_total_never_sees_a_move_half_done, expect=10, delays=True)
check(counts_never_see_a_move_half_done, expect=no_apple_gone_before_the_pear_is_there, delays=True)


# %% check="inventory-5" points=1 hidden=true
def counts_in_the_other_order():
    shop = Inventory()
    shop.add("apple", 10)
    _, seen = together(
        lambda: shop.move("apple", "pear", 10),
        lambda: (shop.count("pear"), shop.count("apple")),
    )
    return seen


def a_move_to_the_same_name_is_never_seen():
    shop = Inventory()
    shop.add("apple", 10)
    _, seen = together(lambda: shop.move("apple", "apple", 4), lambda: shop.count("apple"))
    return seen, shop.count("apple"), shop.total()


def the_edges():
    shop = Inventory()
    shop.add("apple", 3)
    shop.add("pear", 0)
    shop.remove("kiwi", 0)
    shop.move("fig", "plum", 0)
    shop.move("apple", "apple", 3)
    try:
        shop.move("apple", "apple", 4)
    except KeyError:
        return [shop.count(item) for item in ("apple", "pear", "kiwi", "plum")], shop.total()


def equal_names_are_one_name():
    shop = Inventory()
    shop.add("apple", 5)
    shop.move("apple", "".join(["ap", "ple"]), 2)  # an equal name that is another object
    return shop.count("apple"), shop.total()


def the_total_of_what_is_added_together():
    shop = Inventory()
    together(lambda: shop.add("apple", 2), lambda: shop.add("pear", 3))
    return shop.total()


def what_moves_to_its_own_name_is_there_all_the_time():
    shop = Inventory()
    shop.add("apple", 10)

    def move():
        try:
            shop.move("apple", "apple", 10)
        except KeyError:
            pass  # the other was first

    together(move, lambda: shop.remove("apple", 4))
    return shop.count("apple")


check(counts_in_the_other_order, expect=lambda seen: seen in ((0, 10), (0, 0), (10, 0)), delays=True)
check(a_move_to_the_same_name_is_never_seen, expect=(10, 10, 10), delays=True)
check(the_edges, expect=([3, 0, 0, 0], 3))
check(equal_names_are_one_name, expect=(5, 5))
check(the_total_of_what_is_added_together, expect=5, delays=True, schedules=100)
check(what_moves_to_its_own_name_is_there_all_the_time, expect=6, delays=True, schedules=100)


# %% check="inventory-6" points=1 hidden=true
import threading
import time


def nothing_changes_while_somebody_holds_the_lock():
    shop = Inventory()
    shop.add("apple", 8)
    seen = []
    for act in (
        lambda: shop.add("apple", 1),
        lambda: shop.remove("apple", 2),
        lambda: shop.move("apple", "pear", 3),
    ):
        shop._lock.acquire()
        thread = threading.Thread(target=act)
        thread.start()
        time.sleep(1)
        through = not thread.is_alive()
        shop._lock.release()
        thread.join()
        seen.append((through, shop.count("apple"), shop.count("pear")))
    return seen


def its_lock_is_a_plain_one():
    lock = Inventory()._lock
    return lock.acquire(blocking=False), lock.acquire(blocking=False)


check(nothing_changes_while_somebody_holds_the_lock, expect=[(False, 9, 0), (False, 7, 0), (False, 4, 3)])
check(its_lock_is_a_plain_one, expect=(True, False))


# %% [markdown]
# When all checks hold, run this cell.

# %%
discuss("inventory")
