"""Frozen generic dataclasses that can be called by their alias."""

from __future__ import annotations

from dataclasses import FrozenInstanceError
from typing import Any, NoReturn, TypeVar

__all__ = ["callable_by_alias"]

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
