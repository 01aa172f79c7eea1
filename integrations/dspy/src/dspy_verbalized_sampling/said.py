"""What DSPy's own adapters say of a signature, made once: made in each call it would cost more than all the rest."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

__all__ = ["Said"]

_MARK = re.compile("\x02<&\"'\\\\{(.*?)}\x03")
"""Stands for a text while it is found out where texts go; an adapter that escapes anything would change it."""


class Said:
    """What is said of one signature.

    Args:
        signature: Whose. Of any other one (adapters make them, as for native tool calls) everything is made anew.
    """

    def __init__(self, signature: Any) -> None:
        self._signature = signature
        self._names = tuple(signature.input_fields)
        self._texts: dict[Any, str] = {}
        self._forms: dict[Any, list[str] | None] = {}

    def of(self, says: Callable[[Any], str], signature: Any) -> str:
        """What a method of an adapter says of nothing but the signature."""
        if signature is not self._signature:
            return says(signature)
        key = _key(says)
        if key not in self._texts:
            self._texts[key] = says(signature)
        return self._texts[key]

    def of_inputs(self, says: Callable[..., str], signature: Any, inputs: Any, *rest: Any) -> str:
        """What a method says of the signature and of inputs, which are texts mostly: these only have to be put in."""
        if signature is not self._signature:
            return says(signature, inputs, *rest)
        given = {name: inputs[name] for name in self._names if name in inputs}
        for text in given.values():
            # Of the last field, and of an empty one, an adapter may strip white space.
            if type(text) is not str or text.strip() != text or not text:
                return says(signature, inputs, *rest)
        key = (*_key(says), *given, *rest)
        if key not in self._forms:
            self._forms[key] = _form(says(signature, {name: _mark(name) for name in given}, *rest), [*given])
        form = self._forms[key]
        if form is None:
            return says(signature, inputs, *rest)
        parts = form.copy()
        parts[1::2] = [given[name] for name in form[1::2]]
        return "".join(parts)


def _key(says: Any) -> tuple[Any, ...]:
    return type(says.__self__), says.__name__


def _mark(name: str) -> str:
    return f"\x02<&\"'\\{{{name}}}\x03"


def _form(said: str, names: list[str]) -> list[str] | None:
    """What is said around the texts, and between these parts the names; None if some text does not stand there once."""
    parts = _MARK.split(said)
    return parts if sorted(parts[1::2]) == sorted(names) else None
