"""The OS threads of an exploration: each serves a controlled thread in one execution, and another in the next.

To start an OS thread takes ten times as long as to wake one. Nothing may go over from one execution to the next: a
thread begins each with an empty context and without trace or profile function. Thread-local data cannot be taken from
a thread; where a `threading.local` outlives executions, a thread serves once.
"""

from __future__ import annotations

import _thread
import sys
from collections.abc import Callable
from contextvars import Context

# bound here: during an exploration the module's own names are the controlled ones
_allocate_lock = _thread.allocate_lock
_start_new_thread = _thread.start_new_thread

#: Real seconds that a dismissed thread gets to end, before the exploration returns without it.
_PATIENCE = 1.0


class Worker:
    """One OS thread. It waits at its gate and, when that is opened, does the body that it was given."""

    __slots__ = ("gate", "ident", "body", "waiting", "dismissed", "home")

    def __init__(self) -> None:
        self.body: Callable[[], None] | None = None
        self.waiting = False  # for a body to do
        self.dismissed = False
        self.gate = _allocate_lock()
        self.gate.acquire()
        self.home = _allocate_lock()
        self.home.acquire()
        self.ident = _start_new_thread(self._serve, ())

    def _serve(self) -> None:
        try:
            while True:
                self.waiting = True
                if self.dismissed:
                    return
                self.gate.acquire()
                body, self.body, self.waiting = self.body, None, False
                if body is None:
                    return
                _forget()
                Context().run(body)
                del body
        except BaseException:  # what was sent to end a stubborn execution may come late
            pass
        finally:
            self.home.release()

    def dismiss(self) -> None:
        """Let the thread end: at once if it waits for a body, else when it comes back."""
        self.dismissed = True
        if self.waiting:
            self.gate.release()


def _forget() -> None:
    """Take off what the last body has put on its thread."""
    if sys.gettrace() is not None:
        sys.settrace(None)
    if sys.getprofile() is not None:
        sys.setprofile(None)


class Crew:
    """The workers of an exploration."""

    def __init__(self) -> None:
        self.once = False  # threads serve one execution only
        self._idle: list[Worker] = []
        self._busy: list[Worker] = []

    def take(self, body: Callable[[], None]) -> Worker:
        """A worker that does `body` once its gate is opened.

        Raises:
            RuntimeError: the system gives no more threads.
        """
        worker = self._idle.pop() if self._idle else Worker()
        self._busy.append(worker)
        worker.body = body
        return worker

    def rest(self) -> None:
        """After an execution that ended by itself: all workers are on their way back to their gates."""
        if self.once:
            self.dismiss()
        self._idle += reversed(self._busy)
        self._busy.clear()

    def dismiss(self) -> None:
        """Send everybody home. Those in a call that cannot be ended go when they come back from it."""
        for worker in self._idle + self._busy:
            worker.dismiss()
        for worker in self._idle:
            worker.home.acquire(timeout=_PATIENCE)
        self._idle.clear()
        self._busy.clear()
