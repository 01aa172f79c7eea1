"""Telling a method of a class's own from the one that a framework's base class falls back to."""

from __future__ import annotations

__all__ = ["inherits_from"]


def inherits_from(base: type, name: str, instance: object) -> bool:
    """Whether the method ``name`` of ``instance`` is the one that ``base`` defines.

    Asked of the classes rather than of the methods: LlamaIndex wraps them, and each access makes a new wrapper.
    """
    return next(cls for cls in type(instance).__mro__ if name in vars(cls)) is base
