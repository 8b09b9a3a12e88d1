"""Programs so small that all their schedules can be run: for proving the reduction against brute force."""

from __future__ import annotations

import collections
import queue
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

from checker import together


def two_increments():
    o = SimpleNamespace(v=0)

    def increment():
        o.v += 1

    together(increment, increment)
    return o.v


def three_writers_and_what_each_saw():
    o = SimpleNamespace(v=0)

    def write(n):
        seen = o.v
        o.v = n
        return seen

    return together(lambda: write(1), lambda: write(2), lambda: write(3))


def check_then_act():
    d = {}

    def once(name):
        if "key" not in d:
            d["key"] = name
        return d["key"]

    return together(lambda: once("a"), lambda: once("b"))


def different_keys_do_not_meet():
    d = {"a": 0, "b": 0}

    def add(key):
        d[key] += 1

    together(lambda: add("a"), lambda: add("b"))
    return d


def a_key_and_the_whole():
    d = {"a": 0}

    def add():
        d["b"] = 1

    return together(add, lambda: len(d))[1]


def opposite_orders():
    a, b = threading.Lock(), threading.Lock()

    def use(one, other):
        with one:
            with other:
                pass

    together(lambda: use(a, b), lambda: use(b, a))


def opposite_orders_with_timeouts():
    a, b = threading.Lock(), threading.Lock()

    def use(one, other):
        with one:
            got = other.acquire(timeout=1)
            if got:
                other.release()
            return got

    return together(lambda: use(a, b), lambda: use(b, a))


def opposite_orders_trying():
    a, b = threading.Lock(), threading.Lock()

    def use(one, other):
        with one:
            got = other.acquire(False)
            if got:
                other.release()
            return got

    return together(lambda: use(a, b), lambda: use(b, a))


def who_gets_the_lock_first():
    lock = threading.Lock()
    order = []

    def work(name):
        with lock:
            order.append(name)

    together(lambda: work("a"), lambda: work("b"), lambda: work("c"))
    return order


def locked_is_a_look():
    lock = threading.Lock()

    def hold():
        with lock:
            pass

    return together(hold, lock.locked)[1]


def a_holder_that_tries_again():
    lock = threading.Lock()

    def hold():
        with lock:
            pass
        with lock:
            return lock.acquire(False)

    def sleep_inside():
        got = lock.acquire(timeout=60)
        if got:
            time.sleep(3600)
            lock.release()
        return got

    def impatient():
        got = lock.acquire(timeout=60)
        if got:
            lock.release()
        return got

    return together(hold, sleep_inside, impatient)


def released_by_another_thread():
    lock = threading.Lock()
    lock.acquire()
    o = SimpleNamespace(v=0)

    def wait():
        lock.acquire()
        return o.v

    def let_go():
        o.v += 1
        lock.release()
        o.v += 1

    return together(wait, let_go)[0]


def a_double_release():
    lock = threading.Lock()
    lock.acquire()

    def release():
        try:
            lock.release()
            return "released"
        except RuntimeError as error:
            return str(error)

    return sorted(together(release, release))


def a_refusal_that_is_ignored():
    lock = threading.Lock()

    def hold():
        with lock:
            time.sleep(1)

    def careless():
        lock.acquire(timeout=0.1)
        time.sleep(0.1)
        lock.release()

    together(hold, careless)


def a_stop_flag():
    items, stopped, done = [], threading.Event(), []

    def work():
        while not stopped.is_set():
            if items:
                done.append(items.pop())
                return

    worker = threading.Thread(target=work)
    worker.start()
    items.append("a")
    stopped.set()
    worker.join()
    return len(done)


def an_owner_that_leaves_when_stopped_and_empty():
    items, stopped, counted = [], threading.Event(), []

    def work():
        if not (stopped.is_set() and not items):
            counted.append(1)

    owner = threading.Thread(target=work)
    owner.start()

    def add():
        if stopped.is_set():
            return False
        items.append("a")
        return True

    def stop():
        stopped.set()
        owner.join()
        return len(counted)

    return together(add, stop)


def re_entrant():
    lock = threading.RLock()
    o = SimpleNamespace(v=0)

    def work(n):
        with lock:
            with lock:
                o.v = o.v * 2 + n
            o.v += 1

    together(lambda: work(1), lambda: work(2))
    return o.v


def wait_if():
    condition = threading.Condition()
    items = []

    def take():
        with condition:
            if not items:
                condition.wait()
            return len(items)

    def put():
        with condition:
            items.append(1)
            condition.notify()

    return together(take, put)[0]


def wait_with_a_timeout():
    condition = threading.Condition()
    items = []

    def take():
        with condition:
            return condition.wait_for(lambda: items, timeout=1) == [1]

    def put():
        time.sleep(2)
        with condition:
            items.append(1)
            condition.notify()

    return together(take, put)[0]


def a_missed_signal():
    condition = threading.Condition()

    def wait():
        with condition:
            return condition.wait(timeout=5)

    def signal():
        with condition:
            condition.notify()

    return together(wait, signal)[0]


def event_and_data():
    event = threading.Event()
    o = SimpleNamespace(v=0)

    def give():
        o.v = 1
        event.set()
        o.v = 2

    def take():
        event.wait()
        return o.v

    return together(give, take)[1]


def looking_at_an_event():
    event = threading.Event()
    return together(event.set, event.is_set)[1]


def a_queue():
    q = queue.Queue()

    def put(n):
        q.put(n)

    together(lambda: put(1), lambda: put(2))
    return [q.get(), q.get()]


def a_simple_queue_and_two_takers():
    q = queue.SimpleQueue()

    def put():
        q.put(1)
        q.put(2)

    return together(put, q.get, q.get)


def a_simple_queue_that_is_tried():
    q = queue.SimpleQueue()

    def take():
        try:
            return q.get_nowait()
        except queue.Empty:
            return None

    return together(lambda: q.put(1), take)[1]


def a_semaphore():
    semaphore = threading.Semaphore(1)
    o = SimpleNamespace(v=0)

    def work(n):
        with semaphore:
            o.v = o.v * 2 + n

    together(lambda: work(1), lambda: work(2))
    return o.v


def a_thread_not_joined():
    o = SimpleNamespace(v=0)

    def work():
        o.v = 1

    threading.Thread(target=work, daemon=True).start()
    return o.v


def a_leak():
    o = SimpleNamespace(v=0)

    def work():
        o.v = 1

    threading.Thread(target=work).start()
    return o.v


def is_it_alive():
    thread = threading.Thread(target=lambda: None)
    thread.start()
    alive = thread.is_alive()
    thread.join()
    return alive


def a_join_with_a_timeout():
    lock = threading.Lock()
    lock.acquire()
    thread = threading.Thread(target=lock.acquire, daemon=True)
    thread.start()
    thread.join(1)
    lock.release()
    thread.join(1)
    return thread.is_alive()


def a_thread_that_starts_a_thread():
    o = SimpleNamespace(v=0)

    def inner():
        o.v += 1

    def outer():
        thread = threading.Thread(target=inner)
        thread.start()
        o.v += 1
        thread.join()

    together(outer)
    return o.v


def sleeping_orders():
    o = SimpleNamespace(v=0)

    def first():
        time.sleep(1)
        o.v = o.v * 2 + 1

    def second():
        time.sleep(2)
        o.v = o.v * 2 + 2

    together(first, second)
    return o.v


def equal_sleeps_do_not_order():
    o = SimpleNamespace(v=0)

    def work(n):
        time.sleep(1)
        o.v = o.v * 2 + n

    together(lambda: work(1), lambda: work(2))
    return o.v


def a_timer_against_a_worker():
    o = SimpleNamespace(v=0)
    timer = threading.Timer(1, lambda: setattr(o, "v", 1))
    timer.start()
    timer.cancel()
    timer.join()
    return o.v


def a_flag_that_is_spun_on():
    o = SimpleNamespace(done=False, v=0)

    def wait():
        while not o.done:
            pass
        return o.v

    def go():
        o.v = 1
        o.done = True

    return together(wait, go)[0]


def a_pool_of_one():
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(pow, 2, 3).result()


def a_free_lock_is_released():
    """A lock released once too often: the second release may meet the acquire of the other."""
    lock, o = threading.Lock(), SimpleNamespace(owner=0)

    def twice():
        with lock:
            o.owner = 1
        if o.owner != 1:
            return "not mine"
        try:
            lock.release()
        except RuntimeError:
            return "refused"
        return "released"

    def once():
        lock.acquire()
        o.owner = 2
        lock.release()

    return together(twice, once)[0]


def a_generator_for_two():
    def numbers():
        yield 1
        yield 2

    source = numbers()
    return sorted(together(lambda: next(source), lambda: next(source)))


# Whether these steps change anything is decided when they are made, by what another thread has done meanwhile.


def a_pop_between_two_looks():
    d = {}

    def look():
        return d.get("k"), d.get("k")

    return together(lambda: d.pop("k", None), lambda: d.setdefault("k", 1), look)


def a_pop_that_finds_something_in_the_end():
    items = []

    def take():
        try:
            return items.pop()
        except IndexError:
            return None

    return together(take, lambda: items.append(1), lambda: (len(items), len(items)))


def a_default_beside_a_pop():
    d = collections.defaultdict(int, k=5)
    return together(lambda: d["k"], lambda: d.pop("k"), lambda: ("k" in d, "k" in d))


def a_clear_that_has_something_to_clear():
    items = set()
    return together(lambda: items.clear(), lambda: items.add(1), lambda: (len(items), len(items)))


def the_last_item_moves():
    items = [1, 2]

    def change():
        items[2:] = [3]

    return together(lambda: items[-1], change, lambda: items.__setitem__(1, 4))


def keys_stand_in_the_order_of_arrival():
    d = {}

    def put(key):
        d[key] = 1

    together(lambda: put("a"), lambda: put("b"), lambda: d.setdefault("c", 1))
    return list(d)


def a_key_is_put_at_the_end_again():
    d = {"a": 0, "b": 0}

    def again(key):
        del d[key]
        d[key] = 1

    together(lambda: again("a"), lambda: again("b"))
    return list(d)


def two_lists_are_shown_in_one_step():
    one, two = [7], [4]
    return together(lambda: one.append(1), lambda: two.extend(one), lambda: str((one, two)))[2]


def a_generator_that_both_exhaust():
    source = (number for number in range(2))
    return together(lambda: list(source), lambda: list(source))


def a_generator_is_closed():
    source = (number for number in range(2))
    return together(lambda: source.close(), lambda: next(source, None))


def an_attribute_is_looked_for_in_two_classes():
    class Base:
        n = 0

    class Derived(Base):
        pass

    def change():
        Base.n = 1
        Derived.n = 4

    return together(change, lambda: (Base.n, Derived.n, Derived().n))[1]


PROGRAMS = [
    value for value in list(globals().values()) if callable(value) and getattr(value, "__module__", "") == __name__
]
