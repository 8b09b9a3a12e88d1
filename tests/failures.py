"""Explorations made by hand, as the engine would hand them over: one of each outcome, small and large."""

from checker.outcomes import (
    DEADLOCK,
    FINISHED,
    LEAKED,
    LIVELOCK,
    NONDETERMINISTIC,
    RAISED,
    Execution,
    Exploration,
    Outcomes,
    Step,
    Stuck,
)

FILE = "answer.py"


def steps(*rows):
    """Steps from (thread, line, source, action, target, value, holds[, time]); switches are worked out."""
    result = []
    for thread, line, source, action, target, value, holds, *time in rows:
        switched = bool(result) and result[-1].thread != thread
        ended = switched and result[-1].action in ("end", "sleep", "wait", "timeout")
        result.append(
            Step(
                thread,
                action,
                target,
                value,
                FILE,
                line,
                source,
                "f",
                tuple(holds),
                time[0] if time else 0.0,
                switched,
                switched and not ended,
            )  # fmt: skip
        )
    return tuple(result)


def exploration(name, failure, rows, *, claim, expected="", schedules=0, exhaustive=True):
    """`rows` are (execution, count, allowed)."""
    outcomes = Outcomes()
    for execution, count, allowed in rows:
        outcomes.add(execution, count=count, allowed=allowed)
    return Exploration(
        name,
        outcomes,
        schedules or outcomes.total,
        exhaustive,
        claim,
        failure,
        expected=expected,
    )


READ, WRITE = "value = self._value", "self._value = value + n"

LOST_UPDATE = exploration(
    "two_increments",
    failure := Execution(
        FINISHED,
        1,
        schedule="1:2 2 1",
        preemptions=1,
        steps=steps(
            ("main", 20, "counter = Counter()", "write", "Counter._value", "0", ()),
            ("main", 21, "together(counter.increment, counter.increment)", "start", "T1", "", ()),
            ("T1", 7, READ, "read", "Counter._value", "0", ()),
            ("T2", 7, READ, "read", "Counter._value", "0", ()),
            ("T2", 8, WRITE, "write", "Counter._value", "1", ()),
            ("T2", 8, WRITE, "end", "T2", "", ()),
            ("T1", 8, WRITE, "write", "Counter._value", "1", ()),
            ("T1", 8, WRITE, "end", "T1", "", ()),
            ("main", 22, "return counter.value", "read", "Counter._value", "1", ()),
        ),
    ),
    [(Execution(FINISHED, 2), 4, True), (failure, 2, False)],
    claim="Explored all 6 schedules; 2 of them fail.",
    expected="2",
)

LOCKED_WRITE = exploration(
    "no_increment_is_lost",
    failure := Execution(
        FINISHED,
        [1, 1],
        schedule="1:4 2 1",
        preemptions=1,
        output="starting\nstill here\nand here\nand there\n",
        steps=steps(
            ("T1", 7, READ, "read", "Counter._value", "0", ()),
            ("T2", 7, READ, "read", "Counter._value", "0", ()),
            ("T2", 8, "with self._lock:", "read", "Counter._lock", "Lock", ()),
            ("T2", 8, "with self._lock:", "acquire", "Counter._lock", "", ("Counter._lock",)),
            ("T2", 9, WRITE, "write", "Counter._value", "1", ("Counter._lock",)),
            ("T2", 8, "with self._lock:", "release", "Counter._lock", "", ()),
            ("T2", 10, "return self._value", "read", "Counter._value", "1", ()),
            ("T1", 8, "with self._lock:", "read", "Counter._lock", "Lock", ()),
            ("T1", 8, "with self._lock:", "acquire", "Counter._lock", "", ("Counter._lock",)),
            ("T1", 9, WRITE, "write", "Counter._value", "1", ("Counter._lock",)),
            ("T1", 8, "with self._lock:", "release", "Counter._lock", "", ()),
            ("T1", 10, "return self._value", "read", "Counter._value", "1", ()),
        ),
    ),
    [(failure, 1, False)],
    claim="Failed in the third schedule; the search stopped there.",
    expected="[1, 2]",
    exhaustive=False,
)


def _ring(names, locks):
    """Each thread takes its own lock, then the next one's."""
    rows, stuck = [], []
    for number, name in enumerate(names):
        rows.append((name, 12, "with first.lock:", "acquire", locks[number], "", (locks[number],)))
    for number, name in enumerate(names):
        following = (number + 1) % len(names)
        stuck.append(
            Stuck(
                name,
                "acquire",
                locks[following],
                names[following],
                (locks[number],),
                FILE,
                13,
                "with second.lock:",
            )
        )
    stuck.insert(0, Stuck("main", "join", "T1", "", (), FILE, 30, "together(*moves)"))
    return Execution(
        DEADLOCK,
        note="no thread can ever go on",
        schedule="1:3 2:3 3",
        preemptions=len(names) - 1,
        steps=steps(*rows),
        stuck=tuple(stuck),
    )


DEADLOCK_OF_TWO = exploration(
    "opposite_transfers",
    failure := _ring(["T1", "T2"], ["Account#1.lock", "Account#2.lock"]),
    [(Execution(FINISHED, [100, 100]), 14, True), (failure, 2, False)],
    claim="Explored all 16 schedules; 2 of them fail.",
    expected="[100, 100]",
)

DEADLOCK_OF_THREE = exploration(
    "three_philosophers_eat",
    failure := _ring(["T1", "T2", "T3"], ["a", "b", "c"]),
    [(Execution(FINISHED), 31, True), (failure, 1, False)],
    claim="Explored all 32 schedules; 1 of them fails.",
)

SELF_DEADLOCK = exploration(
    "move_to_itself",
    failure := Execution(
        DEADLOCK,
        note="no thread can ever go on",
        schedule="1",
        steps=steps(
            ("main", 5, "with self._lock:", "acquire", "Inventory._lock", "", ("Inventory._lock",)),
            (
                "main",
                6,
                "self.remove(item, n)",
                "read",
                "Inventory._counts",
                "{'nail': 3}",
                ("Inventory._lock",),
            ),
        ),
        stuck=(
            Stuck(
                "main",
                "acquire",
                "Inventory._lock",
                "main",
                ("Inventory._lock",),
                FILE,
                11,
                "with self._lock:",
            ),
        ),
    ),
    [(failure, 1, False)],
    claim="Ran the only schedule there is.",
)

LOST_WAKE_UP = exploration(
    "the_consumer_gets_the_item",
    failure := Execution(
        DEADLOCK,
        note="no thread can ever go on",
        schedule="2 1",
        preemptions=0,
        seconds=0.5,
        steps=steps(
            ("T2", 14, "time.sleep(0.5)", "sleep", "0.5 s", "", ()),
            ("T1", 5, "if not items:", "read", "items", "[]", (), 0.0),
            ("T2", 15, "items.append(1)", "call", "items", "[]", (), 0.5),
            ("T2", 16, "with ready:", "acquire", "ready", "", ("ready",), 0.5),
            ("T2", 17, "ready.notify()", "read", "ready._waiters", "deque", ("ready",), 0.5),
            ("T2", 16, "with ready:", "release", "ready", "", (), 0.5),
            ("T2", 16, "with ready:", "end", "T2", "", (), 0.5),
            ("T1", 6, "with ready:", "acquire", "ready", "", ("ready",), 0.5),
            ("T1", 7, "ready.wait()", "release", "ready", "", (), 0.5),
        ),
        stuck=(Stuck("T1", "wait", "ready", "", (), FILE, 7, "ready.wait()"),),
    ),
    [(Execution(FINISHED, [1]), 9, True), (failure, 3, False)],
    claim="Explored all 12 schedules; 3 of them fail.",
    expected="[1]",
)

RAISED_IN_THREAD = exploration(
    "both_remove_the_key",
    failure := Execution(
        RAISED,
        error="KeyError: 'k' (line 9 of pop_once), in T1",
        schedule="1:2 2 1",
        preemptions=1,
        steps=steps(
            ("T1", 8, "if key in cache:", "read", "cache['k']", "1", ()),
            ("T2", 8, "if key in cache:", "read", "cache['k']", "1", ()),
            ("T2", 9, "cache.pop(key)", "call", "cache['k']", "1", ()),
            ("T2", 9, "cache.pop(key)", "end", "T2", "", ()),
            ("T1", 9, "cache.pop(key)", "call", "cache['k']", "", ()),
        ),
    ),
    [(Execution(FINISHED, []), 2, True), (failure, 2, False)],
    claim="Explored all 4 schedules; 2 of them fail.",
)

SPINS = exploration(
    "the_worker_stops",
    failure := Execution(
        LIVELOCK,
        note="T1 spins for ever: nobody can change what the loop waits for",
        schedule="1",
        steps=steps(("T1", 4, "while not stopped:", "read", "stopped", "[]", ())),
        stuck=(
            Stuck("main", "join", "T1", "", (), FILE, 9, "thread.join()"),
            Stuck("T1", "spin", "", "", (), FILE, 4, "while not stopped:"),
        ),
    ),
    [(failure, 1, False)],
    claim="Ran the only schedule there is.",
)

LEFT_A_THREAD = exploration(
    "stop_leaves_no_thread",
    failure := Execution(
        LEAKED,
        note="the scenario returned while owner was still alive",
        schedule="1",
        steps=steps(("owner", 4, "item = inbox.get()", "get", "inbox", "", ())),
        stuck=(Stuck("owner", "get", "inbox", "", (), FILE, 4, "item = inbox.get()"),),
    ),
    [(failure, 3, False)],
    claim="Explored all 3 schedules; 3 of them fail.",
)

UNREPEATABLE = exploration(
    "order_of_a_set",
    Execution(NONDETERMINISTIC, note="the same schedule did not give the same steps", schedule="1 2"),
    [(Execution(NONDETERMINISTIC), 1, False)],
    claim="Stopped at the first replay.",
)

TORN = exploration(
    "the_sum_never_changes",
    failure := Execution(
        FINISHED,
        150,
        schedule="1:3 2 1",
        preemptions=1,
        steps=steps(
            ("T1", 4, "a = src.balance", "read", "Account#1.balance", "100", ()),
            ("T2", 9, "src.balance -= 50", "read", "Account#1.balance", "100", ()),
            ("T2", 9, "src.balance -= 50", "write", "Account#1.balance", "50", ()),
            ("T2", 10, "dst.balance += 50", "read", "Account#2.balance", "0", ()),
            ("T2", 10, "dst.balance += 50", "write", "Account#2.balance", "50", ()),
            ("T1", 5, "return a + dst.balance", "read", "Account#2.balance", "50", ()),
        ),
    ),
    [(Execution(FINISHED, 100), 5, True), (failure, 1, False)],
    claim="Explored all 6 schedules; 1 of them fails.",
    expected="100",
)

HOLDS = exploration(
    "two_increments",
    None,
    [(Execution(FINISHED, 2), 12, True)],
    claim="Explored all 12 schedules (equivalent ones once); none fails.",
    expected="2",
)

MANY_OUTCOMES = exploration(
    "three_increments",
    None,
    [(Execution(FINISHED, {"value": n, "seen": list(range(n))}), 100 - n, True) for n in range(1, 9)],
    claim="Sampled 764 schedules (POS, seed 0); none failed.",
    exhaustive=False,
)


def long_failure(threads=4, moments=60):
    """Many threads, long lines, many locks, time that moves."""
    names = [f"T{number + 1}" for number in range(threads)]
    rows = []
    for number in range(moments):
        name = names[(number * 7 // 3) % threads]
        held = (f"stripes[{number % 3}]",) if number % 4 else ()
        source = (
            "self._counts[key] = self._counts.get(key, 0) + amount_of_this_call",
            "x += 1",
            "with lock:",
        )[number % 3]
        action = ("write", "read", "acquire")[number % 3]
        target = ("StripedCounter._counts['apples']", "x", f"stripes[{number % 3}]")[number % 3]
        rows.append((name, 10 + number % 5, source, action, target, str(number), held, number // 20 * 0.25))
    return exploration(
        "a_scenario_with_a_rather_long_name_that_says_what_it_claims",
        execution := Execution(
            FINISHED,
            list(range(40)),
            schedule=" ".join(f"{number % threads}:{number}" for number in range(30)),
            preemptions=17,
            seconds=0.75,
            steps=steps(*rows),
        ),
        [(Execution(FINISHED, 1), 4711, True), (execution, 289, False)],
        claim="Sampled 5,000 schedules in 2.1 s (POS, seed 0), because the accesses of one line are not "
        "exactly known; 289 of them fail. Other schedules were not tried.",
        expected="an increasing list of the numbers from 1 to 40, each of them exactly once and nothing else",
        exhaustive=False,
    )


SMALL = {name.lower(): value for name, value in list(globals().items()) if isinstance(value, Exploration)}
ALL = {
    **SMALL,
    "long_2": long_failure(2, 30),
    "long_3": long_failure(3, 60),
    "long_4": long_failure(4, 60),
}
