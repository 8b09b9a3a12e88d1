"""Submissions that nobody would write in earnest: each gets its mark or goes to a person, and harms no other."""

import json
import time

import nbformat
import pytest
import tiny
from tiny import COUNTER, GREET, find_cell

from checker import verdict
from checker.grading import batch, grade, judge, slicing, wire
from checker.grading.limits import Limits

RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), "{}")


def graded(deed=None, release=RELEASE, limits=None, **answers):
    return grade.grade_file(release, tiny.submission(deed, **answers), limits or Limits())


def helper(text):
    return lambda notebook: notebook["cells"].insert(1, tiny.code(text))


def release_with(check, cell_id="greet-1"):
    """The release with another text of one check."""
    notebook = tiny.instructors()
    find_cell(notebook, cell_id)["source"] = check
    return grade.Release(tiny.NAME, json.dumps(notebook), "{}")


# -- text that no file can hold ---------------------------------------------------------------------------------


def write_a_surrogate(notebook):
    find_cell(notebook, "essay")["source"] = "Because \ud800."


SURROGATES = {
    "a text cell": {"deed": write_a_surrogate},
    "code": {"greet": GREET + "# \ud800"},
    "an error while loading": {"greet": GREET + r"raise ValueError('\ud800 $x^$ \0')"},
    "an error in a method": {"greet": r"def greet(name): raise ValueError('\ud800 $x^$ \0')"},
    "an error in a thread": {"counter": COUNTER.replace("if n < 0:", r"if n: raise ValueError('\ud800 $x^$ \0')")},
    "an observation": {"greet": r"def greet(name): return {'\ud800': ['\ud800']}"},
    "a type's name": {"greet": r"def greet(name): return type('\ud800', (), {})()"},
}


@pytest.mark.parametrize("case", SURROGATES.values(), ids=SURROGATES)
def test_a_lone_surrogate_can_be_stored(case):
    notebook, found = graded(**case)
    json.dumps(notebook, ensure_ascii=False).encode()
    assert len(found.points) == 4 and sum(found.points.values()) > 0


def test_what_comes_from_the_worker_holds_no_surrogates():
    assert wire.decode(wire.encode({"\udfff": wire.Opaque("\ud800", "a\ud800b")})) == {
        "\ufffd": wire.Opaque("\ufffd", "a\ufffdb")
    }


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_submission_that_cannot_be_written_fails_alone(tmp_path, monkeypatch):
    course = tiny.course(tmp_path)
    for student in ("ada", "ben"):
        tiny.hand_in(course, student, tiny.submission())
    write, odd = nbformat.writes, ["\ud800"]
    monkeypatch.setattr(nbformat, "writes", lambda notebook: odd.pop() if odd else write(notebook))
    rows = batch.grade_class(course, [tiny.NAME], workers=1)
    said = sorted((row.mark.points if row.mark else 0, row.error.partition(":")[0]) for row in rows)
    assert said == [(0, "UnicodeEncodeError"), (tiny.MOST, "")]
    assert "could not be graded: UnicodeEncodeError" in batch.table(rows)
    assert not list((course.root / "autograded").glob("*/.*"))
    (row,) = batch.grade_class(course, [tiny.NAME])
    assert row.mark.points == tiny.MOST


# -- expectations and odd observations --------------------------------------------------------------------------


@pytest.mark.parametrize("value", ["'x'", "None", "object()"])
def test_a_predicate_that_raises_allows_nothing(value):
    release = release_with("def a_length():\n    return greet('Ada')\n\ncheck(a_length, expect=lambda n: n <= 2)\n")
    _, found = graded(release=release, greet=f"def greet(name): return {value}")
    assert found.outcomes["greet-1"] == "finished" and "does not allow" in found.reasons["greet-1"]
    assert not verdict.satisfies(lambda n: n <= 2, value)


@pytest.mark.parametrize("base, text", [("int", "2"), ("str", "'Hello Ada'")])
def test_a_value_that_only_looks_as_expected_is_told_with_its_type(base, text):
    release = release_with(tiny.CHECK_4.replace("'Hello Ada'", text))
    answer = f"class My({base}): pass\ndef greet(name): return My({text})"
    _, found = graded(release=release, greet=answer)
    assert found.reasons["greet-1"] == f"✗ it_greets gave {text} (of type My); expected {text}"


def test_a_large_set_is_no_observation_but_none_the_less_told():
    value = wire.decode(wire.encode({"all": set(range(3_000))}))
    assert value["all"] == wire.Opaque("set", "a set of 3,000 items")


@pytest.mark.parametrize("tag, item", [("set", '["int","{}"]'), ("dict", '[["int","{}"],null]')])
def test_items_of_equal_hash_cannot_keep_the_reader_busy(tag, item):
    items = ",".join(item.format(k * (2**61 - 1)) for k in range(20_000))
    began = time.process_time()
    with pytest.raises(wire.WireError, match="20,000 items; at most 2,000"):
        wire.decode(f'["{tag}",{items}]'.encode())
    assert time.process_time() - began < 5


# -- text that defeats its readers ------------------------------------------------------------------------------


def test_a_long_sum_a_long_number_and_old_line_ends_are_read():
    for text in ("y = 1; w = " + "+".join("1" * 400), "y = 1; w = 0x" + "f" * 20_000):
        _, found = graded(helper(text), greet=GREET.replace("return f'Hello", "w\n    return f'Hello"))
        assert sum(found.points.values()) == tiny.MOST, found.reasons
    base = "import threading\rclass Base:\r    pass\r"
    _, found = graded(helper(base), counter=COUNTER.replace("class Counter:", "class Counter(Base):"))
    assert sum(found.points.values()) == tiny.MOST, found.reasons


def test_what_cannot_be_planned_goes_to_a_person(monkeypatch):
    def raises(*_):
        raise RecursionError("too deep")

    grade.parsed(RELEASE)  # the instructor's text was read before
    monkeypatch.setattr(slicing, "needed", raises)
    _, found = graded()
    assert set(found.outcomes.values()) == {"review"}
    assert found.reasons["greet-1"] == "the cells could not be read: RecursionError: too deep"


def test_helpers_beyond_measure_go_to_a_person():
    def deed(notebook):
        notebook["cells"] += [tiny.code(f"a{n} = 1\n" + "# " + "x" * 200_000) for n in range(3)]

    _, found = graded(deed)
    assert set(found.outcomes.values()) == {"review"} and "600,0" in found.reasons["greet-1"]


def test_a_long_chain_of_statements_is_followed_in_a_moment():
    chain = "\n".join(["a0 = 1", *(f"a{n} = a{n - 1}" for n in range(1, 9_000))][::-1])
    began = time.process_time()
    (kept,) = slicing.needed([slicing.parse(chain)], {"a8999"})
    assert len(kept) == 9_000 and time.process_time() - began < 10


# -- what the worker says ---------------------------------------------------------------------------------------

MIXED = """
def it_greets():
    return greet('Ada')

def both_greet():
    return together(lambda: greet('Ada'), lambda: greet('Bob'))

check(it_greets, expect='Hello Ada')
check(both_greet, expect=['Hello Ada', 'Hello Bob'])
"""


def test_a_claim_without_threads_beside_one_with_threads_is_believed():
    _, found = graded(release=release_with(MIXED))
    assert found.outcomes["greet-1"] == "passed"
    parsed, _ = grade.parsed(release_with(MIXED))
    check = next(check for check in parsed.checks if check.id == "greet-1")
    assert [judge._runs_threads(check, claim) for claim in check.claims] == [False, True]


def test_burning_time_buys_no_points():
    hurried = release_with(tiny.CHECK_1.replace("expect=2", "expect=2, seconds=0.001"), "counter-1")
    slow = COUNTER.replace("self._value += n", "self._value += n + 0 * sum(range(1_000_000))")
    _, found = graded(release=hurried, counter=slow)
    assert found.outcomes["counter-1"] == "review" and found.points["counter-1"] == 0
    assert found.reasons["counter-1"] == "no verdict: only 1 schedule could be explored within 0 s"
    assert found.points["counter-3"] == 1


def test_the_error_of_the_answer_cell_comes_first():
    notebook, found = graded(counter="class Counter(:\n    pass")
    assert found.reasons["counter-1"].startswith("the answer cell raised SyntaxError: ")
    assert "NameError" in found.reasons["counter-1"]
    (error,) = [o for o in find_cell(notebook, "counter-1")["outputs"] if o["output_type"] == "error"]
    assert error["evalue"] == f"raised: {found.reasons['counter-1']}"
