"""Distributions as JSON: numbered formats, so that what is kept in files outlives a release."""

from __future__ import annotations

import math
from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pydantic_core import from_json, to_json, to_jsonable_python

from ..errors import SettingsError

if TYPE_CHECKING:
    from pydantic import TypeAdapter

__all__ = ["read", "written"]

_FORMAT = 2  # 1 had no ``format``, ``count``, ``fields`` and ``source``


def written(distribution: Any, indent: int | None) -> str:
    """The JSON text of a distribution."""
    content = {"format": _FORMAT, **{each.name: getattr(distribution, each.name) for each in fields(distribution)}}
    # An infinite value is written as a text, which a float reads; JSON has no number for it. In two steps, for
    # pydantic's models would write null.
    plain = to_jsonable_python(content, inf_nan_mode="constants", fallback=dict)
    for each in plain["candidates"]:
        if not each["typed"]:
            del each["typed"]
    return to_json(plain, indent=indent, inf_nan_mode="strings").decode()


def read(distribution: Any, text: str | bytes, candidate: Any) -> Any:
    """What :func:`written` wrote, as a ``distribution`` (the class) of values of the type ``candidate``, None for any.

    Raises:
        pydantic.ValidationError: It is not a distribution, or a value is not a ``candidate``. (A ValueError.)
        ValueError: It is no JSON, a number is not finite, or a newer release wrote it.
    """
    if not isinstance(text, str | bytes | bytearray):
        raise SettingsError(f"the JSON of a distribution is a text or bytes, not {type(text).__name__}")
    try:
        content = from_json(text, allow_inf_nan=False)
    except ValueError as error:
        raise ValueError(f"this is not the JSON of a distribution: {error}") from None
    if isinstance(content, dict) and content.get("format", 1) not in range(1, _FORMAT + 1):
        raise ValueError(f"the format {content['format']!r} is not known here: update verbalized-sampling-core")
    made = _adapter(distribution, candidate or Any).validate_json(text)
    for c in made:
        if c.count < 1 or not all(n is None or math.isfinite(n) for n in (c.verbalized, c.stated)):
            numbers = f"verbalized={c.verbalized}, stated={c.stated}, count={c.count}"
            raise ValueError(f"candidate {c.index}: numbers have to be finite, and the count at least 1, not {numbers}")
    return made


@lru_cache(maxsize=64)  # building an adapter costs a thousand times what it reads
def _adapter(distribution: Any, value: Any) -> TypeAdapter[Any]:
    from pydantic import TypeAdapter

    return TypeAdapter(distribution[value])
