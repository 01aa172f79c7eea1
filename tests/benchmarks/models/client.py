"""What 200 calls by name cost on a loopback endpoint of 50 ms, against one shared openai client.

    python tests/benchmarks/models/client.py

The endpoint is a process of its own. Each way keeps its client and its connections from one round to the next; the ways
take turns, and each figure is the median of several rounds. How long an event loop is kept waiting is measured in
processes that have imported nothing before, beside processes that make no call while a thread counts: those show what
the machine does. They find compiled modules in a folder of their own, as an installed package does: where nothing keeps
them, each process compiles its imports anew.

On a machine that others use, ``chrt -r 1 python …`` gives the figures of one that they don't.
"""

from __future__ import annotations

import asyncio
import gc
import itertools
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

CALLS, CONCURRENCY, DELAY, ROUNDS, PROCESSES = 200, 50, 0.05, 7, 7
IDEAL = CALLS / CONCURRENCY * DELAY
SCRIPTED = Path(__file__).parents[2] / "scripted.py"


class Server:
    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, SCRIPTED, "--delay", str(DELAY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        return self

    def connections(self) -> int:
        """How many were opened since this was last asked."""
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[0])

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def ways(url, loop):
    """Functions that make the calls once; what is asynchronous runs on ``loop``, with its clients."""
    import aiohttp
    import openai

    from verbalized_sampling import Elicitation, averbalize, verbalize

    messages = list(next(Elicitation(k=2).plan("x")).messages)
    asked = {"model": f"m@{url}", "k": 2, "calls": CALLS, "concurrency": CONCURRENCY}
    by_thread = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    by_task = openai.AsyncOpenAI(base_url=url, api_key="none", max_retries=0)
    by_aiohttp = openai.AsyncOpenAI(
        base_url=url, api_key="none", max_retries=0, http_client=openai.DefaultAioHttpClient()
    )

    def threads():
        with ThreadPoolExecutor(CONCURRENCY) as pool:
            create = by_thread.chat.completions.create
            for call in [pool.submit(create, model="m", messages=messages) for _ in range(CALLS)]:
                call.result()

    def tasks(one):
        at_once = asyncio.Semaphore(CONCURRENCY)

        async def bounded():
            async with at_once:
                await one()

        async def run():
            await asyncio.gather(*(bounded() for _ in range(CALLS)))

        return lambda: loop.run_until_complete(run())

    session = None

    async def bare():
        nonlocal session
        session = session or aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0))
        async with session.post(f"{url}/chat/completions", json={"model": "m", "messages": messages}) as answer:
            await answer.json()

    return {
        "ours, sync": lambda: verbalize("x", **asked),
        "ours, async": lambda: loop.run_until_complete(averbalize("x", **asked)),
        "openai.OpenAI, threads": threads,
        "openai.AsyncOpenAI": tasks(lambda: by_task.chat.completions.create(model="m", messages=messages)),
        "openai.AsyncOpenAI on aiohttp": tasks(
            lambda: by_aiohttp.chat.completions.create(model="m", messages=messages)
        ),
        "aiohttp itself, nothing read": tasks(bare),
    }


async def longest_block(url):
    """The longest time that an open event loop was kept from running, in seconds, from the very first call on."""
    from verbalized_sampling import averbalize

    longest, last = 0.0, time.perf_counter()

    async def watch():
        nonlocal longest, last
        while True:
            await asyncio.sleep(0.001)
            now = time.perf_counter()
            longest, last = max(longest, now - last), now

    watcher = asyncio.create_task(watch())
    await asyncio.sleep(0.05)
    longest = 0.0
    if url:
        await averbalize("x", model=f"m@{url}", k=2, calls=CALLS, concurrency=CONCURRENCY)
    else:
        until = time.perf_counter() + 1
        await asyncio.to_thread(lambda: all(time.perf_counter() < until for _ in itertools.count()))
    watcher.cancel()
    return longest


def blocks(url):
    """Of as many fresh processes, in ms."""
    with tempfile.TemporaryDirectory() as folder:
        env = os.environ | {"PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}
        for number in range(PROCESSES + 1):
            done = subprocess.run(
                [sys.executable, __file__, "block", url], capture_output=True, text=True, check=True, env=env
            )
            if number:  # the first one compiles
                yield 1000 * float(done.stdout)


def print_blocks(server):
    for what, url in (("with the calls", server.url), ("with a thread that counts", "")):
        found = sorted(blocks(url))
        print(f"longest block of an open event loop {what}: " + ", ".join(f"{block:.0f}" for block in found) + " ms")
    server.connections()


def print_times(server, all_ways):
    times, cpu, connections = ({name: [] for name in all_ways} for _ in range(3))
    for way in all_ways.values():
        way()
    first = server.connections()
    for _ in range(ROUNDS):
        for name, way in all_ways.items():
            gc.collect()
            wall, used = time.perf_counter(), time.process_time()
            way()
            times[name].append(time.perf_counter() - wall)
            cpu[name].append(time.process_time() - used)
            connections[name].append(server.connections())
    print(f"connections that the {len(all_ways)} ways opened in their first round: {first}")
    for name in all_ways:
        median = statistics.median(times[name])
        print(
            f"{name:30} {median:.3f} s = {median / IDEAL:.2f} × the ideal (best {min(times[name]) / IDEAL:.2f}), "
            f"{1000 * statistics.median(cpu[name]) / CALLS:.2f} ms of CPU a call, "
            f"at most {max(connections[name])} new connections"
        )


def print_memory(all_ways):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    for _ in range(20):
        all_ways["ours, sync"]()
        all_ways["ours, async"]()
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    print(f"memory after {40 * CALLS} further calls: {before / 1024:.0f} MB + {grown / 1024:.1f} MB")


def main():
    with Server() as server:
        print_blocks(server)
        all_ways = ways(server.url, asyncio.new_event_loop())
        print_times(server, all_ways)
        print_memory(all_ways)
        sys.stdout.flush()
        os._exit(0)  # the others' clients complain when they are not closed


if __name__ == "__main__":
    if sys.argv[1:2] == ["block"]:
        print(asyncio.run(longest_block(sys.argv[2])))
    else:
        main()
