"""Whether the README's first command ever shows a row twice.

    python tests/benchmarks/models/first_command.py [RUNS] [PROCESSES]

Each of RUNS calls the command in this process with a seed of its own; then PROCESSES run it as a user's shell does,
without one. What is compared is what the command printed.
"""

from __future__ import annotations

import contextlib
import io
import os
import re
import subprocess
import sys
from collections import Counter
from pathlib import Path

from verbalized_sampling.adapters import text_key
from verbalized_sampling.command import run

QUERY = "Tell me a joke about coffee"
_ROW = re.compile(r" *\d+ +[01]\.\d{3} +\S* +(.*?) *")
_WIDE = {"COLUMNS": "100000"}  # one line a row


def shown_in_this_process(seed: int) -> str:
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()):
        code = run([QUERY, "--seed", str(seed)])
    return out.getvalue() if code == 0 else f"exit code {code}"


def shown_in_another() -> str:
    command = [Path(sys.executable).with_name("verbalize"), QUERY]
    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | _WIDE, check=False)
    return done.stdout if done.returncode == 0 else f"exit code {done.returncode}"


def letters(text: str) -> str:
    """What near-equal rows have in common: case, white space and punctuation aside."""
    return "".join(filter(str.isalnum, text.casefold()))


def main(runs: int = 200, processes: int = 20) -> None:
    os.environ.update(_WIDE)
    sizes: Counter[int] = Counter()
    equal = near = failed = 0
    for number in range(runs + processes):
        shown = shown_in_this_process(number) if number < runs else shown_in_another()
        rows = [match[1] for line in shown.splitlines() if (match := _ROW.fullmatch(line))]
        failed += not rows
        sizes[len(rows)] += 1
        equal += len(set(map(text_key, rows))) < len(rows)
        if len(set(map(letters, rows))) < len(rows):
            near += 1
            print(f"run {number}: near-equal rows")
        if number % 20 == 19:
            print(f"{number + 1} runs so far, {equal} with equal rows", flush=True)
        if not rows or len(set(map(letters, rows))) < len(rows):
            print(shown, flush=True)
    print(f"{runs} runs in one process and {processes} processes: {failed} failed")
    print(f"rows a run: {', '.join(f'{size} in {count}' for size, count in sorted(sizes.items()))}")
    print(f"with equal rows (but for case and white space): {equal}; with rows equal but for punctuation: {near}")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
