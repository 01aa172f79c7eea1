"""No row of a list is lost in silence: in every recorded reply, a row whose number is gone is kept, or on record.

Of each reply, the number of one row at a time is cut out or damaged, or all that states it. A person would still see
that a row stands there. So its text is among the candidates, or in what was dropped, or the reply is refused as a
whole; and no neighbour has taken it in.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from verbalized_sampling import Candidate, Distribution
from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser
from verbalized_sampling.parsing.candidate.asked import UNTYPED
from verbalized_sampling.parsing.candidate.found import Draft
from verbalized_sampling.parsing.reply.read import read

REPLIES = sorted((Path(__file__).parents[2] / "data" / "replies").rglob("*.json"))
NUMBER = re.compile(r"(?<![\w.,])(?:\d{1,3}(?:[.,]\d{1,8})?|[.,]\d{1,8})(?:\s?[%％٪])?(?!\w|[.,]\d)")
BRACKETS = re.compile(r"\s?[(\[（【][^()\[\]（）【】\n]{0,40}[)\]）】]")
MEMBER = re.compile(r",\s*\"[^\"\n]{1,30}\"\s*:\s*$")
ELEMENT = re.compile(r"<([\w-]{1,30})>\s*$")
OPENED = re.compile(r"\s*(?:[-*•](?=\s)|[#>├└{<]|\d+[.)]\s|[A-Za-z]+ \d|第)")
FEWEST = 3  # numbers: two of them still show what the third should look like
TWO_IN_ONE = {"two_texts_under_each_count"}  # a bare line below another is the same text to anybody


def words(text: str) -> str:
    return "".join(filter(str.isalnum, text.casefold()))


def stated(written: str) -> float:
    return float(unicodedata.normalize("NFKC", written).rstrip("%٪ ").replace(",", "."))


def rows(reply: str, settings: dict[str, Any]) -> tuple[list[str], list[tuple[Draft, tuple[int, int]]]]:
    """The texts in a reply, and each of them with where its number stands, if that is the only one like it."""
    try:
        whole: Distribution[Any] = DistributionParser(**settings).parse(reply)
    except DistributionParseError:
        return [], []
    texts = [candidate.text for candidate in sorted(whole, key=lambda c: c.index)]
    numbers = {candidate.text: candidate.stated for candidate in whole}
    found: list[tuple[Draft, tuple[int, int]]] = []
    several = sum(number is not None for number in numbers.values()) >= FEWEST
    for draft in read(reply, UNTYPED).drafts if several else ():
        number = numbers.get(draft.text)
        if number is None or len(words(draft.text)) < FEWEST or NUMBER.search(draft.text):
            continue
        places = [m.span() for m in NUMBER.finditer(reply, draft.start, draft.end) if stated(m[0]) == number]
        places = places or [m.span() for m in NUMBER.finditer(reply) if stated(m[0]) == number]
        if len(places) == 1:
            found.append((draft, places[0]))
    return texts, found


def damaged(reply: str, row: Draft, start: int, end: int) -> Iterator[str]:
    """The reply without the number of a row, or with something in its place."""
    for instead in ("", "?", "unknown"):
        yield reply[:start] + instead + reply[end:]
    opened = OPENED.match(reply, row.start) is not None
    line = reply.rfind("\n", 0, start) + 1, (reply + "\n").index("\n", end)
    around = next((m.span() for m in BRACKETS.finditer(reply, *line) if m.start() <= start and end <= m.end()), None)
    if around is not None and opened:
        yield reply[: around[0]] + reply[around[1] :]
    elif member := MEMBER.search(reply[:start]):
        yield reply[: member.start()] + reply[end:]
    elif (element := ELEMENT.search(reply[:start])) and reply[end:].lstrip().startswith(f"</{element[1]}>"):
        yield reply[: element.start()] + reply[reply.index(">", end) + 1 :]
    elif opened and row.start < line[0] and len(re.findall(r"[^\W\d_]+", reply[line[0] : line[1]])) == 1:
        yield reply[: line[0]] + reply[line[1] + 1 :]


def fate(texts: list[str], row: Draft, found: Distribution[Any]) -> str:
    """What became of a row, and of the others."""
    for text in texts:
        holders = [candidate for candidate in found if holds(candidate, text)]
        if not holders:
            noted = any(words(text) in words(d.text) or words(d.text) in words(text) for d in found.dropped)
            if not noted and not (text == row.text and any(row.start <= d.position < row.end for d in found.dropped)):
                return f"lost: {text}"
        others = [other for other in texts if words(text) not in words(other) and words(other) not in words(text)]
        if holders and all(any(words(other) in words(c.text) for other in others) for c in holders):
            return f"joined: {holders[0].text}"
    return "kept, or on record"


def holds(candidate: Candidate[Any], text: str) -> bool:
    """Whether a candidate says a text, be it with what is left of its number in the midst."""
    said = set(re.findall(r"\w+", candidate.text.casefold()))
    return words(text) in words(candidate.text) or said.issuperset(re.findall(r"\w+", text.casefold()))


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_a_row_whose_number_is_gone_is_kept_or_on_record(path: Path) -> None:
    case = json.loads(path.read_text(encoding="utf-8"))
    reply, settings = case["reply"], case.get("settings", {})
    texts, found = rows(reply, settings)
    for row, (start, end) in found:
        for broken in damaged(reply, row, start, end):
            if words(row.text) not in words(broken):
                continue  # all of it is gone
            try:
                distribution: Distribution[Any] = DistributionParser(**settings).parse(broken)
            except DistributionParseError:
                continue
            if path.stem not in TWO_IN_ONE:
                assert fate(texts, row, distribution) == "kept, or on record", broken
