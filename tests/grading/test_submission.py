"""A submission takes the form of the release again, whatever was done to it."""

import json

import pytest
import tiny
from tiny import find_cell

from checker.grading import submission
from checker.grading.limits import Limits

SOURCE = tiny.read()


def rebuilt(deed=None):
    raw, problem = submission.parse(tiny.submission(deed), Limits())
    return submission.rebuild(raw, problem, SOURCE)


def texts(found):
    return {cell["id"]: cell["source"] for cell in found.cells}


def test_answers_stay_and_the_rest_is_the_instructors():
    found = rebuilt(lambda nb: find_cell(nb, "counter-1").update(source="pass", outputs=[{"forged": 1}]))
    assert texts(found)["counter"] == tiny.COUNTER
    assert texts(found)["counter-1"] == tiny.CHECK_1.strip()
    assert "HIDDEN" in texts(found)["counter-3"]
    assert not any(cell.get("outputs") for cell in found.cells)
    assert found.notes == {}


def test_text_answers_are_kept():
    found = rebuilt(lambda nb: find_cell(nb, "essay").update(source="Because."))
    assert texts(found)["essay"] == "Because."


def test_helpers_and_their_order_are_kept():
    found = rebuilt(lambda nb: nb["cells"].insert(2, tiny.code("helper = 1")))
    assert [cell["source"] for cell in found.cells][2] == "helper = 1"


def test_what_is_missing_comes_back_where_it_was():
    found = rebuilt(lambda nb: [nb["cells"].remove(find_cell(nb, name)) for name in ("counter", "counter-2")])
    order = [cell["id"] for cell in found.cells if cell["id"] in SOURCE.metadata]
    assert order == list(SOURCE.metadata)
    assert found.notes == {"counter": ["the cell was missing"], "counter-2": ["the cell was missing"]}


def test_the_last_of_two_answers_counts():
    def paste(notebook):
        notebook["cells"].append({**find_cell(notebook, "counter"), "source": "second"})

    found = rebuilt(paste)
    assert texts(found)["counter"] == "second"
    assert "more than once" in found.notes["counter"][0]
    assert any(cell["source"] == tiny.COUNTER for cell in found.cells)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"null", b'{"cells": {}}', b"[" * 10**5, b"\xff\xfe\x00", b"1e999"])
def test_what_is_no_notebook_says_so_and_has_every_cell(data):
    raw, problem = submission.parse(data, Limits())
    found = submission.rebuild(raw, problem, SOURCE)
    assert found.problem.startswith("the file is not a notebook")
    assert {cell["id"] for cell in found.cells} >= set(SOURCE.metadata)


def test_size_is_bounded():
    assert submission.parse(b" " * 2000, Limits(notebook=1000))[1] == "the file is larger than 0 MiB"


def test_the_result_is_a_valid_notebook():
    import nbformat

    nbformat.validate(nbformat.from_dict(rebuilt().notebook(SOURCE)))
    json.dumps(rebuilt().notebook(SOURCE))
