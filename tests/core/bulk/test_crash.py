"""A job that is killed, for real and at random moments, and run again."""

from __future__ import annotations

import json
import random
import subprocess
import sys
import time
from collections import Counter

JOB = """
import asyncio, os, random, sys
from verbalized_sampling import Elicitation
from verbalized_sampling.bulk import Journal, JsonLinesSink, Limits, Task, run
from verbalized_sampling.models import Options, resolve

folder, n = sys.argv[1], int(sys.argv[2])
log = os.open(folder + "/asked", os.O_WRONLY | os.O_APPEND | os.O_CREAT)

async def model(messages):
    os.write(log, messages[-1]["content"].encode() + b"\\n")
    await asyncio.sleep(random.uniform(0, 0.02))
    return '[{"text": "A of %s", "probability": 0.5}, {"text": "B", "probability": 0.5}]' % messages[-1]["content"]

async def job():
    caller, elicitation = resolve(model, Options()), Elicitation(k=2)
    with Journal(folder + "/journal") as journal, JsonLinesSink(folder + "/out.jsonl", journal) as sink:
        rows = (str(i) for i in range(n))
        tasks = (
            Task(row=row, plan=lambda row=row: elicitation.plan("Question " + row), model="m", caller=caller)
            for row in rows if not sink.has(row)
        )
        async for outcome in run(tasks, journal=journal, limits=Limits(concurrency=8)):
            sink.write(outcome.task.row, [{"row": outcome.task.row, "text": c.text} for c in outcome.result])

asyncio.run(job())
"""
ROWS, AT_ONCE, KILLS = 800, 8, 6


def size(path):
    return path.stat().st_size if path.exists() else 0


def test_killed_at_random_moments_it_asks_nothing_twice_and_writes_each_row_once(tmp_path):
    moments = random.Random(1)
    for _ in range(KILLS):
        before = size(tmp_path / "asked")
        process = subprocess.Popen([sys.executable, "-c", JOB, tmp_path, str(ROWS)], stderr=subprocess.PIPE)
        while process.poll() is None and size(tmp_path / "asked") == before:
            time.sleep(0.005)
        time.sleep(moments.uniform(0.0, 0.15))
        assert process.poll() is None, process.stderr.read()
        process.kill()
        process.wait()
    done = subprocess.run([sys.executable, "-c", JOB, tmp_path, str(ROWS)], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr

    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text().splitlines()]
    assert Counter(row["row"] for row in rows) == {str(i): 2 for i in range(ROWS)}
    asked = Counter((tmp_path / "asked").read_text().splitlines())
    assert len(asked) == ROWS
    assert sum(asked.values()) - ROWS <= KILLS * AT_ONCE
