"""Which models take no schema, and how one says so."""

from __future__ import annotations

import logging
import re
import warnings
from typing import Any
from weakref import ref

__all__ = ["NO_SCHEMA", "says_no_schema", "trying_is_no_mistake"]

_log = logging.getLogger(__name__)

_STATUSES = (400, 404, 422)
_ABOUT_SCHEMAS = re.compile(
    r"schema|response[_ ]format|structured[_ ]outputs?|json[_ ](?:mode|object|schema)|output_(?:config|format)"
    r"|tool[_ ]?(?:choice|use|call)|\btools?\b|function[_ ]?call|\bfunctions?\b|grammar|guided",
    re.IGNORECASE,
)
_ABOUT_LENGTH = re.compile(r"context[_ ](?:length|window)|maximum context|too (?:long|many tokens)", re.IGNORECASE)
_NAMES = ("model_name", "model", "model_id", "azure_deployment", "deployment_name")
_PLACES = ("openai_api_base", "anthropic_api_url", "azure_endpoint", "base_url", "endpoint_url", "endpoint")


def says_no_schema(error: Exception) -> bool:
    """Whether an error says that the model takes no schema; a limit, a timeout or a wrong key says nothing of it."""
    if isinstance(error, TypeError | NotImplementedError):
        said = True
    else:
        text = f"{error} {getattr(error, 'body', '')}"
        said = _status(error) in _STATUSES and bool(_ABOUT_SCHEMAS.search(text)) and not _ABOUT_LENGTH.search(text)
    if said:
        _log.info("the model did not take the schema: %s", error)
    return said


def trying_is_no_mistake() -> None:
    """Hides what OpenAI's client warns of beside the error that it raises: nobody asked for the schema but us."""
    warnings.filterwarnings("ignore", message="This model does not support OpenAI's structured output feature")
    warnings.filterwarnings("ignore", message="Invalid schema for OpenAI's structured output feature")


def _status(error: Exception) -> int | None:
    for holder in (error, getattr(error, "response", None)):
        for name in ("status_code", "code", "status"):
            if isinstance(status := getattr(holder, name, None), int):
                return int(status)  # some clients give an HTTPStatus
    return None


class _Models:
    """What was learnt, for all copies of a model: by its name and place, or else by the object."""

    def __init__(self) -> None:
        self._named: set[tuple[str, ...]] = set()
        self._objects: dict[int, ref[Any]] = {}

    def add(self, model: Any) -> None:
        if key := _key(model):
            self._named.add(key)
        else:
            place = id(model)
            self._objects[place] = ref(model, lambda _: self._objects.pop(place, None))

    def __contains__(self, model: Any) -> bool:
        if not self._named and not self._objects:
            return False
        return id(model) in self._objects or (bool(self._named) and _key(model) in self._named)


def _key(model: Any) -> tuple[str, ...] | None:
    name = next((value for name in _NAMES if isinstance(value := getattr(model, name, None), str) and value), None)
    if name is None:
        return None
    return (type(model).__qualname__, name, *(str(getattr(model, place, None)) for place in _PLACES))


NO_SCHEMA = _Models()
"""Models that said so since the process began."""
