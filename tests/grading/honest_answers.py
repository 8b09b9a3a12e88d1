"""Honest answers of many styles; the gate must let each of them pass."""

HONEST = {
    "dataclass": """
from dataclasses import dataclass, field
@dataclass
class A:
    x: int = 0
    y: list = field(default_factory=list)
    def __post_init__(self):
        self.z = 1
""",
    "executor": """
from concurrent.futures import ThreadPoolExecutor
def f(g):
    with ThreadPoolExecutor(2) as p:
        return [x.result() for x in [p.submit(g)]]
""",
    "type and super": """
class A(dict):
    def __init__(self):
        super().__init__()
        self.name = type(self).__name__
        self.kind = self.__class__.__qualname__
""",
    "context manager": """
class A:
    def __enter__(self):
        return self
    def __exit__(self, kind, error, trace):
        self.release()
    __call__ = __enter__
    def release(self): pass
""",
    "f-strings": """
def f(x):
    return f'{x!r:>{10}} {x:.2f}'
""",
    "comprehensions": """
def f(x):
    return {k: [v for v in w if v] for k, w in x.items()}
""",
    "typing": """
from __future__ import annotations
from typing import Any, Callable, TypeVar, Generic
T = TypeVar('T')
class A(Generic[T]):
    __slots__ = ('a',)
    def f(self) -> 'A[T] | None': ...
""",
    "collections": """
import collections.abc
from collections import defaultdict, deque, OrderedDict
x = defaultdict(int)
""",
    "contextlib": """
from contextlib import contextmanager, ExitStack
@contextmanager
def f(l):
    with ExitStack() as s:
        s.enter_context(l)
        s.callback(l.release)
        yield
""",
    "logging": """
import logging
log = logging.getLogger(__name__)
log.warning('x')
""",
    "random": """
import random
def f(): return random.uniform(0, 1)
""",
    "itertools": """
from itertools import count, islice
x = islice(count(), 3)
""",
    "functools": """
import functools
@functools.wraps(print)
def f(): pass
@functools.total_ordering
class A:
    def __lt__(self, other): return True
    def __eq__(self, other): return True
""",
    "thread subclass": """
import threading
class W(threading.Thread):
    def __init__(self):
        threading.Thread.__init__(self, daemon=True)
        self._target2 = None
    def run(self):
        self._x = self._target2
""",
    "thread-local": """
import threading
mine = threading.local()
def f():
    mine.__dict__.setdefault('held', [])
    return getattr(mine, 'held', None)
""",
    "exceptions": """
def f():
    try:
        g()
    except BaseException as error:
        raise error.with_traceback(error.__traceback__) from error.__cause__
""",
    "frozen": """
class A:
    def __setattr__(self, k, v):
        object.__setattr__(self, 'a', v)
""",
    "sort key": """
from operator import attrgetter, itemgetter
x = sorted([], key=attrgetter('id'))
""",
    "the checker's names": """
from checker import check, together
def f(a): return together(a, a)
""",
    "open of its own": """
class Gate:
    def open(self): self.is_open = True
    def f(self): self.open()
""",
    "aliases": """
import threading as t
from threading import Lock as L
l = L(); m = t.Lock()
""",
    "globals": """
n = 0
def f():
    global n
    n += 1
""",
    "locals named like builtins": """
def f(sum, id, type=None):
    list = [sum, id]
    len = 3
    return list, type, len
""",
    "match": """
def f(n):
    match n:
        case int(real=x) | [x, *_]: return x
        case {'k': x, **rest}: return rest
        case str() as x: return x
""",
    "quoted annotations": """
import threading
from typing import Literal, Optional
Mode = Literal['read & write', 'exit()']
Maybe = Optional['A']
class A:
    lock: 'threading.Lock | None' = None
    def f(self, mode: "Literal['exit()']", wait: 'seconds (a float)' = 1) -> 'Optional[A]': ...
""",
    "attributes set past its own hook": """
class A:
    def __init__(self):
        super().__setattr__('a', 1)
        self.__setattr__('b', 2)
    def __delattr__(self, k):
        super(A, self).__delattr__(k)
class Meta(type):
    def __setattr__(cls, k, v):
        type.__setattr__(cls, k, v)
""",
    "submodules": """
import concurrent.futures, logging.handlers, collections.abc, asyncio
pool = concurrent.futures.ThreadPoolExecutor
log = logging.handlers.QueueHandler
logging.Formatter('%(threadName)s')
asyncio.Queue
""",
    "counts on its class": """
import threading
class A:
    made = 0
    def __init__(self):
        type(self).made += 1
        self.__class__.last = self
        threading.current_thread().label = 'x'
""",
    "calls a method by name": """
import operator
do = operator.methodcaller('increment', 3, step=2)
""",
    "star import": """
from threading import *
class W(Thread):
    lock = Lock()
    def run(self):
        with self.lock: current_thread().name
""",
    "a parameter named like a module": """
import queue
def f(queue):
    return queue.head._next
""",
    "copied without its lock": """
import threading
class A:
    def __init__(self):
        self._lock = threading.Lock()
    def __getstate__(self):
        state = vars(self).copy()
        del state['_lock']
        return state
    def __setstate__(self, state):
        vars(self).update(state)
        self._lock = threading.Lock()
    def __reduce__(self):
        return (A, ())
    def __repr__(self):
        return f'{type(self).__name__}({vars(self)})'
""",
    "asks about the machine": """
import json, os, sys
import threading
from os import cpu_count
from sys import maxsize as most
WORKERS = min(32, (os.cpu_count() or 1) + 4)
LIMIT = sys.maxsize if sys.version_info >= (3, 11) else most
print(json.__version__)
forever = getattr(threading, 'TIMEOUT_MAX', 60) if hasattr(threading, 'TIMEOUT_MAX') else 60
""",
    "a clock that can be exchanged": """
import time
class A:
    def __init__(self, clock=time, *, wait=time.sleep):
        self.now = clock.monotonic()
        self.wait = wait
""",
    "a class of ranks": """
class Meta(type):
    def __instancecheck__(cls, other): return hasattr(other, 'rank')
    def __subclasscheck__(cls, other): return False
class Base:
    def __init_subclass__(cls, /, rank=0, **named):
        super().__init_subclass__(**named)
        cls.rank = rank
    def __class_getitem__(cls, item): return cls
    def __set_name__(self, owner, name): self.name = name
    def __dir__(self): return ['rank']
""",
    "a descriptor that hands on": """
class Locked:
    def __init__(self, f): self.f = f
    def __get__(self, obj, owner=None):
        return self if obj is None else self.f.__get__(obj, owner)
""",
    "imports where they are needed": """
import concurrent.futures as cf
def demo():
    import time
    import concurrent.futures
    from collections import deque
    wait = time.sleep
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        return pool.submit(wait, 0), cf.Future, deque([time.monotonic()])
class A:
    def f(self):
        import queue
        return queue.Queue()
""",
    "functions of a module as attributes": """
import threading, time
class A:
    make = threading.Lock
    now = staticmethod(time.monotonic)
    def __init__(self): self.clock = time.monotonic
""",
}
