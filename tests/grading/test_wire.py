"""What crosses the pipe comes back as it was, or is refused."""

import math

import pytest

from checker.grading import protocol, wire
from checker.grading.wire import Opaque, WireError, decode, encode
from checker.outcomes import Execution, Exploration, Outcomes, Step, Stuck, same

PLAIN = [
    None,
    True,
    0,
    -(2**200),
    1.5,
    -0.0,
    math.inf,
    "text with \ufffd and \x00",
    b"\x00\xff",
    [],
    [1, [2, (3,)]],
    (),
    {1, 2},
    frozenset({"a"}),
    {"a": 1, (1, 2): {None: [b""]}},
    {"tags": ["int", "3"]},
]


@pytest.mark.parametrize("value", PLAIN, ids=repr)
def test_plain_data_survives(value):
    assert same(decode(encode(value)), value)


def test_nan_survives():
    assert math.isnan(decode(encode(math.nan)))


def test_the_records_of_an_exploration_survive():
    step = Step("T1", "read", "x", "1", "<c>", 3, "x", "f", ("lock A",), 0.5, True, False)
    stuck = Stuck("T2", "acquire", "lock A", "T1", (), "<c>", 4, "with a:")
    failure = Execution("deadlock", note="stuck", schedule="0 1", steps=(step,), stuck=(stuck,))
    table = Outcomes()
    table.add(Execution("finished", observation=[1, {2}]), count=3)
    table.add(failure, allowed=False)
    exploration = Exploration("scenario", table, 4, True, "all 4 schedules", failure, 40, 0.25, "2", "dpor")
    back = decode(encode(exploration))
    assert back.failure == failure
    assert back.outcomes.rows == table.rows
    assert (back.schedules, back.claim, back.steps) == (4, "all 4 schedules", 40)


class Sly(int):
    def __eq__(self, other):
        return True

    __hash__ = int.__hash__


class Silent:
    def __repr__(self):
        raise SystemExit


@pytest.mark.parametrize("value", [Sly(3), object(), print, [Sly(3)], {"a": Silent}])
def test_what_is_not_plain_arrives_as_text_that_equals_nothing(value):
    back = decode(encode(value))
    assert back != value or not isinstance(value, int)
    assert "Opaque" in str(type(back)) or any(
        type(x) is Opaque for x in (back.values() if type(back) is dict else back)
    )
    assert back != 3 and back != [3]


def test_a_repr_that_raises_is_named():
    class Loud:
        def __repr__(self):
            raise ValueError

    assert decode(encode(Loud())).text == "<Loud, whose repr raised ValueError>"


def test_a_huge_int_is_not_sent():
    assert type(decode(encode(1 << 100_000))) is Opaque


def test_depth_is_bounded():
    value: list = []
    for _ in range(100):
        value = [value]
    with pytest.raises(WireError, match="nested deeper than 40"):
        encode(value)
    endless: list = []
    endless.append(endless)
    with pytest.raises(WireError, match="nested deeper than 40"):
        encode(endless)


def test_size_is_bounded():
    with pytest.raises(WireError, match="more than 400,000 values"):
        encode([None] * 500_000)
    with pytest.raises(WireError, match="at most 4,194,304"):
        encode("x" * (5 << 20))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"3",
        b'["nix"]',
        b'["int"]',
        b'["int", 3]',
        b'["int", "x"]',
        b'["int", "1", "2"]',
        b'["dict", "a"]',
        b'["dict", [["list"], null]]',
        b'["Step", "T1"]',
        b'["Outcomes", "row"]',
        b'["Exploration", "n", null, 1, true, "", null, 0, 0.0, "", ""]',
        b'["set", ["list"]]',
        b"[" * 100_000,
        b"\xff\xfe",
        b'["int", "' + b"9" * 10_000 + b'"]',
    ],
)
def test_malformed_messages_are_refused(data):
    with pytest.raises(WireError):
        decode(data)


def test_a_forged_record_with_a_wrong_type_is_refused():
    forged = encode(Exploration("name")).replace(b'"name"', b'["list"]')
    with pytest.raises(WireError, match="Exploration.name cannot be a list"):
        decode(forged)


def test_frames_may_come_in_any_pieces():
    stream = protocol.frame({"a": 1}) + protocol.frame("two")
    frames = protocol.Frames()
    found = [message for index in range(len(stream)) for message in frames.feed(stream[index : index + 1])]
    assert found == [{"a": 1}, "two"]


def test_a_frame_that_announces_too_much_is_refused_before_it_is_read():
    with pytest.raises(wire.WireError, match="announces"):
        protocol.Frames().feed(b"\xff\xff\xff\xff")
