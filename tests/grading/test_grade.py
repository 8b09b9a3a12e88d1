"""Honest notebooks work in grading as they did in JupyterLab; verdicts read as they should."""

import json
import random

import pytest
import tiny
from tiny import COUNTER, UNLOCKED, find_cell

from checker import explore, together
from checker.grading import feedback, grade
from checker.grading.limits import Limits

WRONG = {"counter": ["# fails: counter-1 finished\n" + UNLOCKED], "greet": []}
RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), json.dumps(WRONG))


def graded(deed=None, limits=None, **answers):
    notebook, found = grade.grade_file(RELEASE, tiny.submission(deed, **answers), limits or Limits())
    return notebook, found


def passes(deed=None, **answers):
    _, found = graded(deed, **answers)
    assert sum(found.points.values()) == tiny.MOST, found.reasons


def insert(index, text):
    return lambda notebook: notebook["cells"].insert(index, tiny.code(text))


def test_the_solutions_pass():
    passes()


def test_each_failure_stays_its_own():
    _, found = graded(counter="1 / 0")
    assert found.points == {"counter-1": 0, "counter-2": 0, "counter-3": 0, "greet-1": 1}
    _, found = graded(greet="raise SystemExit")
    assert found.points == {"counter-1": 2, "counter-2": 1, "counter-3": 1, "greet-1": 0}


def test_an_answer_that_kills_the_worker_costs_its_own_exercise_alone():
    _, found = graded(counter=COUNTER + "while True: pass", limits=Limits(cpu=1.0))
    assert found.points == {"counter-1": 0, "counter-2": 0, "counter-3": 0, "greet-1": 1}


def test_a_helper_cell_is_used():
    base = "import threading as t\n%timeit 3\nprint('trying')\nclass Base:\n    def a_lock(self): return t.Lock()\n"
    counter = COUNTER.replace("class Counter:", "class Counter(Base):").replace("threading.Lock()", "self.a_lock()")
    passes(insert(1, base), counter=counter)


def test_a_helper_cell_that_fails_or_loops_harms_nobody_who_does_not_use_it():
    passes(insert(1, "while True: pass"))
    passes(insert(1, "1 / 0"))
    passes(insert(1, "def ("))
    passes(insert(1, "import sys\nsys.exit()"))


def test_an_answer_may_use_an_earlier_answer():
    passes(greet="def greet(name):\n    Counter().increment()\n    return f'Hello {name}'")


def test_a_name_defined_in_a_later_cell_is_seen_when_called():
    def deed(notebook):
        place = notebook["cells"].index(find_cell(notebook, "counter"))
        notebook["cells"].insert(place + 1, tiny.code("def start(): return 0"))

    passes(deed, counter=COUNTER.replace("self._value = 0", "self._value = start()"))


def test_a_trial_in_the_answer_cell_may_fail_after_the_definitions():
    passes(counter=COUNTER + "Counter().increment('x')")


def test_checks_and_trials_in_helper_cells_are_not_run():
    passes(insert(4, "check(lambda: Counter().increment(), expect=99)\nfrom checker import explore\nexplore(Counter)"))


def test_a_deleted_first_cell_is_given_again():
    passes(lambda notebook: notebook["cells"].pop(0))


def test_a_dataclass_finds_its_module():
    person = "from dataclasses import dataclass\n@dataclass\nclass P:\n    n: 'str'\n"
    passes(greet=person + "def greet(name):\n    return 'Hello ' + P(name).n")


def test_the_limits_are_settings():
    eats = COUNTER + "big = bytearray(300 << 20)"
    assert sum(graded(counter=eats)[1].points.values()) == tiny.MOST
    found = graded(counter="big = bytearray(300 << 20)\n" + COUNTER, limits=Limits(memory=256 << 20))[1]
    assert found.points["counter-1"] == 0


def cell_of(notebook, check):
    return next(cell for cell in notebook["cells"] if cell["id"] == check)


def test_a_pass_is_shown_without_a_trailing_value_or_stderr():
    notebook, _ = graded()
    (output,) = cell_of(notebook, "counter-1")["outputs"]
    assert output["output_type"] == "display_data"
    assert output["data"]["text/plain"] == "✓ no_increment_is_lost gave 2 in every schedule"


def test_a_failure_shows_text_picture_and_alternative_text():
    notebook, found = graded(counter=UNLOCKED)
    picture, error = cell_of(notebook, "counter-1")["outputs"]
    assert set(picture["data"]) == {"image/png", "text/plain"} and picture["metadata"]["image/png"]["alt"]
    told = "\n".join(error["traceback"])
    assert "can give 1; expected 2" in told and "self._value += n" in told and "Replay" in told
    assert error["evalue"].startswith("finished: ✗")
    assert found.reasons["counter-1"] == "✗ no_increment_is_lost can give 1; expected 2"


def test_a_hidden_check_shows_neither_its_text_nor_what_it_expects():
    notebook, _ = graded(counter=UNLOCKED)
    told = json.dumps([output for output in cell_of(notebook, "counter-3")["outputs"]], ensure_ascii=False)
    assert "each_call_returns_its_own_value" in told
    assert "sorted(together" not in told and "expected [1, 2]" not in told and "Replay" not in told


def test_a_review_says_why_and_gives_no_points_yet():
    notebook, found = graded(counter="import sys\n" + COUNTER)
    assert found.review == ["counter-1", "counter-2", "counter-3"]
    (output,) = cell_of(notebook, "counter-1")["outputs"]
    assert "a person will look" in "\n".join(output["traceback"])
    assert found.comments["counter"] == "For review: the gate refused line 1: import of sys."


def test_the_same_submission_gets_the_same_words():
    first, second = graded(counter=UNLOCKED)[0], graded(counter=UNLOCKED)[0]
    assert cell_of(first, "counter-1")["outputs"][1] == cell_of(second, "counter-1")["outputs"][1]


def test_a_comment_is_empty_when_there_is_nothing_to_say():
    assert feedback.comment([], []) == ""


class Lowest(random.Random):
    """Chance that always takes the least, as it may: canaries sing before the first check of their exercise."""

    def random(self):
        return 0.0

    def randrange(self, *_):
        return 0


@pytest.mark.parametrize("chance", [Lowest, random.SystemRandom])
def test_a_flood_of_output_is_dropped_and_said(chance, monkeypatch):
    monkeypatch.setattr(random, "SystemRandom", chance)
    flood = "for _ in range(70_000):\n    print('0123456789ABCDEF')\n"
    while_loaded = graded(counter=flood + COUNTER)[1]
    in_a_method = graded(
        counter=COUNTER.replace("with self._lock", "print('x' * 2_000_000)\n        with self._lock", 1)
    )[1]
    for found in (while_loaded, in_a_method):
        assert found.points == graded()[1].points
        assert "printed more than 1 MiB" in found.comments["counter"]
        assert not any(text for name, text in found.comments.items() if name != "counter")


def test_the_replay_text_is_the_learners_too():
    notebook, _ = graded(counter=UNLOCKED)
    told = "\n".join(cell_of(notebook, "counter-1")["outputs"][1]["traceback"])
    replay = told.partition("replay='")[2].partition("'")[0]
    names = {"TooSmall": ValueError, "together": together}
    exec(compile(UNLOCKED, "<a notebook's cell>", "exec"), names)
    exec(compile(tiny.CHECK_1.partition("check(")[0], "<another>", "exec"), names)
    assert explore(names["no_increment_is_lost"], replay=replay).outcomes[1].count == 1
