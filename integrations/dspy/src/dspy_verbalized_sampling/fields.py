"""The fields of a signature: which of them each candidate has for itself, and by what names they go on the wire."""

from __future__ import annotations

import json
from copy import deepcopy
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, NotRequired, get_args

import dspy
from dspy.adapters.utils import get_annotation_name, parse_value
from pydantic import ConfigDict, TypeAdapter, ValidationError, WrapValidator
from pydantic.fields import FieldInfo
from pydantic_core import core_schema
from typing_extensions import TypedDict

from verbalized_sampling import SettingsError
from verbalized_sampling.parsing import probability_field

__all__ = ["Fields", "fields_of"]

# What a model gives once a reply, by a way of its own: there is nothing to choose from.
_ONCE = tuple(filter(None, (getattr(dspy, name, None) for name in ("ToolCalls", "Citations", "Reasoning"))))


@dataclass(frozen=True, slots=True)
class Fields:
    """The output fields of a signature, as candidates have them.

    Attributes:
        own: The fields that each candidate has for itself.
        shared: The fields that stand once in a reply, before its candidates: a reasoning that comes first, and what
            models give by a way of their own (tool calls, citations).
        candidate: The type of a candidate: its own fields.
        item: The type that is asked for: its own fields and its probability.
        loose: A list of items that takes whatever stands there: what is valid is told candidate by candidate.
        is_open: Whether a candidate holds a mapping of any keys, which the strict modes of endpoints would empty.
        listing: The output field that holds the candidates; the other names are chosen like it, clear of the user's.
        probability: The key of a candidate's probability.
        reasoning: An output field for reasoning (VS-CoT) where the signature has none.
        given: The input field of what was given already (VS-Multi).
    """

    own: dict[str, FieldInfo]
    shared: dict[str, FieldInfo]
    candidate: Any
    item: Any
    loose: Any
    is_open: bool
    listing: str
    probability: str
    reasoning: str
    given: str

    @property
    def only(self) -> str | None:
        """The name of the one field that a candidate has, if it has one only."""
        return next(iter(self.own)) if len(self.own) == 1 else None

    def complete(self, value: dict[str, Any]) -> dict[str, Any]:
        """A candidate's value with the fields that it left out."""
        for name, field in self.own.items():
            if name not in value:
                value[name] = None if field.is_required() else field.get_default(call_default_factory=True)
        return value

    def plain(self, value: dict[str, Any]) -> dict[str, Any]:
        """A candidate's value as JSON has it."""
        return dict(_adapter(self.candidate).dump_python(value, mode="json", fallback=str))

    def text(self, value: dict[str, Any]) -> str:
        """A candidate as a text: its only field, or all of them as compact JSON."""
        if self.only is not None and type(value[self.only]) is str:
            return str(value[self.only])
        plain = self.plain(value)
        bare = plain if self.only is None else plain[self.only]
        return bare if isinstance(bare, str) else json.dumps(bare, ensure_ascii=False, separators=(",", ":"))


@lru_cache(maxsize=256)  # building the types costs more than reading a reply
def fields_of(signature: Any) -> Fields:
    """The fields of a signature.

    Raises:
        SettingsError: No output field is left that candidates could differ in.
    """
    outputs = signature.output_fields
    shared = {name: field for name, field in outputs.items() if _stands_once(name, field, outputs)}
    own = {name: field for name, field in outputs.items() if name not in shared}
    if not own:
        raise SettingsError(f"the signature {signature.signature!r} has no output that candidates could differ in")
    candidate = _record({name: _annotation(field) for name, field in own.items()})
    probability = probability_field(candidate)
    item = _described(_record({**{name: field.annotation for name, field in own.items()}, probability: float}))
    return Fields(
        own=own,
        shared=shared,
        candidate=candidate,
        item=item,
        loose=_list_of(item),
        is_open=_is_open(TypeAdapter(item).json_schema()),
        listing=_free("candidates", signature.fields),
        probability=probability,
        reasoning=_free("reasoning", signature.fields),
        given=_free("already_given", signature.fields),
    )


def described(fields: Fields) -> list[dict[str, str]]:
    """What a prompt says of each field of a candidate."""
    described = []
    for name, field in fields.own.items():
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        desc = "" if extra.get("desc") == f"${{{name}}}" else str(extra.get("desc") or "")
        constraints = extra.get("constraints")
        desc = "; ".join(filter(None, (desc, f"constraints: {constraints}" if constraints else "")))
        described.append({"name": name, "type": get_annotation_name(field.annotation), "desc": desc})
    return described


def _stands_once(name: str, field: FieldInfo, outputs: dict[str, FieldInfo]) -> bool:
    if name == "reasoning" and len(outputs) > 1 and name == next(iter(outputs)):
        return True
    return field.annotation in _ONCE


def _free(name: str, taken: Any) -> str:
    while name in taken:
        name += "_"  # in front, pydantic would take it for private
    return name


def _record(annotations: dict[str, Any]) -> Any:
    # A TypedDict, because its keys can have any name: a model's fields can not be called `copy` or `_x`.
    make: Any = TypedDict
    record = make("Candidate", annotations)
    record.__pydantic_config__ = ConfigDict(arbitrary_types_allowed=True)
    return record


def _list_of(item: Any) -> Any:
    as_it_is: Any = Annotated[item, WrapValidator(lambda value, _: value)]
    return list[as_it_is]


def _described(record: Any) -> Any:
    """The same for prompts, its schema made once: DSPy renders it in each call, which costs more than the reply."""
    schema = TypeAdapter(record).json_schema()
    if "$defs" in schema:
        return record  # its references have to stand where pydantic puts them
    hooks = {
        "__get_pydantic_core_schema__": classmethod(lambda _, __, ___: core_schema.any_schema()),
        "__get_pydantic_json_schema__": classmethod(lambda _, __, ___: deepcopy(schema)),
    }
    return type("Candidate", (), hooks)


def _is_open(schema: Any) -> bool:
    if isinstance(schema, list):
        return any(_is_open(part) for part in schema)
    if not isinstance(schema, dict):
        return False
    if schema.get("additionalProperties") or (schema.get("type") == "object" and "properties" not in schema):
        return True
    return any(_is_open(part) for part in schema.values())


def _annotation(field: FieldInfo) -> Any:
    plain: Any = field.annotation
    annotation = Annotated[plain, WrapValidator(_leniently(plain))]
    if field.is_required() and type(None) not in get_args(plain):
        return annotation
    return NotRequired[annotation]


def _leniently(annotation: Any) -> Any:
    """Validates like pydantic, else like DSPy: a number in a string, an enum's name, quotes around a literal."""

    def validate(value: Any, handler: Any) -> Any:
        try:
            return handler(value)
        except ValidationError:
            if annotation is str:
                if value is None:
                    raise
                return json.dumps(value, ensure_ascii=False)
            try:
                return parse_value(value, annotation)
            except (SyntaxError, TypeError, MemoryError) as error:
                raise ValueError(str(error)) from None

    return validate


@lru_cache(maxsize=256)
def _adapter(candidate: Any) -> TypeAdapter[Any]:
    return TypeAdapter(candidate)
