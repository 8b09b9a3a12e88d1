"""Measuring on real threads: what is recorded, counted and drawn."""

import math
import sys
import threading
import time

import matplotlib
import pytest

matplotlib.use("agg")

from checker import measure  # noqa: E402
from checker.measure import TimedLock  # noqa: E402


@pytest.fixture(autouse=True)
def close_figures():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


class TestHonestyLine:
    def test_names_version_gil_cores_and_interval(self):
        line = measure.honesty_line()
        assert sys.version.split()[0].rstrip("+") in line
        assert "GIL on" in line or "GIL off" in line
        assert "core" in line and "switch interval" in line

    def test_adds_what_is_given(self):
        assert measure.honesty_line(trials=1, seed=7, sleeping_for="1 ms").endswith(
            ", 1 trial, seed 7, sleeping for 1 ms"
        )

    def test_shows_the_interval_in_force_and_it_is_put_back(self):
        before = sys.getswitchinterval()
        with measure.switch_interval(0.0125):
            assert "switch interval 12.5 ms" in measure.honesty_line()
        assert sys.getswitchinterval() == before


class TestStatistics:
    def test_percentiles_are_measured_values(self):
        assert measure.percentiles([5.0, 1.0, 3.0], (0, 50, 100)) == {0: 1.0, 50: 3.0, 100: 5.0}

    def test_no_values_have_no_percentiles(self):
        with pytest.raises(ValueError, match="at least one"):
            measure.percentiles([])

    def test_a_rank_above_100_is_refused(self):
        with pytest.raises(ValueError, match="between 0 and 100"):
            measure.percentiles([1], (101,))

    def test_ecdf_ends_at_one(self):
        assert measure.ecdf([2, 1]) == ([1, 2], [0.5, 1.0])
        assert measure.ecdf([]) == ([], [])


class HandClock:
    """Moves only when it is told to."""

    def __init__(self):
        self.now = 0
        self.read = lambda: None  # called at each look at the clock

    def __call__(self):
        now = self.now
        self.read()
        return now


class TestTimedLock:
    def test_records_the_wait_and_the_hold(self, monkeypatch):
        clock = HandClock()
        monkeypatch.setattr(time, "perf_counter", clock)
        lock = TimedLock()
        held, asked = threading.Event(), threading.Event()

        def hold():
            with lock:
                held.set()
                asked.wait()
                clock.now += 5

        holder = threading.Thread(target=hold)
        holder.start()
        held.wait()
        clock.read = asked.set  # from here on the lock is asked for, and the holder may go on
        with lock:
            clock.now += 1
        holder.join()
        assert (lock.waits, lock.holds) == ([0, 5], [5, 1])
        assert lock.wait_percentiles((0,)) == {0: 0}
        assert lock.utilisation() == 1 and lock.utilisation(12) == 0.5
        assert "2 acquires (0 refused), wait p50 0 ms, p99 5e+03 ms" in lock.summary()

    def test_a_refused_acquire_is_recorded_apart(self):
        lock = TimedLock()
        assert lock.acquire() is True
        assert lock.acquire(False) is False
        assert lock.acquire(timeout=0.01) is False
        assert len(lock.waits) == 1 and len(lock.refused) == 2
        lock.release()
        assert not lock.locked()

    @pytest.mark.parametrize("make", [threading.Lock, TimedLock])
    @pytest.mark.parametrize("arguments", [(False, 0.1), (True, -2), (True, math.inf), (True, math.nan)])
    def test_bad_arguments_raise_what_a_plain_lock_raises(self, make, arguments):
        with pytest.raises((ValueError, OverflowError)):
            make().acquire(*arguments)

    def test_releasing_an_unlocked_lock_raises_and_records_nothing(self):
        lock = TimedLock()
        with pytest.raises(RuntimeError, match="release unlocked lock"):
            lock.release()
        assert lock.holds == []

    def test_serves_a_condition(self):
        ready = threading.Condition(TimedLock())
        seen = []

        def consumer():
            with ready:
                seen.append(ready.wait_for(lambda: seen, timeout=200))

        thread = threading.Thread(target=consumer)
        thread.start()
        with ready:
            seen.append("item")
            ready.notify_all()
        thread.join()
        assert len(seen) == 2

    def test_counts_every_acquire_of_many_threads(self):
        lock = TimedLock()

        def work():
            for _ in range(200):
                with lock:
                    pass

        threads = [threading.Thread(target=work) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert len(lock.waits) == len(lock.holds) == 800

    def test_reset_forgets(self):
        lock = TimedLock()
        with lock:
            pass
        lock.reset()
        assert lock.summary() == "never acquired" and lock.holds == []


class Plain:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1


class Meeting(Plain):
    """Four threads wait for each other between reading and writing."""

    def __init__(self):
        super().__init__()
        self.all_have_read = threading.Barrier(4)

    def increment(self):
        value = self.value
        self.all_have_read.wait()
        self.value = value + 1


class Locked(Plain):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()

    def increment(self):
        with self.lock:
            self.value += 1


class TestCountLosses:
    def test_threads_that_all_read_before_one_writes_do_the_work_of_one(self):
        losses = measure.count_losses(Meeting, threads=4, increments=10, trials=2, switch_interval=None)
        assert losses.percents == [75, 75]
        assert losses.trials_with_loss == 2 and losses.median == 75

    def test_a_lock_loses_nothing_and_the_switch_interval_is_put_back(self):
        before = sys.getswitchinterval()
        losses = measure.count_losses(Locked, threads=2, increments=500, trials=2)
        assert losses.lost == (0, 0) and losses.switch_interval == pytest.approx(1e-6)
        assert sys.getswitchinterval() == before

    def test_an_exception_of_increment_reaches_the_caller_after_all_have_ended(self):
        class Broken(Plain):
            def increment(self):
                raise LookupError("broken")

        before = threading.active_count()
        with pytest.raises(LookupError, match="broken"):
            measure.count_losses(Broken, threads=3, increments=1, trials=1)
        assert threading.active_count() == before


class TestRecordedLosses:
    def test_nine_interpreters_are_recorded(self):
        rows = measure.recorded_losses("g += 1", threads=4, increments=100_000, switch_interval=0.005)
        names = [row.interpreter for row in rows]
        assert sorted(names) == sorted("3.8 3.9 3.10 3.11 3.12 3.13 3.14 3.13t 3.14t".split())

    def test_bare_increment_lost_nothing_from_3_10_to_3_14_with_the_gil(self):
        rows = [row for row in measure.recorded_losses("g += 1") if row.gil and "3.1" in row.python]
        assert rows and all(row.high == 0 for row in rows)

    def test_another_file_can_be_named(self, tmp_path):
        path = tmp_path / "own.csv"
        path.write_text(
            "python,gil,construct,switch_interval_s,threads,increments,trials,lost_percent_median,"
            "lost_percent_min,lost_percent_max,trials_with_loss\n3.13.1,off,x,0.005,2,10,5,1.5,0,3,4\n"
        )
        (row,) = measure.recorded_losses(path=path)
        assert (row.interpreter, row.low, row.median, row.high) == ("3.13t", 0, 1.5, 3)


class TestPlots:
    def test_lost_updates_has_a_panel_per_construct_and_says_what_was_measured(self):
        measured = [
            measure.Losses(name, 4, 100_000, 1e-6, (0, 10, 20)) for name in ("g += 1", "g = f(g)", "o.x += 1", "z")
        ]
        figure = measure.plot_lost_updates(measured, measure.recorded_losses())
        panels = [axes for axes in figure.axes if axes.axison]
        assert [axes.get_title(loc="left") for axes in panels] == ["g += 1", "g = f(g)", "o.x += 1", "z"]
        assert len(panels[0].get_xticks()) == 10 and len(panels[3].get_xticks()) == 1
        assert "3 trials, 4 threads × 100,000" in figure.get_supxlabel()
        figure.canvas.draw()

    def test_waits_stand_on_a_log_axis_with_units(self):
        axes = measure.plot_waits({"one": [0.0, 0.001, 0.01], "two": [0.5], "none": []})
        assert axes.get_xscale() == "log" and "ms" in axes.get_xlabel()
        assert [text.get_text() for text in axes.get_legend().get_texts()] == ["one", "two"]
        measure.caption(axes, "A caption.")
        axes.figure.canvas.draw()

    def test_trials_are_drawn_into_the_axes_that_are_given(self):
        given = measure.new_axes("mine")
        assert measure.plot_trials({"a": [1, 2], "b": []}, x="lost (%)", axes=given) is given
        assert given.get_title(loc="left") == "mine" and given.get_xlabel() == "lost (%)"

    def test_eight_looks_differ_in_colour_and_in_mark(self):
        eight = measure.looks(8)
        assert len({look.color for look in eight}) == len({look.marker for look in eight}) == 8
        assert len({look.hatch for look in eight}) == len({str(look.linestyle) for look in eight}) == 8
