"""What importing the library costs, against importing the two libraries that it requires.

Run it with ``uv run python tests/benchmarks/import_time.py``.
"""

from __future__ import annotations

import os
import resource
import statistics
import subprocess
import sys

PEER = """
import jinja2
from pydantic import BaseModel

class Answer(BaseModel):
    text: str

jinja2.Environment()
"""
OURS = "import verbalized_sampling"
ROUNDS = 15
# Where bytecode may not be written, whatever changed last would be compiled each time, and its peer would not.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(code: str) -> float:
    """Processor time of an interpreter that runs the code and nothing else."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, "-c", code], check=True, env=ENVIRONMENT)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    for code in (PEER, OURS):  # compiles what is not compiled yet
        seconds(code)
    rounds = [(seconds(PEER), seconds(OURS)) for _ in range(ROUNDS)]
    ratios = sorted(ours / peer for peer, ours in rounds)
    print(f"import of pydantic and jinja2: {statistics.median(peer for peer, _ in rounds):.3f} s")
    print(f"import of verbalized_sampling: {statistics.median(ours for _, ours in rounds):.3f} s")
    print(f"ratio: median {statistics.median(ratios):.2f}, from {ratios[0]:.2f} to {ratios[-1]:.2f} (bar: 0.9)")


if __name__ == "__main__":
    main()
