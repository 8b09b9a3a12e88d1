"""Small functions that together use every construct of the language, each with plain values as its result.

Run as a program, it runs the named ones (default: all) woven, says of each what it began and how it ended, and so
shows by its exit what the interpreter thinks of woven code: `python -X dev constructs.py` with PYTHONMALLOC=debug.
"""

from __future__ import annotations

import collections
import contextlib
import dataclasses
import dis
import enum
import functools
import io
import itertools
import sys
import threading
import types
import typing
from collections.abc import Callable, Iterator
from typing import Any

CONSTRUCTS: dict[str, Callable[[], Any]] = {}
BOX: list[int] = []
TOTAL = 0
LOCK = threading.Lock()


def construct(function: Callable[[], Any]) -> Callable[[], Any]:
    CONSTRUCTS[function.__name__] = function
    return function


class Point:
    __match_args__ = ("x", "y")
    made = 0

    def __init__(self, x: Any, y: Any) -> None:
        self.x, self.y = x, y

    def moved(self, dx: int = 0, *more: int, dy: int = 0, **rest: int) -> Point:
        return type(self)(self.x + dx + sum(more), self.y + dy + sum(rest.values()))

    @property
    def sum(self) -> Any:
        return self.x + self.y

    @classmethod
    def origin(cls) -> Point:
        return cls(0, 0)

    @staticmethod
    def double(value: Any) -> Any:
        return 2 * value

    def __format__(self, spec: str) -> str:
        return f"({self.x},{self.y}){spec}"

    def __matmul__(self, other: Any) -> Any:
        return self.x * other.x + self.y * other.y

    def __enter__(self) -> Any:
        return self.x

    def __exit__(self, kind: Any, error: Any, trace: Any) -> bool:
        return kind is KeyError


class Special(Point):
    def __init__(self, x: Any, y: Any) -> None:
        super().__init__(x, y)

    def moved(self, *args: Any, **named: Any) -> Any:
        there = super(Special, self).moved(*args, **named)
        return there, super().sum, super().made


class Slotted:
    __slots__ = ("value", "other")

    def __init__(self) -> None:
        self.value = [1]


class Countdown:
    def __init__(self, number: int) -> None:
        self.number = number

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> int:
        if not self.number:
            raise StopIteration
        self.number -= 1
        return self.number


class Old:
    """Gone over by its items alone."""

    def __getitem__(self, index: int) -> int:
        return [5, 6, 7][index]


class Lazy:
    def __getattr__(self, name: str) -> str:
        return name.upper()


def upto(limit: int) -> Iterator[int]:
    number = 0
    while number < limit:
        got = yield number
        number = number + 1 if got is None else got


# -- loops ------------------------------------------------------------------------------------------------------


@construct
def loops() -> Any:
    seen: list[Any] = []
    for iterable in (
        [1, 2],
        (3, 4),
        range(5, 7),
        {"a": 1, "b": 2},
        {"c": 3}.items(),
        {"d": 4}.values(),
        {8},
        frozenset({9}),
        "ef",
        b"g",
        bytearray(b"h"),
        upto(2),
        enumerate("i"),
        zip([1], [2]),
        map(str, [1]),
        filter(None, [0, 1]),
        reversed([1, 2]),
        itertools.zip_longest([1], [2, 3]),
        itertools.chain([1], (2,)),
        itertools.islice(itertools.count(), 2),
        Countdown(2),
        Old(),
        iter([10, 0].pop, 10),
        collections.deque([1]),
        collections.OrderedDict(z=1),
        memoryview(b"j"),
        io.StringIO("k\nl\n"),
        [],
        (),
    ):
        for each in iterable:
            seen.append(each)
    return seen


@construct
def loops_that_end_otherwise() -> Any:
    seen = []
    numbers = [1, 2, 3, 4]
    for number in numbers:
        if number == 2:
            continue
        if number == 4:
            break
        numbers.append(number)
        seen.append(number)
    else:
        seen.append("never")
    for _ in ():
        pass
    else:
        seen.append("else")
    while numbers:
        if numbers.pop() == 2:
            break
    else:
        seen.append("never")
    for seen[0], numbers[0:1] in [(7, [8])]:  # type: ignore[misc]
        pass
    for a, (b, *c) in [(1, (2, 3, 4))]:
        seen.append([a, b, c])
    return seen, numbers


@construct
def a_list_that_changes_under_the_loop() -> Any:
    numbers = [3, 2, 1]
    seen = []
    for number in numbers:
        numbers.remove(number)
        seen.append(number)
    return seen, numbers


@construct
def comprehensions() -> Any:
    x = 5
    pairs = [(x, y) for x in range(3) for y in "ab" if x]
    doubled = {y: [z for z in range(y)] for y in range(3)}
    odd = {n for n in range(5) if n % 2}
    lazy = list(n + x for n in range(2))
    deep = [[x * n for n in (1, 2)] for x in (3, 4)]
    kept = [last := n for n in range(3)]
    return pairs, doubled, sorted(odd), lazy, deep, kept, last, x


@construct
def any_and_all() -> Any:
    numbers = [0, 1, 2]
    return (
        any(n > 1 for n in numbers),
        all(n for n in numbers),
        any(n > 9 for n in numbers),
        all(n < 9 for n in numbers),
        tuple(n for n in numbers),
        any([]),
        sum(n for n in numbers),
    )


# -- generators -------------------------------------------------------------------------------------------------


@construct
def generators() -> Any:
    numbers = upto(4)
    seen = [next(numbers), numbers.send(2), next(numbers), next(numbers, "end")]
    numbers.close()
    return seen


def catching() -> Iterator[Any]:
    try:
        yield 1
    except KeyError:
        return "caught"
    finally:
        BOX.append(0)
        BOX.pop()
    yield 2


def delegating(seen: list[Any], inner: Any) -> Iterator[Any]:
    got = yield from inner
    seen.append(got)
    yield from (7, 8)
    yield from [9]
    return "end"


@construct
def delegation() -> Any:
    seen: list[Any] = []
    numbers = delegating(seen, upto(3))
    for number in numbers:
        seen.append(number)
    sent = delegating(seen, upto(9))
    seen += [next(sent), sent.send(8), next(sent), next(sent)]
    return seen


@construct
def an_error_thrown_into_delegation() -> Any:
    seen: list[Any] = []
    numbers = delegating(seen, catching())
    seen.append(next(numbers))
    seen.append(numbers.throw(KeyError()))
    seen += list(numbers)
    closed = delegating(seen, catching())
    next(closed)
    closed.close()
    through = delegating(seen, upto(3))
    next(through)
    try:
        through.throw(ValueError("through"))
    except ValueError as error:
        seen.append(str(error))
    try:
        next(delegating(seen, catching())).missing  # type: ignore[attr-defined]
    except AttributeError:
        seen.append("no attribute")
    return seen


# -- matching ---------------------------------------------------------------------------------------------------


def matched(value: Any) -> Any:
    match value:
        case {"kind": "circle", "r": r, **rest}:
            return "circle", r, rest
        case {"kind": kind}:
            return kind
        case [first, *others, last] if first == last:
            return "ring", others
        case [Point(x, y=0), _]:
            return "on the axis", x
        case Point(x=0) | Point(0, _):
            return "zero"
        case Point(a, b) as point:
            return a, b, point.sum
        case 1 | 2.5 | "three" | None | True:
            return "literal"
        case str(text) | bytes(text):
            return text
        case []:
            return "empty"
        case (_,):
            return "one"
        case _:
            return "else"


@construct
def matching() -> Any:
    return [
        matched(value)
        for value in (
            {"kind": "circle", "r": 1, "c": 2},
            {"kind": "box"},
            {},
            [1, 2, 3, 1],
            [Point(4, 0), 0],
            Point(0, 5),
            Point(1, 2),
            1,
            2.5,
            "three",
            None,
            True,
            "text",
            b"text",
            [],
            (7,),
            object,
        )
    ]


# -- with and try -------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def noting(seen: list[Any], name: str) -> Iterator[str]:
    seen.append(f"enter {name}")
    try:
        yield name
    except ZeroDivisionError:
        seen.append(f"caught in {name}")
    finally:
        seen.append(f"leave {name}")


@construct
def contexts() -> Any:
    seen: list[Any] = []
    with noting(seen, "a") as a, noting(seen, "b"):
        seen.append(a)
    with noting(seen, "c"):
        seen.append(1 // 0)
    with Point(1, 2) as x:
        raise KeyError(x)
    for number in range(3):
        with noting(seen, str(number)):
            if number == 1:
                continue
            if number == 2:
                break
    with contextlib.ExitStack() as stack:
        stack.enter_context(noting(seen, "d"))
        stack.callback(seen.append, "called")
    return seen


def through_finally(number: int, seen: list[Any]) -> Any:
    for each in range(3):
        try:
            try:
                if number == 0:
                    return "returned"
                if number == 1:
                    raise ValueError(number)
                if number == 2:
                    continue
                seen.append("body")
            except ValueError as error:
                raise KeyError("again") from error
            else:
                seen.append("else")
            finally:
                seen.append(each)
        except KeyError as error:
            return type(error.__cause__).__name__, type(error.__context__).__name__
    return "end"


@construct
def errors() -> Any:
    seen: list[Any] = []
    for number in range(4):
        seen.append(through_finally(number, seen))
    try:
        try:
            raise ExceptionGroup("both", [ValueError(1), TypeError(2), KeyError(3)])
        except* ValueError as group:
            seen.append(len(group.exceptions))
        except* TypeError:
            seen.append("type")
    except BaseExceptionGroup as rest:
        seen.append(repr(rest.exceptions[0]))
    try:
        assert seen == [], "not empty"
    except AssertionError as error:
        seen.append(str(error))
    try:
        for each in [1, 2]:
            seen.append(each)
            [][each]
    except (IndexError, KeyError):
        seen.append("no item")
    try:
        seen.append(missing)  # type: ignore[name-defined]
    except NameError:
        seen.append("no name")
    return seen


# -- calls ------------------------------------------------------------------------------------------------------


def many(*args: Any, first: Any = 0, **named: Any) -> Any:
    return len(args), first, sorted(named)


@construct
def calls() -> Any:
    args, named = [1, 2], {"first": 3, "b": 4}
    point, special = Point(1, 2), Special(3, 4)
    there, total, made = special.moved(1, *args, dy=5, z=6)
    return (
        many(),
        many(1, 2, first=3),
        many(*args, *args, **named),
        many(0, *args, **named, c=5),
        many(*range(40)),
        many(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
             30, 31, 32, 33, 34, 35, a=36),
        point.moved(1, dy=2).sum,
        (there.x, there.y, total, made),
        Point.origin().sum,
        point.double(4),
        Point.double("a"),
        sorted([3, 1, 2], key=lambda n: -n, reverse=True),
        "-".join(map(str, args)),
        functools.partial(many, 1, first=2)(3, d=4),
        functools.reduce(lambda a, b: a + b, args, 10),
        (lambda a, /, b=2, *, c=3: (a, b, c))(1, c=4),
        dict(zip("ab", args), c=3),
        [].__len__(),
        str.upper("x"),
        int("12", base=3),
        list.append(args, 9),
        args,
        type(point)(5, 6).sum,
        getattr(point, "x"),
    )  # fmt: skip


@construct
def a_call_that_fails() -> Any:
    seen = []
    for call in (lambda: many(1)(2), lambda: Point(), lambda: [].pop(), lambda: Point(1, 2).nothing):
        try:
            call()
        except (TypeError, IndexError, AttributeError) as error:
            seen.append(type(error).__name__)
    return seen


# -- values -----------------------------------------------------------------------------------------------------


@construct
def unpacking() -> Any:
    a, b = [1, 2]
    a, b = b, a
    c, *d = range(4)
    *e, f = "xyz"
    (g, [h, i]), j = (1, (2, 3)), 4
    k = l = m = [5]
    n = [*d, *e, 0]
    o = {*d, 9}
    p = {**{"a": 1}, "b": 2, **{"a": 3}}
    q = (*d, *n)
    try:
        r, s = [1]
    except ValueError as error:
        t = str(error)[:10]
    return a, b, c, d, e, f, g, h, i, j, k, l, m, n, sorted(o), p, q, t


@construct
def formats() -> Any:
    items, width, point = [1, 2], 12, Point(3, 4)
    return (
        f"{items}",
        f"{items!r:>{width}}",
        f"{items!s}|{width:>{width}}|{width!a}",
        f"{point:abc}",
        f"{point:{width}}",
        f"{items=}",
        f"{width:.{1}f}",
        f"{items:{''}}",
        "%s %r" % (items, width),
        "{} {0}".format if False else "{0} {1[0]}".format(width, items),
    )


@construct
def subscripts() -> Any:
    numbers = list(range(8))
    table: dict[Any, Any] = {"a": 1, (1, 2): [3]}
    numbers[0] = 10
    numbers[-1] += 5
    numbers[1:3] = [20, 30, 40]
    del numbers[4]
    del numbers[5:]
    table["b"] = numbers[2:4]
    table[1, 2] += [4]
    table["a"] -= 1
    del table["b"]
    low, high, index = 1, 2, (0, 1)
    numbers[low:high] = numbers[high:]
    del numbers[low:high]
    text = "abcdef"
    grid = {(0, 1, 2): "starred"}
    return numbers, table, text[1], text[::2], text[-3:], numbers[::-1], grid[*index, 2], numbers[slice(1)]


@construct
def operators() -> Any:
    a, b, items, names, table, data = 7, 2, [1], {"x"}, {"k": 1}, bytearray(b"ab")
    items += [2]
    items *= 2
    names |= {"y"}
    names &= {"y", "z"}
    table |= {"m": 2}
    data += b"c"
    a -= 1
    a **= 2
    a //= 5
    a <<= 3
    a >>= 1
    a ^= 3
    a |= 16
    a &= ~1
    a %= 17
    c = a / 4
    return (
        a, c, items, sorted(names), table, bytes(data),
        a + b, a - b, a * b, a // b, a % b, a**b, a << b, a >> b, a & b, a | b, a ^ b, -a, +a, ~a,
        Point(1, 2) @ Point(3, 4),
        items + [3], [0] * 3, 2 * items, "a" + "b", "ab" * 2, (1,) + (2,),
        a == b, a != b, a < b, a <= b, a > b, a >= b, 1 < b < 3, 1 < a > b == 2,
        items == [1, 2, 1, 2], names == {"y"}, items != table, items is items, items is not None,
        1 in items, 9 not in items, "k" in table, "a" in "abc",
        not items, not a, bool([]), items and a, [] or b, [] and a, a if items else b, None is None,
        (n := a + 1), n, data == b"abc", None == a,
    )  # fmt: skip


@construct
def truth() -> Any:
    seen = []
    for value in ([], [0], "", "x", 0, 1, None, {}, {1}, Point(0, 0)):
        if value:
            seen.append(1)
        if not value:
            seen.append(0)
        while value is None:
            break
        seen.append(2 if value is not None else 3)
        seen.append((value and 4) or 5)
    return seen == seen, len(seen), seen.count(1), [each for each in seen if type(each) is int]


@construct
def attributes() -> Any:
    point, slotted = Point(1, 2), Slotted()
    point.x += 5
    point.new = [point.x]  # type: ignore[attr-defined]
    point.new[0] -= 1  # type: ignore[attr-defined]
    slotted.other = slotted.value
    slotted.other += [2]
    del slotted.value
    seen = [point.x, point.new, slotted.other, hasattr(slotted, "value"), point.made]  # type: ignore[attr-defined]
    del point.new  # type: ignore[attr-defined]
    point.__dict__["y"] = 9
    point.__class__ = Special
    return seen, vars(point), Lazy().shout, type(point).__name__, point.__dict__ is vars(point)


@construct
def closures() -> Any:
    count = 0
    steps: list[Any] = []

    def step(by: int = 1, *, twice: bool = False) -> int:
        nonlocal count
        count += by
        if twice:
            return step(by)
        return count

    for number in range(3):
        steps.append(lambda number=number: number + step())
    kept: Any = 5

    class Within:
        value = count + kept
        names = [name for name in ("a", "b")]

        def method(self) -> Any:
            return self.value, __class__, count  # type: ignore[name-defined]

    del kept
    try:
        steps.append(kept)
    except NameError:
        pass
    found = [each() for each in steps]
    return found, step(2, twice=True), Within().method()[0], Within.names, Within().method()[2]


@construct
def globals_too() -> Any:
    global TOTAL, FLEETING
    with LOCK:
        TOTAL += 1
        FLEETING = TOTAL  # type: ignore[name-defined]
        del FLEETING  # type: ignore[name-defined]
        try:
            FLEETING  # type: ignore[name-defined]
        except NameError:
            TOTAL -= 1
        return TOTAL, "FLEETING" in globals()


@construct
def definitions() -> Any:
    @dataclasses.dataclass(order=True)
    class Item:
        size: int
        name: str = "item"
        parts: list[int] = dataclasses.field(default_factory=list)

    class Colour(enum.Enum):
        RED = 1
        BLUE = enum.auto()

    class Pair(typing.NamedTuple):
        left: int
        right: int = 2

    @functools.lru_cache
    def cached(number: int) -> int:
        return number + 1

    @functools.singledispatch
    def shown(value: Any) -> str:
        return "any"

    @shown.register
    def _(value: int) -> str:
        return "int"

    item = Item(1)
    item.parts.append(2)
    return (
        repr(item).rpartition(".")[2],
        item < Item(2),
        Colour.RED.name,
        Colour(2).value,
        [each.name for each in Colour],
        tuple(Pair(1)._replace(left=3)),
        cached(1) + cached(1),
        shown(1),
        shown(""),
        sorted(typing.get_type_hints(Pair)),
    )


@construct
def imports() -> Any:
    import string
    from math import floor as down
    from os import path

    return string.digits, down(1.5), path.join("a", "b")


@construct
def deletions() -> Any:
    here = [1, 2]
    del here[0]
    kept = here
    del here
    try:
        here  # type: ignore[misc]
    except UnboundLocalError:
        return kept
    return None


# -- coroutines, without an event loop -------------------------------------------------------------------------------


@types.coroutine
def pause(value: Any) -> Any:
    return (yield value)


class Waiting:
    def __init__(self, limit: int) -> None:
        self.limit = limit

    def __aiter__(self) -> Any:
        return self

    async def __anext__(self) -> int:
        if not self.limit:
            raise StopAsyncIteration
        self.limit -= 1
        return await pause(self.limit)  # type: ignore[no-any-return]

    async def __aenter__(self) -> Any:
        return await pause("enter")

    async def __aexit__(self, *error: Any) -> bool:
        await pause("exit")
        return error[0] is KeyError


async def counted(limit: int) -> Any:
    for number in range(limit):
        yield await pause(number)


@construct
def coroutines() -> Any:
    seen: list[Any] = []

    async def work() -> Any:
        async for each in Waiting(2):
            seen.append(each)
        async with Waiting(0) as entered:
            seen.append(entered)
        async with Waiting(0):
            raise KeyError
        async for each in counted(2):
            seen.append(each)
        seen.append([each async for each in counted(2) if each])
        seen.append({each: await pause(each) async for each in Waiting(2)})
        return await pause("last")

    coroutine, sent = work(), None
    while True:
        try:
            sent = coroutine.send(sent)
        except StopIteration as end:
            return seen, end.value


# -- what not every Python can read ------------------------------------------------------------------------------------

TEXTS: dict[tuple[int, int], str] = {
    (3, 12): '''
def type_parameters():
    def first[T](items: list[T]) -> T:
        return items[0]
    class Stack[T]:
        kind: type[T]
        type Sizes = list[int]
        def __init__(self, *items: T) -> None:
            self.items = list(items)
    type Numbers = list[int]
    return first([1, 2]), Stack(3).items, Numbers.__name__, f"{f"{1 + 1}"}", str(Numbers.__value__), str(
        Stack.Sizes.__value__)

def nested_formats():
    items = ["a", "b"]
    return f"{', '.join(f"{each!r:>{4}}" for each in items)}"
''',
    (3, 14): '''
def templates():
    items = [1, 2]
    template = t"{items!r:>{8}} and {len(items)}"
    return template.strings, [each.value for each in template.interpolations], template.interpolations[0].format_spec

def late_annotations():
    class Later:
        kind: list[Undefined]
        size: int = 3
    try:
        Later.__annotations__
    except NameError:
        return Later.size, list(Later.__annotate__(3)) if False else "lazy"

def several_errors():
    try:
        return [][0]
    except IndexError, KeyError:
        return "caught"
''',
    (3, 15): '''
lazy import colorsys
lazy from fractions import Fraction

def lazy_imports():
    return colorsys.rgb_to_hsv(0, 0, 0)[2], str(Fraction(1, 2)), str(Fraction(2, 3))

def unpacking_in_comprehensions():
    lists, tables = [[1], [2, 3]], [{"a": 1}, {"b": 2}]
    return [*each for each in lists], sorted({*each for each in lists}), {**each for each in tables}, sum(
        (*each for each in lists)
    )

def frozen_tables():
    table = frozendict(a=1, b=[2])
    other = table | {"c": 3}
    return sorted(table), [key for key in other], table["b"], "a" in table, len(other), table == {"a": 1, "b": [2]}
''',
}  # fmt: skip


def long_text() -> str:
    """A function so long that jumps, names and constants want extended arguments."""
    lines = ["def very_long():", "    total, items = 0, list(range(3))", "    for item in items:", "        if item:"]
    for number in range(300):
        lines.append(f"            name_{number} = items[{number} % 3] + {1000 + number}")
        lines.append(f"            total += name_{number}")
    lines += ["        else:", "            continue", "    return total"]
    lines += ["def long_delegation():", "    def inner():", "        try:", "            yield 1"]
    lines += ["        except KeyError:", "            return 2", "    def outer():"]
    lines += [f"        name_{number} = [{1000 + number}]" for number in range(300)]
    lines += ["        return [(yield from inner()), name_299]", "    numbers = outer()", "    next(numbers)"]
    lines += ["    try:", "        numbers.throw(KeyError())", "    except StopIteration as end:"]
    lines += ["        return end.value"]
    return "\n".join(lines)


def _from_text() -> None:
    for number, text in enumerate([long_text(), *(text for since, text in TEXTS.items() if sys.version_info >= since)]):
        module = types.ModuleType(f"constructs_{number}")
        exec(compile(text, __file__, "exec"), vars(module))
        for name, value in list(vars(module).items()):
            if isinstance(value, types.FunctionType):
                CONSTRUCTS[name] = value


_from_text()


def instructions() -> set[str]:
    """The names of all instructions of the constructs and the functions beside them."""

    def within(code: types.CodeType) -> Iterator[str]:
        yield from (each.opname for each in dis.get_instructions(code))
        for constant in code.co_consts:
            if isinstance(constant, types.CodeType):
                yield from within(constant)

    functions = [*CONSTRUCTS.values(), *(each for each in globals().values() if isinstance(each, types.FunctionType))]
    classes = [each for each in globals().values() if isinstance(each, type)]
    functions += [each for cls in classes for each in vars(cls).values() if isinstance(each, types.FunctionType)]
    return {name for function in functions for name in within(function.__code__)}


def main(names: list[str]) -> None:
    """Run the constructs woven: alone, by two threads, and ended at each of their first steps."""
    from checker import explore, together
    from checker.search.explorer import explore_scenario

    for name in names or CONSTRUCTS:
        print("begin", name, flush=True)
        function = CONSTRUCTS[name]
        plain = function()

        def alone(function: Callable[[], Any] = function) -> Any:
            together(lambda: None)  # with no thread at all nothing would be woven
            return function()

        def by_two(function: Callable[[], Any] = function) -> Any:
            return together(function, function)

        # By sampling: the constructs share nothing without a lock, so a schedule makes no difference.
        for scenario, expected in ((alone, plain), (by_two, [plain, plain])):
            found = explore(scenario, search="walk", schedules=12)
            seen = [(row.outcome, row.observation) for row in found.outcomes.rows]
            assert seen == [("finished", expected)], f"{name}: expected {expected}, seen {seen}"
        for steps in [*range(1, 60), 100, 200, 400]:
            found = explore_scenario(alone, max_steps=steps, search="walk", schedules=1, after_failure=0)
            ended = {row.outcome for row in found.outcomes.rows}
            assert ended <= {"livelock", "finished"}, f"{name} ended at step {steps}: {found}"
            if ended == {"finished"}:
                break
        print("end", name, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
