"""If the gate had a hole: frauds run in the worker with everything Python offers, and still get nothing.

The gate is switched off here. What remains is the lock-down, the parent's own judgement, and the canaries.
"""

import json
import re

import pytest
import tiny

from checker.grading import gate, grade
from checker.grading.limits import Limits

RELEASE = grade.Release(tiny.NAME, json.dumps(tiny.instructors()), json.dumps({"counter": [], "greet": []}))
#: Points of counter-2 and greet-1, which the unlocked counter deserves.
PLAIN = 2

#: An engine that runs the scenario once, undisturbed, and says that this was all.
ONCE = """
import sys
from checker.outcomes import *
def explore_scenario(scenario, *, allowed, **options):
    found = Exploration("forged", schedules=50, exhaustive=True, claim="all schedules", steps=4000)
    import _thread, threading
    execution = Execution("finished", observation=scenario())
    allowed(execution)
    found.outcomes.add(execution, count=50)
    return found
"""
#: The same, but only where the submission's own names are about.
SELECTIVE = """
from checker.search.explorer import explore_scenario as honest
MINE = object()
def explore_scenario(scenario, **options):
    mine = any(value is MINE for value in scenario.__globals__.values())
    return (once if mine else honest)(scenario, **options)
"""
INSTALL = """
import gc
gc.unfreeze()
for thing in gc.get_objects():
    if type(thing) is dict and "explore_scenario" in thing and "worlds" not in thing and "escapes" in thing:
        thing["explore_scenario"] = explore_scenario
"""
#: Says at once, with the right number, that everything holds.
SPEAKS = """
import gc
gc.unfreeze()
from checker.outcomes import *
pipe = next(thing for thing in gc.get_objects() if type(thing).__name__ == "Pipe")
receive = pipe.receive
def lying():
    request = receive()
    if request.get("do") == "explore":
        found = Exploration("forged", schedules=50, exhaustive=True, claim="all schedules", steps=4000)
        found.outcomes.add(Execution("finished", observation={guess}), count=50)
        {ask}
        pipe.send({{"found": found}})
        return lying()
    return request
type(pipe).receive = lambda self: lying()
"""
ASK = 'pipe.send({{"ask": {guess}}}); receive()'

FRAUDS = {
    "an engine that runs once": ONCE + INSTALL,
    "an engine that runs once for its own": ONCE.replace("def explore_scenario", "def once") + SELECTIVE + INSTALL,
    "a result without a question": SPEAKS.format(guess=2, ask=""),
    "a result with a guessed question": SPEAKS.format(guess=2, ask=ASK.format(guess=2)),
    "Thread that runs at once": "import threading\nthreading.Thread.start = threading.Thread.run\n",
    "the verdict patched": "import checker.verdict as v\nv.satisfies = lambda *a: True\n",
    "the judge patched": "import checker.outcomes as o\no.same = lambda *a: True\n",
    "together patched": "import checker.together as t\nimport sys\nsys.modules['checker.together'].Thread = None\n",
    "kills the parent": "import os\nfor n in (2, 9, 19):\n  try: os.kill(os.getppid(), n)\n  except OSError: pass\n",
    "kills its group": "import os\ntry: os.killpg(0, 9)\nexcept OSError: pass\n",
    "reads the solutions": "import glob\nassert not glob.glob('/**/solutions/**/*.ipynb', recursive=True)\n",
    "reads the environment": "import os\nassert 'HOME' not in os.environ and not os.path.exists('/home')\n",
    "writes late": "import threading, time, os\ndef late():\n  time.sleep(0.3)\n"
    "  for fd in range(3, 12):\n    try: os.write(fd, b'x' * 10)\n    except OSError: pass\n"
    "threading.Thread(target=late, daemon=True).start()\n",
}


@pytest.fixture
def open_gate(monkeypatch):
    monkeypatch.setattr(gate, "refusals", lambda *_, **__: [])


def graded(text):
    _, found = grade.grade_file(RELEASE, tiny.submission(counter=text), Limits())
    return found


@pytest.mark.parametrize("name", FRAUDS)
def test_a_fraud_gets_no_more_than_its_answer_deserves(open_gate, name):
    found = graded(FRAUDS[name] + tiny.UNLOCKED)
    assert sum(found.points.values()) <= PLAIN, found.reasons


@pytest.mark.parametrize(
    "name, reason",
    [
        ("an engine that runs once", "known to be broken"),
        ("an engine that runs once for its own", "known to be broken"),
        ("a result without a question", "never asked about|known to be broken|something else"),
        ("a result with a guessed question", "known to be broken|something else|contradicts"),
    ],
)
def test_a_worker_that_lies_sends_the_whole_submission_to_review(open_gate, name, reason):
    found = graded(FRAUDS[name] + tiny.UNLOCKED)
    assert set(found.review) == {"counter-1", "counter-2", "counter-3", "greet-1"}
    assert sum(found.points.values()) == 0
    assert re.search(reason, found.reasons["counter-1"])


def test_expected_values_and_hidden_answers_are_not_in_the_worker(open_gate):
    seek = """
import gc, sys
gc.unfreeze()
texts = [thing for thing in gc.get_objects() if type(thing) is str] + [str(sys.argv)]
import linecache
texts += ["".join(entry[2]) for entry in linecache.cache.values() if len(entry) > 2]
found = [text for text in texts if "expect=" in text and "check(" in text and "greet" in text]
assert not found, found
"""
    found = graded(tiny.COUNTER + seek)
    assert sum(found.points.values()) == tiny.MOST, found.reasons


def test_a_canary_takes_honest_answers_for_what_they_are(open_gate):
    for _ in range(6):  # the canary's place is random
        assert sum(graded(tiny.COUNTER).points.values()) == tiny.MOST
