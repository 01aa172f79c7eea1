"""From drafts to the distribution: numbers scaled, types checked, weights given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ...candidate import Dropped, candidates_of
from ...distribution import Distribution, unique
from ...repairs import Repair
from ...weights import Definition, Weighting, weigh
from ..numbers.number import Number
from ..numbers.scale import verbalize
from .found import Draft
from .typed import Typed

__all__ = ["assemble", "encodable"]

_SURROGATE = re.compile("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with every lone surrogate replaced, so that it can be encoded."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)


def assemble(
    drafts: Sequence[Draft],
    *,
    definition: Definition,
    weighting: Weighting,
    tau: float | None,
    validator: Typed | None,
    reasoning: str | None,
    truncated: bool,
    repairs: Iterable[Repair],
    dropped: Sequence[Dropped],
) -> Distribution[Any]:
    """Builds the distribution; each candidate once."""
    values: list[tuple[Any, str]] = []
    kept: list[Draft] = []
    dropped = list(dropped)
    for draft in drafts:
        text = encodable(draft.text)
        read: tuple[Any, str] | None = (text, text) if validator is None else validator.read(text, draft.fields)
        if read is None:
            dropped.append(Dropped(encodable(draft.text), draft.start, Repair.INVALID))
            continue
        kept.append(draft)
        values.append(read)
    numbers = [draft.number for draft in kept]
    verbalized, remarks, scaled = verbalize(numbers, definition)
    stated = [_stated(number) for number in numbers]
    weights, weighed = weigh(verbalized, stated, definition=definition, weighting=weighting)
    whole = dict.fromkeys(repairs)
    if scaled and definition is not Definition.PERCENTAGE:
        whole[Repair.PERCENT] = None
    if weighed is Repair.UNIFORM_WEIGHTS:
        whole[weighed] = None
    whole.update(dict.fromkeys(d.reason for d in dropped))
    notes: list[tuple[Repair, ...]] = []
    for index, (draft, (_, text)) in enumerate(zip(kept, values, strict=True)):
        own = [*draft.repairs]
        if (remark := remarks[index]) is not None:
            own.append(remark)
        if tau is not None and (fraction := verbalized[index]) is not None and fraction >= tau:
            own.append(Repair.ABOVE_TAU)
        if "\ufffd" in text and _SURROGATE.search(draft.text):
            own.append(Repair.SURROGATES)
        notes.append(unique(own) if own else ())
    texts = [text for _, text in values]
    return Distribution(
        tuple(candidates_of(texts, weights, verbalized, stated, [value for value, _ in values], notes)),
        reasoning=encodable(reasoning) if reasoning else None,
        truncated=truncated,
        repairs=tuple(whole),
        dropped=tuple(
            Dropped(encodable(d.text), d.position, d.reason) for d in sorted(dropped, key=lambda d: d.position)
        ),
    )


def _stated(number: Number | None) -> float | None:
    return number.stated if number else None
