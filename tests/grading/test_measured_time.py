"""The benchmark of grading counts the processor time of workers that are killed, too."""

import subprocess
import sys
from pathlib import Path

from needs import needs

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"

#: Ends when the process that it leaves behind has used half a second.
PARENT = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', sys.argv[1]], stdout=sys.stdout)"
ORPHAN = "import time\nwhile time.process_time() < 0.5: pass"

MEASURE = f"""
import subprocess, sys
sys.path.insert(0, {str(BENCHMARKS)!r})
import grading
before = grading._busy()
subprocess.run([sys.executable, "-c", {PARENT!r}, {ORPHAN!r}], check=True, stdout=subprocess.PIPE)
print(grading._busy() - before)
"""


@needs("linux")  # read from /proc
def test_what_orphans_use_is_counted():
    run = subprocess.run([sys.executable, "-c", MEASURE], capture_output=True, text=True)
    assert run.returncode == 0, run.stderr
    assert float(run.stdout) >= 0.4  # the kernel counts in hundredths
