"""What was answered before: demonstrations, the turns of a conversation, and the candidates of an earlier call."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any, Literal

import dspy
from pydantic import BaseModel

from verbalized_sampling import Definition, Distribution

from .behind import BEHIND, Behind
from .fields import Fields
from .internals import CUSTOM_TYPE_START_IDENTIFIER, serialize_object

__all__ = ["LabeledDemos", "answered", "as_demo", "conversed", "payload", "split"]

LabeledDemos = Literal["instructions", "skip"]
"""Where demonstrations go that give one answer: into the instructions, as examples of the task, or nowhere."""


def payload(distribution: Distribution[Any], fields: Fields, definition: Definition) -> list[dict[str, Any]]:
    """The candidates as a model would write them, in order of arrival."""
    return list(fields.exact.dump_python(_items(distribution, fields, definition), mode="json", fallback=str))


def as_demo(distribution: Distribution[Any], fields: Fields, definition: Definition) -> str:
    """The candidates as the text that a demonstration keeps: it is hashable, and comes back the same from a file."""
    return fields.exact.dump_json(_items(distribution, fields, definition), fallback=str).decode()


def split(
    demos: Iterable[Any], signature: Any, fields: Fields, labeled: LabeledDemos
) -> tuple[list[dict[str, Any]], tuple[str, ...]]:
    """The demonstrations to show, and the examples to tell of.

    One answer is no distribution: shown as a list of one it would teach the model to be sure. What is no text (an
    image) can be shown only, not told of: its answer becomes a candidate without a probability, as in a conversation.
    """
    shown: list[dict[str, Any]] = []
    examples: list[str] = []
    for demo in demos:
        values = dict(demo.items())
        listing = _listing(values.get(fields.listing))
        known = {name: values[name] for name in signature.fields if name in values}
        if not listing and labeled == "instructions" and not _is_text(list(known.values())):
            own = {name: serialize_object(known[name]) for name in fields.own if name in known}
            listing = [own] if own else None
        if listing:
            shown.append(
                {**values, fields.listing: listing, fields.given: [], fields.reasoning: values.get("reasoning")}
            )
        elif labeled == "instructions" and any(name in values for name in signature.output_fields):
            plain = {name: serialize_object(value) for name, value in known.items()}
            examples.append(json.dumps(plain, ensure_ascii=False, default=str))
    return shown, tuple(examples)


def answered(outputs: Any, fields: Fields, definition: Definition) -> dict[str, Any]:
    """What a predictor gave, as its model wrote it: from a trace with all candidates, else with the one there is."""
    values, behind = dict(outputs.items()), outputs.get(BEHIND)
    if isinstance(behind, Behind):
        listing: list[dict[str, Any]] | None = payload(behind.distribution, fields, definition)
    else:
        listing = _listing(values.get(fields.listing))
    if listing is None:
        listing = [{name: serialize_object(values[name]) for name in fields.own if name in values}]
    shared = {name: values.get(name) for name in fields.shared}
    return {**shared, fields.reasoning: values.get("reasoning"), fields.listing: listing}


def conversed(value: Any, fields: Fields) -> Any:
    """An input; if it is a ``dspy.History``, with the answers in it as the lists that would have held them.

    What was said before had no probability, and gets none.
    """
    if not isinstance(value, dspy.History):
        return value
    messages = []
    for message in value.messages:
        listing = _listing(message.get(fields.listing))
        said = {name: serialize_object(message[name]) for name in fields.own if name in message}
        listing = listing or ([said] if said else None)
        messages.append({**message, fields.listing: listing} if listing else message)
    return value.model_copy(update={"messages": messages})


def _items(distribution: Distribution[Any], fields: Fields, definition: Definition) -> list[dict[str, Any]]:
    as_written = definition.is_cost or definition is Definition.PERCENTAGE
    items = []
    for candidate in sorted(distribution, key=lambda c: c.index):
        item = dict(fields.record(candidate.value))
        number = candidate.stated if as_written else candidate.verbalized
        if number is None and not as_written:
            number = round(candidate.probability, 4)
        items.append(item if number is None else {**item, fields.probability: number})
    return items


def _listing(value: Any) -> list[dict[str, Any]] | None:
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    if isinstance(value, list) and value and all(isinstance(item, dict) for item in value):
        return value
    return None


def _is_text(value: Any) -> bool:
    """Whether a value can be told in words: images, audio and files are parts of a message instead."""
    if isinstance(value, str):
        return CUSTOM_TYPE_START_IDENTIFIER not in value
    if isinstance(value, dspy.Type):
        return isinstance(value.format(), str)
    if isinstance(value, BaseModel):
        return _is_text(list(vars(value).values()))
    if isinstance(value, dict):
        return _is_text(list(value.values()))
    return not isinstance(value, list | tuple | set) or all(map(_is_text, value))
