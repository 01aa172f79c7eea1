"""From the reply to one call, in the format of any DSPy adapter, to its distribution."""

from __future__ import annotations

import copy
import json
import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dspy.adapters import ChatAdapter, JSONAdapter, XMLAdapter
from dspy.utils.exceptions import AdapterParseError
from pydantic_core import from_json

from verbalized_sampling import (
    Candidate,
    Distribution,
    DistributionParseError,
    Dropped,
)

from .straight import straight
from .wire import Wire

__all__ = ["Reader", "Reading"]

_OPENING = '{"responses": '
_OF_DSPY = (ChatAdapter, JSONAdapter, XMLAdapter)
_OF_THE_SIGNATURE = frozenset({"format_system_message", "user_message_output_requirements"})
"""What these adapters say of nothing but a signature; others may say the same one differently each time."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reply holds.

    Attributes:
        text: The reply.
        distribution: Over candidates whose values are all output fields of the user's signature; empty if none could
            be read.
        reason: Why none could be read, or "".
    """

    text: str
    distribution: Distribution[Any]
    reason: str = ""


class Reader:
    """Reads the replies to one call through the adapter in use.

    The adapter's own ``parse`` still takes a reply apart into fields, with its callbacks. The list of candidates then
    goes to the core's parser as it was written, wherever the adapter keeps the text.
    """

    def __init__(self, inner: Any, wire: Wire) -> None:
        self.inner = inner
        self.wire = wire

    def adapter(self) -> Any:
        """A copy of the adapter in use that never fails on a reply, and so never asks the model once more by itself."""
        adapter = copy.copy(self.inner)
        adapter.parse = self._parse
        if getattr(adapter, "use_json_adapter_fallback", False):
            adapter.use_json_adapter_fallback = False
        if type(self.inner) in _OF_DSPY:
            for name in _OF_THE_SIGNATURE - vars(self.inner).keys():
                setattr(adapter, name, self.wire.once(getattr(adapter, name)))
        if self.wire.fields.is_open:
            preprocess = adapter._call_preprocess  # noqa: SLF001 - the one hook between planning and the call

            def in_json_mode(lm: Any, lm_kwargs: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
                if "response_format" in lm_kwargs:  # a strict schema would empty mappings of any keys
                    lm_kwargs["response_format"] = {"type": "json_object"}
                return preprocess(lm, lm_kwargs, *args, **kwargs)

            adapter._call_preprocess = in_json_mode  # noqa: SLF001
        return adapter

    @property
    def signature(self) -> Any:
        """What the adapter in use is to be called with."""
        wraps = not type(self.inner).__call__.__module__.startswith("dspy.adapters.")
        return self.wire.stand_in if wraps else self.wire.signature

    def reading(self, completion: dict[str, Any]) -> Reading:
        """The reading of a completion of that copy."""
        found = completion.get(self.wire.fields.listing)
        reading = found if isinstance(found, Reading) else self._reading(found, found, json.dumps(found, default=str))
        shared = {name: completion.get(name) for name in self.wire.fields.shared}
        reasoning = completion.get("reasoning", completion.get(self.wire.fields.reasoning))
        distribution = reading.distribution
        if reasoning is not None:
            distribution = replace(distribution, reasoning=str(reasoning))
        elif "reasoning" in shared:
            shared["reasoning"] = distribution.reasoning
        if shared:
            candidates = (replace(c, value={**shared, **c.value}) for c in distribution)
            distribution = replace(distribution, candidates=tuple(candidates))
        return replace(reading, distribution=distribution)

    def _parse(self, signature: Any, completion: str) -> dict[str, Any]:
        name = self.wire.fields.listing
        loose = _loosened(signature, name, self._loose_type(completion))
        try:
            values = type(self.inner).parse(self.inner, loose, completion)
        except (AdapterParseError, ValueError):
            values = {}
        found = values.get(name)
        if found is None or isinstance(self.inner, JSONAdapter):
            whole = _decoded(completion)
            as_asked = type(whole) is dict and whole.keys() == values.keys() <= {name, "reasoning"}
            found, items = _renamed(completion, name), whole[name] if as_asked else None
        else:
            items = _decoded(found) if isinstance(found, str) else None
        return {**values, name: self._reading(items, found, completion)}

    def _loose_type(self, completion: str) -> Any:
        """As what the adapter shall read the list: as the text that stands there, if it keeps that."""
        if isinstance(self.inner, JSONAdapter):
            return Any
        if isinstance(self.inner, ChatAdapter) and not (isinstance(self.inner, XMLAdapter) and self._nests(completion)):
            return str
        return list[self.wire.fields.item]  # type: ignore[name-defined] # nested tags are told apart by the schema

    def _nests(self, completion: str) -> bool:
        return re.search(rf"<{self.wire.fields.listing}>\s*[^\s\[{{]", completion) is not None

    def _reading(self, items: Any, found: Any, reply: str) -> Reading:
        distribution = straight(items, reply, self.wire.fields, self.wire.parser)
        return Reading(reply, distribution) if distribution else self._read(found, reply)

    def _read(self, found: Any, reply: str) -> Reading:
        if found is None:
            return Reading(reply, Distribution(), "the reply is empty")
        written = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, default=str)
        payload, start = _as_object(written, reply)
        try:
            distribution = self.wire.parser.parse(payload)
        except DistributionParseError as error:
            return Reading(reply, Distribution(), str(error))
        dropped = tuple(_placed(dropped, start, reply) for dropped in distribution.dropped)
        candidates = tuple(self._whole(candidate) for candidate in distribution)
        return Reading(reply, replace(distribution, candidates=candidates, dropped=dropped))

    def _whole(self, candidate: Candidate[Any]) -> Candidate[Any]:
        value = self.wire.fields.complete(dict(candidate.value))
        return replace(candidate, value=value, text=self.wire.fields.text(value))


def _decoded(text: str) -> Any:
    try:
        return from_json(text)
    except ValueError:
        return None


@lru_cache(maxsize=256)  # making a signature costs more than all the rest
def _loosened(signature: Any, name: str, kind: Any) -> Any:
    return signature.with_updated_fields(name, type_=kind)


def _renamed(text: str, name: str) -> str:
    """The text with the list under the core's name for it; everything keeps its place."""
    return re.sub(rf'(?<!\\)"{name}"(?=\s*:)', '"responses"'.ljust(len(name) + 2), text, count=1)


def _as_object(written: str, reply: str) -> tuple[str, int]:
    """A bare list as the core's object, left open if the list is; and what leads from its positions to the reply's."""
    start = max(reply.find(written), 0)
    if not written.lstrip().startswith("["):
        return written, start
    return _OPENING + written + ("}" if written.rstrip().endswith("]") else ""), start - len(_OPENING)


def _placed(dropped: Dropped, start: int, reply: str) -> Dropped:
    return replace(dropped, position=min(max(dropped.position + start, 0), len(reply)))
