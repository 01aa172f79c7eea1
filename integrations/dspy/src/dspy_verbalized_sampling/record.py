"""The type of a candidate, a record of its fields: as a model is told of it, and as what comes back is validated."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, NotRequired, get_args

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, WrapValidator, create_model
from pydantic.errors import PydanticSchemaGenerationError, PydanticUserError
from pydantic.fields import FieldInfo
from pydantic_core import core_schema, from_json, to_json
from typing_extensions import TypedDict

from .internals import parse_value

__all__ = ["described", "is_open", "listed", "modelled", "record", "tolerant"]


def record(annotations: dict[str, Any], extra: Literal["ignore", "forbid"] = "ignore") -> Any:
    """A type with these fields. It is a TypedDict, whose keys can have any name: a model's can not be ``copy``."""
    make: Any = TypedDict
    made = make("Candidate", annotations)
    made.__pydantic_config__ = ConfigDict(arbitrary_types_allowed=True, extra=extra)
    return made


def described(annotations: dict[str, Any]) -> Any:
    """The same for prompts: told like the record, but it takes whatever stands there."""
    made = record(annotations)
    schema = TypeAdapter(made).json_schema()

    def lenient(_: Any, __: Any, handler: Any) -> Any:
        return core_schema.no_info_wrap_validator_function(lambda value, _: value, handler.generate_schema(made))

    if "$defs" in schema:  # its references have to stand where pydantic puts them
        return type("Candidate", (), {"__get_pydantic_core_schema__": classmethod(lenient)})
    return _told("Candidate", schema)


def listed(item: Any) -> Any:
    """The type of a list of what was described, for lists that are read by their JSON schema.

    It has at hand what pydantic makes of a type: adapters ask for it anew with each reply.
    """
    schema = TypeAdapter(item).json_schema()
    kind = list[item] if "$defs" in schema else _told("Candidates", {"type": "array", "items": schema})
    ready: Any = TypeAdapter(kind)
    hooks = {
        "__pydantic_core_schema__": ready.core_schema,
        "__pydantic_validator__": ready.validator,
        "__pydantic_serializer__": ready.serializer,
        "__get_pydantic_core_schema__": classmethod(lambda _, __, handler: handler.generate_schema(kind)),
    }
    return type("Candidates", (), hooks)


def _told(name: str, schema: dict[str, Any]) -> Any:
    """A type with this JSON schema that takes whatever stands there."""
    written = to_json(schema)  # reading it is the quickest copy
    hooks = {
        "__get_pydantic_core_schema__": classmethod(lambda _, __, ___: core_schema.any_schema()),
        "__get_pydantic_json_schema__": classmethod(lambda _, __, ___: from_json(written)),
    }
    return type(name, (), hooks)


def modelled(annotations: dict[str, Any]) -> Any:
    """The same as a pydantic model; None if a field can't be called so there."""
    names: dict[str, Any] = {name: (annotation, ...) for name, annotation in annotations.items()}
    if any(hasattr(BaseModel, name) or name.startswith("_") for name in names):
        return None
    try:
        return create_model("Candidate", **names)
    except (NameError, ValueError, TypeError, PydanticUserError, PydanticSchemaGenerationError):
        return None


def is_open(schema: Any) -> bool:
    """Whether a JSON schema allows an object of any keys."""
    if isinstance(schema, list):
        return any(is_open(part) for part in schema)
    if not isinstance(schema, dict):
        return False
    if schema.get("additionalProperties") or (schema.get("type") == "object" and "properties" not in schema):
        return True
    return any(is_open(part) for part in schema.values())


def tolerant(field: FieldInfo) -> Any:
    """A field's type as a record has it: what may be missing may, and what is almost right is taken."""
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
