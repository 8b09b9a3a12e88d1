"""The pictures of a verdict: complete, light, without overlaps, readable without colours."""

import itertools
import os
import re
import subprocess
import sys

import failures
import pytest
from matplotlib.colors import to_rgb

from checker import pictures
from checker.drawing import bars, lanes
from checker.outcomes import DEADLOCK, FINISHED, LEAKED, LIVELOCK, Execution, Stuck
from checker.story import tell

PNG = b"\x89PNG\r\n\x1a\n"


def every():
    return pytest.mark.parametrize("name", sorted(failures.ALL))


@every()
def test_a_picture_is_a_light_png(name):
    data = pictures.png(failures.ALL[name])
    assert data.startswith(PNG) and len(data) < 250_000


@every()
def test_no_text_overlaps_another_or_leaves_the_sheet(name):
    _assert_readable(pictures.figure(failures.ALL[name]))


@pytest.mark.parametrize(("threads", "moments"), [(2, 5), (3, 30), (4, 60), (8, 30)])
def test_no_text_overlaps_whatever_the_size(threads, moments):
    _assert_readable(pictures.figure(failures.long_failure(threads, moments)))


@pytest.mark.parametrize("count", [1, 2, 3, 5, 9])
def test_no_text_overlaps_in_a_ring_of_any_size_with_long_names(count):
    names = [f"worker-with-a-long-name-{number}" for number in range(count)]
    locks = [f"WarehouseOfManyThings#{number}.the_lock_of_it" for number in range(count)]
    stuck = tuple(
        Stuck(
            name, "acquire", locks[number], names[(number + 1) % count], (locks[number - 1],), "x.py", 100,
            "with self.warehouses[number].the_lock_of_it, self.others[number].the_lock_of_it:",
        )
        for number, name in enumerate(names)
    )  # fmt: skip
    failing = Execution(DEADLOCK, stuck=stuck)
    found = failures.exploration("f", failing, [(failing, 1, False)], claim="")
    _assert_readable(pictures.figure(found))


def _assert_readable(figure):
    renderer = figure.canvas.get_renderer()
    figure.canvas.draw()
    boxes = [
        (text.get_text(), text.get_window_extent(renderer).padded(-1))
        for text in figure.axes[0].texts
        if text.get_text().strip()
    ]
    for text, box in boxes:
        assert figure.bbox.x0 <= box.x0 and box.x1 <= figure.bbox.x1, text
        assert figure.bbox.y0 <= box.y0 and box.y1 <= figure.bbox.y1, text
    for (one, box), (other, second) in itertools.combinations(boxes, 2):
        assert not box.overlaps(second), (one, other)


def test_drawing_does_not_touch_pyplot():
    code = (
        "import sys, failures\nfrom checker import pictures\npictures.png(failures.LOST_UPDATE)\n"
        "assert 'matplotlib.pyplot' not in sys.modules"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", code], check=True, env=environment)


def test_running_holding_and_waiting_differ_without_colours():
    def brightness(look):
        red, green, blue = to_rgb(look["facecolor"])
        return 0.299 * red + 0.587 * green + 0.114 * blue

    looks = [lanes.RUNS, lanes.HOLDS, lanes.WAITS]
    assert len({look.get("hatch") for look in looks}) == 3
    assert all(abs(brightness(a) - brightness(b)) > 0.15 for a, b in itertools.combinations(looks, 2))
    assert bars.ALLOWED.get("hatch") != bars.FORBIDDEN.get("hatch")


def test_signs_that_mean_something_elsewhere_are_drawn_as_they_are():
    steps = failures.steps(("T$1", 1, "price = '$' + r'\\frac' + '名前 🐍'", "write", "p_1^2", "$", ("$x$",)))
    failing = Execution(FINISHED, "$\\broken", steps=steps)
    found = failures.exploration("f", failing, [(failing, 1, False)], claim="$", expected="{")
    assert pictures.png(found).startswith(PNG)


class TestAltText:
    def test_tells_the_story(self):
        text = pictures.alt_text(failures.LOST_UPDATE)
        assert text.startswith("Two_increments can give 1; expected 2.") or text.startswith(
            "two_increments can give 1; expected 2."
        )
        assert "Outcomes: 1 2 times (not allowed), 2 4 times." in text
        assert "Step 1: T1 runs value = self._value and reads 0." in text
        assert text.endswith("the change by T2 is lost.")

    def test_names_who_waits_for_whom(self):
        text = pictures.alt_text(failures.DEADLOCK_OF_TWO)
        assert "T1 holds Account#1.lock and waits for Account#2.lock, which T2 holds." in text

    @every()
    def test_stays_short_enough_to_be_read_out(self, name):
        assert len(re.findall(r"\w+", pictures.alt_text(failures.ALL[name]))) < 420


def _texts(found):
    return [text.get_text() for text in pictures.figure(found).axes[0].texts]


def test_the_graph_says_what_is_waited_for_where_nobody_has_it():
    texts = _texts(failures.LOST_WAKE_UP)
    assert "T1 → nobody:  " in texts and "a wake-up on ready" in texts


def _boxes(found, look):
    hatch = look.get("hatch")
    drawn = [patch for patch in pictures.figure(found).axes[0].patches if type(patch).__name__ == "Rectangle"]
    colour = to_rgb(look["facecolor"])
    return sum((patch.get_hatch(), to_rgb(patch.get_facecolor())) == (hatch, colour) for patch in drawn)


@pytest.mark.parametrize(("action", "runs", "waits"), [("run", 1, 0), ("spin", 1, 0), ("event", 0, 1), ("begin", 0, 0)])
def test_who_goes_on_for_ever_is_not_drawn_as_waiting(action, runs, waits):
    stuck = (Stuck("T2", action, "", "", (), "x.py", 3, "while True:"),)
    for outcome in (LIVELOCK, LEAKED):
        failing = Execution(outcome, stuck=stuck)
        found = failures.exploration("f", failing, [(failing, 1, False)], claim="")
        in_the_legend = 1
        assert _boxes(found, lanes.RUNS) == in_the_legend + runs
        assert _boxes(found, lanes.WAITS) == in_the_legend + waits


def test_common_names_stand_whole_in_the_graph():
    for name in ("worker-1", "Thread-1", "ThreadPoolExecutor-0_0"):
        failing = Execution(DEADLOCK, stuck=(Stuck(name, "get", "jobs", "", (), "x.py", 3, "jobs.get()"),))
        texts = _texts(failures.exploration("f", failing, [(failing, 1, False)], claim=""))
        assert not any(text.startswith("…") for text in texts), texts


def test_a_thread_whose_end_is_waited_for_gets_an_arrow():
    stuck = (
        Stuck("main", "join", "worker", "", ("lock",), "x.py", 3, "thread.join()"),
        Stuck("worker", "acquire", "lock", "main", (), "x.py", 9, "with lock:"),
    )
    failing = Execution(DEADLOCK, stuck=stuck)
    figure = pictures.figure(failures.exploration("f", failing, [(failing, 1, False)], claim=""))
    texts = [text.get_text() for text in figure.axes[0].texts]
    assert "main → worker:  " in texts and "its end" in texts
    assert sum(type(patch).__name__ == "FancyArrowPatch" for patch in figure.axes[0].patches) == 2


def test_names_that_are_cut_keep_the_end_that_tells_them_apart():
    names = [f"ThreadPoolExecutor-0_{number}" for number in range(6)]
    steps = failures.steps(*((name, 1, "x += 1", "write", "x", "1", ()) for name in names))
    failing = Execution(FINISHED, 1, steps=steps)
    found = failures.exploration("f", failing, [(failing, 1, False)], claim="", expected="2")
    heads = [text for text in _texts(found) if text.endswith(tuple(f"_{number}" for number in range(6)))]
    assert len(set(heads)) == 6
    assert any(all(f"0_{number}" in line for number in range(6)) for line in tell(found).splitlines())
