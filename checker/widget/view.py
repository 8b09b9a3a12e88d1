"""What the page shows of a game, as plain data: words and lists, nothing to compute in the browser."""

from __future__ import annotations

from typing import Any

from checker.outcomes import Exploration
from checker.search.game import Game, Position
from checker.search.manual import MAIN, Lane, excerpt
from checker.telling.moments import lock_name, moments, threads
from checker.telling.reasons import doing, headline, why
from checker.telling.text import sentence, state, unfinished

_NEXT = {
    "read": "reads {0}", "write": "writes {0}", "call": "uses {0}",
    "acquire": "takes {1}", "try": "tries {1}", "release": "releases {1}", "look": "looks at {1}",
    "wait": "wakes up", "notify": "notifies {0}", "sleep": "wakes up", "spin": "looks again",
    "join": "goes on", "return": "returns",
    "get": "takes from {0}", "put": "puts into {0}", "tick": "lets time pass", "clock": "reads the clock",
}  # fmt: skip


def shown(game: Game, position: Position, goal: str, expected: str) -> dict[str, Any]:
    """One position.

    Args:
        goal: what the reader is to bring about.
        expected: how the expectation reads, "" if there is none.
    """
    told = moments(position.execution)
    names = _names(position)
    return {
        "open": True,
        "name": game.exploration.name,
        "goal": goal,
        "lanes": [_lane(lane) for lane in position.lanes if lane.task != MAIN or lane.movable],
        "threads": names,
        "values": list(position.values.items()),
        "steps": [
            {"thread": moment.thread, "source": moment.source, "effects": ", ".join(moment.effects)} for moment in told
        ],
        "time": position.execution.seconds,
        "ended": position.ended,
        "reached": position.failed,
        "result": result(game, position, expected) if position.ended else [],
        "undo": bool(position.turns),
        "show": game.failing is not None,
        "said": said(game, position, expected),
    }


def _names(position: Position) -> list[str]:
    """The threads that get a column: those that take part or can; the scenario's own only if it is one of them."""
    names = threads(position.execution)
    others = [lane.name for lane in position.lanes if lane.task != MAIN or lane.movable]
    return sorted({*names, *others}, key=lambda name: (name != "main", len(name), name))


def _lane(lane: Lane) -> dict[str, Any]:
    return {
        "key": str(lane.task - 1),
        "task": lane.task,
        "name": lane.name,
        "code": [[number, text, number == lane.stuck.line] for number, text in excerpt(lane)],
        "next": intention(lane),
        "movable": lane.movable,
        "holds": [lock_name(label) for label in lane.stuck.holds],
    }


def intention(lane: Lane) -> str:
    """What the thread does if it goes on, or what it waits for: "writes value", "waits for lock a, which T2 holds"."""
    if not lane.movable:
        return doing(lane.stuck)
    pattern = _NEXT.get(lane.action, lane.action)
    return pattern.format(lane.target or "it", lock_name(lane.target) or "a lock")


def result(game: Game, position: Position, expected: str) -> list[str]:
    """How the execution ended, in sentences."""
    execution = position.execution
    ended = Exploration(game.exploration.name, failure=execution, expected=expected if position.failed else "")
    lines = [headline(ended)[2:] + "."]
    if position.failed:
        lines += [sentence(state(one)) for one in unfinished(execution)] or [why(execution)]
        lines.append(_effort(len(position.turns), len(game.demonstration())))
    elif game.failing is not None:
        lines.append("That is allowed. Undo a few steps, or restart, and try another order.")
    else:
        lines.append(f"That is allowed. {sentence(game.exploration.claim)}")
    return [line for line in lines if line]


def _effort(choices: int, fewest: int) -> str:
    took = f"That took {choices} choice{'s' * (choices != 1)}"
    return f"{took}; there is a way with {fewest}." if 0 < fewest < choices else took + "."


def said(game: Game, position: Position, expected: str) -> str:
    """What a screen reader reads out after a step."""
    if position.ended:
        return ("Goal reached. " if position.failed else "") + " ".join(result(game, position, expected))
    told = moments(position.execution)
    last = f"{told[-1].thread}: {told[-1].source}, {', '.join(told[-1].effects)}. " if told else ""
    lanes = [lane for lane in position.lanes if lane.task != MAIN or lane.movable]
    return last + " ".join(f"{lane.name} {'can move: ' * lane.movable}{intention(lane)}." for lane in lanes)
