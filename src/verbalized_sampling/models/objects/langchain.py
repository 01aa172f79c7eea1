"""LangChain's chat models, also with tools or options bound to them."""

from __future__ import annotations

from typing import Any

from ...replies.outcome import reply_from
from ...replies.protocol import Reply, Request
from ..caller import Caller, Options
from .options import options_for, refuse_transport

__all__ = ["from_model", "read_message"]


def from_model(model: Any, options: Options) -> Caller:
    """A caller for a chat model, or for one that something is bound to; the caller's object stays as it is."""
    refuse_transport(model, options)
    inner = model
    while hasattr(inner, "bound"):
        inner = inner.bound
    taken = options_for(inner, getattr(type(inner), "model_fields", ()), options)

    def for_request(request: Request) -> Any:
        own = {**taken, "seed": options.seed_of(request)} if "seed" in taken else taken
        if not own:
            return model
        return model.model_copy(update=own) if inner is model else model.bind(**own)

    def call(request: Request) -> Reply:
        return read_message(for_request(request).invoke([dict(m) for m in request.messages]))

    async def acall(request: Request) -> Reply:
        return read_message(await for_request(request).ainvoke([dict(m) for m in request.messages]))

    return Caller(call, acall)


def read_message(message: Any) -> Reply:
    """A LangChain message as a reply."""
    return Reply(message) if isinstance(message, str) else reply_from(message)
