"""Candidates that are calls by keywords, all alike: ``[Candidate(text='Tea', probability=0.5), …]``."""

from __future__ import annotations

import re
from functools import lru_cache

from ...patterns import regex
from ...values.repairs import Repair
from ..candidate.asked import UNTYPED
from ..candidate.columns import Columns
from ..language import names
from ..page.json_value import json_value
from .values import columns_of

__all__ = ["read_calls"]

_STRING_IN_A_LINE = r"""(?:"(?:[^"\\\n]++|\\.)*+"|'(?:[^'\\\n]++|\\.)*+')"""
_PLAIN_SHARE = r"[01]\.\d{1,12}"
_ONE_CALL = regex(
    rf"\s*+\[\s*+(?P<name>[^\W\d]\w{{0,40}})\((?P<first>[^\W\d]\w{{0,40}})=(?:{_STRING_IN_A_LINE}|{_PLAIN_SHARE}),"
    rf"\s{{0,40}}(?P<second>[^\W\d]\w{{0,40}})=(?P<number_last>{_PLAIN_SHARE})?"
)
_SIGNS_OF_NESTED = "{}<◁"
_END_OF_CALLS = ("]", ",]")
_FEWEST_CALLS = 2


def read_calls(text: str) -> Columns | None:
    """The candidates of a reply that is nothing but such calls; otherwise None."""
    first = _ONE_CALL.match(text)
    if first is None or not _are_fields(first["first"], first["second"]):
        return None
    text_last = first["number_last"] is None
    calls = _pattern(first["name"], first["first"], first["second"], text_last=text_last).split(text)
    if len(calls) < 1 + 3 * _FEWEST_CALLS:
        return None
    before, *between, behind = calls[::3]
    if before.strip() != "[" or behind.strip() not in _END_OF_CALLS:
        return None
    if {piece.strip() for piece in between} != {","}:
        return None
    texts, numbers = (calls[2::3], calls[1::3]) if text_last else (calls[1::3], calls[2::3])
    mixed = [said for said in texts if said[0] == "'" and "\\" in said and ('"' in said or "\\'" in said)]
    if (
        text.count("[") > 1
        or text.count("]") > 1
        or any(sign in text for sign in _SIGNS_OF_NESTED)
        or any("\\\\" in said for said in mixed)
    ):
        return None
    key, of_number = (first["second"], first["first"]) if text_last else (first["first"], first["second"])
    records = [f'{{"{key}":{_in_json(said)},"{of_number}":{n}}}' for said, n in zip(texts, numbers, strict=True)]
    payload = f"[{','.join(records)}]"
    try:
        found = columns_of(json_value(payload), payload, UNTYPED, None)
    except ValueError:
        return None
    if found is not None:
        found.repairs = (*found.repairs, Repair.QUOTES, *([Repair.UNESCAPED] if mixed else []))
    return found


def _in_json(said: str) -> str:
    """A string in either quotes, as JSON writes it."""
    return said if said[0] == '"' else '"' + said[1:-1].replace("\\'", "'").replace('"', '\\"') + '"'


def _are_fields(first: str, second: str) -> bool:
    return names.is_probability(first) != names.is_probability(second) and first != second


@lru_cache(maxsize=64)
def _pattern(name: str, first: str, second: str, *, text_last: bool) -> re.Pattern[str]:
    """Calls of a name; their groups are the two values."""
    one, two = (_PLAIN_SHARE, _STRING_IN_A_LINE) if text_last else (_STRING_IN_A_LINE, _PLAIN_SHARE)
    return re.compile(rf"{name}\({first}=({one}),\s{{0,40}}{second}=({two})\s{{0,40}},?\s{{0,40}}\)", re.DOTALL)
