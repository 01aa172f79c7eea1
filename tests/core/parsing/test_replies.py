"""Every recorded reply is read as a careful person would read it: tests/data/replies, one lesson a file.

A file lies in the folder that is named after the room of the parser in which its rule is found.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from verbalized_sampling.errors import DistributionParseError
from verbalized_sampling.parsing import DistributionParser

REPLIES = sorted((Path(__file__).parents[2] / "data" / "replies").rglob("*.json"))


@pytest.mark.parametrize("path", REPLIES, ids=lambda path: path.stem)
def test_a_reply_is_read_as_a_careful_person_would(path: Path) -> None:
    case: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    parser = DistributionParser(**case.get("settings", {}))
    if case["candidates"] is None:
        with pytest.raises(DistributionParseError):
            parser.parse(case["reply"])
        return
    distribution = parser.parse(case["reply"])
    ordered = sorted(distribution, key=lambda c: c.index)
    assert [[c.text, c.verbalized] for c in ordered] == case["candidates"]
    assert distribution.truncated == case.get("truncated", False)
    if "repairs" in case:
        assert sorted(distribution.repairs) == sorted(case["repairs"])
    if "dropped" in case:
        assert [[d.position, d.reason] for d in distribution.dropped] == case["dropped"]
    if "fields" in case:
        assert [c.fields for c in ordered] == case["fields"]
    if "reasoning" in case:
        assert distribution.reasoning == case["reasoning"]


def test_an_escaped_quote_between_calls_by_keywords_hides_none_of_them() -> None:
    """Nor is it read on to the end of the line: many of them took time by their square."""
    reply = 'Candidate(text="Tea", probability=0.5), \\" Candidate(text="Milk", probability=0.2)'
    assert [c.text for c in DistributionParser().parse(reply)] == ["Tea", "Milk"]
