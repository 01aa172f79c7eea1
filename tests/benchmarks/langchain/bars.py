"""Measures what the package costs beyond the model; prints a table of figures beside their bars.

Run it by hand, on a machine that does nothing else: ``python tests/benchmarks/langchain/bars.py``.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from typing import Any

from langchain_classic.retrievers.multi_query import MultiQueryRetriever
from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.documents import Document
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.retrievers import BaseRetriever
from langchain_core.runnables import RunnableConfig
from langchain_verbalized_sampling import VerbalizedQueryRetriever, VerbalizedSampling, VerbalizedSamplingOutputParser

from verbalized_sampling import Elicitation

ROUNDS = 7


class Model(BaseChatModel):
    """Gives one reply, after a while."""

    reply: str
    delay: float = 0.0

    @property
    def _llm_type(self) -> str:
        return "fixed"

    def _generate(self, messages: Any, stop: Any = None, run_manager: Any = None, **_: Any) -> ChatResult:
        if self.delay:
            time.sleep(self.delay)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply))])

    async def _agenerate(self, messages: Any, stop: Any = None, run_manager: Any = None, **_: Any) -> ChatResult:
        await asyncio.sleep(self.delay)
        return ChatResult(generations=[ChatGeneration(message=AIMessage(self.reply))])

    def _stream(self, messages: Any, stop: Any = None, run_manager: Any = None, **_: Any) -> Any:
        for at in range(0, len(self.reply), 4):
            yield ChatGenerationChunk(message=AIMessageChunk(content=self.reply[at : at + 4]))


class SlowRetriever(BaseRetriever):
    delay: float = 0.1

    def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        time.sleep(self.delay)
        return [Document(f"{query} {rank}") for rank in range(10)]

    async def _aget_relevant_documents(self, query: str, *, run_manager: Any) -> list[Document]:
        await asyncio.sleep(self.delay)
        return [Document(f"{query} {rank}") for rank in range(10)]


def reply(count: int) -> str:
    text = "A candidate of some length, as models write them, with a comma and a thought. " * 3
    return json.dumps(
        {"responses": [{"text": f"{text}{i}", "probability": round(1 / (i + 2), 3)} for i in range(count)]}
    )


def best(function: Callable[[], Any], rounds: int = ROUNDS) -> float:
    """Seconds of the fastest round: what else the machine does can only add."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def overhead(text: str, what: str) -> None:
    """CPU time beyond the model's own, in turns with the peer's: what else the machine does costs neither."""
    model = Model(reply=text)
    elicitation = Elicitation()
    system = elicitation.plan("q").send(None).messages[0]["content"].replace("{", "{{").replace("}", "}}")
    peer = ChatPromptTemplate.from_messages([("system", system), ("human", "{query}")]) | model | JsonOutputParser()
    ours = VerbalizedSampling(model)
    messages = [("system", system), ("human", "q")]
    watched: RunnableConfig = {"callbacks": [BaseCallbackHandler()]}
    for kind, config in (("untraced", None), ("traced", watched)):
        calls: list[Callable[[], Any]] = [
            lambda: model.invoke(messages, config),  # noqa: B023
            lambda: peer.invoke({"query": "q"}, config),  # noqa: B023
            lambda: ours.invoke("q", config),  # noqa: B023
        ]
        fastest = [float("inf")] * len(calls)
        for _ in range(1200):
            for place, call in enumerate(calls):
                start = time.thread_time_ns()
                call()
                fastest[place] = min(fastest[place], (time.thread_time_ns() - start) / 1e3)
        alone, theirs, mine = fastest
        print(f"{what}, {kind}: {mine - alone:.0f} µs beyond the model; prompt | model | JsonOutputParser", end="")
        print(f" {theirs - alone:.0f} µs; ratio {(mine - alone) / (theirs - alone):.2f} (bar 1.0)")


def overheads() -> None:
    text = reply(5)
    overhead(text, "as asked for")
    answers = [{"answer": c["text"], "confidence": c["probability"]} for c in json.loads(text)["responses"]]
    overhead(json.dumps({"answers": answers}), "other keys")


def streaming() -> None:
    found = {}
    for count in (100, 200, 400):
        text = reply(count)
        pieces = [AIMessageChunk(content=text[at : at + 4]) for at in range(0, len(text), 4)]
        for diff in (True, False):
            parser = VerbalizedSamplingOutputParser(diff=diff)
            found["parser", count, diff] = best(lambda: list(parser.transform(iter(pieces))), 3)  # noqa: B023
            sampling = VerbalizedSampling(Model(reply=text), k=20, diff=diff, max_extra_calls=0)  # more are all kept
            found["runnable", count, diff] = best(lambda: list(sampling.stream("q")), 3)  # noqa: B023
        alone = best(lambda: list(Model(reply=text).stream("q")), 3)  # noqa: B023
        for kind in ("parser", "runnable"):
            new, grown = found[kind, count, True], found[kind, count, False]
            print(
                f"stream {count} ({len(text)} characters), {kind}: diff {new:.3f} s, cumulative {grown:.3f} s", end=""
            )
            print(f", ratio {grown / new:.2f} (bar 2); the model alone {alone:.3f} s")
    for kind in ("parser", "runnable"):
        print(f"  {kind}: 400 against 200 with diff: {found[kind, 400, True] / found[kind, 200, True]:.2f} (linear: 2)")


def batch() -> None:
    ideal = 200 / 50 * 0.05
    sampling = VerbalizedSampling(Model(reply=reply(5), delay=0.05))
    chain = ChatPromptTemplate.from_messages([("human", "{q}")]) | sampling.model | JsonOutputParser()
    config: RunnableConfig = {"max_concurrency": 50}
    inputs: list[Any] = ["q"] * 200
    print("200 inputs, 50 at a time, 50 ms a call (bar 1.15 × the ideal):")
    for name, runnable, given in (
        ("VerbalizedSampling", sampling, inputs),
        ("prompt | model | JsonOutputParser", chain, [{"q": "q"}] * 200),
        ("the model alone", sampling.model, inputs),
    ):
        sync = best(lambda: runnable.batch(given, config))  # noqa: B023
        parallel = best(lambda: asyncio.run(runnable.abatch(given, config)))  # noqa: B023
        print(f"  {name}: batch {sync:.3f} s, {sync / ideal:.2f} ×; abatch {parallel:.3f} s, {parallel / ideal:.2f} ×")


def retriever() -> None:
    queries = json.dumps({"responses": [{"text": f"query {i}", "probability": 0.2} for i in range(5)]})
    search = VerbalizedQueryRetriever(SlowRetriever(), Model(reply=queries), max_concurrency=6)
    taken = best(lambda: search.invoke("q"))
    print(f"retriever, 5 queries and the original at 100 ms, all at once: {taken:.3f} s (bar 0.15)")
    taken = best(lambda: asyncio.run(search.ainvoke("q")))
    print(f"  async: {taken:.3f} s (bar 0.15)")
    lines = Model(reply="\n".join(f"query {i}" for i in range(5)))
    peer = MultiQueryRetriever.from_llm(SlowRetriever(), lines, include_original=True)
    print(f"  MultiQueryRetriever: {best(lambda: peer.invoke('q'), 2):.3f} s", end="")
    print(f", async {best(lambda: asyncio.run(peer.ainvoke('q')), 2):.3f} s")


if __name__ == "__main__":
    for measure in (overheads, batch, retriever, streaming):
        measure()
