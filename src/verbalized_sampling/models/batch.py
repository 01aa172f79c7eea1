"""A call and its answer as lines of files for a batch service, in OpenAI's format."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..errors import ModelError
from ..replies.protocol import Reply, Request
from .address import host_of
from .caller import Options
from .dialect import body_of
from .http.completion import NotACompletionError, read_completion
from .providers import PROVIDERS, endpoint_of

__all__ = ["BatchModel", "batch_answer", "batch_line", "batch_model"]

_PATH = "/v1/chat/completions"
_NO_KEY = "unused"  # whoever uploads the file has it

BatchModel = tuple[str, frozenset[str]]
"""A model's name at its service, and the fields that it does not take."""


def batch_model(name: str) -> BatchModel:
    """The model that ``provider:model`` or ``model@URL`` names.

    Raises:
        ModelError: It names none.
    """
    endpoint = endpoint_of(name, _NO_KEY)
    if endpoint is None or endpoint.model is None:
        raise ModelError(f"a batch file names its model: {name[:100]!r} names none, write provider:model or model@URL")
    # There is no second try with other fields here. OpenAI's own models take the newer name of the limit, all of them.
    is_openai = host_of(endpoint.base_url) == host_of(PROVIDERS["openai"].base_url)
    return endpoint.model, frozenset({"max_tokens"}) if is_openai else frozenset()


def batch_line(model: BatchModel, custom_id: str, request: Request, options: Options) -> bytes:
    """The line that asks for a reply to ``request``."""
    name, without = model
    body = body_of(name, request, options, without)
    line = {"custom_id": custom_id, "method": "POST", "url": _PATH, "body": body}
    return json.dumps(line).encode() + b"\n"  # in ASCII: half a character, too, is legal there


def batch_answer(line: Mapping[str, Any]) -> Reply:
    """The reply in a line of an output file.

    Raises:
        ModelError: The call failed.
        RefusalError: A content filter withheld the reply.
    """
    response, error = line.get("response"), line.get("error")
    if isinstance(error, Mapping):
        raise ModelError(str(error.get("code") or error.get("message") or "error"))
    if not isinstance(response, Mapping):
        raise ModelError("the line holds no response")
    status, body = response.get("status_code"), response.get("body")
    if status != 200:
        inner = body.get("error") if isinstance(body, Mapping) else None
        said = inner.get("code") or inner.get("message") if isinstance(inner, Mapping) else None
        raise ModelError(f"HTTP {status}" + (f" {said}" if said else ""))
    try:
        return read_completion(body)
    except NotACompletionError as problem:
        raise ModelError(f"no chat completion: {problem}") from problem
