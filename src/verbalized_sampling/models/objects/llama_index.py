"""LlamaIndex's LLMs."""

from __future__ import annotations

import asyncio
import importlib
from collections.abc import Mapping
from typing import Any

from ...replies.outcome import reply_from
from ...replies.protocol import Message, Reply, Request
from ..caller import Caller, Options
from .options import options_for, refuse_transport

__all__ = ["from_model", "read_response"]


def from_model(model: Any, options: Options) -> Caller:
    """A caller for an LLM; the caller's object stays as it is."""
    refuse_transport(model, options)
    taken = options_for(model, getattr(type(model), "model_fields", ()), options)
    # A CustomLLM without an async method of its own would answer in the event loop, and block it.
    sync_only = next(c for c in type(model).__mro__ if "achat" in vars(c)).__name__ == "CustomLLM"

    def for_request(request: Request) -> Any:
        own = {**taken, "seed": options.seed_of(request)} if "seed" in taken else taken
        return model.model_copy(update=own) if own else model

    def call(request: Request) -> Reply:
        return read_response(for_request(request).chat(_messages(request.messages)))

    async def acall(request: Request) -> Reply:
        if sync_only:
            return await asyncio.to_thread(call, request)
        return read_response(await for_request(request).achat(_messages(request.messages)))

    return Caller(call, acall, blocking=sync_only)


def read_response(response: Any) -> Reply:
    """A LlamaIndex response as a reply."""
    return reply_from(response.raw, response, text=response.message.content or "")


def _messages(messages: tuple[Message, ...]) -> list[Any]:
    llms = importlib.import_module("llama_index.core.llms")
    return [llms.ChatMessage(role=m["role"], content=_content(llms, m["content"])) for m in messages]


def _content(llms: Any, content: Any) -> Any:
    """A text as it is; OpenAI's list of text and image parts as LlamaIndex's blocks."""
    return content if isinstance(content, str) else [_block(llms, part) for part in content]


def _block(llms: Any, part: Any) -> Any:
    if not isinstance(part, Mapping):
        return llms.TextBlock(text=str(part))
    if part.get("type") == "image_url":
        image = part["image_url"]
        return llms.ImageBlock(**({"url": image} if isinstance(image, str) else dict(image)))
    return llms.TextBlock(text=str(part.get("text", "")))
