"""What the package adds to the model's own time, and how much searching runs at once."""

from __future__ import annotations

import asyncio
import time
from statistics import median
from typing import Any

from llama_index.core.base.llms.types import ChatMessage
from llama_index.retrievers.verbalized_sampling import VerbalizedFusionRetriever, VerbalizedQueryTransform

from ...integrations.llama_index.support import ListRetriever, ScriptedLLM, SyncOnlyLLM, reply

REPLY = reply(*((f"search query number {number} about the leaves of trees", 0.25) for number in range(4)))
RESULTS: dict[str, Any] = {}
QUESTION = "why do leaves fall in autumn"


def test_five_queries_of_100_ms_take_at_most_150_ms_beyond_the_model(benchmark: Any) -> None:
    llm = ScriptedLLM(replies=[REPLY], delay=0.2, refuses_sync=True)
    inner = ListRetriever(RESULTS, delay=0.1)
    fusion = VerbalizedFusionRetriever([inner], VerbalizedQueryTransform(llm))
    seconds = []

    async def aretrieve() -> None:
        start = time.perf_counter()
        await fusion.aretrieve(QUESTION)
        seconds.append(time.perf_counter() - start - llm.delay)

    benchmark.pedantic(lambda: asyncio.run(aretrieve()), rounds=9, warmup_rounds=1)
    print(f"\naretrieve beyond the model: median {median(seconds):.4f} s, most {max(seconds):.4f} s")
    assert inner.most_running == 5
    assert len(llm.calls) == len(seconds) == 10  # one a retrieval
    assert median(seconds) <= 0.15


def test_sync_retrieval_takes_no_longer_if_it_may_use_threads(benchmark: Any) -> None:
    llm = SyncOnlyLLM(answer=REPLY, delay=0.2)
    inner = ListRetriever(RESULTS, delay=0.1)
    fusion = VerbalizedFusionRetriever([inner], VerbalizedQueryTransform(llm), max_concurrency=5)
    benchmark.pedantic(fusion.retrieve, (QUESTION,), rounds=9, warmup_rounds=1)
    seconds = [second - llm.delay for second in benchmark.stats.stats.data]
    print(f"\nretrieve beyond the model: median {median(seconds):.4f} s, most {max(seconds):.4f} s")
    assert median(seconds) <= 0.15


def test_the_transform_adds_at_most_2_ms_to_the_model(benchmark: Any) -> None:
    llm = ScriptedLLM(replies=[REPLY])
    expander = VerbalizedQueryTransform(llm)
    messages = [ChatMessage(role="system", content="x" * 900), ChatMessage(role="user", content=QUESTION)]

    def milliseconds(call: Any) -> float:
        times = []
        for _ in range(300):
            start = time.perf_counter()
            call()
            times.append((time.perf_counter() - start) * 1000)
        return median(times)

    expander.run(QUESTION)
    bare, sync = milliseconds(lambda: llm.chat(messages)), milliseconds(lambda: expander.run(QUESTION))

    async def arun() -> float:
        times = []
        for _ in range(300):
            start = time.perf_counter()
            await expander.arun(QUESTION)
            times.append((time.perf_counter() - start) * 1000)
        return median(times)

    native = asyncio.run(arun())
    print(f"\nrun {sync:.3f} ms, arun {native:.3f} ms, of which the call of an empty model {bare:.3f} ms")
    benchmark(expander.run, QUESTION)
    assert sync - bare <= 2.0
    assert native - bare <= 2.0
