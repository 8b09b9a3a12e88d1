"""Whatever the worker does, the parent gets an answer in time, and nothing stays behind.

The code here does not pass the gate: it is what would run if the gate had a hole.
"""

import os
import select
import signal
import subprocess
import time
from pathlib import Path

import pytest

from checker.grading import protocol
from checker.grading.limits import Limits
from checker.grading.session import Session, WorkerLost, descendants

#: Ended by processor time: no machine is so busy that the wall clock comes first.
QUICK = Limits(cpu=1.0, wall=200.0)
#: Ended by the wall clock.
BRIEF = Limits(cpu=100.0, wall=1.0)


def gone(pids, seconds=60):
    """Whether all these processes have ended, once they have had time to."""
    deadline = time.monotonic() + seconds
    while any(Path(f"/proc/{pid}").exists() for pid in pids) and time.monotonic() < deadline:
        time.sleep(0.01)
    return not any(Path(f"/proc/{pid}").exists() for pid in pids)


@pytest.fixture
def session(request):
    with Session(getattr(request, "param", QUICK)) as session:
        yield session
    assert gone([session._process.pid])


brief = pytest.mark.parametrize("session", [BRIEF], indirect=True, ids=["brief"])


def run(session, source):
    return session.call({"do": "run", "world": 1, "name": "answer", "source": source, "trusted": []})


def lost(session, source, kind, text):
    with pytest.raises(WorkerLost, match=text) as caught:
        run(session, source)
    assert caught.value.kind == kind


def test_a_cell_runs(session):
    assert run(session, "x = 1") == {"ran": ""}
    assert run(session, "assert x == 1") == {"ran": ""}


@pytest.mark.parametrize(
    "source, error",
    [
        ("1 / 0", "ZeroDivisionError: division by zero (line 1: 1 / 0)"),
        ("x = = 1", "SyntaxError: invalid syntax (line 1: x = = 1)"),
        ("raise SystemExit(3)", "SystemExit: 3 (line 1: raise SystemExit(3))"),
        ("raise KeyboardInterrupt", "KeyboardInterrupt (line 1: raise KeyboardInterrupt)"),
        (
            "class E(Exception):\n  def __str__(self): raise SystemExit\nraise E",
            "E: <exception str() failed> (line 3: raise E)",
        ),
        ("open('/etc/passwd')", None),
        ("import os; os.fork()", None),
        ("import socket; socket.socket()", None),
        ("import subprocess; subprocess.run(['true'])", None),
        ("x = bytearray(4 << 30)", "MemoryError (line 1: x = bytearray(4 << 30))"),
        ("def f(): f()\nf()", None),
    ],
)
def test_what_a_cell_raises_is_told_and_the_worker_goes_on(session, source, error):
    told = run(session, source)["ran"]
    assert told and (error is None or told == error)
    assert run(session, "x = 1") == {"ran": ""}


def test_the_process_ends_itself(session):
    lost(session, "import os; os._exit(0)", "died", r"the answer ended the process \(exit status 0\)")


def test_a_crash(session):
    lost(session, "import ctypes; ctypes.string_at(0)", "died", "the process crashed")


def test_an_endless_loop_is_ended_by_processor_time(session):
    lost(session, "while True: pass", "cpu", "no verdict within 1 s of processor time")


def test_signals_that_are_ignored_help_nothing(session):
    source = "import signal\nfor s in (2, 15, 24): signal.signal(s, signal.SIG_IGN)\nwhile True: pass"
    lost(session, source, "cpu", "no verdict within 1 s of processor time")


@brief
def test_sleeping_is_ended_by_the_wall_clock(session):
    lost(session, "import time; time.sleep(3600)", "wall", "no verdict within")


def writing(data):
    return f"import os\nfor fd in range(3, 12):\n  try: os.write(fd, {data})\n  except OSError: pass\n"


def test_forged_bytes_are_noticed(session):
    lost(session, writing(b"\x00\x00\x00\x02{}"), "forged", "the worker sent malformed")


def test_a_forged_result_is_noticed(session):
    with pytest.raises(WorkerLost, match="no reply|something else|malformed"):
        run(session, writing(protocol.frame((1, {"found": "everything holds", "x": 1}))))
        run(session, "x = 1")


def test_a_reply_before_the_question_is_noticed(session):
    with pytest.raises(WorkerLost, match="a reply to something else"):
        run(session, writing(protocol.frame((7, {"ran": ""}))))


def test_a_second_reply_with_the_right_number_is_noticed(session):
    steal = "import gc, os\ngc.unfreeze()\nfrom checker.grading.protocol import frame\n"
    steal += "pipe = next(o for o in gc.get_objects() if type(o).__name__ == 'Pipe')\n"
    steal += "pipe.send({'ran': ''})\n"
    assert run(session, steal) == {"ran": ""}
    with pytest.raises(WorkerLost, match="something else|without being asked"):
        session.end()


#: Writes once the worker has replied and waits for the next request.
LATE = """
import os, sys, threading, time, traceback
main = threading.main_thread().ident
def late():
    while not any(call.name == "receive" for call in traceback.extract_stack(sys._current_frames()[main])):
        time.sleep(0.01)
    for fd in range(3, 12):
        try: os.write(fd, b"late")
        except OSError: pass
threading.Thread(target=late, daemon=True).start()
"""


def test_a_late_write_from_a_thread_is_noticed(session):
    with pytest.raises(WorkerLost, match="without being asked|a frame that announces"):  # read alone or with the reply
        run(session, LATE)
        assert select.select([session._replies], [], [], 200)[0]
        run(session, "x = 1")


def test_a_flood_is_cut(session):
    with pytest.raises(WorkerLost) as caught:
        run(session, writing("b'\\x00\\x00\\x00\\x01[' * 100000") * 50)
    assert caught.value.kind == "forged"


@pytest.mark.slow
@brief
def test_half_a_frame_is_ended_by_the_wall_clock(session):
    lost(session, writing(b"\x00\x00\x01\x00half") + "import time; time.sleep(100)", "wall", "no verdict within")


@pytest.mark.slow
@brief
def test_a_stopped_worker_is_ended_by_the_wall_clock(session):
    for pid in (session._process.pid, *descendants(session._process.pid)):
        os.kill(pid, signal.SIGSTOP)
    with pytest.raises(WorkerLost, match="no verdict within"):
        run(session, "x = 1" + " " * 3_000_000)


def test_a_process_that_the_system_refuses_at_first_is_asked_for_again(monkeypatch):
    popen, refused = subprocess.Popen, []

    def moody(*arguments, **named):
        if len(refused) < 2:
            refused.append(1)
            raise OSError(14, "Bad address")
        return popen(*arguments, **named)

    monkeypatch.setattr(subprocess, "Popen", moody)
    with Session(Limits(), sandboxed=False) as session:
        assert run(session, "x = 1") == {"ran": ""}
    assert len(refused) == 2


def test_prints_do_not_reach_the_pipe(session):
    assert run(session, "for i in range(20000): print('x' * 100)") == {"ran": ""}
    assert run(session, "import sys; sys.__stdout__.write('{}'); sys.__stdout__.flush()") == {"ran": ""}


def test_an_unsandboxed_worker_leaves_no_process_either():
    with Session(QUICK, sandboxed=False) as session:
        run(session, "import subprocess; subprocess.Popen(['sleep', '1000'])")
        run(session, "import subprocess; subprocess.Popen(['sleep', '1000'], start_new_session=True)")
        started = [session._process.pid, *descendants(session._process.pid)]
        assert len(started) == 3
    assert gone(started)
