"""What 200 calls by name cost on a loopback endpoint of 50 ms, against one shared openai client.

    python tests/benchmarks/models/client.py

The endpoint is a process of its own. The ways take turns, and each figure is the median of several rounds.
"""

from __future__ import annotations

import asyncio
import gc
import resource
import statistics
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import openai

from verbalized_sampling import Elicitation, averbalize, verbalize

CALLS, CONCURRENCY, DELAY, ROUNDS = 200, 50, 0.05, 7
IDEAL = CALLS / CONCURRENCY * DELAY
SCRIPTED = Path(__file__).parents[2] / "scripted.py"
MESSAGES = list(next(Elicitation(k=2).plan("x")).messages)


class Server:
    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, SCRIPTED, "--delay", str(DELAY)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self.url = self.process.stdout.readline().strip()
        return self

    def connections(self) -> int:
        self.process.stdin.write("?\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline().split()[0])

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


def ours_sync(url):
    verbalize("x", model=f"m@{url}", k=2, calls=CALLS, concurrency=CONCURRENCY)


def ours_async(url):
    asyncio.run(averbalize("x", model=f"m@{url}", k=2, calls=CALLS, concurrency=CONCURRENCY))


def theirs_sync(url):
    with (
        openai.OpenAI(base_url=url, api_key="none", max_retries=0) as client,
        ThreadPoolExecutor(CONCURRENCY) as pool,
    ):
        calls = [pool.submit(client.chat.completions.create, model="m", messages=MESSAGES) for _ in range(CALLS)]
        for call in calls:
            call.result()


def theirs_async(url, http_client=None):
    async def run():
        client = openai.AsyncOpenAI(
            base_url=url, api_key="none", max_retries=0, http_client=http_client() if http_client else None
        )
        at_once = asyncio.Semaphore(CONCURRENCY)

        async def one():
            async with at_once:
                await client.chat.completions.create(model="m", messages=MESSAGES)

        async with client:
            await asyncio.gather(*(one() for _ in range(CALLS)))

    asyncio.run(run())


def theirs_aiohttp(url):
    theirs_async(url, openai.DefaultAioHttpClient)


WAYS = {
    "ours, sync": ours_sync,
    "ours, async": ours_async,
    "openai.OpenAI, threads": theirs_sync,
    "openai.AsyncOpenAI": theirs_async,
    "openai.AsyncOpenAI on aiohttp": theirs_aiohttp,
}


async def longest_block(url):
    """The longest time that an open event loop was kept from running, in seconds, from the very first call on."""
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
    await averbalize("x", model=f"m@{url}", k=2, calls=CALLS, concurrency=CONCURRENCY)
    watcher.cancel()
    return longest


def main():
    with Server() as server:
        blocked = asyncio.run(longest_block(server.url))
        server.connections()
        print(f"longest block of an open event loop, imports included: {1000 * blocked:.0f} ms")
        times, cpu, connections = ({name: [] for name in WAYS} for _ in range(3))
        for way in WAYS.values():
            way(server.url)
        for _ in range(ROUNDS):
            for name, way in WAYS.items():
                gc.collect()
                server.connections()
                wall, used = time.perf_counter(), time.process_time()
                way(server.url)
                times[name].append(time.perf_counter() - wall)
                cpu[name].append(time.process_time() - used)
                connections[name].append(server.connections())
        for name in WAYS:
            median = statistics.median(times[name])
            print(
                f"{name:32} {median:.3f} s = {median / IDEAL:.2f} × the ideal, "
                f"{1000 * statistics.median(cpu[name]) / CALLS:.2f} ms of CPU a call, "
                f"{max(connections[name])} new connections"
            )
        before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        for _ in range(20):
            ours_sync(server.url)
            ours_async(server.url)
        grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
        print(f"memory after {40 * CALLS} further calls: {before / 1024:.0f} MB + {grown / 1024:.1f} MB")


if __name__ == "__main__":
    main()
