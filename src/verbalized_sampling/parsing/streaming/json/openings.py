"""What a bracket or a quote opens in JSON that is still being written, told from what stands before it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ....patterns import regex
from ...language import names

__all__ = ["follows_item", "is_said", "key_before", "opens_arguments", "opens_keyed_item", "opens_list", "tail_of"]

_KEY_BEFORE = regex(r"""["']([^"'\\\n]{1,60})["']\s*:\s*\Z""")
_DEEPEST = 4  # brackets around the items: a call of a tool, and its arguments
_LIST_OF_ARGUMENTS = regex(r'"(?:arguments|parameters|input|args)"\s*:\s*\{\s*"(\w{1,40})"\s*:\s*\[\Z')
_LONGEST_TAIL = 100  # characters that hold a key and the bracket behind it
_TEXT_PART = regex(  # of a message that calls a tool behind it
    r'\{\s{0,40}"type"\s{0,9}:\s{0,9}"text"\s{0,9},\s{0,40}"text"\s{0,9}:\s{0,9}"(?:[^"\\]++|\\.)*+"\s{0,40}\}',
    re.DOTALL,
)
_COUNTED_KEY = r'"\w{0,40}\d{1,3}"\s{0,9}:\s*\Z'
_ENDS_IN_COUNTED_KEY = regex(_COUNTED_KEY)
_COMMA_AND_COUNTED_KEY = regex(rf"\s*,\s*{_COUNTED_KEY}")
_COMMA_OR_BLANK = regex(r"\s*(?:,\s*)?\Z")


def tail_of(parts: Sequence[str], before: str) -> str:
    """The end of what was written, blanks off; all of it for every bracket would take quadratic time."""
    tail = before.rstrip()
    for part in reversed(parts):
        if len(tail) >= _LONGEST_TAIL:
            break
        tail = (part + tail).rstrip()
    return tail[-_LONGEST_TAIL:]


def key_before(tail: str) -> str | None:
    """The key of the value that begins behind a tail; None if it has none."""
    key = _KEY_BEFORE.search(tail)
    return key[1] if key else None


def opens_list(tail: str, brackets: Sequence[str]) -> bool:
    """Whether an object behind a tail is the first candidate of their list, and not of one further in.

    Args:
        tail: The end of what was written.
        brackets: Those that are open.
    """
    if len(brackets) > _DEEPEST or not tail.endswith("["):
        return False
    if len(brackets) == 1:
        return True
    key = key_before(tail[:-1])
    return "[" not in brackets[:-1] and key is not None and names.is_wrapper(key)


def opens_keyed_item(tail: str) -> bool:
    """Whether a key that counts stands before an object: ``"response_1": ``."""
    return _ENDS_IN_COUNTED_KEY.search(tail) is not None


def opens_arguments(tail: str) -> bool:
    """Whether an object behind a tail is the first candidate in the arguments of a tool's call."""
    key = _LIST_OF_ARGUMENTS.search(tail)
    return key is not None and names.is_wrapper(key[1])


def follows_item(between: str, *, keyed: bool) -> bool:
    """Whether nothing but what separates them stands between two candidates: a comma, and a key if they have keys."""
    return (_COMMA_AND_COUNTED_KEY if keyed else _COMMA_OR_BLANK).match(between) is not None


def is_said(item: str) -> bool:
    """Whether an object is what a message says before it calls a tool, and no candidate."""
    return _TEXT_PART.fullmatch(item) is not None
