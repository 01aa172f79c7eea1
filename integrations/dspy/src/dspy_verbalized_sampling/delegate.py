"""The adapter in use, made to ask for candidates."""

from __future__ import annotations

import json
import re
from functools import lru_cache
from typing import Any

import dspy
from dspy.adapters import ChatAdapter, JSONAdapter, XMLAdapter
from dspy.utils.exceptions import AdapterParseError
from pydantic_core import from_json

from .reading import Reading, read
from .wire import Wire

__all__ = ["Delegate"]

_OF_DSPY = (ChatAdapter, JSONAdapter, XMLAdapter)
_CALLS_OF_DSPY = tuple(kind.__call__ for kind in (dspy.Adapter, *_OF_DSPY))
"""Adapters with another ``__call__`` may wrap one, and look a signature up."""
_NUMBER = re.compile(r"\s*\d*\.?\d+\s*")


class _Reading:
    """What is different in an adapter that a delegate asks through."""

    verbalized_delegate: Delegate

    def __init_subclass__(cls) -> None:
        """Keeps DSPy from counting ``format`` twice: the inherited one has its callbacks already."""

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        return self.verbalized_delegate.parse(signature, completion)

    def _call_preprocess(self, lm: Any, lm_kwargs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        # A strict schema would empty mappings of any keys.
        if self.verbalized_delegate.wire.fields.is_open and "response_format" in lm_kwargs:
            lm_kwargs["response_format"] = {"type": "json_object"}
        return super()._call_preprocess(lm, lm_kwargs, *args, **kwargs)  # type: ignore[misc]


class _Remembering(_Reading):
    """The same for DSPy's own adapters: what they say of nothing but a signature is made once."""

    def format_system_message(self, signature: Any) -> str:
        return self.verbalized_delegate.wire.once(super().format_system_message, signature)  # type: ignore[misc]

    def user_message_output_requirements(self, signature: Any) -> str:
        return self.verbalized_delegate.wire.once(super().user_message_output_requirements, signature)  # type: ignore[misc]


@lru_cache(maxsize=64)
def _reading_kind(kind: type) -> Any:
    return type(kind.__name__, (_Remembering if kind in _OF_DSPY else _Reading, kind), {})


class Delegate:
    """Asks through the adapter in use, and reads what it makes of a reply.

    The adapter's own ``parse`` still takes a reply apart into fields, with its callbacks. The list of candidates is
    then read as it was written, wherever the adapter keeps the text.
    """

    def __init__(self, inner: Any, wire: Wire) -> None:
        self.inner = inner
        self.wire = wire

    @property
    def signature(self) -> Any:
        """What the adapter is to be called with."""
        calls_itself = type(self.inner).__call__ in _CALLS_OF_DSPY
        return self.wire.signature if calls_itself else self.wire.stand_in

    def adapter(self) -> Any:
        """The adapter in use, in a kind that never fails on a reply, and so never asks once more by itself."""
        of: Any = type(self.inner)
        kind = _reading_kind(of)
        adapter = kind.__new__(kind)
        vars(adapter).update(vars(self.inner))
        vars(adapter).pop("parse", None)  # one of its own is called by `parse` here
        adapter.verbalized_delegate = self
        if getattr(adapter, "use_json_adapter_fallback", False):
            adapter.use_json_adapter_fallback = False
        return adapter

    def reading(self, completion: dict[str, Any]) -> Reading:
        """The reading of a completion of that copy."""
        found = completion.get(self.wire.fields.listing)
        if not isinstance(found, Reading):  # the adapter wraps another one, which parses as it likes
            found = read(found, json.dumps(found, default=str), self.wire, found)
        shared = {name: completion.get(name) for name in self.wire.fields.shared}
        return found.beside(shared, completion.get("reasoning", completion.get(self.wire.fields.reasoning)))

    def parse(self, signature: Any, completion: str) -> dict[str, Any]:
        """What the adapter in use makes of a reply, with a :class:`Reading` as the list of candidates."""
        name = self.wire.fields.listing
        loose = _loosened(signature, name, self._loose_type(completion))
        try:
            values = self.inner.parse(loose, completion)
        except (AdapterParseError, ValueError):
            values = {}
        found = values.get(name)
        if found is None or isinstance(self.inner, JSONAdapter):
            whole = _decoded(completion)
            as_asked = type(whole) is dict and whole.keys() == values.keys() <= {name, "reasoning"}
            found, items = _renamed(completion, name), whole[name] if as_asked else None
        elif isinstance(found, str):
            items = _decoded(found)
        else:
            found = items = _with_numbers(found, self.wire.fields.probability)
        return {**values, name: read(found, completion, self.wire, items)}

    def _loose_type(self, completion: str) -> Any:
        """As what the adapter shall read the list: as the text that stands there, if it keeps that."""
        if isinstance(self.inner, JSONAdapter):
            return Any
        if isinstance(self.inner, ChatAdapter) and not (isinstance(self.inner, XMLAdapter) and self._nests(completion)):
            return str
        return list[self.wire.fields.item]  # type: ignore[name-defined] # nested tags are told apart by the schema

    def _nests(self, completion: str) -> bool:
        return re.search(rf"<{self.wire.fields.listing}>\s*[^\s\[{{]", completion) is not None


@lru_cache(maxsize=256)  # making a signature costs more than all the rest
def _loosened(signature: Any, name: str, kind: Any) -> Any:
    return signature.with_updated_fields(name, type_=kind)


def _decoded(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return None


def _with_numbers(items: Any, key: str) -> Any:
    """In nested tags everything is a text: what is written as a number is one."""
    if not isinstance(items, list):
        return items
    return [
        {**item, key: float(item[key])} if isinstance(item, dict) and _NUMBER.fullmatch(str(item.get(key))) else item
        for item in items
    ]


def _renamed(text: str, name: str) -> str:
    """The text with the list under the core's name for it; everything keeps its place."""
    return re.sub(rf'(?<!\\)"{name}"(?=\s*:)', '"responses"'.ljust(len(name) + 2), text, count=1)
