"""Candidate types as LangChain's ``with_structured_output`` takes them, as the core does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, NotRequired, Required, get_args, get_origin, get_type_hints, is_typeddict

from pydantic import Field
from typing_extensions import TypedDict

from verbalized_sampling import SettingsError
from verbalized_sampling.adapters import schema_type

__all__ = ["candidate_type"]

_TYPED_DICT: Any = TypedDict  # the fields are known only now


def candidate_type(candidate: Any) -> Any:
    """The type that pydantic validates candidates by.

    Args:
        candidate: A pydantic model, a TypedDict (of ``typing`` too), any other type, or a JSON schema of an object.

    Raises:
        SettingsError: It is a model of ``pydantic.v1``, or a schema that describes no object.
    """
    if isinstance(candidate, Mapping):
        return _of_schema(candidate, str(candidate.get("title", "Candidate")))
    if isinstance(candidate, type) and any(base.__module__.startswith("pydantic.v1") for base in candidate.__mro__):
        raise SettingsError(
            f"{candidate.__name__} is a model of pydantic.v1: derive it from pydantic.BaseModel instead"
        )
    return _of_typed_dict(candidate) if is_typeddict(candidate) else candidate


def _of_typed_dict(candidate: Any) -> Any:
    if type(candidate).__module__ == "typing_extensions":
        return candidate
    # Before Python 3.12 those of ``typing`` don't say enough for pydantic.
    hints = get_type_hints(candidate, include_extras=True)
    fields = {
        name: _with_need(_nested(hint), required=name in candidate.__required_keys__) for name, hint in hints.items()
    }
    made = _TYPED_DICT(candidate.__name__, fields)
    made.__doc__ = candidate.__doc__
    return made


def _nested(hint: Any) -> Any:
    if get_origin(hint) in (NotRequired, Required):
        return _nested(get_args(hint)[0])
    if is_typeddict(hint):
        return _of_typed_dict(hint)
    if get_origin(hint) is list:
        return list[_nested(get_args(hint)[0])]  # type: ignore[misc]
    if get_origin(hint) is Annotated and len(extras := get_args(hint)) > 2 and isinstance(extras[-1], str):
        return Annotated[_nested(extras[0]), Field(description=extras[-1])]  # LangChain's way: (type, ..., words)
    return hint


def _with_need(hint: Any, *, required: bool) -> Any:
    return hint if required else NotRequired[hint]


def _of_schema(schema: Mapping[str, Any], name: str) -> Any:
    if "properties" not in schema and isinstance(inner := schema.get("parameters"), Mapping):  # an OpenAI function
        return _of_schema(inner, str(schema.get("name", name)))
    if not isinstance(schema.get("properties"), Mapping):
        raise SettingsError("a candidate's JSON schema has to describe an object: it needs properties")
    return schema_type(schema, name)
