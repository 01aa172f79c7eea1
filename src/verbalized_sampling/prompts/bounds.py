"""What a template may make: judged before it is made where that can be told, for making it may take all memory."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sized
from functools import wraps
from itertools import chain
from typing import Any

from jinja2.exceptions import SecurityError

__all__ = ["LONGEST", "MOST", "bounded", "check_length", "foresee"]

MOST = 100_000  # rounds of all loops of a rendering, and the length of what is repeated; jinja allows a range as much
LONGEST = 10_000_000  # characters

# Whose numbers say how long something is to be, and those who repeat it for each line, tab or item.
_SIZED = frozenset(("batch", "center", "ljust", "rjust", "round", "slice", "to_bytes", "truncate", "wordwrap", "zfill"))
_FOR_EACH = frozenset(("expandtabs", "indent", "tojson"))
_MOST_FOR_EACH = 1000
_WIDE = re.compile(r"\d{6}|\*|\{[^{}]*\{")  # in a format: a long width, or one that is given beside


def check_length(length: int) -> None:
    """Refuses a text that is too long."""
    if length > LONGEST:
        raise SecurityError(f"a template may not make more than {LONGEST:,} characters")


def bounded(name: str, function: Callable[..., Any]) -> Callable[..., Any]:
    """The filter ``name``, which refuses to make what is too long."""
    first = 1 if hasattr(function, "jinja_pass_arg") else 0  # before it stands what jinja passes

    @wraps(function)  # with what jinja has noted on it
    def checked(*args: Any, **keywords: Any) -> Any:
        before, subject, others = args[:first], args[first] if len(args) > first else None, args[first + 1 :]
        if name == "join" and isinstance(subject, Iterable) and not isinstance(subject, str):
            subject = _listed(subject)
        foresee(name, subject, others, keywords)
        made = function(*before, subject, *others, **keywords) if len(args) > first else function(*args, **keywords)
        if isinstance(made, str):
            check_length(len(made))
        return made

    return checked


def foresee(name: str, subject: Any, args: tuple[Any, ...], keywords: Mapping[str, Any]) -> None:
    """Refuses a call of a filter, or of a method of plain values, that would make something too long.

    Args:
        name: Its name.
        subject: What is filtered, or whose method it is.
        args: Its arguments.
        keywords: Likewise.
    """
    given = [*args, *keywords.values()]
    if name in _SIZED or name in _FOR_EACH:
        _check_numbers(given, _MOST_FOR_EACH if name in _FOR_EACH else MOST)
    elif name in ("format", "format_map") and isinstance(subject, str) and _WIDE.search(subject):
        if re.search(r"\d{6}", subject):
            raise SecurityError(f"a template may not make anything wider than {MOST:,}")
        _check_numbers(chain(given, *(each.values() for each in given if isinstance(each, Mapping))), MOST)
    elif name == "join":
        _foresee_join(subject, given)
    elif name == "replace" and isinstance(subject, str) and len(given) >= 2:
        old, new = given[:2]
        if isinstance(old, str) and isinstance(new, str):
            check_length(len(subject) + subject.count(old) * len(new))
    elif name == "translate" and isinstance(subject, str) and given and isinstance(given[0], Mapping):
        longest = max((len(value) for value in given[0].values() if isinstance(value, str)), default=1)
        check_length(len(subject) * max(1, longest))


def _listed(items: Iterable[Any]) -> list[Any]:
    """The items, which may be made one by one while they are joined."""
    made, length = [], 0
    for item in items:
        length += len(item) if isinstance(item, str) else 0
        check_length(length)
        made.append(item)
    return made


def _foresee_join(subject: Any, given: list[Any]) -> None:
    """Of ``"between".join(items)`` and of ``items | join("between")``."""
    between, items = (subject, given[0] if given else ()) if isinstance(subject, str) else (given[:1], subject)
    if isinstance(items, Sized) and isinstance(items, Iterable):
        length = len(between[0] if isinstance(between, list) and between else between)
        check_length(length * len(items) + sum(len(item) for item in items if isinstance(item, str)))


def _check_numbers(given: Iterable[Any], most: int) -> None:
    if any(isinstance(number, int) and abs(number) > most for number in given):
        raise SecurityError(f"a template may not make anything longer than {most:,} by a number that it gives")
