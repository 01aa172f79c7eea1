"""The answer that has the most weight behind it."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from .access import names_in, verbalized, whole
from .internals import normalize_text
from .prediction import VerbalizedPrediction

__all__ = ["weighted_majority"]


def weighted_majority(
    prediction: VerbalizedPrediction, field: str | None = None, normalize: Callable[[Any], Any] | None = None
) -> VerbalizedPrediction:
    """The prediction with the answer selected whose candidates weigh most together.

    ``dspy.majority`` counts completions; here each counts as much as the model says. In a tie the answer wins that
    has the most probable candidate. The distribution becomes that of the answers: equal ones are merged.

    Args:
        prediction: Of a verbalized predictor.
        field: The output field to vote on; by default the signature's last one, as in ``dspy.majority``.
        normalize: Gives what two answers have in common that count as the same, anything that JSON can hold; None as
            a result abstains. By default texts are compared without case, punctuation and articles.

    Returns:
        The prediction with its most probable candidate among those of the winning answer selected.

    Raises:
        ValueError: There is no such field, or there are no candidates behind the prediction.
    """
    prediction = whole(prediction)
    completions, behind = prediction.completions, verbalized(prediction)
    if completions is None:
        raise ValueError("weighted_majority needs candidates, and the prediction has none")
    names = names_in(completions)
    field = field or names[-1]
    if field not in names:
        raise ValueError(f"{field!r} is no output field; there are {', '.join(names)}")
    keys = {}
    for index, value in zip(behind.order, completions[field], strict=True):
        keys[index] = _key(value, normalize)
    voting = behind.distribution.filter(lambda c: keys[c.index] is not None) or behind.distribution
    merged = voting.dedupe(lambda c: keys[c.index])
    return behind.within(merged)


def _key(value: Any, normalize: Callable[[Any], Any] | None) -> str | None:
    if normalize is None:
        value = (normalize_text(value) or None) if isinstance(value, str) else value
    else:
        value = normalize(value)
    return None if value is None else json.dumps(value, sort_keys=True, ensure_ascii=False, default=str)
