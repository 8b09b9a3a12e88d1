"""The verdict as text and as a page fragment.

Snapshots in `tests/snapshots` show whole verdicts; `UPDATE_SNAPSHOTS=1 pytest tests/test_story.py` writes them
anew, and `git diff` then shows what changed for the reader.
"""

import os
import threading
from html.parser import HTMLParser
from pathlib import Path

import failures
import pytest

from checker import explore, together
from checker.outcomes import DEADLOCK, FINISHED, Execution, Stuck
from checker.search.explorer import explore_scenario
from checker.story import headline, html, tell
from checker.telling.moments import moments, threads
from checker.telling.reasons import cycle, why
from checker.telling.text import WIDTH

SNAPSHOTS = Path(__file__).parent / "snapshots"


def every(*names):
    return pytest.mark.parametrize("name", names or sorted(failures.ALL))


@every()
def test_the_text_is_as_in_the_snapshot(name):
    path = SNAPSHOTS / f"{name}.txt"
    text = tell(failures.ALL[name]) + "\n"
    if os.environ.get("UPDATE_SNAPSHOTS"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_there_is_no_stray_snapshot():
    assert {path.stem for path in SNAPSHOTS.glob("*.txt")} == set(failures.ALL)


@every()
def test_the_text_fits_in_thirty_lines_of_the_width(name):
    lines = tell(failures.ALL[name]).splitlines()
    assert len(lines) <= 32
    assert all(len(line) <= WIDTH for line in lines[1:] if not line.startswith("Replay: "))
    assert "\x1b" not in "".join(lines)


@every()
def test_the_claim_and_the_replay_stand_in_the_text_and_in_the_page(name):
    exploration = failures.ALL[name]
    for text in (" ".join(tell(exploration).split()), _words(html(exploration))):
        assert exploration.claim in text
        if exploration.schedule:
            assert f"explore({exploration.name}, replay={exploration.schedule!r})" in text


class TestHeadline:
    def test_one_line_without_control_codes(self):
        assert all("\n" not in headline(exploration) for exploration in failures.ALL.values())

    def test_says_what_came_and_what_was_expected(self):
        assert headline(failures.LOST_UPDATE) == "✗ two_increments can give 1; expected 2"

    def test_says_gave_when_nothing_else_was_seen(self):
        assert headline(failures.LOCKED_WRITE) == "✗ no_increment_is_lost gave [1, 1]; expected [1, 2]"

    def test_claims_every_schedule_only_of_an_exhaustive_search(self):
        assert headline(failures.HOLDS) == "✓ two_increments gave 2 in every schedule"
        partial = failures.exploration(
            "f", None, [(Execution(FINISHED, 2), 12, True)], claim="", expected="2", exhaustive=False
        )
        assert headline(partial) == "✓ f gave 2 in every schedule explored"

    def test_an_exploration_without_expectation_is_not_called_right(self):
        assert headline(failures.MANY_OUTCOMES) == "• three_increments has 8 different outcomes"

    def test_a_predicate_without_a_name(self):
        failing = failures.exploration(
            "f",
            Execution(FINISHED, 3),
            [(Execution(FINISHED, 3), 1, False)],
            claim="",
            expected="what the check allows",
        )
        assert headline(failing) == "✗ f gave 3, which the check does not allow"


class TestReasons:
    def test_a_lost_update_is_explained_with_the_numbers_of_the_steps(self):
        assert why(failures.LOST_UPDATE.failure) == (
            "T1 read Counter._value = 0 (step 1), T2 then changed it (step 3), and T1 wrote 1 from what it had "
            "read before (step 4): the change by T2 is lost."
        )

    def test_a_torn_read_is_explained(self):
        assert why(failures.TORN.failure) == (
            "T1 read Account#1.balance (step 1) before and Account#2.balance (step 4) after T2 changed both."
        )

    def test_a_look_that_is_out_of_date_is_explained(self):
        assert why(failures.RAISED_IN_THREAD.failure) == (
            "T1 looked at cache['k'] (step 1), but before it went on with it (step 4), T2 changed it (step 3)."
        )

    def test_steps_without_a_conflict_are_not_explained(self):
        assert why(Execution(FINISHED, 1, steps=failures.LOST_UPDATE.failure.steps[:4])) == ""

    @pytest.mark.parametrize(
        ("name", "ring"),
        [
            ("deadlock_of_two", ["T1", "T2"]),
            ("deadlock_of_three", ["T1", "T2", "T3"]),
            ("self_deadlock", ["main"]),
            ("lost_wake_up", []),
        ],
    )
    def test_the_ring_of_a_deadlock(self, name, ring):
        assert cycle(failures.ALL[name].failure) == ring

    def test_a_thread_that_waits_for_a_ring_is_not_in_it(self):
        stuck = [Stuck(name, "acquire", "lock", holder, (), "", 0, "") for name, holder in ("AB", "BC", "CB")]
        assert cycle(Execution(DEADLOCK, stuck=tuple(stuck))) == ["B", "C"]


class TestMoments:
    def test_steps_of_one_line_are_one_moment(self):
        assert [moment.effects for moment in moments(failures.TORN.failure)][1] == ["reads 100", "writes 50"]

    def test_what_main_did_before_the_others_began_is_left_out(self):
        assert moments(failures.LOST_UPDATE.failure)[0].thread == "T1"

    def test_main_needs_no_lane_for_what_it_does_at_the_end(self):
        assert threads(failures.LOST_UPDATE.failure) == ["T1", "T2"]

    def test_a_thread_before_a_lock_that_another_holds_waits_for_it(self):
        third = moments(failures.LOCKED_WRITE.failure)[2]
        assert (third.thread, third.lanes["T2"].holds) == ("T2", ("Counter._lock",))
        assert third.lanes["T1"].waits == "Counter._lock"

    def test_looking_up_a_lock_is_no_moment(self):
        assert not any("reads" in effect for m in moments(failures.LOCKED_WRITE.failure)[2:3] for effect in m.effects)

    def test_ten_follows_nine(self):
        steps = failures.steps(*((f"T{n}", 1, "x += 1", "write", "x", "1", ()) for n in (10, 9, 2)))
        assert threads(Execution(FINISHED, steps=steps)) == ["T2", "T9", "T10"]


class TestPage:
    @every()
    def test_tags_are_balanced_and_there_is_no_script(self, name):
        page = html(failures.ALL[name])
        _Balanced().feed_all(page)
        assert "<script" not in page and "onclick" not in page

    @every()
    def test_tables_have_captions_and_headed_columns(self, name):
        page = html(failures.ALL[name])
        assert page.count("<table") == page.count("<caption") <= page.count('scope="col"')

    def test_text_of_the_scenario_cannot_become_markup(self):
        evil = "<script>alert(1)</script><img src=x onerror=y>"
        steps = failures.steps(("T1", 1, evil, "write", evil, evil, (evil,)))
        stuck = (Stuck(evil, "acquire", evil, evil, (evil,), "", 1, evil),)
        for outcome in (FINISHED, DEADLOCK):
            failing = Execution(outcome, evil, evil, evil, evil, output=evil, steps=steps, stuck=stuck)
            page = html(failures.exploration(evil, failing, [(failing, 1, False)] * 2, claim=evil, expected=evil))
            assert "<script" not in page and "<img" not in page

    def test_what_was_not_judged_is_not_called_right(self):
        assert "✓" not in html(failures.MANY_OUTCOMES) and "✓ holds" in html(failures.HOLDS)


class _Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open = []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def feed_all(self, page):
        self.feed(page)
        self.close()
        assert self.open == []


def _words(page):
    class Text(HTMLParser):
        def __init__(self):
            super().__init__()
            self.parts = []

        def handle_data(self, data):
            self.parts.append(data)

    reader = Text()
    reader.feed(page)
    return " ".join(" ".join(reader.parts).split())


# -- over what the engine really finds ---------------------------------------------------------------------------


class Counter:
    def __init__(self):
        self.value = 0
        self.lock = threading.Lock()

    def increment(self):
        value = self.value
        with self.lock:
            self.value = value + 1


def two_increments():
    counter = Counter()
    together(counter.increment, counter.increment)
    return counter.value


def opposite_order():
    first, second = threading.Lock(), threading.Lock()

    def one():
        with first:
            with second:
                pass

    def two():
        with second:
            with first:
                pass

    together(one, two)


def nobody_notifies():
    ready = threading.Condition()

    def wait():
        with ready:
            ready.wait()

    together(wait)


def test_a_real_lost_update_is_told_and_explained():
    found = explore_scenario(two_increments, allowed=lambda execution: execution.observation == 2)
    text = tell(found)
    assert text.startswith("✗ two_increments can give 1")
    assert "value = self.value  → reads 0" in text and "self.value = value + 1  → writes 1" in text
    assert "takes Counter.lock" in text and "waits for Counter.lock" in text
    assert "is lost." in text


def test_a_real_deadlock_is_told_with_locks_holders_and_lines():
    text = tell(explore(opposite_order))
    assert "T1 and T2 wait for each other" in text
    assert "T1 holds lock first and waits for lock second, which T2 holds" in text
    assert "T2 holds lock second and waits for lock first, which T1 holds" in text
    assert "with second:" in text and len(text.splitlines()) <= 30


def deadlock_after_a_thread_of_its_own():
    mine = threading.Lock()

    def visit():
        with mine:
            pass

    thread = threading.Thread(target=visit)
    thread.start()
    with mine:
        pass
    thread.join()
    opposite_order()


def test_main_that_waits_for_a_thread_does_not_wait_for_a_lock_of_its_name():
    told = html(explore(deadlock_after_a_thread_of_its_own))
    assert "waits for the end of T1" in told
    assert "lock T1" not in told


def test_a_real_wait_without_a_wake_up_is_told():
    assert "T1 waits for a wake-up on ready" in tell(explore(nobody_notifies))


def test_a_failure_that_was_told_replays_to_the_same_text():
    found = explore(opposite_order)
    again = explore(opposite_order, replay=found.schedule)
    assert again.failure.steps == found.failure.steps and again.failure.stuck == found.failure.stuck
