"""Models of a framework that the caller holds: LangChain chat models, LlamaIndex LLMs, DSPy LMs.

They are recognised by the classes they derive from, and their messages are read by their attributes, so that no
framework is imported here.
"""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any

from ..errors import SettingsError
from ..outcome import reply_from
from ..protocol import Message, Reply, Request
from .caller import Caller, Options

__all__ = ["from_object"]


def from_object(model: Any, options: Options) -> Caller | None:
    """A caller for a framework's model; None if it is none.

    Raises:
        SettingsError: An option that this model does not take.
    """
    bases = {(base.__module__.partition(".")[0], base.__name__) for base in type(model).__mro__}
    if ("langchain_core", "BaseChatModel") in bases or ("langchain_core", "RunnableBinding") in bases:
        return _langchain(model, options)
    if ("llama_index", "BaseLLM") in bases:
        return _llama_index(model, options)
    if ("dspy", "BaseLM") in bases:
        return _dspy(model, options)
    return None


def _langchain(model: Any, options: Options) -> Caller:
    model = _with_options(model, options)

    def call(request: Request) -> Reply:
        return read_message(model.invoke([dict(m) for m in request.messages]))

    async def acall(request: Request) -> Reply:
        return read_message(await model.ainvoke([dict(m) for m in request.messages]))

    return Caller(call, acall)


def _llama_index(model: Any, options: Options) -> Caller:
    model = _with_options(model, options)
    # A CustomLLM without an async method of its own would answer in the event loop, and block it.
    sync_only = next(c for c in type(model).__mro__ if "achat" in vars(c)).__name__ == "CustomLLM"

    def call(request: Request) -> Reply:
        return _read_llama_index(model.chat(_llama_index_messages(request.messages)))

    async def acall(request: Request) -> Reply:
        if sync_only:
            return await asyncio.to_thread(call, request)
        return _read_llama_index(await model.achat(_llama_index_messages(request.messages)))

    return Caller(call, acall, blocking=sync_only)


def _dspy(model: Any, options: Options) -> Caller:
    keywords = {
        name: value for name in ("temperature", "seed", "max_tokens") if (value := getattr(options, name)) is not None
    }

    def call(request: Request) -> Reply:
        return _read_dspy(model, model(messages=[dict(m) for m in request.messages], **keywords))

    async def acall(request: Request) -> Reply:
        return _read_dspy(model, await model.acall(messages=[dict(m) for m in request.messages], **keywords))

    return Caller(call, acall)


def _with_options(model: Any, options: Options) -> Any:
    """A copy with the options in the fields that the model has for them; the caller's object stays as it is."""
    fields = getattr(type(model), "model_fields", {})
    update: dict[str, Any] = {}
    for name in ("temperature", "seed", "max_tokens"):
        value = getattr(options, name)
        if value is None:
            continue
        if name in fields:
            update[name] = value
        elif name != "seed":
            raise SettingsError(f"{type(model).__name__} takes no {name} here: set it on the model itself")
    return model.model_copy(update=update) if update else model


def read_message(message: Any) -> Reply:
    """A LangChain message as a reply."""
    return Reply(message) if isinstance(message, str) else reply_from(message)


def _llama_index_messages(messages: tuple[Message, ...]) -> list[Any]:
    chat_message = importlib.import_module("llama_index.core.llms").ChatMessage
    return [chat_message(role=m["role"], content=m["content"]) for m in messages]


def _read_llama_index(response: Any) -> Reply:
    return reply_from(response.raw, response, text=response.message.content or "")


def _read_dspy(model: Any, answers: list[Any]) -> Reply:
    """What a DSPy LM returns: a list with a text, or with a dict if there is more than text to it.

    The rest stands in the LM's history, in the entry that holds this very list: calls of other threads have theirs.
    """
    answer = answers[0] if answers else ""
    text = str(answer.get("text") or "") if isinstance(answer, Mapping) else str(answer or "")
    entry: Mapping[str, Any] = next((e for e in reversed(model.history) if e.get("outputs") is answers), {})
    return reply_from(entry.get("response"), text=text)
