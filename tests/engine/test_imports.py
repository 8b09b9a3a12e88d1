"""A module that is imported first inside the scenario is woven from the first exploration on."""

from __future__ import annotations

import importlib
import sys
import threading

import pytest

from checker import explore, together

SOURCE = """
import threading
from time import sleep

lock = threading.Lock()

class Counter:
    def __init__(self):
        self.value = 0

    def increment(self):
        self.value += 1
"""


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """A module that nobody has imported, in `fresh_counter`."""
    (tmp_path / "fresh_counter.py").write_text(SOURCE)
    monkeypatch.syspath_prepend(tmp_path)
    yield
    sys.modules.pop("fresh_counter", None)


def by_name():
    from fresh_counter import Counter

    return Counter()


def by_module():
    import fresh_counter

    return fresh_counter.Counter()


def by_text():
    return importlib.import_module("fresh_counter").Counter()


@pytest.mark.parametrize("make", [by_name, by_module, by_text], ids=lambda make: make.__name__)
def test_a_module_imported_in_the_scenario_is_woven(fresh, make):
    def scenario():
        counter = make()
        together(counter.increment, counter.increment)
        return counter.value

    exploration = explore(scenario)
    assert set(exploration.outcomes) == {1, 2}
    assert exploration.exhaustive


def test_its_own_state_is_controlled_and_given_back(fresh):
    def scenario():
        import fresh_counter

        with fresh_counter.lock:
            together(lambda: fresh_counter.sleep(3600), lambda: None)

    assert explore(scenario).holds
    assert type(sys.modules["fresh_counter"].lock) is type(threading.Lock())


def test_a_module_imported_by_text_in_a_thread_is_named_in_the_claim(fresh):
    def scenario():
        together(by_text, lambda: None)

    exploration = explore(scenario)
    assert not exploration.exhaustive
    assert "fresh_counter is imported while the scenario runs" in exploration.claim


def test_an_import_that_fails_fails_where_it_stands():
    def scenario():
        try:
            import there_is_no_such_module  # noqa: F401
        except ImportError as error:
            return error.name

    assert list(explore(scenario).outcomes) == ["there_is_no_such_module"]
