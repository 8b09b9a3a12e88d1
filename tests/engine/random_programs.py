"""Random small programs: shared attributes, items and lists, locks taken, tried and waited for, events, sleeps."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

HEAD = """
import threading, time

class Shared:
    pass

def scenario():
    s = Shared()
    s.a = s.b = 0
    x = [0, 0]
    out = []
    L, M, E = threading.Lock(), threading.Lock(), threading.Event()
"""


def _block(rng: random.Random, depth: int, budget: int, indent: int, may_join: bool) -> list[str]:
    lines: list[str] = []
    pad = "    " * indent
    while budget > 0:
        kind = rng.choice("read write increment lock try item length if timed sleep set look wait append join".split())
        name, local, lock = rng.choice("ab"), f"r{rng.randint(0, 2)}", rng.choice("LM")
        nested = depth < 2 and budget >= 2
        if kind == "read":
            lines.append(f"{pad}{local} = s.{name}")
        elif kind == "write":
            lines.append(f"{pad}s.{name} = {rng.randint(1, 3)}")
        elif kind == "increment":
            lines.append(f"{pad}s.{name} += 1")
        elif kind == "item":
            lines.append(f"{pad}x[{rng.randint(0, 1)}] += 1")
        elif kind == "length":
            lines.append(f"{pad}{local} = len(out)")
        elif kind == "append":
            lines.append(f"{pad}out.append({rng.randint(0, 9)})")
        elif kind == "if":
            lines.append(f"{pad}if s.{name}: s.{rng.choice('ab')} = {rng.randint(4, 6)}")
        elif kind == "sleep":
            lines.append(f"{pad}time.sleep({rng.randint(1, 3)})")
        elif kind == "set" and rng.random() < 0.5:
            lines.append(f"{pad}E.set()")
        elif kind == "look":
            lines.append(f"{pad}{local} = E.is_set()")
        elif kind == "join" and may_join and rng.random() < 0.5:
            lines.append(f"{pad}w.join()")
        elif kind == "wait" and rng.random() < 0.5:
            lines.append(f"{pad}{local} = E.wait({rng.randint(1, 4)})")
        elif kind == "lock" and nested:
            lines.append(f"{pad}with {lock}:")
            lines += _block(rng, depth + 1, rng.randint(1, 2), indent + 1, may_join)
        elif kind in ("try", "timed") and nested:
            how = "False" if kind == "try" else f"timeout={rng.randint(1, 3)}"
            lines.append(f"{pad}if {lock}.acquire({how}):")
            lines += _block(rng, depth + 1, 1, indent + 1, may_join)
            lines.append(f"{pad}    {lock}.release()")
        else:
            continue
        budget -= 2 if kind in ("increment", "item", "lock", "try", "timed", "if") else 1
    return lines


def random_program(rng: random.Random, *, threads: int, operations: int) -> tuple[Callable[[], Any], str]:
    """A scenario of so many threads with about so many operations each, and its source."""
    lines = [HEAD.rstrip()]
    worker = rng.random() < 0.4  # one more thread, started before the others, which they may join
    if worker:
        lines += ["    def work():", "        r0 = r1 = r2 = None", *_block(rng, 1, 1, 2, False)]
        lines += ["    w = threading.Thread(target=work)", "    w.start()"]
    for number in range(threads):
        lines.append(f"    def f{number}():")
        lines.append("        r0 = r1 = r2 = None")
        lines += _block(rng, 0, operations, 2, worker)
        lines.append("        return r0, r1, r2")
    names = ", ".join(f"f{number}" for number in range(threads))
    lines.append(f"    found = together({names})")
    if worker:
        lines.append("    w.join()")
    lines.append("    return found, s.a, s.b, x, sorted(out)")
    source = "\n".join(lines) + "\n"
    from checker import together

    space: dict[str, Any] = {"together": together}
    exec(compile(source, f"<random program {rng.random()}>", "exec"), space)
    scenario: Callable[[], Any] = space["scenario"]
    return scenario, source
