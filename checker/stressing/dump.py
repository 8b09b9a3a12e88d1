"""Reading what `faulthandler` says about threads that hang."""

from __future__ import annotations

import linecache
import re
import sysconfig
from pathlib import Path

_THREAD = re.compile(r"^(?:Current t|T)hread 0x([0-9a-f]+)(?: \[(.*)\])? \(most recent call first\):")
_FRAME = re.compile(r'^  File "(.*)", line (\d+) in (.*)$')
_STDLIB = sysconfig.get_paths()["stdlib"]
_CHECKER = str(Path(__file__).parent.parent)
_NOT_THE_SCENARIO = ("watch",)  # threads of ours


def foreign(filename: str) -> bool:
    """Whether a file is Python's own or the checker's, and not the scenario's."""
    inside = filename.startswith(_STDLIB) and "site-packages" not in filename
    return inside or filename.startswith((_CHECKER, "<frozen"))


def where_threads_are(dump: str, names: dict[int, str]) -> list[str]:
    """One phrase per thread of the scenario: its name, and its innermost line that is the scenario's own.

    `names` maps thread idents to names. Threads without any line of the scenario's are left out, and so is
    the main thread if there are others.
    """
    phrases = []
    ident, named, found = 0, "", True
    for text in dump.splitlines():
        if header := _THREAD.match(text):
            ident, named, found = int(header[1], 16), header[2] or "", False
        elif not found and (frame := _FRAME.match(text)) and not foreign(frame[1]):
            found = True
            name = names.get(ident) or named or "a thread"
            if name not in _NOT_THE_SCENARIO:
                source = linecache.getline(frame[1], int(frame[2])).strip()
                phrases.append(f"{name} in line {frame[2]}" + (f" `{source}`" if source else f" of {frame[3]}"))
    others = sorted(phrase for phrase in phrases if not phrase.startswith("MainThread "))
    return others or phrases  # the scenario's own thread usually just waits for the others
