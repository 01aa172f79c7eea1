"""Runs a job in child processes and kills them, one after another, at random moments; for ``test_crash.py``.

Whoever starts it gives a folder and a number of kills. It imports once and forks, so that a child is at work a few
milliseconds after it was born: a kill costs a tenth of a second, and not one.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

from verbalized_sampling.bulk import bulk

folder, kills, rows, settings = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]), json.loads(sys.argv[4])
moments = random.Random(1)


def job():
    log = os.open(folder / "asked", os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    delays = random.Random()

    async def model(messages):
        question, turn = messages[-1 if len(messages) == 2 else 1]["content"], len(messages)
        os.write(log, f"{question} {turn}\n".encode())
        await asyncio.sleep(delays.uniform(0, 0.03))
        texts = (f"{question} {turn} {i}" for i in range(2))
        return json.dumps([{"text": text, "probability": 0.5} for text in texts])

    report = bulk((f"Question {i}" for i in range(rows)), folder / "data.jsonl", model=model, k=2, **settings)
    (folder / "report").write_text(report.to_json())


def child():
    if pid := os.fork():
        return pid
    job()
    os._exit(0)


for _ in range(kills):
    pid = child()
    time.sleep(moments.uniform(0.0, 0.2))
    assert os.waitpid(pid, os.WNOHANG) == (0, 0), "it ended before it was killed"
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
_, status = os.waitpid(child(), 0)
sys.exit(os.waitstatus_to_exitcode(status))
