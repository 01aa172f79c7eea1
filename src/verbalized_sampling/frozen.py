"""What frozen values are made with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

__all__ = ["FrozenMapping", "callable_by_alias"]

C = TypeVar("C", bound=type[Any])


def callable_by_alias(cls: C) -> C:
    """Lets ``Candidate[str](…)`` work where the class is a frozen dataclass with slots.

    Calling an alias tries to note it on the new object and takes an AttributeError for a no. On Python 3.11 such a
    class raises a TypeError instead: its ``__setattr__`` still refers to the class from before it got its slots.
    """

    def refuse(_self: object, name: str, *_: object) -> NoReturn:
        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    cls.__setattr__ = refuse
    cls.__delattr__ = refuse  # type: ignore[assignment]
    return cls


class FrozenMapping(Mapping[str, Any]):
    """A mapping that cannot be changed; unlike ``types.MappingProxyType`` it can be pickled, copied and hashed."""

    __slots__ = ("_items",)

    def __init__(self, items: Mapping[str, Any] | None = None) -> None:
        self._items = dict(items or ())

    def __getitem__(self, key: str) -> Any:
        return self._items[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __hash__(self) -> int:
        return hash(frozenset(self._items))  # equal mappings have the same keys; their values need not be hashable

    def __repr__(self) -> str:
        return repr(self._items)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema()),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )
