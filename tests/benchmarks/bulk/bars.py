"""Bulk generation against its bars: how near to the ideal, how fast without a model, how flat, how soon it resumes.

    python tests/benchmarks/bulk/bars.py            # a minute or two
    python tests/benchmarks/bulk/bars.py --rows 10000

Each measurement is a process of its own. The ideal is calls × delay / calls at once. On a machine with other work to do
nothing comes near it, so a bare loop of the same calls, which keeps and reads nothing, takes turns with the job; with
``chrt -r 1 python …`` the other work waits.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

import aiohttp

from verbalized_sampling import Elicitation
from verbalized_sampling.bulk import bulk
from verbalized_sampling.models import Options
from verbalized_sampling.models.dialect import body_of

DELAY, AT_ONCE = 0.05, 64
IDEAL = 1600 * DELAY / AT_ONCE
SCRIPTED = Path(__file__).parents[2] / "scripted.py"
REPLY = '{"responses": [{"text": "A of %s", "probability": 0.5}, {"text": "B of %s", "probability": 0.5}]}'


def reply(messages):
    question = messages[-1]["content"]
    return REPLY % (question, question)


async def waits(messages):
    await asyncio.sleep(DELAY)
    return reply(messages)


def blocks(messages):
    time.sleep(DELAY)
    return reply(messages)


async def instant(messages):
    return reply(messages)


@contextmanager
def endpoint():
    command = [sys.executable, SCRIPTED, "--delay", str(DELAY)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    yield f"m@{process.stdout.readline().strip()}"
    process.stdin.close()
    process.wait()


async def bare(name, rows):
    """The same calls and nothing else: a semaphore around a function, or around aiohttp."""
    at_once = asyncio.Semaphore(AT_ONCE)
    bodies = [body_of("m", next(Elicitation(k=2).plan(f"Question {i}")), Options(), frozenset()) for i in range(rows)]

    async def over_http(body):
        async with at_once, session.post(url, json=body) as answer:
            json.loads(await answer.read())

    async def in_here(body):
        async with at_once:
            await waits(body["messages"])

    began, cpu = time.perf_counter(), time.process_time()
    if "@" in name:
        url = name.partition("@")[2] + "/chat/completions"
        async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0)) as session:
            await asyncio.gather(*map(over_http, bodies))
    else:
        await asyncio.gather(*map(in_here, bodies))
    seconds = time.perf_counter() - began
    print(json.dumps({"seconds": seconds, "cpu": time.process_time() - cpu, "memory": 0}))


def one(name, rows, folder):
    """One measurement, in this process."""
    models = {"async function": waits, "blocking function": blocks, "instant": instant}
    model = name if "@" in name else models[name]
    bulk(
        ["warm up"], Path(folder) / f"warm {time.time_ns()}.jsonl", model=model, k=2
    )  # imports what there is to import
    wall, cpu = time.perf_counter(), time.process_time()
    report = bulk(
        (f"Question {i}" for i in range(rows)), Path(folder) / "data.jsonl", model=model, k=2, concurrency=AT_ONCE
    )
    seconds = time.perf_counter() - wall
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    assert report.prompts == rows
    print(json.dumps({"seconds": seconds, "cpu": time.process_time() - cpu, "memory": memory}))


def measured(name, rows, folder):
    command = [sys.executable, __file__, "--one", name, "--rows", str(rows), "--folder", str(folder)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def main(rows, rounds):
    print(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    with endpoint() as named:
        for name in ("async function", "blocking function", named):
            ours, bares = [], []
            for _ in range(rounds):
                with tempfile.TemporaryDirectory() as folder:
                    ours.append(measured(name, 1600, folder))
                bares.append(measured(f"bare {named if '@' in name else 'loop'}", 1600, folder))
            seconds, least = (statistics.median(one["seconds"] for one in some) for some in (ours, bares))
            cpu, of_bare = (statistics.median(one["cpu"] for one in some) / 1.6 for some in (ours, bares))
            print(
                f"1,600 × 50 ms at 64, {'by name' if '@' in name else name}: {seconds / IDEAL:.2f} × the ideal,",
                end=" ",
            )
            print(f"{seconds / least:.2f} × a bare loop, which is {least / IDEAL:.2f} ×;", end=" ")
            print(f"{cpu:.2f} ms of CPU a call, of the bare loop {of_bare:.2f}", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        few = measured("instant", 1000, folder)
    with tempfile.TemporaryDirectory() as folder:
        many = measured("instant", rows, folder)
        again = measured("instant", rows, folder)
    speed, cpu = rows / many["seconds"], 1000 * many["cpu"] / rows
    print(f"{rows:,} on an instant model: {speed:,.0f}/s, {cpu:.2f} ms of CPU a row")
    growth = many["memory"] / few["memory"]
    print(f"peak memory: {few['memory']:.0f} MB at 1,000 rows, {many['memory']:.0f} MB, × {growth:.2f}")
    print(f"the same again, finished: {again['seconds']:.2f} s, {again['cpu']:.2f} s of CPU, {again['memory']:.0f} MB")


if __name__ == "__main__":
    arguments = argparse.ArgumentParser()
    arguments.add_argument("--one")
    arguments.add_argument("--rows", type=int, default=100_000)
    arguments.add_argument("--rounds", type=int, default=5)
    arguments.add_argument("--folder")
    given = arguments.parse_args()
    if given.one and given.one.startswith("bare "):
        asyncio.run(bare(given.one.removeprefix("bare "), given.rows))
    elif given.one:
        one(given.one, given.rows, given.folder)
    else:
        main(given.rows, given.rounds)
