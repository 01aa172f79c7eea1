"""Models whose replies a test decides, as DSPy's own language models: cached, streamed, counted."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

os.environ["LITELLM_LOCAL_MODEL_COST_MAP"] = "True"  # before dspy: its import would look for prices on the network

import dspy
import pytest
from dspy.utils import DummyLM

Answer = Callable[[list[dict[str, Any]]], str]


@dataclass
class Engine:
    """An engine that answers with a function of the messages, in pieces of four characters when it streams."""

    answer: Answer
    supports_response_schema: bool = False
    supports_function_calling: bool = False
    supported_params: tuple[str, ...] = ("response_format",)
    requests: list[list[dict[str, Any]]] = field(default_factory=list)
    pieces: int = 0  # streamed so far

    def complete(self, request: Any) -> Any:
        from dspy.lm15 import Message, Response, TextPart, Usage

        system = [] if request.system is None else [{"role": "system", "content": _text(request.system)}]
        messages = [*system, *({"role": m.role, "content": m.text or ""} for m in request.messages)]
        self.requests.append(messages)
        usage = Usage(input_tokens=100, output_tokens=20, total_tokens=120)
        message = Message.assistant([TextPart(self.answer(messages))])
        return Response(id=None, model="scripted", message=message, finish_reason="stop", usage=usage)

    def stream(self, request: Any) -> Iterator[Any]:
        from dspy.lm15 import StreamDeltaEvent, StreamEndEvent, StreamStartEvent, TextDelta

        response = self.complete(request)
        yield StreamStartEvent(id="1", model="scripted")
        text = response.message.text
        for start in range(0, len(text), 4):
            self.pieces += 1
            yield StreamDeltaEvent(delta=TextDelta(text=text[start : start + 4], part_index=0))
        yield StreamEndEvent(finish_reason="stop", usage=response.usage)

    def close(self) -> None:
        """Has nothing to close."""


@dataclass
class AsyncEngine:
    """The same for async calls."""

    engine: Engine

    async def complete(self, request: Any) -> Any:
        return self.engine.complete(request)

    async def stream(self, request: Any) -> Any:
        for event in self.engine.stream(request):
            yield event

    async def aclose(self) -> None:
        """Has nothing to close."""


def _text(system: Any) -> str:
    return system if isinstance(system, str) else "".join(part.text for part in system)


def _before_engines(engine: Engine, settings: dict[str, Any]) -> Any:
    """The same for DSPy before 3.4, whose models have no engines: without cache, streams and response formats."""
    from inspect import getfile
    from types import SimpleNamespace

    counts_itself = "usage_tracker" in Path(getfile(dspy.BaseLM)).read_text()  # since DSPy 3.3

    class Scripted(dspy.BaseLM):
        def forward(self, prompt: Any = None, messages: Any = None, **_: Any) -> Any:
            messages = messages or [{"role": "user", "content": prompt}]
            engine.requests.append(messages)
            text = engine.answer(messages)
            choice = SimpleNamespace(message=SimpleNamespace(content=text, tool_calls=None), finish_reason="stop")
            usage = {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
            if dspy.settings.usage_tracker and not counts_itself:
                dspy.settings.usage_tracker.add_usage(self.model, usage)
            return SimpleNamespace(choices=[choice], usage=usage, model="scripted")

        async def aforward(self, prompt: Any = None, messages: Any = None, **rest: Any) -> Any:
            return self.forward(prompt, messages, **rest)

    return Scripted("openai/scripted", **settings)


@pytest.fixture
def scripted() -> Callable[..., Any]:
    """Makes a language model that answers with a function of the messages; its engine is ``lm.script``."""

    def make(answer: Answer | str, *, cache: bool = False, schema: bool = False, **settings: Any) -> Any:
        engine = Engine(answer if callable(answer) else lambda _: answer, supports_response_schema=schema)
        if find_spec("dspy.lm15"):
            lm = dspy.LM("openai/scripted", engine=engine, async_engine=AsyncEngine(engine), cache=cache, **settings)
        elif cache or schema:
            pytest.skip("this DSPy has no engines to script")
        else:
            lm = _before_engines(engine, settings)
        lm.script = engine
        return lm

    return make


@pytest.fixture
def dummy() -> Callable[..., DummyLM]:
    """Makes a ``DummyLM`` whose replies each hold these candidates, in the format of an adapter."""

    def make(*replies: Any, adapter: Any = None, **fields: Any) -> DummyLM:
        chat = adapter is None or type(adapter) is dspy.ChatAdapter
        answers = [{**fields, "candidates": json.dumps(reply) if chat else reply} for reply in replies]
        return DummyLM(answers, adapter=adapter)

    return make


@pytest.fixture(autouse=True)
def _unconfigured() -> Iterator[None]:
    """No test sees the language model, the adapter or the cache of another."""
    dspy.configure_cache(enable_disk_cache=False, enable_memory_cache=True)
    with dspy.context(lm=None, adapter=None, trace=[], callbacks=[]):
        yield
