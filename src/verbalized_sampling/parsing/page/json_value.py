"""What JSON says, if that is all that it says: a key that an object has twice would hide an answer."""

from __future__ import annotations

from codecs import readbuffer_encode
from itertools import chain
from typing import Any

from pydantic_core import from_json

try:  # pydantic's own reader, as a package; it comes with several clients of models, and looks for such keys itself
    import jiter
except ImportError:
    jiter = None  # type: ignore[assignment]

__all__ = ["json_value", "object_of"]


def json_value(text: str) -> Any:
    """What JSON in good order says.

    Raises:
        ValueError: It is none, or an object has a key twice, or nobody can tell whether one has.
    """
    if jiter is not None:
        # (Unlike text.encode(), this keeps the UTF-8 within the text: what is damaged is read more than once.)
        return jiter.from_json(readbuffer_encode(text)[0], catch_duplicate_keys=True)
    try:
        value = from_json(text)
    except TypeError as error:  # half a character
        raise ValueError(error) from None
    strings = _strings_in(value)
    if text.count('"') != 2 * len(strings) + "".join(strings).count('"'):
        raise ValueError("a key stands there twice, or a quote is written by its number")
    return value


def object_of(fields: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object of the standard library's reader, as its ``object_pairs_hook``.

    Raises:
        ValueError: It has a key twice.
    """
    read = dict(fields)
    if len(read) < len(fields):
        raise ValueError("a key stands there twice")
    return read


def _strings_in(value: Any) -> list[str]:
    """All strings in a value, keys too."""
    strings: list[str] = []
    level: list[Any] = [value]
    while level:
        kinds = set(map(type, level))
        objects = level if kinds == {dict} else [part for part in level if type(part) is dict] if dict in kinds else []
        lists = [part for part in level if type(part) is list] if list in kinds else []
        strings += [part for part in level if type(part) is str] if str in kinds else ()
        strings += chain.from_iterable(objects)
        level = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
    return strings
