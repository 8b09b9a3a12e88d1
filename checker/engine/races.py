"""Notices unordered accesses: two to the same place, by different threads, at least one a write.

Happens-before is kept by the tasks' vector clocks: locks, starts, joins and the passing of time order threads. The
places where a race was seen are those at which a switch can make a difference; the search makes them visible.
Fidge 1988, Mattern 1989; the epochs are those of Flanagan & Freund, "FastTrack", PLDI 2009, without its compression.
"""

from __future__ import annotations

from typing import Any

from .contents import ALL
from .sites import Site
from .tasks import Clock, Task


class Cell:
    """The accesses to one location so far."""

    __slots__ = ("reads", "writes", "sites", "racy")

    def __init__(self) -> None:
        self.reads: Clock = {}
        self.writes: Clock = {}
        self.sites: set[Site] = set()
        self.racy = False


class Races:
    """All accesses of one execution, by location; `racy` holds the sites of those found unordered."""

    def __init__(self) -> None:
        self.racy: set[Site] = set()
        self.cells: dict[int, dict[Any, Cell]] = {}
        self.keep: list[Any] = []  # objects whose id names something: they must not be freed, their id used again

    def note(self, base: int, obj: Any, item: Any, write: bool, task: Task, site: Site) -> None:
        """Enter one access. ALL conflicts with every item of the same object."""
        cells = self.cells.get(base)
        if cells is None:
            self.cells[base] = cells = {}
            self.keep.append(obj)
        if item is ALL:
            for cell in list(cells.values()):
                self._compare(cell, task, site, write)
        elif ALL in cells:
            self._compare(cells[ALL], task, site, write)
        mine = cells.get(item)
        if mine is None:
            cells[item] = mine = Cell()
        elif item is not ALL:
            self._compare(mine, task, site, write)
        (mine.writes if write else mine.reads)[task.index] = task.clock[task.index]
        mine.sites.add(site)
        if mine.racy:
            self.racy.add(site)

    def found(self, obj: Any) -> bool:
        """Whether unordered accesses to the object as a whole were seen."""
        cell = self.cells.get(id(obj), {}).get(ALL)
        return cell is not None and cell.racy

    def _compare(self, cell: Cell, task: Task, site: Site, write: bool) -> None:
        if cell.racy:
            if write or cell.writes:
                self.racy.add(site)
            return
        if _unordered(cell.writes, task) or (write and _unordered(cell.reads, task)):
            cell.racy = True
            self.racy |= cell.sites
            self.racy.add(site)


def _unordered(accesses: Clock, task: Task) -> bool:
    clock, index = task.clock, task.index
    for other, count in accesses.items():
        if other != index and count > clock.get(other, 0):
            return True
    return False
