"""The benchmark of grading counts the processor time of workers that are killed, too."""

import subprocess
import sys
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

#: Ends at once, and leaves behind a process that uses half a second.
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]])"
ORPHAN = "import time\nwhile time.process_time() < 0.5: pass"

MEASURE = f"""
import subprocess, sys
sys.path.insert(0, {str(BENCHMARKS)!r})
import grading
with grading._reaping() as used:
    subprocess.run([sys.executable, "-c", {PARENT!r}, {ORPHAN!r}], check=True)
print(used[0])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="orphans can be adopted on Linux only")
def test_what_orphans_use_is_counted():
    # in a process of its own, since it waits for all its children
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) >= 0.5
