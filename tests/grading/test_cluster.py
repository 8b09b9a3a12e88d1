"""The same jobs on a Dask cluster, with a worker killed on the way: no mark lost, none twice."""

import functools
import os
import signal
import subprocess
import sys
import time

import pytest
import tiny
from needs import needs

from checker.course import CourseError
from checker.grading import batch, cluster

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore"), needs("distributed")]

STUDENTS = 10


class Cluster:
    """A scheduler and two workers, each a process of its own."""

    def __init__(self, folder):
        self.folder = folder
        self.processes = []
        self.address = ""

    def start(self, *arguments):
        with open(self.folder / f"{arguments[0]}-{len(self.processes)}.log", "w") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "distributed.cli." + arguments[0], *arguments[1:]],
                cwd=self.folder,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self.processes.append(process)
        return process

    def __enter__(self):
        file = self.folder / "scheduler.json"
        scheduler = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(file))
        self.start("dask_scheduler", *scheduler)
        for _ in range(2):
            worker = ("--scheduler-file", str(file), "--host", "127.0.0.1", "--nthreads", "1")
            self.start("dask_worker", *worker, "--no-nanny", "--no-dashboard", "--death-timeout", "200")
        import distributed

        with distributed.Client(scheduler_file=str(file), timeout=200) as client:
            client.wait_for_workers(2, timeout=200)
            self.address = client.scheduler.address
        return self

    def __exit__(self, *_):
        for process in self.processes:
            try:
                os.killpg(process.pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            process.wait()


def test_a_killed_worker_loses_no_mark(tmp_path):
    (tmp_path / "course").mkdir()
    (tmp_path / "cluster").mkdir()
    course = tiny.course(tmp_path / "course")
    for number in range(STUDENTS):
        counter = tiny.UNLOCKED if number % 2 else tiny.COUNTER
        tiny.hand_in(course, f"student-{number}", tiny.submission(counter=counter))
    written = []
    with Cluster(tmp_path / "cluster") as running, pytest.MonkeyPatch.context() as patch:
        from checker.grading.records import Records

        honest = Records.write

        def write(self, assignment, student, notebooks):
            if len(written) == 2:
                os.killpg(running.processes[-1].pid, signal.SIGKILL)
            written.append(student)
            return honest(self, assignment, student, notebooks)

        patch.setattr(Records, "write", write)
        rows = batch.grade_class(course, [tiny.NAME], dask=running.address)
    assert sorted(written) == sorted({row.student for row in rows}) and len(rows) == STUDENTS
    points = {row.student: row.mark and row.mark.points for row in rows}
    assert points == {f"student-{n}": 2 if n % 2 else tiny.MOST for n in range(STUDENTS)}, rows


def test_without_a_scheduler_there_is_one_clear_line(monkeypatch):
    import distributed

    client = functools.partial(distributed.Client, timeout=1)
    monkeypatch.setattr(distributed, "Client", lambda address, **_: client(address))
    began = time.monotonic()
    with pytest.raises(CourseError, match="no Dask scheduler at tcp://127.0.0.1:9"):
        list(cluster.run(len, ["a"], "tcp://127.0.0.1:9"))
    assert time.monotonic() - began < 200
