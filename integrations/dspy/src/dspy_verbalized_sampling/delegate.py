"""The adapter in use, made to ask for candidates."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from inspect import unwrap
from typing import Any

import dspy
from dspy.adapters import ChatAdapter, JSONAdapter, XMLAdapter
from dspy.utils.exceptions import AdapterParseError
from pydantic_core import from_json, to_json

from .fields import Fields
from .reading import Reading, read
from .replies import REPLY
from .tags import is_nested, with_numbers
from .wire import Wire

__all__ = ["Delegate"]


class Delegate:
    """Asks through the adapter in use, and reads what it makes of a reply.

    The adapter's own ``parse`` still takes a reply apart into fields, with its callbacks. The list of candidates is
    then read as it was written, wherever the adapter keeps the text.
    """

    def __init__(self, inner: Any, wire: Wire) -> None:
        self.inner = inner
        self.wire = wire

    def reading(self, completion: dict[str, Any]) -> Reading:
        """The reading of a completion of the adapter in its asking kind."""
        reading, reply = self._reading(completion), completion.get(REPLY)
        return reading if reply is None else reading.judged(reply)

    def _reading(self, completion: dict[str, Any]) -> Reading:
        fields = self.wire.fields
        found = completion.get(fields.listing)
        beside = {name: completion.get(name) for name in fields.shared}
        unread = found is None or (isinstance(found, Reading) and not found.distribution)
        if unread and (value := _without_list(completion, beside, fields)):
            return Reading.of(value, fields, extras=self._extras(completion))
        if not isinstance(found, Reading):  # the adapter wraps another one, which parses as it likes
            found = read(found, "" if found is None else json.dumps(found, default=str), self.wire, _json(found))
        reasoning = completion.get("reasoning", completion.get(fields.reasoning))
        return found.beside(beside, reasoning, self._extras(completion))

    def _extras(self, completion: dict[str, Any]) -> dict[str, Any]:
        """What the adapter gives beside the fields, such as ``logprobs``."""
        return {name: value for name, value in completion.items() if name not in self.wire.names and name != REPLY}

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        """What the adapter in use makes of a reply, with a :class:`Reading` as the list of candidates."""
        name = self.wire.fields.listing
        loose = _loosened(signature, name, self._loose_type(completion))
        try:
            values = self.inner.parse(loose, completion)
        except AdapterParseError as error:  # a field is missing, such as the reasoning: the others are what they are
            values = error.parsed_result if isinstance(error.parsed_result, dict) else {}
        except ValueError:
            values = {}
        found = values.get(name)
        listing: str | bytes | None
        if found is None or self._is_read_again:
            whole = _decoded(completion)
            as_asked = type(whole) is dict and whole.keys() == values.keys() <= {name, "reasoning"}
            found, listing = _renamed(completion, name), _json(whole[name]) if as_asked else None
        elif isinstance(found, str):
            listing = found
        else:
            found = with_numbers(found, self.wire.fields.probability)
            listing = _json(found)
        return {**values, name: read(found, completion, self.wire, listing)}

    @property
    def _is_read_again(self) -> bool:
        """Whether the list is read in the reply itself: what DSPy's ``JSONAdapter`` makes of a list is no JSON."""
        return isinstance(self.inner, JSONAdapter) and not _parses_itself(self.inner)

    def _loose_type(self, completion: str) -> Any:
        """As what the adapter shall read the list: as the text that stands there, if it keeps that."""
        fields = self.wire.fields
        if isinstance(self.inner, XMLAdapter) and is_nested(completion, fields.listing):
            return fields.items  # its tags are told apart by the schema
        keeps_text = isinstance(self.inner, ChatAdapter) and not isinstance(self.inner, JSONAdapter)
        return str if keeps_text or self._is_read_again else list[fields.item]  # type: ignore[name-defined]


def _without_list(completion: dict[str, Any], beside: dict[str, Any], fields: Fields) -> dict[str, Any] | None:
    """The value of a completion that holds no list, and needs none: native tool calls, or the user's own fields."""
    called = any(isinstance(value, dspy.ToolCalls) and value.tool_calls for value in beside.values())
    own = {name: completion.get(name) for name in fields.own}
    return {**beside, **own} if called or all(value is not None for value in own.values()) else None


def _parses_itself(inner: Any) -> bool:
    """Whether a ``JSONAdapter`` has a ``parse`` of its own, which may read the reply otherwise."""
    of: Any = type(inner)
    return "parse" in vars(inner) or _has_own_parse(of)


@lru_cache(maxsize=64)
def _has_own_parse(kind: Any) -> bool:
    return unwrap(kind.parse) is not unwrap(JSONAdapter.parse)  # (DSPy wraps what is inherited once more)


@lru_cache(maxsize=256)  # making a signature costs more than all the rest
def _loosened(signature: Any, name: str, kind: Any) -> Any:
    return signature.with_updated_fields(name, type_=kind)


def _decoded(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return None


def _json(found: Any) -> bytes | None:
    try:
        return to_json(found)
    except (ValueError, RecursionError):
        return None


def _renamed(text: str, name: str) -> str:
    """The text with the list under the core's name for it; everything keeps its place."""
    return re.sub(rf'(?<!\\)"{name}"(?=\s*:)', '"responses"'.ljust(len(name) + 2), text, count=1)
