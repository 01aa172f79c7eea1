"""What a job writes: a row an answer, and a row for what gave none."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_json, to_jsonable_python

from ...errors import (
    DistributionParseError,
    ModelError,
    RefusalError,
    SettingsError,
    TemplateError,
    VerbalizedSamplingError,
)
from ...values.candidate import Candidate
from ...values.distribution import Distribution
from ...values.sameness import text_key
from ..engine.task import Answered
from .rows import Row

__all__ = ["OWN", "answer_mark", "answer_row", "failure_kind", "failure_row"]

OWN = (
    "id", "prompt", "text", "value", "verbalized", "weight", "count", "variant", "repairs", "model", "tokens",
)  # fmt: skip
"""Columns of the output that are the job's own; a field of the input with such a name becomes ``input_…``."""

_KINDS: dict[str, tuple[type[Exception], ...]] = {
    "bad prompt": (SettingsError, TemplateError),
    "refusal": (RefusalError,),
    "unreadable reply": (DistributionParseError,),
    "failed call": (ModelError,),
}


def answer_row(
    candidate: Candidate[Any],
    row: Mapping[str, Any],
    *,
    name: str | int,
    prompt: Any,
    variant: str,
    model: str,
    tokens: float | None,
) -> dict[str, Any]:
    """The row of one answer.

    Args:
        candidate: The answer.
        row: The fields of the input that are carried along.
        name: The prompt's id.
        prompt: What was asked.
        variant: The method.
        model: The model's name.
        tokens: The answer's share of the tokens of its prompt's calls; None if nobody counted.
    """
    typed = {} if isinstance(candidate.value, str) else {"value": to_jsonable_python(candidate.value)}
    asked = {"id": name, "prompt": prompt}
    carried = {
        f"input_{field}" if field in OWN else field: value
        for field, value in row.items()
        if field not in asked or value != asked[field]
    }
    return {
        **asked,
        **carried,
        "text": candidate.text,
        **typed,
        "verbalized": candidate.verbalized,
        "weight": candidate.probability,
        "count": candidate.count,
        "variant": variant,
        "repairs": [str(repair) for repair in candidate.repairs],
        "model": model,
        "tokens": tokens,
    }


def answer_mark(candidate: Candidate[Any]) -> str:
    """What an answer and one that is the same have in common: the text, or if typed, the value."""
    if not candidate.typed:
        return text_key(candidate.text)
    return to_json(candidate.value, inf_nan_mode="constants", bytes_mode="base64", fallback=repr).decode()


def failure_kind(error: VerbalizedSamplingError) -> str:
    """What failed, in two words."""
    return next((kind for kind, classes in _KINDS.items() if isinstance(error, classes)), "no answer")


def failure_row(
    error: VerbalizedSamplingError, row: Row, *, name: str | int, prompt: Any, answers: tuple[Answered, ...]
) -> dict[str, Any]:
    """The row of what gave no answer, with the raw text and what could be read before it failed."""
    salvaged = error.salvaged if isinstance(error.salvaged, Distribution) else ()
    return {
        "id": name,
        "where": row.where,
        "kind": failure_kind(error),
        "error": str(error),
        "prompt": prompt,
        "row": dict(row.fields),
        "raw": [answered.reply.text or answered.reply.refusal or "" for answered in answers] or [row.raw],
        "salvaged": [candidate.text for candidate in salvaged],
    }
