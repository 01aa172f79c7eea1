"""What frozen values are made with."""

from __future__ import annotations

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


class FrozenMapping(dict[str, Any]):
    """A mapping that cannot be changed; unlike ``types.MappingProxyType`` it can be pickled, copied and hashed.

    It is a dict, so that whatever stores plain values (JSON, msgpack, checkpoints) stores it.
    """

    __slots__ = ()

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("these fields are read-only")

    __setitem__ = __delitem__ = __ior__ = _refuse
    clear = pop = popitem = setdefault = update = _refuse

    def __hash__(self) -> int:  # type: ignore[override]
        return hash(frozenset(self))  # equal mappings have the same keys; their values need not be hashable

    def __reduce__(self) -> tuple[type[FrozenMapping], tuple[dict[str, Any]]]:
        return type(self), (dict(self),)

    @classmethod
    def __get_pydantic_core_schema__(cls, _source: Any, _handler: Any) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(
            cls,
            core_schema.dict_schema(core_schema.str_schema(), core_schema.any_schema()),
            serialization=core_schema.plain_serializer_function_ser_schema(dict),
        )
