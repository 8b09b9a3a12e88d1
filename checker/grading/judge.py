"""The verdict on each check of a submission, from what a worker observed.

The worker only says what it saw; whether that is allowed, whether it can be believed, and what it is worth
is decided here. Whatever the submission does, every check gets a result with a reason.
"""

from __future__ import annotations

import ast
import random
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from checker import verdict
from checker.grading import canaries as canary_module
from checker.grading import slicing, wire
from checker.grading.canaries import Canary
from checker.grading.limits import MEBIBYTE, Limits
from checker.grading.plan import HELPER, Piece, Plan
from checker.grading.session import Session, WorkerLost
from checker.grading.source import CheckCell, Claim, Source
from checker.grading.wire import Opaque, WireError
from checker.outcomes import FINISHED, LIVELOCK, RAISED, Exploration

#: Outcome of a check that a person must look at.
REVIEW = "review"
#: What of the processor time of a check the engine may use, so that it can say itself how far it came.
_SHARE = 0.6
#: Executions a second that no machine makes.
_IMPLAUSIBLE = 200_000
#: Schedules below which a search that its time ended has seen too little for a verdict.
_TOO_FEW = 20
#: Steps of one execution above which such a search has seen too little in any case: among so many places for a switch
#: the few that matter are hardly ever met. Answers that make noise to hide a race do that.
_TOO_LONG = 500
_ACTS_ON_NAMES = (
    "it holds in the notebook, but not where threads have other names and idents, the functions of the check are "
    "called otherwise or the clock begins elsewhere: it must not depend on these"
)
#: Steps of the shortest execution in which a scenario runs threads together: they start and end.
_LEAST_STEPS = 2


@dataclass(slots=True)
class Result:
    """What became of one check."""

    check: CheckCell
    passed: bool = False
    outcome: str = FINISHED  # of the first claim that failed; "review" if a person must look
    claim: str = ""  # of the scenario that failed; else those of all scenarios, each once
    schedules: int = 0
    seconds: float = 0.0
    schedule: str | None = None
    reason: str = ""  # why it did not pass, where there is no exploration that shows it
    review: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)  # what else its author should know
    explorations: list[Exploration] = field(default_factory=list)

    @property
    def id(self) -> str:
        return self.check.id

    @property
    def points(self) -> float:
        """Points given; none until a person has looked, if one must."""
        return self.check.points if self.passed and not self.review else 0.0


def unread(checks: Iterable[CheckCell], why: str) -> list[Result]:
    """The results of a submission that could not be read: a person must look at it."""
    return [Result(check, outcome=REVIEW, reason=why, review=[why]) for check in checks]


class Distrust(Exception):
    """Something the worker said cannot be true; says what."""


def judge(
    source: Source,
    plan: Plan,
    canaries: Sequence[Canary],
    limits: Limits,
    *,
    sandboxed: bool = True,
    only: str | None = None,
) -> list[Result]:
    """Run a plan; return the results in the order of the checks.

    Args:
        only: judge the checks of this exercise alone.

    Raises:
        sandbox.SandboxError: no locked-down worker could be started.
    """
    checks = [check for check in source.checks if only in (None, check.exercise)]
    with _Grader(plan, canaries, limits, sandboxed) as grader:
        results = {check.id: grader.check(check) for check in sorted(checks, key=grader.when)}
        grader.part()
        if grader.distrust:
            for result in results.values():
                result.review.append(grader.distrust)
                result.passed, result.outcome = False, REVIEW
    return [results[check.id] for check in checks]


class _Grader:
    """Keeps one worker going through a submission, and starts another one where that is lost."""

    def __init__(self, plan: Plan, canaries: Sequence[Canary], limits: Limits, sandboxed: bool) -> None:
        self.distrust = ""
        self._plan, self._canaries, self._limits, self._sandboxed = plan, canaries, limits, sandboxed
        self._session: Session | None = None
        self._loaded = 0
        self._errors: dict[str, str] = {}  # piece -> what it raised, or why it is not loaded again
        self._deadly: set[str] = set()
        self._refused: dict[str, str] = {}  # piece -> what the guard refused while it was run
        self._world = 0
        self._random = random.SystemRandom()
        self._pieces = [*plan.given, *plan.pieces]
        self._coming: dict[str, int] = {}  # exercise -> checks until its canary; -1 when it has sung

    def __enter__(self) -> _Grader:
        return self

    def __exit__(self, *_: object) -> None:
        self._end()

    def when(self, check: CheckCell) -> tuple[int, int]:
        return self._plan.check_positions[check.id], check.position

    def check(self, check: CheckCell) -> Result:
        result = Result(check)
        reasons = self._plan.reviews.get(check.exercise)
        if reasons:
            result.review, result.outcome, result.reason = list(reasons), REVIEW, reasons[0]
            return result
        if self.distrust:
            return result
        before = self._random.random() < 0.5
        if self._session is not None:
            self._session.flooded = False  # before the canary, for which the answer's cells may be run
        try:
            if before:
                self._sing(check)
            if self._session is not None:
                self._session.refused = ""
            started = time.monotonic()
            self._judge(check, result)
            self._look_at_refusals(check, result)
            if self._session is not None and self._session.flooded:
                most = self._limits.output // MEBIBYTE
                result.notes.append(f"it printed more than {most} MiB; what it prints was dropped and does not count")
            result.seconds = round(time.monotonic() - started, 3)
            if not before:
                self._sing(check)
        except (Distrust, WorkerLost) as lost:
            self.distrust = str(lost)
        return result

    def _look_at_refusals(self, check: CheckCell, result: Result) -> None:
        """Leave to a person what the guard refused; a helper's only where it may be what the check failed by."""
        refused = self._session.refused if self._session is not None else ""
        for name, said in self._refused.items():
            if name == check.exercise or (name.startswith(HELPER) and not result.passed):
                refused = refused or said
        if refused:
            why = f"the gate refused {refused} while it ran"
            result.passed, result.outcome, result.reason = False, REVIEW, why
            result.review.append(why)

    def _judge(self, check: CheckCell, result: Result) -> None:
        for claim in check.claims:
            try:
                exploration = self._explored(check, claim, result)
            except WorkerLost as lost:
                self._end()
                if lost.kind == "forged":
                    raise
                result.reason = str(lost)
                result.outcome = RAISED if lost.kind == "died" else LIVELOCK
                return
            if isinstance(exploration, str):
                result.reason, result.outcome = exploration, RAISED
                return
            result.explorations.append(exploration)
            result.schedules += exploration.schedules
            result.claim = exploration.claim
            if not exploration.holds:
                result.outcome, result.schedule = exploration.outcome, exploration.schedule
                loaded = self._errors.get(check.exercise)
                result.reason = f"the answer cell raised {loaded}" if loaded else ""
                return
            if exploration.out_of_time and not exploration.exhaustive and _too_little(exploration):
                result.outcome, result.reason = REVIEW, _too_slow(exploration)
                result.review.append(result.reason)
                return
        result.claim = " · ".join(dict.fromkeys(each.claim for each in result.explorations))
        result.passed = True

    def _explored(self, check: CheckCell, claim: Claim, result: Result) -> Exploration | str:
        """Explore one claim on the learner's answer; a text says why there was nothing to explore.

        Threads have names that nobody can guess, so that an answer cannot act on them. What fails is explored once
        more with the names that the learner knows: the story shows those, and its schedule replays in the notebook.
        """
        session = self._ready(self._plan.check_positions[check.id])
        if check.exercise in self._deadly:
            return self._errors[check.exercise]
        found = _explore(session, self._world, check, claim, self._limits, key=_key_of_looks(self._random))
        if isinstance(found, str) or found.holds or found.out_of_time or found.policy == "one thread":
            return found
        known = _explore(session, self._world, check, claim, self._limits)
        if isinstance(known, Exploration) and known.holds:
            result.notes.append(_ACTS_ON_NAMES)
            return found
        return known

    def _ready(self, position: int) -> Session:
        """A worker that has run the pieces before `position`."""
        if self._session is None:
            self._session = Session(self._limits, sandboxed=self._sandboxed)
            self._world, self._loaded = self._random.getrandbits(30), 0
        while self._loaded < len(self._pieces) and self._pieces[self._loaded].position < position:
            piece = self._pieces[self._loaded]
            self._loaded += 1
            if piece.name in self._deadly:
                continue
            self._session.refused = ""
            try:
                error = _run(self._session, self._world, piece)
            except WorkerLost as lost:
                if lost.kind == "forged":
                    raise
                self._deadly.add(piece.name)
                self._errors[piece.name] = f"the cell could not be run: {lost}"
                self._end()
                return self._ready(position)
            if error:
                self._errors[piece.name] = error
            if self._session.refused:
                self._refused[piece.name], self._session.refused = self._session.refused, ""
        return self._session

    def part(self) -> None:
        """Let the worker go; it may have said nothing more than it was asked."""
        if self._session is not None and not self.distrust:
            try:
                self._session.end()
            except WorkerLost as lost:
                if lost.kind == "forged":
                    self.distrust = str(lost)

    def _end(self) -> None:
        if self._session is not None:
            self._session.close()
            self._session = None

    def _sing(self, check: CheckCell) -> None:
        """Let the exercise's canary sing, at the check that chance has chosen."""
        exercise = check.exercise
        if exercise not in self._coming:
            self._coming[exercise] = self._random.randrange(2)
        self._coming[exercise] -= 1
        if self._coming[exercise] != -1:
            return
        canary = canary_module.choose(self._canaries, exercise)
        session = self._ready(self._plan.check_positions[check.id])
        try:
            refuted = _refuted(session, self._world, self._random, canary, self._limits)
            problem = "the worker let an answer pass that is known to be broken: the engine was tampered with"
        except WorkerLost as lost:
            self._end()
            refuted, problem = False, f"the worker was lost over an answer known to be broken: {lost}"
        if not refuted and self._known_to_be_refuted(canary):
            raise Distrust(problem)

    def _known_to_be_refuted(self, canary: Canary) -> bool:
        """Whether a worker that has seen no submission refutes it, here and now.

        If not, the canary says nothing: it is labelled wrongly, or this machine is too busy to find its mistake.
        """
        try:
            with Session(self._limits, sandboxed=self._sandboxed) as session:
                return _refuted(session, 1, self._random, canary, self._limits)
        except (WorkerLost, Distrust):
            return False


def _too_little(exploration: Exploration) -> bool:
    n = exploration.schedules
    return n < _TOO_FEW or exploration.steps > _TOO_LONG * n


def _too_slow(exploration: Exploration) -> str:
    n = exploration.schedules
    explored = f"{n} schedule{'s' * (n != 1)} could be explored within {exploration.seconds:.0f} s"
    long = exploration.steps // n
    return f"no verdict: only {explored}" + (f", of {long:,} steps each" if long > _TOO_LONG else "")


def _refuted(session: Session, world: int, chance: random.Random, canary: Canary, limits: Limits) -> bool:
    for claim in canary.check.claims:
        found = _explore(session, world, canary.check, claim, limits, key=_key_of_looks(chance))
        if isinstance(found, str) or not found.holds:
            return True
    return False


def _run(session: Session, world: int, piece: Piece) -> str:
    request = {"do": "run", "world": world, "name": piece.name, "source": piece.source}
    reply = session.call({**request, "trusted": list(piece.trusted)})
    error = reply.get("ran", reply.get("failed"))
    if type(error) is not str:
        raise WorkerLost("forged", "the worker sent something that is no reply")
    return error


def _key_of_looks(chance: random.Random) -> int:
    return chance.getrandbits(60) | 1


def _explore(
    session: Session, world: int, check: CheckCell, claim: Claim, limits: Limits, *, key: int = 0
) -> Exploration | str:
    """Let the worker explore a claim; a text says why it could not.

    Args:
        key: of the names and numbers that the answer sees (`engine.looks`); 0 for those of a notebook.
    """
    asked: dict[bytes, bool] = {}  # by their bytes: comparing the values may be made to take very long

    def allowed(observation: Any) -> bool:
        key = _key(observation)
        if key not in asked:
            asked[key] = not _opaque(observation) and verdict.satisfies(claim.expect, observation)
        return asked[key]

    budget = limits.cpu * _SHARE
    options = dict(claim.options)
    options["seconds"] = min(options.get("seconds") or budget, budget)
    options["patience"] = min(options.get("patience") or budget, budget)
    request = {"do": "explore", "world": world, "name": check.id, "source": check.source, "key": key}
    started = time.monotonic()
    reply = session.call({**request, "scenario": claim.scenario, "options": options}, allowed)
    found = reply.get("found", reply.get("failed"))
    if type(found) is str:
        return found
    if type(found) is not Exploration:
        raise WorkerLost("forged", "the worker sent something that is no reply")
    _believe(found, asked, time.monotonic() - started, _runs_threads(check, claim))
    found.name, found.expected = claim.name, verdict.describe(claim.expect)
    return found


def _key(observation: Any) -> bytes:
    """The same for what the worker asks about and for what it then reports."""
    try:
        return wire.encode(observation)
    except WireError as error:  # longer as the engine would have written it
        raise WorkerLost("forged", f"the worker sent {error}") from None


def _runs_threads(check: CheckCell, claim: Claim) -> bool:
    """Whether the text of the claim's scenario itself calls `together`."""
    functions = [s for s in slicing.parse(check.source) if getattr(s, "name", "") == claim.scenario]
    calls = (n for part in [*functions, ast.parse(claim.scenario)] for n in ast.walk(part) if isinstance(n, ast.Call))
    return any(isinstance(call.func, ast.Name) and call.func.id == "together" for call in calls)


def _opaque(observation: Any) -> bool:
    if type(observation) in (list, tuple, set, frozenset):
        return any(_opaque(item) for item in observation)
    if type(observation) is dict:
        return any(_opaque(item) for pair in observation.items() for item in pair)
    return type(observation) is Opaque


def _believe(found: Exploration, asked: dict[bytes, bool], seconds: float, threads: bool) -> None:
    """Look whether the result can be what an honest engine found.

    Raises:
        Distrust: it cannot.
    """
    rows = found.outcomes.rows
    if found.schedules < 1 or not rows or any(row.count < 1 for row in rows):
        raise Distrust("the worker reported a check without executions")
    if found.schedules > 100 + seconds * _IMPLAUSIBLE:
        raise Distrust(f"implausible: {found.schedules:,} executions in {seconds:.2f} s")
    if threads and found.holds and found.steps < _LEAST_STEPS * found.schedules:
        raise Distrust(f"implausible: {found.steps:,} steps in {found.schedules:,} executions with threads")
    for row in rows:
        if row.outcome != FINISHED:
            row.allowed = False
            continue
        key = _key(row.observation)
        if key not in asked:
            raise Distrust("the worker reported an observation that it never asked about")
        row.allowed = asked[key]
    bad = not all(row.allowed for row in rows) or not all(asked.values())
    if bad != (found.failure is not None):
        raise Distrust("the worker's verdict contradicts its observations")
