"""The fields of a signature: which of them each candidate has for itself, and by what names they go on the wire."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any

import dspy
from dspy import experimental
from pydantic import Field, TypeAdapter
from pydantic.fields import FieldInfo

from verbalized_sampling import SettingsError
from verbalized_sampling.adapters import probability_field

from .internals import get_annotation_name
from .record import described, is_open, listed, modelled, record, tolerant

__all__ = ["Fields", "fields_of", "free_name", "has_choice", "why_left_alone"]

# What a model gives once a reply, by a way of its own: there is nothing to choose from.
_ONCE = tuple(filter(None, (getattr(dspy, name, None) for name in ("ToolCalls", "Citations", "Reasoning"))))
# What holds a distribution of its own already.
_DECISIONS = tuple(filter(None, (getattr(experimental, name, None) for name in ("Noul", "Choice", "Score"))))
_FRACTION = Annotated[float, Field(strict=True, ge=0, le=1)]


@dataclass(frozen=True, slots=True)
class Fields:
    """The output fields of a signature, as candidates have them.

    Attributes:
        own: The fields that each candidate has for itself.
        only: The name of the one field that a candidate has, if it has one only.
        shared: The fields that stand once in a reply, before its candidates: a reasoning that comes first, and what
            models give by a way of their own (tool calls, citations).
        candidate: The type of a candidate: its own fields.
        values: Makes JSON of a candidate's value.
        model: The same as a pydantic model, for adapters that describe only those; None where a name can be no field's.
        item: The type that is asked for: its own fields and its probability. It takes whatever stands there: what is
            valid is told candidate by candidate.
        items: A list of them, for adapters that read tags in tags by it.
        exact: Reads and writes a list of candidates that are exactly what was asked for.
        is_open: Whether a candidate holds a mapping of any keys, which the strict modes of endpoints would empty.
        listing: The output field that holds the candidates; the other names are chosen like it, clear of the user's.
        probability: The key of a candidate's probability.
        reasoning: An output field for reasoning (VS-CoT) where the signature has none.
        given: The input field of what was given already (VS-Multi).
    """

    own: dict[str, FieldInfo]
    only: str | None
    shared: dict[str, FieldInfo]
    candidate: Any
    values: TypeAdapter[dict[str, Any]]
    model: Any
    item: Any
    items: Any
    exact: TypeAdapter[list[dict[str, Any]]]
    is_open: bool
    listing: str
    probability: str
    reasoning: str
    given: str

    @property
    def typed(self) -> bool:
        """Whether candidates are the same only if they are equal: all but bare texts."""
        return self.only is None or self.own[self.only].annotation is not str

    def complete(self, value: dict[str, Any]) -> dict[str, Any]:
        """A candidate's value with the fields that it left out."""
        for name, field in self.own.items():
            if name not in value:
                value[name] = None if field.is_required() else field.get_default(call_default_factory=True)
        return value

    def bare(self, record: dict[str, Any]) -> Any:
        """What a candidate's value is: its only field, or all its own."""
        return record[self.only] if self.only is not None else {name: record[name] for name in self.own}

    def record(self, value: Any) -> dict[str, Any]:
        """The fields of a candidate by name."""
        return {self.only: value} if self.only is not None else value

    def descriptions(self) -> list[dict[str, str]]:
        """What a prompt says of each of a candidate's own fields."""
        described = []
        for name, field in self.own.items():
            extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
            desc = "" if extra.get("desc") == f"${{{name}}}" else str(extra.get("desc") or "")
            constraints = extra.get("constraints")
            desc = "; ".join(filter(None, (desc, f"constraints: {constraints}" if constraints else "")))
            described.append({"name": name, "type": get_annotation_name(field.annotation), "desc": desc})
        return described

    def text(self, value: Any) -> str:
        """A candidate as a text: its only field, or all of them as compact JSON."""
        if self.only is not None and type(value) is str:
            return str(value)
        plain = self.values.dump_python(self.record(value), mode="json", fallback=str)
        bare = plain if self.only is None else plain[self.only]
        return bare if isinstance(bare, str) else json.dumps(bare, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=256)  # building the types costs more than reading a reply
def fields_of(signature: Any) -> Fields:
    """The fields of a signature.

    Raises:
        SettingsError: No output field is left that candidates could differ in.
    """
    outputs = signature.output_fields
    for name, field in outputs.items():
        annotation = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
        if any(kind.extract_custom_type_from_annotation(annotation) for kind in _DECISIONS):
            raise SettingsError(f"the output {name!r} holds a distribution of its own: a dspy.Predict fills it")
    shared = {name: field for name, field in outputs.items() if _stands_once(name, field, outputs)}
    own = {name: field for name, field in outputs.items() if name not in shared}
    if not own:
        raise SettingsError(f"the signature {signature.signature!r} has no output that candidates could differ in")
    candidate = record({name: tolerant(field) for name, field in own.items()})
    probability = probability_field(candidate)
    plain: dict[str, Any] = {name: field.annotation for name, field in own.items()}
    item = described({**plain, probability: float})
    exact: Any = list[record({**plain, probability: _FRACTION}, extra="forbid")]  # type: ignore[misc]
    schema = TypeAdapter(item).json_schema()
    return Fields(
        own=own,
        only=next(iter(own)) if len(own) == 1 else None,
        shared=shared,
        candidate=candidate,
        values=TypeAdapter(candidate),
        model=modelled({**plain, probability: float}),
        item=item,
        items=listed(item),
        exact=TypeAdapter(exact),
        is_open=is_open(schema),
        listing=free_name("candidates", signature.fields),
        probability=probability,
        reasoning=free_name("reasoning", signature.fields),
        given=free_name("already_given", signature.fields),
    )


def has_choice(signature: Any) -> bool:
    """Whether the signature has an output that candidates could differ in."""
    return not why_left_alone(signature)


def why_left_alone(signature: Any) -> str:
    """Why there is nothing to choose in a signature, or ""."""
    try:
        fields_of(signature)
    except SettingsError as error:
        return str(error)
    return ""


def _stands_once(name: str, field: FieldInfo, outputs: dict[str, FieldInfo]) -> bool:
    if name == "reasoning" and len(outputs) > 1 and name == next(iter(outputs)):
        return True
    return field.annotation in _ONCE


def free_name(name: str, taken: Any) -> str:
    """The name, or one like it that is not taken."""
    while name in taken:
        name += "_"  # in front, pydantic would take it for private
    return name
