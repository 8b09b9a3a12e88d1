"""Plain data to bytes and back, within bounds: all that crosses the pipe between worker and parent.

Nothing that is decoded can run code: the values are `None`, `bool`, `int`, `float`, `str`, `bytes`, `list`,
`tuple`, `dict`, `set`, `frozenset`, the records of `checker.outcomes`, and `Opaque` for everything else.
The text between is JSON in which every value but `None`, a bool and a string is a list that begins with its
tag.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, fields
from typing import Any

from checker.outcomes import Execution, Exploration, Outcomes, Row, Step, Stuck

#: Containers within containers.
MAX_DEPTH = 40
#: Values in one message, containers and what they hold counted one by one.
MAX_VALUES = 400_000
#: Bytes of one encoded message.
MAX_BYTES = 4 << 20
#: Bits of one integer; decimal text of more than 4,300 digits is refused by Python itself.
MAX_BITS = 8_192
#: Characters kept of the repr of a value that is not plain data.
MAX_REPR = 200
#: Items of one set or dict: those of equal hash, which can be chosen, take time that grows with their square.
MAX_ITEMS = 2_000

_RECORDS: dict[str, type] = {kind.__name__: kind for kind in (Execution, Row, Step, Stuck)}
_SURROGATES = re.compile("[\ud800-\udfff]")
_SEQUENCES: dict[str, type] = {"list": list, "tuple": tuple, "set": set, "frozenset": frozenset}


class WireError(ValueError):
    """A value or message that is malformed, too deep or too large."""


@dataclass(frozen=True, slots=True)
class Opaque:
    """Stands for a value that is not plain data: its type and repr as text. Equal to no observation."""

    kind: str
    text: str

    def __repr__(self) -> str:
        return self.text


def encode(value: Any) -> bytes:
    """Encode `value`.

    Anything that is not exactly of a plain built-in type (a subclass is not) becomes `Opaque`, and so does an int
    or a set or dict that is larger than the reader takes.

    Raises:
        WireError: it is too deep or too large.

    >>> decode(encode({"a": (1, {2}, b"3", None)}))
    {'a': (1, {2}, b'3', None)}
    """
    counter = _Bounds()
    data = json.dumps(_pack(value, counter, MAX_DEPTH), separators=(",", ":")).encode()
    if len(data) > MAX_BYTES:
        raise WireError(f"a message of {len(data):,} bytes; at most {MAX_BYTES:,} are sent")
    return data


def decode(data: bytes) -> Any:
    """Decode what `encode` made.

    Raises:
        WireError: it is malformed, too deep or too large.
    """
    if len(data) > MAX_BYTES:
        raise WireError(f"a message of {len(data):,} bytes; at most {MAX_BYTES:,} are read")
    try:
        return _unpack(json.loads(data), _Bounds(), MAX_DEPTH)
    except WireError:
        raise
    except (ValueError, TypeError, RecursionError, KeyError, OverflowError) as error:
        raise WireError(f"malformed: {type(error).__name__}") from None


def sound(text: str) -> str:
    """The text with U+FFFD in place of lone surrogates, which no file and no picture can hold.

    >>> sound("a" + chr(0xD800)) == "a" + chr(0xFFFD)
    True
    """
    return _SURROGATES.sub("\ufffd", text)


class _Bounds:
    """Counts the values of one message."""

    def __init__(self) -> None:
        self.values = 0

    def count(self, depth: int) -> None:
        self.values += 1
        if self.values > MAX_VALUES:
            raise WireError(f"more than {MAX_VALUES:,} values in one message")
        if depth < 0:
            raise WireError(f"nested deeper than {MAX_DEPTH}")


def _pack(value: Any, bounds: _Bounds, depth: int) -> Any:
    bounds.count(depth)
    kind = type(value)
    if value is None or kind is bool or kind is str:
        return value
    if kind is int:
        if value.bit_length() > MAX_BITS:
            return ["opaque", "int", f"an int of {value.bit_length():,} bits"]
        return ["int", str(value)]
    if kind is float:
        return ["float", value.hex()]
    if kind is bytes:
        return ["bytes", value.hex()]
    if kind in (set, frozenset, dict) and len(value) > MAX_ITEMS:
        return ["opaque", kind.__name__, f"a {kind.__name__} of {len(value):,} items"]
    if kind in (list, tuple, set, frozenset):
        return [kind.__name__, *(_pack(item, bounds, depth - 1) for item in value)]
    if kind is dict:
        pairs = ([_pack(key, bounds, depth - 1), _pack(item, bounds, depth - 1)] for key, item in value.items())
        return ["dict", *pairs]
    if _RECORDS.get(kind.__name__) is kind:
        return [kind.__name__, *(_pack(getattr(value, f.name), bounds, depth - 1) for f in fields(kind))]
    if kind is Outcomes:
        return ["Outcomes", *(_pack(row, bounds, depth - 1) for row in value.rows)]
    if kind is Exploration:
        return ["Exploration", *(_pack(getattr(value, f.name), bounds, depth - 1) for f in fields(kind))]
    if kind is Opaque:
        return ["opaque", value.kind[:MAX_REPR], value.text[:MAX_REPR]]
    return ["opaque", kind.__name__[:MAX_REPR], _repr(value)]


def _repr(value: Any) -> str:
    try:
        text = repr(value)
    except Exception as error:  # a repr of the answer's own making may do anything
        text = f"<{type(value).__name__}, whose repr raised {type(error).__name__}>"
    name = type(value).__name__[: MAX_REPR // 2]
    # An int of the answer's own class may look like the int that was expected.
    suffix = "" if name in text else f" (of type {name})"
    most = MAX_REPR - len(suffix)
    return (text if len(text) <= most else text[: most - 3] + "...") + suffix


def _unpack(packed: Any, bounds: _Bounds, depth: int) -> Any:
    bounds.count(depth)
    if packed is None or type(packed) is bool:
        return packed
    if type(packed) is str:
        return sound(packed)
    if type(packed) is not list or not packed or type(packed[0]) is not str:
        raise WireError(f"malformed: a {type(packed).__name__} where a tagged value belongs")
    tag, items = packed[0], packed[1:]
    if tag in ("set", "frozenset", "dict") and len(items) > MAX_ITEMS:
        raise WireError(f"a {tag} of {len(items):,} items; at most {MAX_ITEMS:,} are read")
    if tag in _SEQUENCES:
        return _SEQUENCES[tag](_unpack(item, bounds, depth - 1) for item in items)
    if tag == "dict":
        return {_unpack(key, bounds, depth - 1): _unpack(item, bounds, depth - 1) for key, item in items}
    if tag in _RECORDS:
        return _record(_RECORDS[tag], [_unpack(item, bounds, depth - 1) for item in items])
    if tag == "Outcomes":
        table = Outcomes()
        table.rows = [_unpack(item, bounds, depth - 1) for item in items]
        if not all(type(row) is Row for row in table.rows):
            raise WireError("malformed: an outcome table that holds something else than rows")
        return table
    if tag == "Exploration":
        return _record(Exploration, [_unpack(item, bounds, depth - 1) for item in items])
    texts = [sound(item) for item in items if type(item) is str]
    if len(texts) != len(items):
        raise WireError(f"malformed: {tag[:20]!r} needs text")
    if tag == "opaque":
        kind, text = texts
        return Opaque(kind[:MAX_REPR], text[:MAX_REPR])
    (text,) = texts
    if tag == "int":
        return int(text)
    if tag == "float":
        return float.fromhex(text)
    if tag == "bytes":
        return bytes.fromhex(text)
    raise WireError(f"malformed: unknown tag {tag[:20]!r}")


#: What each annotation of the records in `checker.outcomes` allows.
_ALLOWED: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "float": (float, int),
    "bool": (bool,),
    "Outcomes": (Outcomes,),
    "Execution | None": (Execution, type(None)),
}
_TUPLES: dict[str, type] = {"tuple[str, ...]": str, "tuple[Step, ...]": Step, "tuple[Stuck, ...]": Stuck}


def _record(kind: type, values: list[Any]) -> Any:
    """Build a record after looking at every field's type: a forged one cannot surprise its readers."""
    declared = fields(kind)
    if len(values) != len(declared):
        raise WireError(f"malformed: {kind.__name__} has {len(declared)} fields, not {len(values)}")
    for spec, value in zip(declared, values, strict=True):
        annotation = str(spec.type)
        if annotation in _TUPLES:
            fits = type(value) is tuple and all(type(item) is _TUPLES[annotation] for item in value)
        else:
            fits = annotation == "Any" or type(value) in _ALLOWED[annotation]
        if not fits:
            raise WireError(f"malformed: {kind.__name__}.{spec.name} cannot be a {type(value).__name__}")
    return kind(*values)
