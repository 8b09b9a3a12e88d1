"""What grading takes from the instructor's notebook, and what of it the worker sees."""

import pytest
import tiny
from tiny import code, solution

from checker.grading import source
from checker.grading.source import SourceError


def notebook(*cells):
    return {"cells": list(cells)}


def read(check, *before):
    answer = code(solution("def f(): return 1"), "ex", solution=True)
    cells = [code("from checker import check"), *before, answer, code(check, "ex-1", grade=True, locked=True, points=2)]
    return source.from_notebook("n", notebook(*cells))


def test_checks_belong_to_their_exercises_with_points_and_order():
    found = tiny.read()
    assert found.exercises == ["counter", "greet"]
    assert [(c.id, c.exercise, c.points, c.hidden) for c in found.checks] == [
        ("counter-1", "counter", 2, False),
        ("counter-2", "counter", 1, False),
        ("counter-3", "counter", 1, True),
        ("greet-1", "greet", 1, False),
    ]


def test_expected_values_stay_with_the_parent():
    check = "EXPECTED = 42\ndef allowed(seen): return seen == EXPECTED\nhelp = 1\ndef s(): return help\n"
    found = read(check + "check(s, expect=allowed)")
    (cell,) = found.checks
    assert cell.claims[0].expect(42) and not cell.claims[0].expect(1)
    assert "42" not in cell.source and "allowed" not in cell.source and "expect" not in cell.source
    assert cell.source.split("\n")[2:4] == ["help = 1", "def s(): return help"]


def test_several_claims_and_options():
    found = read("def a(): ...\ndef b(): ...\ncheck(a, expect=1)\ncheck(b, expect=2, delays=True, seed=3)")
    claims = found.checks[0].claims
    assert [(c.name, c.scenario, c.expect, dict(c.options)) for c in claims] == [
        ("a", "a", 1, {}),
        ("b", "b", 2, {"delays": True, "seed": 3}),
    ]


def test_a_scenario_may_be_an_expression():
    found = read("from functools import partial\ndef a(n): return n\ncheck(partial(a, 3), expect=3)")
    claim = found.checks[0].claims[0]
    assert (claim.name, claim.scenario) == ("ex-1", "partial(a, 3)")
    assert "partial" in found.checks[0].source


def test_an_expectation_may_use_given_code():
    given = code("LIMIT = 7", "given", locked=True)
    assert read("def s(): return 1\ncheck(s, expect=LIMIT)", given).checks[0].claims[0].expect == 7


@pytest.mark.parametrize(
    "check, problem",
    [
        ("def s(): ...", "no call of check at top level"),
        ("check(s)", "check takes expect"),
        ("check(s, expect=1, colour=2)", "check takes expect"),
        ("check(s, t, expect=1)", "write check"),
        ("check(s, **options)", "write check"),
        ("check(s, expect=f())", "NameError: name 'f' is not defined"),
        ("def", "ex-1"),
    ],
)
def test_a_check_cell_of_another_form_is_named(check, problem):
    with pytest.raises(SourceError, match=problem):
        read(check)


def test_trusted_names_are_imports_and_what_is_given():
    assert tiny.read().trusted_names() == {"check", "discuss", "together", "TooSmall"}
