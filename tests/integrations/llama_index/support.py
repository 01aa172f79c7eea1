"""Parts that LlamaIndex's own fakes don't give: a scripted LLM, embeddings that mean something, a slow retriever."""

from __future__ import annotations

import asyncio
import json
import math
import re
import time
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any
from zlib import crc32

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.base.llms.types import (
    ChatMessage,
    ChatResponse,
    CompletionResponse,
    CompletionResponseGen,
    LLMMetadata,
)
from llama_index.core.llms import CustomLLM
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode
from pydantic import PrivateAttr

DATA = Path(__file__).parents[2] / "benchmarks" / "llama_index" / "data"


def reply(*candidates: tuple[str, float]) -> str:
    """A model's reply in the format that was asked for."""
    return json.dumps({"responses": [{"text": text, "probability": p} for text, p in candidates]})


class ScriptedLLM(CustomLLM):
    """Answers from a list, repeating the last one; an exception in it is raised. Both ways are native."""

    replies: list[Any]
    is_chat: bool = True
    delay: float = 0.0
    refuses_sync: bool = False
    _calls: list[str] = PrivateAttr(default_factory=list)
    _asked: list[Any] = PrivateAttr(default_factory=list)
    _kwargs: list[dict[str, Any]] = PrivateAttr(default_factory=list)

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata(is_chat_model=self.is_chat, context_window=4096, num_output=256)

    @property
    def calls(self) -> list[str]:
        return self._calls

    @property
    def asked(self) -> list[Any]:
        """Messages, or a prompt, of each call."""
        return self._asked

    @property
    def kwargs(self) -> list[dict[str, Any]]:
        return self._kwargs

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        return self._chat(self._next("chat", messages, kwargs))

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        await asyncio.sleep(self.delay)
        return self._chat(self._next("achat", messages, kwargs))

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        return CompletionResponse(text=self._next("complete", prompt, kwargs))

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        await asyncio.sleep(self.delay)
        return CompletionResponse(text=self._next("acomplete", prompt, kwargs))

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        raise NotImplementedError

    def _next(self, call: str, asked: Any, kwargs: dict[str, Any]) -> Any:
        if not call.startswith("a"):
            assert not self.refuses_sync, f"{call} was called, the sync method"
            time.sleep(self.delay)
        self._calls.append(call)
        self._asked.append(asked)
        self._kwargs.append(kwargs)
        answer = self.replies[min(len(self._calls), len(self.replies)) - 1]
        if isinstance(answer, Exception):
            raise answer
        return answer

    @staticmethod
    def _chat(answer: Any) -> ChatResponse:
        if isinstance(answer, ChatResponse):
            return answer
        return ChatResponse(message=ChatMessage(role="assistant", content=answer))


class SyncOnlyLLM(CustomLLM):
    """A CustomLLM as people write them: without an async method."""

    answer: str
    delay: float = 0.0

    @property
    def metadata(self) -> LLMMetadata:
        return LLMMetadata()

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:
        time.sleep(self.delay)
        return CompletionResponse(text=self.answer)

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:
        raise NotImplementedError


class BagOfWords(BaseEmbedding):
    """Counts word stems in 512 buckets: texts with words in common are near each other, and nothing else is."""

    delay: float = 0.0
    refuses_sync: bool = False

    def _get_query_embedding(self, query: str) -> list[float]:
        assert not self.refuses_sync, "the sync embedding was called"
        return self._get_text_embedding(query)

    async def _aget_query_embedding(self, query: str) -> list[float]:
        await asyncio.sleep(self.delay)
        return self._get_text_embedding(query)

    def _get_text_embedding(self, text: str) -> list[float]:
        vector = [0.0] * 512
        for word, count in Counter(re.findall(r"\w{3,}", text.casefold())).items():
            stem = re.sub(r"(?:ing|ed|es|s)\Z", "", word)
            vector[crc32(stem.encode()) % len(vector)] += math.sqrt(count) * len(stem)
        length = math.hypot(*vector) or 1.0
        return [x / length for x in vector]


class ListRetriever(BaseRetriever):
    """Returns what is listed for a query: node texts, with or without scores."""

    def __init__(self, results: dict[str, list[tuple[str, float | None]] | Exception], delay: float = 0.0) -> None:
        super().__init__()
        self.results = results
        self.delay = delay
        self.asked: list[str] = []
        self.running = self.most_running = 0
        self.nodes: list[NodeWithScore] = []

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        time.sleep(self.delay)
        return self._found(query_bundle)

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        self.running += 1
        self.most_running = max(self.most_running, self.running)
        await asyncio.sleep(self.delay)
        self.running -= 1
        return self._found(query_bundle)

    def _found(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        self.asked.append(query_bundle.query_str)
        query_bundle.embedding = [1.0]  # as vector retrievers do
        found = self.results.get(query_bundle.query_str, [])
        if isinstance(found, Exception):
            raise found
        nodes = [NodeWithScore(node=TextNode(text=text, id_=text), score=score) for text, score in found]
        self.nodes += nodes
        return nodes


class Ticker:
    """How long the event loop was ever kept from its other tasks, in seconds."""

    longest = 0.0


@asynccontextmanager
async def ticking() -> AsyncIterator[Ticker]:
    ticker = Ticker()

    async def tick() -> None:
        while True:
            start = time.perf_counter()
            await asyncio.sleep(0.001)
            ticker.longest = max(ticker.longest, time.perf_counter() - start)

    task = asyncio.create_task(tick())
    await asyncio.sleep(0)
    try:
        yield ticker
        await asyncio.sleep(0.01)  # a block that reached to the end shows now
    finally:
        task.cancel()


def load(name: str) -> Any:
    return json.loads((DATA / name).read_text(encoding="utf-8"))


def corpus_nodes() -> list[TextNode]:
    return [TextNode(id_=name, text=text) for name, text in load("corpus.json").items()]
