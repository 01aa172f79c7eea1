"""The way down: a reply without candidates, read as plain DSPy would have."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from dspy.utils.exceptions import AdapterParseError

from verbalized_sampling import Repair
from verbalized_sampling.adapters import looks_like_refusal

from .fields import Fields, fields_of
from .reading import Reading

__all__ = ["plainly"]

_OF_A_FORMAT = re.compile(r"\s*[\[{<`]|.*(?:\[\[ ## |</?\w+>)", re.DOTALL)
"""What a reply in prose does not have: the marks of a format that broke off, or came empty."""


def plainly(inner: Any, signature: Any, readings: Iterable[Reading]) -> list[Reading]:
    """One candidate a reply, of the answer in it; nothing of one without.

    Args:
        inner: The adapter in use; it reads the user's signature, since a model may keep to the format that it knows.
        signature: The user's. Where it has one output, a reply in prose is that output, if it validates.
        readings: Of replies that held no candidates.
    """
    fields = fields_of(signature)
    found = []
    for reading in readings:
        if reading.declined or looks_like_refusal(reading.text):
            continue
        values = _values(inner, signature, fields, reading.text)
        if values is not None:
            cut = reading.distribution.truncated
            found.append(Reading.of(values, fields, Repair.OTHER_FORMAT, extras=reading.extras, truncated=cut))
    return found


def _values(inner: Any, signature: Any, fields: Fields, text: str) -> dict[str, Any] | None:
    try:
        values = inner.parse(signature, text)
        own = fields.values.validate_python({name: values[name] for name in fields.own})
        return {**{name: values.get(name) for name in fields.shared}, **own}
    except (AdapterParseError, ValueError, KeyError, TypeError):
        pass
    if fields.only is None or not text.strip() or _OF_A_FORMAT.match(text):
        return None
    try:
        own = fields.values.validate_python({fields.only: text.strip()})
    except ValueError:
        return None
    return {**dict.fromkeys(fields.shared), **own}
