"""Iterators that outlive an execution begin each one where they stood when the check began.

An iterator of C is copied, with the iterators inside it, but not with what they walk over; one that Python cannot copy
(those of itertools from 3.14 on) is made again from what can be seen of its state; a generator that has not begun is
made again by its function. All stay behind a stand-in, which alone is handed to the code. What can be neither copied
nor made again is refused when an execution uses it: it would go on from one schedule to the next.
"""

from __future__ import annotations

import array
import collections
import copy
import gc
import inspect
import itertools
import re
import types
import warnings
from collections.abc import Callable
from typing import Any

# Iterators over a container, or over such an iterator: what they walk is found by the garbage collector's own
# traversal, which is exact and fast.
_OF_TABLES: tuple[Any, ...] = (
    iter({}),
    iter({}.values()),
    iter({}.items()),
    iter(set()),
    reversed({}),
    reversed({}.values()),
    reversed({}.items()),
    iter(collections.OrderedDict()),
)
_EXAMPLES: tuple[Any, ...] = (
    iter([]),
    iter(bytearray()),
    iter(array.array("b")),
    iter(collections.deque()),
    reversed([]),
    reversed(()),
    reversed(collections.deque()),
    enumerate([]),
    zip(),
    map(len, []),
    filter(None, []),
    iter(()),
    iter(""),
    iter(range(0)),
    iter(int, 1),
    itertools.count(),
    itertools.chain(),
    itertools.islice([], 0),
    itertools.cycle([]),
    itertools.accumulate([]),
    itertools.starmap(max, []),
    itertools.takewhile(bool, []),
    itertools.dropwhile(bool, []),
    itertools.filterfalse(bool, []),
    itertools.compress([], []),
    itertools.zip_longest([]),
    itertools.pairwise([]),
    itertools.groupby([]),
    itertools.product([]),
    itertools.permutations([]),
    itertools.combinations([], 1),
    itertools.repeat(None),
)
#: A copy of an iterator over a dict or set would be one over a list.
_COPIED = frozenset(type(example) for example in _EXAMPLES)


#: From an iterator and what it refers to, begun as that is to begin, one that goes on alike.
_Maker = Callable[[Any, list[Any]], Any]


def _count(original: Any, parts: list[Any]) -> Any:
    """It refers to its step and, where that is no small integer, to the next number; else that is only written."""
    if len(parts) == 2:
        return itertools.count(*parts)
    written = re.match(r"count\((-?\d+)[,)]", repr(original))
    if written is None:
        raise TypeError("its next number cannot be seen")
    return itertools.count(int(written[1]), parts[0])


def _repeat(original: Any, parts: list[Any]) -> Any:
    try:
        return itertools.repeat(parts[0], original.__length_hint__())
    except TypeError:  # without an end
        return itertools.repeat(parts[0])


def _chain(_: Any, parts: list[Any]) -> Any:
    """It refers to what gives it the next iterators, and to the one it is at; to nothing when it has ended."""
    if not parts:
        return itertools.chain()
    return itertools.chain(*parts[1:], itertools.chain.from_iterable(parts[0]))


def _cycle(_: Any, parts: list[Any]) -> Any:
    """While it goes round for the first time: to the iterator, and to what that has given so far."""
    if len(parts) != 2:
        raise TypeError("its place in the round cannot be seen")
    inner, given = parts
    new = itertools.cycle(itertools.chain(given, inner))
    for _ in given:
        next(new)
    return new


def _accumulate(_: Any, parts: list[Any]) -> Any:
    """To a function (or to none), the iterator, the sum (when it has begun), and its first value (None without)."""
    if parts[-1] is not None:
        raise TypeError("whether it has given its first value cannot be seen")
    if len(parts) == 2:
        return itertools.accumulate(parts[0])
    if len(parts) == 3 and callable(parts[0]) and not hasattr(parts[0], "__next__"):
        return itertools.accumulate(parts[1], parts[0])
    *function, inner, total = parts[:-1]
    new = itertools.accumulate(inner, *function, initial=total)
    next(new)
    return new


#: How those that cannot be copied are made again. Not among them: those that hold a number or a mark which nothing
#: shows (islice, takewhile, dropwhile, product, permutations, combinations …).
_MADE_AGAIN: dict[type, _Maker] = {
    itertools.count: _count,
    itertools.repeat: _repeat,
    itertools.chain: _chain,
    itertools.cycle: _cycle,
    itertools.accumulate: _accumulate,
    itertools.starmap: lambda _, parts: itertools.starmap(*reversed(parts)),
    itertools.filterfalse: lambda _, parts: itertools.filterfalse(*reversed(parts)),
    itertools.compress: lambda _, parts: itertools.compress(*parts),
}


def _cannot_be_copied(kind: type) -> bool:
    """Whether this interpreter gives the iterators of that type no way to be copied."""
    return kind.__reduce__ is object.__reduce__


class Again:
    """Stands in for an iterator that begins again in each execution."""

    __slots__ = ("inner", "__weakref__")

    def __iter__(self) -> Any:
        return self

    def __next__(self) -> Any:
        return next(self.inner)

    def __getattr__(self, name: str) -> Any:  # __length_hint__, gi_frame, ...
        return getattr(self.inner, name)


class AgainGenerator(Again):
    """The same for a generator."""

    __slots__ = ()

    def send(self, value: Any) -> Any:
        return self.inner.send(value)

    def throw(self, *error: Any) -> Any:
        return self.inner.throw(*error)

    def close(self) -> None:
        self.inner.close()


class Count(itertools.count):
    """The same for an `itertools.count`: `next` of it is one step, as of the real one."""

    inner: Any

    def __next__(self) -> Any:
        return next(self.inner)


ITERATORS = frozenset({*(type(example) for example in _OF_TABLES), *_COPIED, Again, AgainGenerator, Count})


_STAND_INS: dict[type, Any] = {itertools.count: Count, types.GeneratorType: AgainGenerator}


class Beginnings:
    """How the iterators of one exploration began. Those that share another one still do so in each execution."""

    def __init__(self) -> None:
        self._originals: list[tuple[Any, Any]] = []  # stand-in, iterator
        self._kept: dict[int, Any] = {}  # what iterators refer to and what is not copied with them
        self._functions: list[types.FunctionType] = []  # of generators
        # by id: the original, and what makes it again with a memo; each after those that it needs
        self._made: dict[int, tuple[Any, Callable[[dict[int, Any]], Any]]] = {}

    def stand_in(self, original: Any) -> Any:
        """A stand-in for an iterator or a generator; None if it cannot begin again."""
        new = _STAND_INS.get(type(original), Again)()
        try:
            if not self._study(original):
                return None
            new.inner = self._begun(original, self._memo())
        except TypeError:  # it cannot be copied
            return None
        self._originals.append((new, original))
        return new

    def parts(self) -> list[Any]:
        """What the iterators refer to, and the functions of the generators."""
        return [*self._kept.values(), *self._functions]

    def begin(self) -> None:
        """Before an execution: all begin again."""
        memo = self._memo() if self._originals else {}
        for stand_in, original in self._originals:
            stand_in.inner = self._begun(original, memo)

    def _study(self, part: Any) -> bool:
        """Note what is copied with an iterator and what is not; False if something would have to be and cannot."""
        kind = type(part)
        if id(part) in self._kept or id(part) in self._made:
            return True
        if kind is types.GeneratorType:
            return self._study_generator(part)
        if kind is tuple:
            return all([self._study(each) for each in gc.get_referents(part)])
        if kind in _COPIED:
            state = [each for each in gc.get_referents(part) if each is not kind]
            own: list[Any] = []
            if kind is itertools.cycle:  # the list of what it has given so far is its own, and grows
                state[-1] = own = list(state[-1])
            parts = [each for each in state if each is not own]
            return all([self._study(each) for each in parts + own]) and self._study_copy(part, state)
        self._kept[id(part)] = part
        return kind not in ITERATORS

    def _study_copy(self, iterator: Any, state: list[Any]) -> bool:
        """Note how an iterator that cannot be copied is made again; False if that is not known."""
        if not _cannot_be_copied(type(iterator)):
            return True
        maker = _MADE_AGAIN.get(type(iterator))
        if maker is None:
            return False

        def make(memo: dict[int, Any]) -> Any:
            return maker(iterator, [self._begun(each, memo) for each in state])

        try:
            make(self._memo())
        except TypeError:  # its state cannot be seen
            return False
        self._made[id(iterator)] = iterator, make
        return True

    def _study_generator(self, generator: types.GeneratorType[Any, Any, Any]) -> bool:
        if inspect.getgeneratorstate(generator) != inspect.GEN_CREATED:
            return False
        assert generator.gi_frame is not None  # it has not begun
        arguments = dict(generator.gi_frame.f_locals)
        of_its_code = [
            part
            for part in gc.get_referents(generator)
            if type(part) is types.FunctionType and part.__code__ is generator.gi_code
        ]
        if not of_its_code or not all([self._study(value) for value in arguments.values()]):
            return False
        function = of_its_code[0]

        def make(memo: dict[int, Any]) -> Any:
            return _called(function, {name: self._begun(value, memo) for name, value in arguments.items()})

        self._functions.append(function)
        self._made[id(generator)] = generator, make
        return True

    def _memo(self) -> dict[int, Any]:
        """For `copy.deepcopy`, by the ids of originals: what they come to in the next execution."""
        memo = dict(self._kept)
        for key, (_, make) in self._made.items():
            memo[key] = make(memo)
        return memo

    @staticmethod
    def _begun(original: Any, memo: dict[int, Any]) -> Any:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # itertools, from 3.12 on
            return copy.deepcopy(original, memo)


def _called(function: types.FunctionType, values: dict[str, Any]) -> Any:
    """Call the function with these values of its parameters."""
    code = function.__code__
    names = iter(code.co_varnames)
    positional = [values[name] for name in itertools.islice(names, code.co_argcount)]
    named = {name: values[name] for name in itertools.islice(names, code.co_kwonlyargcount)}
    if code.co_flags & inspect.CO_VARARGS:
        positional += values[next(names)]
    if code.co_flags & inspect.CO_VARKEYWORDS:
        named |= values[next(names)]
    return function(*positional, **named)
