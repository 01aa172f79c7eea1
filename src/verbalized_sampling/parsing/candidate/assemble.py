"""From drafts to the distribution: types checked, each answer kept once, numbers scaled, weights given."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Any, cast

from ...patterns import regex
from ...values.candidate import Dropped
from ...values.columns import CandidateColumns
from ...values.distribution import Distribution
from ...values.repairs import Repair, unique
from ...values.sameness import key_of
from ...values.weights import Definition, Weighting, weigh
from ..numbers.number import Number
from ..numbers.scale import fractions, verbalize
from ..page.signs import is_encodable
from .columns import Columns
from .found import Draft
from .typed import Typed

__all__ = ["assemble", "assemble_columns", "encodable", "portable"]

_ABOVE = (Repair.ABOVE_TAU,)

_SURROGATE = regex("[\ud800-\udfff]")


def encodable(text: str) -> str:
    """The text with every lone surrogate replaced, so that it can be encoded."""
    return text if is_encodable(text) else _SURROGATE.sub("\ufffd", text)


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
    """Builds the distribution; each answer stands once in it, the first time that it was given."""
    values: list[tuple[Any, str]] = []
    kept: list[Draft] = []
    dropped = list(dropped)
    seen: set[Hashable] = set()
    for draft in drafts:
        text = encodable(draft.text)
        read: tuple[Any, str] | None = (text, text) if validator is None else validator.read(text, draft.fields)
        if read is None:
            dropped.append(Dropped(encodable(draft.text), draft.start, Repair.INVALID))
            continue
        if (key := key_of(*read, typed=validator is not None)) in seen:
            dropped.append(Dropped(text, draft.start, Repair.DUPLICATE))
            continue
        seen.add(key)
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
    beside = None
    if validator is None and any(draft.beside for draft in kept):
        beside = [portable(draft.beside) for draft in kept]
    return Distribution.of_columns(
        CandidateColumns(
            texts, weights, verbalized, stated, [value for value, _ in values], notes, beside, validator is not None
        ),
        reasoning=encodable(reasoning) if reasoning else None,
        truncated=truncated,
        repairs=tuple(whole),
        dropped=tuple(
            Dropped(encodable(d.text), d.position, d.reason) for d in sorted(dropped, key=lambda d: d.position)
        ),
    )


def assemble_columns(
    found: Columns, *, definition: Definition, weighting: Weighting, tau: float | None
) -> Distribution[Any]:
    """Builds the distribution of candidates that need no care."""
    numbers = found.numbers
    whole = [*found.repairs]
    remarks: list[Repair | None] | None = None
    verbalized: Sequence[float | None]
    stated: Sequence[float | None]
    if isinstance(numbers[0], float) and not definition.is_cost and definition is not Definition.PERCENTAGE:
        stated = bare = cast("Sequence[float]", numbers)
        verbalized, remarks, scaled = fractions(bare)
    else:
        read = cast("Sequence[Number | None]", numbers)
        if isinstance(numbers[0], float):
            read = [Number(number) for number in cast("Sequence[float]", numbers)]
        stated = [_stated(number) for number in read]
        verbalized, remarks, scaled = verbalize(read, definition)
    weights, weighed = weigh(verbalized, stated, definition=definition, weighting=weighting)
    if scaled and definition is not Definition.PERCENTAGE:
        whole.append(Repair.PERCENT)
    if weighed is Repair.UNIFORM_WEIGHTS:
        whole.append(weighed)
    notes = _notes(remarks, verbalized, tau)
    if found.unfinished:
        notes = notes or [()] * len(stated)
        notes[-1] = (Repair.CUT_OFF, *notes[-1])
    return Distribution.of_columns(
        CandidateColumns(
            found.texts, weights, verbalized, stated, found.values, notes, found.beside, found.values is not None
        ),
        reasoning=found.reasoning,
        truncated=found.truncated,
        repairs=tuple(whole),
        dropped=found.dropped,
    )


def _notes(
    remarks: list[Repair | None] | None, verbalized: Sequence[float | None], tau: float | None
) -> list[tuple[Repair, ...]] | None:
    """What is to be said of each candidate; None if nothing is."""
    if tau is None:
        return None if remarks is None or not any(remarks) else [(r,) if r else () for r in remarks]
    above: list[tuple[Repair, ...]] = [_ABOVE if p is not None and p >= tau else () for p in verbalized]
    return above if remarks is None else [(r, *note) if r else note for r, note in zip(remarks, above, strict=True)]


def portable(value: Any) -> Any:
    """A value that JSON can say: no half characters, no NaN."""
    if isinstance(value, Mapping):
        return {encodable(key): portable(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [portable(inner) for inner in value]
    if isinstance(value, str):
        return encodable(value)
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _stated(number: Number | None) -> float | None:
    return number.stated if number else None
