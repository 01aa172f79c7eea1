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
from ..protocol import Message, Reply, Request
from ..usage import Usage
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
    """A LangChain message as a reply: its text blocks, its refusal, its finish reason and its usage."""
    if isinstance(message, str):
        return Reply(message)
    text, refusal = _blocks(message.content)
    metadata = getattr(message, "response_metadata", None) or {}
    refusal = refusal or (getattr(message, "additional_kwargs", None) or {}).get("refusal")
    reason = next((metadata[key] for key in ("finish_reason", "stop_reason", "done_reason") if metadata.get(key)), None)
    counts = getattr(message, "usage_metadata", None)
    usage = Usage(1, counts.get("input_tokens") or 0, counts.get("output_tokens") or 0) if counts else None
    if reason == "refusal":
        refusal = refusal or text or "the model refused"
    return Reply(text, reason, usage, refusal)


def _blocks(content: Any) -> tuple[str, str | None]:
    """The text and the refusal in a content, which is a str or a list of strs and blocks; thoughts are left out."""
    if content is None or isinstance(content, str):
        return content or "", None
    texts: list[str] = []
    refusals: list[str] = []
    for block in content:
        if isinstance(block, str):
            texts.append(block)
        elif isinstance(block, Mapping):
            if block.get("type") == "refusal":
                refusals.append(str(block.get("refusal") or block.get("text") or "the model refused"))
            elif block.get("type") in ("text", "output_text", None) and isinstance(block.get("text"), str):
                texts.append(block["text"])
    return "".join(texts), "".join(refusals) or None


def _llama_index_messages(messages: tuple[Message, ...]) -> list[Any]:
    chat_message = importlib.import_module("llama_index.core.llms").ChatMessage
    return [chat_message(role=m["role"], content=m["content"]) for m in messages]


def _read_llama_index(response: Any) -> Reply:
    return Reply(response.message.content or "", *_completion(response.raw))


def _read_dspy(model: Any, answers: list[Any]) -> Reply:
    """What a DSPy LM returns: a list with a text, or with a dict if there is more than text to it.

    The rest stands in the LM's history, in the entry that holds this very list: calls of other threads have theirs.
    """
    answer = answers[0] if answers else ""
    text = str(answer.get("text") or "") if isinstance(answer, Mapping) else str(answer or "")
    entry: Mapping[str, Any] = next((e for e in reversed(model.history) if e.get("outputs") is answers), {})
    return Reply(text, *_completion(entry.get("response")))


def _completion(raw: Any) -> tuple[str | None, Usage | None, str | None]:
    """Finish reason, usage and refusal of a provider's own answer, in the shape of OpenAI's or Anthropic's."""
    choices = _get(raw, "choices")
    choice = choices[0] if choices else None
    reason = _get(choice, "finish_reason") or _get(raw, "stop_reason") or _get(raw, "done_reason")
    refusal = _get(_get(choice, "message"), "refusal")
    counts = _get(raw, "usage")
    spent = _get(counts, "prompt_tokens") or _get(counts, "input_tokens")
    made = _get(counts, "completion_tokens") or _get(counts, "output_tokens")
    usage = Usage(1, spent or 0, made or 0) if spent or made else None
    return reason, usage, refusal if isinstance(refusal, str) else None


def _get(holder: Any, name: str) -> Any:
    return holder.get(name) if isinstance(holder, Mapping) else getattr(holder, name, None)
