"""Iterators that outlive an execution begin each one where they stood when the check began.

An iterator of C is copied, with the iterators inside it, but not with what they walk over; a generator that has not
begun is made again by its function. Both stay behind a stand-in, which alone is handed to the code. What can be
neither copied nor made again is refused when an execution uses it: it would go on from one schedule to the next.
"""

from __future__ import annotations

import array
import collections
import copy
import gc
import inspect
import itertools
import types
import warnings
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
        # each after those that it needs
        self._generators: dict[int, tuple[Any, types.FunctionType, dict[str, Any]]] = {}

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
        return [*self._kept.values(), *(function for _, function, _ in self._generators.values())]

    def begin(self) -> None:
        """Before an execution: all begin again."""
        memo = self._memo() if self._originals else {}
        for stand_in, original in self._originals:
            stand_in.inner = self._begun(original, memo)

    def _study(self, part: Any) -> bool:
        """Note what is copied with an iterator and what is not; False if something would have to be and cannot."""
        kind = type(part)
        if id(part) in self._kept or id(part) in self._generators:
            return True
        if kind is types.GeneratorType:
            return self._study_generator(part)
        if kind is tuple:
            return all([self._study(each) for each in part])
        if kind in _COPIED:
            parts = gc.get_referents(part)
            if kind is itertools.cycle:  # the list of what it has given so far is its own, and grows
                parts = [each for own in parts for each in (own if type(own) is list else [own])]
            return all([self._study(each) for each in parts])
        self._kept[id(part)] = part
        return kind not in ITERATORS

    def _study_generator(self, generator: types.GeneratorType[Any, Any, Any]) -> bool:
        if inspect.getgeneratorstate(generator) != inspect.GEN_CREATED:
            return False
        for function in gc.get_referents(generator):
            if type(function) is types.FunctionType and function.__code__ is generator.gi_code:
                assert generator.gi_frame is not None  # it has not begun
                arguments = dict(generator.gi_frame.f_locals)
                if not all([self._study(value) for value in arguments.values()]):
                    return False
                self._generators[id(generator)] = generator, function, arguments
                return True
        return False

    def _memo(self) -> dict[int, Any]:
        """For `copy.deepcopy`, by the ids of originals: what they come to in the next execution."""
        memo = dict(self._kept)
        for key, (_, function, arguments) in self._generators.items():
            memo[key] = _called(function, {name: self._begun(value, memo) for name, value in arguments.items()})
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
