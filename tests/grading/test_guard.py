"""What the gate cannot read is refused while it runs, and goes to a person; honest code of the kind notices nothing."""

import contextlib
import copy
import dataclasses
import functools
import json
import threading
import typing

import pytest
import tiny

from checker.grading import grade, guard, library
from checker.grading.limits import Limits

RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), "{}")
#: Points of greet-1, the other exercise.
OTHER = 1

#: Takes the threads one after another, but only those of the answer's own class: a canary would not notice.
ONE_BY_ONE = """
lock = threading.Lock()
left = [0]
plain = threading.Thread.run

class Counter(Counter):
    def __init__(self):
        left[0] = 2
        super().__init__()

def run(self):
    if left[0]:
        left[0] -= 1
        with lock:
            plain(self)
    else:
        plain(self)

kinds = [threading.Thread]
"""
BOX = "found = []\nclass Box:\n    def __setattr__(self, name, value): found.append(value)\n"
EVIL = "'[found.append(().__class__.__ba' + 'se__), int][1]'"

FRAUDS = {
    "a method replaced by way of a list": ONE_BY_ONE + "kinds[0].run = run",
    "a method replaced as a loop's variable": ONE_BY_ONE + "for kinds[0].run in [run]: pass",
    "a method replaced by setattr": ONE_BY_ONE + "setattr(kinds[0], 'run', run)",
    "a method replaced as if it were its own": ONE_BY_ONE
    + "def patch(self): type.__setattr__(self, 'run', run)\npatch(kinds[0])",
    "a method replaced by way of the classes above": ONE_BY_ONE
    + "class A(threading.Thread): pass\nA.mro()[1].run = run",
    "a method replaced by way of an alias": ONE_BY_ONE
    + "import typing\nalias = type(typing.List[int])(kinds[0], int)\nalias.run = run",
    "a method replaced during the check": ONE_BY_ONE
    + "class Counter(Counter):\n    def __init__(self):\n        kinds[0].run = run\n        super().__init__()",
    "the globals of a function by its type": "vars(type(lambda: 0))['__glo' + 'bals__'].__get__(together)",
    "the attributes of object": "object.__dict__['__getattri' + 'bute__'](together, '__glo' + 'bals__')",
    "attributes as if of its own": "class A:\n    def look(self): return self.__dict__\n"
    "A.look(type)['__subcl' + 'asses__']",
    "update_wrapper as getattr": BOX
    + "import functools\nfunctools.update_wrapper(Box(), together, ['__glo' + 'bals__'], [])",
    "wraps as setattr": "import functools\nfunctools.wraps(lambda: 0, ['__co' + 'de__'], ())(together)",
    "copy as setattr": "import copy\nkinds = [threading.Thread]\nclass A:\n"
    "    def __reduce_ex__(self, n): return (lambda: kinds[0]), (), (None, {'run': 3})\ncopy.copy(A())",
    "deepcopy as getattr": "import copy\nitems, name = [], '__iter__'\n"
    "copy.deepcopy(items.__iter__, {id(items): together, id(name): '__glo' + 'bals__'})",
    "a field that is code": "import dataclasses\nfound = []\n"
    "A = type('A', (), {'__annotations__': {'x=found.append(1)': int}})\ndataclasses.dataclass(A)",
    "an annotation put together": f"import functools\nfound = []\ndef f(x: {EVIL}): pass\n"
    "functools.singledispatch(lambda x: x).register(f)",
    "a redirection of all modules": "import contextlib\n"
    "class Modules(contextlib.redirect_stdout): _stream = 'modules'\nwith Modules({}): pass",
    "the frames by a format": "try: 1 / 0\nexcept ZeroDivisionError as e:\n"
    "    ('{0.__trace' + 'back__.tb_fr' + 'ame}').format(e)",
}

#: What evaluates annotations differs between the Pythons: these are tried on each with the fast tests.
NEWER = {
    "an annotation that calls": "import functools, asyncio\n"
    "def f(x: 'insp' + \"ect.importlib.import_module('o' + 's').name\"): pass\n"
    "functools.update_wrapper(f, asyncio.iscoroutine, ('__name__',))\n"
    "functools.singledispatch(lambda x: x).register(f)",
}
if hasattr(typing.ForwardRef, "evaluate"):  # 3.14
    REFERENCE = "import typing, asyncio\ndef f(): pass\nref = typing.get_args(typing.Optional[{}])[0]\n"
    NEWER |= {
        "names of fields that a function gives": "import dataclasses\nfound = []\n"
        "A = type('A', (), {'__annotate__': lambda kind: {'x=found.append(1)': int}})\ndataclasses.dataclass(A)",
        "a builtin by a reference to it": REFERENCE.format("'ev' + 'al'") + "ref.evaluate()('1')",
        "a reference put together": f"found = []\n{REFERENCE.format(EVIL)}ref.evaluate(globals=dict(found=found))",
        "a reference into a module": REFERENCE.format("'a' + 'b'") + "type(ref)('system', module='os').evaluate()",
        "a reference by its owner": REFERENCE.format("'insp' + 'ect'") + "ref.evaluate(owner=asyncio.iscoroutine)",
        "a reference that calls": REFERENCE.format('"asyncio.events.o" + "s.getenv(\'A\')"') + "ref.evaluate(owner=f)",
        "a reference to a module": REFERENCE.format("'asyncio.events.o' + 's'") + "ref.evaluate(owner=f)",
        "a reference to a function": REFERENCE.format("'asyncio.events.o' + 's.getenv'") + "ref.evaluate(owner=f)",
    }
FRAUDS |= NEWER
EACH = {"an annotation put together", "a field that is code", *NEWER}


def graded(text):
    _, found = grade.grade_file(RELEASE, tiny.submission(counter=text), Limits())
    return found


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=() if name in EACH else pytest.mark.slow) for name in FRAUDS]
)
def test_what_a_program_puts_together_goes_to_a_person(name):
    found = graded(f"{tiny.UNLOCKED}\n{FRAUDS[name]}\n")
    assert sum(found.points.values()) == OTHER
    assert set(found.review) == {"counter-1", "counter-2", "counter-3"}
    assert "while it ran" in found.reasons["counter-1"]


@pytest.mark.slow
def test_who_swallows_the_refusal_goes_to_a_person_too():
    text = "try: vars(object)\nexcept TypeError: pass\n"
    assert graded(tiny.COUNTER + text).reasons["counter-2"] == (
        "the gate refused the attributes of <class 'object'> while it ran"
    )


@pytest.mark.slow
@pytest.mark.parametrize("swallowed, points", [(True, tiny.MOST), (False, OTHER)])
def test_a_helper_that_is_refused_counts_only_where_an_answer_fails(swallowed, points):
    base = "class Base:\n    space = vars(object)"
    if swallowed:
        base = "class Base:\n    pass\ntry: Base.space = vars(object)\nexcept TypeError: pass"

    def deed(notebook):
        notebook["cells"].insert(1, tiny.code(base))

    answer = tiny.COUNTER.replace("class Counter:", "class Counter(Base):")
    _, found = grade.grade_file(RELEASE, tiny.submission(deed, counter=answer), Limits())
    assert sum(found.points.values()) == points
    assert len(found.review) == (0 if swallowed else 3)


HONEST = """
import collections, contextlib, copy, functools, io, random
from dataclasses import dataclass, field
from types import SimpleNamespace

def logged(method):
    @functools.wraps(method)
    def wrapper(self, *args):
        return method(self, *args)
    return wrapper

class Locked:
    def __init__(self, function):
        functools.update_wrapper(self, function)
        self.function = function

    def __get__(self, obj, owner=None):
        return self if obj is None else self.function.__get__(obj, owner)

@dataclass(frozen=True, order=True)
class Step:
    open: int = 1
    notes: list = field(default_factory=list, compare=False)

@functools.singledispatch
def shown(x): return str(x)

@shown.register
def _(x: int) -> "str": return "{:>{width}}".format(x, width=3)

class Counter(Counter):
    run = 0

    def __init__(self):
        super().__init__()
        self.__dict__.update(kept=Step(), put=0)
        self.start = self.run = 0

    def __getstate__(self):
        state = vars(self).copy()
        del state["_lock"]
        return state

    def __setstate__(self, state):
        self.__dict__.update(state)
        self._lock = threading.Lock()

    @Locked
    def twice(self): return 2 * self._value

    @logged
    def increment(self, n=1):
        copy.copy(self), copy.deepcopy([self, {"a": random.Random(1)}, collections.deque([1])])
        return super().increment(n)

    def __str__(self): return "{0.value} of {1}".format(self, vars(type(self)).keys())

mine = threading.local()
mine.__dict__.setdefault("held", []).append(str(Counter()) + shown(Counter().twice()))
vars(SimpleNamespace(a=1)), vars(Counter), Counter.__dict__, copy.deepcopy({1: [ValueError("x")]})
with contextlib.redirect_stdout(io.StringIO()): print("x")
for text in map("{:>3}".format, [1, 2]): print(text)
"""


@pytest.mark.slow
def test_honest_code_of_the_kind_notices_nothing():
    found = graded(tiny.COUNTER + HONEST)
    assert sum(found.points.values()) == tiny.MOST, found.reasons


# -- the parts --------------------------------------------------------------------------------------------------


class Own:
    pass


Own.__module__ = "__main__"


@pytest.fixture(autouse=True)
def heard():
    yield
    guard.said.clear()


def test_only_modules_and_foreign_classes_are_refused():
    for value in (Own, Own(), threading.local(), print, 3, None, ValueError("x")):
        assert guard.own(value) is value
    for value in (threading, object, threading.Thread, type):
        with pytest.raises(guard.Refused):
            guard.own(value)
    with pytest.raises(guard.Refused):
        guard.changed(typing.Generic[typing.TypeVar("T")])
    assert len(guard.said) == 5


@pytest.mark.parametrize("value", ["{} {0:>3} {x!r}", "{0.name} {a[__class__]} {0.__dict__}", "{", 3, Own()])
def test_harmless_formats_pass(value):
    assert guard.formatting(value) is value


@pytest.mark.parametrize("value", ["{0.__globals__}", "{0:{1.gi_frame}}", "{a.b[0].__subclasses__}", str])
def test_formats_that_look_around_are_refused(value):
    with pytest.raises(guard.Refused):
        guard.formatting(value)


def test_a_cell_without_such_words_is_compiled_as_it_stands():
    source = "class A:\n    def run(self): self.value = self.other.get()\n"
    assert guard.compiled(source, "<a>").co_names == compile(source, "<a>", "exec").co_names


@pytest.fixture
def careful(monkeypatch):
    """The library as it is in the worker."""
    for holder, name in (
        (functools, "update_wrapper"),
        (copy, "_reconstruct"),
        (dataclasses, "_process_class"),
        (contextlib._RedirectStream, "__enter__"),
    ):
        monkeypatch.setattr(holder, name, getattr(holder, name))
    monkeypatch.setattr(typing, "eval", eval, raising=False)
    library.install()


def test_the_library_does_what_it_did(careful):
    @dataclasses.dataclass(frozen=True)
    class Point:
        x: int
        y: "list[int] | None" = None

    assert repr(copy.copy(Point(3))).endswith("Point(x=3, y=None)")
    assert typing.get_type_hints(Point)["y"] == list[int] | None
    assert functools.wraps(threading.Thread)(lambda: 0).__name__ == "Thread"
    assert functools.wraps(test_harmless_formats_pass)(lambda: 0).__wrapped__ is test_harmless_formats_pass
    with contextlib.redirect_stdout(None) as target:
        assert target is None
    assert not guard.said
